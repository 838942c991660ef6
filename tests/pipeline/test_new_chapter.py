"""A new chapter passes every check as soon as it is made, and what cannot be made changes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evaluation.parameters import ParameterError
from evaluation.pipeline.new_chapter.registration import Entry
from evaluation.pipeline.new_chapter.scaffold import NewChapter
from evaluation.pipeline.project import ROOT

START = "from evaluation.cli import start; start()"


@pytest.mark.parametrize("name", ["Waiting", "1st", "a-b", "../up", "class", "_x", "x_", ""])
def test_a_name_is_a_lower_case_identifier(name: str) -> None:
    with pytest.raises(ParameterError, match="must be a lower-case identifier"):
        NewChapter(name, "Wachten", "Waiting times")


@pytest.mark.parametrize("name", ["volumes", "legal_protection", "dormancy"])
def test_a_name_that_a_chapter_or_module_has_is_refused(name: str) -> None:
    with pytest.raises(ParameterError, match="exists"):
        NewChapter(name, "Wachten", "Waiting times")


@pytest.mark.parametrize("title", ["", "Wait 2", 'Wait"s', "<b>Wait", "{wait}", "# Wait"])
def test_a_title_holds_neither_numbers_nor_markup(title: str) -> None:
    with pytest.raises(ParameterError, match="without digits, quotes or markup"):
        NewChapter("waiting_lists", "Wachtlijsten", title)


def test_a_list_that_is_not_found_is_named_with_the_entry() -> None:
    entry = Entry(ROOT / "Makefile", "LIST = {", "}", "  entry,\n")
    assert entry.entered("a\nLIST = {\n  one,\n}\n}\n") == "a\nLIST = {\n  one,\n  entry,\n}\n}\n"
    with pytest.raises(ParameterError, match=r"Makefile: 'LIST = \{' is not there, .*'entry,'"):
        entry.entered("nothing")


def copied(target: Path) -> Path:
    """A copy of the project, in which a chapter can be made."""
    for part in ("src", "notebooks", "data", "tests"):
        shutil.copytree(ROOT / part, target / part, ignore=shutil.ignore_patterns("private", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", target)
    if (ROOT / ".mypy_cache").exists():  # from `make lint`: then types are checked in seconds
        shutil.copytree(ROOT / ".mypy_cache", target / ".mypy_cache")
    return target


def ran(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy, which imports itself and not the project it was copied from."""
    source = str(project / "src")
    environment = {**os.environ, "PYTHONPATH": source, "MYPYPATH": source, "JUPYTER_PREFER_ENV_PATH": "1"}
    return subprocess.run(
        [sys.executable, *command], cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def content(project: Path) -> dict[Path, bytes]:
    kinds = {".py", ".po", ".ipynb"}
    return {path: path.read_bytes() for path in sorted(project.rglob("*")) if path.suffix in kinds}


@pytest.mark.slow
def test_a_new_chapter_passes_every_check_at_once(tmp_path: Path) -> None:
    project = copied(tmp_path)
    made = ran(project, "-c", START, "new-chapter", "waiting_lists", "--title-nl", "Wachtlijsten")
    assert made.returncode == 0, made.stderr
    assert "notebooks/17_waiting_lists.ipynb" in made.stdout
    for command in (
        ("-m", "ruff", "check", "."),
        ("-m", "ruff", "format", "--check", "."),
        ("-m", "mypy"),
        ("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/measures/test_waiting_lists.py"),
        ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", "tests/pipeline/test_notebooks.py"),
    ):
        checked = ran(project, *command)
        assert checked.returncode == 0, checked.stdout + checked.stderr
    before = content(project)
    again = ran(project, "-c", START, "new-chapter", "waiting_lists")
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    assert content(project) == before


@pytest.mark.slow
def test_a_chapter_that_does_not_run_leaves_everything_as_it_was(tmp_path: Path) -> None:
    project = copied(tmp_path)
    template = project / "src" / "evaluation" / "pipeline" / "new_chapter" / "templates" / "notebook.txt.j2"
    template.write_text(template.read_text().replace("page.save(counts)", "page.save(nothing)"))
    before = content(project)
    failed = ran(project, "-c", START, "new-chapter", "waiting_lists")
    assert failed.returncode == 2
    assert "17_waiting_lists.ipynb does not run, so nothing was made: NameError" in failed.stderr
    assert content(project) == before
