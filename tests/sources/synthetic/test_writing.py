"""Writing: the same seed gives the same bytes, nothing is half written, and large registries keep the contract."""

import hashlib
import json
from dataclasses import replace
from datetime import date

import pandas as pd
import pyarrow.parquet as pq
import pytest

from evaluation.sources import SourceError
from evaluation.sources.published import published_figures
from evaluation.sources.synthetic import (
    DEFAULT_TRUTH,
    Targets,
    simulate,
    stream_registry,
    synthesise,
    write_registry,
)
from evaluation.sources.synthetic import storage as storage_module

FILES = ["trajectories", "clients", "hours", "pilot_families"]


@pytest.fixture(scope="module")
def targets():
    return Targets.from_figures(published_figures())


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_same_seed_same_bytes_and_other_seed_other_data(targets, tmp_path):
    for name, seed in (("a", 11), ("b", 11), ("c", 12)):
        write_registry(synthesise(targets, seed), tmp_path / name)
    a, b, c = (digests(tmp_path / name) for name in "abc")
    assert a == b
    further = synthesise(targets, 1).records
    assert set(a) == {"synthetic.json", *(f"{name}.parquet" for name in (*FILES, *further))}
    assert all(a[name] != c[name] for name in a)


def test_every_file_says_that_it_is_synthetic(targets, tmp_path):
    folder = write_registry(synthesise(targets, 1), tmp_path / "registry")
    for name in FILES:
        assert pq.read_schema(folder / f"{name}.parquet").metadata[b"evidence"] == b"synthetic"
    description = json.loads((folder / "synthetic.json").read_text(encoding="utf-8"))
    assert description["evidence"] == "synthetic"
    assert description["seed"] == 1
    assert description["observed_until"] == "2025-01-01"
    assert description["truth"]["shape"] == DEFAULT_TRUTH.shape
    reached = {row["figure_id"]: row["conditioned"] for row in description["tensions"]}
    assert reached["ended_20240325"] == 483


@pytest.mark.parametrize("hours", [True, False])
def test_the_description_holds_the_hash_of_every_table(targets, tmp_path, hours):
    registry = synthesise(targets, 1)
    written = write_registry(registry, tmp_path / "small")
    streamed = stream_registry(tmp_path / "large", 500, DEFAULT_TRUTH, 1, chunk=200, hours=hours)
    for folder, tables in ((written, 4 + len(registry.records)), (streamed, 3 if hours else 2)):
        found = digests(folder)
        del found["synthetic.json"]
        assert len(found) == tables
        assert json.loads((folder / "synthetic.json").read_text(encoding="utf-8"))["sha256"] == found


def test_a_changed_table_no_longer_has_the_hash_of_the_description(targets, tmp_path):
    folder = write_registry(synthesise(targets, 1), tmp_path / "registry")
    path = folder / "clients.parquet"
    pq.write_table(pq.read_table(path).slice(1), path)
    described = json.loads((folder / "synthetic.json").read_text(encoding="utf-8"))["sha256"]
    found = digests(folder)
    assert [name for name in described if described[name] != found[name]] == ["clients.parquet"]


def test_a_synthetic_registry_is_replaced_and_anything_else_is_not(targets, tmp_path):
    folder = write_registry(synthesise(targets, 1), tmp_path / "registry")
    before = digests(folder)
    write_registry(synthesise(targets, 2), folder)
    assert digests(folder) != before
    other = tmp_path / "mine"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(SourceError, match="something else"):
        write_registry(synthesise(targets, 1), other)
    assert (other / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_a_failure_leaves_the_old_registry_and_no_traces(targets, tmp_path, monkeypatch):
    folder = write_registry(synthesise(targets, 1), tmp_path / "registry")
    before = digests(folder)

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(storage_module, "_describe", fail)
    with pytest.raises(OSError, match="disk full"):
        write_registry(synthesise(targets, 2), folder)
    assert digests(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["registry"]


def test_streamed_schema_equals_the_calibrated_one(targets, tmp_path):
    small = write_registry(synthesise(targets, 1), tmp_path / "small")
    large = stream_registry(tmp_path / "large", 2_000, DEFAULT_TRUTH, 1, chunk=700)
    for name in ("trajectories", "clients", "hours"):
        streamed, written = pq.read_schema(large / f"{name}.parquet"), pq.read_schema(small / f"{name}.parquet")
        assert streamed.equals(written, check_metadata=True)


@pytest.mark.parametrize("chunk", [333, 1_000, 5_000])
def test_any_chunk_size_gives_a_valid_registry(tmp_path, chunk):
    folder = stream_registry(tmp_path / "large", 5_000, DEFAULT_TRUTH, 4, chunk=chunk)
    trajectories, clients, hours = (
        pd.read_parquet(folder / f"{name}.parquet") for name in ("trajectories", "clients", "hours")
    )
    assert len(trajectories) == trajectories["trajectory_id"].nunique() == 5_000
    assert clients["client_key"].is_unique
    assert set(clients["client_key"]) == set(trajectories["client_key"])
    assert len(trajectories) / len(clients) == pytest.approx(DEFAULT_TRUTH.trajectories_per_client, rel=0.02)
    assert set(hours["trajectory_id"]) <= set(trajectories["trajectory_id"])
    assert not trajectories.duplicated(["client_key", "product_code"]).any()
    assert pd.to_datetime(trajectories["end_registered_on"]).max() == pd.Timestamp("2025-01-01")


def test_streaming_without_hours_and_without_rows(tmp_path):
    folder = stream_registry(tmp_path / "none", 0, DEFAULT_TRUTH, 1, hours=False)
    assert sorted(path.name for path in folder.iterdir()) == [
        "clients.parquet",
        "synthetic.json",
        "trajectories.parquet",
    ]
    assert pq.read_metadata(folder / "trajectories.parquet").num_rows == 0


def test_streaming_refuses_nonsense(tmp_path):
    with pytest.raises(ValueError, match="chunk"):
        stream_registry(tmp_path / "x", 5, DEFAULT_TRUTH, 1, chunk=0)
    assert not (tmp_path / "x").exists()


def test_simulation_repeats_itself():
    one, same, other = (simulate(DEFAULT_TRUTH, 500, seed, date(2025, 1, 1)) for seed in (8, 8, 9))
    assert one.trajectories.equals(same.trajectories)
    assert one.hours.equals(same.hours)
    assert not one.trajectories.equals(other.trajectories)


@pytest.mark.slow
def test_a_million_trajectories(tmp_path):
    folder = stream_registry(tmp_path / "million", 1_000_000, DEFAULT_TRUTH, 1, chunk=250_000)
    assert pq.read_metadata(folder / "trajectories.parquet").num_rows == 1_000_000
    assert pq.read_metadata(folder / "trajectories.parquet").num_row_groups == 4


def test_targets_come_from_the_figures_and_have_to_agree(targets):
    assert targets.first_date == date(2024, 3, 25)
    assert targets.last_date == date(2025, 1, 1)
    figures = published_figures()
    figures.loc[figures["id"] == "ended_20240325", ["value", "value_low", "value_high"]] = 500
    with pytest.raises(ValueError, match=r"trajectories_20240325 is not ended_20240325 \+ active_20240325"):
        Targets.from_figures(figures)


def test_other_figures_give_another_registry():
    figures = published_figures().set_index("id")
    for name, value in {"ended_20240325": 500, "active_20240325": 773}.items():
        figures.loc[name, ["value", "value_low", "value_high"]] = value
    registry = synthesise(Targets.from_figures(figures.reset_index()), 1)
    frame = registry.trajectories.to_pandas()
    known = pd.to_datetime(frame["end_registered_on"]) <= "2024-03-25"
    assert known.sum() == 500


def test_figures_that_contradict_the_process_are_refused(targets):
    impossible = replace(targets.figures["mean_ended_months_20240325"], value=14.0, low=13.95, high=14.05)
    with pytest.raises(ValueError, match=r"mean_ended_months_20240325 = 14\.0 cannot be reached"):
        synthesise(replace(targets, figures={**targets.figures, "mean_ended_months_20240325": impossible}), 1)
