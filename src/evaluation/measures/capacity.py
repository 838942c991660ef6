"""How intensive the support was: hours per trajectory-month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evaluation.evidence import Evidence, Measure
from evaluation.measures.volumes import started_since
from evaluation.snapshot import DAYS_PER_MONTH, Snapshot, row_of


@dataclass(frozen=True)
class Intensity:
    """Direct hours per trajectory-month over the complete calendar months before the reference date.

    A ratio of sums, so a trajectory weighs by the time it ran. Months that the reference date cuts are left out,
    because their hours are only partly booked.

    Attributes
    ----------
    hours_per_trajectory_month
        The ratio, or None when hours or trajectory-months are missing.
    direct_hours, trajectory_months
        Numerator and denominator.
    n
        Trajectories with time in those months.
    """

    hours_per_trajectory_month: float | None
    direct_hours: float
    trajectory_months: float
    n: int
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
                n=self.n,
                n_missing=0,
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def intensity(snapshot: Snapshot, since: date) -> Intensity:
    """Divide the direct hours by the trajectory-months of the same complete calendar months."""
    until = snapshot.reference_date.replace(day=1)
    trajectories = started_since(snapshot, since)
    days, n = row_of(
        trajectories,
        f"""select coalesce(sum(least(coalesce(end_date, date '{until}'), date '{until}') - start_date), 0), count(*)
            from t where start_date < date '{until}'""",
    )
    direct_hours = 0.0
    if snapshot.hours is not None:
        booked = snapshot.hours.filter(f"month < date '{until}'").set_alias("booked")
        counted = booked.join(trajectories.project("trajectory_id").set_alias("known"), "trajectory_id", how="semi")
        (direct_hours,) = row_of(counted, "select coalesce(sum(direct_hours), 0)::double from t")
    trajectory_months = float(days) / DAYS_PER_MONTH
    known_ratio = snapshot.hours is not None and trajectory_months > 0
    return Intensity(
        hours_per_trajectory_month=direct_hours / trajectory_months if known_ratio else None,
        direct_hours=direct_hours,
        trajectory_months=trajectory_months,
        n=n,
        reference_date=snapshot.reference_date,
        evidence=snapshot.evidence,
        source=snapshot.source,
    )
