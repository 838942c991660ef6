"""Why a statement has its verdict, and the figures beside it, in words that come from the outcome of its rule alone."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.evidence import Bounded, Measure
from evaluation.measures.claims.expression import Comparison, parse, spelled, value
from evaluation.measures.claims.known import interval_of
from evaluation.measures.claims.ledger import Judgement
from evaluation.measures.claims.vocabulary import Fact
from evaluation.presentation.claim_labels import unit_label
from evaluation.presentation.claim_reasons import REASONS
from evaluation.presentation.labels import measure_end, measure_label, measure_value
from evaluation.presentation.language import N_, Language

# Public figures about the municipality that judge a statement.
CONTEXT = {
    "share_0_17_with_youth_help": N_("share of those under 18 with youth help (Statistics Netherlands)"),
    "youths_with_youth_care_half_year": N_("youths with youth care in a half-year (Statistics Netherlands)"),
}
# Calculations whose numbers need words, by the check of the rule.
CALCULATIONS = {
    "12 * pilot_carried_in_2023 / pilot_new_families_2023 = pilot_length_months_2023": N_(
        "{pilot_carried_in_2023} families divided by {pilot_new_families_2023} new ones a year gives {worked_out} "
        "months; printed is {right}"
    ),
}


@dataclass(frozen=True)
class ClaimTexts:
    """What is said beside a statement, in both languages.

    Attributes
    ----------
    texts
        ``settles``, ``unmeasured``, ``tips`` and ``known``, each with ``_nl`` and ``_en``; the last may be empty.
    """

    texts: Mapping[str, str]

    @classmethod
    def of(cls, rule: Mapping[Any, Any], subject: Mapping[Any, Any]) -> ClaimTexts:
        """Take the texts of a binding and of its subject."""
        own = {name: str(rule[name]) for name in ("known_nl", "known_en")}
        return cls({**{str(name): str(text) for name, text in subject.items()}, **own})

    def text(self, name: str, language: Language) -> str:
        """Return one of them in a language."""
        return self.texts[f"{name}_{language.code}"]


def reason(judgement: Judgement, language: Language) -> str:
    """Say why a statement got its computed verdict."""
    outcome, _ = judgement.outcome, language.translate
    figure = judgement.figure
    found = "" if outcome.value is None else number(outcome.value, language)
    unit = judgement.claim.unit or (figure.unit if figure else "")
    return _(REASONS[outcome.key]).format(
        printed=figure_text(figure, language) if figure else "",
        unit=unit_label(unit, language) if unit else "",
        value=f"{found} {unit_label(figure.unit, language)}" if figure and found else found,
        others=language.listing(list(outcome.others)) if outcome.others else "",
        calculation=calculation(judgement, language),
        implied=_implied(judgement, language) if outcome.key.startswith(("implied", "equivalence")) else "",
    )


def signed_reason(judgement: Judgement, language: Language) -> str:
    """Say why two people gave it another verdict, and who; empty without an override."""
    own = judgement.override
    if own is None:
        return ""
    said = language.translate(N_("{reason} Signed by {names} on {day}."))
    why = own.reason_nl if language.code == "nl" else own.reason_en
    return said.format(reason=why, names=language.listing(list(own.signed_by)), day=language.day(own.signed_on))


def number(own: Bounded, language: Language) -> str:
    """A value with its interval, to one decimal: 16,4 (15 tot 18)."""
    shown = [language.shortest(round(part, 1)) for part in (own.value, own.low, own.high)]
    return _with_interval(shown, language)


def _with_interval(shown: Sequence[str], language: Language) -> str:
    """A value with its ends; the ends alone when the value is one of them, such as below 5."""
    value, low, high = shown
    if low == high:
        return value
    if value in (low, high):
        return language.translate(N_("{low} to {high}")).format(low=low, high=high)
    return language.translate(N_("{value} ({low} to {high})")).format(value=value, low=low, high=high)


def figure_text(figure: Fact, language: Language) -> str:
    """A printed figure with what its rounding leaves open, and its unit."""
    own = figure.value
    shown = [language.shortest(part) for part in (own.value, own.low, own.high)]
    return f"{_with_interval(shown, language)} {unit_label(figure.unit, language)}"


def measure_text(measure: Measure, language: Language) -> str:
    """The value of a measure with its interval."""
    value = measure_value(measure, measure.estimate, language)
    if measure.ci_low is None or measure.ci_high is None or measure.ci_low == measure.ci_high:
        return value
    low, high = (measure_end(measure, end, language) for end in (measure.ci_low, measure.ci_high))
    return language.translate(N_("{value} ({low} to {high})")).format(value=value, low=low, high=high)


def calculation(judgement: Judgement, language: Language) -> str:
    """The comparisons that were made, with the figures filled in: 11 − 4 = 7."""
    texts = judgement.outcome.check.split("; ") if judgement.outcome.check else []
    return "; ".join(filter(None, (_compared(parse(text), judgement, language) for text in texts)))


def _compared(comparison: Comparison, judgement: Judgement, language: Language) -> str:
    known = _known_values(judgement)
    if not set(comparison.names) <= set(known):
        return ""
    if comparison.relation == "=":
        return _equated(comparison, judgement, language)
    left, right = (value(side, known.__getitem__) for side in (comparison.left, comparison.right))
    words = {True: N_("{left} is lower than {right}"), False: N_("{left} is higher than {right}")}
    more = {True: comparison.relation == "<", False: comparison.relation == ">"}
    holds = comparison.holds(left, right)
    said = N_("{left} and {right} do not differ for certain") if holds is None else words[more[holds]]
    sides = (_side(side, judgement, language) for side in (comparison.left, comparison.right))
    return language.translate(said).format(**dict(zip(("left", "right"), sides, strict=True)))


def _equated(comparison: Comparison, judgement: Judgement, language: Language) -> str:
    _ = language.translate
    known = _known_values(judgement)
    left, right = (
        spelled(side, lambda name: language.shortest(known[name].value), language.integer)
        for side in (comparison.left, comparison.right)
    )
    if left == right:
        return _("{value} in both presentations").format(value=left)
    worked_out = number(value(comparison.left, known.__getitem__), language)
    if said := CALCULATIONS.get(judgement.outcome.check):
        shown = {name: language.shortest(known[name].value) for name in comparison.names}
        return _(said).format(**shown, worked_out=worked_out, right=right)
    if worked_out == right:
        return f"{left} = {right}"
    return _("{left} = {worked_out}; printed is {right}").format(left=left, worked_out=worked_out, right=right)


def _known_values(judgement: Judgement) -> dict[str, Bounded]:
    outcome = judgement.outcome
    values = {fact.id: fact.value for fact in outcome.facts}
    return values | {measure.id: interval_of(measure) for measure in outcome.measures}


def _side(side: ast.expr, judgement: Judgement, language: Language) -> str:
    """One side of a comparison in words: the quote of a figure, or the name and value of a measure."""
    name = ast.unparse(side)
    for fact in judgement.outcome.facts:
        if fact.id == name:
            return fact_label(fact, language)
    for measure in judgement.outcome.measures:
        if measure.id == name:
            return f"{measure_label(name, language)} ({measure_text(measure, language)})"
    return language.integer(value(side, _known_values(judgement).__getitem__).value)


def fact_label(fact: Fact, language: Language) -> str:
    """The words of a printed figure, or the name, period and value of a public one."""
    if fact.quote:
        return f"“{fact.quote}”"
    name = language.translate(CONTEXT[fact.id.removesuffix(f"_{fact.period}")])
    said = language.translate(N_("{name}, {period}: {value}"))
    return said.format(name=name, period=fact.period, value=figure_text(fact, language))


def _implied(judgement: Judgement, language: Language) -> str:
    outcome = judgement.outcome
    if outcome.measures:
        named = (f"{measure_label(own.id, language)}: {measure_text(own, language)}" for own in outcome.measures)
        return "; ".join(named)
    if not outcome.check or outcome.value is None:
        return ""
    known = _known_values(judgement)
    left = spelled(parse(outcome.check).left, lambda name: language.shortest(known[name].value), language.integer)
    return f"{left} = {number(outcome.value, language)}"
