"""The SQL of the rules on rows: per rule the rows that break it, found set by set and never row by row.

Each query answers with ``table_name, row, column_name, value``; ``row`` is null where a whole table is at fault. Only
tables and columns that were delivered are asked for. No query joins a large table with itself: doubles are found by
grouping, overlaps by a running maximum, so ten million trajectories pass in bounded memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from evaluation.sources.delivery.contract import ROW
from evaluation.sources.delivery.schema import table_schemas
from evaluation.sources.delivery.structure import Check, Delivered

EARLIEST = date(2000, 1, 1)
OLDEST_AT_START = 23  # years, by year of birth: the Jeugdwet ends at 23
LONG_REGISTERED_DAYS = 365
DORMANT_AFTER_DAYS = 90
HOURS_PER_MONTH_MAX = 200
HOURS_COLUMNS = [("hours", "direct_hours"), ("hours", "indirect_hours"), ("pilot_families", "hours")]
RANGES = {("trajectories", "phase"): (1, 9)}  # as minimum and maximum in data/schema

SET_ASIDE = "quarantined"
"""Table that `validation` keeps beside the delivered ones: ``table_name, row`` of every row with an error."""


def row_checks(delivered: Delivered) -> list[Check]:
    """Return the checks that need no other check to have run, but for what was noted while reading."""
    makers = (
        _required,
        _dates,
        _ages,
        _keys,
        _codes,
        _ranges,
        _hours,
        _registration,
        _consent,
    )
    return [check for maker in makers for check in maker(delivered)]


def overlap_checks(delivered: Delivered) -> list[Check]:
    """Return the check on overlaps; it looks at rows that are right in themselves.

    A wrong row, such as one that starts in 1900, would otherwise put every right row of the same client aside.
    """
    if not delivered.has("trajectories", "client_key", "product_code", "start_date", "end_date"):
        return []
    sql = f"""
        select 'trajectories' as table_name, {ROW} as row, 'start_date' as column_name, start_date::varchar as value
        from (
            select {ROW}, start_date, max(coalesce(end_date, date '9999-12-31')) over (
                partition by client_key, product_code order by start_date, {ROW}
                rows between unbounded preceding and 1 preceding
            ) as busy_until
            from trajectories
            where (end_date is null or end_date > start_date)
            and {ROW} not in (select row from {SET_ASIDE} where table_name = 'trajectories')
        ) where start_date < busy_until"""
    return [Check("overlap_same_product", sql)]


def cascade_checks(delivered: Delivered) -> list[Check]:
    """Return one check per foreign key on rows whose parent was set aside; each run finds only new ones."""
    checks = []
    for table, column, parent, key in _references(delivered):
        condition = f"""{column} in (
                select {key} from {parent} where {ROW} in (select row from {SET_ASIDE} where table_name = '{parent}'))
            and {ROW} not in (
                select row from problems where table_name = '{table}' and rule = 'parent_quarantined'
                and column_name = '{column}' and row is not null)"""
        checks.append(Check("parent_quarantined", _rows(table, column, condition)))
    return checks


def _rows(table: str, column: str, condition: str, source: str = "") -> str:
    return f"""select '{table}' as table_name, t.{ROW} as row, '{column}' as column_name, t.{column}::varchar as value
        from {source or f"{table} as t"} where {condition}"""


def _required(delivered: Delivered) -> Iterator[Check]:
    for table, column in delivered.present(delivered.structure.required):
        empty = f"t.{column} is null"
        if delivered.types[table][column] == "VARCHAR":
            empty = f"({empty} or trim(t.{column}) = '')"
        # A cell that could not be read is empty now, but was filled in: it has been noted already.
        noted = (
            f"select row from problems where table_name = '{table}' and column_name = '{column}' and row is not null"
        )
        yield Check("required_value_missing", _rows(table, column, f"{empty} and t.{ROW} not in ({noted})"))


def _dates(delivered: Delivered) -> Iterator[Check]:
    for table, column in delivered.dates():
        if not table_schemas()[table].field(column).may_lie_ahead:
            yield Check("date_in_future", _rows(table, column, f"t.{column} > date '{delivered.on}'"))
        yield Check("date_before_2000", _rows(table, column, f"t.{column} < date '{EARLIEST}'"))
    for table in ("trajectories", "pilot_families"):
        if delivered.has(table, "start_date", "end_date"):
            yield Check("end_before_start", _rows(table, "end_date", "t.end_date < t.start_date"))


def _ages(delivered: Delivered) -> Iterator[Check]:
    if not delivered.has("clients", "client_key", "birth_year") or not delivered.has("trajectories", "client_key"):
        return
    source = "trajectories as t join clients as c using (client_key)"
    before = "year(t.start_date) < c.birth_year"
    after = f"year(t.start_date) - c.birth_year > {OLDEST_AT_START}"
    yield Check("start_before_birth", _rows("trajectories", "start_date", before, source))
    yield Check("start_after_23", _rows("trajectories", "start_date", after, source))


def _references(delivered: Delivered) -> list[tuple[str, str, str, str]]:
    """Foreign keys of which both sides were delivered: table, column, parent table, parent column."""
    return [
        reference
        for reference in delivered.structure.references
        if delivered.has(*reference[:2]) and delivered.has(*reference[2:])
    ]


def _keys(delivered: Delivered) -> Iterator[Check]:
    for table, columns in delivered.structure.keys.items():
        key = [column for column in columns if delivered.has(table, column)]
        if key:
            yield Check("duplicate_id", _duplicates(delivered, table, key))
    for table, column, parent, parent_key in _references(delivered):
        source = f"{table} as t anti join {parent} as p on t.{column} = p.{parent_key}"
        yield Check("orphan_key", _rows(table, column, f"t.{column} is not null", source))


def _duplicates(delivered: Delivered, table: str, key: list[str]) -> str:
    """All copies; a key of which a required part is missing is no copy of anything."""
    required = [column for column in key if (table, column) in delivered.structure.required]
    columns = ", ".join(key)
    known = " and ".join(f"{column} is not null" for column in required) or "true"
    same = " and ".join(f"t.{column} is not distinct from d.{column}" for column in key)
    value = ", ".join(f"t.{column}" for column in key)
    return f"""
        select '{table}' as table_name, t.{ROW} as row, '{columns}' as column_name, concat_ws(', ', {value}) as value
        from {table} as t
        semi join (select {columns} from {table} where {known} group by {columns} having count(*) > 1) as d on {same}"""


def _codes(delivered: Delivered) -> Iterator[Check]:
    for (table, column), codes in delivered.structure.codes.items():
        if delivered.has(table, column) and (table, column) not in delivered.own_codes:
            allowed = ", ".join(f"'{code}'" for code in sorted(codes))
            yield Check("unknown_code", _rows(table, column, f"t.{column} not in ({allowed})"))


def _ranges(delivered: Delivered) -> Iterator[Check]:
    for table, column in delivered.present(RANGES):
        least, most = RANGES[table, column]
        yield Check("out_of_range", _rows(table, column, f"t.{column} not between {least} and {most}"))


def _hours(delivered: Delivered) -> Iterator[Check]:
    for table, column in delivered.present(HOURS_COLUMNS):
        yield Check("negative_hours", _rows(table, column, f"t.{column} < 0"))
    if not delivered.has("hours", "trajectory_id", "month", "direct_hours"):
        return
    indirect = " + coalesce(indirect_hours, 0)" if delivered.has("hours", "indirect_hours") else ""
    heavy = f"""(select trajectory_id, month from hours group by trajectory_id, month
        having sum(coalesce(direct_hours, 0){indirect}) > {HOURS_PER_MONTH_MAX})"""
    source = f"hours as t semi join {heavy} as h on t.trajectory_id = h.trajectory_id and t.month = h.month"
    yield Check("hours_over_200", _rows("hours", "direct_hours", "true", source))
    if delivered.has("trajectories", "trajectory_id", "end_date"):
        source = "hours as t join trajectories as p on t.trajectory_id = p.trajectory_id"
        late = "date_trunc('month', t.month) > date_trunc('month', p.end_date)"
        yield Check("hours_after_end", _rows("hours", "month", late, source))


def _registration(delivered: Delivered) -> Iterator[Check]:
    if delivered.has("trajectories", "start_date", "registered_on"):
        late = f"t.registered_on - t.start_date > {LONG_REGISTERED_DAYS}"
        yield Check("registered_long_after_start", _rows("trajectories", "registered_on", late))
        early = f"t.start_date - t.registered_on > {LONG_REGISTERED_DAYS}"
        yield Check("registered_long_before_start", _rows("trajectories", "registered_on", early))
    if delivered.has("trajectories", "end_date", "last_activity_date"):
        quiet = f"t.end_date is null and date '{delivered.on}' - t.last_activity_date > {DORMANT_AFTER_DAYS}"
        yield Check("dormant", _rows("trajectories", "last_activity_date", quiet))


def _consent(delivered: Delivered) -> Iterator[Check]:
    if delivered.has("stories", "consent_until"):
        expired = f"t.consent_until < date '{delivered.on}'"
        yield Check("consent_expired", _rows("stories", "consent_until", expired))
