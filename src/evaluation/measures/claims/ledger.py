"""The words of the ledger that come out: what a rule found, judgements, and the ledger itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from evaluation.evidence import Bounded, Evidence, Measure
from evaluation.measures.claims.vocabulary import Binding, Claim, Fact, Grade, Override, Verdict

LATER = "later"  # the finding on a statement that had not been made


@dataclass(frozen=True)
class Outcome:
    """What a rule found.

    Attributes
    ----------
    key
        Name of the finding; presentation has a sentence for each.
    verdict, grade
        What it comes to.
    value
        The value that decided it, in the unit of the printed figure, or None.
    measures, facts
        What was used.
    check
        The comparison that was made, or empty.
    others
        Statements that were used.
    """

    key: str
    verdict: Verdict
    grade: Grade
    value: Bounded | None = None
    measures: tuple[Measure, ...] = ()
    facts: tuple[Fact, ...] = ()
    check: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """A statement with its verdict.

    Attributes
    ----------
    outcome
        What the rule found.
    figure
        The printed figure that was judged, or None.
    beside
        Values that stand beside it and judged nothing.
    synthetic
        Measures that show on invented data how it will be measured; they judged nothing.
    withheld
        Measures whose value disclosure rules withhold; they judged nothing.
    override
        The signed verdict, or None.
    """

    claim: Claim
    binding: Binding
    outcome: Outcome
    figure: Fact | None = None
    beside: tuple[Measure, ...] = ()
    synthetic: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    override: Override | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict that counts: the signed one, if any."""
        return self.override.verdict if self.override else self.outcome.verdict

    @property
    def grade(self) -> Grade:
        """The grade that goes with it."""
        return self.override.grade if self.override else self.outcome.grade


@dataclass(frozen=True)
class ClaimsLedger:
    """Every statement with its verdict, as an edition sees it.

    Attributes
    ----------
    edition, reference_date
        The edition.
    judgements
        In the order in which the statements were made.
    """

    edition: str
    reference_date: date
    judgements: tuple[Judgement, ...] = field(repr=False)

    @property
    def evidence(self) -> Evidence:
        """Weakest kind that judged anything; what was said is published in any case."""
        return Evidence.PUBLISHED

    @property
    def n_later(self) -> int:
        """Statements that had not been made on the reference date."""
        return len(self.judgements) - len(self.made)

    @property
    def made(self) -> tuple[Judgement, ...]:
        """Statements that had been made on the reference date."""
        return tuple(own for own in self.judgements if own.outcome.key != LATER)

    def counts(self) -> dict[Verdict, int]:
        """Number of statements by verdict, among those that had been made."""
        return {verdict: sum(own.verdict is verdict for own in self.made) for verdict in Verdict}
