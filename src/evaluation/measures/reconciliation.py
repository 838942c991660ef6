"""How Groningen's own totals relate to its accounts at CBS (Iv3), year by year, without a residual left unsaid.

The own total and Iv3 differ in scope, and how they differ was not published. Each step of the bridge is either printed,
or booked, or the difference that remains and has no published explanation.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from evaluation.evidence import Bounded, Evidence
from evaluation.measures.benchmark import GRONINGEN, expenditure_per_year
from evaluation.measures.costs import CouncilCosts

STEPS = ("own_total", "bjh", "unexplained", "iv3_excl_6_2", "task_field_6_2", "iv3_incl_6_2")


@dataclass(frozen=True)
class Reconciliation:
    """Bridges from the own total to Iv3 in both scopes, in millions of nominal euros.

    Attributes
    ----------
    bridge
        One row per ``year`` and ``step``: ``amount`` (a level or a change), ``start`` and ``end`` (where its bar
        begins and ends), ``low`` and ``high`` (what rounding of the printed figures leaves), ``is_level``. Levels are
        the own total and Iv3 in both scopes. The change ``bjh`` takes BJH out, as it must be when BJH is inside the own
        total and booked on task field 6.2; ``unexplained`` is then what is left.
    differences
        One row per ``year``: ``iv3_excl_6_2``, ``iv3_incl_6_2``, ``task_field_6_2``, ``own_total``, ``bjh``;
        ``outside_6_2`` with ``outside_6_2_low`` and ``outside_6_2_high``: the unexplained difference when BJH is booked
        on 6.2; and ``inside_6_7``: the same when it is booked on the youth task fields.
    steady
        Whether one and the same difference ``outside_6_2`` fits every year, given the rounding.
    field_growth, bjh_growth
        Rise of task field 6.2 and of BJH from the first to the last year.
    bjh_share_of_field_growth
        The second over the first: how much of the rise BJH would be, if it is booked there.
    """

    bridge: pd.DataFrame
    differences: pd.DataFrame
    steady: bool
    field_growth: float
    bjh_growth: float
    bjh_share_of_field_growth: float

    @property
    def evidence(self) -> Evidence:
        """Published totals beside public accounts."""
        return Evidence.PUBLISHED


def reconcile(costs: CouncilCosts, municipalities: pd.DataFrame, *, base_year: int, final_year: int) -> Reconciliation:
    """Lead the published totals over to the accounts at CBS.

    Parameters
    ----------
    costs
        Printed totals and BJH, in millions of euros by year.
    municipalities
        Iv3 accounts, see `evaluation.measures.benchmark.compare_growth`.
    base_year, final_year
        First and last year; every year needs a printed total and complete accounts.
    """
    own = municipalities[municipalities["municipality_code"] == GRONINGEN]
    narrow, wide = (
        expenditure_per_year(own, ["municipality_code"], scope).set_index("year")["eur"] / 1e6
        for scope in ("excl_6_2", "incl_6_2")
    )
    years = range(base_year, final_year + 1)
    bridge = pd.concat([_bridge(year, costs, float(narrow[year]), float(wide[year])) for year in years])
    differences = pd.DataFrame([_differences(year, costs, float(narrow[year]), float(wide[year])) for year in years])
    field, bjh = (differences[column].iloc[-1] - differences[column].iloc[0] for column in ("task_field_6_2", "bjh"))
    return Reconciliation(
        bridge=bridge.reset_index(drop=True),
        differences=differences,
        steady=bool(differences["outside_6_2_low"].max() <= differences["outside_6_2_high"].min()),
        field_growth=float(field),
        bjh_growth=float(bjh),
        bjh_share_of_field_growth=float(bjh / field),
    )


def _printed(costs: CouncilCosts, year: int) -> tuple[Bounded, Bounded]:
    return costs.total[year], costs.bjh.get(year, Bounded(0.0, 0.0, 0.0))


def _bridge(year: int, costs: CouncilCosts, narrow: float, wide: float) -> pd.DataFrame:
    total, bjh = _printed(costs, year)
    rest = total - bjh
    # step, amount, start, end, low, high, is_level
    rows = [
        ("own_total", total.value, 0.0, total.value, total.low, total.high, True),
        ("bjh", 0.0 - bjh.value, total.value, rest.value, -bjh.high, -bjh.low, False),
        ("unexplained", narrow - rest.value, rest.value, narrow, narrow - rest.high, narrow - rest.low, False),
        ("iv3_excl_6_2", narrow, 0.0, narrow, narrow, narrow, True),
        ("task_field_6_2", wide - narrow, narrow, wide, wide - narrow, wide - narrow, False),
        ("iv3_incl_6_2", wide, 0.0, wide, wide, wide, True),
    ]
    columns = ["step", "amount", "start", "end", "low", "high", "is_level"]
    return pd.DataFrame(rows, columns=columns).assign(year=year)


def _differences(year: int, costs: CouncilCosts, narrow: float, wide: float) -> dict[str, float]:
    total, bjh = _printed(costs, year)
    rest = total - bjh
    return {
        "year": year,
        "own_total": total.value,
        "bjh": bjh.value,
        "iv3_excl_6_2": narrow,
        "task_field_6_2": wide - narrow,
        "iv3_incl_6_2": wide,
        "outside_6_2": narrow - rest.value,
        "outside_6_2_low": narrow - rest.high,
        "outside_6_2_high": narrow - rest.low,
        "inside_6_7": narrow - total.value,
    }
