"""The chain ladder with Mack's standard errors: what is still to be reported of events that have happened.

Own code, checked against the published run-off triangle of the Reinsurance Association of America (reserve 52,135,
standard error 26,909). The package `chainladder` gives the same numbers, but brings numba, llvmlite, scikit-learn and
sparse and takes one and a half seconds to import in every kernel, for the two formulas below.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ChainLadder:
    """Fit to a cumulative triangle of n periods (oldest first) by n ages.

    Attributes
    ----------
    factors, sigma_squared
        Development factor from each age to the next, and Mack's variance parameter of it (n - 1 values).
    reported, ultimate
        Latest known and expected final value per period.
    process_variance
        Variance of the final value per period, given the factors.
    triangle, used
        The triangle, and which steps from age to age the factors were estimated from.
    """

    factors: Floats
    sigma_squared: Floats
    reported: Floats
    ultimate: Floats
    process_variance: Floats
    triangle: Floats
    used: NDArray[np.bool_]

    def standard_error(self, periods: slice) -> float:
        """Root mean squared error of the sum of the final values of some periods (Mack 1993).

        The process variances add up. Errors of the factors are shared: period i is multiplied by the factors from its
        age on, so two periods share those that the older one still needs.
        """
        n = len(self.reported)
        chosen = np.arange(n)[periods]
        weights = np.nansum(np.where(self.used, self.triangle[:, :-1], 0), axis=0)
        safe = self.factors**2 * weights
        per_age = np.divide(self.sigma_squared, safe, out=np.zeros(n - 1), where=safe > 0)
        from_age = np.append(np.cumsum(per_age[::-1])[::-1], 0.0)  # sum over the ages that a period still needs
        shared = from_age[np.maximum.outer(n - 1 - chosen, n - 1 - chosen)]
        estimation = (np.outer(self.ultimate[chosen], self.ultimate[chosen]) * shared).sum()
        return float(np.sqrt(self.process_variance[chosen].sum() + estimation))


def chain_ladder(triangle: Floats, diagonals: int | None = None) -> ChainLadder:
    """Fit factors, final values and variances.

    Parameters
    ----------
    triangle
        Cumulative values, periods by ages, oldest period first; what lies after the latest diagonal is ignored.
    diagonals
        Estimate the factors from this many of the latest diagonals only; None for all. Fewer follow a change in the
        delay, and make the standard error larger.

    Notes
    -----
    With C the triangle, ``f_k = sum C_{k+1} / sum C_k`` and ``s2_k = sum C_k (C_{k+1} / C_k - f_k)^2 / (m_k - 1)`` over
    the m_k periods used. Where a single period is left, ``s2 = min(s2_a^2 / s2_b, s2_a, s2_b)`` of the two ages before
    (Mack 1993). An age at which nothing was ever reported multiplies by 1.
    """
    n = len(triangle)
    age, period = np.meshgrid(np.arange(n), np.arange(n))
    known = period + age < n
    cumulative = np.where(known, triangle, np.nan)
    used = known[:, 1:] & (period + age >= n - (diagonals or n))[:, 1:]
    now, later = np.where(used, cumulative[:, :-1], 0), np.where(used, cumulative[:, 1:], 0)
    factors = np.divide(later.sum(0), now.sum(0), out=np.ones(n - 1), where=now.sum(0) > 0)
    ratio = np.divide(later, now, out=np.zeros_like(now), where=now > 0)
    squares = (now * (ratio - factors) ** 2).sum(0)
    sigma_squared = _variances(squares, (now > 0).sum(0))
    reported = cumulative[np.arange(n), n - 1 - np.arange(n)]
    to_come = np.append(np.cumprod(factors[::-1])[::-1], 1.0)
    ultimate = reported * to_come[n - 1 - np.arange(n)]
    return ChainLadder(
        factors=factors,
        sigma_squared=sigma_squared,
        reported=reported,
        ultimate=ultimate,
        process_variance=_process_variance(reported, factors, sigma_squared),
        triangle=cumulative,
        used=used,
    )


def _variances(squares: Floats, periods: NDArray[np.int64]) -> Floats:
    """Mack's sigma squared, continued beyond the last age with two periods."""
    sigma_squared: Floats = np.divide(squares, periods - 1, out=np.full(len(squares), np.nan), where=periods > 1)
    for age in range(len(squares)):
        if np.isnan(sigma_squared[age]):
            before = sigma_squared[max(age - 2, 0) : age]
            falling = before[1] ** 2 / before[0] if len(before) == 2 and before[0] > 0 else np.inf
            sigma_squared[age] = min([falling, *before]) if len(before) else 0.0
    return sigma_squared


def _process_variance(reported: Floats, factors: Floats, sigma_squared: Floats) -> Floats:
    """Carry value and variance forward age by age: ``V_{k+1} = f_k^2 V_k + s2_k C_k``."""
    n = len(reported)
    variance = np.zeros(n)
    for period in range(n):
        value = reported[period]
        for age in range(n - 1 - period, n - 1):
            variance[period] = factors[age] ** 2 * variance[period] + sigma_squared[age] * value
            value *= factors[age]
    return variance
