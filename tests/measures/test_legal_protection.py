"""Legal protection: few cases with exact intervals, the right denominators, and two lists that miss some."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from evaluation.evidence import SUPPRESSED, Evidence
from evaluation.measures.calendar_years import spans, trajectory_months
from evaluation.measures.capture_recapture import chapman, transformed_logit_interval
from evaluation.measures.complaints import complaints, complaints_missed
from evaluation.measures.event_rates import compare_rates, poisson_rate
from evaluation.measures.legal_funnel import legal_funnel
from evaluation.measures.objections import objections, rights_observatory
from evaluation.measures.plan_use import plan_use
from evaluation.pipeline.rights_inputs import legal_statements, norms, ombudsman_cases
from tests.measures.recorded import DAY, SINCE, recorded, trajectories

NORMS = norms(DAY)


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0, 3.69), (10, 4.80, 18.39), (25, 16.18, 36.90)])
def test_exact_poisson_intervals(count: int, low: float, high: float) -> None:
    # Garwood (1936), Biometrika 28, the table of fiducial limits.
    assert poisson_rate(count, 1.0, 1.0) == pytest.approx((count, low, high), abs=0.006)
    assert poisson_rate(count, 2000.0, 1000.0) == pytest.approx((count / 2, low / 2, high / 2), abs=0.006)


def test_a_rate_without_time_is_unknown_and_a_hidden_one_stays_hidden() -> None:
    assert poisson_rate(3, 0.0, 1000.0) == (None, None, None)
    assert poisson_rate(SUPPRESSED, 10.0, 1000.0) == (SUPPRESSED, SUPPRESSED, SUPPRESSED)


def test_the_ombudsman_handled_25_cases() -> None:
    row = ombudsman_cases().last
    assert (row["year"], row["cases"]) == ("2024", 25)
    assert (row["low"], row["high"]) == pytest.approx((16.18, 36.90), abs=0.006)


class TestCaptureRecapture:
    def test_published_examples(self) -> None:
        # Seber (2002), The Estimation of Animal Abundance, p. 60, as in R's fishmethods: 948 marked, 421 caught, 167 of
        # them marked. Chapman (1951): 949 * 422 / 168 - 1.
        found = chapman(948, 421, 167)
        assert found is not None
        assert found[0] == pytest.approx(949 * 422 / 168 - 1)
        assert round(found[0]) == 2383
        # Sadinle (2009), with the turtles of "Mark and recapture" (Wikipedia): 10, 15 and 5 give 22 to 65.
        low, high = transformed_logit_interval(10, 15, 5)
        assert (round(low), round(high)) == (22, 65)
        assert transformed_logit_interval(15, 10, 5) == pytest.approx((low, high))

    def test_fewer_than_seven_in_both_is_no_estimate(self) -> None:
        assert chapman(30, 30, 6) is None
        assert chapman(30, 30, 7) is not None
        with pytest.raises(ValueError, match="cannot be more"):
            chapman(5, 9, 6)

    def test_the_interval_never_lies_below_what_was_seen(self) -> None:
        for first, second, both in ((20, 20, 19), (40, 9, 9), (200, 300, 100)):
            found = chapman(first, second, both)
            assert found is not None
            assert found[1] >= first + second - both - 0.5

    def test_it_covers_and_hardly_misses_in_the_middle(self) -> None:
        rng = np.random.default_rng(8)
        size = 120
        estimates, covered = [], []
        for _ in range(2000):
            first, second = rng.random(size) < 0.45, rng.random(size) < 0.35
            found = chapman(int(first.sum()), int(second.sum()), int((first & second).sum()))
            if found is not None:
                estimates.append(found[0])
                covered.append(found[1] <= size <= found[2])
        assert len(estimates) > 1950
        assert np.mean(estimates) == pytest.approx(size, rel=0.02)
        assert 0.93 <= np.mean(covered) <= 0.975


class TestComparison:
    def test_the_test_keeps_its_size(self) -> None:
        # All counts that can come out with equal rates of 6 and 12: an exact test may err less often than 5%, not more.
        counts = np.arange(60)
        first, second = stats.poisson.pmf(counts, 6), stats.poisson.pmf(counts, 12)
        wrong = outside = 0.0
        for count, p in zip(counts[:30], first[:30], strict=True):
            for before, q in zip(counts[:40], second[:40], strict=True):
                found = compare_rates(("b", int(count), 100.0), ("a", int(before), 200.0))
                if isinstance(found.p_value, float) and found.p_value < 0.05:
                    wrong += p * q
                if isinstance(found.low, float) and isinstance(found.high, float) and not found.low <= 1 <= found.high:
                    outside += p * q
        assert 0.01 < wrong <= 0.05
        assert 0.01 < outside <= 0.05

    def test_ratio_against_a_worked_number(self) -> None:
        # 10 in 1,000 months after 5 in 1,000: 2.0; F quantiles give the exact ends (Clopper-Pearson of 10/15, odds).
        found = compare_rates(("b", 10, 1000.0), ("a", 5, 1000.0))
        low = stats.beta.ppf(0.025, 10, 6)
        high = stats.beta.ppf(0.975, 11, 5)
        assert found.ratio == pytest.approx(2.0)
        assert (found.low, found.high) == pytest.approx((low / (1 - low), high / (1 - high)))

    def test_no_events_give_no_ratio(self) -> None:
        assert compare_rates(("b", 0, 10.0), ("a", 0, 10.0)).p_value is None
        one_empty = compare_rates(("b", 0, 10.0), ("a", 8, 10.0))
        assert one_empty.ratio is None
        assert one_empty.p_value == pytest.approx(2 * 0.5**8)


def test_years_and_time_of_a_period() -> None:
    parts = spans(SINCE, DAY)
    assert [part.name for part in parts] == ["2023", "2024", ""]
    # From 2 December 2023 to 1 January 2024: 30 days in 2023; to 31 January 2024: 30 days in 2024.
    snapshot = trajectories([("2023-12-02", "2024-01-31"), ("2022-01-01", "2022-12-31")])
    found = trajectory_months(snapshot, parts)
    assert [(round(months * 30.4375), n) for months, n in found] == [(30, 1), (30, 1), (60, 1)]


# accepted; declined: upheld, no objection, asked lately, asked long ago; not answered; an objection may still come
OFFERS = {
    "offer_id": list("1234567"),
    "client_key": list("abcdefg"),
    "offered_on": ["2024-01-05"] * 6 + ["2024-10-01"],
    "response": ["accepted", "declined", "declined", "declined", "declined", "open", "declined"],
    "responded_on": ["2024-01-08"] * 5 + [None, "2024-10-05"],
    "inquiry_requested_on": [None, "2024-01-20", "2024-01-20", "2024-12-20", "2024-02-01", None, None],
    "inquiry_on": [None, "2024-02-01", None, None, None, None, "2024-10-20"],
    "decision_id": [None, "D1", "D2", None, None, None, "D3"],
}
DECISIONS = {
    "decision_id": ["D1", "D2", "D3", "D4", "D5"],
    "client_key": ["b", "c", "g", "x", "y"],
    "application_date": ["2024-02-01", "2024-02-01", "2024-10-20", "2023-03-01", "2023-03-01"],
    "decision_date": ["2024-03-01", "2024-03-01", "2024-12-15", "2023-04-01", "2023-04-01"],
    "outcome": ["refused", "granted", "refused", "refused", "withdrawn"],
    "objection_date": ["2024-03-20", None, None, "2023-04-20", None],
    "objection_decision_date": ["2024-05-20", None, None, None, None],
    "objection_outcome": ["partly_upheld", None, None, None, None],
}


def test_the_funnel_is_nested_and_shows_the_open_ones_apart() -> None:
    found = legal_funnel(recorded("offers", OFFERS), recorded("decisions", DECISIONS), SINCE, NORMS)
    assert found.offered == 7
    assert found.answers[["answer", "count", "requested", "decided"]].to_numpy().tolist() == [
        ["accepted", 1, 0, 0],
        ["declined", 5, 5, 3],
        ["open", 1, 0, 0],
    ]
    # 3 has no day of inquiry, but a decision: it counts as held. 4 asked lately, so it may still be held; 5 long ago.
    # Of the decisions one is from mid December: an objection may still come.
    assert found.steps[["step", "of", "count", "open", "n"]].to_numpy().tolist() == [
        ["requested", 7, 5, 1, 6],
        ["held", 5, 3, 1, 4],
        ["decided", 3, 3, 0, 3],
        ["objected", 3, 1, 1, 2],
        ["upheld", 1, 1, 0, 1],
    ]
    assert found.declined_share == pytest.approx(5 / 6)


def test_a_funnel_without_decisions_is_unknown_from_there_on() -> None:
    found = legal_funnel(recorded("offers", OFFERS), recorded("decisions", None), SINCE, NORMS)
    assert found.step("held")["count"] == 2
    assert found.step("decided")["count"] is None
    assert found.step("upheld")["share"] is None


def test_objections_are_out_of_decisions() -> None:
    snapshot = trajectories([("2023-01-01", None)] * 20)
    found = objections(recorded("decisions", DECISIONS), snapshot, SINCE, NORMS)
    columns = ["year", "decisions", "closed", "objections", "answered", "upheld"]
    assert found.frame[columns].to_numpy().tolist() == [
        ["2023", 1, 1, 1, 0, 0],  # the withdrawn application is no decision
        ["2024", 3, 2, 1, 1, 1],  # to the one of mid December an objection may still come
        ["", 1 + 3, 1 + 2, 1 + 1, 0 + 1, 0 + 1],
    ]
    assert found.whole["per_decisions"] == pytest.approx(100 * 2 / 3)
    assert found.whole["per_months"] == pytest.approx(1000 * 2 / (20 * 731 / 30.4375))
    values = {measure.id: measure.estimate for measure in found.measures()}
    assert values["legal_protection.decisions"] == 4
    funnel = legal_funnel(recorded("offers", OFFERS), recorded("decisions", DECISIONS), SINCE, NORMS)
    what_if = rights_observatory(funnel, found).frame
    # Two declined offers without a decision, four offers without one, and two objections on three decisions.
    assert what_if[["scope", "count"]].to_numpy().tolist() == [["declined", 2], ["all", 4]]
    assert what_if["expected"].tolist() == pytest.approx([2 * 2 / 3, 4 * 2 / 3])


def test_no_decision_gives_no_rate_of_objections() -> None:
    snapshot = trajectories([("2023-01-01", None)])
    for rows in (None, {"decision_id": []}):
        found = objections(recorded("decisions", rows), snapshot, SINCE, NORMS)
        assert found.whole["per_decisions"] is None
        funnel = legal_funnel(recorded("offers", OFFERS), recorded("decisions", rows), SINCE, NORMS)
        assert rights_observatory(funnel, found).frame["expected"].tolist() == [None, None]


COMPLAINTS = {
    "complaint_id": list("12345678"),
    #               a: twice within the month, and once a year later; b: two registers; c: one; nobody: twice; g: before
    "client_key": ["a", "a", "a", "b", "b", "c", None, None],
    "received_on": [
        *("2023-05-01", "2023-05-25", "2024-06-01", "2024-01-10", "2024-02-05", "2023-12-31"),
        *("2024-03-01", "2024-03-01"),
    ],
    "register": ["provider", "provider", "provider", "provider", "ombudsman", "municipality", "confidant", None],
}


def test_complaints_are_matched_by_client_and_time() -> None:
    snapshot = trajectories([("2023-01-01", None)] * 10)
    found = complaints(recorded("complaints", COMPLAINTS), snapshot, SINCE, 30)
    # 2023: the first of a, and that of c. 2024: the second of a, that of b, and two without a client.
    assert found.frame["complaints"].tolist() == [2, 4, 6]
    assert found.by_register.to_numpy().tolist() == [
        ["provider", 3],
        ["municipality", 1],
        ["ombudsman", 1],
        ["confidant", 1],
        ["unknown", 1],
    ]
    assert found.whole["rate"] == pytest.approx(1000 * 6 / (10 * 731 / 30.4375))
    missed = complaints_missed(recorded("complaints", COMPLAINTS), SINCE, 30)
    assert (missed.inside, missed.outside, missed.both, missed.seen, missed.without_client) == (3, 2, 1, 4, 1)
    assert missed.estimate is None
    # Within 20 days those of b are two complaints, and so are the first two of a.
    assert complaints(recorded("complaints", COMPLAINTS), snapshot, SINCE, 20).whole["complaints"] == 8


def test_complaints_that_were_not_delivered_are_unknown() -> None:
    snapshot = trajectories([("2023-01-01", None)])
    found = complaints(recorded("complaints", None), snapshot, SINCE, 30)
    assert found.whole["complaints"] is None
    assert found.whole["rate"] is None
    assert complaints_missed(recorded("complaints", None), SINCE, 30).seen is None
    empty = complaints(recorded("complaints", {"complaint_id": []}), snapshot, SINCE, 30)
    assert empty.whole["complaints"] == 0
    assert empty.whole["ci_high"] == pytest.approx(1000 * 3.69 / (731 / 30.4375), abs=0.1)


def test_not_offered_and_not_wanted_are_two_things() -> None:
    kinds = ["family_group_plan"] * 6 + ["explanatory_analysis"] * 2
    plans = {
        "plan_id": list("12345678"),
        "client_key": list("abcdefgh"),
        "kind": kinds,
        "considered_on": ["2024-01-01"] * 8,
        "offered": [False, True, True, True, None, True, True, True],
        "wanted": [None, False, True, True, None, None, True, True],
        "made_on": [None, None, "2024-02-01", None, None, None, "2024-02-01", "2024-02-01"],
        "complex": [True, True, False, None, True, True, True, False],
    }
    found = plan_use(recorded("plans", plans), SINCE)
    row = found.row("family_group_plan")
    columns = ["considered", "known", "not_offered", "not_wanted", "not_made", "made"]
    assert row[columns].tolist() == [6, 5, 1, 1, 2, 1]
    assert (row["offered_share"], row["wanted_share"], row["made_share"]) == pytest.approx((4 / 5, 3 / 4, 1 / 4))
    assert found.row("explanatory_analysis", "complex")["made"] == 1
    assert found.row("explanatory_analysis", "unknown")["considered"] == 0
    assert plan_use(recorded("plans", None), SINCE).row("family_group_plan")["made"] is None


def test_few_complaints_was_said_twice_without_a_number() -> None:
    told = legal_statements()
    assert told.n_with_number == 0
    assert told.repeated == ("Weinig klachten en bezwaren",)
    assert pd.notna(told.frame["gloss"]).all()
    assert told.evidence is Evidence.PUBLISHED
