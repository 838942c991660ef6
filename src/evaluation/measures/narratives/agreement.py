"""Whether two readers find the same themes in a story.

Per theme: percent agreement, Cohen's kappa (statsmodels; standard error of Fleiss, Cohen and Everitt 1969) and
Krippendorff's nominal alpha (package krippendorff). Over all themes together, disagreement is summed over themes and
divided by the disagreement that chance would give within each theme: kappa pooled by De Vries, Elliott, Kanouse and
Teleki (2008), Field Methods 20(3), and alpha alike. Putting all decisions in one table instead would count it as
agreement that some themes are frequent and others rare.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import krippendorff
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm
from statsmodels.stats.inter_rater import cohens_kappa

from evaluation.evidence import Count, Estimate, Evidence, Measure, confidence
from evaluation.measures.narratives.clusters import resampled
from evaluation.measures.narratives.codebook import Codebook, Thresholds
from evaluation.measures.narratives.stories import Stories

Numbers = NDArray[np.float64]
COEFFICIENTS = ("kappa", "kappa_low", "kappa_high", "alpha", "alpha_low", "alpha_high")
DRAWS = 1000
FEWEST_DEFINED = 0.9  # share of the draws in which a coefficient must exist before they give an interval


@dataclass(frozen=True)
class Coefficient:
    """A coefficient with its interval; None where it is not defined."""

    estimate: Estimate
    low: Estimate = None
    high: Estimate = None


@dataclass(frozen=True)
class Agreement:
    """Agreement of two readers on the stories that both read.

    Attributes
    ----------
    frame
        One row per theme: ``theme``, ``both``, ``one``, ``neither`` (stories in which both, one or none of the readers
        found it), ``agreement`` (share of stories), ``kappa``, ``kappa_low``, ``kappa_high``, ``alpha``,
        ``alpha_low``, ``alpha_high``. A coefficient is null where a theme does not vary.
    alpha, kappa
        Over all themes, with bootstrap intervals.
    agreement
        Share of all decisions on which the readers agree, None without stories.
    n, n_missing
        Stories that both read, and stories that one read.
    thresholds
        From when conclusions are firm or tentative.
    level
        Coverage of the intervals.
    """

    frame: pd.DataFrame
    alpha: Coefficient
    kappa: Coefficient
    agreement: Estimate
    n: Count
    n_missing: Count
    thresholds: Thresholds
    codebook: Codebook
    level: float
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        methods = {
            "krippendorff_alpha": "nominal alpha, disagreement summed over themes; bootstrap of families",
            "cohens_kappa": "kappa pooled over themes (De Vries et al. 2008); bootstrap of families",
        }
        values = {"krippendorff_alpha": self.alpha, "cohens_kappa": self.kappa}
        return tuple(
            Measure(
                id=f"narratives.{name}",
                estimate=value.estimate,
                unit="coefficient",
                method=methods[name],
                period=str(self.reference_date),
                n=self.n,
                n_missing=self.n_missing,
                **confidence(value.low, value.high, self.level),
                evidence=self.evidence,
                sources=(self.source,),
            )
            for name, value in values.items()
        )


def agreement(stories: Stories, thresholds: Thresholds, *, level: float, seed: int, draws: int = DRAWS) -> Agreement:
    """Hold the codes of both readers against each other.

    Parameters
    ----------
    stories
        Codes; stories that one reader read count as missing.
    thresholds
        From when conclusions are firm or tentative.
    level
        Coverage of the intervals, a share.
    seed, draws
        Of the bootstrap, which draws families with all their stories.
    """
    twice = stories.read_twice
    first, second = stories.codes[:, twice]
    n = int(twice.sum())
    both, one = first * second, np.abs(first - second)
    drawn = resampled(stories.families[twice], draws, np.random.default_rng(seed))
    alphas, kappas = _coefficients(drawn @ first, drawn @ second, drawn @ both, drawn.sum(axis=1))
    low, high = _ends(alphas[:, :-1], level)
    frame = _by_theme(first, second, stories.codebook.themes, level)
    frame = frame.assign(alpha_low=pd.Series(low, dtype=object), alpha_high=pd.Series(high, dtype=object))
    whole = np.ones((1, n))
    (alpha,), (kappa,) = (
        found[:, -1] for found in _coefficients(whole @ first, whole @ second, whole @ both, whole.sum(axis=1))
    )
    return Agreement(
        frame=frame,
        alpha=_coefficient(alpha, alphas[:, -1], level),
        kappa=_coefficient(kappa, kappas[:, -1], level),
        agreement=float(1 - one.mean()) if n else None,
        n=n,
        n_missing=stories.n - n,
        thresholds=thresholds,
        codebook=stories.codebook,
        level=level,
        reference_date=stories.reference_date,
        evidence=stories.evidence,
        source=stories.source,
    )


def kappa_of(both: int, first_only: int, second_only: int, neither: int, level: float) -> Coefficient:
    """Return Cohen's kappa of two readers on one theme, with its large-sample interval kept within -1 and 1.

    Without variation in both readers chance explains everything, and kappa is not defined. Where one of them does not
    vary, or they never differ, there is no interval: its formula gives one without width.
    """
    table = np.array([[both, first_only], [second_only, neither]])
    n, by_first, by_second = table.sum(), table.sum(axis=1), table.sum(axis=0)
    if (by_first * by_second).sum() == n * n:
        return Coefficient(None)
    if not by_first.all() or not by_second.all():
        return Coefficient(0.0)
    if not first_only + second_only:
        return Coefficient(1.0)
    found = cohens_kappa(table)
    half = float(norm.ppf((1 + level) / 2) * found.std_kappa)
    kappa = float(found.kappa)
    return Coefficient(kappa, max(kappa - half, -1.0), min(kappa + half, 1.0))


def alpha_of(first: Numbers, second: Numbers) -> float | None:
    """Return Krippendorff's nominal alpha of two readers; None when no value varies."""
    values = np.stack([first, second])
    if len(np.unique(values[~np.isnan(values)])) < 2:
        return None
    return float(krippendorff.alpha(values, level_of_measurement="nominal"))


def _by_theme(first: Numbers, second: Numbers, themes: tuple[str, ...], level: float) -> pd.DataFrame:
    """Counts and coefficients per theme, without the interval of alpha."""
    rows = []
    for place, theme in enumerate(themes):
        one_reader, other = first[:, place], second[:, place]
        both, neither = int((one_reader * other).sum()), int(((1 - one_reader) * (1 - other)).sum())
        first_only, second_only = int((one_reader * (1 - other)).sum()), int(((1 - one_reader) * other).sum())
        kappa = kappa_of(both, first_only, second_only, neither, level)
        rows.append(
            {
                "theme": theme,
                "both": both,
                "one": first_only + second_only,
                "neither": neither,
                "agreement": (both + neither) / len(first) if len(first) else None,
                "kappa": kappa.estimate,
                "kappa_low": kappa.low,
                "kappa_high": kappa.high,
                "alpha": alpha_of(one_reader, other),
            }
        )
    return pd.DataFrame(rows).astype(dict.fromkeys(("agreement", *COEFFICIENTS[:-2]), object))


def _coefficients(first: Numbers, second: Numbers, both: Numbers, n: Numbers) -> tuple[Numbers, Numbers]:
    """Alpha and kappa from counts of found themes, draws x themes, with the pooled ones in a last column.

    For two readers without missing codes alpha is 1 - Do / De, with Do the share of stories on which they differ and De
    that of pairs among all 2n codes, n1 n0 / (n (2n - 1)) (Krippendorff 2004, section 11.3).
    """
    stories = np.maximum(n[:, np.newaxis], 1)
    differ = (first + second - 2 * both) / stories
    by_chance_alpha = (first + second) * (2 * stories - first - second) / (stories * (2 * stories - 1))
    shares = first / stories, second / stories
    by_chance_kappa = shares[0] + shares[1] - 2 * shares[0] * shares[1]
    found = []
    for by_chance in (by_chance_alpha, by_chance_kappa):
        top, bottom = (np.column_stack([part, part.sum(axis=1)]) for part in (differ, by_chance))
        found.append(1 - np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom > 0))
    return found[0], found[1]


def _coefficient(estimate: float, draws: Numbers, level: float) -> Coefficient:
    if np.isnan(estimate):
        return Coefficient(None)
    (low,), (high,) = _ends(draws[:, np.newaxis], level)
    return Coefficient(float(estimate), low, high)


def _ends(draws: Numbers, level: float) -> tuple[list[float | None], list[float | None]]:
    """Percentile interval per column; none where the coefficient does not exist in enough draws, or never varies."""
    ends: tuple[list[float | None], list[float | None]] = ([], [])
    for column in draws.T:
        known = column[~np.isnan(column)]
        # Readers who never differ do not in any draw: that says nothing of other stories.
        enough = 0 < len(known) >= FEWEST_DEFINED * len(column) and np.ptp(known) > 0
        for end, share in zip(ends, ((1 - level) / 2, (1 + level) / 2), strict=True):
            end.append(float(np.quantile(known, share)) if enough else None)
    return ends
