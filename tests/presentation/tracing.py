"""Whether every number in the words of a chapter can be found among its values."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from tests.presentation.agreement import decimal_of
from tests.presentation.derived import CONVENTIONS, DATA, EVERYWHERE, Saved, derived
from tests.presentation.numbers import Day, Printed, days_in, numbers_in
from tests.presentation.reading import csv_of

VALUES = ("estimate", "ci_low", "ci_high", "ci_level", "n", "n_missing")
# Chapters whose measures begin with the name of another one.
SOURCES = {
    "published/council_figures.csv": ("value", "value_low", "value_high", "reference_date", "document", "quote"),
    "benchmark/groningen_context.csv": ("value", "period"),
    "norms.csv": ("value",),
}
SHARED = {"registration": ("volumes",), "unit_costs": ("costs",), "volumes": ("capacity",)}
PUBLISHED = ("value", "value_low", "value_high")
_OF_A_HUNDRED = re.compile(
    "100 \N{MULTIPLICATION SIGN}|"
    r"procentpunt|percentage point|[Vv]an elke 100|[Oo]f every 100|van de 100|of 100 such|op de 10\b|of 10\b"
)
_MILLION = re.compile(r"miljoen|mln|million")


@dataclass
class Values:
    """What the words of a chapter may name.

    Attributes
    ----------
    numbers
        In the unit of the values: shares as fractions.
    printed
        Numbers that stand in the text of a cell, as they are printed.
    """

    numbers: set[Decimal] = field(default_factory=set)
    printed: set[Decimal] = field(default_factory=set)
    days: set[Day] = field(default_factory=set)

    def add_text(self, text: str, language: str) -> None:
        """Take the numbers and days that a text prints."""
        self.days |= set(days_in(text, language)[0])
        self.printed |= {abs(number.value) for number in numbers_in(text, language)}
        self.printed |= {Decimal(day.year) for day in days_in(text, language)[0]}

    def add_plain(self, value: object) -> None:
        """Take a value as it is stored."""
        if isinstance(value, bool) or value is None:
            return
        if isinstance(value, int | float):
            self.numbers.add(Decimal(str(value)))
        elif (number := decimal_of(str(value))) is not None:
            self.numbers.add(number)
        else:
            self.add_text(str(value), "en")

    def holds(self, number: Printed, text: str) -> bool:
        """Whether a number in a text is one of these, in the unit of the text."""
        if abs(number.value) in self.printed:
            return True
        units = [Decimal(1)]
        if _OF_A_HUNDRED.search(text):
            units.append(Decimal(100))
        if _MILLION.search(text):
            units.append(Decimal("1e-6"))
        absolute = Printed(number.text, abs(number.value), number.percent)
        return any(absolute.prints(abs(value) * unit) for value in self.numbers for unit in units)

    def holds_day(self, day: Day) -> bool:
        return any(day.names(own) or day == own for own in self.days)


def values_of(folder: Path, chapter: str, published: Path, language: str) -> Values:
    """Return the values of a chapter: its measures, the cells of its tables, its parameters and what was published."""
    values = Values()
    measures = {
        measure["id"]: measure
        for measure in json.loads((folder / "results.json").read_text(encoding="utf-8"))["measures"]
    }
    for measure in measures.values():
        if measure["id"].partition(".")[0] in (chapter, *SHARED.get(chapter, ())):
            for name in VALUES:
                values.add_plain(measure[name])
            values.add_text(measure["period"], language)
    for file in sorted((folder / "tables").glob(f"{chapter}_*.csv")):
        if not _belongs(file.stem, chapter, folder):
            continue
        for row in csv_of(file)[1]:
            for cell in row:
                values.add_plain(cell) if decimal_of(cell) is not None else values.add_text(cell, language)
    parameters = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["chapters"][chapter]["parameters"]
    for value in parameters.values():
        values.add_plain(value)
    with published.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            for name in PUBLISHED:
                values.add_plain(row[name])
            values.add_text(f"{row['reference_date']} {row['period']} {row['document']}", language)
    values.numbers |= set(derived(Saved(folder, measures, parameters), chapter))
    values.printed |= {Decimal(number) for number in (*EVERYWHERE, *CONVENTIONS.get(chapter, ()))}
    return values


def _belongs(name: str, chapter: str, folder: Path) -> bool:
    """Whether a table is of this chapter, and not of one whose name begins the same."""
    others = (page.stem for page in folder.glob("*.html"))
    return max((page for page in others if name.startswith(f"{page}_")), key=len) == chapter


def untraced(text: str, values: Values, language: str) -> Iterator[str]:
    """Yield the numbers and days of a text that are not among the values."""
    for day in days_in(text, language)[0]:
        if not values.holds_day(day):
            yield f"{day}"
    for number in numbers_in(text, language):
        if not values.holds(number, text):
            yield number.text


def claim_values(folder: Path, claim: str, language: str) -> Values:
    """Return what may stand beside a statement: any value of the edition, public figures, and its own words."""
    values = Values()
    for measure in json.loads((folder / "results.json").read_text(encoding="utf-8"))["measures"]:
        for name in VALUES:
            values.add_plain(measure[name])
        values.add_text(f"{measure['period']} {measure[f'label_{language}']}", language)
    for file, columns in SOURCES.items():
        with (DATA / file).open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                for name in columns:
                    values.add_plain(row[name])
    _add_texts(values, claim, language)
    return values


def _add_texts(values: Values, claim: str, language: str) -> None:
    """Take what is written beside a statement, and its own words."""
    with (DATA / "published" / "claim_rules.csv").open(encoding="utf-8", newline="") as rows:
        rule = next(row for row in csv.DictReader(rows) if row["claim_id"] == claim)
    with (DATA / "published" / "claim_texts.csv").open(encoding="utf-8", newline="") as rows:
        subject = next((row for row in csv.DictReader(rows) if row["id"] == rule["text"]), {})
    with (DATA / "published" / "claims.csv").open(encoding="utf-8", newline="") as rows:
        said = next(row for row in csv.DictReader(rows) if row["id"] == claim)
    for text in (rule[f"known_{language}"], rule["check"], *subject.values(), said["quote"], said["section"]):
        values.add_text(str(text), language)
        values.add_text(str(text), "nl")
    values.add_plain(said["value"])
