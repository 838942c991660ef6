"""Use of youth care in Groningen and other large municipalities, and why its series cannot carry an effect."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from evaluation.evidence import Evidence, Measure
from evaluation.measures.benchmark import GRONINGEN
from evaluation.measures.counterfactual import BJH_YEAR

INDICATORS = ("youths", "trajectories")


@dataclass(frozen=True)
class UseOfYouthCare:
    """Youths and trajectories with youth care in kind.

    Attributes
    ----------
    frame
        One row per ``indicator`` and ``year``: ``groningen``, ``others_median`` (per 1,000 inhabitants under 25),
        ``rank`` of Groningen from the lowest, ``n`` municipalities, ``status``.
    no_referrer_groningen, no_referrer_others
        Share of trajectories with a known referrer that has none (code 06), last year: Groningen, and all others
        together.
    years_before, years_after
        Years in the table before BJH began and from then on.
    """

    frame: pd.DataFrame
    no_referrer_groningen: float
    no_referrer_others: float
    years_before: tuple[int, ...]
    years_after: tuple[int, ...]

    @property
    def evidence(self) -> Evidence:
        """Public statistics."""
        return Evidence.BENCHMARK

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            self._measure("groningen", self.no_referrer_groningen),
            self._measure("others", self.no_referrer_others),
        )

    def _measure(self, name: str, share: float) -> Measure:
        return Measure(
            id=f"counterfactual.no_referrer_share_{name}",
            estimate=share,
            unit="share",
            method="trajectories without a referrer of those of which it is known",
            period=str(self.frame["year"].max()),
            n=None,
            n_missing=None,
            evidence=self.evidence,
            sources=("youth_care_use_municipalities",),
        )

    @property
    def allows_an_effect(self) -> bool:
        """Whether there are two years before and one from the change on, the least a comparison needs."""
        return len(self.years_before) >= 2 and len(self.years_after) >= 1


def use_of_youth_care(use: pd.DataFrame) -> UseOfYouthCare:
    """Describe the use of youth care before BJH, and whether an effect on it can be estimated.

    Parameters
    ----------
    use
        One row per municipality and year: ``municipality_code``, ``year``, ``status``, ``population_0_14``,
        ``population_15_24``, ``youths``, ``trajectories`` and a column ``referrer_...`` per referrer.
    """
    young = (use["population_0_14"] + use["population_15_24"]).astype(float)
    rows = []
    for indicator in INDICATORS:
        rates = use.assign(rate=1000 * use[indicator].astype(float) / young)
        for year, of_year in rates.groupby("year"):
            own = of_year["municipality_code"] == GRONINGEN
            rate = float(of_year.loc[own, "rate"].iloc[0])
            rows.append(
                {
                    "indicator": indicator,
                    "year": int(str(year)),
                    "groningen": rate,
                    "others_median": float(of_year.loc[~own, "rate"].median()),
                    "rank": int((of_year["rate"] < rate).sum()) + 1,
                    "n": len(of_year),
                    "status": str(of_year["status"].iloc[0]),
                }
            )
    years = sorted({int(year) for year in use["year"]})
    last = use[use["year"] == years[-1]]
    own = last["municipality_code"] == GRONINGEN
    return UseOfYouthCare(
        frame=pd.DataFrame(rows),
        no_referrer_groningen=_no_referrer(last[own]),
        no_referrer_others=_no_referrer(last[~own]),
        years_before=tuple(year for year in years if year < BJH_YEAR),
        years_after=tuple(year for year in years if year >= BJH_YEAR),
    )


def _no_referrer(rows: pd.DataFrame) -> float:
    """Ratio of sums over rows that publish a count; a missing count is missing from both."""
    counts = rows.filter(like="referrer_").drop(columns="referrer_unknown").astype("Float64")
    complete = counts.loc[counts["referrer_none"].notna()]
    return float(complete["referrer_none"].sum() / complete.sum().sum())
