"""The anatomy that every chapter shares, and nbval that compares its committed outputs."""

import os
import re
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from evaluation.parameters import CHAPTERS
from evaluation.pipeline.municipalities import HOME_ONLY
from evaluation.pipeline.project import NOTEBOOKS, ROOT

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))


def _tags(cell: nbformat.NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def test_every_chapter_has_parameters_and_a_number():
    assert [path.stem.partition("_")[2] for path in PATHS] == list(CHAPTERS)


def test_a_notebook_is_thin(notebook: nbformat.NotebookNode):
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert 15 <= len(notebook.cells) <= 25
    assert statistics.median(len(source.splitlines()) for source in code) <= 8
    for source in code:
        assert not re.search(
            r"^\s*(def|for|while|class|with|if) |filterwarnings|sys\.path|import \*", source, re.MULTILINE
        )


def test_numbers_are_typed_in_the_parameters_only(notebook: nbformat.NotebookNode):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"\d", re.sub(r"</?h1>", "", cell.source)), cell.source
        elif "parameters" not in _tags(cell):
            literals = re.sub(r'"[^"]*"', "", cell.source)
            assert not re.search(r"(?<![\w.])\d", literals), cell.source


def test_one_parameters_cell_with_few_scalars_and_their_meaning(notebook: nbformat.NotebookNode):
    (cell,) = (cell for cell in notebook.cells if "parameters" in _tags(cell))
    lines = cell.source.splitlines()
    assert 1 <= len(lines) <= 10  # four of them are every chapter's, and one the municipality
    for line in lines:
        assert re.fullmatch(r'\w+ = ("[^"]*"|[\d.]+)  # \S.+', line), line


def test_prose_comes_in_pairs_dutch_first(notebook: nbformat.NotebookNode):
    prose = [_tags(cell) for cell in notebook.cells if cell.cell_type == "markdown"]
    assert [tags[0] for tags in prose] == ["nl", "en"] * (len(prose) // 2)
    assert [tags[1:] for tags in prose[::2]] == [tags[1:] for tags in prose[1::2]]
    assert all(tags[1:] in ([], [HOME_ONLY]) for tags in prose)
    headings = [re.match(r"(#+ )", cell.source) for cell in notebook.cells if "nl" in _tags(cell)]
    assert [heading.group(1) for heading in headings if heading] == ["# "] + ["## "] * (len(headings) - 1)


def test_a_notebook_is_committed_executed_and_without_complaints(notebook: nbformat.NotebookNode):
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    for cell in code:
        for output in cell.outputs:
            assert output.output_type in ("display_data", "stream")
            assert output.get("name") != "stderr"


def test_a_notebook_holds_nothing_that_changes_by_itself(notebook: nbformat.NotebookNode):
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags"}
        for output in cell.get("outputs", []):
            assert output.metadata["released"]
            assert "widget" not in " ".join(output.data)


def test_every_figure_has_an_alternative_text(notebook: nbformat.NotebookNode):
    figures = [
        output
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "display_data" and "image/png" in output.data
    ]
    assert figures
    for figure in figures:
        assert len(figure.metadata["image/png"]["alt"]) > 40


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS[:1], ids=lambda path: path.stem)
def test_nbval_notices_a_number_changed_by_hand(path: Path, tmp_path: Path):
    copy = tmp_path / path.name
    shutil.copy(path, copy)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--nbval", str(copy)]
    command += ["--nbval-sanitize-with", str(ROOT / "tests" / "nbval_sanitize.cfg"), f"--rootdir={tmp_path}"]
    alone = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    assert subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, check=False).returncode == 0
    text = copy.read_text()
    assert "750 trajecten" in text
    copy.write_text(text.replace("750 trajecten", "751 trajecten"))
    failed = subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, text=True, check=False)
    assert failed.returncode == 1
    plain = re.sub(r"\x1b\[[0-9;]*m", "", failed.stdout)
    assert "mismatch 'text/html'" in plain
    assert "epen er 751 trajecte" in plain
