"""Price, volume and mix: nothing is left over, and the two methods agree where they must."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.measures.decomposition import METHODS, Method, chained, contributions, logarithmic_mean

PROPERTY = settings(max_examples=150)
POSITIVE = st.floats(1e-3, 1e3)
NOT_NEGATIVE = st.one_of(st.just(0.0), POSITIVE)


def factors(drawn: list[list[float]]) -> pd.DataFrame:
    """Groups in rows; factors a, b, c in columns."""
    return pd.DataFrame(drawn, columns=list("abc")[: len(drawn[0])], dtype=float)


def total(table: pd.DataFrame) -> float:
    return float(table.prod(axis=1).sum())


def rounding_error(base: pd.DataFrame, final: pd.DataFrame) -> float:
    """How far sums of products of these sizes may be off in floating point."""
    largest = pd.concat([base, final]).groupby(level=0).max()
    return 1e-9 * total(largest) + 1e-15


@st.composite
def two_years(draw: st.DrawFn, values: st.SearchStrategy[float] = POSITIVE) -> tuple[pd.DataFrame, pd.DataFrame]:
    width, height = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    years = st.lists(st.lists(values, min_size=width, max_size=width), min_size=height, max_size=height)
    return factors(draw(years)), factors(draw(years))


# --- worked examples ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "price", "rest"), [("lmdi", 10.08, 11.92), ("bennet", 10.08, 11.92)])
def test_the_council_total_rose_by_22_of_which_prices_are_10(method: Method, price: float, rest: float) -> None:
    # 75 = 1 x 75 and 97 = 1.12507 x 86.217. LMDI: 22 / ln(97 / 75) x ln 1.12507 = 85.527 x 0.11785 = 10.079.
    # Bennet: 0.12507 x (75 + 86.217) / 2 = 10.082.
    found = contributions(factors([[1, 75]]), factors([[1.12507, 97 / 1.12507]]), method).iloc[0]
    assert found.tolist() == pytest.approx([price, rest], abs=0.005)


def test_bennet_of_two_factors_is_the_mean_of_both_weights() -> None:
    # Price 2 -> 3 and volume 10 -> 14: price (3 - 2) x (10 + 14) / 2 = 12, volume (14 - 10) x (2 + 3) / 2 = 10.
    found = contributions(factors([[2, 10]]), factors([[3, 14]]), "bennet").iloc[0]
    assert found.tolist() == pytest.approx([12, 10])  # 42 - 20 = 22


def test_bennet_of_three_factors_is_the_mean_over_all_orders() -> None:
    # 1 x 1 x 1 -> 2 x 3 x 4 = 24. a changes first (weight 1/3): 1 x 1 x 1 = 1; after b or after c (1/6 each): 3 and 4;
    # last (1/3): 12. 1/3 + 3/6 + 4/6 + 12/3 = 5.5.
    # b: 2 x (1/3 + 2/6 + 4/6 + 8/3) = 8. c: 3 x (1/3 + 2/6 + 3/6 + 6/3) = 9.5.
    found = contributions(factors([[1, 1, 1]]), factors([[2, 3, 4]]), "bennet").iloc[0]
    assert found.tolist() == pytest.approx([5.5, 8, 9.5])  # together 23


def test_two_sectors_in_three_factors() -> None:
    # Energy 30 + 20 -> 80 + 16 as activity x structure x intensity: output 10 + 40 = 50 -> 40 + 40 = 80.
    # L(80, 30) = 50.977, L(16, 20) = 17.926; activity: (50.977 + 17.926) x ln(80 / 50) = 32.385;
    # structure: 50.977 x ln(0.5 / 0.2) + 17.926 x ln(0.5 / 0.8) = 38.285;
    # intensity: 50.977 x ln(2 / 3) + 17.926 x ln(0.4 / 0.5) = -24.670. Together 46.
    base, final = factors([[50, 0.2, 3], [50, 0.8, 0.5]]), factors([[80, 0.5, 2], [80, 0.5, 0.4]])
    assert contributions(base, final, "lmdi").sum().tolist() == pytest.approx([32.385, 38.285, -24.670], abs=5e-4)


def test_the_logarithmic_mean_and_its_limits() -> None:
    assert logarithmic_mean(97, 75) == pytest.approx(22 / math.log(97 / 75))
    assert logarithmic_mean(5, 5) == 5
    assert logarithmic_mean(5, 5 * (1 + 1e-15)) == pytest.approx(5)  # the difference of logarithms alone would be noise
    assert (logarithmic_mean(5, 0), logarithmic_mean(0, 5), logarithmic_mean(0, 0)) == (0, 0, 0)


# --- zeros --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_a_new_product_without_an_earlier_price_is_all_volume(method: Method) -> None:
    found = contributions(factors([[math.nan, 0]]), factors([[2, 10]]), method).iloc[0]
    assert found.tolist() == pytest.approx([0, 20])
    stopped = contributions(factors([[2, 10]]), factors([[math.nan, 0]]), method).iloc[0]
    assert stopped.tolist() == pytest.approx([0, -20])


def test_a_new_product_with_a_known_price_is_all_volume_in_the_limit_of_lmdi() -> None:
    # Price 2 -> 3 while volume goes 0 -> 10: the limit gives all 30 to volume; Bennet gives (3 - 2) x 5 to price.
    assert contributions(factors([[2, 0]]), factors([[3, 10]]), "lmdi").iloc[0].tolist() == [0, 30]
    assert contributions(factors([[2, 0]]), factors([[3, 10]]), "bennet").iloc[0].tolist() == [5, 25]


def test_factors_that_appear_together_share_equally() -> None:
    assert contributions(factors([[0, 0, 5]]), factors([[3, 10, 6]]), "lmdi").iloc[0].tolist() == [90, 90, 0]


@pytest.mark.parametrize("method", METHODS)
def test_nothing_before_and_after_contributes_nothing(method: Method) -> None:
    # The first factor was zero before, the second after: the product is zero in both years.
    assert contributions(factors([[0, 7]]), factors([[5, 0]]), "lmdi").iloc[0].tolist() == [0, 0]
    assert contributions(factors([[2, 0]]), factors([[3, 0]]), method).iloc[0].tolist() == [0, 0]


@PROPERTY
@given(years=two_years(NOT_NEGATIVE))
def test_zeros_are_the_limit_of_ever_smaller_values(years: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    base, final = years
    exact = contributions(base, final, "lmdi")
    scale = max(total(base), total(final), 1e-9)
    errors = []
    for exponent in (20, 40, 80):
        small = 10.0**-exponent
        near = contributions(base.replace(0, small), final.replace(0, small), "lmdi")
        errors.append(float((near - exact).abs().max().max()) / scale)
    # Convergence is that of 1 / ln(small): each doubling of the exponent at least nearly halves what is left.
    assert errors[2] <= 0.65 * errors[0] + 1e-9
    assert errors[2] <= 0.25


# --- properties ---------------------------------------------------------------------------------------------------


@PROPERTY
@given(years=two_years(NOT_NEGATIVE), method=st.sampled_from(METHODS))
def test_nothing_is_left_over(years: tuple[pd.DataFrame, pd.DataFrame], method: Method) -> None:
    base, final = years
    slack = rounding_error(base, final)
    assert contributions(base, final, method).to_numpy().sum() == pytest.approx(total(final) - total(base), abs=slack)


@PROPERTY
@given(years=two_years(NOT_NEGATIVE), method=st.sampled_from(METHODS))
def test_time_reversed_every_contribution_changes_its_sign(
    years: tuple[pd.DataFrame, pd.DataFrame], method: Method
) -> None:
    base, final = years
    there, back = contributions(base, final, method), contributions(final, base, method)
    slack = rounding_error(base, final)
    assert (there + back).abs().max().max() <= slack


@PROPERTY
@given(v0=POSITIVE, a=st.floats(-0.3, 0.3), b=st.floats(-0.3, 0.3))
def test_lmdi_and_bennet_differ_by_a_known_term_of_third_order(v0: float, a: float, b: float) -> None:
    base, final = factors([[1, v0]]), factors([[math.exp(a), v0 * math.exp(b)]])
    difference = contributions(base, final, "bennet").iloc[0, 0] - contributions(base, final, "lmdi").iloc[0, 0]
    mean = v0 * math.exp((a + b) / 2)
    # The next terms are of fifth order in the growth.
    assert abs(difference - mean * a * b * (b - a) / 12) <= 0.05 * mean * max(abs(a), abs(b)) ** 5 + 1e-12 * v0


@PROPERTY
@given(years=two_years(), method=st.sampled_from(METHODS), scale=POSITIVE)
def test_a_factor_that_stands_still_contributes_nothing_and_scale_carries_over(
    years: tuple[pd.DataFrame, pd.DataFrame], method: Method, scale: float
) -> None:
    base, final = years
    same = final.assign(a=base["a"])
    assert contributions(base, same, method)["a"].abs().max() == 0
    scaled = contributions(base.assign(a=base["a"] * scale), final.assign(a=final["a"] * scale), method)
    slack = scale * rounding_error(base, final)
    assert (scaled - scale * contributions(base, final, method)).abs().max().max() <= slack


@pytest.mark.parametrize("method", METHODS)
def test_chained_steps_add_up_to_the_whole_change(method: Method) -> None:
    years = {2024: factors([[1.2, 80]]), 2022: factors([[1, 75]]), 2023: factors([[1.1, 78]])}
    found = chained(years, method)
    assert found[["base_year", "final_year"]].drop_duplicates().to_numpy().tolist() == [[2022, 2023], [2023, 2024]]
    assert found["contribution"].sum() == pytest.approx(96 - 75)
    # 85.8 - 75 = 10.8 in the first step and 96 - 85.8 = 10.2 in the second.
    assert found.groupby("final_year")["contribution"].sum().tolist() == pytest.approx([10.8, 10.2])


def test_one_year_has_no_change_to_share_out() -> None:
    assert chained({2022: factors([[1, 75]])}, "lmdi").empty


# --- refusals -----------------------------------------------------------------------------------------------------


def test_a_missing_factor_of_a_group_that_is_there_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"^a of 0 is missing; give it"):
        contributions(factors([[math.nan, 4]]), factors([[2, 10]]), "lmdi")


def test_a_negative_factor_and_other_groups_are_refused() -> None:
    with pytest.raises(ValueError, match="b of 1 is negative"):
        contributions(factors([[1, 1], [1, 1]]), factors([[1, 1], [1, -1]]), "bennet")
    with pytest.raises(ValueError, match="the same groups and factors"):
        contributions(factors([[1, 1]]), factors([[1, 1], [1, 1]]), "lmdi")
