"""What published figures imply: whether they can all be true, and the interval of any quantity that follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy.optimize import OptimizeResult, linprog

from evaluation.aggregate import Aggregate, Aggregates, Quantity, StockPath
from evaluation.evidence import Bounded
from evaluation.measures.coherence.quantities import Ratio, even_flows, ratio_of, within_band
from evaluation.measures.coherence.system import (
    Matrix,
    Rows,
    Unknowns,
    Vector,
    conditions,
    matrix_of,
    stacked,
    unknowns_of,
)

OPTIMAL, INFEASIBLE, UNBOUNDED = SETTLED = (0, 2, 3)  # status codes of scipy.optimize.linprog
MATTERS = 1e-6  # a weight below this is numerical noise
DIGITS = 10  # significant ones of an end; what comes after them is the solver's

# Where a mean was printed there was something to take it of.
PER_TRAJECTORY = (
    Quantity.MEAN_ENDED_MONTHS,
    Quantity.MEAN_RUNNING_MONTHS,
    Quantity.MEAN_ALL_MONTHS,
    Quantity.HOURS_PER_MONTH,
)


@dataclass(frozen=True)
class Implied:
    """The interval in which a quantity must lie.

    Attributes
    ----------
    low, high
        Its ends; None where the figures set no limit.
    low_set_by, high_set_by
        Ids of the figures whose ends set that end, most telling first: by how far the end moves when the rounding
        interval of the figure is widened, or, where all that matter are exact, when the figure itself changes.
    """

    low: float | None
    high: float | None
    low_set_by: tuple[str, ...] = ()
    high_set_by: tuple[str, ...] = ()

    @property
    def middle(self) -> float | None:
        """Half-way between the ends, when both exist."""
        return None if self.low is None or self.high is None else (self.low + self.high) / 2


NOTHING = Implied(None, None)


@dataclass(frozen=True)
class System:
    """Published figures as conditions on the unknown register.

    Attributes
    ----------
    unknowns
        The register that nobody has seen.
    rows
        What every register obeys, with the assumption about the path.
    figures
        The published figures, by id.
    ratios
        The quantity of each figure over the unknowns.
    """

    unknowns: Unknowns
    rows: Rows
    figures: Mapping[str, Aggregate]
    ratios: Mapping[str, Ratio] = field(repr=False)

    @property
    def feasible(self) -> bool:
        """Whether some register has all the figures."""
        one = self.unknowns.one
        return bool(self._solve(np.zeros_like(one), one).status != INFEASIBLE)

    def without(self, ids: Iterable[str]) -> System:
        """Return the system without some figures."""
        dropped = set(ids)
        return replace(self, figures={name: figure for name, figure in self.figures.items() if name not in dropped})

    def with_values(self, values: Mapping[str, Bounded]) -> System:
        """Return the system with other values for some figures."""
        changed = {name: replace(self.figures[name], value=value) for name, value in values.items()}
        return replace(self, figures={**self.figures, **changed})

    def implied(self, ratio: Ratio) -> Implied:
        """Return the interval of a ratio in a feasible system; it always holds the truth.

        Without an assumption about the path it is exact but for whole numbers of trajectories. With one, and for a
        stock between the dates, it can be wider than it need be: the path is known per step only.
        """
        low, low_set_by = self._end(ratio, 1)
        high, high_set_by = self._end(ratio, -1)
        return Implied(low, high, low_set_by, high_set_by)

    def implied_of(self, figure: Aggregate) -> Implied:
        """Return the interval of the quantity that a figure is about."""
        return self.implied(self.ratios[figure.id])

    def _end(self, ratio: Ratio, sign: int) -> tuple[float | None, tuple[str, ...]]:
        found = self._solve(sign * ratio.numerator, ratio.denominator)
        if found.status in (INFEASIBLE, UNBOUNDED):  # infeasible here: the denominator cannot be anything but zero
            return None, ()
        value = sign * float(found.fun)
        return (0.0 if abs(value) < MATTERS else float(f"{value:.{DIGITS}g}")), self._set_by(found)

    def _solve(self, objective: Vector, denominator: Vector) -> OptimizeResult:
        upper = self._upper
        equal = stacked(matrix_of([denominator], len(denominator)), self.rows.zero)
        right = np.zeros(equal.shape[0])
        right[0] = 1
        nothing = np.zeros(upper.shape[0])
        for presolve in (True, False):  # presolve can leave open whether a program is unbounded or infeasible
            # linprog takes sparse matrices; its stubs do not know.
            found: OptimizeResult = linprog(  # type: ignore[call-overload]
                objective, upper, nothing, equal, right, bounds=(0, None), options={"presolve": presolve}
            )
            if found.status in SETTLED:
                return found
        raise ArithmeticError(f"the linear program was not solved: {found.message}")

    @cached_property
    def _upper(self) -> Matrix:
        """Three conditions per figure: not below its low end, not above its high end, and a mean of at least one."""
        rows, one = [], self.unknowns.one
        for name, figure in self.figures.items():
            above, below = self.ratios[name].numerator, self.ratios[name].denominator
            rows += [figure.value.low * below - above, above - figure.value.high * below]
            rows.append(one - below if figure.quantity in PER_TRAJECTORY else np.zeros_like(one))
        return stacked(matrix_of(rows, len(one)), self.rows.at_most_zero)

    def _set_by(self, found: OptimizeResult) -> tuple[str, ...]:
        """Figures with a price in the solution, by how far the end moves with their rounding, else with their value."""
        prices = np.abs(found.ineqlin.marginals[: 3 * len(self.figures)]).reshape(-1, 3)
        roundings, values = {}, {}
        for (name, figure), (low, high, _) in zip(self.figures.items(), prices, strict=True):
            unit = float(self.ratios[name].denominator @ found.x)
            printed = figure.value
            roundings[name] = float(low + high) * unit * (printed.high - printed.low) / 2
            values[name] = float(low + high) * unit * abs(printed.value)
        for weights in (roundings, values):
            telling = sorted((name for name in weights if weights[name] > MATTERS), key=lambda name: -weights[name])
            if telling:
                return tuple(telling)
        return ()


def system_of(aggregates: Aggregates, path: StockPath = "free") -> System:
    """Turn published figures into a system.

    Parameters
    ----------
    aggregates
        The figures.
    path
        What is assumed about the stock between reference dates. With ``between`` the band lies around what the
        figures imply for both stocks without the assumption.
    """
    clients = [
        (figure.begin, figure.end)
        for figure in aggregates.figures
        if figure.quantity is Quantity.CLIENTS and figure.begin is not None
    ]
    unknowns = unknowns_of(aggregates.dates, clients)
    figures = {figure.id: figure for figure in aggregates.figures}
    ratios = {name: ratio_of(unknowns, figure.quantity, figure.begin, figure.end) for name, figure in figures.items()}
    free = System(unknowns, conditions(unknowns), figures, ratios)
    if path == "free" or not free.feasible:
        return free
    more: list[Vector] = []
    equal: list[Vector] = []
    for first, last in pairwise(aggregates.reference_dates):
        if path == "even":
            equal += even_flows(unknowns, first, last)
            continue
        ends = [free.implied(ratio_of(unknowns, Quantity.STOCK, None, day)) for day in (first, last)]
        lows, highs = [end.low for end in ends], [end.high for end in ends]
        high = max((value for value in highs if value is not None), default=0.0) if None not in highs else np.inf
        if np.isfinite(high):
            more += within_band(unknowns, first, last, min(value or 0.0 for value in lows), high)
    rows = free.rows
    if more:
        rows = rows.with_rows(more, [])
    if equal:
        rows = rows.with_rows([], equal)
    return replace(free, rows=rows)
