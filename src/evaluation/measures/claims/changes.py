"""What became of the verdicts since an earlier edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from evaluation.measures.claims.ledger import LATER, ClaimsLedger
from evaluation.measures.claims.vocabulary import Grade, Verdict


@dataclass(frozen=True)
class EarlierVerdict:
    """A verdict of an earlier edition; `judged` is False for a statement that had not been made by then."""

    verdict: Verdict
    grade: Grade
    judged: bool


@dataclass(frozen=True)
class EarlierLedger:
    """The verdicts of an earlier edition, by statement."""

    edition: str
    reference_date: date
    verdicts: Mapping[str, EarlierVerdict]


@dataclass(frozen=True)
class Change:
    """A statement whose verdict or grade changed."""

    claim_id: str
    before: EarlierVerdict
    verdict: Verdict
    grade: Grade


@dataclass(frozen=True)
class Changes:
    """Everything that changed since an earlier edition.

    Attributes
    ----------
    since
        The earlier edition.
    changed
        Statements that were judged in both, with another verdict or grade now.
    n_new
        Statements that had not been made or bound by then.
    """

    since: EarlierLedger
    changed: tuple[Change, ...]
    n_new: int


def changes_since(ledger: ClaimsLedger, earlier: EarlierLedger) -> Changes:
    """Compare verdicts and grades with those of an earlier edition."""
    changed, new = [], 0
    for own in ledger.judgements:
        before = earlier.verdicts.get(own.claim.id)
        if own.outcome.key == LATER:
            continue
        if before is None or not before.judged:
            new += 1
        elif (before.verdict, before.grade) != (own.verdict, own.grade):
            changed.append(Change(own.claim.id, before, own.verdict, own.grade))
    return Changes(earlier, tuple(changed), new)
