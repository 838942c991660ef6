"""Small contents of an edition for tests of the downloads."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from evaluation.evidence import SUPPRESSED, Evidence
from evaluation.presentation.claims_annex import ClaimsAnnex, Statement
from evaluation.presentation.contents import ChapterContents, EditionContents
from evaluation.presentation.language import Language
from evaluation.presentation.questions import Question
from evaluation.presentation.saved import (
    SavedChapter,
    SavedExhibit,
    SavedFigure,
    SavedSentence,
    SavedTable,
    TableForm,
)
from evaluation.presentation.table import Column, Table

NL, EN = Language("nl"), Language("en")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 {height}"><rect width="500" height="{height}"/></svg>'
COLUMNS = (
    Column("name", "Naam"),
    Column("count", "Aantal", "integer"),
    Column("share", "Aandeel", "percent", 1, ("low", "high")),
    Column("change", "Verschil", "points"),
    Column("cost", "Kosten", "euro", 0),
    Column("mean", "Gemiddelde", "decimal", 2),
    Column("day", "Dag", "day"),
    Column("month", "Maand", "month"),
)
ROWS = [
    ("=SUM(A1:A9)", 1273, 0.293, 0.27, 0.31, -0.05, 12300.4, 5.825, date(2024, 3, 25), date(2024, 3, 1)),
    ("-verwijzer", SUPPRESSED, SUPPRESSED, SUPPRESSED, SUPPRESSED, SUPPRESSED, SUPPRESSED, SUPPRESSED, None, None),
    ("nul", 0, 0.0, None, None, 0.0, 0.0, 0.0, date(2025, 1, 1), date(2025, 1, 1)),
    ("onbekend", None, None, None, None, None, None, None, None, None),
]
KEYS = [key for column in COLUMNS for key in column.keys]


def table(name: str = "t", title: str = "Een tabel", *, evidence: Evidence = Evidence.PUBLISHED) -> Table:
    """A table with a column of every kind, and of every way to have no number."""
    return Table(name, title, COLUMNS, pd.DataFrame(ROWS, columns=KEYS, dtype=object), "De noot.", evidence, NL)


def chapter(
    *tables: Table,
    answers: Sequence[str] = (),
    figure: int = 0,
    name: str = "volumes",
    evidence: Evidence = Evidence.PUBLISHED,
    question: str = "Hoeveel?",
) -> ChapterContents:
    """A chapter with its answers, a figure of some height, and tables, all under one question."""
    shown: list[SavedExhibit] = [SavedSentence(text, evidence, answer=True) for text in answers]
    shown += [SavedTable(each.id) for each in tables]
    if figure:
        shown.append(SavedFigure("f", "Een figuur met balken.", tables[0].id, evidence))
    saved = SavedChapter(name, evidence, False, tuple(shown), tuple(map(TableForm.of, tables)))
    questions = (
        Question(question, 1, ("Waar het over gaat.",)),
        Question("Hoeveel waren er?", 2, (), tuple(range(len(shown)))),
        Question("Wat kan dit niet zeggen?", 2, ("Niet waarom.",)),
    )
    drawings = {"f": SVG.format(height=figure)} if figure else {}
    return ChapterContents("Aantallen", saved, questions, {each.id: each for each in tables}, drawings)


def annex(count: int = 2, *, quote: str = "=een citaat", gloss: str = "") -> ClaimsAnnex:
    """So many statements, the first of them in another presentation than the rest."""
    statements = tuple(
        Statement(
            id=f"A{number:02}",
            quote=f"{quote} {number}",
            gloss=gloss,
            document="Presentatie van voren" if number == 1 else "Presentatie van achteren",
            slide="De titel",
            kind="cijfer",
            sign="✗",
            verdict="weersproken",
            grade="B",
            reason=f"Omdat {number}.",
            settles="Een telling.",
        )
        for number in range(1, count + 1)
    )
    return ClaimsAnnex(statements, ("Van alle is er één weersproken.",), (("A", "geteld"), ("B", "twee cijfers")))


def edition(*chapters: ChapterContents, language: Language = NL, annex: ClaimsAnnex | None = None) -> EditionContents:
    """An edition of these chapters."""
    return EditionContents("2025-01-01", date(2025, 1, 1), language, chapters, annex)
