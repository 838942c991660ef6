"""Judges every statement by its rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from evaluation.measures.claims.case import Case
from evaluation.measures.claims.known import Known
from evaluation.measures.claims.ledger import LATER, ClaimsLedger, Judgement, Outcome
from evaluation.measures.claims.rules import OWN_RECOUNT, RULES
from evaluation.measures.claims.vocabulary import Binding, Claim, Fact, Grade, Override, Reading, Verdict


def judge_claims(
    claims: Sequence[Claim],
    bindings: Mapping[str, Binding],
    facts: Iterable[Fact],
    reading: Reading,
    *,
    spoken: Mapping[str, date],
    earlier: Sequence[Reading] = (),
    overrides: Sequence[Override] = (),
    rounding: Mapping[str, float] | None = None,
) -> ClaimsLedger:
    """Judge the statements by what an edition knows.

    Parameters
    ----------
    claims
        In the order in which they were made.
    bindings
        By statement; every statement has one.
    facts
        Printed figures and public figures beside them.
    reading
        The edition's measures, as it publishes them.
    spoken
        By presentation the last day that its figures are about: what is known of an edition that looks at that day.
    earlier
        Measures of earlier editions: a register looked at on the day of a figure judges it in later editions too.
    overrides
        Signed verdicts.
    rounding
        Half of what a value of the register is rounded to when it is shown, by unit.

    Returns
    -------
    ClaimsLedger
        One judgement per statement. Statements made with figures of after the reference date are not judged yet.
    """
    day = reading.reference_date
    known_by_then = {fact.id: fact for fact in facts if spoken.get(fact.source, day) <= day}
    known = Known(day, known_by_then, (reading, *earlier), rounding or {})
    said = {claim.id: claim for claim in claims if spoken[claim.document] <= day}
    signed = {override.claim_id: override for override in overrides}
    judgements = (
        _judge(Case(claim, bindings[claim.id], known, said), signed.get(claim.id))
        if claim.id in said
        else Judgement(claim, bindings[claim.id], Outcome(LATER, Verdict.NOT_ASSESSABLE, Grade.NONE))
        for claim in claims
    )
    return ClaimsLedger(reading.edition, day, tuple(judgements))


def _judge(case: Case, override: Override | None) -> Judgement:
    binding, known = case.binding, case.known
    recounted = None if binding.rule in OWN_RECOUNT else case.recount()
    outcome = recounted or RULES[binding.rule](case)
    used = [measure.id for measure in outcome.measures]
    beside = [measure for name in binding.beside if name not in used and (measure := known.measure(name))]
    return Judgement(
        claim=case.claim,
        binding=binding,
        outcome=outcome,
        figure=case.figure,
        beside=tuple(beside),
        synthetic=known.synthetic(binding.measures),
        withheld=known.withheld(binding.measures),
        override=override,
    )
