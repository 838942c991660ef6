"""The trajectories of a register in small types, and how often each combination of their values occurs.

Nearly every measure of volumes, durations and capacity is a sum over how many trajectories share a start, an end and a
code. So rows are read once, into a table of day numbers, enumerated codes and numbers of persons; each combination of
columns is counted once per reference date, and measures work on the counts. Their cost hardly grows with the register.

Columns are grouped as they are stored and turned into dates afterwards: of stored columns DuckDB knows the range, and
counts in an array instead of a hash table where the combinations fit (``perfect_ht_threshold``).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyRelation

Person = Literal["client", "family"]
PERSONS: Mapping[Person, str] = {"client": "client_key", "family": "family_key"}
DATES = ("start_date", "end_date", "last_activity_date", "birth_date")
CODES = ("phase", "product_code", "referrer_code", "neighbourhood", "end_reason")
PLAIN = ("birth_year",)
OF_THE_END = ("end_date", "end_reason", "running")
"""Columns that depend on whether the end was known on the reference date."""

FIRST_DAY = date(1970, 1, 1)
NEVER = 32767
NUMBERED_UNTIL = date(2059, 1, 1)  # day numbers up to here fit in 16 bits, and so do as many before the first day
NUMBERED_FROM = date(1881, 1, 1)
MOST_CODES = 1000  # a column with more different values is text, not a code


@dataclass(frozen=True)
class CodedRows:
    """Trajectories, one row each, in small types.

    Attributes
    ----------
    table
        Dates as day numbers from 1970 (16 bits) where they fit, codes as ENUM. ``known_from`` is the day on which a
        trajectory had started and was registered, ``end_known_from`` that on which it had moreover ended and this was
        registered (a day that never comes where it runs). ``client`` and ``family`` are null where missing, 0 where no
        other trajectory is of the same person, and else a number of the person.
    name
        Of the table, in the database of the trajectories.
    numbered
        Columns that hold day numbers.
    """

    table: DuckDBPyRelation
    name: str
    numbered: frozenset[str]
    kept: dict[tuple[str, ...], DuckDBPyRelation] = field(default_factory=dict, repr=False, compare=False)
    """Counts of combinations, by what they are of."""

    def restored(self, column: str) -> str:
        """SQL of a column as its table had it, from this table."""
        return f"(date '{FIRST_DAY}' + {column})" if column in self.numbered else column

    def days_of(self, column: str) -> str:
        """SQL of a column of dates as whole numbers of days from 1970."""
        return f"{column}::int" if column in self.numbered else f"({column} - date '{FIRST_DAY}')"

    def day(self, column: str, day: date) -> str:
        """SQL of a day, to compare with a column; where it is past all numbers, of the last before never."""
        return str(min((day - FIRST_DAY).days, NEVER - 1)) if column in self.numbered else f"date '{day}'"


@dataclass(frozen=True)
class Counts:
    """How often each combination occurs among the trajectories as known on a day.

    Attributes
    ----------
    rows
        The trajectories.
    day
        Reference date; None when the rows are what was known on it already.
    """

    rows: CodedRows
    day: date | None = None

    def counted(self, *columns: str, among: str = "true") -> DuckDBPyRelation:
        """Return the different combinations of columns with ``n``, how many trajectories have each.

        Parameters
        ----------
        columns
            Columns of the trajectories, ``known_from``, or ``running`` (whether no end was known).
        among
            SQL on ``client`` and ``family`` of the trajectories to count.
        """
        if "known_from" in columns and not set(columns) & set(OF_THE_END):
            # One count serves all days: what was known on one of them is a part of it.
            known = "true" if self.day is None else f"known_from <= date '{self.day}'"
            sql = self._shown(columns, self._combinations(columns, among))
            return self._kept(("ever", among, *columns), sql).filter(known)
        return self._kept((str(self.day), among, *columns), self._restored(columns, among))

    def spells(self, since: date, until: date, *columns: str) -> DuckDBPyRelation:
        """Return ``entry_days``, ``exit_days``, ``ended`` and columns with ``n``, of what had not ended before a day.

        Parameters
        ----------
        since, until
            Days of which the ages are those of entry, of earlier starts, and of exit, of what has not ended.
        columns
            Columns of the trajectories.
        """
        rows = self.rows
        start, end = rows.days_of("start_date"), rows.days_of("end_date")
        first, last = ((day - FIRST_DAY).days for day in (since, until))
        entry = f"greatest({first} - {start}, 0) as entry_days"
        # Few combinations: a hash table of them stays in the cache of the processor.
        parts = [
            f"select {', '.join([entry, age, *(given.get(column, column) for column in columns), 'count(*) as n'])} "
            f"from {rows.name} where {where} group by all"
            for age, where, given in (
                (f"{end} - {start} as exit_days, true as ended", f"{self._ended} and {end} >= {first}", {}),
                (f"{last} - {start} as exit_days, false as ended", self._running, {"end_reason": "null as end_reason"}),
            )
        ]
        days = "entry_days::bigint as entry_days, exit_days::bigint as exit_days, ended"
        sql = f"select {', '.join([days, *columns, 'n'])} from ({' union all '.join(parts)})"
        return self._kept(("spells", str(self.day), str(since), str(until), *columns), sql)

    def ages(self, until: date) -> DuckDBPyRelation:
        """Return ``days``, ``ended`` and ``n``: ages of trajectories at their end, and on a day where they run.

        What runs is what had started less what had ended, so that one count of each serves all days.
        """
        running = (
            self.counted("start_date", "known_from")
            .project("start_date, n")
            .union(self._over("start_date").project("start_date, -n as n"))
            .aggregate("start_date, sum(n)::bigint as n", "start_date")
        )
        ended = self._over("days")
        return (
            running.filter("n > 0")
            .project(f"date '{until}' - start_date as days, false as ended, n")
            .union(ended.aggregate("days::bigint as days, true as ended, sum(n)::bigint as n", "days"))
        )

    def _over(self, column: Literal["start_date", "days"]) -> DuckDBPyRelation:
        """Return the starts or lengths of the trajectories that had ended, with ``n``, from one count for all days."""
        rows = self.rows
        start, end = rows.days_of("start_date"), rows.days_of("end_date")
        stored, shown = (f"{end} - {start}", "days") if column == "days" else (column, rows.restored(column))
        sql = f"""select {shown} as {column}, {rows.restored("end_known_from")} as over, n from (
            select {stored} as {column}, end_known_from, count(*) as n from {rows.name}
            where end_date is not null group by all)"""
        return self._kept(("over", column), sql).filter("true" if self.day is None else f"over <= date '{self.day}'")

    def _restored(self, columns: tuple[str, ...], among: str) -> str:
        """SQL of the combinations among what was known, with their columns as they were before they were stored."""
        sql = self._combinations(columns, f"{among} and {self._known}")
        if set(columns) & set(OF_THE_END):
            # Apart, because only columns as they are stored can be counted in an array.
            sql = self._combinations(columns, f"{among} and {self._ended}")
            sql += f" union all {self._combinations(columns, f'{among} and {self._running}', running=True)}"
        return self._shown(columns, sql)

    def _shown(self, columns: tuple[str, ...], combinations: str) -> str:
        restored = [f"{self.rows.restored(column)} as {column}" for column in columns]
        return f"select {', '.join([*restored, 'n'])} from ({combinations})"

    def _kept(self, key: tuple[str, ...], sql: str) -> DuckDBPyRelation:
        """Return the answer to a query, which is computed only once."""
        kept = self.rows.kept
        if key not in kept:
            name = f"counted_{uuid.uuid4().hex}"
            self.rows.table.query("t", f"create table {name} as {sql}")
            kept[key] = _asked(self.rows.table, f"select * from {name}")
        return kept[key]

    def of_several(self, person: Person) -> DuckDBPyRelation:
        """Return the trajectories of persons who may have several, one by one, without the reasons of their ends."""
        rows = self.rows
        columns = [f"{rows.restored(c)} as {c}" for c in rows.table.columns if c not in OF_THE_END]
        end = f"case when {self._ended} then {rows.restored('end_date')} end as end_date"
        key, several = ("several", person), f"select * from {rows.name} where {person} <> 0"
        if key not in rows.kept:
            total, few = _asked(rows.table, f"select count(*), count(*) filter ({person} <> 0) from t").fetchall()[0]
            # A copy of few saves time, one of most would only take memory.
            rows.kept[key] = self._kept(("copy", person), several) if few < total / 4 else rows.table
        return rows.kept[key].filter(f"{self._known} and {person} <> 0").project(", ".join([*columns, end]))

    @property
    def _known(self) -> str:
        return "true" if self.day is None else f"known_from <= {self.rows.day('known_from', self.day)}"

    @property
    def _ended(self) -> str:
        """SQL of what was known to have ended, and so was known."""
        if self.day is None:
            return "end_date is not null"
        return f"end_known_from <= {self.rows.day('end_known_from', self.day)}"

    @property
    def _running(self) -> str:
        if self.day is None:
            return "end_date is null"
        return f"{self._known} and end_known_from > {self.rows.day('end_known_from', self.day)}"

    def _combinations(self, columns: tuple[str, ...], where: str, *, running: bool = False) -> str:
        """SQL that counts stored columns; of those that run the end is nothing."""
        given = {"running": str(running), **({"end_date": "null", "end_reason": "null"} if running else {})}
        grouped = [column for column in columns if column not in given]
        counted = f"select {', '.join([*grouped, 'count(*) as n'])} from {self.rows.name} where {where}"
        if grouped:
            counted += f" group by {', '.join(grouped)}"
        return f"select {', '.join([*(f'{given.get(c, c)} as {c}' for c in columns), 'n'])} from ({counted})"


def code_rows(trajectories: DuckDBPyRelation, *, as_known: bool = False) -> CodedRows:
    """Read trajectories into a table of small types, in the database that they are in.

    Parameters
    ----------
    trajectories
        With at least ``start_date`` and ``end_date``; other columns that are missing cannot be counted.
    as_known
        Whether the rows are those known on a day already, so that days of registration hide nothing.
    """
    present = set(trajectories.columns)
    dates = {column: f"{column}::date" for column in DATES if column in present}
    dates |= _known_days(present, as_known=as_known)
    codes = [column for column in CODES if column in present]
    numbered, kinds = _small_types(trajectories, dates, codes)
    days = {name: f"({sql} - date '{FIRST_DAY}')::smallint" if name in numbered else sql for name, sql in dates.items()}
    # A day that never comes for ends that are not known: one comparison then parts what had ended from what had not.
    never = f"{NEVER}::smallint" if "end_known_from" in numbered else f"date '{date.max}'"
    days["end_known_from"] = f"coalesce({days['end_known_from']}, {never})"
    columns = [f"{sql} as {name}" for name, sql in days.items()]
    columns += [f"{code}::{kinds[code]} as {code}" if code in kinds else code for code in codes]
    columns += [column for column in PLAIN if column in present]
    persons = {person: key for person, key in PERSONS.items() if key in present}
    # Named in the query below, by which DuckDB finds them.
    numbered_client, numbered_family = (  # noqa: RUF059
        repeated_keys(trajectories, key) if key in present else None for key in PERSONS.values()
    )
    columns += [
        f"case when {key} is not null then coalesce(numbered_{person}.number, 0) end as {person}"
        for person, key in persons.items()
    ]
    joins = [f"left join numbered_{person} on hash({key}) = numbered_{person}.h" for person, key in persons.items()]
    name = f"coded_{uuid.uuid4().hex}"
    trajectories.query("t", f"create table {name} as select {', '.join(columns)} from t {' '.join(joins)}")
    return CodedRows(_asked(trajectories, f"select * from {name}"), name, numbered)


def repeated_keys(rows: DuckDBPyRelation, key: str) -> pa.Table:
    """Number from 1 the keys that are in more than one row, by their hash ``h``.

    Sorting hashes takes a fraction of the time and memory of grouping keys. Among ten million of 64 bits the chance
    that any two are the same is three in a million.
    """
    found = _asked(rows, f"select hash({key}) as h from t where {key} is not null")
    hashes = np.asarray(found.fetchnumpy()["h"]).astype("uint64", copy=False)
    hashes.sort()
    repeated = hashes[1:][hashes[1:] == hashes[:-1]]
    repeated = repeated[np.diff(repeated, prepend=~repeated[:1]) != 0]
    return pa.table({"h": repeated, "number": np.arange(1, len(repeated) + 1, dtype="uint32")})


def _known_days(present: set[str], *, as_known: bool) -> dict[str, str]:
    """SQL of the days from which the start and the end were known."""
    start, end = "start_date::date", "end_date::date"
    # DuckDB's greatest() passes over what is missing, so a date of the event stands in for one of registration.
    known = f"greatest({start}, registered_on::date)" if "registered_on" in present else start
    # What is not known cannot be known to have ended.
    ended = f"greatest({end}, {known})"
    if "end_registered_on" in present and not as_known:
        ended = f"greatest({ended}, end_registered_on::date)"
    return {"known_from": known, "end_known_from": f"case when end_date is not null then {ended} end"}


def _small_types(
    trajectories: DuckDBPyRelation, dates: Mapping[str, str], codes: list[str]
) -> tuple[frozenset[str], dict[str, str]]:
    """Which dates fit in a day number, and the ENUM of each column of codes."""
    types = dict(zip(trajectories.columns, map(str, trajectories.types), strict=True))
    coded = [code for code in codes if types[code] == "VARCHAR"]
    ranges = [f"min({sql}), max({sql})" for sql in dates.values()]
    values = [f"(select list({code} order by {code}) from (select distinct {code} from t))" for code in coded]
    found = _asked(trajectories, f"select {', '.join([*ranges, *values])} from t").fetchall()[0]
    numbered = {
        name
        for name, first, last in zip(dates, found[0 : 2 * len(dates) : 2], found[1 : 2 * len(dates) : 2], strict=True)
        if first is None or (first >= NUMBERED_FROM and last <= NUMBERED_UNTIL)
    }
    kinds = {}
    for code, names in zip(coded, found[2 * len(dates) :], strict=True):
        quoted = ["'" + name.replace("'", "''") + "'" for name in names or () if name is not None]
        if quoted and len(quoted) <= MOST_CODES:
            kinds[code] = f"enum({', '.join(quoted)})"
    return frozenset(numbered), kinds


def _asked(relation: DuckDBPyRelation, sql: str) -> DuckDBPyRelation:
    answer = relation.query("t", sql)
    if answer is None:
        raise ValueError(f"not a query: {sql}")
    return answer
