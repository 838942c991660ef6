"""A snapshot is stored once, cannot be changed unseen, and tells what a later one says differently."""

import hashlib
import stat
from datetime import date

import duckdb
import pandas as pd
import pytest

from evaluation.sources import SourceError
from evaluation.sources.delivery.snapshots import diff_snapshots, read_snapshot, store_snapshot

OLD, NEW = date(2024, 4, 1), date(2024, 7, 1)


def drawn(text: str):
    """Read a table drawn in a test; a dash is an empty cell."""
    header, *lines = [line.split() for line in text.strip().splitlines()]
    rows = [[None if cell == "-" else cell for cell in line] for line in lines]
    frame = pd.DataFrame(rows, columns=header)  # noqa: F841  (DuckDB reads it by its name)
    casts = ", ".join(
        f"{column}::date as {column}"
        if column in {"start_date", "end_date", "month"}
        else f"{column}::varchar as {column}"
        for column in header
    )
    connection = duckdb.connect()
    connection.execute(f"create table drawn as select {casts} from frame")
    return connection.table("drawn")


TRAJECTORIES = """
trajectory_id team  start_date end_date
T1            noord 2024-01-10 -
T2            zuid  2024-02-01 2024-03-01
T3            oost  2024-03-20 -
"""
SHUFFLED = """
trajectory_id team  start_date end_date
T3            oost  2024-03-20 -
T1            noord 2024-01-10 -
T2            zuid  2024-02-01 2024-03-01
"""


def test_storing_twice_in_any_row_order_is_storing_once(tmp_path):
    folder = store_snapshot({"trajectories": drawn(TRAJECTORIES)}, tmp_path, OLD, {"rules": 3})
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()}
    assert store_snapshot({"trajectories": drawn(SHUFFLED)}, tmp_path, OLD, {"rules": 3}) == folder
    assert {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["2024-04-01"]


def test_rows_come_back_sorted_with_their_types_and_extra(tmp_path):
    store_snapshot({"trajectories": drawn(SHUFFLED)}, tmp_path, OLD, {"files": ["a.csv"]})
    snapshot = read_snapshot(tmp_path, OLD)
    assert snapshot.table("trajectories").project("trajectory_id, end_date").fetchall() == [
        ("T1", None),
        ("T2", date(2024, 3, 1)),
        ("T3", None),
    ]
    assert (snapshot.rows, snapshot.extra, snapshot.delivered_on) == ({"trajectories": 3}, {"files": ["a.csv"]}, OLD)


def test_rows_with_the_same_first_column_have_one_order(tmp_path):
    rows = "select (range % 7)::varchar as id, hash(range) as value from range(300000)"
    shas = []
    for number, order in enumerate(("asc", "desc")):
        relation = duckdb.connect().sql(f"{rows} order by range {order}")
        store_snapshot({"hours": relation}, tmp_path / str(number), OLD, {})
        shas.append(read_snapshot(tmp_path / str(number), OLD).sha256["hours"])
    assert shas[0] == shas[1]


@pytest.mark.parametrize("change", ["value", "table", "extra", "row"])
def test_other_content_for_the_same_day_is_refused_and_changes_nothing(tmp_path, change):
    folder = store_snapshot({"trajectories": drawn(TRAJECTORIES)}, tmp_path, OLD, {})
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    text = {"value": TRAJECTORIES.replace("zuid ", "west "), "row": TRAJECTORIES.rsplit("T3", 1)[0]}.get(
        change, TRAJECTORIES
    )
    tables = {"trajectories": drawn(text)} | ({"hours": drawn("id\n1")} if change == "table" else {})
    with pytest.raises(SourceError, match=r"2024-04-01: .* differs from the snapshot stored"):
        store_snapshot(tables, tmp_path, OLD, {"x": 1} if change == "extra" else {})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert len(list(tmp_path.iterdir())) == 1


def test_same_rows_in_other_bytes_are_the_same_content(tmp_path):
    folder = store_snapshot({"trajectories": drawn(TRAJECTORIES)}, tmp_path, OLD, {})
    path = folder / "trajectories.parquet"
    duckdb.read_parquet(str(path)).write_parquet(str(tmp_path / "other"), compression="gzip")
    sha = read_snapshot(tmp_path, OLD).sha256["trajectories"]
    path.write_bytes((tmp_path / "other").read_bytes())
    (tmp_path / "other").unlink()
    described = (folder / "delivery.json").read_text()
    (folder / "delivery.json").write_text(described.replace(sha, hashlib.sha256(path.read_bytes()).hexdigest()))
    assert read_snapshot(tmp_path, OLD).sha256["trajectories"] != sha
    assert store_snapshot({"trajectories": drawn(TRAJECTORIES)}, tmp_path, OLD, {}) == folder


def test_only_the_owner_may_read(tmp_path):
    folder = store_snapshot({"trajectories": drawn(TRAJECTORIES)}, tmp_path / "private", OLD, {})
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder.parent, folder, *folder.iterdir())}
    assert modes == {"private": 0o700, "2024-04-01": 0o700, "delivery.json": 0o600, "trajectories.parquet": 0o600}


def test_failure_leaves_nothing_behind(tmp_path):
    with pytest.raises(SourceError, match="no name of a table"):
        store_snapshot({"clients": drawn("id\n1"), "../x": drawn("id\n1")}, tmp_path, OLD, {})
    with pytest.raises(TypeError):
        store_snapshot({"clients": drawn("id\n1")}, tmp_path, OLD, {"day": object()})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("tamper", "message"),
    [
        (lambda f: (f / "trajectories.parquet").write_bytes(b"x"), "trajectories.parquet: was changed"),
        (lambda f: (f / "trajectories.parquet").unlink(), "trajectories.parquet: is missing"),
        (lambda f: (f / "hours.parquet").write_bytes(b"x"), "hours.parquet: was added"),
        (lambda f: (f / "delivery.json").write_text("{}"), "not a description of a snapshot"),
        (lambda f: (f / "delivery.json").unlink(), "no such snapshot"),
    ],
)
def test_changed_snapshot_is_not_read(tmp_path, tamper, message):
    folder = store_snapshot({"trajectories": drawn(TRAJECTORIES)}, tmp_path, OLD, {})
    read_snapshot(tmp_path, OLD)
    tamper(folder)
    with pytest.raises(SourceError, match=message):
        read_snapshot(tmp_path, OLD)


def differences(tmp_path, older, newer, keys=None):
    a = store_snapshot({name: drawn(text) for name, text in older.items()}, tmp_path, OLD, {})
    b = store_snapshot({name: drawn(text) for name, text in newer.items()}, tmp_path, NEW, {})
    return {
        name: [tuple(None if pd.isna(cell) else cell for cell in row) for row in frame.itertuples(index=False)]
        for name, frame in diff_snapshots(a, b, keys).items()
    }


def test_rows_added_removed_and_changed(tmp_path):
    newer = """
    trajectory_id team  start_date end_date
    T1            noord 2024-01-10 2024-06-01
    T2            west  2024-02-02 2024-03-01
    T4            oost  2024-02-15 -
    T5            oost  2024-05-01 -
    """
    lines = differences(tmp_path, {"trajectories": TRAJECTORIES}, {"trajectories": newer})["trajectories"]
    assert lines == [
        ("changed", "T1", "end_date", None, "2024-06-01", True),
        ("changed", "T2", "start_date", "2024-02-01", "2024-02-02", True),
        ("changed", "T2", "team", "zuid", "west", True),
        ("removed", "T3", None, None, None, True),
        ("added", "T4", None, None, None, True),
        ("added", "T5", None, None, None, False),  # started after the older snapshot: ordinary inflow
    ]


def test_start_on_the_day_itself_is_not_retroactive_and_the_earlier_account_decides(tmp_path):
    older = "trajectory_id start_date\nT1 2024-04-02"
    newer = "trajectory_id start_date\nT1 2024-03-31\nT2 2024-04-01\nT3 2024-03-31"
    lines = differences(tmp_path, {"trajectories": older}, {"trajectories": newer})["trajectories"]
    assert [(line[1], line[-1]) for line in lines] == [("T1", True), ("T2", False), ("T3", True)]


def test_hours_of_an_old_trajectory_are_retroactive_in_an_old_month_only(tmp_path):
    older = {"trajectories": TRAJECTORIES, "hours": "trajectory_id month worker_role hours\nT1 2024-03-01 - 5"}
    hours = """
    trajectory_id month      worker_role hours
    T1            2024-02-01 -           4
    T1            2024-03-01 -           6
    T1            2024-04-01 -           7
    T9            2024-03-01 -           8
    """
    keys = {"hours": ["trajectory_id", "month", "worker_role"]}
    lines = differences(tmp_path, older, {"trajectories": TRAJECTORIES, "hours": hours}, keys)
    assert lines["trajectories"] == []
    assert lines["hours"] == [
        ("added", "T1", "2024-02-01", None, None, None, None, True),
        ("changed", "T1", "2024-03-01", None, "hours", "5", "6", True),  # the empty role is one key
        ("added", "T1", "2024-04-01", None, None, None, None, False),
        ("added", "T9", "2024-03-01", None, None, None, None, False),  # of no known trajectory
    ]


def test_tables_and_columns_of_one_side_only(tmp_path):
    older = {"trajectories": TRAJECTORIES, "staff": "function fte\nhulp 2"}
    newer = {
        "trajectories": "\n".join(line.rsplit(maxsplit=1)[0] for line in TRAJECTORIES.strip().splitlines()),
        "clients": "client_key sex\nC1 V",
    }
    lines = differences(tmp_path, older, newer)
    assert lines["staff"] == [("removed", "hulp", None, None, None, False)]
    assert lines["clients"] == [("added", "C1", None, None, None, False)]
    assert lines["trajectories"] == [("column_removed", None, "end_date", None, None, False)]


def test_row_numbers_of_the_file_are_not_compared(tmp_path):
    lines = differences(
        tmp_path, {"clients": "_row client_key sex\n2 C1 V\n3 C2 M"}, {"clients": "_row client_key sex\n3 C1 V\n2 C2 V"}
    )
    assert lines["clients"] == [("changed", "C2", "sex", "M", "V", False)]


def test_same_value_in_another_type_is_no_change(tmp_path):
    for day, kind in ((OLD, "integer"), (NEW, "bigint")):
        relation = duckdb.connect().sql(f"select 'C1' as client_key, 2010::{kind} as birth_year")
        store_snapshot({"clients": relation}, tmp_path, day, {})
    assert len(diff_snapshots(tmp_path / str(OLD), tmp_path / str(NEW))["clients"]) == 0


def test_a_table_without_a_key_is_compared_by_whole_rows_as_often_as_they_occur(tmp_path):
    older = "booking_month amount_eur\n2024-01-01 10\n2024-01-01 10\n2024-01-01 20\n2024-02-01 -"
    newer = "booking_month amount_eur\n2024-02-01 -\n2024-01-01 10\n2024-01-01 25\n2024-01-01 25"
    lines = differences(tmp_path, {"costs": older}, {"costs": newer}, {"costs": ()})["costs"]
    assert [line[:3] for line in lines] == [
        ("removed", "2024-01-01", "10"),
        ("removed", "2024-01-01", "20"),
        ("added", "2024-01-01", "25"),
        ("added", "2024-01-01", "25"),
    ]


def test_key_that_is_none_and_wrong_order_are_refused(tmp_path):
    hours = {"hours": "trajectory_id month\nT1 2024-02-01\nT1 2024-03-01"}
    with pytest.raises(SourceError, match="hours: trajectory_id occurs more than once in the older snapshot"):
        differences(tmp_path, hours, hours)
    with pytest.raises(SourceError, match="hours: column 'x' of the key is missing"):
        diff_snapshots(tmp_path / str(OLD), tmp_path / str(NEW), {"hours": ["x"]})
    with pytest.raises(SourceError, match="name the older snapshot first"):
        diff_snapshots(tmp_path / str(NEW), tmp_path / str(OLD))
