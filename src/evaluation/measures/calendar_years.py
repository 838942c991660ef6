"""Calendar years of a period, and the trajectory-months in them; a period runs from its first day to before its last.

The reference date itself has only begun, so events and time on it are left out of rates alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from evaluation.snapshot import DAYS_PER_MONTH, Snapshot, row_of


class Span(NamedTuple):
    """A period from `begin` up to, not including, `end`; `name` is its year, empty for the whole."""

    name: str
    begin: date
    end: date

    def sql(self, column: str) -> str:
        """SQL of whether a day lies in it."""
        return f"({column} >= date '{self.begin}' and {column} < date '{self.end}')"


def spans(since: date, reference_date: date) -> tuple[Span, ...]:
    """The calendar years of the period, cut to it, and the whole last."""
    years = range(since.year, reference_date.year + 1)
    cut = [Span(str(year), max(since, date(year, 1, 1)), min(reference_date, date(year + 1, 1, 1))) for year in years]
    return (*(span for span in cut if span.begin < span.end), Span("", since, reference_date))


def trajectory_months(snapshot: Snapshot, parts: Sequence[Span]) -> list[tuple[float, int]]:
    """Months that trajectories ran in each part, all trajectories added up, and in how many trajectories."""
    found = []
    for part in parts:
        days = (
            f"greatest(least(coalesce(end_date, date '{part.end}'), date '{part.end}') "
            f"- greatest(start_date, date '{part.begin}'), 0)"
        )
        total, n = row_of(
            snapshot.trajectories, f"select coalesce(sum({days}), 0), count(*) filter ({days} > 0) from t"
        )
        found.append((float(total) / DAYS_PER_MONTH, int(n)))
    return found
