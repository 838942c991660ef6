"""Growth of Groningen against other municipalities, and the slot for Improven."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.evidence import Bounded, Evidence
from evaluation.measures.benchmark import (
    GrowthComparison,
    Scope,
    compare_growth,
    expenditure_per_year,
    improven_growth,
    own_total,
)
from evaluation.measures.costs import CouncilCosts, cost_growth
from evaluation.sources.benchmark import improven, iv3_municipalities, iv3_national, price_indices

from .drawn import numbers

Accounts = tuple[pd.DataFrame, pd.DataFrame]


def accounts(drawing: str) -> pd.DataFrame:
    """Accounts drawn with one column per task field, as rows per task field."""
    wide = numbers(drawing)
    fields = [column for column in wide if str(column).startswith("6.")]
    return wide.melt([c for c in wide if c not in fields], fields, var_name="task_field", value_name="expenditure_keur")


# Epe misses a field in 2024. Growth without 6.2: Groningen 10%, Borne 5%, Culemborg 30%, Delft 50%.
FIVE = accounts(
    """
    municipality_code  municipality  year  population  6.2  6.72  6.82
    GM0014             Groningen     2022  1000        50   60    40
    GM0014             Groningen     2024  1100        70   70    40
    GM0002             Borne         2022  1000        50   60    40
    GM0002             Borne         2024  1000        20   60    45
    GM0003             Culemborg     2022  1000        50   60    40
    GM0003             Culemborg     2024  1000        50   80    50
    GM0004             Delft         2022  1000        50   60    40
    GM0004             Delft         2024  1250        80   90    60
    GM0005             Epe           2022  1000        50   60    40
    GM0005             Epe           2024  1000        50   60    -
    """
)
COUNTRY = accounts(
    """
    scope               year  population  6.2  6.72  6.82
    as_reported         2017  10000       200  500   300
    as_reported         2022  10000       300  700   500
    as_reported         2024  10000       300  900   700
    complete_2022_2024  2022  9000        200  600   400
    complete_2022_2024  2024  9500        300  750   500
    """
)


def compare(scope: Scope = "excl_6_2", price_change: float = 0.0, base_year: int = 2022) -> GrowthComparison:
    return compare_growth(
        FIVE, COUNTRY, scope=scope, base_year=base_year, final_year=2024, price_change=price_change, price_index="vng"
    )


def test_growth_is_a_ratio_of_sums_of_task_fields_slowest_first() -> None:
    # Groningen: (70 + 40) / (60 + 40) = 1.10; Borne 105 / 100; Culemborg 130 / 100; Delft 150 / 100.
    found = compare().municipalities
    assert dict(zip(found["municipality"], found["growth"].round(9), strict=True)) == {
        "Borne": 0.05,
        "Groningen": 0.1,
        "Culemborg": 0.3,
        "Delft": 0.5,
    }
    assert found["municipality"].tolist() == ["Borne", "Groningen", "Culemborg", "Delft"]


def test_groningen_is_left_out_of_the_median_it_is_held_against() -> None:
    # Median of 5, 30 and 50% is 30%; with Groningen's 10% it would have been 20%.
    assert compare().median_others == pytest.approx(0.30)


def test_slower_is_said_of_the_country_and_of_the_median_apart() -> None:
    # Without 6.2: 10% against 25% and 30%.
    assert compare().slower == (True, True)
    # With 6.2: 20% against (300 + 750 + 500) / (200 + 600 + 400) = +29%, and exactly the median of 20%.
    assert compare("incl_6_2").slower == (True, False)


def test_the_rank_counts_from_the_slowest_growth() -> None:
    # Only Borne grew slower.
    assert compare().rank == 2


def test_the_neighbourhood_teams_change_the_answer() -> None:
    found = compare("incl_6_2")
    # Groningen 180 / 150 = +20%; Borne 125 / 150 = -16.7%; Culemborg 180 / 150 = +20%; Delft 230 / 150 = +53.3%.
    assert found.own == pytest.approx(0.2)
    assert found.median_others == pytest.approx(0.2)
    # A tie shares the better place.
    assert found.rank == 2


def test_a_municipality_without_complete_accounts_is_left_out_and_named() -> None:
    found = compare()
    # With the missing field as zero, Epe would have shrunk by 40% and pushed Groningen to the third place.
    assert found.left_out == ("Epe",)
    assert "Epe" not in found.municipalities["municipality"].tolist()
    assert {measure.id: measure.n_missing for measure in found.measures()}["benchmark.rank_excl_6_2"] == 1


def test_a_year_with_a_missing_task_field_has_a_missing_sum() -> None:
    yearly = expenditure_per_year(FIVE, ["municipality"], "excl_6_2").set_index(["municipality", "year"])["eur"]
    assert yearly.loc[("Epe", 2022)] == 100_000
    assert pd.isna(yearly.loc[("Epe", 2024)])


def test_the_country_is_the_same_municipalities_in_both_years() -> None:
    # Complete set without 6.2: 1,250 / 1,000 = +25%; as reported, which changes in composition, 1,600 / 1,200 = +33%.
    assert compare().national == pytest.approx(0.25)
    # The complete set has no 2017, so as reported it is: 1,600 / 800 = +100%.
    earlier = accounts(
        "municipality_code municipality year population 6.2 6.72 6.82\nGM0014 Groningen 2017 900 1 50 50"
    )
    years = {"base_year": 2017, "final_year": 2024}
    since_2017 = compare_growth(
        pd.concat([FIVE, earlier]), COUNTRY, scope="excl_6_2", **years, price_change=0, price_index="vng"
    )
    assert since_2017.national == pytest.approx(1.0)


def test_the_summary_puts_groningen_beside_the_rest_per_inhabitant_and_real() -> None:
    summary = compare(price_change=0.1).summary.set_index("who")
    # Rest of the country: (1,250 - 110) / (1,000 - 100) = 1.2667.
    assert summary["growth"].round(4).to_dict() == {
        "own": 0.1,
        "national": 0.25,
        "rest_of_country": 0.2667,
        "median_others": 0.3,
    }
    # Groningen: 1.10 in euros over 1.10 in inhabitants; country 1.25 / (9,500 / 9,000) = 1.1842; rest 1.2667 /
    # (8,400 / 8,000) = 1.2063; others 1.05, 1.30 and 1.50 / 1.25 = 1.20, so the median is 1.20.
    assert summary["growth_per_inhabitant"].round(4).to_dict() == {
        "own": 0.0,
        "national": 0.1842,
        "rest_of_country": 0.2063,
        "median_others": 0.2,
    }
    # 1.10 / 1.10 - 1 = 0 and 1.25 / 1.10 - 1 = 0.1364.
    assert summary.loc[["own", "national"], "real_growth"].tolist() == pytest.approx([0.0, 0.1364], abs=5e-5)
    # 110,000 euros over 1,100 inhabitants; 1,250,000 over 9,500.
    assert summary.loc[["own", "national"], "eur_per_inhabitant_final"].tolist() == pytest.approx(
        [100.0, 131.58], abs=5e-3
    )


def test_the_measures_say_scope_period_and_how_many_municipalities_they_rest_on() -> None:
    measures = {measure.id: measure for measure in compare().measures()}
    assert measures["benchmark.rank_excl_6_2"].estimate == 2
    # Four complete municipalities, three of them others.
    assert measures["benchmark.rank_excl_6_2"].n == 4
    assert measures["benchmark.large_municipality_median_excl_6_2"].n == 3
    assert {measure.period for measure in measures.values()} == {"2022/2024"}
    assert measures["benchmark.national_growth_excl_6_2"].sources == ("iv3_national",)
    assert {measure.evidence for measure in measures.values()} == {Evidence.BENCHMARK}


# --- the real accounts --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def iv3() -> Accounts:
    return iv3_municipalities(), iv3_national()


@pytest.mark.parametrize(
    ("scope", "groningen", "national", "rank"),
    [
        # Without 6.2: 102,470 / 88,373 thousand euros; with: (102,470 + 59,941) / (88,373 + 35,865).
        ("excl_6_2", 102_470 / 88_373 - 1, 0.255, 9),
        ("incl_6_2", 162_411 / 124_238 - 1, 0.329, 15),
    ],
)
def test_groningen_grew_slower_than_the_country_from_2022_to_2024(
    iv3: Accounts, scope: Scope, groningen: float, national: float, rank: int
) -> None:
    found = compare_growth(*iv3, scope=scope, base_year=2022, final_year=2024, price_change=0, price_index="vng")
    assert found.own == pytest.approx(groningen)
    assert round(found.own, 3) == {"excl_6_2": 0.160, "incl_6_2": 0.307}[scope]
    assert found.national == pytest.approx(national, abs=5e-4)
    assert (found.rank, len(found.municipalities)) == (rank, 31)


@pytest.mark.parametrize("scope", ["excl_6_2", "incl_6_2"])
def test_dordrecht_did_not_report_and_is_missing_not_zero(iv3: Accounts, scope: Scope) -> None:
    found = compare_growth(*iv3, scope=scope, base_year=2022, final_year=2024, price_change=0, price_index="vng")
    assert found.left_out == ("Dordrecht",)
    assert found.municipalities["growth"].min() > -0.5


@settings(max_examples=10)
@given(factor=st.floats(1e-3, 1e3))
def test_the_currency_of_the_accounts_changes_no_growth_and_no_rank(iv3: Accounts, factor: float) -> None:
    question = {"scope": "excl_6_2", "base_year": 2022, "final_year": 2024, "price_change": 0.1, "price_index": "vng"}
    as_is = compare_growth(*iv3, **question)
    scaled = compare_growth(
        *(frame.assign(expenditure_keur=frame["expenditure_keur"].astype(float) * factor) for frame in iv3), **question
    )
    assert scaled.rank == as_is.rank
    assert scaled.municipalities["municipality"].tolist() == as_is.municipalities["municipality"].tolist()
    growths = ["growth", "growth_per_inhabitant", "real_growth"]
    pd.testing.assert_frame_equal(scaled.summary[growths], as_is.summary[growths])
    assert scaled.summary["eur_per_inhabitant_final"].tolist() == pytest.approx(
        [factor * eur for eur in as_is.summary["eur_per_inhabitant_final"]]
    )


# --- the council's own total --------------------------------------------------------------------------------------


def test_the_own_total_is_divided_by_the_inhabitants_of_groningen() -> None:
    costs = CouncilCosts({year: Bounded(v, v, v) for year, v in ((2022, 75), (2023, 85), (2024, 97))}, {}, {})
    growth = cost_growth(costs, price_indices(), price_index="vng", base_year=2022, final_year=2024)
    population = numbers(
        """
        municipality_code  year  population
        GM0014             2022  200000
        GM0014             2023  210000
        GM0014             2024  220000
        GM0002             2022  999999
        GM0002             2024  111111
        """
    )
    found = own_total(growth, population)
    # 97 million / 220,000 = 440.91 euros; (97 / 75) / (220 / 200) = 1.2933 / 1.1 = 1.1758; real 1.2933 / 1.12507.
    assert found.eur_per_inhabitant_final == pytest.approx(440.91, abs=5e-3)
    assert found.growth_per_inhabitant == pytest.approx(0.1758, abs=5e-5)
    assert found.price_index == "vng"
    assert (found.growth, found.real_growth) == pytest.approx((0.2933, 0.1496), abs=5e-5)


# --- Improven -----------------------------------------------------------------------------------------------------


def typed_in(drawing: str) -> dict[str, float]:
    return dict(improven_growth(numbers(drawing), 2022, 2024).growth)


def test_improven_has_no_growth_until_someone_types_it_in() -> None:
    assert improven_growth(improven(), 2022, 2024).growth == {}


def test_improven_totals_of_both_years_come_first() -> None:
    assert typed_in(
        """
        year  scope     measure            value
        2022  excl_6_2  total_expenditure  5000
        2024  excl_6_2  total_expenditure  6000
        2024  excl_6_2  growth_two_years   33
        2024  incl_6_2  total_expenditure  7000
        """
    ) == {"excl_6_2": pytest.approx(6000 / 5000 - 1)}  # incl_6_2 lacks 2022, so it has no growth


def test_improven_growth_over_two_years_comes_next_and_only_for_two_years() -> None:
    drawing = """
        year  scope  measure           value
        2024  own    growth_two_years  24.5
        """
    assert typed_in(drawing) == {"own": pytest.approx(0.245)}
    assert improven_growth(numbers(drawing), 2021, 2024).growth == {}


def test_improven_growths_of_single_years_are_chained_when_all_are_there() -> None:
    # 1.10 x 1.20 = 1.32, not 10 + 20 = 30%. Growth of 2022 lies before the period; own lacks 2023.
    assert typed_in(
        """
        year  scope     measure          value
        2022  excl_6_2  growth_one_year  99
        2023  excl_6_2  growth_one_year  10
        2024  excl_6_2  growth_one_year  20
        2024  own       growth_one_year  20
        """
    ) == {"excl_6_2": pytest.approx(0.32)}
