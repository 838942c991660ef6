"""Measures of volumes, durations and capacity on one registry, timed; run by `scale.py`, prints one line of JSON.

``all`` computes what the three chapters show, ``same`` only what the other ways compute too.

The seconds are those of the measures, from a registry that was read; reading it (hashes, checks and the table of small
types) is `opening`. The peak of memory is that of the whole process.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import date
from pathlib import Path

from evaluation.measures.capacity import intensity
from evaluation.measures.competing import end_reasons
from evaluation.measures.dormancy import dormancy_band
from evaluation.measures.durations import mean_durations
from evaluation.measures.forecast import forecast_stock
from evaluation.measures.forecast_basis import forecast_basis
from evaluation.measures.forecast_scores import score_forecasts
from evaluation.measures.published_means import published_means
from evaluation.measures.rate_ratio import yearly_rate_ratio
from evaluation.measures.rates import inflow_rate, monthly_inflow
from evaluation.measures.reach import reach
from evaluation.measures.reentry import reentry
from evaluation.measures.spells import observed_spells
from evaluation.measures.survival import trajectory_length
from evaluation.measures.survival_groups import Grouping, length_by
from evaluation.measures.volumes import Dimension, monthly_flow, volume_counts, volumes_by
from evaluation.measures.what_ifs import tail_sensitivity, what_ifs
from evaluation.measures.workload import workload
from evaluation.pipeline import flow_inputs as inputs
from evaluation.pipeline.inputs import published_on
from evaluation.snapshot import DAYS_PER_MONTH, Snapshot
from evaluation.sources.registry import Registry, open_registry

SINCE, REFERENCE = date(2023, 1, 1), date(2025, 1, 1)
DIMENSIONS: tuple[Dimension, ...] = ("phase", "referrer_code", "product_code", "neighbourhood")
GROUPS: tuple[Grouping, ...] = ("start_year", "referrer_code", "phase", "product_code")


def same(snapshot: Snapshot) -> dict[str, object]:
    """Compute what the other ways do: counts and divisions, curves with groups, and what a forecast starts from."""
    counts = volume_counts(snapshot, SINCE)
    people = reach(snapshot, SINCE, inputs.phase_figures())
    flow = monthly_flow(snapshot, SINCE)
    for dimension in DIMENSIONS:
        volumes_by(snapshot, SINCE, dimension)
    answers = {"median_days": _days(trajectory_length(observed_spells(snapshot, SINCE)).median_months.value)}
    for group in GROUPS:
        for row in length_by(snapshot, SINCE, group).frame.itertuples():
            answers[f"median_days {group} {row.group}"] = _days(row.median_months)
    basis = forecast_basis(snapshot)
    return {
        **answers,
        "elapsed_days": int((basis.elapsed_days * basis.running).sum()),
        "trajectories": counts.trajectories,
        "clients": counts.clients,
        "families": people.families,
        "ended": counts.ended,
        "active": flow.stock_end,
    }


def rest(register: Registry, snapshot: Snapshot) -> None:
    """Compute what else the three chapters show."""
    inflow_rate(snapshot, SINCE, inputs.youth_population())
    yearly_rate_ratio(snapshot, SINCE)
    monthly_inflow(snapshot, SINCE)
    mean_durations(snapshot, SINCE)
    intensity(snapshot, SINCE)
    spells = observed_spells(snapshot, SINCE)
    published_means(spells, published_on(REFERENCE, SINCE).get("durations.mean_ended_months"))
    end_reasons(spells)
    reentry(snapshot, SINCE)
    dormancy_band(snapshot, spells)
    staffing = inputs.published_staffing(REFERENCE)
    work = workload(inputs.snapshots_on(register, staffing, REFERENCE), staffing)
    basis = forecast_basis(snapshot)
    forecast_stock(basis, inputs.random_numbers())
    what_ifs(
        basis,
        work,
        inputs.random_numbers(),
        closed_product="P01",
        certified_institution_factor=2.0,
        hours_per_month=9.0,
    )
    score_forecasts(inputs.past_bases(register, inputs.opening_day(), REFERENCE), inputs.random_numbers())
    tail_sensitivity(basis, inputs.random_numbers())


def _days(months: object) -> float | None:
    return round(months * DAYS_PER_MONTH, 6) if isinstance(months, float) and months == months else None  # noqa: PLR0124


def main() -> None:
    """Read the registry, compute everything and print."""
    began = time.perf_counter()
    register = open_registry(Path(sys.argv[2]), "benchmark")
    register.connection.execute("set threads to 2")
    _ = register.coded_rows
    opened, busy = time.perf_counter(), time.process_time()
    snapshot = register.snapshot(REFERENCE)
    answers = same(snapshot)
    if sys.argv[1] == "all":
        rest(register, snapshot)
    measured = {
        "opening": opened - began,
        "seconds": time.perf_counter() - opened,
        "cpu": time.process_time() - busy,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps({**measured, "answers": answers}))  # noqa: T201


if __name__ == "__main__":
    main()
