"""How many there are, of whom each of two incomplete lists knows some.

Chapman (1951), University of California Publications in Statistics 1, 131-160: of n1 in the first list, n2 in the
second and m in both, N = (n1 + 1)(n2 + 1) / (m + 1) - 1, nearly unbiased from 7 in both on (Robson and Regier
1964). The interval is log-normal on the number that neither list knows, with a half added to each cell (Sadinle 2009,
Communications in Statistics - Simulation and Computation 38, 1909-1924): it never lies below what was seen.
"""

from __future__ import annotations

import math

from evaluation.measures.kaplan_meier import Z

FEWEST_IN_BOTH = 7


def chapman(first: int, second: int, both: int) -> tuple[float, float, float] | None:
    """Estimated size of the whole with its 95% interval, None when too few are in both lists.

    Parameters
    ----------
    first, second
        Number in each list.
    both
        Number in both.

    Raises
    ------
    ValueError
        When more are in both than in one of them.
    """
    if both > min(first, second):
        raise ValueError(f"{both} in both lists cannot be more than {first} or {second} in one of them")
    if both < FEWEST_IN_BOTH:
        return None
    size = (first + 1) * (second + 1) / (both + 1) - 1
    return size, *transformed_logit_interval(first, second, both)


def transformed_logit_interval(first: int, second: int, both: int) -> tuple[float, float]:
    """Sadinle's 95% interval for the size of the whole."""
    shared, only_first, only_second = both + 0.5, first - both + 0.5, second - both + 0.5
    unseen = only_first * only_second / shared
    error = math.sqrt(1 / shared + 1 / only_first + 1 / only_second + shared / (only_first * only_second))
    seen = first + second - both - 0.5
    return seen + unseen * math.exp(-Z * error), seen + unseen * math.exp(Z * error)
