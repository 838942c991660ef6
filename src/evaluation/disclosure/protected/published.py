"""Protected copies of comparisons with published figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from evaluation.disclosure import DisclosureError
from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import DECIMALS, exact, never_shown, protect, shown_estimate
from evaluation.disclosure.protected.names import reporting_year
from evaluation.disclosure.publication import CountCell
from evaluation.evidence import Estimate, Measure
from evaluation.measures.coherence.answers import Answers
from evaluation.measures.published import Comparison, ComparisonRow, agrees

# Which cells a measure of a comparison counts: its estimate (None for no count) and its n.
COUNTED = {
    "volumes.trajectories": ("started", "started"),
    "volumes.clients": ("clients", "started"),
    "volumes.started_this_year": ("started", "started"),
    "volumes.ended": ("ended", "ended"),
    "volumes.active": ("running", "running"),
    "durations.mean_ended_months": (None, "ended"),
    "durations.mean_running_months": (None, "running"),
    "capacity.hours_per_trajectory_month": (None, "with_time"),
}


# Made of published figures; of a register there are none, and none would be shown.
never_shown(Answers)


@protect.register
def _(result: Comparison, guard: Guard) -> Comparison:
    rows = [_protected_row(row, result.reference_date, guard) for row in result.rows]
    return replace(result, rows=tuple(rows))


def _protected_row(row: ComparisonRow, reference_date: date, guard: Guard) -> ComparisonRow:
    measure = row.measure
    if measure.id not in COUNTED:
        raise DisclosureError(f"no rule says what {measure.id} counts; it is not compared")
    counted, units = COUNTED[measure.id]
    n = exact(measure.n)
    if counted is not None:
        cell = _cell_of(measure, counted, reference_date)
        estimate: Estimate = guard.publish({cell: exact(measure.estimate)})[cell]
        rounding = guard.rules.rounding_base / 2
    else:
        estimate = shown_estimate(measure.estimate, n - exact(measure.n_missing), measure.unit, guard.rules)
        rounding = 0.5 * 10.0 ** -DECIMALS[measure.unit]
    shown_n = guard.publish({(cell := _cell_of(measure, units, reference_date)): n})[cell]
    shown = replace(measure, estimate=estimate, n=shown_n, n_missing=None, ci_low=None, ci_high=None)
    return ComparisonRow(shown, row.published, agrees(row.published, estimate, rounding))


def _cell_of(measure: Measure, kind: str, reference_date: date) -> CountCell:
    begin, slash, end = measure.period.partition("/")
    day = str(reference_date)
    if slash:
        return CountCell(kind, begin, end, day)
    if len(begin) == 4:
        return reporting_year(reference_date)
    return CountCell(kind, "", begin, day)
