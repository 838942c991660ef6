"""The data package: which files there are, what their columns promise, and how to read or validate them.

``data/datapackage.json`` is a Frictionless Data Package. It is the only place where the type, unit and constraints of a
column are written down; the readers here take them from there.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd

from evaluation.evidence import Evidence
from evaluation.sources import SourceError

__all__ = [
    "DATA_FOLDER",
    "Resource",
    "SourceError",
    "read_table",
    "resource",
    "resource_names",
    "validate_package",
]

DATA_FOLDER = Path(__file__).resolve().parents[3] / "data"
DESCRIPTOR = "datapackage.json"
RESTORE = "restore it from version control"
REMEDIES = {
    "type-error": "write a value of the type that the schema declares",
    "constraint-error": "write a value that the schema allows",
    "foreign-key": "refer to an id that exists, or add that id to the other table",
    "primary-key": "make the key of the row unique and complete",
    "missing-label": "restore the header row as the schema lists it",
    "extra-label": "restore the header row as the schema lists it",
    "incorrect-label": "restore the header row as the schema lists it",
    "missing-cell": "add the separators that the row lacks",
    "extra-cell": "remove the surplus separators, or quote the text that holds a comma",
    "scheme-error": RESTORE,
    "source-error": RESTORE,
}


@dataclass(frozen=True)
class Resource:
    """One file of the data package, with its provenance.

    Attributes
    ----------
    name, path, title
        Name in the package, path below the data folder, human title.
    evidence
        Of what it says: ``PUBLISHED``, ``BENCHMARK``, or ``SYNTHETIC`` for a table of assumptions.
    own_work
        Whether this project wrote it: rules, texts and choices, which are no evidence themselves.
    period, retrieved
        What the values are about and when they were taken over, both ISO.
    licence, sources
        Title of the licence and of every source.
    rows, sha256
        Number of data rows and hash of the file as it is now on disk.
    """

    name: str
    path: str
    title: str
    evidence: Evidence
    own_work: bool
    period: str
    retrieved: str
    licence: str
    sources: tuple[str, ...]
    rows: int
    sha256: str


def resource_names(folder: Path = DATA_FOLDER) -> list[str]:
    """Return the names of the resources in the order of the package."""
    return [entry["name"] for entry in _descriptor(folder)["resources"]]


def resource(name: str, folder: Path = DATA_FOLDER) -> Resource:
    """Return the provenance of one file.

    Parameters
    ----------
    name
        Name of the resource in the package, such as ``council_figures``.
    folder
        Folder that holds ``datapackage.json``.

    Raises
    ------
    SourceError
        When the package does not know the name or the file is missing.
    """
    entry = _entry(name, folder)
    content = _content(entry, folder)
    return Resource(
        name=name,
        path=entry["path"],
        title=entry["title"],
        evidence=Evidence(entry["evidence"]),
        own_work=entry.get("ownWork", False),
        period=entry["period"],
        retrieved=entry["retrieved"],
        licence=entry["licenses"][0]["title"],
        sources=tuple(source["title"] for source in entry["sources"]),
        rows=sum(1 for _ in csv.reader(content.decode("utf-8").splitlines(keepends=True))) - 1,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def read_table(name: str, folder: Path = DATA_FOLDER) -> pd.DataFrame:
    """Return one file as a frame with the types that its schema declares.

    Parameters
    ----------
    name
        Name of the resource in the package.
    folder
        Folder that holds ``datapackage.json``.

    Returns
    -------
    DataFrame
        One column per field of the schema, in that order. ``string`` becomes ``str``, ``integer`` ``int64`` when a
        value is required and ``Int64`` otherwise, ``number`` ``float64``, ``date`` ``datetime64``. An empty cell is
        missing, never zero. Codes stay text, so that ``6.2`` and ``01`` keep their form.

    Raises
    ------
    SourceError
        When the file is missing, has other columns than the schema, lacks a required value, holds a value that is not
        of its type or not allowed, repeats a key, or does not add up to its control totals.
    """
    entry = _entry(name, folder)
    return _parsed(json.dumps(entry), _content(entry, folder)).copy()


@lru_cache(maxsize=64)
def _parsed(entry_text: str, content: bytes) -> pd.DataFrame:
    """Return the content of a file as a frame; chapters ask for the same small files many times."""
    entry = json.loads(entry_text)
    path, missing = entry["path"], entry["schema"]["missingValues"]
    try:
        text = pd.read_csv(
            io.BytesIO(content), dtype=str, keep_default_na=False, na_values=missing, encoding="utf-8-sig"
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: not readable as CSV ({' '.join(str(error).split())}); {RESTORE}") from error
    if not isinstance(text.index, pd.RangeIndex):  # pandas takes surplus cells at the left for an index
        raise SourceError(f"{path}: row 2 has more cells than the header; {REMEDIES['extra-cell']}")
    fields = entry["schema"]["fields"]
    expected = [field["name"] for field in fields]
    if list(text.columns) != expected:
        differing = sorted(set(expected) ^ set(text.columns)) or list(text.columns)
        raise SourceError(
            f"{path}: header differs from its schema in {', '.join(differing)}; expected {', '.join(expected)}"
        )
    table = pd.DataFrame({field["name"]: _typed(text[field["name"]], field, path) for field in fields})
    for field in fields:
        _require_allowed(table[field["name"]], text[field["name"]], field.get("constraints", {}), path)
    _require_unique(table, entry["schema"].get("primaryKey", []), path)
    _require_totals(table, entry)
    return table


def validate_package(folder: Path = DATA_FOLDER) -> list[str]:
    """Check every file of the package against its schema.

    Parameters
    ----------
    folder
        Folder that holds ``datapackage.json``.

    Returns
    -------
    list of str
        One line per problem: file, row, field, offending value, what to do. Empty when all is well.
    """
    descriptor = _descriptor(folder)
    absent = [e["path"] for e in descriptor["resources"] if not (folder / e["path"]).is_file()]
    if absent:
        return [f"{path}: file is missing; {RESTORE}" for path in absent]
    report = frictionless.Package(descriptor, basepath=str(folder)).validate()
    problems = [_problem(str(task.place), error) for task in report.tasks for error in task.errors]
    problems += [_problem(DESCRIPTOR, error) for error in report.errors]
    return problems or _refused_tables(descriptor, folder)


def _refused_tables(descriptor: dict[str, Any], folder: Path) -> list[str]:
    """Return what the readers refuse although it fits the schema: control totals that do not add up."""
    refused = []
    for entry in descriptor["resources"]:
        try:
            read_table(entry["name"], folder)
        except SourceError as error:
            refused.append(str(error))
    return refused


def _problem(path: str, error: Any) -> str:
    place = [path]
    if hasattr(error, "row_number"):
        place.append(f"row {error.row_number}")
    if getattr(error, "field_name", ""):
        place.append(f"field {error.field_name}")
    note = f" ({error.note})" if error.note else ""
    found = f"{error.title}{note}"
    if hasattr(error, "cell"):
        found = f"value {error.cell!r}{note}"
    elif hasattr(error, "label"):
        found = f"header {error.label!r}{note}"
    elif getattr(error, "cells", None):
        found = f"the row that starts with {error.cells[0]!r}{note}"
    remedy = REMEDIES.get(error.type, "correct the file or its schema")
    return f"{', '.join(place)}: {' '.join(found.split())}; {remedy}"


def _descriptor(folder: Path) -> dict[str, Any]:
    path = folder / DESCRIPTOR
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SourceError(f"{path}: file is missing; {RESTORE}") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: not readable as JSON ({error}); {RESTORE}") from error
    if not isinstance(content, dict) or "resources" not in content:
        raise SourceError(f"{path}: holds no list of resources; {RESTORE}")
    return content


def _entry(name: str, folder: Path) -> dict[str, Any]:
    entries: dict[str, dict[str, Any]] = {entry["name"]: entry for entry in _descriptor(folder)["resources"]}
    if name not in entries:
        raise SourceError(f"{DESCRIPTOR}: no resource {name!r}; choose one of {', '.join(entries)}")
    return entries[name]


def _content(entry: dict[str, Any], folder: Path) -> bytes:
    path: Path = folder / entry["path"]
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise SourceError(f"{entry['path']}: file is missing; {RESTORE}") from error


def _typed(text: pd.Series[Any], field: dict[str, Any], path: str) -> pd.Series[Any]:
    """Return a column of text as the type that its field declares, or refuse the first value that does not fit."""
    required = bool(field.get("constraints", {}).get("required", False))
    if required and text.isna().any():
        raise _refusal(path, text, text.isna(), "fill it in, the schema requires a value")
    kind = field["type"]
    if kind == "string":
        return text.astype("str")
    if kind == "date":
        dates = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
        if (dates.isna() & text.notna()).any():
            raise _refusal(path, text, dates.isna() & text.notna(), "write a date as YYYY-MM-DD")
        return dates
    numbers = pd.to_numeric(text, errors="coerce").astype("float64")
    if (numbers.isna() & text.notna()).any():
        raise _refusal(path, text, numbers.isna() & text.notna(), "write a number with a decimal point")
    if kind == "number":
        return numbers
    if (numbers % 1 > 0).any():
        raise _refusal(path, text, numbers % 1 > 0, "write a whole number")
    return numbers.astype("int64" if required else "Int64")


def _require_allowed(column: pd.Series[Any], text: pd.Series[Any], constraints: dict[str, Any], path: str) -> None:
    """Refuse the first value that breaks an enum, pattern, minimum or maximum of its field."""
    present = text.notna()
    if "enum" in constraints and (present & ~text.isin(constraints["enum"])).any():
        wrong = present & ~text.isin(constraints["enum"])
        raise _refusal(path, text, wrong, f"choose one of {', '.join(constraints['enum'])}")
    if "pattern" in constraints and (present & ~text.str.fullmatch(constraints["pattern"], na=False)).any():
        wrong = present & ~text.str.fullmatch(constraints["pattern"], na=False)
        raise _refusal(path, text, wrong, f"write it in the form {constraints['pattern']}")
    low, high = constraints.get("minimum"), constraints.get("maximum")
    if low is not None and (column < low).fillna(value=False).any():
        raise _refusal(path, text, (column < low).fillna(value=False), f"at least {low} is allowed")
    if high is not None and (column > high).fillna(value=False).any():
        raise _refusal(path, text, (column > high).fillna(value=False), f"at most {high} is allowed")


def _require_unique(table: pd.DataFrame, key: list[str], path: str) -> None:
    if key and table.duplicated(key).any():
        position = int(table.duplicated(key).to_numpy().argmax())
        values = ", ".join(str(table.iloc[position][column]) for column in key)
        raise SourceError(f"{path}: row {position + 2}, columns {', '.join(key)}, {values} occurs twice; keep one row")


def _require_totals(table: pd.DataFrame, entry: dict[str, Any]) -> None:
    """Refuse a file whose column sums differ from the control totals that were written down when it was taken over."""
    for column, expected in entry.get("controlTotals", {}).items():
        total = int(table[column].sum())
        if total != expected:
            raise SourceError(
                f"{entry['path']}: column {column} adds up to {total} and its control total is {expected}; "
                f"{RESTORE}, or after a deliberate update change controlTotals in {DESCRIPTOR}"
            )


def _refusal(path: str, text: pd.Series[Any], wrong: pd.Series[Any], remedy: str) -> SourceError:
    position = int(wrong.to_numpy().argmax())
    value = text.iloc[position]
    shown = "empty" if pd.isna(value) else repr(value)
    # The header is row 1, as in a spreadsheet and in the report of validate_package.
    return SourceError(f"{path}: row {position + 2}, column {text.name}, value {shown}; {remedy}")
