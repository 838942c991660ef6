"""The answer "in line" under one margin after another: how far it hangs on a choice that somebody has to make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from evaluation.evidence import Evidence
from evaluation.measures.benchmark import Scope
from evaluation.measures.equivalence import Equivalence, at_margin

MARGINS = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2)  # gaps in growth over the whole period, shares


@dataclass(frozen=True)
class VerdictsByMargin:
    """Verdict in each scope under each margin, in real terms per inhabitant.

    Attributes
    ----------
    frame
        One row per margin and scope: ``margin``, a share; ``scope``, ``verdict``, ``p_value`` of the two one-sided
        tests, and ``chosen``, whether it is the margin of the edition.
    scopes
        In the order of the comparisons.
    """

    frame: pd.DataFrame
    scopes: tuple[Scope, ...]

    @property
    def evidence(self) -> Evidence:
        """Public statistics."""
        return Evidence.BENCHMARK


def verdicts_by_margin(found: Sequence[Equivalence], margins: Sequence[float] = MARGINS) -> VerdictsByMargin:
    """Return the verdicts under each margin, and under the one that was chosen.

    Parameters
    ----------
    found
        The comparisons, one per scope, under the chosen margin.
    margins
        Other margins, shares.
    """
    chosen = found[0].margin
    rows = [
        {
            "margin": margin,
            "scope": one.scope,
            "verdict": one.verdict,
            "p_value": float(one.main["p_value"]),
            "chosen": margin == chosen,
        }
        for margin in sorted({*margins, chosen})
        for one in at_margin(found, margin=margin)
    ]
    return VerdictsByMargin(pd.DataFrame(rows), tuple(one.scope for one in found))
