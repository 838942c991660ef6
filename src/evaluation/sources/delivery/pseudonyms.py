"""Pseudonyms: a copy of a delivery in which keyed hashes stand for the identifiers.

Who holds the key can make the same pseudonyms again, so that deliveries can be joined; who does not can neither make
them nor undo them. The key belongs with a key holder who does no analysis, outside the project and outside the data.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from openpyxl.cell import WriteOnlyCell

from evaluation.sources.database import open_private
from evaluation.sources.delivery import bsn, texts
from evaluation.sources.delivery.aside import folder_aside
from evaluation.sources.delivery.contract import DeliveryError
from evaluation.sources.delivery.keys import WITHOUT_BSN, Change, keyed, secret_of
from evaluation.sources.delivery.schema import plain_name, table_schemas
from evaluation.sources.delivery.sheets import values_of
from evaluation.sources.fingerprint import sha256_of

OTHER_KIND = "x"
IN_ORDER = ("record_id",)
"""Numbers that stay: their order says which line of a client came last."""
_FIELD_KINDS = {"client_key": "c", "family_key": "f", "trajectory_id": "t"}
KINDS = {"bsn": "c", "burgerservicenummer": "c"} | {
    plain_name(name): _FIELD_KINDS.get(field.name, OTHER_KIND)
    for table in table_schemas().values()
    for field in table.fields
    if field.name.endswith(("_id", "_key")) and field.name not in IN_ORDER
    for name in field.names
}
"""Columns that are replaced without being asked, and the letter that their keys begin with."""

BATCH_ROWS = 100_000
TITLE_SIGNS = str.maketrans("[]", "()")
"""A title of a sheet may not hold square brackets."""


@dataclass(frozen=True)
class Replaced:
    """What was replaced in one column.

    Attributes
    ----------
    file
        File of the delivery, and the number of the sheet.
    column
        The column, as `bsn.shown_column` names it.
    kind
        First letter of the keys, or ``removed`` where service numbers inside other cells were taken out.
    cells
        How many cells changed.
    """

    file: str
    column: str
    kind: str
    cells: int


def pseudonymise(
    folder: Path, target: Path, key_file: Path, columns: Mapping[str, str] | Iterable[str] | None = None
) -> list[Replaced]:
    """Copy a delivery with keys for its identifiers, and without the service numbers in its other cells.

    CSV comes out in UTF-8 with its own separator, XLSX as values only (no formulas, comments or macros), Parquet with
    text where identifiers stood. A placeholder for an identifier becomes an empty cell. The copy is searched for
    service numbers before it gets its name, and nothing is written outside the folder it grows in.

    Parameters
    ----------
    folder
        The delivery.
    target
        Folder to make; it may not exist.
    key_file
        Made by `keys.new_key`.
    columns
        Further columns of identifiers; a mapping gives each its kind (``c``, ``f``, ``t`` or ``x``), others get ``x``.
        The same identifier gets the same key only in columns of the same kind.

    Returns
    -------
    list of Replaced
        Per column the number of cells replaced.

    Raises
    ------
    DeliveryError
        When the key is not kept well, a column named is in no file, or a file cannot be copied.
    """
    secret = secret_of(key_file, folder, target)
    named = dict(columns) if isinstance(columns, Mapping) else dict.fromkeys(columns or (), OTHER_KIND)
    for column, kind in named.items():
        if kind not in {*KINDS.values(), OTHER_KIND}:
            raise DeliveryError(f"column {column!r}: kind {kind!r} is unknown; choose c, f, t or x")
    kinds = KINDS | {plain_name(column): kind for column, kind in named.items()}
    replaced: list[Replaced] = []
    seen: set[str] = set()
    with _made_aside(target) as aside, _scratch_in(aside) as scratch:
        for path in bsn.delivered_files(folder):
            copy = _Copy(path, path.relative_to(folder), aside, scratch=scratch, kinds=kinds, secret=secret)
            replaced += copy.write()
            seen |= copy.columns
        if unknown := [column for column in named if plain_name(column) not in seen]:
            raise DeliveryError(f"{folder.name}: column {unknown[0]!r} is in no file; correct its name")
        _describe_synthetic(folder, aside)
        bsn.refuse_bsn(aside, scratch)
    return replaced


class _Copy:
    """The copy of one file."""

    def __init__(
        self, path: Path, relative: Path, aside: Path, *, scratch: Path, kinds: Mapping[str, str], secret: bytes
    ) -> None:
        self.path, self.scratch, self.kinds, self.secret = path, scratch, kinds, secret
        self.name = bsn.without_bsn(str(relative))
        self.target = aside / self.name
        self.columns: set[str] = set()

    def write(self) -> list[Replaced]:
        self.target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not texts.is_table(self.path):
            return self._write_lines()
        connection = open_private(scratch=self.scratch)
        sheets = list(texts.sheets_of(self.path, self.name, connection, self.scratch))
        changes = [self._changes(sheet, bsn.column_findings(sheet, connection)) for sheet in sheets]
        for sheet in sheets:
            self.columns |= {plain_name(label) for label in sheet.header} - {""}
        suffix = self.path.suffix.lower()
        if suffix in texts.CSV_SUFFIXES:
            counts = [self._write_csv(sheets[0], changes[0])]
        elif suffix in texts.XLSX_SUFFIXES:
            counts = self._write_xlsx(sheets, changes)
        else:
            counts = [self._write_parquet(changes[0])]
        connection.close()
        return [
            Replaced(sheet.name, bsn.shown_column(label, position), self._kind(label), cells_at[position])
            for sheet, cells_at in zip(sheets, counts, strict=True)
            for position, label in enumerate(sheet.header)
            if position in cells_at
        ]

    def _kind(self, label: str) -> str:
        return self.kinds.get(plain_name(label), "removed")

    def _changes(self, sheet: texts.Sheet, findings: Mapping[int, object]) -> dict[int, Change]:
        """What to do with the cells of each column that may not stay as it is."""
        changes: dict[int, Change] = {}
        for position, label in enumerate(sheet.header):
            if kind := self.kinds.get(plain_name(label)):
                changes[position] = keyed(self.secret, kind)
            elif position in findings:
                changes[position] = WITHOUT_BSN
        return changes

    def _write_lines(self) -> list[Replaced]:
        cells = 0
        with (
            self.path.open(encoding="utf-8", errors="replace", newline="") as source,
            self.target.open("w", encoding="utf-8", newline="") as target,
        ):
            for line in source:
                # Only numbers inside the line: a line is not a cell.
                kept = bsn.without_bsn("|" + line)[1:]
                cells += kept != line
                target.write(kept)
        return [Replaced(self.name, "line", "removed", cells)] if cells else []

    def _write_csv(self, sheet: texts.Sheet, changes: Mapping[int, Change]) -> dict[int, int]:
        counts = dict.fromkeys(changes, 0)
        with self.target.open("w", encoding="utf-8", newline="") as text:
            csv.writer(text, delimiter=sheet.separator, lineterminator="\n").writerow(
                map(bsn.without_bsn, sheet.header)
            )
        options = pyarrow.csv.WriteOptions(include_header=False, delimiter=sheet.separator)
        schema = pa.schema([(column, pa.string()) for column in sheet.relation.columns])
        with self.target.open("ab") as file, pyarrow.csv.CSVWriter(file, schema, write_options=options) as writer:
            for batch in sheet.relation.to_arrow_reader(BATCH_ROWS):
                writer.write_batch(_changed_batch(batch, schema, changes, counts))
        return counts

    def _write_parquet(self, changes: Mapping[int, Change]) -> dict[int, int]:
        counts = dict.fromkeys(changes, 0)
        with pyarrow.parquet.ParquetFile(self.path) as source:
            schema = pa.schema(
                [
                    pa.field(bsn.without_bsn(field.name), pa.string() if position in changes else field.type)
                    for position, field in enumerate(source.schema_arrow)
                ]
            )
            with pyarrow.parquet.ParquetWriter(self.target, schema) as writer:
                for batch in source.iter_batches(BATCH_ROWS):
                    writer.write_batch(_changed_batch(batch, schema, changes, counts))
        return counts

    def _write_xlsx(self, sheets: list[texts.Sheet], changes: list[dict[int, Change]]) -> list[dict[int, int]]:
        source = openpyxl.load_workbook(self.path, read_only=True, data_only=True)
        copy = openpyxl.Workbook(write_only=True)
        counts: list[dict[int, int]] = []
        for read in source.worksheets:
            title = bsn.without_bsn(read.title).translate(TITLE_SIGNS)
            written = copy.create_sheet(title)
            if not any(sheet.title == read.title for sheet in sheets):
                continue
            sheet, change = sheets[len(counts)], changes[len(counts)]
            count = dict.fromkeys(change, 0)
            for number, row in enumerate(values_of(read), 1):
                cells = list(row)
                if number < sheet.first_row:
                    cells = [bsn.without_bsn(cell) if isinstance(cell, str) else cell for cell in cells]
                else:
                    _change_cells(cells, change, count)
                written.append([_as_cell(written, cell) for cell in cells])
            counts.append(count)
        source.close()
        self.target = self.target.with_suffix(".xlsx")
        copy.save(self.target)
        return counts


def _changed_batch(
    batch: pa.RecordBatch, schema: pa.Schema, changes: Mapping[int, Change], counts: dict[int, int]
) -> pa.RecordBatch:
    columns = list(batch.columns)
    for position, change in changes.items():
        columns[position], cells = _changed(columns[position], change)
        counts[position] += cells
    return pa.record_batch(columns, schema=schema)


def _changed(column: pa.Array, change: Change) -> tuple[pa.Array, int]:
    """Change the distinct values of a column, and count the cells that differ."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type):
        column = pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())
    encoded = column.dictionary_encode()
    before = [str(value) for value in encoded.dictionary.to_pylist()]
    after = change.many(before)
    differs = pc.not_equal(pa.array(before, pa.string()), after.fill_null(""))
    cells = pc.sum(differs.take(encoded.indices)).as_py() or 0
    return after.take(encoded.indices), cells


def _change_cells(cells: list[Any], changes: Mapping[int, Change], counts: dict[int, int]) -> None:
    for position, change in changes.items():
        if position < len(cells) and (cell := cells[position]) is not None:
            changed = change.one(str(cell))
            if (changed or "") != str(cell):
                cells[position] = changed
                counts[position] += 1


def _as_cell(sheet: Any, value: Any) -> Any:
    """A text that begins with an equals sign stays text, and does not become a formula."""
    if not isinstance(value, str) or not value.startswith("="):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


@contextmanager
def _made_aside(target: Path) -> Iterator[Path]:
    """A private folder that becomes `target` when all went well, and else disappears."""
    if not target.parent.is_dir():
        raise DeliveryError(f"{target}: its folder {target.parent} does not exist; make it first")
    with folder_aside(target.parent, f".pseudonymising-{target.name}-") as aside:
        yield aside
        for path in aside.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
        aside.rename(target)


@contextmanager
def _scratch_in(folder: Path) -> Iterator[Path]:
    """A hidden folder that takes every temporary file, those of openpyxl too, and then disappears."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix=".scratch-", dir=folder) as scratch:
        tempfile.tempdir = scratch
        try:
            yield Path(scratch)
        finally:
            tempfile.tempdir = before


def _describe_synthetic(folder: Path, copy: Path) -> None:
    """Let the description of a synthetic registry hold for its copy, or the copy would pass for a register."""
    if not (folder / "synthetic.json").is_file():
        return
    description = json.loads((folder / "synthetic.json").read_text(encoding="utf-8"))
    hashes = description.get("sha256", {})
    for name, digest in hashes.items():
        if (folder / name).is_file() and (copy / name).is_file() and sha256_of(folder / name) == digest:
            hashes[name] = sha256_of(copy / name)
    (copy / "synthetic.json").write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
