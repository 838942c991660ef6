"""The words every layer shares: kinds of evidence, a published figure, and a measured value.

Imports nothing of this project, so that any package may import it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import Literal, TypeAlias, TypedDict


class Refusal(Exception):  # noqa: N818 - the last word of its kinds is Error
    """Something asked for or delivered that is not allowed; the message is one line for the user.

    A notebook shows that line and no traceback: what is to be mended lies outside the code.
    """

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class Evidence(StrEnum):
    """Where a value comes from; the order of definition is from the weakest to the strongest.

    ``SYNTHETIC`` values show how a chapter works and say nothing about Groningen. ``PUBLISHED`` ones are what the
    council was told, ``BENCHMARK`` ones are public statistics, ``REGISTER`` ones come from the personal register.
    """

    SYNTHETIC = "synthetic"
    PUBLISHED = "published"
    BENCHMARK = "benchmark"
    REGISTER = "register"


def weakest(kinds: Iterable[Evidence]) -> Evidence:
    """Return the weakest of the kinds of evidence that went into a value.

    Parameters
    ----------
    kinds
        At least one kind.

    Raises
    ------
    ValueError
        When there is none: a value without evidence does not exist here.
    """
    order = list(Evidence)
    return min(kinds, key=order.index)


class Mark(Enum):
    """What stands where no value is shown; members are singletons, also after copying and pickling.

    Suppressed, missing and zero are three different things. A suppressed value is known and not shown, a missing one is
    not known, and none of them is ever written as another.
    """

    SUPPRESSED = "suppressed"
    MISSING = "missing"

    def __repr__(self) -> str:
        return self.name

    __str__ = __repr__

    def __bool__(self) -> bool:
        """Refuse to be read as nothing: a suppressed cell is neither true nor false."""
        raise TypeError(f"{self.name} has no truth value; ask is_suppressed or is_missing")


SUPPRESSED: Literal[Mark.SUPPRESSED] = Mark.SUPPRESSED
MISSING = Mark.MISSING

Count: TypeAlias = int | Mark
"""A count, or the mark of one that disclosure rules withhold."""

Estimate: TypeAlias = float | Mark | None
"""A value, the mark of one that disclosure rules withhold, or None when it is unknown."""


def is_suppressed(shown: object) -> bool:
    """Return whether a value stands here that is known and not shown."""
    return shown is SUPPRESSED


def any_withheld(*values: object) -> bool:
    """Return whether one of the values is a mark, so that a sentence about all of them cannot be written."""
    return any(isinstance(value, Mark) for value in values)


def total_of(counts: Iterable[Count]) -> Count:
    """Return the sum of counts, withheld as soon as one of them is: it would give that one away."""
    total = 0
    for count in counts:
        if isinstance(count, Mark):
            return count
        total += count
    return total


@dataclass(frozen=True)
class Bounded:
    """A value known only to lie in an interval, such as a figure printed after rounding.

    Attributes
    ----------
    value
        The printed or central value.
    low, high
        Smallest and largest value that the rounding allows, in the same unit.
    """

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"interval {self.low} to {self.high} does not contain its value {self.value}")

    def contains(self, value: float) -> bool:
        """Return whether a recomputed value agrees with the printed one under its rounding."""
        return self.low <= value <= self.high

    def __add__(self, other: Bounded) -> Bounded:
        return Bounded(self.value + other.value, self.low + other.low, self.high + other.high)

    def __sub__(self, other: Bounded) -> Bounded:
        return Bounded(self.value - other.value, self.low - other.high, self.high - other.low)

    def __truediv__(self, other: Bounded) -> Bounded:
        if other.low <= 0 or self.low < 0:
            raise ValueError("ratios of bounded values need a non-negative numerator and a positive denominator")
        return Bounded(self.value / other.value, self.low / other.high, self.high / other.low)


@dataclass(frozen=True)
class PublishedFigure:
    """A figure as it was shown to the council.

    Attributes
    ----------
    quote
        The words of the slide, in Dutch.
    value
        The figure, with what its rounding leaves open.
    """

    quote: str
    value: Bounded


@dataclass(frozen=True)
class Origin:
    """One table that went into a chapter.

    Attributes
    ----------
    source
        Name of the table.
    evidence
        What kind of evidence it is.
    rows
        Number of rows.
    period
        What it covers: a year or a date, or two of them with a slash between.
    sha256
        Hash of the file.
    """

    source: str
    evidence: Evidence
    rows: Count
    period: str
    sha256: str


@dataclass(frozen=True)
class Provenance:
    """The tables that went into a chapter."""

    origins: tuple[Origin, ...]

    @property
    def evidence(self) -> Evidence:
        """The register when any table is of it, since even its rows are its own; else the weakest kind."""
        kinds = {origin.evidence for origin in self.origins}
        return Evidence.REGISTER if Evidence.REGISTER in kinds else weakest(kinds)


IntervalKind = Literal["confidence", "rounding"]


@dataclass(frozen=True)
class Measure:
    """One value that a chapter answers with, and everything needed to judge it.

    Attributes
    ----------
    id
        Stable name, chapter first: ``volumes.active``.
    estimate
        The value, None when it is unknown, SUPPRESSED when disclosure rules withhold it; never zero for either.
    unit
        ``trajectories``, ``clients``, ``months``, ``share``, ``share_difference`` (both as fractions of 1), ``rank``,
        ``eur_per_inhabitant`` ...
    evidence
        The weakest kind of evidence among the inputs.
    sources
        Names of the tables that went in.
    method
        The estimator in a few words.
    period
        Period or day that it describes: ``2022/2024``, ``2025-01-01``.
    n, n_missing
        Units counted and units left out because a value was missing; None where no units are counted, SUPPRESSED
        where that number is withheld.
    ci_low, ci_high
        Ends of the interval, None, or SUPPRESSED.
    ci_level
        Confidence level of the interval; None for a rounding interval, which is certain given the printed figures.
    interval
        What kind of interval it is.
    """

    id: str
    estimate: Estimate
    unit: str
    evidence: Evidence
    sources: tuple[str, ...]
    method: str
    period: str
    n: Count | None = None
    n_missing: Count | None = None
    ci_low: Estimate = None
    ci_high: Estimate = None
    ci_level: float | None = None
    interval: IntervalKind | None = None

    @property
    def chapter(self) -> str:
        """First part of the id."""
        return self.id.partition(".")[0]


class ConfidenceInterval(TypedDict):
    """The fields of a `Measure` that hold a confidence interval."""

    ci_low: Estimate
    ci_high: Estimate
    ci_level: float | None
    interval: IntervalKind | None


def confidence(low: Estimate, high: Estimate, level: float) -> ConfidenceInterval:
    """Return the fields of a measure for an interval; one of which no end is known and shown has no level."""
    known = any(isinstance(end, int | float) for end in (low, high))
    return {
        "ci_low": low,
        "ci_high": high,
        "ci_level": level if known else None,
        "interval": "confidence" if known else None,
    }


def without_values(measure: Measure) -> Measure:
    """Return a measure with every number of it withheld; what is unknown stays so."""
    return replace(
        measure,
        estimate=_withheld(measure.estimate),
        n=_withheld(measure.n),
        n_missing=_withheld(measure.n_missing),
        ci_low=_withheld(measure.ci_low),
        ci_high=_withheld(measure.ci_high),
    )


def _withheld(value: object) -> Literal[Mark.SUPPRESSED] | None:
    return None if value is None else SUPPRESSED
