"""Annuities against closed forms, payback against hand-made courses, and draws that repeat."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.evidence import Bounded, Evidence
from evaluation.measures.break_even import BreakEven, BreakEvenParameters, Uncertain, annuity, break_even
from evaluation.pipeline.inputs import break_even_parameters


def fixed(value: float, low: float | None = None, high: float | None = None, assumed: bool = False) -> Uncertain:
    ends = Bounded(value, value if low is None else low, value if high is None else high)
    return Uncertain(ends, "eur_million", "uniform", "drawn", assumed)


# 770 trajectories x 9.5 hours x 10 euros a month, against 4.5 million: the example worked out in the test below.
PLAIN = BreakEvenParameters(
    transition_cost=fixed(4.5),
    annuity_years=fixed(10),
    discount_rate=fixed(0),
    active_trajectories=fixed(770),
    hours_per_month=fixed(9.5),
    advantage_per_hour=fixed(10),
    double_running_months=fixed(0),
    double_running_cost=fixed(0),
    access_cost=fixed(0),
    overhead_cost=fixed(0),
)


def plain(**changes: Uncertain) -> BreakEven:
    return break_even(replace(PLAIN, **changes), horizon_years=10, draws=500, seed=1)


@pytest.mark.parametrize(
    ("present", "rate", "years", "payment"),
    [
        (200_000, 0.075 / 12, 180, 1854.0247),  # the documented example of numpy-financial's pmt
        (1000, 0.05, 10, 129.5046),  # 1000 x 0.05 / (1 - 1.05^-10)
        (4.5, 0.0, 10, 0.45),
        (4.5, 1e-12, 10, 0.45),  # the limit from above, without loss of digits
    ],
)
def test_annuities_have_their_known_values(present: float, rate: float, years: float, payment: float) -> None:
    assert annuity(present, rate, years) == pytest.approx(payment, rel=1e-6)


@settings(max_examples=60)
@given(present=st.floats(0.1, 100), rate=st.floats(0, 0.2), years=st.integers(1, 40))
def test_discounted_payments_add_up_to_the_amount(present: float, rate: float, years: int) -> None:
    payment = annuity(present, rate, years)
    assert sum(payment / (1 + rate) ** year for year in range(1, years + 1)) == pytest.approx(present)


def test_an_annuity_of_no_years_is_refused() -> None:
    with pytest.raises(ValueError, match="years is 0; an annuity needs more than 0"):
        annuity(4.5, 0.02, 0)


def test_ten_euros_an_hour_pay_back_in_five_years() -> None:
    found = plain()
    # 770 x 9.5 x 12 = 87,780 hours, 0.8778 million a year, 4.5 / 0.8778 = 5.13 years: 61.5 months, so month 62.
    assert found.hours_per_year == pytest.approx(87_780)
    assert found.advantage_eur_million == pytest.approx(0.8778)
    assert found.simple_payback_years == pytest.approx(5.12645, abs=5e-6)
    assert found.payback_months == 62
    # Without ranges every draw is the central one.
    assert (found.low_months, found.median_months, found.high_months) == (62, 62, 62)
    assert found.share_within_horizon == 1
    assert found.distribution.loc[found.distribution["month"].isin([61, 62]), "share_paid_back"].tolist() == [0, 1]


def test_other_costs_and_discounting_put_payback_off() -> None:
    # 0.2 million a year of access: 4.5 / 0.6778 = 6.64 years, 79.7 months.
    assert plain(access_cost=fixed(0.2)).payback_months == 80
    # Double running of 0.6 million a year for 18.5 months costs 0.925: 5.425 / 0.8778 = 6.18 years, 74.2 months.
    doubled = plain(double_running_cost=fixed(0.6), double_running_months=fixed(18.5))
    assert doubled.payback_months == 75
    # At 2.25%: -ln(1 - 4.5 r / 0.07315) / ln(1 + r) with r = 1.0225^(1/12) - 1 = 65.2 months.
    assert plain(discount_rate=fixed(2.25)).payback_months == 66


def test_without_an_advantage_it_is_never_paid_back() -> None:
    found = plain(advantage_per_hour=fixed(-5))
    assert (found.payback_months, found.simple_payback_years, found.median_months) == (None, None, None)
    assert found.share_within_horizon == 0
    assert found.measures()[0].estimate is None


def test_the_full_cost_writes_one_off_costs_off() -> None:
    found = plain(discount_rate=fixed(5), double_running_cost=fixed(1), double_running_months=fixed(12))
    costs = found.full_cost.set_index("component")["eur_million_per_year"]
    # 4.5 and 1.0 million at 5% over 10 years: 0.1295046 of each a year.
    assert costs["transition_annuity"] == pytest.approx(-4.5 * 0.1295046, rel=1e-6)
    assert costs["double_running"] == pytest.approx(-0.1295046, rel=1e-6)
    assert costs["net"] == pytest.approx(costs.drop("net").sum())


def test_half_the_draws_pay_back_where_half_the_range_does() -> None:
    # Advantage uniform on -10 to 30 and payback in 10 years from 4.5 / (10 x 0.08778) = 5.126 euros: 24.87 / 40 = 62%.
    found = break_even(replace(PLAIN, advantage_per_hour=fixed(10, -10, 30)), horizon_years=10, draws=20_000, seed=3)
    assert found.share_within_horizon == pytest.approx(0.622, abs=0.011)  # three standard errors of 20,000 draws
    # By month 60 from 10.253 euros on: 19.75 / 40 = 49%.
    by_five = found.distribution.loc[found.distribution["month"] == 60, "share_paid_back"].iloc[0]
    assert by_five == pytest.approx(0.494, abs=0.011)


def test_the_tornado_moves_one_at_a_time_and_ranks_by_swing() -> None:
    found = plain(advantage_per_hour=fixed(10, 5, 12), transition_cost=fixed(4.5, 4, 5))
    tornado = found.tornado.set_index("parameter")
    # Only what has a range moves. Advantage: 7 euros x 0.08778 x 10 years = 6.1446; transition: 1.
    assert list(tornado.index) == ["advantage_per_hour", "transition_cost"]
    assert tornado["swing"].tolist() == pytest.approx([6.1446, 1])
    assert found.central_position == pytest.approx(8.778 - 4.5)
    # At 5 euros: 4.389 less 4.5 after ten years, not paid back; at 12: 4.5 / 0.08778 = 51.3 months.
    assert tornado.loc["advantage_per_hour", "at_low"] == pytest.approx(-0.111)
    assert tornado["payback_at_low"].isna().tolist() == [True, False]
    assert tornado.loc["advantage_per_hour", "payback_at_high"] == 52


def test_a_dearer_transition_never_pays_back_sooner() -> None:
    months = [plain(transition_cost=fixed(cost)).payback_months or 999 for cost in (1, 2, 4, 8, 16)]
    assert months == sorted(months)


def test_the_same_seed_gives_the_same_draws_and_another_does_not() -> None:
    parameters = break_even_parameters()
    first, again, other = (break_even(parameters, horizon_years=10, draws=300, seed=seed) for seed in (5, 5, 6))
    assert first.distribution.equals(again.distribution)
    assert not first.distribution.equals(other.distribution)


def test_one_assumption_makes_everything_synthetic() -> None:
    assert plain().evidence is Evidence.PUBLISHED
    assert plain(access_cost=fixed(0.2, assumed=True)).evidence is Evidence.SYNTHETIC
    parameters = break_even_parameters()
    assert parameters.evidence is Evidence.SYNTHETIC
    # What was published is the volume and the transition; the discount rate has a public source.
    published = {name for name, given in parameters.by_name().items() if not given.assumed}
    assert published == {"transition_cost", "discount_rate", "active_trajectories", "hours_per_month"}
