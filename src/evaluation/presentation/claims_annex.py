"""The statements to the council as a list, for the document and the workbook: in the order in which they were made."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from evaluation.evidence import Evidence
from evaluation.measures.claims.ledger import Judgement
from evaluation.presentation.claim_labels import DOCUMENTS, GRADES, KINDS, SIGNS, VERDICTS
from evaluation.presentation.claim_sentences import ClaimTexts, reason, signed_reason
from evaluation.presentation.claims_page import CLAIMS_TITLE, ClaimsPage, describe_later, describe_ledger
from evaluation.presentation.language import Language
from evaluation.presentation.table import Column, Table

CLAIMS_TABLE = "claims"


@dataclass(frozen=True)
class Statement:
    """One statement with its verdict, in words.

    Attributes
    ----------
    id, quote, gloss
        Its name, the words of the slide, and what they mean in English.
    document, slide, kind
        Where it was said, and what kind of statement it is.
    sign, verdict, grade
        The verdict as a sign and in words, and the strength of evidence, A to E.
    reason, settles
        Why, and what would settle it.
    """

    id: str
    quote: str
    gloss: str
    document: str
    slide: str
    kind: str
    sign: str
    verdict: str
    grade: str
    reason: str
    settles: str


@dataclass(frozen=True)
class ClaimsAnnex:
    """Every statement, and what has to be known to read the list.

    Attributes
    ----------
    statements
        In the order in which they were made.
    said
        How many have which verdict, and how many were not made yet.
    grades
        Letter and meaning of each strength of evidence.
    """

    statements: tuple[Statement, ...]
    said: tuple[str, ...]
    grades: tuple[tuple[str, str], ...]


def claims_annex(page: ClaimsPage, language: Language) -> ClaimsAnnex:
    """Return the statements of a ledger as a list."""
    said = (describe_ledger(page.ledger, language), describe_later(page.ledger, language))
    return ClaimsAnnex(
        statements=tuple(_statement(own, page.texts[own.claim.id], language) for own in page.ledger.judgements),
        said=tuple(filter(None, said)),
        grades=tuple((grade.value, language.translate(meaning)) for grade, meaning in GRADES.items()),
    )


def _statement(own: Judgement, texts: ClaimTexts, language: Language) -> Statement:
    _ = language.translate
    return Statement(
        id=own.claim.id,
        quote=own.claim.quote,
        gloss="" if language.code == "nl" else own.claim.gloss,
        document=_(DOCUMENTS[own.claim.document]),
        slide=own.claim.section,
        kind=_(KINDS[own.claim.kind]),
        sign=SIGNS[own.verdict],
        verdict=_(VERDICTS[own.verdict]),
        grade=own.grade.value,
        reason=" ".join(filter(None, (signed_reason(own, language), reason(own, language)))),
        settles=texts.text("settles", language),
    )


def table_claims(annex: ClaimsAnnex, language: Language) -> Table:
    """The statements as one table, for the workbook."""
    _ = language.translate
    gloss = () if language.code == "nl" else (Column("gloss", _("In English")),)
    columns = (
        Column("id", _("Statement")),
        Column("quote", _("Quote"), "quote"),
        *gloss,
        Column("document", _("Presentation")),
        Column("slide", _("Slide"), "quote"),
        Column("kind", _("Kind")),
        Column("verdict", _("Verdict")),
        Column("grade", _("Strength of evidence")),
        Column("reason", _("Why this verdict")),
        Column("settles", _("What would settle it")),
    )
    keys = [column.key for column in columns]
    rows = [tuple(getattr(own, key) for key in keys) for own in annex.statements]
    meanings = (f"{grade}: {meaning}" for grade, meaning in annex.grades)
    return Table(
        id=CLAIMS_TABLE,
        title=_(CLAIMS_TITLE),
        columns=columns,
        frame=pd.DataFrame(rows, columns=keys),
        note=" ".join((*annex.said, _("Strength of evidence:"), "; ".join(meanings) + ".")),
        evidence=Evidence.PUBLISHED,  # what was said is published, and synthetic values judge none of it
        language=language,
    )
