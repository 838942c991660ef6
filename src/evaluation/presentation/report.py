"""Report pages: an executed notebook as a page of its own, and the front page of an edition.

Pages stand on their own in the folder of the edition: no network, one style sheet inside each page, and no script but
the search on the page of statements, which can be read without it. A page keeps one language: cells tagged with the
other one are left out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from traitlets.config import Config

from evaluation.evidence import Evidence, Measure, weakest
from evaluation.measures.delivered import Delivered
from evaluation.presentation.claims_page import CLAIMS_NAME, CLAIMS_PAGE, CLAIMS_TITLE, ClaimsPage, describe_ledger
from evaluation.presentation.delivery import describe_accounting, table_accounting, table_findings
from evaluation.presentation.labels import VALUES_FROM, measure_label, measure_value
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table
from evaluation.presentation.templating import style_sheet, template

CHAPTERS = {
    "volumes": N_("Volumes"),
    "durations": N_("Durations"),
    "registration": N_("Registration"),
    "capacity": N_("Capacity"),
    "coherence": N_("Coherence"),
    "costs": N_("Costs"),
    "unit_costs": N_("Unit costs"),
    "benchmark": N_("Other municipalities"),
    "counterfactual": N_("Without BJH"),
    "pilot": N_("Pilot"),
    "pilot_change": N_("Change in the pilot"),
    "experience": N_("Experience"),
    "narratives": N_("Stories"),
    "access": N_("Access"),
    "legal_protection": N_("Legal protection"),
    "open_house": N_("Open House"),
}


FRONT_TITLE = N_("What is known of Basis jeugdhulp in Groningen")
LEAD = N_(
    "Since 2023 the municipality of Groningen has been building Basis jeugdhulp: one team that is to replace many "
    "providers and products of youth support. This report sets what the council was told beside what can be checked."
)
SYNTHETIC_MORE = N_(
    "Values with the mark “Synthetic” come from an invented registry that reproduces the published figures. Published "
    "figures and public statistics are real."
)
PROTECTED_PAGE = N_(
    "Numbers about people on this page are rounded, and small ones are not shown, so that nothing can be learnt about "
    "anyone."
)
# Files to take along, in the order of the front page.
DOWNLOADS = {
    "report.pdf": N_("the report as a document: a page per question"),
    "tables.xlsx": N_("all tables as a workbook"),
    "single.html": N_("all pages in one file, to send by e-mail"),
    "claims.json": N_("all statements made to the council, with verdict, grade and reason"),
    "results.json": N_("all values with interval, method, evidence and source"),
    "manifest.json": N_("parameters, inputs with fingerprints, and versions"),
}
ACCOUNT_TITLE = N_("How good is the delivery that this edition was made from?")
EXAMPLE_TITLE = N_("Example: what a page shows of the personal register")


@dataclass(frozen=True)
class Download:
    """A file of the edition.

    Attributes
    ----------
    file
        Seen from the folder of the edition.
    size
        Number of bytes.
    """

    file: str
    size: int


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


def chapter_name(chapter: str, language: Language) -> str:
    """Return the name of a chapter in the navigation."""
    return language.translate(CHAPTERS.get(chapter, chapter))


@dataclass(frozen=True)
class Report:
    """The pages of one edition.

    Attributes
    ----------
    edition, reference_date
        What the edition is called, and its reference date.
    chapters
        Pages in their order.
    measures
        Every value of the edition.
    example
        A page that shows the rules of disclosure control at work on the invented registry.
    account
        Protected account of the delivery of the register that the edition was made from.
    claims
        The statements made to the council, judged by the values of the edition.
    downloads
        Files that the front page offers; without any it has no list of them.
    translated
        Folder beside this one that holds the same edition in the other language; empty when it was not made.
    """

    edition: str
    reference_date: date
    language: Language
    chapters: tuple[ChapterPage, ...]
    measures: tuple[Measure, ...]
    example: ChapterPage | None = None
    account: Delivered | None = None
    claims: ClaimsPage | None = None
    downloads: tuple[Download, ...] = ()
    translated: str = ""

    def pages(self) -> dict[str, str]:
        """Return the HTML of every page by file name."""
        pages = {chapter.file: self._chapter(chapter) for chapter in self.chapters}
        if self.example:
            page = replace(self.example, file="example.html", question=self.language.translate(EXAMPLE_TITLE))
            pages[page.file] = self._chapter(page)
        if self.account:
            pages["delivery.html"] = self._render(
                "account.html.j2",
                "delivery.html",
                self.language.translate(ACCOUNT_TITLE),
                self.account.evidence,
                protected=True,
                account=[
                    describe_accounting(self.account, self.language),
                    table_accounting(self.account, self.language),
                    table_findings(self.account, self.language),
                ],
            )
        if self.claims:
            pages[CLAIMS_PAGE] = self._render(
                "claims.html.j2",
                CLAIMS_PAGE,
                self.language.translate(CLAIMS_TITLE),
                self.claims.ledger.evidence,
                protected=self.claims.uses_register,
                **self.claims.values({chapter.file for chapter in self.chapters}, self.language),
            )
        pages["index.html"] = self.front()
        return pages

    def front(self) -> str:
        """Return the HTML of the front page."""
        kinds = [
            kind for kind in reversed(list(Evidence)) if any(measure.evidence is kind for measure in self.measures)
        ]
        values = [table_measures([m for m in self.measures if m.evidence is kind], self.language) for kind in kinds]
        return self._render(
            "front.html.j2",
            "index.html",
            self.language.translate(FRONT_TITLE),
            weakest(chapter.evidence for chapter in self.chapters),
            measures=values,
            downloads=[download for download in self.downloads if download.file in DOWNLOADS],
            explained=DOWNLOADS,
            tables=[download for download in self.downloads if download.file not in DOWNLOADS],
            lead=LEAD,
            example=EXAMPLE_TITLE if self.example else "",
            delivery=ACCOUNT_TITLE if self.account else "",
            tally=describe_ledger(self.claims.ledger, self.language) if self.claims else "",
            said={
                chapter.file: self.claims.about(chapter.file.removesuffix(".html"), self.language)
                for chapter in self.chapters
            }
            if self.claims
            else {},
        )

    def _chapter(self, page: ChapterPage) -> str:
        return self._render(
            "layout.html.j2", page.file, page.question, page.evidence, body=page.body, protected=page.protected
        )

    def _render(self, name: str, current: str, title: str, evidence: Evidence, **values: Any) -> str:
        return template(name).render(
            _=self.language.translate,
            language=self.language,
            title=title,
            edition=self.edition,
            reference_date=self.reference_date,
            chapters=self.chapters,
            statements=self.language.translate(CLAIMS_NAME) if self.claims else "",
            current=current,
            translated=self.translated,
            synthetic=evidence is Evidence.SYNTHETIC,
            notice=SYNTHETIC_MORE,
            protection=PROTECTED_PAGE,
            css=style_sheet(),
            **values,
        )


def table_measures(measures: Sequence[Measure], language: Language) -> Table:
    """Values of one kind of evidence, with their intervals; the kinds are never mixed in one table."""
    _ = language.translate
    evidence = weakest(measure.evidence for measure in measures)
    note = _("Interval by rounding: what the printed amounts allow. Others: confidence interval at the level shown.")
    rows = [
        {
            "label": measure_label(measure.id, language),
            "value": measure_value(measure, measure.estimate, language),
            "interval": _interval(measure, language),
            "period": language.period(measure.period),
        }
        for measure in measures
    ]
    return Table(
        id=f"measures_{evidence}",
        title=_(VALUES_FROM[evidence]),
        columns=(
            Column("label", _("Outcome")),
            Column("value", _("Value")),
            Column("interval", _("Interval")),
            Column("period", _("Period or day")),
        ),
        frame=pd.DataFrame(rows, columns=["label", "value", "interval", "period"]),
        note=note if any(measure.interval == "rounding" for measure in measures) else "",
        evidence=evidence,
        language=language,
    )


def _interval(measure: Measure, language: Language) -> str:
    _ = language.translate
    if measure.ci_low is None or measure.ci_high is None:
        return "–"
    ends = _("{low} to {high}").format(
        low=measure_value(measure, measure.ci_low, language), high=measure_value(measure, measure.ci_high, language)
    )
    kind = _("rounding") if measure.ci_level is None else language.percent(measure.ci_level, 0)
    return f"{ends} ({kind})"


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
