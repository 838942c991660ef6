"""What answers of a part say about all who were asked: bounds, and what narrower ones would have to assume.

With a response r and a share p among those who answered, the share among all is r p + (1 - r) q, where nothing is known
of q, the share among those who did not answer. Without an assumption q lies between 0 and 1 (Manski 2003, *Partial
Identification of Probability Distributions*, chapter 1); within d of p when the two groups may differ by d at most.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.optimize import brentq
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint

NO_ASSUMPTION = 1.0
"""A difference that allows any answer of those who did not answer."""


@dataclass(frozen=True)
class Region:
    """What a share can be, before and after chance.

    Attributes
    ----------
    low, high
        Bounds given the answers, shares.
    ci_low, ci_high
        Interval that contains the true share with the level asked for, when those asked are a sample (shares).
    """

    low: float
    high: float
    ci_low: float
    ci_high: float


def bounds_within(share: float, response: float, difference: float = NO_ASSUMPTION) -> tuple[float, float]:
    """Return the lowest and highest share among all who were asked.

    Parameters
    ----------
    share
        Share among those who answered.
    response
        Share that answered.
    difference
        How far the share among those who did not answer may lie from `share`; 1 assumes nothing, which gives
        r p and r p + 1 - r.
    """
    known = response * share
    silent = 1 - response
    return known + silent * max(0.0, share - difference), known + silent * min(1.0, share + difference)


def identified_region(count: int, answered: int, asked: int, level: float, difference: float = NO_ASSUMPTION) -> Region:
    """Return the bounds for a share and the interval of Imbens and Manski (2004) around them.

    The bounds are functions of two proportions that vary independently: the response r = answered / asked, and among
    the answers p = count / answered. Standard errors are recovered from their Wilson limits on the side that matters
    and added as squares (Newcombe 1998, Statistics in Medicine 17, 873-890; Zou and Donner 2008, 27(10)), which holds
    for few answers and does not vanish when all are alike. With a difference of 0 the interval is that of Wilson.

    Parameters
    ----------
    count, answered, asked
        Units with the property, those who answered, and all who were asked; at least one answered.
    level
        Coverage of the interval.
    difference
        As of `bounds_within`.
    """
    share, response = count / answered, answered / asked
    low, high = bounds_within(share, response, difference)
    fewer, more = wilson_distances(count, answered, level)
    silent, _ = wilson_distances(answered, asked, level)
    errors = []
    for shifted, distance in ((share - difference, fewer), (share + difference, more)):
        # An end of the bounds is r p + (1 - r) q, with q = p shifted by the difference, cut off at 0 or 1.
        q = min(1.0, max(0.0, shifted))
        by_share = 1.0 if q == shifted else response
        errors.append(math.hypot(by_share * distance, (share - q) * silent))
    ends = imbens_manski(low, high, errors[0], errors[1], level)
    if difference < NO_ASSUMPTION:
        # Where an end is nearly cut off, its error is that of p alone; no assumption can widen what is possible.
        widest = identified_region(count, answered, asked, level)
        ends = max(ends[0], widest.ci_low), min(ends[1], widest.ci_high)
    return Region(low, high, *ends)


def wilson_distances(count: int, n: int, level: float) -> tuple[float, float]:
    """Return the distance from a share down and up to the ends of its Wilson interval.

    Each is divided by the normal quantile of the level, so that it stands for a standard error on its side.
    """
    low, high = proportion_confint(count, n, alpha=1 - level, method="wilson")
    quantile = norm.ppf((1 + level) / 2)
    return float(max(0.0, count / n - low) / quantile), float(max(0.0, high - count / n) / quantile)


def imbens_manski(low: float, high: float, low_error: float, high_error: float, level: float) -> tuple[float, float]:
    """Return the confidence interval for a share of which only bounds can be estimated, cut off at 0 and 1.

    It runs from low - c s_low to high + c s_high with c such that norm(c + (high - low) / max(s)) - norm(-c) = level:
    the one-sided 1.64 when the bounds lie far apart, the two-sided 1.96 when they coincide (Imbens and Manski 2004,
    Econometrica 72(6), 1845-1857). It holds uniformly here, since the bounds are in order in every sample (Stoye
    2009, Econometrica 77(4), lemma 3).

    Parameters
    ----------
    low, high
        Estimated bounds.
    low_error, high_error
        Their standard errors.
    level
        Coverage of the true share.
    """
    largest = max(low_error, high_error)
    if largest == 0:
        return low, high
    c = critical_value((high - low) / largest, level)
    return max(0.0, low - c * low_error), min(1.0, high + c * high_error)


def critical_value(width: float, level: float) -> float:
    """Return c with norm(c + width) - norm(-c) = level, for a width in standard errors."""
    one_sided, two_sided = norm.ppf(level), norm.ppf((1 + level) / 2)
    return float(brentq(lambda c: norm.cdf(c + width) - norm.cdf(-c) - level, one_sided - 1e-9, two_sided + 1e-9))
