"""Clocks of access: for each request or application, how long it has run and what stopped it.

A clock starts with an event (the request for help, the application) and is stopped by another (triage, first contact,
start, decision) or by a withdrawal, whichever came first; on the reference date it still runs for those that wait. A
step without a day counts on the day of a later step that has one: it had been taken by then, so the wait comes out at
most too long. A request with a step before its own first day cannot be timed and is counted as missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Count, Evidence
from evaluation.measures.norms import DECISION_TERM, Norms
from evaluation.snapshot import Records

REACHED, WITHDRAWN = "reached", "withdrawn"
STATES = (
    "waiting_triage",
    "withdrawn_before_triage",
    "waiting_contact",
    "withdrawn_before_contact",
    "waiting_start",
    "withdrawn_before_start",
    "started",
)
APPLICATION_STATES = ("decided_in_time", "decided_late", "open_in_time", "open_late", "withdrawn")
UNKNOWN_TERM = 10**6  # days; without a term in force nothing is late


@dataclass(frozen=True)
class Clock:
    """One clock over all units whose first event fell in the period.

    Attributes
    ----------
    name, units
        Such as ``signal_to_start`` and ``requests``.
    frame
        One row per unit: ``client_key``, ``entered`` (day on which the clock started), ``team`` (null where unknown),
        ``exit_days`` (int), ``cause`` (``reached``, ``withdrawn``, null while it runs), ``entry_days`` (0), ``n`` (1).
    states
        Number of units by where they stand on the reference date: a partition of `frame` of the widest clock.
    sums
        Which states add up to ``n``, ``reached``, ``withdrawn`` and ``waiting`` of this clock.
    n_missing
        Units left out because their days contradict each other.
    """

    name: str
    units: str
    frame: pd.DataFrame
    states: Mapping[str, int]
    sums: Mapping[str, tuple[str, ...]]
    n_missing: int
    since: date
    reference_date: date
    evidence: Evidence
    source: str


@dataclass(frozen=True)
class Clocks:
    """Every clock of the requests, and where the requests stand on the reference date.

    Attributes
    ----------
    triage, contact, start
        From the request for help to each step.
    contact_to_start
        From first contact to the start, of those that had a first contact.
    """

    triage: Clock
    contact: Clock
    start: Clock
    contact_to_start: Clock
    evidence: Evidence


@dataclass(frozen=True)
class Standing:
    """Where the requests stand on the reference date.

    Attributes
    ----------
    frame
        Columns ``state`` (one of `STATES`) and ``count``; a partition.
    n, n_missing
        Requests, and those that cannot be timed.
    clock
        One of the clocks. Not for showing.
    """

    frame: pd.DataFrame
    n: Count
    n_missing: Count
    since: date
    reference_date: date
    evidence: Evidence
    source: str
    clock: Clock | None


def standing(clocks: Clocks) -> Standing:
    """Count where the requests stand."""
    clock = clocks.start
    return Standing(
        frame=pd.DataFrame({"state": list(STATES), "count": [clock.states[state] for state in STATES]}, dtype=object),
        n=len(clock.frame),
        n_missing=clock.n_missing,
        since=clock.since,
        reference_date=clock.reference_date,
        evidence=clock.evidence,
        source=clock.source,
        clock=clock,
    )


def request_clocks(referrals: Records, since: date) -> Clocks:
    """Start the clocks of the requests for help that came in from `since` up to the reference date.

    Parameters
    ----------
    referrals
        The table ``referrals`` as known on the reference date.
    since
        First day of the period.
    """
    rows = referrals.frame(
        f"""with steps as (
          select client_key, signal_date as signal, team,
            least(triage_date, first_contact_date, start_date) as triage,
            least(first_contact_date, start_date) as contact, start_date as start, withdrawn_date as gone
          from t where signal_date >= date '{since}')
        select *, coalesce(least(triage, gone) < signal, false) as impossible from steps order by all"""
    )
    kept = rows[~rows["impossible"]].reset_index(drop=True)
    states = _request_states(kept)
    counted = {state: int((states == state).sum()) for state in STATES}
    missing = int(rows["impossible"].sum())

    def clock(name: str, begin: str, end: str, units: pd.DataFrame, sums: Mapping[str, tuple[str, ...]]) -> Clock:
        frame = _timed(units, begin, end, referrals.reference_date)
        return Clock(
            name=name,
            units="requests",
            frame=frame,
            states=counted,
            sums=sums,
            n_missing=missing,
            since=since,
            reference_date=referrals.reference_date,
            evidence=referrals.evidence,
            source=referrals.source,
        )

    # A withdrawal before the contact ends the matter, whatever was written down later.
    contacted = kept[states.isin(STATES[4:])].reset_index(drop=True)
    return Clocks(
        triage=clock("signal_to_triage", "signal", "triage", kept, _sums(0)),
        contact=clock("signal_to_contact", "signal", "contact", kept, _sums(1)),
        start=clock("signal_to_start", "signal", "start", kept, _sums(2)),
        contact_to_start=clock("contact_to_start", "contact", "start", contacted, _sums(2, first=2)),
        evidence=referrals.evidence,
    )


def application_clock(decisions: Records, since: date, norms: Norms) -> Clock:
    """Start the clock of every application from `since` on; suspension stops it (Awb 4:15).

    The days of suspension are taken off, but never more of them than have passed.

    Parameters
    ----------
    decisions
        The table ``decisions`` as known on the reference date.
    since
        First day of the period.
    norms
        The term that tells what is late.
    """
    term = norms.named(DECISION_TERM)
    until = decisions.reference_date
    rows = decisions.frame(
        f"""select client_key, application_date as entered, cast(null as varchar) as team, 0 as entry_days, 1 as n,
          greatest(coalesce(decision_date, date '{until}') - application_date - coalesce(suspension_days, 0), 0)
            as exit_days,
          case when decision_date is null then null when outcome = 'withdrawn' then '{WITHDRAWN}'
            else '{REACHED}' end as cause,
          coalesce(decision_date < application_date, false) as impossible
        from t where application_date >= date '{since}' order by all"""
    )
    frame = rows[~rows["impossible"]].drop(columns="impossible").reset_index(drop=True)
    late = frame["exit_days"] > (UNKNOWN_TERM if term is None else term.days)
    decided, opened = frame["cause"].eq(REACHED), frame["cause"].isna()
    parts = (decided & ~late, decided & late, opened & ~late, opened & late, frame["cause"].eq(WITHDRAWN))
    states = dict(zip(APPLICATION_STATES, (int(part.sum()) for part in parts), strict=True))
    return Clock(
        name="application_to_decision",
        units="applications",
        frame=frame,
        states=states,
        sums={
            "n": APPLICATION_STATES,
            REACHED: APPLICATION_STATES[:2],
            WITHDRAWN: APPLICATION_STATES[4:],
            "waiting": APPLICATION_STATES[2:4],
        },
        n_missing=int(rows["impossible"].sum()),
        since=since,
        reference_date=until,
        evidence=decisions.evidence,
        source=decisions.source,
    )


def _sums(step: int, first: int = 0) -> Mapping[str, tuple[str, ...]]:
    """Which states have reached a step, wait for it, or were withdrawn before it, of those that came to `first`."""
    early = STATES[2 * first : 2 * step + 2]
    return {
        "n": STATES[2 * first :],
        REACHED: STATES[2 * step + 2 :],
        WITHDRAWN: tuple(state for state in early if state.startswith("withdrawn")),
        "waiting": tuple(state for state in early if state.startswith("waiting")),
    }


def _request_states(rows: pd.DataFrame) -> pd.Series[str]:
    """Where each request stands: the furthest step that it reached before it was withdrawn, if it was."""
    withdrawn = rows["gone"].notna()
    states = pd.Series(STATES[0], rows.index, dtype=object)
    states[withdrawn] = STATES[1]
    for at, step in enumerate(("triage", "contact"), start=1):
        came = rows[step].notna() & ~(rows[step] > rows["gone"])
        states[came & ~withdrawn] = STATES[2 * at]
        states[came & withdrawn] = STATES[2 * at + 1]
    states[rows["start"].notna() & ~(rows["start"] > rows["gone"])] = STATES[-1]
    return states


def _timed(rows: pd.DataFrame, begin: str, end: str, until: date) -> pd.DataFrame:
    """Days on the clock of each unit and what stopped it; on one day the step comes before the withdrawal."""
    begun, ended, gone = (pd.to_datetime(rows[name]) for name in (begin, end, "gone"))
    reached = ended.notna() & (gone.isna() | (ended <= gone))
    withdrawn = gone.notna() & ~reached
    stopped = ended.where(reached, gone.where(withdrawn, pd.Timestamp(until)))
    cause = pd.Series(None, rows.index, dtype=object).mask(reached, REACHED).mask(withdrawn, WITHDRAWN)
    return pd.DataFrame(
        {
            "client_key": rows["client_key"],
            "entered": begun,
            "team": rows["team"],
            "entry_days": 0,
            "exit_days": (stopped - begun).dt.days.astype(int),
            "cause": cause,
            "n": 1,
        }
    )
