"""Every quantity as a ratio of two sums over the unknown register, and what may be assumed about the stock path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from evaluation.aggregate import Quantity
from evaluation.measures.coherence.system import Unknowns, Vector


@dataclass(frozen=True)
class Ratio:
    """`numerator` over `denominator`, both linear in the unknowns; a plain sum has the constant one below the line."""

    numerator: Vector
    denominator: Vector

    def over(self, other: Ratio) -> Ratio:
        """Return this plain sum over another plain sum."""
        return Ratio(self.numerator, other.numerator)

    def per(self, amount: float) -> Ratio:
        """Return the ratio divided by a fixed amount."""
        return Ratio(self.numerator / amount, self.denominator)


def ratio_of(unknowns: Unknowns, quantity: Quantity, begin: date | None, end: date) -> Ratio:
    """Return a quantity of a date or period as a ratio over the unknowns.

    Parameters
    ----------
    unknowns
        Must have the dates among its cuts.
    quantity, begin, end
        As in `evaluation.aggregate.Aggregate`.
    """
    last = unknowns.cut(end)
    if begin is None:
        return _ON_A_DATE[quantity](unknowns, last)
    return _IN_A_PERIOD[quantity](unknowns, unknowns.cut(begin), last)


def per_month(unknowns: Unknowns, quantity: Quantity, begin: date, end: date) -> Ratio:
    """Return a count of a period per month."""
    return ratio_of(unknowns, quantity, begin, end).per(unknowns.month(end) - unknowns.month(begin))


def _periods(unknowns: Unknowns, name: str, first: int, last: int) -> Vector:
    return unknowns.total((1, (name, period, 0)) for period in range(first, last))


def _plain(vector: Callable[[Unknowns, int], Vector]) -> Callable[[Unknowns, int], Ratio]:
    return lambda unknowns, cut: Ratio(vector(unknowns, cut), unknowns.one)


def _stock(unknowns: Unknowns, cut: int) -> Vector:
    return unknowns.count(unknowns.running(cut))


def _fte(unknowns: Unknowns, cut: int) -> Vector:
    return unknowns.total([(1, ("fte", cut, 0))])


def _hours_rate(unknowns: Unknowns, cut: int) -> Vector:
    return unknowns.total([(1, ("hours_rate", cut, 0))])


_ON_A_DATE: Mapping[Quantity, Callable[[Unknowns, int], Ratio]] = {
    Quantity.STOCK: _plain(_stock),
    Quantity.FTE: _plain(_fte),
    Quantity.MEAN_RUNNING_MONTHS: lambda z, cut: Ratio(z.elapsed(cut), _stock(z, cut)),
    Quantity.HOURS_PER_MONTH: lambda z, cut: Ratio(_hours_rate(z, cut), _stock(z, cut)),
    Quantity.STOCK_PER_FTE: lambda z, cut: Ratio(_stock(z, cut), _fte(z, cut)),
    Quantity.HOURS_PER_FTE_MONTH: lambda z, cut: Ratio(_hours_rate(z, cut), _fte(z, cut)),
}

_IN_A_PERIOD: Mapping[Quantity, Callable[[Unknowns, int, int], Ratio]] = {
    Quantity.STARTED: lambda z, first, last: Ratio(z.count(z.starting(first, last)), z.one),
    Quantity.ENDED: lambda z, first, last: Ratio(z.count(z.ending(first, last)), z.one),
    Quantity.SERVED: lambda z, first, last: Ratio(_stock(z, first) + z.count(z.starting(first, last)), z.one),
    Quantity.CLIENTS: lambda z, first, last: Ratio(z.total([(1, ("clients", first, last))]), z.one),
    Quantity.MEAN_ENDED_MONTHS: lambda z, first, last: Ratio(
        z.lengths(z.ending(first, last)), z.count(z.ending(first, last))
    ),
    Quantity.MEAN_ALL_MONTHS: lambda z, first, last: Ratio(
        z.lengths(z.starting(first, last)), z.count(z.starting(first, last))
    ),
    Quantity.PERSON_MONTHS: lambda z, first, last: Ratio(z.person_months(first, last), z.one),
    Quantity.HOURS: lambda z, first, last: Ratio(_periods(z, "hours", first, last), z.one),
    Quantity.EUROS: lambda z, first, last: Ratio(_periods(z, "euros", first, last), z.one),
    Quantity.EUROS_PER_PERSON_MONTH: lambda z, first, last: Ratio(
        _periods(z, "euros", first, last), z.person_months(first, last)
    ),
}


def within_band(unknowns: Unknowns, first: date, last: date, low: float, high: float) -> list[Vector]:
    """Conditions that keep the stock between two dates within a band.

    Stated for the points of the grid and for the months lived through per step: what a path within the band implies.
    """
    rows = []
    for step in unknowns.steps_between(first, last):
        length = unknowns.step_months(step)
        for amount, unit in ((unknowns.path(step + 1), 1.0), (unknowns.person_months_of_step(step), length)):
            rows += [amount - high * unit * unknowns.one, low * unit * unknowns.one - amount]
    return rows


def even_flows(unknowns: Unknowns, first: date, last: date) -> list[Vector]:
    """Conditions (equal to zero) that let trajectories start and end at an even pace between two dates."""
    steps = unknowns.steps_between(first, last)
    months = unknowns.month(last) - unknowns.month(first)
    rows = []
    for flow in ("in", "out"):
        in_all = unknowns.total((1, (flow, step, 0)) for step in steps)
        for step in steps:
            length = unknowns.step_months(step)
            rows.append(unknowns.total([(1, (flow, step, 0))]) - in_all * length / months)
            rows.append(unknowns.total([(1, (f"{flow}_moment", step, 0)), (-length / 2, (flow, step, 0))]))
    return rows
