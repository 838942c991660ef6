"""Open House: intervals, counts, coverage and transitions, worked out by hand and held against identities."""

from __future__ import annotations

from datetime import date
from functools import reduce
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.measures.open_house import REASONS, intervals
from evaluation.measures.open_house_coverage import coverage
from evaluation.measures.open_house_products import open_house_amounts, open_house_providers, product_trend
from evaluation.measures.open_house_stock import CELLS, kappa_of, open_house_stock, reason_agreement
from evaluation.measures.open_house_transitions import STATES, transitions
from tests.measures.open_house_drawn import drawn, drawn_bjh, line, months_of


def _lines(*rows: tuple[str, str, str, str | None, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["client_key", "product_code", "month", "reason", "reason_2"])
    return frame.assign(month=pd.to_datetime(frame["month"]))


def test_consecutive_months_of_a_client_and_product_are_one_interval() -> None:
    found = intervals(
        _lines(
            ("a", "P01", "2024-04", None, None),  # after a month without help: a new interval, its reason unknown
            ("a", "P01", "2024-01", "time", "time"),
            ("b", "P01", "2024-02", None, None),  # another client in a consecutive month
            ("a", "P01", "2024-02", "child", None),  # goes on; the later reason holds, and its file has no second code
            ("a", "P02", "2024-02", "combined", "time"),  # another product beside it
        )
    )
    assert found["client_key"].tolist() == ["a", "a", "a", "b"]
    assert found["product_code"].tolist() == ["P01", "P01", "P02", "P01"]
    assert found["first"].dt.month.tolist() == [1, 4, 2, 2]
    assert found["last"].dt.month.tolist() == [2, 4, 2, 2]
    assert found["months"].tolist() == [2, 1, 1, 1]
    assert [None if pd.isna(code) else code for code in found["reason"]] == ["child", None, "combined", None]
    assert [None if pd.isna(code) else code for code in found["reason_2"]] == [None, None, "time", None]


def test_december_and_january_are_consecutive() -> None:
    found = intervals(_lines(("a", "P01", "2024-01", None, None), ("a", "P01", "2023-12", None, None)))
    assert found["months"].tolist() == [2]


@settings(max_examples=8)
@given(st.permutations(drawn(6)), st.permutations(drawn_bjh(6)))
def test_the_order_of_rows_is_irrelevant(lines: list, bjh: list) -> None:
    one, other = months_of(drawn(6), drawn_bjh(6)), months_of(lines, bjh)
    pd.testing.assert_frame_equal(open_house_stock(one).products, open_house_stock(other).products)
    pd.testing.assert_frame_equal(coverage(one).frame, coverage(other).frame)
    pd.testing.assert_frame_equal(transitions(one).steps, transitions(other).steps)
    assert open_house_amounts(one).total == pytest.approx(open_house_amounts(other).total)


@settings(max_examples=15)
@given(st.integers(0, 40), st.integers(0, 10_000))
def test_products_and_reasons_add_up_to_the_whole(clients: int, seed: int) -> None:
    months = months_of(drawn(clients, seed))
    stock, amounts, trend = open_house_stock(months), open_house_amounts(months), product_trend(months)
    assert stock.known == (clients > 0)
    if clients:
        *parts, whole = stock.products[["trajectories", *CELLS]].to_numpy().tolist()
        assert np.sum(parts, axis=0).tolist() == whole
        assert whole[0] == sum(whole[1:])
        assert amounts.products["eur"].iloc[:-1].sum() == pytest.approx(amounts.total)
    for name, first in (("starts", trend.second), ("starts_before", trend.first)):
        if len(trend.products):
            span = trend.months[trend.months["month"].between(first, first + pd.DateOffset(months=5))]
            assert trend.products[name].iloc[:-1].sum() == trend.products[name].iloc[-1] == span["starts"].sum()


def test_what_runs_is_counted_in_the_last_full_month() -> None:
    lines = [
        line("P01", "a", "2024-02", "time"),
        line("P02", "a", "2024-02", "combined"),  # a second product of the same client
        line("P01", "b", "2024-02"),
        line("P01", "b", "2024-02", provider="B"),  # two providers of one product in a month are one trajectory
        line("P01", None, "2024-02"),  # cannot be linked
        line("P01", "c", "2024-03"),  # the month is not over
        line("P01", "d", "2024-01", "child"),  # ended
    ]
    stock = open_house_stock(months_of(lines, day=date(2024, 3, 25)))
    assert stock.products[["product_code", "trajectories", *CELLS]].to_numpy().tolist() == [
        ["P01", 2, 1, 0, 0, 0, 0, 1],
        ["P02", 1, 0, 0, 1, 0, 0, 0],
        ["", 2 + 1, 1, 0, 1, 0, 0, 1],
    ]
    assert (stock.clients, stock.n_missing, str(stock.month.date())) == (2, 1, "2024-02-01")
    assert stock.reasons["share"].tolist() == pytest.approx([1 / 3, 0, 1 / 3, 0, 0, 1 / 3])


def test_a_month_without_lines_is_unknown_and_not_empty() -> None:
    months = months_of([line("P01", "a", "2024-10")], [("a", "P01", "2024-10-05", None)])
    assert open_house_stock(months).clients is None
    assert [measure.estimate for measure in open_house_stock(months).measures()] == [None, None]
    assert open_house_providers(months).last is None
    assert coverage(months).last is None
    assert product_trend(months).products.empty
    assert [measure.estimate for measure in coverage(months).measures()] == [None, None]


def test_amounts_are_those_of_twelve_full_months() -> None:
    lines = [
        line("P01", "a", "2023-12", eur=1000.0),  # before
        line("P01", "a", "2024-01", eur=10.0),
        line("P01", None, "2024-12", eur=20.0),  # money counts also when nobody is known
        line("P02", "a", "2024-12", eur=None),
        line("P02", "a", "2025-01", eur=5000.0),  # not over
    ]
    amounts = open_house_amounts(months_of(lines))
    assert amounts.products["eur"].tolist() == [30.0, 0.0, 30.0]
    assert (amounts.known_months, amounts.n_missing) == (2, 1)


def test_providers_are_those_with_a_client() -> None:
    lines = [
        line("P01", "a", "2024-12", provider="A"),
        line("P02", "b", "2024-12", provider="A"),  # in two products, one provider
        line("P02", "c", "2024-12", provider="B"),
        line("P02", None, "2024-12", provider="C"),
    ]
    providers = open_house_providers(months_of(lines, since=date(2024, 11, 1)))
    assert providers.products["providers"].tolist() == [1, 2]
    assert providers.frame["providers"].tolist() == [None, 2]


def test_starts_of_two_half_years() -> None:
    calendar = [str(month) for month in pd.period_range("2023-07", "2024-12", freq="M")]
    lines = [line("P01", "always", month) for month in calendar]  # began before the table did: no start
    lines += [line("P01", f"a{n}", "2024-03") for n in range(6)]
    lines += [line("P01", f"b{n}", "2024-08") for n in range(3)]
    lines += [line("P01", "b0", "2024-10")]  # back after a month without
    trend = product_trend(months_of(lines))
    row = trend.products.iloc[0]
    assert (row["starts_before"], row["starts"]) == (6, 3 + 1)
    assert (trend.days_before, trend.days) == (182, 184)  # January to June 2024, July to December
    assert row["ratio"] == pytest.approx(4 / 6 * 182 / 184)
    assert row["ci_low"] < row["ratio"] < row["ci_high"]


def test_coverage_counts_parallel_help_on_both_sides() -> None:
    lines = [line("P01", "a", "2024-12"), line("P01", "b", "2024-12"), line("P02", "b", "2024-12")]
    bjh = [
        ("b", "P01", "2024-12-31", None),  # a day of the month is enough
        ("c", "P02", "2024-10-01", None),
        ("d", "P01", "2024-10-01", "2024-12-01"),  # ended before the month: [start, end)
        ("e", "P99", "2024-10-01", None),  # a product that is not in Open House
        ("f", "P01", "2024-12-05", "2024-12-05"),  # did not run a day
    ]
    found = coverage(months_of(lines, bjh))
    last = found.last
    assert last is not None
    assert last[["open_house_trajectories", "bjh_trajectories"]].tolist() == [3, 2]
    assert last[["only_open_house", "both", "only_bjh"]].tolist() == [1, 1, 1]
    assert last[["share", "share_low", "share_high"]].tolist() == pytest.approx([2 / 5, 1 / 3, 2 / 3])
    assert found.in_both[0] == pytest.approx(1 / 2)
    assert found.products == 2


def test_states_of_a_cohort_by_hand() -> None:
    lines = [line("P01", client, "2023-07") for client in "abcd"]
    lines += [line("P01", client, "2024-01") for client in "abx"]  # x came later and is not followed
    bjh = [("b", "P01", "2023-12-01", None), ("c", "P01", "2023-12-01", None)]
    found = transitions(months_of(lines, bjh, day=date(2024, 2, 1)))
    assert found.n == 4
    # a stays, b has both, c moved, d is in neither
    end = found.states[found.states["month"] == "2024-01-01"].set_index("state")["clients"]
    assert end.loc[list(STATES)].tolist() == [1, 1, 1, 1]
    moved = found.steps[found.steps["clients"] > 0]
    assert moved[["origin", "destination", "clients"]].to_numpy().tolist() == [
        ["open_house", state, 1] for state in STATES
    ]
    assert found.measures()[0].estimate == pytest.approx(1 / 4)


def test_occupation_is_that_of_aalen_and_johansen() -> None:
    found = transitions(months_of(drawn(200, 3), drawn_bjh(200, 3)))
    table = found.states.pivot_table(index="month", columns="state", values="share", aggfunc="first")
    shares = table[list(STATES)].astype(float)
    assert shares.sum(axis=1).to_numpy() == pytest.approx(1)
    # Product of the matrices of conditional probabilities, started in the first month (Putter et al. 2007, eq. 6).
    steps = []
    for month, until in pairwise(shares.index):
        rows = found.steps[(found.steps["month"] == month) & (found.steps["until"] == until)]
        counts = rows.pivot_table(index="origin", columns="destination", values="clients").loc[
            list(STATES), list(STATES)
        ]
        total = counts.sum(axis=1)
        steps.append(counts.div(total.where(total > 0, 1), axis=0).to_numpy())
    occupation = reduce(lambda at, step: at @ step, steps, shares.iloc[0].to_numpy())
    assert occupation == pytest.approx(shares.iloc[-1].to_numpy(), abs=1e-12)
    assert found.n == shares.iloc[0]["open_house"] * found.n + shares.iloc[0]["both"] * found.n


def test_kappa_of_a_textbook_table() -> None:
    # 20 and 15 agree of 50: p_o = 0.7; margins 25/25 and 30/20: p_e = 0.5 (0.6 + 0.4) = 0.5; (0.7 - 0.5) / (1 - 0.5)
    table = np.array([[20, 5], [10, 15]])
    kappa, low, high = kappa_of(table)
    assert kappa == pytest.approx(0.40)
    assert isinstance(low, float)
    assert isinstance(high, float)
    random = np.random.default_rng(1)
    copies = [kappa_of(random.multinomial(50, table.ravel() / 50).reshape(2, 2))[0] for _ in range(2000)]
    assert (high - low) / (2 * 1.96) == pytest.approx(np.std(copies), rel=0.08)


def test_kappa_of_one_code_throughout_is_undefined() -> None:
    assert kappa_of(np.array([[9, 0], [0, 0]])) == (None, None, None)
    assert kappa_of(np.zeros((5, 5), dtype=int)) == (None, None, None)


def test_kappa_of_reviewers_who_never_differ_has_no_interval() -> None:
    assert kappa_of(np.diag([5, 4, 3])) == (1.0, None, None)
    # One of them never gives the code: kappa is zero whatever the files are.
    assert kappa_of(np.array([[0, 1], [0, 8]])) == (pytest.approx(0, abs=1e-12), None, None)


def test_only_files_that_both_reviewers_coded_are_compared() -> None:
    lines = [
        line("P01", "a", "2024-12", "time", second="time"),
        line("P01", "b", "2024-12", "time", second="child"),
        line("P01", "c", "2024-12", "child", second="child"),
        line("P01", "d", "2024-12", "child"),
        line("P01", "e", "2024-12", None, second="child"),
    ]
    found = reason_agreement(months_of(lines))
    assert (found.same, found.n, found.n_missing, found.share) == (2, 3, 2, pytest.approx(2 / 3))
    # p_o = 2/3, p_e = 2/3 * 1/3 + 1/3 * 2/3 = 4/9; (6/9 - 4/9) / (5/9)
    assert found.kappa == pytest.approx(0.4)
    assert found.frame.set_index("reason").loc[list(REASONS), "n"].tolist() == [2, 2, 0, 0, 0]
