"""Brings the accounts of municipalities up to date from CBS: fetched and checked aside, then swapped in."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from evaluation.sources import SourceError
from evaluation.sources.benchmark import IV3_YEARS, iv3_municipalities, iv3_national
from evaluation.sources.cbs import Server, accounts, accounts_tables, population, youth_fields
from evaluation.sources.package import DATA_FOLDER, read_table, validate_package

COMPLETE_YEARS = range(2022, 2025)
KEYS = {
    "iv3_municipalities": ["municipality_code", "year", "task_field"],
    "iv3_national": ["scope", "year", "task_field"],
}
# All expenditure of municipalities less reserves, billions of euros, as CBS published it for the annual accounts.
PUBLISHED_TOTAL_BN: Mapping[int, float] = {2023: 75.1, 2024: 80.9}
MERGER_JUMP = 0.05  # change of inhabitants in a year that growth alone does not make
TOLERANCE_BN = 0.3  # what late deliveries and rounding leave


SHOWN_CHANGES = 20  # of a refreshed table


@dataclass(frozen=True)
class Refreshed:
    """What a refresh found.

    Attributes
    ----------
    changes
        One row per changed value: ``table``, ``key``, ``column``, ``before``, ``after``; missing where a row was added
        or removed.
    remarks
        Lines on municipalities without accounts, mergers, and years that the package does not hold yet.
    written
        Whether the files were replaced.
    """

    changes: pd.DataFrame
    remarks: tuple[str, ...]
    written: bool

    def lines(self) -> Iterator[str]:
        """Yield what a command prints: the first changes of each table, the remarks, and whether anything was done."""
        for table, rows in self.changes.groupby("table"):
            yield f"{table}: {len(rows):,} values changed"
            for row in rows.head(SHOWN_CHANGES).to_dict("records"):
                yield f"  {row['key']}, {row['column']}: {row['before']} -> {row['after']}"
            if len(rows) > SHOWN_CHANGES:
                yield f"  and {len(rows) - SHOWN_CHANGES:,} more; git diff shows all"
        yield from self.remarks
        yield "Replaced; run the tests of the benchmark." if self.written else "Nothing was replaced."


def refresh_benchmark(today: date, *, server: Server, folder: Path = DATA_FOLDER, write: bool = True) -> Refreshed:
    """Fetch the accounts, compare and check them, and put them in place.

    Parameters
    ----------
    today
        Date of retrieval.
    server
        Where CBS answers.
    folder
        Folder of the data package.
    write
        Whether to replace the files; without it the changes are only reported.

    Raises
    ------
    SourceError
        When CBS cannot be reached or what it gives does not pass the checks; the data are then as they were.
    """
    tables = accounts_tables(server)
    lacking = [year for year in IV3_YEARS if year not in tables]
    if lacking:
        raise SourceError(f"CBS offers no accounts of {', '.join(map(str, lacking))}; the data are unchanged")
    wide = {year: accounts(server, tables[year], year, whole=year in PUBLISHED_TOTAL_BN) for year in IV3_YEARS}
    for year, published in PUBLISHED_TOTAL_BN.items():
        _require_published_total(wide[year], year, published)
    youth = pd.concat([frame[frame["task_field"].isin(youth_fields(year))] for year, frame in wide.items()])
    youth = youth.merge(population(server, IV3_YEARS), on=["municipality_code", "year"], how="left")
    known = iv3_municipalities(folder)
    made = {
        "iv3_municipalities": _large(youth, known),
        "iv3_national": _national(youth.dropna(subset=["expenditure_keur", "population"])),
    }
    changes = pd.concat([_changes(name, read_table(name, folder), frame) for name, frame in made.items()])
    if changes.empty or not write:
        _checked_aside(made, folder, today)
    else:
        _checked_aside(made, folder, today, swap=True)
    remarks = (*_newer(tables), *_without_accounts(made["iv3_municipalities"]), *_mergers(youth, known))
    return Refreshed(changes.reset_index(drop=True), remarks, written=write and not changes.empty)


def _require_published_total(frame: pd.DataFrame, year: int, published: float) -> None:
    total = float(frame["expenditure_keur"].sum()) / 1e6
    if abs(total - published) > TOLERANCE_BN:
        raise SourceError(
            f"CBS accounts {year}: all expenditure comes to {total:.2f} billion euros and CBS published {published}; "
            "the table may have changed, the data are unchanged"
        )


def _large(youth: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The municipalities of the package, in its order; one that CBS no longer lists is refused."""
    codes = known["municipality_code"].unique()
    found = youth[youth["municipality_code"].isin(codes)]
    for code in codes:
        years = set(found.loc[found["municipality_code"] == code, "year"])
        if absent := sorted(set(IV3_YEARS) - years):
            name = known.loc[known["municipality_code"] == code, "municipality"].iloc[0]
            raise SourceError(
                f"CBS lists no {name} ({code}) in {', '.join(map(str, absent))}; it may have merged, "
                "the data are unchanged"
            )
    if found["population"].isna().any():
        row = found[found["population"].isna()].iloc[0]
        raise SourceError(
            f"CBS has no inhabitants of {row['municipality']} in {row['year']}; try again later, the data are unchanged"
        )
    # CBS adds "(gemeente)" to some names; the package keeps its own.
    names = known.drop_duplicates("municipality_code").set_index("municipality_code")["municipality"]
    found = found.assign(
        municipality=found["municipality_code"].map(names), population=found["population"].astype("int64")
    )
    return found[known.columns.tolist()].sort_values(KEYS["iv3_municipalities"], ignore_index=True)


def _national(delivered: pd.DataFrame) -> pd.DataFrame:
    years = delivered[delivered["year"].isin(COMPLETE_YEARS)].groupby("municipality_code")["year"].nunique()
    complete = years.index[years == len(COMPLETE_YEARS)]
    sets = {
        "complete_2022_2024": delivered[
            delivered["year"].isin(COMPLETE_YEARS) & delivered["municipality_code"].isin(complete)
        ],
        "as_reported": delivered,
    }
    sums = [
        rows.groupby(["year", "task_field"], as_index=False)
        .agg(
            n_municipalities=("municipality_code", "nunique"),
            population=("population", "sum"),
            expenditure_keur=("expenditure_keur", "sum"),
        )
        .assign(scope=scope)
        for scope, rows in sets.items()
    ]
    columns = ["scope", "n_municipalities", "year", "population", "task_field", "expenditure_keur"]
    return pd.concat(sums, ignore_index=True)[columns].astype({"population": "int64", "expenditure_keur": "int64"})


def _changes(name: str, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """One row per value that differs, by the key of the table."""
    keys = KEYS[name]
    columns = [column for column in before.columns if column not in keys]
    old, new = (frame.set_index(keys)[columns].astype("object") for frame in (before, after))
    index = old.index.union(new.index)
    old, new = (frame.reindex(index).astype("object") for frame in (old, new))
    rows = []
    for column in columns:
        same = (old[column] == new[column]).fillna(value=False).astype(bool) | (old[column].isna() & new[column].isna())
        for key in index[~same]:
            rows.append((name, " ".join(map(str, key)), column, old.loc[key, column], new.loc[key, column]))
    return pd.DataFrame(rows, columns=["table", "key", "column", "before", "after"])


def _checked_aside(made: Mapping[str, pd.DataFrame], folder: Path, today: date, *, swap: bool = False) -> None:
    """Write a complete package aside, let the readers check it, and only then replace the files."""
    with tempfile.TemporaryDirectory(prefix=".refreshing-", dir=folder) as name:
        aside = Path(name)
        descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        paths = {}
        for entry in descriptor["resources"]:
            target = aside / entry["path"]
            target.parent.mkdir(parents=True, exist_ok=True)
            if entry["name"] not in made:
                shutil.copyfile(folder / entry["path"], target)
                continue
            frame = made[entry["name"]]
            frame.to_csv(target, index=False, lineterminator="\n")
            paths[entry["path"]] = target
            entry["retrieved"] = today.isoformat()
            entry["controlTotals"] = {column: int(frame[column].sum()) for column in entry["controlTotals"]}
        written = json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"
        (aside / "datapackage.json").write_text(written, encoding="utf-8")
        iv3_municipalities(aside)
        iv3_national(aside)
        if problems := validate_package(aside):
            raise SourceError(f"what CBS gave does not fit the package: {problems[0]}; the data are unchanged")
        if swap:
            _swap({**paths, "datapackage.json": aside / "datapackage.json"}, folder, aside / "before")


def _swap(made: Mapping[str, Path], folder: Path, before: Path) -> None:
    """Replace all files or none; the descriptor goes last, and its control totals tell when it did not."""
    before.mkdir()
    kept = {}
    try:
        for number, (path, new) in enumerate(made.items()):
            kept[path] = shutil.copyfile(folder / path, before / str(number))
            new.replace(folder / path)
    except OSError:
        for path, old in kept.items():
            Path(old).replace(folder / path)
        raise


def _newer(tables: Mapping[int, str]) -> list[str]:
    return [
        f"CBS also offers {year} ({table}); the package ends in {max(IV3_YEARS)}, see data/README.md to add a year"
        for year, table in tables.items()
        if year > max(IV3_YEARS)
    ]


def _without_accounts(table: pd.DataFrame) -> list[str]:
    missing = table[table["expenditure_keur"].isna()].drop_duplicates(["municipality_code", "year"])
    return [
        f"{row['municipality']} {row['year']}: no accounts, missing and not zero" for row in missing.to_dict("records")
    ]


def _mergers(youth: pd.DataFrame, known: pd.DataFrame) -> list[str]:
    """Name the large municipalities whose inhabitants jump from one year to the next."""
    codes = set(known["municipality_code"])
    own = youth[youth["municipality_code"].isin(codes)].drop_duplicates(["municipality_code", "year"])
    own = own.sort_values(["municipality_code", "year"]).astype({"population": "float64"})
    own["jump"] = own.groupby("municipality_code")["population"].pct_change()
    names = dict(zip(known["municipality_code"], known["municipality"], strict=True))
    return [
        f"{names[row['municipality_code']]} {row['year']}: inhabitants {row['jump']:+.0%} in a year, a merger? "
        "compare per inhabitant"
        for row in own[own["jump"].abs() > MERGER_JUMP].to_dict("records")
    ]
