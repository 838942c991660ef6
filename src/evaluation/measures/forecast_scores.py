"""How well the forecast would have done: made on past dates with what was known then, held against what came.

Rolling origin: the register as known on each past date, never what was learnt later. What came is the stock as it was
known on the day that was forecast, since that is the number the council would have been shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from evaluation.evidence import Evidence, Mark
from evaluation.measures.forecast import QUANTILES, months_after, simulate_each, summarise
from evaluation.measures.forecast_basis import ForecastBasis

LEVELS = tuple(QUANTILES.values())


@dataclass(frozen=True)
class TrackRecord:
    """How past forecasts of one horizon did.

    Attributes
    ----------
    n, held
        Forecasts, and those whose 95% band held what came. Few and overlapping, so a number and no share.
    worse_than_unchanged
        Whether their mean loss was larger than that of saying that the stock stays as it is.
    """

    months_ahead: int
    n: int
    held: int
    worse_than_unchanged: bool


@dataclass(frozen=True)
class ForecastScores:
    """Past forecasts and what came of them.

    Attributes
    ----------
    frame
        One row per origin and horizon: ``origin``, ``day``, ``months_ahead``, ``stock`` (at the origin), ``low_95``,
        ``low_80``, ``median``, ``high_80``, ``high_95``, ``actual``, ``inside_80``, ``inside_95``, ``pinball`` and
        ``pinball_unchanged`` (that of saying that the stock stays as it is), in trajectories.
    summary
        Per ``months_ahead``: ``n``, ``held_80``, ``held_95`` (how many bands held what came), ``pinball``,
        ``pinball_unchanged`` (means).
    """

    frame: pd.DataFrame
    summary: pd.DataFrame
    reference_date: date
    evidence: Evidence

    @property
    def n(self) -> int:
        """Forecasts that were scored; where a stock is withheld, none is."""
        return len(self._scored("inside_80"))

    @property
    def coverage_80(self) -> float | None:
        """Share of all forecasts whose 80% band held what came; None without forecasts."""
        return float(np.mean(self._scored("inside_80"))) if self.n else None

    @property
    def coverage_95(self) -> float | None:
        """The same for the 95% band."""
        return float(np.mean(self._scored("inside_95"))) if self.n else None

    def record(self, months_ahead: int) -> TrackRecord | None:
        """How past forecasts that many months ahead did; None when none of them is scored."""
        rows = self.summary[self.summary["months_ahead"] == months_ahead]
        if rows.empty:
            return None
        row = rows.iloc[0]
        worse = bool(row["pinball"] > row["pinball_unchanged"])
        return TrackRecord(months_ahead, int(row["n"]), int(row["held_95"]), worse)

    def _scored(self, column: str) -> list[bool]:
        return [bool(value) for value in self.frame[column] if not isinstance(value, Mark)]


def score_forecasts(bases: Sequence[ForecastBasis], generator: np.random.Generator) -> ForecastScores:
    """Forecast from every date and score at every later date within the horizon.

    Parameters
    ----------
    bases
        One per date, in order of time, whole months apart; the last is the reference date. Dates on which too few
        trajectories had ended make no forecast, but are forecast.
    generator
        Source of the random numbers.
    """
    rows = []
    origins = [(number, origin) for number, origin in enumerate(bases[:-1]) if origin.stay is not None]
    variants = [(origin, own, 1.0) for (_, origin), own in zip(origins, generator.spawn(len(origins)), strict=True)]
    for (number, origin), stocks in zip(origins, simulate_each(variants), strict=True):
        forecast = summarise(stocks, origin).assign(day=lambda frame: frame["day"].dt.date)
        quantiles = forecast.set_index("months_ahead")
        for target in bases[number + 1 :]:
            months = _months_between(origin.reference_date, target.reference_date)
            if months is not None and months in quantiles.index:
                found = {name: float(quantiles[name].loc[months]) for name in QUANTILES}
                rows.append(_scored(origin, target, months, found))
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    return ForecastScores(frame, summary_of(frame), bases[-1].reference_date, bases[-1].evidence)


def summary_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Summarise scored forecasts per months ahead."""
    summary = frame.groupby("months_ahead", as_index=False).agg(
        n=("actual", "size"),
        held_80=("inside_80", "sum"),
        held_95=("inside_95", "sum"),
        pinball=("pinball", "mean"),
        pinball_unchanged=("pinball_unchanged", "mean"),
    )
    return summary.astype({"held_80": int, "held_95": int})


def pinball_loss(actual: float, quantiles: Sequence[float], levels: Sequence[float] = LEVELS) -> float:
    """Mean over the levels p of ``max(p (y - q), (p - 1) (y - q))``; smaller is better (Koenker and Bassett 1978)."""
    error = actual - np.asarray(quantiles, dtype=float)
    level = np.asarray(levels, dtype=float)
    return float(np.maximum(level * error, (level - 1) * error).mean())


_COLUMNS = [
    *("origin", "day", "months_ahead", "stock", *QUANTILES),
    *("actual", "inside_80", "inside_95", "pinball", "pinball_unchanged"),
]


def _scored(
    origin: ForecastBasis, target: ForecastBasis, months: int, quantiles: dict[str, float]
) -> dict[str, object]:
    actual = target.stock
    return {
        "origin": pd.Timestamp(origin.reference_date),
        "day": pd.Timestamp(target.reference_date),
        "months_ahead": months,
        "stock": origin.stock,
        **quantiles,
        "actual": actual,
        "inside_80": quantiles["low_80"] <= actual <= quantiles["high_80"],
        "inside_95": quantiles["low_95"] <= actual <= quantiles["high_95"],
        **losses(origin.stock, actual, list(quantiles.values())),
    }


def losses(stock: float, actual: float, quantiles: Sequence[float]) -> dict[str, float]:
    """Loss of a forecast, and of saying that the stock stays as it is."""
    return {
        "pinball": pinball_loss(actual, quantiles),
        "pinball_unchanged": pinball_loss(actual, [stock] * len(quantiles)),
    }


def _months_between(origin: date, target: date) -> int | None:
    months = (target.year - origin.year) * 12 + target.month - origin.month
    # Month ends differ in length, so a day or two is no reason not to compare.
    return months if abs((months_after(origin, months) - target).days) <= 3 else None
