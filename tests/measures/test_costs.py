"""Growth of the council's totals, nominal and real, with the interval that rounding leaves."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.evidence import Bounded, Evidence
from evaluation.measures.costs import (
    CostGrowth,
    CouncilCosts,
    cost_growth,
    deflate,
    growth_between,
    real_growth_by_index,
)
from evaluation.sources.benchmark import price_indices

from .drawn import table

# As printed: totals in whole millions, BJH in tenths of a million.
COSTS = CouncilCosts(
    total={2022: Bounded(75, 74.5, 75.5), 2023: Bounded(85, 84.5, 85.5), 2024: Bounded(97, 96.5, 97.5)},
    bjh={2023: Bounded(4.5, 4.45, 4.55), 2024: Bounded(9.7, 9.65, 9.75)},
    growth={(2022, 2024): Bounded(0.29, 0.285, 0.295)},
)


@pytest.fixture(scope="module")
def indices() -> pd.DataFrame:
    return price_indices()


def growth(
    indices: pd.DataFrame, price_index: str = "vng", base_year: int = 2022, final_year: int = 2024
) -> CostGrowth:
    return cost_growth(COSTS, indices, price_index=price_index, base_year=base_year, final_year=final_year)


def ends(bounded: Bounded) -> tuple[float, float, float]:
    return bounded.low, bounded.value, bounded.high


def test_costs_grew_by_29_percent_between_28_and_31(indices: pd.DataFrame) -> None:
    # 97 / 75 = 1.2933; at the least 96.5 / 75.5 = 1.2781, at the most 97.5 / 74.5 = 1.3087.
    assert ends(growth(indices).nominal) == pytest.approx((0.2781, 0.2933, 0.3087), abs=5e-5)


@pytest.mark.parametrize(
    ("price_index", "prices", "real"),
    [
        ("vng", 0.12507, 0.1496),  # final: 1.0643 x 1.0571 = 1.12507; 1.29333 / 1.12507 = 1.1496
        ("vng_applied", 0.11349, 0.1615),  # as paid: 1.0475 x 1.0630 = 1.11349; 1.29333 / 1.11349 = 1.1615
        ("cpi", 0.07225, 0.2062),  # consumer prices: 1.038 x 1.033 = 1.07225; 1.29333 / 1.07225 = 1.2062
        ("wage_agreement", 0.11935, 0.1554),  # 1.03 x 1.08 x (1 + 1.0125) / 2 = 1.11935; 1.29333 / 1.11935 = 1.1554
    ],
)
def test_after_prices_between_15_and_21_percent_is_left(
    indices: pd.DataFrame, price_index: str, prices: float, real: float
) -> None:
    found = growth(indices, price_index)
    assert found.price_change == pytest.approx(prices, abs=5e-6)
    assert found.real.value == pytest.approx(real, abs=5e-5)


def test_the_interval_of_real_growth_is_that_of_nominal_growth_deflated(indices: pd.DataFrame) -> None:
    # 1.27815 / 1.12507 = 1.1361 and 1.30872 / 1.12507 = 1.1632.
    assert ends(growth(indices).real) == pytest.approx((0.1361, 0.1496, 0.1632), abs=5e-5)


def test_every_price_index_deflates_the_same_nominal_growth(indices: pd.DataFrame) -> None:
    frame = real_growth_by_index(growth(indices), indices).frame.set_index("price_index")
    # The numbers of the test above, whatever index the growth itself was asked with.
    assert frame["real_growth"].round(4).to_dict() == {
        "vng": 0.1496,
        "vng_applied": 0.1615,
        "cpi": 0.2062,
        "wage_agreement": 0.1554,
    }
    assert frame.loc["vng", ["low", "high"]].tolist() == pytest.approx([0.1361, 0.1632], abs=5e-5)
    pd.testing.assert_frame_equal(
        frame, real_growth_by_index(growth(indices, "cpi"), indices).frame.set_index("price_index")
    )


def test_costs_without_bjh_grew_by_16_percent(indices: pd.DataFrame) -> None:
    found = growth(indices)
    # (97 - 9.7) / 75 = 87.3 / 75 = 1.164. Least: (96.5 - 9.75) / 75.5 = 1.1490; most: (97.5 - 9.65) / 74.5 = 1.1792.
    assert ends(found.rest_nominal) == pytest.approx((0.1490, 0.1640, 0.1792), abs=5e-5)
    # 1.164 / 1.12507 = 1.0346.
    assert found.rest_real.value == pytest.approx(0.0346, abs=5e-5)


def test_bjh_is_a_tenth_of_the_final_total(indices: pd.DataFrame) -> None:
    # 9.7 / 97; least 9.65 / 97.5, most 9.75 / 96.5.
    assert ends(growth(indices).bjh_share) == pytest.approx((0.09897, 0.1, 0.10104), abs=5e-6)


def test_with_bjh_on_top_of_the_printed_total_costs_grew_by_42_percent(indices: pd.DataFrame) -> None:
    # (97 + 9.7) / 75 = 1.4227; least (96.5 + 9.65) / 75.5 = 1.4060, most (97.5 + 9.75) / 74.5 = 1.4396.
    assert ends(growth(indices).with_bjh_on_top) == pytest.approx((0.4060, 0.4227, 0.4396), abs=5e-5)


def test_bjh_in_the_base_year_is_taken_off_the_base_as_well(indices: pd.DataFrame) -> None:
    found = growth(indices, base_year=2023)
    # (97 - 9.7) / (85 - 4.5) = 87.3 / 80.5 = 1.0845; prices of 2024 alone: 5.71%.
    assert found.rest_nominal.value == pytest.approx(0.0845, abs=5e-5)
    # On top of both totals: (97 + 9.7) / (85 + 4.5) = 106.7 / 89.5 = 1.1922.
    assert found.with_bjh_on_top.value == pytest.approx(0.1922, abs=5e-5)
    assert found.price_change == pytest.approx(0.0571)


def test_the_printed_growth_of_29_percent_agrees_with_the_printed_totals(indices: pd.DataFrame) -> None:
    found = growth(indices)
    # 29% stands for 28.5 to 29.5%, and 97 / 75 = +29.33%.
    assert found.printed is not None
    assert found.printed.contains(found.nominal.value)


def test_no_growth_was_printed_for_other_years(indices: pd.DataFrame) -> None:
    assert growth(indices, final_year=2023).printed is None


def test_each_year_shows_total_bjh_and_rest(indices: pd.DataFrame) -> None:
    frame = growth(indices).by_year
    expected = table(
        """
        year  total_eur_million  bjh_eur_million  rest_eur_million  rest_low  rest_high
        2022  75                 0                75                74.5      75.5
        2023  85                 4.5              80.5              79.95     81.05
        2024  97                 9.7              87.3              86.75     87.85
        """
    ).astype(float)
    # 2023: 84.5 - 4.55 = 79.95 and 85.5 - 4.45 = 81.05.
    pd.testing.assert_frame_equal(frame[expected.columns].astype(float), expected)


def test_measures_carry_the_rounding_interval_and_claim_no_confidence(indices: pd.DataFrame) -> None:
    measures = {measure.id: measure for measure in growth(indices).measures()}
    total = measures["costs.total_growth_nominal"]
    assert (total.ci_low, total.estimate, total.ci_high) == pytest.approx((0.2781, 0.2933, 0.3087), abs=5e-5)
    assert {(measure.interval, measure.ci_level) for measure in measures.values()} == {("rounding", None)}
    # Deflated values rest on two tables, the others on one.
    assert measures["costs.total_growth_real"].sources == ("council_figures", "price_indices")
    assert total.sources == ("council_figures",)
    # A growth is of two years, a share of the last.
    assert total.period == "2022/2024"
    assert measures["costs.bjh_share"].period == "2024"
    assert {measure.evidence for measure in measures.values()} == {Evidence.PUBLISHED}


# --- properties ---------------------------------------------------------------------------------------------------

PROPERTY = settings(max_examples=60)
AMOUNTS = st.builds(
    lambda value, below, above: Bounded(value, value * (1 - below), value * (1 + above)),
    st.floats(1, 1e4),
    st.floats(0, 0.5),
    st.floats(0, 0.5),
)


@PROPERTY
@given(base=AMOUNTS, final=AMOUNTS, base_at=st.floats(0, 1), final_at=st.floats(0, 1))
def test_the_interval_of_a_growth_contains_every_pair_of_amounts_that_rounding_allows(
    base: Bounded, final: Bounded, base_at: float, final_at: float
) -> None:
    found = growth_between(base, final)
    true_base = base.low + base_at * (base.high - base.low)
    true_final = final.low + final_at * (final.high - final.low)
    slack = 1e-9 * (1 + found.high)
    assert found.low - slack <= true_final / true_base - 1 <= found.high + slack
    assert found.contains(found.value)


@PROPERTY
@given(base=AMOUNTS, final=AMOUNTS)
def test_deflating_with_unchanged_prices_leaves_the_growth_as_it_is(base: Bounded, final: Bounded) -> None:
    nominal = growth_between(base, final)
    assert ends(deflate(nominal, 0)) == pytest.approx(ends(nominal), abs=1e-12)


@PROPERTY
@given(base=AMOUNTS, prices=st.floats(-0.2, 1))
def test_amounts_that_grew_with_prices_have_no_real_growth(base: Bounded, prices: float) -> None:
    final = Bounded(*(end * (1 + prices) for end in (base.value, base.low, base.high)))
    assert deflate(growth_between(base, final), prices).value == pytest.approx(0, abs=1e-9)
