"""Editions ranked by one value, such as municipalities by the gap in growth."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from evaluation.evidence import Evidence, weakest


@dataclass(frozen=True)
class Ranking:
    """Editions of one setting ranked by one value.

    Attributes
    ----------
    id, unit, periods
        Of the value; more than one period when the editions look at different years.
    setting
        What the editions have in common besides their municipality: value by key of the grid.
    frame
        One row per edition, lowest value first, those without a value last: ``rank`` (missing without a value, the
        lowest place for those that share one), ``edition``, ``municipality``, ``estimate``, ``ci_low``, ``ci_high``,
        ``suppressed``.
    n
        Editions with a value.
    median
        Of these values.
    ci_level
        Confidence level of the intervals, a share; None without intervals or for rounding intervals.
    evidence
        The weakest kind among the editions.
    by_municipality
        Whether each municipality stands in it once, so that places are those of municipalities.
    """

    id: str
    unit: str
    periods: tuple[str, ...]
    setting: tuple[tuple[str, str], ...]
    frame: pd.DataFrame
    n: int
    median: float
    ci_level: float | None
    evidence: Evidence
    by_municipality: bool

    @property
    def has_intervals(self) -> bool:
        """Whether any value has an interval."""
        return bool(self.frame["ci_low"].notna().any())


def rank_editions(results: pd.DataFrame, measure: str) -> tuple[Ranking, ...]:
    """Rank the editions by one value, apart for each setting of the grid.

    A difference between two settings, such as another price index, is none between municipalities, so these are ranked
    within a setting.

    Parameters
    ----------
    results
        One row per edition and value: ``id``, ``edition``, ``municipality``, ``reference_date``, ``settings`` (JSON
        object or empty), ``estimate``, ``ci_low``, ``ci_high``, ``ci_level``, ``unit``, ``period``, ``evidence``,
        ``suppressed``. Withheld values are missing and ``suppressed``.
    measure
        Id of the value.

    Returns
    -------
    tuple of Ranking
        In the order in which the settings first occur; settings in which no edition has a value are left out.
    """
    rows = results[results["id"] == measure]
    settings = [_setting(text) for text in rows["settings"]]
    shared = _shared(settings)
    apart = [tuple(pair for pair in setting if pair not in shared) for setting in settings]
    found = []
    for setting in dict.fromkeys(apart):
        inside = rows[[own == setting for own in apart]]
        if inside["estimate"].notna().any():
            found.append(_ranking(inside, measure, setting))
    return tuple(found)


def _setting(text: str) -> tuple[tuple[str, str], ...]:
    values = json.loads(text) if text else {}
    return tuple((key, value) for key, value in values.items() if key.rpartition(".")[2] != "municipality")


def _shared(settings: Sequence[tuple[tuple[str, str], ...]]) -> set[tuple[str, str]]:
    """Values that all editions have, which set none apart."""
    return set(settings[0]).intersection(*settings[1:]) if settings else set()


def _ranking(rows: pd.DataFrame, measure: str, setting: tuple[tuple[str, str], ...]) -> Ranking:
    columns = ["edition", "municipality", "estimate", "ci_low", "ci_high", "suppressed"]
    frame = rows[columns].sort_values(["estimate", "municipality", "edition"], na_position="last", ignore_index=True)
    frame.insert(0, "rank", frame["estimate"].rank(method="min").astype("Int64"))
    levels = rows["ci_level"].dropna().unique()
    return Ranking(
        id=measure,
        unit=str(rows["unit"].iloc[0]),
        periods=tuple(dict.fromkeys(map(str, rows["period"]))),
        setting=setting,
        frame=frame,
        n=int(frame["estimate"].notna().sum()),
        median=float(frame["estimate"].median()),
        ci_level=float(levels[0]) if len(levels) == 1 else None,
        evidence=weakest(Evidence(kind) for kind in rows["evidence"].unique()),
        by_municipality=bool(rows["municipality"].is_unique) and len(rows) > 1,
    )
