"""How much of the growth of costs is price, and how much volume and mix, from what was published.

Published are amounts in whole millions, price indices, and the volume of BJH in two years. So the whole splits into
price and all the rest together, and BJH alone into price, volume and intensity. What cannot be split from published
figures: the rest of youth care into volume and mix (no volumes by product were published on the scope of the totals),
tariffs apart from the index, and the seven drivers that the council was told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import pandas as pd

from evaluation.evidence import Bounded, Evidence, Measure, weakest
from evaluation.measures.costs import CouncilCosts
from evaluation.measures.decomposition import Method, shares_of_change
from evaluation.measures.prices import price_change
from evaluation.measures.rounding import through

NOTHING = Bounded(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class GrowthDecomposition:
    """Contributions to the growth of the printed total, in millions of nominal euros, chained by year.

    Attributes
    ----------
    price, volume_and_mix
        Contributions over all years by LMDI, with the interval that rounding leaves; they add up to `growth`.
    price_bennet
        The contribution of price by Bennet's method.
    price_share
        Price as a share of the logarithmic growth, by which it does not matter which year is the base; None when
        rounding leaves open whether there was growth.
    steps
        One row per year and factor (``price``, ``volume_and_mix``): ``base_year``, ``final_year``, ``factor``,
        ``lmdi``, ``low``, ``high``, ``bennet``.
    bridge
        The same as a waterfall: ``kind`` (``total``, ``price``, ``volume_and_mix``), ``year``, ``amount``, ``bottom``,
        ``top``, one row per bar in order.
    parts
        One row per year, part (``bjh``, ``rest``) and factor, if BJH is inside the total: ``base_year``,
        ``final_year``, ``part``, ``factor``, ``lmdi``, ``low``, ``high``, ``bennet``. The factor ``volume`` of BJH is
        trajectory-months, its ``intensity`` real costs per trajectory-month; ``volume_and_mix`` stands where the volume
        is unknown.
    """

    base_year: int
    final_year: int
    price_index: str
    growth: Bounded
    price: Bounded
    volume_and_mix: Bounded
    price_bennet: float
    price_share: Bounded | None
    steps: pd.DataFrame
    bridge: pd.DataFrame
    parts: pd.DataFrame

    @property
    def evidence(self) -> Evidence:
        """Published figures, with a public index."""
        return weakest([Evidence.PUBLISHED, Evidence.BENCHMARK])

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        method = f"additive LMDI-I chained by year, prices by {self.price_index}"
        return (
            self._measure("costs.total_growth_amount", self.growth, "eur_million", "difference of printed totals"),
            self._measure("costs.price_effect", self.price, "eur_million", method),
            self._measure(
                "costs.volume_effect", self.volume_and_mix, "eur_million", f"{method}; volume and mix together"
            ),
            self._measure(
                "costs.price_share_of_growth", self.price_share, "share", f"log of {self.price_index} over log growth"
            ),
        )

    def _measure(self, name: str, value: Bounded | None, unit: str, method: str) -> Measure:
        return Measure(
            id=name,
            estimate=None if value is None else value.value,
            unit=unit,
            ci_low=None if value is None else value.low,
            ci_high=None if value is None else value.high,
            interval=None if value is None else "rounding",
            method=method,
            period=f"{self.base_year}/{self.final_year}",
            evidence=self.evidence,
            sources=("council_figures", "price_indices"),
        )


def decompose_growth(
    costs: CouncilCosts,
    indices: pd.DataFrame,
    bjh_volume: Mapping[int, Bounded],
    *,
    price_index: str,
    base_year: int,
    final_year: int,
) -> GrowthDecomposition:
    """Split the growth of the printed totals into price, volume and mix, year by year.

    Parameters
    ----------
    costs, indices, price_index
        As in `evaluation.measures.costs.cost_growth`.
    bjh_volume
        Trajectory-months of BJH by year, where they are known.
    base_year, final_year
        First and last year; every year between them needs a printed total.
    """
    years = range(base_year, final_year + 1)
    prices = {year: 1 + price_change(indices, price_index, base_year, year) for year in years}
    totals = [costs.total[year] for year in years]
    levels = list(prices.values())

    def price_effect(*amounts: float) -> float:
        return sum(
            _split(pair, ends, "lmdi")[0] for pair, ends in zip(pairwise(amounts), pairwise(levels), strict=True)
        )

    def share_of_growth(first: float, last: float) -> float:
        return log(prices[final_year]) / log(last / first)

    steps = _steps(costs, prices)
    ends = costs.total[base_year], costs.total[final_year]
    return GrowthDecomposition(
        base_year=base_year,
        final_year=final_year,
        price_index=price_index,
        growth=ends[1] - ends[0],
        price=through(price_effect, *totals),
        volume_and_mix=through(lambda *amounts: amounts[-1] - amounts[0] - price_effect(*amounts), *totals),
        price_bennet=float(steps.loc[steps["factor"] == "price", "bennet"].sum()),
        price_share=None if ends[0].high >= ends[1].low else through(share_of_growth, *ends),
        steps=steps,
        bridge=_bridge(costs, steps),
        parts=_parts(costs, prices, bjh_volume),
    )


def _split(amounts: Sequence[float], levels: Sequence[float], method: Method) -> list[float]:
    """Contributions of price and of all the rest to the change of an amount; all of a new one is volume."""
    if not any(amounts):
        return [0.0, 0.0]
    start, end = (
        [level if amount else float("nan"), amount / level] for amount, level in zip(amounts, levels, strict=True)
    )
    return shares_of_change(start, end, method)


def _split_rest(amounts: Sequence[float], levels: Sequence[float], method: Method) -> list[float]:
    """The same for the total less BJH: amounts are both totals and then both costs of BJH."""
    base, final, base_bjh, final_bjh = amounts
    return _split((base - base_bjh, final - final_bjh), levels, method)


def _split_bjh(amounts: Sequence[float], levels: Sequence[float], method: Method) -> list[float]:
    """Price, volume and intensity: costs are trajectory-months times price level times real costs per month.

    Amounts are the costs of both years and then their trajectory-months.
    """
    start, end = (
        [level, months, costs / months / level]
        for costs, months, level in zip(amounts[:2], amounts[2:], levels, strict=True)
    )
    return shares_of_change(start, end, method)


Splitter = Callable[[Sequence[float], Sequence[float], Method], list[float]]


def _steps(costs: CouncilCosts, prices: Mapping[int, float]) -> pd.DataFrame:
    tables = []
    for years in pairwise(prices):
        levels, amounts = [prices[year] for year in years], [costs.total[year] for year in years]
        tables.append(_table(years, ["price", "volume_and_mix"], _split, levels, amounts))
    return pd.concat(tables, ignore_index=True)


def _parts(costs: CouncilCosts, prices: Mapping[int, float], volume: Mapping[int, Bounded]) -> pd.DataFrame:
    two, three = ["price", "volume_and_mix"], ["price", "volume", "intensity"]
    tables = []
    for years in pairwise(prices):
        levels = [prices[year] for year in years]
        bjh = [costs.bjh.get(year, NOTHING) for year in years]
        if all(year in volume for year in years):
            own = _table(years, three, _split_bjh, levels, [*bjh, *(volume[year] for year in years)])
        else:
            own = _table(years, two, _split, levels, bjh)
        rest = _table(years, two, _split_rest, levels, [*(costs.total[year] for year in years), *bjh])
        tables += [own.assign(part="bjh"), rest.assign(part="rest")]
    return pd.concat(tables, ignore_index=True)


def _table(
    years: tuple[int, int], factors: list[str], split: Splitter, levels: Sequence[float], amounts: Sequence[Bounded]
) -> pd.DataFrame:
    """One row per factor, by both methods, LMDI with what rounding of the amounts leaves."""
    printed = split([amount.value for amount in amounts], levels, "bennet")
    rows = []
    for position, factor in enumerate(factors):
        found = through(lambda *ends, k=position: split(ends, levels, "lmdi")[k], *amounts)
        rows.append((*years, factor, found.value, found.low, found.high, printed[position]))
    return pd.DataFrame(rows, columns=["base_year", "final_year", "factor", "lmdi", "low", "high", "bennet"])


def _bridge(costs: CouncilCosts, steps: pd.DataFrame) -> pd.DataFrame:
    first = int(steps["base_year"].iloc[0])
    level = costs.total[first].value
    bars = [("total", first, level, 0.0, level)]
    for year, of_year in steps.groupby("final_year", sort=True):
        for factor, amount in zip(of_year["factor"], of_year["lmdi"], strict=True):
            bars.append(
                (str(factor), int(str(year)), float(amount), min(level, level + amount), max(level, level + amount))
            )
            level += amount
        bars.append(("total", int(str(year)), level, 0.0, level))
    return pd.DataFrame(bars, columns=["kind", "year", "amount", "bottom", "top"])
