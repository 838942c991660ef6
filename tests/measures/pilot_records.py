"""Pilot families and their scores for tests: drawn ones with a known truth, or rows written out."""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import pandas as pd

from evaluation.evidence import Evidence
from evaluation.snapshot import Records
from evaluation.sources.delivery.schema import table_schemas
from evaluation.sources.synthetic.records.core import Core
from evaluation.sources.synthetic.records.pilot_scores import INVENTED, PilotScoresTruth, draw_pilot_scores

DAY, SINCE = date(2025, 1, 1), date(2023, 1, 1)


def records(table: str, rows: pd.DataFrame | None, evidence: Evidence = Evidence.SYNTHETIC, day: date = DAY) -> Records:
    """Return rows as a table of the register; None for one that was not delivered."""
    schema = table_schemas()[table]
    frame = (pd.DataFrame() if rows is None else rows).reindex(columns=list(schema.columns)).astype(object)
    connection = duckdb.connect()
    connection.register("rows", frame.where(frame.notna(), None).astype("string"))
    columns = ", ".join(f"cast({field.name} as {field.sql_type}) as {field.name}" for field in schema.fields)
    return Records(
        table, connection.sql(f"select {columns} from rows"), rows is not None, day, evidence, f"registry/{table}"
    )


def drawn_families(n: int, seed: int = 1, mean_months: float = 9.0) -> pd.DataFrame:
    """Return families that start over two years and stay an exponential time."""
    random = np.random.default_rng(seed)
    start = pd.Timestamp("2022-06-01") + pd.to_timedelta(random.integers(0, 700, n), "D")
    end = start + pd.to_timedelta(np.ceil(random.exponential(mean_months * 30.4, n)), "D")
    return pd.DataFrame(
        {
            "family_key": [f"G{i:04d}" for i in range(n)],
            "neighbourhood": "W01",
            "household": "two_parents",
            "start_date": start,
            "end_date": pd.Series(end).where(pd.Series(end) <= pd.Timestamp(DAY)).to_numpy(),
            "hours": random.gamma(4, 1, n).round(1),
        }
    )


def drawn_scores(families: pd.DataFrame, seed: int = 1, truth: PilotScoresTruth = INVENTED) -> pd.DataFrame:
    """Return the scores that the invented registry would have of these families."""
    core = Core(pd.DataFrame(), pd.DataFrame(), families, SINCE, DAY)
    return draw_pilot_scores(core, np.random.default_rng(seed), truth)["pilot_scores"]


def drawn(n: int, evidence: Evidence = Evidence.SYNTHETIC, seed: int = 1) -> tuple[Records, Records]:
    """Return both tables of `n` drawn families."""
    families = drawn_families(n, seed)
    return (
        records("pilot_families", families, evidence),
        records("pilot_scores", drawn_scores(families, seed), evidence),
    )


def scored(*rows: tuple[str, str, str, str, str, float | None, str | None]) -> pd.DataFrame:
    """Return rows of ``pilot_scores``: family, instrument, domain, rater, moment, score, reason."""
    columns = ["family_key", "instrument", "domain", "rater", "moment", "score", "missing_reason"]
    return pd.DataFrame(list(rows), columns=columns).assign(scored_on="2024-01-01")
