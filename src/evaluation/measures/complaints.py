"""Complaints: how many for the time that help was given, and how many the registers may have missed.

Rows of one client that follow each other within a number of days, in whatever register, are taken for one complaint.
Rows without a client cannot be matched; each counts as a complaint of its own, and none of them in the estimate of what
was missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Count, Estimate, Evidence, Measure, confidence
from evaluation.measures.calendar_years import spans, trajectory_months
from evaluation.measures.capture_recapture import chapman
from evaluation.measures.event_rates import RateComparison, compare_rates, poisson_rate
from evaluation.measures.rates import CONFIDENCE
from evaluation.measures.shares import UNKNOWN
from evaluation.snapshot import Records, Snapshot

REGISTERS = ("provider", "municipality", "ombudsman", "confidant")
INSIDE = "provider"
PER_MONTHS = 1000
_RATE = ("rate", "ci_low", "ci_high")


@dataclass(frozen=True)
class Complaints:
    """Complaints by year and by register.

    Attributes
    ----------
    frame
        One row per calendar year, the whole (empty ``year``) last: ``year``, ``complaints`` (each counted once, in the
        year of its first row; null when the table was not delivered), ``trajectory_months``, ``trajectories`` (behind
        those months), ``rate`` per 1,000 trajectory-months with ``ci_low`` and ``ci_high``.
    by_register
        One row per register (``unknown`` last): ``register``, ``complaints`` in it. One complaint can be in several.
    comparison
        Rate of the last year over that of the year before; None with one year.
    match_days
        Days within which rows of one client are the same complaint.
    """

    frame: pd.DataFrame
    by_register: pd.DataFrame
    comparison: RateComparison | None
    match_days: int
    delivered: bool
    since: date
    reference_date: date
    evidence: Evidence
    sources: tuple[str, ...]

    @property
    def whole(self) -> pd.Series:
        """The row of the whole period."""
        return self.frame.iloc[-1]

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        row = self.whole
        return (
            Measure(
                id="legal_protection.complaints_per_1000_trajectory_months",
                estimate=row["rate"],
                unit="per_1000_trajectory_months",
                method="complaints per 1,000 trajectory-months, each counted once, exact Poisson interval",
                period=f"{self.since}/{self.reference_date}",
                n=row["complaints"],
                n_missing=None,
                **confidence(row["ci_low"], row["ci_high"], CONFIDENCE),
                evidence=self.evidence,
                sources=self.sources,
            ),
            *(self._compared(found) for found in (self.comparison,) if found),
        )

    def _compared(self, found: RateComparison) -> Measure:
        return Measure(
            id="legal_protection.complaints_rate_ratio",
            estimate=found.ratio,
            unit="ratio",
            method="complaints per trajectory-month, over those of the year before, exact conditional interval",
            period=f"{found.earlier}/{found.later}",
            n=None,
            n_missing=None,
            **confidence(found.low, found.high, CONFIDENCE),
            evidence=self.evidence,
            sources=self.sources,
        )


@dataclass(frozen=True)
class ComplaintsMissed:
    """Complaints in the register of the provider and in those outside it, and what that says of those in neither.

    Attributes
    ----------
    inside, outside, both
        Complaints with a client in the register of the provider, in any other, and in both.
    seen
        Complaints in either.
    estimate, low, high
        Chapman's estimate of all complaints, with its interval; None when too few are in both.
    without_client
        Rows left out because they have no client.
    """

    inside: Count | None
    outside: Count | None
    both: Count | None
    seen: Count | None
    estimate: Estimate
    low: Estimate
    high: Estimate
    without_client: Count | None
    match_days: int
    since: date
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            Measure(
                id="legal_protection.complaints_estimated",
                estimate=self.estimate,
                unit="complaints",
                method="capture-recapture of the provider and the other registers (Chapman), log-normal interval",
                period=f"{self.since}/{self.reference_date}",
                n=self.seen,
                n_missing=self.without_client,
                **confidence(self.low, self.high, CONFIDENCE),
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def complaints(records: Records, snapshot: Snapshot, since: date, match_days: int) -> Complaints:
    """Count complaints by year and register, and set them against the months that trajectories ran."""
    parts = spans(since, records.reference_date)
    rows = _matched(records, since, match_days)
    first = rows.groupby("complaint")["received_on"].min().dt.date
    counted = [int(first.between(part.begin, part.end, inclusive="left").sum()) for part in parts]
    time = trajectory_months(snapshot, parts)
    frame = pd.DataFrame(
        {
            "year": [part.name for part in parts],
            "complaints": counted if records.delivered else None,
            "trajectory_months": [months for months, _n in time],
            "trajectories": [n for _months, n in time],
        },
        dtype=object,
    )
    frame = with_complaint_rates(frame)
    registers = rows.drop_duplicates(["complaint", "register"])["register"].value_counts()
    names = [*REGISTERS, *([UNKNOWN] if UNKNOWN in registers else [])]
    by_register = pd.DataFrame(
        {
            "register": names,
            "complaints": pd.Series(
                [int(registers.get(name, 0)) if records.delivered else None for name in names], dtype=object
            ),
        }
    )
    return Complaints(
        frame=frame,
        by_register=by_register,
        comparison=compared(frame),
        match_days=match_days,
        delivered=records.delivered,
        since=since,
        reference_date=records.reference_date,
        evidence=records.evidence,
        sources=(records.source, snapshot.source),
    )


def with_complaint_rates(frame: pd.DataFrame) -> pd.DataFrame:
    """Add rates to counts and time, as they are or as they may be shown."""
    rates = [
        (None, None, None) if n is None else poisson_rate(n, time, PER_MONTHS)
        for n, time in zip(frame["complaints"], frame["trajectory_months"], strict=True)
    ]
    columns = zip(_RATE, zip(*rates, strict=True), strict=True)
    return frame.assign(**{name: pd.Series(list(values), frame.index, dtype=object) for name, values in columns})


def compared(frame: pd.DataFrame) -> RateComparison | None:
    """Compare the last year with the one before."""
    years = frame.iloc[:-1]
    if len(years) < 2 or years.iloc[-1]["complaints"] is None:
        return None
    before, last = (
        (row["year"], row["complaints"], row["trajectory_months"]) for row in years.iloc[-2:].to_dict("records")
    )
    return compare_rates(last, before)


def complaints_missed(records: Records, since: date, match_days: int) -> ComplaintsMissed:
    """Estimate from two lists, the register of the provider and the others together, how many complaints there were.

    Assumes that a complaint is as likely in the one list whether or not it is in the other, that complaints do not
    differ in how likely they are to be written down, that matching makes no errors, and that all lists cover the same
    families and months. A family that goes on from the provider to the ombudsman makes the estimate too low.
    """
    rows = _matched(records, since, match_days)
    rows = rows[rows["register"] != UNKNOWN]
    named = rows[rows["client_key"].notna()]
    inside = set(named.loc[named["register"] == INSIDE, "complaint"])
    outside = set(named.loc[named["register"] != INSIDE, "complaint"])
    both = len(inside & outside)
    size, low, high = chapman(len(inside), len(outside), both) or (None, None, None)
    known = records.delivered
    return ComplaintsMissed(
        inside=len(inside) if known else None,
        outside=len(outside) if known else None,
        both=both if known else None,
        seen=len(inside | outside) if known else None,
        estimate=size,
        low=low,
        high=high,
        without_client=int(rows["client_key"].isna().sum()) if known else None,
        match_days=match_days,
        since=since,
        reference_date=records.reference_date,
        evidence=records.evidence,
        source=records.source,
    )


def _matched(records: Records, since: date, match_days: int) -> pd.DataFrame:
    """Rows of the period with the number of the complaint that each belongs to."""
    rows = records.frame(
        f"""select client_key, received_on, coalesce(register, '{UNKNOWN}') as register from t
        where received_on >= date '{since}' and received_on < date '{records.reference_date}'
        order by client_key, received_on, register, complaint_id"""
    )
    rows["received_on"] = pd.to_datetime(rows["received_on"])
    gap = rows.groupby("client_key")["received_on"].diff()
    follows = rows["client_key"].notna() & (gap <= pd.Timedelta(days=match_days))
    return rows.assign(complaint=(~follows).cumsum())
