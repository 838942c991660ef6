"""Changes in words, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from evaluation.evidence import SUPPRESSED, Evidence, Measure
from evaluation.measures.claims.changes import EarlierVerdict
from evaluation.measures.claims.vocabulary import Grade, Verdict
from evaluation.measures.edition_changes import EditionState, compare_editions
from evaluation.presentation.edition_changes import ChangeTexts, summary_of_changes, text_of_changes
from evaluation.presentation.language import Language
from evaluation.presentation.values_table import table_measures

NL, EN = Language("nl"), Language("en")
SHARE = Measure(
    "costs.bjh_share", 0.1, "share", Evidence.PUBLISHED, ("x",), "m", "2024", ci_low=0.099, ci_high=0.101, ci_level=0.95
)
TEXTS = ChangeTexts({"costs.bjh_share": {"nl": "Aandeel BJH", "en": "Share of BJH"}}, {"A11": "+ 7 producten"})
BEFORE = EarlierVerdict(Verdict.PLAUSIBLE, Grade.ONE_AGGREGATE, judged=True)
AFTER = EarlierVerdict(Verdict.CONFIRMED, Grade.TWO_AGGREGATES, judged=True)


def state(share: Measure | None, verdict: EarlierVerdict | None = BEFORE, edition: str = "2025-01-01") -> EditionState:
    return EditionState(
        edition,
        date.fromisoformat(edition),
        {"A11": verdict} if verdict else {},
        {share.id: share} if share else {},
    )


def line(other: Measure, language: Language = EN) -> str:
    return text_of_changes(compare_editions(state(SHARE), state(other)), TEXTS, language).splitlines()[-1].strip()


def test_a_text_tells_verdict_and_number_before_and_after() -> None:
    newer = state(replace(SHARE, estimate=0.12, ci_low=0.119, ci_high=0.121), AFTER)
    changes = compare_editions(state(SHARE), newer)
    assert text_of_changes(changes, TEXTS, NL).splitlines() == [
        "Editie 2025-01-01, peildatum 1 januari 2025, vergeleken met de vorige keer",
        "",
        "Oordelen die veranderden (1)",
        "  A11  V4 aannemelijk, C → V5 bevestigd, B  “+ 7 producten”",
        "",
        "Getallen die veranderden (1)",
        "  costs.bjh_share  Aandeel BJH: 10,0% (9,9% tot 10,1%) → 12,0% (11,9% tot 12,1%)",
    ]
    assert text_of_changes(changes, TEXTS, EN).splitlines()[3:] == [
        "  A11  V4 plausible, C → V5 confirmed, B  “+ 7 producten”",
        "",
        "Numbers that changed (1)",
        "  costs.bjh_share  Share of BJH: 10.0% (9.9% to 10.1%) → 12.0% (11.9% to 12.1%)",
    ]
    assert summary_of_changes(changes, NL) == "2025-01-01: oordelen veranderd: 1, getallen veranderd: 1"
    assert summary_of_changes(changes, EN) == "2025-01-01: verdicts changed: 1, numbers changed: 1"


@pytest.mark.parametrize(
    ("other", "told"),
    [
        # Below what a page shows: as many decimals as tell the two apart.
        ({"estimate": 0.10004}, "10.000% (9.900% to 10.100%) → 10.004% (9.900% to 10.100%)"),
        ({"estimate": SUPPRESSED, "ci_low": SUPPRESSED, "ci_high": SUPPRESSED}, "not shown"),
        ({"estimate": None, "ci_low": None, "ci_high": None, "ci_level": None}, "10.0% (9.9% to 10.1%) → unknown"),
        ({"evidence": Evidence.REGISTER}, "kind of evidence published by the municipality → personal register"),
        ({"n": 12}, "number counted unknown → 12"),
        ({"ci_level": 0.9}, "level of the interval 95% → 90%"),
    ],
)
def test_every_kind_of_change_can_be_seen(other: dict[str, object], told: str) -> None:
    assert told in line(replace(SHARE, **other))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("unit", "before", "after", "told"),
    [
        (
            "share_difference",
            0.29,
            0.31,
            "29.0 percentage points (28.0 to 32.0) → 31.0 percentage points (28.0 to 32.0)",
        ),
        ("eur", 79.14, 79.02, "€79.1 (€0.3 to €0.3) → €79.0 (€0.3 to €0.3)"),
        ("p_value", 2e-4, 1e-9, "0.0002 (0.2800 to 0.3200) → < 0.0001 (0.2800 to 0.3200)"),
    ],
)
def test_a_change_is_told_in_the_unit_of_its_value(unit: str, before: float, after: float, told: str) -> None:
    older = replace(SHARE, unit=unit, estimate=before, ci_low=0.28, ci_high=0.32)
    changes = compare_editions(state(older), state(replace(older, estimate=after)))
    assert told in text_of_changes(changes, TEXTS, EN)


def test_equal_values_are_written_as_on_a_page() -> None:
    told = line(replace(SHARE, evidence=Evidence.REGISTER))
    assert "Share of BJH: 10.0% (9.9% to 10.1%); kind of evidence" in told


def test_a_withheld_interval_is_said_once() -> None:
    withheld = replace(SHARE, estimate=SUPPRESSED, ci_low=SUPPRESSED, ci_high=SUPPRESSED)
    assert line(withheld).endswith("→ not shown")
    assert line(replace(SHARE, ci_low=SUPPRESSED, ci_high=SUPPRESSED)).endswith("→ 10.0% (not shown)")
    assert table_measures([withheld], EN).cells()[0][1:3] == ["not shown", "not shown"]


def test_new_and_gone_have_headings_of_their_own() -> None:
    there = text_of_changes(compare_editions(state(SHARE), state(None, None)), TEXTS, EN)
    assert "Statements not judged any more (1)\n  A11  V4 plausible, C  “+ 7 producten”" in there
    assert "Numbers that are gone (1)\n  costs.bjh_share  Share of BJH: 10.0% (9.9% to 10.1%)" in there
    back = text_of_changes(compare_editions(state(None, None), state(SHARE)), TEXTS, EN)
    assert "Statements judged for the first time (1)" in back
    assert "New numbers (1)" in back


def test_nothing_changed_and_the_first_time_are_said() -> None:
    same = compare_editions(state(SHARE), state(SHARE))
    assert text_of_changes(same, TEXTS, EN).endswith("No verdict and no number changed.")
    assert summary_of_changes(same, NL) == "2025-01-01: geen oordeel en geen getal veranderd"
    first = compare_editions(None, state(SHARE))
    assert summary_of_changes(first, EN) == "2025-01-01: first time, 1 verdicts and 1 numbers"
    other = text_of_changes(compare_editions(state(SHARE, edition="2024-03-25"), state(SHARE)), TEXTS, EN)
    assert other.startswith("Edition 2025-01-01, reference date 1 January 2025, compared with edition 2024-03-25,")
