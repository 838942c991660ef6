"""Weights that make those who answered look like all clients in what is known of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.stats.proportion import proportion_confint

from evaluation.evidence import Count, Estimate, Evidence, Mark, Measure, confidence
from evaluation.measures.invitations import WEIGHTED_BY, Invitations
from evaluation.measures.satisfaction import scored
from evaluation.measures.shares import CONFIDENCE, UNKNOWN

FEWEST = 5  # who answered in a group that gets a weight of its own; a smaller one is gathered with others
GATHERED = "gathered"
TOLERANCE, ROUNDS = 1e-10, 1000

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Weighted:
    """Satisfied among those who answered, weighted to all clients.

    Attributes
    ----------
    margins
        Columns ``dimension``, ``group``, ``clients``, ``answered`` (with a score), ``clients_share``,
        ``answered_share``: what was weighted to what; groups with few answers are one, ``gathered``.
    share, weighted
        Share before and after weighting; None when nobody answered.
    ci_low, ci_high
        Wilson interval of the weighted share on the effective number; it holds if within groups silence is by chance.
    n, n_effective
        Answers with a score, and how many equally weighted ones they are worth (Kish 1965).
    design_effect
        Their ratio, 1 plus the squared coefficient of variation of the weights.
    converged
        Whether all margins were reached.
    """

    margins: pd.DataFrame
    share: Estimate
    weighted: Estimate
    ci_low: Estimate
    ci_high: Estimate
    n: Count
    n_effective: Estimate
    design_effect: Estimate
    converged: bool
    delivered: bool
    since: date
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            self._measure("satisfied_weighted", self.weighted, "share", self.ci_low, self.ci_high),
            self._measure("answers_worth", self.n_effective, "clients"),
        )

    def _measure(self, name: str, value: Estimate, unit: str, low: Estimate = None, high: Estimate = None) -> Measure:
        return Measure(
            id=f"experience.{name}",
            estimate=value,
            unit=unit,
            method="weighted to all clients by age, sex and referrer (raking), Wilson on the effective number",
            period=f"{self.since}/{self.reference_date}",
            n=self.n,
            n_missing=None,
            **confidence(low, high, CONFIDENCE),
            evidence=self.evidence,
            sources=(self.source,),
        )


def weighted_satisfaction(invited: Invitations, score_from: float) -> Weighted:
    """Rake those who answered to all clients by age group, sex and referrer.

    Parameters
    ----------
    invited
        Invitations of the period and the margins of all clients.
    score_from
        Score, in points, from which a client counts as satisfied.
    """
    units = scored(invited, score_from)
    units = units[units["has"].notna()].reset_index(drop=True)
    groups = {name: units[name].fillna(UNKNOWN).astype(str) for name in WEIGHTED_BY}
    margins = margins_of(invited.population, groups)
    own = invited.since, invited.reference_date, invited.evidence, invited.source
    if units.empty:
        return Weighted(margins, None, None, None, None, 0, None, None, False, invited.delivered, *own)
    folded = {name: _folded(groups[name], margins[margins["dimension"] == name]) for name in WEIGHTED_BY}
    targets = {
        str(name): rows.set_index("group")["clients"].astype(float) / rows["clients"].sum()
        for name, rows in margins.groupby("dimension", sort=False)
        if rows["clients"].sum()
    }
    weights, converged = raked({name: folded[name] for name in targets}, targets, len(units))
    has = units["has"].astype(float).to_numpy()
    weighted = float(weights @ has / weights.sum())
    effective = effective_number(weights)
    low, high = proportion_confint(weighted * effective, effective, alpha=1 - CONFIDENCE, method="wilson")
    return Weighted(
        margins=margins,
        share=float(has.mean()),
        weighted=weighted,
        ci_low=float(low),
        ci_high=float(high),
        n=len(units),
        n_effective=effective,
        design_effect=len(units) / effective,
        converged=converged,
        delivered=invited.delivered,
        since=invited.since,
        reference_date=invited.reference_date,
        evidence=invited.evidence,
        source=invited.source,
    )


def raked(groups: Mapping[str, pd.Series], targets: Mapping[str, pd.Series], n: int) -> tuple[Floats, bool]:
    """Return weights that give each margin its target, and whether they were reached.

    Iterative proportional fitting (Deming and Stephan 1940, Annals of Mathematical Statistics 11(4)): weights are
    multiplied by target over weighted share, dimension after dimension, until nothing changes. Of all weights with
    these margins the result lies nearest to equal ones in the sense of Kullback and Leibler.

    Parameters
    ----------
    groups
        Per dimension the group of each unit.
    targets
        Per dimension the share of each group, summing to 1; every group has units.
    n
        Number of units; the weights add up to it.
    """
    weights = np.ones(n)
    codes = {name: pd.Categorical(groups[name], categories=target.index).codes for name, target in targets.items()}
    for _round in range(ROUNDS):
        before = weights.copy()
        for name, target in targets.items():
            reached = np.bincount(codes[name], weights, len(target)) / weights.sum()
            weights = weights * (target.to_numpy(float) / reached)[codes[name]]
        if np.abs(weights - before).max() < TOLERANCE:
            break
    worst = [
        np.abs(np.bincount(codes[name], weights, len(target)) / weights.sum() - target.to_numpy(float)).max()
        for name, target in targets.items()
    ]
    return weights * (n / weights.sum()), bool(max(worst, default=0.0) < TOLERANCE * n)


def effective_number(weights: Floats) -> float:
    """Return (sum w)^2 / sum w^2 (Kish 1965, *Survey Sampling*, 11.7): n over 1 + cv^2."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def margins_of(population: pd.DataFrame, groups: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Put clients beside answers by group, groups with few answers as one."""
    rows = []
    for name, answered in groups.items():
        own = population[population["dimension"] == name].set_index("group")["clients"]
        counts = pd.DataFrame({"clients": own, "answered": answered.value_counts()}).fillna(0).astype(int)
        few = gathered({str(group): int(n) for group, n in counts["answered"].items()})
        folded = counts.groupby([GATHERED if group in few else group for group in counts.index]).sum()
        rows += [(name, group, *map(int, pair)) for group, *pair in folded.itertuples(name=None)]
    return with_margin_shares(pd.DataFrame(rows, columns=["dimension", "group", "clients", "answered"]))


def with_margin_shares(margins: pd.DataFrame) -> pd.DataFrame:
    """Add the share of each group within its dimension, of clients and of answers; withheld when a count in it is."""
    found: dict[str, pd.Series] = {}
    for column in ("clients", "answered"):
        shares: dict[object, Estimate] = {}
        for _dimension, own in margins.groupby("dimension", sort=False)[column]:
            counts = own.tolist()
            mark = next((count for count in counts if isinstance(count, Mark)), None)
            total = 0 if mark is not None else sum(counts)
            shares |= {row: (count / total if total else None) if mark is None else mark for row, count in own.items()}
        found[f"{column}_share"] = pd.Series(shares, margins.index, dtype=object)
    return margins.assign(**found)


def gathered(counts: Mapping[str, int]) -> frozenset[str]:
    """Return the groups that are taken together, so that each that remains has enough answers."""
    few = {group for group, n in counts.items() if n < FEWEST}
    for group, n in sorted(counts.items(), key=lambda item: (item[1], item[0])):
        if not few or sum(counts[one] for one in few) >= FEWEST:
            break
        if n >= FEWEST:
            few.add(group)
    return frozenset(few)


def _folded(answered: pd.Series, margins: pd.DataFrame) -> pd.Series:
    return answered.where(answered.isin(set(margins["group"])), GATHERED)
