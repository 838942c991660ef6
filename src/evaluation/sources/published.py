"""What the council was told: every figure and every statement of the two presentations.

A figure carries the interval that its rounding allows, so that a recomputed value is held against what was printed and
not against false precision.
"""

from __future__ import annotations

import difflib
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from evaluation.evidence import Bounded
from evaluation.sources import SourceError
from evaluation.sources.package import DATA_FOLDER, read_table

FIGURES_FILE = "published/council_figures.csv"


def published_figures(folder: Path = DATA_FOLDER) -> pd.DataFrame:
    """Return the figures of both council presentations, one row per figure.

    Parameters
    ----------
    folder
        Folder of the data package.

    Returns
    -------
    DataFrame
        ``id``, ``claim_id``, ``document``, ``section``, ``quote``, ``measure``, ``value``, ``value_low``,
        ``value_high``, ``unit``, ``rounding``, ``reference_date``, ``period``, ``status`` (printed or derived) and
        ``derivation``.

    Raises
    ------
    SourceError
        When an interval does not contain its value, an id occurs twice, or two figures answer the same measure on the
        same date.
    """
    figures = read_table("council_figures", folder)
    outside = figures[~figures["value"].between(figures["value_low"], figures["value_high"])]
    if not outside.empty:
        row = outside.iloc[0]
        raise SourceError(
            f"{FIGURES_FILE}: {row['id']}, column value, {row['value']:g} lies outside "
            f"{row['value_low']:g} to {row['value_high']:g}; correct the value or its interval"
        )
    measured = figures[figures["measure"].notna()]
    dated = measured["reference_date"].notna()
    _require_once(figures, ["id"])
    _require_once(measured[dated], ["measure", "reference_date"])
    _require_once(measured[~dated], ["measure", "period"])
    return figures


def figure(figures: pd.DataFrame, figure_id: str) -> Bounded:
    """Return one figure with the interval of its rounding.

    Parameters
    ----------
    figures
        Frame of ``published_figures``.
    figure_id
        Such as ``ended_20240325``.

    Raises
    ------
    SourceError
        When there is no such figure; the message names the nearest ids.
    """
    found = figures[figures["id"] == figure_id]
    if found.empty:
        near = difflib.get_close_matches(figure_id, figures["id"].tolist(), n=3, cutoff=0.5)
        hint = f"did you mean {', '.join(near)}?" if near else "see its column id"
        raise SourceError(f"{FIGURES_FILE}: no figure {figure_id!r}; {hint}")
    return _bounded(found)


def published_value(figures: pd.DataFrame, measure: str, reference_date: date) -> Bounded | None:
    """Return the published figure that a measure on a reference date can be held against.

    A figure matches when it was printed for that date. A figure without a date of its own but with a period in whole
    years matches on the day after that period, when the period is complete: costs of 2022 to 2024 match 1 January 2025.

    Parameters
    ----------
    figures
        Frame of ``published_figures``.
    measure
        Id of the measure, such as ``volumes.active``.
    reference_date
        Date of the edition.

    Returns
    -------
    Bounded or None
        None when nothing was published about that measure on that date.
    """
    candidates = figures[figures["measure"] == measure]
    dated = candidates[candidates["reference_date"] == pd.Timestamp(reference_date)]
    if not dated.empty:
        return _bounded(dated)
    last_day = reference_date - timedelta(days=1)
    if (last_day.month, last_day.day) != (12, 31):
        return None
    last_year = candidates["period"].str.slice(-4)
    closed = candidates[candidates["reference_date"].isna() & (last_year == str(last_day.year))]
    return None if closed.empty else _bounded(closed)


def claims(folder: Path = DATA_FOLDER) -> pd.DataFrame:
    """Return the statements of both council presentations, one row per statement.

    Parameters
    ----------
    folder
        Folder of the data package.

    Returns
    -------
    DataFrame
        ``id``, ``document``, ``section``, ``quote``, ``gloss``, ``kind``, ``value`` (text, as printed), ``unit``,
        ``reference_date``, ``reference_note``, ``indicator``, ``test``, ``method`` and ``tension``. It holds no
        verdict: verdicts are computed.
    """
    return read_table("claims", folder)


def _require_once(figures: pd.DataFrame, columns: list[str]) -> None:
    twice = figures[figures.duplicated(columns)]
    if not twice.empty:
        figure_id = twice.iloc[0]["id"]
        raise SourceError(
            f"{FIGURES_FILE}: {figure_id} repeats the {' and '.join(columns)} of an earlier row; keep one of them"
        )


def _bounded(rows: pd.DataFrame) -> Bounded:
    row = rows.iloc[0]
    return Bounded(float(row["value"]), float(row["value_low"]), float(row["value_high"]))
