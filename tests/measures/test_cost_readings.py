"""BJH inside the printed total or on top of it, side by side."""

from __future__ import annotations

import pandas as pd
import pytest

from evaluation.evidence import Bounded
from evaluation.measures.cost_readings import cost_parts, two_readings
from evaluation.measures.costs import CouncilCosts
from evaluation.sources.benchmark import price_indices

from .test_costs import COSTS


@pytest.fixture(scope="module")
def indices() -> pd.DataFrame:
    return price_indices()


def readings(indices: pd.DataFrame, price_index: str = "vng", base_year: int = 2022) -> pd.DataFrame:
    found = two_readings(COSTS, indices, price_index=price_index, base_year=base_year, final_year=2024)
    return found.frame.set_index("quantity")


def test_both_readings_of_growth(indices: pd.DataFrame) -> None:
    frame = readings(indices)
    # Inside: 97 / 75 and 87.3 / 75. On top: 106.7 / 75 and 97 / 75. Real: over 1.12507.
    assert frame["inside"].iloc[:4].tolist() == pytest.approx([0.2933, 0.1496, 0.1640, 0.0346], abs=5e-5)
    assert frame["on_top"].iloc[:4].tolist() == pytest.approx([0.4227, 0.2645, 0.2933, 0.1496], abs=5e-5)
    # Least: (96.5 + 9.65) / 75.5 = 1.4060, most: (97.5 + 9.75) / 74.5 = 1.4396.
    assert frame.loc["all_nominal", ["on_top_low", "on_top_high"]].tolist() == pytest.approx([0.4060, 0.4396], abs=5e-5)


@pytest.mark.parametrize(
    ("price_index", "share"),
    [("vng", 0.769), ("vng_applied", 0.719)],  # 8.622 / (86.217 - 75) and 8.711 / (87.114 - 75)
)
def test_bjh_is_72_to_77_percent_of_real_growth(indices: pd.DataFrame, price_index: str, share: float) -> None:
    assert readings(indices, price_index).loc["bjh_share_of_real_growth", "inside"] == pytest.approx(share, abs=5e-4)


def test_on_top_bjh_is_part_of_a_larger_whole(indices: pd.DataFrame) -> None:
    frame = readings(indices)
    # 9.7 / 106.7; least 9.65 / 107.15, most 9.75 / 106.25: the same BJH above and below the line.
    row = frame.loc["bjh_share", ["on_top", "on_top_low", "on_top_high"]].tolist()
    assert row == pytest.approx([0.09091, 0.09006, 0.09176], abs=5e-6)
    # Real growth 94.839 - 75 = 19.839, of which BJH 8.622.
    assert frame.loc["bjh_share_of_real_growth", "on_top"] == pytest.approx(0.4346, abs=5e-5)


def test_bjh_in_the_base_year_counts_in_both_years(indices: pd.DataFrame) -> None:
    frame = readings(indices, base_year=2023)
    # BJH 9.7 / 1.0571 - 4.5 = 4.676 of 97 / 1.0571 - 85 = 6.761.
    assert frame.loc["bjh_share_of_real_growth", "inside"] == pytest.approx(4.676 / 6.761, abs=1e-3)


def test_a_share_of_growth_is_unknown_when_there_may_be_none(indices: pd.DataFrame) -> None:
    costs = CouncilCosts({2022: Bounded(75, 70, 80), 2024: Bounded(85, 80, 90)}, {2024: Bounded(4, 4, 4)}, {})
    found = two_readings(costs, indices, price_index="vng", base_year=2022, final_year=2024)
    assert found.share_of_real_growth is None
    assert found.measures()[0].estimate is None
    assert found.measures()[0].interval is None


def test_parts_without_an_amount_are_missing_and_not_zero() -> None:
    costs = CouncilCosts(COSTS.total, COSTS.bjh, {}, {(2022, 2024): Bounded(4.5, 4.45, 4.55)})
    frame = cost_parts(costs, 2024).frame.set_index(["part", "period"])["eur_million"]
    assert frame["transition", "2022/2024"] == 4.5
    assert frame[["bjh_subsidy", "bjh_housing", "bjh_ict"]].isna().all()
    assert frame["bjh"].to_dict() == {"2023": 4.5, "2024": 9.7}
    # A year earlier the three years of the transition were not over.
    earlier = cost_parts(costs, 2023).frame.set_index(["part", "period"])["eur_million"]
    assert pd.isna(earlier["transition", "2022/2024"])
    assert list(earlier["total"]) == [75, 85]
