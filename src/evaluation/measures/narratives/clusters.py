"""Stories from one family are not independent: resampling families, and the number of stories they are worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student
from statsmodels.stats.proportion import proportion_confint

Numbers = NDArray[np.float64]


def resampled(families: NDArray[np.intp], draws: int, rng: np.random.Generator) -> Numbers:
    """Return how often each story is in each draw, draws x stories, when families are drawn with replacement.

    Parameters
    ----------
    families
        Family of each story.
    draws
        Number of bootstrap draws.
    rng
        Seeded random numbers.
    """
    _, place = np.unique(families, return_inverse=True)
    n = int(place.max()) + 1 if len(place) else 0
    times = rng.multinomial(n, np.full(n, 1 / n), draws) if n else np.zeros((draws, 0))
    drawn: Numbers = times[:, place].astype(np.float64)
    return drawn


def effective_number(found: NDArray[np.bool_], families: NDArray[np.intp], level: float) -> float:
    """Return as how many independent stories these count for a share.

    n divided by the design effect, the linearised variance of the share between families over its binomial variance,
    and times the squared ratio of Student quantiles for n - 1 and for families - 1 (Korn and Graubard 1998, Survey
    Methodology 24(2)); never more than n. Where all stories or none have the theme, no variance tells how much a
    family agrees within itself, and each family counts as one.

    Parameters
    ----------
    found
        Whether each story has the theme.
    families
        Family of each story.
    level
        Coverage of the interval that will be made with it.
    """
    n = len(found)
    sizes = np.bincount(families)
    groups = int((sizes > 0).sum())
    if groups == n or groups < 2:
        return float(groups)
    share = float(found.mean())
    if share in (0.0, 1.0):
        return float(groups)
    residuals = np.bincount(families, weights=found - share)
    variance = groups / (groups - 1) * float((residuals**2).sum()) / n**2
    # Families that differ less than chance would have it are no more than independent.
    design_effect = max(variance / (share * (1 - share) / n), 1.0)
    of_stories, of_families = (float(student.ppf((1 + level) / 2, units - 1)) for units in (n, groups))
    return n / design_effect * (of_stories / of_families) ** 2


def share_interval(share: float, effective: float, level: float) -> tuple[float, float]:
    """Return the Wilson interval of a share on an effective number of stories (Dean and Pagano 2015, JSSAM 3(4)).

    Where none or all have the theme, the far end is that of Clopper and Pearson: 0 of 30 leaves up to 11.6%.
    """
    method = "beta" if share in (0.0, 1.0) else "wilson"
    low, high = proportion_confint(share * effective, effective, alpha=1 - level, method=method)
    return float(low), float(high)
