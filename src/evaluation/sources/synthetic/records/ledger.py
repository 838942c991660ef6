"""The ledger: monthly lines that add up to the amounts that were published, and to nothing else that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.sources.synthetic.records.core import Core


@dataclass(frozen=True)
class LedgerTruth:
    """How the invented ledger parts the published amounts.

    Attributes
    ----------
    transition_shares
        Of the published transition costs, by year.
    open_house_shares
        Of what is left of the total without BJH and transition, by year, booked on the eleven products.
    solidarity_share
        Of that same rest, booked as the regional settlement.
    spread
        Coefficient of variation of monthly amounts before they are scaled to the year.
    late_share
        Share of lines booked one to three months after the service.
    """

    transition_shares: Mapping[int, float]
    open_house_shares: Mapping[int, float]
    solidarity_share: float
    spread: float
    late_share: float


TRUTH = LedgerTruth(
    transition_shares={2022: 0.3, 2023: 0.45, 2024: 0.25},
    open_house_shares={2022: 0.16, 2023: 0.124, 2024: 0.08},  # what the invented lines of Open House come to
    solidarity_share=0.04,
    spread=0.15,
    late_share=0.2,
)
TASK_FIELDS = {"bjh": "6.2", "transition": "6.2", "open_house": "6.73", "solidarity": "6.82", "other": "6.72"}
MILLION = 1_000_000


def draw_ledger(core: Core, rng: np.random.Generator) -> Mapping[str, pd.DataFrame]:
    """Return the table ``costs``: BJH without a product, Open House by product, the rest without."""
    products = sorted(core.trajectories["product_code"].dropna().unique())
    weights = rng.dirichlet(np.full(len(products), 4.0)) if products else np.array([])
    lines = []
    for year in (2022, 2023, 2024):
        total = core.amounts[f"total_cost_{year}"]
        bjh = core.amounts.get(f"bjh_cost_{year}", 0.0)
        transition = core.amounts["transition_cost_2022_2024"] * TRUTH.transition_shares[year]
        rest = total - bjh - transition
        open_house = rest * TRUTH.open_house_shares[year] if products else 0.0
        solidarity = rest * TRUTH.solidarity_share
        parts = [("bjh", None, bjh), ("transition", None, transition), ("solidarity", None, solidarity)]
        parts.append(("other", None, rest - open_house - solidarity))
        parts += [
            ("open_house", product, open_house * weight) for product, weight in zip(products, weights, strict=True)
        ]
        lines += [_months(rng, year, *part) for part in parts if part[2] > 0]
    frame = pd.concat(lines, ignore_index=True)
    late = np.where(rng.random(len(frame)) < TRUTH.late_share, rng.integers(1, 4, len(frame)), 0)
    # The council was shown the last year as a whole, so nothing of it is booked after the delivery.
    last = pd.Timestamp(core.observed_until).to_period("M") - 1
    months = [min(month, last) for month in frame["service_month"].dt.to_period("M") + late]
    return {"costs": frame.assign(booking_month=pd.PeriodIndex(months).to_timestamp(), status="definitive")}


def _months(rng: np.random.Generator, year: int, scope: str, product: str | None, eur_million: float) -> pd.DataFrame:
    """Twelve lines that add up to the amount of the year, to the cent."""
    weights = rng.gamma(1 / TRUTH.spread**2, size=12)
    amounts = np.round(weights / weights.sum() * eur_million * MILLION, 2)
    amounts[-1] += round(eur_million * MILLION - amounts.sum(), 2)
    return pd.DataFrame(
        {
            "service_month": pd.date_range(f"{year}-01-01", periods=12, freq="MS"),
            "scope_flag": scope,
            "product_code": product,
            "task_field": TASK_FIELDS[scope],
            "amount_eur": amounts.round(2),
        }
    )
