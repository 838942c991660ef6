"""How prices and wages changed, by scenario: which index fits depends on contracts that were not published."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

# How each scenario reads the published tables: the order of preference among (index, status) for one year.
PRICE_INDICES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "vng": (("vng", "final"),),
    "vng_applied": (("vng_applied", "applied"), ("vng", "provisional")),
    "cpi": (("cpi", "final"),),
    "wage_agreement": (("wage_step", "agreed"),),
}


def price_change(indices: pd.DataFrame, price_index: str, base_year: int, final_year: int) -> float:
    """Chain the annual changes of an index over the years after `base_year` up to `final_year`.

    ``vng`` is the index that VNG advises for youth-care tariffs, final values; ``vng_applied`` is what was paid in
    practice: the provisional value of a year, or the applied one with the correction over the year before; ``cpi`` is
    the consumer price index. ``wage_agreement`` is the mean wage of a year over that of the year before, from the steps
    of the collective labour agreement: a step in July counts half in its year and half in the next. It leaves out costs
    other than wages, and takes the wage as constant within a year for which no step is known.

    Parameters
    ----------
    indices
        Price changes, columns ``index``, ``period`` (year, or first day of a wage step), ``value_percent``, ``status``.
    price_index
        A key of `PRICE_INDICES`.
    base_year, final_year
        First and last year.

    Returns
    -------
    float
        The change as a share.

    Raises
    ------
    ValueError
        When the index has no value for one of the years after the first.
    """
    level = 1.0
    for year in range(base_year + 1, final_year + 1):
        if price_index == "wage_agreement":
            level *= _mean_wage(indices, year, year) / _mean_wage(indices, year, year - 1)
        else:
            level *= 1 + _annual_percent(indices, price_index, year) / 100
    return level - 1


def _annual_percent(indices: pd.DataFrame, price_index: str, year: int) -> float:
    of_year = indices[indices["period"] == str(year)]
    for name, status in PRICE_INDICES[price_index]:
        match = of_year.loc[(of_year["index"] == name) & (of_year["status"] == status), "value_percent"]
        if len(match) == 1:
            return float(match.iloc[0])
    raise _unknown(price_index, year)


def _mean_wage(indices: pd.DataFrame, stepped: int, year: int) -> float:
    """Mean wage of `year` over its twelve months, relative to the start of the year before `stepped`."""
    steps = indices[(indices["index"] == "wage_step") & (indices["status"] == "agreed")]
    if not steps["period"].str.startswith(f"{stepped}-").any():
        raise _unknown("wage_agreement", stepped)
    level, mean = 1.0, 0.0
    for month in range(12 * (stepped - 1), 12 * (year + 1)):
        begins = f"{month // 12}-{month % 12 + 1:02d}-01"
        for percent in steps.loc[steps["period"] == begins, "value_percent"]:
            level *= 1 + float(percent) / 100
        mean += level / 12 if month // 12 == year else 0.0
    return mean


def _unknown(price_index: str, year: int) -> ValueError:
    return ValueError(f"price index {price_index!r} has no value for {year}; choose one of {', '.join(PRICE_INDICES)}")
