"""Seven reasons, none with an amount, each with what is known."""

from __future__ import annotations

import pandas as pd
import pytest

from evaluation.measures.cost_drivers import CostDrivers, cost_drivers
from evaluation.measures.growth_decomposition import decompose_growth
from evaluation.pipeline.inputs import cost_context
from evaluation.sources.benchmark import price_indices
from evaluation.sources.package import read_table
from evaluation.sources.published import claims

from .test_costs import COSTS


def found(base_year: int = 2022, final_year: int = 2024, drivers: pd.DataFrame | None = None) -> CostDrivers:
    table, context = cost_context()
    split = decompose_growth(COSTS, price_indices(), {}, price_index="vng", base_year=base_year, final_year=final_year)
    return cost_drivers(table if drivers is None else drivers, context, split)


def test_no_driver_has_an_amount() -> None:
    drivers = found()
    assert len(drivers.frame) == 7
    assert drivers.n_with_amount == 0
    assert drivers.frame["amount_eur_million"].isna().all()


def test_the_words_are_those_of_the_statements() -> None:
    table = read_table("cost_drivers").merge(claims(), left_on="claim_id", right_on="id")
    assert table["claim_id"].tolist() == [f"B{n}" for n in range(37, 44)]
    assert (table["quote_x"] == table["quote_y"]).all()


def test_what_is_known_of_two_of_them() -> None:
    drivers = found()
    # The price effect is that of the decomposition; 4,905 against 4,745 is +3.4%; 14.77 against 15.27 is -0.50.
    assert drivers.price_effect.value == pytest.approx(10.025, abs=5e-4)
    assert drivers.users_change == pytest.approx(0.0337, abs=5e-5)
    assert drivers.users_period == "2023H1/2024H1"
    assert drivers.share_change_points == pytest.approx(-0.50)
    assert drivers.frame["known"].tolist() == ["price_effect", *["nothing"] * 2, "users", *["nothing"] * 3]


def test_for_other_years_it_is_unknown() -> None:
    drivers = found(final_year=2023)
    assert (drivers.users_change, drivers.users_period) == (None, None)
    assert drivers.share_change_points == pytest.approx(-0.50)  # 2022 to 2023


def test_an_amount_that_is_published_later_is_counted() -> None:
    table = read_table("cost_drivers").assign(amount_eur_million=[1.5, *[None] * 6])
    assert found(drivers=table).n_with_amount == 1
