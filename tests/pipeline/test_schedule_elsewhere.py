"""The schedules of others: the workflow of GitHub Actions and the notebook of jupyter-scheduler, run as they would."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from evaluation.pipeline.project import ROOT

from .built_editions import NUMBERS, number, write_edition

WORKFLOW = ROOT / ".github" / "workflows" / "report.yml"
NOTEBOOK = ROOT / "docs" / "jupyter-scheduler" / "regenerate.ipynb"

COMMAND = f"""#!/bin/sh
exec {sys.executable} -c 'from evaluation.cli import start; start()' "$@"
"""


@pytest.fixture(scope="module")
def steps() -> list[dict[str, Any]]:
    content = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert set(content[True]) == {"schedule", "workflow_dispatch", "push"}  # YAML 1.1 reads `on` as true
    assert content["permissions"] == {"contents": "read"}
    return content["jobs"]["report"]["steps"]


def test_the_workflow_makes_the_report_with_the_command_of_the_readme(steps: list[dict[str, Any]]) -> None:
    order = [step.get("run") or step["uses"].partition("@")[0] for step in steps]
    assert order[:4] == ["actions/checkout", "actions/setup-python", "actions/cache", "actions/cache"]
    assert order[4] == "make report"
    assert order[-1] == "actions/upload-artifact"
    # What somebody else can write never becomes part of a command.
    assert not [step for step in steps if "${{" in step.get("run", "")]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^report:", makefile, re.MULTILINE)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which the report was made, with the command of these sources."""
    command = tmp_path / ".venv" / "bin" / "evaluation"
    command.parent.mkdir(parents=True)
    command.write_text(COMMAND)
    command.chmod(0o755)
    write_edition(tmp_path / "outputs" / "2025-01-01")
    write_edition(tmp_path / "outputs" / "2024-03-25", reference_date="2024-03-25")
    return tmp_path


def run_step(name: str, steps: list[dict[str, Any]], checkout: Path) -> None:
    own = next(step for step in steps if step.get("name") == name)
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "GITHUB_STEP_SUMMARY": str(checkout / "summary.md"), "PYTHONPATH": path}
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]  # as the runner starts it
    subprocess.run([*shell, own["run"]], cwd=checkout, env=environment, check=True, stdout=subprocess.DEVNULL)


@pytest.mark.slow
def test_the_workflow_tells_what_changed_since_its_last_run(steps: list[dict[str, Any]], checkout: Path) -> None:
    run_step("Tell what changed", steps, checkout)
    assert (checkout / "changes.txt").read_text().split("\n\n") == [
        "2024-03-25: first time", "2025-01-01: first time", "",
    ]  # fmt: skip
    run_step("Remember what this report said", steps, checkout)
    write_edition(checkout / "outputs" / "2025-01-01", (number("volumes.active", 755), NUMBERS[1]))
    (checkout / "previous" / "2024-03-25" / "results.json").write_text('{"of": "an earlier form"}')
    (checkout / "summary.md").unlink()
    run_step("Tell what changed", steps, checkout)
    said = (checkout / "summary.md").read_text()
    assert "volumes.active  Active trajectories: 750 → 755" in said
    assert "2024-03-25: what it said before was written in another form" in said
    run_step("Remember what this report said", steps, checkout)
    kept = json.loads((checkout / "previous" / "2025-01-01" / "results.json").read_text())
    assert kept["measures"][0]["estimate"] == 755


def notebook_with(code: str, tmp_path: Path, **parameters: str) -> nbformat.NotebookNode:
    """The notebook as jupyter-scheduler makes it, with a command that does `code`."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    place = next(n for n, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", []))
    given = "\n".join(f"{name} = {value}" for name, value in parameters.items())
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(given))
    played = f"command = [sys.executable, '-c', {code!r}, *command[1:]]"
    last = next(n for n, cell in enumerate(notebook.cells) if "subprocess.run" in cell.source)
    notebook.cells.insert(last, nbformat.v4.new_code_cell(played))
    return NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()


@pytest.mark.slow
def test_the_job_of_jupyter_scheduler_calls_the_unattended_run_and_fails_with_it(tmp_path: Path) -> None:
    done = notebook_with("import sys; print(sys.argv[1:])", tmp_path, edition='"2025-01-01"', keep="3")
    said = done.cells[-1].outputs[0]["data"]["text/plain"].strip()
    assert said == "['unattended', '--language', 'nl', '--keep', '3', '2025-01-01']"
    quiet = notebook_with("", tmp_path)
    assert quiet.cells[-1].outputs[0]["data"]["text/plain"] == "Nothing changed."
    with pytest.raises(CellExecutionError, match=r"ended with code 75\s+why"):
        notebook_with("import sys; print('why', file=sys.stderr); sys.exit(75)", tmp_path)
