"""What could have been seen, and what another starting point would say: detectable change and a Bayesian answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy import stats

from evaluation.evidence import Count, Evidence, Measure
from evaluation.measures.pilot import PilotFigures, smallest_detectable_effect
from evaluation.measures.pilot_change import LEVEL, Changes, count_of, value_of
from evaluation.measures.pilot_scores import Instrument, PairedScores
from evaluation.measures.spells import Floats

POWER = 0.8
PRIORS = (0, 5, 10, 20)  # families without change that the prior is worth
MEASURED, NEW, ALL = "measured", "new", "all"


@dataclass(frozen=True)
class Detectable:
    """Smallest change that a group of families detects.

    Attributes
    ----------
    frame
        Columns ``group`` (``new`` and ``all`` families as published, ``measured``: those with both scores), ``n``,
        ``effect`` (standard deviations of the change) and ``points`` (with the spread seen here; null when unknown).
        ``effect`` is null with fewer than two families.
    n_missing
        Families without both scores.
    power, level
        Of the two-sided paired test.
    """

    frame: pd.DataFrame
    n_missing: Count
    instrument: Instrument
    follow_up: str
    power: float
    level: float
    reference_date: date
    evidence: Evidence
    source: str

    def row(self, group: str) -> pd.Series:
        """Row of one group."""
        return self.frame[self.frame["group"] == group].iloc[0]

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        row = self.row(MEASURED)
        return (
            Measure(
                id="pilot_change.smallest_detectable_effect",
                estimate=value_of(row["effect"]),
                unit="standard_deviations",
                method=f"paired t-test, two-sided, power {self.power}",
                period=str(self.reference_date),
                n=count_of(row["n"]),
                n_missing=self.n_missing,
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


@dataclass(frozen=True)
class Shrinkage:
    """Mean change on the primary outcome under priors that expect none.

    Attributes
    ----------
    frame
        One row per prior: ``prior_families`` (families without change that it is worth; 0 is no prior), ``mean``,
        ``low``, ``high`` (posterior mean and central interval, points, positive is better) and ``better`` (posterior
        probability that the mean change is for the better). Null with fewer than two families or without spread.
    n, n_missing
        Families with and without both scores.
    """

    frame: pd.DataFrame
    n: Count
    n_missing: Count
    instrument: Instrument
    follow_up: str
    level: float
    reference_date: date
    evidence: Evidence


def detectable(change: Changes, figures: PilotFigures) -> Detectable:
    """Compute the smallest detectable change of the published groups and of the families with both scores."""
    row = change.primary
    sizes = {NEW: figures.new_families, ALL: figures.families, MEASURED: int(row["n"])}
    return Detectable(
        detectable_frame(sizes, value_of(row["sd"])),
        count_of(row["n_missing"]),
        change.instruments[0],
        change.follow_up,
        POWER,
        change.level,
        change.reference_date,
        change.evidence,
        change.source,
    )


def detectable_frame(sizes: dict[str, int], sd: object) -> pd.DataFrame:
    """Rows of `Detectable` for groups of these sizes."""
    spread = sd if isinstance(sd, float) else None
    rows = []
    for name, n in sizes.items():
        effect = smallest_detectable_effect(n, LEVEL, POWER) if n > 1 else None
        rows.append((name, n, effect, None if spread is None or effect is None else effect * spread))
    return pd.DataFrame(rows, columns=["group", "n", "effect", "points"])


def shrinkage(pairs: PairedScores) -> Shrinkage:
    """Shrink the mean change towards none, for priors of several weights."""
    change = pairs.changes(pairs.primary)
    rows = [(weight, *posterior(change, weight, LEVEL)) for weight in PRIORS]
    frame = pd.DataFrame(rows, columns=["prior_families", "mean", "low", "high", "better"])
    return Shrinkage(
        frame,
        len(change),
        len(pairs.of(pairs.primary)) - len(change),
        pairs.primary,
        pairs.follow_up,
        LEVEL,
        pairs.reference_date,
        pairs.evidence,
    )


def posterior(
    change: Floats, prior_families: float, level: float
) -> tuple[float | None, float | None, float | None, float | None]:
    """Posterior mean, interval and probability above zero of the mean of normal changes with unknown spread.

    Conjugate model: mean given variance normal around 0 with variance ``s^2 / k``, k the families that the prior is
    worth, and the variance with density 1 / s^2. The posterior of the mean is Student's t with n degrees of freedom
    around ``n m / (k + n)`` and squared scale ``(SS + k n m^2 / (k + n)) / (n (k + n))`` (Gelman et al. 2013, Bayesian
    Data Analysis, 3.3). Without a prior (k = 0) the mean is flat, with n - 1 degrees of freedom: Student's interval.

    Returns
    -------
    tuple
        Mean, low, high, probability; None with fewer than two changes or without spread.
    """
    n = len(change)
    if n < 2 or not np.ptp(change):
        return None, None, None, None
    k, mean = prior_families, float(change.mean())
    squares = float(((change - mean) ** 2).sum())
    freedom = n if k else n - 1
    centre = n * mean / (k + n)
    scale = math.sqrt((squares + k * n * mean**2 / (k + n)) / (freedom * (k + n)))
    low, high = stats.t.interval(level, freedom, centre, scale)
    return centre, float(low), float(high), float(stats.t.sf(0, freedom, centre, scale))
