"""How coherence is shown: words for every verdict, and numbers that come from the result alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from evaluation.aggregate import Aggregates, Quantity
from evaluation.evidence import Bounded
from evaluation.measures.coherence.answers import Answers, answer
from evaluation.measures.coherence.assessment import Coherence, assess
from evaluation.presentation import coherence as shown
from evaluation.presentation import coherence_answers as answered
from evaluation.presentation import coherence_figures as drawn
from evaluation.presentation.labels import MEASURES, UNITS, measure_value
from evaluation.presentation.language import Language
from evaluation.sources.aggregates import council_aggregates
from evaluation.sources.published import published_figures

NL, EN = Language("nl"), Language("en")


def figures(until: date) -> Aggregates:
    return council_aggregates(published_figures(), until)


@pytest.fixture(scope="module")
def coherence() -> Coherence:
    return assess(figures(date(2025, 1, 1)), path="between", counts="as_printed")


@pytest.fixture(scope="module")
def answers() -> Answers:
    return answer(figures(date(2025, 1, 1)), path="between", counts="as_printed", level=0.95)


@pytest.fixture(scope="module")
def early() -> Answers:
    return answer(figures(date(2024, 3, 25)), path="between", counts="as_printed", level=0.95)


def test_every_quantity_and_measure_has_a_name_and_a_unit(answers: Answers, coherence: Coherence) -> None:
    assert set(shown.QUANTITIES) == set(Quantity)
    for measure in (*answers.measures(), *coherence.measures()):
        assert measure.id in MEASURES
        assert measure.unit in UNITS
    feasible = coherence.measures()[0]
    assert [measure_value(feasible, value, EN) for value in (1.0, 0.0)] == ["yes", "no"]


def test_the_published_mean_stands_beside_what_follows(answers: Answers) -> None:
    figure = drawn.plot_durations(answers, NL)
    rows = figure.numbers.cells()
    assert rows[0][1:4] == ["7,0", "6,5", "7,5"]
    values = {row[0]: row[1:4] for row in rows}
    assert values["Geëindigd tussen beide data"] == ["8,4", "7,3", "9,5"]
    assert values["Nog lopend: tot dan toe verstreken"] == ["11,7", "10,8", "12,6"]
    assert values["Alle gestarte tot de eerste datum: minstens"] == ["8,7", "8,9", "onbekend"]
    assert values["Schatting uit looptijd, eerste datum"] == ["16,4", "15,0", "18,0"]
    assert values["Wet van Little: lopend gedeeld door instroom"] == ["17,2", "13,5", "18,4"]
    assert "16,4 (15,0 tot 18,0)" in figure.alt


def test_sentences_say_what_it_means_and_what_else_could_explain_it(answers: Answers) -> None:
    durations = answered.describe_durations(answers, EN).text
    assert "16.4 months (95% confidence: 15.0 to 18.0); stock over inflow gives 13.5 to 18.4" in durations
    assert "longer than the published mean of 7 months" in durations
    assert "dormant" in durations
    assert "definition" in durations
    least = answered.describe_least(answers, EN).text
    assert "up to and including 25 March 2024 last at least 8.7 months" in least
    assert "So 7 months is not the mean length of these trajectories." in least
    inflow = answered.describe_inflow(answers, EN).text
    assert "92.7 per month" in inflow
    assert "58.3 per month" in inflow
    assert "40.7 per month" in inflow
    # 750 / 7 = 107
    assert "With a mean of 7 months, a stock of 750 takes about 107 new trajectories a month" in inflow
    capacity = answered.describe_capacity(answers, EN).text
    assert "from 10.4 to 6.7" in capacity
    assert "from 104 to 64 (60 to 67)" in capacity


def test_with_one_presentation_it_says_what_stays_unknown(early: Answers) -> None:
    assert "stays unknown" in answered.describe_between(early, EN).text
    assert "10.4 trajectories" in answered.describe_capacity(early, EN).text
    labels = [row[0] for row in drawn.plot_durations(early, EN).numbers.cells()]
    assert "Ended between the two dates" not in labels


def test_a_mean_that_fits_is_not_called_refuted(answers: Answers) -> None:
    fitting = replace(answers, published_mean=Bounded(16.5, 16, 17))
    assert "That does not differ for certain" in answered.describe_durations(fitting, EN).text
    assert "does not rule out a mean of 16.5 months" in answered.describe_least(fitting, EN).text
    longer = replace(answers, published_mean=Bounded(30, 29, 31))
    assert "lasts shorter than the published mean of 30" in answered.describe_durations(longer, EN).text


def test_figures_that_hold_too_little_say_so(answers: Answers) -> None:
    nothing = replace(answers, answers={}, published_mean=None, inflow_needed=None, stock=None)
    assert "set no least" in answered.describe_least(nothing, EN).text
    assert "do not hold" in answered.describe_durations(nothing, EN).text
    assert "no staff" in answered.describe_capacity(nothing, EN).text
    assert answered.describe_inflow(nothing, EN).text == ""


def test_every_answer_has_a_meaning_and_a_rival(answers: Answers) -> None:
    meanings = answered.table_meanings(answers, NL).cells()
    for row in meanings:
        assert all(len(cell) > 20 for cell in row)
        assert "7 maanden" in row[1] or "gemiddelde van 7" in row[1]
    values = answered.table_answers(answers, NL).cells()
    for label, value, *_intervals in values:
        assert sum(f"{label}: {value}" in row[0] for row in meanings) == 1
    assert ["Nieuwe trajecten per maand tussen de peildata", "40,7", "40,7", "38,0 tot 43,4"] in values
    # Per fte and the three inflows each say the same: they share a row.
    assert len(meanings) < len(values)


def test_verdicts_in_words(coherence: Coherence) -> None:
    assert shown.describe_verdict(coherence, EN).text.startswith("All 17 figures can be true at once.")
    without = replace(coherence, stated_feasible=False)
    assert "but not with the assumptions" in shown.describe_verdict(without, EN).text
    implied = shown.table_implied(coherence, EN).cells()
    # The sentence counts what the column of the table names, and names every figure that is there as often.
    setters = Counter(name for *_others, set_by, _assumed in implied[1:] for name in set_by.split("; "))
    most = {name for name, count in setters.items() if count == max(setters.values())}
    said = shown.describe_binding(coherence, EN).text
    assert {name for name in setters if name in said} == most
    assert f"each limits {max(setters.values())}." in said
    assert implied[0][:4] == ["Running trajectories", "25 March 2024", "790", "790"]
    assert {row[5] for row in implied} == {"yes", "–"}
    assert shown.table_published(coherence, EN).folded


def test_the_stock_path_says_its_known_dates(coherence: Coherence) -> None:
    figure = drawn.plot_stock_path(coherence, EN)
    assert "On 25 March 2024: 790 running trajectories." in figure.alt
    assert "On 1 January 2025: 725 to 775 running trajectories." in figure.alt
    assert len(figure.numbers.frame) == len(coherence.corridor)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (None, None, "no limit"),
        (3.0, None, "at least 3"),
        (None, 3.0, "at most 3"),
        (3.0, 3.2, "3"),
        (0.0, 3.0, "0 to 3"),
    ],
)
def test_an_open_end_is_said_and_never_shown_as_zero(low: float | None, high: float | None, words: str) -> None:
    assert shown.range_text(Quantity.STOCK, low, high, EN) == words
