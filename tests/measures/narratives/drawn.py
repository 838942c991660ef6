"""Stories drawn by hand or at random, as the table that a register delivers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from evaluation.evidence import Evidence
from evaluation.measures.narratives.codebook import Codebook, Thresholds
from evaluation.measures.narratives.stories import Stories, read_stories
from evaluation.pipeline.inputs import codebook
from evaluation.snapshot import Records
from evaluation.sources.delivery.schema import table_schemas

DAY = date(2025, 1, 1)
THRESHOLDS = Thresholds(0.8, 0.667, 0.95, 10)
# What a row is when the drawing does not say: told, with a consent that holds.
TOLD: dict[str, Any] = {
    "asked_on": "2024-02-01",
    "stratum": "running",
    "told": True,
    "collected_on": "2024-02-10",
    "consent_until": "2026-01-01",
    "text": "Kanarie vertelde over de Kerkstraat",
    "coded_on": "2024-03-01",
}


def records(rows: Sequence[dict[str, Any]], evidence: Evidence = Evidence.SYNTHETIC, delivered: bool = True) -> Records:
    """Return rows as the table ``stories``; what a row does not say is as in `TOLD`."""
    schema = table_schemas()["stories"]
    given = [{"story_id": f"s{number:04d}", **TOLD, **row} for number, row in enumerate(rows)]
    frame = pd.DataFrame(given, columns=list(schema.columns)).astype(object)
    frame = frame.where(frame.notna(), None)
    connection = duckdb.connect()
    columns = ", ".join(f"{field.name} {field.sql_type}" for field in schema.fields)
    connection.execute(f"create table stories ({columns})")
    if len(frame):
        marks = ", ".join("?" * frame.shape[1])
        connection.executemany(f"insert into stories values ({marks})", frame.to_numpy().tolist())
    return Records("stories", connection.table("stories"), delivered, DAY, evidence, "registry/stories")


def coded(*codes: tuple[str | None, str | None], **columns: Any) -> Stories:
    """Return stories with these codes of both readers, each of a family of its own."""
    return read_stories(records([{"coder_1": one, "coder_2": two, **columns} for one, two in codes]), codebook())


def drawn_rows(size: int, seed: int = 1) -> list[dict[str, Any]]:
    """Return a random table: families of one to three, declined, expired and unread stories, quotes."""
    rng = np.random.default_rng(seed)
    themes = codebook().themes
    rows: list[dict[str, Any]] = []
    for number in range(size):
        has = rng.random(len(themes)) < np.linspace(0.6, 0.02, len(themes))
        found = [
            ";".join(t for t, flag in zip(themes, has ^ (rng.random(len(themes)) < 0.05), strict=True) if flag)
            or "none"
            for _ in range(2)
        ]
        answer = rng.choice([True, False, None], p=[0.75, 0.15, 0.1])
        row: dict[str, Any] = {
            "family_key": f"f{rng.integers(0, max(size * 2 // 3, 1))}",
            "stratum": str(rng.choice(["running", "ended"])),
            "told": answer,
            "coder_1": found[0],
            "coder_2": found[1] if rng.random() < 0.9 else None,
        }
        if rng.random() < 0.1:
            row["consent_until"] = "2024-06-01"
        if has.any() and rng.random() < 0.5:
            row |= {
                "quote": "Er werd echt geluisterd.",
                "quote_theme": themes[int(np.flatnonzero(has)[0])],
                "quote_dissents": bool(rng.random() < 0.3),
                "quote_approved_by_1": "R1",
                "quote_approved_by_2": str(rng.choice(["R1", "R2", "R3"])),
            }
        rows.append(row)
        del number
    return rows


def from_flags(
    codes: np.ndarray, families: np.ndarray, book: Codebook | None = None, agreed: np.ndarray | None = None
) -> Stories:
    """Return stories from arrays: readers x stories x themes, and a family per story."""
    book = book or codebook()
    n = codes.shape[1]
    return Stories(
        story_ids=tuple(f"s{number}" for number in range(n)),
        families=families.astype(np.intp),
        codes=codes.astype(float),
        agreed=np.full(codes.shape[1:], np.nan) if agreed is None else agreed.astype(float),
        codebook=book,
        unknown_codes=0,
        reference_date=DAY,
        evidence=Evidence.SYNTHETIC,
        source="registry/stories",
    )
