"""Which files of the project a notebook or module imports, directly and through others, read from the code itself."""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from evaluation.pipeline.project import ROOT

SOURCE = ROOT / "src"
PROJECT = "evaluation"
_alone = threading.Lock()  # parsing in two threads at once can fail in Python 3.11


def imported_files(sources: Iterable[str]) -> frozenset[str]:
    """Return the files that code imports, also those that a function imports when it runs.

    Parameters
    ----------
    sources
        Python code, such as the cells of a notebook.

    Returns
    -------
    frozenset of str
        Paths relative to the root of the project.
    """
    found: set[Path] = set()
    with _alone:
        waiting = [module for source in sources for module in _named(source, PROJECT)]
        while waiting:
            module = waiting.pop()
            file = _file(module)
            if file is None or file in found:
                continue
            found.add(file)
            waiting += [*_parents(module), *_imports(file, module)]
    return frozenset(str(file.relative_to(ROOT)) for file in found)


@cache
def _imports(file: Path, module: str) -> frozenset[str]:
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    return _named(file.read_text(encoding="utf-8"), package)


def _named(source: str, package: str) -> frozenset[str]:
    """Modules of the project that a piece of code names in its imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*package.split(".")[: len(package.split(".")) - node.level + 1], base]).rstrip(".")
            # What is taken from a package may itself be a module.
            names.update([base, *(f"{base}.{alias.name}" for alias in node.names)])
    return frozenset(name for name in names if name.partition(".")[0] == PROJECT)


def _parents(module: str) -> list[str]:
    """Packages that are imported before a module is."""
    parts = module.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


@cache
def _file(module: str) -> Path | None:
    """File of a module, or None for a name that is none."""
    path = SOURCE.joinpath(*module.split("."))
    for file in (path / "__init__.py", path.with_suffix(".py")):
        if file.is_file():
            return file
    return None
