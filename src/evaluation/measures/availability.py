"""Whether the tables that a chapter needs were delivered, and how much is in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Evidence, weakest
from evaluation.snapshot import Records


@dataclass(frozen=True)
class Availability:
    """Tables that a chapter reads.

    Attributes
    ----------
    frame
        One row per table: ``table``, ``delivered`` (bool), ``rows`` known by the reference date (int, 0 when the
        table was not delivered).
    reference_date
        The day.
    evidence
        The weakest of the tables.
    """

    frame: pd.DataFrame
    reference_date: date
    evidence: Evidence


def availability(*records: Records) -> Availability:
    """Say of each table whether it was delivered and how many rows it has."""
    rows = [(one.table, one.delivered, int(one.frame("select count(*) as n from t")["n"].iloc[0])) for one in records]
    return Availability(
        pd.DataFrame(rows, columns=["table", "delivered", "rows"]),
        records[0].reference_date,
        weakest(one.evidence for one in records),
    )
