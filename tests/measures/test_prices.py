"""Price changes by scenario, chained over years; an unknown year is refused and never zero."""

from __future__ import annotations

import pandas as pd
import pytest

from evaluation.measures.prices import PRICE_INDICES, price_change
from evaluation.sources.benchmark import price_indices

from .drawn import table


@pytest.fixture(scope="module")
def indices() -> pd.DataFrame:
    return price_indices()


def test_a_year_without_an_index_is_refused_by_name(indices: pd.DataFrame) -> None:
    with pytest.raises(
        ValueError, match=r"^price index 'vng' has no value for 2020; choose one of vng, .*wage_agreement$"
    ):
        price_change(indices, "vng", 2019, 2024)


def test_the_year_after_the_last_final_index_is_refused(indices: pd.DataFrame) -> None:
    # VNG 2025 is provisional only, and a provisional value is not a final one.
    with pytest.raises(ValueError, match="no value for 2025"):
        price_change(indices, "vng", 2024, 2025)


def test_the_applied_index_takes_the_provisional_value_only_where_nothing_else_was_paid() -> None:
    indices = table(
        """
        index        period  value_percent  status
        vng          2023    4              provisional
        vng          2023    6              final
        vng          2024    5              provisional
        vng          2024    8              final
        vng_applied  2024    7              applied
        """
    ).astype({"value_percent": float})
    # Paid: 4% in 2023 (provisional, corrected later), 7% in 2024 (applied): 1.04 x 1.07 = 1.1128.
    assert price_change(indices, "vng_applied", 2022, 2024) == pytest.approx(0.1128)
    # Final: 1.06 x 1.08 = 1.1448.
    assert price_change(indices, "vng", 2022, 2024) == pytest.approx(0.1448)


def test_prices_within_one_year_do_not_change(indices: pd.DataFrame) -> None:
    assert price_change(indices, "vng", 2024, 2024) == 0


def test_wage_steps_count_by_the_months_in_which_they_are_paid() -> None:
    indices = table(
        """
        index      period      value_percent  status
        wage_step  2022-10-01  4              agreed
        wage_step  2023-07-01  10             agreed
        wage_step  2023-12-01  50             minimum
        """
    ).astype({"value_percent": float})
    # 2022: 9 months of 100 and 3 of 104 = 101. 2023: 6 of 104 and 6 of 114.4 = 109.2.
    # What is not agreed does not count.
    assert price_change(indices, "wage_agreement", 2022, 2023) == pytest.approx(109.2 / 101 - 1)


def test_a_step_in_july_counts_half_in_its_year_and_half_in_the_next() -> None:
    indices = table(
        """
        index      period      value_percent  status
        wage_step  2023-07-01  10             agreed
        wage_step  2024-01-01  0              agreed
        """
    ).astype({"value_percent": float})
    assert price_change(indices, "wage_agreement", 2022, 2023) == pytest.approx(0.05)
    assert price_change(indices, "wage_agreement", 2022, 2024) == pytest.approx(0.10)


def test_a_year_without_an_agreed_step_is_unknown(indices: pd.DataFrame) -> None:
    # Of March 2025 only a minimum is known.
    with pytest.raises(ValueError, match="'wage_agreement' has no value for 2025"):
        price_change(indices, "wage_agreement", 2024, 2025)


@pytest.mark.parametrize("price_index", PRICE_INDICES)
def test_two_years_are_the_chain_of_their_parts(indices: pd.DataFrame, price_index: str) -> None:
    whole = 1 + price_change(indices, price_index, 2022, 2024)
    first, second = (1 + price_change(indices, price_index, year, year + 1) for year in (2022, 2023))
    assert whole == pytest.approx(first * second)
