"""Statements, bindings and values as a test draws them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from evaluation.evidence import Bounded, Estimate, Evidence, Measure
from evaluation.measures.claims.judging import judge_claims
from evaluation.measures.claims.ledger import Judgement
from evaluation.measures.claims.vocabulary import Binding, Claim, Fact, Override, Reading

DAY = date(2025, 1, 1)
SPOKEN = {"first": date(2024, 3, 25), "second": DAY}


def fact(name: str, value: float, low: float | None = None, high: float | None = None, **own: Any) -> Fact:
    """A printed figure; exact without an interval."""
    bounded = Bounded(value, value if low is None else low, value if high is None else high)
    return Fact(name, bounded, **{"unit": "trajectories", "source": "second", **own})


def measure(name: str, value: Estimate, low: Estimate = None, high: Estimate = None, **own: Any) -> Measure:
    """A published value of an edition."""
    given = {
        "unit": "trajectories",
        "evidence": Evidence.PUBLISHED,
        "sources": ("council_figures",),
        "method": "drawn",
        "period": str(DAY),
        **own,
    }
    return Measure(name, value, ci_low=low, ci_high=high, **given)


def register(name: str, value: Estimate, low: Estimate = None, high: Estimate = None, **own: Any) -> Measure:
    """A value of the register."""
    return measure(name, value, low, high, **{"evidence": Evidence.REGISTER, "sources": ("registry",), **own})


def judged(
    rule: str,
    facts: Iterable[Fact] = (),
    measures: Iterable[Measure] = (),
    *,
    day: date = DAY,
    earlier: Iterable[Reading] = (),
    override: Override | None = None,
    rounding: dict[str, float] | None = None,
    document: str = "second",
    dated: bool = False,
    **binding: Any,
) -> Judgement:
    """One statement, X01, judged by one rule; X02 of the first presentation begins on 1 January 2023."""
    claims = (
        Claim("X01", document, "Tellen", "Een uitspraak", "a statement", "claim", dated=dated),
        Claim("X02", "first", "Tellen", "Een andere", "another", "claim", reference_date=date(2023, 1, 1)),
    )
    bindings = {
        "X01": Binding("X01", rule, "volumes", **binding),  # type: ignore[arg-type]
        "X02": Binding("X02", "no_number", "volumes"),
    }
    reading = Reading("drawn", day, {own.id: own for own in measures})
    ledger = judge_claims(
        claims,
        bindings,
        list(facts),
        reading,
        spoken=SPOKEN,
        earlier=list(earlier),
        overrides=[override] if override else [],
        rounding=rounding,
    )
    return ledger.judgements[0]
