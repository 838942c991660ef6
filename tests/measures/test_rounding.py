"""Intervals that rounding leaves, carried through a computation."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.evidence import Bounded
from evaluation.measures.rounding import exactly, through

INPUTS = st.builds(lambda low, a, b: Bounded(low + a, low, low + a + b), *(st.floats(0.1, 100),) * 3)
AT = st.floats(0, 1)


def test_a_figure_that_enters_twice_is_one_number() -> None:
    # x / (x + 1) rises in x: 1 / 2 to 3 / 4. As two numbers it would be 1 / 4 to 3 / 2.
    assert through(lambda x: x / (x + 1), Bounded(2, 1, 3)) == Bounded(2 / 3, 1 / 2, 3 / 4)


def test_what_was_not_rounded_stays_exact() -> None:
    assert through(lambda x, y: x - y, exactly(5), exactly(3)) == exactly(2)


@settings(max_examples=80)
@given(x=INPUTS, y=INPUTS, z=INPUTS, at=st.tuples(AT, AT, AT))
def test_everything_that_rounding_allows_lies_in_the_interval(
    x: Bounded, y: Bounded, z: Bounded, at: tuple[float, float, float]
) -> None:
    found = through(lambda a, b, c: (a - b) / c, x, y, z)
    a, b, c = (given.low + where * (given.high - given.low) for given, where in zip((x, y, z), at, strict=True))
    slack = 1e-9 * (1 + abs(found.low) + abs(found.high))
    assert found.low - slack <= (a - b) / c <= found.high + slack
