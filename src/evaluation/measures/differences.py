"""Difference-in-differences and an event study for one treated municipality, with inference that suits one.

With a single treated unit, standard errors clustered on the unit are far too small. The noise of its own is therefore
read off the other municipalities, each compared with the rest in the same way (Conley and Taber 2011, Rev. Econ. Stat.
93: 113-125; MacKinnon and Webb 2020, J. Econom. 218: 435-450, on randomisation inference).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.evidence import Evidence, Measure, confidence
from evaluation.measures.benchmark import GRONINGEN, Scope
from evaluation.measures.counterfactual import BJH_YEAR
from evaluation.measures.jumps import LARGEST_CHANGE, Jumps, jumps_before, named, without
from evaluation.measures.panel import Panel


@dataclass(frozen=True)
class DifferenceInDifferences:
    """Change in one municipality less the mean change in the others; nominal euros per inhabitant.

    Attributes
    ----------
    municipality, is_groningen
        Its name, and whether it is the one where BJH began.
    estimate
        Its mean from the change on less its mean before, less the same in the mean of the others.
    ci_low, ci_high, p_value
        Interval and p-value from the same figure for each other municipality.
    events
        One row per year: ``year``, ``estimate`` (difference from the last year before the change, less that of the
        others), ``ci_low``, ``ci_high``; zero in the reference year by construction.
    pretrend_p_value
        Permutation p-value of the largest event estimate before the change: small means that it already moved
        apart, and then the estimate cannot be read as the effect of what began later.
    jumps
        Municipalities whose spending jumped before the change.
    by_jumps
        ``left_out``, a tuple of names; ``estimate``, ``ci_low``, ``ci_high``: without nobody, each of the others that
        jumped alone, and all of them.
    n
        Other municipalities.
    """

    scope: Scope
    municipality: str
    is_groningen: bool
    reference_year: int
    significance_level: float
    estimate: float
    ci_low: float
    ci_high: float
    p_value: float
    events: pd.DataFrame
    pretrend_p_value: float
    jumps: Jumps
    by_jumps: pd.DataFrame
    n: int

    @property
    def evidence(self) -> Evidence:
        """Public statistics."""
        return Evidence.BENCHMARK

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``, with the scope as suffix of the id."""
        return (
            self._measure(
                "change_against_others",
                self.estimate,
                "eur_per_inhabitant",
                "difference in differences with the mean of the others, inference from each of the others",
                (self.ci_low, self.ci_high),
            ),
            *self._measures_without_jumps(),
            self._measure(
                "change_against_others_p", self.p_value, "p_value", "place of the change among those of the others"
            ),
            self._measure(
                "unlike_before_p",
                self.pretrend_p_value,
                "p_value",
                "place of the largest departure before the change among those of the others",
            ),
        )

    def _measures_without_jumps(self) -> tuple[Measure, ...]:
        if not self.jumps.others:
            return ()
        last = self.by_jumps.iloc[-1]
        return (
            self._measure(
                "change_against_others_without_jumps",
                float(last["estimate"]),
                "eur_per_inhabitant",
                f"difference in differences without those that changed by more than {self.jumps.largest_change:g} in "
                "one year",
                (float(last["ci_low"]), float(last["ci_high"])),
                n=self.n - len(self.jumps.others),
            ),
        )

    def _measure(
        self,
        name: str,
        value: float,
        unit: str,
        method: str,
        interval: tuple[float, float] | None = None,
        *,
        n: int | None = None,
    ) -> Measure:
        low, high = interval or (None, None)
        return Measure(
            id=f"counterfactual.{name}_{self.scope}",
            estimate=value,
            unit=unit,
            method=method,
            period=f"{self.events['year'].min()}/{self.events['year'].max()}",
            n=self.n if n is None else n,
            n_missing=None,
            **confidence(low, high, 1 - self.significance_level),
            evidence=self.evidence,
            sources=("iv3_municipalities",),
        )


def difference_in_differences(
    panel: Panel,
    *,
    scope: Scope,
    significance_level: float,
    largest_change: float = LARGEST_CHANGE,
    change_year: int = BJH_YEAR,
) -> DifferenceInDifferences:
    """Compare the change in one municipality with that in the others.

    In a balanced panel with one treated unit this is the two-way fixed-effects estimate. Assumes that it would
    have changed, in euros per inhabitant, as the others did on average.

    Parameters
    ----------
    panel
        Outcome per municipality and year.
    scope
        With or without task field 6.2.
    significance_level
        One less the coverage of the intervals.
    largest_change
        Largest change in one year before that passes for care; municipalities with a larger one are also left out.
    change_year
        First year with the change.
    """
    apart = _apart(panel)
    before, jumps = (
        apart.index < change_year,
        jumps_before(panel, change_year=change_year, largest_change=largest_change),
    )
    estimates = _changes(apart, change_year)
    reference = int(apart.index[before].max())
    events = apart - apart.loc[reference]
    largest = events[before].abs().max()
    own = float(estimates[panel.treated])
    low, high = _interval(estimates, panel.treated, significance_level)
    rows = [
        (year, float(events.loc[year, panel.treated]), *_interval(events.loc[year], panel.treated, significance_level))
        for year in events.index.tolist()
    ]
    return DifferenceInDifferences(
        scope=scope,
        municipality=panel.names[panel.treated],
        is_groningen=panel.treated == GRONINGEN,
        reference_year=reference,
        significance_level=significance_level,
        estimate=own,
        ci_low=low,
        ci_high=high,
        p_value=_permutation_p(estimates.abs(), panel.treated),
        events=pd.DataFrame(rows, columns=["year", "estimate", "ci_low", "ci_high"]),
        pretrend_p_value=_permutation_p(largest, panel.treated),
        jumps=jumps,
        by_jumps=_by_jumps(panel, jumps, significance_level),
        n=len(panel.donors),
    )


def _changes(apart: pd.DataFrame, change_year: int) -> pd.Series[float]:
    """Mean from the change on less the mean before, per municipality."""
    return apart[apart.index >= change_year].mean() - apart[apart.index < change_year].mean()


def _by_jumps(panel: Panel, jumps: Jumps, significance_level: float) -> pd.DataFrame:
    rows = []
    for left_out in jumps.left_out_in_turn():
        changes = _changes(_apart(without(panel, left_out)), jumps.change_year)
        interval = _interval(changes, panel.treated, significance_level)
        rows.append((named(left_out), float(changes[panel.treated]), *interval))
    return pd.DataFrame(rows, columns=["left_out", "estimate", "ci_low", "ci_high"])


def _apart(panel: Panel) -> pd.DataFrame:
    """Each municipality less the mean of the donors other than itself, by year."""
    donors = panel.outcome[panel.donors]
    count = len(panel.donors)
    # The mean without one's own value; the treated municipality is never in it.
    apart = donors.sub((donors.sum(axis="columns").to_numpy()[:, None] - donors) / (count - 1))
    apart[panel.treated] = panel.outcome[panel.treated] - donors.mean(axis="columns")
    return apart


def _interval(estimates: pd.Series[float], treated: str, significance_level: float) -> tuple[float, float]:
    """Estimate less the quantiles of what the others show without a change."""
    noise = estimates.drop(treated).to_numpy()
    high, low = np.quantile(noise, [significance_level / 2, 1 - significance_level / 2])
    own = float(estimates[treated])
    return own - float(low), own - float(high)


def _permutation_p(size: pd.Series[float], treated: str) -> float:
    others = size.drop(treated)
    return float((1 + (others >= size[treated]).sum()) / (len(others) + 1))
