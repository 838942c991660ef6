"""The mark that a synthetic value carries wherever it is shown."""

from __future__ import annotations

from evaluation.evidence import Evidence
from evaluation.presentation.language import N_, Language

SYNTHETIC = N_("Synthetic")
SYNTHETIC_LONG = N_("Synthetic data: shows how this works, says nothing about Groningen")


def mark_text(evidence: Evidence, language: Language) -> str:
    """Return the mark in words; empty for anything that is not synthetic."""
    return language.translate(SYNTHETIC_LONG) if evidence is Evidence.SYNTHETIC else ""


def mark_html(evidence: Evidence, language: Language) -> str:
    """Return the mark as a short badge; empty for anything that is not synthetic."""
    if evidence is not Evidence.SYNTHETIC:
        return ""
    short, long = language.translate(SYNTHETIC), language.translate(SYNTHETIC_LONG)
    return f'<strong class="mark" title="{long}">{short}</strong> '
