"""Recomputed values beside published ones."""

from __future__ import annotations

from datetime import date

import pytest

from evaluation.evidence import Bounded, Evidence, Measure, PublishedFigure
from evaluation.measures.published import compare_with_published

DAY = date(2024, 3, 25)


def measure(name: str, estimate: float | None, evidence: Evidence = Evidence.SYNTHETIC) -> Measure:
    return Measure(name, estimate, "trajectories", evidence, ("registry",), "count", "2024")


def printed(value: float, low: float, high: float) -> PublishedFigure:
    return PublishedFigure("as printed", Bounded(value, low, high))


@pytest.mark.parametrize(
    ("recomputed", "agrees"), [(1624, False), (1625, True), (1650, True), (1675, True), (1676, False)]
)
def test_a_value_agrees_when_the_printed_one_can_be_its_rounding(recomputed: int, agrees: bool) -> None:
    # 1.650 rounded to fifties stands for 1,625 to 1,675.
    comparison = compare_with_published([measure("v.a", recomputed)], {"v.a": printed(1650, 1625, 1675)}, DAY)
    assert [row.agrees for row in comparison.rows] == [agrees]


def test_only_rows_with_both_values_are_compared() -> None:
    comparison = compare_with_published(
        [measure("v.same", 483), measure("v.other", 790), measure("v.unprinted", 5), measure("v.unknown", None)],
        {
            "v.same": printed(483, 483, 483),
            "v.other": printed(791, 791, 791),
            "v.unknown": printed(7, 6.5, 7.5),
            "v.not_asked": printed(1, 1, 1),
        },
        DAY,
    )
    # Rows keep the order of the measures; what was printed but not recomputed is no row.
    assert [(row.measure.id, row.agrees) for row in comparison.rows] == [
        ("v.same", True),
        ("v.other", False),
        ("v.unprinted", None),
        ("v.unknown", None),
    ]
    assert (comparison.n_compared, comparison.n_agreeing) == (2, 1)


def test_an_unknown_value_does_not_agree_with_a_published_zero() -> None:
    comparison = compare_with_published([measure("v.a", None)], {"v.a": printed(0, 0, 0)}, DAY)
    assert comparison.rows[0].agrees is None


def test_a_recomputed_zero_is_compared() -> None:
    comparison = compare_with_published([measure("v.a", 0)], {"v.a": printed(0, 0, 0)}, DAY)
    assert comparison.rows[0].agrees is True


def test_a_comparison_of_a_synthetic_registry_is_synthetic() -> None:
    comparison = compare_with_published([measure("v.a", 1), measure("v.b", 1)], {"v.a": printed(1, 1, 1)}, DAY)
    assert comparison.evidence is Evidence.SYNTHETIC


def test_kinds_of_evidence_are_not_mixed_in_one_comparison() -> None:
    # The weaker kind would stand for the whole, and the gate would not see the register in it.
    mixed = [measure("v.a", 1, Evidence.REGISTER), measure("v.b", 1, Evidence.PUBLISHED)]
    with pytest.raises(ValueError, match=r"published.*register"):
        compare_with_published(mixed, {}, DAY)


def test_a_comparison_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="one kind of evidence, not of \\[\\]"):
        compare_with_published([], {"v.a": printed(1, 1, 1)}, DAY)
