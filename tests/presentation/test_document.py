"""The document: read back as a reader's software does, with its text, tags, title and language."""

import html
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.evidence import Evidence
from evaluation.presentation.document import DocumentError, document, set_in_type
from tests.presentation.drawn_contents import EN, annex, chapter, edition, table

MARKUP = (
    "*vet* _schuin_ #pagebreak() $x^2$ <label> @bron `code` // weg \\ = Kop ~ -- --- ... #{sys.inputs} [x] https://a.nl"
)


def _pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def _squeezed(text: str) -> str:
    """Text without the spaces and line ends that typesetting moves."""
    return "".join(unicodedata.normalize("NFC", text).split())


def _tags(content: bytes) -> Iterator[tuple[str, pypdf.generic.DictionaryObject]]:
    """Yield the elements of the structure with their roles, in reading order."""

    def walk(element: Any) -> Iterator[tuple[str, pypdf.generic.DictionaryObject]]:
        element = element.get_object()
        if isinstance(element, pypdf.generic.ArrayObject):
            for part in element:
                yield from walk(part)
        elif isinstance(element, pypdf.generic.DictionaryObject):
            if "/S" in element:
                yield str(element["/S"]), element
            if "/K" in element:
                yield from walk(element["/K"])

    yield from walk(pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]["/StructTreeRoot"])


def _tables(page: str) -> Iterator[tuple[str, list[str]]]:
    """Yield title and cells of the tables of a chapter that are open on its page."""
    for title, rest in re.findall(
        r"<caption>(?:<strong[^>]*>[^<]*</strong> )?(.*?)</caption>(.*?)</table>", page, re.DOTALL
    ):
        yield html.unescape(title), [html.unescape(cell) for cell in re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", rest)]


def test_a_page_holds_question_answers_figure_table_and_limits():
    contents = edition(chapter(table(), answers=["Er waren er 1.273.", "En nul."], figure=300))
    cover, listed, page = _pages(document(contents))
    assert "Evaluatie Basis jeugdhulp" in cover
    assert "2025-01-01" in cover
    assert "1 januari 2025" in cover
    assert "gepubliceerd door de gemeente" in " ".join(cover.split())
    assert re.search(r"Hoeveel\?\s+3", listed)
    for text in ("Hoeveel?", "Er waren er 1.273.", "En nul.", "Een tabel", "Niet waarom.", "3 / 3"):
        assert text in page
    for row in table().cells():
        for cell in row:
            assert _squeezed(cell) in _squeezed(page)


def test_it_is_tagged_and_says_its_title_and_language():
    made = document(edition(chapter(table(), answers=["Ja."], figure=300)))
    reader = pypdf.PdfReader(io.BytesIO(made))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "nl-NL"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert reader.metadata.title == "Evaluatie Basis jeugdhulp: Editie 2025-01-01, peildatum 1 januari 2025"
    assert "/CreationDate" not in reader.metadata
    assert "/Author" not in reader.metadata
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert reader.pages[0].mediabox[2:] == pytest.approx([595.28, 841.89], abs=0.01)
    tags = list(_tags(made))
    roles = [role for role, _element in tags]
    assert roles.count("/H1") == 2
    assert roles.count("/TH") == 8
    assert roles.count("/TD") == 32
    assert "/TOCI" in roles
    assert [element["/Alt"] for role, element in tags if role == "/Figure" and "/Alt" in element] == [
        "Een figuur met balken."
    ]
    assert [entry.title for entry in reader.outline] == ["Hoeveel?"]


def test_english_has_its_own_language():
    made = document(edition(chapter(table(), answers=["Yes."]), language=EN))
    assert pypdf.PdfReader(io.BytesIO(made)).trailer["/Root"]["/Lang"] == "en-GB"
    assert "Evaluation of Basis jeugdhulp" in _pages(made)[0]


@pytest.mark.parametrize("evidence", Evidence)
def test_only_synthetic_values_are_marked(evidence: Evidence):
    contents = edition(chapter(table(evidence=evidence), answers=["Er waren er drie."], evidence=evidence))
    cover, _listed, page = _pages(document(contents))
    synthetic = evidence is Evidence.SYNTHETIC
    assert ("Synthetische gegevens" in cover) == synthetic
    assert page.count("SYNTHETISCH") == 2 * synthetic


def test_the_statements_stand_behind_the_chapters_in_a_tagged_table():
    made = document(edition(chapter(table(), answers=["Ja."]), annex=annex(40, gloss="a quote")))
    reader = pypdf.PdfReader(io.BytesIO(made))
    _cover, listed, _chapter, *pages = _pages(made)
    assert len(pages) > 1
    assert re.search(r"Wat de raad is verteld, uitspraak voor uitspraak\s+4", listed)
    text = _squeezed("".join(pages))
    for said in ("Van alle is er één weersproken.", "✗ weersproken", "bewijs B", "dia “De titel”", "Een telling."):
        assert _squeezed(said) in text
    for number in range(1, 41):
        assert f"A{number:02}" in text
        assert _squeezed(f"=een citaat {number} a quote") in text
    roles = [role for role, _element in _tags(made)]
    assert roles.count("/H2") == 2
    assert roles.count("/Table") == 1 + 2
    assert roles.count("/TH") == 8 + 2 * 4
    assert roles.count("/TD") == 32 + 40 * 5
    width, height = reader.pages[-1].mediabox[2:]
    assert width > height
    assert [entry.title for entry in reader.outline] == ["Hoeveel?", "Wat de raad is verteld, uitspraak voor uitspraak"]


def test_a_quote_of_markup_stays_text():
    pages = _pages(document(edition(chapter(), annex=annex(1, quote=MARKUP))))
    assert _squeezed(MARKUP) in _squeezed(pages[-1])


def test_same_contents_give_same_bytes():
    contents = edition(chapter(table(), answers=["Ja."], figure=300))
    assert document(contents) == document(contents)


def test_all_fonts_are_inside():
    reader = pypdf.PdfReader(io.BytesIO(document(edition(chapter(table(), answers=["Ж ₂ 漢 €"])))))
    inside = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            for below in font.get_object()["/DescendantFonts"]:
                descriptor = below.get_object()["/FontDescriptor"]
                assert {"/FontFile2", "/FontFile3"} & set(descriptor)
                inside.add(re.sub(r"^/[A-Z]{6}\+", "", descriptor["/FontName"]))
    assert inside <= {
        *(f"LibertinusSerif-{cut}" for cut in ("Regular", "Bold", "Semibold")),
        "DejaVuSans",
        "LastResortHE-Regular",
    }


def test_markup_stays_text():
    for made in (
        document(edition(chapter(table(title=MARKUP), answers=[MARKUP], question=MARKUP))),
        document(edition(chapter(table(), answers=['\\u{1f600} "); #panic("x")']))),
    ):
        assert len(_pages(made)) == 3
    page = _pages(document(edition(chapter(table(title=MARKUP), answers=[MARKUP]))))[2]
    assert _squeezed(page).count(_squeezed(MARKUP)) == 2


# Written from left to right, with a shape of its own in the fonts, and not moved by typesetting.
LETTERS = st.characters(
    categories=("L", "N", "P", "S"),
    max_codepoint=0x4FF,
    exclude_characters="\N{SOFT HYPHEN}\N{COMBINING GREEK YPOGEGRAMMENI}",
)
WRITTEN = st.text(LETTERS, min_size=1, max_size=30)


@settings(max_examples=40)
@given(st.lists(WRITTEN, min_size=1, max_size=8))
def test_text_comes_out_as_it_went_in(texts: list[str]):
    (_cover, _listed, *pages) = _pages(document(edition(chapter(answers=texts))))
    read = _squeezed("".join(pages))
    for text in texts:
        assert _squeezed(text) in read, (text, read)


@settings(max_examples=40)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=8))
def test_any_text_at_all_can_be_set(texts: list[str]):
    assert len(_pages(document(edition(chapter(answers=texts, question=f"Vraag {texts[0]}"))))) == 3


def test_long_answers_leave_the_figure_a_page_with_its_question():
    answers = ["Dit is een lang antwoord dat over veel regels loopt en dan nog verder gaat. " * 9] * 6
    pages = _pages(document(edition(chapter(table(), answers=answers, figure=300))))
    assert len(pages) == 4
    assert "Wat kan dit niet zeggen?" in pages[2]
    assert "Hoeveel? (vervolg)" in pages[3]
    assert "Een tabel" in pages[3]


@pytest.mark.parametrize("height", [0, 60, 420, 900, 3000])
def test_a_figure_of_any_height_stands_whole_below_its_question(height: int):
    made = document(edition(chapter(table(), answers=["Ja."], figure=height)))
    pages = _pages(made)
    assert len(pages) == 3 if height < 900 else len(pages) <= 4
    boxes = [element["/A"] for role, element in _tags(made) if role == "/Figure" and "/Alt" in element]
    assert len(boxes) == bool(height)
    for layout in boxes:
        parts = layout if isinstance(layout, list) else [layout]
        left, bottom, right, top = next(part["/BBox"] for part in parts if "/BBox" in part)
        assert 50 < left < right < 545
        assert 60 < bottom < top < 790
        assert (top - bottom) / (right - left) == pytest.approx(height / 500, rel=0.01)


def test_a_table_whose_words_are_too_wide_for_the_page_stays_off_it():
    wide = replace(table("wide", "Een brede tabel"), columns=tuple(replace(c, label="w" * 24) for c in table().columns))
    page = _pages(document(edition(chapter(wide, table(), answers=["Ja."], figure=200))))[2]
    assert "Een brede tabel" not in page
    assert "Een tabel" in page


def test_what_cannot_be_set_is_said_in_one_line():
    with pytest.raises(DocumentError) as raised:
        set_in_type(b"#panic(sys.inputs.report)", {"x": "line\none"})
    assert "\n" not in str(raised.value)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["2024-03-25", "2025-01-01", "2025-01-01-en"])
def test_the_document_of_an_edition_says_what_its_front_page_says(outputs: Path, name: str):
    made = (outputs / name / "report.pdf").read_bytes()
    text = _squeezed("".join(_pages(made)))
    front = (outputs / name / "index.html").read_text()
    findings = re.findall(r'<p class="finding">(?:<strong[^>]*>[^<]*</strong> )?(.*?)</p>', front)
    assert len(findings) > 15
    for finding in findings:
        assert _squeezed(html.unescape(finding)) in text
    shown = [
        [cells for title, cells in _tables((outputs / name / link).read_text()) if _squeezed(title + cells[0]) in text]
        for link in re.findall(r'<h2 id="q-\d+"><a href="([^"]+)"', front)
    ]
    assert sum(map(bool, shown)) >= len(shown) / 2
    for cells in (cells for tables in shown for cells in tables):
        for cell in cells:
            assert _squeezed(cell) in text
    roles = [role for role, _element in _tags(made)]
    chapters = re.findall(r'<article class="question"', front)
    assert roles.count("/H1") == len(chapters) + 2  # and those of the contents and of the statements
    assert len(pypdf.PdfReader(io.BytesIO(made)).outline) == len(chapters) + 1
    claims = json.loads((outputs / name / "claims.json").read_text())
    assert len(claims["claims"]) == 141
    for claim in claims["claims"]:
        for said in (claim["quote"], claim[f"reason_{claims['language']}"], claim[f"settles_{claims['language']}"]):
            assert _squeezed(said) in text, claim["id"]
