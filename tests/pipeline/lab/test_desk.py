"""How JupyterLab is laid out, and what it may write to a chapter."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
import yaml

from evaluation.pipeline.editions import chapters
from evaluation.pipeline.lab.desk import command, lay_out
from evaluation.pipeline.lab.saving import keep_released
from evaluation.pipeline.project import NOTEBOOKS
from evaluation.presentation.language import Language


def test_the_launcher_names_each_chapter_and_opens_the_notebook_itself(tmp_path: Path) -> None:
    environment = lay_out(chapters(), Language("nl"), tmp_path)
    (file,) = Path(environment["JUPYTER_APP_LAUNCHER_PATH"]).glob("jp_app_launcher*.yaml")
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert [entry["source"][0]["args"]["path"] for entry in entries] == [chapter.path.name for chapter in chapters()]
    assert {entry["source"][0]["id"] for entry in entries} == {"docmanager:open"}
    assert entries[0]["title"] == "Aantallen"
    assert all((file.parent / entry["icon"]).read_text().startswith("<svg") for entry in entries)


def test_the_kernel_of_the_desk_has_the_name_in_the_notebooks_and_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_PATH", "/of/the/user")
    environment = lay_out(chapters(), Language("en"), tmp_path)
    first, second = environment["JUPYTER_PATH"].split(":")
    assert second == "/of/the/user"
    kernel = json.loads((Path(first) / "kernels" / "python3" / "kernel.json").read_text())
    asked = nbformat.read(chapters()[0].path, as_version=4).metadata.kernelspec
    assert (asked.name, asked.display_name) == ("python3", kernel["display_name"])
    assert kernel["argv"][-1] == "--ext=evaluation.pipeline.lab.session"


def test_options_of_the_user_come_last_so_that_they_win() -> None:
    first, *_ = chapters()
    made = command(first, ["--no-browser"])
    assert made[-1] == "--no-browser"
    assert "--LabApp.default_url=/lab/tree/01_volumes.ipynb" in made
    assert f"--ServerApp.root_dir={NOTEBOOKS}" in made


def test_jupyterlab_imports_nothing_from_the_folder_where_it_starts() -> None:
    made = command(chapters()[0], [])
    assert made[1 : made.index("jupyterlab")] == ["-P", "-m"]


def model(path: Path) -> dict[str, object]:
    return {"type": "notebook", "content": nbformat.read(path, as_version=4)}


def test_saving_a_chapter_takes_out_what_did_not_pass_the_gate() -> None:
    path = chapters()[0].path
    clean = model(path)["content"]
    touched = deepcopy(clean)
    touched.metadata["widgets"] = {"state": {}}
    touched.cells[2].metadata["execution"] = {"iopub.execute_input": "now"}
    seen = nbformat.v4.new_output("execute_result", {"text/plain": "client 123"}, execution_count=9)
    bar = nbformat.v4.new_output("display_data", {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}})
    said = nbformat.v4.new_output("stream", name="stderr", text="10%")
    touched.cells[8].outputs += [seen, bar, said]
    assert touched != clean
    keep_released(model={"type": "notebook", "content": touched}, path=path.name)
    assert touched == clean


@pytest.mark.parametrize(("name", "kept"), [("scratch.ipynb", 1), ("01_volumes-Copy1.ipynb", 0)])
def test_other_notebooks_are_saved_as_they_are_and_copies_of_chapters_are_not(name: str, kept: int) -> None:
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("stream", name="stdout", text="seen")])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    keep_released(model={"type": "notebook", "content": notebook}, path=f"folder/{name}")
    assert len(cell.outputs) == kept
