"""How fast trajectories start: per thousand youths, and per month with an interval.

A complete register is counted without sampling error. The intervals here answer another question: how far the count of
a period could have come out otherwise by chance alone, if trajectories kept starting at the same rate. They are exact
for a Poisson count (Garwood 1936); months that vary more than Poisson counts get wider ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import ArrayLike, NDArray
from scipy import special
from statsmodels.discrete._diagnostics_count import test_poisson_dispersion as poisson_dispersion_tests
from statsmodels.stats.rates import confint_poisson

from evaluation.evidence import Count, Estimate, Evidence, Measure, confidence
from evaluation.snapshot import Snapshot, frame_of

CONFIDENCE = 0.95
TEST_LEVEL = 0.05  # of the test that decides between Poisson and wider intervals
TREND_DEGREE = 3  # of the trend around which months may vary: a straight line would take a turn for disorder
FEWEST_MONTHS = 8  # a spread estimated from fewer months says nothing
DEAN_B = 1  # row of Dean's score test against a variance of mean + a mean^2 among the tests of statsmodels


@dataclass(frozen=True)
class YouthPopulation:
    """Denominator of a rate.

    Attributes
    ----------
    youths
        Inhabitants of those ages on 1 January of `year`.
    ages
        First and last age, ``0-24``.
    source
        Table that it was taken from.
    """

    youths: int
    ages: str
    year: int
    source: str


@dataclass(frozen=True)
class InflowRate:
    """Trajectories started per 1,000 youths and year in the reporting year, up to and including the reference date.

    The count divided by the youth-years at risk, ``youths / 1000 * days / 365.25``, with the exact Poisson interval.

    Attributes
    ----------
    started, days
        Trajectories that started, and the days in which they did.
    rate, ci_low, ci_high
        Per 1,000 youths and year.
    evidence
        That of the register: a weaker label because of the public denominator would hide that personal rows went in.
    months
        Starts per calendar month of the whole period, of which `started` is a sum. Not for showing.
    """

    started: Count
    days: int
    year: int
    population: YouthPopulation
    rate: Estimate
    ci_low: Estimate
    ci_high: Estimate
    since: date
    reference_date: date
    evidence: Evidence
    source: str
    months: pd.DataFrame

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            Measure(
                id="volumes.started_per_1000_youths",
                estimate=self.rate,
                unit="per_1000_youths_year",
                method=f"starts per 1,000 youths ({self.population.ages}) and year, exact Poisson interval",
                period=str(self.year),
                n=self.started,
                n_missing=0,
                **confidence(self.ci_low, self.ci_high, CONFIDENCE),
                evidence=self.evidence,
                sources=(self.source, self.population.source),
            ),
        )


@dataclass(frozen=True)
class MonthlyInflow:
    """Starts per complete calendar month, with an interval for the rate behind each.

    Attributes
    ----------
    frame
        Columns ``month`` (datetime64), ``days``, ``inflow`` (int), ``ci_low``, ``ci_high`` (starts per month).
    overdispersed
        Whether the months vary more around a smooth trend (cubic on the log scale) than Poisson counts do, by Dean's
        score test (one-sided, 5%); the intervals are then negative binomial. None when there are too few months,
        or less than a start a month, to tell: Poisson.
    p_value, dispersion
        Of that test, and `a` in the variance ``mean + a mean^2`` (moment estimate, 0 for Poisson).
    months
        Starts of all months, the ones that the period cuts too. Not for showing.
    """

    frame: pd.DataFrame
    overdispersed: bool | None
    p_value: Estimate
    dispersion: Estimate
    since: date
    reference_date: date
    evidence: Evidence
    months: pd.DataFrame


def inflow_rate(snapshot: Snapshot, since: date, population: YouthPopulation) -> InflowRate:
    """Rate of starts per 1,000 youths in the calendar year of the day before the reference date."""
    year = reporting_year(snapshot)
    starts = daily_starts(snapshot, since)
    started, days = count_in(starts, year, since, snapshot.reference_date)
    rate, low, high = rate_per_thousand(started, days, population)
    return InflowRate(
        started=started,
        days=days,
        year=year,
        population=population,
        rate=rate,
        ci_low=low,
        ci_high=high,
        since=since,
        reference_date=snapshot.reference_date,
        evidence=snapshot.evidence,
        source=snapshot.source,
        months=starts_per_month(starts, since, snapshot.reference_date),
    )


def rate_per_thousand(started: int, days: int, population: YouthPopulation) -> tuple[float, float, float]:
    """Starts per 1,000 youths and year with the ends of the exact Poisson interval."""
    youth_years = population.youths / 1000 * days / 365.25
    low, high = confint_poisson(started, youth_years, method="exact-c", alpha=1 - CONFIDENCE)
    return started / youth_years, float(low), float(high)


def monthly_inflow(snapshot: Snapshot, since: date) -> MonthlyInflow:
    """Starts per complete month; a test of overdispersion decides between Poisson and negative binomial intervals."""
    months = starts_per_month(daily_starts(snapshot, since), since, snapshot.reference_date)
    frame = months[months["complete"]].drop(columns="complete").reset_index(drop=True)
    p_value, dispersion = _overdispersion(frame)
    overdispersed = None if p_value is None else p_value < TEST_LEVEL and dispersion > 0
    dispersion = dispersion if overdispersed else 0.0
    low, high = count_interval(frame["inflow"], dispersion)
    return MonthlyInflow(
        frame=frame.assign(ci_low=low, ci_high=high),
        overdispersed=overdispersed,
        p_value=p_value,
        dispersion=dispersion,
        since=since,
        reference_date=snapshot.reference_date,
        evidence=snapshot.evidence,
        months=months,
    )


def count_interval(counts: ArrayLike, dispersion: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Central 95% interval for the mean behind each count: exact Poisson, or negative binomial.

    The negative binomial distribution function is an incomplete beta function in ``k / (k + mean)`` with
    ``k = 1 / dispersion``; inverting it gives the ends, which tend to Garwood's as the dispersion tends to zero.

    Parameters
    ----------
    counts
        Observed counts.
    dispersion
        `a` in the variance ``mean + a mean^2``; 0 for Poisson.
    """
    count = np.asarray(counts, dtype=float)
    if dispersion == 0:
        low, high = confint_poisson(count, 1, method="exact-c", alpha=1 - CONFIDENCE)
        return np.broadcast_to(low, count.shape), np.broadcast_to(high, count.shape)
    size, tail = 1 / dispersion, (1 - CONFIDENCE) / 2
    upper = special.betaincinv(size, count + 1, tail)
    lower = special.betaincinv(size, np.maximum(count, 1), 1 - tail)
    return np.where(count == 0, 0.0, size * (1 - lower) / lower), size * (1 - upper) / upper


def _overdispersion(months: pd.DataFrame) -> tuple[float | None, float]:
    """P-value of Dean's test, and the moment estimate of the dispersion, around a smooth trend."""
    counts = months["inflow"].to_numpy(dtype=float)
    if len(counts) < FEWEST_MONTHS or counts.sum() < len(counts):
        return None, 0.0
    trend = np.polynomial.legendre.legvander(np.linspace(-1, 1, len(counts)), TREND_DEGREE)
    fitted = sm.GLM(counts, trend, family=sm.families.Poisson(), offset=np.log(months["days"])).fit()
    statistic = poisson_dispersion_tests(fitted).statistic[DEAN_B]
    mean = np.asarray(fitted.fittedvalues)
    moment = float(((counts - mean) ** 2 - mean).sum() / (mean**2).sum())
    return float(special.ndtr(-statistic)), max(moment, 0.0)


def reporting_year(snapshot: Snapshot) -> int:
    """Calendar year of the day before the reference date, so that 1 January reports the year that is over."""
    return (snapshot.reference_date - timedelta(days=1)).year


def daily_starts(snapshot: Snapshot, since: date) -> pd.DataFrame:
    """Columns ``day`` and ``n``, the days with starts only."""
    return frame_of(
        snapshot.counts.counted("start_date"),
        f"select start_date as day, n from t where start_date >= date '{since}' order by 1",
    )


def count_in(starts: pd.DataFrame, year: int, since: date, until: date) -> tuple[int, int]:
    """Starts and days of a calendar year as far as it lies between `since` and `until`, both included."""
    first, last = max(date(year, 1, 1), since), min(date(year, 12, 31), until)
    days = max((last - first).days + 1, 0)
    inside = starts["day"].between(pd.Timestamp(first), pd.Timestamp(last))
    return (int(starts.loc[inside, "n"].sum()), days) if days else (0, 0)


def starts_per_month(starts: pd.DataFrame, since: date, until: date) -> pd.DataFrame:
    """Columns ``month``, ``days`` (inside the period), ``inflow`` and ``complete``."""
    days = pd.DataFrame({"day": pd.date_range(since, until)}).merge(starts, how="left", on="day")
    days["month"] = days["day"].dt.to_period("M").dt.to_timestamp()
    months = days.groupby("month", as_index=False).agg(days=("day", "size"), inflow=("n", "sum"))
    months["inflow"] = months["inflow"].astype("int64")
    return months.assign(complete=months["days"] == months["month"].dt.days_in_month)
