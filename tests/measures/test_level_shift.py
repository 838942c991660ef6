"""The shift of a level: regression by another route, recovery and coverage with autocorrelation, and power."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray

from evaluation.measures import level_shift as module
from evaluation.measures.level_shift import FEWEST_MONTHS, level_shift, shift_of, smallest_shift, straight_line
from tests.measures.open_house_drawn import line, months_of

Numbers = NDArray[np.float64]


def series(random: np.random.Generator, before: int, after: int, correlation: float, shift: float = 0.0) -> Numbers:
    """Counts around a falling line, with an autoregression of order one beside the Poisson scatter."""
    n = before + after
    wave = np.empty(n)
    wave[0] = random.normal()
    for at in range(1, n):
        wave[at] = correlation * wave[at - 1] + np.sqrt(1 - correlation**2) * random.normal()
    mean = 50 - 0.5 * np.arange(n) + shift * (np.arange(n) >= before)
    return random.poisson(np.clip(mean + 5 * (correlation > 0) * wave, 1, None)).astype(float)


def test_without_autocorrelation_it_is_ordinary_least_squares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AUTOCORRELATIONS", np.array([0.0]))
    values, at = series(np.random.default_rng(1), 24, 6, 0.0, -8), np.arange(30.0)
    found = shift_of(values, at, at >= 24)
    assert found is not None
    fitted = sm.OLS(values, np.column_stack([np.ones(30), at, at >= 24])).fit()
    ends = fitted.conf_int(0.05)[-1]
    assert found.mean == pytest.approx(fitted.params[-1], abs=1e-9)
    assert (found.quantile(0.025), found.quantile(0.975)) == pytest.approx(ends, abs=1e-9)
    line_of = sm.OLS(values[:24], sm.add_constant(at[:24])).fit().params
    assert straight_line(values, at, at >= 24) == pytest.approx(tuple(line_of), abs=1e-9)


def test_with_one_autocorrelation_it_is_generalised_least_squares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AUTOCORRELATIONS", np.array([0.4]))
    values, at = series(np.random.default_rng(2), 24, 6, 0.4), np.arange(30.0)
    found = shift_of(values, at, at >= 24)
    assert found is not None
    # Prais and Winsten: the first row scaled, the others quasi-differenced, then ordinary least squares.
    design = np.column_stack([np.ones(30), at, at >= 24])
    rows = [np.sqrt(1 - 0.4**2) * np.column_stack([values, design])[0]]
    rows += list(np.column_stack([values, design])[1:] - 0.4 * np.column_stack([values, design])[:-1])
    turned = np.array(rows)
    fitted = sm.OLS(turned[:, 0], turned[:, 1:]).fit()
    assert found.mean == pytest.approx(fitted.params[-1], abs=1e-8)
    assert found.quantile(0.975) == pytest.approx(fitted.conf_int(0.05)[-1][1], abs=1e-8)


@pytest.mark.parametrize(("correlation", "after"), [(0.0, 3), (0.0, 6), (0.5, 3), (0.5, 6)])
def test_a_known_shift_is_recovered_and_covered(correlation: float, after: int) -> None:
    random = np.random.default_rng([7, after])
    at = np.arange(30.0 + after)
    found = [shift_of(series(random, 30, after, correlation, -8), at, at >= 30) for _ in range(250)]
    shifts = [one.mean for one in found if one is not None]
    inside = [one.quantile(0.025) <= -8 <= one.quantile(0.975) for one in found if one is not None]
    assert len(inside) == 250
    assert np.mean(shifts) == pytest.approx(-8, abs=3 * np.std(shifts) / np.sqrt(250))
    # 95% with three standard errors of 250 draws is 91 to 99%; plugging in one estimate gave 75 to 90% here.
    assert 0.91 <= np.mean(inside) <= 0.995


@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_the_smallest_shift_is_seen_as_often_as_it_says(correlation: float) -> None:
    random = np.random.default_rng(11)
    before, at = np.arange(30.0), np.arange(36.0)
    sizes = [smallest_shift(series(random, 30, 0, correlation), before, 30.0, 6) for _ in range(60)]
    size = float(np.median([one for one in sizes if one is not None]))
    seen = []
    for _ in range(250):
        found = shift_of(series(random, 30, 6, correlation, size), at, at >= 30)
        assert found is not None
        seen.append(found.quantile(0.025) > 0)
    assert np.mean(seen) == pytest.approx(0.8, abs=0.1)


def test_more_months_after_show_smaller_shifts() -> None:
    values, at = series(np.random.default_rng(3), 30, 0, 0.0), np.arange(30.0)
    sizes = [smallest_shift(values, at, 36.0, months) for months in (3, 6, 12)]
    assert all(isinstance(size, float) for size in sizes)
    assert sizes == sorted(sizes, reverse=True)  # type: ignore[type-var]


def test_too_few_months_or_no_scatter_say_nothing() -> None:
    at = np.arange(30.0)
    few = series(np.random.default_rng(1), 30, 0, 0.0)[: FEWEST_MONTHS - 1]
    assert smallest_shift(few, at[: len(few)], 40.0, 6) is None
    assert shift_of(few, at[: len(few)], at[: len(few)] >= 9) is None
    for flat in (np.full(30, 4.0), 50 - 0.5 * at):
        assert smallest_shift(flat, at, 40.0, 6) is None
        assert straight_line(flat, at, at >= 24) is None


def _starts(counts: list[int]) -> list[tuple[object, ...]]:
    """One client who is always there, and so many who have help in one month only."""
    calendar = [str(month) for month in pd.period_range("2023-06", periods=len(counts) + 1, freq="M")]
    rows = [line("P01", "always", month) for month in calendar]
    for month, count in zip(calendar[1:], counts, strict=True):
        rows += [line("P01", f"{month}-{number}", month) for number in range(count)]
    return rows


def test_before_the_day_the_smallest_shift_is_said_and_after_it_the_shift() -> None:
    counts = [12, 9, 14, 8, 11, 13, 9, 12, 10, 8, 12, 11, 9, 13, 10, 2, 1, 3]
    months = months_of(_starts(counts))  # June 2023 to December 2024
    later = level_shift(months, date(2025, 7, 1), 6)
    assert (later.shift, later.n_before, later.n_after, later.observed) == (None, 18, 0, False)
    assert [measure.id for measure in later.measures()] == ["open_house.smallest_detectable_level_shift"]
    row = later.detectable.set_index("months_after").loc[6]
    assert row["share"] == pytest.approx(row["starts"] / np.mean(counts[-6:]))

    found = level_shift(months, date(2024, 10, 1), 6)
    assert (found.n_before, found.n_after) == (15, 3)
    (measure,) = found.measures()
    assert measure.id == "open_house.level_shift"
    assert isinstance(measure.ci_high, float)
    assert measure.ci_high < 0  # from about ten a month to two
    assert measure.estimate == pytest.approx(np.mean(counts[-3:]) - 10.7, abs=1.5)


def test_a_day_within_a_month_counts_from_the_next() -> None:
    found = level_shift(months_of(_starts([5, 7] * 9)), date(2024, 10, 15), 3)
    assert found.months.loc[found.months["after"], "month"].dt.month.tolist() == [11, 12]
