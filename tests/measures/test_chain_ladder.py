"""The chain ladder against a published triangle, and against simulated delays."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.measures.chain_ladder import Floats, chain_ladder

# Cumulative losses of the Reinsurance Association of America, as analysed by Mack (1993, 1994).
RAA = """
    5012  8269 10907 11805 13539 16181 18009 18608 18662 18834
     106  4285  5396 10666 13782 15599 15496 16169 16704
    3410  8992 13873 16141 18735 22214 22863 23466
    5655 11555 15766 21266 23425 26083 27067
    1092  9565 15836 22169 25955 26180
    1513  6445 11702 12935 15852
     557  4020 10946 12314
    1351  6947 13112
    3133  5395
    2063
    """
MACK = [0, 206, 623, 747, 1469, 2002, 2209, 5358, 6333, 24566]


def triangle(drawing: str) -> Floats:
    rows = [[float(cell) for cell in line.split()] for line in drawing.strip().splitlines()]
    return np.array([row + [np.nan] * (len(rows) - len(row)) for row in rows])


def test_the_published_reserve_and_standard_errors_come_out() -> None:
    fit = chain_ladder(triangle(RAA))
    assert (fit.ultimate - fit.reported).sum() == pytest.approx(52_135, abs=0.5)
    assert fit.standard_error(slice(None)) == pytest.approx(26_909, abs=0.5)
    each = [fit.standard_error(slice(year, year + 1)) for year in range(10)]
    assert each == pytest.approx(MACK, abs=0.7)


def test_what_lies_after_the_latest_diagonal_is_not_looked_at() -> None:
    filled = np.nan_to_num(triangle(RAA), nan=9e9)
    assert chain_ladder(filled).ultimate == pytest.approx(chain_ladder(triangle(RAA)).ultimate)


def test_a_small_triangle_by_hand() -> None:
    fit = chain_ladder(
        triangle("""
        10 15 15
        20 28
        30
        """)
    )
    # f0 = (15 + 28) / (10 + 20), f1 = 15 / 15.
    assert fit.factors == pytest.approx([43 / 30, 1])
    assert fit.ultimate == pytest.approx([15, 28, 43])
    # s2_0 = 10 (1.5 - f0)^2 + 20 (1.4 - f0)^2 over one degree of freedom = 10 / 225 + 20 / 900; s2_1 is taken from it.
    assert fit.sigma_squared == pytest.approx([0.0666667, 0.0666667])


def test_recent_diagonals_follow_a_change_in_the_delay() -> None:
    # Until the third period half was registered a month late; since then all at once.
    drawing = """
        50 100 100 100 100
        50 100 100 100
        50 100 100
        100 100
        100
        """
    assert chain_ladder(triangle(drawing), diagonals=1).ultimate[-1] == pytest.approx(100)
    # Over all diagonals the factor is (100 + 100 + 100 + 100) / (50 + 50 + 50 + 100).
    assert chain_ladder(triangle(drawing)).ultimate[-1] == pytest.approx(100 * 400 / 250)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_a_triangle_of_zeros_stays_zero(size: int) -> None:
    fit = chain_ladder(np.zeros((size, size)))
    assert fit.ultimate.tolist() == [0] * size
    assert fit.standard_error(slice(None)) == 0


def test_a_delay_that_is_always_the_same_is_extrapolated_without_error() -> None:
    full = np.outer([40, 80, 20, 60], [0.5, 0.75, 1, 1])
    fit = chain_ladder(full)
    assert fit.ultimate == pytest.approx([40, 80, 20, 60])
    assert fit.standard_error(slice(None)) == pytest.approx(0)
