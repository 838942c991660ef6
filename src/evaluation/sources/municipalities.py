"""The large municipalities: which name goes with which code, and where they lie on a map."""

from __future__ import annotations

import difflib
from pathlib import Path

import pandas as pd

from evaluation.parameters import ParameterError
from evaluation.sources import SourceError
from evaluation.sources.package import DATA_FOLDER, read_table


def municipality_code(accounts: pd.DataFrame, name: str) -> str:
    """Return the CBS code of a municipality.

    Parameters
    ----------
    accounts
        Any table with ``municipality_code`` and ``municipality``.
    name
        Name of the municipality as CBS writes it, capitals aside.

    Raises
    ------
    ParameterError
        When the table does not hold it.
    """
    codes = dict(zip(accounts["municipality"], accounts["municipality_code"], strict=True))
    by_lower = {known.casefold(): known for known in codes}
    if name.casefold() in by_lower:
        return str(codes[by_lower[name.casefold()]])
    near = difflib.get_close_matches(name.casefold(), by_lower, n=1)
    hint = f"did you mean {by_lower[near[0]]!r}? " if near else ""
    raise ParameterError(f"unknown municipality {name!r}; {hint}allowed are {', '.join(sorted(codes))}")


def municipality_locations(folder: Path = DATA_FOLDER) -> pd.DataFrame:
    """Return roughly where the large municipalities lie, to draw them and for nothing else.

    Parameters
    ----------
    folder
        Folder of the data package.

    Returns
    -------
    DataFrame
        One row per municipality of the Iv3 accounts: ``municipality_code``, ``municipality``, ``latitude`` and
        ``longitude`` (degrees, WGS84, rounded to hundredths).

    Raises
    ------
    SourceError
        When a municipality with accounts has no place, or another one has.
    """
    table = read_table("municipality_locations", folder)
    accounts = read_table("iv3_municipalities", folder)
    columns = ["municipality_code", "municipality"]
    apart = set(table[columns].itertuples(index=False, name=None)) ^ set(
        accounts[columns].itertuples(index=False, name=None)
    )
    if apart:
        code, name = min(apart)
        raise SourceError(
            f"benchmark/municipality_locations.csv: {name} ({code}) is not both here and in iv3_municipalities.csv; "
            "give every municipality with accounts one place"
        )
    return table
