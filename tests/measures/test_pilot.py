"""What 21 families can and cannot show."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from scipy import stats

from evaluation.evidence import Bounded
from evaluation.measures.pilot import (
    PilotFigures,
    counts_behind,
    proportion_intervals,
    reach,
    single_mothers,
    smallest_detectable_effect,
    stock_check,
)


def pilot(
    families: int = 21, new: int = 9, share: Bounded | None = None, length: Bounded | None = None
) -> PilotFigures:
    """Figures as printed: 21 families, 9 new, 57% single mothers, length of almost 8 months."""
    return PilotFigures(
        year=2023,
        families=families,
        new_families=new,
        single_mother_share=share or Bounded(57, 56.5, 57.5),
        length_months=length or Bounded(8, 7.5, 8),
        hours_per_family=Bounded(4, 4, 4.5),
        neighbourhoods=10,
        printed=pd.DataFrame(),
    )


def interval(count: int, n: int, method: str, level: float = 0.95) -> tuple[float, float]:
    row = proportion_intervals(count, n, level).set_index("method").loc[method]
    return row["low"], row["high"]


@pytest.mark.parametrize(
    ("count", "n", "method", "expected", "tolerance"),
    [
        # With p = 12/21 and z = 1.96: (p + z2/42 -+ z sqrt(p(1-p)/21 + z2/1764)) / (1 + z2/21).
        (12, 21, "wilson", (0.36547, 0.75530), 5e-6),
        (12, 21, "clopper_pearson", (0.340, 0.782), 5e-4),
        (12, 21, "jeffreys", (0.362, 0.763), 5e-4),
        (81, 263, "wilson", (0.2553, 0.3662), 5e-5),  # Newcombe (1998), Statistics in Medicine 17, table I
    ],
)
def test_intervals_reproduce_worked_examples(
    count: int, n: int, method: str, expected: tuple[float, float], tolerance: float
) -> None:
    assert interval(count, n, method) == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize(("count", "n"), [(0, 9), (1, 9), (5, 9), (9, 9), (12, 21), (20, 21)])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_clopper_pearson_is_the_pair_of_beta_quantiles(count: int, n: int, level: float) -> None:
    # Clopper and Pearson (1934): the ends are quantiles of Beta(c, n - c + 1) and Beta(c + 1, n - c).
    tail = (1 - level) / 2
    low = stats.beta.ppf(tail, count, n - count + 1) if count else 0.0
    high = stats.beta.ppf(1 - tail, count + 1, n - count) if count < n else 1.0
    assert interval(count, n, "clopper_pearson", level) == pytest.approx((low, high), abs=1e-12)


def coverage(method: str, share: float, n: int) -> float:
    """Probability that the 95% interval contains the true share, summed over every possible count."""
    inside = [low <= share <= high for low, high in (interval(count, n, method) for count in range(n + 1))]
    return float(stats.binom.pmf(range(n + 1), n, share) @ inside)


@pytest.mark.parametrize("n", [9, 21])
def test_clopper_pearson_contains_the_truth_at_least_95_times_in_100_for_every_share(n: int) -> None:
    assert min(coverage("clopper_pearson", share, n) for share in (0.02, 0.1, 0.25, 0.4, 0.5, 0.57, 0.8, 0.98)) >= 0.95


def test_wilson_does_not_guarantee_its_level_which_is_why_the_exact_interval_is_published() -> None:
    # True share 2%, n = 9: a count of 1 has probability 0.153, and its Wilson interval begins at 2.0%: just above.
    # The lower end of 1 / 9 by hand: (1/9 + z2/18 - z sqrt(8/729 + z2/324)) / (1 + z2/9) = 0.0199 with z = 1.96.
    low = interval(1, 9, "wilson")[0]
    assert low == pytest.approx(0.0199, abs=5e-5)
    # So a true share of 1.9% is missed by every count but 0: coverage 0.981 ** 9 = 0.841.
    assert coverage("wilson", 0.019, 9) == pytest.approx(0.981**9)


@pytest.mark.parametrize(("level", "wider_than"), [(0.95, 0.9), (0.99, 0.95)])
def test_a_higher_level_gives_a_wider_interval(level: float, wider_than: float) -> None:
    low, high = interval(12, 21, "clopper_pearson", level)
    narrow_low, narrow_high = interval(12, 21, "clopper_pearson", wider_than)
    assert low < narrow_low < narrow_high < high


# --- the count behind a percentage --------------------------------------------------------------------------------


def test_57_percent_of_21_is_12_families() -> None:
    # 11 / 21 = 52.4%, 12 / 21 = 57.1%, 13 / 21 = 61.9%.
    assert counts_behind(Bounded(57, 56.5, 57.5), 21) == (12,)


def test_a_large_group_has_several_counts_behind_one_percentage() -> None:
    # 57% of 200 after rounding: 113 / 200 = 56.5%, 114 = 57.0%, 115 = 57.5%.
    assert counts_behind(Bounded(57, 56.5, 57.5), 200) == (113, 114, 115)


def test_a_percentage_that_no_count_gives_has_none() -> None:
    # Of 9: 5 / 9 = 55.6% and 6 / 9 = 66.7%.
    assert counts_behind(Bounded(57, 56.5, 57.5), 9) == ()


@pytest.mark.parametrize(("percent", "expected"), [(0, (0, 1)), (100, (299, 300))])
def test_counts_stay_between_none_and_all(percent: float, expected: tuple[int, ...]) -> None:
    # Of 300 half a percent is 1.5 families: -1.5 to 1.5 holds 0 and 1, 298.5 to 301.5 holds 299 and 300.
    assert counts_behind(Bounded(percent, percent - 0.5, percent + 0.5), 300) == expected


@pytest.mark.parametrize("n", [9, 21, 40])
def test_every_count_is_found_behind_its_own_rounded_percentage(n: int) -> None:
    for count in range(n + 1):
        printed = round(100 * count / n)
        assert count in counts_behind(Bounded(printed, printed - 0.5, printed + 0.5), n)


def test_single_mothers_are_12_of_21_with_the_exact_interval() -> None:
    found = single_mothers(pilot(), 0.95)
    assert (found.count, found.n) == (12, 21)
    share = {measure.id: measure for measure in found.measures()}["pilot.single_mother_share"]
    assert share.estimate == pytest.approx(12 / 21)
    assert (share.ci_low, share.ci_high) == pytest.approx((0.340, 0.782), abs=5e-4)
    assert (share.ci_level, share.interval, share.period) == (0.95, "confidence", "2023")


def test_a_percentage_that_fits_several_counts_has_no_share_and_no_interval() -> None:
    found = single_mothers(pilot(families=200), 0.95)
    assert found.possible_counts == (113, 114, 115)
    assert found.share is None
    assert found.intervals.empty
    share = {measure.id: measure for measure in found.measures()}["pilot.single_mother_share"]
    assert (share.estimate, share.ci_low, share.ci_high, share.ci_level, share.interval) == (None,) * 5


# --- what the group could show ------------------------------------------------------------------------------------


def power_of_paired_t_test(effect: float, n: int, level: float) -> float:
    """Power from the noncentral t distribution with n - 1 degrees of freedom and shift effect x sqrt(n)."""
    critical = stats.t.ppf((1 + level) / 2, n - 1)
    shift = effect * math.sqrt(n)
    return float(stats.nct.sf(critical, n - 1, shift) + stats.nct.cdf(-critical, n - 1, shift))


@pytest.mark.parametrize(("n", "expected"), [(21, 0.64), (9, 1.07)])
def test_only_large_changes_can_be_seen_in_so_few_families(n: int, expected: float) -> None:
    assert smallest_detectable_effect(n, 0.95, 0.8) == pytest.approx(expected, abs=5e-3)


@pytest.mark.parametrize("n", [9, 21, 210])
@pytest.mark.parametrize(("level", "power"), [(0.95, 0.8), (0.9, 0.9)])
def test_the_detectable_effect_is_detected_with_exactly_the_power_asked_for(n: int, level: float, power: float) -> None:
    effect = smallest_detectable_effect(n, level, power)
    assert power_of_paired_t_test(effect, n, level) == pytest.approx(power, abs=1e-5)


@pytest.mark.parametrize(("families", "upper"), [(21, 0.161), (30, 0.116)])
def test_what_happened_in_no_family_may_still_happen_in_one_of_six_or_nine(families: int, upper: float) -> None:
    # Clopper-Pearson for 0 of n: 1 - 0.025 ** (1 / n).
    found = reach(pilot(families=families), 0.95, 0.8).at(families, "upper_bound_of_none")
    assert found == pytest.approx(1 - 0.025 ** (1 / families))
    assert found == pytest.approx(upper, abs=5e-4)


def test_reach_covers_the_new_families_all_families_and_multiples_of_them() -> None:
    found = reach(pilot(), 0.95, 0.8)
    # 9 new, 21 in all, and 2, 5, 10 and 20 times 21.
    assert found.sizes["n"].tolist() == [9, 21, 42, 105, 210, 420]
    assert found.at(21, "detectable_effect") == pytest.approx(0.64, abs=5e-3)
    assert found.at(9, "detectable_effect") == pytest.approx(1.07, abs=5e-3)
    # Wilson half-width at the printed 57% of 21: z sqrt(p(1-p)/n + z2/4n2) / (1 + z2/n) = 0.1950 with z = 1.96.
    assert found.at(21, "half_width") == pytest.approx(0.1950, abs=5e-5)


def test_a_larger_group_narrows_everything() -> None:
    sizes = reach(pilot(), 0.95, 0.8).sizes
    for column in ("half_width", "upper_bound_of_none", "detectable_effect"):
        assert sizes[column].is_monotonic_decreasing


# --- Little's law -------------------------------------------------------------------------------------------------


def test_nine_starts_a_year_of_eight_months_explain_six_families_and_not_twelve() -> None:
    found = stock_check(pilot())
    # 9 x 8 / 12 = 6; with "almost 8" as 7.5 at the least 5.625. Carried in: 21 - 9 = 12.
    assert (found.implied_stock.low, found.implied_stock.value, found.implied_stock.high) == (5.625, 6, 6)
    assert found.carried_in == 12
    assert not found.agrees


def test_a_length_of_sixteen_months_would_explain_the_twelve() -> None:
    # 9 x 16 / 12 = 12.
    found = stock_check(pilot(length=Bounded(16, 15.5, 16.5)))
    assert found.implied_stock.value == found.carried_in == 12
    assert found.agrees
