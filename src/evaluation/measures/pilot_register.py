"""The pilot families in the register: hours, length of support, and the pace at which families leave.

Length and pace follow families from the first day of the period. A family that had started before enters at the age
that it had then (delayed entry): those of its year that had left already are not in the delivery, or are left out.
Whoever is still supported is censored on the reference date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from statsmodels.stats.rates import confint_poisson

from evaluation.evidence import Count, Estimate, Evidence, Measure, confidence
from evaluation.measures.kaplan_meier import LEVEL, Estimated, kaplan_meier, monthly_curve
from evaluation.measures.kaplan_meier import Estimate as Computed
from evaluation.measures.paired import mean_interval
from evaluation.measures.rate_ratio import exact_rate_ratio
from evaluation.measures.survival import median_months, share_ended
from evaluation.snapshot import DAYS_PER_MONTH, Records

INTERVALS = (0, 3, 6, 12, 24)  # months in support at which the pace is counted anew
TURN = 6  # months in support before and after which the pace is compared


@dataclass(frozen=True)
class FamilySpells:
    """Families as observed spells. Never shown: few families share an age.

    Attributes
    ----------
    frame
        Columns ``entry_days``, ``exit_days``, ``ended`` (bool) and ``n``, as `kaplan_meier` takes them.
    n_missing
        Families left out because their days contradict each other.
    """

    frame: pd.DataFrame
    n_missing: int
    since: date
    reference_date: date
    evidence: Evidence
    source: str


@dataclass(frozen=True)
class FamilyLength:
    """How long families are supported.

    Attributes
    ----------
    monthly
        The curve at whole months: see `monthly_curve`.
    median_months, share_ended_12_months
        Month by which half has left, and the share that leaves within 12 months, with log-log intervals.
    follow_up_months
        How far the curve reaches; None when no family was seen from its start.
    n, n_ended, n_carried_in, n_missing
        Families followed, those that left, those that had started before the period, and those left out.
    """

    monthly: pd.DataFrame
    median_months: Estimated
    share_ended_12_months: Estimated
    follow_up_months: Estimate
    n: Count
    n_ended: Count
    n_carried_in: Count
    n_missing: Count
    since: date
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        median = self.median_months
        return (
            Measure(
                id="pilot.length_median_months",
                estimate=median.value,
                unit="months",
                method="median (Kaplan-Meier, delayed entry, log-log interval)",
                period=f"{self.since}/{self.reference_date}",
                n=self.n,
                n_missing=self.n_missing,
                **confidence(median.low, median.high, LEVEL),
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


@dataclass(frozen=True)
class ExitHazard:
    """Pace at which families leave, by how long they have been supported.

    Attributes
    ----------
    frame
        Columns ``first`` and ``last`` (months in support; the last is null for the open end), ``families`` (followed
        at some time in it), ``months`` (family-months), ``ended``, ``rate`` (families that leave per family-month),
        ``low`` and ``high`` (exact Poisson; null without time).
    turn
        Months in support before and after which the pace is compared.
    ratio
        Rate after over rate before, with the exact conditional interval; unknown when nobody left on either side.
    """

    frame: pd.DataFrame
    turn: int
    ratio: Estimated
    since: date
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            Measure(
                id="pilot.exit_rate_ratio",
                estimate=self.ratio.value,
                unit="ratio",
                method=f"pace of leaving from month {self.turn} over that before, exact conditional interval",
                period=f"{self.since}/{self.reference_date}",
                n=None,
                n_missing=None,
                **confidence(self.ratio.low, self.ratio.high, LEVEL),
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


@dataclass(frozen=True)
class FamilyHours:
    """Hours of help per family, over all of its time in the pilot up to the delivery.

    Attributes
    ----------
    mean
        Hours per family with Student's interval.
    median
        Hours of the family in the middle.
    per_month
        All hours over all family-months, of families with hours: a ratio of sums.
    n, n_missing
        Families with and without hours.
    """

    mean: Estimated
    median: Estimate
    per_month: Estimate
    n: Count
    n_missing: Count
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            Measure(
                id="pilot.hours_per_family",
                estimate=self.mean.value,
                unit="hours_per_family",
                method="mean of the hours per family, Student's interval",
                period=str(self.reference_date),
                n=self.n,
                n_missing=self.n_missing,
                **confidence(self.mean.low, self.mean.high, LEVEL),
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def family_spells(families: Records, since: date) -> FamilySpells:
    """Return the families followed from `since` up to and including the reference date, as spells."""
    rows = families.frame(
        f"""select greatest(date '{since}' - start_date, 0) as entry_days,
            coalesce(end_date, date '{families.reference_date}') - start_date as exit_days,
            end_date is not null as ended,
            coalesce(end_date < start_date, start_date is null) as wrong
            from t where coalesce(end_date >= date '{since}', true) order by all"""
    )
    right = rows[~rows["wrong"].astype(bool)]
    frame = right.groupby(["entry_days", "exit_days", "ended"]).size().rename("n").reset_index()
    return FamilySpells(
        frame=frame.astype({"entry_days": int, "exit_days": int, "ended": bool, "n": int}),
        n_missing=len(rows) - len(right),
        since=since,
        reference_date=families.reference_date,
        evidence=families.evidence,
        source=families.source,
    )


def family_length(spells: FamilySpells) -> FamilyLength:
    """Estimate how long families are supported (Kaplan-Meier with delayed entry)."""
    frame = spells.frame
    curve = kaplan_meier(frame)
    return FamilyLength(
        monthly=monthly_curve(frame, curve),
        median_months=median_months(curve),
        share_ended_12_months=share_ended(curve, 12),
        follow_up_months=None if curve.follow_up is None else curve.follow_up / DAYS_PER_MONTH,
        n=int(frame["n"].sum()),
        n_ended=int(frame.loc[frame["ended"], "n"].sum()),
        n_carried_in=int(frame.loc[frame["entry_days"] > 0, "n"].sum()),
        n_missing=spells.n_missing,
        since=spells.since,
        reference_date=spells.reference_date,
        evidence=spells.evidence,
        source=spells.source,
    )


def exit_hazard(spells: FamilySpells) -> ExitHazard:
    """Count families that leave per family-month, by months in support.

    A constant hazard within an interval makes the count Poisson given the time at risk (Garwood 1936 for its interval;
    Przyborowski and Wilenski 1940 for the ratio).
    """
    rows = [_interval(spells.frame, first, last) for first, last in zip(INTERVALS, (*INTERVALS[1:], None), strict=True)]
    frame = pd.DataFrame(rows)
    return ExitHazard(
        frame=frame,
        turn=TURN,
        ratio=ratio_of(frame, TURN),
        since=spells.since,
        reference_date=spells.reference_date,
        evidence=spells.evidence,
        source=spells.source,
    )


def _interval(frame: pd.DataFrame, first: int, last: int | None) -> dict[str, object]:
    """Families, time and departures between two ages; a spell that ends on the edge belongs to the interval before."""
    low, high = first * DAYS_PER_MONTH, np.inf if last is None else last * DAYS_PER_MONTH
    days = (frame["exit_days"].clip(upper=high) - frame["entry_days"].clip(lower=low)).clip(lower=0)
    inside = (frame["exit_days"] > low) | ((first == 0) & (frame["exit_days"] == 0))
    left = frame["ended"] & inside & (frame["exit_days"] <= high)
    months = float((days * frame["n"]).sum() / DAYS_PER_MONTH)
    ended = int(frame.loc[left, "n"].sum())
    return {
        "first": first,
        "last": last,
        "families": int(frame.loc[(days > 0) | left, "n"].sum()),
        "months": months,
        "ended": ended,
        **rate_of(ended, months),
    }


def ratio_of(frame: pd.DataFrame, turn: int) -> Computed:
    """Rate from `turn` months in support on, over the rate before; unknown when nobody left on either side."""
    late = frame["first"] >= turn
    (after, months_after), (before, months_before) = (
        (int(frame.loc[part, "ended"].sum()), float(frame.loc[part, "months"].sum())) for part in (late, ~late)
    )
    if not (months_after and months_before):
        return Computed(None, None, None)
    return Computed(*(exact_rate_ratio(after, months_after, before, months_before) or (None, None, None)))


def rate_of(ended: int, months: float) -> dict[str, float | None]:
    """Rate with its exact Poisson interval; null without time."""
    if not months:
        return {"rate": None, "low": None, "high": None}
    low, high = confint_poisson(ended, months, method="exact-c", alpha=1 - LEVEL)
    return {"rate": ended / months, "low": float(low) if ended else 0.0, "high": float(high)}


def family_hours(families: Records) -> FamilyHours:
    """Average the hours per family, over all families that the table holds."""
    rows = families.frame(
        f"""select hours, coalesce(end_date, date '{families.reference_date}') - start_date as days
            from t order by all"""
    )
    known = rows[rows["hours"].notna() & (rows["hours"] >= 0)]
    hours, days = known["hours"].to_numpy(float), known.loc[known["days"] > 0, "days"].sum()
    return FamilyHours(
        mean=mean_interval(hours, LEVEL),
        median=float(np.median(hours)) if len(hours) else None,
        per_month=float(known.loc[known["days"] > 0, "hours"].sum() / (days / DAYS_PER_MONTH)) if days else None,
        n=len(known),
        n_missing=len(rows) - len(known),
        reference_date=families.reference_date,
        evidence=families.evidence,
        source=families.source,
    )
