"""The bridge from the council's totals to the accounts at CBS."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.evidence import Bounded, Evidence
from evaluation.measures.costs import CouncilCosts
from evaluation.measures.reconciliation import STEPS, Reconciliation, reconcile
from evaluation.pipeline.inputs import council_costs
from evaluation.sources.benchmark import iv3_municipalities

from .test_benchmark import accounts


@pytest.fixture(scope="module")
def real() -> Reconciliation:
    return reconcile(council_costs(), iv3_municipalities(), base_year=2022, final_year=2024)


def test_own_total_less_bjh_differs_from_iv3_by_13_to_15_million(real: Reconciliation) -> None:
    # 88.373 - 75; 93.516 - (85 - 4.5); 102.470 - (97 - 9.7).
    assert real.differences["outside_6_2"].tolist() == pytest.approx([13.373, 13.016, 15.170], abs=5e-4)
    # 88.373 - 75; 93.516 - 85; 102.470 - 97: BJH inside the youth task fields leaves a shrinking difference.
    assert real.differences["inside_6_7"].tolist() == pytest.approx([13.373, 8.516, 5.470], abs=5e-4)


def test_rounding_alone_does_not_make_the_difference_steady(real: Reconciliation) -> None:
    # 2022 at most 88.373 - 74.5 = 13.873; 2024 at least 102.470 - (97.5 - 9.65) = 14.62.
    assert not real.steady
    row = real.differences.set_index("year")
    assert row.loc[2022, "outside_6_2_high"] == pytest.approx(13.873)
    assert row.loc[2024, "outside_6_2_low"] == pytest.approx(14.62)


def test_bjh_is_less_than_half_of_the_rise_of_the_neighbourhood_teams(real: Reconciliation) -> None:
    # 59.941 - 35.865 = 24.076, of which BJH 9.7.
    assert real.field_growth == pytest.approx(24.076)
    assert real.bjh_share_of_field_growth == pytest.approx(9.7 / 24.076)
    assert real.evidence is Evidence.PUBLISHED


TWO = accounts(
    """
    municipality_code  municipality  year  population  6.2    6.72   6.82
    GM0014             Groningen     2022  1000        30000  60000  40000
    GM0014             Groningen     2023  1000        45000  70000  40000
    """
)
euros = st.floats(1, 200)


@settings(max_examples=50)
@given(totals=st.tuples(euros, euros), bjh=st.floats(0, 1))
def test_every_bridge_ends_where_the_next_level_stands(totals: tuple[float, float], bjh: float) -> None:
    costs = CouncilCosts(
        total={year: Bounded(v, v - 0.5, v + 0.5) for year, v in zip((2022, 2023), totals, strict=True)},
        bjh={2023: Bounded(bjh, bjh, bjh)},
        growth={},
    )
    for _, year in reconcile(costs, TWO, base_year=2022, final_year=2023).bridge.groupby("year"):
        assert tuple(year["step"]) == STEPS
        row = year.set_index("step")
        changes = row.loc[["bjh", "unexplained"], "amount"].sum()
        assert row.loc["own_total", "amount"] + changes == pytest.approx(row.loc["iv3_excl_6_2", "amount"])
        assert row.loc["iv3_excl_6_2", "amount"] + row.loc["task_field_6_2", "amount"] == pytest.approx(
            row.loc["iv3_incl_6_2", "amount"]
        )
        assert (row["end"] - row["start"]).tolist() == pytest.approx(row["amount"].tolist())
        assert (row["low"] <= row["amount"] + 1e-9).all()
        assert (row["amount"] <= row["high"] + 1e-9).all()
