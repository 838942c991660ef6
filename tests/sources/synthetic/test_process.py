"""The process: its closed forms, and estimators that have to find it back in what it simulates."""

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import integrate
from statsmodels.duration.survfunc import SurvfuncRight

from evaluation.sources.synthetic import DEFAULT_TRUTH, Truth, simulate

MONTH_DAYS = 365.25 / 12
UNTIL = date(2027, 1, 1)


@pytest.fixture(scope="module")
def simulated():
    frame = simulate(DEFAULT_TRUTH, 60_000, 5, UNTIL, hours=False).trajectories.to_pandas()
    days = [name for name in frame if name.endswith(("_date", "_on"))]
    frame[days] = frame[days].apply(pd.to_datetime)
    origin = frame["original_start_date"].fillna(frame["start_date"])
    stop = frame["end_date"].fillna(pd.Timestamp(UNTIL))
    return frame.assign(
        entry=(frame["start_date"] - origin).dt.days / MONTH_DAYS,
        months=(stop - origin).dt.days / MONTH_DAYS,
        ended=frame["end_date"].notna().astype(int),
    )


def test_closed_forms_agree_with_each_other():
    truth = Truth(shape=1.3, scale_months=16.0, certified_institution_effect=1.5)
    # exp(-1) at the scale; ln 2 to the power 1 / 1.3, times 16; a GI lasts half as long again
    assert truth.survival(16.0, "01") == pytest.approx(math.exp(-1))
    assert truth.median_months("02") == pytest.approx(16 * math.log(2) ** (1 / 1.3))
    assert truth.median_months("04") == pytest.approx(1.5 * truth.median_months("01"))
    for referrer in ("01", "04"):
        assert truth.survival(truth.median_months(referrer), referrer) == pytest.approx(0.5)
        area, _ = integrate.quad(lambda t, code=referrer: float(truth.survival(t, code)), 0, 24)
        assert truth.restricted_mean(24, referrer) == pytest.approx(area)
        assert truth.restricted_mean(1e6, referrer) == pytest.approx(truth.mean_months(referrer))


def test_an_exponential_truth_has_its_scale_as_mean():
    assert Truth(shape=1.0, scale_months=7.0).mean_months("01") == pytest.approx(7)


def test_unknown_referrer_is_refused():
    with pytest.raises(ValueError, match="unknown referrer '07'"):
        DEFAULT_TRUTH.survival(3, "07")


@pytest.mark.parametrize("referrer", ["01", "02", "04"])
def test_kaplan_meier_finds_the_true_median_under_censoring_and_delayed_entry(simulated, referrer):
    rows = simulated[(simulated["referrer_code"] == referrer) & (simulated["months"] > simulated["entry"])]
    curve = SurvfuncRight(rows["months"], rows["ended"], entry=rows["entry"])
    assert rows["ended"].mean() < 0.97
    assert curve.quantile(0.5) == pytest.approx(DEFAULT_TRUTH.median_months(referrer), rel=0.05)


def test_kaplan_meier_of_new_trajectories_finds_the_true_curve(simulated):
    rows = simulated[(simulated["entry"] == 0) & (simulated["referrer_code"] != "04")]
    curve = SurvfuncRight(rows["months"], rows["ended"])
    for months in (3, 6, 12, 24):
        found = curve.surv_prob[np.searchsorted(curve.surv_times, months, side="right") - 1]
        assert found == pytest.approx(float(DEFAULT_TRUTH.survival(months, "01")), abs=0.01)


def test_the_mean_of_the_ended_is_too_short_as_it_must_be(simulated):
    recent = simulated[(simulated["start_date"] >= "2024-01-01") & (simulated["referrer_code"] != "04")]
    assert recent.loc[recent["ended"] == 1, "months"].mean() < 0.9 * DEFAULT_TRUTH.mean_months("01")


def test_certified_institutions_last_longer(simulated):
    running_after_a_year = simulated[simulated["start_date"].between("2024-01-01", "2025-12-31")].assign(
        long=lambda rows: rows["months"] > 12
    )
    share = running_after_a_year.groupby("referrer_code")["long"].mean()
    assert share["04"] > share.drop("04").max()


def test_certified_institutions_come_slowly(simulated):
    two = simulated[simulated["phase"] == 2]
    quarter = two["start_date"].dt.to_period("Q")
    share = (two["referrer_code"] == "04").groupby(quarter).mean()
    assert share["2024Q1"] < 0.08 < share["2024Q3"]


def test_registration_delay_shrinks(simulated):
    # The last months are left out: there, long delays are not yet in the delivery.
    year = simulated["start_date"].dt.year
    delay = (simulated["registered_on"] - simulated["start_date"]).dt.days.groupby(year).mean()
    assert delay[2023] > delay[2024] > delay[2025] > 0


def test_missing_reasons_shrink_and_differ_by_team(simulated):
    ended = simulated[simulated["ended"] == 1]
    missing = ended["end_reason"].isna()
    by_year = missing.groupby(ended["end_date"].dt.year).mean()
    assert by_year[2023] > by_year[2024] > by_year[2025]
    by_team = missing.groupby(ended["team"]).mean()
    assert by_team.max() > 1.5 * by_team.min()


def test_inflow_declines_after_the_wave(simulated):
    per_month = simulated.groupby(simulated["start_date"].dt.to_period("M")).size()
    assert per_month["2023-01"] > per_month["2023-04"]
    assert per_month["2024-02"] > per_month["2024-11"]


@pytest.mark.parametrize("n", [0, 1, 2, 3, 10])
def test_small_registries(n):
    tables = simulate(DEFAULT_TRUTH, n, 3, date(2025, 1, 1))
    assert tables.trajectories.num_rows == n
    assert tables.clients.num_rows <= n
    assert set(tables.hours["trajectory_id"].to_pylist()) <= set(tables.trajectories["trajectory_id"].to_pylist())


def test_a_delivery_before_the_service_began_is_refused():
    with pytest.raises(ValueError, match="before the first day"):
        simulate(DEFAULT_TRUTH, 5, 1, date(2022, 12, 31))
