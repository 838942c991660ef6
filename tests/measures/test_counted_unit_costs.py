"""Published costs over counted help: hand-worked days, and what a register may show."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from evaluation.disclosure.gate import Gate
from evaluation.evidence import Bounded, Evidence, is_suppressed
from evaluation.measures.counted_unit_costs import CountedUnitCosts, counted_unit_costs
from evaluation.presentation.language import Language
from evaluation.presentation.unit_costs import describe_counted_unit_costs, table_counted_unit_costs
from evaluation.snapshot import DAYS_PER_MONTH, Snapshot
from tests.measures.records import DAY, snapshot

BJH = {2023: Bounded(4.5, 4.45, 4.55), 2024: Bounded(9.7, 9.65, 9.75)}


def _rows(*rows: tuple[str, str | None, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["trajectory_id", "client_key", "start_date", "end_date"])
    return frame.assign(start_date=pd.to_datetime(frame["start_date"]), end_date=pd.to_datetime(frame["end_date"]))


def test_days_count_in_their_year_and_overlaps_of_a_client_once() -> None:
    rows = _rows(
        ("t1", "a", "2023-01-01", "2023-01-31"),  # 30 days
        ("t2", "a", "2023-01-21", "2023-02-10"),  # 20 days, 10 of them beside t1
        ("t3", "a", "2023-01-25", "2023-01-28"),  # 3 days, all of them beside the others
        ("t4", None, "2023-12-22", "2024-01-11"),  # 10 days in 2023 and 10 in 2024, of nobody known
    )
    found = counted_unit_costs(BJH, snapshot(rows), until=2024)
    quantity = found.frame.set_index(["year", "unit"])["quantity"]
    assert quantity[(2023, "trajectory_month")] == pytest.approx((30 + 20 + 3 + 10) / DAYS_PER_MONTH)
    assert quantity[(2023, "client_year")] == pytest.approx((30 + 20 - 10) / 365.25)
    assert quantity[(2024, "trajectory_month")] == pytest.approx(10 / DAYS_PER_MONTH)
    assert quantity[(2024, "client_year")] is None  # no client known: unknown, not zero
    assert found.n == {2023: 4, 2024: 1}
    assert found.n_missing == 1


def test_a_unit_cost_is_the_amount_over_the_quantity_with_the_rounding_of_the_amount() -> None:
    rows = _rows(*((f"t{i}", f"c{i}", "2023-01-01", "2024-01-01") for i in range(100)))
    hours = pd.DataFrame({"trajectory_id": ["t1"], "month": [pd.Timestamp("2023-05-01")], "direct_hours": [45_000.0]})
    base = snapshot(rows)
    with_hours = Snapshot(base.trajectories, duckdb.from_df(hours), DAY, Evidence.SYNTHETIC, "registry")
    found = counted_unit_costs(BJH, with_hours, until=2023)
    row = found.frame.set_index("unit").loc["trajectory_month"]
    months = 100 * 365 / DAYS_PER_MONTH
    assert row["eur"] == pytest.approx(4.5e6 / months)
    assert (row["low"], row["high"]) == (pytest.approx(4.45e6 / months), pytest.approx(4.55e6 / months))
    assert found.frame.set_index("unit").loc["direct_hour", "eur"] == pytest.approx(100)
    assert {measure.id for measure in found.measures()} >= {"costs.counted_cost_per_trajectory_month_2023"}


@pytest.mark.parametrize("size", [0, 1, 9, 200])
@pytest.mark.parametrize("code", ["nl", "en"])
def test_every_size_reads_well_and_few_are_not_shown(size: int, code: str) -> None:
    rows = _rows(*((f"t{i}", f"c{i}", "2023-03-01", None) for i in range(size)))
    found = counted_unit_costs(BJH, snapshot(rows, evidence=Evidence.REGISTER), until=2024)
    copy: CountedUnitCosts = Gate("register").admit(found)
    text = describe_counted_unit_costs(copy, Language(code)).text
    assert "nan" not in (text + table_counted_unit_costs(copy, Language(code)).text()).lower()
    shown = [value for value in copy.frame["eur"] if value is not None]
    if 0 < size < 10:
        assert all(is_suppressed(value) for value in shown)
    elif size:
        assert any(not is_suppressed(value) for value in shown)
        assert not any(
            value == exact
            for value, exact in zip(copy.frame["quantity"], found.frame["quantity"], strict=True)
            if exact
        )
    else:
        assert not shown
