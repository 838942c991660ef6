"""What a chapter leaves for the downloads: its exhibits in order and the form of its tables, without their numbers.

The numbers of a table lie in its CSV, which is the only copy. Form and CSV together give back the table that the page
showed, so that page, workbook and document are made from one object.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import pandas as pd

from evaluation.evidence import SUPPRESSED, Evidence
from evaluation.presentation.figure import Figure
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table, may_run

_INTEGER, _DAY = re.compile(r"-?\d+"), re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class SavedSentence:
    """A sentence that was shown.

    Attributes
    ----------
    answer
        Whether the front page repeats it.
    assumed
        Whether it is called synthetic for its assumptions.
    """

    text: str
    evidence: Evidence
    answer: bool
    assumed: bool = False


@dataclass(frozen=True)
class SavedFigure:
    """A figure that was shown.

    Attributes
    ----------
    id
        Its file is ``figures/<chapter>_<id>.svg``.
    alt
        Alternative text, with the mark of its evidence.
    numbers
        The table of its numbers.
    """

    id: str
    alt: str
    numbers: str
    evidence: Evidence


@dataclass(frozen=True)
class SavedTable:
    """A table that was shown; its form is kept under the same id."""

    id: str


SavedExhibit = SavedSentence | SavedFigure | SavedTable
_KINDS = {"sentence": SavedSentence, "figure": SavedFigure, "table": SavedTable}


@dataclass(frozen=True)
class TableForm:
    """Everything of a table but its values.

    Attributes
    ----------
    id
        Its values are in ``tables/<chapter>_<id>.csv``.
    """

    id: str
    title: str
    note: str
    evidence: Evidence
    folded: bool
    columns: tuple[Column, ...]
    assumed: bool = False

    @classmethod
    def of(cls, table: Table) -> TableForm:
        """Take the form of a table."""
        return cls(table.id, table.title, table.note, table.evidence, table.folded, table.columns, table.assumed)

    def filled(self, text: str, language: Language) -> Table:
        """Return the table with the values in the text of its CSV; the inverse of `Table.csv`.

        Marks are read back as marks and missing values as missing, so that every cell reads as it did on the page.
        """
        _header, *rows = csv.reader(io.StringIO(text, newline=""))
        columns = [(key, column) for column in self.columns for key in column.keys]
        # A synthetic table has one column more in its file, which says that it is.
        values = [[_value(cell, column) for cell, (_key, column) in zip(row, columns, strict=False)] for row in rows]
        frame = pd.DataFrame(values, columns=[key for key, _column in columns], dtype=object)
        form = (self.note, self.evidence, language, self.folded, self.assumed)
        return Table(self.id, self.title, self.columns, frame, *form)


@dataclass(frozen=True)
class SavedChapter:
    """What one chapter showed, all of it past the gate.

    Attributes
    ----------
    name
        ``volumes``.
    evidence
        Weakest evidence of anything it showed or saved.
    protected
        Whether disclosure rules were applied to its numbers.
    exhibits
        In the order of the page; outputs of the notebook name them by their place in it.
    tables
        Form of every table with a CSV, those behind figures included.
    """

    name: str
    evidence: Evidence
    protected: bool
    exhibits: tuple[SavedExhibit, ...]
    tables: tuple[TableForm, ...]

    @property
    def answers(self) -> tuple[SavedSentence, ...]:
        """Sentences that the front page repeats."""
        return tuple(shown for shown in self.exhibits if isinstance(shown, SavedSentence) and shown.answer)

    @property
    def figures(self) -> tuple[SavedFigure, ...]:
        """Figures in order, each once."""
        return tuple({shown.id: shown for shown in self.exhibits if isinstance(shown, SavedFigure)}.values())

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values; the inverse is `from_json`."""
        names = {kind: name for name, kind in _KINDS.items()}
        return {
            "chapter": self.name,
            "evidence": self.evidence,
            "protected": self.protected,
            "exhibits": [{"kind": names[type(shown)], **asdict(shown)} for shown in self.exhibits],
            "tables": [asdict(form) for form in self.tables],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> SavedChapter:
        """Read what `as_json` wrote."""
        return cls(
            name=content["chapter"],
            evidence=Evidence(content["evidence"]),
            protected=content["protected"],
            exhibits=tuple(_exhibit(**entry) for entry in content["exhibits"]),
            tables=tuple(_form(**entry) for entry in content["tables"]),
        )


def saved_exhibit(exhibit: Table | Figure | Sentence, *, answer: bool = False) -> SavedExhibit:
    """Return what is kept of an exhibit that is shown."""
    if isinstance(exhibit, Sentence):
        return SavedSentence(exhibit.text, exhibit.evidence, answer, exhibit.assumed)
    if isinstance(exhibit, Figure):
        return SavedFigure(exhibit.id, exhibit.marked_alt, exhibit.numbers.id, exhibit.evidence)
    return SavedTable(exhibit.id)


def _exhibit(kind: str, **values: Any) -> SavedExhibit:
    if "evidence" in values:
        values["evidence"] = Evidence(values["evidence"])
    saved: SavedExhibit = _KINDS[kind](**values)
    return saved


def _form(columns: list[dict[str, Any]], evidence: str, **values: Any) -> TableForm:
    read = ({**column, "interval": tuple(column["interval"]) if column["interval"] else None} for column in columns)
    return TableForm(columns=tuple(Column(**column) for column in read), evidence=Evidence(evidence), **values)


def _value(text: str, column: Column) -> object:
    """Read one cell of a CSV as what it was: a mark, nothing, a number, a day, or text."""
    if text == SUPPRESSED.value:
        return SUPPRESSED
    if not text:
        return None
    if column.kind in ("day", "month") and _DAY.fullmatch(text):
        return date.fromisoformat(text)
    if column.kind not in ("text", "quote", "day", "month"):
        try:
            return int(text) if _INTEGER.fullmatch(text) else float(text)
        except ValueError:
            pass
    return text[1:] if text.startswith("'") and may_run(text) else text
