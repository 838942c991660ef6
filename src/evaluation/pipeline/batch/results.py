"""One table of all values of all editions of a batch, as Parquet and CSV, each written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from evaluation.parameters import HOME, ParameterError
from evaluation.pipeline.batch.grid import BatchEdition
from evaluation.pipeline.json_files import read_json

PARQUET, CSV = "results.parquet", "results.csv"
_TEXT, _NUMBER, _WORDS = pa.string(), pa.float64(), pa.list_(pa.string())
COLUMNS: Mapping[str, tuple[pa.DataType, str]] = {
    "edition": (_TEXT, "name of the edition, and of its folder"),
    "municipality": (_TEXT, "municipality that the edition is about"),
    "reference_date": (pa.date32(), "reference date of the edition"),
    "settings": (_TEXT, "values of the grid, as a JSON object; empty for an edition named in the file"),
    "language": (_TEXT, "language of its pages: nl or en"),
    "registry": (_TEXT, "registry that it reads; empty when it reads none"),
    "id": (_TEXT, "name of the value, chapter first"),
    "chapter": (_TEXT, "chapter that the value is from"),
    "label_nl": (_TEXT, "what it is, in Dutch"),
    "label_en": (_TEXT, "what it is, in English"),
    "estimate": (_NUMBER, "the value; empty when it is unknown, or withheld where the column suppressed says so"),
    "unit": (_TEXT, "unit of the value and of the ends of its interval"),
    "ci_low": (_NUMBER, "lower end of the interval"),
    "ci_high": (_NUMBER, "upper end of the interval"),
    "ci_level": (_NUMBER, "confidence level of the interval, a share; empty for a rounding interval"),
    "interval": (_TEXT, "kind of interval: confidence or rounding"),
    "n": (pa.int64(), "units counted; empty where none are"),
    "n_missing": (pa.int64(), "units left out because a value was missing"),
    "method": (_TEXT, "estimator in a few words"),
    "method_nl": (_TEXT, "how it was determined, in plain Dutch"),
    "method_en": (_TEXT, "how it was determined, in plain English"),
    "period": (_TEXT, "period or day that the value describes"),
    "evidence": (_TEXT, "weakest kind of evidence among its inputs: register, published, benchmark or synthetic"),
    "sources": (_WORDS, "tables that went in"),
    "suppressed": (pa.bool_(), "whether the value is known and withheld to protect people"),
    "withheld": (_WORDS, "columns of this row that are known and withheld"),
}
SCHEMA = pa.schema([pa.field(name, kind, metadata={"description": told}) for name, (kind, told) in COLUMNS.items()])


def results_table(folder: Path, editions: Sequence[BatchEdition]) -> pa.Table:
    """Return every value of the editions that were made, one row each.

    Parameters
    ----------
    folder
        Holds a folder per edition.
    editions
        Those that were made, in the order of the table.

    Returns
    -------
    pyarrow.Table
        Columns as in `COLUMNS`; rows in the order of the editions, and in each that of its ``results.json``.

    Raises
    ------
    ParameterError
        When an edition holds a field that no column is for, or lacks one: it was made by another version.
    """
    rows = [row for own in editions for row in _rows(folder / own.edition.name, own)]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _rows(folder: Path, own: BatchEdition) -> list[dict[str, Any]]:
    content = read_json(folder / "results.json")
    shared = {
        "edition": content["edition"],
        "municipality": _municipality(read_json(folder / "manifest.json")),
        "reference_date": pd.Timestamp(content["reference_date"]).date(),
        "settings": json.dumps(dict(own.settings), ensure_ascii=False) if own.settings else "",
        "language": content["language"],
        "registry": content["registry"],
    }
    for entry in content["measures"]:
        if differing := set(COLUMNS) ^ (set(shared) | set(entry)):
            raise ParameterError(
                f"{folder.name}/results.json: it was made by another version of the project "
                f"({', '.join(sorted(differing))}); run the batch again without --resume"
            )
    return [{**shared, **entry} for entry in content["measures"]]


def _municipality(manifest: Mapping[str, Any]) -> str:
    named = [chapter["parameters"].get("municipality") for chapter in manifest["chapters"].values()]
    return next(filter(None, named), HOME)


def write_results(table: pa.Table, folder: Path) -> None:
    """Write the table as Parquet and as CSV, in which a list is its words with a space between them."""
    _replace(folder / PARQUET, lambda path: pq.write_table(table, path))
    frame = table.to_pandas()
    for name in ("sources", "withheld"):
        frame[name] = [" ".join(words) for words in frame[name]]
    for name in ("n", "n_missing"):
        frame[name] = frame[name].astype("Int64")
    _replace(folder / CSV, lambda path: frame.to_csv(path, index=False, lineterminator="\n"))


def replace_text(target: Path, text: str) -> None:
    """Write a text in the place of an earlier one, in one step."""
    _replace(target, lambda path: path.write_text(text, encoding="utf-8"))


def _replace(target: Path, write: Callable[[Path], object]) -> None:
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=target.parent) as aside:
        made = Path(aside) / target.name
        write(made)
        os.replace(made, target)  # noqa: PTH105 - the step that is atomic on every system
