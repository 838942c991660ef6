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
    municipality
        The municipality that is held against the others.
    own_base, own_final
        Its share in the first and last year.
    others_base, others_final
        Median share over the other large municipalities with accounts in both years.
    rank
        Place of its change among all, 1 for the largest rise.
    n
        Municipalities, this one included.
    """

    base_year: int
    final_year: int
    municipality: str
    own_base: float
    own_final: float
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
            self._measure("municipality_base", self.own_base, self.base_year),
            self._measure("municipality_final", self.own_final, self.final_year),
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
            n=1 if name.startswith("municipality") else self.n - 1,
            n_missing=None,
            evidence=self.evidence,
            sources=("iv3_municipalities",),
        )


def booking_practice(
    municipalities: pd.DataFrame, *, base_year: int, final_year: int, municipality_code: str = GRONINGEN
) -> Booking:
    """Describe how far spending moved towards the neighbourhood teams, in one municipality and elsewhere.

    The two scopes give different growth exactly when this share changes. It cannot say whether help was moved or only
    its booking.

    Parameters
    ----------
    municipalities
        Iv3 accounts, see `compare_growth`.
    base_year, final_year
        Years to compare.
    municipality_code
        Which municipality.
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
    names = dict(zip(municipalities["municipality_code"], municipalities["municipality"], strict=True))
    return Booking(
        base_year=base_year,
        final_year=final_year,
        municipality=names[municipality_code],
        own_base=float(before.loc[municipality_code]),
        own_final=float(after.loc[municipality_code]),
        others_base=float(before.drop(municipality_code).median()),
        others_final=float(after.drop(municipality_code).median()),
        rank=int((change > change.loc[municipality_code]).sum()) + 1,
        n=len(share),
    )
