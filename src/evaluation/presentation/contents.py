"""What an edition shows, chapter by chapter, as the downloads are made from it.

The same exhibits as on the pages, and nothing else: everything here has passed the gate on its way to a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from evaluation.evidence import Evidence
from evaluation.presentation.claims_annex import ClaimsAnnex
from evaluation.presentation.labels import EVIDENCE
from evaluation.presentation.language import N_, Language
from evaluation.presentation.questions import Question
from evaluation.presentation.saved import SavedChapter, SavedFigure, SavedTable
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.subject import GRONINGEN, Subject
from evaluation.presentation.table import Table

TITLE = N_("Evaluation of Basis jeugdhulp")
# What each kind of evidence is, as the workbook and the document explain it.
MEANING = {
    Evidence.REGISTER: N_(
        "Counted in the register of WIJ Groningen, and protected so that nothing shows about anyone."
    ),
    Evidence.PUBLISHED: N_("What the council was told, with the rounding it was printed with."),
    Evidence.BENCHMARK: N_("Public statistics, such as the municipal accounts at CBS."),
    Evidence.SYNTHETIC: N_(
        "From an invented registry that reproduces the published figures. It shows how this works and says nothing "
        "about Groningen."
    ),
}
MEANING_ASSUMED = N_("Computed with amounts that nobody published and that are assumed here. Not measured.")


@dataclass(frozen=True)
class ChapterContents:
    """What one chapter shows.

    Attributes
    ----------
    name
        In the language of the edition.
    saved
        What the chapter left: exhibits in order, and forms.
    questions
        The question of the chapter, and those within it.
    tables
        Every table with a CSV, by id, in the order in which they were shown.
    drawings
        SVG by id of figure.
    """

    name: str
    saved: SavedChapter
    questions: tuple[Question, ...]
    tables: Mapping[str, Table]
    drawings: Mapping[str, str]

    @property
    def question(self) -> str:
        """The question of the chapter."""
        return self.questions[0].heading if self.questions else self.name

    @property
    def limits(self) -> Question | None:
        """The last question, in which a chapter says what it cannot say."""
        return self.questions[-1] if len(self.questions) > 1 else None

    def answers(self, language: Language) -> tuple[Sentence, ...]:
        """Sentences of the front page."""
        return tuple(
            Sentence(answer.text, answer.evidence, language, assumed=answer.assumed) for answer in self.saved.answers
        )

    def question_of(self, table: str) -> str:
        """Return the question under which a table, or the figure of its numbers, stands first."""
        for question in self.questions:
            for place in question.exhibits:
                shown = self.saved.exhibits[place]
                if (isinstance(shown, SavedTable) and shown.id == table) or (
                    isinstance(shown, SavedFigure) and shown.numbers == table
                ):
                    return question.heading
        return self.question

    def file_of(self, table: str) -> str:
        """Return the file of a table, seen from the folder of the edition."""
        return f"tables/{self.saved.name}_{table}.csv"


@dataclass(frozen=True)
class EditionContents:
    """What an edition shows.

    Attributes
    ----------
    edition, reference_date
        What the edition is called, and its reference date.
    chapters
        In the order of the report.
    annex
        The statements to the council with their verdicts, or None when none were judged.
    subject
        What it is about.
    """

    edition: str
    reference_date: date
    language: Language
    chapters: tuple[ChapterContents, ...]
    annex: ClaimsAnnex | None = None
    subject: Subject = GRONINGEN

    @property
    def about(self) -> str:
        """Edition and reference date in words."""
        return self.language.translate(N_("Edition {edition}, reference date {day}")).format(
            edition=self.edition, day=self.language.day(self.reference_date)
        )

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Kinds of evidence that anything in it rests on, the strongest first."""
        kinds = {
            *(table.evidence for chapter in self.chapters for table in chapter.tables.values()),
            *(chapter.saved.evidence for chapter in self.chapters),
        }
        return tuple(kind for kind in reversed(list(Evidence)) if kind in kinds)

    @property
    def assumed(self) -> bool:
        """Whether what is called synthetic in it is so for its assumptions alone, and not for an invented registry."""
        tables = (table for chapter in self.chapters for table in chapter.tables.values())
        kinds = [table.assumed for table in tables if table.evidence is Evidence.SYNTHETIC]
        return bool(kinds) and all(kinds)

    def meaning(self, kind: Evidence, language: Language) -> tuple[str, str]:
        """What a kind of evidence is called and what it is, in words."""
        words = (EVIDENCE[kind], MEANING[kind])
        if kind is Evidence.SYNTHETIC and self.assumed:
            words = (N_("assumptions"), MEANING_ASSUMED)
        return language.translate(words[0]), language.translate(words[1])

    def tables(self) -> Iterator[tuple[ChapterContents, Table]]:
        """Yield every table with its chapter."""
        for chapter in self.chapters:
            for table in chapter.tables.values():
                yield chapter, table
