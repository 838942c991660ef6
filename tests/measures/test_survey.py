"""A client survey and the outcome set, from five rows to the invented registry with its known truth."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from scipy.stats import hypergeom

from evaluation.measures.invitations import response
from evaluation.measures.outcomes import outcomes
from evaluation.measures.raking import weighted_satisfaction
from evaluation.measures.satisfaction import resistance, satisfaction
from evaluation.measures.shares import share_of
from evaluation.pipeline.inputs import load_registry
from evaluation.pipeline.survey_inputs import invented_satisfaction
from tests.measures.surveyed import DAY, SINCE, drawn, invited, register

TRAJECTORIES = """
    client_key  start_date  registered_on  end_date    end_reason  referrer_code
    a           2023-02-01  2023-02-01     2023-06-01  31          02
    a           2023-12-01  2023-12-01     -           -           01
    b           2023-03-01  2023-03-01     2023-07-01  32          01
    c           2023-03-01  2023-03-01     2023-08-01  34          01
    d           2023-03-01  2023-03-01     2023-09-01  -           01
    e           2023-03-01  2023-03-01     2023-09-01  20          01
"""
CLIENTS = """
    client_key  birth_year  sex
    a           2014        V
    b           2008        M
    c           2008        X
    d           2005        M
"""
SURVEY = """
    questionnaire_id  client_key  invited_on  wave  mode      answered  answered_on  score  goal_score
    q0                a           2022-12-01  M0    online    true      2022-12-05   9      9
    q1                a           2024-01-01  M1    Online    true      2024-01-08   8      5
    q2                b           2024-01-01  M1    brief     true      2024-02-01   4      -
    q3                c           2024-06-01  M2    online    false     -            -      -
    q4                d           2024-06-01  M2    postduif  true      2024-07-01   7      8
    q5                x           2024-06-01  M2    -         true      -            -      -
"""


def test_each_invitation_is_counted_once_in_each_dimension(tmp_path: Path) -> None:
    found = response(invited(register(tmp_path, SURVEY, trajectories=TRAJECTORIES, clients=CLIENTS)))
    counted = {
        part.dimension: {row["group"]: (row["count"], row["n"]) for row in part.frame.to_dict("records")}
        for part in found.parts
    }
    whole = {"": (4, 5)}  # q0 lies before the period
    assert counted == {
        "wave": {"M1": (2, 2), "M2": (2, 3)} | whole,
        "mode": {"online": (1, 2), "paper": (1, 1), "otherwise": (1, 1), "unknown": (1, 1)} | whole,
        "age_group": {"0-11": (1, 1), "12-17": (1, 2), "18+": (1, 1), "unknown": (1, 1)} | whole,
        "sex": {"V": (1, 1), "M": (2, 2), "unknown": (1, 2)} | whole,
        "referrer_code": {"01": (2, 3), "02": (1, 1), "unknown": (1, 1)} | whole,  # that of the first trajectory
    }


def test_an_answer_after_the_reference_date_is_none_so_far(tmp_path: Path) -> None:
    registry = register(tmp_path, SURVEY, trajectories=TRAJECTORIES, clients=CLIENTS)
    early = invited(registry, date(2024, 1, 15))
    assert response(early).whole.whole[["count", "n"]].tolist() == [1, 2]
    found = satisfaction(early, 7, 0.2)
    assert found.satisfied.whole[["count", "n", "n_missing"]].tolist() == [1, 1, 1]


def test_satisfaction_counts_scores_and_bounds_the_rest(tmp_path: Path) -> None:
    found = satisfaction(invited(register(tmp_path, SURVEY, trajectories=TRAJECTORIES, clients=CLIENTS)), 7, 0.2)
    # Scores 8, 4 and 7; two of five have none.
    assert found.satisfied.whole[["count", "n", "n_missing"]].tolist() == [2, 3, 2]
    assert found.widest[["low", "high"]].tolist() == pytest.approx([2 / 5, (2 + 2) / 5])
    own = found.region(0.2)
    assert own[["low", "high"]].tolist() == pytest.approx(
        [2 / 5 + 2 / 5 * (2 / 3 - 0.2), 2 / 5 + 2 / 5 * (2 / 3 + 0.2)]
    )
    assert found.least_width == pytest.approx(2 / 5)
    assert found.ladder["difference"].is_monotonic_increasing
    ids = [measure.id.partition(".")[2] for measure in found.measures()]
    assert ids == ["satisfied_among_respondents", "satisfied_bound_low", "satisfied_bound_high"]
    own_threshold = satisfaction(invited(register(tmp_path / "b", SURVEY, trajectories=TRAJECTORIES)), 8, 1.0)
    assert own_threshold.satisfied.whole["count"] == 1


def test_late_answers_are_compared_exactly(tmp_path: Path) -> None:
    found = resistance(invited(drawn(tmp_path, 400, 200)), 7)
    moment = found.parts[0]
    (early, n_early), (late, n_late) = (
        (int(row["count"]), int(row["n"])) for row in (moment.of_group("early"), moment.of_group("late"))
    )
    row = found.contrasts.iloc[0]
    assert row["difference"] == pytest.approx(late / n_late - early / n_early)
    # Fisher's exact test, written out: the tables at most as likely as the one seen.
    drawing = hypergeom(n_early + n_late, early + late, n_late)
    likely = [drawing.pmf(k) for k in range(n_late + 1)]
    assert row["p_value"] == pytest.approx(sum(p for p in likely if p <= drawing.pmf(late) * (1 + 1e-7)))
    # Newcombe (1998), method 10, from the Wilson limits of both shares.
    a, b = share_of(late, n_late, 0.95), share_of(early, n_early, 0.95)
    low = (a[0] - b[0]) - ((a[0] - a[1]) ** 2 + (b[2] - b[0]) ** 2) ** 0.5
    assert row["ci_low"] == pytest.approx(low)
    assert found.parts[0].whole["n"] == found.parts[1].whole["n"] == 200


def test_outcomes_of_five_ends(tmp_path: Path) -> None:
    registry = register(tmp_path, SURVEY, trajectories=TRAJECTORIES, clients=CLIENTS)
    found = outcomes(registry.snapshot(DAY), invited(registry), 7)
    # Ends with a reason: 31, 32, 34; a stop for a time (20) is none, and one reason is missing.
    assert found.dropout.whole[["count", "n", "n_missing"]].tolist() == [2, 3, 1]
    assert found.one_sided.whole[["count", "n"]].tolist() == [1, 3]
    rows = found.frame.set_index("outcome")
    assert rows.loc["dropout", ["low", "high"]].tolist() == pytest.approx([2 / 4, 3 / 4])
    assert rows.loc["goals", ["n", "n_missing"]].tolist() == [2, 3]
    within = found.returns.within[12].value
    assert within is not None
    assert found.without_return(12)[0] == pytest.approx(1 - within)
    assert [measure.id for measure in found.measures()] == [
        "experience.dropout_share",
        "experience.goal_attained_share",
        "experience.no_new_start_12_months_share",
    ]


@pytest.mark.parametrize("questionnaires", [None, SURVEY.strip().splitlines()[0]])
def test_no_questionnaires_leave_everything_unknown(tmp_path: Path, questionnaires: str | None) -> None:
    registry = register(tmp_path, questionnaires, trajectories=TRAJECTORIES)
    asked = invited(registry)
    assert asked.delivered is (questionnaires is not None)
    found = satisfaction(asked, 7, 0.2)
    assert response(asked).measures()[0].estimate is None
    assert [measure.estimate for measure in found.measures()] == [None, None, None]
    assert weighted_satisfaction(asked, 7).weighted is None
    assert outcomes(registry.snapshot(DAY), asked, 7).goals.whole["share"] is None


@pytest.mark.parametrize("day", [date(2024, 3, 25), DAY])
def test_the_invented_survey_misleads_and_its_bounds_do_not(day: date) -> None:
    registry = load_registry("synthetic")
    asked = invited(registry, day)
    truth = invented_satisfaction(registry)
    assert truth == 0.62
    found = satisfaction(asked, 7, 0.2, truth)
    share, n = response(asked).whole.whole[["share", "n"]]
    assert 0.04 < share < 0.05
    assert 800 < n < 1500
    assert found.satisfied.whole["share"] > truth + 0.1
    weighted = weighted_satisfaction(asked, 7)
    assert weighted.converged
    assert weighted.weighted > truth + 0.1  # silence depends on the answer, which weights cannot see
    assert found.widest["low"] < truth < found.widest["high"]
    assert found.satisfied.whole["ci_low"] > truth or day < DAY


def test_an_invented_truth_is_known_of_no_register(tmp_path: Path) -> None:
    assert invented_satisfaction(register(tmp_path, None, trajectories=TRAJECTORIES)) is None


def test_since_leaves_earlier_invitations_out(tmp_path: Path) -> None:
    asked = invited(register(tmp_path, SURVEY, trajectories=TRAJECTORIES))
    assert asked.since == SINCE
    assert len(asked.frame) == 5
