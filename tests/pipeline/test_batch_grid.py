"""A grid file says what it asks for, and is refused in one line before anything starts."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from evaluation.cli import main
from evaluation.evidence import Evidence
from evaluation.parameters import ParameterError
from evaluation.pipeline.batch import checks
from evaluation.pipeline.batch.checks import require_runnable
from evaluation.pipeline.batch.grid import read_batch
from evaluation.pipeline.project import NOTEBOOKS

TWO = 'chapters: [benchmark]\ngrid:\n  reference_date: 2025-01-01\n  municipality: [Groningen, "\'s-Gravenhage"]\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "many.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_combination_is_an_edition_named_after_what_varies(tmp_path: Path) -> None:
    batch = read_batch(written(tmp_path, TWO + "  price_index: [vng, cpi]\n  benchmark.margin: 0.1\n"))
    assert batch.name == "many"
    # 1 date x 2 municipalities x 2 indices x 1 margin, the last key fastest; dates and margins do not vary.
    assert [own.edition.name for own in batch.editions] == [
        "groningen_vng", "groningen_cpi", "s-gravenhage_vng", "s-gravenhage_cpi",
    ]  # fmt: skip
    last = batch.editions[-1]
    assert last.edition.chapters == ("benchmark",)
    assert last.edition.values["benchmark"] == {"municipality": "'s-Gravenhage", "price_index": "cpi", "margin": 0.1}
    assert last.settings == {
        "reference_date": "2025-01-01", "municipality": "'s-Gravenhage",
        "price_index": "cpi", "benchmark.margin": "0.1",
    }  # fmt: skip
    require_runnable([own.edition for own in batch.editions], "nl")


def test_a_parameter_goes_to_every_chapter_that_has_it_and_editions_stand_beside_the_grid(tmp_path: Path) -> None:
    text = """
        chapters: [benchmark, counterfactual]
        editions: {early: {reference_date: 2024-03-25, benchmark: {final_year: 2023}, chapters: [benchmark]}}
        grid: {reference_date: [2024-03-25, 2025-01-01], final_year: 2023}
    """
    batch = read_batch(written(tmp_path, text))
    assert [own.edition.name for own in batch.editions] == ["early", "2024-03-25", "2025-01-01"]
    assert [own.edition.chapters for own in batch.editions][:2] == [("benchmark",), ("benchmark", "counterfactual")]
    assert batch.editions[1].edition.values["counterfactual"] == {"final_year": 2023}
    require_runnable([own.edition for own in batch.editions], "nl")


def test_the_example_asks_for_every_municipality_with_accounts() -> None:
    batch = read_batch(NOTEBOOKS / "batch_example.yml")
    named = [own.settings["municipality"] for own in batch.editions]
    assert len(named) == 31  # of 32; Dordrecht lacks a year
    assert named[0] == "Groningen"
    assert "Dordrecht" not in named
    require_runnable([own.edition for own in batch.editions], "nl")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it holds no keys; write chapters, editions, grid, measures"),
        ("grid: [", "cannot be read as a grid of editions"),
        ("gird: {}", "unknown key 'gird'; did you mean 'grid'?"),
        ("chapters: [benchmark]", "it has no editions; add a grid"),
        ("grid: {}", "it has no editions; add a grid"),
        ("grid: {reference_date: []}", "grid: reference_date has no values"),
        ("grid: {municipality: [Utrecht]}", "grid: no reference_date; add one"),
        ("grid: 3", "grid must be a list of keys with values, not 3"),
        ("chapters: [bench]\n" + TWO[22:], "unknown chapter 'bench'; allowed are volumes"),
        ("chapters: []\n" + TWO[22:], "chapters must be a list"),
        (TWO + "  pries: [1]\n", "unknown parameter 'pries'; "),
        (TWO + "  costs.base_year: [2022]\n", "unknown chapter 'costs'; allowed are benchmark"),
        (TWO + "  language: [nl, en]\n", "grid: 'language' belongs to the run itself"),
        (TWO + "measures: [benchmark.gap]\n", "unknown measure 'benchmark.gap'; did you mean 'benchmark.gap_"),
        (TWO.replace("Groningen", "Utrecht, utrecht"), "two editions are called 'utrecht'"),
        ("grid: {reference_date: 2025-01-01, volumes.registry: [" + "x" * 90 + ", y]}", "name of 90 characters"),
        (f"grid: {{reference_date: 2025-01-01, seed: {list(range(1001))}}}", "1001 editions, more than 1000"),
        ("editions: {a/b: {reference_date: 2025-01-01}}", "edition 'a/b': a name is a folder"),
        ("editions: {a: {chapters: [benchmark]}}", "edition 'a' has no reference_date"),
        ("grid: {reference_date: 2025-02-30}", "line 1: '2025-02-30' is not what it looks like (day is out of range"),
        (
            "grid:\n  reference_date: 2025-01-01\n  reference_date: 2024-01-01",
            "line 3: key 'reference_date' stands twice",
        ),
        ("grid: {reference_date: [soon]}", "reference_date 'soon' is no date"),
        ("chapters: [[benchmark]]\n" + TWO[22:], "unknown chapter ['benchmark']; allowed are volumes"),
        ("editions: {a: {reference_date: 2025-01-01, benchmark: 3}}", "'benchmark' must hold its parameters by name"),
        ("editions: {a: {reference_date: 2025-01-01}, A-en: {reference_date: 2025-01-01}}", "edition 'A-en'; rename"),
        # What only the parameters, the accounts and the registry know, before anything runs.
        (TWO.replace("Groningen", "Utrect"), "unknown municipality 'Utrect'; did you mean 'Utrecht'?"),
        (TWO.replace("[benchmark]", "[benchmark, costs]"), "and chapter 'costs' about Groningen"),
        (TWO + "  price_index: gold\n", "edition 'groningen': benchmark: parameter 'price_index' is 'gold'"),
        ("grid: {reference_date: 2025-01-01, registry: [nowhere]}", "nowhere"),
    ],
)
def test_what_cannot_run_is_refused_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    outputs = tmp_path / "outputs"
    result = CliRunner().invoke(main, ["batch", str(written(tmp_path, text)), "--outputs", str(outputs)])
    assert result.exit_code == 2
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("evaluation: ")]
    assert message in line
    assert not outputs.exists()


def test_a_file_that_is_not_there_is_told_with_the_example(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["batch", str(tmp_path / "nope.yml")])
    assert result.exit_code == 2
    assert "nope.yml: No such file or directory; name a file such as notebooks/batch_example.yml" in result.stderr


def test_a_personal_register_never_goes_to_a_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_evidence", lambda _registry, _day: Evidence.REGISTER)
    batch = read_batch(written(tmp_path, "chapters: [volumes]\ngrid: {reference_date: 2025-01-01}"))
    with pytest.raises(ParameterError, match=r"'many': volumes reads the personal register.*run: evaluation run"):
        require_runnable([own.edition for own in batch.editions], "nl")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("somewhere", "is no address; write it as tcp://host:8786"),
        ("tcp://127.0.0.1:9", "no answer within 5 seconds; start it with dask scheduler"),
    ],
)
def test_a_scheduler_that_is_not_there_is_one_line(tmp_path: Path, address: str, message: str) -> None:
    arguments = ["batch", str(written(tmp_path, TWO)), "--scheduler", address, "--outputs", str(tmp_path / "outputs")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert message in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.output
    assert address != "somewhere" or not (tmp_path / "outputs").exists()
