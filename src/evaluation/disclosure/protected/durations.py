"""Protected copies of durations and intensity."""

from __future__ import annotations

from dataclasses import replace

from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, protect, shown_estimate
from evaluation.disclosure.protected.names import Cells
from evaluation.evidence import SUPPRESSED
from evaluation.measures.capacity import Intensity
from evaluation.measures.durations import MeanDurations


@protect.register
def _(result: MeanDurations, guard: Guard) -> MeanDurations:
    name = Cells(result.since, result.reference_date)
    ended, running = exact(result.n_ended), exact(result.n_running)
    shown = guard.publish({name.period("ended"): ended, name.stock(): running})
    return replace(
        result,
        mean_ended_months=shown_estimate(result.mean_ended_months, ended, "months", guard.rules),
        mean_running_months=shown_estimate(result.mean_running_months, running, "months", guard.rules),
        n_ended=shown[name.period("ended")],
        n_running=shown[name.stock()],
    )


@protect.register
def _(result: Intensity, guard: Guard) -> Intensity:
    name = Cells(result.since, result.reference_date)
    n, missing = name.period("with_time"), name.period("without_hours")
    counts = {n: exact(result.n), missing: exact(result.n_missing)}
    shown = guard.publish(counts, differences=[(n, missing)])
    ratio = shown_estimate(
        result.hours_per_trajectory_month, counts[n] - counts[missing], "hours_per_month", guard.rules
    )
    # Numerator and denominator are not shown; their ratio is what the result is for.
    return replace(
        result,
        hours_per_trajectory_month=ratio,
        direct_hours=SUPPRESSED,
        trajectory_months=SUPPRESSED,
        n=shown[n],
        n_missing=shown[missing],
    )
