"""Public statistics that Groningen can be held against: Iv3 expenditure, use of youth care, price indices, Improven.

Each reader returns the file as a tidy frame and refuses it when it contradicts what is known about it: the grid of
municipalities and years, and the identities between its rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.sources import SourceError
from evaluation.sources.package import DATA_FOLDER, read_table

IV3_YEARS = range(2017, 2025)
# Task field 6.72 was split in three in 2023.
IV3_FIELDS_BEFORE_2023 = ("6.2", "6.72", "6.82")
IV3_FIELDS_FROM_2023 = ("6.2", "6.72", "6.73", "6.74", "6.82")
LARGE_MUNICIPALITIES = 32
COMPLETE_MUNICIPALITIES = 336
# The 255 reported municipality-years lie between 200 and 1,333.
PLAUSIBLE_EUR_PER_INHABITANT = (100, 2000)
# CBS rounds counts to five, so an identity of four counts closes to within ten.
CBS_ROUNDING = 10
VNG_WEIGHTS = {"ova": 0.9, "pcc": 0.1}
IMPROVEN_UNITS = {"total_expenditure": "eur_million", "deficit": "eur_million"}
IMPROVEN_TOTAL_EUR_MILLION = (3_000, 15_000)


def iv3_municipalities(folder: Path = DATA_FOLDER) -> pd.DataFrame:
    """Return the youth expenditure of the 32 large municipalities in their annual accounts.

    Parameters
    ----------
    folder
        Folder of the data package.

    Returns
    -------
    DataFrame
        One row per municipality, year (2017 to 2024) and Iv3 task field: ``municipality_code``, ``municipality``,
        ``year``, ``population`` (inhabitants), ``task_field`` (text), ``expenditure_keur`` (thousands of euros,
        nominal; missing where a municipality did not report, never zero for that reason).

    Raises
    ------
    SourceError
        When a municipality, year or task field is absent, a year is missing in part, expenditure per inhabitant is
        implausible, or the municipalities add up to more than the country.
    """
    file = "benchmark/iv3_municipalities.csv"
    table = read_table("iv3_municipalities", folder)
    _require_iv3_grid(table, "municipality_code", file)
    codes = table["municipality_code"].nunique()
    if codes != LARGE_MUNICIPALITIES:
        raise SourceError(
            f"{file}: column municipality_code holds {codes} municipalities, expected 32; restore the file"
        )
    years = table.groupby(["municipality", "year"])
    reported = years["expenditure_keur"].count()
    partly = reported[(reported > 0) & (reported < years.size())]
    if not partly.empty:
        name, year = partly.index[0]
        raise SourceError(f"{file}: {name} {year} reports only some task fields; fill in or empty the whole year")
    low, high = PLAUSIBLE_EUR_PER_INHABITANT
    per_inhabitant = 1000 * years["expenditure_keur"].sum(min_count=1) / years["population"].first()
    odd = per_inhabitant[~per_inhabitant.between(low, high) & per_inhabitant.notna()]
    if not odd.empty:
        name, year = odd.index[0]
        raise SourceError(
            f"{file}: {name} {year} spends {odd.iloc[0]:.0f} euros per inhabitant, outside {low} to {high}; "
            "check the unit (thousands of euros) and the population"
        )
    country = _by_year_and_field(iv3_national(folder).query("scope == 'as_reported'"))
    above = _by_year_and_field(table) > country
    if above.any():
        raise SourceError(f"{file}: {_place(above)} adds up to more than the country; check expenditure_keur")
    return table


def iv3_national(folder: Path = DATA_FOLDER) -> pd.DataFrame:
    """Return the youth expenditure of all municipalities together.

    Parameters
    ----------
    folder
        Folder of the data package.

    Returns
    -------
    DataFrame
        One row per ``scope``, ``year`` and ``task_field``, with ``n_municipalities``, ``population`` (inhabitants) and
        ``expenditure_keur`` (thousands of euros, nominal). Scope ``as_reported`` holds all municipalities that
        reported in that year, ``complete_2022_2024`` the same 336 in each of three years, which is the one to compare.

    Raises
    ------
    SourceError
        When a year or task field is absent, or the complete set changes or exceeds the whole.
    """
    file = "benchmark/iv3_national.csv"
    table = read_table("iv3_national", folder)
    complete = table[table["scope"] == "complete_2022_2024"]
    reported = table[table["scope"] == "as_reported"]
    _require_iv3_grid(reported, "scope", file)
    counts = set(complete["n_municipalities"])
    if set(complete["year"]) != {2022, 2023, 2024} or len(counts) != 1 or min(counts) < COMPLETE_MUNICIPALITIES:
        raise SourceError(
            f"{file}: scope complete_2022_2024 is not 336 or more municipalities, the same in three years; "
            "restore the file"
        )
    larger = _by_year_and_field(complete) > _by_year_and_field(reported).reindex(_by_year_and_field(complete).index)
    if larger.any():
        raise SourceError(f"{file}: {_place(larger)} is larger for the complete set than for all; restore the file")
    return table


def youth_care_use(folder: Path = DATA_FOLDER) -> pd.DataFrame:
    """Return youths and trajectories with youth care in kind in the large municipalities.

    Parameters
    ----------
    folder
        Folder of the data package.

    Returns
    -------
    DataFrame
        One row per municipality and ``year`` (2021, 2022): ``status``, ``municipality_code``, ``municipality``,
        ``population``, ``population_0_14``, ``population_15_24`` (inhabitants), ``youths``, ``trajectories`` and one
        column ``referrer_...`` per referrer (trajectories; missing where CBS publishes no count). The referrers add up
        to less than the trajectories: not every trajectory of youth care has one.

    Raises
    ------
    SourceError
        When a municipality or year is absent, or the columns of a row contradict each other.
    """
    file = "benchmark/youth_care_use_municipalities.csv"
    table = read_table("youth_care_use_municipalities", folder)
    if len(table) != LARGE_MUNICIPALITIES * 2 or table["municipality_code"].nunique() != LARGE_MUNICIPALITIES:
        raise SourceError(f"{file}: {len(table)} rows, expected 32 municipalities in two years; restore the file")
    referrers = table.filter(like="referrer_").sum(axis=1)
    checks = {
        "youths exceed trajectories": table["youths"] > table["trajectories"],
        "referrers exceed trajectories": referrers > table["trajectories"] + CBS_ROUNDING,
        "inhabitants under 25 exceed inhabitants": table["population_0_14"] + table["population_15_24"]
        > table["population"],
    }
    for problem, wrong in checks.items():
        if wrong.any():
            row = table[wrong].iloc[0]
            raise SourceError(f"{file}: {row['municipality']} {row['year']}, {problem}; restore the file")
    return table


def youth_care_national(folder: Path = DATA_FOLDER) -> pd.DataFrame:
    """Return national users, trajectories, stocks and flows of youth care.

    Parameters
    ----------
    folder
        Folder of the data package.

    Returns
    -------
    DataFrame
        One row per value: ``period`` (``2021`` or ``2021H1``), ``status`` (final or provisional), ``indicator``,
        ``value``, ``unit`` (youths, trajectories or percent), ``source``, ``remark``.

    Raises
    ------
    SourceError
        When opening stock plus inflow less outflow is not the closing stock.
    """
    file = "benchmark/youth_care_national.csv"
    table = read_table("youth_care_national", folder)
    flows = table[table["indicator"].str.contains("_stock_|^inflow_|^outflow_|^active_")]
    parts = flows["indicator"].str.extract(
        r"^(?P<kind>opening_stock|inflow|outflow|closing_stock|active)_(?P<form>.+)$"
    )
    wide = flows.assign(kind=parts["kind"], form=parts["form"]).pivot_table(
        index=["period", "form"], columns="kind", values="value"
    )
    gap = wide["opening_stock"] + wide["inflow"] - wide["outflow"] - wide["closing_stock"]
    if (gap.abs() > CBS_ROUNDING).any():
        raise SourceError(f"{file}: stock and flow of {_place(gap.abs())} do not close; restore the file")
    return table


def price_indices(folder: Path = DATA_FOLDER) -> pd.DataFrame:
    """Return yearly changes of prices and wages.

    Parameters
    ----------
    folder
        Folder of the data package.

    Returns
    -------
    DataFrame
        ``index`` (cpi, ova, pcc, vng, vng_applied, wage_step), ``period`` (a year, or a date for a wage step),
        ``value_percent``, ``status``, ``source``, ``remark``. A year can have a provisional and a final row.

    Raises
    ------
    SourceError
        When the VNG index is not nine tenths OVA plus one tenth PCC.
    """
    file = "benchmark/price_indices.csv"
    table = read_table("price_indices", folder)
    wide = table[table["index"].isin(["vng", *VNG_WEIGHTS])].pivot_table(
        index=["period", "status"], columns="index", values="value_percent"
    )
    gap = (wide["vng"] - sum(weight * wide[name] for name, weight in VNG_WEIGHTS.items())).dropna()
    if (gap.abs() > 0.01).any():
        raise SourceError(f"{file}: vng of {_place(gap.abs())} is not 0.9 ova + 0.1 pcc; correct value_percent")
    return table


def improven(folder: Path = DATA_FOLDER) -> pd.DataFrame:
    """Return what has been typed in from the Improven report; an empty frame until someone does.

    Parameters
    ----------
    folder
        Folder of the data package.

    Returns
    -------
    DataFrame
        ``year``, ``scope`` (excl_6_2, incl_6_2 or own), ``measure``, ``value``, ``unit``, ``source_page``.

    Raises
    ------
    SourceError
        When a unit does not belong to its measure, or a total is not in millions of euros.
    """
    file = "benchmark/improven.csv"
    table = read_table("improven", folder)
    units = table["measure"].map(lambda measure: IMPROVEN_UNITS.get(measure, "percent"))
    low, high = IMPROVEN_TOTAL_EUR_MILLION
    totals = table["measure"] == "total_expenditure"
    for column, wrong, remedy in (
        ("unit", table["unit"] != units, "amounts are in eur_million, growth and effects in percent"),
        (
            "value",
            totals & ~table["value"].between(low, high),
            f"a national total lies between {low} and {high} million",
        ),
    ):
        if wrong.any():
            row = table[wrong].iloc[0]
            raise SourceError(f"{file}: {row['measure']} {row['year']}, column {column}, value {row[column]}; {remedy}")
    return table


def improven_quoted(folder: Path = DATA_FOLDER) -> pd.DataFrame:
    """Return what is publicly quoted of Improven and of the report Groeipijn, in millions of euros.

    Parameters
    ----------
    folder
        Folder of the data package.

    Returns
    -------
    DataFrame
        ``indicator`` (deficit, expenditure, compensation), ``origin``, ``period``, ``status``, ``value``, ``unit`` and
        the provenance of each row. Deficits are not expenditure.
    """
    return read_table("improven_quoted", folder)


def groningen_context(folder: Path = DATA_FOLDER) -> pd.DataFrame:
    """Return other figures about Groningen, for background.

    Parameters
    ----------
    folder
        Folder of the data package.

    Returns
    -------
    DataFrame
        ``indicator``, ``geography``, ``period``, ``status``, ``value``, ``qualifier`` (exact, more_than, range_low,
        range_high), ``unit`` and the provenance of each row. An event without a number has no value.
    """
    return read_table("groningen_context", folder)


def _require_iv3_grid(table: pd.DataFrame, unit: str, file: str) -> None:
    """Refuse a table that lacks a year or task field for some unit, or has one too many."""
    found = set(table[[unit, "year", "task_field"]].itertuples(index=False, name=None))
    expected = {
        (name, year, field)
        for name in table[unit].unique()
        for year in IV3_YEARS
        for field in (IV3_FIELDS_BEFORE_2023 if year < 2023 else IV3_FIELDS_FROM_2023)
    }
    if found != expected:
        name, year, field = min(found ^ expected)
        state = "missing" if (name, year, field) in expected else "not expected"
        raise SourceError(f"{file}: row {name}, {year}, task field {field} is {state}; restore the file")


def _by_year_and_field(table: pd.DataFrame) -> pd.Series[int]:
    return table.groupby(["year", "task_field"])["expenditure_keur"].sum()


def _place(column: pd.Series[Any]) -> str:
    """Return the index of the largest value in words."""
    index = column.idxmax()
    return ", ".join(str(part) for part in index) if isinstance(index, tuple) else str(index)
