"""How intensive the support was: hours per trajectory-month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from evaluation.evidence import Count, Estimate, Evidence, Measure
from evaluation.snapshot import DAYS_PER_MONTH, Snapshot, row_of


@dataclass(frozen=True)
class Intensity:
    """Direct hours per trajectory-month over the complete calendar months between `since` and the reference date.

    A ratio of sums, so a trajectory weighs by the time it ran. Months that the reference date cuts are left out,
    because their hours are only partly booked. Trajectories without any booked month are left out of numerator and
    denominator alike and counted in `n_missing`: this takes them to be like the others.

    Attributes
    ----------
    hours_per_trajectory_month
        The ratio, or None when hours or trajectory-months are missing.
    direct_hours, trajectory_months
        Numerator and denominator.
    n, n_missing
        Trajectories with time in those months, and those of them without booked hours.
    """

    hours_per_trajectory_month: Estimate
    direct_hours: Estimate
    trajectory_months: Estimate
    n: Count
    n_missing: Count
    since: date
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            Measure(
                id="capacity.hours_per_trajectory_month",
                estimate=self.hours_per_trajectory_month,
                unit="hours_per_month",
                method="direct hours over trajectory-months, complete calendar months",
                period=f"{self.since}/{self.reference_date}",
                n=self.n,
                n_missing=self.n_missing,
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def intensity(snapshot: Snapshot, since: date) -> Intensity:
    """Divide the direct hours by the trajectory-months of the same complete calendar months."""
    since = since if since.day == 1 else (since.replace(day=1) + timedelta(days=31)).replace(day=1)
    until = snapshot.reference_date.replace(day=1)
    within = f"start_date < date '{until}' and coalesce(end_date > date '{since}', true)"
    n, direct_hours, days = _booked(snapshot, within, since, until)
    pairs = snapshot.counts.counted("start_date", "end_date")
    (all_n,) = row_of(pairs, f"select coalesce(sum(n), 0)::bigint from t where {within}")
    trajectory_months = days / DAYS_PER_MONTH
    return Intensity(
        hours_per_trajectory_month=direct_hours / trajectory_months if trajectory_months > 0 else None,
        direct_hours=direct_hours,
        trajectory_months=trajectory_months,
        n=all_n,
        n_missing=all_n - n,
        since=since,
        reference_date=snapshot.reference_date,
        evidence=snapshot.evidence,
        source=snapshot.source,
    )


def _booked(snapshot: Snapshot, within: str, since: date, until: date) -> tuple[int, float, int]:
    """Trajectories with booked hours that ran between the dates, their hours, and the days that they ran."""
    if snapshot.hours is None:
        return 0, 0.0, 0
    booked = snapshot.hours.filter(f"month >= date '{since}' and month < date '{until}' and direct_hours is not null")
    per_trajectory = booked.aggregate("trajectory_id, sum(direct_hours) as direct_hours", "trajectory_id")
    joined = (
        snapshot.trajectories.filter(within).set_alias("ran").join(per_trajectory.set_alias("booked"), "trajectory_id")
    )
    n, direct_hours, days = row_of(
        joined,
        f"""select count(*), coalesce(sum(direct_hours), 0)::double,
            coalesce(sum(least(coalesce(end_date, date '{until}'), date '{until}')
                         - greatest(start_date, date '{since}')), 0) from t""",
    )
    return n, direct_hours, days
