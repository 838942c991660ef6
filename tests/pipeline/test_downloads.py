"""The door of a chapter keeps what the downloads need, and nothing that did not pass it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import nbformat
import pandas as pd
import pytest

from evaluation.evidence import Evidence
from evaluation.parameters import Parameters
from evaluation.pipeline import page as module
from evaluation.pipeline.downloads import read_chapter
from evaluation.pipeline.editions import Chapter, Edition
from evaluation.pipeline.outputs import forget_chapter
from evaluation.pipeline.page import Page
from evaluation.pipeline.plan import Task
from evaluation.presentation.figure import Figure, canvas
from evaluation.presentation.language import Language
from evaluation.presentation.saved import SavedChapter, SavedFigure, SavedSentence, SavedTable
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

NL = Language("nl")


class _Parameters(Parameters):
    chapter: ClassVar[str] = "pilot"


@dataclass(frozen=True)
class _Count:
    value: int
    evidence: Evidence = Evidence.PUBLISHED

    def measures(self) -> tuple[()]:
        return ()


def table_count(count: _Count, language: Language) -> Table:
    frame = pd.DataFrame({"name": ["=een"], "value": [count.value]})
    columns = (Column("name", "Naam"), Column("value", "Aantal", "integer"))
    return Table("counts", "Aantallen", columns, frame, "Noot.", count.evidence, language)


def plot_count(count: _Count, language: Language) -> Figure:
    axes = canvas(title="T", subtitle="S", source="B", evidence=count.evidence, language=language)
    axes.bar(["a"], [count.value])
    return Figure("bars", axes, "Eén balk.", table_count(count, language))


def describe_count(count: _Count, language: Language) -> Sentence:
    return Sentence(f"Het zijn er {count.value}.", count.evidence, language)


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, nbformat.NotebookNode]:
    """The folder of a chapter that showed a sentence, a figure, a table and an answer, and its notebook."""
    outputs: list[nbformat.NotebookNode] = []

    def display(bundle, *, raw, metadata):
        outputs.append(nbformat.v4.new_output("display_data", {"text/plain": bundle["text/plain"]}, metadata=metadata))

    monkeypatch.setattr(module, "display", display)
    page = Page(_Parameters(edition="e", reference_date="2025-01-01", language="nl", output_folder=str(tmp_path)))
    page.show(describe_count, _Count(7))
    page.show(plot_count, _Count(7))
    page.show(table_count, _Count(8))
    page.answer(describe_count, _Count(8))
    page.save(_Count(8))
    cells = [
        nbformat.v4.new_markdown_cell("# Hoeveel?", metadata={"tags": ["nl"]}),
        nbformat.v4.new_code_cell("...", outputs=outputs[:1]),
        nbformat.v4.new_markdown_cell("## En nu?", metadata={"tags": ["nl"]}),
        nbformat.v4.new_code_cell("...", outputs=outputs[1:]),
    ]
    return tmp_path, nbformat.v4.new_notebook(cells=cells)


def test_exhibits_are_kept_in_order_without_their_numbers(shown: tuple[Path, nbformat.NotebookNode]):
    folder, _notebook = shown
    content = json.loads((folder / "chapters" / "pilot.json").read_text())
    assert set(content) == {"chapter", "evidence", "protected", "exhibits", "tables", "measures"}
    saved = SavedChapter.from_json(content)
    assert saved.exhibits == (
        SavedSentence("Het zijn er 7.", Evidence.PUBLISHED, answer=False),
        SavedFigure("bars", "Eén balk.", "counts", Evidence.PUBLISHED),
        SavedTable("counts"),
        SavedSentence("Het zijn er 8.", Evidence.PUBLISHED, answer=True),
    )
    (form,) = content["tables"]
    assert form == {
        "id": "counts",
        "title": "Aantallen",
        "note": "Noot.",
        "evidence": "published",
        "assumed": False,
        "folded": False,
        "columns": [
            {"key": "name", "label": "Naam", "kind": "text", "digits": 1, "interval": None},
            {"key": "value", "label": "Aantal", "kind": "integer", "digits": 1, "interval": None},
        ],
    }


def test_a_chapter_comes_back_with_its_questions_tables_and_drawings(shown: tuple[Path, nbformat.NotebookNode]):
    folder, notebook = shown
    saved = SavedChapter.from_json(json.loads((folder / "chapters" / "pilot.json").read_text()))
    contents = read_chapter(folder, saved, notebook, NL)
    assert contents.question == "Hoeveel?"
    assert [question.exhibits for question in contents.questions] == [(0,), (1, 2, 3)]
    assert contents.question_of("counts") == "En nu?"
    assert contents.tables["counts"].cells() == [["=een", "8"]]
    assert contents.drawings["bars"].startswith("<svg")
    assert [answer.text for answer in contents.answers(NL)] == ["Het zijn er 8."]


def test_nothing_of_a_chapter_stays_when_it_is_to_run_again(shown: tuple[Path, nbformat.NotebookNode]):
    folder, _notebook = shown
    other = folder / "tables" / "pilot_of_another.csv"
    other.write_text("x\n")
    parameters = _Parameters(edition="x", reference_date="2025-01-01", language="nl", output_folder=str(folder))
    forget_chapter(Task(Edition("x", {}), Chapter(Path("10_pilot.ipynb"), "pilot"), parameters, folder))
    assert [path for path in folder.rglob("*") if path.is_file()] == [other]
