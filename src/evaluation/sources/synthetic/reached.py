"""The published aggregates recomputed from the finished tables, as anyone who is handed the files would."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pyarrow as pa

from evaluation.snapshot import DAYS_PER_MONTH
from evaluation.sources.synthetic.targets import PILOT_YEAR, Targets


def reached_figures(
    targets: Targets, trajectories: pa.Table, hours: pa.Table, pilot_families: pa.Table
) -> dict[str, float]:
    """Return the value of every figure in finished tables, by figure id.

    Parameters
    ----------
    targets
        Gives the reference dates; no figure of it is used.
    trajectories, hours, pilot_families
        As in the schemas of ``tables``.
    """
    frame, worked = _frame(trajectories), _frame(hours)
    found = _pilot_figures(_frame(pilot_families))
    for on, name in ((targets.first_date, "20240325"), (targets.last_date, "20250101")):
        figures = _figures_on(frame, worked, pd.Timestamp(on), pd.Timestamp(targets.new_year))
        found |= {f"{figure}_{name}": float(value) for figure, value in figures.items()}
    return found


def _figures_on(
    trajectories: pd.DataFrame, hours: pd.DataFrame, on: pd.Timestamp, new_year: pd.Timestamp
) -> dict[str, float]:
    """Return the figures of what was known on a day: later entries are absent, ends registered later are open."""
    known = trajectories[(trajectories["registered_on"] <= on) & (trajectories["start_date"] <= on)]
    start, end = known["start_date"], known["end_date"].where(known["end_registered_on"] <= on)
    ended = end <= on
    month = on.replace(day=1)  # months before this one are complete
    stop = end.where(end < month, month)
    ran_months = (stop - start).dt.days.clip(lower=0).sum() / DAYS_PER_MONTH
    worked = hours[(hours["month"] < month) & hours["trajectory_id"].isin(known["trajectory_id"])]
    return {
        "trajectories": len(known),
        "clients": known["client_key"].nunique(),
        "started_2023": (start < new_year).sum(),
        "started_2024": (start >= new_year).sum(),
        "ended": ended.sum(),
        "active": (~ended).sum(),
        "mean_ended_months": (end - start)[ended].dt.days.mean() / DAYS_PER_MONTH,
        "mean_running_months": (on - start)[~ended].dt.days.mean() / DAYS_PER_MONTH,
        "hours_per_month": worked["direct_hours"].sum() / ran_months,
    }


def _pilot_figures(families: pd.DataFrame) -> dict[str, float]:
    """Return the figures about the pilot; length counts to the last day of the year where support still runs."""
    start, year_end = families["start_date"], pd.Timestamp(date(PILOT_YEAR, 12, 31))
    new = start >= pd.Timestamp(date(PILOT_YEAR, 1, 1))
    stop = families["end_date"].where(families["end_date"] < year_end, year_end)
    return {
        "pilot_families_2023": float(families["family_key"].nunique()),
        "pilot_new_families_2023": float(new.sum()),
        "pilot_carried_in_2023": float((~new).sum()),
        "pilot_single_mothers_2023": float((families["household"] == "single_mother").sum()),
        "pilot_neighbourhoods_2023": float(families["neighbourhood"].nunique()),
        "pilot_hours_per_family_2023": float(families["hours"].mean()),
        "pilot_length_months_2023": float((stop - start).dt.days.mean() / DAYS_PER_MONTH),
    }


def _frame(table: pa.Table) -> pd.DataFrame:
    """Return a table with its dates as time stamps."""
    frame: pd.DataFrame = table.to_pandas(date_as_object=False)
    return frame
