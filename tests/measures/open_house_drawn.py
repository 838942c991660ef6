"""Small tables of Open House and BJH, written by hand or drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb
import numpy as np
import pandas as pd

from evaluation.evidence import Evidence
from evaluation.measures.open_house import REASONS, OpenHouseMonths, open_house_months
from evaluation.snapshot import Records, Snapshot

DAY, SINCE = date(2025, 1, 1), date(2023, 7, 1)
COLUMNS = ("record_id", "product_code", "provider", "client_key", "month", "amount_eur", "reason_code", "reason_code_2")
TYPES = {
    **dict.fromkeys(COLUMNS, "varchar"),
    "month": "date",
    "amount_eur": "double",
}


def records(
    rows: Sequence[tuple[object, ...]],
    day: date = DAY,
    evidence: Evidence = Evidence.SYNTHETIC,
    *,
    delivered: bool = True,
) -> Records:
    """Lines of (product, provider, client, month, euros, reason, second reason); months may be written 2024-03."""
    written = [
        (f"r{number:05d}", product, provider, client, f"{month}-01" if len(str(month)) == 7 else month, *rest)
        for number, (product, provider, client, month, *rest) in enumerate(rows)
    ]
    frame = pd.DataFrame(written, columns=list(COLUMNS), dtype=object)
    connection = duckdb.connect()
    connection.register("rows", frame)
    columns = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in TYPES.items())
    known = f"where cast(month as date) < date '{day}'"
    return Records(
        "open_house", connection.sql(f"select {columns} from rows {known}"), delivered, day, evidence, "x/open_house"
    )


def snapshot(
    rows: Sequence[tuple[str, str, str, str | None]], day: date = DAY, evidence: Evidence = Evidence.SYNTHETIC
) -> Snapshot:
    """Trajectories of BJH as (client, product, start, end or None)."""
    frame = pd.DataFrame(rows, columns=["client_key", "product_code", "start_date", "end_date"], dtype=object)
    connection = duckdb.connect()
    connection.register("rows", frame)
    relation = connection.sql(
        """select client_key::varchar as client_key, product_code::varchar as product_code,
             start_date::date as start_date, end_date::date as end_date from rows"""
    )
    return Snapshot(relation, None, day, evidence, "x")


def months_of(
    lines: Sequence[tuple[object, ...]],
    bjh: Sequence[tuple[str, str, str, str | None]] = (),
    *,
    since: date = SINCE,
    day: date = DAY,
    evidence: Evidence = Evidence.SYNTHETIC,
    delivered: bool = True,
) -> OpenHouseMonths:
    """Months of help from lines and trajectories of BJH."""
    return open_house_months(records(lines, day, evidence, delivered=delivered), snapshot(bjh, day, evidence), since)


def line(product: str, client: str | None, month: str, reason: str | None = None, **more: object) -> tuple[object, ...]:
    """One line, with a provider and an amount that do not matter unless they are given."""
    return (product, more.get("provider", "A"), client, month, more.get("eur", 100.0), reason, more.get("second"))


def drawn(clients: int, seed: int = 1, products: Sequence[str] = ("P01", "P02", "P03")) -> list[tuple[object, ...]]:
    """Lines of clients who each have help for some consecutive months from July 2023 to December 2024."""
    random = np.random.default_rng(seed)
    calendar = [str(month) for month in pd.period_range("2023-07", "2024-12", freq="M")]
    rows: list[tuple[object, ...]] = []
    for client in range(clients):
        # Some help runs to the end, so that the last month is known also when there are few clients.
        first = int(random.integers(0, 14))
        last = len(calendar) if client % 2 == 0 else first + int(random.geometric(0.15))
        product = str(random.choice(products))
        reason = None if random.random() < 0.1 else str(random.choice(REASONS, p=(0.4, 0.2, 0.2, 0.15, 0.05)))
        second = reason if random.random() < 0.5 else None if random.random() < 0.5 else str(random.choice(REASONS))
        provider = f"Zorg Jansen {random.integers(0, 12)}"
        rows += [
            (product, provider, f"c{client}", month, float(random.gamma(4, 200)), reason, second)
            for month in calendar[0 if client % 4 == 0 else first : last]
        ]
    return rows


def drawn_bjh(clients: int, seed: int = 1) -> list[tuple[str, str, str, str | None]]:
    """Trajectories of BJH, a third of them of clients of Open House."""
    random = np.random.default_rng([seed, 2])
    rows: list[tuple[str, str, str, str | None]] = []
    for number in range(clients):
        start = pd.Timestamp("2023-07-10") + pd.Timedelta(days=int(random.integers(0, 500)))
        end = start + pd.Timedelta(days=int(random.integers(20, 400)))
        client = f"c{number}" if number % 3 == 0 else f"b{number}"
        known = None if end > pd.Timestamp(DAY) else str(end.date())
        rows.append((client, str(random.choice(("P01", "P02", "P03"))), str(start.date()), known))
    return rows
