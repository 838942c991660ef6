"""Which stories count, what was announced, saturation and pairs."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.measures.narratives.pairs import theme_pairs
from evaluation.measures.narratives.saturation import expected_themes, saturation, stories_until
from evaluation.measures.narratives.stories import read_stories, story_response, told_shares
from evaluation.pipeline.inputs import announced_narratives, codebook, narrative_thresholds
from evaluation.presentation.labels import MEASURES
from evaluation.sources.published import claims
from tests.measures.narratives.drawn import THRESHOLDS, coded, drawn_rows, from_flags, records

BOTH = {"coder_1": "waiting", "coder_2": "waiting"}
ROWS = [
    {**BOTH, "family_key": "f1"},
    {**BOTH, "family_key": "f1", "consent_until": "2025-01-01"},  # the last day on which it holds
    {**BOTH, "consent_until": "2024-12-31"},
    {**BOTH, "consent_until": None},
    {"coder_1": "waiting"},
    {},
    {"told": False, "stratum": "ended"},
    {"told": None, "stratum": "ended"},
]


def test_a_story_counts_when_it_was_told_and_consent_holds() -> None:
    table = records(ROWS)
    stories = read_stories(table, codebook())
    assert stories.story_ids == ("s0000", "s0001", "s0004")
    found = story_response(table, stories)
    assert (found.asked, found.told, found.declined, found.unanswered) == (8, 6, 1, 1)
    assert (found.valid, found.expired, found.without_consent) == (4, 1, 1)
    assert (found.read_twice, found.read_once, found.unread, found.families) == (2, 1, 1, 3)
    used, families, told = found.measures()
    assert (used.estimate, families.estimate, told.estimate) == (4, 3, pytest.approx(6 / 8))


def test_who_has_not_answered_has_not_told() -> None:
    shares = told_shares(records(ROWS)).frame.set_index("group")
    assert shares.loc["ended", ["count", "n"]].tolist() == [0, 2]
    assert shares.loc["", ["count", "n"]].tolist() == [6, 8]


def test_codes_are_read_as_people_write_them() -> None:
    stories = coded((" Waiting ; own_control", "none"), ("gezeur;waiting", "waiting;"), (";", "other"))
    assert stories.found.sum() == 4
    assert stories.unknown_codes == 1
    assert stories.read_twice.tolist() == [True, True, False]  # a cell without any code was not read


@given(st.integers(0, 1000))
@settings(max_examples=20)
def test_every_person_asked_is_in_one_row(seed: int) -> None:
    table = records(drawn_rows(30, seed))
    found = story_response(table, read_stories(table, codebook()))
    assert found.asked == 30 == found.told + found.declined + found.unanswered
    assert found.told == found.valid + found.expired + found.without_consent
    assert found.valid == found.read_twice + found.read_once + found.unread


@pytest.mark.parametrize("delivered", [True, False])
def test_nobody_asked_is_unknown_and_not_zero(delivered: bool) -> None:
    table = records([], delivered=delivered)
    found = story_response(table, read_stories(table, codebook()))
    assert not found.known
    assert [measure.estimate for measure in found.measures()] == [None, None, None]


def test_both_presentations_announced_it_and_showed_nothing() -> None:
    found = announced_narratives()
    assert found.plans["id"].tolist() == ["A19", "B70"]
    assert found.results == 0


def test_each_theme_comes_from_statements_and_has_a_name_for_its_share() -> None:
    book, known = codebook(), set(claims()["id"])
    for row in book.frame.to_dict("records"):
        assert row["theme"] == "other" or set(str(row["claims"]).split(";")) <= known
    assert [f"narratives.prevalence_{theme}" for theme in book.themes] == [
        name for name in MEASURES if name.startswith("narratives.prevalence_")
    ]


def test_thresholds_are_those_of_the_literature() -> None:
    assert narrative_thresholds() == THRESHOLDS


def test_the_curve_is_the_mean_over_all_orders() -> None:
    found = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0]], dtype=bool)
    orders = [np.logical_or.accumulate(found[list(order)]).sum(axis=1) for order in permutations(range(4))]
    assert expected_themes(found.sum(axis=0), 4) == pytest.approx(np.mean(orders, axis=0))


@given(st.lists(st.integers(0, 20), min_size=1, max_size=12))
def test_the_curve_rises_to_the_themes_found(counts: list[int]) -> None:
    mean = expected_themes(counts, 20)
    assert (np.diff(mean) >= -1e-9).all()
    assert mean[-1] == pytest.approx(sum(count > 0 for count in counts))
    assert mean[0] == pytest.approx(sum(counts) / 20)
    until = stories_until(mean, 0.95)
    assert until is None if not any(counts) else 1 <= until <= 20


def test_the_band_of_orders_holds_the_mean() -> None:
    codes = np.random.default_rng(1).random((2, 40, 12)) < 0.1
    found = saturation(from_flags(codes, np.arange(40)), THRESHOLDS, level=0.95, seed=1)
    frame = found.frame
    assert ((frame["low"] <= frame["mean"] + 0.05) & (frame["mean"] <= frame["high"] + 0.05)).all()
    again = saturation(from_flags(codes, np.arange(40)), THRESHOLDS, level=0.95, seed=1)
    assert frame.equals(again.frame)
    assert found.themes == 12


def test_pairs_count_the_stories_with_both() -> None:
    pairs = theme_pairs(
        coded(("waiting;other", "none"), ("waiting", "other"), ("waiting", "waiting"), ("none", "none"))
    )
    row = pairs.frame.set_index(["theme", "other"]).loc[("waiting", "other")]
    assert (row["found"], row["found_other"], row["both"], row["overlap"]) == (3, 2, 2, pytest.approx(2 / 3))
    assert len(pairs.frame) == 12 * 11 / 2
    assert pairs.frame["overlap"].isna().sum() == 10 * 9 / 2  # neither theme in any story
