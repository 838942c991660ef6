"""Published aggregates: what `sources` hands to `measures.coherence`.

An aggregate is one printed number: how many trajectories ran on a day, how many started in a period, how long those
that ended had lasted on average, with what its rounding leaves open. No row of a register is needed.

Moments are dates. A stock is what ran on its date; a period from one date to another holds what happened after the
first up to and including the last. A calendar year runs from 1 January to the next one, and its opening stock does not
count the starts of that day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Literal

from evaluation.evidence import Bounded, Evidence

StockPath = Literal["free", "between", "even"]
"""What is assumed about the stock between two reference dates.

``free``: nothing. ``between``: it stays within the band of the stocks on both dates, as every steady rise or fall does.
``even``: trajectories start and end at an even pace, so that the stock runs in a straight line.
"""

Counts = Literal["as_printed", "rounded"]
"""Whether round counts such as 900 are read as printed, or with the rounding that the source gives them."""


class Quantity(StrEnum):
    """What a published number counts or measures."""

    STOCK = "stock"
    STARTED = "started"
    ENDED = "ended"
    SERVED = "served"
    CLIENTS = "clients"
    MEAN_ENDED_MONTHS = "mean_ended_months"
    MEAN_RUNNING_MONTHS = "mean_running_months"
    MEAN_ALL_MONTHS = "mean_all_months"
    PERSON_MONTHS = "person_months"
    HOURS = "hours"
    HOURS_PER_MONTH = "hours_per_month"
    FTE = "fte"
    STOCK_PER_FTE = "stock_per_fte"
    HOURS_PER_FTE_MONTH = "hours_per_fte_month"
    EUROS = "euros"
    EUROS_PER_PERSON_MONTH = "euros_per_person_month"


@dataclass(frozen=True)
class Definition:
    """What a quantity is.

    Attributes
    ----------
    when
        Whether it belongs to a date or to a period.
    counts
        Whether it is a whole number of trajectories or clients.
    meaning
        In words, for messages and help.
    """

    when: Literal["date", "period"]
    counts: bool
    meaning: str


DEFINITIONS: Mapping[Quantity, Definition] = {
    Quantity.STOCK: Definition("date", True, "trajectories that run on the date"),
    Quantity.STARTED: Definition("period", True, "trajectories that started in the period"),
    Quantity.ENDED: Definition("period", True, "trajectories that ended in the period"),
    Quantity.SERVED: Definition("period", True, "trajectories that ran at any time in the period"),
    Quantity.CLIENTS: Definition("period", True, "different clients with a trajectory in the period"),
    Quantity.MEAN_ENDED_MONTHS: Definition("period", False, "mean length in months of those that ended in the period"),
    Quantity.MEAN_RUNNING_MONTHS: Definition("date", False, "mean elapsed months of those that run on the date"),
    Quantity.MEAN_ALL_MONTHS: Definition(
        "period", False, "mean length in months, from start to end, of all that started in the period"
    ),
    Quantity.PERSON_MONTHS: Definition("period", False, "months lived through by all trajectories in the period"),
    Quantity.HOURS: Definition("period", False, "direct hours in the period"),
    Quantity.HOURS_PER_MONTH: Definition("date", False, "direct hours per running trajectory and month, on the date"),
    Quantity.FTE: Definition("date", False, "full-time equivalents on the date"),
    Quantity.STOCK_PER_FTE: Definition("date", False, "running trajectories per fte on the date"),
    Quantity.HOURS_PER_FTE_MONTH: Definition("date", False, "direct hours per fte and month on the date"),
    Quantity.EUROS: Definition("period", False, "euros spent in the period"),
    Quantity.EUROS_PER_PERSON_MONTH: Definition("period", False, "euros per month lived through, in the period"),
}


@dataclass(frozen=True)
class Aggregate:
    """One published number.

    Attributes
    ----------
    id
        Name of the figure in its source.
    quantity
        What it counts or measures; see ``DEFINITIONS``.
    begin, end
        Period; for a quantity of a date, `begin` is None and `end` the date.
    value
        The printed value with what its rounding leaves open.
    quote
        Words it was printed in, or empty.
    """

    id: str
    quantity: Quantity
    begin: date | None
    end: date
    value: Bounded
    quote: str = ""

    @property
    def period(self) -> str:
        """Date, or period with a slash, as in a `Measure`."""
        return str(self.end) if self.begin is None else f"{self.begin}/{self.end}"

    def as_printed(self) -> Aggregate:
        """Return the figure as if it had not been rounded."""
        return replace(self, value=Bounded(self.value.value, self.value.value, self.value.value))


@dataclass(frozen=True)
class Aggregates:
    """The published numbers of one municipality or service.

    Attributes
    ----------
    title
        Whose figures they are.
    figures
        At least one, each with its own id; a period begins before it ends.
    evidence
        Kind of evidence.
    source
        Name of the table or file.
    """

    title: str
    figures: tuple[Aggregate, ...]
    evidence: Evidence
    source: str

    @property
    def dates(self) -> tuple[date, ...]:
        """Every date that a figure names, in order."""
        found = {figure.end for figure in self.figures}
        return tuple(sorted(found | {figure.begin for figure in self.figures if figure.begin is not None}))

    @property
    def reference_dates(self) -> tuple[date, ...]:
        """Days about which something was printed, in order; an empty start is not one of them."""
        return tuple(
            sorted(
                {
                    figure.end
                    for figure in self.figures
                    if figure.begin is None and not (figure.quantity is Quantity.STOCK and figure.value.high == 0)
                }
            )
        )

    def of(self, quantity: Quantity, begin: date | None, end: date) -> Aggregate | None:
        """Return the figure that was published for a quantity, or None."""
        for figure in self.figures:
            if (figure.quantity, figure.begin, figure.end) == (quantity, begin, end):
                return figure
        return None

    def counts_as_printed(self) -> Aggregates:
        """Read every count as exact, and leave means, hours, fte and euros with their rounding."""
        read = (figure.as_printed() if DEFINITIONS[figure.quantity].counts else figure for figure in self.figures)
        return replace(self, figures=tuple(read))

    def all_as_printed(self) -> Aggregates:
        """Read every figure as exact."""
        return replace(self, figures=tuple(figure.as_printed() for figure in self.figures))
