"""A delivery of the register to a published report: what comes out is protected, and nothing personal comes out."""

import json
import os
import shutil
import stat
import zipfile
from pathlib import Path

import duckdb
import nbformat
import pandas as pd
import pypdf
import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from evaluation.cli import main
from evaluation.parameters import CHAPTERS as PARAMETERS
from evaluation.parameters import RegistryParameters
from evaluation.pipeline.execution import keep_released
from evaluation.pipeline.inputs import synthetic_registry
from evaluation.sources.delivery.schema import table_schemas
from tests.conftest import only

DAY = "2025-01-02"
CHAPTERS = [name for name, kind in PARAMETERS.items() if issubclass(kind, RegistryParameters)]
FREE_TEXT = {
    "stories": ("text", "quote", "stratum"),
    "complaints": ("kind",),
    "open_house": ("provider", "product_code"),
    "pilot_families": ("neighbourhood", "household"),
    "pilot_scores": ("missing_reason",),
    "questionnaires": ("wave", "mode"),
    "referrals": ("team",),
    "costs": ("status", "product_code"),
}
"""Columns of the further tables that hold words of the delivery."""
CANARIES = (
    "Kanarie Jansen-de Vries",
    "Vogelstraat 12, 9712 AB Groningen",
    "jansen@kanarie.example",
    "Mijn dochter Kanarie wilde niet naar school",
    "06-12345678",
    "<script>kanarie()</script>",
    "=KANARIE(1)",
)


def deliver(folder: Path) -> Path:
    """Write the synthetic registry as a delivery with a canary in every text field that holds no key or code."""
    folder.mkdir()
    schemas = table_schemas()
    for path in synthetic_registry().glob("*.parquet"):
        duckdb.read_parquet(str(path)).write_csv(str(folder / f"{path.stem}.csv"), sep=";")
    trajectories = pd.read_csv(folder / "trajectories.csv", sep=";", dtype=str)
    for number, column in enumerate(("team", "neighbourhood", "product_code")):
        # In many rows, so that no minimum hides it, and in a few.
        trajectories.loc[trajectories.index % 3 == number, column] = CANARIES[number]
        trajectories.loc[trajectories.index % 97 == number, column] = CANARIES[number + 3]
    trajectories.to_csv(folder / "trajectories.csv", sep=";", index=False)
    for name, columns in FREE_TEXT.items():
        table = pd.read_csv(folder / f"{name}.csv", sep=";", dtype=str)
        for number, column in enumerate(columns):
            table.loc[table.index % 3 == number, column] = CANARIES[number % len(CANARIES)]
            table.loc[table.index % 97 == number, column] = CANARIES[(number + 3) % len(CANARIES)]
        table.to_csv(folder / f"{name}.csv", sep=";", index=False)
    for name, schema in schemas.items():
        if (folder / f"{name}.csv").exists():
            continue
        texts = [field.name for field in schema.fields if field.type == "string"]
        rows = [dict.fromkeys(texts, f"{canary} {number}") for number, canary in enumerate(CANARIES)]
        pd.DataFrame(rows, columns=[field.name for field in schema.fields]).to_csv(
            folder / f"{name}.csv", sep=";", index=False
        )
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Result]:
    """Outputs, private folder and console of two editions made from the delivery."""
    base = tmp_path_factory.mktemp("register")
    delivery, outputs, private = deliver(base / "export"), base / "outputs", base / "private"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVALUATION_PRIVATE", str(private))
        only(patch, CHAPTERS)
        umask = os.umask(0o022)
        arguments = ["--delivery", str(delivery), "--delivered-on", DAY, "--outputs", str(outputs)]
        result = CliRunner().invoke(main, ["run", "2024-03-25", "2025-01-01", *arguments])
        os.umask(umask)
    return outputs, private, result


def _unpacked(path: Path) -> bytes:
    """The bytes of a file, and what they hold when they are packed."""
    content = path.read_bytes()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            content += b"".join(archive.read(name) for name in archive.namelist())
    if path.suffix == ".pdf":
        content += "".join(page.extract_text() for page in pypdf.PdfReader(path).pages).encode()
    return content


def test_two_editions_are_published(run: tuple[Path, Path, Result]) -> None:
    outputs, private, result = run
    assert result.exit_code == 0, result.output
    assert {path.name for path in outputs.glob("[!.]*")} == {"2024-03-25", "2025-01-01"}
    logged = [path.name.split(".")[0] for path in (private / "releases").iterdir()]
    assert sorted(logged) == ["2024-03-25", "2025-01-01"]


def test_no_canary_is_in_any_byte_of_the_outputs_or_of_the_console(run: tuple[Path, Path, Result]) -> None:
    outputs, private, result = run
    told = pd.read_parquet(private / DAY / "stories.parquet")["text"]
    assert told.str.contains("Kanarie").any()  # they did come in
    words = [word.encode() for canary in CANARIES for word in (canary, *canary.split()) if len(word) > 6]
    words.remove(b"Groningen")  # which the report names for reasons of its own
    assert len(words) > 12
    files = [path for path in outputs.rglob("*") if path.is_file()]
    assert len(files) > 30
    for path in files:
        content = _unpacked(path)
        found = [word for word in words if word in content or word.lower() in content.lower()]
        assert not found, path
    console = result.output.encode()
    assert not [word for word in words if word in console]


def test_counts_of_people_are_rounded_or_said_to_be_withheld(run: tuple[Path, Path, Result]) -> None:
    outputs, _, _ = run
    results = json.loads((outputs / "2025-01-01" / "results.json").read_text())
    measures = {measure["id"]: measure for measure in results["measures"]}
    assert 1600 <= measures["volumes.trajectories"]["estimate"] <= 1650  # some rows are in quarantine
    assert measures["volumes.trajectories"]["evidence"] == "register"
    assert measures["volumes.clients"]["estimate"] % 5 == 0
    for measure in measures.values():
        if measure["evidence"] != "register":
            continue
        # Unknown and withheld are both empty; the list tells them apart.
        assert measure["suppressed"] == ("estimate" in measure["withheld"])
        assert measure["n"] is None or measure["n"] % 5 == 0, measure
    assert len(measures) == len(results["measures"])
    products = pd.read_csv(outputs / "2025-01-01" / "tables" / "volumes_by_product.csv", dtype=str)
    assert "overige" in products["label"].tolist()
    referrers = pd.read_csv(outputs / "2025-01-01" / "tables" / "volumes_by_referrer.csv", dtype=str)
    assert (referrers[["started", "ended", "active"]] == "suppressed").any(axis=None)
    page = (outputs / "2025-01-01" / "volumes.html").read_text()
    assert "niet getoond" in page
    assert "Aantallen mensen zijn op deze pagina afgerond" in page
    assert "Synthetische gegevens" not in page


def test_the_downloads_are_made_from_what_is_protected(run: tuple[Path, Path, Result]) -> None:
    outputs, _, _ = run
    folder = outputs / "2025-01-01"
    book = load_workbook(folder / "tables.xlsx")
    grids = [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
    (grid,) = (grid for grid in grids if any(f"{row[0]}".startswith("Bron: tables/volumes_by_ref") for row in grid))
    shown = [cell for row in grid for cell in row[1:]]
    counts = [value for value in shown if isinstance(value, int)]
    assert counts
    assert all(count % 5 == 0 for count in counts)
    assert "niet getoond" in shown
    cover, _contents, volumes, *_others = (page.extract_text() for page in pypdf.PdfReader(folder / "report.pdf").pages)
    assert "persoonsregister" in cover
    assert "Aantallen mensen zijn op deze pagina afgerond" in volumes
    assert "SYNTHETISCH" not in volumes
    single = (folder / "single.html").read_text()
    assert 'id="delivery"' in single
    assert "Aantallen mensen zijn op deze pagina afgerond" in single


def test_the_manifest_names_the_delivery_and_not_where_it_lies(run: tuple[Path, Path, Result]) -> None:
    outputs, private, _ = run
    text = (outputs / "2025-01-01" / "manifest.json").read_text()
    assert json.loads(text)["chapters"]["volumes"]["parameters"]["registry"] == DAY
    assert str(private) not in text


def test_the_report_accounts_for_the_delivery(run: tuple[Path, Path, Result]) -> None:
    outputs, _, _ = run
    page = (outputs / "2025-01-01" / "delivery.html").read_text()
    assert "Hoe goed is de levering" in page
    assert ">trajecten<" in page
    assert 'href="delivery.html"' in (outputs / "2025-01-01" / "index.html").read_text()


def test_a_run_of_the_register_is_readable_by_its_owner_only(run: tuple[Path, Path, Result]) -> None:
    outputs, private, _ = run
    for path in [*outputs.rglob("*"), *private.rglob("*")]:
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_an_edition_may_be_made_again_and_shows_the_same(
    run: tuple[Path, Path, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs, private, _ = run
    again = tmp_path / "private"
    shutil.copytree(private, again)
    monkeypatch.setenv("EVALUATION_PRIVATE", str(again))
    only(monkeypatch, CHAPTERS)
    stored = [f"--parameter={name}.registry={again / DAY}" for name in CHAPTERS]
    arguments = ["run", "2025-01-01", "--language", "en", "--outputs", str(tmp_path / "out"), *stored]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    columns = ["started", "ended", "active", "clients"]
    files = (
        outputs / "2025-01-01" / "tables" / "volumes_by_referrer.csv",
        tmp_path / "out" / "2025-01-01-en" / "tables" / "volumes_by_referrer.csv",
    )
    first, second = (pd.read_csv(path, dtype=str)[columns] for path in files)
    pd.testing.assert_frame_equal(first, second)


def test_what_did_not_pass_the_gate_is_taken_out_of_an_executed_notebook(tmp_path: Path) -> None:
    released = nbformat.v4.new_output("display_data", {"text/plain": "25"}, metadata={"released": True})
    printed = nbformat.v4.new_output("stream", name="stdout", text="Kanarie Jansen")
    bare = nbformat.v4.new_output("execute_result", {"text/plain": "VolumeCounts(trajectories=27)"})
    cell = nbformat.v4.new_code_cell("counts", outputs=[printed, released, bare])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    keep_released(notebook)
    assert notebook.cells[0].outputs == [released]
