"""The rules: few, named, each a function of a case. They know figures and measures, and no words of a statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from evaluation.evidence import Evidence
from evaluation.measures.claims.case import Case, best_grade, check, together
from evaluation.measures.claims.known import in_unit_of, interval_of
from evaluation.measures.claims.ledger import Outcome
from evaluation.measures.claims.vocabulary import Grade, Rule, Verdict

IN_LINE = 0.05  # level of the tests of equivalence; a p-value above its complement shows the gap to be outside


def plan(case: Case) -> Outcome:
    """An announcement or an open question: neither true nor false yet. A date makes it checkable later (C)."""
    grade = Grade.ONE_AGGREGATE if case.claim.dated else Grade.NONE
    return Outcome("plan", Verdict.PLAN, grade)


def term(case: Case) -> Outcome:
    """An announced number of years, counted from the first day that another statement gives.

    While it runs it is a plan. Once it has passed it cannot be judged, because the slide gives no beginning.
    """
    begins = [day for name in case.others if (day := case.said[name].reference_date)]
    begin = begins[0] if begins else date(case.known.reference_date.year, 1, 1)
    years = case.figure.value.value if case.figure else 0
    facts = (case.figure,) if case.figure else ()
    passed = bool(begins) and begin.replace(year=begin.year + round(years)) <= case.known.reference_date
    if not passed:
        return Outcome("term_runs", Verdict.PLAN, Grade.NONE, facts=facts)
    return Outcome("term_undated", Verdict.NOT_ASSESSABLE, Grade.ONE_AGGREGATE, facts=facts, others=case.others)


def no_content(_case: Case) -> Outcome:
    """A title without content: nothing is said that could be judged."""
    return Outcome("no_content", Verdict.NOT_ASSESSABLE, Grade.NONE)


def no_number(case: Case) -> Outcome:
    """No number, no norm, no measurement. D for an experience or an indirect sign, E when there is nothing."""
    key = "experience_only" if case.floor is Grade.EXPERIENCE else "no_number"
    return Outcome(key, Verdict.NOT_ASSESSABLE, case.floor)


def undefined(case: Case) -> Outcome:
    """A number whose meaning was not given.

    Without its unit of time, or without saying whether it is a target or a count, it cannot even be read (E). Without
    a date, a definition or a scope it can be read and not be judged (C).
    """
    unreadable = case.binding.missing in ("time_unit", "status")
    grade = Grade.NONE if unreadable else Grade.ONE_AGGREGATE
    facts = (case.figure,) if case.figure else ()
    return Outcome(f"undefined.{case.binding.missing}", Verdict.NOT_ASSESSABLE, grade, facts=facts)


def legal(_case: Case) -> Outcome:
    """A legal position, which figures cannot settle."""
    return Outcome("legal", Verdict.NOT_ASSESSABLE, Grade.EXPERIENCE)


def arrangement(case: Case) -> Outcome:
    """What the sender arranged itself: plausible. C when another statement agrees, D when it stands alone."""
    if case.others:
        return Outcome("arrangement_supported", Verdict.PLAUSIBLE, Grade.ONE_AGGREGATE, others=case.others)
    return Outcome("arrangement_alone", Verdict.PLAUSIBLE, Grade.EXPERIENCE)


def self_description(_case: Case) -> Outcome:
    """What a presentation says of its own figures, such as their date or that they are few: true by being said."""
    return Outcome("self_description", Verdict.CONFIRMED, Grade.ONE_AGGREGATE)


def stated(case: Case) -> Outcome:
    """One printed figure that nobody counted again: plausible unless other printed figures exclude it."""
    facts = (case.figure,) if case.figure else ()
    checked = [found for text in case.binding.checks if (found := check(text, case.known))]
    if not checked:
        return Outcome("stated", Verdict.PLAUSIBLE, Grade.ONE_AGGREGATE, facts=facts)
    (own,) = checked
    feasibility = not own.facts
    key = "stated_consistent" if feasibility else "stated_checked"
    verdict = Verdict.PLAUSIBLE
    if own.holds is False:
        key, verdict = "stated_infeasible" if feasibility else "stated_contradicted", Verdict.MISLEADING
    used = tuple(dict.fromkeys([*facts, *own.facts]))
    return Outcome(key, verdict, Grade.ONE_AGGREGATE, None, own.measures, used, own.comparison.text)


def identity(case: Case) -> Outcome:
    """Arithmetic on figures printed elsewhere, which could have come out otherwise and gives what was printed.

    Confirmed when it does, misleading when it does not. What was derived from the figure itself is no test of it.
    """
    checked = [check(text, case.known) for text in case.binding.checks]
    made = [own for own in checked if own is not None]
    if len(made) < len(checked):
        if case.figure:
            return Outcome("stated", Verdict.PLAUSIBLE, Grade.ONE_AGGREGATE, facts=(case.figure,))
        return Outcome("untested", Verdict.NOT_ASSESSABLE, Grade.NONE, check="; ".join(case.binding.checks))
    answers, grade, used = {own.holds for own in made}, best_grade(made), together(made)
    if answers == {True}:
        return Outcome("reproduced", Verdict.CONFIRMED, grade, made[0].left, *used)
    if False in answers:
        return Outcome("not_reproduced", Verdict.MISLEADING, Grade.ONE_AGGREGATE, made[0].left, *used)
    return Outcome("not_shown", Verdict.NOT_ASSESSABLE, grade, made[0].left, *used)


def implied(case: Case) -> Outcome:
    """A figure beside what it should mean: misleading when all that the other figures allow lies outside its rounding.

    A register that contradicts the figure itself goes first. Otherwise the strongest evidence of what it should mean
    decides, so that a mean of the ended may be counted right and still mislead as the length of a trajectory.
    """
    recounted = case.recount()
    if recounted and recounted.verdict is Verdict.CONTRADICTED:
        return recounted
    found = _implied_value(case)
    if found is None or case.figure is None:
        return recounted or Outcome("untested", Verdict.NOT_ASSESSABLE, Grade.ONE_AGGREGATE)
    printed = case.figure.value
    if found.value is not None and (found.value.high < printed.low or printed.high < found.value.low):
        return found
    return recounted or replace(found, key="implied_open", verdict=Verdict.PLAUSIBLE)


def _implied_value(case: Case) -> Outcome | None:
    """What the strongest evidence says the figure should be, as the finding that it is something else."""
    facts = (case.figure,) if case.figure else ()
    for text in case.binding.checks:
        if own := check(text, case.known):
            used = (own.left, own.measures, own.facts, text)
            return Outcome("implied_otherwise", Verdict.MISLEADING, own.grade, *used)
    found = [measure for name in case.binding.implied if (measure := case.known.measure(name))]
    if not found or case.figure is None:
        return None
    order = list(Evidence)
    best = max(found, key=lambda measure: order.index(measure.evidence))
    grade = Grade.RECORDS if best.evidence is Evidence.REGISTER else Grade.ONE_AGGREGATE
    interval = in_unit_of(case.figure, interval_of(best), best.unit)
    return Outcome("implied_outside", Verdict.MISLEADING, grade, interval, (best,), facts)


def other_unit(case: Case) -> Outcome:
    """A number that other printed figures give in another unit than the words beside it: misleading."""
    if recounted := case.recount():
        return recounted
    (text,) = case.binding.checks
    own = check(text, case.known)
    if own is None or not own.holds:
        return Outcome("undefined.definition", Verdict.NOT_ASSESSABLE, Grade.ONE_AGGREGATE)
    used = (own.left, own.measures, own.facts, text)
    return Outcome("other_unit", Verdict.MISLEADING, Grade.ONE_AGGREGATE, *used)


def limited(case: Case) -> Outcome:
    """A statement that another one of the same sender takes part of away: incomplete. D without a number, else C."""
    grade = Grade.ONE_AGGREGATE if case.figure else Grade.EXPERIENCE
    facts = (case.figure,) if case.figure else ()
    if not case.others:
        return Outcome("no_number", Verdict.NOT_ASSESSABLE, grade, facts=facts)
    return Outcome("limited", Verdict.MISLEADING, grade, facts=facts, others=case.others)


def direction(case: Case) -> Outcome:
    """A rise, a fall or a difference that was stated without a number.

    Every check that can be made must hold. By the register: confirmed, or contradicted when it is the other way. By
    printed figures and public statistics: plausible, or misleading. Checks that disagree leave it open.
    """
    checked = [found for text in case.binding.checks if (found := check(text, case.known))]
    if not checked:
        key = "experience_only" if case.floor is Grade.EXPERIENCE else "no_number"
        return Outcome(key, Verdict.NOT_ASSESSABLE, case.floor)
    answers, grade = {own.holds for own in checked}, best_grade(checked)
    used = (None, *together(checked))
    register = grade is Grade.RECORDS
    if answers == {True}:
        return Outcome("direction_same", Verdict.CONFIRMED if register else Verdict.PLAUSIBLE, grade, *used)
    if answers == {False}:
        verdict = Verdict.CONTRADICTED if register else Verdict.MISLEADING
        return Outcome("direction_opposite", verdict, grade, *used)
    key = "direction_mixed" if {True, False} <= answers else "direction_open"
    return Outcome(key, Verdict.NOT_ASSESSABLE, grade, *used)


def equivalence(case: Case) -> Outcome:
    """Being in line, by tests of equivalence in each scope (Schuirmann 1987).

    In line in every scope: plausible, since the series that was meant is not public. Demonstrably outside in every
    scope: contradicted. Scopes that disagree: incomplete, for the answer hangs on what is counted. Else undecided.
    """
    found = tuple(measure for name in case.binding.implied if (measure := case.known.measure(name)))
    if len(found) < len(case.binding.implied):
        return Outcome("untested", Verdict.NOT_ASSESSABLE, Grade.NONE)
    answers = {_equivalent(interval_of(measure).value) for measure in found}
    key, verdict = {
        frozenset({"in_line"}): ("equivalence_in_line", Verdict.PLAUSIBLE),
        frozenset({"outside"}): ("equivalence_outside", Verdict.CONTRADICTED),
        frozenset({"undecided"}): ("equivalence_undecided", Verdict.NOT_ASSESSABLE),
    }.get(frozenset(answers), ("equivalence_by_scope", Verdict.MISLEADING))
    return Outcome(key, verdict, Grade.TWO_AGGREGATES, None, found)


def _equivalent(p_value: float) -> str:
    """A p-value below 5% shows the gap to be inside the margin; above 95% its 90% interval lies outside."""
    if p_value < IN_LINE:
        return "in_line"
    return "outside" if p_value > 1 - IN_LINE else "undecided"


RULES: Mapping[Rule, Callable[[Case], Outcome]] = {
    "plan": plan,
    "term": term,
    "no_content": no_content,
    "no_number": no_number,
    "undefined": undefined,
    "legal": legal,
    "arrangement": arrangement,
    "self_description": self_description,
    "stated": stated,
    "identity": identity,
    "implied": implied,
    "other_unit": other_unit,
    "limited": limited,
    "direction": direction,
    "equivalence": equivalence,
}
OWN_RECOUNT = ("implied", "other_unit")
"""Rules that weigh a count of the register themselves; for all others it decides."""
