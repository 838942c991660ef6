"""Rates of rare events over time at risk: exact Poisson intervals, and the exact comparison of two of them."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.stats import binomtest
from statsmodels.stats.rates import confint_poisson

from evaluation.evidence import Count, Estimate, Mark
from evaluation.measures.rate_ratio import exact_rate_ratio
from evaluation.measures.rates import CONFIDENCE


def poisson_rate(count: Count, exposure: Estimate, per: float) -> tuple[Estimate, Estimate, Estimate]:
    """Return events per so much exposure with the exact interval of Garwood (1936).

    Unknown without exposure, withheld when the count or the exposure is.
    """
    for value in (count, exposure):
        if isinstance(value, Mark):
            return value, value, value
    if not exposure or isinstance(count, Mark) or isinstance(exposure, Mark):
        return None, None, None
    units = exposure / per
    low, high = confint_poisson(count, units, method="exact-c", alpha=1 - CONFIDENCE)
    return count / units, float(low), float(high)


@dataclass(frozen=True)
class RateComparison:
    """Two rates of events compared, the later over the earlier.

    Attributes
    ----------
    later, earlier
        Names of the periods.
    ratio, low, high
        Rate ratio with its exact conditional 95% interval; None when there was no event in one of both.
    p_value
        Two-sided exact conditional test of equal rates; None without events or time.
    """

    later: str
    earlier: str
    ratio: Estimate
    low: Estimate
    high: Estimate
    p_value: Estimate


def compare_rates(later: tuple[str, Count, Estimate], earlier: tuple[str, Count, Estimate]) -> RateComparison:
    """Compare two rates, each given as name, count and exposure.

    Given both counts together, the later one is binomial with the share of its exposure when the rates are equal
    (Przyborowski and Wilenski 1940).
    """
    names = later[0], earlier[0]
    for value in (*later[1:], *earlier[1:]):
        if isinstance(value, Mark):
            return RateComparison(*names, value, value, value, value)
    count, time = int(later[1]), float(later[2] or 0)  # type: ignore[arg-type]
    before, time_before = int(earlier[1]), float(earlier[2] or 0)  # type: ignore[arg-type]
    if not (count + before and time and time_before):
        return RateComparison(*names, None, None, None, None)
    ratio, low, high = exact_rate_ratio(count, time, before, time_before) or (None, None, None)
    test = binomtest(count, count + before, time / (time + time_before))
    return RateComparison(*names, ratio, low, high, float(test.pvalue))
