"""Whatever the rows are, their counts are those of a pandas groupby."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evaluation.counting import Counts, Person, code_rows

TYPES = {
    "client_key": "varchar",
    "family_key": "varchar",
    "product_code": "varchar",
    "phase": "tinyint",
    "start_date": "date",
    "registered_on": "date",
    "end_date": "date",
    "end_registered_on": "date",
    "end_reason": "varchar",
}
FIRST, LAST = date(2023, 1, 1), date(2023, 1, 12)
FAR = [date(1850, 5, 1), date(1881, 1, 1), date(2059, 1, 1), date(2100, 1, 1), date(9999, 12, 31)]  # few fit in 16 bits
LONG_KEYS = ["7" * 300, str(2**63), str(2**63 + 1), "ключ", "a'b", ""]

days = st.dates(FIRST, LAST)
maybe = st.none() | days
keys = st.none() | st.sampled_from(["a", "b", "c", *LONG_KEYS])
rows = st.lists(
    st.tuples(
        keys,
        keys,
        st.none() | st.sampled_from(["P1", "P'2", ""]),
        st.none() | st.integers(-128, 127),
        days | st.sampled_from(FAR[:2]),
        maybe,
        maybe | st.sampled_from(FAR[2:]),
        maybe | st.just(FAR[-1]),
        st.none() | st.sampled_from(["done", "moved"]),
    ),
    max_size=10,
)
Rows = list[tuple[Any, ...]]
ONE: Rows = [("a", None, None, None, FIRST, None, None, None, None)]


def relation(drawn: Rows) -> duckdb.DuckDBPyRelation:
    """The rows in a database of their own."""
    connection = duckdb.connect()
    connection.execute(f"create table drawn ({', '.join(f'{name} {kind}' for name, kind in TYPES.items())})")
    if drawn:
        connection.executemany(f"insert into drawn values ({', '.join('?' * len(TYPES))})", drawn)
    return connection.table("drawn")


def known(drawn: Rows, day: date) -> pd.DataFrame:
    """The rows as they were known on a day, by plain Python."""
    frame = pd.DataFrame(drawn, columns=list(TYPES), dtype=object)
    records = []
    for row in frame.to_dict("records"):
        known_from = max(row["start_date"], row["registered_on"] or row["start_date"])
        if known_from > day:
            continue
        end = row["end_date"]
        if end is None or max(end, row["end_registered_on"] or end) > day:
            row |= {"end_date": None, "end_reason": None}
        records.append(row | {"known_from": known_from, "running": row["end_date"] is None})
    return pd.DataFrame(records, columns=[*TYPES, "known_from", "running"], dtype=object)


def grouped(frame: pd.DataFrame, columns: list[str]) -> dict[tuple[str, ...], int]:
    """Rows by their values, written as text, so that nothing and an empty code stay apart."""
    sizes = frame[columns].map(str).groupby(columns, dropna=False).size()
    return {key if isinstance(key, tuple) else (key,): int(n) for key, n in sizes.items()}


def listed(counted: duckdb.DuckDBPyRelation, columns: list[str]) -> dict[tuple[str, ...], int]:
    """Combinations as counted, each of which may occur only once."""
    found = [(tuple(map(str, row[:-1])), row[-1]) for row in counted.project(", ".join([*columns, "n"])).fetchall()]
    assert len(dict(found)) == len(found)
    return dict(found)


@pytest.mark.parametrize(
    "columns",
    [
        ["start_date"],
        ["start_date", "end_date"],
        ["end_date", "product_code", "end_reason"],
        ["known_from", "product_code", "phase"],
        ["start_date", "running"],
    ],
    ids=" ".join,
)
@settings(max_examples=30)
@given(drawn=rows, day=days | st.just(date(2300, 1, 1)))  # the last is past every day number
@example(drawn=[], day=FIRST)
@example(drawn=ONE, day=FIRST)
@example(drawn=ONE, day=date(2300, 1, 1))
def test_counts_are_those_of_a_groupby(columns: list[str], drawn: Rows, day: date) -> None:
    counts = Counts(code_rows(relation(drawn)), day)
    assert listed(counts.counted(*columns), columns) == grouped(known(drawn, day), columns)


@settings(max_examples=30)
@given(drawn=rows, day=days, since=days | st.just(date.min))
@example(drawn=[], day=FIRST, since=FIRST)
@example(drawn=ONE, day=FIRST, since=FIRST)
def test_ages_are_those_of_the_rows(drawn: Rows, day: date, since: date) -> None:
    columns = ["entry_days", "exit_days", "ended", "end_reason"]
    frame = known(drawn, day)
    frame = frame.loc[[end is None or end >= since for end in frame["end_date"]]]
    zero = timedelta(0)
    frame["entry_days"] = [max(since - start, zero).days for start in frame["start_date"]]
    frame["exit_days"] = [
        ((end or day) - start).days for start, end in zip(frame["start_date"], frame["end_date"], strict=True)
    ]
    frame["ended"] = [not running for running in frame["running"]]
    found = Counts(code_rows(relation(drawn)), day).spells(since, day, "end_reason")
    assert listed(found, columns) == grouped(frame, columns)


@settings(max_examples=30)
@given(drawn=rows, these=st.lists(days, min_size=1, max_size=3))
@example(drawn=[], these=[FIRST])
@example(drawn=ONE, these=[FIRST, LAST])
def test_one_count_of_ages_serves_all_days(drawn: Rows, these: list[date]) -> None:
    coded = code_rows(relation(drawn))
    for day in these:
        frame = known(drawn, day)
        frame["days"] = [
            ((end or day) - start).days for start, end in zip(frame["start_date"], frame["end_date"], strict=True)
        ]
        frame["ended"] = [not running for running in frame["running"]]
        assert listed(Counts(coded, day).ages(day), ["days", "ended"]) == grouped(frame, ["days", "ended"])


@pytest.mark.parametrize("person", ["client", "family"])
@settings(max_examples=30)
@given(drawn=rows, day=days)
@example(drawn=[], day=FIRST)
@example(drawn=ONE, day=FIRST)
def test_persons_are_those_with_one_those_with_several_and_those_missing(
    person: Person, drawn: Rows, day: date
) -> None:
    coded = code_rows(relation(drawn))
    counts, frame = Counts(coded, day), known(drawn, day)
    of_each = pd.DataFrame(drawn, columns=list(TYPES), dtype=object)[f"{person}_key"].value_counts()
    several = frame[frame[f"{person}_key"].map(of_each).fillna(0).gt(1)]
    single = frame[frame[f"{person}_key"].map(of_each).fillna(0).eq(1)]
    n = {
        among: sum(row[-1] for row in counts.counted(among=among.format(person)).fetchall())
        for among in ("{} = 0", "{} is null")
    }
    assert n == {"{} = 0": len(single), "{} is null": int(frame[f"{person}_key"].isna().sum())}
    found = counts.of_several(person)
    assert found.aggregate(f"count(distinct {person})").fetchall() == [(several[f"{person}_key"].nunique(),)]
    columns = ["start_date", "end_date", "product_code"]
    found = found.aggregate(f"{', '.join(columns)}, count(*) as n", ", ".join(columns))
    assert listed(found, columns) == grouped(several, columns)


@settings(max_examples=20)
@given(drawn=rows, day=days, data=st.data())
def test_the_order_of_rows_changes_no_count(drawn: Rows, day: date, data: st.DataObject) -> None:
    columns = ["start_date", "end_date", "product_code"]
    other = data.draw(st.permutations(drawn))
    first, second = (Counts(code_rows(relation(each)), day) for each in (drawn, other))
    assert listed(first.counted(*columns), columns) == listed(second.counted(*columns), columns)


def test_text_with_a_thousand_values_stays_text() -> None:
    drawn = [("c", None, f"P{number:04}", None, FIRST, None, None, None, None) for number in range(1001)]
    coded = code_rows(relation(drawn))
    assert str(coded.table.types[coded.table.columns.index("product_code")]) == "VARCHAR"
    assert listed(Counts(coded, LAST).counted("product_code"), ["product_code"])["P0007",] == 1
