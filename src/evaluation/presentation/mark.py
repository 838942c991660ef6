"""The mark that a synthetic value carries wherever it is shown, and the one of what rests on assumptions."""

from __future__ import annotations

from evaluation.evidence import Evidence, Measure
from evaluation.presentation.language import N_, Language

SYNTHETIC = N_("Synthetic")
SYNTHETIC_LONG = N_("Synthetic data: shows how this works, says nothing about Groningen")
SYNTHETIC_MORE = N_(
    "Values with the mark “Synthetic” come from an invented registry that reproduces the published figures. Published "
    "figures and public statistics are real."
)
# Assumptions are evidence of the same strength, and no invented registry.
ASSUMED = N_("Assumptions")
ASSUMED_LONG = N_("Rests on assumptions: shows what would follow from them, and was not measured")
ASSUMED_PART = N_("Some of the values rest on assumptions, and were not measured")
ASSUMED_MORE = N_(
    "Values with the mark “Assumptions” were computed with amounts that nobody published and that are assumed here. "
    "All other values do without them."
)
ASSUMPTIONS = frozenset({"break_even_parameters"})
"""Names of the tables of assumptions."""


def is_assumed(measure: Measure) -> bool:
    """Return whether a value rests on assumptions and on no invented registry."""
    return measure.evidence is Evidence.SYNTHETIC and ASSUMPTIONS.issuperset(measure.sources)


def mark_short(evidence: Evidence, language: Language, *, assumed: bool = False) -> str:
    """Return the mark in a word; empty for anything that is not synthetic."""
    if evidence is not Evidence.SYNTHETIC:
        return ""
    return language.translate(ASSUMED if assumed else SYNTHETIC)


def mark_text(evidence: Evidence, language: Language, *, assumed: bool = False) -> str:
    """Return the mark in words; empty for anything that is not synthetic."""
    if evidence is not Evidence.SYNTHETIC:
        return ""
    return language.translate(ASSUMED_LONG if assumed else SYNTHETIC_LONG)


def mark_html(evidence: Evidence, language: Language, *, assumed: bool = False) -> str:
    """Return the mark as a short badge; empty for anything that is not synthetic."""
    if evidence is not Evidence.SYNTHETIC:
        return ""
    short, long = (make(evidence, language, assumed=assumed) for make in (mark_short, mark_text))
    return f'<strong class="mark" title="{long}">{short}</strong> '
