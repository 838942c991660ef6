"""Judges the statements to the council by the measures of an edition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from evaluation.disclosure.protect import DECIMALS
from evaluation.disclosure.rules import default_rules
from evaluation.evidence import Bounded, Measure
from evaluation.measures.claims.expression import ExpressionError, parse
from evaluation.measures.claims.judging import judge_claims
from evaluation.measures.claims.ledger import ClaimsLedger
from evaluation.measures.claims.vocabulary import Binding, Claim, Fact, Grade, Override, Reading, Verdict
from evaluation.presentation.claim_sentences import ClaimTexts
from evaluation.presentation.labels import MEASURES
from evaluation.sources import SourceError
from evaluation.sources.claims import RULES_FILE, claim_overrides, claim_rules, claim_texts
from evaluation.sources.package import read_table
from evaluation.sources.published import claims, published_figures

COUNTED = ("trajectories", "clients", "families")  # units of which the register shows rounded counts


@dataclass(frozen=True)
class ClaimInputs:
    """Everything that judges statements, apart from the measures of an edition.

    Attributes
    ----------
    claims, bindings, facts, overrides
        See `judge_claims`.
    spoken
        By presentation the last day that its figures are about.
    texts
        What the report says beside each statement, by statement.
    """

    claims: tuple[Claim, ...]
    bindings: Mapping[str, Binding]
    facts: tuple[Fact, ...]
    spoken: Mapping[str, date]
    overrides: tuple[Override, ...]
    texts: Mapping[str, ClaimTexts]


def claim_inputs(today: date) -> ClaimInputs:
    """Read statements, bindings, figures, texts and signed verdicts.

    Raises
    ------
    SourceError
        When one of them is not what it should be.
    """
    figures, rules, table = published_figures(), claim_rules(), claims()
    printed = set(figures["id"])
    for claim_id, name in zip(rules["claim_id"], rules["figure"], strict=True):
        if name and name not in printed:
            raise SourceError(f"{RULES_FILE}: {claim_id}, no figure {name!r}; name an id of council_figures.csv")
    texts = claim_texts().set_index("id")
    made = tuple(_claim(row) for row in table.to_dict("records"))
    return ClaimInputs(
        claims=made,
        bindings={binding.claim_id: binding for binding in map(_binding, rules.to_dict("records"))},
        facts=(*map(_fact, figures.to_dict("records")), *_context()),
        spoken={str(name): day.date() for name, day in figures.groupby("document")["reference_date"].max().items()},
        overrides=tuple(
            Override(
                own.claim_id,
                Verdict(own.verdict),
                Grade(own.grade),
                own.reason_nl,
                own.reason_en,
                own.signed_on,
                own.signed_by,
            )
            for own in claim_overrides({claim.id for claim in made}, today)
        ),
        texts={
            str(row["claim_id"]): ClaimTexts.of(row, texts.loc[str(row["text"])].to_dict())
            for row in rules.to_dict("records")
        },
    )


def judge_edition(
    inputs: ClaimInputs, edition: str, reference_date: date, measures: Iterable[Measure], earlier: Sequence[Reading]
) -> ClaimsLedger:
    """Judge every statement by the measures that an edition publishes."""
    rules = default_rules()
    rounding = {unit: 0.5 * 10.0**-digits for unit, digits in DECIMALS.items()}
    rounding |= dict.fromkeys(COUNTED, rules.rounding_base / 2)
    return judge_claims(
        inputs.claims,
        inputs.bindings,
        inputs.facts,
        Reading(edition, reference_date, {measure.id: measure for measure in measures}),
        spoken=inputs.spoken,
        earlier=earlier,
        overrides=inputs.overrides,
        rounding=rounding,
    )


def _claim(row: Mapping[Any, Any]) -> Claim:
    def text(name: str) -> str:
        return "" if pd.isna(row[name]) else str(row[name])

    day = None if pd.isna(row["reference_date"]) else row["reference_date"].date()
    return Claim(
        id=row["id"],
        document=row["document"],
        section=row["section"],
        quote=row["quote"],
        gloss=row["gloss"],
        kind=row["kind"],
        value=text("value"),
        unit=text("unit"),
        reference_date=day,
        dated=day is not None or bool(text("reference_note")),
    )


def _binding(row: Mapping[Any, Any]) -> Binding:
    binding = Binding(
        claim_id=row["claim_id"],
        rule=row["rule"],
        topic=row["topic"],
        grade=Grade(row["grade"]) if row["grade"] else None,
        figure=row["figure"],
        recount=tuple(row["recount"].split()),
        checks=tuple(text.strip() for text in row["check"].split(";") if text.strip()),
        implied=tuple(row["implied"].split()),
        others=tuple(row["others"].split()),
        missing=row["missing"],
        beside=tuple(row["beside"].split()),
    )
    for name in binding.measures:
        if name not in MEASURES:
            raise SourceError(f"{RULES_FILE}: {binding.claim_id}, no measure {name!r}; name one of results.json")
    try:
        for check in binding.checks:
            parse(check)
    except ExpressionError as error:
        raise SourceError(f"{RULES_FILE}: {binding.claim_id}, column check, {error}") from None
    return binding


def _fact(row: Mapping[Any, Any]) -> Fact:
    return Fact(
        id=row["id"],
        value=Bounded(float(row["value"]), float(row["value_low"]), float(row["value_high"])),
        unit=row["unit"],
        source=row["document"],
        period="" if pd.isna(row["period"]) else row["period"],
        reference_date=None if pd.isna(row["reference_date"]) else row["reference_date"].date(),
        quote=row["quote"],
        derived=row["status"] == "derived",
    )


def _context() -> Iterable[Fact]:
    """Public figures about the municipality, under the name of their indicator and period."""
    table = read_table("groningen_context")
    rows = table[(table["geography"] == "groningen_municipality") & (table["qualifier"] == "exact")]
    for row in rows.to_dict("records"):
        name, amount = f"{row['indicator']}_{row['period']}", float(row["value"])
        exact, period = Bounded(amount, amount, amount), str(row["period"])
        yield Fact(name, exact, row["unit"], "groningen_context", period, public_statistic=True)
