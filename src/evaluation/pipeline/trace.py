"""What this process used: which files of the project it opened, apart from code, and how much memory it held.

Python tells an audit hook of every file that it opens. DuckDB opens tables by itself; they are seen because a registry
is checked against the hash of each of its tables, which reads them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from evaluation.pipeline.project import ROOT

TRACE = ".trace.json"
"""Suffix of the file beside what a chapter saved."""

_folders = tuple(f"{ROOT / name}{os.sep}" for name in ("data", "notebooks", "src"))
_CODE = (".py", ".pyc")
_opened: set[str] = set()


def used() -> dict[str, Any]:
    """Return ``opened``, paths relative to the root of the project where they lie in it, and ``memory_mb``.

    The memory is None where nobody tells.
    """
    return {"opened": sorted(_opened), "memory_mb": _memory()}


def follow(folder: Path) -> None:
    """Count files in a folder outside the project too, such as those of a registry that a parameter names."""
    global _folders  # noqa: PLW0603 - one for the process, as its files are
    name = f"{folder.absolute()}{os.sep}"
    if not name.startswith(_folders):
        _folders = (*_folders, name)


def add(opened: Iterable[str]) -> None:
    """Count files that a fork of this process opened as opened here."""
    _opened.update(opened)


def _memory() -> float | None:
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return round(int(peak.split()[1]) / 1024, 1)


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if event != "open" or "r" not in str(arguments[1] or "r"):
        return
    path = arguments[0]
    if isinstance(path, str | os.PathLike):
        name = os.path.abspath(str(os.fspath(path)))  # noqa: PTH100 - pathlib would follow links, and cost more
        if name.startswith(_folders) and not name.endswith(_CODE):
            _opened.add(name.removeprefix(f"{ROOT}{os.sep}"))


sys.addaudithook(_hear)
