"""Every number of a built edition is the same wherever it stands, and comes from a value of its chapter.

What is compared is what a reader's software finds in the files: page, CSV, workbook, document, single file and results.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.presentation.agreement import single_disagreements
from tests.presentation.compared import (
    EDITIONS,
    chapters_of,
    claim_disagreements,
    document,
    document_disagreements,
    front_disagreements,
    page,
    sentence_disagreements,
    sheets,
    soup,
    table_disagreements,
    values_said,
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_cell_is_the_same_on_the_page_in_the_csv_and_in_the_workbook(outputs: Path, edition: str) -> None:
    folder = outputs / edition
    chapters = chapters_of(folder)
    assert [line for name in chapters for line in table_disagreements(folder, name, EDITIONS[edition])] == []
    compared = {f"{name}_{table.id}" for name in chapters for table in page(folder / f"{name}.html").tables}
    assert compared == set(sheets(folder / "tables.xlsx")) == {file.stem for file in (folder / "tables").glob("*.csv")}
    assert len(compared) > 120


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_number_in_words_comes_from_a_value_of_its_chapter(outputs: Path, edition: str) -> None:
    folder = outputs / edition
    assert [
        line for name in chapters_of(folder) for line in sentence_disagreements(folder, name, EDITIONS[edition])
    ] == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_front_page_repeats_the_chapters(outputs: Path, edition: str) -> None:
    folder = outputs / edition
    front = page(folder / "index.html")
    chapters = [page(folder / f"{name}.html") for name in chapters_of(folder)]
    said = {sentence for chapter in chapters for sentence in chapter.sentences}
    drawn = {picture for chapter in chapters for picture in chapter.pictures}
    assert len(front.sentences) > 15
    assert [sentence for sentence in front.sentences if sentence not in said] == []
    assert [picture for picture in front.pictures if picture not in drawn] == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_values_on_the_front_page_are_those_of_the_results(outputs: Path, edition: str) -> None:
    folder, language = outputs / edition, EDITIONS[edition]
    measures = json.loads((folder / "results.json").read_text(encoding="utf-8"))["measures"]
    shown = {row[0]: row for table in page(folder / "index.html").tables for row in table.rows}
    assert list(front_disagreements(measures, shown, language)) == []
    assert len(shown) == len({measure[f"label_{language}"] for measure in measures})


@pytest.mark.parametrize("edition", ["2025-01-01", "2025-01-01-en"])
def test_the_document_says_nothing_that_the_pages_do_not_say(outputs: Path, edition: str) -> None:
    folder = outputs / edition
    assert list(document_disagreements(document(folder / "report.pdf"), folder)) == []


@pytest.mark.parametrize("edition", ["2025-01-01", "2025-01-01-en"])
def test_the_single_file_says_what_the_pages_say(outputs: Path, edition: str) -> None:
    folder = outputs / edition
    single = soup(folder / "single.html")
    names = [*chapters_of(folder), "claims"]
    found = [line for name in names for line in single_disagreements(single, soup(folder / f"{name}.html"), name)]
    assert found == []


def test_both_languages_say_the_same_numbers(outputs: Path) -> None:
    dutch, english = outputs / "2025-01-01", outputs / "2025-01-01-en"
    for name in chapters_of(dutch):
        pairs = zip(page(dutch / f"{name}.html").sentences, page(english / f"{name}.html").sentences, strict=True)
        assert [(nl, en) for nl, en in pairs if values_said(nl, "nl") != values_said(en, "en")] == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_number_beside_a_statement_comes_from_a_value_or_a_source(outputs: Path, edition: str) -> None:
    folder, language = outputs / edition, EDITIONS[edition]
    assert list(claim_disagreements(soup(folder / "claims.html"), folder, language)) == []
