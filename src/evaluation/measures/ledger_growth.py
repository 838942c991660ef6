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
WHOLE_YEAR, NO_MONTH = (1, 12), (2, 1)

# Both tables tell of the months from the first to the last that they name.
KNOWN = "select min({month}) as first, max({month}) as last from t"
AMOUNT_MONTH = "coalesce(service_month, booking_month)"
AMOUNTS = f"""
select extract(year from {AMOUNT_MONTH})::integer as year,
    case scope_flag when 'bjh' then 'bjh' else 'open_house:' || product_code end as product,
    sum(amount_eur) / 1e6 as eur_million
from t where (scope_flag = 'bjh' or (scope_flag = 'open_house' and product_code is not null))
    and month({AMOUNT_MONTH}) between {{first_month}} and {{last_month}}
group by all
"""
WHOLE = f"""
select sum(amount_eur) / 1e6 as eur_million from t
where year({AMOUNT_MONTH}) = {{last}} and month({AMOUNT_MONTH}) between {{first_month}} and {{last_month}}
"""
OPEN_HOUSE_MONTHS = """
select extract(year from month)::integer as year, 'open_house:' || product_code as product,
    count(distinct (client_key, month)) as months
from t where month(month) between {first_month} and {last_month} group by all
"""
# Days from the later of start and the first compared day of the year to the earlier of end and the last one, as months.
BJH_MONTHS = """
select y.year, 'bjh' as product, sum(greatest(date_diff('day',
    greatest(start_date, y.first_day), least(coalesce(end_date, y.next_day), y.next_day)), 0)) / (365.25 / 12) as months
from t cross join (
    select year, make_date(year, {first_month}, 1) as first_day,
        (make_date(year, {last_month}, 1) + interval 1 month)::date as next_day
    from (select unnest(range({first}, {last} + 1))::integer as year)
) y
where start_date < y.next_day and coalesce(end_date, y.next_day) > y.first_day
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
    months
        First and last calendar month (1 to 12) that are counted, the same in every year: those of which the ledger and
        the help are known in every year. A year of costs beside half a year of help would look like a change of costs
        per month. None when there are no such months.
    n
        Months of help in the last year.
    """

    frame: pd.DataFrame
    products: pd.DataFrame
    change: Estimate
    covered: Estimate
    unmatched: int
    months: tuple[int, int] | None
    n: Count
    price_index: str
    base_year: int
    final_year: int
    reference_date: date
    evidence: Evidence
    sources: tuple[str, ...]

    @property
    def whole_years(self) -> bool:
        """Whether all twelve months of every year are counted."""
        return self.months in (None, WHOLE_YEAR)

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``: the LMDI contribution of each factor."""
        first, last = self.months or WHOLE_YEAR
        part = f"{self.base_year}-{first:02}/{self.final_year}-{last:02}"
        same = "" if self.whole_years else " in the same months of each year"
        values = dict(zip(self.frame["factor"], self.frame["lmdi"], strict=True))
        return tuple(
            Measure(
                id=f"costs.ledger_{factor}_effect",
                estimate=values.get(factor),
                unit="eur_million",
                method=f"LMDI-I by product{same}, chained by year, prices by {self.price_index}",
                period=f"{self.base_year}/{self.final_year}" if self.whole_years else part,
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
    compared = _months_compared(costs, open_house, snapshot.reference_date, years)
    first_month, last_month = compared or NO_MONTH
    span = {"first": base_year, "last": final_year, "first_month": first_month, "last_month": last_month}
    bjh = frame_of(snapshot.trajectories, BJH_MONTHS.format(**span))
    months = pd.concat([bjh, open_house.frame(OPEN_HOUSE_MONTHS.format(**span))])
    products = costs.frame(AMOUNTS.format(**span)).merge(months, on=["year", "product"], how="outer")
    products = products[products["year"].isin(years)].fillna(0.0)
    matched = (products["eur_million"] > 0) == (products["months"] > 0)
    left_out = set(products.loc[~matched, "product"])
    kept = products[~products["product"].isin(left_out)]
    levels = {year: 1 + price_change(indices, price_index, base_year, year) for year in years}
    frame, change = _shared(kept, levels)
    whole = costs.frame(WHOLE.format(**span))["eur_million"].iloc[0]
    own = kept.loc[kept["year"] == final_year]
    return LedgerGrowth(
        frame=frame,
        products=kept.reset_index(drop=True),
        change=change,
        covered=None if change is None else float(own["eur_million"].sum() / whole),
        unmatched=len(left_out),
        months=compared,
        n=round(own["months"].sum()),
        price_index=price_index,
        base_year=base_year,
        final_year=final_year,
        reference_date=snapshot.reference_date,
        evidence=weakest([costs.evidence, open_house.evidence, snapshot.evidence]),
        sources=(costs.source, open_house.source, snapshot.source, "price_indices"),
    )


def _months_compared(costs: Records, open_house: Records, day: date, years: range) -> tuple[int, int] | None:
    """First and last calendar month of which the ledger and the help are known in every year; None without any.

    Help is known until the reference date, so its own month counts only when it is over.
    """
    known = [
        table.frame(KNOWN.format(month=month)).iloc[0]
        for table, month in ((costs, AMOUNT_MONTH), (open_house, "month"))
    ]
    if any(pd.isna(table["first"]) for table in known):
        return None
    over = pd.Timestamp(day).to_period("M") - 1
    first = max(pd.Period(table["first"], "M") for table in known)
    last = min(over, *(pd.Period(table["last"], "M") for table in known))
    if first.year > years[0] or last.year < years[-1]:
        return None
    compared = (first.month if first.year == years[0] else 1), (last.month if last.year == years[-1] else 12)
    return compared if compared[0] <= compared[1] else None


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
