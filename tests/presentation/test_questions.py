"""The questions of a notebook, in one language, with the exhibits that stand under each."""

import re

import nbformat
import pytest

from evaluation.evidence import Evidence
from evaluation.pipeline.project import NOTEBOOKS
from evaluation.presentation.chapter_page import chapter_page
from evaluation.presentation.language import Language
from evaluation.presentation.questions import Question, questions_of


def _notebook() -> nbformat.NotebookNode:
    def text(source: str, tag: str) -> nbformat.NotebookNode:
        return nbformat.v4.new_markdown_cell(source, metadata={"tags": [tag]})

    def code(*places: int | None) -> nbformat.NotebookNode:
        metadata = [{} if place is None else {"exhibit": place} for place in places]
        outputs = [nbformat.v4.new_output("display_data", {"text/plain": ""}, metadata=each) for each in metadata]
        return nbformat.v4.new_code_cell("x", outputs=outputs)

    return nbformat.v4.new_notebook(
        cells=[
            code(),
            text("# Hoeveel?\n\nEen **hoofdstuk** over\naantallen.", "nl"),
            text("<h1>How many?</h1>\n\nA chapter &amp; its numbers.", "en"),
            code(0, None),
            text("## Waarom?\n\nZie [elders](x.html).\n\nEn `code`.", "nl"),
            text("## Why?", "en"),
            code(1, 2),
            code(3),
        ]
    )


def test_questions_hold_their_prose_and_exhibits():
    assert questions_of(_notebook(), Language("nl")) == (
        Question("Hoeveel?", 1, ("Een hoofdstuk over aantallen.",), (0,)),
        Question("Waarom?", 2, ("Zie elders.", "En code."), (1, 2, 3)),
    )


def test_the_other_language_is_left_out():
    assert [(asked.heading, asked.paragraphs) for asked in questions_of(_notebook(), Language("en"))] == [
        ("How many?", ("A chapter & its numbers.",)),
        ("Why?", ()),
    ]


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_chapter_asks_one_question_and_ends_with_its_limits(path):
    notebook = nbformat.read(path, as_version=4)
    asked = {code: questions_of(notebook, Language(code)) for code in ("nl", "en")}
    assert len(asked["nl"]) == len(asked["en"])
    for code, words in (("nl", "niet"), ("en", "not")):
        assert [question.level for question in asked[code]].count(1) == 1
        assert asked[code][0].level == 1
        assert asked[code][-1].paragraphs
        assert words in asked[code][-1].heading


def test_a_table_that_stands_twice_has_an_anchor_of_its_own_each_time():
    shown = {"text/html": '<div id="table-plans">x</div>'}
    cells = [nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", shown)]) for _time in range(2)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# ?"), *cells])
    page = chapter_page(
        "costs",
        notebook,
        answers=(),
        figures={},
        evidence=Evidence.PUBLISHED,
        protected=False,
        folder="",
        language=Language("nl"),
    )
    assert re.findall(r'id="(table-[^"]*)"', page.body) == ["table-plans", "table-plans-2"]
