"""Compares the files of a built edition with each other: every line that a function yields is a disagreement."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

from tests.presentation.agreement import (
    left_over,
    page_table_disagreements,
    parts_of,
    sheet_disagreements,
    squeezed,
    widths_of,
)
from tests.presentation.derived import DATA
from tests.presentation.numbers import MONTHS, numbers_in
from tests.presentation.reading import ReadPage, ReadSheet, document_of, page_of, sheets_of, soup_of, text_of
from tests.presentation.tracing import claim_values, untraced, values_of

EDITIONS = {"2024-03-25": "nl", "2025-01-01": "nl", "2025-01-01-en": "en"}
COUNCIL = DATA / "published" / "council_figures.csv"


def chapters_of(folder: Path) -> list[str]:
    """Chapters in the order of the front page."""
    return re.findall(r'<h2 id="q-\d+"><a href="([^"]+)\.html"', (folder / "index.html").read_text(encoding="utf-8"))


@cache
def soup(file: Path) -> BeautifulSoup:
    """A page, parsed once."""
    return soup_of(file)


@cache
def page(file: Path) -> ReadPage:
    """The exhibits of a page, read once."""
    return page_of(soup(file))


@cache
def sheets(file: Path) -> dict[str, ReadSheet]:
    """The sheets of a workbook, read once."""
    return sheets_of(file)


@cache
def document(file: Path) -> list[str]:
    """The text of a document, read once."""
    return document_of(file)


def table_disagreements(folder: Path, chapter: str, language: str) -> Iterator[str]:
    """Compare the tables of a chapter on its page and in the workbook with their CSV."""
    for table in page(folder / f"{chapter}.html").tables:
        name = f"{chapter}_{table.id}"
        file, sheet = folder / "tables" / f"{name}.csv", sheets(folder / "tables.xlsx")[name]
        yield from page_table_disagreements(table, file, widths_of(sheet, language), language)
        yield from sheet_disagreements(sheet, table, file, language)


def sentence_disagreements(folder: Path, chapter: str, language: str) -> Iterator[str]:
    """Trace the numbers in the words of a chapter, and in what is said of its figures, to its values."""
    values, read = values_of(folder, chapter, COUNCIL, language), page(folder / f"{chapter}.html")
    told = [*read.sentences, *(alt for _file, alt in read.pictures)]
    told += [text for table in read.tables for text in (table.title, table.note)]
    for text in dict.fromkeys(told):
        for number in untraced(text, values, language):
            yield f"{chapter}: {number} is no value of this chapter, in “{text}”"


def front_disagreements(
    measures: Sequence[dict[str, Any]], shown: dict[str, list[str]], language: str
) -> Iterator[str]:
    """Compare the table of all values with the results, value by value."""
    for measure in measures:
        _label, value, interval, *_period = shown[measure[f"label_{language}"]]
        for name, text in (("estimate", value), ("ci_low", interval), ("ci_high", interval)):
            if measure[name] is not None and measure["unit"] != "yes_no":
                printed = numbers_in(text, language)
                if not any(number.says(measure[name]) for number in printed):
                    yield f"{measure['id']}: {name} is {measure[name]}, on the front page “{text}”"


def document_disagreements(pages: list[str], folder: Path) -> Iterator[str]:
    """Account for every number of a document by a sentence, a row or a paragraph of the pages, each as a whole."""
    known: list[str] = []
    for name in ("index", *chapters_of(folder)):
        file = folder / f"{name}.html"
        known += parts_of(page(file))
        known += [text_of(tag).removesuffix("¶") for tag in soup(file).select("h1, h2, p, li, .edition, title")]
    tally = soup(folder / "index.html").select(".tally-line")
    known += [text_of(tag).removesuffix(text_of(link)) for tag in tally for link in tag.select("a")]
    claims = soup(folder / "claims.html")
    known += [text_of(tag) for tag in claims.select("h1, h3, .grades dt, .grades dd")]
    known += map(statement_in_document, claims.select("article.claim"))
    text = squeezed("\n".join(pages))
    for sentence in page(folder / "index.html").sentences:
        if squeezed(sentence) not in text:
            yield f"“{sentence}” is not in the document"
    names = "|".join(re.escape(text_of(tag)) for tag in soup(folder / "index.html").select("nav a"))
    running = (r"^\d+ / \d+$", rf"^\d{{1,2}} (?=(?:{names})$)")  # number of a page, and of a chapter
    cover, contents, *rest = pages
    listed = re.sub(r"(?<!/) \d{1,2}$", "", contents, flags=re.MULTILINE)  # the page on which a chapter begins
    yield from left_over([cover, listed, *rest], [*known, *names_of(folder)], running)


def statement_in_document(claim: Tag) -> str:
    """Return all that a document says of a statement, in its order, from the panel of the page."""
    one = {part: text_of(tag) for part in (".code", "q", ".verdict", ".grade") for tag in claim.select(part)}
    slide = re.search(r"(?:dia|slide) “[^”]*”", text_of(claim.select(".where")[0]))
    why = claim.select("h4 + p")[0]  # no statement of these editions has a signed verdict before it
    parts = [one[".code"], one["q"], *map(text_of, claim.select(".gloss")), slide[0] if slide else ""]
    return "".join([*parts, one[".verdict"], one[".grade"], text_of(why), text_of(claim.select("dl dd")[0])])


def names_of(folder: Path) -> list[str]:
    """Return how an edition is called: its name and its reference date."""
    content = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    year, month, day = map(int, content["reference_date"].split("-"))
    return [content["edition"], f"{day} {MONTHS[content['language']][month - 1]} {year}"]


def claim_disagreements(claims: BeautifulSoup, folder: Path, language: str) -> Iterator[str]:
    """Trace the numbers in the reasons and beside each statement."""
    for panel in claims.select("article.claim"):
        values = claim_values(folder, str(panel["id"]), language)
        for tag in panel.select(".panel p, .panel td, .panel dd"):
            text = text_of(tag)
            for number in untraced(text, values, language):
                yield f"{panel['id']}: {number} is no value of the edition, in “{text}”"


def values_said(text: str, language: str) -> list[tuple[object, bool]]:
    """Numbers of a sentence without their order, which the languages need not share."""
    return sorted((abs(number.value), number.percent) for number in numbers_in(text, language))


def forget() -> None:
    """Read files anew from now on."""
    for kept in (soup, page, sheets, document):
        kept.cache_clear()
