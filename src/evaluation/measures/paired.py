"""Few pairs of scores: exact tests, the Hodges-Lehmann estimate, and reliable change.

SciPy's exact signed-rank test takes neither ties nor zeros, and has no interval; its permutation test enumerates every
sign. Scores on questionnaires tie all the time, so the distributions are computed here: that of the signed ranks by
adding one difference at a time, that of the sum by combining two halves. Tests hold both against SciPy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from evaluation.measures.kaplan_meier import UNKNOWN, Estimate
from evaluation.measures.spells import Floats

EXACT_PAIRS = 40  # of the sign-flip test; two halves of 20 have a million sums each
DRAWS = 100_000  # of signs, for more pairs than that
SEED = 1935  # of those draws; Fisher's Design of Experiments has the test
CLOSE = 1e-9  # sums that differ by less are the same sum, written in another order
RELIABLE = 1.96  # Jacobson and Truax (1991)
GOAL_CORRELATION = 0.3  # between goals of one family, by convention (Kiresuk and Sherman 1968)


def wilcoxon_p(differences: ArrayLike) -> float | None:
    """Two-sided p-value of Wilcoxon's signed-rank test, exact given the ties; zeros are left out.

    Given the absolute differences every pattern of signs is as likely under the null hypothesis. Twice the smaller
    tail, as SciPy does; None without a difference that is not zero.
    """
    positive, ranks = _signed_ranks(differences)
    if not len(ranks):
        return None
    doubled = np.rint(2 * ranks).astype(int)  # mid-ranks are whole or halves
    share = _sum_distribution(doubled)
    found = int(doubled[positive].sum())
    return float(min(1.0, 2 * min(share[: found + 1].sum(), share[found:].sum())))


def sign_flip_p(differences: ArrayLike) -> float | None:
    """Two-sided p-value of Fisher's randomisation test of the mean: signs are exchangeable under the null hypothesis.

    Exact up to `EXACT_PAIRS` pairs (every pattern of signs, in two halves), from seeded draws beyond; None without
    pairs.
    """
    d = np.asarray(differences, float)
    if not len(d):
        return None
    limit = abs(float(d.sum())) - CLOSE * float(np.abs(d).sum())
    if limit <= 0:
        return 1.0
    if len(d) > EXACT_PAIRS:
        signs = np.random.default_rng(SEED).integers(0, 2, (DRAWS, len(d)), dtype=np.int8) * 2 - 1
        return float((1 + np.count_nonzero(np.abs(signs @ d) >= limit)) / (1 + DRAWS))
    left, right = _sign_sums(d[: len(d) // 2]), np.sort(_sign_sums(d[len(d) // 2 :]))
    # By symmetry as many sums lie at or below -limit as at or above it.
    above = len(right) - np.searchsorted(right, limit - left, side="left")
    return float(2 * above.sum() / 2.0 ** len(d))


def hodges_lehmann(differences: ArrayLike, level: float) -> Estimate:
    """Median of the means of all pairs of differences, with its exact interval (Hollander and Wolfe 1999, 3.2, 3.3).

    The interval holds the centres of symmetry that the signed-rank test does not reject; with ties it covers at least
    at its level. Its ends are None with too few pairs for the level: no more than five at 95%.
    """
    d = np.asarray(differences, float)
    n = len(d)
    if not n:
        return UNKNOWN
    averages = np.sort(((d[:, None] + d[None, :]) / 2)[np.triu_indices(n)])
    tail = np.cumsum(_sum_distribution(np.arange(1, n + 1)))
    # The largest k with P(W < k) <= (1 - level) / 2; the k-th average from either end bounds the interval.
    k = int(np.searchsorted(tail, (1 - level) / 2 + CLOSE, side="right"))
    centre = float(np.median(averages))
    return Estimate(centre, float(averages[k - 1]), float(averages[-k])) if k else Estimate(centre, None, None)


def mean_interval(values: ArrayLike, level: float) -> Estimate:
    """Mean with Student's interval; its ends are None with fewer than two values, or without spread."""
    x = np.asarray(values, float)
    if not len(x):
        return UNKNOWN
    mean = float(x.mean())
    error = float(x.std(ddof=1) / math.sqrt(len(x))) if len(x) > 1 else 0.0
    if not error:
        return Estimate(mean, None, None)
    half = float(stats.t.ppf((1 + level) / 2, len(x) - 1)) * error
    return Estimate(mean, mean - half, mean + half, error)


def reliable_threshold(norm_sd: float | None, reliability: float | None) -> float | None:
    """Least change of one family that is more than measurement error, in points; None when a part is unknown.

    ``1.96 sqrt(2) s sqrt(1 - r)``, with s the standard deviation of the norm group and r the reliability (Jacobson and
    Truax 1991, J Consult Clin Psychol 59:12).
    """
    if norm_sd is None or reliability is None:
        return None
    return RELIABLE * difference_error(norm_sd, reliability)


def difference_error(norm_sd: float, reliability: float) -> float:
    """Standard error of the difference of two scores of one family; a change over it is the reliable change index."""
    return math.sqrt(2) * norm_sd * math.sqrt(1 - reliability)


def goal_attainment_t(scores: Sequence[float], rho: float = GOAL_CORRELATION) -> float | None:
    """T score of goals with equal weights, each scored from -2 to 2; 50 is attained as expected on the whole.

    ``50 + 10 sum(x) / sqrt((1 - rho) k + rho k^2)`` (Kiresuk and Sherman 1968); None without goals.
    """
    k = len(scores)
    return 50 + 10 * float(sum(scores)) / math.sqrt((1 - rho) * k + rho * k**2) if k else None


def _signed_ranks(differences: ArrayLike) -> tuple[np.typing.NDArray[np.bool_], Floats]:
    d = np.asarray(differences, float)
    d = d[d != 0]
    return d > 0, np.asarray(stats.rankdata(np.abs(d)), float)


def _sum_distribution(values: np.typing.NDArray[np.int_]) -> Floats:
    """Probability of each sum of a random half of whole numbers, each in or out with probability one half."""
    share = np.ones(1)
    for value in values:
        longer = np.zeros(len(share) + int(value))
        longer[: len(share)] += share / 2
        longer[int(value) :] += share / 2
        share = longer
    return share


def _sign_sums(d: Floats) -> Floats:
    sums = np.zeros(1)
    for value in d:
        sums = np.concatenate([sums - value, sums + value])
    return sums
