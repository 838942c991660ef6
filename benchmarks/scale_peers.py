"""The same work the usual way: pandas for the counts, and lifelines or statsmodels on rows for the curves.

Run by `scale.py` in the environment of `requirements-peers.txt`; prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import time
from pathlib import Path

import pandas as pd

SINCE, REFERENCE = pd.Timestamp(2023, 1, 1), pd.Timestamp(2025, 1, 1)
DIMENSIONS = ["phase", "referrer_code", "product_code", "neighbourhood"]
GROUPS = ["start_year", "referrer_code", "phase", "product_code"]


def known(folder: Path) -> pd.DataFrame:
    """Read the trajectories as known on the reference date."""
    columns = ["client_key", "family_key", *DIMENSIONS]
    days = ["start_date", "registered_on", "end_date", "end_registered_on"]
    rows = pd.read_parquet(folder / "trajectories.parquet", columns=[*columns, *days])
    rows[days] = rows[days].apply(pd.to_datetime)
    rows = rows[(rows["start_date"] <= REFERENCE) & (rows["registered_on"].fillna(rows["start_date"]) <= REFERENCE)]
    ended = (rows["end_date"] <= REFERENCE) & (rows["end_registered_on"].fillna(rows["end_date"]) <= REFERENCE)
    return rows.assign(end_date=rows["end_date"].where(ended))


def volumes(rows: pd.DataFrame) -> dict[str, object]:
    """Counts, different clients and families, the four divisions and the flow per month."""
    started = rows[rows["start_date"] >= SINCE]
    for dimension in DIMENSIONS:
        rows.groupby(dimension).agg(started=("start_date", "count"), ended=("end_date", "count"))
        started.groupby(dimension)["client_key"].nunique()
    inflow = rows["start_date"].dt.to_period("M").value_counts().sort_index()
    outflow = rows["end_date"].dt.to_period("M").value_counts().sort_index()
    flow = pd.DataFrame({"inflow": inflow, "outflow": outflow}).fillna(0)
    flow["stock"] = (flow["inflow"] - flow["outflow"]).cumsum()
    return {
        "trajectories": len(started),
        "clients": int(started["client_key"].nunique()),
        "families": int(started["family_key"].nunique()),
        "ended": int((rows["end_date"] >= SINCE).sum()),
        "active": int(rows["end_date"].isna().sum()),
    }


def median_days(way: str, days: pd.Series, ended: pd.Series) -> float:
    """Median of the Kaplan-Meier curve of rows."""
    if way == "lifelines":
        from lifelines import KaplanMeierFitter  # noqa: PLC0415 - each way pays for its own imports

        return float(KaplanMeierFitter().fit(days, ended).median_survival_time_)
    from statsmodels.duration.survfunc import SurvfuncRight  # noqa: PLC0415

    return float(SurvfuncRight(days.to_numpy(), ended.to_numpy(int)).quantile(0.5))


def main() -> None:
    """Count, estimate and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=["lifelines", "statsmodels"])
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    began = time.perf_counter()
    rows = known(given.folder)
    read, busy = time.perf_counter(), time.process_time()
    answers = volumes(rows)
    ended = rows["end_date"].notna()
    days = (rows["end_date"].fillna(REFERENCE) - rows["start_date"]).dt.days
    answers["median_days"] = median_days(given.way, days, ended)
    rows["start_year"] = rows["start_date"].dt.year
    for group in GROUPS:
        for value, part in rows.groupby(group):
            median = median_days(given.way, days.loc[part.index], ended.loc[part.index])
            answers[f"median_days {group} {value}"] = median if math.isfinite(median) else None
    # Capacity: who runs for how long, and what came in per month of registration, product and referrer.
    answers["elapsed_days"] = int((REFERENCE - rows.loc[~ended, "start_date"]).dt.days.sum())
    month = rows[["start_date", "registered_on"]].max(axis=1).dt.to_period("M")
    rows.groupby([month, "product_code", "referrer_code"]).size()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    measured = {"opening": read - began, "seconds": time.perf_counter() - read, "cpu": time.process_time() - busy}
    print(json.dumps({**measured, "peak_mb": peak, "answers": answers}))  # noqa: T201


if __name__ == "__main__":
    main()
