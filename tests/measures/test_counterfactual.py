"""Synthetic control, its placebos, and difference-in-differences: a published case, planted effects, no effects."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from evaluation.evidence import Evidence
from evaluation.measures.benchmark import Scope
from evaluation.measures.counterfactual import Counterfactual, counterfactual
from evaluation.measures.differences import difference_in_differences
from evaluation.measures.panel import Panel, balanced, expenditure_panel
from evaluation.measures.permutation import critical_effect, smallest_detectable_effect
from evaluation.measures.synthetic_control import donor_weights, placebos, synthetic_control
from evaluation.measures.use import use_of_youth_care
from evaluation.sources.benchmark import iv3_municipalities, youth_care_use

REFERENCE = Path(__file__).parents[1] / "reference"


# --- Proposition 99 -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def smoking() -> pd.DataFrame:
    rows = pd.read_csv(REFERENCE / "california_prop99.csv", sep=";")
    return rows.pivot_table(index="Year", columns="State", values="PacksPerCapita")


def test_proposition_99_gives_the_published_gap_and_weights(smoking: pd.DataFrame) -> None:
    donors = [state for state in smoking.columns if state != "California"]
    fit = synthetic_control(smoking, "California", 1989, donors)
    # Arkhangelsky et al. (2021), table 1, synthetic control on outcomes alone: -19.6 packs a year over 1989-2000.
    assert fit.effect == pytest.approx(-19.6, abs=0.15)
    # Abadie et al. (2010): about 26 packs lower in 2000, with a mean squared error before of about 3.
    assert fit.gap.loc[2000] == pytest.approx(-26, abs=1)
    assert fit.rmspe_before**2 < 3
    # Published weights with further predictors: Utah .334, Nevada .234, Montana .199, Colorado .164, Connecticut .069.
    heaviest = fit.weights.sort_values(ascending=False)
    assert heaviest.index[:4].tolist() == ["Utah", "Montana", "Nevada", "Connecticut"]
    assert heaviest.iloc[:3].tolist() == pytest.approx([0.394, 0.232, 0.205], abs=0.005)


def test_proposition_99_is_the_most_unusual_of_all_states(smoking: pd.DataFrame) -> None:
    donors = [state for state in smoking.columns if state != "California"]
    own = synthetic_control(smoking, "California", 1989, donors)
    others = placebos(smoking, "California", 1989)
    # Abadie et al. (2010, figure 8): California has the largest ratio of 39, p = 1/39. On outcomes alone it stays
    # among the largest.
    assert len(others) == 38
    assert sum(fit.ratio >= own.ratio for fit in others.values()) <= 2


def test_proposition_99_by_difference_in_differences(smoking: pd.DataFrame) -> None:
    panel = Panel(smoking, "California", {state: state for state in smoking}, pd.Series(dtype=float), {})
    found = difference_in_differences(panel, scope="excl_6_2", significance_level=0.1, change_year=1989)
    # Arkhangelsky et al. (2021), table 1: -27.3.
    assert found.estimate == pytest.approx(-27.3, abs=0.1)


# --- the weights --------------------------------------------------------------------------------------------------


def drawn(rows: list[list[float]], start: int = 2017, treated: str = "GM0014") -> Panel:
    """A panel with the treated municipality first; one row per year."""
    years = range(start, start + len(rows))
    codes = [treated, *(f"GM{number:04d}" for number in range(100, 99 + len(rows[0])))]
    values = pd.DataFrame(rows, index=pd.Index(years, name="year"), columns=codes, dtype=float)
    return Panel(values, treated, {code: code for code in codes}, pd.Series(1000.0, index=years), {})


def test_a_municipality_half_way_between_two_gets_half_of_each() -> None:
    years = pd.DataFrame({"low": [0.0, 10, 0, 10], "high": [20.0, 10, 40, 30], "far": [900.0, 100, 500, 0]})
    treated = pd.Series([10.0, 10, 20, 20])
    assert donor_weights(treated, years).round(6).to_dict() == {"low": 0.5, "high": 0.5, "far": 0.0}


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_no_other_weights_fit_better(seed: int) -> None:
    random = np.random.default_rng(seed)
    donors, treated = random.uniform(0.5, 1.5, (6, 8)), random.uniform(0.5, 1.5, 6)
    weights = donor_weights(pd.Series(treated), pd.DataFrame(donors)).to_numpy()
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)

    def loss(w: np.ndarray) -> float:
        return float(np.sum((treated - donors @ w) ** 2))

    # Another solver, on a problem of size one, where it converges.
    other = minimize(
        loss,
        np.full(8, 1 / 8),
        bounds=[(0, 1)] * 8,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 1000},
    )
    assert loss(weights) <= other.fun + 1e-6


@settings(max_examples=10)
@given(factor=st.floats(1e-3, 1e3))
def test_the_currency_changes_no_rank(factor: float) -> None:
    panel = simulated(3, effect=0)
    scaled = Panel(panel.outcome * factor, panel.treated, panel.names, panel.population, {})
    as_is, found = (asked(each) for each in (panel, scaled))
    assert (found.rank, found.fake_rank, found.p_value) == (as_is.rank, as_is.fake_rank, as_is.p_value)
    assert found.effect == pytest.approx(as_is.effect * factor, rel=1e-6)


# --- what the placebos allow --------------------------------------------------------------------------------------


def test_ten_placebos_allow_one_larger_gap_at_twenty_percent() -> None:
    gaps = [float(size) for size in (-10, 9, -8, 7, -6, 5, -4, 3, -2, 1)]
    # p = (1 + larger) / 11: one larger gives 2/11 = 0.18, two 0.27. So the gap must exceed the second largest, 9.
    assert critical_effect(gaps, 0.2) == 9
    # At 9% only no larger one will do: 1/11 = 0.0909 is above it.
    assert critical_effect(gaps, 0.09) is None
    # Increase: 9 - gap, sorted: 0 2 4 6 8 11 13 15 17 19, the eighth is 15; decrease: 9 + gap: -1 1 3 5 7 10 12 14 ...
    assert smallest_detectable_effect(gaps, 9) == 15
    assert smallest_detectable_effect(gaps, None) is None


def simulated(seed: int, effect: float, donors: int = 19, years: int = 14, after: int = 2) -> Panel:
    """Municipalities that follow two common movements with noise of five euros; the treated one is an ordinary one."""
    random = np.random.default_rng(seed)
    movements = np.column_stack([np.linspace(300, 420, years), 20 * random.standard_normal(years)])
    loadings = np.column_stack([random.uniform(0.8, 1.2, donors + 1), random.uniform(0, 1, donors + 1)])
    values = movements @ loadings.T + 5 * random.standard_normal((years, donors + 1))
    values[years - after :, 0] += effect
    return drawn(values.tolist(), start=2025 - years)


def asked(panel: Panel, scope: Scope = "excl_6_2") -> Counterfactual:
    return counterfactual(panel, scope=scope, fake_year=2021, significance_level=0.1)


def ratio_p_value(panel: Panel) -> float:
    own = synthetic_control(panel.outcome, panel.treated, 2023, panel.donors)
    others = placebos(panel.outcome, panel.treated, 2023)
    return (1 + sum(fit.ratio >= own.ratio for fit in others.values())) / (1 + len(others))


def test_a_planted_effect_is_recovered() -> None:
    effects = [asked(simulated(seed, effect=60)) for seed in range(12)]
    assert np.mean([found.effect for found in effects]) == pytest.approx(60, abs=5)
    # Sixty euros against a noise of five is seen nearly every time.
    assert np.mean([found.p_value <= 0.1 for found in effects]) >= 0.9


@pytest.mark.slow
def test_no_effect_is_found_where_none_was_planted() -> None:
    p_values = np.array([ratio_p_value(simulated(seed, effect=0)) for seed in range(100, 220)])
    # The rank is uniform over 20 places: ten percent of 120 is 12, with a standard deviation of 3.3.
    assert 4 <= (p_values <= 0.1).sum() <= 21
    assert p_values.mean() == pytest.approx(0.525, abs=0.08)


def test_difference_in_differences_keeps_its_size_and_finds_what_was_planted() -> None:
    def p_value(seed: int, effect: float) -> float:
        panel = simulated(seed, effect)
        return difference_in_differences(panel, scope="excl_6_2", significance_level=0.1).p_value

    none = np.array([p_value(seed, 0) for seed in range(200)])
    assert 9 <= (none <= 0.1).sum() <= 32
    # The others' slopes differ by twenty percent, which is more noise than a synthetic control has.
    assert np.mean([p_value(seed, 100) <= 0.1 for seed in range(50)]) >= 0.9


@pytest.mark.slow
def test_the_detectable_effect_is_detected() -> None:
    base = asked(simulated(5, effect=0))
    assert base.smallest_detectable_effect is not None
    size = base.smallest_detectable_effect
    found = [asked(simulated(seed, effect=1.2 * size)).effect_p_value <= 0.1 for seed in range(300, 330)]
    assert np.mean(found) >= 0.7


def test_an_event_is_measured_from_the_year_before_and_without_groningen() -> None:
    # Others move by 0, +10, +10 and +20 on average; Groningen by 0, 0, +40 from the reference year 2022.
    panel = drawn([[100, 50, 150], [110, 60, 160], [150, 65, 175]], start=2021)
    found = difference_in_differences(panel, scope="excl_6_2", significance_level=0.1)
    events = found.events.set_index("year")["estimate"]
    # 2021: (100 - 110) - (100 - 110) = 0; 2023: (150 - 110) - (120 - 110) = 30.
    assert events.to_dict() == {2021: 0, 2022: 0, 2023: 30}
    # 150 - 105 less 120 - 105.
    assert found.estimate == pytest.approx(30)
    assert found.n == 2


# --- the panel ----------------------------------------------------------------------------------------------------


def test_a_municipality_without_a_year_is_left_out_and_named() -> None:
    panel = expenditure_panel(iv3_municipalities(), scope="excl_6_2", start_year=2017, final_year=2024)
    assert panel.left_out == {"Dordrecht": (2022,)}
    assert len(panel.donors) == 30
    assert panel.outcome.loc[2024, "GM0014"] == pytest.approx(102_470_000 / 243_768)


def test_groningen_must_have_every_year() -> None:
    rows = pd.DataFrame(
        [("GM0014", "Groningen", 2021, 1, 5.0), ("GM0100", "Other", 2021, 1, 5.0), ("GM0100", "Other", 2022, 1, 5.0)],
        columns=["municipality_code", "municipality", "year", "population", "value"],
    )
    with pytest.raises(ValueError, match="GM0014 lacks 2022"):
        balanced(rows, 2021, 2022)


def test_too_short_a_panel_is_refused() -> None:
    panel = drawn([[100, 50, 150], [110, 60, 160]], start=2021)
    with pytest.raises(ValueError, match="two years before 2023 and one from it on needed"):
        synthetic_control(panel.outcome, panel.treated, 2023, panel.donors)


# --- the real accounts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["excl_6_2", "incl_6_2"])
def test_groningen_is_not_unusual_in_either_scope(scope: Scope) -> None:
    panel = expenditure_panel(iv3_municipalities(), scope=scope, start_year=2017, final_year=2024)
    found = asked(panel, scope)
    assert not found.found
    assert found.n_ranked == 31
    # No gap of this size could have been told from noise.
    assert found.smallest_detectable_effect is not None
    assert found.smallest_detectable_effect > abs(found.effect)
    ids = {measure.id for measure in found.measures()}
    assert ids == {
        f"counterfactual.{name}"
        for name in (
            f"effect_{scope}_2023",
            f"effect_{scope}_2024",
            f"effect_without_jumps_{scope}_2023",
            f"effect_without_jumps_{scope}_2024",
            f"error_before_{scope}",
            f"placebo_rank_{scope}",
            f"smallest_detectable_effect_{scope}",
        )
    }
    assert found.evidence is Evidence.BENCHMARK
    assert found.weights["weight"].sum() == pytest.approx(1, abs=0.03)
    assert (found.path["actual"] - found.path["synthetic"]).tolist() == pytest.approx(found.path["gap"].tolist())


def test_use_of_youth_care_has_no_year_with_bjh() -> None:
    use = use_of_youth_care(youth_care_use())
    assert (use.years_before, use.years_after, use.allows_an_effect) == ((2021, 2022), (), False)
    row = use.frame.set_index(["indicator", "year"]).loc[("youths", 2021)]
    # 5,465 youths over 28,437 + 49,538 inhabitants under 25.
    assert row["groningen"] == pytest.approx(1000 * 5465 / (28437 + 49538))
    # A count that CBS does not publish is missing from both sides of a share.
    assert 0 < use.no_referrer_groningen < use.no_referrer_others < 1
