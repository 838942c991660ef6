"""How decisions against their term are shown, what lateness could cost at most, and help without a clock."""

from __future__ import annotations

import pandas as pd

from evaluation.evidence import Mark, is_suppressed
from evaluation.measures.decision_terms import DecisionFree, DecisionTerms
from evaluation.measures.kaplan_meier import LEVEL
from evaluation.presentation.access import length_text
from evaluation.presentation.interval_rows import with_certainty
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def table_decision_terms(terms: DecisionTerms, language: Language) -> Table:
    """Applications by how they stand against the term."""
    _ = language.translate
    rows = [
        (_("decided within the term"), terms.in_time),
        (_("decided too late"), terms.late),
        (_("not decided, term still runs"), terms.open_in_time),
        (_("not decided, term is over"), terms.open_late),
        (_("withdrawn by the family"), terms.withdrawn),
        (_("all"), terms.n),
    ]
    term = _("unknown") if terms.term is None else length_text(terms.term.days, language)
    return Table(
        id="decision_terms",
        title=_("Applications against the term of {term}").format(term=term),
        columns=(Column("label", _("How it stands")), Column("count", _("Applications"), "integer")),
        frame=pd.DataFrame(rows, columns=["label", "count"], dtype=object),
        note=_(
            "Applications from {since} up to {day}; days of suspension do not count. Another term that was announced "
            "in time (Awb 4:14) is not in the register, so some that seem late may not be."
        ).format(since=language.day(terms.since), day=language.day(terms.reference_date)),
        evidence=terms.evidence,
        language=language,
    )


def describe_decision_terms(terms: DecisionTerms, language: Language) -> Sentence:
    """The share decided too late, and the penalties as a what-if."""
    _ = language.translate
    if isinstance(terms.n, int) and terms.n == 0:
        text = _("No application is known in the period, so whether decisions come in time is unknown.")
        return Sentence(text, terms.evidence, language)
    if is_suppressed(terms.late_share):
        parts = [_("What share of the decisions came too late is not shown: too few tell.")]
    elif terms.late_share is None:
        parts = [_("What share of the decisions came too late is unknown: none was taken yet.")]
    else:
        ends = terms.late_share, terms.ci_low, terms.ci_high
        share = with_certainty(ends, lambda value: language.percent(value, 0), LEVEL, language)
        parts = [_("Of the decisions {share} came too late.").format(share=share)]
    owed = terms.noticed_at_once_eur
    if terms.each_at_most_eur is not None and owed is not None:
        amounts = {"each": language.euro(terms.each_at_most_eur)}
        if isinstance(owed, Mark):
            parts.append(
                _(
                    "What if: a family that gives notice can get at most {each} for one late decision. The sum for all "
                    "is not shown; it is not known whether any family gave notice, and without notice nothing is owed."
                ).format(**amounts)
            )
        else:
            parts.append(
                _(
                    "What if every family had given notice on the first day that it could: together at most "
                    "{sum}, and {each} for one decision. It is not known whether any family did, and without notice "
                    "nothing is owed."
                ).format(sum=language.euro(owed), **amounts)
            )
    return Sentence(" ".join(parts), terms.evidence, language)


def describe_decision_free(free: DecisionFree, language: Language) -> Sentence:
    """For what share of the requests no legal clock runs."""
    _ = language.translate
    if free.without is None or free.share is None:
        text = _(
            "For how many requests a term of decision runs is unknown: requests or decisions were not delivered, or "
            "there are none."
        )
    elif is_suppressed(free.share):
        text = _("For what share of the requests a term of decision runs is not shown: too few tell.")
    else:
        ends = free.share, free.ci_low, free.ci_high
        share = with_certainty(ends, lambda value: language.percent(value, 0), LEVEL, language)
        text = _(
            "After {share} of the requests no application was filed. For them no term of decision runs: help without a "
            "decision starts no clock, so it can never be too late in law, however long it takes."
        ).format(share=share)
    return Sentence(text, free.evidence, language)
