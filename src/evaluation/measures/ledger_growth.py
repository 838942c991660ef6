"""Growth in the ledger shared out over prices, volume, mix and costs per month of help, product by product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Count, Estimate, Evidence, Measure, weakest
from evaluation.measures.decomposition import METHODS, chained
from evaluation.measures.prices import price_change
from evaluation.snapshot import Records, Snapshot, frame_of

FACTORS = ("price", "volume", "mix", "intensity")
BJH = "bjh"

AMOUNTS = """
select extract(year from coalesce(service_month, booking_month))::integer as year,
    case scope_flag when 'bjh' then 'bjh' else 'open_house:' || product_code end as product,
    sum(amount_eur) / 1e6 as eur_million
from t where scope_flag = 'bjh' or (scope_flag = 'open_house' and product_code is not null) group by all
"""
OPEN_HOUSE_MONTHS = """
select extract(year from month)::integer as year, 'open_house:' || product_code as product,
    count(distinct (client_key, month)) as months
from t group by all
"""
# Days from the later of start and 1 January to the earlier of end, reference date and 31 December, as months.
BJH_MONTHS = """
select y.year, 'bjh' as product, sum(greatest(date_diff('day',
    greatest(start_date, make_date(y.year, 1, 1)),
    least(coalesce(end_date, date '{day}'), make_date(y.year + 1, 1, 1))), 0)) / (365.25 / 12) as months
from t cross join (select unnest(range({first}, {last} + 1))::integer as year) y
where start_date < make_date(y.year + 1, 1, 1) and coalesce(end_date, date '{day}') > make_date(y.year, 1, 1)
group by y.year
"""


@dataclass(frozen=True)
class LedgerGrowth:
    """Change of the costs of BJH and of the products of Open House, by factor, without a residual.

    Costs are ``price x volume x mix x intensity`` summed over products: the price level, the months of help of all
    products, the share of a product in them, and real costs per month of that product. BJH is one product, since it is
    paid as one task.

    Attributes
    ----------
    frame
        One row per ``factor``: ``lmdi`` and ``bennet``, millions of nominal euros over the whole period, chained by
        year. Each column adds up to the change.
    products
        One row per ``year`` and ``product``: ``eur_million`` and ``months``. Not for showing.
    change
        Change of these costs from the first to the last year, millions of euros; None when it cannot be computed.
    covered
        Part of the ledger's amounts in the last year that these products make up, a share.
    unmatched
        Products left out because amounts or months of help are missing in a year in which the other is there.
    n
        Months of help in the last year.
    """

    frame: pd.DataFrame
    products: pd.DataFrame
    change: Estimate
    covered: Estimate
    unmatched: int
    n: Count
    price_index: str
    base_year: int
    final_year: int
    reference_date: date
    evidence: Evidence
    sources: tuple[str, ...]

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``: the LMDI contribution of each factor."""
        values = dict(zip(self.frame["factor"], self.frame["lmdi"], strict=True))
        return tuple(
            Measure(
                id=f"costs.ledger_{factor}_effect",
                estimate=values.get(factor),
                unit="eur_million",
                method=f"LMDI-I by product, chained by year, prices by {self.price_index}",
                period=f"{self.base_year}/{self.final_year}",
                n=self.n,
                evidence=self.evidence,
                sources=self.sources,
            )
            for factor in FACTORS
        )


def ledger_growth(
    costs: Records,
    open_house: Records,
    snapshot: Snapshot,
    indices: pd.DataFrame,
    *,
    price_index: str,
    base_year: int,
    final_year: int,
) -> LedgerGrowth:
    """Share out the growth of the costs of BJH and Open House over four factors.

    Parameters
    ----------
    costs, open_house, snapshot
        Ledger, months of help under Open House (a month of one client and product counts once), and trajectories of
        BJH, whose months are their days over 365.25 / 12.
    indices, price_index
        Price indices and the one to use.
    base_year, final_year
        First and last calendar year.
    """
    years = range(base_year, final_year + 1)
    span = {"first": base_year, "last": final_year, "day": snapshot.reference_date}
    bjh = frame_of(snapshot.trajectories, BJH_MONTHS.format(**span))
    months = pd.concat([bjh, open_house.frame(OPEN_HOUSE_MONTHS)])
    products = costs.frame(AMOUNTS).merge(months, on=["year", "product"], how="outer")
    products = products[products["year"].isin(years)].fillna(0.0)
    matched = (products["eur_million"] > 0) == (products["months"] > 0)
    left_out = set(products.loc[~matched, "product"])
    kept = products[~products["product"].isin(left_out)]
    levels = {year: 1 + price_change(indices, price_index, base_year, year) for year in years}
    frame, change = _shared(kept, levels)
    whole = costs.frame(
        f"select sum(amount_eur) / 1e6 as m from t where year(coalesce(service_month, booking_month)) = {final_year}"
    )["m"].iloc[0]
    own = kept.loc[kept["year"] == final_year]
    return LedgerGrowth(
        frame=frame,
        products=kept.reset_index(drop=True),
        change=change,
        covered=None if change is None else float(own["eur_million"].sum() / whole),
        unmatched=len(left_out),
        n=round(own["months"].sum()),
        price_index=price_index,
        base_year=base_year,
        final_year=final_year,
        reference_date=snapshot.reference_date,
        evidence=weakest([costs.evidence, open_house.evidence, snapshot.evidence]),
        sources=(costs.source, open_house.source, snapshot.source, "price_indices"),
    )


def _shared(products: pd.DataFrame, levels: Mapping[int, float]) -> tuple[pd.DataFrame, float | None]:
    """Contribution of each factor by both methods, and the change; nothing when a year has no costs at all."""
    by_year = products.groupby("year")[["eur_million", "months"]].sum()
    if len(levels) < 2 or not set(levels) <= set(by_year.index) or (by_year <= 0).any(axis=None):
        return pd.DataFrame({"factor": list(FACTORS)}).assign(lmdi=None, bennet=None), None
    names = sorted(products["product"].unique())
    tables = {
        year: _factors(products[products["year"] == year].set_index("product").reindex(names), level)
        for year, level in levels.items()
    }
    sums = {method: chained(tables, method).groupby("factor")["contribution"].sum() for method in METHODS}
    frame = pd.DataFrame({"factor": list(FACTORS)}).assign(
        **{method: [float(sums[method][factor]) for factor in FACTORS] for method in METHODS}
    )
    costs = by_year["eur_million"].sort_index()
    return frame, float(costs.iloc[-1]) - float(costs.iloc[0])


def _factors(products: pd.DataFrame, level: float) -> pd.DataFrame:
    """Factors of each product in one year; the costs per month of a product that did not exist are missing."""
    filled = products.fillna(0.0)
    volume = filled["months"].sum()
    per_month = filled["eur_million"] / filled["months"].where(filled["months"] > 0) / level
    return pd.DataFrame(
        {"price": level, "volume": volume, "mix": filled["months"] / volume, "intensity": per_month},
        index=filled.index,
    )
