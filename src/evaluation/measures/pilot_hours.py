"""What the published hours per family can mean: the slide prints no unit of time."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from evaluation.evidence import Bounded, Evidence
from evaluation.measures.pilot import PilotFigures

WEEKS_PER_MONTH = 365.25 / 12 / 7
READINGS = ("week", "month", "total")


@dataclass(frozen=True)
class HoursReadings:
    """Hours per family under three readings of the printed figure, over the printed length.

    Attributes
    ----------
    hours, length_months
        As printed, with what their rounding leaves open.
    frame
        Columns ``reading`` (``week``, ``month``, ``total``), ``per_month``, ``per_month_low``, ``per_month_high`` and
        ``total``, ``total_low``, ``total_high`` (hours per family).
    """

    hours: Bounded
    length_months: Bounded
    frame: pd.DataFrame

    @property
    def evidence(self) -> Evidence:
        """Published figures."""
        return Evidence.PUBLISHED

    def row(self, reading: str) -> pd.Series:
        """Row of one reading."""
        return self.frame[self.frame["reading"] == reading].iloc[0]


def hours_readings(figures: PilotFigures) -> HoursReadings:
    """Work out the printed hours as hours per week, per month and in all, over the printed length."""
    hours, length = figures.hours_per_family, figures.length_months
    rows = []
    for reading in READINGS:
        if reading == "total":
            month, total = hours / length, hours
        else:
            month = _times(hours, WEEKS_PER_MONTH if reading == "week" else 1.0)
            total = Bounded(month.value * length.value, month.low * length.low, month.high * length.high)
        rows.append((reading, month.value, month.low, month.high, total.value, total.low, total.high))
    ends = [f"{name}{end}" for name in ("per_month", "total") for end in ("", "_low", "_high")]
    return HoursReadings(hours, length, pd.DataFrame(rows, columns=["reading", *ends]))


def _times(value: Bounded, factor: float) -> Bounded:
    return Bounded(value.value * factor, value.low * factor, value.high * factor)
