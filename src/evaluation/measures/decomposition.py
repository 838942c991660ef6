"""What a change of costs consists of: price, volume and mix, without a residual.

Costs are a sum over groups of a product of factors, ``V = sum_g x_1g x_2g ... x_ng``. Two methods share out the change
of V between two years over the factors, and both leave nothing over:

- LMDI-I: ``sum_g L(V_gT, V_g0) ln(x_kgT / x_kg0)`` with the logarithmic mean ``L(a, b) = (a - b) / ln(a / b)``
  (Ang 2005, Energy Policy 33, 867-871);
- Bennet: with two factors ``(x_1T - x_10)(x_20 + x_2T) / 2`` (Bennet 1920), with more of them its generalisation, the
  Shapley value over all orders in which the factors can change.

With log changes a and b of two factors they differ by ``sqrt(V_0 V_T) a b (b - a) / 12`` to third order. Both are exact
identities: whatever uncertainty there is comes from the inputs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Method = Literal["lmdi", "bennet"]
METHODS: tuple[Method, ...] = ("lmdi", "bennet")

Numbers: TypeAlias = NDArray[np.float64]


def contributions(base: pd.DataFrame, final: pd.DataFrame, method: Method) -> pd.DataFrame:
    """Share out the change between two years over groups and factors.

    Parameters
    ----------
    base, final
        One row per group, one column per factor, the same groups and factors in both; values are 0 or more. A factor
        that is missing in a year in which the group is zero, such as the price of a product that did not exist yet,
        takes its value of the other year; in a group that is zero in both it does not matter.
    method
        ``lmdi`` or ``bennet``.

    Returns
    -------
    DataFrame
        Contribution of each factor (columns) of each group (rows), in the unit of the product. They add up to the
        change of the sum over groups of the products.

    Raises
    ------
    ValueError
        When groups or factors differ, or a value is negative, or missing where the group is not zero.
    """
    if list(base.columns) != list(final.columns) or list(base.index) != list(final.index):
        raise ValueError("both years must have the same groups and factors in the same order")
    start, end = _without_gaps(base, final)
    shared = _lmdi(start, end) if method == "lmdi" else _shapley(start, end)
    return pd.DataFrame(shared, index=base.index, columns=base.columns)


def shares_of_change(base: Sequence[float], final: Sequence[float], method: Method) -> list[float]:
    """Share out the change of one product over its factors; see `contributions` for what is allowed and returned."""
    start, end = np.array([base], dtype=np.float64), np.array([final], dtype=np.float64)
    for own, other in ((start, end), (end, start)):
        np.copyto(own, other, where=np.isnan(own) & (own == 0).any())
    shared = _lmdi(start, end) if method == "lmdi" else _shapley(start, end)
    return [float(value) for value in shared[0]]


def chained(years: Mapping[int, pd.DataFrame], method: Method) -> pd.DataFrame:
    """Share out every change from one year to the next, so that late weights count for late changes only.

    Parameters
    ----------
    years
        Factors by group, as in `contributions`, per year.
    method
        ``lmdi`` or ``bennet``.

    Returns
    -------
    DataFrame
        Columns ``base_year``, ``final_year``, ``group``, ``factor``, ``contribution``, one row per step, group and
        factor. Contributions add up to the change from the first to the last year.
    """
    steps = []
    for first, last in pairwise(sorted(years)):
        table = contributions(years[first], years[last], method)
        named = table.rename_axis(index="group").reset_index()
        long = named.melt(id_vars="group", var_name="factor", value_name="contribution")
        steps.append(long.assign(base_year=first, final_year=last))
    columns = ["base_year", "final_year", "group", "factor", "contribution"]
    return pd.concat(steps, ignore_index=True)[columns] if steps else pd.DataFrame(columns=columns)


def logarithmic_mean(a: float, b: float) -> float:
    """Return ``(a - b) / ln(a / b)``: `a` when both are equal, and its limit 0 when one of them is 0."""
    if a == 0 or b == 0:
        return 0.0
    half = math.log(a / b) / 2
    # sinh keeps its digits where a and b are nearly the same and the difference of logarithms does not.
    return math.sqrt(a * b) * (math.sinh(half) / half if half else 1.0)


def _lmdi(start: Numbers, end: Numbers) -> Numbers:
    return np.array([_lmdi_of_group(x0, x1) for x0, x1 in zip(start, end, strict=True)]).reshape(start.shape)


def _lmdi_of_group(x0: Numbers, x1: Numbers) -> Numbers:
    """Contributions in one group; zeros by the limit as they are approached at one speed (Wood and Lenzen 2006).

    A group that appears owes that to the factors that were 0, and one that disappears to those that became 0; several
    such factors share it equally, since the logarithm of what goes to 0 outgrows every other.
    """
    v0, v1 = float(x0.prod()), float(x1.prod())
    if v0 > 0 and v1 > 0:
        shared: Numbers = logarithmic_mean(v1, v0) * np.log(x1 / x0)
        return shared
    if v0 == v1:
        return np.zeros_like(x0)
    vanishing = (x0 if v0 == 0 else x1) == 0
    return np.where(vanishing, (v1 - v0) / max(int(vanishing.sum()), 1), 0.0)


def _shapley(start: Numbers, end: Numbers) -> Numbers:
    """Mean over all orders in which the factors change; exact also with zeros."""
    n = start.shape[1]
    shared = np.zeros_like(start)
    for k in range(n):
        others = [j for j in range(n) if j != k]
        for size in range(n):
            weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
            for changed in combinations(others, size):
                weights = [end[:, j] if j in changed else start[:, j] for j in others]
                product = np.prod(weights, axis=0) if weights else np.ones(len(start))
                shared[:, k] += weight * (end[:, k] - start[:, k]) * product
    return shared


def _without_gaps(base: pd.DataFrame, final: pd.DataFrame) -> tuple[Numbers, Numbers]:
    """Fill factors of a group that is zero from the other year, and refuse every other gap and negative value."""
    start, end = base.to_numpy(dtype=np.float64, copy=True), final.to_numpy(dtype=np.float64, copy=True)
    # A group that is zero in both years contributes nothing, whatever its unknown factors were.
    idle = (start == 0).any(axis=1, keepdims=True) & (end == 0).any(axis=1, keepdims=True)
    unknown = np.isnan(start) & np.isnan(end) & idle
    start[unknown] = end[unknown] = 1.0
    for own, other in ((start, end), (end, start)):
        zero = (own == 0).any(axis=1, keepdims=True)
        np.copyto(own, other, where=np.isnan(own) & zero)
        if np.isnan(own).any():
            group, factor = np.argwhere(np.isnan(own))[0]
            raise ValueError(
                f"{base.columns[factor]} of {base.index[group]} is missing; give it, or leave the group out"
            )
        if (own < 0).any():
            group, factor = np.argwhere(own < 0)[0]
            raise ValueError(f"{base.columns[factor]} of {base.index[group]} is negative; factors are 0 or more")
    return start, end
