"""What the chapter on durations says in words, on plenty, on little and on nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from evaluation.evidence import SUPPRESSED, Bounded, Evidence, PublishedFigure
from evaluation.measures.competing import end_reasons
from evaluation.measures.dormancy import dormancy_band
from evaluation.measures.kaplan_meier import Estimate
from evaluation.measures.published_means import published_means
from evaluation.measures.reentry import reentry
from evaluation.measures.spells import observed_spells
from evaluation.measures.survival import OriginalClock, trajectory_length
from evaluation.measures.survival_groups import LogRank, length_by
from evaluation.presentation import durations, durations_by_group, endings
from evaluation.presentation import published_means as explained
from evaluation.presentation.language import Language
from evaluation.snapshot import Snapshot
from tests.measures.drawn import known_on

NL, EN = Language("nl"), Language("en")
SINCE = date(2023, 1, 1)
PUBLISHED = PublishedFigure("Gemiddelde duur van 7 maanden", Bounded(7, 6.5, 7.5))


def many(rows: int = 60, until: str = "2024-06-01") -> Snapshot:
    """Trajectories that start on every third day; five in six end after 100, 200, ... 500 days."""
    starts = pd.date_range("2023-01-01", periods=rows, freq="3D")
    lengths = pd.to_timedelta([100 * (number % 5 + 1) for number in range(rows)], unit="D")
    ends = [str(end.date()) if number % 6 else None for number, end in enumerate(starts + lengths)]
    frame = pd.DataFrame(
        {
            "client_key": [f"c{number % 50}" for number in range(rows)],
            "start_date": [str(start.date()) for start in starts],
            "end_date": ends,
            "end_reason": ["31" if end and end < "2024-01-01" else None for end in ends],
            "referrer_code": ["01" if number % 4 else "02" for number in range(rows)],
        },
        dtype=object,
    )
    return known_on(until, frame)


def answer(snapshot: Snapshot, language: Language, published: PublishedFigure | None = PUBLISHED) -> str:
    spells = observed_spells(snapshot, SINCE)
    return durations.describe_length(trajectory_length(spells), published_means(spells, published), language).text


def test_the_answer_gives_the_interval_the_published_mean_and_why_it_is_too_low() -> None:
    length = trajectory_length(observed_spells(many(), SINCE))
    median = length.median_months
    low, middle, high = (EN.decimal(end) for end in (median.low, median.value, median.high))
    text = answer(many(), EN)
    assert text.startswith(
        f"Half of the trajectories last longer than about {middle} months: with 95% certainty between {low} and {high}."
    )
    assert "The published mean of 7 months counts only trajectories that had ended." in text
    assert text.endswith("The long ones were still running on 1 June 2024, which makes such a mean too low.")
    dutch = answer(many(), NL)
    assert dutch.startswith("De helft van de trajecten duurt langer dan ")
    assert "Het gepubliceerde gemiddelde van 7 maanden" in dutch
    assert answer(many(), EN, None).count("The mean of ") == 1


def test_an_interval_without_an_upper_end_says_so() -> None:
    rows = pd.DataFrame({"start_date": ["2023-01-01"] * 9, "end_date": ["2023-05-01"] * 5 + [None] * 4}, dtype=object)
    text = answer(known_on("2024-06-01", rows), EN)
    assert text.startswith("Half of the trajectories last longer than about 3.9 months. The 95% interval begins at 3.9")


def test_a_median_that_is_not_reached_is_said_and_a_share_takes_its_place() -> None:
    rows = pd.DataFrame(
        {"start_date": ["2023-01-01"] * 20, "end_date": ["2023-03-01"] * 3 + ["2023-06-01"] * 3 + [None] * 14},
        dtype=object,
    )
    text = answer(known_on("2024-06-01", rows), EN)
    assert "is unknown: that was not reached in the 17.0 months" in text
    # 6 of 20 end within a year.
    assert "Within 12 months 30% ends, with 95% certainty between " in text


@pytest.mark.parametrize(
    ("drawing", "words"),
    [
        ("start_date end_date", ["No trajectory was followed from its start", "no mean of ended ones"]),
        ("start_date end_date\n2023-01-01 -", ["is unknown: that was not reached", "no mean of ended ones"]),
        (
            "start_date end_date\n2023-01-01 2023-05-01",
            ["longer than about 3.9 months; how sure that is, is unknown", "All trajectories have ended"],
        ),
        (
            "start_date end_date\n2023-01-01 2023-05-01\n2024-05-20 -",
            ["longer than about 3.9 months", "does not say how long those that still run will last"],
        ),
    ],
    ids=["empty", "one running", "one ended", "one of each"],
)
@pytest.mark.parametrize("language", [NL, EN], ids=["nl", "en"])
def test_every_exhibit_works_on_next_to_nothing(drawing: str, words: list[str], language: Language) -> None:
    snapshot = replace(known_on("2024-06-01", drawing), evidence=Evidence.SYNTHETIC)
    spells = observed_spells(snapshot, SINCE)
    length, means = trajectory_length(spells), published_means(spells, PUBLISHED)
    groups, reasons = length_by(snapshot, SINCE, "referrer_code"), end_reasons(spells)
    band, found = dormancy_band(snapshot, spells), reentry(snapshot, SINCE)
    figures = [
        durations.plot_length(length, language),
        explained.plot_published_means(means, language),
        durations_by_group.plot_length_by_group(groups, language),
        endings.plot_end_reasons(reasons, language),
        endings.plot_reentry(found, language),
    ]
    for figure in figures:
        assert figure.svg().startswith("<svg")
        assert len(figure.marked_alt) > 60
    tables = [
        durations.table_summary(length, language),
        explained.table_published_means(means, language),
        endings.table_dormancy(band, language),
        endings.table_reentry_by_gap(found, language),
        *(figure.numbers for figure in figures),
    ]
    for table in tables:
        assert 'class="mark"' in table.html()
        assert table.csv().splitlines()[0].endswith(",mark")
    sentences = [
        durations.describe_length(length, means, language),
        explained.describe_published_means(means, language),
        durations_by_group.describe_log_rank(groups, language),
        endings.describe_end_reasons(reasons, language),
        endings.describe_dormancy(band, language),
        endings.describe_reentry(found, language),
        endings.describe_started_again(found, language),
    ]
    text = " ".join(sentence.text for sentence in sentences)
    assert "nan" not in text.split()
    assert "None" not in text
    assert not set("{}") & set(text)
    if language is EN:
        assert all(word in text for word in words)


def test_the_curve_shows_its_interval_and_the_numbers_at_risk_under_the_axis() -> None:
    length = trajectory_length(observed_spells(many(), SINCE))
    axes = durations.plot_length(length, NL).axes
    at_risk = dict(zip(length.monthly["month"], length.monthly["at_risk"], strict=True))
    assert [label.get_text() for label in axes.get_xticklabels()][:3] == [f"{m}\n{at_risk[m]}" for m in (0, 3, 6)]
    (band,) = [child for child in axes.collections if child.get_paths()]
    heights = band.get_paths()[0].vertices[:, 1]
    drawn = length.monthly[length.monthly["drawn"]]
    assert heights.min() == pytest.approx(drawn["ci_low"].min())
    # The line stops where fewer than ten are followed.
    assert axes.lines[0].get_xdata().max() == drawn["month"].max() < length.monthly["month"].max()
    assert any("helft" in text.get_text() for text in axes.texts)


def test_one_picture_holds_both_kinds_and_both_summaries() -> None:
    means = published_means(observed_spells(many(), SINCE), PUBLISHED)
    axes = explained.plot_published_means(means, EN).axes
    ended, running = axes.containers
    assert sum(bar.get_height() for bar in ended) == means.n_ended
    assert sum(bar.get_height() for bar in running) == means.n_running
    texts = " ".join(text.get_text().replace("\n", " ") for text in axes.texts)
    assert f"mean of the ended: {means.ended_observed:.1f}" in texts
    assert f"half of all last longer than {means.median.value:.1f}" in texts


def test_a_start_elsewhere_is_named_with_the_table_and_the_test_and_else_nothing_is_said() -> None:
    length, groups = trajectory_length(observed_spells(many(), SINCE)), length_by(many(), SINCE, "referrer_code")
    table, sentence = durations.table_summary(length, NL), durations_by_group.describe_log_rank(groups, NL)
    assert "elders" not in f"{table.csv()} {table.note} {sentence.text}"
    original = OriginalClock(Estimate(11.6, 10.9, 12.3), length.monthly, 114)
    table = durations.table_summary(replace(length, original=original), NL)
    assert table.cells()[-1] == ["De helft is geëindigd bij maand, vanaf de start elders", "11,6", "10,9", "12,3"]
    assert table.note.startswith(
        "De duur telt vanaf de start in BJH. Bij 114 trajecten was de hulp eerder elders begonn"
    )
    few = replace(length, original=replace(original, n_transferred=SUPPRESSED))
    assert "bij hoeveel wordt niet getoond" in durations.table_summary(few, NL).note

    def said(own: float, elsewhere: float) -> str:
        tests = {"log_rank": LogRank(4.0, 1, own), "original_log_rank": LogRank(3.0, 1, elsewhere)}
        return durations_by_group.describe_log_rank(replace(groups, **tests), NL).text

    assert said(0.026, 0.03).endswith("Geteld vanaf de start elders, waar die er was, is het antwoord hetzelfde.")
    changed = "Het antwoord hangt dus af van het moment vanaf wanneer de duur telt."
    assert said(0.026, 0.077).endswith(f"waar die er was, kunnen zij toeval zijn (7,7% van de gevallen). {changed}")
    assert "zouden zij zeldzaam zijn (" in said(0.3, 0.0001)
    assert said(0.3, 0.0001).endswith(changed)


def test_a_difference_is_written_with_its_interval_and_not_for_the_largest_group() -> None:
    groups = length_by(many(), SINCE, "referrer_code")
    cells = durations_by_group.table_length_by_group(groups, EN).cells()
    assert [row[0] for row in cells] == ["Municipality", "General practitioner"]
    row = groups.frame.iloc[1]
    assert cells[0][-1] == "–"
    assert cells[1][-1].replace("−", "-") == (
        "{} ({} to {})".format(*(f"{row[f'difference_{part}']:.2f}".rstrip("0") for part in ("months", "low", "high")))
    )
    test = durations_by_group.describe_log_rank(groups, EN).text
    assert f"chance would give them {100 * groups.log_rank.p_value:.1f}% of the time; log-rank test" in test
    (measure,) = groups.measures()
    assert (measure.id, measure.estimate) == ("durations.log_rank_p_referrer_code", groups.log_rank.p_value)


def test_reasons_and_returns_in_words() -> None:
    reasons = end_reasons(observed_spells(many(), SINCE))
    text = endings.describe_end_reasons(reasons, EN).text
    assert text.startswith(
        f"Of the {reasons.n} trajectories that ended, {reasons.n_missing} have no registered reason."
    )
    assert "'as planned'" in text or "'reason not registered'" in text
    found = reentry(many(), SINCE)
    again = replace(found, within={6: Estimate(0.1, 0.05, 0.2), 12: Estimate(None, None, None)}, birthday_known=True)
    assert endings.describe_reentry(again, EN).text == (
        "Of every 100 that leave, 10 start again within 6 months: with 95% certainty 5 to 20. "
        "How many start again within 12 months is unknown: nobody was followed that long."
    )
    assert "Dates of birth are not in this register" in endings.describe_reentry(found, EN).text
