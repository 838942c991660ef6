"""Accounting, quarantine and cascade: every row ends up in one place, and it is told why."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.sources.delivery.contract import PROBLEMS_TABLE, ROW, DeliveredFile, Delivery
from evaluation.sources.delivery.rules import RULES
from evaluation.sources.delivery.validation import validate
from evaluation.sources.published import published_figures
from evaluation.sources.synthetic import Targets, synthesise
from tests.sources.delivery.test_rules import deliver

FAMILY = {
    "clients": "client_key | sex | birth_year\nanna | V | 2010\nbram | M | 2011\ncas | X | 2012",
    "trajectories": """
trajectory_id | client_key | product_code | start_date | end_date   | last_activity_date
t1            | anna       | p            | 2024-02-01 | .          | 2024-02-03
t2            | bram       | p            | 2024-02-01 | 2024-01-31 | .
t3            | bram       | q            | 2024-02-01 | .          | 2024-12-30
""",
    "hours": """
trajectory_id | month      | direct_hours
t1            | 2024-02-01 | 4
t2            | 2024-02-01 | 4
t3            | 2024-02-01 | 4
t9            | 2024-02-01 | 4
""",
    "complaints": "complaint_id | received_on | client_key\nk1 | 2024-03-01 | cas\nk2 | 2024-03-01 | bram",
}


def note(delivery: Delivery, table: str, row: int | None, rule: str, value: str = "") -> None:
    delivery.connection.execute("insert into problems values (?, ?, ?, 'note', ?)", [table, row, rule, value])


def test_a_family_is_divided_row_by_row() -> None:
    validation = validate(deliver(FAMILY))
    expected = pd.DataFrame(
        {
            "table": ["clients", "trajectories", "hours", "complaints"],
            "delivered": [3, 3, 4, 2],
            "accepted": [2, 2, 2, 1],
            "quarantined": [1, 1, 2, 1],
        }
    )
    pd.testing.assert_frame_equal(validation.accounting, expected)
    assert validation.accepted("hours").project("trajectory_id").order("all").fetchall() == [("t1",), ("t3",)]
    reasons = validation.quarantine().project('"table", row, rule').fetchall()
    assert reasons == [
        ("clients", 4, "unknown_code"),
        ("complaints", 2, "parent_quarantined"),
        ("hours", 3, "hours_after_end"),
        ("hours", 3, "parent_quarantined"),
        ("hours", 5, "orphan_key"),
        ("trajectories", 3, "end_before_start"),
    ]


def test_accepted_trajectories_are_typed_and_say_whether_they_are_dormant() -> None:
    accepted = validate(deliver(FAMILY)).accepted("trajectories")
    assert dict(zip(accepted.columns, map(str, accepted.types), strict=True)) == {
        "trajectory_id": "VARCHAR",
        "client_key": "VARCHAR",
        "product_code": "VARCHAR",
        "start_date": "DATE",
        "end_date": "DATE",
        "last_activity_date": "DATE",
        "dormant": "BOOLEAN",
    }
    assert accepted.project("trajectory_id, dormant").order("all").fetchall() == [("t1", True), ("t3", False)]


def test_the_row_number_leads_back_to_the_row_that_was_set_aside() -> None:
    quarantined = validate(deliver(FAMILY)).quarantined("trajectories")
    assert quarantined.project(f"{ROW}, trajectory_id").fetchall() == [(3, "t2")]


def test_findings_count_rows_per_rule_and_table_and_point_at_the_first() -> None:
    findings = validate(deliver({"clients": "client_key | sex\na | V\na | X\nb | Y\nc | M"})).findings
    assert findings.to_dict("records") == [
        {
            "table": "clients",
            "rule": "duplicate_id",
            "severity": "error",
            "rows": 2,
            "example_row": 2,
            "column_name": "client_key",
        },
        {
            "table": "clients",
            "rule": "unknown_code",
            "severity": "error",
            "rows": 2,
            "example_row": 3,
            "column_name": "sex",
        },
    ]


def test_findings_tell_columns_of_one_rule_apart() -> None:
    findings = validate(deliver({"trajectories": "referrer_code | end_reason\n1 | 99\n2 | ."})).findings
    found = findings.query("rule == 'unknown_code'")[["column_name", "rows", "example_row"]]
    assert found.to_numpy().tolist() == [["end_reason", 1, 2], ["referrer_code", 2, 2]]


def test_a_warning_keeps_its_row_and_is_no_error() -> None:
    validation = validate(deliver({"stories": "story_id | consent_until\n1 | 2024-12-31"}))
    assert list(validation.findings["rule"]) == ["consent_expired"]
    assert list(validation.findings["severity"]) == ["warning"]
    assert validation.quarantine().fetchall() == []
    assert validation.accepted("stories").fetchall() == [("1", date(2024, 12, 31))]


def test_a_problem_of_a_whole_table_counts_once_and_has_no_example() -> None:
    delivery = deliver({"stories": "story_id\n1\n2"})
    note(delivery, "stories", None, "unreadable_value")
    validation = validate(delivery)
    assert list(validation.findings["severity"]) == ["error"]
    assert validation.findings[["rows", "example_row"]].to_numpy().tolist() == [[1, pd.NA]]
    assert list(validation.accounting["quarantined"]) == [0]


def test_a_cell_that_could_not_be_read_is_not_also_called_missing() -> None:
    delivery = deliver({"staff": "month | function | fte_filled\n2024-01-01 | x | .\n2024-01-01 | y | ."})
    delivery.connection.execute("insert into problems values ('staff', 2, 'unreadable_value', 'fte_filled', 'veel')")
    validation = validate(delivery)
    assert validation.quarantine().project("row, rule").fetchall() == [
        (2, "unreadable_value"),
        (3, "required_value_missing"),
    ]


def test_a_row_that_the_reader_lost_is_missed() -> None:
    delivery = deliver({"stories": "story_id\n1\n2"})
    (file,) = delivery.files
    short = dataclasses.replace(delivery, files=(dataclasses.replace(file, rows=3),))
    with pytest.raises(ArithmeticError, match="stories: 3 rows in the file, but 2 accepted and 0 quarantined"):
        validate(short)


def test_a_rule_without_words_is_refused() -> None:
    delivery = deliver({"stories": "story_id\n1"})
    note(delivery, "stories", 2, "unheard_of")
    with pytest.raises(ValueError, match="'unheard_of' is not described"):
        validate(delivery)


def test_a_second_validation_finds_the_same() -> None:
    delivery = deliver(FAMILY)
    note(delivery, "clients", 3, "unreadable_value", "x")
    first, second = validate(delivery), validate(delivery)
    pd.testing.assert_frame_equal(first.findings, second.findings)
    pd.testing.assert_frame_equal(first.accounting, second.accounting)
    assert "unreadable_value" in set(second.findings["rule"])


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1234567", "1234567"),
        ("12345678", "*********"),
        ("bsn 123456789, tel", "bsn *********, tel"),
        ("1234567890123", "*********"),
        ("123456789 en 987654321", "********* en *********"),
    ],
)
def test_a_run_of_digits_as_long_as_a_bsn_is_never_shown(value: str, shown: str) -> None:
    delivery = deliver({"stories": "story_id\n1"})
    note(delivery, "stories", 2, "unreadable_value", value)
    assert validate(delivery).quarantine().project("value").fetchall() == [(shown,)]


def test_a_key_that_looks_like_a_bsn_does_not_reach_the_problems() -> None:
    delivery = deliver({"clients": "client_key\n123456782\n123456782"})
    validate(delivery)
    assert delivery.connection.execute("select value from problems").fetchall() == [("*********",)] * 2


def test_the_quarantine_tells_in_the_language_asked_what_to_do() -> None:
    validation, rule = validate(deliver({"clients": "client_key | sex\na | X"})), RULES["unknown_code"]
    quarantine = validation.quarantine()
    assert quarantine.columns == ["table", "row", "rule", "column", "value", "message", "remedy"]
    assert quarantine.fetchall() == [("clients", 2, "unknown_code", "sex", "X", rule.message_nl, rule.remedy_nl)]
    in_english = validation.quarantine("en").project("message, remedy").fetchall()
    assert in_english == [(rule.message_en, rule.remedy_en)]
    with pytest.raises(ValueError, match="language 'fy'"):
        validation.quarantine("fy")


PROBLEMS = st.lists(
    st.tuples(
        st.sampled_from(["clients", "referrals", "stories"]),
        st.one_of(st.none(), st.integers(2, 7)),
        st.sampled_from(["unreadable_value", "incomplete_date"]),
    ),
    max_size=30,
)


@settings(max_examples=40)
@given(problems=PROBLEMS, parents=st.lists(st.integers(0, 7), min_size=6, max_size=6))
def test_no_row_is_lost_and_no_accepted_row_refers_to_one_set_aside(
    problems: list[tuple[str, int | None, str]], parents: list[int]
) -> None:
    delivery = deliver(
        {
            "clients": "client_key\n" + "\n".join(f"c{i}" for i in range(6)),
            "referrals": "referral_id | client_key\n" + "\n".join(f"r{i} | c{p}" for i, p in enumerate(parents)),
            "stories": "story_id\n" + "\n".join(f"s{i}" for i in range(6)),
        }
    )
    for table, row, rule in problems:
        note(delivery, table, row, rule)
    validation = validate(delivery)
    hit = {(table, row) for table, row, _ in problems if row is not None}
    clients = {f"c{i}" for i in range(6) if ("clients", i + 2) not in hit}
    kept = {f"r{i}" for i, p in enumerate(parents) if f"c{p}" in clients and ("referrals", i + 2) not in hit}
    stories = {f"s{i}" for i in range(6) if ("stories", i + 2) not in hit}
    for table, expected in (("clients", clients), ("referrals", kept), ("stories", stories)):
        accepted, aside = validation.accepted(table).fetchall(), validation.quarantined(table).fetchall()
        assert {row[0] for row in accepted} == expected
        assert sorted([row[0] for row in accepted] + [row[1] for row in aside]) == [f"{table[0]}{i}" for i in range(6)]
    accounting = validation.accounting.set_index("table")
    assert (accounting["delivered"] == accounting["accepted"] + accounting["quarantined"]).all()
    assert accounting["accepted"].to_dict() == {
        "clients": len(clients),
        "referrals": len(kept),
        "stories": len(stories),
    }


@pytest.fixture(scope="module")
def synthetic() -> Iterator[Delivery]:
    """The calibrated registry as a delivery, with the last day it saw as the day of delivery."""
    registry = synthesise(Targets.from_figures(published_figures()), seed=1)
    connection = duckdb.connect()
    connection.execute(PROBLEMS_TABLE)
    files = []
    tables: dict[str, pa.Table] = {
        name: getattr(registry, name) for name in ("trajectories", "clients", "hours", "pilot_families")
    }
    for name, table in tables.items():
        connection.register("arrow", table)
        connection.execute(f"create table {name} as select *, row_number() over () + 1 as {ROW} from arrow")
        connection.unregister("arrow")
        files.append(DeliveredFile(name, Path(name), "parquet", "", "", "", {}, {}, table.num_rows, ""))
    yield Delivery(Path(), registry.observed_until, tuple(files), connection)
    connection.close()


def test_the_synthetic_registry_breaks_no_rule_of_severity_error(synthetic: Delivery) -> None:
    validation = validate(synthetic)
    errors = validation.findings.query("severity == 'error'")
    assert errors.empty, errors.to_string()
    assert "dormant" in set(validation.findings["rule"])  # the rules did look
    assert validation.accounting["delivered"].min() > 0


def test_one_spoilt_row_of_the_synthetic_registry_takes_its_hours_along(synthetic: Delivery) -> None:
    connection = synthetic.connection
    connection.execute("begin")
    connection.execute(f"update trajectories set referrer_code = '1' where {ROW} = 2")
    ((hours,),) = connection.execute(
        f"select count(*) from hours where trajectory_id = (select trajectory_id from trajectories where {ROW} = 2)"
    ).fetchall()
    accounting = validate(synthetic).accounting.set_index("table")
    connection.execute("rollback")
    assert hours > 0
    assert accounting["quarantined"].to_dict() == {"trajectories": 1, "clients": 0, "hours": hours, "pilot_families": 0}
