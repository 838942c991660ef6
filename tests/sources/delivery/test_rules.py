"""The words of the rules, and per rule rows on either side of its boundary."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date
from pathlib import Path

import duckdb
import pytest

from evaluation.sources.delivery.contract import PROBLEMS_TABLE, ROW, DeliveredFile, Delivery
from evaluation.sources.delivery.rules import RULES
from evaluation.sources.delivery.schema import table_schemas
from evaluation.sources.delivery.validation import READ_RULES, validate

DELIVERED_ON = date(2025, 1, 1)
Line = tuple[int | None, str, str | None]


def deliver(tables: dict[str, str]) -> Delivery:
    """Lay out drawn tables: a header, then a row per line, cells between bars, `.` for an empty cell."""
    connection = duckdb.connect()
    connection.execute(PROBLEMS_TABLE)
    files = []
    for table, drawing in tables.items():
        header, *rows = [[cell.strip() for cell in line.split("|")] for line in drawing.strip().splitlines()]
        columns = ", ".join(f"{name} {table_schemas()[table].field(name).sql_type}" for name in header)
        connection.execute(f"create table {table} ({ROW} bigint, {columns})")
        for number, cells in enumerate(rows, start=2):
            values = [number, *(None if cell == "." else cell for cell in cells)]
            connection.execute(f"insert into {table} values ({', '.join('?' * len(values))})", values)
        files.append(DeliveredFile(table, Path(f"{table}.csv"), "csv", "utf-8", ";", ",", {}, {}, len(rows), ""))
    return Delivery(Path(), DELIVERED_ON, tuple(files), connection)


def lines_of(delivery: Delivery, rule: str, table: str) -> set[Line]:
    sql = "select row, column_name, value from problems where rule = ? and table_name = ?"
    lines = delivery.connection.execute(sql, [rule, table]).fetchall()
    assert len(lines) == len(set(lines))  # nothing is told twice
    return set(lines)


STARTS_AND_ENDS = """
trajectory_id | start_date | end_date
a             | 2024-03-01 | 2024-03-01
b             | 2024-03-01 | 2024-02-29
c             | 2024-03-01 | .
"""
CLIENTS = """
client_key | birth_year
anna       | 2001
bram       | 2024
"""
HOURS_OF_TWO = """
trajectory_id | month      | worker_role | direct_hours | indirect_hours
a             | 2024-02-01 | x           | 100          | 50
a             | 2024-02-01 | y           | 40           | 10
a             | 2024-03-01 | x           | 100          | 50
a             | 2024-03-01 | y           | 40           | 10.25
b             | 2024-03-01 | x           | 200          | .
"""

# Rule, tables, table with the offending rows, and those rows: the row number, the column and the value.
CASES: list[tuple[str, dict[str, str], str, set[Line]]] = [
    (
        "required_value_missing",
        {"trajectories": "trajectory_id | team | start_date\na | . | 2024-01-02\n . | T1 | 2024-01-02\nc | T1 | ."},
        "trajectories",
        {(3, "trajectory_id", None), (4, "start_date", None)},
    ),
    ("end_before_start", {"trajectories": STARTS_AND_ENDS}, "trajectories", {(3, "end_date", "2024-02-29")}),
    ("end_before_start", {"pilot_families": STARTS_AND_ENDS.replace("trajectory_id", "family_key")}, "pilot_families",
     {(3, "end_date", "2024-02-29")}),
    (
        "start_before_birth",
        {"trajectories": "client_key | start_date\nbram | 2024-01-01\nbram | 2023-12-31\ncas | 1990-01-01",
         "clients": CLIENTS},
        "trajectories",
        {(3, "start_date", "2023-12-31")},
    ),
    (  # born in 2001: 2024 - 2001 = 23 may just be, 2025 - 2001 = 24 may not
        "start_after_23",
        {"trajectories": "client_key | start_date\nanna | 2024-12-31\nanna | 2025-01-01", "clients": CLIENTS},
        "trajectories",
        {(3, "start_date", "2025-01-01")},
    ),
    (
        "date_in_future",
        {"trajectories": "start_date | end_date\n2025-01-01 | .\n2025-01-01 | 2025-01-02",
         "stories": "collected_on | consent_until\n2025-01-02 | 2030-01-01"},
        "trajectories",
        {(3, "end_date", "2025-01-02")},
    ),
    (
        "date_in_future",
        {"stories": "collected_on | consent_until\n2025-01-02 | 2030-01-01"},
        "stories",
        {(2, "collected_on", "2025-01-02")},
    ),
    (
        "date_before_2000",
        {"trajectories": "start_date | original_start_date\n2000-01-01 | 2005-01-01\n1999-12-31 | 1900-01-01"},
        "trajectories",
        {(3, "start_date", "1999-12-31"), (3, "original_start_date", "1900-01-01")},
    ),
    (
        "duplicate_id",
        {"clients": "client_key\na\nb\na\n.\n."},
        "clients",
        {(2, "client_key", "a"), (4, "client_key", "a")},
    ),
    (  # an empty role is a role too: rows 4 and 5 are the same, rows 2 and 3 are not
        "duplicate_id",
        {"hours": "trajectory_id | month | worker_role\na | 2024-01-01 | x\na | 2024-01-01 | y\n"
                  "b | 2024-01-01 | .\nb | 2024-01-01 | ."},
        "hours",
        {(row, "trajectory_id, month, worker_role", "b, 2024-01-01") for row in (4, 5)},
    ),
    (
        "orphan_key",
        {"clients": "client_key\nanna", "complaints": "complaint_id | client_key\n1 | anna\n2 | bram\n3 | ."},
        "complaints",
        {(3, "client_key", "bram")},
    ),
    ("orphan_key", {"complaints": "complaint_id | client_key\n1 | anna"}, "complaints", set()),
    (
        "unknown_code",
        {"trajectories": "product_code | form | referrer_code | end_reason\n"
                         "anything | 31 | 01 | .\nanything | 31 | 1 | 20\nanything | 39 | 08 | 40"},
        "trajectories",
        {(3, "referrer_code", "1"), (4, "form", "39"), (4, "end_reason", "40")},
    ),
    (
        "out_of_range",
        {"trajectories": "phase\n1\n9\n0\n10\n."},
        "trajectories",
        {(4, "phase", "0"), (5, "phase", "10")},
    ),
    ("unknown_code", {"clients": "sex\nV\nv\n."}, "clients", {(3, "sex", "v")}),
    ("unknown_code", {"costs": "scope_flag\nbjh\nBJH"}, "costs", {(3, "scope_flag", "BJH")}),
    (  # [start, end): a start on the day of an end is no overlap; the long row 2 still runs when row 4 begins
        "overlap_same_product",
        {"trajectories": """
client_key | product_code | start_date | end_date
anna       | p            | 2024-01-02 | 2024-06-01
anna       | p            | 2024-02-01 | 2024-02-02
anna       | p            | 2024-05-31 | .
anna       | q            | 2024-02-01 | .
bram       | p            | 2024-01-02 | 2024-06-01
bram       | p            | 2024-06-01 | 2024-07-01
bram       | p            | 2024-03-01 | 2024-03-01
"""},
        "trajectories",
        {(3, "start_date", "2024-02-01"), (4, "start_date", "2024-05-31")},
    ),
    (  # row 2 is wrong in itself, so it does not stand in the way of row 3
        "overlap_same_product",
        {"trajectories": "client_key | product_code | start_date | end_date\n"
                         "anna | p | 1900-01-01 | .\nanna | p | 2024-02-01 | ."},
        "trajectories",
        set(),
    ),
    (
        "hours_after_end",
        {"trajectories": "trajectory_id | end_date\na | 2024-03-01\nb | .",
         "hours": "trajectory_id | month | direct_hours\na | 2024-03-01 | 1\na | 2024-04-01 | 1\nb | 2024-04-01 | 1"},
        "hours",
        {(3, "month", "2024-04-01")},
    ),
    (  # a in March: 100 + 50 + 40 + 10.25 = 200.25
        "hours_over_200",
        {"hours": HOURS_OF_TWO},
        "hours",
        {(4, "direct_hours", "100.0"), (5, "direct_hours", "40.0")},
    ),
    (
        "negative_hours",
        {"hours": "direct_hours | indirect_hours\n0 | 0\n-0.25 | .\n1 | -1"},
        "hours",
        {(3, "direct_hours", "-0.25"), (4, "indirect_hours", "-1.0")},
    ),
    ("negative_hours", {"pilot_families": "hours\n0\n-1"}, "pilot_families", {(3, "hours", "-1.0")}),
    (  # 2023-01-01 + 365 = 2024-01-01
        "registered_long_after_start",
        {"trajectories": "start_date | registered_on\n2023-01-01 | 2024-01-01\n2023-01-01 | 2024-01-02"},
        "trajectories",
        {(3, "registered_on", "2024-01-02")},
    ),
    (  # 2023-01-02 - 365 = 2022-01-02
        "registered_long_before_start",
        {"trajectories": "start_date | registered_on\n2023-01-02 | 2022-01-02\n2023-01-02 | 2022-01-01\n"
                         "2023-01-02 | ."},
        "trajectories",
        {(3, "registered_on", "2022-01-01")},
    ),
    (  # anna is in f1 and f2; bram is in f1 by one table and in f3 by the other; cees has one; dirk's is not known once
        "family_split",
        {"trajectories": "client_key | family_key\nanna | f1\nanna | f2\nanna | f1\nbram | f1\ncees | f1\n"
                         "dirk | .\ndirk | f1\n. | f1\n. | f2",
         "clients": "client_key | family_key\nanna | .\nbram | f3\ncees | f1"},
        "trajectories",
        {(2, "family_key", "f1, f2"), (5, "family_key", "f1, f3")},
    ),
    (
        "family_split",
        {"trajectories": "client_key | family_key\nbram | f1", "clients": "client_key | family_key\nbram | f3"},
        "clients",
        {(2, "family_key", "f1, f3")},
    ),
    (  # 2024-10-03 + 90 = 2025-01-01
        "dormant",
        {"trajectories": "end_date | last_activity_date\n"
                         ". | 2024-10-03\n. | 2024-10-02\n2024-12-01 | 2024-02-01\n. | ."},
        "trajectories",
        {(3, "last_activity_date", "2024-10-02")},
    ),
    (
        "client_spelt_two_ways",
        {"trajectories": "trajectory_id | client_key\n1 | c-12\n2 | C.1 2\n3 | C.1 2\n4 | c13\n5 | c13\n6 | 007",
         "clients": "client_key\nC12\nc13\n7\n70"},
        "trajectories",
        {(2, "client_key", "c-12"), (3, "client_key", "C.1 2"), (7, "client_key", "007")},
    ),
    (
        "client_spelt_two_ways",
        {"trajectories": "trajectory_id | client_key\n6 | 007", "clients": "client_key\nC12\nc13\n7\n70"},
        "clients",
        {(4, "client_key", "7")},
    ),
    (  # 1 of 5 is 20%, which may be; 2 of 5 is not; a running trajectory has no reason to give
        "end_reason_missing_by_team",
        {"trajectories": "team | end_date | end_reason\n"
                         + "T1 | 2024-02-01 | 31\n" * 4 + "T1 | 2024-02-01 | .\nT1 | . | .\n"
                         + "T2 | 2024-02-01 | 31\n" * 3 + "T2 | 2024-02-01 | .\n" * 2},
        "trajectories",
        {(None, "end_reason", "T2: 2 / 5")},
    ),
    (  # 10 to 13 and 13 to 9.1 are 30% exactly; 9.1 to 6 is not; another function starts afresh
        "fte_jump",
        {"staff": "month | function | fte_filled\n2024-03-01 | x | 9.1\n2024-01-01 | x | 10\n2024-02-01 | x | 13\n"
                  "2024-04-01 | x | 6\n2024-04-01 | y | 1"},
        "staff",
        {(5, "fte_filled", "6.0")},
    ),
    (
        "consent_expired",
        {"stories": "story_id | consent_until\n1 | 2025-01-01\n2 | 2024-12-31\n3 | ."},
        "stories",
        {(3, "consent_until", "2024-12-31")},
    ),
    (  # a client without a sex that exists is set aside, and so is her referral, but not that of another
        "parent_quarantined",
        {"clients": "client_key | sex\nanna | X\nbram | M",
         "referrals": "referral_id | client_key\n1 | anna\n2 | bram"},
        "referrals",
        {(2, "client_key", "anna")},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "tables", "table", "expected"), CASES, ids=[f"{c[0]}-{c[2]}" for c in CASES])
def test_a_rule_finds_the_row_beyond_its_boundary_and_leaves_the_one_on_it(
    rule: str, tables: dict[str, str], table: str, expected: set[Line]
) -> None:
    delivery = deliver(tables)
    validate(delivery)
    assert lines_of(delivery, rule, table) == expected


@pytest.mark.parametrize(("others", "expected"), [(300, set()), (299, {(None, "start_date", "5 / 304")})])
def test_dates_at_new_year_are_a_heap_above_three_times_their_share(others: int, expected: set[Line]) -> None:
    # 3 * 2 / 365.25 = 0.016427; 5 / 304 = 0.016447 lies above and 5 / 305 = 0.016393 below; the empty date counts not.
    days = ["2024-01-01"] * 3 + ["2023-12-31"] * 2 + ["2024-05-06"] * others + ["."]
    delivery = deliver({"trajectories": "start_date\n" + "\n".join(days)})
    validate(delivery)
    assert lines_of(delivery, "heaping_new_year", "trajectories") == expected


def test_four_dates_at_new_year_are_no_heap_however_few_others_there_are() -> None:
    delivery = deliver({"trajectories": "start_date | end_date\n" + "2024-01-01 | 2024-01-01\n" * 4 + ". | 2024-12-31"})
    validate(delivery)
    assert lines_of(delivery, "heaping_new_year", "trajectories") == {(None, "end_date", "5 / 5")}


COSTS = """
booking_month | service_month | amount_eur
2022-12-01    | 2022-12-01    | 9000000
2023-01-01    | 2022-12-01    | 10000000
2023-12-01    | 2023-12-01    | 1500000.10
2024-01-01    | 2024-01-01    | 12000000
2024-02-01    | 2024-01-01    | -400000
"""


def test_the_ledger_is_held_against_the_annual_accounts_of_the_years_given() -> None:
    # 2023: 10.0 + 1.5000001, 0.0000001 above 11.5; 2024: 12.0 - 0.4 = 11.6, 0.1 below 11.7; 2022 is not given and
    # nothing was booked in 2021.
    delivery = deliver({"costs": COSTS})
    validate(delivery, annual_accounts={2021: (1, 2), 2023: (11.4, 11.5), 2024: (11.7, 12)})
    assert lines_of(delivery, "ledger_not_annual_account", "costs") == {
        (None, "amount_eur", "2023: 11.500 (+0.000)"),
        (None, "amount_eur", "2024: 11.600 (-0.100)"),
    }


def test_a_ledger_on_the_published_bound_agrees_with_it() -> None:
    delivery = deliver({"costs": COSTS})
    validate(delivery, annual_accounts={2022: (9, 9), 2024: (11.6, 12)})
    assert lines_of(delivery, "ledger_not_annual_account", "costs") == set()


def test_an_absurd_amount_in_the_ledger_is_told_and_not_raised() -> None:
    delivery = deliver(
        {"costs": "booking_month | amount_eur\n2023-01-01 | 1e30\n2023-02-01 | 1e308\n2023-02-01 | 1e308"}
    )
    validate(delivery, annual_accounts={2023: (11.4, 11.5)})
    assert len(lines_of(delivery, "ledger_not_annual_account", "costs")) == 1


def test_every_rule_but_those_of_the_reader_is_tried_here() -> None:
    tried = {case[0] for case in CASES if case[3]} | {"heaping_new_year", "ledger_not_annual_account"}
    assert tried | set(READ_RULES) == set(RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_says_what_is_wrong_and_what_to_do_in_two_languages(rule: object) -> None:
    _, severity, *texts = astuple(rule)  # type: ignore[call-overload]
    assert severity in {"error", "warning"}
    assert len(set(texts)) == 4  # no language and no remedy stands in for another
    for text in texts:
        assert text[0].isupper()
        assert text.endswith(".")
        assert len(text.split()) >= 5
