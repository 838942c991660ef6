"""Names of the cells of one snapshot, and of the groups in it."""

from __future__ import annotations

import re
from datetime import date, timedelta

from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.tabulation import Relation

# A label is a word from the delivery. Codes say nothing about a person; anything else could be a name or an address.
CODE = re.compile(r"[A-Z]{0,4}[ _-]?\d{1,6}")
OTHER = "other"


class Cells:
    """Names of the cells of one snapshot."""

    def __init__(self, since: date, reference_date: date) -> None:
        self.since, self.day = str(since), str(reference_date)

    def period(self, kind: str, begin: str = "", end: str = "", **part: str) -> CountCell:
        """A count of what happened from `begin` to `end`, by default in the whole period."""
        return CountCell(kind, begin or self.since, end or self.day, self.day, **part)

    def stock(self, day: str = "", **part: str) -> CountCell:
        """What ran on a day, by default the reference date."""
        return CountCell("running", "", day or self.day, self.day, **part)

    def carried(self, **part: str) -> CountCell:
        """What ran when the period began."""
        return self.stock(str(date.fromisoformat(self.since) - timedelta(days=1)), **part)

    def handled(self, **part: str) -> CountCell:
        """What ran at some time in the period: it either ended or still runs, and either ran before or started."""
        return self.period("handled", **part)

    def balance(self, **part: str) -> tuple[Relation, Relation]:
        """What was handled, in both ways."""
        whole = self.handled(**part)
        return (
            (whole, (self.period("ended", **part), self.stock(**part))),
            (whole, (self.period("started", **part), self.carried(**part))),
        )


def reporting_year(reference_date: date) -> CountCell:
    """Return the cell of the starts in the calendar year of the day before the reference date."""
    year = (reference_date - timedelta(days=1)).year
    return CountCell("started", f"{year}-01-01", str(min(date(year, 12, 31), reference_date)), str(reference_date))
