"""The report of an edition: its pages, and what they have in common.

Pages stand on their own in the folder of the edition: no network, one style sheet inside each page, and no script but
the search on the page of statements, which can be read without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from typing import Any

from evaluation.evidence import Evidence, Measure, weakest
from evaluation.measures.delivered import Delivered
from evaluation.presentation.chapter_page import ChapterPage
from evaluation.presentation.claims_page import CLAIMS_NAME, CLAIMS_PAGE, CLAIMS_TITLE, ClaimsPage, describe_ledger
from evaluation.presentation.data_page import DATA_NAME, DATA_PAGE, DATA_TITLE, EditionInputs, data_values
from evaluation.presentation.delivery import describe_accounting, table_accounting, table_findings
from evaluation.presentation.language import N_, Language
from evaluation.presentation.mark import ASSUMED_MORE, ASSUMED_PART, SYNTHETIC_LONG, SYNTHETIC_MORE, is_assumed
from evaluation.presentation.methods_page import METHODS_NAME, METHODS_PAGE, METHODS_TITLE, by_chapter, methods_values
from evaluation.presentation.navigation import Theme, themes
from evaluation.presentation.subject import GRONINGEN, Subject
from evaluation.presentation.templating import style_sheet, template
from evaluation.presentation.values_table import table_measures

PROTECTED_PAGE = N_(
    "Numbers about people on this page are rounded, and small ones are not shown, so that nothing can be learnt about "
    "anyone."
)
# Files to take along, in the order of the front page.
DOWNLOADS = {
    "report.pdf": N_("the report as a document: a page per question, and every statement"),
    "tables.xlsx": N_("all tables and statements as a workbook"),
    "single.html": N_("all pages in one file, to send by e-mail"),
    "claims.json": N_("all statements made to the council, with verdict, grade and reason"),
    "results.json": N_("all values with interval, method, evidence and source"),
    "manifest.json": N_("parameters, inputs with fingerprints, and versions"),
}
WITHOUT_STATEMENTS = {
    "report.pdf": N_("the report as a document: a page per question"),
    "tables.xlsx": N_("all tables as a workbook"),
}
# Where the front page says what can be taken along, once it was made; a comment of HTML, which nothing else can hold.
TAKEN_ALONG, OFFERED = "<!-- to take along -->", "<!-- downloads -->"
ACCOUNT_PAGE = "delivery.html"
ACCOUNT_NAME = N_("The delivery")
ACCOUNT_TITLE = N_("How good is the delivery that this edition was made from?")
EXAMPLE_PAGE = "example.html"
EXAMPLE_NAME = N_("Protection: an example")
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
    homes
        File of the chapter that saved it, by id of a measure.
    inputs
        What the edition was made from.
    translated
        Folder beside this one that holds the same edition in the other language; empty when it was not made.
    subject
        What it is about.
    """

    edition: str
    reference_date: date
    language: Language
    chapters: tuple[ChapterPage, ...]
    measures: tuple[Measure, ...]
    example: ChapterPage | None = None
    account: Delivered | None = None
    claims: ClaimsPage | None = None
    homes: Mapping[str, str] = field(default_factory=dict)
    inputs: EditionInputs | None = None
    translated: str = ""
    subject: Subject = GRONINGEN

    def pages(self) -> dict[str, str]:
        """Return the HTML of every page by file name; the front page has no downloads yet, see `with_downloads`."""
        pages = {"index.html": self._front(), **{chapter.file: self._chapter(chapter) for chapter in self.chapters}}
        return pages | {file: made() for file, _name, made in self._foundation()}

    def _foundation(self) -> Iterator[tuple[str, str, Callable[[], str]]]:
        """Yield file and name of the pages beside the chapters, and what makes them."""
        _ = self.language.translate
        if self.claims:
            yield CLAIMS_PAGE, _(CLAIMS_NAME), partial(self._claims, self.claims)
        yield METHODS_PAGE, _(METHODS_NAME), self._methods
        if self.inputs:
            yield DATA_PAGE, _(DATA_NAME), partial(self._data, self.inputs)
        if self.account:
            yield ACCOUNT_PAGE, _(ACCOUNT_NAME), partial(self._account, self.account)
        if self.example:
            yield EXAMPLE_PAGE, _(EXAMPLE_NAME), partial(self._example, self.example)

    def _front(self) -> str:
        kinds = [(kind, False) for kind in reversed(list(Evidence))] + [(Evidence.SYNTHETIC, True)]
        groups = [[m for m in self.measures if (m.evidence, is_assumed(m)) == kind] for kind in kinds]
        values = [table_measures(group, self.language) for group in groups if group]
        return self._render(
            "front.html.j2",
            "index.html",
            self.subject.title(self.language),
            weakest(chapter.evidence for chapter in self.chapters),
            measures=values,
            taken_along=TAKEN_ALONG,
            offered=OFFERED,
            lead=self.subject.lead(self.language),
            example=EXAMPLE_TITLE if self.example else "",
            delivery=ACCOUNT_TITLE if self.account else "",
            data=DATA_TITLE if self.inputs else "",
            methods=METHODS_TITLE,
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

    def _example(self, page: ChapterPage) -> str:
        return self._chapter(replace(page, file=EXAMPLE_PAGE, question=self.language.translate(EXAMPLE_TITLE)))

    def _account(self, account: Delivered) -> str:
        parts = (
            describe_accounting(account, self.language),
            table_accounting(account, self.language),
            table_findings(account, self.language),
        )
        return self._render(
            "account.html.j2", ACCOUNT_PAGE, ACCOUNT_TITLE, account.evidence, protected=True, account=parts
        )

    def _claims(self, claims: ClaimsPage) -> str:
        return self._render(
            "claims.html.j2",
            CLAIMS_PAGE,
            CLAIMS_TITLE,
            claims.ledger.evidence,
            protected=claims.uses_register,
            **claims.values({chapter.file for chapter in self.chapters}, self.homes, self.language),
        )

    def _methods(self) -> str:
        chapters = ((chapter.file, chapter.name, chapter.question) for chapter in self.chapters)
        groups = by_chapter(chapters, self.measures, self.homes)
        return self._render(
            "methods.html.j2",
            METHODS_PAGE,
            METHODS_TITLE,
            Evidence.PUBLISHED,  # it holds words and no value
            **methods_values(groups, self.language),
        )

    def _data(self, inputs: EditionInputs) -> str:
        return self._render(
            "data.html.j2",
            DATA_PAGE,
            DATA_TITLE,
            Evidence.PUBLISHED,  # it names files and holds no value of them
            delivery=ACCOUNT_TITLE if self.account else "",
            **data_values(inputs, self.language, judged=self.claims is not None),
        )

    @cached_property
    def _assumed(self) -> bool:
        """Whether what is called synthetic is so for its assumptions alone, and not for an invented registry."""
        synthetic = [is_assumed(measure) for measure in self.measures if measure.evidence is Evidence.SYNTHETIC]
        return bool(synthetic) and all(synthetic)

    def _answered(self) -> tuple[ChapterPage, ...]:
        """The chapters, with the mark that their answers have in this edition."""
        if not self._assumed:
            return self.chapters
        return tuple(
            replace(page, answers=tuple(replace(answer, assumed=True) for answer in page.answers))
            for page in self.chapters
        )

    @cached_property
    def _themes(self) -> list[Theme]:
        chapters = ((chapter.file, chapter.name) for chapter in self.chapters)
        return themes(chapters, ((file, name) for file, name, _made in self._foundation()), self.language)

    def _render(self, name: str, current: str, title: str, evidence: Evidence, **values: Any) -> str:
        _ = self.language.translate
        return template(name).render(
            _=_,
            language=self.language,
            title=_(title),
            edition=self.edition,
            reference_date=self.reference_date,
            chapters=self._answered(),
            themes=self._themes,
            current=current,
            translated=self.translated,
            synthetic=evidence is Evidence.SYNTHETIC,
            marked=ASSUMED_PART if self._assumed else SYNTHETIC_LONG,
            assumed=self._assumed,
            notice=ASSUMED_MORE if self._assumed else SYNTHETIC_MORE,
            protection=PROTECTED_PAGE,
            css=style_sheet(),
            **values,
        )


def with_downloads(front: str, downloads: Sequence[Download], language: Language) -> str:
    """Return the front page with what can be taken along.

    Parameters
    ----------
    front
        As `Report.pages` returns it.
    downloads
        Files of the edition; those that are not in `DOWNLOADS` are its tables as CSV.
    language
        Of the page.

    Raises
    ------
    ValueError
        When the page has no place for them.
    """
    judged = any(own.file == "claims.json" for own in downloads)
    values = {
        "_": language.translate,
        "language": language,
        "downloads": [own for own in downloads if own.file in DOWNLOADS],
        "explained": DOWNLOADS if judged else {**DOWNLOADS, **WITHOUT_STATEMENTS},
        "tables": [own for own in downloads if own.file not in DOWNLOADS],
    }
    for place, part in ((TAKEN_ALONG, "taken_along.html.j2"), (OFFERED, "downloads.html.j2")):
        if front.count(place) != 1:
            raise ValueError(f"the front page has no place for its downloads: {place}")
        front = front.replace(place, template(part).render(**values))
    return front
