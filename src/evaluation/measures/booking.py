"""How municipalities book youth care between the neighbourhood teams (Iv3 task field 6.2) and the youth task fields."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from evaluation.evidence import Evidence, Measure
from evaluation.measures.benchmark import GRONINGEN, expenditure_per_year


@dataclass(frozen=True)
class Booking:
    """How much of the expenditure with neighbourhood teams is booked on them (Iv3 task field 6.2); shares.

    Attributes
    ----------
    groningen_base, groningen_final
        Share in Groningen in the first and last year.
    others_base, others_final
        Median share over the other large municipalities with accounts in both years.
    rank
        Place of the change in Groningen among all, 1 for the largest rise.
    n
        Municipalities, Groningen included.
    """

    base_year: int
    final_year: int
    groningen_base: float
    groningen_final: float
    others_base: float
    others_final: float
    rank: int
    n: int

    @property
    def evidence(self) -> Evidence:
        """Public statistics."""
        return Evidence.BENCHMARK

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            self._measure("groningen_base", self.groningen_base, self.base_year),
            self._measure("groningen_final", self.groningen_final, self.final_year),
            self._measure("others_base", self.others_base, self.base_year),
            self._measure("others_final", self.others_final, self.final_year),
        )

    def _measure(self, name: str, share: float, year: int) -> Measure:
        return Measure(
            id=f"benchmark.teams_share_{name}",
            estimate=share,
            unit="share",
            method="task field 6.2 as a share of task field 6.2 and the youth task fields",
            period=str(year),
            n=1 if name.startswith("groningen") else self.n - 1,
            n_missing=None,
            evidence=self.evidence,
            sources=("iv3_municipalities",),
        )


def booking_practice(municipalities: pd.DataFrame, *, base_year: int, final_year: int) -> Booking:
    """Describe how far spending moved towards the neighbourhood teams, in Groningen and elsewhere.

    The two scopes give different growth exactly when this share changes. It cannot say whether help was moved or only
    its booking.

    Parameters
    ----------
    municipalities
        Iv3 accounts, see `compare_growth`.
    base_year, final_year
        Years to compare.
    """
    keys = ["municipality_code"]
    narrow, wide = (
        expenditure_per_year(municipalities, keys, scope).set_index([*keys, "year"])["eur"]
        for scope in ("excl_6_2", "incl_6_2")
    )
    shares = (1 - narrow / wide).rename("share").reset_index()
    share = shares.pivot_table(index="municipality_code", columns="year", values="share")[
        [base_year, final_year]
    ].dropna()
    before, after = share[base_year].astype(float), share[final_year].astype(float)
    change = after - before
    return Booking(
        base_year=base_year,
        final_year=final_year,
        groningen_base=float(before.loc[GRONINGEN]),
        groningen_final=float(after.loc[GRONINGEN]),
        others_base=float(before.drop(GRONINGEN).median()),
        others_final=float(after.drop(GRONINGEN).median()),
        rank=int((change > change.loc[GRONINGEN]).sum()) + 1,
        n=len(share),
    )
