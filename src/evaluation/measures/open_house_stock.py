"""What still runs in Open House: trajectories by product and reason, and how far two reviewers agree on the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from statsmodels.stats.inter_rater import cohens_kappa

from evaluation.evidence import Count, Estimate, Evidence, Mark, Measure, confidence
from evaluation.measures.open_house import REASONS, UNKNOWN, OpenHouseMonths
from evaluation.measures.shares import CONFIDENCE, share_of, with_shares

CELLS = (*REASONS, UNKNOWN)
NO_VARIANCE = 1e-12


@dataclass(frozen=True)
class OpenHouseStock:
    """Trajectories with help in the last full month before the reference date.

    Attributes
    ----------
    products
        One row per product, the whole (empty ``product_code``) last: ``trajectories`` and one column per reason of
        `CELLS`. Reasons add up to the trajectories, products to the whole. Empty when the month is unknown.
    clients
        Different clients; None when unknown.
    n_missing
        Lines of the month without a client, which are in none of the counts.
    month
        That month.
    delivered
        Whether the table was delivered.
    """

    products: pd.DataFrame
    clients: Count | None
    n_missing: Count
    month: pd.Timestamp
    delivered: bool
    reference_date: date
    evidence: Evidence
    source: str

    @property
    def known(self) -> bool:
        """Whether the month is known."""
        return not self.products.empty

    @property
    def whole(self) -> pd.Series:
        """The row of the whole; only when the month is known."""
        return self.products.iloc[-1]

    @property
    def reasons(self) -> pd.DataFrame:
        """One row per reason, the unknown one last: ``reason``, ``count``, ``n`` (all trajectories), share, interval.

        The interval is Wilson's: how far the share could differ among other trajectories of the same kind.
        """
        rows = [(reason, self.whole[reason], self.whole["trajectories"]) for reason in CELLS] if self.known else []
        return with_shares(pd.DataFrame(rows, columns=["reason", "count", "n"], dtype=object), CONFIDENCE)

    def with_share(self, reason: str) -> pd.DataFrame:
        """`products` with the share of one reason among all trajectories of each, ``value``."""
        rows = self.products[[reason, "trajectories"]].itertuples(index=False, name=None)
        shares = [share_of(count, n, CONFIDENCE)[0] for count, n in rows]
        return self.products.assign(value=pd.Series(shares, self.products.index, dtype=object))

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``; complete counts, so without an interval."""
        running = _count(self.whole["trajectories"]) if self.known else None
        last_month = "in the last full month before the reference date"
        values = (
            ("clients", self.clients, f"with help {last_month}"),
            ("trajectories", running, f"trajectories with help {last_month}"),
        )
        return tuple(
            Measure(
                id=f"open_house.{name}",
                estimate=float(value) if isinstance(value, int) else value,
                unit=name,
                method=method,
                period=str(self.month.date()),
                n=running,
                n_missing=self.n_missing,
                evidence=self.evidence,
                sources=(self.source,),
            )
            for name, value, method in values
        )


def open_house_stock(months: OpenHouseMonths) -> OpenHouseStock:
    """Count what runs in the last month, by product and reason."""
    running = running_in(months)
    reasons = running["reason"].where(running["reason"].isin(REASONS), UNKNOWN)
    table = pd.crosstab(running["product_code"], reasons).reindex(
        index=pd.Index(months.products, name="product_code"), columns=list(CELLS), fill_value=0
    )
    whole = table.sum().to_frame("").T.rename_axis("product_code")
    table = pd.concat([table, whole]).astype(int)
    table.insert(0, "trajectories", table.sum(axis=1))
    table = table.reset_index().rename_axis(columns=None)
    return OpenHouseStock(
        products=table if months.known else table.iloc[:0],
        clients=int(running["client_key"].nunique()) if months.known else None,
        n_missing=months.without_client,
        month=months.last_month,
        delivered=months.delivered,
        reference_date=months.reference_date,
        evidence=months.evidence,
        source=months.source,
    )


def running_in(months: OpenHouseMonths) -> pd.DataFrame:
    """Intervals that reach the last month."""
    return months.intervals[months.intervals["last"] == months.last_month]


@dataclass(frozen=True)
class ReasonAgreement:
    """How far two reviewers read the same reason in the same file.

    Attributes
    ----------
    kappa, ci_low, ci_high
        Cohen's kappa over all reasons; None without files that both coded, or when both used one reason only. The
        interval is None also when they never differ.
    same, share
        Files with the same code, and their share of `n`.
    n, n_missing
        Running trajectories that both coded, and the others.
    frame
        One row per reason: ``reason``, ``kappa``, ``ci_low``, ``ci_high`` of that reason against all others, ``n``
        (files in which at least one of both read it).
    level
        Coverage of the intervals.
    """

    kappa: Estimate
    ci_low: Estimate
    ci_high: Estimate
    same: Count
    share: Estimate
    n: Count
    n_missing: Count
    frame: pd.DataFrame
    month: pd.Timestamp
    reference_date: date
    evidence: Evidence
    source: str
    level: float = CONFIDENCE

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            Measure(
                id="open_house.reason_agreement_kappa",
                estimate=self.kappa,
                unit="kappa",
                method="Cohen's kappa of two reviewers, asymptotic interval",
                period=str(self.month.date()),
                n=self.n,
                n_missing=self.n_missing,
                **confidence(self.ci_low, self.ci_high, self.level),
                evidence=self.evidence,
                sources=(self.source,),
            ),
            Measure(
                id="open_house.reason_agreement_share",
                estimate=self.share,
                unit="share",
                method="files in which two reviewers read the same reason",
                period=str(self.month.date()),
                n=self.n,
                n_missing=self.n_missing,
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def reason_agreement(months: OpenHouseMonths) -> ReasonAgreement:
    """Compare the codes of both reviewers for the trajectories that run in the last month."""
    running = running_in(months)
    both = running[running["reason"].isin(REASONS) & running["reason_2"].isin(REASONS)]
    table = pd.crosstab(both["reason"], both["reason_2"]).reindex(index=REASONS, columns=REASONS, fill_value=0)
    counts = table.to_numpy(dtype=int)
    kappa, low, high = kappa_of(counts)
    rows = []
    for at, reason in enumerate(REASONS):
        yes = counts[at, at]
        first, second = counts[at].sum() - yes, counts[:, at].sum() - yes
        one = np.array([[yes, first], [second, counts.sum() - yes - first - second]])
        rows.append((reason, *kappa_of(one), int(yes + first + second)))
    same, n = int(np.trace(counts)), int(counts.sum())
    return ReasonAgreement(
        kappa=kappa,
        ci_low=low,
        ci_high=high,
        same=same,
        share=same / n if n else None,
        n=n,
        n_missing=len(running) - n,
        frame=pd.DataFrame(rows, columns=["reason", "kappa", "ci_low", "ci_high", "n"]).astype(
            dict.fromkeys(("kappa", "ci_low", "ci_high"), object)
        ),
        month=months.last_month,
        reference_date=months.reference_date,
        evidence=months.evidence,
        source=months.source,
    )


def kappa_of(counts: np.ndarray) -> tuple[Estimate, Estimate, Estimate]:
    """Cohen's kappa of a square table with its asymptotic interval, cut to -1 and 1; None where it is undefined.

    Kappa is ``(p_o - p_e) / (1 - p_e)`` (Cohen 1960), its variance that of Fleiss, Cohen and Everitt (1969), both of
    statsmodels. It is undefined when both reviewers give one and the same code throughout (``p_e = 1``). Where that
    variance is zero, as when they never differ, it says nothing of how sure kappa is, and there is no interval.
    """
    n = counts.sum()
    if not n or (counts.sum(axis=0) @ counts.sum(axis=1)) == n**2:
        return None, None, None
    with np.errstate(invalid="ignore", divide="ignore"):
        found = cohens_kappa(counts)
    if not found.var_kappa > NO_VARIANCE:
        return float(found.kappa), None, None
    low, high = max(float(found.kappa_low), -1.0), min(float(found.kappa_upp), 1.0)
    return float(found.kappa), low, high


def _count(value: object) -> Count:
    return value if isinstance(value, Mark) else int(value)  # type: ignore[call-overload]
