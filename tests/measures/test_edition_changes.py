"""What differs between two states of an edition."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.evidence import SUPPRESSED, Evidence, Measure
from evaluation.measures.claims.changes import EarlierVerdict
from evaluation.measures.claims.vocabulary import Grade, Verdict
from evaluation.measures.edition_changes import EditionState, compare_editions

ACTIVE = Measure(
    "volumes.active", 750, "trajectories", Evidence.SYNTHETIC, ("synthetic",), "stock", "2025-01-01", n=1650
)
SHARE = replace(ACTIVE, id="costs.bjh_share", estimate=0.1, unit="share", ci_low=0.09, ci_high=0.11, ci_level=0.95)
PLAUSIBLE = EarlierVerdict(Verdict.PLAUSIBLE, Grade.ONE_AGGREGATE, judged=True)
CONFIRMED = EarlierVerdict(Verdict.CONFIRMED, Grade.TWO_AGGREGATES, judged=True)
LATER = replace(PLAUSIBLE, judged=False)


def state(*measures: Measure, **verdicts: EarlierVerdict) -> EditionState:
    return EditionState("2025-01-01", date(2025, 1, 1), verdicts, {own.id: own for own in measures})


def test_the_same_state_has_no_change() -> None:
    assert not compare_editions(state(ACTIVE, SHARE, A11=PLAUSIBLE), state(ACTIVE, SHARE, A11=PLAUSIBLE))


@pytest.mark.parametrize(
    ("other", "parts"),
    [
        ({"estimate": 751}, ("estimate",)),
        ({"estimate": 751, "n": 1651}, ("estimate", "n")),
        ({"estimate": SUPPRESSED}, ("estimate",)),
        ({"estimate": None}, ("estimate",)),
        ({"ci_low": 740.0, "ci_high": 760.0}, ("ci_low", "ci_high")),
        ({"evidence": Evidence.REGISTER}, ("evidence",)),
        ({"unit": "clients"}, ("unit",)),
        ({"n_missing": 3}, ("n_missing",)),
        ({"estimate": 750 * (1 + 1e-12)}, ()),  # another order of adding up
        ({"estimate": 750 * (1 + 1e-8)}, ("estimate",)),
        ({"period": "2025-02-01", "method": "other words"}, ()),
    ],
)
def test_a_number_changed_when_a_part_of_it_did(other: dict[str, object], parts: tuple[str, ...]) -> None:
    changes = compare_editions(state(ACTIVE), state(replace(ACTIVE, **other)))  # type: ignore[arg-type]
    assert tuple(own.parts for own in changes.measures) == ((parts,) if parts else ())
    assert bool(changes) == bool(parts)


@pytest.mark.parametrize(("before", "after"), [(0.0, None), (0.0, SUPPRESSED), (None, SUPPRESSED), (float("nan"), 0.0)])
def test_zero_unknown_and_withheld_are_three_things(before: object, after: object) -> None:
    one, two = replace(ACTIVE, estimate=before), replace(ACTIVE, estimate=after)  # type: ignore[arg-type]
    for pair in ((one, two), (two, one)):
        assert compare_editions(state(pair[0]), state(pair[1])).measures[0].parts == ("estimate",)
    assert not compare_editions(state(one), state(one))


def test_what_is_new_and_what_is_gone_is_told_apart() -> None:
    changes = compare_editions(state(ACTIVE, A11=PLAUSIBLE, A12=PLAUSIBLE), state(SHARE, A11=CONFIRMED, B01=PLAUSIBLE))
    assert [(own.claim_id, own.before, own.after) for own in changes.verdicts] == [("A11", PLAUSIBLE, CONFIRMED)]
    assert [own.claim_id for own in changes.verdicts_new] == ["B01"]
    assert [own.claim_id for own in changes.verdicts_gone] == ["A12"]
    assert (changes.measures, changes.measures_new, changes.measures_gone) == ((), (SHARE,), (ACTIVE,))


def test_a_statement_that_was_made_later_was_not_judged_before() -> None:
    changes = compare_editions(state(B01=LATER), state(B01=CONFIRMED))
    assert not changes.verdicts
    assert [own.claim_id for own in changes.verdicts_new] == ["B01"]
    assert not compare_editions(state(B01=LATER), state(B01=replace(LATER, grade=Grade.NONE)))


def test_without_an_older_state_everything_is_new() -> None:
    changes = compare_editions(None, state(ACTIVE, A11=PLAUSIBLE))
    assert changes
    assert (len(changes.verdicts_new), changes.measures_new) == (1, (ACTIVE,))


NUMBERS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([1.0, 2.0, None, SUPPRESSED]))


@given(NUMBERS, NUMBERS)
def test_backwards_the_same_numbers_differ_and_new_is_gone(one: dict[str, float], two: dict[str, float]) -> None:
    older, newer = (
        state(*(replace(ACTIVE, id=name, estimate=value) for name, value in own.items())) for own in (one, two)
    )
    there, back = compare_editions(older, newer), compare_editions(newer, older)
    assert {own.after.id for own in there.measures} == {
        name for name in one.keys() & two.keys() if one[name] != two[name]
    }
    assert {own.after.id for own in there.measures} == {own.after.id for own in back.measures}
    assert {own.id for own in there.measures_new} == {own.id for own in back.measures_gone} == two.keys() - one.keys()
