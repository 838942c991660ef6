"""Figures that collide: which ones, and the smallest change, held against a search of everything."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.evidence import Bounded
from evaluation.measures.coherence.assessment import assess
from evaluation.measures.coherence.implied import System, system_of
from evaluation.measures.coherence.repair import changed, conflict, repairs
from tests.measures.coherence.drawn import aggregates


def stock_that_does_not_follow(before: float, started: float, ended: float, after: float) -> System:
    return system_of(
        aggregates(f"""
            id       quantity  when                   value      low  high
            before   stock     2023-01-01             {before}   -    -
            started  started   2023-01-01/2024-01-01  {started}  -    -
            ended    ended     2023-01-01/2024-01-01  {ended}    -    -
            after    stock     2024-01-01             {after}    -    -
            fte      fte       2024-01-01             30         29   31
        """)
    )


def test_a_stock_that_does_not_follow_from_its_flows() -> None:
    # 100 + 80 - 50 = 130, and 150 was published: 20 too many.
    system = stock_that_does_not_follow(100, 80, 50, 150)
    assert not system.feasible
    assert set(conflict(system)) == {"before", "started", "ended", "after"}  # the fte have no part in it
    found = [(r.changes[0].figure, r.changes[0].needed, round(r.largest, 3)) for r in repairs(system)]
    # Cheapest first: 20 of 150, of 100, of 80, of 50.
    assert found == [
        ("after", pytest.approx(130), 0.133),
        ("before", pytest.approx(120), 0.2),
        ("started", pytest.approx(100), 0.25),
        ("ended", pytest.approx(30), 0.4),
    ]
    assert [r.changes[0].difference for r in repairs(system)] == [
        pytest.approx(-20),
        pytest.approx(20),
        pytest.approx(20),
        pytest.approx(-20),
    ]


@settings(max_examples=12)
@given(st.integers(20, 60), st.integers(10, 60), st.integers(0, 30), st.integers(1, 90))
def test_one_figure_repairs_equal_a_search_over_every_value(before: int, started: int, ended: int, after: int) -> None:
    gap = before + started - ended - after
    system = stock_that_does_not_follow(before, started, ended, after)
    if gap == 0:
        assert system.feasible
        return
    printed = {"before": before, "started": started, "ended": ended, "after": after}
    signs = {"before": 1, "started": 1, "ended": -1, "after": -1}
    searched = {}
    for name, value in printed.items():
        fitting = [other for other in range(400) if gap + signs[name] * (other - value) == 0]
        if fitting:
            searched[name] = fitting[0]
    found = {repair.changes[0].figure: repair.changes[0].needed for repair in repairs(system)}
    assert found == {name: pytest.approx(value, abs=1e-5) for name, value in searched.items()}
    relative = {name: abs(value - printed[name]) / (printed[name] or 1) for name, value in searched.items()}
    assert repairs(system)[0].largest == pytest.approx(min(relative.values()), abs=1e-6)


def two_contradictions() -> System:
    # 100 + 80 - 50 is not 150, and no mean length of 2 months goes with a mean of 4 for the same trajectories.
    return system_of(
        aggregates("""
            id       quantity           when                   value  low  high
            before   stock              2023-01-01             100    -    -
            started  started            2023-01-01/2024-01-01  80     -    -
            ended    ended              2023-01-01/2024-01-01  50     -    -
            after    stock              2024-01-01             150    -    -
            mean     mean_ended_months  2023-01-01/2024-01-01  2      -    -
            again    mean_ended_months  2023-01-01/2024-01-01  4      -    -
        """)
    )


def test_two_contradictions_need_two_figures_and_share_the_change() -> None:
    system = two_contradictions()
    found = repairs(system)
    assert {len(repair.changes) for repair in found} == {2}
    # after or another count, with mean (2 -> 4, 100%) or again (4 -> 2, 50%); cheapest: after 150 -> 130 and again.
    assert {change.figure for change in found[0].changes} >= {"again"}
    assert found[0].largest == pytest.approx(0.5, abs=1e-5)
    assert len(found) == 4 * 2


@pytest.mark.parametrize("position", range(8))
def test_every_repair_lets_the_figures_agree_and_no_part_of_it_does(position: int) -> None:
    system = two_contradictions()
    repair = repairs(system)[position]
    assert changed(system, repair).feasible
    for change in repair.changes:
        less = system.with_values({change.figure: Bounded(change.needed, change.needed, change.needed)})
        assert not less.feasible


def test_the_shared_change_is_the_smallest_of_a_search_over_a_grid() -> None:
    # Both figures of a pair are widened alike: the search looks for the smallest largest change over a grid of 1%.
    system = system_of(
        aggregates("""
            id     quantity           when                   value  low  high
            a      stock              2023-01-01             100    -    -
            b      stock              2023-01-01             120    -    -
            c      mean_running_months  2024-01-01           4      -    -
            d      mean_running_months  2024-01-01           5      -    -
            later  stock              2024-01-01             90     -    -
        """)
    )
    cheapest = repairs(system)[0]
    grid = np.round(np.arange(-0.3, 0.301, 0.01), 2)
    best = min(
        max(abs(first), abs(second))
        for first, second in product(grid, grid)
        for one, other in (("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"))
        if _agrees(one, 1 + first) and _agrees(other, 1 + second)
    )
    assert cheapest.largest <= best + 1e-6
    assert cheapest.largest == pytest.approx(0.2, abs=1e-6)  # b 120 -> 100 is 16.7%, d 5 -> 4 is 20%
    assert {change.figure for change in cheapest.changes} == {"b", "d"}


def _agrees(name: str, factor: float) -> bool:
    pairs = {"a": (100, 120), "b": (120, 100), "c": (4, 5), "d": (5, 4)}
    value, other = pairs[name]
    # On a grid of 1% the other value is met when it lies within half a step.
    return abs(value * factor - other) <= 0.005 * value + 1e-9


def test_a_conflict_loses_its_contradiction_with_any_one_of_its_figures() -> None:
    system = two_contradictions()
    found = conflict(system)
    outside = [name for name in system.figures if name not in found]
    assert not system.without(outside).feasible
    for name in found:
        assert system.without([*outside, name]).feasible


def test_figures_that_agree_only_without_the_assumption() -> None:
    # 100 running on both dates, and 2,400 months lived in the year: the stock must have risen in between.
    figures = aggregates("""
        id      quantity       when                   value  low  high
        before  stock          2023-01-01             100    -    -
        months  person_months  2023-01-01/2024-01-01  2400   -    -
        after   stock          2024-01-01             100    -    -
    """)
    coherence = assess(figures, path="between", counts="rounded")
    assert coherence.feasible
    assert not coherence.stated_feasible
    assert coherence.repairs == ()
    assert coherence.implied["weakest_low"].notna().any()
    assert coherence.implied["low"].isna().all()
    assert coherence.corridor["low"].isna().all()
