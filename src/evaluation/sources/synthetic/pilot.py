"""The families of the family support pilot in 2023: 21 rows that reproduce each published figure.

Length is what the year shows: months from the start to the end, or to the last day of the year when support still
runs. It is reached by the same tilt of durations as in ``conditioning``. The source prints no time unit with its
hours, so neither does the column. Keys of these families lead to no other table: the source does not link the pilot
to trajectories.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from evaluation.sources.synthetic import tables
from evaluation.sources.synthetic.conditioning import solve_tilt
from evaluation.sources.synthetic.targets import Targets
from evaluation.sources.synthetic.trajectories import NEIGHBOURHOOD_CODES
from evaluation.sources.synthetic.truth import DAYS_PER_MONTH, Floats, Ints, Truth

HOUSEHOLDS = ["single_mother", "single_father", "two_parents", "other"]
OTHER_HOUSEHOLD_SHARES = (0.1, 0.8, 0.1)
CARRIED_IN_DAYS = 300  # the pilot began in the course of 2022
TENTH = 0.1


def draw_pilot(
    truth: Truth, targets: Targets, rng: np.random.Generator
) -> tuple[pa.Table, dict[str, tuple[float, float, float]]]:
    """Return the table ``pilot_families`` and per figure id what the process gives, the value reached and the tilt."""
    families = targets.count("pilot_families_2023")
    carried_in = targets.count("pilot_carried_in_2023")
    year_end = truth.day(date(truth.first_day.year, 12, 31))
    start = np.concatenate(
        [-rng.integers(1, CARRIED_IN_DAYS, carried_in), rng.integers(0, year_end - 29, families - carried_in)]
    ).astype(np.int64)
    order = rng.permutation(families)
    start, uniform = start[order], rng.random(families)

    def length(tilt: float) -> float:
        stop = np.minimum(_ends(truth, start, uniform, tilt), year_end)
        return float((stop - start).mean() / DAYS_PER_MONTH)

    tilt = solve_tilt(length, targets, "pilot_length_months_2023")
    end = _ends(truth, start, uniform, tilt)
    raw = truth.pilot_hours * rng.standard_gamma(1 / truth.pilot_hours_cv**2, families) * truth.pilot_hours_cv**2

    def mean_hours(tilt: float) -> float:
        return float(_tenths(raw * np.exp(tilt)).mean())

    scale = solve_tilt(mean_hours, targets, "pilot_hours_per_family_2023")
    columns = [
        tables.keys("G", 1 + np.arange(families), width=4),
        tables.labels(_neighbourhoods(targets, rng), NEIGHBOURHOOD_CODES),
        tables.labels(_households(targets, rng), HOUSEHOLDS),
        tables.dates(start, truth.first_day),
        tables.dates(end, truth.first_day, end <= year_end),
        pa.array(_tenths(raw * np.exp(scale))),
    ]
    fits = {
        "pilot_length_months_2023": (length(0.0), length(tilt), tilt),
        "pilot_hours_per_family_2023": (mean_hours(0.0), mean_hours(scale), scale),
    }
    return pa.Table.from_arrays(columns, schema=tables.PILOT_FAMILIES), fits


def _ends(truth: Truth, start: Ints, uniform: Floats, tilt: float) -> Ints:
    """Return the day of each end; a family carried in is known to be served after the year began."""
    served = np.maximum(-start, 0) / DAYS_PER_MONTH
    passed = (served / truth.pilot_scale_months) ** truth.pilot_shape
    hazard = passed - np.log1p(-(uniform ** np.exp(tilt)))
    days = np.ceil(truth.pilot_scale_months * hazard ** (1 / truth.pilot_shape) * DAYS_PER_MONTH).astype(np.int64)
    return np.asarray(np.maximum(start + np.maximum(days, 1), 1))


def _neighbourhoods(targets: Targets, rng: np.random.Generator) -> Ints:
    """Spread the families over exactly the published number of neighbourhoods."""
    families, places = targets.count("pilot_families_2023"), targets.count("pilot_neighbourhoods_2023")
    extra = rng.integers(0, places, families - places)
    chosen = np.sort(rng.choice(len(NEIGHBOURHOOD_CODES), places, replace=False))
    return np.asarray(chosen[rng.permutation(np.concatenate([np.arange(places), extra]))])


def _households(targets: Targets, rng: np.random.Generator) -> Ints:
    single_mothers = targets.count("pilot_single_mothers_2023")
    others = 1 + rng.choice(3, targets.count("pilot_families_2023") - single_mothers, p=OTHER_HOUSEHOLD_SHARES)
    return rng.permutation(np.concatenate([np.zeros(single_mothers, dtype=np.int64), others]))


def _tenths(hours: Floats) -> Floats:
    return np.asarray(np.round(hours / TENTH) * TENTH).round(1)
