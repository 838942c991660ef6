"""The imports of a notebook are followed through the project."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from evaluation.pipeline import imports
from evaluation.pipeline.imports import imported_files
from evaluation.pipeline.making import notebook_code
from evaluation.pipeline.project import NOTEBOOKS, ROOT


def test_imports_are_followed_and_nothing_else_is_named():
    found = imported_files(["from evaluation.measures.shares import share_of"])
    assert {"src/evaluation/measures/shares.py", "src/evaluation/__init__.py", "src/evaluation/evidence.py"} <= found
    assert not [name for name in found if "presentation" in name or "pilot" in name]


def test_a_module_taken_from_a_package_counts_and_so_does_an_import_within_a_function():
    code = (
        "def later():\n    from evaluation.presentation import volumes as shown\n    import evaluation.measures.flows\n"
    )
    found = imported_files([code])
    assert "src/evaluation/presentation/volumes.py" in found
    assert imported_files(["import pandas"]) == frozenset()


def test_two_threads_never_parse_at_once(monkeypatch: pytest.MonkeyPatch):
    parsing, most = [0], [0]

    def slow(_source: str, _package: str) -> frozenset[str]:
        parsing[0] += 1
        most[0] = max(most[0], parsing[0])
        time.sleep(0.05)
        parsing[0] -= 1
        return frozenset()

    monkeypatch.setattr(imports, "_named", slow)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(imported_files, [["import evaluation"]] * 4)) == [frozenset()] * 4
    assert most == [1]


def test_what_python_loads_for_a_chapter_is_what_was_found():
    code = notebook_code(NOTEBOOKS / "10_pilot.ipynb")
    imports = "\n".join(line for line in code[0].splitlines())
    listing = (
        "import sys; print(*sorted(str(module.__file__) for name, module in sys.modules.items() "
        "if name.split('.')[0] == 'evaluation'), sep='\\n')"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", f"{imports}\n{listing}"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert {name.removeprefix(f"{ROOT}/") for name in loaded} <= imported_files(code)
