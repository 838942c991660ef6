"""An executed notebook as a page of its own; it keeps one language, and cells tagged with the other are left out."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from nbconvert import HTMLExporter
from nbformat import NotebookNode
from traitlets.config import Config

from evaluation.evidence import Evidence
from evaluation.presentation.language import N_, Language
from evaluation.presentation.navigation import chapter_name
from evaluation.presentation.sentence import Sentence


@dataclass(frozen=True)
class ChapterPage:
    """What the report shows of one chapter.

    Attributes
    ----------
    name, file
        Name in the navigation, and the file of its page.
    question
        The only H1 of the notebook, in the language of the report.
    answers
        Sentences for the front page.
    figure, alt
        Name of its first figure and the alternative text, or empty.
    body
        The notebook as HTML.
    evidence
        Weakest evidence of anything on the page.
    protected
        Whether disclosure rules were applied to its numbers.
    """

    name: str
    file: str
    question: str
    answers: tuple[Sentence, ...]
    figure: str
    alt: str
    body: str
    evidence: Evidence
    protected: bool


def chapter_page(
    chapter: str,
    notebook: NotebookNode,
    *,
    answers: Sequence[Sentence],
    figures: Mapping[str, str],
    evidence: Evidence,
    protected: bool,
    folder: str,
    language: Language,
) -> ChapterPage:
    """Turn an executed notebook into a page.

    Parameters
    ----------
    chapter
        Name of the chapter, ``volumes``.
    notebook
        The executed notebook.
    answers
        Sentences for the front page.
    figures
        Alternative texts by name of figure, in order.
    evidence
        Weakest evidence of anything on the page.
    protected
        Whether disclosure rules were applied to its numbers.
    folder
        Where its figures lie, seen from the page: empty, or a name with a slash.
    language
        Language to keep.
    """
    body, _ = _exporter(language.code).from_notebook_node(
        notebook, {"report": {"code": language.translate(N_("The code of this chapter")), "folder": folder}}
    )
    body = _with_own_anchors(body)
    question = re.search(r"<h1[^>]*>(.*?)</h1>", body, re.DOTALL)
    first = next(iter(figures), "")
    return ChapterPage(
        name=chapter_name(chapter, language),
        file=f"{chapter}.html",
        question=html.unescape(re.sub(r"<a .*|<[^>]+>", "", question.group(1), flags=re.DOTALL))
        if question
        else chapter,
        answers=tuple(answers),
        figure=f"{chapter}_{first}" if first else "",
        alt=figures.get(first, ""),
        body=body,
        evidence=evidence,
        protected=protected,
    )


def _with_own_anchors(body: str) -> str:
    """Give a table that stands on a page twice, also below a figure, an anchor of its own each time."""
    seen = Counter[str]()

    def anchor(found: re.Match[str]) -> str:
        seen[found[1]] += 1
        return found[0] if seen[found[1]] == 1 else f'id="{found[1]}-{seen[found[1]]}"'

    return re.sub(r'\bid="(table-[^"]+)"', anchor, body)


@cache
def _exporter(language: str) -> HTMLExporter:
    config = Config()
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_cell_tags = {"nl", "en"} - {language} | {"injected-parameters"}
    config.HTMLExporter.preprocessors = ["nbconvert.preprocessors.TagRemovePreprocessor"]
    return HTMLExporter(
        config=config,
        template_name="report",
        extra_template_basedirs=[str(files("evaluation.presentation") / "templates")],
    )
