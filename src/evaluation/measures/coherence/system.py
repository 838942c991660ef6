"""The unknown register behind published aggregates, and what it must obey, as one linear system.

Every trajectory starts in one of the periods between the dates that figures name (or before the first) and ends in
one of them (or after the last). Per pair of periods the unknowns are how many trajectories, the sum of their starting
moments and the sum of their ending moments. Per month the unknowns are inflow, outflow, and the sums of the moments of
both, so that the stock path and the months lived through are linear in them. A published mean is a ratio of two such
sums, and a bound on a ratio is linear too: ``low * count <= total <= high * count``. No product needs approximation.

The system is a relaxation in one respect: trajectories are not kept whole. Intervals that follow from it therefore
always hold the truth, and may be wider than whole trajectories would allow, by less than one of them.

Everything is homogeneous: the constant one is the first unknown. A plain bound sets it to 1; the bound of a ratio sets
the denominator to 1 instead (Charnes and Cooper 1962).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from evaluation.snapshot import DAYS_PER_MONTH

Vector = NDArray[np.float64]
Matrix = sparse.csr_array
Key = tuple[str, int, int]
LONGEST_MONTHS = 23 * 12  # before the first date or after the last: youth support ends at the age of 23 at the latest
MOST_STEPS = 40  # steps of the path; longer spans take quarters, half-years or years


@dataclass(frozen=True)
class Unknowns:
    """The unknowns of a span of time, and the sums over them that figures are about.

    Attributes
    ----------
    cuts
        Dates that figures name, in order; at least two.
    grid
        Those dates and the first days of the months between them.
    client_periods
        Periods (as positions in `cuts`) for which clients are counted.
    """

    cuts: tuple[date, ...]
    grid: tuple[date, ...]
    client_periods: tuple[tuple[int, int], ...] = ()

    @cached_property
    def index(self) -> dict[Key, int]:
        """Place of each unknown in a vector."""
        last = len(self.cuts) - 1
        keys: list[Key] = [("one", 0, 0)]
        for started, ended in self.cells:
            keys += [(name, started, ended) for name in ("n", "start", "end")]
        for step in range(len(self.grid) - 1):
            keys += [(name, step, 0) for name in ("in", "out", "in_moment", "out_moment")]
        for period in range(last):
            keys += [("hours", period, 0), ("euros", period, 0)]
        for cut in range(last + 1):
            keys += [("fte", cut, 0), ("hours_rate", cut, 0)]
        keys += [("clients", *period) for period in self.client_periods]
        return {key: place for place, key in enumerate(keys)}

    @cached_property
    def cells(self) -> list[tuple[int, int]]:
        """Pairs of the period of start (-1: before the first date) and of end (the last: after the last date)."""
        last = len(self.cuts) - 1
        return [(started, ended) for started in range(-1, last) for ended in range(max(started, 0), last + 1)]

    @cached_property
    def moments(self) -> list[float]:
        """The cuts in months since the first."""
        return [self.month(cut) for cut in self.cuts]

    def month(self, day: date) -> float:
        """A date in months since the first cut."""
        return (day - self.cuts[0]).days / DAYS_PER_MONTH

    def cut(self, day: date) -> int:
        """Position of a date among the cuts."""
        return self.cuts.index(day)

    def total(self, terms: Iterable[tuple[float, Key]]) -> Vector:
        """A weighted sum of unknowns as a vector."""
        vector = np.zeros(len(self.index))
        for weight, key in terms:
            vector[self.index[key]] += weight
        return vector

    @cached_property
    def one(self) -> Vector:
        """The constant one."""
        return self.total([(1, ("one", 0, 0))])

    def count(self, cells: Iterable[tuple[int, int]]) -> Vector:
        """Trajectories in the cells."""
        return self.total((1, ("n", *cell)) for cell in cells)

    def starts(self, cells: Iterable[tuple[int, int]]) -> Vector:
        """Sum of the starting moments, in months since the first cut."""
        terms: list[tuple[float, Key]] = []
        for started, ended in cells:
            if started < 0:  # here the unknown is how long they had run before the first date
                terms.append((-1, ("start", started, ended)))
            else:
                terms += [(self.moments[started], ("n", started, ended)), (1, ("start", started, ended))]
        return self.total(terms)

    def ends(self, cells: Iterable[tuple[int, int]]) -> Vector:
        """Sum of the ending moments, in months since the first cut."""
        terms: list[tuple[float, Key]] = []
        for started, ended in cells:
            terms += [(self.moments[ended], ("n", started, ended)), (1, ("end", started, ended))]
        return self.total(terms)

    def running(self, cut: int) -> list[tuple[int, int]]:
        """Cells that run on a cut."""
        return [(started, ended) for started, ended in self.cells if started < cut <= ended]

    def ending(self, first: int, last: int) -> list[tuple[int, int]]:
        """Cells that end between two cuts."""
        return [cell for cell in self.cells if first <= cell[1] < last]

    def starting(self, first: int, last: int) -> list[tuple[int, int]]:
        """Cells that start between two cuts."""
        return [cell for cell in self.cells if first <= cell[0] < last]

    def elapsed(self, cut: int) -> Vector:
        """Months that those running on a cut had run by then, summed."""
        cells = self.running(cut)
        return self.moments[cut] * self.count(cells) - self.starts(cells)

    def lengths(self, cells: Iterable[tuple[int, int]]) -> Vector:
        """Months from start to end, summed."""
        cells = list(cells)
        return self.ends(cells) - self.starts(cells)

    def person_months(self, first: int, last: int) -> Vector:
        """Months lived through between two cuts: elapsed after, plus lengths of the ended, less elapsed before."""
        return self.elapsed(last) + self.lengths(self.ending(first, last)) - self.elapsed(first)

    def path(self, position: int) -> Vector:
        """Stock at a point of the grid."""
        steps = range(position)
        flows = [(sign, (name, step, 0)) for step in steps for sign, name in ((1.0, "in"), (-1.0, "out"))]
        return self.count(self.running(0)) + self.total(flows)

    def person_months_of_step(self, step: int) -> Vector:
        """Months lived through in one step of the grid."""
        length = self.step_months(step)
        return length * self.path(step) + self.total(
            [
                (length, ("in", step, 0)),
                (-1, ("in_moment", step, 0)),
                (-length, ("out", step, 0)),
                (1, ("out_moment", step, 0)),
            ]
        )

    def step_months(self, step: int) -> float:
        """Length of a step in months."""
        return self.month(self.grid[step + 1]) - self.month(self.grid[step])

    def steps_between(self, first: date, last: date) -> list[int]:
        """Steps of the grid from one date to another."""
        return list(range(self.grid.index(first), self.grid.index(last)))


@dataclass(frozen=True)
class Rows:
    """Conditions that hold for every register: `at_most_zero` @ z <= 0 and `zero` @ z = 0."""

    at_most_zero: Matrix
    zero: Matrix

    def with_rows(self, at_most_zero: Sequence[Vector], zero: Sequence[Vector]) -> Rows:
        """Return these conditions and more."""
        width = self.zero.shape[1]
        return Rows(
            stacked(self.at_most_zero, matrix_of(at_most_zero, width)), stacked(self.zero, matrix_of(zero, width))
        )


def matrix_of(rows: Sequence[Vector], width: int) -> Matrix:
    """Return rows, most of whose entries are zero, as a sparse matrix."""
    columns = [np.flatnonzero(row) for row in rows]
    values = [row[places] for row, places in zip(rows, columns, strict=True)]
    starts = np.cumsum([0, *(len(places) for places in columns)])
    return Matrix(
        (np.concatenate([[], *values]), np.concatenate([[], *columns]).astype(int), starts), shape=(len(rows), width)
    )


def stacked(first: Matrix, second: Matrix) -> Matrix:
    """Return two matrices as one, the second below the first."""
    return Matrix(sparse.vstack([first, second], format="csr"))


def unknowns_of(cuts: Sequence[date], client_periods: Iterable[tuple[date, date]] = ()) -> Unknowns:
    """Lay out the unknowns of a span of time.

    Parameters
    ----------
    cuts
        Every date that a figure or a question names; at least two.
    client_periods
        Periods between cuts for which different clients are counted.
    """
    ordered = tuple(sorted(set(cuts)))
    first, last = ordered[0], ordered[-1]
    months = (last.year - first.year) * 12 + last.month - first.month
    pace = next((pace for pace in (1, 3, 6, 12) if months <= pace * MOST_STEPS), 12)
    years = range(first.year, last.year + 1, max(1, math.ceil(months / 12 / MOST_STEPS)))
    firsts = {date(year, month, 1) for year in years for month in range(1, 13, pace)}
    grid = tuple(sorted({day for day in firsts if first < day < last} | set(ordered)))
    periods = tuple(sorted({(ordered.index(begin), ordered.index(end)) for begin, end in client_periods}))
    return Unknowns(ordered, grid, periods)


def conditions(unknowns: Unknowns) -> Rows:
    """What every register obeys, whatever was published."""
    at_most_zero = [*_moments_within_their_periods(unknowns), *_paths_that_are_possible(unknowns)]
    for first, last in unknowns.client_periods:
        served = unknowns.count(unknowns.running(first)) + unknowns.count(unknowns.starting(first, last))
        clients = unknowns.total([(1, ("clients", first, last))])
        at_most_zero.append(clients - served)
        for other in unknowns.client_periods:
            if other != (first, last) and other[0] <= first and last <= other[1]:
                at_most_zero.append(clients - unknowns.total([(1, ("clients", *other))]))
    width = len(unknowns.index)
    return Rows(matrix_of(at_most_zero, width), matrix_of(_flows_add_up(unknowns), width))


def _moments_within_their_periods(unknowns: Unknowns) -> list[Vector]:
    """A trajectory starts and ends within the periods of its cell, and does not end before it starts."""
    last = len(unknowns.cuts) - 1
    lengths = [later - earlier for earlier, later in pairwise(unknowns.moments)]
    rows = []
    for started, ended in unknowns.cells:
        longest = lengths[started] if started >= 0 else LONGEST_MONTHS
        rows.append(unknowns.total([(1, ("start", started, ended)), (-longest, ("n", started, ended))]))
        longest = lengths[ended] if ended < last else LONGEST_MONTHS
        rows.append(unknowns.total([(1, ("end", started, ended)), (-longest, ("n", started, ended))]))
        if started == ended:
            rows.append(unknowns.total([(1, ("start", started, ended)), (-1, ("end", started, ended))]))
    return rows


def _paths_that_are_possible(unknowns: Unknowns) -> list[Vector]:
    """Neither the stock nor the months lived through can be negative, and moments lie within their step."""
    rows = []
    for step in range(len(unknowns.grid) - 1):
        length = unknowns.step_months(step)
        rows += [-unknowns.path(step + 1), -unknowns.person_months_of_step(step)]
        for flow, moment in (("in", "in_moment"), ("out", "out_moment")):
            rows.append(unknowns.total([(1, (moment, step, 0)), (-length, (flow, step, 0))]))
    return rows


def _flows_add_up(unknowns: Unknowns) -> list[Vector]:
    """Monthly flows and their moments add up to those of the periods."""
    rows = []
    for period, (first, last) in enumerate(pairwise(unknowns.cuts)):
        steps = unknowns.steps_between(first, last)
        for flow, cells, offset in (
            ("in", unknowns.starting(period, period + 1), "start"),
            ("out", unknowns.ending(period, period + 1), "end"),
        ):
            rows.append(unknowns.total((1, (flow, step, 0)) for step in steps) - unknowns.count(cells))
            terms: list[tuple[float, Key]] = []
            for step in steps:
                since = unknowns.month(unknowns.grid[step]) - unknowns.moments[period]
                terms += [(since, (flow, step, 0)), (1, (f"{flow}_moment", step, 0))]
            rows.append(unknowns.total(terms) - unknowns.total((1, (offset, *cell)) for cell in cells))
    return rows
