"""Each edition speaks one language, in plain words: on its pages, in its figures, in the workbook and the document."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import nbformat
import openpyxl
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from evaluation.pipeline.project import ROOT
from tests.presentation.compared import EDITIONS, document, soup
from tests.presentation.leaks import foreign, segments, untranslated
from tests.presentation.numbers import days_in, numbers_in
from tests.presentation.reading import drawn_texts

CATALOGUE = ROOT / "src/evaluation/presentation/locale/nl/LC_MESSAGES/evaluation.po"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# A word that says nothing to a reader who was not told what it means, in either language.
SIGNIFICANT = re.compile(r"significan(?:t|te|tie|ce|tly)\b", re.IGNORECASE)


NAMES = r"6\.2|iJw \d\.\d"  # a task field of Iv3 and a version of code lists, written so in both languages


@cache
def catalogue() -> Catalog:
    """The Dutch catalogue, whose keys are the English texts."""
    return read_po(io.BytesIO(CATALOGUE.read_bytes()), locale="nl")


def messages_of(other: str) -> frozenset[str]:
    """Messages in a language that are none in the other one."""
    pairs = [(str(message.id), str(message.string)) for message in catalogue() if message.id]
    english, dutch = ({pair[place] for pair in pairs} for place in (0, 1))
    return frozenset(english - dutch if other == "en" else dutch - english)


@cache
def names() -> frozenset[str]:
    """Names of files and codes, which are the same in every language."""
    with (ROOT / "data/codebook.csv").open(encoding="utf-8", newline="") as rows:
        codes = {next(iter(row.values())) for row in csv.DictReader(rows)}
    return frozenset(codes | {file.stem for file in (ROOT / "data/schema").iterdir()})


def leaks(texts: list[str], language: str) -> list[str]:
    """Texts of the other language; a quote of the council is Dutch in every language, and stands in quotes."""
    other = "en" if language == "nl" else "nl"
    own = [re.sub(r"“[^”]*”", "“”", text) for text in texts if text not in names()]
    return [*untranslated(own, messages_of(other)), *foreign(own, language)]


def texts_of_pages(folder: Path, language: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each page and its texts; the single file repeats them and is compared elsewhere."""
    for file in sorted(folder.glob("*.html")):
        if file.stem != "single":
            yield file.name, list(segments(soup(file), language))


def quotes(folder: Path) -> set[str]:
    """Texts that the pages of an English edition mark as Dutch."""
    found = (soup(file).select('[lang="nl"]') for file in sorted(folder.glob("*.html")) if file.stem != "single")
    return {" ".join(tag.get_text().split()) for tags in found for tag in tags}


def test_nothing_of_the_catalogue_is_doubtful_or_left_over() -> None:
    assert not catalogue().obsolete
    assert [message.id for message in catalogue() if message.id and (message.fuzzy or not message.string)] == []


def test_a_translation_names_the_numbers_and_days_of_its_message() -> None:
    differ = []
    for message in catalogue():
        english, dutch = (re.sub(rf"\{{[^}}]*\}}|{NAMES}", "x ", str(text)) for text in (message.id, message.string))
        numbers = [sorted(number.value for number in numbers_in(*said)) for said in ((english, "en"), (dutch, "nl"))]
        days = [sorted(map(str, days_in(*said)[0])) for said in ((english, "en"), (dutch, "nl"))]
        if message.id and (numbers[0] != numbers[1] or days[0] != days[1]):
            differ.append(message.id)
    assert differ == []


def test_no_text_is_called_significant() -> None:
    said = [text for message in catalogue() for text in (str(message.id), str(message.string))]
    for file in NOTEBOOKS:
        cells = nbformat.read(file, as_version=4).cells
        said += [cell.source for cell in cells if cell.cell_type == "markdown"]
    for file in sorted((ROOT / "data/published").glob("claim_*.csv")):
        said.append(file.read_text(encoding="utf-8"))
    said += [file.read_text(encoding="utf-8") for file in (ROOT / "src/evaluation/presentation/templates").glob("*.j2")]
    assert [text for text in said if SIGNIFICANT.search(text)] == []
    assert all(map(SIGNIFICANT.search, ("Niet significant.", "een significante stijging", "Not significantly lower")))


@pytest.mark.slow
@pytest.mark.parametrize("edition", EDITIONS)
def test_a_built_edition_is_nowhere_called_significant(outputs: Path, edition: str) -> None:
    told = [text for _name, texts in texts_of_pages(outputs / edition, EDITIONS[edition]) for text in texts]
    told += [text for file in (outputs / edition / "figures").glob("*.svg") for text in drawn_texts(file)]
    assert len(told) > 5000
    assert [text for text in told if SIGNIFICANT.search(text)] == []


@pytest.mark.slow
@pytest.mark.parametrize("edition", EDITIONS)
def test_no_page_speaks_the_other_language(outputs: Path, edition: str) -> None:
    found = {
        name: leaks(texts, EDITIONS[edition]) for name, texts in texts_of_pages(outputs / edition, EDITIONS[edition])
    }
    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.slow
@pytest.mark.parametrize("edition", EDITIONS)
def test_no_figure_and_no_sheet_speaks_the_other_language(outputs: Path, edition: str) -> None:
    folder, language = outputs / edition, EDITIONS[edition]
    found = {file.name: leaks(drawn_texts(file), language) for file in sorted((folder / "figures").glob("*.svg"))}
    dutch = quotes(folder) if language == "en" else set()
    for sheet in openpyxl.load_workbook(folder / "tables.xlsx", read_only=True).worksheets:
        texts = [
            " ".join(value.split())
            for row in sheet.iter_rows(values_only=True)
            for value in row
            if isinstance(value, str)
        ]
        found[sheet.title] = leaks([text for text in texts if text not in dutch], language)
    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["2025-01-01", "2025-01-01-en"])
def test_the_document_does_not_speak_the_other_language(outputs: Path, edition: str) -> None:
    folder, language = outputs / edition, EDITIONS[edition]
    text = " ".join(" ".join(document(folder / "report.pdf")).split())
    for quote in sorted(quotes(folder) if language == "en" else (), key=len, reverse=True):
        broken = r"\s*".join(map(re.escape, quote.replace(" ", "")))  # a line may end after any stroke
        text = re.sub(broken, " ", text)
    assert leaks(re.split(r"(?<=[.:;?!]) ", text), language) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The numbers of this figure", "nl"),
        ("Of all requests 79% had help within four weeks, and that is what the council was told.", "nl"),
        ("De cijfers van deze figuur", "en"),
        ("Van alle hulpvragen had 79% binnen vier weken een eerste contact met een hulpverlener.", "en"),
    ],
)
def test_a_text_of_the_other_language_is_found(text: str, language: str) -> None:
    assert leaks([text], language)
    assert not leaks([text], "en" if language == "nl" else "nl")
