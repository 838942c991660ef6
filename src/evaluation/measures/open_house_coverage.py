"""Which part of the help with the products of Open House is given by BJH, and who has both at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Count, Estimate, Evidence, Mark, Measure, confidence, total_of
from evaluation.measures.open_house import OpenHouseMonths
from evaluation.measures.shares import CONFIDENCE, share_of

COUNTS = ("open_house_trajectories", "bjh_trajectories", "only_open_house", "both", "only_bjh")


@dataclass(frozen=True)
class Coverage:
    """Trajectory-months and clients of Open House and BJH by month.

    A trajectory with help in a month is one trajectory-month. Clients with both in one month stand on both sides of the
    share of trajectory-months; the two shares of clients put each of them on one side, and so enclose what is counted
    once.

    Attributes
    ----------
    frame
        One row per month of the period: ``month``, `COUNTS` (None in months without lines), ``share`` (BJH in all
        trajectory-months), ``share_low`` and ``share_high`` (clients with BJH only, and with BJH at all, among clients
        with either).
    products
        Number of products that are compared: those that occur in Open House.
    n_missing
        Lines of the last month without a client.
    """

    frame: pd.DataFrame
    products: int
    n_missing: Count
    delivered: bool
    reference_date: date
    evidence: Evidence
    source: str
    level: float = CONFIDENCE

    @property
    def last(self) -> pd.Series | None:
        """The row of the last month; None when it is unknown."""
        row = self.frame.iloc[-1] if len(self.frame) else None
        return None if row is None or row["both"] is None else row

    @property
    def in_both(self) -> tuple[Estimate, Estimate, Estimate]:
        """Share of the clients of Open House in the last month that have BJH too, with its Wilson interval."""
        if self.last is None:
            return None, None, None
        return share_of(self.last["both"], total_of((self.last["both"], self.last["only_open_house"])), self.level)

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``; the coverage is a complete count, so without an interval."""
        last = self.last
        n, clients = (
            None if last is None else total_of(last[name] for name in names)
            for names in (("open_house_trajectories", "bjh_trajectories"), ("both", "only_open_house"))
        )
        share, low, high = self.in_both
        period = str(self.reference_date) if not len(self.frame) else f"{self.frame['month'].iloc[-1]:%Y-%m}"
        return (
            Measure(
                id="open_house.bjh_coverage_share",
                estimate=None if last is None else last["share"],
                unit="share",
                method="BJH in the trajectory-months of the products of Open House",
                period=period,
                n=n,
                n_missing=self.n_missing,
                evidence=self.evidence,
                sources=(self.source,),
            ),
            Measure(
                id="open_house.in_both_share",
                estimate=share,
                unit="share",
                method="clients of Open House with BJH in the same month, Wilson interval",
                period=period,
                n=clients,
                n_missing=self.n_missing,
                **confidence(low, high, self.level),
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def coverage(months: OpenHouseMonths) -> Coverage:
    """Count trajectory-months and clients of both kinds, month by month."""
    rows: list[tuple[int | None, ...]] = []
    for month in months.months:
        here, there = (own[own["month"] == month] for own in (months.help, months.bjh))
        if not months.is_known(month):
            rows.append((None,) * len(COUNTS))
            continue
        clients, others = set(here["client_key"]), set(there["client_key"])
        both = len(clients & others)
        rows.append((len(here), len(there), len(clients) - both, both, len(others) - both))
    counts = pd.DataFrame(rows, columns=list(COUNTS), dtype=object)
    return Coverage(
        frame=with_coverage(pd.concat([pd.DataFrame({"month": months.months}), counts], axis=1)),
        products=len(months.products),
        n_missing=months.without_client,
        delivered=months.delivered,
        reference_date=months.reference_date,
        evidence=months.evidence,
        source=months.source,
    )


def with_coverage(counts: pd.DataFrame) -> pd.DataFrame:
    """Add the three shares to rows of `COUNTS`: unknown without help, withheld when one of the counts is."""
    found = []
    for row in counts.to_dict("records"):
        every = [row["only_open_house"], row["both"], row["only_bjh"]]
        found.append(
            (
                _share(row["bjh_trajectories"], [row["open_house_trajectories"], row["bjh_trajectories"]]),
                _share(row["only_bjh"], every),
                _share(_sum([row["both"], row["only_bjh"]]), every),
            )
        )
    names = ("share", "share_low", "share_high")
    return counts.assign(
        **{name: pd.Series([row[at] for row in found], counts.index, dtype=object) for at, name in enumerate(names)}
    )


def _sum(values: list[Count | None]) -> Count | None:
    known = [value for value in values if value is not None]
    return total_of(known) if len(known) == len(values) else None


def _share(part: Count | None, parts: list[Count | None]) -> Estimate:
    whole = _sum(parts)
    if isinstance(part, Mark) or isinstance(whole, Mark):
        return part if isinstance(part, Mark) else whole
    return None if part is None or not whole else part / whole
