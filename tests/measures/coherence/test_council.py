"""The two presentations to the council: the worked numbers, each with what it follows from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from evaluation.aggregate import Aggregate, Aggregates, Quantity
from evaluation.evidence import Bounded, Evidence
from evaluation.measures.coherence.answers import Answers, answer
from evaluation.measures.coherence.assessment import Coherence, assess
from evaluation.sources.aggregates import council_aggregates
from evaluation.sources.published import published_figures
from tests.measures.coherence.drawn import with_figure

FIRST_DAY, FIRST, LAST = date(2023, 1, 1), date(2024, 3, 25), date(2025, 1, 1)
DAYS_PER_MONTH = 365.25 / 12
MONTHS_BETWEEN = 282 / DAYS_PER_MONTH  # 25 March 2024 to 1 January 2025


@pytest.fixture(scope="module")
def figures() -> Aggregates:
    return council_aggregates(published_figures(), LAST)


@pytest.fixture(scope="module")
def as_printed(figures: Aggregates) -> Answers:
    return answer(figures, path="between", counts="as_printed", level=0.95)


@pytest.fixture(scope="module")
def coherence(figures: Aggregates) -> Coherence:
    return assess(figures, path="between", counts="as_printed")


def ends(
    coherence: Coherence, quantity: Quantity, begin: date | None, end: date, prefix: str = ""
) -> tuple[float, ...]:
    rows = coherence.implied
    begins = rows["begin"].isna() if begin is None else rows["begin"] == begin
    row = rows[(rows["quantity"] == quantity) & begins & (rows["end"] == end)].iloc[0]
    return float(row[f"{prefix}low"]), float(row[f"{prefix}high"])


@pytest.mark.parametrize(
    ("name", "estimate", "low", "high"),
    [
        # 1,273 - 161 = 1,112 starts in 12 months; 161 in 84 days; 1,650 - 1,273 = 377 in 282 days
        ("inflow_per_month_2023", 92.7, 92.7, 92.7),
        ("inflow_per_month_2024_until_reference", 58.3, 58.3, 58.3),
        ("inflow_per_month_between_references", 40.7, 40.7, 40.7),
        # 483 x 5.8 + 790 x 6.5 = 7,936 months over 483 ends, 5.75 to 5.85 and 6.45 to 6.55 under rounding
        ("mean_duration_person_time_months", 16.43, 16.30, 16.56),
        # 790 / 58.3; 770 / (538 starts in 366 days); 750 / 40.7
        ("little_first", 13.5, 13.5, 13.5),
        ("little_over_the_year", 17.2, 17.2, 17.2),
        ("little_last", 18.4, 18.4, 18.4),
        ("mean_duration_little_months", 17.2, 13.5, 18.4),
        # (900 x 7 - 483 x 5.8) / 417; (900 x 6.5 - 483 x 5.85) / 417 to (900 x 7.5 - 483 x 5.75) / 417
        ("mean_ended_between_months", 8.39, 7.25, 9.53),
        # (7,936 + 282 days of 750 to 790 running - 900 x 7) / 750, with the rounding of all three means
        ("mean_running_at_last_reference_months", 11.69, 10.76, 12.63),
        # 750 / 112 and 790 / 76
        ("active_per_fte", 6.70, 6.67, 6.73),
        ("active_per_fte_previous", 10.39, 10.33, 10.46),
        # 750 x 9.5 / 112, 750 x 9 / 112.5 to 750 x 10 / 111.5; 790 x 10 / 76
        ("client_hours_per_fte_month", 63.6, 60.0, 67.3),
        ("client_hours_per_fte_month_previous", 103.9, 98.1, 109.9),
    ],
)
def test_worked_numbers(as_printed: Answers, name: str, estimate: float, low: float, high: float) -> None:
    found = as_printed.answers[name]
    half_a_digit = 0.005 if round(estimate, 1) != estimate else 0.05
    assert found.estimate == pytest.approx(estimate, abs=1.1 * half_a_digit)
    assert found.low == pytest.approx(low, abs=0.055)
    assert found.high == pytest.approx(high, abs=0.055)


def test_the_estimate_from_person_time_has_a_margin_of_chance(as_printed: Answers) -> None:
    found = as_printed.answers["mean_duration_person_time_months"]
    # Exact Poisson interval of 483 ends: 440.9 to 528.0, so 7,936 / 528.0 to 7,936 / 440.9.
    assert (found.ci_low, found.ci_high) == (pytest.approx(15.03, abs=0.01), pytest.approx(18.00, abs=0.01))
    assert found.against(Bounded(7, 6.5, 7.5)) == "longer"
    (measure,) = (m for m in as_printed.measures() if m.id.endswith("person_time_months"))
    assert (measure.interval, measure.ci_level, measure.n) == ("confidence", 0.95, 483)


def test_the_published_mean_cannot_hold_for_all_that_started_by_the_first_date(as_printed: Answers) -> None:
    # By 25 March 2024 the 1,273 had lived at least 483 x 5.75 + 790 x 6.45 = 7,872.75 months. At most 925 - 483 = 442
    # of the 790 ended by 1 January 2025, so at least 348 ran on for all of the months between.
    least = (483 * 5.75 + 790 * 6.45 + (790 - (925 - 483)) * MONTHS_BETWEEN) / 1273
    found = as_printed.answers["least_mean_duration_months"]
    assert found.weakest_low == found.estimate == pytest.approx(least, rel=1e-9)
    assert found.estimate > 8.7
    assert found.against(Bounded(7, 6.5, 7.5)) == "longer"


def test_without_assumptions_less_is_known(as_printed: Answers, figures: Aggregates) -> None:
    weakest = answer(figures, path="free", counts="rounded", level=0.95)
    for name, found in as_printed.answers.items():
        other = weakest.answers[name]
        assert (other.low, other.high) == (other.weakest_low, other.weakest_high)
        if other.low is not None and found.low is not None:
            assert other.low <= found.low + 1e-6
        if other.high is not None and found.high is not None:
            assert found.high <= other.high + 1e-6
    # 402 of 1,675 - 1,273 started at most; the round 1,650 can stand for 1,625 to 1,675: 352 to 402 in 282 days.
    inflow = weakest.answers["inflow_per_month_between_references"]
    assert inflow.low == pytest.approx(352 / MONTHS_BETWEEN)
    assert inflow.high == pytest.approx(402 / MONTHS_BETWEEN)
    # Nothing is known of the stock between, yet the running ones cannot have run for more than they could.
    running = weakest.answers["mean_running_at_last_reference_months"]
    assert running.low == pytest.approx(5.5, abs=0.1)
    assert running.high == pytest.approx(16.4, abs=0.1)


def test_all_published_figures_can_be_true(coherence: Coherence) -> None:
    assert coherence.feasible
    assert coherence.stated_feasible
    assert (coherence.conflict, coherence.repairs) == ((), ())
    (measure,) = coherence.measures()
    assert (measure.id, measure.estimate, measure.unit) == ("coherence.feasible", 1.0, "yes_no")


def test_what_was_not_published_follows(coherence: Coherence) -> None:
    assert ends(coherence, Quantity.STOCK, None, FIRST) == (pytest.approx(1273 - 483), pytest.approx(790))
    assert ends(coherence, Quantity.ENDED, FIRST, LAST) == (pytest.approx(900 - 483), pytest.approx(417))
    assert ends(coherence, Quantity.ENDED, FIRST, LAST, "weakest_") == (pytest.approx(392), pytest.approx(442))
    # Months lived between the dates, with 750 to 790 running: 6,949 to 7,319.
    lived = ends(coherence, Quantity.PERSON_MONTHS, FIRST, LAST)
    assert lived == (pytest.approx(750 * MONTHS_BETWEEN), pytest.approx(790 * MONTHS_BETWEEN))
    # Costs per trajectory and month rose whatever the rounding: 782 and 1,041 with even stocks lie in these.
    before = ends(coherence, Quantity.EUROS_PER_PERSON_MONTH, FIRST_DAY, date(2024, 1, 1))
    after = ends(coherence, Quantity.EUROS_PER_PERSON_MONTH, date(2024, 1, 1), LAST)
    assert before[0] < 782 < before[1]
    assert after[0] < 1041 < after[1]


def test_the_corridor_of_the_stock(coherence: Coherence) -> None:
    corridor = coherence.corridor.set_index("day")
    assert tuple(corridor.loc[FIRST, ["weakest_low", "weakest_high"]]) == (pytest.approx(790), pytest.approx(790))
    assert tuple(corridor.loc[LAST, ["weakest_low", "weakest_high"]]) == (pytest.approx(725), pytest.approx(775))
    middle = corridor.loc[date(2024, 8, 1)]
    assert (middle["low"], middle["high"]) == (pytest.approx(750), pytest.approx(790))
    # All of at most 442 ends before any start, and all of at most 402 starts before any end.
    assert (middle["weakest_low"], middle["weakest_high"]) == (pytest.approx(790 - 442), pytest.approx(790 + 402))


def test_seven_months_as_the_true_mean_of_all_is_refuted_with_the_smallest_repair(figures: Aggregates) -> None:
    declared = Aggregate("declared", Quantity.MEAN_ALL_MONTHS, FIRST_DAY, FIRST, Bounded(7, 6.5, 7.5))
    refuted = assess(with_figure(figures, declared), path="free", counts="rounded")
    assert not refuted.feasible
    assert "declared" in refuted.conflict
    assert refuted.implied.empty
    assert refuted.measures()[0].estimate == 0.0
    (change,) = next(r.changes for r in refuted.repairs if r.changes[0].figure == "declared")
    assert change.needed == pytest.approx(8.717, abs=0.001)
    assert change.difference == pytest.approx(8.717 - 7.5, abs=0.001)


def test_with_the_first_presentation_only_what_came_later_is_left_out() -> None:
    early = council_aggregates(published_figures(), FIRST)
    found = answer(early, path="between", counts="as_printed", level=0.95)
    assert found.references == (FIRST,)
    assert not {name for name in found.answers if "between" in name or "last_months" in name or "previous" in name}
    assert found.answers["mean_duration_little_months"].estimate == pytest.approx(13.5, abs=0.05)
    assert found.answers["active_per_fte"].estimate == pytest.approx(790 / 76)
    assert {m.id.removeprefix("coherence.") for m in found.measures()} == set(found.answers) - {"little_first"}
    assert found.unanswered == ()


def test_nothing_is_derived_from_a_contradiction(figures: Aggregates) -> None:
    wrong = Aggregate("wrong", Quantity.STOCK, None, FIRST, Bounded(800, 800, 800))
    with pytest.raises(ValueError, match="cannot all be true"):
        answer(with_figure(figures, wrong), path="free", counts="rounded", level=0.95)


def test_a_question_that_the_figures_leave_open_is_named_and_not_answered(figures: Aggregates) -> None:
    rest = tuple(
        figure for figure in figures.figures if figure.quantity not in (Quantity.FTE, Quantity.HOURS_PER_MONTH)
    )
    found = answer(replace(figures, figures=rest), path="between", counts="as_printed", level=0.95)
    assert "client_hours_per_fte_month" in found.unanswered
    assert "client_hours_per_fte_month" not in found.answers
    assert found.evidence is Evidence.PUBLISHED
