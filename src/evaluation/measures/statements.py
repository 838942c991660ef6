"""What the council was told on a subject, statement by statement, and whether any of it was a number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from evaluation.evidence import Evidence


@dataclass(frozen=True)
class Statements:
    """Statements of the presentations.

    Attributes
    ----------
    frame
        Columns ``id``, ``document``, ``quote`` (Dutch, as printed), ``gloss`` (English), ``value`` (as printed, null
        when there is none) and ``has_number``; in the order in which they were asked for.
    """

    frame: pd.DataFrame

    @property
    def evidence(self) -> Evidence:
        """Published figures."""
        return Evidence.PUBLISHED

    @property
    def n(self) -> int:
        """Number of statements."""
        return len(self.frame)

    @property
    def n_with_number(self) -> int:
        """Number of statements that came with a value."""
        return int(self.frame["has_number"].sum())

    @property
    def repeated(self) -> tuple[str, ...]:
        """Quotes that both presentations have."""
        both = self.frame.groupby(self.frame["quote"].str.casefold())["document"].nunique()
        known = self.frame.drop_duplicates("quote")
        return tuple(quote for quote in known["quote"] if both[quote.casefold()] > 1)


def statements(claims: pd.DataFrame, ids: Iterable[str]) -> Statements:
    """Take statements from the table of claims by their ids."""
    rows = claims.set_index("id").loc[list(ids)].reset_index()
    frame = rows[["id", "document", "quote", "gloss", "value"]]
    return Statements(frame.assign(has_number=frame["value"].notna()))
