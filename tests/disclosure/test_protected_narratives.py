"""Stories of a register: no small count and no word leaves, and every sentence stays a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from evaluation.disclosure import DisclosureError
from evaluation.disclosure.gate import Gate
from evaluation.disclosure.rules import default_rules
from evaluation.evidence import Evidence, Mark, is_suppressed
from evaluation.measures.availability import availability
from evaluation.measures.narratives.agreement import agreement
from evaluation.measures.narratives.misreading import misreading
from evaluation.measures.narratives.pairs import theme_pairs
from evaluation.measures.narratives.prevalence import theme_prevalence
from evaluation.measures.narratives.quotes import quotes
from evaluation.measures.narratives.saturation import saturation
from evaluation.measures.narratives.stories import read_stories, story_response, told_shares
from evaluation.pipeline.inputs import announced_narratives, codebook
from evaluation.pipeline.releases import audited
from evaluation.presentation import narratives, readers, theme_figures, themes
from evaluation.presentation import quotes as words
from evaluation.presentation import shares as shared
from evaluation.presentation.figure import Figure
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Table
from evaluation.snapshot import Records
from tests.measures.narratives.drawn import THRESHOLDS, drawn_rows, records

NL, EN = Language("nl"), Language("en")
ONE = [{"coder_1": "waiting", "coder_2": "none", "family_key": "f1"}]
ONE_READER = [{"coder_1": "waiting;own_control"}] * 25
SAME = [{"coder_1": "waiting", "coder_2": "waiting"}] * 25
TABLES: dict[str, Callable[[Evidence], Records]] = {
    "not delivered": lambda evidence: records([], evidence, delivered=False),
    "empty": lambda evidence: records([], evidence),
    "one story": lambda evidence: records(ONE, evidence),
    "nobody told": lambda evidence: records([{"told": False, "consent_until": None}] * 12, evidence),
    "all consents ended": lambda evidence: records([{**ONE[0], "consent_until": "2024-01-01"}] * 15, evidence),
    "nobody read": lambda evidence: records([{}] * 15, evidence),
    "nobody read twice": lambda evidence: records(ONE_READER, evidence),
    "readers never differ": lambda evidence: records(SAME, evidence),
    "below ten": lambda evidence: records(drawn_rows(9), evidence),
    "small": lambda evidence: records(drawn_rows(30, 2), evidence),
    "normal": lambda evidence: records(drawn_rows(120, 3), evidence),
}


def results(table: Records) -> dict[str, Any]:
    """Everything that the chapter shows."""
    coded = read_stories(table, codebook())
    response = story_response(table, coded)
    return {
        "available": availability(table),
        "announced": announced_narratives(),
        "codebook": codebook(),
        "response": response,
        "told": told_shares(table),
        "prevalence": theme_prevalence(
            coded,
            misreading(coded, seed=1, draws=20),
            asked=int(response.asked),
            level=0.95,  # type: ignore[arg-type]
        ),
        "agreement": agreement(coded, THRESHOLDS, level=0.95, seed=1, draws=30),
        "saturation": saturation(coded, THRESHOLDS, level=0.95, seed=1),
        "pairs": theme_pairs(coded),
        "quotes": quotes(table, coded, THRESHOLDS, seed=1),
    }


EXHIBITS: list[tuple[Callable[..., Table | Figure | Sentence], tuple[str, ...]]] = [
    (shared.table_availability, ("available",)),
    (shared.describe_availability, ("available",)),
    (narratives.describe_announced, ("announced",)),
    (narratives.table_codebook, ("codebook",)),
    (narratives.table_response, ("response",)),
    (narratives.describe_response, ("response",)),
    (narratives.table_told, ("told",)),
    (themes.table_prevalence, ("prevalence",)),
    (themes.plot_prevalence, ("prevalence",)),
    (themes.describe_prevalence, ("prevalence", "agreement")),
    (themes.describe_misreading, ("prevalence",)),
    (readers.table_agreement, ("agreement",)),
    (readers.plot_agreement, ("agreement",)),
    (readers.describe_agreement, ("agreement",)),
    (theme_figures.table_saturation, ("saturation",)),
    (theme_figures.plot_saturation, ("saturation",)),
    (theme_figures.describe_saturation, ("saturation",)),
    (theme_figures.table_pairs, ("pairs",)),
    (theme_figures.plot_pairs, ("pairs",)),
    (theme_figures.describe_pairs, ("pairs",)),
    (words.table_quotes, ("quotes",)),
    (words.table_withheld, ("quotes",)),
    (words.describe_quotes, ("quotes",)),
]


def test_every_exhibit_of_the_chapter_is_tried() -> None:
    tried = {make for make, _ in EXHIBITS}
    for module in (narratives, themes, readers, theme_figures, words):
        made = {
            value
            for name, value in vars(module).items()
            if name.startswith(("table_", "plot_", "describe_")) and value.__module__ == module.__name__
        }
        assert made <= tried, made - tried


@pytest.mark.parametrize("evidence", [Evidence.SYNTHETIC, Evidence.REGISTER])
@pytest.mark.parametrize("size", TABLES)
def test_every_size_can_be_shown(size: str, evidence: Evidence) -> None:
    gate = Gate("register")
    shown = {name: gate.admit(result) for name, result in results(TABLES[size](evidence)).items()}
    for language in (NL, EN):
        for make, names in EXHIBITS:
            exhibit = make(*(shown[name] for name in names), language)
            for text in _texts(exhibit):
                found = {"nan", "None", "SUPPRESSED", "{"} & set(text.replace(",", " ").replace(";", " ").split())
                assert not found, (make, text)
            if isinstance(exhibit, Sentence):
                assert language.translate("a number that is not shown") not in exhibit.text, make
    for result in shown.values():
        for measure in result.measures() if hasattr(result, "measures") else ():
            assert isinstance(measure.estimate, Mark | None) or math.isfinite(measure.estimate)


def _texts(exhibit: Table | Figure | Sentence) -> list[str]:
    if isinstance(exhibit, Figure):
        if exhibit.numbers.language == NL and exhibit.evidence is Evidence.REGISTER:
            assert exhibit.png().startswith(b"\x89PNG")
        return [exhibit.alt, exhibit.numbers.csv(), exhibit.numbers.text()]
    return [exhibit.text] if isinstance(exhibit, Sentence) else [exhibit.csv(), exhibit.text(), exhibit.note]


@pytest.mark.parametrize("size", ["not delivered", "empty", "nobody told", "all consents ended", "nobody read"])
def test_without_a_story_to_read_nothing_is_zero(size: str) -> None:
    found = results(TABLES[size](Evidence.SYNTHETIC))
    for name in ("prevalence", "agreement", "saturation"):
        assert {measure.estimate for measure in found[name].measures()} == {None}, name
    if size in ("not delivered", "empty"):
        for table in (narratives.table_response(found["response"], NL), narratives.table_told(found["told"], NL)):
            assert "0" not in {cell for row in table.cells() for cell in row}
    assert "onbekend" in themes.table_prevalence(found["prevalence"], NL).text()
    assert "niet bekend" in themes.describe_prevalence(found["prevalence"], found["agreement"], NL).text
    assert "onbekend" in readers.describe_agreement(found["agreement"], NL).text


def counts_in(shown: dict[str, Any]) -> list[object]:
    """Every number of people or stories that is shown."""
    names = ("asked", "told", "declined", "unanswered", "valid", "expired", "without_consent", "read_twice", "families")
    values: list[object] = [getattr(shown["response"], name) for name in names]
    frames = {"told": ["count", "n"], "prevalence": ["found"], "agreement": ["both", "one", "neither"]}
    frames |= {"saturation": [], "pairs": ["found", "found_other", "both"]}
    for name, columns in frames.items():
        values += shown[name].frame[columns].to_numpy().ravel().tolist()
    values += shown["saturation"].found["found"].tolist()
    return values + [shown[name].n for name in ("prevalence", "agreement", "saturation", "pairs", "quotes")]


@pytest.mark.parametrize("size", TABLES)
def test_no_count_is_small_or_exact(size: str) -> None:
    gate = Gate("register")
    shown = {name: gate.admit(result) for name, result in results(TABLES[size](Evidence.REGISTER)).items()}
    for value in counts_in(shown):
        assert isinstance(value, Mark) or value == 0 or (value >= 10 and value % 5 == 0), value


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("size", [25, 120])
def test_nothing_hidden_can_be_computed_from_the_chapter(size: int, seed: int) -> None:
    gate = Gate("register")
    for result in results(records(drawn_rows(size, seed), Evidence.REGISTER)).values():
        gate.admit(result)
    assert audited("drawn", [gate.publication], (), default_rules()).shown


@pytest.mark.parametrize("count", [0, 9, 10, 40, 41, 50])
def test_a_theme_of_all_none_or_few_is_not_shown(count: int) -> None:
    """Of 50 stories, 40 leave ten without the theme; 41 leave nine."""
    rows = [{"coder_1": "waiting" if n < count else "none", "coder_2": "none"} for n in range(50)]
    shown = Gate("register").admit(results(records(rows, Evidence.REGISTER))["prevalence"]).frame.set_index("theme")
    withheld = count not in (10, 40)
    for column in ("found", "share", "corrected", "least"):
        assert is_suppressed(shown.loc["waiting", column]) is withheld, column


def test_shares_are_those_of_the_counts_as_they_are_shown() -> None:
    shown = Gate("register").admit(results(records(drawn_rows(120, 3), Evidence.REGISTER))["prevalence"])
    row = shown.frame.set_index("theme").loc["faster_help"]
    assert row["found"] % 5 == 0
    assert row["share"] == row["found"] / shown.n
    assert row["low"] < row["share"] < row["high"]


def test_agreement_on_nine_stories_is_withheld_and_on_ten_shown() -> None:
    for n in (9, 10):
        rows = [
            {"coder_1": "waiting" if i % 2 else "none", "coder_2": "waiting" if i % 3 else "none"} for i in range(n)
        ]
        shown = Gate("register").admit(results(records(rows, Evidence.REGISTER))["agreement"])
        assert is_suppressed(shown.alpha.estimate) is (n == 9)
        assert is_suppressed(shown.measures()[0].estimate) is (n == 9)
        assert shown.frame[["both", "one", "neither"]].map(is_suppressed).all(axis=None)


def test_codes_of_stories_are_never_shown() -> None:
    with pytest.raises(DisclosureError, match="Stories is a step between the register and a result"):
        Gate("register").admit(read_stories(records(ONE, Evidence.REGISTER), codebook()))


class TestQuotes:
    """The gate looks at every condition once more, whatever the result says."""

    ROWS = tuple(
        {
            "coder_1": "waiting",
            "coder_2": "waiting",
            "family_key": f"f{i}",
            "quote": "We wisten lang niet wanneer het zou beginnen.",
            "quote_theme": "waiting",
            "quote_dissents": i % 2 == 1,
            "quote_approved_by_1": "Anna Bakker",
            "quote_approved_by_2": "R2",
        }
        for i in range(12)
    )

    def shown(self, **changes: object) -> Any:
        found = results(records(self.ROWS, Evidence.REGISTER))["quotes"]
        return Gate("register").admit(replace(found, frame=found.frame.assign(**changes)))

    def test_an_approved_quote_leaves_and_nobody_who_approved_it(self) -> None:
        shown = self.shown()
        assert shown.frame["dissents"].tolist() == [False, True]
        assert (
            shown.frame[["families", "approved_by_1", "approved_by_2", "consent_until"]]
            .map(is_suppressed)
            .all(axis=None)
        )
        table = words.table_quotes(shown, NL)
        assert "We wisten lang niet" in table.text()
        assert "verzonnen" not in table.note
        assert not any("Bakker" in text for text in (table.text(), table.csv(), table.html()))

    @pytest.mark.parametrize(
        "changes",
        [
            {"families": 9},
            {"families": 0},
            {"consent_until": pd.Timestamp("2024-12-31")},
            {"consent_until": pd.NaT},
            {"approved_by_2": "anna bakker"},
            {"approved_by_1": None},
            {"quote": "Toen kwam Jan langs."},
            {"quote": "x" * 200},
            {"theme": "Jan de Vries"},
        ],
        ids=str,
    )
    def test_a_quote_that_fails_one_condition_stays(self, changes: dict[str, object]) -> None:
        shown = self.shown(**changes)
        assert shown.frame.empty
        assert "mag worden getoond" in words.describe_quotes(shown, NL).text

    def test_no_text_of_a_story_is_in_any_exhibit(self) -> None:
        gate = Gate("register")
        shown = {name: gate.admit(one) for name, one in results(records(self.ROWS, Evidence.REGISTER)).items()}
        for make, names in EXHIBITS:
            for text in _texts(make(*(shown[name] for name in names), NL)):
                assert "Kanarie" not in text
                assert "Kerkstraat" not in text


def test_invented_quotes_are_said_to_be_invented() -> None:
    found = results(records(TestQuotes.ROWS))["quotes"]
    assert "verzonnen" in words.table_quotes(found, NL).note
    assert "invented" in words.table_quotes(found, EN).note


def test_what_is_said_of_a_theme_in_no_story() -> None:
    rows = [{"coder_1": "waiting" if i % 2 else "none", "coder_2": "waiting" if i % 2 else "none"} for i in range(30)]
    found = results(records(rows))
    text = themes.describe_prevalence(found["prevalence"], found["agreement"], EN).text
    assert "“Waiting” comes up most" in text
    assert "none of the 30 stories, yet possible in up to 12%" in text
    assert "firm conclusions" in text
