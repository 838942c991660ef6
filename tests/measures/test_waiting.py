"""Waiting: those who still wait and those who withdrew are part of the share within a norm."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from evaluation.evidence import Evidence
from evaluation.measures.aalen_johansen import aalen_johansen
from evaluation.measures.clocks import Clock, application_clock, request_clocks, standing
from evaluation.measures.decision_terms import decision_free, decision_terms, penalty_eur
from evaluation.measures.kaplan_meier import kaplan_meier
from evaluation.measures.norms import Norm, Norms, norms_on
from evaluation.measures.waiting import COMPETING, WILSON, waiting, within_norm
from evaluation.measures.waiting_groups import waiting_by_entry, waiting_by_team
from evaluation.pipeline.rights_inputs import access_statements, norms
from evaluation.sources.package import read_table
from evaluation.sources.synthetic.records.access import TRUTH, stages
from tests.measures.recorded import DAY, SINCE, recorded

NORMS = norms(DAY)


def _frame(rows: list[tuple[int, str | None]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["exit_days", "cause"]).astype({"cause": object})
    return frame.assign(entry_days=0, n=1)


def _norm(days: int) -> Norm:
    return Norm("x", "signal_to_start", days, "reference", "x")


# Five families: help on day 1, withdrawn on day 2, waits since 3 days, help on day 4, waits since 5 days.
TOY = _frame([(1, "reached"), (2, "withdrawn"), (3, None), (4, "reached"), (5, None)])


def test_toy_with_a_competing_withdrawal() -> None:
    # Day 1: 1/5. Day 4: two of the five still wait, and (1 - 1/5)(1 - 1/4) = 0.6 are left: + 0.6 * 1/2.
    found = within_norm(TOY, aalen_johansen(TOY), _norm(4))
    assert found.method == COMPETING
    assert found.share.value == pytest.approx(1 / 5 + 0.6 * 1 / 2)
    assert found.withdrawn.value == pytest.approx(4 / 5 * 1 / 4)
    assert found.share.low is not None
    assert found.share.high is not None
    assert 0 < found.share.low < 0.5 < found.share.high < 1
    # A withdrawal taken for somebody who might still be helped: 1 - (4/5)(1/2) = 0.6, which is too high.
    naive = kaplan_meier(TOY.assign(ended=TOY["cause"] == "reached")).share_longer_than(4)
    assert naive.value is not None
    assert 1 - naive.value == pytest.approx(0.6)
    # Both who have been helped were helped within 4 days: the figure that knows nobody who waits.
    assert found.naive_share == 1.0


def test_without_censoring_before_the_norm_it_is_the_proportion_with_wilson() -> None:
    frame = _frame([(3, "reached")] * 9 + [(10, "reached")] * 2 + [(8, None)] * 4 + [(5, "withdrawn")] * 3)
    found = within_norm(frame, aalen_johansen(frame), _norm(7))
    assert found.method == WILSON
    low, high = proportion_confint(9, 18, method="wilson")
    assert (found.share.value, found.share.low, found.share.high) == pytest.approx((9 / 18, low, high))
    # The estimate with censoring gives the same number: nobody is lost before the norm.
    assert aalen_johansen(frame).share_by("reached", 7).value == pytest.approx(9 / 18)
    # One family that waits since less than the norm, and it is no longer a proportion.
    more = pd.concat([frame, _frame([(6, None)])], ignore_index=True)
    assert within_norm(more, aalen_johansen(more), _norm(7)).method == COMPETING


def test_nobody_followed_up_to_the_norm_is_unknown_and_no_zero() -> None:
    frame = _frame([(3, None)] * 20)
    assert within_norm(frame, aalen_johansen(frame), _norm(28)).share.value is None


REFERRALS = {
    #            starts  waits contact  waits triage  withdrew  no contact day  after withdrawal  impossible  earlier
    "referral_id": ["1", "2", "3", "4", "5", "6", "7", "8"],
    "client_key": ["a", "b", "c", "d", "e", "f", "g", "h"],
    "referrer_code": ["01"] * 8,
    "signal_date": ["2024-01-01"] * 2 + ["2024-12-20"] + ["2024-01-01"] * 4 + ["2022-12-31"],
    "triage_date": ["2024-01-03", "2024-01-05", None, None, None, "2024-01-02", "2023-12-31", None],
    "first_contact_date": ["2024-01-08", None, None, None, None, "2024-02-10", None, None],
    "start_date": ["2024-02-01", None, None, None, "2024-01-20", None, None, None],
    "withdrawn_date": [None, None, None, "2024-01-15", None, "2024-02-01", None, None],
    "team": ["T01", "T01", "T02", "T02", None, "T01", "T01", "T01"],
}


def test_clocks_of_requests() -> None:
    found = request_clocks(recorded("referrals", REFERRALS), SINCE)
    # 7 has a triage before its own first day; 8 came in before the period.
    assert found.start.n_missing == 1
    assert found.contact.frame["exit_days"].tolist() == [7, 366, 12, 14, 19, 31]
    # 5 had no contact day but started on day 19: the contact was there by then. 6 was withdrawn before its contact.
    causes = ["reached", None, None, "withdrawn", "reached", "withdrawn"]
    assert [None if pd.isna(cause) else cause for cause in found.contact.frame["cause"]] == causes
    assert found.contact_to_start.frame[["exit_days", "cause"]].to_numpy().tolist() == [[24, "reached"], [0, "reached"]]
    counts = standing(found).frame.set_index("state")["count"].to_dict()
    assert counts == {
        "waiting_triage": 1,
        "withdrawn_before_triage": 1,
        "waiting_contact": 1,
        "withdrawn_before_contact": 1,
        "waiting_start": 0,
        "withdrawn_before_start": 0,
        "started": 2,
    }
    for clock in (found.triage, found.contact, found.start, found.contact_to_start):
        wait = waiting(clock, NORMS.of(clock.name))
        assert wait.n == len(clock.frame)
        assert wait.n_reached == (clock.frame["cause"] == "reached").sum()
        assert wait.n_withdrawn == (clock.frame["cause"] == "withdrawn").sum()
        assert wait.n_waiting == clock.frame["cause"].isna().sum()


DECISIONS = {
    #               8 weeks  a day late  suspended   open, late   open      withdrawn
    "decision_id": ["1", "2", "3", "4", "5", "6"],
    "client_key": ["a", "b", "c", "d", "e", "f"],
    "application_date": ["2024-01-01", "2024-01-01", "2024-01-01", "2024-09-01", "2024-12-01", "2024-01-01"],
    "suspension_days": [None, None, 10, None, None, None],
    "decision_date": ["2024-02-26", "2024-02-27", "2024-03-07", None, None, "2024-01-20"],
    "outcome": ["granted", "refused", "granted", None, None, "withdrawn"],
}


def test_suspension_stops_the_clock_of_an_application() -> None:
    clock = application_clock(recorded("decisions", DECISIONS), SINCE, NORMS)
    # 1 January + 56 days is 26 February; the third took 66 days less 10 of suspension.
    assert sorted(clock.frame["exit_days"].tolist()) == sorted([56, 57, 56, 122, 31, 19])
    terms = decision_terms(clock, NORMS)
    assert (terms.in_time, terms.late, terms.open_in_time, terms.open_late, terms.withdrawn) == (2, 1, 1, 1, 1)
    assert terms.late_share == pytest.approx(1 / 3)
    # Open since 122 days: 122 - 56 - 14 = 52 days in default, of which 42 count; one day late is within the two weeks.
    assert terms.noticed_at_once_eur == 1442
    assert terms.n_penalised == 1


def test_penalty_of_the_law() -> None:
    per_day = NORMS.penalty_per_day
    assert NORMS.penalty_ceiling_eur == 14 * 23 + 14 * 35 + 14 * 45 == 1442
    assert [penalty_eur(days, per_day) for days in (-3, 0, 1, 14, 15, 42, 400)] == [0, 0, 23, 322, 357, 1442, 1442]


def test_norms_hold_between_their_days() -> None:
    table = read_table("norms")
    assert norms_on(table, date(2018, 12, 31)).penalty_ceiling_eur is None
    assert norms_on(table, date(1999, 12, 31)).named("treek_contact") is None
    assert [norm.days for norm in NORMS.of("signal_to_start")] == [98, 70]
    assert {norm.kind for norm in NORMS.of("signal_to_start")} == {"reference"}
    assert NORMS.named("awb_decision") == Norm(
        "awb_decision", "application_to_decision", 56, "law", NORMS.of("application_to_decision")[0].source
    )


def test_help_without_an_application_has_no_clock() -> None:
    clock = request_clocks(recorded("referrals", REFERRALS), SINCE).start
    decisions = {
        "decision_id": ["1", "2"],
        "client_key": ["a", "b"],
        "application_date": ["2024-01-10", "2023-05-01"],
    }
    # Of the six requests only that of a was followed by an application; that of b came before the request.
    found = decision_free(clock, recorded("decisions", decisions))
    assert (found.n, found.without) == (6, 5)
    assert decision_free(clock, recorded("decisions", None)).without is None


def test_groups_by_team_and_time_add_up() -> None:
    clock = request_clocks(recorded("referrals", REFERRALS), SINCE).start
    norm = NORMS.of(clock.name)[0]
    by_team = waiting_by_team(clock, norm)
    assert by_team is not None
    assert by_team.frame[["group", "n", "reached"]].to_numpy().tolist() == [
        ["T01", 3, 1],
        ["T02", 2, 0],
        ["unknown", 1, 1],
        ["", 6, 2],
    ]
    by_quarter, by_month = (waiting_by_entry(clock, norm, least) for least in (30, 1))
    assert by_quarter is not None
    assert by_month is not None
    assert by_quarter.frame["group"].tolist() == ["2024-Q1", "2024-Q4", ""]
    assert by_month.frame["group"].tolist() == ["2024-01", "2024-12", ""]
    assert waiting_by_team(clock, None) is None


def _simulated(rng: np.random.Generator, size: int, days: int) -> pd.DataFrame:
    """Requests spread evenly over a period of so many days that ends today, of the process of the invented registry."""
    arrived = rng.integers(0, days, size)
    start = np.floor(stages(size, rng, started=False)[:, 2])
    gone = np.floor(rng.exponential(1 / TRUTH.withdrawal_per_day, size))
    stopped = np.minimum(start, gone)
    cause = np.where(start <= gone, "reached", "withdrawn").astype(object)
    running = stopped > days - arrived
    cause[running] = None
    return _frame(list(zip(np.where(running, days - arrived, stopped).astype(int), cause, strict=True)))


@pytest.fixture(scope="module")
def true_share() -> float:
    rng = np.random.default_rng(0)
    size = 2_000_000
    start = np.floor(stages(size, rng, started=False)[:, 2])
    gone = np.floor(rng.exponential(1 / TRUTH.withdrawal_per_day, size))
    return float(((start <= 98) & (start <= gone)).mean())


def test_the_share_within_the_norm_covers_and_that_of_the_started_is_biased(true_share: float) -> None:
    rng = np.random.default_rng(3)
    covered, naive = [], []
    for _ in range(400):
        frame = _simulated(rng, 150, 180)
        found = within_norm(frame, aalen_johansen(frame), _norm(98))
        assert found.method == COMPETING
        assert found.share.low is not None
        assert found.share.high is not None
        covered.append(found.share.low <= true_share <= found.share.high)
        assert isinstance(found.naive_share, float)
        naive.append(found.naive_share)
    # 400 runs at 95%: a standard error of 1.1 points.
    assert 0.92 <= np.mean(covered) <= 0.98
    # Of those who have started almost all did so within the norm, whatever the truth.
    assert np.mean(naive) - true_share > 0.08
    assert min(naive) > true_share


def test_the_invented_registry_follows_its_own_truth(true_share: float) -> None:
    rng = np.random.default_rng(1)
    # The shares of the closed form: who starts, and the length of those who do.
    free = stages(200_000, rng, started=False)[:, 2]
    gone = rng.exponential(1 / TRUTH.withdrawal_per_day, len(free))
    assert (free < gone).mean() == pytest.approx(TRUTH.share_started, abs=0.003)
    assert free[free < gone].mean() == pytest.approx(stages(200_000, rng, started=True)[:, 2].mean(), abs=0.4)
    assert true_share < TRUTH.share_started


def _clock(n: int, cause: str | None, days: int) -> Clock:
    rows = {
        "referral_id": [str(i) for i in range(n)],
        "client_key": [f"c{i}" for i in range(n)],
        "referrer_code": ["01"] * n,
        "signal_date": [str(DAY - timedelta(days=days))] * n,
        "start_date": [str(DAY) if cause == "reached" else None] * n,
    }
    return request_clocks(recorded("referrals", rows), SINCE).start


@pytest.mark.parametrize("n", [0, 1, 9, 40])
def test_all_still_waiting_is_no_zero(n: int) -> None:
    wait = waiting(_clock(n, None, 30), NORMS.of("signal_to_start"))
    assert wait.n_waiting == wait.n == n
    assert wait.median_days.value is None
    assert wait.naive_mean_days is None
    assert all(outcome.share.value is None for outcome in wait.within)
    values = {measure.id: measure.estimate for measure in wait.measures()}
    assert values["access.started_within_norm_share"] is None
    assert values["access.still_waiting"] == (n or None)


def test_all_waiting_longer_than_the_norm_is_a_known_zero() -> None:
    wait = waiting(_clock(40, None, 200), NORMS.of("signal_to_start"))
    assert wait.main is not None
    assert wait.main.share.value == 0
    assert wait.main.method == WILSON


def test_the_day_of_half_lies_in_its_interval() -> None:
    frame = _simulated(np.random.default_rng(5), 800, 400)
    clock = replace(
        _clock(1, None, 10),
        frame=frame,
        states={"started": len(frame), "waiting_triage": 0, "withdrawn_before_triage": 0},
        sums={"n": ("started",), "reached": ("started",), "withdrawn": (), "waiting": ()},
    )
    median = waiting(clock, ()).median_days
    assert median.value is not None
    assert median.low is not None
    assert median.high is not None
    assert median.low < median.value < median.high
    curves = aalen_johansen(frame)
    before, at = (curves.share_by("reached", days).value for days in (median.value - 1, median.value))
    assert before is not None
    assert at is not None
    assert before < 0.5 <= at


def test_no_number_and_no_norm_was_published() -> None:
    told = access_statements()
    assert (told.n, told.n_with_number) == (6, 0)
    assert "Termijnen tot besluit" in set(told.frame["quote"])
    assert told.evidence is Evidence.PUBLISHED
    assert isinstance(NORMS, Norms)
    assert NORMS.evidence is Evidence.BENCHMARK
