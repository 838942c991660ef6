"""The printed growth split into price and the rest; golden numbers worked out in the comments."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.evidence import Bounded
from evaluation.measures.costs import CouncilCosts
from evaluation.measures.growth_decomposition import GrowthDecomposition, decompose_growth
from evaluation.sources.benchmark import price_indices

from .test_costs import COSTS

VOLUME = {2023: Bounded(5754, 5690, 5818), 2024: Bounded(9317, 9220, 9414)}


@pytest.fixture(scope="module")
def indices() -> pd.DataFrame:
    return price_indices()


def decomposed(indices: pd.DataFrame, price_index: str = "vng", **changes: object) -> GrowthDecomposition:
    years = {"base_year": 2022, "final_year": 2024} | changes
    return decompose_growth(COSTS, indices, VOLUME, price_index=price_index, **years)  # type: ignore[arg-type]


def test_prices_explain_10_of_the_22_million(indices: pd.DataFrame) -> None:
    found = decomposed(indices)
    # 2023: L(85, 75) ln 1.0643 = 79.895 x 0.062317 = 4.979; 2024: L(97, 85) ln 1.0571 = 90.868 x 0.055529 = 5.046.
    assert found.steps.loc[found.steps["factor"] == "price", "lmdi"].tolist() == pytest.approx([4.979, 5.046], abs=5e-4)
    assert found.price.value == pytest.approx(10.025, abs=5e-4)
    assert found.volume_and_mix.value == pytest.approx(11.975, abs=5e-4)
    # Bennet: 0.0643 x (75 + 85 / 1.0643) / 2 + 0.0571 x 1.0643 x (85 / 1.0643 + 97 / 1.12507) / 2 = 4.979 + 5.047.
    assert found.price_bennet == pytest.approx(10.025, abs=1e-3)


def test_the_ends_of_rounding_move_price_little_and_volume_by_a_million(indices: pd.DataFrame) -> None:
    found = decomposed(indices)
    # Lowest totals 74.5, 84.5, 96.5: L(84.5, 74.5) x 0.062317 + L(96.5, 84.5) x 0.055529 = 4.9477 + 5.0180 = 9.9657.
    assert found.price.low == pytest.approx(9.9657, abs=5e-5)
    # The most volume: 97.5 less 74.5, less prices on 74.5, 84.5 and 97.5.
    assert (found.volume_and_mix.low, found.volume_and_mix.high) == pytest.approx((10.943, 13.008), abs=5e-4)
    assert (found.growth.low, found.growth.value, found.growth.high) == (21, 22, 23)


@pytest.mark.parametrize(
    ("price_index", "share"),
    [("vng", 0.458), ("vng_applied", 0.418)],  # ln 1.12507 / ln(97 / 75) = 0.1178 / 0.2572; ln 1.11349 = 0.1075
)
def test_indexation_covers_42_to_46_percent_of_log_growth(
    indices: pd.DataFrame, price_index: str, share: float
) -> None:
    found = decomposed(indices, price_index).price_share
    assert found is not None
    assert found.value == pytest.approx(share, abs=5e-4)


def test_the_bridge_climbs_from_total_to_total(indices: pd.DataFrame) -> None:
    bridge = decomposed(indices).bridge
    assert bridge["kind"].tolist() == ["total", *["price", "volume_and_mix", "total"] * 2]
    assert bridge.loc[bridge["kind"] == "total", "top"].tolist() == pytest.approx([75, 85, 97])
    assert bridge["top"].iloc[1] == pytest.approx(79.979, abs=5e-4)  # 75 + 4.979
    assert bridge["bottom"].iloc[2] == bridge["top"].iloc[1]


def test_bjh_of_the_first_year_is_all_volume_and_then_splits_in_three(indices: pd.DataFrame) -> None:
    parts = decomposed(indices).parts.set_index(["part", "final_year", "factor"])["lmdi"].sort_index()
    assert parts["bjh", 2023].to_dict() == pytest.approx({"price": 0, "volume_and_mix": 4.5})
    # L(9.7, 4.5) = 5.2 / ln(9.7 / 4.5) = 6.7705; price x ln 1.0571 = 0.376; volume x ln(9317 / 5754) = 3.263;
    # the rest of 5.2 is intensity.
    assert parts["bjh", 2024].to_dict() == pytest.approx(
        {"price": 0.376, "volume": 3.263, "intensity": 1.561}, abs=1e-3
    )
    # Rest 80.5 -> 87.3: L = 83.854 x 0.055529 = 4.656; 6.8 - 4.656 = 2.144.
    assert parts["rest", 2024].to_dict() == pytest.approx({"price": 4.656, "volume_and_mix": 2.144}, abs=1e-3)
    assert parts.sum() == pytest.approx(22)


def test_without_volumes_bjh_is_price_and_the_rest(indices: pd.DataFrame) -> None:
    found = decompose_growth(COSTS, indices, {}, price_index="vng", base_year=2023, final_year=2024)
    parts = found.parts.set_index(["part", "factor"])["lmdi"]
    assert parts["bjh"].to_dict() == pytest.approx({"price": 0.376, "volume_and_mix": 4.824}, abs=1e-3)


def test_measures_say_method_and_rounding(indices: pd.DataFrame) -> None:
    measures = {measure.id: measure for measure in decomposed(indices, "cpi").measures()}
    parts = {"costs.price_effect", "costs.volume_effect", "costs.price_share_of_growth"}
    assert set(measures) == {"costs.total_growth_amount", *parts}
    price = measures["costs.price_effect"]
    assert (price.unit, price.interval, price.period) == ("eur_million", "rounding", "2022/2024")
    assert "cpi" in price.method
    together = price.estimate + measures["costs.volume_effect"].estimate  # type: ignore[operator]
    assert together == pytest.approx(22) == measures["costs.total_growth_amount"].estimate


def test_the_share_of_prices_is_unknown_when_there_may_be_no_growth(indices: pd.DataFrame) -> None:
    costs = CouncilCosts({2022: Bounded(75, 74, 76), 2023: Bounded(76, 75, 77)}, {}, {})
    found = decompose_growth(costs, indices, {}, price_index="vng", base_year=2022, final_year=2023)
    assert found.price_share is None
    assert found.measures()[-1].estimate is None
    assert found.measures()[-1].interval is None


PRICES = price_indices()
AMOUNTS = st.builds(lambda value, off: Bounded(value, value - off, value + off), st.floats(10, 500), st.floats(0, 5))


@settings(max_examples=40)
@given(amounts=st.lists(AMOUNTS, min_size=3, max_size=3), at=st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_whatever_the_true_totals_are_the_intervals_hold_them(amounts: list[Bounded], at: list[float]) -> None:
    indices = PRICES
    years = {"price_index": "vng", "base_year": 2022, "final_year": 2024}
    printed = decompose_growth(
        CouncilCosts(dict(zip((2022, 2023, 2024), amounts, strict=True)), {}, {}), indices, {}, **years
    )
    truth = [amount.low + where * (amount.high - amount.low) for amount, where in zip(amounts, at, strict=True)]
    exact = {year: Bounded(value, value, value) for year, value in zip((2022, 2023, 2024), truth, strict=True)}
    behind = decompose_growth(CouncilCosts(exact, {}, {}), indices, {}, **years)
    assert printed.price.low - 1e-6 <= behind.price.value <= printed.price.high + 1e-6
    assert printed.volume_and_mix.low - 1e-6 <= behind.volume_and_mix.value <= printed.volume_and_mix.high + 1e-6
    assert behind.price.value + behind.volume_and_mix.value == pytest.approx(truth[2] - truth[0], abs=1e-6)
