"""The ledger of statements as a page of the report: every statement with its verdict, reason and figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from evaluation.evidence import Evidence, Measure
from evaluation.measures.claims.changes import Changes
from evaluation.measures.claims.ledger import LATER, ClaimsLedger, Judgement
from evaluation.measures.claims.vocabulary import Fact, Grade, Verdict
from evaluation.presentation.claim_labels import DOCUMENTS, GRADES, KINDS, SIGNS, TOPICS, VERDICT_MEANINGS, VERDICTS
from evaluation.presentation.claim_sentences import (
    ClaimTexts,
    fact_label,
    figure_text,
    measure_text,
    reason,
    signed_reason,
)
from evaluation.presentation.labels import FROM_ASSUMPTIONS, VALUES_FROM, measure_label
from evaluation.presentation.language import N_, Language
from evaluation.presentation.mark import is_assumed

CLAIMS_PAGE = "claims.html"
CLAIMS_NAME = N_("Statements")
CLAIMS_TITLE = N_("What the council was told, statement by statement")


@dataclass(frozen=True)
class ClaimsPage:
    """What the report shows of the ledger.

    Attributes
    ----------
    ledger
        The judged statements.
    texts
        What is said beside each, by statement.
    changes
        What changed since an earlier edition, or None when there is none.
    """

    ledger: ClaimsLedger
    texts: Mapping[str, ClaimTexts]
    changes: Changes | None

    @property
    def uses_register(self) -> bool:
        """Whether a value of the register judged or stands beside a statement."""
        return any(
            measure.evidence is Evidence.REGISTER
            for own in self.ledger.judgements
            for measure in (*own.outcome.measures, *own.beside)
        )

    def values(self, chapters: Collection[str], homes: Mapping[str, str], language: Language) -> dict[str, Any]:
        """Return what the template of the page needs.

        Parameters
        ----------
        chapters
            Files of the chapters that the edition has; only those are linked.
        homes
            File of the chapter that saved it, by id of a measure.
        language
            Language of the page.
        """
        documents = groupby(self.ledger.judgements, key=lambda own: own.claim.document)
        _ = language.translate
        return {
            "ledger": self.ledger,
            "counts": self._counts(language),
            "grades": [(grade.value, _(meaning)) for grade, meaning in GRADES.items()],
            "later": describe_later(self.ledger, language),
            "changes": describe_changes(self.changes, language),
            "changed": self._changed(language),
            "documents": [
                (document, _(DOCUMENTS[document]), [self._panel(own, chapters, homes, language) for own in judgements])
                for document, judgements in documents
            ],
            "filters": self._filters(language),
        }

    def about(self, topic: str, language: Language) -> dict[str, Any] | None:
        """Return how many statements on a topic have which verdict, and their best grade; None when there are none."""
        own = [judged for judged in self.ledger.made if judged.binding.topic == topic]
        if not own:
            return None
        tally = Counter(judged.verdict for judged in own)
        return {
            "verdicts": [
                {
                    "code": verdict.value,
                    "sign": SIGNS[verdict],
                    "label": language.translate(VERDICTS[verdict]),
                    "count": tally[verdict],
                }
                for verdict in Verdict
                if tally[verdict]
            ],
            "grade": min(judged.grade.value for judged in own),
        }

    def _counts(self, language: Language) -> list[dict[str, Any]]:
        total = len(self.ledger.made)
        _ = language.translate
        return [
            {
                "verdict": verdict.value,
                "sign": SIGNS[verdict],
                "label": _(VERDICTS[verdict]),
                "meaning": _(VERDICT_MEANINGS[verdict]),
                "count": count,
                "width": round(100 * count / total, 2) if total else 0,
            }
            for verdict, count in self.ledger.counts().items()
        ]

    def _filters(self, language: Language) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """Name, heading and choices of each filter; only what occurs can be chosen."""
        _ = language.translate
        judged = self.ledger.judgements
        verdicts = {own.verdict for own in judged}
        grades = {own.grade for own in judged}
        kinds, documents = {own.claim.kind for own in judged}, {own.claim.document for own in judged}
        topics = {own.binding.topic for own in judged}
        return [
            ("verdict", _("Verdict"), [(v.value, _(VERDICTS[v])) for v in Verdict if v in verdicts]),
            (
                "grade",
                _("Strength of evidence"),
                [(g.value, f"{g.value}: {_(GRADES[g])}") for g in Grade if g in grades],
            ),
            (
                "document",
                _("Presentation"),
                [(name, _(label)) for name, label in DOCUMENTS.items() if name in documents],
            ),
            ("kind", _("Kind of statement"), [(name, _(label)) for name, label in KINDS.items() if name in kinds]),
            ("topic", _("Subject"), [(name, _(label)) for name, label in TOPICS.items() if name in topics]),
        ]

    def _changed(self, language: Language) -> list[dict[str, Any]]:
        if self.changes is None:
            return []
        quotes = {own.claim.id: own.claim.quote for own in self.ledger.judgements}
        return [
            {
                "id": change.claim_id,
                "quote": quotes[change.claim_id],
                "before": _verdict(change.before.verdict, change.before.grade, language),
                "now": _verdict(change.verdict, change.grade, language),
            }
            for change in self.changes.changed
        ]

    def _panel(
        self, own: Judgement, chapters: Collection[str], homes: Mapping[str, str], language: Language
    ) -> dict[str, Any]:
        """What one statement shows."""
        texts, _ = self.texts[own.claim.id], language.translate
        file = f"{own.binding.topic}.html"
        return {
            "claim": own.claim,
            "kind": _(KINDS[own.claim.kind]),
            "topic": own.binding.topic,
            "topic_name": _(TOPICS[own.binding.topic]),
            "chapter": file if file in chapters else "",
            "verdict": _verdict(own.verdict, own.grade, language),
            "computed": _verdict(own.outcome.verdict, own.outcome.grade, language),
            "reason": linked(reason(own, language)),
            "signed": signed_reason(own, language),
            "figures": figure_rows(own, homes, language),
            "synthetic": [(measure_label(name, language), homes.get(name, "")) for name in own.synthetic],
            "withheld": [measure_label(name, language) for name in own.withheld],
            "judged": own.outcome.key != LATER,
            "known": linked(texts.text("known", language)),
            **{name: texts.text(name, language) for name in ("settles", "unmeasured", "tips")},
        }


def _verdict(verdict: Verdict, grade: Grade, language: Language) -> dict[str, str]:
    label = language.translate(VERDICTS[verdict])
    meaning = language.translate(GRADES[grade])
    return {"code": verdict.value, "sign": SIGNS[verdict], "label": label, "grade": grade.value, "meaning": meaning}


def linked(text: str) -> Markup:
    """Return a text in which the name of a statement, such as B46, leads to it."""
    return Markup(re.sub(r"\b([AB]\d{2})\b", r'<a href="#\1">\1</a>', str(escape(text))))


def figure_rows(own: Judgement, homes: Mapping[str, str], language: Language) -> list[dict[str, str]]:
    """What was printed, what judged it and what stands beside it, each with its origin and the page that shows it."""
    printed = [own.figure] if own.figure else []
    facts = [*printed, *(fact for fact in own.outcome.facts if fact not in printed)]
    rows = [_fact_row(fact, language) for fact in facts]
    return rows + [_measure_row(measure, homes, language) for measure in (*own.outcome.measures, *own.beside)]


def _fact_row(fact: Fact, language: Language) -> dict[str, str]:
    _ = language.translate
    if fact.public_statistic:
        origin = _(N_("public statistics"))
    elif fact.derived:
        origin = _(N_("derived from figures of: {document}")).format(document=_(DOCUMENTS[fact.source]))
    else:
        origin = _(DOCUMENTS[fact.source])
    label = fact_label(fact, language).partition(": ")[0] if fact.public_statistic else fact_label(fact, language)
    quoted = "" if fact.public_statistic else "nl"
    return {"label": label, "value": figure_text(fact, language), "origin": origin, "link": "", "quoted": quoted}


def _measure_row(measure: Measure, homes: Mapping[str, str], language: Language) -> dict[str, str]:
    return {
        "label": measure_label(measure.id, language),
        "value": measure_text(measure, language),
        "origin": language.translate(FROM_ASSUMPTIONS if is_assumed(measure) else VALUES_FROM[measure.evidence]),
        "link": homes.get(measure.id, ""),
        "quoted": "",
    }


def describe_later(ledger: ClaimsLedger, language: Language) -> str:
    """Say how many statements had not been made on the reference date; empty when there are none."""
    if not ledger.n_later:
        return ""
    said = N_(
        "{later} statements were made with figures of after {day}. They are not counted here and not judged yet; a "
        "later edition does."
    )
    return language.translate(said).format(later=ledger.n_later, day=language.day(ledger.reference_date))


def describe_changes(changes: Changes | None, language: Language) -> str:
    """Say what changed since an earlier edition, or that there is none to compare with."""
    _ = language.translate
    if changes is None:
        return _("There is no edition of an earlier reference date to compare with.")
    day = language.day(changes.since.reference_date)
    number = len(changes.changed)
    if not number:
        said = _("Since the edition of {day} no verdict and no strength of evidence changed.").format(day=day)
    elif number == 1:
        said = _("Since the edition of {day} one verdict or strength of evidence changed.").format(day=day)
    else:
        said = _("Since the edition of {day} {number} verdicts or strengths of evidence changed.").format(
            day=day, number=number
        )
    if changes.n_new:
        said += " " + _("{new} statements were made since then and are judged for the first time.").format(
            new=changes.n_new
        )
    return said


def describe_ledger(ledger: ClaimsLedger, language: Language) -> str:
    """The ledger in one or two sentences, for the front page."""
    counts = ledger.counts()
    said = N_(
        "Of {total} statements to the council {confirmed} are confirmed, {plausible} plausible, {misleading} "
        "misleading or incomplete and {contradicted} contradicted. {unknown} cannot be assessed with what was "
        "published, and {plans} "
        "are plans or questions."
    )
    return language.translate(said).format(
        total=len(ledger.made),
        confirmed=counts[Verdict.CONFIRMED],
        plausible=counts[Verdict.PLAUSIBLE],
        misleading=counts[Verdict.MISLEADING],
        contradicted=counts[Verdict.CONTRADICTED],
        unknown=counts[Verdict.NOT_ASSESSABLE],
        plans=counts[Verdict.PLAN],
    )
