"""What was shown stays shown, what was hidden stays hidden, and editions are protected from each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from evaluation.disclosure.cells import Shown
from evaluation.disclosure.guard import Guard
from evaluation.disclosure.publication import (
    CountCell,
    Publication,
    differences_of,
    growth_between,
    possible_differences,
    too_narrow,
    union,
)
from evaluation.disclosure.rules import default_rules
from evaluation.disclosure.suppression import SuppressionError
from evaluation.evidence import SUPPRESSED

RULES = default_rules()
TOTAL = CountCell("started", "2023-01-01", "2024-12-31", "2025-01-01")
PLACES = {name: TOTAL._replace(dimension="neighbourhood", group=name) for name in ("W01", "W02", "W03")}


def by_place(**counts: int) -> tuple[dict[CountCell, int], list[tuple[CountCell, tuple[CountCell, ...]]]]:
    """Counts of neighbourhoods with their total."""
    cells = {PLACES[name]: n for name, n in counts.items()}
    return {TOTAL: sum(counts.values()), **cells}, [(TOTAL, tuple(cells))]


def shows(cells: Mapping[CountCell, Shown]) -> Publication:
    return Publication(dict(cells), frozenset(), (), (), 5)


def test_a_small_count_takes_the_smallest_other_one_with_it() -> None:
    counts, relations = by_place(W01=41, W02=12, W03=3)
    shown = Guard(RULES).publish(counts, relations)
    assert shown == {TOTAL: 55, PLACES["W01"]: 40, PLACES["W02"]: SUPPRESSED, PLACES["W03"]: SUPPRESSED}


def test_a_count_that_was_shown_cannot_hide_another_one_later() -> None:
    guard = Guard(RULES)
    counts, relations = by_place(W01=41, W02=12, W03=3)
    assert guard.publish({PLACES["W02"]: 12}) == {PLACES["W02"]: 10}
    assert guard.publish(counts, relations)[PLACES["W01"]] is SUPPRESSED  # the larger one has to go now


def test_a_count_that_was_hidden_stays_hidden() -> None:
    guard = Guard(RULES)
    counts, relations = by_place(W01=41, W02=12, W03=3)
    guard.publish(counts, relations)
    assert guard.publish({PLACES["W02"]: 12}) == {PLACES["W02"]: SUPPRESSED}


def test_chapters_of_one_edition_know_of_each_other() -> None:
    first = Guard(RULES)
    counts, relations = by_place(W01=41, W02=12, W03=3)
    first.publish(counts, relations)
    second = Guard(RULES, before=[first.publication])
    assert second.publish({PLACES["W02"]: 12, PLACES["W01"]: 41}) == {PLACES["W02"]: SUPPRESSED, PLACES["W01"]: 40}


def test_nothing_is_shown_when_what_is_public_gives_a_small_count_away() -> None:
    guard = Guard(RULES)
    counts, relations = by_place(W01=41, W03=3)
    guard.publish({TOTAL: 44, PLACES["W01"]: 41})
    with pytest.raises(SuppressionError):
        guard.publish(counts, relations)


def test_two_editions_are_not_to_be_subtracted_to_a_few_people() -> None:
    # In the first 2 of 11, in the second 14: shown as 10 (10 to 12) and 15 (13 to 17), which leaves 1 to 7 newcomers.
    earlier = {PLACES["W01"]._replace(end="2024-11-30", known_on="2024-12-01"): 10}
    assert possible_differences(15, 10, 5, RULES) == (1, 7)
    assert Guard(RULES, [shows(earlier)]).publish({PLACES["W01"]: 14}) == {PLACES["W01"]: 15}
    # With exact numbers the newcomers would be known, so the later number goes.
    exact = replace(RULES, rounding_base=1)
    known = Publication(earlier, frozenset(), (), (), 1)
    assert Guard(exact, [known]).publish({PLACES["W01"]: 14}) == {PLACES["W01"]: SUPPRESSED}
    assert Guard(exact, [known]).publish({PLACES["W01"]: 21}) == {PLACES["W01"]: 21}  # 11 newcomers are not few


def test_a_difference_within_a_result_gives_way_at_its_part() -> None:
    exact, clients = replace(RULES, rounding_base=1), TOTAL._replace(kind="clients")
    shown = Guard(exact).publish({TOTAL: 60, clients: 58}, differences=[(TOTAL, clients)])
    assert shown == {TOTAL: 60, clients: SUPPRESSED}
    assert Guard(RULES).publish({TOTAL: 60, clients: 58}, differences=[(TOTAL, clients)])[clients] == 60


@pytest.mark.parametrize(
    ("lower", "upper", "narrow"),
    [(0, 0, False), (0, 4, False), (1, 2, True), (1, 3, False), (9, 9, True), (10, 10, False)],
)
def test_a_difference_is_known_too_well_when_it_is_somebody_and_hardly_open(
    lower: int, upper: int, narrow: bool
) -> None:
    assert too_narrow(lower, upper, RULES) is narrow


def test_only_counts_that_run_on_are_subtracted_between_editions() -> None:
    earlier = TOTAL._replace(end="2024-03-25", known_on="2024-03-25")
    revised = earlier._replace(known_on="2025-01-01")
    stock = CountCell("running", "", "2024-03-25", "2024-03-25")
    first, second = shows({earlier: 1275, stock: 790}), shows({TOTAL: 1650, revised: 1280})
    assert growth_between(first, second) == ((TOTAL, earlier),)
    assert differences_of([first, second]) == ((TOTAL, earlier),)
    assert growth_between(first, shows({TOTAL: 1000})) == ()  # it shrank: the register was corrected


def test_a_publication_survives_being_written_and_read() -> None:
    guard = Guard(RULES)
    counts, relations = by_place(W01=41, W02=12, W03=3)
    guard.publish(counts, relations, differences=[(TOTAL, PLACES["W01"])])
    read = Publication.from_json(json.loads(json.dumps(guard.publication.as_json())))
    assert read == guard.publication


def test_publications_that_contradict_each_other_are_no_union() -> None:
    assert union([shows({TOTAL: 50}), shows({TOTAL: 50})]).shown == {TOTAL: 50}
    with pytest.raises(ValueError, match="shown in two ways"):
        union([shows({TOTAL: 50}), shows({TOTAL: SUPPRESSED})])
