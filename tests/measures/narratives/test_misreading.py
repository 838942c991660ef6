"""Misreading and its correction: published examples, recovery of a known truth, and what is not identified."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.measures.narratives.clusters import share_interval
from evaluation.measures.narratives.misreading import UNKNOWN, Misreading, hui_walter, misreading
from tests.measures.narratives.drawn import coded, from_flags

SHARES = np.array([0.6, 0.5, 0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.2, 0.15, 0.1, 0.05])


def test_the_example_of_hui_and_walter() -> None:
    # Mantoux and Tine tests in two populations (Hui and Walter 1980, table 1): both, first only, second only, neither.
    counts = np.array([[[14, 4, 9, 528], [887, 31, 37, 367]]], dtype=float)
    found = hui_walter(counts)
    assert found.prevalence[0] == pytest.approx([0.0268, 0.7168], abs=5e-5)
    assert found.sensitivity[0] == pytest.approx([0.9661, 0.9688], abs=5e-5)
    assert found.specificity[0] == pytest.approx([0.9933, 0.9841], abs=5e-5)
    # Six numbers fit six free counts: the model gives every count again.
    (se1, se2), (sp1, sp2) = found.sensitivity[0], found.specificity[0]
    for place, share in enumerate(found.prevalence[0]):
        both = share * se1 * se2 + (1 - share) * (1 - sp1) * (1 - sp2)
        first = share * se1 * (1 - se2) + (1 - share) * (1 - sp1) * sp2
        second = share * (1 - se1) * se2 + (1 - share) * sp1 * (1 - sp2)
        fitted = np.array([both, first, second, 1 - both - first - second]) * counts[0, place].sum()
        assert fitted == pytest.approx(counts[0, place], abs=1e-3)


def test_the_correction_of_a_published_example() -> None:
    # R package RSurveillance, tp(20, 120, se = 0.9, sp = 0.99): 0.17603, Wilson 0.1129887 to 0.2623065.
    misread = Misreading("reference", 0.9, 0.99, (0.0, 0.0, 0.0))
    low, high = share_interval(20 / 120, 120, 0.95)
    assert misread.corrected(20 / 120) == pytest.approx(0.17603, abs=5e-6)
    assert misread.corrected_interval(20 / 120, low, high, 0.95) == pytest.approx((0.1129887, 0.2623065), abs=5e-8)


def test_what_sensitivity_leaves_open_is_close_to_lang_and_reiczigel() -> None:
    # Their interval (2014, Preventive Veterinary Medicine 113(1)), for 50 of 200 found, Se 45/50 and Sp 95/100.
    z, (n, n_se, n_sp), (p, se, sp) = 1.959964, (200, 50, 100), (0.25, 0.9, 0.95)
    n1, p1 = n + z**2, (n * p + z**2 / 2) / (n + z**2)
    se1, sp1 = (n_se * se + 1) / (n_se + 2), (n_sp * sp + 1) / (n_sp + 2)
    j = se1 + sp1 - 1
    centre = (p1 + sp1 - 1) / j
    spread_se, spread_sp = se1 * (1 - se1) / (n_se + 2), sp1 * (1 - sp1) / (n_sp + 2)
    shift = 2 * z**2 * (centre * spread_se - (1 - centre) * spread_sp)
    half = z * (p1 * (1 - p1) / n1 + (1 - centre) ** 2 * spread_sp + centre**2 * spread_se) ** 0.5 / j
    misread = Misreading("reference", se, sp, (se * (1 - se) / n_se, sp * (1 - sp) / n_sp, 0.0))
    low, high = share_interval(p, n, 0.95)
    assert misread.corrected_interval(p, low, high, 0.95) == pytest.approx(
        (centre + shift - half, centre + shift + half), abs=0.012
    )


@given(
    st.floats(0.55, 1),
    st.floats(0.55, 1),
    st.floats(0, 1),
    st.integers(1, 300),
    st.tuples(st.floats(0, 0.01), st.floats(0, 0.01)),
)
def test_a_corrected_share_lies_in_its_interval(
    se: float, sp: float, share: float, n: int, spread: tuple[float, float]
) -> None:
    misread = Misreading("reference", se, sp, (*spread, 0.0))
    low, high = misread.corrected_interval(share, *share_interval(share, n, 0.95), 0.95)
    assert 0 <= low <= misread.corrected(share) + 1e-12
    assert misread.corrected(share) - 1e-12 <= high <= 1


@given(st.floats(0.55, 1), st.floats(0.55, 1), st.floats(0, 1))
def test_the_correction_undoes_the_misreading(se: float, sp: float, true: float) -> None:
    found = true * se + (1 - true) * (1 - sp)
    assert Misreading("reference", se, sp, (0, 0, 0)).corrected(found) == pytest.approx(true, abs=1e-9)


def readings(rng: np.random.Generator, n: int, se: float, sp: float) -> tuple[np.ndarray, np.ndarray]:
    """True themes, and the codes of two readers who err independently."""
    has = rng.random((n, 12)) < SHARES
    codes = [rng.random(has.shape) < np.where(has, se, 1 - sp) for _ in range(2)]
    return has, np.stack(codes)


def test_two_readers_give_back_how_well_they_read() -> None:
    _, codes = readings(np.random.default_rng(1), 20_000, 0.88, 0.95)
    found = misreading(from_flags(codes, np.arange(20_000)), seed=1, draws=2)
    assert found.method == "two_readers"
    assert found.sensitivity == pytest.approx(1 - 0.12**2, abs=0.005)
    assert found.specificity == pytest.approx(0.95**2, abs=0.005)


def test_agreed_codes_come_before_an_assumption() -> None:
    has, codes = readings(np.random.default_rng(2), 40, 0.88, 0.95)
    agreed = np.where(np.arange(40)[:, np.newaxis] < 20, has, np.nan)
    stories = from_flags(codes, np.arange(40), agreed=agreed)
    found = misreading(stories, seed=1)
    known = has[:20]
    assert found.method == "reference"
    assert found.sensitivity == pytest.approx((known & stories.found[:20]).sum() / known.sum())
    assert found.specificity == pytest.approx((~known & ~stories.found[:20]).sum() / (~known).sum())


@pytest.mark.parametrize("n", [0, 1, 9])
def test_few_stories_are_not_corrected(n: int) -> None:
    assert misreading(coded(*[("waiting", "none")] * n), seed=1) == UNKNOWN


def test_readings_that_tell_nothing_are_not_corrected_by() -> None:
    rng = np.random.default_rng(4)
    assert misreading(from_flags(rng.random((2, 200, 12)) < 0.5, np.arange(200)), seed=1).method in (
        "none",
        "two_readers",
    )
    # Every story read by one reader only: nothing to hold it against.
    codes = np.where(np.arange(2)[:, np.newaxis, np.newaxis] == 0, 1.0, np.nan) * np.ones((2, 50, 12))
    assert misreading(from_flags(codes, np.arange(50)), seed=1) == UNKNOWN
