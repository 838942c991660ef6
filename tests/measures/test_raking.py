"""Raking against a published table and against a Poisson regression, and what it can and cannot mend."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from evaluation.measures.raking import FEWEST, effective_number, gathered, margins_of, raked

SEED = np.array([[40, 30, 20, 10], [35, 50, 100, 75], [30, 80, 70, 120], [20, 30, 40, 50]])
ROWS, COLUMNS = np.array([150, 300, 400, 150]), np.array([200, 300, 400, 100])


def fitted() -> np.ndarray:
    rows, columns = (axis.repeat(SEED.ravel()) for axis in np.indices(SEED.shape).reshape(2, -1))
    groups = {"row": pd.Series(rows), "column": pd.Series(columns)}
    weights, converged = raked(groups, {"row": pd.Series(ROWS / 1000), "column": pd.Series(COLUMNS / 1000)}, SEED.sum())
    assert converged
    table = np.zeros(SEED.shape)
    np.add.at(table, (rows, columns), weights * 1000 / SEED.sum())
    return table


def test_fitted_table_has_the_margins() -> None:
    table = fitted()
    assert table.sum(axis=1) == pytest.approx(ROWS, abs=1e-6)
    assert table.sum(axis=0) == pytest.approx(COLUMNS, abs=1e-6)


def test_two_by_two_by_hand() -> None:
    # Raking keeps the odds ratio, here 30 x 40 / (10 x 20) = 6. With halves as margins the cells are a, 1/2 - a,
    # 1/2 - a and a, so that a / (1/2 - a) is the root of 6: a = 0.5 x 2.4495 / 3.4495 = 0.3551.
    groups = {"row": pd.Series([0] * 40 + [1] * 60), "column": pd.Series([0] * 30 + [1] * 10 + [0] * 20 + [1] * 40)}
    half = pd.Series([0.5, 0.5])
    weights, converged = raked(groups, {"row": half, "column": half}, 100)
    assert converged
    assert weights[:30].sum() / 100 == pytest.approx(0.5 * 6**0.5 / (1 + 6**0.5), abs=1e-9)
    assert weights[:30].sum() / 100 == pytest.approx(0.3551, abs=5e-5)


def test_fitted_table_is_that_of_a_poisson_regression() -> None:
    # With the logarithm of the seed as offset, main effects alone reproduce the margins of any table that has them.
    cells = pd.DataFrame(np.indices(SEED.shape).reshape(2, -1).T, columns=["row", "column"])
    design = sm.add_constant(pd.get_dummies(cells.astype("category"), drop_first=True, dtype=float))
    independent = np.outer(ROWS, COLUMNS).ravel() / 1000
    model = sm.GLM(independent, design, sm.families.Poisson(), offset=np.log(SEED.ravel())).fit(tol=1e-12)
    assert fitted().ravel() == pytest.approx(model.fittedvalues.to_numpy(), abs=1e-6)


def test_effective_number_of_a_hand_worked_case() -> None:
    assert effective_number(np.ones(10)) == pytest.approx(10)
    assert effective_number(np.array([1.0, 1.0, 2.0])) == pytest.approx(16 / 6)  # (1 + 1 + 2)^2 / (1 + 1 + 4)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12), min_size=1))
def test_each_group_that_remains_has_enough_answers(counts: dict[str, int]) -> None:
    few = gathered(counts)
    together = sum(counts[group] for group in few)
    assert all(n >= FEWEST for group, n in counts.items() if group not in few)
    assert not few or together >= FEWEST or few == set(counts)


def test_margins_take_groups_with_few_answers_together() -> None:
    population = pd.DataFrame({"dimension": "sex", "group": ["M", "O", "V"], "clients": [50, 5, 45]})
    answers = {"sex": pd.Series(["M"] * 8 + ["V"] * 6 + ["O"])}
    found = margins_of(population, answers)
    assert found[["group", "clients", "answered"]].to_numpy().tolist() == [["M", 50, 8], ["gathered", 50, 7]]
    assert found["clients_share"].tolist() == [0.5, 0.5]


@pytest.mark.parametrize(("by_answer", "mended"), [(False, True), (True, False)])
def test_weights_mend_silence_by_group_and_not_by_answer(by_answer: bool, mended: bool) -> None:
    random = np.random.default_rng(3)
    n = 200_000
    young = random.random(n) < 0.5
    satisfied = random.random(n) < np.where(young, 0.8, 0.5)
    answers = random.random(n) < np.where(satisfied if by_answer else young, 0.10, 0.04)
    groups = {"age": pd.Series(np.where(young, "a", "b")[answers])}
    weights, _ = raked(groups, {"age": pd.Series({"a": young.mean(), "b": 1 - young.mean()})}, int(answers.sum()))
    weighted = np.average(satisfied[answers], weights=weights)
    assert bool(abs(weighted - satisfied.mean()) < 0.02) is mended
    assert abs(satisfied[answers].mean() - satisfied.mean()) > 0.03
