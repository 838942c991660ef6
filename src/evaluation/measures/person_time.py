"""How long trajectories ran in all, from the published figures of two dates.

All trajectories that had started by the first date ran for (ended x mean length) + (running x mean elapsed time)
together. Dividing that over calendar years needs the stock between the dates, which was not published: it is taken as
constant before the first date within its year, and as a straight line from the first date to the second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
from scipy import stats

from evaluation.evidence import Bounded, Evidence
from evaluation.measures.rounding import through
from evaluation.snapshot import DAYS_PER_MONTH


@dataclass(frozen=True)
class PublishedFlow:
    """Counts and means published for two dates, the second of them 1 January of the year after the first.

    Attributes
    ----------
    first_date, second_date
        The dates.
    started, ended, active
        Trajectories started and ended since the beginning, and running, on each of the dates.
    started_this_year
        Those started in the calendar year of the first date, up to it.
    mean_ended_months, mean_running_months
        Mean length of the ended and mean elapsed time of the running ones on the first date.
    """

    first_date: date
    second_date: date
    started: tuple[Bounded, Bounded]
    ended: tuple[Bounded, Bounded]
    active: tuple[Bounded, Bounded]
    started_this_year: Bounded
    mean_ended_months: Bounded
    mean_running_months: Bounded


@dataclass(frozen=True)
class PersonTime:
    """Trajectory-months by calendar year.

    Attributes
    ----------
    frame
        Columns ``year``, ``trajectory_months``, ``low``, ``high`` (what rounding leaves under the assumption on the
        stock), ``widest_low``, ``widest_high`` (whatever the stock was between the dates).
    by_year, widest
        The same as figures, by year, under the assumption and without it.
    per_ended
        Trajectory-months until the first date per trajectory that ended by then: the mean length of a trajectory when
        the chance to end is the same at every age and new ones balance ended ones. Low and high are the exact Poisson
        interval on the number that ended, at `level`.
    n_ended
        Trajectories that ended by the first date.
    """

    frame: pd.DataFrame
    by_year: Mapping[int, Bounded]
    widest: Mapping[int, Bounded]
    per_ended: Bounded
    n_ended: int
    level: float

    @property
    def evidence(self) -> Evidence:
        """Published figures."""
        return Evidence.PUBLISHED


def person_time(flow: PublishedFlow, level: float = 0.95) -> PersonTime:
    """Work out trajectory-months by calendar year and per ended trajectory.

    Parameters
    ----------
    flow
        What was published.
    level
        Confidence level of the interval on the months per ended trajectory.
    """
    year = flow.first_date.year
    early = (flow.first_date - date(year, 1, 1)).days / DAYS_PER_MONTH
    late = (flow.second_date - flow.first_date).days / DAYS_PER_MONTH
    known = (flow.ended[0], flow.mean_ended_months, flow.active[0], flow.mean_running_months)
    stocks = (flow.active[0], flow.active[1])

    def before(ended: float, length: float, active: float, elapsed: float) -> float:
        return ended * length + active * elapsed - active * early

    def during(active: float, later: float) -> float:
        return active * early + (active + later) / 2 * late

    assumed = {year - 1: through(before, *known), year: through(during, *stocks)}
    widest = {of: _around(*_widest(flow, early, late)[of], found) for of, found in assumed.items()}
    rows = [(of, f.value, f.low, f.high, widest[of].low, widest[of].high) for of, f in assumed.items()]
    columns = ["year", "trajectory_months", "low", "high", "widest_low", "widest_high"]
    n_ended = round(flow.ended[0].value)
    total = through(lambda e, length, a, elapsed: e * length + a * elapsed, *known)
    per_ended = _per_event(total.value, n_ended, level)
    return PersonTime(pd.DataFrame(rows, columns=columns), assumed, widest, per_ended, n_ended, level)


def _around(low: float, high: float, assumed: Bounded) -> Bounded:
    return Bounded(assumed.value, min(low, assumed.low), max(high, assumed.high))


def _widest(flow: PublishedFlow, early: float, late: float) -> dict[int, tuple[float, float]]:
    """Trajectory-months that are possible at all: every end before every start, or the other way round."""
    year = flow.first_date.year

    def total(ended: float, length: float, active: float, elapsed: float) -> float:
        return ended * length + active * elapsed

    until = through(total, flow.ended[0], flow.mean_ended_months, flow.active[0], flow.mean_running_months)
    # In the year of the first date: all of its starts still to come, against nobody ended before it.
    early_low = (flow.active[0].low - flow.started_this_year.high) * early
    early_high = flow.started[0].high * early
    most_ended = flow.ended[1].high - flow.ended[0].low
    most_started = flow.started[1].high - flow.started[0].low
    late_low = max(flow.active[0].low - most_ended, 0) * late
    late_high = (flow.active[0].high + most_started) * late
    return {
        year - 1: (until.low - early_high, until.high - early_low),
        year: (early_low + late_low, early_high + late_high),
    }


def _per_event(time: float, events: int, level: float) -> Bounded:
    """Time per event with the exact Poisson interval on the number of events (Garwood 1936)."""
    quantile: Callable[[float, float], float] = stats.chi2.ppf
    tail = (1 - level) / 2
    fewest, most = float(quantile(tail, 2 * events)) / 2, float(quantile(1 - tail, 2 * events + 2)) / 2
    return Bounded(time / events, time / most, time / fewest)
