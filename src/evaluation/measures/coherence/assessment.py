"""The verdict on a set of published figures: feasible or not, what they imply, and what would repair them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import pandas as pd

from evaluation.aggregate import Aggregate, Aggregates, Counts, Quantity, StockPath
from evaluation.evidence import Evidence, Measure
from evaluation.measures.coherence.implied import MATTERS, NOTHING, Implied, System, system_of
from evaluation.measures.coherence.quantities import Ratio, ratio_of
from evaluation.measures.coherence.repair import Repair, conflict, repairs
from evaluation.progress import followed

Asked = tuple[Quantity, date | None, date]

IMPLIED_COLUMNS = [
    "id", "quantity", "begin", "end", "quote", "published_low", "published_high", "weakest_low", "weakest_high",
    "low", "high", "low_set_by", "high_set_by", "by_assumption",
]  # fmt: skip
CORRIDOR_COLUMNS = ["day", "weakest_low", "weakest_high", "low", "high"]


@dataclass(frozen=True)
class Coherence:
    """Published figures held against each other.

    Two readings go side by side. The weakest takes every figure with its rounding and assumes nothing about the stock
    between reference dates: what it rules out is impossible. The stated one adds `path` and `counts`.

    Attributes
    ----------
    aggregates
        The figures.
    path, counts
        The stated assumptions.
    feasible
        Whether all figures can be true at once, in the weakest reading.
    stated_feasible
        The same in the stated reading; False whenever `feasible` is.
    conflict
        Ids of figures that collide, when not feasible: any one left out, the others can be true together.
    repairs
        Smallest changes that make the figures feasible, cheapest first; empty when they are.
    implied
        One row per quantity, published ones first: ``id`` (of the published figure, or empty), ``quantity``,
        ``begin``, ``end``, ``quote``, ``published_low``, ``published_high``, ``weakest_low``, ``weakest_high``,
        ``low``, ``high`` (stated reading), ``low_set_by``, ``high_set_by`` (ids, in the stated reading where that is
        feasible), ``by_assumption`` (whether the assumptions narrow the interval). Missing means no limit. Empty when
        not feasible.
    corridor
        Stock path: ``day``, with ``weakest_low``, ``weakest_high``, ``low``, ``high``. Empty when not feasible.
    binding
        Ids of the figures that limit most of the intervals that were not published, more than one when they limit as
        many; per end of an interval only the figure that matters most counts.
    n_bound, n_intervals
        Those intervals, and all intervals that were not published.
    """

    aggregates: Aggregates
    path: StockPath
    counts: Counts
    feasible: bool
    stated_feasible: bool
    conflict: tuple[str, ...]
    repairs: tuple[Repair, ...]
    implied: pd.DataFrame
    corridor: pd.DataFrame
    binding: tuple[str, ...]
    n_bound: int
    n_intervals: int

    @property
    def evidence(self) -> Evidence:
        """That of the figures."""
        return self.aggregates.evidence

    def figure(self, name: str) -> Aggregate:
        """Return a published figure by id."""
        return next(figure for figure in self.aggregates.figures if figure.id == name)

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        dates = self.aggregates.dates
        return (
            Measure(
                id="coherence.feasible",
                estimate=float(self.feasible),
                unit="yes_no",
                method="linear feasibility of all published figures with their rounding, no further assumption",
                period=f"{dates[0]}/{dates[-1]}",
                n=len(self.aggregates.figures),
                evidence=self.evidence,
                sources=(self.aggregates.source,),
            ),
        )


def read_counts(aggregates: Aggregates, counts: Counts) -> Aggregates:
    """Return the figures with counts read as printed or with their rounding."""
    return aggregates.counts_as_printed() if counts == "as_printed" else aggregates


def assess(aggregates: Aggregates, *, path: StockPath, counts: Counts) -> Coherence:
    """Hold published figures against each other.

    Parameters
    ----------
    aggregates
        The figures; they name at least two dates.
    path
        What the stated reading assumes about the stock between reference dates.
    counts
        How the stated reading takes round counts.
    """
    weakest = system_of(aggregates)
    feasible = weakest.feasible
    stated = system_of(read_counts(aggregates, counts), path)
    stated_feasible = feasible and stated.feasible
    implied = _implied(aggregates, weakest, stated if stated_feasible else None, feasible)
    binding, n_bound, n_intervals = _binding(implied)
    return Coherence(
        aggregates=aggregates,
        path=path,
        counts=counts,
        feasible=feasible,
        stated_feasible=stated_feasible,
        conflict=() if feasible else conflict(weakest),
        repairs=() if feasible else repairs(weakest),
        implied=implied,
        corridor=_corridor(weakest, stated if stated_feasible else None, feasible),
        binding=binding,
        n_bound=n_bound,
        n_intervals=n_intervals,
    )


def interval(system: System, asked: Asked) -> Implied:
    """Return the interval of a quantity of a date or period in a feasible system.

    The mean length of all that started gets no upper end: nobody has published how long those that still run will
    go on.
    """
    found = system.implied(ratio_of(system.unknowns, *asked))
    if asked[0] is Quantity.MEAN_ALL_MONTHS and not any(
        figure.quantity is Quantity.MEAN_ALL_MONTHS for figure in system.figures.values()
    ):
        return Implied(found.low, None, found.low_set_by)
    return found


def _implied(aggregates: Aggregates, weakest: System, stated: System | None, feasible: bool) -> pd.DataFrame:
    rows = []
    for figure, asked in followed(_questions(aggregates) if feasible else (), "what the figures imply"):
        widest = interval(weakest, asked)
        narrow = NOTHING if stated is None else interval(stated, asked)
        if figure is None and widest.low in (None, 0.0) and widest.high is None:
            continue  # nothing follows
        sets = widest if stated is None else narrow
        rows.append(
            {
                "id": figure.id if figure else "",
                "quantity": str(asked[0]),
                "begin": asked[1],
                "end": asked[2],
                "quote": figure.quote if figure else "",
                "published_low": figure.value.low if figure else None,
                "published_high": figure.value.high if figure else None,
                "weakest_low": widest.low,
                "weakest_high": widest.high,
                "low": narrow.low,
                "high": narrow.high,
                "low_set_by": sets.low_set_by,
                "high_set_by": sets.high_set_by,
                "by_assumption": _narrowed(narrow, widest),
            }
        )
    return pd.DataFrame(rows, columns=IMPLIED_COLUMNS)


def _narrowed(narrow: Implied, widest: Implied) -> bool:
    if narrow is NOTHING:
        return False
    ends = ((narrow.low, widest.low), (narrow.high, widest.high))
    return any(
        mine is not None and (other is None or abs(mine - other) > MATTERS * max(1.0, abs(other)))
        for mine, other in ends
    )


def _questions(aggregates: Aggregates) -> Iterator[tuple[Aggregate | None, Asked]]:
    """Published figures, then what was not published and may follow."""
    asked: set[Asked] = set()
    for figure in aggregates.figures:
        question = (figure.quantity, figure.begin, figure.end)
        if question not in asked:
            yield figure, question
        asked.add(question)
    for question in _unpublished(aggregates):
        if question not in asked:
            yield None, question
        asked.add(question)


def _unpublished(aggregates: Aggregates) -> Iterator[Asked]:
    dates = aggregates.dates
    days = aggregates.reference_dates or dates[-1:]
    for day in days:
        for quantity in (
            Quantity.STOCK,
            Quantity.MEAN_RUNNING_MONTHS,
            Quantity.STOCK_PER_FTE,
            Quantity.HOURS_PER_FTE_MONTH,
        ):
            yield quantity, None, day
    for begin, end in pairwise(dict.fromkeys((dates[0], *days))):
        for quantity in (Quantity.STARTED, Quantity.ENDED, Quantity.PERSON_MONTHS, Quantity.MEAN_ENDED_MONTHS):
            yield quantity, begin, end
    for day in days:
        if day > dates[0]:
            yield Quantity.MEAN_ALL_MONTHS, dates[0], day
    for figure in aggregates.figures:
        if figure.quantity is Quantity.EUROS:
            yield Quantity.EUROS_PER_PERSON_MONTH, figure.begin, figure.end


def _binding(implied: pd.DataFrame) -> tuple[tuple[str, ...], int, int]:
    """The figures that limit most of the intervals that have any width."""
    open_ones = implied[(implied["id"] == "") & ~(implied["weakest_high"] - implied["weakest_low"] < MATTERS)]
    # Of each end only the figure that matters most, as in the table that the council reads.
    first = ({*row["low_set_by"][:1], *row["high_set_by"][:1]} for row in open_ones.to_dict("records"))
    counts = Counter(name for setters in first for name in setters)
    most = max(counts.values(), default=0)
    names = tuple(sorted(name for name, count in counts.items() if count == most))
    # Several that limit one interval each stand out in nothing.
    return names if most > 1 or len(names) == 1 else (), most, len(open_ones)


def _corridor(weakest: System, stated: System | None, feasible: bool) -> pd.DataFrame:
    unknowns = weakest.unknowns
    rows = []
    for position, day in enumerate(followed(unknowns.grid if feasible else (), "stock between the dates")):
        stock = Ratio(unknowns.path(position), unknowns.one)
        widest = weakest.implied(stock)
        narrow = NOTHING if stated is None else stated.implied(stock)
        rows.append(
            {
                "day": day,
                "weakest_low": widest.low,
                "weakest_high": widest.high,
                "low": narrow.low,
                "high": narrow.high,
            }
        )
    return pd.DataFrame(rows, columns=CORRIDOR_COLUMNS)
