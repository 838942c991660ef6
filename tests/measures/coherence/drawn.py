"""Published figures drawn as tables in a test, and the figures that a known register would have published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from evaluation.aggregate import Aggregate, Aggregates, Quantity
from evaluation.evidence import Bounded, Evidence
from evaluation.snapshot import DAYS_PER_MONTH
from tests.measures.drawn import table


def aggregates(drawing: str) -> Aggregates:
    """Return drawn figures: id, quantity, when (a date, or two with a slash between), value, low, high."""
    figures = []
    for row in table(drawing).to_dict("records"):
        begin, slash, end = row["when"].partition("/")
        value, low, high = (float(row[name] or row["value"]) for name in ("value", "low", "high"))
        figures.append(
            Aggregate(
                row["id"],
                Quantity(row["quantity"]),
                date.fromisoformat(begin) if slash else None,
                date.fromisoformat(end if slash else begin),
                Bounded(value, low, high),
            )
        )
    return Aggregates("drawn", tuple(figures), Evidence.PUBLISHED, "drawn")


def with_figure(figures: Aggregates, figure: Aggregate) -> Aggregates:
    """Return the figures and one more."""
    return replace(figures, figures=(*figures.figures, figure))


class Register:
    """A register of which everything is known: start and end in days since the first day; no end is infinite."""

    def __init__(self, first_day: date, start: np.ndarray, end: np.ndarray) -> None:
        self.first_day, self.start, self.end = first_day, start, end

    @classmethod
    def of(cls, first_day: date, trajectories: pd.DataFrame) -> Register:
        """Take the columns ``start_date`` and ``end_date``."""
        origin = pd.Timestamp(first_day)
        days = [(pd.to_datetime(trajectories[name]) - origin).dt.days for name in ("start_date", "end_date")]
        return cls(first_day, days[0].to_numpy(float), days[1].astype(float).fillna(np.inf).to_numpy())

    def truth(self, quantity: Quantity, begin: date | None, end: date) -> float | None:
        """Count or measure over the rows; None for the mean of none."""
        last = self._day(end)
        first = -np.inf if begin is None else self._day(begin)
        return _TRUTHS[quantity](self.start, self.end, first, last)

    def publish(
        self, name: str, quantity: Quantity, begin: date | None, end: date, step: float | None
    ) -> Aggregate | None:
        """Publish a figure rounded to a step, or exactly."""
        value = self.truth(quantity, begin, end)
        if value is None:
            return None
        bounded = Bounded(value, value, value)
        if step is not None:
            printed = step * np.floor(value / step + 0.5)
            bounded = Bounded(printed, max(printed - step / 2, 0.0), printed + step / 2)
        return Aggregate(name, quantity, begin, end, bounded)

    def _day(self, day: date) -> float:
        return float((day - self.first_day).days)


def _mean(values: np.ndarray) -> float | None:
    return float(values.mean()) / DAYS_PER_MONTH if len(values) else None


def _lived(start: np.ndarray, end: np.ndarray, first: float, last: float) -> float:
    return float(np.clip(np.minimum(end, last) - np.maximum(start, first), 0, None).sum()) / DAYS_PER_MONTH


_TRUTHS: dict[Quantity, Callable[[np.ndarray, np.ndarray, float, float], float | None]] = {
    # A trajectory runs on day t when start <= t and end > t; a period holds what happened after its first moment.
    Quantity.STOCK: lambda start, end, _, t: float(((start <= t) & (end > t)).sum()),
    Quantity.MEAN_RUNNING_MONTHS: lambda start, end, _, t: _mean(t - start[(start <= t) & (end > t)]),
    Quantity.STARTED: lambda start, _, s, t: float(((start > s) & (start <= t)).sum()),
    Quantity.ENDED: lambda _, end, s, t: float(((end > s) & (end <= t)).sum()),
    Quantity.SERVED: lambda start, end, s, t: float(((start <= t) & (end > s)).sum()),
    Quantity.MEAN_ENDED_MONTHS: lambda start, end, s, t: _mean((end - start)[(end > s) & (end <= t)]),
    Quantity.PERSON_MONTHS: _lived,
}
