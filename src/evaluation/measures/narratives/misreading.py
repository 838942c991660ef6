"""How often readers miss a theme or find one that is not there, and what that does to a share.

The share of stories in which a theme is found, p, mixes stories that have it and were read rightly with stories
that do not and were read wrongly. With sensitivity Se and specificity Sp the share that has it is
(p + Sp - 1) / (Se + Sp - 1)
(Rogan and Gladen 1978, American Journal of Epidemiology 107(1)), kept within 0 and 1.

Two readers without a reference do not identify Se and Sp of one theme: two by two counts have three free numbers, and
there are five unknowns. Under two assumptions all themes together do: each reader reads every theme equally well, and
both err independently of each other given what is in the story. Themes then are the populations of Hui and Walter
(1980), Biometrics 36(1). Where readers agreed on codes afterwards, those are the reference and nothing is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from evaluation.measures.narratives.clusters import resampled
from evaluation.measures.narratives.stories import Stories

Numbers = NDArray[np.float64]
Method = Literal["reference", "two_readers", "none"]

FEWEST = 10
"""Stories read twice or with agreed codes, and decisions with and without a theme, below which nothing is estimated."""

LEAST_INFORMATION = 0.1  # Se + Sp - 1 below which a reading hardly tells anything
DRAWS = 400
STEPS, CLOSE = 4000, 1e-9
DRAWN_STEPS, DRAWN_CLOSE = 600, 1e-6


@dataclass(frozen=True)
class Misreading:
    """How well themes are found, the same for each theme.

    Attributes
    ----------
    method
        ``reference`` (codes agreed afterwards), ``two_readers`` (Hui and Walter), or ``none`` when neither is possible.
    sensitivity, specificity
        Share of stories with a theme in which a reader finds it, and of those without in which none does; 1 when
        nothing is known.
    variance
        Of both and their covariance, from a bootstrap of families.
    """

    method: Method
    sensitivity: float
    specificity: float
    variance: tuple[float, float, float]

    @property
    def information(self) -> float:
        """Sensitivity + specificity - 1: 1 for a perfect reading, 0 for one that tells nothing."""
        return self.sensitivity + self.specificity - 1

    def corrected(self, share: float) -> float:
        """Share of stories that has a theme, from that in which it is found, kept within 0 and 1."""
        return float(np.clip((share + self.specificity - 1) / self.information, 0, 1))

    def corrected_interval(self, share: float, low: float, high: float, level: float) -> tuple[float, float]:
        """Interval of `corrected`: the one of the found share, corrected, and widened for what Se and Sp leave open.

        Both distances are added in squares (MOVER, Zou and Donner 2008, Statistics in Medicine 27(10)), with the
        linearised variance of the correction in Se and Sp as in Lang and Reiczigel (2014).
        """
        centre, bottom, top = ((end + self.specificity - 1) / self.information for end in (share, low, high))
        true = float(np.clip(centre, 0, 1))
        sensitivity, specificity, together = self.variance
        spread = true**2 * sensitivity + (1 - true) ** 2 * specificity - 2 * true * (1 - true) * together
        half = norm.ppf((1 + level) / 2) * np.sqrt(max(spread, 0)) / self.information
        ends = centre - np.hypot(centre - bottom, half), centre + np.hypot(top - centre, half)
        return float(np.clip(ends[0], 0, 1)), float(np.clip(ends[1], 0, 1))


UNKNOWN = Misreading("none", 1.0, 1.0, (0.0, 0.0, 0.0))


def misreading(stories: Stories, *, seed: int, draws: int = DRAWS) -> Misreading:
    """Estimate how well themes are found by one reader or more.

    Parameters
    ----------
    stories
        The codes.
    seed, draws
        Of the bootstrap, which draws families with all their stories.
    """
    drawn = resampled(stories.families, draws, np.random.default_rng(seed))
    for method, estimate in (("reference", _by_reference), ("two_readers", _by_two_readers)):
        found = estimate(stories, np.ones((1, stories.n)), STEPS, CLOSE)
        if found is None:
            continue
        ((sensitivity, specificity),) = found
        if not sensitivity + specificity - 1 >= LEAST_INFORMATION:
            continue
        varied = estimate(stories, drawn, DRAWN_STEPS, DRAWN_CLOSE)
        matrix = np.cov(varied[~np.isnan(varied).any(axis=1)].T) if varied is not None else np.zeros((2, 2))
        spread = float(matrix[0, 0]), float(matrix[1, 1]), float(matrix[0, 1])
        return Misreading(method, float(sensitivity), float(specificity), spread)  # type: ignore[arg-type]
    return UNKNOWN


def _by_reference(stories: Stories, weights: Numbers, steps: int, close: float) -> Numbers | None:  # noqa: ARG001
    """Draws x (sensitivity, specificity) against the agreed codes; None when there are too few of them."""
    known = ~np.isnan(stories.agreed).any(axis=1) if stories.n else np.zeros(0, dtype=bool)
    has, found = stories.agreed[known] == 1, stories.found[known]
    if min(int(known.sum()), int(has.sum()), int((~has).sum())) < FEWEST:
        return None
    parts = [weights[:, known] @ flags.sum(axis=1) for flags in (has & found, has, ~has & ~found, ~has)]
    return np.column_stack([_ratio(parts[0], parts[1]), _ratio(parts[2], parts[3])])


def _by_two_readers(stories: Stories, weights: Numbers, steps: int, close: float) -> Numbers | None:
    """Draws x (sensitivity, specificity) of the readings as they were, by one reader or two; None for too few."""
    twice = stories.read_twice
    if int(twice.sum()) < FEWEST:
        return None
    first, second = stories.codes[:, twice]
    cells = [first * second, first * (1 - second), (1 - first) * second, (1 - first) * (1 - second)]
    counts = np.stack([weights[:, twice] @ cell for cell in cells], axis=-1)
    model = hui_walter(counts, steps, close)
    read = ~np.isnan(stories.codes[:, :, 0])
    patterns = [read[0] & read[1], read[0] & ~read[1], ~read[0] & read[1]]
    se, sp = model.sensitivity, model.specificity
    each = [
        (1 - (1 - se[:, 0]) * (1 - se[:, 1]), sp[:, 0] * sp[:, 1]),
        (se[:, 0], sp[:, 0]),
        (se[:, 1], sp[:, 1]),
    ]
    share = np.column_stack([weights @ pattern for pattern in patterns])
    share = share / share.sum(axis=1, keepdims=True)
    return np.column_stack([sum(share[:, i] * part[kind] for i, part in enumerate(each)) for kind in (0, 1)])


@dataclass(frozen=True)
class LatentClasses:
    """Maximum likelihood of the model of Hui and Walter.

    Attributes
    ----------
    prevalence
        Draws x populations.
    sensitivity, specificity
        Draws x two readers.
    """

    prevalence: Numbers
    sensitivity: Numbers
    specificity: Numbers


def hui_walter(counts: Numbers, steps: int = STEPS, close: float = CLOSE) -> LatentClasses:
    """Fit two imperfect readings in several populations, by the EM algorithm (Dempster, Laird and Rubin 1977).

    Parameters
    ----------
    counts
        Draws x populations x (both found, first only, second only, neither).
    steps, close
        Most steps, and the largest change at which it stops.

    Returns
    -------
    LatentClasses
        Of the two solutions that mirror each other, the one in which readings are better than chance.
    """
    total = np.maximum(counts.sum(axis=-1), 1e-300)
    prevalence = np.clip((counts[..., 0] + (counts[..., 1] + counts[..., 2]) / 2) / total, 0.01, 0.99)
    se = np.full((len(counts), 2), 0.9)
    sp = np.full((len(counts), 2), 0.9)
    # Which reader found the theme in each of the four cells.
    marks = np.array([[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 1.0, 0.0]])
    for _ in range(steps):
        before = np.concatenate([prevalence, se, sp], axis=1)
        given_yes, given_no = np.ones((len(counts), 4)), np.ones((len(counts), 4))
        for reader in (0, 1):
            given_yes = given_yes * np.where(marks[reader] == 1, se[:, [reader]], 1 - se[:, [reader]])
            given_no = given_no * np.where(marks[reader] == 1, 1 - sp[:, [reader]], sp[:, [reader]])
        yes = prevalence[..., np.newaxis] * given_yes[:, np.newaxis, :]
        no = (1 - prevalence[..., np.newaxis]) * given_no[:, np.newaxis, :]
        with_theme = counts * _ratio(yes, yes + no)
        without = counts - with_theme
        prevalence = with_theme.sum(axis=-1) / total
        by_cell = with_theme.sum(axis=1), without.sum(axis=1)
        se = _ratio(by_cell[0] @ marks.T, by_cell[0].sum(axis=1, keepdims=True))
        sp = _ratio(by_cell[1] @ (1 - marks).T, by_cell[1].sum(axis=1, keepdims=True))
        if np.abs(np.concatenate([prevalence, se, sp], axis=1) - before).max() < close:
            break
    return LatentClasses(prevalence, se, sp)


def _ratio(top: Numbers, bottom: Numbers) -> Numbers:
    """Quotient, 0 where nothing is divided by nothing."""
    bottom = np.broadcast_to(bottom, top.shape)
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)
