"""A table: one frame, described column by column, rendered accessibly in a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import pandas as pd

from evaluation.evidence import Evidence, Mark, is_suppressed
from evaluation.presentation.language import N_, NOT_SHOWN, Language
from evaluation.presentation.mark import mark_html, mark_text
from evaluation.presentation.templating import template

Kind = Literal[
    "text",
    "quote",
    "integer",
    "decimal",
    "percent",
    "points",
    "signed",
    "p_value",
    "euro",
    "day",
    "month",
]
MISSING = N_("unknown")
RUNS_IN_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """How one column of the frame is shown.

    Attributes
    ----------
    key
        Name in the frame and in the CSV.
    label
        Heading, already in the language of the table.
    kind
        Format of the values; ``percent`` and ``points`` (signed) take shares, ``quote`` is Dutch in every language.
    digits
        Decimals of all kinds that have them.
    interval
        Columns with the ends of the interval of the value, shown behind it; the CSV keeps them apart.
    """

    key: str
    label: str
    kind: Kind = "text"
    digits: int = 1
    interval: tuple[str, str] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns of the frame that it shows."""
        return self.key, *(self.interval or ())

    def cell_of(self, row: Mapping[Any, Any], language: Language) -> str:
        """Format the value of a row, with its interval when all of it is known and shown."""
        texts = [self.cell(row[key], language) for key in self.keys]
        known = not any(is_suppressed(row[key]) or pd.isna(row[key]) for key in self.keys)
        if len(texts) == 1 or not known:
            return texts[0]
        return language.translate(N_("{value} ({low} to {high})")).format(value=texts[0], low=texts[1], high=texts[2])

    def cell(self, value: Any, language: Language) -> str:
        """Format a value; suppressed and missing are said in words and never shown as zero."""
        if is_suppressed(value):
            return language.translate(NOT_SHOWN)
        if pd.api.types.is_scalar(value) and pd.isna(value):
            return language.translate(MISSING)
        if self.kind in ("day", "month") and isinstance(value, date | datetime):
            return language.day(value) if self.kind == "day" else language.month(value)
        if self.kind in ("text", "quote") or not isinstance(value, int | float):
            return str(value)
        if self.kind == "integer":
            return language.integer(value)
        formats = {
            "decimal": language.decimal,
            "percent": language.percent,
            "points": language.points,
            "signed": language.signed,
            "p_value": language.p_value,
            "euro": language.euro,
        }
        return formats[self.kind](value, self.digits)


@dataclass(frozen=True)
class Table:
    """A titled table.

    Attributes
    ----------
    id
        Name of its file and anchor.
    title, note
        Caption, and what the reader must know about units, source and n.
    folded
        Whether the page shows only the title until the reader opens it.
    frame
        The values, one row per line; columns without a `Column` are not shown.
    assumed
        Whether it is called synthetic for its assumptions, and not for an invented registry.
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    frame: pd.DataFrame
    note: str
    evidence: Evidence
    language: Language
    folded: bool = False
    assumed: bool = False

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return self.bundle()

    def bundle(self) -> dict[str, str]:
        """Return it as HTML for the notebook and as text for terminals."""
        return {"text/plain": f"{self.title}\n{self.text()}", "text/html": self.html()}

    def cells(self) -> list[list[str]]:
        """Rows of formatted values."""
        keys = [key for column in self.columns for key in column.keys]
        records = (dict(zip(keys, row, strict=True)) for row in self.frame[keys].itertuples(index=False, name=None))
        return [[column.cell_of(row, self.language) for column in self.columns] for row in records]

    def text(self) -> str:
        """Plain text for terminals."""
        return pd.DataFrame(self.cells(), columns=[column.label for column in self.columns]).to_string(index=False)

    def html(self) -> str:
        """HTML table with caption, header scopes and the mark of its evidence."""
        return template("table.html.j2").render(
            table=self,
            rows=self.cells(),
            mark=mark_html(self.evidence, self.language, assumed=self.assumed),
            numeric=[column.kind not in ("text", "quote") for column in self.columns],
            quoted=[column.kind == "quote" and self.language.code != "nl" for column in self.columns],
        )

    def csv(self) -> str:
        """Values as CSV: full precision, empty for missing, the word ``suppressed`` for what is withheld.

        A synthetic table says so in the column ``mark``.
        """
        frame = self.frame[[key for column in self.columns for key in column.keys]].map(_written)
        if mark := mark_text(self.evidence, self.language, assumed=self.assumed):
            frame = frame.assign(mark=mark)
        return frame.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")


def _written(value: object) -> object:
    """Name a mark, and put an apostrophe before text that a spreadsheet would run as a formula (OWASP)."""
    if isinstance(value, Mark):
        return value.value if is_suppressed(value) else None
    return f"'{value}" if isinstance(value, str) and may_run(value) else value


def may_run(text: str) -> bool:
    """Return whether a spreadsheet would run a text, with or without the apostrophes that it begins with."""
    return text.lstrip("'").startswith(RUNS_IN_A_SPREADSHEET)
