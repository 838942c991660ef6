"""How much of the direct hours goes to few clients: what a mean per client hides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Count, Estimate, Evidence, Measure
from evaluation.snapshot import Snapshot, row_of

TOP_SHARES = (0.01, 0.05, 0.10, 0.25, 0.50)


@dataclass(frozen=True)
class HoursConcentration:
    """Share of all booked direct hours that goes to the clients with the most of them.

    The hours of a client are those booked on all of its trajectories up to the reference date. Clients without booked
    hours count as having none. A registry without amounts per client says nothing on costs themselves; hours stand in
    for them where a client-hour costs about the same for everyone.

    Attributes
    ----------
    frame
        One row per share of clients: ``top_share``, ``clients`` (rounded up), ``hours_share``; no rows when hours were
        not delivered or none was booked.
    top_5_percent
        Share of hours of the top twentieth, or None when unknown.
    n, n_missing
        Clients known by key, and trajectories without a client, which are left out.
    """

    frame: pd.DataFrame
    top_5_percent: Estimate
    n: Count
    n_missing: Count
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            Measure(
                id="costs.top_5_percent_share_of_hours",
                estimate=self.top_5_percent,
                unit="share",
                method="direct hours of the top twentieth of clients over all direct hours",
                period=str(self.reference_date),
                n=self.n,
                n_missing=self.n_missing,
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def hours_concentration(snapshot: Snapshot) -> HoursConcentration:
    """Rank clients by their direct hours and add up those of the first ones."""
    n, n_missing = row_of(
        snapshot.trajectories, "select count(distinct client_key), count(*) filter (client_key is null) from t"
    )
    shares = _top_shares(snapshot) if n else None
    known = [] if shares is None else list(zip(TOP_SHARES, *shares, strict=True))
    frame = pd.DataFrame(known, columns=["top_share", "clients", "hours_share"])
    top = frame.loc[frame["top_share"] == 0.05, "hours_share"]
    return HoursConcentration(
        frame=frame,
        top_5_percent=float(top.iloc[0]) if len(top) else None,
        n=n,
        n_missing=n_missing,
        reference_date=snapshot.reference_date,
        evidence=snapshot.evidence,
        source=snapshot.source,
    )


def _top_shares(snapshot: Snapshot) -> tuple[list[int], list[float]] | None:
    """Clients in each top share and their share of the hours; None when there are no hours."""
    if snapshot.hours is None:
        return None
    booked = snapshot.hours.filter(f"month < date '{snapshot.reference_date}'")
    per_trajectory = booked.aggregate("trajectory_id, sum(direct_hours) as hours", "trajectory_id")
    owners = snapshot.trajectories.filter("client_key is not null").project("trajectory_id, client_key")
    per_client = (
        owners.set_alias("owners")
        .join(per_trajectory.set_alias("booked"), "trajectory_id", how="left")
        .aggregate("client_key, coalesce(sum(hours), 0)::double as hours", "client_key")
    )
    tops = ", ".join(
        f"ceil({share} * n - 1e-9)::bigint, sum(hours) filter (place <= ceil({share} * n - 1e-9))"
        for share in TOP_SHARES
    )
    found = row_of(
        per_client,
        f"""select sum(hours), {tops} from (
              select hours, row_number() over (order by hours desc) as place, count(*) over () as n from t)
            group by n""",
    )
    total, clients, hours = found[0], found[1::2], found[2::2]
    return ([int(count) for count in clients], [float(of_top) / total for of_top in hours]) if total else None
