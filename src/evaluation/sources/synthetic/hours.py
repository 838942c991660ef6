"""Hours of help per trajectory and calendar month, direct and indirect.

Direct hours are gamma distributed around a rate per trajectory-month that falls over time, times the part of the month
in which the trajectory ran; after the last activity there are none. The published measure is the sum of direct hours
over the sum of trajectory-months, in complete calendar months before the reference date.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa

from evaluation.snapshot import DAYS_PER_MONTH
from evaluation.sources.synthetic import tables
from evaluation.sources.synthetic.conditioning import Fit, solve_tilt
from evaluation.sources.synthetic.process import Inflow, Outflow, draw_gamma
from evaluation.sources.synthetic.targets import Targets
from evaluation.sources.synthetic.truth import Flags, Floats, Ints, Truth

QUARTER = 0.25  # hours are booked by the quarter


@dataclass(frozen=True)
class Hours:
    """One element per trajectory and calendar month in which it ran.

    Attributes
    ----------
    row
        Position of the trajectory.
    month
        First day of the month, since the first day of the service.
    days
        Days of the month in which it ran.
    direct, indirect
        Hours, not yet rounded to quarters.
    """

    row: Ints
    month: Ints
    days: Ints
    direct: Floats
    indirect: Floats


def draw_hours(
    truth: Truth,
    rng: np.random.Generator,
    *,
    inflow: Inflow,
    outflow: Outflow,
    last_activity: Ints,
    observed_until: int,
) -> Hours:
    """Return the hours of every month in which a trajectory ran before the last day of observation."""
    stop = np.where(outflow.ended, outflow.end, observed_until)
    row, month, days = _months(truth, inflow.start, stop)
    age = np.clip(month / DAYS_PER_MONTH / truth.hours_months, 0, 1)
    rate = truth.hours_early + (truth.hours_late - truth.hours_early) * age
    level = draw_gamma(rng, truth.hours_trajectory_cv, len(stop))[row]
    active = month <= last_activity[row]
    direct = rate * days / DAYS_PER_MONTH * level * draw_gamma(rng, truth.hours_month_cv, len(row)) * active
    indirect = direct * truth.indirect_share * draw_gamma(rng, truth.hours_month_cv, len(row))
    return Hours(row, month, days, direct, indirect)


def condition_hours(truth: Truth, targets: Targets, hours: Hours, in_first: Flags) -> tuple[Hours, dict[str, Fit]]:
    """Scale hours until the mean per trajectory-month agrees with what was published on both reference dates.

    Hours that the first reference date saw get one factor and all others a second one, each the exponential of its
    tilt.

    Returns
    -------
    tuple
        The hours, and the fit per figure id.
    """
    first, last = (_first_of_month(truth, on) for on in (targets.first_date, targets.last_date))
    seen = in_first[hours.row] & (hours.month < first)
    scaled, fit_first = _scaled(targets, hours, "hours_per_month_20240325", seen, seen)
    scaled, fit_last = _scaled(targets, scaled, "hours_per_month_20250101", ~seen, hours.month < last)
    return scaled, {"hours_per_month_20240325": fit_first, "hours_per_month_20250101": fit_last}


def hours_table(truth: Truth, hours: Hours, offset: int = 0) -> pa.Table:
    """Return the table ``hours``; keys count on from `offset`."""
    columns = [
        tables.keys("B", offset + 1 + hours.row),
        tables.dates(hours.month, truth.first_day),
        pa.array(_quarters(hours.direct)),
        pa.array(_quarters(hours.indirect)),
    ]
    return pa.Table.from_arrays(columns, schema=tables.HOURS)


def _scaled(targets: Targets, hours: Hours, figure_id: str, part: Flags, measured: Flags) -> tuple[Hours, Fit]:
    """Scale a part of the hours until the mean over the measured ones agrees with a figure."""

    def mean(tilt: float) -> float:
        direct = _quarters(hours.direct * np.where(part, np.exp(tilt), 1.0))
        return float(direct[measured].sum() / (hours.days[measured].sum() / DAYS_PER_MONTH))

    fit = solve_tilt(mean, targets, figure_id)
    factor = np.where(part, np.exp(fit.tilt), 1.0)
    return replace(hours, direct=hours.direct * factor, indirect=hours.indirect * factor), fit


def _first_of_month(truth: Truth, on: date) -> int:
    """Return the first day of the month of a date: months before it are complete."""
    return truth.day(on.replace(day=1))


def _months(truth: Truth, start: Ints, stop: Ints) -> tuple[Ints, Ints, Ints]:
    """Cut [start, stop) into calendar months: row, first day of the month, and days in it."""
    origin = np.datetime64(truth.first_day, "D")
    first = (origin + start).astype("datetime64[M]").astype(np.int64)
    last = (origin + np.maximum(stop - 1, start)).astype("datetime64[M]").astype(np.int64)
    size = np.where(stop > start, last - first + 1, 0)
    row = np.repeat(np.arange(len(start)), size)
    position = np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)
    calendar = (first[row] + position).astype("datetime64[M]")
    month = (calendar.astype("datetime64[D]") - origin).astype(np.int64)
    following = ((calendar + 1).astype("datetime64[D]") - origin).astype(np.int64)
    return row, month, np.minimum(stop[row], following) - np.maximum(start[row], month)


def _quarters(hours: Floats) -> Floats:
    return np.asarray(np.round(hours / QUARTER) * QUARTER)
