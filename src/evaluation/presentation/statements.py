"""What the council was told on a subject, beside what would be needed to judge it."""

from __future__ import annotations

from evaluation.measures.statements import Statements
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

DOCUMENTS = {
    "council-2024-04-24": N_("April 2024"),
    "council-2025": N_("early 2025"),
}


def table_statements(told: Statements, language: Language) -> Table:
    """The statements as they were printed."""
    _ = language.translate
    frame = told.frame.assign(
        presented=[_(DOCUMENTS[document]) for document in told.frame["document"]],
        number=[_("yes") if has else _("no") for has in told.frame["has_number"]],
    )
    gloss = () if language.code == "nl" else (Column("gloss", _("In English")),)
    return Table(
        id="statements",
        title=_("What the council was told"),
        columns=(
            Column("id", _("Statement")),
            Column("presented", _("Presented")),
            Column("quote", _("Quote"), "quote"),
            *gloss,
            Column("number", _("With a number")),
        ),
        frame=frame,
        note=_("Source: presentations to the council of April 2024 and early 2025."),
        evidence=told.evidence,
        language=language,
    )


def describe_access_statements(told: Statements, language: Language) -> Sentence:
    """That no number and no norm was published for waiting."""
    _ = language.translate
    text = _(
        "The council was told that waiting is limited and appropriate and that families are helped faster. Of these "
        "{n} statements {numbers} came with a number. No norm was published, no waiting time before or after, and the "
        "slide on terms of decisions holds a title only."
    ).format(n=language.integer(told.n), numbers=_none_or(told.n_with_number, language))
    return Sentence(text, told.evidence, language)


def describe_legal_statements(told: Statements, language: Language) -> Sentence:
    """That few complaints and objections were reported twice, without a number."""
    _ = language.translate
    text = _(
        "The council was told twice, in the same words, that there are few complaints and objections. Of the {n} "
        "statements on legal protection {numbers} came with a number of complaints, decisions or objections, so how "
        "few is few cannot be checked."
    ).format(n=language.integer(told.n), numbers=_none_or(told.n_with_number, language))
    return Sentence(text, told.evidence, language)


def _none_or(count: int, language: Language) -> str:
    return language.integer(count) if count else language.translate(N_("none"))
