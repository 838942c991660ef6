"""What has changed since a chapter was made is named, and nothing else makes it run again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from evaluation.pipeline import making
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
    assert reasons(replace(made, data={DATA: "old"})) == [f"data changed: {DATA}"]
    assert reasons(replace(made, data={"data/gone.csv": "old"})) == ["data changed: data/gone.csv"]
    assert reasons(replace(made, environment=(*environment(), "pandas-0.1"))) == ["the environment changed: pandas-0.1"]


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
