"""The SQL of the rules on patterns: what no row shows by itself, only many rows together.

As in `rule_sql`, each query answers with ``table_name, row, column_name, value``. All of these are warnings: they say
where to look, and put no row aside.
"""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.sources.delivery.contract import ROW
from evaluation.sources.delivery.structure import Check, Delivered

HEAP_FACTOR = 3  # times the share that two days of the year would have
HEAP_MINIMUM = 5  # dates on those days; below it a share says nothing
REASON_MISSING_SHARE_MAX = 0.2
FTE_JUMP_SHARE_MAX = 0.3
ROUNDING = 1e-9  # keeps 10 to 13 fte at exactly 30 per cent


def pattern_checks(delivered: Delivered) -> list[Check]:
    """Return the checks on patterns."""
    makers = (_spelling, _families, _heaping, _reasons, _staff, _ledger)
    return [check for maker in makers for check in maker(delivered)]


def _spelling(delivered: Delivered) -> Iterator[Check]:
    """One line per spelling and table, with the first row that has it."""
    tables = [table for table in delivered.types if delivered.has(table, "client_key")]
    if not tables:
        return
    plain = "ltrim(translate(upper(client_key), ' .-', ''), '0')"
    keys = " union all ".join(f"select client_key from {table}" for table in tables)
    found = " union all ".join(
        f"""select '{table}' as table_name, min({ROW}) as row, 'client_key' as column_name, client_key as value
        from {table} where {plain} in (from suspects) group by client_key"""
        for table in tables
    )
    yield Check(
        "client_spelt_two_ways",
        f"""with suspects as materialized (
            select {plain} as plain from ({keys}) group by plain having min(client_key) <> max(client_key)
        ) {found}""",
    )


def _families(delivered: Delivered) -> Iterator[Check]:
    """One line per client and table, with the first row that names one of the families."""
    tables = [table for table in delivered.types if delivered.has(table, "client_key", "family_key")]
    if not tables:
        return
    pairs = " union all ".join(f"select client_key, family_key from {table}" for table in tables)
    found = " union all ".join(
        f"""select '{table}' as table_name, min({ROW}) as row, 'family_key' as column_name,
        any_value(least_key || ', ' || greatest_key) as value
        from {table} join suspects using (client_key) where family_key is not null group by client_key"""
        for table in tables
    )
    yield Check(
        "family_split",
        f"""with suspects as materialized (
            select client_key, min(family_key) as least_key, max(family_key) as greatest_key from ({pairs})
            where client_key is not null group by client_key having min(family_key) <> max(family_key)
        ) {found}""",
    )


def _heaping(delivered: Delivered) -> Iterator[Check]:
    for table, column in delivered.present([("trajectories", "start_date"), ("trajectories", "end_date")]):
        yield Check(
            "heaping_new_year",
            f"""select '{table}' as table_name, null as row, '{column}' as column_name, heap || ' / ' || total as value
            from (
                select count(*) filter (strftime({column}, '%m-%d') in ('01-01', '12-31')) as heap,
                count({column}) as total from {table}
            ) where heap >= {HEAP_MINIMUM} and heap > {HEAP_FACTOR} * total * 2 / 365.25""",
        )


def _reasons(delivered: Delivered) -> Iterator[Check]:
    if delivered.has("trajectories", "team", "end_date", "end_reason"):
        yield Check(
            "end_reason_missing_by_team",
            f"""select 'trajectories' as table_name, null as row, 'end_reason' as column_name,
            concat(coalesce(team, '-'), ': ', missing, ' / ', ended) as value
            from (
                select team, count(*) as ended, count(*) filter (end_reason is null) as missing
                from trajectories where end_date is not null group by team
            ) where missing > {REASON_MISSING_SHARE_MAX} * ended""",
        )


def _staff(delivered: Delivered) -> Iterator[Check]:
    if delivered.has("staff", "month", "function", "fte_filled"):
        yield Check(
            "fte_jump",
            f"""select 'staff' as table_name, {ROW} as row, 'fte_filled' as column_name, fte_filled::varchar as value
            from (
                select {ROW}, fte_filled, lag(fte_filled) over (partition by function order by month, {ROW}) as earlier
                from staff
            ) where abs(fte_filled - earlier) > {FTE_JUMP_SHARE_MAX} * earlier + {ROUNDING}""",
        )


def _ledger(delivered: Delivered) -> Iterator[Check]:
    """Booked in the year against the accounts of the year, for years in which anything was booked."""
    if not delivered.has("costs", "booking_month", "amount_eur") or not delivered.annual_accounts:
        return
    published = ", ".join(
        f"({year}, {float(low)!r}::double, {float(high)!r}::double)"
        for year, (low, high) in sorted(delivered.annual_accounts.items())
    )
    yield Check(
        "ledger_not_annual_account",
        f"""select 'costs' as table_name, null as row, 'amount_eur' as column_name,
        format('{{}}: {{:.3f}} ({{:+.3f}})', year, booked, booked - greatest(low, least(high, booked))) as value
        from (
            select year, low, high, fsum(amount_eur) / 1e6 as booked
            from costs join (values {published}) as a(year, low, high) on year(booking_month) = year
            group by all
        ) where booked < low - {ROUNDING} or booked > high + {ROUNDING}""",
    )
