"""Synthetic control: the weighted mean of other municipalities that followed the treated one before the change.

Abadie, Diamond and Hainmueller (2010, J. Am. Stat. Assoc. 105: 493-505). The weights are fitted on the outcome of the
years before alone, without further predictors (as in Doudchenko and Imbens 2016, NBER 22791, without intercept).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from evaluation.progress import followed

# Weight of the equation "the weights add up to one" against one year of outcomes: large, so that it holds exactly.
SUM_TO_ONE = 1e3
# Below this share of the outcome a fit is perfect, and what is left of it is the arithmetic of the machine.
PERFECT = 1e-9


@dataclass(frozen=True)
class SyntheticFit:
    """One municipality and its synthetic control.

    Attributes
    ----------
    weights
        Share of each donor, by code; at least zero, together one.
    synthetic
        Outcome of the synthetic control by year.
    gap
        Actual less synthetic, by year, in the unit of the outcome.
    rmspe_before, rmspe_after
        Root mean squared gap before the change and from it on.
    effect
        Mean gap from the change on.
    """

    weights: pd.Series[float]
    synthetic: pd.Series[float]
    gap: pd.Series[float]
    rmspe_before: float
    rmspe_after: float
    effect: float

    @property
    def ratio(self) -> float:
        """How many times larger the gap is after than before; infinite for a perfect fit before."""
        return self.rmspe_after / self.rmspe_before if self.rmspe_before > 0 else math.inf


def donor_weights(treated: pd.Series[float], donors: pd.DataFrame) -> pd.Series[float]:
    """Return the weights with the smallest squared difference from the treated municipality.

    Minimises ``|treated - donors w|^2`` over ``w >= 0`` with ``sum(w) = 1``, by non-negative least squares (Lawson and
    Hanson 1974; `scipy.optimize.nnls`) with the sum as one more, heavily weighted equation. This is exact. SLSQP, which
    packages for synthetic control use for the same problem, stopped at its starting point for most municipalities
    here. With fewer years than donors the weights need not be unique; this solution has few that are not zero.

    Parameters
    ----------
    treated
        Outcome by year, years before the change only.
    donors
        The same for the donors, one column each.
    """
    scale = float(np.sqrt(np.mean(treated.to_numpy() ** 2))) or 1.0
    equations = np.vstack([donors.to_numpy() / scale, np.full(donors.shape[1], SUM_TO_ONE)])
    found, _ = nnls(equations, np.append(treated.to_numpy() / scale, SUM_TO_ONE))
    return pd.Series(found / found.sum(), index=donors.columns)


def synthetic_control(values: pd.DataFrame, unit: str, change_year: int, donors: list[str]) -> SyntheticFit:
    """Fit on the years before `change_year` and compare from it on.

    Parameters
    ----------
    values
        Outcome by year (index) and unit (columns), complete.
    unit
        The treated unit.
    change_year
        First year with the change.
    donors
        Units to weigh; `unit` is not one of them.

    Raises
    ------
    ValueError
        When there are no two years before the change and one after it, or no donors.
    """
    before, after = values.index < change_year, values.index >= change_year
    if before.sum() < 2 or not after.any() or not donors:
        years = f"{values.index.min()} to {values.index.max()}"
        raise ValueError(f"{years} with {len(donors)} donors: two years before {change_year} and one from it on needed")
    weights = donor_weights(values.loc[before, unit], values.loc[before, donors])
    synthetic = values[donors] @ weights
    gap = values[unit] - synthetic
    return SyntheticFit(
        weights=weights,
        synthetic=synthetic,
        gap=gap,
        rmspe_before=error if (error := _root_mean_square(gap[before])) > PERFECT * values[unit].abs().max() else 0.0,
        rmspe_after=_root_mean_square(gap[after]),
        effect=float(gap[after].mean()),
    )


def placebos(values: pd.DataFrame, treated: str, change_year: int) -> dict[str, SyntheticFit]:
    """Pretend in turn that each donor made the change; the treated unit is never a donor.

    Returns
    -------
    dict
        Fit by donor.
    """
    donors = [str(unit) for unit in values.columns if unit != treated]
    return {
        unit: synthetic_control(values, unit, change_year, [other for other in donors if other != unit])
        for unit in followed(donors, "placebos")
    }


def _root_mean_square(gap: pd.Series[float]) -> float:
    return float(np.sqrt(np.mean(gap.to_numpy() ** 2)))
