"""The public measures of the reviewed editions, as an edition publishes them, without running a notebook."""

from __future__ import annotations

import json
from pathlib import Path

from evaluation.evidence import Evidence, Measure

EXPECTED = Path(__file__).parents[1] / "expected"
INVENTED = ("costs.ledger", "costs.counted", "costs.top_5", "costs.payback", "volumes.", "durations.", "capacity.")
STATISTICS = ("benchmark.", "counterfactual.")


def reviewed_measures(edition: str) -> tuple[Measure, ...]:
    """Values reviewed for an edition, each with the kind of evidence that it has."""
    values = json.loads((EXPECTED / f"{edition}.json").read_text())
    return tuple(_measure(name, *value) for name, value in values.items())


def _measure(name: str, estimate: float | None, low: float | None, high: float | None) -> Measure:
    evidence, sources = Evidence.PUBLISHED, ("council_figures",)
    if name.startswith(INVENTED):
        evidence, sources = Evidence.SYNTHETIC, ("synthetic",)
    elif name.startswith(STATISTICS):
        evidence, sources = Evidence.BENCHMARK, ("iv3_municipalities",)
    elif name.startswith("costs."):
        sources = ("council_figures", "price_indices")
    unit = "p_value" if "equivalence_p" in name else "months" if "months" in name else "share"
    return Measure(name, estimate, unit, evidence, sources, "reviewed", "2025-01-01", ci_low=low, ci_high=high)
