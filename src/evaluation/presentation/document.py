"""The report as a PDF for the council pack, set by typst: A4, tagged, with every figure as vectors.

The template holds no text and the text reaches it as data, so nothing that is said can be read as markup. No network
is used, and no font but those that come with typst and matplotlib. The same contents give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import typst

from evaluation.evidence import Evidence
from evaluation.presentation.claims_annex import ClaimsAnnex
from evaluation.presentation.claims_page import CLAIMS_NAME, CLAIMS_TITLE
from evaluation.presentation.contents import TITLE, ChapterContents, EditionContents
from evaluation.presentation.language import N_, Language
from evaluation.presentation.mark import ASSUMED, ASSUMED_MORE, ASSUMED_PART, SYNTHETIC, SYNTHETIC_LONG, SYNTHETIC_MORE
from evaluation.presentation.report import PROTECTED_PAGE
from evaluation.presentation.saved import SavedFigure, SavedSentence, SavedTable
from evaluation.presentation.subject import Subject
from evaluation.presentation.table import Table

READING = (
    N_("Each page holds one question: the answers, a figure, a table where there is room, and what cannot be said."),
    N_("The last pages hold every statement to the council, each with its verdict and the reason."),
    N_("“Not shown” is a number withheld to protect people, “unknown” one that nobody has. Neither of them is zero."),
    N_("All figures, methods and code are on the pages of the edition, and all tables in tables.xlsx beside it."),
)
STANDARD: Final = "ua-1"  # PDF/UA-1, ISO 14289-1: tagged, with title, language and alternative texts
REGIONS = {"nl": "NL", "en": "GB"}
MOST_ROWS, MOST_COLUMNS = 18, 8  # of a table that can stand beside a figure
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
# What no font can draw and PDF/UA does not allow: control characters, halves of pairs, and code points without meaning.
_NO_CHARACTER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class DocumentError(Exception):
    """A document that could not be set; the message says why in one line."""


def document(contents: EditionContents) -> bytes:
    """Return the report of an edition as PDF.

    Parameters
    ----------
    contents
        What the edition shows.

    Raises
    ------
    DocumentError
        When typst cannot set it.
    """
    return set_in_type(_template(), report_data(contents))


def set_in_type(template: bytes, report: dict[str, Any]) -> bytes:
    """Return what typst makes of a template and its data.

    Raises
    ------
    DocumentError
        When it cannot.
    """
    try:
        return typst.compile(
            template,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"report": json.dumps(_drawable(report), ensure_ascii=False)},
            pdf_standards=[STANDARD],
        )
    except typst.TypstError as error:
        raise DocumentError(" ".join(str(error).split()) or "typst gave no reason") from None


def report_data(contents: EditionContents) -> dict[str, Any]:
    """Return everything that the template of the report says."""
    language = contents.language
    _ = language.translate
    return {
        "language": language.code,
        "region": REGIONS[language.code],
        "title": _(TITLE),
        "subtitle": contents.subject.title(language),
        "about": contents.about,
        "edition": contents.edition,
        "reference-date": language.day(contents.reference_date),
        "lead": contents.subject.lead(language),
        "synthetic": Evidence.SYNTHETIC in contents.evidence,
        "kinds": [
            {"id": kind, "name": name, "meaning": meaning}
            for kind, (name, meaning) in ((kind, contents.meaning(kind, language)) for kind in contents.evidence)
        ],
        "words": {**_words(contents.subject, language), **_marks(language, assumed=contents.assumed)},
        "chapters": [_chapter(number, chapter, language) for number, chapter in enumerate(contents.chapters, start=1)],
        "annex": _annex(contents.annex, language) if contents.annex else None,
    }


def _words(subject: Subject, language: Language) -> dict[str, Any]:
    _ = language.translate
    return {
        "place": subject.readers(language),
        "edition": _("Edition"),
        "reference-date": _("Reference date"),
        "kinds": _("Kinds of evidence in this edition"),
        "contents": _("Contents"),
        "continued": _("{question} (continued)"),
        "protected-page": _(PROTECTED_PAGE),
        "how-to-read": _("How to read this report"),
        "reading": [_(line) for line in READING],
    }


def _marks(language: Language, *, assumed: bool) -> dict[str, str]:
    """What the mark says: that a registry was invented, or that amounts were assumed."""
    _ = language.translate
    if assumed:
        page = _("Numbers with the mark “Assumptions” were computed with amounts that are assumed here.")
        words = (_(ASSUMED), _(ASSUMED_PART), _(ASSUMED_MORE), page)
    else:
        page = _("Numbers with the mark “Synthetic” come from an invented registry.")
        words = (_(SYNTHETIC), _(SYNTHETIC_LONG), _(SYNTHETIC_MORE), page)
    return dict(zip(("synthetic", "synthetic-long", "synthetic-more", "synthetic-page"), words, strict=True))


def _annex(annex: ClaimsAnnex, language: Language) -> dict[str, Any]:
    """The statements, by presentation."""
    _ = language.translate
    documents = groupby(annex.statements, key=lambda own: own.document)
    return {
        "name": _(CLAIMS_NAME),
        "title": _(CLAIMS_TITLE),
        "said": list(annex.said),
        "grades-heading": _("Strength of evidence"),
        "grades": [list(grade) for grade in annex.grades],
        "columns": [_("Statement"), _("Verdict"), _("Why this verdict"), _("What would settle it")],
        "slide": _("slide “{slide}”"),
        "grade": _("evidence {grade}"),
        "documents": [{"heading": heading, "rows": [asdict(own) for own in rows]} for heading, rows in documents],
    }


def _chapter(number: int, chapter: ChapterContents, language: Language) -> dict[str, Any]:
    limits = chapter.limits
    return {
        "id": chapter.saved.name,
        "number": number,
        "name": chapter.name,
        "question": chapter.question,
        "synthetic": chapter.saved.evidence is Evidence.SYNTHETIC,
        "protected": chapter.saved.protected,
        "answers": [
            {"text": answer.text, "synthetic": answer.evidence is Evidence.SYNTHETIC}
            for answer in chapter.answers(language)
        ],
        "figure": _figure(chapter),
        "tables": [_table(table) for table in _key_tables(chapter)],
        "limits": {"heading": limits.heading, "paragraphs": limits.paragraphs} if limits else None,
    }


def _figure(chapter: ChapterContents) -> dict[str, Any] | None:
    """The first figure with its measures, which the template needs to keep it on the page of its question."""
    for figure in chapter.saved.figures[:1]:
        svg = chapter.drawings[figure.id]
        if size := _SIZE.search(svg):
            return {"svg": svg, "alt": figure.alt, "width": float(size[1]), "height": float(size[2])}
    return None


def _key_tables(chapter: ChapterContents) -> Iterator[Table]:
    """Yield the tables that may stand on the page: of questions with an answer, numbers of figures last.

    The template takes the first that fits.
    """
    shown = chapter.saved.exhibits
    tables, drawn = [], []
    for question in chapter.questions:
        exhibits = [shown[place] for place in question.exhibits]
        if any(isinstance(exhibit, SavedSentence) and exhibit.answer for exhibit in exhibits):
            tables += [exhibit.id for exhibit in exhibits if isinstance(exhibit, SavedTable)]
            drawn += [exhibit.numbers for exhibit in exhibits if isinstance(exhibit, SavedFigure)]
    for name in dict.fromkeys([*tables, *reversed(drawn)]):
        table = chapter.tables[name]
        if not table.folded and 0 < len(table.frame) <= MOST_ROWS and len(table.columns) <= MOST_COLUMNS:
            yield table


def _table(table: Table) -> dict[str, Any]:
    return {
        "id": table.id,
        "title": table.title,
        "synthetic": table.evidence is Evidence.SYNTHETIC,
        "columns": [
            {
                "label": column.label,
                "number": column.kind not in ("text", "quote"),
                "quote": column.kind == "quote" and table.language.code != "nl",
            }
            for column in table.columns
        ],
        "rows": table.cells(),
        "note": table.note,
    }


def _drawable(value: Any) -> Any:
    """Return data of which every text can be drawn: what is no character becomes the sign for that."""
    if isinstance(value, str):
        return _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, dict):
        return {key: _drawable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(part) for part in value]
    return value


def _template() -> bytes:
    return (files("evaluation.presentation") / "templates" / "report.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    """The fonts that come with typst and matplotlib, on every machine the same."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(Path(mpl.get_data_path()) / "fonts" / "ttf")])
