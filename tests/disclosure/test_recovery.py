"""What is looked at when a result is added finds all that a look at everything would find."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.disclosure.publication import CountCell, Publication, union
from evaluation.disclosure.recovery import given_away, recoverable
from evaluation.disclosure.rules import default_rules
from evaluation.evidence import SUPPRESSED

RULES = default_rules()


COUNTS = {0: (25, 25, 25, 25), 1: (5, 35, 30, 30), 2: (5, 5, 45, 45)}
"""Parts of a hundred, of which the first few are small."""


def table(random: np.random.Generator, number: int, day: str) -> Publication:
    """A hundred in four parts, of which none, one or two are hidden; tables of one day share their total."""
    total = CountCell("started", "2023-01-01", day, day)
    parts = [CountCell("started", "2023-01-01", day, day, f"by{number}", f"{group}") for group in range(4)]
    hidden = int(random.integers(0, 3))
    shown = {part: SUPPRESSED if count < 10 else count for part, count in zip(parts, COUNTS[hidden], strict=True)}
    relations = ((total, tuple(parts)),)
    return Publication({**shown, total: 100}, frozenset(parts[:hidden]), relations, (), 1)


@pytest.mark.parametrize("seed", range(8))
def test_only_what_a_new_table_is_tied_to_has_to_be_looked_at(seed: int) -> None:
    random = np.random.default_rng(seed)
    tables = [table(random, number, "2024-12-31" if number < 3 else "2023-12-31") for number in range(6)]
    found: set[str] = set()
    for end in range(1, len(tables) + 1):
        now, before = union(tables[:end]), union(tables[: end - 1])
        added = set(recoverable([now], RULES, [before] if end > 1 else ()))
        assert added <= set(recoverable([now], RULES))
        found |= added
        assert found == set(recoverable([now], RULES))
    alone = sum(len(own.small) == 1 for own in tables)
    assert len(found) == alone  # a hidden part is found where it is the only one


def test_what_an_earlier_edition_gives_away_of_what_is_added_is_found() -> None:
    def counted(group: str, end: str, count: int) -> Publication:
        return Publication({CountCell("started", "2023-01-01", end, end, "by", group): count}, frozenset(), (), (), 1)

    earlier = union([counted(group, "2023-12-31", 20) for group in "ab"])
    known, added = counted("a", "2024-12-31", 20), counted("b", "2024-12-31", 23)
    assert given_away(known, [earlier], RULES) == []
    (found,) = given_away(union([known, added]), [earlier], RULES)  # three started in between
    assert given_away(union([known, added]), [earlier], RULES, known) == [found]
    assert given_away(union([known, added]), [earlier], RULES, union([known, added])) == []
