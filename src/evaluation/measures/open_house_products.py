"""What is known of each product of Open House: euros, providers, and whether fewer trajectories start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Count, Estimate, Evidence, Mark, Measure
from evaluation.measures.open_house import OpenHouseMonths
from evaluation.measures.rate_ratio import exact_rate_ratio

MONTHS_OF_AMOUNTS = 12
MONTHS_OF_TREND = 6


@dataclass(frozen=True)
class OpenHouseAmounts:
    """Euros by product over the last twelve full months before the reference date, nominal.

    Attributes
    ----------
    products
        One row per product, the whole (empty ``product_code``) last: ``product_code``, ``eur``; empty when no month
        of the period is known.
    contributions
        Euros per provider, ``product_code``, ``provider``, ``eur``, and clients per product in the period, ``clients``.
        What the rules on dominance need; never for showing.
    first, last
        First and last month of the period.
    known_months
        Months of it that the table has lines of.
    n_missing
        Lines without an amount.
    """

    products: pd.DataFrame
    contributions: pd.DataFrame
    first: pd.Timestamp
    last: pd.Timestamp
    known_months: int
    n_missing: Count
    reference_date: date
    evidence: Evidence
    source: str

    @property
    def total(self) -> Estimate:
        """Euros of all products; None when unknown."""
        return None if self.products.empty else _value(self.products["eur"].iloc[-1])

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            Measure(
                id="open_house.euros_last_12_months",
                estimate=self.total,
                unit="eur",
                method=f"sum of amounts of {self.known_months} months with lines",
                period=f"{self.first:%Y-%m}/{self.last:%Y-%m}",
                n_missing=self.n_missing,
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def open_house_amounts(months: OpenHouseMonths) -> OpenHouseAmounts:
    """Add up amounts by product over the last twelve full months."""
    first = months.last_month - pd.DateOffset(months=MONTHS_OF_AMOUNTS - 1)
    rows = months.payments[months.payments["month"].between(first, months.last_month)]
    given = rows.groupby(["product_code", "provider"], as_index=False)["eur"].sum()
    clients = months.help[months.help["month"].between(first, months.last_month)]
    by_product = clients.groupby("product_code")["client_key"].nunique()
    total = given.groupby("product_code")["eur"].sum().reindex(list(months.products), fill_value=0.0)
    products = total.rename_axis("product_code").reset_index()
    whole = pd.DataFrame({"product_code": [""], "eur": [float(total.sum())]})
    known = int(rows["month"].nunique())
    return OpenHouseAmounts(
        products=pd.concat([products, whole], ignore_index=True) if known else products.iloc[:0],
        contributions=given.assign(clients=given["product_code"].map(by_product).fillna(0).astype(int)),
        first=first,
        last=months.last_month,
        known_months=known,
        n_missing=int(rows["without_amount"].sum()),
        reference_date=months.reference_date,
        evidence=months.evidence,
        source=months.source,
    )


@dataclass(frozen=True)
class OpenHouseProviders:
    """Providers that gave help to at least one client.

    Attributes
    ----------
    frame
        One row per month of the period: ``month``, ``providers`` (None in a month without lines).
    products
        One row per product in the last month: ``product_code``, ``providers``; a provider may stand in several.
        Empty when the month is unknown.
    """

    frame: pd.DataFrame
    products: pd.DataFrame
    reference_date: date
    evidence: Evidence
    source: str

    @property
    def last(self) -> Count | None:
        """Providers in the last month; None when unknown."""
        value = self.frame["providers"].iloc[-1] if len(self.frame) else None
        return value if isinstance(value, Mark) else None if value is None or pd.isna(value) else int(value)

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``; complete counts, so without an interval."""
        last = self.last
        return (
            Measure(
                id="open_house.providers",
                estimate=last if last is None or isinstance(last, Mark) else float(last),
                unit="providers",
                method="with a client in the last full month before the reference date",
                period=f"{self.frame['month'].iloc[-1]:%Y-%m-%d}" if len(self.frame) else str(self.reference_date),
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def open_house_providers(months: OpenHouseMonths) -> OpenHouseProviders:
    """Count providers with clients, by month, and by product in the last month."""
    rows = months.payments[months.payments["with_client"] > 0]
    by_month = rows.groupby("month")["provider"].nunique()
    counts = [int(by_month.get(month, 0)) if months.is_known(month) else None for month in months.months]
    last = rows[rows["month"] == months.last_month].groupby("product_code")["provider"].nunique()
    products = last.reindex(list(months.products), fill_value=0).rename("providers").rename_axis("product_code")
    return OpenHouseProviders(
        frame=pd.DataFrame({"month": months.months, "providers": pd.Series(counts, dtype=object)}),
        products=products.reset_index().iloc[: len(products) if months.known else 0],
        reference_date=months.reference_date,
        evidence=months.evidence,
        source=months.source,
    )


@dataclass(frozen=True)
class ProductTrend:
    """Trajectories that start in the last six full months, against the six before.

    Attributes
    ----------
    products
        One row per product, the whole (empty ``product_code``) last: ``product_code``, ``starts``, ``starts_before``,
        ``ratio`` of the starts per day with its exact conditional interval ``ci_low``, ``ci_high`` (None when a count
        is zero). Empty when one of the months is unknown.
    months
        Starts per month of both periods, ``month`` and ``starts``, whose sums the whole is.
    first, second
        First month of either period.
    days, days_before
        Days of both.
    """

    products: pd.DataFrame
    months: pd.DataFrame
    first: pd.Timestamp
    second: pd.Timestamp
    last: pd.Timestamp
    days: int
    days_before: int
    reference_date: date
    evidence: Evidence
    source: str


def product_trend(months: OpenHouseMonths) -> ProductTrend:
    """Compare starts by product; help that comes back after a month without counts as a start."""
    last = months.last_month
    second = last - pd.DateOffset(months=MONTHS_OF_TREND - 1)
    first = second - pd.DateOffset(months=MONTHS_OF_TREND)
    days, days_before = (last + pd.DateOffset(months=1) - second).days, (second - first).days
    seen = starts_by_month(months)
    inside = seen[seen["month"].between(first, last)]
    rows = months.intervals[months.intervals["first"].between(first, last)]
    late = rows["first"] >= second
    counts = pd.DataFrame(
        {
            "starts": rows[late].groupby("product_code").size(),
            "starts_before": rows[~late].groupby("product_code").size(),
        }
    ).reindex(list(months.products))
    counts = counts.fillna(0).astype(int).rename_axis("product_code").reset_index()
    whole = pd.DataFrame({"product_code": [""], "starts": [int(late.sum())], "starts_before": [int((~late).sum())]})
    known = len(inside) == 2 * MONTHS_OF_TREND and inside["starts"].notna().all()
    table = pd.concat([counts, whole], ignore_index=True).iloc[: None if known else 0]
    return ProductTrend(
        products=with_ratios(table, days, days_before),
        months=inside.reset_index(drop=True),
        first=first,
        second=second,
        last=last,
        days=days,
        days_before=days_before,
        reference_date=months.reference_date,
        evidence=months.evidence,
        source=months.source,
    )


def starts_by_month(months: OpenHouseMonths) -> pd.DataFrame:
    """Return ``month`` and ``starts`` of the period; null where the month or the one before is unknown.

    In the first month of the table, and after a month without lines, everything would seem to start.
    """
    by_month = months.intervals.groupby("first").size()
    every = pd.DatetimeIndex(months.months)
    counts = [
        int(by_month.get(month, 0))
        if months.is_known(month) and months.is_known(month - pd.DateOffset(months=1))
        else None
        for month in every
    ]
    return pd.DataFrame({"month": every, "starts": pd.Series(counts, dtype="Int64")})


def with_ratios(counts: pd.DataFrame, days: int, days_before: int, slack: int = 0) -> pd.DataFrame:
    """Add the ratio of both rates with its interval; withheld as soon as one of the counts is.

    With `slack`, the interval holds for all counts that lie so far from those given, as rounded ones do: else rounding
    alone could make a difference look certain.
    """
    found: list[tuple[Estimate, Estimate, Estimate]] = []
    for starts, before in zip(counts["starts"], counts["starts_before"], strict=True):
        mark = next((value for value in (starts, before) if isinstance(value, Mark)), None)
        if mark is not None:
            found.append((mark, mark, mark))
            continue
        pairs = ((0, 0), (-slack, slack), (slack, -slack))
        exact = [exact_rate_ratio(max(starts + a, 0), days, max(before + b, 0), days_before) for a, b in pairs]
        middle, least, most = exact
        known = middle is not None and least is not None and most is not None
        found.append((middle[0], least[1], most[2]) if known else (None, None, None))  # type: ignore[index]
    columns = {name: [row[at] for row in found] for at, name in enumerate(("ratio", "ci_low", "ci_high"))}
    return counts.assign(**{name: pd.Series(values, counts.index, dtype=object) for name, values in columns.items()})


def _value(value: object) -> Estimate:
    return value if isinstance(value, Mark) else None if value is None else float(value)  # type: ignore[arg-type]
