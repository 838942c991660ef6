"""Comparisons are worked out with the rounding of every figure in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.evidence import Bounded
from evaluation.measures.claims.expression import ExpressionError, parse, spelled, value

VALUES = {"a": Bounded(97, 96.5, 97.5), "b": Bounded(75, 74.5, 75.5), "c.d": Bounded(29, 28.5, 29.5)}


def test_a_growth_is_worked_out_with_its_rounding() -> None:
    comparison = parse("100 * (a / b - 1) = c.d")
    left = value(comparison.left, VALUES.__getitem__)
    # 97 / 75 = 1.29333; 96.5 / 75.5 = 1.27815; 97.5 / 74.5 = 1.30872
    assert (left.value, left.low, left.high) == pytest.approx((29.3333, 27.8146, 30.8725), abs=1e-4)
    assert comparison.holds(left, VALUES["c.d"]) is True
    assert comparison.names == ("a", "b", "c.d")


def test_a_calculation_is_spelled_with_the_brackets_it_needs() -> None:
    comparison = parse("100 * (a / b - 1) = a - b")
    numbers = {"a": "97", "b": "75"}
    assert spelled(comparison.left, numbers.__getitem__, str) == "100 × (97 / 75 − 1)"  # noqa: RUF001
    assert spelled(comparison.right, numbers.__getitem__, str) == "97 − 75"


@pytest.mark.parametrize(
    ("text", "left", "right", "holds"),
    [
        ("a = b", Bounded(5, 4, 6), Bounded(6.5, 6, 7), True),
        ("a = b", Bounded(5, 4, 6), Bounded(6.5, 6.1, 7), False),
        ("a < b", Bounded(5, 4, 6), Bounded(7, 6.1, 8), True),
        ("a < b", Bounded(5, 4, 6), Bounded(6.5, 6, 7), None),
        ("a > b", Bounded(5, 4, 6), Bounded(7, 6.1, 8), False),
        ("a > b", Bounded(8, 7.5, 9), Bounded(7, 6.1, 7.4), True),
    ],
)
def test_a_comparison_holds_fails_or_stays_open(text: str, left: Bounded, right: Bounded, holds: bool | None) -> None:
    assert parse(text).holds(left, right) is holds


@pytest.mark.parametrize("text", ["a + b", "a = ", "a = b**2", "a = f(b)", "a = 1.5", "a = 'b'", "a = b; c"])
def test_anything_else_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    assert "\n" not in str(refused.value)


@st.composite
def bounded(draw: st.DrawFn) -> Bounded:
    low, middle, high = sorted(draw(st.lists(st.floats(0.1, 1000), min_size=3, max_size=3)))
    return Bounded(middle, low, high)


@given(bounded(), bounded(), st.floats(0, 1), st.floats(0, 1))
def test_whatever_the_true_values_are_the_result_lies_inside(a: Bounded, b: Bounded, s: float, t: float) -> None:
    x, y = a.low + s * (a.high - a.low), b.low + t * (b.high - b.low)
    for text, true in (("a * b = a", x * y), ("a / b = a", x / y), ("3 * (a - b) = a", 3 * (x - y))):
        found = value(parse(text).left, {"a": a, "b": b}.__getitem__)
        assert found.low - 1e-6 <= true <= found.high + 1e-6
