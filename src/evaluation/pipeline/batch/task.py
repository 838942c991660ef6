"""What a worker does: says which project it has, and makes one edition."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evaluation.pipeline import RunError
from evaluation.pipeline.batch.checks import registries, require_runnable
from evaluation.pipeline.editions import Edition
from evaluation.pipeline.ending import FORESEEN, ending
from evaluation.pipeline.place import put_in_place
from evaluation.pipeline.project import ROOT
from evaluation.pipeline.runner import run_editions

STATE_FILE = ".batch.json"  # in the folder of an edition: what it was made from
RUNNING = ".running-"  # first letters of the folders that a worker builds in
_PARTS = ("src/evaluation", "notebooks", "data/published", "data/benchmark", "data/schema")
_NO_PARTS = ("__pycache__", ".ipynb_checkpoints")
_ALONE = threading.Lock()  # a run sets the folder for temporary files, and who may read, for its whole process


@dataclass(frozen=True)
class ProjectState:
    """Which project a process runs.

    Attributes
    ----------
    fingerprint
        Hash over code, notebooks and public data.
    python
        Version of Python, major and minor: what is sent between processes must be readable in both.
    """

    fingerprint: str
    python: str


@dataclass(frozen=True)
class Outcome:
    """How one edition ended.

    Attributes
    ----------
    edition
        Its name.
    seconds
        How long the worker took.
    failure
        Why it was not made, in one line; empty when it was.
    """

    edition: str
    seconds: float
    failure: str = ""


@cache
def project_state() -> ProjectState:
    """Return the state of the project that this process runs."""
    whole = hashlib.sha256()
    for path in _files():
        whole.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return ProjectState(whole.hexdigest()[:16], f"{sys.version_info.major}.{sys.version_info.minor}")


def _files() -> Iterator[Path]:
    for part in _PARTS:
        for path in sorted((ROOT / part).rglob("*")):
            if path.is_file() and not set(_NO_PARTS) & set(path.parts):
                yield path
    yield from sorted(path for path in (ROOT / "data").glob("*") if path.is_file())


def writes_to(folder: str, token: str) -> str:
    """Leave a mark in the shared folder and say why that failed; empty when it did not.

    Parameters
    ----------
    folder
        Where the editions go.
    token
        Name of a file that the batch put there: a folder of the same name on another disk does not hold it.
    """
    path = Path(folder)
    if not (path / token).is_file():
        return "does not see it"
    try:
        with tempfile.NamedTemporaryFile(prefix=token, dir=path):
            return ""
    except OSError as error:
        return f"may not write there ({error.strerror})"


def made_from(edition: Edition, language: str, state: ProjectState) -> str:
    """Return the hash of all that an edition is made from."""
    asked = {
        "values": edition.values,
        "chapters": edition.chapters,
        "language": language,
        "registries": registries(edition, language),
    }
    text = json.dumps([edition.name, asked, state.fingerprint], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def is_made(folder: Path, edition: Edition, language: str, state: ProjectState) -> bool:
    """Return whether an earlier batch made the same edition from the same project."""
    try:
        content: dict[str, Any] = json.loads((folder / edition.name / STATE_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return content.get("made_from") == made_from(edition, language, state)


def run_edition(edition: Edition, language: str, folder: str, expected: ProjectState) -> Outcome:
    """Make one edition aside and put it in its place in one step.

    An edition stands alone: it is not compared with others, of which some may not be there yet. What can be said in
    one line is returned and not tried again; anything else, such as a worker that dies, is for the cluster to retry.

    Parameters
    ----------
    edition
        What to make.
    language
        ``nl`` or ``en``.
    folder
        Where the editions go, on storage that all workers share.
    expected
        State of the project that sent the task.
    """
    start = time.monotonic()
    try:
        _require_same(expected)
        require_runnable([edition], language)  # here too: a folder of that name may hold a register on this machine
        with _ALONE, _for_its_owner(), tempfile.TemporaryDirectory(prefix=RUNNING, dir=folder) as aside:
            (made,) = run_editions([edition], language=language, overrides={}, outputs=Path(aside), workers=1)
            state = {"made_from": made_from(edition, language, expected)}
            (made.folder / STATE_FILE).write_text(json.dumps(state) + "\n", encoding="utf-8")
            put_in_place(made.folder, Path(folder) / edition.name)
    except FORESEEN as error:
        return Outcome(edition.name, time.monotonic() - start, " ".join(ending(error)[0].split()))
    return Outcome(edition.name, time.monotonic() - start)


@contextmanager
def _for_its_owner() -> Iterator[None]:
    """Let files be for their owner only while the block runs; the process may be a worker of others too."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _require_same(expected: ProjectState) -> None:
    if project_state() != expected:
        raise RunError("the worker has another version of the project; bring it to this one and start it again")
