"""Writes what can be taken along from an edition: the document, the workbook, and all pages in one file.

They are made from what the chapters saved, so they hold what passed the gate and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode

from evaluation.presentation.contents import ChapterContents, EditionContents
from evaluation.presentation.document import document
from evaluation.presentation.language import Language
from evaluation.presentation.navigation import chapter_name
from evaluation.presentation.questions import questions_of
from evaluation.presentation.report import DOWNLOADS, Download
from evaluation.presentation.saved import SavedChapter
from evaluation.presentation.single_file import single_file
from evaluation.presentation.workbook import workbook


def read_chapter(folder: Path, saved: SavedChapter, notebook: NotebookNode, language: Language) -> ChapterContents:
    """Read the tables and figures of a chapter back from the folder of its edition.

    Parameters
    ----------
    folder
        Holds ``tables/`` and ``figures/``.
    saved
        What the chapter left.
    notebook
        The chapter as it was executed.
    """
    tables, figures = folder / "tables", folder / "figures"
    return ChapterContents(
        name=chapter_name(saved.name, language),
        saved=saved,
        questions=questions_of(notebook, language),
        tables={form.id: form.filled(_text(tables / f"{saved.name}_{form.id}.csv"), language) for form in saved.tables},
        drawings={figure.id: _text(figures / f"{saved.name}_{figure.id}.svg") for figure in saved.figures},
    )


def write_documents(folder: Path, contents: EditionContents) -> None:
    """Write the document and the workbook of an edition.

    Raises
    ------
    DocumentError
        When the document cannot be set.
    """
    (folder / "report.pdf").write_bytes(document(contents))
    (folder / "tables.xlsx").write_bytes(workbook(contents))


def write_single(folder: Path, pages: Mapping[str, str], language: Language) -> None:
    """Write all pages of an edition, which are given by file name, in one file."""
    whole = single_file(pages, lambda path: _text(folder / path), language)
    (folder / "single.html").write_text(whole, encoding="utf-8")


def downloads_in(folder: Path) -> tuple[Download, ...]:
    """Return what can be taken along from the folder of an edition, its CSV files last."""
    names = [
        *(name for name in DOWNLOADS if (folder / name).exists()),
        *(f"tables/{path.name}" for path in sorted((folder / "tables").glob("*.csv"))),
    ]
    return tuple(Download(name, (folder / name).stat().st_size) for name in names)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8")  # as it stands: a cell may hold the end of a line
