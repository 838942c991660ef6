"""Quotes: nobody is quoted who did not consent, was not approved twice, or might be recognised."""

from __future__ import annotations

from typing import Any

import pytest

from evaluation.measures.narratives.quotes import Quotes, approved, harmless, quotes
from evaluation.measures.narratives.stories import read_stories
from evaluation.pipeline.inputs import codebook
from tests.measures.narratives.drawn import THRESHOLDS, records

QUOTE = {
    "quote": "We wisten lang niet wanneer het zou beginnen.",
    "quote_theme": "waiting",
    "quote_dissents": False,
    "quote_approved_by_1": "R1",
    "quote_approved_by_2": "R2",
}
READ = {"coder_1": "waiting", "coder_2": "waiting"}


def chosen(*rows: dict[str, Any], others: int = 10, seed: int = 1) -> Quotes:
    """Quotes of these rows, among others that tell of the same theme."""
    drawn = [{**READ, **QUOTE, **row} for row in rows] + [{**READ, "family_key": f"f{i}"} for i in range(others)]
    table = records(drawn)
    return quotes(table, read_stories(table, codebook()), THRESHOLDS, seed=seed)


def reasons(found: Quotes) -> dict[str, int]:
    rows = found.withheld.to_dict("records")
    return {str(row["reason"]): int(row["quotes"]) for row in rows if row["quotes"]}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"consent_until": "2024-12-31"}, "consent"),
        ({"consent_until": None}, "consent"),
        ({"quote_approved_by_2": None}, "approval"),
        ({"quote_approved_by_2": " r1"}, "approval"),
        ({"quote": "Toen kwam Jan langs."}, "words"),
        ({"quote_theme": "other"}, "theme"),
        ({"quote_theme": "Jan de Vries"}, "theme"),
        ({"coder_1": None, "coder_2": None}, "theme"),
    ],
)
def test_every_condition_holds_a_quote_back(change: dict[str, Any], reason: str | None) -> None:
    found = chosen(change)
    assert len(found.frame) == (reason is None)
    assert reasons(found) == ({} if reason is None else {reason: 1})


@pytest.mark.parametrize(("others", "shown"), [(8, 0), (9, 1)])
def test_ten_families_have_to_tell_of_the_theme(others: int, shown: int) -> None:
    assert len(chosen({}, others=others).frame) == shown


def test_who_speaks_against_a_theme_is_heard_beside_who_goes_along() -> None:
    against = {"quote": "Van wachten hebben wij niets gemerkt.", "quote_dissents": True}
    assert chosen({}, against).frame["dissents"].tolist() == [False, True]
    assert chosen(against).frame.empty


def test_a_family_is_quoted_once_and_the_lot_decides() -> None:
    rows = [{"family_key": "same"}, {"family_key": "same", "quote_dissents": True}]
    found = chosen(*rows)
    assert len(found.frame) <= 1
    drawn = {
        chosen(*[{"quote": f"{word} ging het goed."} for word in ("Toen", "Daarna", "Later")], seed=seed)
        .frame["quote"]
        .iloc[0]
        for seed in range(10)
    }
    assert len(drawn) == 3


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Steeds dezelfde persoon, dat gaf rust.", True),
        ("Bij WIJ werd geluisterd. Dat was fijn!", True),
        ("Toen Jan kwam ging het beter.", False),
        ("We gingen naar de Kerkstraat.", False),
        ("Hij was 12 toen.", False),
        ("Mail naar a@b.nl", False),
        ("regel een\nregel twee", False),
        ("x" * 161, False),
        ("", False),
        (None, False),
    ],
)
def test_words_that_may_point_at_somebody_are_refused(text: str | None, safe: bool) -> None:
    assert harmless(text) is safe


def test_two_people_are_two_different_people() -> None:
    assert approved("R1", "R2")
    assert not approved("R1", "R1 ")
    assert not approved("", "R2")
    assert not approved(None, float("nan"))
