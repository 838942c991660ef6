"""How many themes so many stories would have shown: whether the next story is likely to bring a new one.

The codebook is fixed, so an estimator of unseen kinds (Chao) has no meaning here: what readers have no code for they
cannot find, however many stories they read. What the codebook misses shows in the code for something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaln

from evaluation.evidence import Count, Estimate, Evidence, Measure
from evaluation.measures.narratives.codebook import Codebook, Thresholds
from evaluation.measures.narratives.stories import Stories

Numbers = NDArray[np.float64]
ORDERS = 500


@dataclass(frozen=True)
class Saturation:
    """Themes found in the first so many stories, over all orders in which the stories could have come.

    Attributes
    ----------
    frame
        One row per number of stories from 1: ``stories``, ``mean`` (exact), ``low``, ``high`` (of seeded random
        orders).
    found
        One row per theme: ``theme``, ``found`` (stories in which a reader found it).
    n
        Stories read.
    themes
        Themes found at all.
    until
        Stories after which, on average, the share `threshold` of those themes has come by; None without themes.
    level
        Share of the orders between ``low`` and ``high``.
    """

    frame: pd.DataFrame
    found: pd.DataFrame
    n: Count
    themes: Count
    until: Estimate
    threshold: float
    codebook: Codebook
    level: float
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            Measure(
                id="narratives.themes_until_saturation",
                estimate=self.until,
                unit="stories",
                method="mean over all orders of the stories, codebook fixed",
                period=str(self.reference_date),
                n=self.n,
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def saturation(stories: Stories, thresholds: Thresholds, *, level: float, seed: int) -> Saturation:
    """Count the themes that the first stories show, whatever their order.

    Parameters
    ----------
    stories
        The codes.
    thresholds
        Which share of the themes must have come by.
    level
        Share of the orders in the band.
    seed
        Of the random orders.
    """
    found = stories.found
    counts = found.sum(axis=0)
    mean = expected_themes(counts, stories.n)
    low, high = _band(found, level, np.random.default_rng(seed))
    return Saturation(
        frame=pd.DataFrame({"stories": np.arange(1, stories.n + 1), "mean": mean, "low": low, "high": high}),
        found=pd.DataFrame({"theme": stories.codebook.themes, "found": counts}),
        n=stories.n,
        themes=int((counts > 0).sum()),
        until=stories_until(mean, thresholds.saturation_share),
        threshold=thresholds.saturation_share,
        codebook=stories.codebook,
        level=level,
        reference_date=stories.reference_date,
        evidence=stories.evidence,
        source=stories.source,
    )


def expected_themes(counts: Sequence[int] | NDArray[np.int_], n: int) -> Numbers:
    """Return the mean number of themes in the first 1 to `n` stories, over all orders.

    A theme in f of n stories is missing from m of them in C(n - f, m) of C(n, m) draws (rarefaction: Hurlbert 1971,
    Ecology 52(4)).

    Parameters
    ----------
    counts
        Stories in which each theme was found.
    n
        All stories.
    """
    first = np.arange(1, n + 1, dtype=np.float64)
    mean = np.zeros(n)
    for count in counts:
        rest = n - float(count)
        possible = first <= rest
        drawn = first[possible]
        missed = np.zeros(n)
        missed[possible] = np.exp(
            gammaln(rest + 1) - gammaln(rest - drawn + 1) + gammaln(n - drawn + 1) - gammaln(n + 1)
        )
        mean += 1 - missed
    return mean


def stories_until(mean: Numbers, share: float) -> float | None:
    """Return the first number of stories at which the mean reaches a share of its end; None without themes."""
    if not len(mean) or mean[-1] == 0:
        return None
    return float(np.argmax(mean >= share * mean[-1] - 1e-9) + 1)


def _band(found: NDArray[np.bool_], level: float, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Ends of the central share of random orders, per number of stories."""
    n = len(found)
    if not n:
        return np.zeros(0), np.zeros(0)
    orders = np.argsort(rng.random((ORDERS, n)), axis=1)
    seen = np.logical_or.accumulate(found[orders], axis=1).sum(axis=2)
    low, high = np.quantile(seen, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high
