"""The words of the ledger that go in: verdicts, grades, statements, figures, bindings and signed verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from evaluation.evidence import Bounded, Measure

Rule = Literal[
    "plan",
    "term",
    "no_content",
    "no_number",
    "undefined",
    "legal",
    "arrangement",
    "self_description",
    "stated",
    "identity",
    "implied",
    "other_unit",
    "limited",
    "direction",
    "equivalence",
]


class Verdict(StrEnum):
    """What can be said of a statement, from confirmed to contradicted; a plan is neither true nor false yet."""

    CONFIRMED = "V5"
    PLAUSIBLE = "V4"
    NOT_ASSESSABLE = "V3"
    MISLEADING = "V2"
    CONTRADICTED = "V1"
    PLAN = "P"


class Grade(StrEnum):
    """How strong the evidence behind a verdict is.

    ``A`` records, reconciled and reproducible; ``B`` two independent aggregates; ``C`` a single unaudited aggregate;
    ``D`` an experience or an indirect sign; ``E`` none.
    """

    RECORDS = "A"
    TWO_AGGREGATES = "B"
    ONE_AGGREGATE = "C"
    EXPERIENCE = "D"
    NONE = "E"


@dataclass(frozen=True)
class Fact:
    """A figure that was printed, or one of the public figures beside it.

    Attributes
    ----------
    id
        Name in its table.
    value
        With what its rounding leaves open.
    unit
        Unit of the table: ``percent``, ``months`` ...
    source
        Presentation that printed it or what it was derived from, or the table it is from.
    period
        What it covers, ISO; empty when that was not told.
    reference_date
        Day that it is about, or None.
    quote
        Its words, or empty.
    public_statistic
        Whether it comes from others than the sender of the statements.
    derived
        Whether it was not printed, and follows from figures that were.
    """

    id: str
    value: Bounded
    unit: str
    source: str
    period: str = ""
    reference_date: date | None = None
    quote: str = ""
    public_statistic: bool = False
    derived: bool = False


@dataclass(frozen=True)
class Claim:
    """One statement, as it was made.

    Attributes
    ----------
    id, document, section, quote, gloss, kind
        As in the table of statements; the gloss is the quote in short English.
    value, unit
        Number on the slide as printed, and its unit; both may be empty.
    reference_date
        Date that it is about, when the slide gives one.
    dated
        Whether the slide says anything about a date.
    """

    id: str
    document: str
    section: str
    quote: str
    gloss: str
    kind: str
    value: str = ""
    unit: str = ""
    reference_date: date | None = None
    dated: bool = False


@dataclass(frozen=True)
class Binding:
    """What judges a statement.

    Attributes
    ----------
    rule
        Name of the rule.
    grade
        Grade while nothing that counts speaks to the statement; None where the rule knows it.
    figure
        Id of the printed figure that it holds, or empty.
    recount
        Measures that count the same again from a register.
    checks
        Comparisons of figures and measures, such as ``a + b = c``.
    implied
        Measures of what the statement should mean.
    others
        Statements that support or limit it.
    missing
        What an undefined number lacks.
    beside
        Further measures to show beside it; they judge nothing.
    topic
        Chapter that it belongs to, whether or not an edition has that chapter.
    """

    claim_id: str
    rule: Rule
    topic: str
    grade: Grade | None = None
    figure: str = ""
    recount: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    implied: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    missing: str = ""
    beside: tuple[str, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure that may judge it, or stands beside it."""
        named = [name for check in self.checks for name in check.split() if "." in name and not name[0].isdigit()]
        return tuple(dict.fromkeys([*self.recount, *self.implied, *named, *self.beside]))


@dataclass(frozen=True)
class Override:
    """A verdict signed by two people, which takes the place of the computed one."""

    claim_id: str
    verdict: Verdict
    grade: Grade
    reason_nl: str
    reason_en: str
    signed_on: date
    signed_by: tuple[str, str]


@dataclass(frozen=True)
class Reading:
    """The measures of one edition.

    Attributes
    ----------
    edition, reference_date
        Its name and the day at which it looks.
    measures
        By id.
    """

    edition: str
    reference_date: date
    measures: Mapping[str, Measure]
