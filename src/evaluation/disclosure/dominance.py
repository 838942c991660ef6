"""Amounts of money that would tell on one provider: the p% rule and the (n, k) rule."""

from __future__ import annotations

import pandas as pd

from evaluation.disclosure.rules import DisclosureRules


def sensitive_amounts(
    frame: pd.DataFrame, group: str, provider: str, amount: str, rules: DisclosureRules
) -> pd.DataFrame:
    """Judge the total amount of every group by the contributions of its providers.

    With contributions x1 >= x2 >= ... and total X (Hundepool et al., Statistical Disclosure Control, 2012):

    - p% rule: sensitive when X - x1 - x2 < p/100 x1, for provider 2 subtracts herself and then knows x1 to within p%;
    - (n, k) rule: sensitive when x1 + ... + xn > k/100 X.

    Amounts of one provider in one group are added up first. A group without money is not sensitive. Whether an amount
    is public anyhow (the one provider of Basis jeugdhulp) is for the caller to know.

    Parameters
    ----------
    frame
        One row per payment or per provider.
    group, provider, amount
        Columns of `frame`; `amount` is 0 or more.
    rules
        The rules in force.

    Returns
    -------
    pandas.DataFrame
        One row per group, sorted: `group`, ``n_providers`` (with an amount above 0), ``total``, ``p_sensitive``,
        ``dominance_sensitive``, ``sensitive`` (either).

    Raises
    ------
    ValueError
        When a value is missing or an amount is negative.
    """
    given = frame[[group, provider, amount]]
    if given.isna().any(axis=None):
        raise ValueError(f"{group}, {provider} and {amount} must all be known: label or remove the missing ones first")
    if (given[amount] < 0).any():
        raise ValueError(f"{amount} has negative values: dominance is defined for amounts of 0 or more")
    contributions = given.groupby([group, provider])[amount].sum()
    rows = [{group: name, **_judge(of_group, rules)} for name, of_group in contributions.groupby(level=group)]
    columns = [group, "n_providers", "total", "p_sensitive", "dominance_sensitive", "sensitive"]
    return pd.DataFrame(rows, columns=columns)


def _judge(contributions: pd.Series, rules: DisclosureRules) -> dict[str, float | bool]:
    largest = sorted((float(value) for value in contributions if value > 0), reverse=True)
    total = sum(largest)
    # Compared as "100 rest < p x1" and "100 top > k X", so that whole amounts stay exact at the boundary.
    p_sensitive = bool(largest) and 100 * sum(largest[2:]) < rules.p_percent * largest[0]
    dominant = bool(largest) and 100 * sum(largest[: rules.dominance_n]) > rules.dominance_percent * total
    return {
        "n_providers": len(largest),
        "total": total,
        "p_sensitive": p_sensitive,
        "dominance_sensitive": dominant,
        "sensitive": p_sensitive or dominant,
    }
