"""The answer "in line" under one margin after another, and as a table."""

from __future__ import annotations

import pandas as pd
import pytest

from evaluation.measures.benchmark import GrowthComparison, ImprovenGrowth, compare_growth
from evaluation.measures.equivalence import Equivalence, at_margin, equivalence
from evaluation.measures.margins import MARGINS, verdicts_by_margin
from evaluation.presentation.assumptions import MARGIN, PRICE_INDEX
from evaluation.presentation.language import Language
from evaluation.presentation.margins import table_by_margin
from evaluation.sources.benchmark import iv3_municipalities, iv3_national

PRICES = 0.125


def comparisons() -> list[GrowthComparison]:
    accounts, national = iv3_municipalities(), iv3_national()
    years = {"base_year": 2022, "final_year": 2024, "price_change": PRICES, "price_index": "vng"}
    return [compare_growth(accounts, national, scope=scope, **years) for scope in ("excl_6_2", "incl_6_2")]


def answers(margin: float) -> list[Equivalence]:
    question = {"margin": margin, "price_index": "vng", "price_change": PRICES}
    return [equivalence(one, ImprovenGrowth({"own": 0.1}), **question) for one in comparisons()]


@pytest.mark.parametrize("margin", [0.02, 0.12])
def test_another_margin_gives_what_a_test_under_it_would_have_given(margin: float) -> None:
    for moved, direct in zip(at_margin(answers(0.05), margin=margin), answers(margin), strict=True):
        assert moved.margin == direct.margin == margin
        pd.testing.assert_frame_equal(moved.frame, direct.frame, check_dtype=False)


def test_a_margin_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"margin 0 must be positive"):
        at_margin([], margin=0)


def test_verdicts_turn_to_in_line_at_the_smallest_margin_and_stay_so() -> None:
    found = answers(0.05)
    swept = verdicts_by_margin(found)
    for one in found:
        rows = swept.frame[swept.frame["scope"] == one.scope]
        assert list(rows["margin"]) == sorted(MARGINS)
        in_line = rows["verdict"] == "in_line"
        assert list(in_line) == list(rows["margin"] > one.main["smallest_margin"])
        assert rows["p_value"].is_monotonic_decreasing


def test_the_margin_of_the_edition_is_among_the_rows_and_marked() -> None:
    table = table_by_margin(verdicts_by_margin(answers(0.06)), Language("en"))
    assert [row[0] for row in table.cells()] == ["1", "2.5", "5", "6 (this edition)", "7.5", "10", "15", "20"]
    assert len(table.columns) == 5


def test_a_slider_starts_at_the_value_of_the_parameter_also_when_it_is_another() -> None:
    language = Language("nl")
    values = [value for _text, value in MARGIN.options(0.0512, language)]
    assert values == sorted(values)
    assert 0.0512 in values
    assert ("5", 0.05) in MARGIN.options(0.05, language)
    assert len(PRICE_INDEX.options("vng", language)) == len(PRICE_INDEX.values)
