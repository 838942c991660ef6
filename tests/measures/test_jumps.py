"""Jumps in spending: who is flagged, and what both comparisons are without them, worked out in another way."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from evaluation.measures.benchmark import Scope
from evaluation.measures.counterfactual import Counterfactual, counterfactual
from evaluation.measures.differences import DifferenceInDifferences, difference_in_differences
from evaluation.measures.jumps import jumps_before, without
from evaluation.measures.panel import Panel, expenditure_panel
from evaluation.sources.benchmark import iv3_municipalities

JUMPED = ("Amersfoort", "Maastricht", "'s-Hertogenbosch")


def drawn(treated: list[float], **others: list[float]) -> Panel:
    """A panel from 2019 on, with names for codes."""
    years = pd.Index(range(2019, 2019 + len(treated)), name="year")
    values = pd.DataFrame({"GM0014": treated, **others}, index=years, dtype=float)
    return Panel(values, "GM0014", {str(code): str(code) for code in values}, pd.Series(1000.0, index=years), {})


#                2019 2020 2021 2022 2023 2024
STEADY = drawn(
    [100, 104, 108, 112, 130, 134],
    low=[90, 94, 98, 102, 106, 110],
    high=[110, 114, 118, 122, 126, 130],
    halved=[300, 300, 140, 140, 140, 140],
)


def test_a_fall_by_more_than_half_is_a_jump_and_a_rise_in_the_years_after_is_none() -> None:
    panel = drawn(
        [100, 104, 108, 112, 116, 120],
        halved=[300, 300, 140, 140, 140, 140],  # 140 / 300 - 1 = -53%
        exactly=[100, 50, 50, 50, 50, 50],  # -50%, which is not more than half
        doubled=[100, 100, 100, 210, 210, 210],  # +110% in 2022
        later=[100, 100, 100, 100, 300, 300],  # in 2023, when BJH had begun
    )
    found = jumps_before(panel, change_year=2023, largest_change=0.5)
    assert [(jump.code, jump.year) for jump in found.others] == [("doubled", 2022), ("halved", 2021)]
    assert [jump.change for jump in found.others] == pytest.approx([1.1, -0.5333], abs=5e-5)
    assert (found.own, found.largest_passed) == (None, 0.5)
    assert [[jump.code for jump in group] for group in found.left_out_in_turn()] == [
        [],
        ["doubled"],
        ["halved"],
        ["doubled", "halved"],
    ]


def test_the_municipality_in_question_is_flagged_and_never_left_out() -> None:
    panel = drawn([100, 10, 12, 13, 13, 13], one=[5, 5, 5, 5, 5, 5], two=[6, 6, 6, 6, 6, 6])
    found = jumps_before(panel, change_year=2023)
    assert found.own is not None
    assert (found.own.year, found.own.change, found.others) == (2020, -0.9, ())
    assert found.left_out_in_turn() == ((),)


def test_too_few_others_are_refused() -> None:
    panel = drawn([100, 104, 108, 112, 116, 120], steady=[9, 9, 9, 9, 9, 9], halved=[9, 4, 4, 4, 4, 4])
    with pytest.raises(ValueError, match="without halved fewer than 2 municipalities are left"):
        without(panel, jumps_before(panel, change_year=2023).others)


def test_what_is_left_without_the_jump_is_worked_out_by_hand() -> None:
    found = difference_in_differences(STEADY, scope="excl_6_2", significance_level=0.1)
    rows = found.by_jumps.set_index("left_out")["estimate"]
    # Own: 132 - 106 = 26. Others: low and high 12 each; halved 140 - 220 = -80; their mean -56 / 3 = -18.67.
    assert rows[()] == pytest.approx(26 + 56 / 3)
    assert rows[()] == found.estimate
    # Without it 26 - 12.
    assert rows[("halved",)] == pytest.approx(26 - 12)
    mixed = counterfactual(STEADY, scope="excl_6_2", fake_year=2021, significance_level=0.1)
    # Half of low and half of high fits exactly: 118 against 130 in 2023, 120 against 134 in 2024.
    assert mixed.without_jumps is not None
    assert mixed.without_jumps.effects["effect"].tolist() == pytest.approx([14, 14])
    assert mixed.by_jumps["effect"].tolist() == pytest.approx([14, 14])
    assert mixed.mean_error_before == pytest.approx(0, abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(["low", "high", "halved"]))
def test_the_order_of_the_others_is_irrelevant(order: list[str]) -> None:
    panel = Panel(STEADY.outcome[["GM0014", *order]], "GM0014", STEADY.names, STEADY.population, {})
    shuffled = difference_in_differences(panel, scope="excl_6_2", significance_level=0.1).by_jumps
    as_is = difference_in_differences(STEADY, scope="excl_6_2", significance_level=0.1).by_jumps
    pd.testing.assert_frame_equal(shuffled, as_is)


def test_no_jump_leaves_nothing_to_say() -> None:
    panel = without(drawn([1, 1, 1, 1, 1, 1], a=[1, 1, 1, 1, 1, 1], b=[2, 2, 2, 2, 2, 2], c=[3, 3, 3, 3, 3, 3]), ())
    found = difference_in_differences(panel, scope="excl_6_2", significance_level=0.1)
    assert len(found.by_jumps) == 1
    assert not [measure for measure in found.measures() if "without_jumps" in measure.id]


# --- the real accounts --------------------------------------------------------------------------------------------


def of_groningen(scope: Scope) -> tuple[Counterfactual, DifferenceInDifferences, Panel]:
    panel = expenditure_panel(iv3_municipalities(), scope=scope, start_year=2017, final_year=2024)
    mix = counterfactual(panel, scope=scope, fake_year=2021, significance_level=0.1)
    return mix, difference_in_differences(panel, scope=scope, significance_level=0.1), panel


def kept(panel: Panel, left_out: tuple[str, ...]) -> pd.DataFrame:
    return panel.outcome[[code for code in panel.outcome if panel.names[str(code)] not in left_out]]


@pytest.mark.parametrize("scope", ["excl_6_2", "incl_6_2"])
def test_three_jumped_and_no_other_came_near(scope: Scope) -> None:
    mix, change, _panel = of_groningen(scope)
    for jumps in (mix.jumps, change.jumps):
        assert tuple(jump.municipality for jump in jumps.others) == JUMPED
        assert [jump.year for jump in jumps.others] == [2019, 2020, 2022]
        # The bound lies in a gap: 41% passes, 56% does not.
        assert jumps.largest_passed < 0.42
        assert min(abs(jump.change) for jump in jumps.others) > 0.55


@pytest.mark.parametrize("scope", ["excl_6_2", "incl_6_2"])
def test_each_change_is_that_of_a_regression_with_two_way_fixed_effects(scope: Scope) -> None:
    _mix, change, panel = of_groningen(scope)
    for row in change.by_jumps.to_dict("records"):
        long = kept(panel, row["left_out"]).melt(ignore_index=False, var_name="code", value_name="eur").reset_index()
        long["after"] = ((long["code"] == "GM0014") & (long["year"] >= 2023)).astype(float)
        fitted = smf.ols("eur ~ C(code) + C(year) + after", long).fit()
        assert row["estimate"] == pytest.approx(fitted.params["after"], abs=1e-6)


@pytest.mark.parametrize("scope", ["excl_6_2", "incl_6_2"])
def test_each_mix_fits_at_least_as_well_as_that_of_another_solver(scope: Scope) -> None:
    mix, _change, panel = of_groningen(scope)
    assert mix.without_jumps is not None
    outcome = kept(panel, JUMPED)
    before, donors = outcome.loc[:2022], [code for code in outcome if code != "GM0014"]

    def loss(weights: np.ndarray) -> float:
        return float(np.mean((before["GM0014"] - before[donors] @ weights) ** 2))

    other = minimize(
        loss,
        np.full(len(donors), 1 / len(donors)),
        bounds=[(0, 1)] * len(donors),
        constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1},
        method="SLSQP",
        options={"ftol": 1e-10, "maxiter": 2000},
    )
    assert mix.without_jumps.rmspe_before <= np.sqrt(other.fun) + 1e-3
    assert mix.by_jumps["effect"].iloc[0] == pytest.approx(mix.effects["effect"].iloc[-1])
    assert mix.by_jumps["effect"].iloc[-1] == pytest.approx(mix.without_jumps.effects["effect"].iloc[-1])
    errors = mix.path.query("year < 2023")["gap"].abs()
    assert mix.mean_error_before == pytest.approx(errors.mean())
    assert mix.mean_error_before <= mix.rmspe_before


def test_the_sign_of_the_change_hangs_on_three_municipalities() -> None:
    _mix, change, _panel = of_groningen("excl_6_2")
    assert change.by_jumps["estimate"].round().tolist() == [14, 18, -4, -9, -25]
    (measure,) = [one for one in change.measures() if "without_jumps" in one.id]
    assert (round(measure.estimate), round(measure.ci_low), round(measure.ci_high)) == (-25, -119, 48)
    assert measure.n == 27
