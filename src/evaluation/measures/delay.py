"""How late starts are registered, and what the last months will come to once everything is in.

A snapshot holds only what was registered by its reference date, so the last months look smaller than they are. Months
are counted back from the reference date (the last one ends on it), so that every month has been seen for a whole number
of months.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from evaluation.evidence import Count, Estimate, Evidence, Measure, confidence, total_of
from evaluation.measures.chain_ladder import Floats, chain_ladder
from evaluation.snapshot import Snapshot, frame_of

CONFIDENCE = 0.95
TEST_LEVEL = 0.05
RECENT = 3  # months of the nowcast
LATEST_DIAGONALS = 6  # factors follow the delays of the last half year, because registration was said to change


@dataclass(frozen=True)
class Nowcast:
    """Starts per month as registered so far, and as they will be known when all are registered.

    Attributes
    ----------
    frame
        One row per month back from the reference date, oldest first: ``first``, ``last`` (days), ``registered`` (known
        starts), ``expected`` (final), ``ci_low``, ``ci_high`` (95%), ``share_registered``.
    registered, expected, ci_low, ci_high
        The same for the last `months` months together. None when there is no start to learn the delay from.
    months
        Length of that recent period.
    n_missing
        Starts without a registration date; they count as registered on their first day.
    since_recent
        First day of the recent period.
    """

    frame: pd.DataFrame
    registered: Count
    expected: Estimate
    ci_low: Estimate
    ci_high: Estimate
    months: int
    n_missing: Count
    since_recent: date
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            Measure(
                id=f"volumes.nowcast_inflow_last_{self.months}_months",
                estimate=self.expected,
                unit="trajectories",
                method="chain ladder on months back from the reference date, Mack standard error, lognormal interval",
                period=f"{self.since_recent}/{self.reference_date}",
                n=self.registered,
                n_missing=self.n_missing,
                **confidence(self.ci_low, self.ci_high, CONFIDENCE),
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def nowcast(snapshot: Snapshot, since: date, diagonals: int | None = LATEST_DIAGONALS) -> Nowcast:
    """Expected final number of starts per month, by the chain ladder.

    The standard error is Mack's, but never below that of a Poisson count of those still to come; the interval is
    lognormal in that number, so it never falls below what is registered already. It assumes that late registrations
    come as they did in the latest `diagonals` months, and that nobody is registered later than the oldest start was.

    Parameters
    ----------
    snapshot
        The register as known on the reference date.
    since
        First day of the period.
    diagonals
        Months whose registrations the delay is learnt from; None for all.
    """
    until = snapshot.reference_date
    cells = frame_of(
        snapshot.trajectories,
        f"""select back, greatest(back - registered_back, 0) as lag, sum(n)::bigint as n,
              sum(missing)::bigint as missing
            from (select datesub('month', start_date, date '{until}') as back,
                    datesub('month', coalesce(registered_on, start_date), date '{until}') as registered_back,
                    n, if(registered_on is null, n, 0) as missing
                  from (select start_date, registered_on, count(*) as n
                        from t where start_date >= date '{since}' group by 1, 2))
            group by 1, 2""",
    )
    triangle = _triangle(cells, since, until)
    fit = chain_ladder(triangle, diagonals)
    n = len(triangle)
    ranges = [
        _reserve_interval(fit.ultimate[i] - fit.reported[i], fit.standard_error(slice(i, i + 1))) for i in range(n)
    ]
    last = [_months_back(until, n - 1 - i) for i in range(n)]
    first = [since, *(day + timedelta(days=1) for day in last[:-1])]
    frame = pd.DataFrame(
        {
            "first": pd.to_datetime(first),
            "last": pd.to_datetime(last),
            "registered": fit.reported.astype("int64"),
            "expected": fit.ultimate,
            "ci_low": fit.reported + [low for low, _ in ranges],
            "ci_high": fit.reported + [high for _, high in ranges],
        }
    )
    frame["share_registered"] = frame["registered"] / frame["expected"].where(frame["expected"] > 0)
    recent = slice(max(n - RECENT, 0), n)
    registered, expected = float(fit.reported[recent].sum()), float(fit.ultimate[recent].sum())
    low, high = _reserve_interval(expected - registered, fit.standard_error(recent))
    # The ladder multiplies what is registered: of months without any registration it says nothing, and not zero.
    known = bool(registered)
    return Nowcast(
        frame=frame,
        registered=int(registered),
        expected=expected if known else None,
        ci_low=registered + low if known else None,
        ci_high=registered + high if known else None,
        months=RECENT,
        n_missing=int(cells["missing"].sum()),
        since_recent=first[recent.start],
        reference_date=until,
        evidence=snapshot.evidence,
        source=snapshot.source,
    )


@dataclass(frozen=True)
class DelayBreak:
    """Whether starts were registered sooner from some day on.

    Only starts whose first `horizon_days` lie before the reference date are compared, and of these only those
    registered within that time: later registrations are seen for old starts only, and would make those look slower.

    Attributes
    ----------
    frame
        Two rows, ``when`` before and after: ``n`` (starts compared), ``prompt`` (registered within `prompt_days`),
        ``prompt_share``, ``ci_low``, ``ci_high`` (Wilson, 95%), ``median_days``.
    difference, ci_low, ci_high
        Share registered promptly after less before, with its 95% interval (Newcombe); None without starts on both
        sides.
    p_value
        Of the Mann-Whitney test on the delays themselves, two-sided, corrected for ties.
    """

    frame: pd.DataFrame
    difference: Estimate
    ci_low: Estimate
    ci_high: Estimate
    p_value: Estimate
    since: date
    break_date: date
    prompt_days: int
    horizon_days: int
    reference_date: date
    evidence: Evidence
    source: str

    @property
    def differs(self) -> bool:
        """Whether the test on the delays rejects equality at 5%."""
        return isinstance(self.p_value, float) and self.p_value < TEST_LEVEL

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            Measure(
                id="volumes.prompt_registration_change",
                estimate=self.difference,
                unit="share_difference",
                method=f"share registered within {self.prompt_days} days of those within {self.horizon_days}, from "
                f"{self.break_date} less before, Newcombe",
                period=f"{self.since}/{self.reference_date}",
                n=total_of(self.frame["n"].tolist()),
                **confidence(self.ci_low, self.ci_high, CONFIDENCE),
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def delay_break(
    snapshot: Snapshot, since: date, break_date: date, *, prompt_days: int = 14, horizon_days: int = 90
) -> DelayBreak:
    """Compare the registration delay of starts before `break_date` with that of starts from that day on."""
    latest = snapshot.reference_date - timedelta(days=horizon_days)
    delays = frame_of(
        snapshot.trajectories,
        f"""select start_date >= date '{break_date}' as after, greatest(registered_on - start_date, 0) as days,
            count(*) as n from t
            where start_date between date '{since}' and date '{latest}' and registered_on - start_date <= {horizon_days}
            group by 1, 2 order by 1, 2""",
    )
    sides = [delays[~delays["after"].astype(bool)], delays[delays["after"].astype(bool)]]
    frame = pd.DataFrame([_promptness(side, prompt_days) for side in sides]).assign(when=["before", "after"])
    n, prompt = frame["n"].to_numpy(), frame["prompt"].to_numpy()
    both = bool((n > 0).all())
    difference, low, high = share_difference(prompt.tolist(), n.tolist()) if both else (None, None, None)
    return DelayBreak(
        frame=frame,
        difference=difference,
        ci_low=low,
        ci_high=high,
        p_value=_mann_whitney(*sides) if both else None,
        since=since,
        break_date=break_date,
        prompt_days=prompt_days,
        horizon_days=horizon_days,
        reference_date=snapshot.reference_date,
        evidence=snapshot.evidence,
        source=snapshot.source,
    )


def share_difference(prompt: Sequence[int], n: Sequence[int]) -> tuple[float, float, float]:
    """Second share less the first, with its 95% interval (Newcombe); both from at least one start."""
    low, high = confint_proportions_2indep(prompt[1], n[1], prompt[0], n[0], method="newcomb", alpha=1 - CONFIDENCE)
    return float(prompt[1] / n[1] - prompt[0] / n[0]), float(low), float(high)


def share_interval(prompt: int, n: int) -> tuple[float, float, float]:
    """Share with its 95% interval (Wilson); not a number without starts."""
    if not n:
        return np.nan, np.nan, np.nan
    low, high = proportion_confint(prompt, n, 1 - CONFIDENCE, "wilson")
    return prompt / n, float(low), float(high)


def _triangle(cells: pd.DataFrame, since: date, until: date) -> Floats:
    """Cumulative starts by period (oldest first) and age in months."""
    n = 1
    while _months_back(until, n) >= since:
        n += 1
    increments = np.zeros((n, n))
    # A start in a month with fewer days can fall one month further back than its day suggests; it joins the oldest.
    back = np.minimum(cells["back"], n - 1)
    lag = np.minimum(cells["lag"], back)
    np.add.at(increments, (n - 1 - back, lag), cells["n"])
    return increments.cumsum(axis=1)


def _months_back(day: date, months: int) -> date:
    """The last day of the period that many months back, as DuckDB's ``datesub`` counts: month ends go to month ends."""
    end = pd.Timestamp(day)
    back = end - pd.DateOffset(months=months)
    return ((back + pd.offsets.MonthEnd(0)) if end.is_month_end else back).date()


def _reserve_interval(reserve: float, standard_error: float) -> tuple[float, float]:
    """Lognormal 95% interval of what is still to come, from its mean and standard error."""
    if reserve <= 0:
        return 0.0, 0.0
    variance = max(standard_error**2, reserve)
    spread = float(np.sqrt(np.log1p(variance / reserve**2)))
    tail = (1 - CONFIDENCE) / 2
    still = stats.lognorm(spread, scale=reserve * np.exp(-(spread**2) / 2))
    return float(still.ppf(tail)), float(still.ppf(1 - tail))


def _promptness(side: pd.DataFrame, prompt_days: int) -> dict[str, object]:
    n = int(side["n"].sum())
    prompt = int(side.loc[side["days"] <= prompt_days, "n"].sum())
    share, low, high = share_interval(prompt, n)
    middle = side["days"].to_numpy()[np.searchsorted(side["n"].cumsum(), n / 2)] if n else np.nan
    return {"n": n, "prompt": prompt, "prompt_share": share, "ci_low": low, "ci_high": high, "median_days": middle}


def _mann_whitney(before: pd.DataFrame, after: pd.DataFrame) -> float:
    """Two-sided p-value from counts per delay: normal approximation with the correction for ties."""
    counts = pd.DataFrame({"before": before.set_index("days")["n"], "after": after.set_index("days")["n"]}).fillna(0)
    first, second, both = counts["before"].to_numpy(), counts["after"].to_numpy(), counts.sum(axis=1).to_numpy()
    n, m, total = first.sum(), second.sum(), both.sum()
    mid_ranks = both.cumsum() - (both - 1) / 2
    u = (second * mid_ranks).sum() - m * (m + 1) / 2
    variance = n * m / 12 * (total + 1 - (both**3 - both).sum() / (total * (total - 1)))
    return float(2 * stats.norm.sf(abs(u - n * m / 2) / np.sqrt(variance))) if variance > 0 else 1.0
