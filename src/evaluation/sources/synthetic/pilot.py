"""The families of the family support pilot in 2023: 21 rows that reproduce each published figure.

Length is what the year shows: months from the start to the end, or to the last day of the year when support still
runs. It is reached by the same tilt of durations as in ``conditioning``. Ends after that year are there too, up to the
last day of the registry; nothing was published of them. The source prints no time unit with its hours, so neither does
the column. Keys of these families lead to no other table: the source does not link the pilot to trajectories.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from evaluation.snapshot import DAYS_PER_MONTH
from evaluation.sources.synthetic import tables
from evaluation.sources.synthetic.conditioning import Fit, solve_tilt
from evaluation.sources.synthetic.process import draw_gamma
from evaluation.sources.synthetic.targets import PILOT_YEAR, Targets
from evaluation.sources.synthetic.trajectories import NEIGHBOURHOOD_CODES
from evaluation.sources.synthetic.truth import Floats, Ints, Truth, weibull_age, weibull_hazard

HOUSEHOLDS = ["single_mother", "single_father", "two_parents", "other"]
OTHER_HOUSEHOLD_SHARES = (0.1, 0.8, 0.1)
CARRIED_IN_DAYS = 300  # the pilot began in the course of 2022
LAST_NEW_DAYS = 29  # nobody new in the last weeks of the year
TENTH = 0.1  # hours of the pilot are booked by the tenth


def draw_pilot(truth: Truth, targets: Targets, rng: np.random.Generator) -> tuple[pa.Table, dict[str, Fit]]:
    """Return the table ``pilot_families`` and the fit per figure id."""
    families = targets.count("pilot_families_2023")
    carried_in = targets.count("pilot_carried_in_2023")
    year_start, year_end = (truth.day(on) for on in (date(PILOT_YEAR, 1, 1), date(PILOT_YEAR, 12, 31)))
    before = -rng.integers(1, CARRIED_IN_DAYS, carried_in)
    during = rng.integers(0, year_end - year_start - LAST_NEW_DAYS, families - carried_in)
    start = year_start + rng.permutation(np.concatenate([before, during]).astype(np.int64))
    uniform = rng.random(families)

    def ends(tilt: float) -> Ints:
        return _ends(truth, start, year_start, uniform ** np.exp(tilt))

    def length(tilt: float) -> float:
        return float((np.minimum(ends(tilt), year_end) - start).mean() / DAYS_PER_MONTH)

    by_length = solve_tilt(length, targets, "pilot_length_months_2023")
    end = ends(by_length.tilt)
    raw = truth.pilot_hours * draw_gamma(rng, truth.pilot_hours_cv, families)

    def mean_hours(tilt: float) -> float:
        return float(_tenths(raw * np.exp(tilt)).mean())

    by_hours = solve_tilt(mean_hours, targets, "pilot_hours_per_family_2023")
    columns = [
        tables.keys("G", 1 + np.arange(families), width=4),
        tables.labels(_neighbourhoods(targets, rng), NEIGHBOURHOOD_CODES),
        tables.labels(_households(targets, rng), HOUSEHOLDS),
        tables.dates(start, truth.first_day),
        tables.dates(end, truth.first_day, end <= truth.day(targets.last_date)),
        pa.array(_tenths(raw * np.exp(by_hours.tilt))),
    ]
    fits = {"pilot_length_months_2023": by_length, "pilot_hours_per_family_2023": by_hours}
    return pa.Table.from_arrays(columns, schema=tables.PILOT_FAMILIES), fits


def _ends(truth: Truth, start: Ints, year_start: int, reached: Floats) -> Ints:
    """Return the day of each end; a family carried in is known to be served after the year began."""
    served = np.maximum(year_start - start, 0) / DAYS_PER_MONTH
    hazard = weibull_hazard(served, truth.pilot_shape, truth.pilot_scale_months) - np.log1p(-reached)
    age = weibull_age(hazard, truth.pilot_shape, truth.pilot_scale_months)
    days = np.maximum(np.ceil(age * DAYS_PER_MONTH).astype(np.int64), 1)
    return np.asarray(np.maximum(start + days, year_start + 1))


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
