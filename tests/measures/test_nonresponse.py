"""Bounds from a part that answered: worked numbers, any kind of silence, and how often the interval holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint

from evaluation.evidence import Bounded, Evidence, PublishedFigure
from evaluation.measures.nonresponse import bounds_within, critical_value, identified_region, imbens_manski
from evaluation.measures.published_response import published_response
from evaluation.measures.sample_design import sample_design, sample_size
from evaluation.pipeline.survey_inputs import client_figures, survey_figure


def test_bounds_of_the_worked_example() -> None:
    # r = 0.05, p = 0.80: 0.05 x 0.80 = 0.04, and 0.04 + 0.95 = 0.99
    assert bounds_within(0.8, 0.05) == pytest.approx((0.04, 0.99))
    # within 0.1: 0.04 + 0.95 x 0.7 and 0.04 + 0.95 x 0.9
    assert bounds_within(0.8, 0.05, 0.1) == pytest.approx((0.705, 0.895))
    assert bounds_within(0.8, 1.0) == pytest.approx((0.8, 0.8))
    assert bounds_within(0.8, 0.0) == (0.0, 1.0)


people = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


@given(people)
def test_bounds_hold_the_truth_whoever_keeps_silent(people: list[tuple[bool, bool]]) -> None:
    answers = [satisfied for satisfied, answers in people if answers]
    truth = sum(satisfied for satisfied, _ in people) / len(people)
    if not answers:
        return
    region = identified_region(sum(answers), len(answers), len(people), 0.95)
    assert region.low - 1e-12 <= truth <= region.high + 1e-12
    assert region.high - region.low == pytest.approx(1 - len(answers) / len(people))
    assert 0 <= region.ci_low <= region.low + 1e-12
    assert region.high - 1e-12 <= region.ci_high <= 1


@given(people, st.floats(0, 1), st.floats(0, 1))
def test_a_weaker_assumption_never_narrows(people: list[tuple[bool, bool]], one: float, other: float) -> None:
    answers = [satisfied for satisfied, answers in people if answers]
    if not answers:
        return
    less, more = sorted((one, other))
    narrow, wide = (bounds_within(sum(answers) / len(answers), len(answers) / len(people), d) for d in (less, more))
    assert wide[0] <= narrow[0] + 1e-12
    assert narrow[1] <= wide[1] + 1e-12


@pytest.mark.parametrize("width", [0.0, 0.1, 0.5, 1.0, 2.0, 10.0])
def test_critical_value_equals_that_of_another_solver(width: float) -> None:
    # As the R packages rbounds and MarginalFElogit solve it: by minimising the squared equation.
    found = minimize_scalar(
        lambda c: (norm.cdf(c + width) - norm.cdf(-c) - 0.95) ** 2, bounds=(1.5, 2.1), method="bounded",
        options={"xatol": 1e-10},
    )  # fmt: skip
    assert critical_value(width, 0.95) == pytest.approx(found.x, abs=1e-4)


def test_critical_value_runs_from_two_sided_to_one_sided() -> None:
    assert critical_value(0, 0.95) == pytest.approx(1.959964, abs=1e-6)
    assert critical_value(50, 0.95) == pytest.approx(1.644854, abs=1e-6)
    assert imbens_manski(0.2, 0.9, 0.01, 0.02, 0.95) == pytest.approx((0.2 - 0.01644854, 0.9 + 0.03289707), abs=1e-6)
    assert imbens_manski(0.3, 0.3, 0.0, 0.0, 0.95) == (0.3, 0.3)


def test_without_room_for_a_difference_the_interval_is_that_of_wilson() -> None:
    region = identified_region(57, 71, 1456, 0.95, 0.0)
    expected = proportion_confint(57, 71, method="wilson")
    assert (region.ci_low, region.ci_high) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("share", "response", "asked"), [(0.8, 0.05, 1450), (0.6, 0.05, 1450), (0.8, 0.6, 306), (0.5, 0.9, 100)]
)
@pytest.mark.parametrize("difference", [0.0, 0.1, 1.0])
def test_interval_covers_either_end_about_95_percent(
    share: float, response: float, asked: int, difference: float
) -> None:
    random = np.random.default_rng(7)
    ends = bounds_within(share, response, difference)
    answered = random.binomial(asked, response, 600)
    counts = random.binomial(answered, share)
    regions = [
        identified_region(int(count), int(n), asked, 0.95, difference)
        for count, n in zip(counts, answered, strict=True)
    ]
    for end in ends:
        covered = np.mean([region.ci_low - 1e-12 <= end <= region.ci_high + 1e-12 for region in regions])
        assert 0.92 <= covered <= 0.99  # 600 draws: standard error 0.009


def test_published_response_is_taken_as_the_most_that_it_can_be() -> None:
    found = published_response(survey_figure())
    assert found.published.quote == "respons < 5%"
    assert (found.published.value.low, found.published.value.high) == (0, 5)
    assert found.evidence is Evidence.PUBLISHED
    assert found.example[["share", "low", "high"]].tolist() == pytest.approx([0.8, 0.04, 0.99])
    own = found.bounds[found.bounds["response"] == found.response]
    assert own["width"].to_numpy() == pytest.approx(np.full(21, 0.95))
    (measure,) = found.measures()
    assert (measure.estimate, measure.ci_low, measure.ci_high) == pytest.approx((0.95, 0.95, 1.0))
    assert dict(zip(found.needed["width"], found.needed["response"], strict=True))[0.2] == pytest.approx(0.8)


def test_another_published_response_gives_other_bounds() -> None:
    found = published_response(PublishedFigure("respons 45%", Bounded(45, 44.5, 45.5)))
    assert sorted(found.bounds["response"].unique()) == pytest.approx([0.455, 0.6, 0.8])


def test_306_of_1494_clients() -> None:
    # 1.96^2 / (4 x 0.05^2) = 384.15; 384.15 / (1 + 383.15 / 1494) = 305.7
    assert sample_size(0.05, 1494, 0.95) == 306
    assert sample_size(0.05, 10**9, 0.95) == 385
    assert sample_size(0.05, 20, 0.95) == 20
    design = sample_design(*client_figures(), 0.05)
    assert round(design.clients.value) == 1494  # 1,650 over 1,273 / 1,153
    assert design.sizes["drawn"].tolist() == [623, 306, 91]
    (measure,) = design.measures()
    assert (measure.estimate, measure.ci_low, measure.ci_high) == (306, 305, 307)


def test_what_few_answers_leave_of_a_sample() -> None:
    design = sample_design(*client_figures(), 0.05)
    full = design.outcome(306, 1.0)
    # 1.96 x sqrt(0.25 / 306 x 1188 / 1493) = 0.04998
    assert (full["low"], full["high"]) == pytest.approx((0.45002, 0.54998), abs=1e-4)
    part = design.outcome(306, 0.8)
    assert part["answered"] == 245
    # 0.4 - 1.645 x sqrt(0.24 / 306 x 1188 / 1493) = 0.4 - 0.0411
    assert (part["low"], part["high"]) == pytest.approx((0.3589, 0.6411), abs=1e-4)
    # Everybody is asked, so there is no chance: 0.05 / 2 and 1 - 0.05 / 2.
    assert design.everybody[["drawn", "low", "high"]].tolist() == pytest.approx([1494, 0.025, 0.975])
