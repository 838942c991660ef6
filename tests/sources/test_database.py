"""Personal data never spills where the command was started."""

import gc
import os
import stat
from datetime import date
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from evaluation.sources import registry
from evaluation.sources.database import exactly, literal, open_private, quoted
from evaluation.sources.delivery import snapshots

MORE_THAN_FITS = (
    "create or replace table spilling as select range as a, hash(range)::varchar as b from range(2_000_000)"
)


def spilled(connection: DuckDBPyConnection) -> Path:
    """Make a connection write more than fits in memory, and return the folder that took it."""
    ((folder,),) = connection.execute("select current_setting('temp_directory')").fetchall()
    connection.execute("set memory_limit = '60MB'")
    connection.execute(MORE_THAN_FITS)
    assert any(Path(folder).iterdir())
    return Path(folder)


def test_what_does_not_fit_goes_to_a_private_folder_that_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    connection = open_private()
    folder = spilled(connection)
    assert folder.name.startswith(f"evaluation-{os.getpid()}-")  # by which a later run clears it away after a kill
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not list(tmp_path.iterdir())
    connection.close()
    del connection
    gc.collect()
    assert not folder.exists()


def test_a_private_folder_of_the_caller_is_used_and_left_to_the_caller(tmp_path: Path):
    with open_private(tmp_path / "work.duckdb", tmp_path) as connection:
        connection.execute("create table t as select 1 as a")
        assert spilled(connection) == tmp_path
    assert (tmp_path / "work.duckdb").is_file()
    assert tmp_path.is_dir()


def test_memory_and_threads_are_bounded():
    limits = "select current_setting('memory_limit'), current_setting('threads')"
    ((memory, threads),) = open_private().execute(limits).fetchall()
    assert memory == "2.7 GiB"  # 3 GB
    assert 1 <= threads <= 4


def test_registries_and_stored_snapshots_spill_privately(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    homes: list[Path] = []

    def noted(*arguments: Path) -> DuckDBPyConnection:
        connection = open_private(*arguments)
        ((home,),) = connection.execute("select current_setting('temp_directory')").fetchall()
        homes.append(Path(home))
        return connection

    monkeypatch.setattr(registry, "open_private", noted)
    monkeypatch.setattr(snapshots, "open_private", noted)
    row = "select 'T1' as trajectory_id, 'C1' as client_key, date '2024-01-01' as start_date, null::date as end_date"
    for day in (date(2024, 2, 1), date(2024, 3, 1)):
        snapshots.store_snapshot({"trajectories": open_private().sql(row)}, tmp_path, day, {})
    snapshots.diff_snapshots(tmp_path / "2024-02-01", tmp_path / "2024-03-01")
    assert len(homes) == 3  # two snapshots and their comparison
    columns = registry.COLUMNS["trajectories"].items()
    others = ", ".join(f"null::{kind} as {name}" for name, kind in columns if name not in row)
    (tmp_path / "drawn").mkdir()
    open_private().sql(f"select *, {others} from ({row})").write_parquet(str(tmp_path / "drawn/trajectories.parquet"))
    registry.open_registry(tmp_path / "drawn", "drawn")
    assert len(homes) == 4
    assert all(home.name.startswith("evaluation-") for home in homes)


def test_names_and_texts_stand_in_sql_as_they_are(tmp_path: Path):
    name, text = 'a "b" c', "it's"
    ((value,),) = (
        open_private().sql(f"select {quoted(name)} from (select {literal(text)} as {quoted(name)})").fetchall()
    )
    assert value == text
    (tmp_path / "a[1]*.csv").write_text("x\n1\n", encoding="utf-8")
    (tmp_path / "a1b.csv").write_text("x\n2\n", encoding="utf-8")
    assert open_private().read_csv(exactly(tmp_path / "a[1]*.csv"), header=True).fetchall() == [(1,)]
