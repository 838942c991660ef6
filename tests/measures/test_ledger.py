"""The ledger: hand-worked sums, a decomposition that leaves nothing over, and what may be shown of it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.disclosure.gate import Gate
from evaluation.evidence import Bounded, Evidence, is_suppressed
from evaluation.measures.costs import CouncilCosts
from evaluation.measures.ledger import LedgerTotals, ledger_totals
from evaluation.measures.ledger_growth import FACTORS, LedgerGrowth, ledger_growth
from evaluation.presentation import ledger as shown
from evaluation.presentation.language import Language
from tests.measures.records import records, snapshot

PRINTED = CouncilCosts(
    total={2022: Bounded(3, 2.5, 3.5), 2023: Bounded(4, 3.5, 4.5)},
    bjh={2023: Bounded(0.5, 0.45, 0.55)},
    growth={},
    transition={},
)
PRICES = pd.DataFrame(
    {"index": "cpi", "period": ["2023", "2024"], "value_percent": [10.0, 0.0], "status": "final", "source": "test"}
)


def _lines(*rows: tuple[str, str | None, str, str | None, float]) -> pd.DataFrame:
    columns = ["booking_month", "service_month", "scope_flag", "product_code", "amount_eur"]
    frame = pd.DataFrame(rows, columns=columns)
    months = frame[["booking_month", "service_month"]].apply(pd.to_datetime)
    return frame.assign(booking_month=months["booking_month"], service_month=months["service_month"])


def test_amounts_count_in_the_year_of_the_help_and_are_held_against_the_printed_ones() -> None:
    found = ledger_totals(
        records(
            "costs",
            _lines(
                ("2022-05-01", "2022-04-01", "other", None, 3_000_000),
                ("2023-01-01", "2022-12-01", "other", None, 400_000),
                ("2023-06-01", None, "other", None, 3_700_000),
                ("2023-06-01", "2023-06-01", "bjh", None, 600_000),
            ),
        ),
        PRINTED,
    )
    rows = found.frame.set_index(["year", "part"])
    assert rows.loc[(2022, "total"), "eur_million"] == pytest.approx(3.0 + 0.4)
    assert rows.loc[(2023, "total"), "eur_million"] == pytest.approx(3.7 + 0.6)
    assert rows.loc[(2022, "total"), "agrees"] is True  # 3.4 rounds to 3
    assert rows.loc[(2023, "bjh"), "agrees"] is False  # 0.6 is not 0.5
    assert pd.isna(rows.loc[(2022, "bjh"), "eur_million"])  # no lines: unknown, not zero
    assert (found.n, found.n_missing) == (4, 1)
    assert found.growth == pytest.approx(4.3 / 3.4 - 1)


def test_a_year_that_is_not_over_is_left_out() -> None:
    lines = _lines(("2023-05-01", "2023-05-01", "other", None, 1.0), ("2024-02-01", "2024-02-01", "other", None, 1.0))
    found = ledger_totals(records("costs", lines, day=date(2024, 3, 25)), PRINTED)
    assert found.years == [2023]
    assert found.growth is None


def _open_house(counts: dict[tuple[int, str], int]) -> pd.DataFrame:
    """Months of help: so many client-months per year and product, all in January."""
    rows = [
        (f"{year}-{product}-{number}", product, "A", f"c{number}", pd.Timestamp(year, 1, 1))
        for (year, product), n in counts.items()
        for number in range(n)
    ]
    return pd.DataFrame(rows, columns=["record_id", "product_code", "provider", "client_key", "month"])


def _growth(costs: pd.DataFrame, months: pd.DataFrame, trajectories: pd.DataFrame | None = None) -> LedgerGrowth:
    return ledger_growth(
        records("costs", costs),
        records("open_house", months),
        snapshot(trajectories),
        PRICES,
        price_index="cpi",
        base_year=2022,
        final_year=2023,
    )


def test_one_product_at_the_old_real_price_grows_by_prices_and_volume_alone() -> None:
    # 10 months at 0.1 million become 20 months at 0.11 million: prices rose by ten percent and nothing else.
    costs = _lines(
        ("2022-01-01", "2022-01-01", "open_house", "P1", 1e6), ("2023-01-01", "2023-01-01", "open_house", "P1", 2.2e6)
    )
    found = _growth(costs, _open_house({(2022, "P1"): 10, (2023, "P1"): 20}))
    lmdi = dict(zip(found.frame["factor"], found.frame["lmdi"], strict=True))
    mean = (2.2 - 1.0) / np.log(2.2)
    assert lmdi == pytest.approx(
        {"price": mean * np.log(1.1), "volume": mean * np.log(2), "mix": 0, "intensity": 0}, abs=1e-9
    )
    assert found.change == pytest.approx(1.2)
    assert found.covered == pytest.approx(1.0)


def test_moving_to_a_dearer_product_is_mix() -> None:
    costs = _lines(
        ("2022-01-01", "2022-01-01", "open_house", "P1", 1.5e6),
        ("2022-01-01", "2022-01-01", "open_house", "P2", 1.0e6),
        ("2023-01-01", "2023-01-01", "open_house", "P1", 0.55e6),
        ("2023-01-01", "2023-01-01", "open_house", "P2", 3.3e6),
    )
    months = {(2022, "P1"): 15, (2022, "P2"): 5, (2023, "P1"): 5, (2023, "P2"): 15}
    found = _growth(costs, _open_house(months))
    lmdi = dict(zip(found.frame["factor"], found.frame["lmdi"], strict=True))
    assert lmdi["volume"] == pytest.approx(0, abs=1e-9)
    assert lmdi["intensity"] == pytest.approx(0, abs=1e-9)
    assert lmdi["mix"] + lmdi["price"] == pytest.approx(3.85 - 2.5)
    assert lmdi["mix"] > 0


def test_bjh_that_begins_counts_by_its_days() -> None:
    trajectories = pd.DataFrame(
        {
            "trajectory_id": ["t1", "t2"],
            "start_date": pd.to_datetime(["2023-07-01", "2022-12-31"]),
            "end_date": pd.to_datetime([None, "2023-01-11"]),
        }
    )
    costs = _lines(
        ("2022-01-01", "2022-01-01", "open_house", "P1", 1e6),
        ("2022-12-01", "2022-12-01", "bjh", None, 1e5),
        ("2023-01-01", "2023-01-01", "open_house", "P1", 1e6),
        ("2023-01-01", "2023-01-01", "bjh", None, 1e6),
        ("2023-12-01", "2023-12-01", "other", None, 1.0),
    )
    months = _open_house({(2022, "P1"): 10, (2023, "P1"): 10})
    found = _growth(costs, pd.concat([months, months.tail(1).assign(month=pd.Timestamp("2023-12-01"))]), trajectories)
    assert found.months == (1, 12)
    months = found.products.set_index(["year", "product"])["months"]
    # t1 from 1 July to the end of the year, t2 ten days of January.
    assert months[(2023, "bjh")] == pytest.approx((184 + 10) / (365.25 / 12))
    assert months[(2022, "bjh")] == pytest.approx(1 / (365.25 / 12))
    assert found.frame["lmdi"].sum() == pytest.approx(found.change)


amount = st.floats(0, 5e6).map(lambda value: 0.0 if value < 1e3 else value)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(amount, amount, st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=4),
)
def test_both_methods_leave_nothing_over_also_with_products_that_come_and_go(
    products: list[tuple[float, float, int, int]],
) -> None:
    costs, months = [("2022-01-01", "2022-01-01", "open_house", "P0", 1e6)], {(2022, "P0"): 3, (2023, "P0"): 4}
    costs.append(("2023-01-01", "2023-01-01", "open_house", "P0", 2e6))
    for number, (before, after, n_before, n_after) in enumerate(products, start=1):
        costs.append(("2022-01-01", "2022-01-01", "open_house", f"P{number}", before))
        costs.append(("2023-01-01", "2023-01-01", "open_house", f"P{number}", after))
        months |= {(2022, f"P{number}"): n_before, (2023, f"P{number}"): n_after}
    found = _growth(_lines(*costs), _open_house(months))
    for method in ("lmdi", "bennet"):
        assert found.frame[method].sum() == pytest.approx(found.change, abs=1e-6)


def test_half_a_year_of_help_is_never_held_against_a_year_of_costs() -> None:
    # Ten months of help for 0.1 million each in every calendar month; in 2022 help is known from July on only.
    days = pd.date_range("2022-01-01", "2023-12-01", freq="MS")
    costs = _lines(
        *((str(day)[:10], str(day)[:10], "open_house", "P1", 1e6 * (1 + 0.1 * (day.year > 2022))) for day in days)
    )
    rows = [(f"{day}-{n}", "P1", "A", f"c{n}", day) for day in days[6:] for n in range(10)]
    months = pd.DataFrame(rows, columns=["record_id", "product_code", "provider", "client_key", "month"])
    found = _growth(costs, months)
    assert found.months == (7, 12)
    assert found.n == 60
    assert found.change == pytest.approx(0.6)
    assert found.covered == pytest.approx(1.0)
    # Prices rose by a tenth, and nothing else changed.
    assert dict(zip(found.frame["factor"], found.frame["bennet"], strict=True)) == pytest.approx(
        {"price": 0.6, "volume": 0, "mix": 0, "intensity": 0}, abs=1e-9
    )
    assert {measure.period for measure in found.measures()} == {"2022-07/2023-12"}
    assert "July to December of 2022–2023" in shown.describe_ledger_growth(found, Language("en")).text
    assert _growth(costs, months[months["month"] < "2023-05-01"]).change is None  # no month is known in both years


def test_without_months_of_help_nothing_is_shared_out() -> None:
    costs = _lines(
        ("2022-01-01", "2022-01-01", "open_house", "P1", 1e6), ("2023-01-01", "2023-01-01", "open_house", "P1", 2e6)
    )
    found = _growth(costs, _open_house({}))
    assert found.change is None
    assert found.months is None
    assert [measure.estimate for measure in found.measures()] == [None] * len(FACTORS)


def _drawn(size: int) -> pd.DataFrame:
    """Lines of two years, at random over the parts of the ledger."""
    rng = np.random.default_rng(5)
    months = [str(month)[:10] for month in pd.date_range("2022-01-01", periods=24, freq="MS")]
    booked = rng.choice(months, size)
    scopes = rng.choice(["bjh", "open_house", "other"], size)
    amounts = rng.uniform(1e3, 1e5, size)
    return _lines(
        *((day, day, scope, "P1", amount) for day, scope, amount in zip(booked, scopes, amounts, strict=True))
    )


def _ledgers(evidence: Evidence) -> list[tuple[LedgerTotals, LedgerGrowth]]:
    """Not delivered, one line, few and many."""
    absent = {"evidence": evidence, "delivered": False}
    cases = [(records("costs", **absent), records("open_house", **absent))]  # type: ignore[arg-type]
    for size, months in ((1, 1), (30, 4), (400, 60)):
        given_help = _open_house({(2022, "P1"): months, (2023, "P1"): months})
        cases.append(
            (records("costs", _drawn(size), evidence=evidence), records("open_house", given_help, evidence=evidence))
        )
    trajectories = pd.DataFrame({"trajectory_id": ["t"], "start_date": [pd.Timestamp("2022-02-01")]})
    running = snapshot(trajectories, evidence=evidence)
    years = {"base_year": 2022, "final_year": 2023}
    return [
        (ledger_totals(costs, PRINTED), ledger_growth(costs, months, running, PRICES, price_index="cpi", **years))
        for costs, months in cases
    ]


@pytest.mark.parametrize("evidence", [Evidence.SYNTHETIC, Evidence.REGISTER])
@pytest.mark.parametrize("code", ["nl", "en"])
def test_every_size_reads_well(evidence: Evidence, code: str) -> None:
    language, gate = Language(code), Gate("register")
    for totals, growth in _ledgers(evidence):
        copies = gate.admit(totals), gate.admit(growth)
        for make in (shown.table_ledger, shown.plot_ledger, shown.describe_ledger):
            text = str(make(copies[0], language).__dict__.get("text") or "")
            assert "nan" not in text.lower()
        assert "nan" not in shown.table_ledger_growth(copies[1], language).text().lower()
        assert "None" not in shown.describe_ledger_growth(copies[1], language).text
        gate = Gate("register")


def test_a_register_shows_tenths_of_millions_and_withholds_what_few_lines_make() -> None:
    totals, growth = _ledgers(Evidence.REGISTER)[-1]
    copy = Gate("register").admit(totals)
    amounts = [value for value in copy.frame["eur_million"] if value is not None and not is_suppressed(value)]
    assert amounts
    assert all(value == round(value, 1) for value in amounts)
    assert all(is_suppressed(value) for value in copy.frame["lines"])
    assert Gate("register").admit(growth).products.empty
    few = Gate("register").admit(_ledgers(Evidence.REGISTER)[1][0])
    assert any(is_suppressed(value) for value in few.frame["eur_million"])
    assert few.frame.loc[few.frame["part"] == "total", "eur_million"].map(is_suppressed).all()
