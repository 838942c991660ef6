"""CBS open data (OData version 3): municipal accounts as delivered (Iv3) and inhabitants, in the layout of the package.

The accounts of one year are one table of the catalogue ``IV3`` on dataderden.cbs.nl, "Gemeenten <year> onbewerkte
Iv3-data"; report X005 is the annual account, categories that begin with L are expenditure, amounts are thousands of
euros. CBS pads its codes with spaces and writes "no figure" as -99998 or -99999. Inhabitants are in 70072ned on
opendata.cbs.nl. The client is `cbsodata`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from evaluation.sources import SourceError
from evaluation.sources.benchmark import IV3_FIELDS_BEFORE_2023, IV3_FIELDS_FROM_2023

ACCOUNTS_HOST, STATLINE_HOST = "dataderden.cbs.nl", "opendata.cbs.nl"
POPULATION_TABLE = "70072ned"
TITLE = re.compile(r"Gemeenten (\d{4}) onbewerkte Iv3-data")
FIRST, REVISED = "k_1ePlaatsing_1", "k_2ePlaatsing_2"
NO_FIGURE = (-99998, -99999)
TIMEOUT_SECONDS = 120
# A task field, with or without the letter of a part (6.72a), which is summed into it; not a post of the balance sheet.
TASK_FIELD = r"^(\d+\.\d+)[a-z]*$"
NOT_SPENDING = ("0.10", "0.11")  # reserves, and the result itself


@dataclass(frozen=True)
class Server:
    """Where CBS answers.

    Attributes
    ----------
    accounts, statline
        Hosts of the accounts and of StatLine.
    https
        Whether to ask over https; only a server on this machine is asked without.
    """

    accounts: str = ACCOUNTS_HOST
    statline: str = STATLINE_HOST
    https: bool = True

    @staticmethod
    def at(address: str | None) -> Server:
        """Read ``http://host:port``; None is CBS itself."""
        if address is None:
            return Server()
        match = re.fullmatch(r"(https?)://([^/]+)/?", address)
        if match is None:
            raise SourceError(f"server {address!r} is not of the form http://host:port; correct it")
        return Server(match[2], match[2], match[1] == "https")


def accounts_tables(server: Server) -> dict[int, str]:
    """Return the table of every accounting year that CBS offers, oldest first.

    Raises
    ------
    SourceError
        When CBS cannot be reached, or offers none.
    """
    listed = _asked(server, server.accounts, "get_table_list", filters="Catalog eq 'IV3'")
    found = {int(match[1]): row["Identifier"] for row in listed if (match := TITLE.match(row["Title"].strip()))}
    if not found:
        raise SourceError(f"{server.accounts}: the catalogue lists no accounts of municipalities; try again later")
    return dict(sorted(found.items()))


def accounts(server: Server, table: str, year: int, *, whole: bool = False) -> pd.DataFrame:
    """Return the expenditure of every municipality in its annual account.

    Parameters
    ----------
    server
        Where CBS answers.
    table
        Table of the year.
    year
        Accounting year.
    whole
        Whether to fetch every task field, for the check against published totals, and not those of youth care only.

    Returns
    -------
    DataFrame
        ``municipality_code``, ``municipality``, ``year``, ``task_field``, ``expenditure_keur`` (missing for a
        municipality that delivered nothing), every municipality of the year in the table with every youth task field.
    """
    fields = youth_fields(year)
    asked = f"Verslagsoort eq '{year}X005' and startswith(Categorie,'L')"
    if not whole:
        starts = " or ".join(f"startswith(TaakveldBalanspost,'{field}')" for field in fields)
        asked += f" and ({starts})"
    columns = ["Gemeenten", "TaakveldBalanspost", "Categorie", FIRST, REVISED]
    answer = _asked(server, server.accounts, "download_data", table, select=columns, filters=asked)
    rows = _named(answer["TypedDataSet"], columns, table)
    names = {row["Key"].strip(): row["Title"].strip() for row in answer["Gemeenten"] if row["Key"].startswith("GM")}
    amounts = rows[REVISED].combine_first(rows[FIRST])
    rows = rows.assign(
        municipality_code=rows["Gemeenten"].str.strip(),
        task_field=rows["TaakveldBalanspost"].str.strip().str.extract(TASK_FIELD, expand=False),
        keur=amounts,
    )
    rows = rows[rows["task_field"].notna() & ~rows["task_field"].isin(NOT_SPENDING)]
    sums = rows.groupby(["municipality_code", "task_field"])["keur"].sum(min_count=1)
    # Zero on every field of youth care is no account: a municipality without any youth care does not exist.
    delivered = sums[sums.index.get_level_values("task_field").isin(fields)].groupby("municipality_code").sum() > 0
    wanted = list(fields) if not whole else sorted(set(fields) | set(rows["task_field"]))
    grid = pd.MultiIndex.from_product([list(names), wanted], names=["municipality_code", "task_field"])
    filled = sums.reindex(grid).fillna(0.0).reset_index(name="expenditure_keur")
    absent = ~filled["municipality_code"].map(delivered).fillna(value=False).astype(bool)
    filled["expenditure_keur"] = filled["expenditure_keur"].mask(absent).round().astype("Int64")
    return filled.assign(municipality=filled["municipality_code"].map(names), year=year)


def population(server: Server, years: Iterable[int]) -> pd.DataFrame:
    """Return inhabitants on 1 January: ``municipality_code``, ``year``, ``population``."""
    periods = " or ".join(f"Perioden eq '{year}JJ00'" for year in years)
    columns = ["RegioS", "Perioden", "TotaleBevolking_1"]
    answer = _asked(
        server,
        server.statline,
        "download_data",
        POPULATION_TABLE,
        select=columns,
        filters=f"substringof('GM',RegioS) and ({periods})",
    )
    rows = _named(answer["TypedDataSet"], columns, POPULATION_TABLE)
    found = pd.DataFrame(
        {
            "municipality_code": rows["RegioS"].str.strip(),
            "year": rows["Perioden"].str[:4].astype(int),
            "population": rows["TotaleBevolking_1"],
        }
    )
    return found.dropna().astype({"population": "int64"})


def youth_fields(year: int) -> tuple[str, ...]:
    """Return the task fields of youth care and neighbourhood teams in a year."""
    return IV3_FIELDS_BEFORE_2023 if year < 2023 else IV3_FIELDS_FROM_2023


def _named(rows: list[dict[str, Any]], columns: list[str], table: str) -> pd.DataFrame:
    """Return rows as a frame with numbers, refusing an answer that lacks a column."""
    frame = pd.DataFrame(rows)
    if frame.empty or (lacking := [column for column in columns if column not in frame]):
        what = "no rows" if frame.empty else f"no column {', '.join(lacking)}"
        raise SourceError(f"CBS table {table}: {what} in the answer; CBS may have changed it, see its page on StatLine")
    for column in (FIRST, REVISED, "TotaleBevolking_1"):
        if column in frame:
            numbers = pd.to_numeric(frame[column], errors="coerce").astype("Float64")
            frame[column] = numbers.mask(numbers.isin(NO_FIGURE))
    return frame


def _asked(server: Server, host: str, function: str, *arguments: str, **options: Any) -> Any:
    """Call the client, and turn every way in which a network fails into one line."""
    import cbsodata  # noqa: PLC0415 - only a refresh needs the client, and its import brings in requests

    usual = cbsodata.options.use_https
    cbsodata.options.use_https = server.https
    try:
        return getattr(cbsodata, function)(*arguments, catalog_url=host, timeout=TIMEOUT_SECONDS, **options)
    except (OSError, ValueError, KeyError) as error:  # what requests raises is an OSError
        reason = type(error).__name__
        raise SourceError(
            f"{host}: CBS gave no usable answer ({reason}); check the connection and try again, the data are unchanged"
        ) from None
    finally:
        cbsodata.options.use_https = usual
