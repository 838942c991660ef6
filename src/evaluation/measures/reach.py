"""Whom the trajectories reach: trajectories, clients and families side by side, held against what was announced.

The council was shown 800 "kinderen/gezinnen" for phase 1 and 1,400 for phase 2. Whether these are targets or counts,
children or families, started or served, the slide does not say; so each reading is counted and none is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.counting import Person
from evaluation.evidence import Count, Estimate, Evidence, Measure, PublishedFigure
from evaluation.measures.rates import daily_starts, starts_per_month
from evaluation.snapshot import Snapshot, frame_of, row_of

UNITS: dict[str, Person | None] = {"trajectories": None, "clients": "client", "families": "family"}


@dataclass(frozen=True)
class PhaseFigure:
    """What was announced for one phase.

    Attributes
    ----------
    phase
        Number of the phase.
    year
        Calendar year that it was announced for.
    announced
        The figure, in children or families.
    """

    phase: int
    year: int
    announced: PublishedFigure


@dataclass(frozen=True)
class Reach:
    """Trajectories, clients and families that started between `since` and the reference date, and per phase.

    Attributes
    ----------
    trajectories, clients, families
        Starts in the period, the different clients and the different families among them.
    clients_missing, families_missing
        Starts without a client or family, which cannot be counted as one.
    trajectories_per_client, clients_per_family
        Ratios of these counts over the starts of which the smaller unit is known; None without any.
    frame
        One row per phase and unit: ``phase``, ``year``, ``complete`` (whether the year is over), ``quote``,
        ``announced`` (rounded, as printed), ``unit`` (trajectories, clients, families), ``started`` in that year and
        ``served``: running on at least one day of it.
    months
        Starts per calendar month, see `starts_per_month`; the counts of years are sums of them, which their protection
        has to know. Not for showing.
    """

    trajectories: Count
    clients: Count
    families: Count
    clients_missing: Count
    families_missing: Count
    trajectories_per_client: Estimate
    clients_per_family: Estimate
    frame: pd.DataFrame
    months: pd.DataFrame
    since: date
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            Measure(
                id="volumes.families",
                estimate=self.families,
                unit="families",
                method="different families among the starts",
                period=f"{self.since}/{self.reference_date}",
                n=self.trajectories,
                n_missing=self.families_missing,
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def reach(snapshot: Snapshot, since: date, phases: Iterable[PhaseFigure]) -> Reach:
    """Count the three units over the period, and per phase those that started and those that were served.

    Parameters
    ----------
    snapshot
        The register as known on the reference date.
    since
        First day of the period.
    phases
        What was announced; a phase that begins after the reference date is left out.
    """
    until = snapshot.reference_date
    phases = [phase for phase in phases if date(phase.year, 1, 1) <= until]
    flags = {"started_0": _started(since, until)}
    for number, phase in enumerate(phases, start=1):
        first, last = date(phase.year, 1, 1), min(date(phase.year, 12, 31), until)
        flags[f"started_{number}"] = _started(first, last)
        flags[f"served_{number}"] = (
            f"start_date <= date '{last}' and coalesce(end_date, date '9999-12-31') > date '{first}'"
        )
    counts = {unit: _count(snapshot, person, flags) for unit, person in UNITS.items()}
    period = {unit: counts[unit]["started_0"] for unit in UNITS}
    missing = {
        unit: _flagged(snapshot, {"started": flags["started_0"]}, f"{person} is null")["started"]
        for unit, person in UNITS.items()
        if person is not None
    }
    with_client = period["trajectories"] - missing["clients"]
    return Reach(
        trajectories=period["trajectories"],
        clients=period["clients"],
        families=period["families"],
        clients_missing=missing["clients"],
        families_missing=missing["families"],
        trajectories_per_client=with_client / period["clients"] if period["clients"] else None,
        clients_per_family=period["clients"] / period["families"] if period["families"] else None,
        frame=_frame(phases, counts, until),
        months=starts_per_month(daily_starts(snapshot, since), since, until),
        since=since,
        reference_date=until,
        evidence=snapshot.evidence,
        source=snapshot.source,
    )


def _started(first: date, last: date) -> str:
    return f"start_date between date '{first}' and date '{last}'"


def _count(snapshot: Snapshot, person: Person | None, flags: dict[str, str]) -> dict[str, int]:
    """Trajectories, or persons with at least one trajectory, for which a flag holds, per flag."""
    if person is None:
        return _flagged(snapshot, flags, "true")
    single = _flagged(snapshot, flags, f"{person} = 0")
    # One number per person, with a bit for each flag that held at least once, and one row per combination of bits.
    bits = " + ".join(f"({flag})::utinyint * {2**number}::utinyint" for number, flag in enumerate(flags.values()))
    rows = frame_of(
        snapshot.counts.of_several(person),
        f"""select held, count(*) as n from (select {person}, bit_or(({bits})::utinyint) as held from t group by 1)
            group by held""",
    )
    held = {
        name: int(rows.loc[rows["held"].astype("int64") & 2**number > 0, "n"].sum())
        for number, name in enumerate(flags)
    }
    return {name: single[name] + held[name] for name in flags}


def _flagged(snapshot: Snapshot, flags: dict[str, str], among: str) -> dict[str, int]:
    """Trajectories for which a flag holds, per flag."""
    counts = ", ".join(f"coalesce(sum(n) filter ({flag}), 0)::bigint" for flag in flags.values())
    found = row_of(snapshot.counts.counted("start_date", "end_date", among=among), f"select {counts} from t")
    return dict(zip(flags, found, strict=True))


def _frame(phases: list[PhaseFigure], counts: dict[str, dict[str, int]], until: date) -> pd.DataFrame:
    rows = [
        {
            "phase": phase.phase,
            "year": phase.year,
            "complete": date(phase.year, 12, 31) <= until,
            "quote": phase.announced.quote,
            "announced": phase.announced.value.value,
            "unit": unit,
            "started": counts[unit][f"started_{number}"],
            "served": counts[unit][f"served_{number}"],
        }
        for number, phase in enumerate(phases, start=1)
        for unit in UNITS
    ]
    columns = ["phase", "year", "complete", "quote", "announced", "unit", "started", "served"]
    return pd.DataFrame(rows, columns=columns)
