"""A statement with what is known about it, and comparisons that were worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluation.evidence import Bounded, Evidence, Measure
from evaluation.measures.claims.expression import Comparison, parse, value
from evaluation.measures.claims.known import Known
from evaluation.measures.claims.ledger import Outcome
from evaluation.measures.claims.register_rules import within_register
from evaluation.measures.claims.vocabulary import Binding, Claim, Fact, Grade

OWN_SOURCE = "council_figures"


@dataclass(frozen=True)
class Case:
    """A statement with what is known about it.

    Attributes
    ----------
    claim, binding
        The statement and what judges it.
    known
        Figures and measures.
    said
        Statements made by then, by id.
    """

    claim: Claim
    binding: Binding
    known: Known
    said: Mapping[str, Claim]

    @property
    def figure(self) -> Fact | None:
        """The printed figure, when it was known by then."""
        return self.known.facts.get(self.binding.figure)

    @property
    def others(self) -> tuple[str, ...]:
        """Statements bound to this one that had been made by then."""
        return tuple(name for name in self.binding.others if name in self.said)

    @property
    def floor(self) -> Grade:
        """Grade while nothing that counts speaks to it."""
        return self.binding.grade or Grade.NONE

    def recount(self) -> Outcome | None:
        """What the register says of the printed figure, when it was counted on the right day."""
        if self.figure is None:
            return None
        measure = self.known.recounted(self.figure, self.binding.recount)
        return None if measure is None else within_register(self.figure, measure, self.known)


@dataclass(frozen=True)
class Checked:
    """A comparison that was worked out; `holds` is None when the rounding leaves it open."""

    comparison: Comparison
    holds: bool | None
    left: Bounded
    right: Bounded
    measures: tuple[Measure, ...]
    facts: tuple[Fact, ...]

    @property
    def grade(self) -> Grade:
        """Grade of a comparison, by what went into it.

        A for the register; B for public statistics, or for the same thing printed in two presentations; C for figures
        of one sender that no one counted again.
        """
        if any(measure.evidence is Evidence.REGISTER for measure in self.measures):
            return Grade.RECORDS
        statistics = any(fact.public_statistic for fact in self.facts)
        statistics |= any(set(measure.sources) - {OWN_SOURCE} for measure in self.measures)
        twice = self.comparison.relation == "=" and len({fact.source for fact in self.facts}) > 1
        return Grade.TWO_AGGREGATES if statistics or twice else Grade.ONE_AGGREGATE


def check(text: str, known: Known) -> Checked | None:
    """Work out a comparison, or return None when one of its values is not known."""
    comparison = parse(text)
    values = {name: known.value(name) for name in comparison.names}
    found = {name: own for name, own in values.items() if own is not None}
    if len(found) < len(values):
        return None
    left, right = (value(side, found.__getitem__) for side in (comparison.left, comparison.right))
    measures = tuple(own for name in found if name not in known.facts and (own := known.measure(name)))
    facts = tuple(known.facts[name] for name in found if name in known.facts)
    return Checked(comparison, comparison.holds(left, right), left, right, measures, facts)


def best_grade(checked: Sequence[Checked]) -> Grade:
    """Return the strongest grade among comparisons."""
    return min((own.grade for own in checked), key=list(Grade).index)


def together(checked: Sequence[Checked]) -> tuple[tuple[Measure, ...], tuple[Fact, ...], str]:
    """Return the measures, figures and words of several comparisons."""
    measures = dict.fromkeys(measure.id for own in checked for measure in own.measures)
    by_id = {measure.id: measure for own in checked for measure in own.measures}
    facts = dict.fromkeys(fact for own in checked for fact in own.facts)
    return tuple(by_id[name] for name in measures), tuple(facts), "; ".join(own.comparison.text for own in checked)
