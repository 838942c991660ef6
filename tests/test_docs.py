"""The pages in `docs/` build without a warning, and the reference has every measure with what its docstring says."""

import pkgutil
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evaluation import measures
from evaluation.pipeline.project import ROOT


@pytest.mark.slow
def test_the_pages_build_and_the_reference_has_every_measure(tmp_path: Path) -> None:
    # The reference is written beside the pages, so they are built from a copy.
    pages, built = tmp_path / "docs", tmp_path / "built"
    shutil.copytree(ROOT / "docs", pages, ignore=shutil.ignore_patterns("build", "reference"))
    sphinx = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", str(pages), str(built)]
    done = subprocess.run(sphinx, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    modules = [module.name for module in pkgutil.walk_packages(measures.__path__, "evaluation.measures.")]
    assert len(modules) > 80
    assert [name for name in modules if not (built / "reference" / f"{name}.html").exists()] == []
    said = (built / "reference" / "evaluation.measures.decomposition.html").read_text()
    assert "Ang 2005" in said  # the source of the formula
    assert "Parameters" in said
