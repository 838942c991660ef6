"""Change in few families: what is paired, what is missing, and what that leaves open."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from evaluation.evidence import Bounded
from evaluation.measures.pilot import PilotFigures
from evaluation.measures.pilot_change import changes, follow_up, missing_bounds
from evaluation.measures.pilot_scores import Instrument, PairedScores, paired_scores
from evaluation.measures.reliable_change import family_lines, goal_attainment, reliable_change
from evaluation.measures.shrinkage import detectable, posterior, shrinkage
from evaluation.parameters import ParameterError
from evaluation.pipeline.inputs import instruments, primary_outcome
from evaluation.sources.synthetic.records.pilot_scores import INVENTED
from tests.measures.pilot_records import drawn_families, drawn_scores, records, scored

KNOWN = instruments()
SDQ = primary_outcome(KNOWN, "SDQ", "total")
FIGURES = PilotFigures(2023, 21, 9, Bounded(57, 56.5, 57.5), Bounded(8, 7.5, 8), Bounded(4, 4, 4.5), 10, pd.DataFrame())
FAMILIES = pd.DataFrame(
    {
        "family_key": ["a", "b", "c", "d", "e"],
        "start_date": ["2023-01-01", "2023-02-01", "2023-03-01", "2024-09-01", "2023-05-01"],
        "end_date": ["2023-12-01", "2023-12-01", None, None, "2023-11-01"],
    }
)
SCORES = scored(
    # a: better by 3; b: worse by 1; c: no later score, refused; d: not due; e: nothing at all.
    ("a", "SDQ", "total", "parent", "t0", 20, None),
    ("a", "SDQ", "total", "parent", "t6", 17, None),
    ("b", "sdq", "Totaal", "parent", "t0", 10, None),
    ("b", "SDQ", "totaal", "parent", "t6", 11, None),
    ("c", "SDQ", "total", "parent", "t0", 15, None),
    ("c", "SDQ", "total", "parent", "t6", None, "refused"),
    ("d", "SDQ", "total", "parent", "t0", 12, None),
)


def pairs(
    scores: pd.DataFrame = SCORES, primary: Instrument = SDQ, moment: str = "t6", families: pd.DataFrame = FAMILIES
) -> PairedScores:
    return paired_scores(records("pilot_families", families), records("pilot_scores", scores), KNOWN, primary, moment)


def test_every_family_has_a_row_and_a_reason_when_it_has_no_pair() -> None:
    rows = pairs().of(SDQ).set_index("family")
    assert rows["reason"].to_dict() == {"a": "", "b": "", "c": "refused", "d": "not_due", "e": "no_baseline"}
    assert pairs().changes(SDQ).tolist() == [3, -1]
    found = follow_up(pairs())
    assert (found.families, found.measured, found.missing, found.by_worker) == (5, 2, 3, 0)
    assert found.frame["families"].sum() == 5
    assert found.share.value == pytest.approx(2 / 5)


def test_the_end_is_awaited_only_while_a_family_is_supported() -> None:
    rows = pairs(moment="end").of(SDQ).set_index("family")
    assert rows["reason"].to_dict() == {
        "a": "no_reason", "b": "no_reason", "c": "running", "d": "running", "e": "no_baseline"
    }  # fmt: skip


def test_both_scores_come_from_one_rater_the_least_involved_first() -> None:
    both = scored(
        ("a", "SDQ", "total", "worker", "t0", 20, None),
        ("a", "SDQ", "total", "worker", "t6", 10, None),
        ("a", "SDQ", "total", "parent", "t0", 21, None),
        ("a", "SDQ", "total", "parent", "t6", 18, None),
        # Of b the parent has no later score, so the worker's pair is taken; of c there is no pair.
        ("b", "SDQ", "total", "worker", "t0", 20, None),
        ("b", "SDQ", "total", "worker", "t6", 19, None),
        ("b", "SDQ", "total", "parent", "t0", 5, None),
        ("c", "SDQ", "total", "parent", "t0", 5, None),
        ("c", "SDQ", "total", "worker", "t6", 4, None),
    )
    found = pairs(both)
    assert found.changes(SDQ).tolist() == [3, 1]
    assert follow_up(found).by_worker == 1


def test_a_score_outside_its_scale_is_missing_and_an_unknown_outcome_is_left_out() -> None:
    odd = scored(
        ("a", "SDQ", "total", "parent", "t0", 44, None),
        ("a", "SDQ", "total", "parent", "t6", 17, None),
        ("a", "VGFO", "total", "parent", "t0", 50, None),
        ("a", "Jan de Vries", "total", "parent", "t0", 50, None),
    )
    found = pairs(odd)
    assert found.of(SDQ).set_index("family").loc["a", "reason"] == "outside_scale"
    assert found.not_compared == ("", "VGFO total")
    assert [one.code for one in found.instruments] == ["SDQ total"]


def test_goals_become_a_t_score_over_the_goals_scored_twice() -> None:
    goals = scored(
        *(("a", "GAS", f"goal {i}", "worker", "t0", -1, None) for i in (1, 2, 3)),
        *(("a", "GAS", f"goal {i}", "worker", "t6", score, None) for i, score in ((1, 0), (2, 1), (3, 2), (4, 2))),
    )
    found = pairs(goals)
    gas = next(one for one in found.instruments if one.name == "GAS")
    # Three goals at -1: 50 - 30 / sqrt(4.8) = 36.3; at 0, 1, 2: 63.7. The fourth was not there at the start.
    assert found.of(gas).set_index("family").loc["a", ["before", "after"]].tolist() == pytest.approx(
        [36.31, 63.69], abs=5e-3
    )
    reached = goal_attainment(found)
    assert (reached.n, reached.n_missing, reached.as_expected, reached.goals) == (1, 4, 1, 3)
    assert reached.mean.value == pytest.approx(63.69, abs=5e-3)
    assert reached.mean.low is None


def test_changes_holm_adjusts_all_but_the_primary() -> None:
    families = drawn_families(40)
    found = changes(pairs(drawn_scores(families), moment="end", families=families))
    p = found.frame["p"].to_numpy(float)
    assert np.isnan(found.frame["p_holm"].iloc[0])
    others = np.sort(p[1:])
    # The smallest of m is multiplied by m (Holm 1979), and no adjusted value is below the raw one.
    assert found.frame["p_holm"].iloc[1:].min() == pytest.approx(min(others[0] * len(others), 1))
    assert (found.frame["p_holm"].iloc[1:].to_numpy(float) >= p[1:]).all()
    measures = {one.id: one for one in found.measures()}
    assert measures["pilot_change.primary_change"].n == found.primary["n"]
    assert measures["pilot_change.primary_change"].n_missing == 40 - found.primary["n"]


def test_bounds_are_the_extremes_over_every_possible_missing_score() -> None:
    found = missing_bounds(pairs())
    # c: from 15 to 40 (worst, lower is better: -25) or to 0 (+15); d: 12 to 40 (-28) or 0 (+12); e: -40 or +40.
    assert found.row("mean")[["observed", "worst", "best"]].tolist() == pytest.approx(
        [1, (3 - 1 - 25 - 28 - 40) / 5, (3 - 1 + 15 + 12 + 40) / 5]
    )
    assert found.row("median")[["worst", "best"]].tolist() == [-25, 12]
    assert found.row("share_better")[["observed", "worst", "best"]].tolist() == [1 / 2, 1 / 5, 4 / 5]


@pytest.mark.parametrize("rule", ["worst leave", "best leave", "by chance"])
def test_bounds_hold_the_truth_whatever_decides_who_is_missing(rule: str) -> None:
    random = np.random.default_rng(7)
    for _ in range(15):
        n = int(random.integers(2, 22))
        before, after = random.integers(0, 41, n), random.integers(0, 41, n)
        change = before - after
        order = {"worst leave": np.argsort(change), "best leave": np.argsort(-change)}.get(rule, random.permutation(n))
        gone = set(order[: int(random.integers(0, n))])
        rows = [(f"f{i}", "SDQ", "total", "parent", "t0", float(before[i]), None) for i in range(n)]
        rows += [
            (f"f{i}", "SDQ", "total", "parent", "t6", None if i in gone else float(after[i]), None) for i in range(n)
        ]
        found = missing_bounds(pairs(scored(*rows), families=FAMILIES.iloc[:0]))
        truth = {"mean": change.mean(), "median": np.median(change), "share_better": (change > 0).mean()}
        for quantity, value in truth.items():
            row = found.row(quantity)
            assert row["worst"] - 1e-9 <= value <= row["best"] + 1e-9


def test_bounds_need_a_scale() -> None:
    empo = primary_outcome(KNOWN, "EMPO", "total")
    found = missing_bounds(pairs(scored(("a", "EMPO", "total", "parent", "t0", 30, None)), empo))
    assert found.row("mean")[["observed", "worst", "best"]].isna().all()
    assert found.row("share_better")[["worst", "best"]].tolist() == [0, 1]


def test_reliable_change_counts_families_over_the_threshold() -> None:
    # 1.96 sqrt(2) 5.6 sqrt(.2) = 6.94 points.
    rows = [
        (family, "SDQ", "total", "parent", moment, score, None)
        for family, first, last in (("a", 20, 13), ("b", 20, 14), ("c", 10, 17), ("d", 10, 16))
        for moment, score in (("t0", first), ("t6", last))
    ]
    found = reliable_change(pairs(scored(*rows)))  # type: ignore[arg-type]
    row = found.primary
    assert row["threshold"] == pytest.approx(6.942, abs=5e-4)
    assert row[["improved", "unchanged", "worse", "n", "n_missing"]].tolist() == [1, 2, 1, 4, 1]
    assert row[["share", "share_worst", "share_best"]].tolist() == pytest.approx([1 / 4, 1 / 5, 2 / 5])
    lines = family_lines(pairs(scored(*rows)))  # type: ignore[arg-type]
    assert sorted(lines.frame["change"]) == ["", "improved", "unchanged", "unchanged", "worse"]
    assert "family" not in lines.frame


def test_without_reliability_nobody_is_called_changed() -> None:
    obvl = primary_outcome(KNOWN, "OBVL", "total")
    rows = scored(("a", "OBVL", "total", "parent", "t0", 90, None), ("a", "OBVL", "total", "parent", "t6", 40, None))
    row = reliable_change(pairs(rows, obvl)).primary
    assert row[["threshold", "improved", "share"]].isna().all()
    assert row["n"] == 1


def test_detectable_changes_of_the_published_groups() -> None:
    found = detectable(changes(pairs()), FIGURES)
    effects = found.frame.set_index("group")["effect"]
    assert effects[["all", "new"]].tolist() == pytest.approx([0.64, 1.07], abs=5e-3)
    assert found.row("measured")["n"] == 2


def test_without_a_prior_the_posterior_is_students_interval() -> None:
    d = np.random.default_rng(2).normal(1, 2, 15)
    mean, low, high, better = posterior(d, 0, 0.95)
    expected = stats.ttest_1samp(d, 0, alternative="greater")
    two_sided = stats.ttest_1samp(d, 0).confidence_interval(0.95)
    assert (mean, low, high) == pytest.approx((d.mean(), two_sided.low, two_sided.high))
    assert better == pytest.approx(1 - expected.pvalue)


def test_the_conjugate_posterior_is_that_of_integration() -> None:
    """Against the joint density of mean and variance on a grid."""
    d, k = np.array([1.0, 2.5, -0.5, 3.0, 0.8]), 5
    mu = np.linspace(-4, 5, 1801)[:, None]
    log_variance = np.linspace(-4, 6, 2001)[None, :]
    variance = np.exp(log_variance)
    squares = ((d[:, None, None] - mu) ** 2).sum(axis=0)
    log_density = -(len(d) + 1) / 2 * log_variance - (squares + k * mu**2) / (2 * variance)
    weight = np.exp(log_density - log_density.max()).sum(axis=1)
    weight /= weight.sum()
    mean, low, high, better = posterior(d, k, 0.95)
    cumulative = np.cumsum(weight)
    assert mean == pytest.approx(float((weight * mu[:, 0]).sum()), abs=1e-3)
    assert low == pytest.approx(float(mu[np.searchsorted(cumulative, 0.025), 0]), abs=0.01)
    assert high == pytest.approx(float(mu[np.searchsorted(cumulative, 0.975), 0]), abs=0.01)
    assert better == pytest.approx(float(weight[mu[:, 0] > 0].sum()), abs=3e-3)


def test_a_heavier_prior_draws_the_mean_to_no_change() -> None:
    families = drawn_families(30)
    found = shrinkage(pairs(drawn_scores(families), moment="end", families=families)).frame
    assert found["mean"].abs().is_monotonic_decreasing
    assert posterior(np.array([2.0]), 5, 0.95) == posterior(np.array([2.0, 2.0]), 0, 0.95) == (None,) * 4


def test_the_known_change_is_recovered() -> None:
    """Of 150 invented families without missing scores the interval holds the truth of each outcome."""
    truth = replace(INVENTED, missing_start=0.0, missing_later=0.0, missing_item=0.0)
    families = drawn_families(150, mean_months=60)
    found = changes(pairs(drawn_scores(families, truth=truth), families=families))
    for one in truth.outcomes:
        row = found.frame[(found.frame["instrument"] == one.instrument) & (found.frame["domain"] == one.domain)]
        if row.empty:
            assert one.instrument == "VGFO"
            continue
        better = one.change if one.instrument not in ("SDQ", "OBVL") or one.domain == "prosocial" else -one.change
        assert row["low"].iloc[0] - one.step <= better <= row["high"].iloc[0] + one.step, one


def test_an_outcome_that_is_not_described_stops_in_one_line() -> None:
    for name, domain in (("SDQ", "totl"), ("VGFO", "total")):
        with pytest.raises(ParameterError, match=r"^pilot_change: .*instruments\.csv describes SDQ total, "):
            primary_outcome(KNOWN, name, domain)


def test_every_value_of_an_instrument_has_a_source_and_lies_on_its_scale() -> None:
    assert all(one.source for one in KNOWN)
    assert {one.name for one in KNOWN} >= {"ZRM", "EMPO", "OBVL", "VGFO", "SDQ", "GAS"}
    for one in KNOWN:
        assert one.low is None or one.high is None or one.low < one.high
        assert (one.reliability is None) == (one.reliability_kind == "")


def test_nothing_delivered_is_unknown_and_not_zero() -> None:
    nothing = paired_scores(records("pilot_families", None), records("pilot_scores", None), KNOWN, SDQ, "end")
    estimates = [one.estimate for result in (changes(nothing), reliable_change(nothing)) for one in result.measures()]
    estimates += [
        one.estimate
        for result in (follow_up(nothing), detectable(changes(nothing), FIGURES))
        for one in result.measures()
    ]
    assert estimates == [None] * 5
    assert missing_bounds(nothing).frame[["observed", "worst", "best"]].isna().all(axis=None)
