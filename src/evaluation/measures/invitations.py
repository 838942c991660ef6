"""Who was invited to the client survey, who answered, and how that differs between groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from duckdb import DuckDBPyRelation

from evaluation.evidence import Evidence, Measure
from evaluation.measures.shares import UNKNOWN, Shares, shares
from evaluation.snapshot import Records, Snapshot, frame_of

# Words of a delivery for the way in which a questionnaire was offered, and what they are called here.
MODES = {
    "online": ("online", "digitaal", "web", "e-mail", "email", "app"),
    "paper": ("papier", "post", "brief", "schriftelijk", "paper"),
    "phone": ("telefoon", "telefonisch", "phone"),
    "in_person": ("gesprek", "huisbezoek", "persoonlijk", "mondeling"),
}
OTHERWISE = "otherwise"
AGES = {"0-11": (-np.inf, 12), "12-17": (12, 18), "18+": (18, np.inf)}  # reached in the year of the reference date
SEXES = ("V", "M", "O")
WEIGHTED_BY = ("age_group", "sex", "referrer_code")
"""What is known of all clients."""
DIMENSIONS = ("wave", "mode", "age_group", "sex", "referrer_code")
NAMES = frozenset({*MODES, OTHERWISE, *AGES, *SEXES})
"""Names of groups that this module gives, or that the code list of the schema does."""

REMINDER_DAYS = 14  # days after which an answer counts as late; reminders themselves are not registered
EARLY, LATE = "early", "late"


@dataclass(frozen=True)
class Invitations:
    """Invitations of a period with what is known of those invited; never shown itself.

    Attributes
    ----------
    frame
        One row per invitation: ``wave``, ``mode``, ``age_group``, ``sex``, ``referrer_code`` (of the first trajectory;
        null where unknown), ``answered`` (bool), ``score``, ``goal_score`` (points, null without), ``moment``
        (``early`` or ``late`` within a wave, null where unknown), ``half`` (``early`` or ``late`` waves).
    population
        Columns ``dimension``, ``group``, ``clients``: all clients with a trajectory, by age group, sex and referrer.
    delivered
        Whether the table of questionnaires was delivered.
    """

    frame: pd.DataFrame
    population: pd.DataFrame
    delivered: bool
    since: date
    reference_date: date
    evidence: Evidence
    source: str

    def shares(self, units: pd.DataFrame, kind: str, of: str, dimension: str = "", *extra: str) -> Shares:
        """Return shares of some of the invitations; `extra` are names of groups that no delivery gives."""
        return shares(
            units,
            kind,
            of,
            dimension=dimension,
            since=self.since,
            reference_date=self.reference_date,
            evidence=self.evidence,
            source=self.source,
            names=NAMES | {*extra},
        )


@dataclass(frozen=True)
class Response:
    """Share of the invitations that was answered, in the whole and by group.

    Attributes
    ----------
    parts
        One `Shares` per dimension, all of the same whole.
    """

    parts: tuple[Shares, ...]
    delivered: bool
    since: date
    reference_date: date
    evidence: Evidence

    @property
    def whole(self) -> Shares:
        """Shares of which the last row is the whole."""
        return self.parts[0]

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (self.whole.measure("experience.response_share"),)


def invitations(questionnaires: Records, clients: Records, snapshot: Snapshot, since: date) -> Invitations:
    """Put invitations of the period beside what is known of the clients.

    Parameters
    ----------
    questionnaires, clients
        Those tables as known on the reference date; an answer that came later counts as none so far.
    snapshot
        Trajectories, for the referrer of the first one of each client.
    since
        First day on which an invitation counts.
    """
    frame = questionnaires.frame(
        f"""select client_key, invited_on, nullif(trim(wave), '') as wave, lower(trim(mode)) as mode,
              coalesce(answered, false) as answered, score, goal_score,
              cast(date_diff('day', invited_on, answered_on) as double) as days
            from t where invited_on >= date '{since}' order by questionnaire_id"""
    )
    people = _people(clients, snapshot)
    asked = questionnaires.rows.project("client_key").distinct()
    frame = frame.merge(people.join(asked, "client_key", how="semi").df(), on="client_key", how="left")
    known_as = {word: mode for mode, words in MODES.items() for word in words}
    mode = frame["mode"].map(known_as).where(frame["mode"].map(known_as).notna(), OTHERWISE)
    answered = frame["answered"].astype(bool)
    moment = pd.Series(np.where(frame["days"] <= REMINDER_DAYS, EARLY, LATE), frame.index, dtype=object)
    frame = frame.assign(
        mode=mode.where(frame["mode"].notna()),
        age_group=_age_group(questionnaires.reference_date.year - frame["birth_year"]),
        answered=answered,
        score=frame["score"].where(answered).astype(float),
        goal_score=frame["goal_score"].where(answered).astype(float),
        moment=moment.where(answered & frame["days"].notna()),
        half=_half(frame),
    )
    columns = [*DIMENSIONS, "answered", "score", "goal_score", "moment", "half"]
    return Invitations(
        frame=frame[columns],
        population=_population(people, snapshot.reference_date),
        delivered=questionnaires.delivered,
        since=since,
        reference_date=questionnaires.reference_date,
        evidence=questionnaires.evidence,
        source=questionnaires.source,
    )


def response(invited: Invitations) -> Response:
    """Count who answered, by wave, mode, age, sex and referrer."""
    units = invited.frame.assign(has=invited.frame["answered"].astype(object))
    parts = tuple(invited.shares(units, "answered", "invited", dimension) for dimension in DIMENSIONS)
    return Response(parts, invited.delivered, invited.since, invited.reference_date, invited.evidence)


def _people(clients: Records, snapshot: Snapshot) -> DuckDBPyRelation:
    """Clients with a trajectory: ``client_key``, ``referrer_code`` of the first one, ``birth_year``, ``sex``."""
    first = snapshot.trajectories.query(
        "t",
        """select client_key, arg_min(referrer_code, (start_date, trajectory_id)) as referrer_code from t
           where client_key is not null group by 1""",
    )
    if first is None:
        raise ValueError("not a query of the trajectories")
    listed = ", ".join(f"'{sex}'" for sex in SEXES)
    known = clients.rows.project(
        f"client_key, cast(birth_year as double) as birth_year, if(sex in ({listed}), sex, null) as sex"
    )
    return first.set_alias("f").join(known.set_alias("c"), "client_key", how="left")


def _population(people: DuckDBPyRelation, reference_date: date) -> pd.DataFrame:
    counted = frame_of(people, "select birth_year, sex, referrer_code, count(*) as n from t group by all order by all")
    groups = counted.assign(age_group=_age_group(reference_date.year - counted["birth_year"]))
    parts = [
        groups.groupby(groups[dimension].fillna(UNKNOWN).astype(str))["n"].sum().rename_axis("group").reset_index()
        for dimension in WEIGHTED_BY
    ]
    rows = [part.assign(dimension=name) for name, part in zip(WEIGHTED_BY, parts, strict=True)]
    found = pd.concat(rows, ignore_index=True).rename(columns={"n": "clients"}).astype({"clients": int})
    return found[["dimension", "group", "clients"]]


def _age_group(age: pd.Series) -> pd.Series:
    found = pd.Series([None] * len(age), age.index, dtype=object)
    for name, (first, until) in AGES.items():
        found = found.mask((age >= first) & (age < until), name)
    return found


def _half(frame: pd.DataFrame) -> pd.Series:
    """Early or late half of the waves, in order of their first invitation; with an odd number the middle is early."""
    order = frame.dropna(subset=["wave"]).groupby("wave")["invited_on"].min().sort_values(kind="stable").index
    early = set(order[: (len(order) + 1) // 2])
    half = [None if pd.isna(wave) or len(order) < 2 else EARLY if wave in early else LATE for wave in frame["wave"]]
    return pd.Series(half, frame.index, dtype=object)
