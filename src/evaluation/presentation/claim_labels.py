"""Names around the statements to the council: verdicts, grades, kinds, presentations, subjects and units."""

from __future__ import annotations

from evaluation.measures.claims.vocabulary import Grade, Verdict
from evaluation.presentation.labels import UNITS
from evaluation.presentation.language import N_, Language

VERDICTS = {
    Verdict.CONFIRMED: N_("confirmed"),
    Verdict.PLAUSIBLE: N_("plausible"),
    Verdict.NOT_ASSESSABLE: N_("cannot be assessed"),
    Verdict.MISLEADING: N_("misleading or incomplete"),
    Verdict.CONTRADICTED: N_("contradicted"),
    Verdict.PLAN: N_("plan or question"),
}
# A sign beside the colour, so that neither has to be seen.
SIGNS = {
    Verdict.CONFIRMED: "✓",
    Verdict.PLAUSIBLE: "≈",
    Verdict.NOT_ASSESSABLE: "?",
    Verdict.MISLEADING: "!",
    Verdict.CONTRADICTED: "✗",
    Verdict.PLAN: "→",
}
VERDICT_MEANINGS = {
    Verdict.CONFIRMED: N_("what was said can be worked out again, or was counted again"),
    Verdict.PLAUSIBLE: N_("said once, not checked by others, and nothing known speaks against it"),
    Verdict.NOT_ASSESSABLE: N_("a number, norm or measurement is missing; this says nothing against the statement"),
    Verdict.MISLEADING: N_("other figures or statements of the same sender give another picture"),
    Verdict.CONTRADICTED: N_("a count or public statistics show otherwise"),
    Verdict.PLAN: N_("an announcement or an open question, neither true nor false yet"),
}
GRADES = {
    Grade.RECORDS: N_("records: counted from the register, reconciled, and anyone can do it again"),
    Grade.TWO_AGGREGATES: N_("two independent figures that agree"),
    Grade.ONE_AGGREGATE: N_("one published figure or description that nobody checked"),
    Grade.EXPERIENCE: N_("an experience or an indirect sign"),
    Grade.NONE: N_("no evidence was given"),
}
KINDS = {
    "claim": N_("claim"),
    "figure": N_("figure"),
    "target": N_("target"),
    "target_or_figure": N_("target or figure"),
    "plan": N_("plan"),
    "definition": N_("definition"),
    "question": N_("question"),
}
DOCUMENTS = {
    "council-2024-04-24": N_("Presentation of 24 April 2024"),
    "council-2025": N_("Presentation of early 2025"),
}
# Subjects of statements; a chapter with the name is linked when the edition has it.
TOPICS = {
    "volumes": N_("Numbers of trajectories"),
    "durations": N_("Length of trajectories"),
    "registration": N_("Quality of the registration"),
    "capacity": N_("Staff and hours"),
    "costs": N_("Costs of youth care"),
    "unit_costs": N_("Costs of BJH"),
    "benchmark": N_("Compared with other municipalities"),
    "pilot": N_("Pilot with the family carer"),
    "experience": N_("Experience of clients"),
    "narratives": N_("Stories of families"),
    "access": N_("Access and waiting"),
    "legal_protection": N_("Legal protection"),
    "open_house": N_("Open House and providers"),
    "policy": N_("Aims and plans"),
}
CLAIM_UNITS = {
    **UNITS,
    "fte": N_("fte"),
    "products": N_("products"),
    "tasks": N_("task"),
    "providers": N_("provider"),
    "referrer_types": N_("kinds of referrer"),
    "children_or_families": N_("children or families"),
    "hours": N_("hours"),
    "youths": N_("youths"),
}


def verdict_label(verdict: Verdict, language: Language) -> str:
    """Name of a verdict."""
    return language.translate(VERDICTS[verdict])


def unit_label(unit: str, language: Language) -> str:
    """Name of the unit of a printed figure."""
    return language.translate(CLAIM_UNITS[unit])
