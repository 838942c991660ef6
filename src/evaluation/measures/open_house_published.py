"""What the council was told of the move from Open House to BJH."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from evaluation.evidence import Evidence

REASON_CLAIMS = ("B53", "B54", "B55", "B56")
"""The statements that give the four reasons, in the order of the slide."""


@dataclass(frozen=True)
class PublishedTransition:
    """Figures and statements as they were shown.

    Attributes
    ----------
    providers, products
        Before and after: providers, and products that became one task.
    statements
        One row per statement: ``id``, ``quote`` (Dutch), ``value`` (text as printed, null without a number), ``unit``,
        ``reference_date``.
    """

    providers: tuple[float, float]
    products: tuple[float, float]
    statements: pd.DataFrame

    @property
    def reasons(self) -> int:
        """Reasons that were given for help that did not go over."""
        return int(self.statements["id"].isin(REASON_CLAIMS).sum())

    @property
    def reasons_with_number(self) -> int:
        """How many of them came with a number."""
        given = self.statements[self.statements["id"].isin(REASON_CLAIMS)]
        return int(given["value"].notna().sum())

    @property
    def evidence(self) -> Evidence:
        """Published figures."""
        return Evidence.PUBLISHED
