"""The invented stories: what they were drawn from comes out again, and nothing in them is a name."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from evaluation.measures.narratives.agreement import agreement
from evaluation.measures.narratives.misreading import misreading
from evaluation.measures.narratives.prevalence import theme_prevalence
from evaluation.measures.narratives.quotes import harmless
from evaluation.measures.narratives.stories import read_stories, story_response
from evaluation.pipeline.inputs import codebook, load_registry, narrative_thresholds
from evaluation.snapshot import Records
from evaluation.sources.synthetic.records.stories import SENTENCES, TRUTH

LAST = date(2025, 1, 1)


@pytest.fixture(scope="module")
def table() -> Records:
    return load_registry("synthetic").records("stories", LAST)


def test_it_has_everything_that_a_delivery_may_have(table: Records) -> None:
    found = story_response(table, read_stories(table, codebook()))
    assert 80 <= found.asked <= 110
    assert 50 <= found.told <= 75
    assert found.families < found.valid < found.told  # brothers and sisters, and consents that ended
    assert min(found.declined, found.unanswered, found.expired, found.read_once, found.unread) > 0
    assert found.unknown_codes == 0


def test_nothing_is_known_before_it_happened(table: Records) -> None:
    early = load_registry("synthetic").records("stories", date(2024, 3, 25)).frame()
    later = table.frame().set_index("story_id").loc[early["story_id"]]
    assert 0 < len(early) < len(table.frame())
    assert (early["asked_on"] <= "2024-03-25").all()
    assert (early["collected_on"].dropna() <= "2024-03-25").all()
    assert early["coder_1"].notna().sum() <= later["coder_1"].notna().sum()
    assert (table.frame()["collected_on"].dropna() <= "2025-01-01").all()


def test_the_truth_lies_in_the_intervals(table: Records) -> None:
    stories = read_stories(table, codebook())
    misread = misreading(stories, seed=1)
    frame = theme_prevalence(stories, misread, asked=93, level=0.95).frame.set_index("theme")
    assert list(TRUTH.prevalence) == list(frame.index) == list(codebook().themes)
    inside = [
        frame.loc[theme, "corrected_low"] <= share <= frame.loc[theme, "corrected_high"]
        for theme, share in TRUTH.prevalence.items()
    ]
    # Twelve intervals at 95%: at most two outside but for one time in fifty.
    assert sum(inside) >= 10
    assert misread.specificity == pytest.approx(np.prod(TRUTH.specificity), abs=0.08)
    found = agreement(stories, narrative_thresholds(), level=0.95, seed=1)
    assert 0.6 < found.alpha.estimate < 0.8


def test_quotes_are_neutral_and_short(table: Records) -> None:
    assert all(harmless(text) for pair in SENTENCES.values() for text in pair)
    assert set(table.frame()["quote"].dropna()) <= {text for pair in SENTENCES.values() for text in pair}
