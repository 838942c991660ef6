"""What youth care cost according to the council's own figures, and how it grew, nominal and real.

The totals were printed in whole millions of euros, so every ratio carries the interval that this rounding leaves
open. That interval is certain, not statistical: the truth lies in it if the printed figures are right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from evaluation.evidence import Bounded, Evidence, Measure, weakest
from evaluation.measures.prices import PRICE_INDICES, price_change


@dataclass(frozen=True)
class CouncilCosts:
    """Amounts shown to the council, in millions of nominal euros by calendar year.

    Attributes
    ----------
    total
        Total costs of youth care.
    bjh
        Costs of BJH: subsidy, housing and ICT. Zero before it began.
    growth
        Growth as printed, a share, by first and last year.
    transition
        Costs of the transition and of investments beforehand, over first and last year together; their split over years
        was not published.
    """

    total: Mapping[int, Bounded]
    bjh: Mapping[int, Bounded]
    growth: Mapping[tuple[int, int], Bounded]
    transition: Mapping[tuple[int, int], Bounded] = field(default_factory=dict)


@dataclass(frozen=True)
class CostGrowth:
    """Growth of the council's totals from `base_year` to `final_year`, as shares.

    Attributes
    ----------
    nominal, real
        Growth of the total in euros of the day, and in euros of the base year under `price_index`.
    rest_nominal, rest_real
        Growth of the total less BJH, if BJH is part of the total.
    bjh_share
        BJH as a share of the total in the final year, if BJH is part of it.
    printed
        Growth as the council was shown it, or None when it was shown none for these years.
    with_bjh_on_top
        Nominal growth if BJH is not part of the printed total but comes on top of it: the other reading.
    price_change
        Change of the price index from the base to the final year.
    by_year
        One row per year: ``year``, ``total_eur_million``, ``bjh_eur_million``, ``rest_eur_million``, and the low and
        high ends of total and rest under rounding.
    """

    base_year: int
    final_year: int
    price_index: str
    price_change: float
    nominal: Bounded
    printed: Bounded | None
    real: Bounded
    rest_nominal: Bounded
    rest_real: Bounded
    bjh_share: Bounded
    with_bjh_on_top: Bounded
    by_year: pd.DataFrame

    @property
    def evidence(self) -> Evidence:
        """Published figures, deflated with a public index."""
        return weakest([Evidence.PUBLISHED, Evidence.BENCHMARK])

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        period = f"{self.base_year}/{self.final_year}"
        deflated = f"deflated with {self.price_index}"
        return (
            _rounded("costs.total_growth_nominal", self.nominal, "ratio of printed totals", period),
            _rounded(
                "costs.total_growth_real", self.real, f"ratio of printed totals, {deflated}", period, "price_indices"
            ),
            _rounded("costs.bjh_share", self.bjh_share, "BJH over the printed total", str(self.final_year)),
            _rounded("costs.rest_growth_nominal", self.rest_nominal, "ratio of totals less BJH", period),
            _rounded(
                "costs.rest_growth_real",
                self.rest_real,
                f"ratio of totals less BJH, {deflated}",
                period,
                "price_indices",
            ),
        )


def cost_growth(
    costs: CouncilCosts, indices: pd.DataFrame, *, price_index: str, base_year: int, final_year: int
) -> CostGrowth:
    """Recompute the growth that the council was told, with the interval that rounding leaves.

    Parameters
    ----------
    costs
        Printed amounts by year.
    indices
        Annual price changes, columns ``index``, ``period`` (year as str), ``value_percent``, ``status``.
    price_index
        Name of the index, see `price_change`.
    base_year, final_year
        First and last year; both need a printed total.
    """
    total_base, total_final = costs.total[base_year], costs.total[final_year]
    nothing = Bounded(0.0, 0.0, 0.0)
    bjh_base, bjh_final = costs.bjh.get(base_year, nothing), costs.bjh.get(final_year, nothing)
    prices = price_change(indices, price_index, base_year, final_year)
    rest = growth_between(total_base - bjh_base, total_final - bjh_final)
    nominal = growth_between(total_base, total_final)
    return CostGrowth(
        base_year=base_year,
        final_year=final_year,
        price_index=price_index,
        price_change=prices,
        nominal=nominal,
        printed=costs.growth.get((base_year, final_year)),
        real=deflate(nominal, prices),
        rest_nominal=rest,
        rest_real=deflate(rest, prices),
        bjh_share=bjh_final / total_final,
        with_bjh_on_top=growth_between(total_base + bjh_base, total_final + bjh_final),
        by_year=_by_year(costs, range(base_year, final_year + 1)),
    )


@dataclass(frozen=True)
class RealGrowth:
    """Real growth of the total under each price index.

    Attributes
    ----------
    frame
        Columns ``price_index``, ``price_change``, ``real_growth``, ``low``, ``high`` (shares), one row per index; low
        and high are the ends that rounding leaves.
    """

    base_year: int
    final_year: int
    frame: pd.DataFrame

    @property
    def evidence(self) -> Evidence:
        """Published figures, deflated with public indices."""
        return weakest([Evidence.PUBLISHED, Evidence.BENCHMARK])

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``, one per scenario."""
        period = f"{self.base_year}/{self.final_year}"
        return tuple(
            _rounded(
                f"costs.total_growth_real_{row['price_index']}",
                Bounded(row["real_growth"], row["low"], row["high"]),
                f"ratio of printed totals, deflated with {row['price_index']}",
                period,
                "price_indices",
            )
            for row in self.frame.to_dict("records")
        )


def real_growth_by_index(growth: CostGrowth, indices: pd.DataFrame) -> RealGrowth:
    """Deflate the nominal growth with every price index in turn."""
    rows = []
    for index in PRICE_INDICES:
        prices = price_change(indices, index, growth.base_year, growth.final_year)
        real = deflate(growth.nominal, prices)
        rows.append((index, prices, real.value, real.low, real.high))
    columns = ["price_index", "price_change", "real_growth", "low", "high"]
    return RealGrowth(growth.base_year, growth.final_year, pd.DataFrame(rows, columns=columns))


def growth_between(base: Bounded, final: Bounded) -> Bounded:
    """Return ``final / base - 1`` with the interval that the rounding of both leaves."""
    ratio = final / base
    return Bounded(ratio.value - 1, ratio.low - 1, ratio.high - 1)


def deflate(nominal_growth: Bounded, prices: float) -> Bounded:
    """Turn nominal into real growth: ``(1 + g) / (1 + p) - 1``; shares."""
    return Bounded(
        *((1 + g) / (1 + prices) - 1 for g in (nominal_growth.value, nominal_growth.low, nominal_growth.high))
    )


def _by_year(costs: CouncilCosts, years: range) -> pd.DataFrame:
    nothing = Bounded(0.0, 0.0, 0.0)
    rows = []
    for year in years:
        total, bjh = costs.total[year], costs.bjh.get(year, nothing)
        rest = total - bjh
        rows.append((year, total.value, total.low, total.high, bjh.value, rest.value, rest.low, rest.high))
    columns = ["year", "total_eur_million", "total_low", "total_high", "bjh_eur_million"]
    return pd.DataFrame(rows, columns=[*columns, "rest_eur_million", "rest_low", "rest_high"])


def _rounded(measure_id: str, value: Bounded, method: str, period: str, *further_sources: str) -> Measure:
    return Measure(
        id=measure_id,
        estimate=value.value,
        unit="share",
        ci_low=value.low,
        ci_high=value.high,
        interval="rounding",
        method=method,
        period=period,
        evidence=Evidence.PUBLISHED,
        sources=("council_figures", *further_sources),
    )
