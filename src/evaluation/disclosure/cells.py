"""What a cell may show: a value, a suppressed value or a missing one, and how a count gets there."""

from __future__ import annotations

import math
from typing import TypeAlias

from evaluation.disclosure.rules import DisclosureRules
from evaluation.evidence import MISSING, Count, Mark

Shown: TypeAlias = int | float | Mark


def is_missing(shown: object) -> bool:
    """Return whether no value is known here: the mark, None, or not a number."""
    return shown is MISSING or shown is None or (isinstance(shown, float) and math.isnan(shown))


def round_to_base(value: float, base: int) -> int:
    """Return the multiple of `base` nearest to `value`, halves upwards; 0 stays 0.

    Raises
    ------
    ValueError
        When `value` is negative or not a number, or `base` is below 1.
    """
    if base < 1 or not 0 <= value < math.inf:
        raise ValueError(f"cannot round {value} to multiples of {base}; a count is 0 or more and the base 1 or more")
    return math.floor(value / base + 0.5) * base


def behind_rounding(shown: int, base: int) -> tuple[int, int]:
    """Return the smallest and the largest whole count that `round_to_base` turns into `shown`.

    With base 5, 20 stands for 18 to 22; with base 10, 20 stands for 15 to 24.
    """
    return max(0, math.ceil(shown - base / 2)), math.ceil(shown + base / 2) - 1


def is_small(count: float, rules: DisclosureRules) -> bool:
    """Return whether a count is suppressed for its own sake: above 0 and below the minimum.

    Zero is shown as zero. In the tables of this project a zero comes from how the care is organised (a referrer that
    does not refer there, a month before the start) and not from a few people who were looked at; readers know
    these zeros anyhow, so hiding them would protect nobody.
    """
    return 0 < count < rules.minimum_cell


def order_of(shown: Count) -> int:
    """Return what a count is sorted by: where it is withheld, its place must not tell it either."""
    return -1 if isinstance(shown, Mark) else shown
