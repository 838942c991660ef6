"""What was reached, counted by hand on a few rows, and tilts that are zero exactly when nothing was needed."""

from dataclasses import replace
from datetime import date
from functools import reduce

import numpy as np
import pyarrow as pa
import pytest

from evaluation.sources.published import published_figures
from evaluation.sources.synthetic import DEFAULT_TRUTH, Targets
from evaluation.sources.synthetic import tables as schemas
from evaluation.sources.synthetic.conditioning import Stage, solve_tilt
from evaluation.sources.synthetic.process import Inflow
from evaluation.sources.synthetic.reached import reached_figures

MONTH_DAYS = 365.25 / 12
FIGURE = "mean_running_months_20240325"  # printed 6.5: from 6.45 to 6.55, so the margin is 0.01


@pytest.fixture(scope="module")
def targets():
    return Targets.from_figures(published_figures())


def table(text, schema):
    """A drawn table; a dash is missing, columns not drawn are missing."""
    header, *rows = [line.split() for line in text.strip().splitlines()]

    def value(cell, kind):
        if cell == "-":
            return None
        return (
            date.fromisoformat(cell) if pa.types.is_date(kind) else float(cell) if pa.types.is_floating(kind) else cell
        )

    drawn = {name: [row[i] for row in rows] for i, name in enumerate(header)}
    columns = [
        pa.array([value(cell, field.type) for cell in drawn.get(field.name, ["-"] * len(rows))], field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


TRAJECTORIES = """
trajectory_id client_key start_date registered_on end_date   end_registered_on
a             1          2023-12-25 2023-12-27    2024-01-24 2024-01-30
b             1          2024-03-20 2024-03-25    -          -
c             2          2024-01-25 2024-02-01    2024-03-20 2024-03-26
d             3          2024-03-01 2024-03-26    -          -
e             4          2024-12-01 2024-12-02    2025-01-01 2025-01-01
"""
HOURS = """
trajectory_id month      direct_hours indirect_hours
a             2023-12-01 3            1
a             2024-01-01 5            1
b             2024-03-01 7            1
c             2024-01-01 11           1
c             2024-03-01 13           1
d             2024-03-01 17           1
e             2024-12-01 19           1
"""
PILOT = """
family_key neighbourhood household     start_date end_date   hours
1          W01           single_mother 2022-12-31 2023-01-10 3
2          W01           two_parents   2023-01-01 -          4
3          W02           single_mother 2023-12-01 2024-05-01 8
"""


def test_figures_counted_by_hand(targets):
    found = reached_figures(
        targets,
        table(TRAJECTORIES, schemas.TRAJECTORIES),
        table(HOURS, schemas.HOURS),
        table(PILOT, schemas.PILOT_FAMILIES),
    )
    # 25 March 2024: d is not registered yet; the end of c, the day after, is not known yet.
    first = {name.removesuffix("_20240325"): value for name, value in found.items() if name.endswith("_20240325")}
    assert first == pytest.approx(
        {
            "trajectories": 3,
            "clients": 2,
            "started_2023": 1,
            "started_2024": 2,
            "ended": 1,
            "active": 2,
            "mean_ended_months": 30 / MONTH_DAYS,
            "mean_running_months": (5 + 60) / 2 / MONTH_DAYS,
            # before 1 March: a ran 30 days, c 7 in January and 29 in February
            "hours_per_month": (3 + 5 + 11) / ((30 + 7 + 29) / MONTH_DAYS),
        }
    )
    # 1 January 2025: an end on the day itself is an end; d ran from 1 March, b from 20 March.
    last = {name.removesuffix("_20250101"): value for name, value in found.items() if name.endswith("_20250101")}
    assert last == pytest.approx(
        {
            "trajectories": 5,
            "clients": 4,
            "started_2023": 1,
            "started_2024": 4,
            "ended": 3,
            "active": 2,
            "mean_ended_months": (30 + 55 + 31) / 3 / MONTH_DAYS,
            "mean_running_months": (287 + 306) / 2 / MONTH_DAYS,
            "hours_per_month": (3 + 5 + 7 + 11 + 13 + 17 + 19) / ((30 + 287 + 55 + 306 + 31) / MONTH_DAYS),
        }
    )
    pilot = {name.removesuffix("_2023"): value for name, value in found.items() if name.startswith("pilot")}
    assert pilot == pytest.approx(
        {
            "pilot_families": 3,
            "pilot_new_families": 2,
            "pilot_carried_in": 1,
            "pilot_single_mothers": 2,
            "pilot_neighbourhoods": 2,
            "pilot_hours_per_family": (3 + 4 + 8) / 3,
            # to 31 December where support still runs: 10, 364 and 30 days
            "pilot_length_months": (10 + 364 + 30) / 3 / MONTH_DAYS,
        }
    )


@pytest.mark.parametrize("natural", [6.45, 6.451, 6.5, 6.549, 6.55])
def test_a_figure_within_its_rounding_is_not_tilted(targets, natural):
    fit = solve_tilt(lambda tilt: natural + tilt, targets, FIGURE)
    assert (fit.natural, fit.tilt) == (natural, 0.0)


@pytest.mark.parametrize(
    ("natural", "reached"),
    [(6.44, 6.46), (5.0, 6.46), (6.551, 6.54), (8.0, 6.54)],  # the nearest end, 0.01 inside
)
def test_a_figure_outside_its_rounding_is_brought_to_the_nearest_end(targets, natural, reached):
    rising = solve_tilt(lambda tilt: natural + tilt, targets, FIGURE)
    falling = solve_tilt(lambda tilt: natural - 2 * tilt, targets, FIGURE)
    assert rising.tilt == pytest.approx(reached - natural)
    assert falling.tilt == pytest.approx((natural - reached) / 2)


def test_a_figure_out_of_reach_is_refused(targets):
    with pytest.raises(ValueError, match=r"6\.5 cannot be reached from 1"):
        solve_tilt(lambda tilt: 1 + tilt, targets, FIGURE)


def test_order_sampling_comes_near_bernoulli_trials_given_their_number():
    # Sixty trajectories, twenty ended. Given the number, the chance of a set is proportional to the product of its
    # odds, so that of one trajectory is its odds times e(19) of all others over e(20) of all, with e(k) the sum of
    # products of k odds: the coefficient of x^k in the product of (1 + odds x).
    start, nothing = np.arange(0, 600, 10), np.zeros(60, dtype=np.int64)
    stage = Stage(DEFAULT_TRUTH, Inflow(start, start, nothing, nothing), start, 600, np.zeros(60), np.zeros(60))
    odds = np.expm1(stage.risk)

    def sum_of_products(of, count):
        return reduce(np.convolve, [np.array([1.0, one]) for one in of])[count]

    exact = [one * sum_of_products(np.delete(odds, i), 19) / sum_of_products(odds, 20) for i, one in enumerate(odds)]
    assert sum(exact) == pytest.approx(20)
    rng = np.random.default_rng(1)
    drawn = [replace(stage, noise=rng.logistic(size=60)).chosen(20, 0.0) for _ in range(10_000)]
    # The standard error of a chance is at most 0.005.
    assert np.mean(drawn, axis=0) == pytest.approx(exact, abs=0.02)
