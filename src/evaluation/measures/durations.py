"""How long trajectories lasted: the two means that the council was shown, recomputed from a snapshot.

Neither mean estimates how long a trajectory lasts. The mean of the ended ones leaves out the long ones that still
run; the mean elapsed time of the running ones is a part of their length, and long ones are over-represented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evaluation.evidence import Count, Estimate, Evidence, Measure
from evaluation.snapshot import DAYS_PER_MONTH, Snapshot, row_of


@dataclass(frozen=True)
class MeanDurations:
    """Mean length of the ended trajectories and mean elapsed time of the running ones, in months of 365.25/12 days.

    Attributes
    ----------
    mean_ended_months, mean_running_months
        The means, or None when there is no such trajectory.
    n_ended, n_running
        Trajectories behind each mean.
    """

    mean_ended_months: Estimate
    mean_running_months: Estimate
    n_ended: Count
    n_running: Count
    since: date
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        period = f"{self.since}/{self.reference_date}"
        ended, running = self.mean_ended_months, self.mean_running_months
        return (
            self._measure("mean_ended_months", ended, self.n_ended, "mean length of those that ended", period),
            self._measure(
                "mean_running_months",
                running,
                self.n_running,
                "mean elapsed time of those that run",
                str(self.reference_date),
            ),
        )

    def _measure(self, name: str, estimate: Estimate, n: Count, method: str, period: str) -> Measure:
        return Measure(
            id=f"durations.{name}",
            estimate=estimate,
            unit="months",
            method=method,
            period=period,
            n=n,
            n_missing=0,
            evidence=self.evidence,
            sources=(self.source,),
        )


def mean_durations(snapshot: Snapshot, since: date) -> MeanDurations:
    """Compute both means: over the trajectories that ended on `since` or later, and over those that run."""
    ended_days, n_ended, running_days, n_running = row_of(
        snapshot.counts.counted("start_date", "end_date"),
        f"""with ages as (select n, end_date, coalesce(end_date, date '{snapshot.reference_date}') - start_date as days
              from t where coalesce(end_date >= date '{since}', true))
            select sum(days * n) filter (end_date is not null) / sum(n) filter (end_date is not null),
              coalesce(sum(n) filter (end_date is not null), 0)::bigint,
              sum(days * n) filter (end_date is null) / sum(n) filter (end_date is null),
              coalesce(sum(n) filter (end_date is null), 0)::bigint from ages""",
    )
    return MeanDurations(
        mean_ended_months=None if ended_days is None else ended_days / DAYS_PER_MONTH,
        mean_running_months=None if running_days is None else running_days / DAYS_PER_MONTH,
        n_ended=n_ended,
        n_running=n_running,
        since=since,
        reference_date=snapshot.reference_date,
        evidence=snapshot.evidence,
        source=snapshot.source,
    )
