"""The seven reasons that the council was given for the rise of costs: what is known of each, and of none an amount."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from evaluation.evidence import Bounded, Evidence, weakest
from evaluation.measures.growth_decomposition import GrowthDecomposition


@dataclass(frozen=True)
class CostDrivers:
    """Drivers with what is known of them.

    Attributes
    ----------
    frame
        One row per driver: ``driver``, ``claim_id``, ``quote`` (Dutch, as shown), ``component`` (price, volume, mix),
        ``amount_eur_million`` (as published; missing where none was), ``known`` (``price_effect``, ``users`` or
        ``nothing``).
    price_effect
        What the price index explains, in millions of euros: an estimate of the indexation, not a published amount.
    price_index
        The index behind it.
    users_change
        Change of the number of young people with youth care between the same half years, a share, or None when it is
        unknown for these years.
    users_period
        The half years.
    share_change_points
        Change of the share of children with youth help between the last two years for which it is known, in percentage
        points.
    share_period
        The years.
    n_with_amount
        Drivers with a published amount.
    """

    frame: pd.DataFrame
    price_effect: Bounded
    price_index: str
    users_change: float | None
    users_period: str | None
    share_change_points: float | None
    share_period: str | None
    n_with_amount: int

    @property
    def evidence(self) -> Evidence:
        """Published statements beside public statistics."""
        return weakest([Evidence.PUBLISHED, Evidence.BENCHMARK])


KNOWN = {"price_indices": "price_effect", "groningen_context": "users"}


def cost_drivers(drivers: pd.DataFrame, context: pd.DataFrame, decomposition: GrowthDecomposition) -> CostDrivers:
    """Put beside each driver what public figures say about it.

    Parameters
    ----------
    drivers
        Table ``cost_drivers``: ``id``, ``claim_id``, ``quote``, ``component``, ``amount_eur_million``, ``known_from``.
    context
        Table ``groningen_context``: ``indicator``, ``geography``, ``period``, ``value``.
    decomposition
        The growth split into price and the rest.
    """
    frame = drivers.rename(columns={"id": "driver"})[
        ["driver", "claim_id", "quote", "component", "amount_eur_million"]
    ].assign(known=drivers["known_from"].map(KNOWN).fillna("nothing"))
    users = _series(context, "youths_with_youth_care_half_year")
    shares = _series(context, "share_0_17_with_youth_help")
    users = users[users.index.str[:4].astype(int).isin([decomposition.final_year - 1, decomposition.final_year])]
    shares = shares[shares.index.astype(int).isin(range(decomposition.base_year, decomposition.final_year + 1))]
    return CostDrivers(
        frame=frame.reset_index(drop=True),
        price_effect=decomposition.price,
        price_index=decomposition.price_index,
        users_change=float(users.iloc[-1] / users.iloc[0] - 1) if len(users) > 1 else None,
        users_period=f"{users.index[0]}/{users.index[-1]}" if len(users) > 1 else None,
        share_change_points=float(shares.iloc[-1] - shares.iloc[-2]) if len(shares) > 1 else None,
        share_period=f"{shares.index[-2]}/{shares.index[-1]}" if len(shares) > 1 else None,
        n_with_amount=int(frame["amount_eur_million"].notna().sum()),
    )


def _series(context: pd.DataFrame, indicator: str) -> pd.Series[float]:
    rows = context[(context["indicator"] == indicator) & (context["geography"] == "groningen_municipality")]
    return rows.set_index("period")["value"].sort_index()
