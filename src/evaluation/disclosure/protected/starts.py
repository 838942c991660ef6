"""The starts of a period as one table: all, by calendar year and by calendar month.

Several results show sums of the same months. Whichever comes first publishes the whole table, so that the months, the
years and the whole are protected together and the later results show the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd

from evaluation.disclosure import DisclosureError
from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protected.names import Cells
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.suppression import SuppressionError
from evaluation.disclosure.tabulation import Relation
from evaluation.evidence import SUPPRESSED, Count


class Starts:
    """Names and counts of the starts of a period.

    Parameters
    ----------
    months
        Columns ``month`` and ``inflow``, all months of the period; a copy that was protected has none.
    since, reference_date
        First and last day of the period.
    """

    def __init__(self, months: pd.DataFrame, since: date, reference_date: date) -> None:
        if months.empty:
            raise DisclosureError(
                "the months behind a count of starts are missing; a result can be protected once only"
            )
        self.name = Cells(since, reference_date)
        self.whole = self.name.period("started")
        self._since, self._until = since, reference_date
        self.by_month = {self._month(month): int(n) for month, n in zip(months["month"], months["inflow"], strict=True)}

    def year(self, year: int) -> CountCell:
        """The starts of a calendar year, as far as it lies in the period."""
        first, last = max(date(year, 1, 1), self._since), min(date(year, 12, 31), self._until)
        return self.name.period("started", str(first), str(last))

    def month(self, month: pd.Timestamp) -> CountCell:
        """The starts of a calendar month, as far as it lies in the period."""
        return self._month(month)

    def publish(self, guard: Guard, *years: int) -> Mapping[CountCell, Count]:
        """Publish the whole, its months, and those of the years that lie in it at least partly."""
        counts = {self.whole: sum(self.by_month.values()), **self.by_month}
        relations: list[Relation] = []
        inside = [year for year in dict.fromkeys(years) if self._since.year <= year <= self._until.year]
        for cell in [self.whole, *map(self.year, inside)]:
            parts = tuple(month for month in self.by_month if cell.begin <= month.begin and month.end <= cell.end)
            counts[cell] = sum(self.by_month[month] for month in parts)
            if parts != (cell,):
                relations.append((cell, parts))
        try:
            return guard.publish(counts, dict.fromkeys(relations))
        except SuppressionError:
            # So few starts over so many months that each month follows nearly: nothing is shown but the whole.
            return dict.fromkeys(counts, SUPPRESSED) | guard.publish({self.whole: counts[self.whole]})

    def _month(self, month: pd.Timestamp) -> CountCell:
        first, after = month.date(), (month + pd.offsets.MonthBegin(1)).date()
        last = min(after - timedelta(days=1), self._until)
        return self.name.period("started", str(max(first, self._since)), str(last))
