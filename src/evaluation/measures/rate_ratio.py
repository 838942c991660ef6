"""Starts of one year against those of the year before, with an interval that fits how they vary."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import special
from statsmodels.stats.proportion import proportion_confint

from evaluation.evidence import Count, Estimate, Evidence, Measure, confidence, total_of
from evaluation.measures.rates import (
    CONFIDENCE,
    FEWEST_MONTHS,
    TEST_LEVEL,
    count_in,
    daily_starts,
    reporting_year,
    starts_per_month,
)
from evaluation.snapshot import Snapshot


@dataclass(frozen=True)
class RateRatio:
    """Starts per day in the reporting year, over those per day in the calendar year before it.

    Attributes
    ----------
    ratio
        The rate ratio, or None when a year has no start or lies outside the period.
    exact_low, exact_high
        Exact conditional interval (binomial, Clopper-Pearson): right when starts are a Poisson process.
    quasi_low, quasi_high
        Quasi-Poisson interval from the months, None unless they are overdispersed.
    dispersion
        Pearson chi-square over its degrees of freedom, of the months around the level of their year.
    count, days, count_before, days_before
        What went in.
    months
        Starts per calendar month of the whole period, of which the counts are sums. Not for showing.
    """

    ratio: Estimate
    exact_low: Estimate
    exact_high: Estimate
    quasi_low: Estimate
    quasi_high: Estimate
    dispersion: Estimate
    count: Count
    days: int
    count_before: Count
    days_before: int
    year: int
    since: date
    reference_date: date
    evidence: Evidence
    source: str
    months: pd.DataFrame

    @property
    def overdispersed(self) -> bool:
        """Whether the months vary more than a Poisson process does, so that the wider interval applies."""
        return self.quasi_low is not None

    @property
    def ci_low(self) -> Estimate:
        """Lower end of the interval that applies."""
        return self.quasi_low if self.overdispersed else self.exact_low

    @property
    def ci_high(self) -> Estimate:
        """Upper end of the interval that applies."""
        return self.quasi_high if self.overdispersed else self.exact_high

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        kind = "quasi-Poisson" if self.overdispersed else "exact conditional"
        return (
            Measure(
                id="volumes.inflow_rate_ratio",
                estimate=self.ratio,
                unit="ratio",
                method=f"starts per day over those of the year before, {kind} interval",
                period=f"{self.year - 1}/{self.year}",
                n=total_of((self.count, self.count_before)),
                n_missing=0,
                **confidence(self.ci_low, self.ci_high, CONFIDENCE),
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def yearly_rate_ratio(snapshot: Snapshot, since: date) -> RateRatio:
    """Compare the reporting year up to the reference date with the calendar year before, from `since` onward."""
    until, year = snapshot.reference_date, reporting_year(snapshot)
    starts = daily_starts(snapshot, since)
    count, days = count_in(starts, year, since, until)
    before, days_before = count_in(starts, year - 1, since, until)
    exact = exact_rate_ratio(count, days, before, days_before)
    ratio, low, high = exact or (None, None, None)
    found = RateRatio(
        ratio=ratio,
        exact_low=low,
        exact_high=high,
        quasi_low=None,
        quasi_high=None,
        dispersion=None,
        count=count,
        days=days,
        count_before=before,
        days_before=days_before,
        year=year,
        since=since,
        reference_date=until,
        evidence=snapshot.evidence,
        source=snapshot.source,
        months=(months := starts_per_month(starts, since, until)),
    )
    months = months[months["month"].dt.year.isin((year - 1, year))]
    return found if exact is None else _with_quasi_interval(found, months)


def exact_rate_ratio(
    count: int, days: float, count_before: int, days_before: float
) -> tuple[float, float, float] | None:
    """Ratio of two Poisson rates with its exact conditional 95% interval; None when a count is zero.

    Given the total, the first count is binomial with share ``r d1 / (r d1 + d0)``, so the Clopper-Pearson ends p give
    ``r = p / (1 - p) * d0 / d1`` (Przyborowski and Wilenski 1940).
    """
    if not (count and count_before):
        return None
    scale = days_before / days
    low, high = proportion_confint(count, count + count_before, 1 - CONFIDENCE, "beta")
    return count / count_before * scale, float(low / (1 - low) * scale), float(high / (1 - high) * scale)


def _with_quasi_interval(found: RateRatio, months: pd.DataFrame) -> RateRatio:
    """Add the dispersion of the months within their year, and the wider interval when it exceeds that of Poisson."""
    second = (months["month"].dt.year == found.year).to_numpy(dtype=float)
    if len(months) < FEWEST_MONTHS:
        return found
    model = sm.GLM(months["inflow"], sm.add_constant(second), sm.families.Poisson(), offset=np.log(months["days"]))
    fitted = model.fit(scale="X2", use_t=True)
    found = replace(found, dispersion=float(fitted.scale))
    if special.chdtrc(fitted.df_resid, fitted.scale * fitted.df_resid) >= TEST_LEVEL:
        return found
    low, high = np.exp(np.asarray(fitted.conf_int(1 - CONFIDENCE))[1])
    return replace(found, quasi_low=float(low), quasi_high=float(high))
