"""Whether clients come back, in the two ways that Dutch statistics count it.

Looking forward from an end (outcome indicator of CBS and NJi): the share of clients who leave that starts again within
6 or 12 months. Looking back from a start (StatLine, "eerder jeugdhulp gekregen"): the share of starts whose client had
an earlier trajectory that ended within the five years before. Neither is the complement of the other.

A client leaves when the last of the trajectories that overlap or follow on each other ends. A start within fewer than
`gap_days` days after an end goes on with the same support and is no return.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from evaluation import evidence as shown
from evaluation.evidence import Count, Evidence, Measure, confidence
from evaluation.measures.aalen_johansen import CumulativeIncidence, aalen_johansen
from evaluation.measures.kaplan_meier import FEWEST_AT_RISK, LEVEL, Estimated
from evaluation.measures.spells import at_risk, whole_months
from evaluation.snapshot import DAYS_PER_MONTH, Snapshot, frame_of, row_of

HORIZON_DAYS = {6: 183, 12: 365}
GAPS = (1, 14, 31)  # days that part a return from a continuation, for the sensitivity
LOOK_BACK_YEARS = 5
RETURN, BIRTHDAY = "return", "18th birthday"


@dataclass(frozen=True)
class ReEntry:
    """Returns after leaving, and starts after earlier support.

    Attributes
    ----------
    within
        Share of those who left that starts again within 6 and within 12 months, by that number of months (Aalen and
        Johansen 1978; censored on the reference date).
    monthly
        Columns ``month``, ``share``, ``ci_low``, ``ci_high``, ``at_risk``, ``events`` and ``drawn`` (whether at least
        10 are at risk): the same at whole months.
    by_gap
        Columns ``gap_days``, ``left``, and ``share_6``, ``low_6``, ``high_6``, ``share_12``, ``low_12``, ``high_12``.
    birthday_known
        Whether the 18th birthday could be taken as a competing event; else those who turned 18 are taken to be able to
        return, which makes the share too low. Moving and death are not known.
    n_left, n_returned
        Times that a client left in the period, and returned by the reference date.
    started, started_again
        Trajectories that started in the period, and those of them whose client had left support before.
    share_started_again
        The ratio of the two, or None without starts.
    register_from
        First start in the register, or None: support before it is not seen, so that looking back finds too few. In a
        protected copy the first day of its month.
    n_missing
        Trajectories without a client, which are left out.
    """

    within: Mapping[int, Estimated]
    monthly: pd.DataFrame
    by_gap: pd.DataFrame
    gap_days: int
    birthday_known: bool
    n_left: Count
    n_returned: Count
    started: Count
    started_again: Count
    share_started_again: shown.Estimate
    register_from: date | None
    n_missing: Count
    since: date
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        forward = [
            self._measure(
                f"reentry_{months}_months", estimate, "new start after leaving (Aalen-Johansen)", n=self.n_left
            )
            for months, estimate in self.within.items()
        ]
        again = Estimated(self.share_started_again, None, None)
        method = "starts with an earlier end within five years, as far as the register reaches"
        return (*forward, self._measure("started_again", again, method, n=self.started))

    def _measure(self, name: str, estimate: Estimated, method: str, *, n: Count) -> Measure:
        return Measure(
            id=f"durations.{name}",
            estimate=estimate.value,
            unit="share",
            method=method,
            period=f"{self.since}/{self.reference_date}",
            n=n,
            n_missing=self.n_missing,
            **confidence(estimate.low, estimate.high, LEVEL),
            evidence=self.evidence,
            sources=(self.source,),
        )


def reentry(snapshot: Snapshot, since: date, gap_days: int = 1) -> ReEntry:
    """Count returns after leaving and starts after earlier support.

    Parameters
    ----------
    snapshot
        The register as known on the reference date. Where its trajectories have a column ``birth_date``, or else
        ``birth_year`` (of which the middle is taken), turning 18 competes with returning.
    since
        First day of the period; leaving and starting count from here, earlier support is looked back at in full.
    gap_days
        Days without support that make a new start a return, at least 1.
    """
    if gap_days < 1:
        raise ValueError(f"gap_days is {gap_days}; give 1 or more, for 0 would count support that went on")
    birthday = _birthday_sql(snapshot)
    counted = frame_of(snapshot.trajectories, _sql(since, snapshot.reference_date, gap_days, birthday))
    again = int(counted.loc[counted["kind"] == "started again", "n"].sum())
    left = counted[counted["kind"] == "left"].assign(entry_days=0)
    gaps = tuple(sorted({gap_days, *GAPS}))
    curves = {gap: aalen_johansen(left[left["gap_days"] == gap]) for gap in gaps}
    own = left[left["gap_days"] == gap_days]
    started, n_missing, first = row_of(
        snapshot.trajectories,
        f"""select count(*) filter (start_date >= date '{since}' and client_key is not null),
            count(*) filter (client_key is null), min(start_date) from t""",
    )
    return ReEntry(
        within={months: curves[gap_days].share_by(RETURN, days) for months, days in HORIZON_DAYS.items()},
        monthly=_monthly(own, curves[gap_days]),
        by_gap=_by_gap(left, curves),
        gap_days=gap_days,
        birthday_known=birthday is not None,
        n_left=int(own["n"].sum()),
        n_returned=int(own.loc[own["cause"] == RETURN, "n"].sum()),
        started=started,
        started_again=again,
        share_started_again=again / started if started else None,
        register_from=first,
        n_missing=n_missing,
        since=since,
        reference_date=snapshot.reference_date,
        evidence=snapshot.evidence,
        source=snapshot.source,
    )


def _birthday_sql(snapshot: Snapshot) -> str | None:
    """SQL of the 18th birthday, or None when nothing is known of births."""
    columns = snapshot.trajectories.columns
    if "birth_date" in columns:
        return "(birth_date + interval 18 year)::date"
    return "make_date(birth_year::int + 18, 7, 1)" if "birth_year" in columns else None


def _sql(since: date, until: date, gap_days: int, birthday: str | None) -> str:
    """One pass over the clients for both directions.

    Only clients with several trajectories need ordering; they are found by a hash of their key, whose rare collisions
    let through a client too many and change nothing. Per client in order of start, `covered` is the latest end so far:
    a start at least the gap after it is a return. Ends are counted per day before gaps and causes come in. DuckDB's
    least() passes over an unknown birthday.
    """
    gaps = sorted({gap_days, *GAPS})
    return f"""
    with rows as (select client_key, start_date, coalesce(end_date, date '9999-01-01') as stop,
        {birthday or "null::date"} as adult_on from t where client_key is not null),
      keys as materialized (select hash(client_key) as key from rows group by 1 having count(*) > 1),
      several as materialized (select * from rows where hash(client_key) in (select key from keys)),
      ordered as (select start_date, adult_on, max(stop) over (partition by client_key order by start_date, stop
        rows between unbounded preceding and 1 preceding) as covered from several),
      back as (select covered as left_on, start_date as back_on, adult_on, count(*) as n
        from ordered where start_date > covered group by all),
      final as (select left_on, adult_on, count(*) as n from (
          select max(stop) as left_on, max(adult_on) as adult_on from several group by client_key union all
          select stop, adult_on from rows where hash(client_key) not in (select key from keys))
        where left_on <= date '{until}' group by all),
      gaps as (select unnest({gaps}) as gap_days),
      leaving as (select gap_days, back.* from back, gaps where back_on >= left_on + gap_days::int union all
        select gap_days, left_on, null, adult_on, n from final, gaps)
    select 'left' as kind, gap_days,
        case when adult_on < coalesce(back_on, date '{until}') then '{BIRTHDAY}' when back_on is not null
          then '{RETURN}' end as cause,
        least(coalesce(back_on, date '{until}'), adult_on) - left_on as exit_days, sum(n)::bigint as n
      from leaving where left_on >= date '{since}' and coalesce(adult_on > left_on, true) group by all
    union all
    select 'started again', 0, null, 0, count(*) from several as later semi join several as earlier
      on later.client_key = earlier.client_key and earlier.stop <= later.start_date - {gap_days}
        and earlier.stop >= later.start_date - interval {LOOK_BACK_YEARS} year
      where start_date >= date '{since}'
    order by all"""


def _monthly(left: pd.DataFrame, curve: CumulativeIncidence) -> pd.DataFrame:
    months = np.array(whole_months(curve.follow_up))
    points = [curve.share_by(RETURN, month * DAYS_PER_MONTH) for month in months]
    back = left[left["cause"] == RETURN]
    bins = np.ceil(back["exit_days"].to_numpy() / DAYS_PER_MONTH).astype(int)
    events = np.bincount(bins, weights=back["n"].to_numpy(float), minlength=len(months))[: len(months)]
    risk = at_risk(left, months * DAYS_PER_MONTH).astype(int)
    return pd.DataFrame(
        {
            "month": months,
            "share": pd.Series([point.value for point in points], dtype=float),
            "ci_low": pd.Series([point.low for point in points], dtype=float),
            "ci_high": pd.Series([point.high for point in points], dtype=float),
            "at_risk": risk,
            "events": events.astype(int),
            "drawn": risk >= FEWEST_AT_RISK,
        }
    )


def _by_gap(left: pd.DataFrame, curves: Mapping[int, CumulativeIncidence]) -> pd.DataFrame:
    rows = []
    for gap, curve in curves.items():
        row: dict[str, float | None] = {"gap_days": gap, "left": int(left.loc[left["gap_days"] == gap, "n"].sum())}
        for months, days in HORIZON_DAYS.items():
            estimate = curve.share_by(RETURN, days)
            row |= {f"share_{months}": estimate.value, f"low_{months}": estimate.low, f"high_{months}": estimate.high}
        rows.append(row)
    frame = pd.DataFrame(rows)
    return frame.astype(dict.fromkeys(frame.columns[2:], float))
