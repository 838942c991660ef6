"""The page on data names every file in either language, writes parameters as a reader does, and tells no path."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evaluation.evidence import Evidence
from evaluation.parameters import CHAPTERS
from evaluation.pipeline.project import ROOT
from evaluation.presentation.chapter_page import ChapterPage
from evaluation.presentation.data_page import SAID_ELSEWHERE, EditionInputs, parameter_text, table_parameters
from evaluation.presentation.data_texts import FILES, LICENCES, PARAMETERS, PUBLISHERS
from evaluation.presentation.language import Language
from evaluation.presentation.report import Report
from evaluation.sources.package import resource, resource_names

NL, EN = Language("nl"), Language("en")
INPUTS = EditionInputs(
    resources=(resource("price_indices"), resource("code_lists")),
    overrides="ab" * 32,
    uses={"price_indices": (("costs.html", "Kosten"),)},
    register=Evidence.SYNTHETIC,
    registry={"trajectories": "cd" * 32},
    parameters={"Kosten": {"base_year": 2022, "price_index": "vng", "registry": "synthetic", "language": "nl"}},
    commit="ef" * 20,
    versions={"python": "3.11.7"},
)


def _page(inputs: EditionInputs, language: Language = NL) -> str:
    chapter = ChapterPage("Kosten", "costs.html", "?", (), "", "", "", Evidence.PUBLISHED, protected=False)
    report = Report("2025-01-01", date(2025, 1, 1), language, (chapter,), (), inputs=inputs)
    return report.pages()["data.html"]


def test_every_file_publisher_licence_and_parameter_has_a_name():
    for name in resource_names():
        own = resource(name)
        assert name in FILES
        assert set(own.sources) <= set(PUBLISHERS)
        assert own.licence in LICENCES
    asked = {name for parameters in CHAPTERS.values() for name in parameters.model_fields}
    assert asked - {*SAID_ELSEWHERE, "output_folder"} == set(PARAMETERS)


@pytest.mark.parametrize(
    ("name", "value", "dutch"),
    [
        ("since", "2023-01-01", "1 januari 2023"),
        ("price_index", "cpi", "consumentenprijsindex"),
        ("confidence_level", 0.95, "95%"),
        ("base_year", 2022, "2022"),
        ("seed", 20230101, "20230101"),
        ("least_per_month", 1000, "1.000"),
        ("certified_institution_factor", 2.0, "2"),
        ("path", "between", "tussen beide aantallen"),
        ("follow_up", "t12", "twaalf maanden"),
        ("closed_product", "P01", "P01"),
    ],
)
def test_a_parameter_is_written_as_a_reader_expects_it(name: str, value: object, dutch: str):
    assert parameter_text(name, value, NL) == dutch


def test_only_what_differs_between_chapters_is_listed():
    rows = table_parameters(INPUTS, NL).cells()
    assert rows == [
        ["Kosten", "Eerste jaar", "2022"],
        ["Kosten", NL.translate(PARAMETERS["price_index"]), "definitieve VNG-index"],
    ]


def test_a_file_is_shown_with_its_source_licence_fingerprint_and_use():
    page = _page(INPUTS)
    prices = page[page.index("Prijsindexcijfers") :].partition("</article>")[0]
    for text in ("CBS, consumentenprijzen; VNG", "Geen licentie vermeld", INPUTS.resources[0].sha256[:12]):
        assert text in prices
    assert '<a href="costs.html">Kosten</a>' in prices
    codes = page[page.index("Codelijsten van het register") :].partition("</article>")[0]
    assert "geen waarde van deze editie" in codes
    assert 'href="manifest.json"' in page


@pytest.mark.parametrize(
    ("register", "words"),
    [
        (Evidence.SYNTHETIC, "verzonnen register"),
        (Evidence.REGISTER, "persoonsregister van WIJ Groningen"),
        (None, "Geen hoofdstuk van deze editie leest een register"),
    ],
)
def test_it_says_what_register_was_read(register: Evidence | None, words: str):
    page = _page(replace(INPUTS, register=register, registry=INPUTS.registry if register else {}))
    assert words in page
    assert ('class="mark"' in page) == (register is Evidence.SYNTHETIC)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["2024-03-25", "2025-01-01", "2025-01-01-en"])
def test_the_page_of_an_edition_agrees_with_its_manifest_and_tells_no_path(outputs: Path, name: str):
    page = (outputs / name / "data.html").read_text()
    manifest = json.loads((outputs / name / "manifest.json").read_text())
    for sha256 in (*manifest["inputs"].values(), *manifest["registry"].values()):
        assert f">{sha256[:12]}<" in page
    for version in manifest["versions"].values():
        assert version in page
    for path in (str(ROOT), str(Path.home()), str(outputs), "/tmp", "\\"):
        assert path not in page
    council = page[page.index(resource("council_figures").sha256[:12]) :].partition("</article>")[0]
    assert council.count(".html") > 5


@pytest.mark.parametrize(("name", "own"), [("claim_rules", True), ("council_figures", False)])
def test_what_the_project_laid_down_itself_is_not_called_evidence(name: str, own: bool):
    page = _page(replace(INPUTS, resources=(resource(name),)))
    assert ("geen; vastgelegd door dit project" in page) == own
    assert ("gepubliceerd door de gemeente" in page) != own
