"""What became of a delivery: how many rows came in, were accepted and were put aside, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Count, Evidence


@dataclass(frozen=True)
class Delivered:
    """Account of one delivery of the register.

    Attributes
    ----------
    tables
        Per table ``table`` (str) and the rows ``delivered``, ``accepted`` and ``quarantined`` (int).
    findings
        Per table, column and rule: ``table``, ``column_name``, ``rule``, ``severity``, ``message``, ``remedy`` (str)
        and ``rows`` (int). A row can be found by several rules.
    delivered, accepted, quarantined
        Rows of all tables; the first is the sum of the other two.
    delivered_on
        Day of the delivery.
    """

    tables: pd.DataFrame
    findings: pd.DataFrame
    delivered: Count
    accepted: Count
    quarantined: Count
    delivered_on: date
    evidence: Evidence


def account_for(tables: pd.DataFrame, findings: pd.DataFrame, delivered_on: date, evidence: Evidence) -> Delivered:
    """Add up the account of a delivery.

    Raises
    ------
    ArithmeticError
        When a row was lost: delivered is not accepted plus quarantined in some table.
    """
    lost = tables[tables["delivered"] != tables["accepted"] + tables["quarantined"]]
    if len(lost):
        raise ArithmeticError(f"{lost['table'].iloc[0]}: delivered rows are not accepted plus quarantined ones")
    delivered, accepted, quarantined = (int(tables[name].sum()) for name in ("delivered", "accepted", "quarantined"))
    return Delivered(tables, findings, delivered, accepted, quarantined, delivered_on, evidence)
