"""In line with the national picture: the tests, what they are held against, and where booking decides."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

from evaluation.evidence import Evidence
from evaluation.measures.benchmark import GrowthComparison, ImprovenGrowth, Scope, compare_growth
from evaluation.measures.booking import booking_practice
from evaluation.measures.costs import price_change
from evaluation.measures.equivalence import Equivalence, equivalence, two_one_sided_tests
from evaluation.sources.benchmark import iv3_municipalities, iv3_national, price_indices

from .test_benchmark import FIVE, compare

NO_IMPROVEN = ImprovenGrowth({})
YEARS = {"base_year": 2022, "final_year": 2024}


def found_in(
    comparison: GrowthComparison, margin: float = 0.05, improven: ImprovenGrowth = NO_IMPROVEN, prices: float = 0.0
) -> Equivalence:
    return equivalence(comparison, improven, margin=margin, price_index="vng", price_change=prices)


def test_the_worked_example_of_two_points_and_a_margin_of_five() -> None:
    # Gap 2, standard error 1.5, margin 5: z = (5 - 2) / 1.5 = 2 and (5 + 2) / 1.5 = 4.67; the larger p is 0.0228.
    tested = two_one_sided_tests(2, 1.5, 5)
    assert tested.p_value == pytest.approx(0.02275, abs=5e-6)
    # 90% interval: 2 -/+ 1.645 x 1.5; it lies inside 5.
    assert (tested.ci_low, tested.ci_high) == pytest.approx((-0.467, 4.467), abs=5e-4)
    assert tested.smallest_margin == pytest.approx(4.467, abs=5e-4)
    assert tested.verdict == "in_line"


@pytest.mark.parametrize(
    ("gap", "standard_error", "verdict"),
    [(0, 10, "undecided"), (4, 1, "undecided"), (8, 1, "not_in_line"), (-8, 1, "not_in_line"), (0.1, 0.1, "in_line")],
)
def test_noise_does_not_make_things_alike(gap: float, standard_error: float, verdict: str) -> None:
    # A gap of nothing with a standard error of ten is no proof of being within five.
    assert two_one_sided_tests(gap, standard_error, 5).verdict == verdict


@settings(max_examples=100)
@given(st.floats(-0.5, 0.5), st.floats(0.001, 0.3), st.floats(0.01, 0.5), st.sampled_from([3.0, 29.0, math.inf]))
def test_the_interval_inside_the_margin_and_the_p_value_agree(
    gap: float, standard_error: float, margin: float, df: float
) -> None:
    tested = two_one_sided_tests(gap, standard_error, margin, df)
    assume(abs(tested.p_value - 0.05) > 1e-6)
    assert (tested.verdict == "in_line") == (tested.p_value < 0.05)
    assert (tested.smallest_margin < margin) == (tested.p_value < 0.05)
    mirrored = two_one_sided_tests(-gap, standard_error, margin, df)
    assert mirrored.p_value == pytest.approx(tested.p_value)


def test_groningen_is_held_against_the_mean_of_the_others() -> None:
    # Others 5, 30 and 50%: mean 28.33, s = 22.55, SE = 13.02; Groningen 10%, so the gap is -18.33 points.
    row = found_in(compare()).frame.set_index("basis").loc["nominal"]
    assert (row["others_mean"], row["others_sd"], row["gap"]) == pytest.approx((0.28333, 0.22546, -0.18333), abs=5e-6)
    # t(2) at 95% is 2.920, so the interval is -18.33 -/+ 38.01.
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((-0.56343, 0.19676), abs=5e-5)
    assert row["rank"] == 2
    assert row["verdict"] == "undecided"


def test_the_p_value_is_that_of_statsmodels() -> None:
    comparison = compare()
    own = comparison.own
    others = comparison.municipalities.query("municipality_code != 'GM0014'")["growth"]
    expected, *_ = DescrStatsW(own - others).ttost_mean(-0.3, 0.3)
    assert found_in(comparison, 0.3).frame["p_value"].iloc[0] == pytest.approx(expected)


def test_a_single_case_has_the_wider_error() -> None:
    # SE = 22.55 x sqrt(1 + 1/3) = 26.03; smallest margin 18.33 + 2.920 x 26.03.
    row = found_in(compare()).frame.iloc[0]
    assert row["chance_margin"] == pytest.approx(0.18333 + 2.91999 * 0.260342, abs=5e-5)
    assert row["chance_margin"] > row["smallest_margin"]


def test_the_difference_from_the_mean_is_the_t_interval_of_statsmodels() -> None:
    comparison = compare()
    others = comparison.municipalities.query("municipality_code != 'GM0014'")["growth"]
    row = found_in(comparison).frame.iloc[0]
    # t(2) at 97.5% is 4.303, so the interval is -18.33 -/+ 4.303 x 13.02.
    assert (row["mean_low"], row["mean_high"]) == pytest.approx((-0.18333 - 0.56010, -0.18333 + 0.56010), abs=5e-4)
    expected = DescrStatsW(comparison.own - others).tconfint_mean(0.05)
    assert (row["mean_low"], row["mean_high"]) == pytest.approx(expected)


def test_a_single_case_is_a_group_of_one() -> None:
    comparison = compare()
    others = comparison.municipalities.query("municipality_code != 'GM0014'")["growth"]
    row = found_in(comparison).frame.iloc[0]
    # With one value in a group the pooled t-test takes its variance from the other group alone: Crawford and Howell.
    assert row["single_case_p"] == pytest.approx(stats.ttest_ind([comparison.own], others).pvalue)
    # Of 5, 30 and 50% one lies below the 10% of Groningen.
    assert row["n_beyond"] == 1


def test_a_growth_that_no_other_comes_near_is_unusual() -> None:
    accounts = FIVE.copy()
    own = (accounts["municipality_code"] == "GM0014") & (accounts["year"] == 2024)
    accounts.loc[own, "expenditure_keur"] *= 20
    found = compare_growth(
        accounts, iv3_national(), scope="excl_6_2", base_year=2022, final_year=2024, price_change=0, price_index="vng"
    )
    tested = found_in(found)
    assert (tested.differs_from_mean, tested.unusual, tested.main["n_beyond"]) == (True, True, 0)


def test_real_growth_divides_every_growth_by_the_rise_of_prices() -> None:
    frame = found_in(compare(), prices=0.1).frame.set_index("basis")
    # Groningen 1.10 / 1.10 - 1 = 0; the gap shrinks by the same factor.
    assert frame.loc["real", "own"] == pytest.approx(0)
    assert frame.loc["real", "gap"] == pytest.approx(frame.loc["nominal", "gap"] / 1.1)
    # Per inhabitant: Groningen 0%, others 5, 30 and 20%.
    assert frame.loc["nominal_per_inhabitant", "gap"] == pytest.approx(-0.55 / 3)


def test_improven_is_compared_in_its_own_terms_and_scope_only() -> None:
    assert found_in(compare()).frame["improven"].isna().all()
    frame = found_in(compare(), improven=ImprovenGrowth({"excl_6_2": 0.25, "incl_6_2": 0.9})).frame.set_index("basis")
    assert frame.loc["nominal", ["improven", "improven_gap"]].tolist() == pytest.approx([0.25, -0.15])
    assert frame["improven"].notna().sum() == 1


def test_a_municipality_is_not_part_of_its_own_benchmark() -> None:
    # Were Groningen's growth to change, nothing it is held against may move.
    other = FIVE.copy()
    own = (other["municipality_code"] == "GM0014") & (other["year"] == 2024)
    other.loc[own, "expenditure_keur"] *= 3
    country = iv3_national()
    moved = compare_growth(
        other, country, scope="excl_6_2", base_year=2022, final_year=2024, price_change=0, price_index="vng"
    )
    assert found_in(moved).frame["others_mean"].tolist() == found_in(compare()).frame["others_mean"].tolist()


def test_booking_is_the_share_of_the_neighbourhood_teams() -> None:
    booking = booking_practice(FIVE, base_year=2022, final_year=2024)
    # Groningen 50 / 150 to 70 / 180; Borne 50 / 150 to 20 / 125, Culemborg to 50 / 180, Delft to 80 / 230. Epe is out.
    assert (booking.own_base, booking.own_final) == pytest.approx((1 / 3, 70 / 180))
    assert (booking.others_base, booking.others_final) == pytest.approx((1 / 3, 50 / 180))
    assert (booking.rank, booking.n) == (1, 4)


# --- the real accounts --------------------------------------------------------------------------------------------


def of_groningen(scope: Scope, margin: float) -> Equivalence:
    prices = price_change(price_indices(), "vng", 2022, 2024)
    comparison = compare_growth(
        iv3_municipalities(),
        iv3_national(),
        scope=scope,
        base_year=2022,
        final_year=2024,
        price_change=prices,
        price_index="vng",
    )
    return found_in(comparison, margin, prices=prices)


@pytest.mark.parametrize("scope", ["excl_6_2", "incl_6_2"])
def test_thirty_others_and_public_statistics(scope: Scope) -> None:
    found = of_groningen(scope, 0.05)
    measures = {measure.id: measure for measure in found.measures()}
    assert set(measures) == {
        f"benchmark.gap_{scope}",
        f"benchmark.equivalence_p_{scope}",
        f"benchmark.margin_with_chance_{scope}",
        f"benchmark.gap_with_mean_{scope}",
        f"benchmark.single_case_p_{scope}",
        f"benchmark.others_beyond_{scope}",
    }
    assert {measure.n for measure in measures.values()} == {30}
    assert {measure.evidence for measure in measures.values()} == {Evidence.BENCHMARK}
    gap = measures[f"benchmark.gap_{scope}"]
    assert gap.ci_low < gap.estimate < gap.ci_high
    assert gap.ci_level == pytest.approx(0.9)
    # The same gap with the interval of a two-sided test at 5%, which is wider.
    with_mean = measures[f"benchmark.gap_with_mean_{scope}"]
    assert with_mean.ci_level == pytest.approx(0.95)
    assert with_mean.estimate == gap.estimate
    assert with_mean.ci_low < gap.ci_low < gap.ci_high < with_mean.ci_high


def test_groningen_grew_less_than_the_mean_but_not_less_than_municipalities_do() -> None:
    narrow, wide = of_groningen("excl_6_2", 0.05), of_groningen("incl_6_2", 0.05)
    # Without the teams the mean of the others is out of reach, yet ten of the thirty grew even less.
    assert (narrow.differs_from_mean, narrow.unusual, narrow.main["n_beyond"]) == (True, False, 10)
    assert narrow.main["single_case_p"] == pytest.approx(0.53, abs=0.005)
    assert (wide.differs_from_mean, wide.unusual) == (False, False)


@settings(max_examples=10)
@given(factor=st.floats(1e-3, 1e3))
def test_scaling_every_amount_changes_no_rank_and_no_test(factor: float) -> None:
    scaled = FIVE.assign(expenditure_keur=FIVE["expenditure_keur"] * factor)
    country = iv3_national()
    there = compare_growth(
        scaled, country, scope="excl_6_2", base_year=2022, final_year=2024, price_change=0, price_index="vng"
    )
    pd.testing.assert_frame_equal(found_in(there).frame, found_in(compare()).frame)
