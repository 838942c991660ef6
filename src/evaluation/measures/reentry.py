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
from duckdb import DuckDBPyRelation

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
NEVER = date(9999, 1, 1)


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
    birthday = _birthday(snapshot)
    left, again = _left(snapshot, since, gap_days, birthday), _started_again(snapshot, since, gap_days)
    gaps = tuple(sorted({gap_days, *GAPS}))
    curves = {gap: aalen_johansen(left[left["gap_days"] == gap]) for gap in gaps}
    own = left[left["gap_days"] == gap_days]
    (n_missing,) = row_of(snapshot.counts.counted(among="client is null"), "select coalesce(sum(n), 0)::bigint from t")
    (started,) = row_of(
        snapshot.counts.counted("start_date", among="client is not null"),
        f"select coalesce(sum(n), 0)::bigint from t where start_date >= date '{since}'",
    )
    (first,) = row_of(snapshot.counts.counted("start_date"), "select min(start_date) from t")
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


def _birthday(snapshot: Snapshot) -> tuple[str, str] | None:
    """Column that tells of births, and SQL of the 18th birthday; None when nothing is known of births."""
    columns = snapshot.trajectories.columns
    if "birth_date" in columns:
        return "birth_date", "(birth_date + interval 18 year)::date"
    return ("birth_year", "make_date(birth_year::int + 18, 7, 1)") if "birth_year" in columns else None


def _left(snapshot: Snapshot, since: date, gap_days: int, birthday: tuple[str, str] | None) -> pd.DataFrame:
    """Count the times that clients left, by gap, days until what came next, and what that was.

    A client with one trajectory leaves at its end, so a count of ends is enough. Only those with several are put in
    order of start, where `covered` is the latest end so far: a start at least the gap after it is a return. Ends are
    counted per day before gaps and causes come in. DuckDB's least() passes over an unknown birthday.
    """
    born, adult = birthday or (None, "null::date")
    single = snapshot.counts.counted("end_date", *([born] if born else []), among="client = 0")
    gaps, until = sorted({gap_days, *GAPS}), snapshot.reference_date
    frame = frame_of(
        _leaving(snapshot.counts.of_several("client"), adult).union(
            single.filter("end_date is not null").project(
                f"end_date as left_on, null::date as back_on, {adult} as adult_on, n"
            )
        ),
        f"""with gaps as (select unnest({gaps}) as gap_days)
        select gap_days,
            case when adult_on < coalesce(back_on, date '{until}') then '{BIRTHDAY}' when back_on is not null
              then '{RETURN}' end as cause,
            least(coalesce(back_on, date '{until}'), adult_on) - left_on as exit_days, sum(n)::bigint as n
        from t, gaps where left_on >= date '{since}' and left_on <= date '{until}'
          and coalesce(adult_on > left_on, true) and coalesce(back_on >= left_on + gap_days::int, true)
        group by all order by all""",
    )
    return frame.assign(entry_days=0)


def _leaving(several: DuckDBPyRelation, adult: str) -> DuckDBPyRelation:
    """Count by ``left_on``, ``back_on`` (null after the last end) and ``adult_on`` among clients with several."""
    rows = several.project(f"client, start_date, coalesce(end_date, date '{NEVER}') as stop, {adult} as adult_on")
    ordered = rows.project(
        """client, start_date, adult_on, max(stop) over (partition by client order by start_date, stop
        rows between unbounded preceding and 1 preceding) as covered"""
    )
    back = ordered.filter("start_date > covered").aggregate(
        "covered as left_on, start_date as back_on, adult_on, count(*) as n", "covered, start_date, adult_on"
    )
    final = rows.aggregate("max(stop) as left_on, max(adult_on) as adult_on", "client").aggregate(
        "left_on, null::date as back_on, adult_on, count(*) as n", "left_on, adult_on"
    )
    return back.union(final)


def _started_again(snapshot: Snapshot, since: date, gap_days: int) -> int:
    """Count the starts of clients who had an earlier trajectory that ended within the years looked back at."""
    (again,) = row_of(
        snapshot.counts.of_several("client"),
        f"""select count(*) from t as later semi join t as earlier
            on later.client = earlier.client and earlier.end_date <= later.start_date - {gap_days}
              and earlier.end_date >= later.start_date - interval {LOOK_BACK_YEARS} year
            where start_date >= date '{since}'""",
    )
    return int(again)


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
