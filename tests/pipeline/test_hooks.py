"""The hooks of a commit, and diffs of notebooks that can be read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest

from evaluation.pipeline.project import NOTEBOOKS, ROOT

BIN = ROOT / ".venv" / "bin"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not BIN.exists(), reason="there is no .venv; the hooks run from it")]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of its own with the project in it."""
    for part in ("src", "notebooks", "tests"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("private", "synthetic"))
    for name in ("pyproject.toml", ".gitignore", ".gitattributes", "nbdime_config.json", ".pre-commit-config.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    if (ROOT / ".mypy_cache").exists():  # from `make lint`: then types are checked in seconds
        shutil.copytree(ROOT / ".mypy_cache", tmp_path / ".mypy_cache")
    (tmp_path / ".venv").symlink_to(BIN.parent.resolve())
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "diff.jupyternotebook.command", ".venv/bin/git-nbdiffdriver diff")
    git(tmp_path, "add", ".")
    git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--no-verify", "-m", "start")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_PAGER": "cat"}
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=True
    ).stdout


def hooks(folder: Path, *names: str) -> subprocess.CompletedProcess[str]:
    """Run the named hooks, or all of them, without a network: every proxy leads nowhere."""
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    source = str(folder / "src")
    paths = {"PYTHONPATH": source, "MYPYPATH": source, "PRE_COMMIT_HOME": str(folder / ".home")}
    environment = {**os.environ, **nowhere, **paths}
    command = [str(BIN / "pre-commit"), "run", *names, "--all-files"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_hooks_pass_offline_and_stop_a_notebook_that_was_not_executed(repository: Path) -> None:
    passed = hooks(repository)
    assert passed.returncode == 0, passed.stdout
    assert passed.stdout.count("Passed") == 5
    path = repository / "notebooks" / "01_volumes.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].execution_count = None
    nbformat.write(notebook, path)
    git(repository, "add", ".")
    stopped = hooks(repository, "notebooks")
    assert stopped.returncode == 1
    assert next(line for line in stopped.stdout.splitlines() if line.endswith("Failed")).startswith("notebooks are")


def test_a_diff_of_a_notebook_shows_what_changed_and_no_bookkeeping(repository: Path) -> None:
    path = repository / "notebooks" / "01_volumes.ipynb"
    notebook = json.loads((NOTEBOOKS / path.name).read_text())
    notebook["metadata"]["language_info"]["version"] = "3.99.0"
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] += 40
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
    quiet = git(repository, "diff", "--ext-diff", "--", str(path))
    assert "3.99.0" not in quiet
    assert "execution_count" not in quiet
    notebook["cells"][-1]["source"] = ["page.save(counts)"]
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
    shown = git(repository, "diff", "--ext-diff", "--", str(path))
    assert "page.save(counts)" in shown
    assert len(shown.splitlines()) < 25
