"""Runs shared by the tests: the real notebooks, executed once per session."""

import json
import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import settings

from evaluation.pipeline import plan
from evaluation.pipeline.editions import chapters, read_editions
from evaluation.pipeline.runner import run_editions

# A slow machine is no mistake, and a test that passed passes again: new examples come with a change of the test.
settings.register_profile("evaluation", deadline=None, derandomize=True)
settings.load_profile("evaluation")

Results = dict[str, dict[str, Any]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let two workers begin with what takes longest to make: one with a register's run, one with the editions.

    Each worker gets half of the tests, in order, and later takes over what the other has left.
    """
    register = [item for item in items if item.path.name == "test_register_run.py"]
    editions = [item for item in items if "outputs" in getattr(item, "fixturenames", ()) and item not in register]
    ahead = {*register, *editions}
    others = [item for item in items if item not in ahead]
    half = max(len(items) // 2 - len(register), 0)
    items[:] = [*register, *others[:half], *editions, *others[half:]]


def results_of(folder: Path) -> Results:
    """Measures of an edition by id."""
    content = json.loads((folder / "results.json").read_text())
    return {measure["id"]: measure for measure in content["measures"]}


@pytest.fixture(scope="session")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both editions in Dutch, and the last in English; made by the first test worker that asks for it."""
    # With several workers each has its own base folder; their parent is that of the session.
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "outputs"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            editions = read_editions()
            run_editions(list(editions.values()), language="nl", overrides={}, outputs=folder)
            run_editions([editions["2025-01-01"]], language="en", overrides={}, outputs=folder)
    return folder


def only(monkeypatch: pytest.MonkeyPatch, names: Collection[str]) -> None:
    """Let runs of this test make these chapters and no others."""
    chosen = [chapter for chapter in chapters() if chapter.name in names]
    monkeypatch.setattr(plan, "chapters", lambda: chosen)


@pytest.fixture
def run_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Results]:
    """Run one edition with parameters and return its measures; only the chapters that get parameters, if any do."""

    def run(edition: str, **overrides: dict[str, str]) -> Results:
        if overrides:
            only(monkeypatch, overrides)
        run_editions([read_editions()[edition]], language="nl", overrides=overrides, outputs=tmp_path)
        return results_of(tmp_path / edition)

    return run
