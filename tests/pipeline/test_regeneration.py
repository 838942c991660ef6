"""A run does what is needed and nothing else, and one that is ended half-way leaves the previous edition whole."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from evaluation.cli import main
from evaluation.pipeline import editions as editions_module
from evaluation.pipeline.editions import read_editions
from evaluation.pipeline.freshness import explain
from evaluation.pipeline.made import MADE, REPORT, file_digest
from evaluation.pipeline.project import NOTEBOOKS
from evaluation.pipeline.runner import run_editions

pytestmark = pytest.mark.slow
EDITION = "2025-01-01"
FEW = ("08_benchmark.ipynb", "09_counterfactual.ipynb")
KILLED = int(os.environ.get("EVALUATION_KILLED_RUNS", "4"))
"""Runs that are killed; more are worth while after a change of the runner."""

RUN = """
import sys
from pathlib import Path
from evaluation.pipeline import editions
editions.NOTEBOOKS = Path(sys.argv.pop(1))
from evaluation.cli import start
start()
"""


@pytest.fixture
def few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two chapters, and nothing else that a run could find."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in FEW:
        shutil.copy(NOTEBOOKS / name, folder)
    monkeypatch.setattr(editions_module, "NOTEBOOKS", folder)
    return folder


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    return tmp_path / "outputs"


def run(outputs: Path, *arguments: str) -> str:
    result = CliRunner().invoke(main, ["run", EDITION, "--outputs", str(outputs), *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def explained(outputs: Path, *arguments: str) -> list[str]:
    return [line for line in run(outputs, "--explain", *arguments).splitlines() if line]


def test_a_chapter_runs_again_when_something_of_it_changed_and_for_no_other_reason(few: Path, outputs: Path):
    assert explained(outputs) == [
        f"{EDITION}  {name}: no earlier run is kept" for name in ("benchmark", "counterfactual", "report")
    ]
    assert "nothing changed" not in run(outputs)
    page = outputs / EDITION / "benchmark.html"
    first = {path: path.stat().st_mtime_ns for path in (outputs / MADE / EDITION).glob("*/record.json")}
    assert explained(outputs) == ["nothing would be made: nothing changed"]
    assert "(nothing changed)" in run(outputs)

    assert explained(outputs, "-p", "benchmark.margin=0.1") == [
        f"{EDITION}  benchmark: parameter margin was 0.05 and is 0.1"
    ]
    run(outputs, "-p", "benchmark.margin=0.1")
    again = {path.parent.name for path, before in first.items() if path.stat().st_mtime_ns != before}
    assert again == {"benchmark"}
    run(outputs)

    good = page.read_text()
    page.write_text("tampered with")
    assert explained(outputs) == [f"{EDITION}  report: {EDITION}/benchmark.html is not as it was written"]
    run(outputs)
    assert page.read_text() == good

    notebook = nbformat.read(few / FEW[0], as_version=4)
    notebook.cells[0].source += " "
    nbformat.write(notebook, few / FEW[0])
    assert explained(outputs) == [f"{EDITION}  benchmark: the notebook changed"]


def test_a_run_that_failed_goes_on_where_it_was(few: Path, outputs: Path):
    notebook = nbformat.read(few / FEW[0], as_version=4)
    notebook.cells[-1].source = "1 / 0"
    nbformat.write(notebook, few / FEW[0])
    failed = CliRunner().invoke(main, ["run", EDITION, "--outputs", str(outputs), "--workers", "2"])
    assert failed.exit_code == 1
    shutil.copy(NOTEBOOKS / FEW[0], few)
    todo = [line.partition(":")[0].split()[1] for line in explained(outputs)]
    assert todo[0] == "benchmark"
    assert set(todo) <= {"benchmark", "counterfactual", "report"}
    run(outputs)
    assert explained(outputs) == ["nothing would be made: nothing changed"]


def test_a_kept_chapter_that_was_damaged_is_made_again(few: Path, outputs: Path):
    run(outputs)
    good = (outputs / EDITION / "results.json").read_text()
    table = next((outputs / MADE / EDITION / "benchmark" / "tables").glob("*.csv"))
    table.write_text("")  # as after a power cut
    shutil.rmtree(outputs / EDITION)
    assert explained(outputs)[0] == f"{EDITION}  benchmark: no earlier run is kept"
    run(outputs)
    assert (outputs / EDITION / "results.json").read_text() == good


def test_one_run_finishes_what_depends_on_another_edition(few: Path, outputs: Path, tmp_path: Path):
    grid = tmp_path / "editions.yml"

    def make(margin: float, language: str) -> list[str]:
        own = f"benchmark: {{final_year: 2023, margin: {margin}}}, counterfactual: {{final_year: 2023}}"
        early = f"{{reference_date: 2024-03-25, {own}}}"
        grid.write_text(f"editions:\n  early: {early}\n  late: {{reference_date: 2025-01-01}}\n")
        asked = list(read_editions(grid).values())
        made = run_editions(asked, language=language, overrides={}, outputs=outputs)
        assert explain(asked, language=language, overrides={}, outputs=outputs) == []
        return [edition.folder.name for edition in made if edition.new]

    assert make(0.05, "nl") == ["early", "late"]
    assert make(0.05, "nl") == []
    assert make(0.2, "nl") == ["early", "late"]  # the later one looks back at what the earlier one found
    assert set(make(0.2, "both")) == {"early", "early-en", "late", "late-en"}  # each is linked to its translation
    assert "../late-en/index.html" in (outputs / "late" / "index.html").read_text()
    assert make(0.2, "both") == []


def test_the_same_chapter_executed_again_is_the_same_notebook(few: Path, outputs: Path):
    run(outputs)
    before = {path.name: path.read_bytes() for path in (outputs / EDITION / "notebooks").iterdir()}
    run(outputs, "--force", "--workers", "1")
    assert {path.name: path.read_bytes() for path in (outputs / EDITION / "notebooks").iterdir()} == before


def test_the_manifest_tells_what_each_chapter_was_made_from(few: Path, outputs: Path):
    run(outputs)
    manifest = json.loads((outputs / EDITION / "manifest.json").read_text())
    chapter = manifest["chapters"]["benchmark"]
    assert set(chapter["made_from"]) == {"notebook", "code", "data", "environment"}
    assert chapter["made_from"]["data"]["data/benchmark/iv3_municipalities.csv"]
    assert "data/norms.csv" not in chapter["made_from"]["data"]
    assert chapter["seconds"] > 0
    assert chapter["memory_mb"] is None or chapter["memory_mb"] > 50
    executed = (outputs / EDITION / "notebooks" / FEW[0]).read_text()
    assert str(outputs) not in executed
    assert "start_time" not in executed


def test_files_of_a_run_are_for_their_owner_only(few: Path, outputs: Path):
    run(outputs)
    assert [path.name for path in (outputs / EDITION).rglob("*") if path.stat().st_mode & 0o077] == []


@pytest.fixture
def alone() -> Iterator[Path]:
    """A short path for temporary files, as sockets need one, in which nothing may stay."""
    with tempfile.TemporaryDirectory(prefix="e") as folder:
        yield Path(folder)


def start(few: Path, outputs: Path, alone: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(few), "run", EDITION, "--outputs", str(outputs), "--force"],
        env={**os.environ, "TMPDIR": str(alone), "EVALUATION_MARK": str(alone)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def processes(alone: Path) -> list[int]:
    """Processes that a run started with this mark, those that ended and were not yet waited for apart."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if str(alone).encode() in (path / "environ").read_bytes():
                found.append(int(path.name))
        except OSError:
            continue
    return found


def in_place(outputs: Path) -> dict[str, str | None]:
    """Every file of the edition in place, with its hash."""
    folder = outputs / EDITION
    return {str(path.relative_to(folder)): file_digest(path) for path in folder.rglob("*") if path.is_file()}


def whole(outputs: Path, before: dict[str, str | None]) -> bool:
    """Whether the edition in place is, file by file, the one before or the one that the last run finished."""
    return in_place(outputs) in (before, json.loads((outputs / MADE / EDITION / REPORT).read_text())["outputs"])


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are found through /proc")
def test_a_run_killed_at_any_moment_leaves_a_whole_edition_and_nothing_else(few: Path, outputs: Path, alone: Path):
    began = time.monotonic()
    assert start(few, outputs, alone).wait() == 0
    takes = time.monotonic() - began
    chance = random.Random(20230101)
    for number in range(KILLED):
        before = in_place(outputs)
        running = start(few, outputs, alone)
        time.sleep(chance.uniform(0.05, takes))
        running.send_signal([signal.SIGKILL, signal.SIGTERM, signal.SIGINT][number % 3])
        running.wait()
        assert whole(outputs, before), f"kill {number}"
        until = time.monotonic() + 30
        while processes(alone) and time.monotonic() < until:
            time.sleep(0.05)
        assert not processes(alone), f"kill {number}"
    assert start(few, outputs, alone).wait() == 0
    assert sorted(path.name for path in outputs.iterdir()) == [".lock", MADE, EDITION]
    assert list(alone.iterdir()) == []


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are found through /proc")
def test_a_full_disk_leaves_the_previous_edition(few: Path, outputs: Path, alone: Path):
    assert start(few, outputs, alone).wait() == 0
    before = in_place(outputs)
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n" + RUN
    failed = subprocess.run(
        [sys.executable, "-c", limited, str(few), "run", EDITION, "--outputs", str(outputs), "--force"],
        env={**os.environ, "TMPDIR": str(alone)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert failed.returncode in (1, 2)
    assert "Traceback" not in failed.stderr
    assert failed.stderr.splitlines()[-1].startswith("evaluation: ")
    assert whole(outputs, before)
