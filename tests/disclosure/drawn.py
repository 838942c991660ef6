"""Registers drawn by hand or at random, as snapshots."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

import duckdb
import pandas as pd

from evaluation.evidence import Evidence
from evaluation.snapshot import Snapshot

SINCE = date(2023, 1, 1)
REFERENCE_DATE = date(2023, 6, 15)
COLUMNS = ("trajectory_id", "client_key", "referrer_code", "product_code", "neighbourhood", "phase")

Row = tuple[str, str, str, int, int | None]  # client, referrer, neighbourhood, start and length in days


def snapshot(
    rows: Sequence[Row], evidence: Evidence = Evidence.REGISTER, reference_date: date = REFERENCE_DATE
) -> Snapshot:
    """Return rows as a snapshot; starts count from `SINCE` and may lie before it."""
    first = pd.Timestamp(SINCE)
    records = []
    for number, (client, referrer, place, start, length) in enumerate(rows):
        begins = first + pd.Timedelta(days=start)
        ends = None if length is None else begins + pd.Timedelta(days=length)
        if begins.date() > reference_date:
            continue
        ended = ends if ends is not None and ends.date() <= reference_date else None
        records.append((f"t{number}", client, referrer, "P01", place, 1, begins, ended))
    frame = pd.DataFrame(records, columns=[*COLUMNS, "start_date", "end_date"])
    connection = duckdb.connect()
    connection.register("frame", frame)
    relation = connection.sql(
        "select * replace (start_date::date as start_date, end_date::date as end_date) from frame"
    )
    return Snapshot(relation, None, reference_date, evidence, "registry")


def random_rows(seed: int) -> list[Row]:
    """Return a random register of 1 to 150 trajectories, a few of them from before `SINCE`."""
    rng = random.Random(seed)
    return [
        (
            f"c{rng.randrange(60)}",
            rng.choice(["01", "01", "01", "02", "02", "04"]),
            rng.choice(["W01", "W01", "W02", "W03", "Kerkstraat 12"]),
            rng.randint(-40, 165),
            rng.choice([None, rng.randint(0, 120)]),
        )
        for _ in range(rng.choice([1, 3, 8, 15, 30, 60, 150]))
    ]
