"""A run checks everything first, names what failed, and leaves earlier output alone."""

from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from evaluation.cli import main
from evaluation.parameters import CHAPTERS
from evaluation.pipeline import editions as editions_module
from evaluation.pipeline import runner
from evaluation.pipeline.project import NOTEBOOKS
from evaluation.presentation import document
from tests.conftest import only


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notebooks that were started."""
    names: list[str] = []
    monkeypatch.setattr("papermill.execute_notebook", lambda path, *_args, **_kwargs: names.append(path))
    return names


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-p", "costs.price_indx=cpi"], ["price_indx", "did you mean 'price_index'", "base_year"]),
        (
            ["-p", "costs.price_index=gold"],
            ["price_index", "'gold'", "'cpi', 'vng', 'vng_applied' or 'wage_agreement'"],
        ),
        (["-p", "costs.base_year=1999"], ["base_year", "1999", "greater than or equal to 2022"]),
        (["-p", "volumes.reference_date=2024-07-01"], ["reference_date", "belongs to the edition"]),
        (["-p", "volumes.registry=nowhere"], ["nowhere", "no such registry folder"]),
        (["-p", "durations.registry=nowhere"], ["nowhere", "no such registry folder"]),
        (["-p", "durations.gap_days=half"], ["gap_days", "'half'"]),
        (["-p", "costs.base_year=2024"], ["base_year 2024 must lie before final_year 2023"]),
        (
            ["-p", "cost.base_year=2022"],
            ["'cost'", ", ".join(CHAPTERS)],
        ),
        (["-p", "costs.base_year"], ["chapter.name=value"]),
        (["-p", "pilot.power=much"], ["power", "'much'"]),
        (["2023-12-31"], ["unknown edition '2023-12-31'", "2024-03-25, 2025-01-01"]),
    ],
)
def test_a_wrong_request_stops_before_any_notebook(
    arguments: list[str], words: list[str], started: list[str], tmp_path: Path
):
    result = CliRunner().invoke(main, ["run", *arguments, "--outputs", str(tmp_path / "outputs")])
    assert result.exit_code == 2
    assert not started
    message = result.stderr.splitlines()[-1]
    assert message.startswith("evaluation: ")
    assert "Traceback" not in result.output
    for word in words:
        assert word in message


def test_a_wrong_edition_file_is_named(tmp_path: Path):
    path = tmp_path / "editions.yml"
    path.write_text("editions:\n  '2026-01-01': {costs: {base_year: 2022}}\n")
    with pytest.raises(editions_module.ParameterError, match=r"'2026-01-01' has no reference_date"):
        editions_module.read_editions(path)
    path.write_text("editions: [")
    with pytest.raises(editions_module.ParameterError, match=r"editions\.yml: cannot be read"):
        editions_module.read_editions(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("editions: {a: {reference_date: 2025-02-30}}", "cannot be read as editions (line 1: '2025-02-30'"),
        (
            "editions:\n  a: {reference_date: 2025-01-01}\n  a: {reference_date: 2024-01-01}",
            "line 3: key 'a' stands tw",
        ),
        ("editions: {a: {reference_date: soon}}", "edition 'a': reference_date 'soon' is no date"),
        ("editions: {a: {reference_date: 2025-01-01, benchmark: 3}}", "such as benchmark: {"),
        ("editions: {a: {reference_date: 2025-01-01, benchmark: }}", "by name"),
        ("editions: {a: {reference_date: 2025-01-01, chapters: [[benchmark]]}}", "unknown chapter ['benchmark']"),
        ("editions: {../../evil: {reference_date: 2025-01-01}}", "'../../evil': a name is a folder"),
        ("editions: {batch: {reference_date: 2025-01-01}}", "outputs/batch is no place for an edition"),
        ("editions: {a: {reference_date: 2025-01-01}, A: {reference_date: 2025-01-01}}", "two editions are called 'A'"),
        ("editions: {a-en: {reference_date: 2025-01-01}, a: {reference_date: 2025-01-01}}", "folder of edition 'a-en'"),
        ("editions: {a: 3}", "edition 'a' must hold keys with values"),
        ("editions: 3", "holds no editions by name"),
        ("3", "holds no editions by name"),
        ("\0", "cannot be read as editions"),
        ("[" * 5000, "cannot be read as editions"),
    ],
)
def test_editions_that_cannot_be_are_refused_in_one_line(text: str, told: str, tmp_path: Path):
    path = tmp_path / "editions.yml"
    path.write_text(text)
    with pytest.raises(editions_module.ParameterError) as refused:
        editions_module.read_editions(path)
    assert str(refused.value).startswith("editions.yml: ")
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_of_editions_that_is_not_there_is_one_line(tmp_path: Path):
    with pytest.raises(editions_module.ParameterError, match=r"editions\.yml: No such file or directory; put the file"):
        editions_module.read_editions(tmp_path / "editions.yml")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            '"cells": [',
            '<<<<<<< HEAD\n "cells": [',
            "10_pilot.ipynb: not readable as a notebook (Expecting property name",
        ),
        ('"cells"', '"sells"', "10_pilot.ipynb: not readable as a notebook (it lacks cells"),
        ("power = 0.8", "power = float(1)", "'power = float(1)', is no plain value; write a number"),
        ("power = 0.8", "power = = 1", "of the parameters cell is no Python"),
    ],
)
def test_a_damaged_notebook_is_refused_in_one_line(old: str, new: str, told: str, broken: Path, tmp_path: Path):
    path = broken / "10_pilot.ipynb"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    result = CliRunner().invoke(main, ["run", "2025-01-01", "--outputs", str(tmp_path / "outputs")])
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert told in result.stderr


def test_a_reference_date_after_the_registry_is_refused_with_a_remedy(tmp_path: Path):
    path = tmp_path / "editions.yml"
    path.write_text("editions:\n  later: {reference_date: 2026-01-01, csts: {base_year: 2022}}\n")
    edition = editions_module.read_editions(path)["later"]
    with pytest.raises(
        editions_module.ParameterError,
        match=f"unknown chapter 'csts'; allowed are {', '.join(CHAPTERS)}",
    ):
        editions_module.checked_parameters(edition, editions_module.chapters()[0], {}, language="nl", output_folder="x")


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the pilot chapter, whose fifth cell fails."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    notebook = nbformat.read(NOTEBOOKS / "10_pilot.ipynb", as_version=4)
    cell = next(cell for cell in notebook.cells if "pilot_figures()" in cell.source)
    cell.source = "1 / 0"
    nbformat.write(notebook, folder / "10_pilot.ipynb")
    monkeypatch.setattr(editions_module, "NOTEBOOKS", folder)
    return folder


@pytest.mark.slow
def test_a_failing_notebook_is_named_and_the_previous_edition_stays(broken: Path, tmp_path: Path):
    previous = tmp_path / "outputs" / "2025-01-01"
    previous.mkdir(parents=True)
    (previous / "index.html").write_text("the previous edition")
    result = CliRunner().invoke(main, ["run", "2025-01-01", "--outputs", str(previous.parent)])
    assert result.exit_code == 1
    assert "10_pilot.ipynb, edition 2025-01-01, cell 6 (1 / 0): ZeroDivisionError: division by zero" in result.stderr
    assert "Traceback" not in result.output
    assert sorted(path.name for path in previous.parent.iterdir()) == [".lock", "2025-01-01"]
    assert (previous / "index.html").read_text() == "the previous edition"


@pytest.mark.slow
def test_a_document_that_cannot_be_set_leaves_the_previous_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    previous = tmp_path / "outputs" / "2025-01-01"
    previous.mkdir(parents=True)
    (previous / "index.html").write_text("the previous edition")
    only(monkeypatch, ["pilot"])
    monkeypatch.setattr(document, "_template", lambda: b"#panic(1)")
    monkeypatch.setattr(runner, "called", lambda function, *arguments: function(*arguments))  # here, where it is broken
    result = CliRunner().invoke(main, ["run", "2025-01-01", "--outputs", str(previous.parent)])
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == (
        "evaluation: report.pdf, edition 2025-01-01: it could not be set: panicked with: 1"
    )
    assert "Traceback" not in result.output
    assert sorted(path.name for path in previous.parent.iterdir()) == [".lock", ".made", "2025-01-01"]
    assert [path.name for path in previous.iterdir()] == ["index.html"]


def test_a_parameters_cell_that_differs_from_its_class_is_refused(broken: Path):
    notebook = nbformat.read(broken / "10_pilot.ipynb", as_version=4)
    cell = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    cell.source += "\nbootstraps = 10"
    nbformat.write(notebook, broken / "10_pilot.ipynb")
    with pytest.raises(editions_module.ParameterError, match=r"10_pilot\.ipynb: .* differ in bootstraps"):
        editions_module.chapters()


def test_editions_are_listed():
    result = CliRunner().invoke(main, ["editions"])
    assert result.output.splitlines() == [
        "2024-03-25  reference date 2024-03-25",
        "2025-01-01  reference date 2025-01-01",
    ]


def test_help_shows_examples():
    for arguments in (["--help"], ["run", "--help"], ["synthesise", "--help"]):
        assert "Examples:" in CliRunner().invoke(main, arguments).output


def test_synthesise_writes_a_registry_and_never_over_something(tmp_path: Path):
    folder = tmp_path / "registry"
    result = CliRunner().invoke(main, ["synthesise", str(folder), "--seed", "7"])
    assert result.exit_code == 0, result.output
    assert "1,650 trajectories, synthetic" in result.output
    again = CliRunner().invoke(main, ["synthesise", str(folder)])
    assert again.exit_code == 2
    assert "exists already" in again.stderr
    large = CliRunner().invoke(main, ["synthesise", str(tmp_path / "large"), "--trajectories", "5000", "--no-hours"])
    assert "5,000 trajectories" in large.output
    assert not (tmp_path / "large" / "hours.parquet").exists()
