"""What has changed since a chapter was made is named, and nothing else makes it run again."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from evaluation.pipeline import making, runner, trace
from evaluation.pipeline.batch.task import made_from, project_state
from evaluation.pipeline.editions import Edition
from evaluation.pipeline.inputs import load_registry, write_synthetic
from evaluation.pipeline.making import Files, Making, differences, environment, notebook_digest
from evaluation.pipeline.project import NOTEBOOKS

CODE = "src/evaluation/measures/shares.py"
DATA = "data/norms.csv"


@pytest.fixture
def made() -> Making:
    files = Files()
    return Making("abc", {"since": "2023-01-01"}, files.hashes([CODE]), files.hashes([DATA]), environment())


def reasons(made: Making) -> list[str]:
    return differences(made, "abc", {"since": "2023-01-01"}, Files())


def test_nothing_changed_is_no_reason(made: Making):
    assert reasons(made) == []
    assert reasons(Making.from_json(json.loads(json.dumps(made.as_json())))) == []


def test_every_kind_of_change_is_named(made: Making):
    assert reasons(replace(made, notebook="old")) == ["the notebook changed"]
    assert reasons(replace(made, parameters={"since": "2022-01-01"})) == [
        "parameter since was 2022-01-01 and is 2023-01-01"
    ]
    assert reasons(replace(made, code={CODE: "old"})) == [f"code changed: {CODE}"]
    hashed = replace(made, parameters={"since": "2023-01-01", "earlier editions": {"one": "a", "two": "b"}})
    now = {"since": "2023-01-01", "earlier editions": {"one": "c", "two": "b"}}
    assert differences(hashed, "abc", now, Files()) == ["earlier editions changed: one"]
    assert reasons(replace(made, data={DATA: "old"})) == [f"data changed: {DATA}"]
    assert reasons(replace(made, data={"data/gone.csv": "old"})) == ["data changed: data/gone.csv"]
    assert reasons(replace(made, environment=(*environment(), "pandas-0.1"))) == ["the environment changed: pandas-0.1"]


def test_a_registry_outside_the_project_counts_and_its_place_is_not_told(tmp_path: Path):
    folder = tmp_path / "somebody" / "registry"
    write_synthetic(folder, seed=7, trajectories=200, hours=False)
    load_registry(str(folder)).provenance()
    read = [name for name in trace.used()["opened"] if name.startswith(str(folder))]
    assert str(folder / "trajectories.parquet") in read
    made = Making("abc", {"since": "2023-01-01"}, {}, Files().hashes(read), environment())
    assert reasons(made) == []
    assert "registry/trajectories.parquet" in made.digests()["data"]
    assert "somebody" not in json.dumps(made.digests())
    shutil.rmtree(folder)
    write_synthetic(folder, seed=8, trajectories=300, hours=False)
    assert reasons(made)[0].startswith(f"data changed: {folder}/")


def test_a_batch_makes_an_edition_again_when_its_registry_changed(tmp_path: Path):
    folder = tmp_path / "registry"
    values = {"reference_date": "2024-03-25", "volumes": {"registry": str(folder)}}
    edition = Edition("one", values, ("volumes",))
    found = []
    for seed in (7, 8):
        write_synthetic(folder, seed=seed, trajectories=200, hours=False)
        found.append(made_from(edition, "nl", project_state()))
        shutil.rmtree(folder)
    assert len(set(found)) == 2


def test_what_changed_after_it_was_imported_or_read_is_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("src/code.py", "data/table.csv"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    monkeypatch.setattr(runner, "ROOT", tmp_path)
    written = (tmp_path / "src/code.py").stat().st_ctime
    held = runner._held_since
    monkeypatch.setattr(runner, "loaded_at", lambda: written + 1)
    assert held(written + 2, ["src/code.py", "data/table.csv", "data/gone.csv"])
    assert not held(written - 1, ["data/table.csv"])
    monkeypatch.setattr(runner, "loaded_at", lambda: written - 1)  # the old code was imported
    assert not held(written + 2, ["src/code.py"])
    assert held(written + 2, ["data/table.csv"])
    os.utime(tmp_path / "src/code.py", (0, 0))  # as a copy that keeps its moment
    assert not held(written + 2, ["src/code.py"])


def test_many_changes_are_counted(made: Making):
    old = {f"src/{number}.py": "old" for number in range(5)}
    assert reasons(replace(made, code=old)) == ["code changed: src/0.py, src/1.py, src/2.py and 2 more"]


def test_what_a_notebook_showed_does_not_count_and_what_it_does_counts(tmp_path: Path):
    notebook = nbformat.read(NOTEBOOKS / "10_pilot.ipynb", as_version=4)
    path = tmp_path / "notebook.ipynb"
    before = notebook_digest(NOTEBOOKS / "10_pilot.ipynb")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, path)
    assert notebook_digest(path) == before
    notebook.cells[-1].source += "\n"
    nbformat.write(notebook, path)
    assert notebook_digest(path) != before


def test_the_environment_names_python_and_every_package():
    assert any(name.startswith("pandas-") for name in making.environment())
    assert any(name.startswith("python-3") for name in making.environment())
