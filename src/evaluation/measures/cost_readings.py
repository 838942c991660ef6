"""What the costs consist of, and what they say under both readings of whether BJH is part of the printed total."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from evaluation.evidence import Bounded, Evidence, Measure, weakest
from evaluation.measures.costs import CouncilCosts
from evaluation.measures.prices import price_change
from evaluation.measures.rounding import through

Pair = tuple[Bounded, Bounded]


@dataclass(frozen=True)
class CostParts:
    """Parts of the costs up to the final year, in millions of nominal euros.

    Attributes
    ----------
    frame
        Columns ``part``, ``period``, ``eur_million``, ``low``, ``high``: ``total``, ``bjh``, the three things that BJH
        was said to consist of (``bjh_subsidy``, ``bjh_housing``, ``bjh_ict``) and ``transition``. What was not
        published is missing, not zero.
    """

    final_year: int
    frame: pd.DataFrame

    @property
    def evidence(self) -> Evidence:
        """Published figures."""
        return Evidence.PUBLISHED


def cost_parts(costs: CouncilCosts, final_year: int) -> CostParts:
    """List every part of the costs that was named, with its amount where one was published."""
    rows: list[tuple[str, str, Bounded | None]] = []
    for part, amounts in (("total", costs.total), ("bjh", costs.bjh)):
        rows += [(part, str(year), amounts[year]) for year in sorted(amounts) if year <= final_year]
    rows += [(part, str(final_year), None) for part in ("bjh_subsidy", "bjh_housing", "bjh_ict")]
    for (first, last), amount in costs.transition.items():
        rows.append(("transition", f"{first}/{last}", amount if last <= final_year else None))
    cells = [(part, period, *_ends(amount)) for part, period, amount in rows]
    return CostParts(final_year, pd.DataFrame(cells, columns=["part", "period", "eur_million", "low", "high"]))


@dataclass(frozen=True)
class TwoReadings:
    """Growth and shares if BJH is inside the printed total, and if it comes on top of it.

    Attributes
    ----------
    frame
        One row per quantity, shares: ``quantity`` (``all_nominal``, ``all_real``, ``rest_nominal``, ``rest_real``,
        ``bjh_share``, ``bjh_share_of_real_growth``), and value, low and high of each reading (``inside``,
        ``inside_low``, ``inside_high``, ``on_top``, ``on_top_low``, ``on_top_high``). A share of real growth is missing
        where rounding leaves open whether there was any.
    share_of_real_growth
        BJH as a share of the real growth of all costs, if it is inside the total.
    """

    base_year: int
    final_year: int
    price_index: str
    frame: pd.DataFrame
    share_of_real_growth: Bounded | None

    @property
    def evidence(self) -> Evidence:
        """Published figures, deflated with a public index."""
        return weakest([Evidence.PUBLISHED, Evidence.BENCHMARK])

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        share = self.share_of_real_growth
        return (
            Measure(
                id="costs.bjh_share_of_real_growth",
                estimate=None if share is None else share.value,
                unit="share",
                ci_low=None if share is None else share.low,
                ci_high=None if share is None else share.high,
                interval=None if share is None else "rounding",
                method=f"real growth of BJH over that of the total, BJH inside the total, with {self.price_index}",
                period=f"{self.base_year}/{self.final_year}",
                evidence=self.evidence,
                sources=("council_figures", "price_indices"),
            ),
        )


def two_readings(
    costs: CouncilCosts, indices: pd.DataFrame, *, price_index: str, base_year: int, final_year: int
) -> TwoReadings:
    """Work out both readings with the interval that rounding leaves.

    Parameters
    ----------
    costs, indices, price_index
        As in `evaluation.measures.costs.cost_growth`.
    base_year, final_year
        First and last year; both need a printed total.
    """
    nothing = Bounded(0.0, 0.0, 0.0)
    total = costs.total[base_year], costs.total[final_year]
    bjh = costs.bjh.get(base_year, nothing), costs.bjh.get(final_year, nothing)
    level = 1 + price_change(indices, price_index, base_year, final_year)
    inside = _reading(total, bjh, level, all_of=lambda t, _: t, rest_of=lambda t, b: t - b)
    on_top = _reading(total, bjh, level, all_of=lambda t, b: t + b, rest_of=lambda t, _: t)
    rows = [(name, *_ends(inside[name]), *_ends(on_top[name])) for name in inside]
    columns = ["quantity", "inside", "inside_low", "inside_high", "on_top", "on_top_low", "on_top_high"]
    frame = pd.DataFrame(rows, columns=columns)
    return TwoReadings(base_year, final_year, price_index, frame, inside["bjh_share_of_real_growth"])


def _reading(
    total: Pair,
    bjh: Pair,
    level: float,
    *,
    all_of: Callable[[float, float], float],
    rest_of: Callable[[float, float], float],
) -> dict[str, Bounded | None]:
    """Quantities of one reading; `all_of` and `rest_of` make all costs, and those without BJH, of total and BJH."""

    def grown(part: Callable[[float, float], float], prices: float) -> Bounded:
        return through(lambda t0, t1, b0, b1: part(t1, b1) / part(t0, b0) / prices - 1, *total, *bjh)

    def gained(t0: float, t1: float, b0: float, b1: float) -> float:
        return all_of(t1, b1) / level - all_of(t0, b0)

    share = None
    if through(gained, *total, *bjh).low > 0:
        share = through(lambda t0, t1, b0, b1: (b1 / level - b0) / gained(t0, t1, b0, b1), *total, *bjh)
    return {
        "all_nominal": grown(all_of, 1.0),
        "all_real": grown(all_of, level),
        "rest_nominal": grown(rest_of, 1.0),
        "rest_real": grown(rest_of, level),
        "bjh_share": through(lambda t, b: b / all_of(t, b), total[1], bjh[1]),
        "bjh_share_of_real_growth": share,
    }


def _ends(bounded: Bounded | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if bounded is None else (bounded.value, bounded.low, bounded.high)
