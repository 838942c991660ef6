"""Permutation over municipalities: the place of one among all, and what such a test could have found at all."""

from __future__ import annotations

import math
from collections.abc import Iterable

POWER = 0.8


def rank_from_largest(own: float, others: Iterable[float]) -> int:
    """Place from the largest; ties count against the treated unit."""
    return 1 + sum(other >= own for other in others)


def critical_effect(placebo_effects: list[float], significance_level: float) -> float | None:
    """Return the mean gap that the permutation test calls unusual when it is exceeded.

    With m placebos the p-value of a gap is (1 + number of placebos at least as large) / (m + 1), so it can reach the
    level only when m + 1 is at least one over the level; otherwise None.
    """
    allowed = math.floor(significance_level * (len(placebo_effects) + 1) + 1e-9) - 1
    return sorted(map(abs, placebo_effects), reverse=True)[allowed] if 0 <= allowed < len(placebo_effects) else None


def smallest_detectable_effect(placebo_effects: list[float], critical: float | None) -> float | None:
    """Return the true effect that exceeds `critical` in four of five placebos when it is added to them.

    The placebo gaps stand for the noise of one municipality. The larger of the answers for an increase and for a
    decrease is returned.
    """
    if critical is None:
        return None
    place = math.ceil(POWER * len(placebo_effects)) - 1
    needed = (sorted(critical - sign * effect for effect in placebo_effects)[place] for sign in (1, -1))
    return max(needed)
