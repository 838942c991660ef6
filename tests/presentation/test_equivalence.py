"""What the chapters on other municipalities say: the margin, the scope that decides, Improven, and no cause."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evaluation.measures.benchmark import GrowthComparison, ImprovenGrowth, compare_growth
from evaluation.measures.counterfactual import Counterfactual, counterfactual
from evaluation.measures.differences import difference_in_differences
from evaluation.measures.equivalence import Equivalence, equivalence
from evaluation.measures.panel import expenditure_panel
from evaluation.measures.prices import price_change
from evaluation.measures.reconciliation import reconcile
from evaluation.measures.use import use_of_youth_care
from evaluation.pipeline.inputs import council_costs
from evaluation.presentation import counterfactual as mix
from evaluation.presentation import differences
from evaluation.presentation.equivalence import (
    describe_equivalence,
    describe_margin,
    plot_equivalence,
    table_equivalence,
)
from evaluation.presentation.jumps import table_jumps
from evaluation.presentation.language import Language
from evaluation.presentation.reconciliation import describe_reconciliation, plot_reconciliation
from evaluation.sources import benchmark
from tests.measures.test_benchmark import compare

NL, EN = Language("nl"), Language("en")
PRICES = 0.125  # about the VNG index of 2023 and 2024


def answers(comparisons: list[GrowthComparison], margin: float, improven: dict[str, float] | None = None):
    question = {"margin": margin, "price_index": "vng", "price_change": PRICES}
    return [equivalence(one, ImprovenGrowth(improven or {}), **question) for one in comparisons]


@pytest.fixture(scope="module")
def comparisons() -> list[GrowthComparison]:
    accounts, national = benchmark.iv3_municipalities(), benchmark.iv3_national()
    years = {"base_year": 2022, "final_year": 2024, "price_change": PRICES, "price_index": "vng"}
    return [compare_growth(accounts, national, scope=scope, **years) for scope in ("excl_6_2", "incl_6_2")]


@pytest.fixture(scope="module")
def found() -> list[Counterfactual]:
    accounts = benchmark.iv3_municipalities()
    return [
        counterfactual(
            expenditure_panel(accounts, scope=scope, start_year=2017, final_year=2024),
            scope=scope,
            fake_year=2021,
            significance_level=0.1,
        )
        for scope in ("excl_6_2", "incl_6_2")
    ]


def test_the_margin_is_said_before_the_answer_and_called_an_assumption(comparisons: list[GrowthComparison]):
    text = describe_margin(answers(comparisons, 0.05), NL).text
    assert "minder dan 5 procentpunt" in text
    assert "aanname" in text


def test_where_the_answer_turns_with_the_scope_it_is_said(comparisons: list[GrowthComparison]):
    # A margin of ten points: with the teams the interval (-9.8 to +0.5) lies inside it, without them it does not.
    turned: list[Equivalence] = answers(comparisons, 0.10)
    assert [one.verdict for one in turned] == ["undecided", "in_line"]
    # Undecided against in line: nothing turns round, it only differs.
    text = describe_equivalence(turned, NL).text
    assert "verschilt dus per afbakening" in text
    assert "draait" not in text
    # Five points: neither is decided, but without the teams growth lay below the mean of the others.
    narrow = describe_equivalence(answers(comparisons, 0.05), EN).text
    assert "In neither scope is it shown that growth was in line" in narrow
    assert "Without neighbourhood teams growth was lower than the mean of the others: with 95% certainty by" in narrow
    assert "With neighbourhood teams it is not shown that growth differed from the mean of the others." in narrow
    # Twenty points: in line in both, and that too is said.
    assert "In beide afbakeningen is dat in lijn" in describe_equivalence(answers(comparisons, 0.2), NL).text


def test_a_difference_from_the_mean_is_called_ordinary_when_municipalities_differ_as_much(
    comparisons: list[GrowthComparison],
):
    found = answers(comparisons, 0.05)
    for language in (NL, EN):
        text = describe_equivalence(found, language).text
        assert "demonstrably" not in text
        assert "aantoonbaar" not in text
    assert (
        "Tussen gemeenten onderling is zo'n verschil gewoon: bij 10 van de 30 andere"
        in describe_equivalence(found, NL).text
    )
    # The same with a growth that no other has: Groningen as the largest of all would be unusual.
    far = replace(found[0], frame=found[0].frame.assign(gap=0.9, mean_low=0.8, mean_high=1.0, single_case_p=0.001))
    text = describe_equivalence([far], EN).text
    assert (
        "growth was higher than the mean of the others: with 95% certainty by 80.0 to 100.0 percentage points" in text
    )
    assert "That is unusual" in text


def test_a_zero_has_no_sign():
    accounts, national = benchmark.iv3_municipalities(), benchmark.iv3_national()
    prices = price_change(benchmark.price_indices(), "vng", 2022, 2023)
    years = {"base_year": 2022, "final_year": 2023, "price_change": prices, "price_index": "vng"}
    one = equivalence(
        compare_growth(accounts, national, scope="excl_6_2", **years),
        ImprovenGrowth({}),
        margin=0.05,
        price_index="vng",
        price_change=prices,
    )
    text = describe_equivalence([one], NL).text
    assert "tussen −7,0 en 0,0" in text
    # Such an interval of 90% once made growth "demonstrably slower"; two-sided at 5% nothing is shown.
    assert "niet aangetoond dat de groei van het gemiddelde van de andere verschilt" in text


def test_improven_stands_beside_cbs_in_table_and_figure_once_it_is_known(comparisons: list[GrowthComparison]):
    empty = answers(comparisons, 0.05)
    assert "Improven" not in [column.label for column in table_equivalence(empty, NL).columns]
    filled = answers(comparisons, 0.05, {"incl_6_2": 0.30})
    table = table_equivalence(filled, NL)
    (row,) = [row for row in table.cells() if "+30,0%" in row]
    # Groningen grew 30.7% with the teams: 0.7 points above Improven, in that scope and in nominal terms only.
    assert row[:2] == ["met wijkteams", "nominaal"]
    assert row[-1] == "+0,7"
    texts = [text.get_text() for text in plot_equivalence(filled, NL).axes.texts]
    assert texts.count("Improven") == 1
    assert "Improven" not in [text.get_text() for text in plot_equivalence(empty, NL).axes.texts]


def test_a_small_comparison_is_still_a_sentence():
    text = describe_equivalence(answers([compare(), compare("incl_6_2")], 0.05), EN).text
    assert "Groningen is number 1 of 4" in text


def test_the_bridge_says_what_has_no_explanation():
    bridge = reconcile(council_costs(), benchmark.iv3_municipalities(), base_year=2022, final_year=2024)
    text = describe_reconciliation(bridge, NL).text
    for part in (
        "13,0 tot 15,2 miljoen",
        "van 13,4 naar 5,5 miljoen",
        "24,1 miljoen",
        "40,3%",
        "niet één en hetzelfde",
    ):
        assert part in text
    figure = plot_reconciliation(bridge, NL)
    drawn = [text.get_text() for text in figure.axes.texts]
    assert {"75,0", "+13,4", "88,4", "−9,7", "162,4"} <= set(drawn)
    # No BJH in 2022: nothing is not a negative nothing.
    assert "0,0" in drawn
    assert "−0,0" not in drawn


def test_a_difference_never_goes_without_its_comparator(found: list[Counterfactual]):
    for one in found:
        text = mix.describe_counterfactual(one, EN).text
        assert "compared with the mix of other large municipalities that came closest" in text
        assert f"on average {EN.euro(one.mean_error_before)} per inhabitant off" in text
        assert "so they say nothing about BJH" in text
        for figure in (mix.plot_counterfactual(one, EN), mix.plot_placebos(one, EN)):
            assert text in figure.alt


@pytest.mark.parametrize("language", [NL, EN])
def test_no_sentence_claims_a_cause(found: list[Counterfactual], language: Language):
    sentences = [mix.describe_detectable(found, language), mix.describe_robustness(found, language)]
    sentences += [mix.describe_counterfactual(one, language) for one in found]
    for sentence in sentences:
        for word in ("because of", "due to", "caused", "dankzij", "veroorzaakt", "door BJH"):
            assert word not in sentence.text


def test_no_difference_shown_is_not_no_effect(found: list[Counterfactual]):
    text = mix.describe_detectable(found, NL).text
    assert "Geen verschil aangetoond" in text
    assert "€\N{NARROW NO-BREAK SPACE}176" in text


def test_an_exact_fit_has_no_ratio_that_can_be_printed(found: list[Counterfactual]):
    cells = mix.table_placebos(found[0], NL).cells()
    exact = [row for row in cells if row[1] == "€\N{NARROW NO-BREAK SPACE}0,0"]
    assert exact
    assert {row[3] for row in exact} == {"onbekend"}


def test_who_jumped_is_named_with_the_range_without_them(found: list[Counterfactual]):
    narrow, wide = (mix.describe_counterfactual(one, NL).text for one in found)
    for text in (narrow, wide):
        assert "In Amersfoort, Maastricht en 's-Hertogenbosch veranderden de uitgaven vóór 2023" in text
    space = "\N{NARROW NO-BREAK SPACE}"
    assert f"het verschil in 2024 tussen €{space}−65 en €{space}−38 per inwoner" in narrow
    assert f"het verschil in 2024 tussen €{space}11 en €{space}95 per inwoner" in wide
    accounts = benchmark.iv3_municipalities()
    changes = [
        difference_in_differences(
            expenditure_panel(accounts, scope=one.scope, start_year=2017, final_year=2024),
            scope=one.scope,
            significance_level=0.1,
        )
        for one in found
    ]
    text = differences.describe_difference_in_differences(changes, NL).text
    assert "hangt zonder wijkteams dus van deze gemeenten af" in text
    table = table_jumps(found, changes, NL)
    assert "Maastricht −72% (2020)" in table.note
    # Per scope: nobody left out, each of three, and all of them.
    assert [row[1] for row in table.cells()][:5] == [
        "niemand",
        "Amersfoort",
        "Maastricht",
        "'s-Hertogenbosch",
        "Amersfoort, Maastricht en 's-Hertogenbosch",
    ]
    assert len(table.cells()) == 10


def test_a_municipality_that_jumped_itself_says_so():
    panel = expenditure_panel(
        benchmark.iv3_municipalities(), scope="excl_6_2", start_year=2017, final_year=2024, treated="GM0935"
    )
    own = counterfactual(panel, scope="excl_6_2", fake_year=2021, significance_level=0.1)
    text = mix.describe_counterfactual(own, NL).text
    assert "In Maastricht zelf veranderden de uitgaven in 2020 met meer dan 50%." in text
    assert "In Amersfoort en 's-Hertogenbosch" in text


def test_with_one_jump_or_none_the_words_follow():
    accounts = benchmark.iv3_municipalities()
    panel = expenditure_panel(accounts, scope="incl_6_2", start_year=2017, final_year=2024)
    question = {"scope": "incl_6_2", "significance_level": 0.1}
    one = counterfactual(panel, fake_year=2021, largest_change=0.7, **question)
    assert "With that municipality left out the difference in 2024 is €95" in mix.describe_counterfactual(one, EN).text
    change = differences.describe_difference_in_differences(
        [difference_in_differences(panel, largest_change=0.7, **question)], EN
    )
    assert (
        "With that municipality left out the change is with neighbourhood teams at €53 per inhabitant." in change.text
    )
    none = counterfactual(panel, fake_year=2021, largest_change=1, **question)
    assert "left out" not in mix.describe_counterfactual(none, EN).text


def test_dordrecht_is_named_with_the_year_that_it_lacks(found: list[Counterfactual]):
    assert "Dordrecht (2022)" in mix.table_weights(found, NL).note


def test_the_break_in_registration_is_explained():
    text = differences.describe_use(use_of_youth_care(benchmark.youth_care_use()), NL).text
    assert "geen jaar met BJH" in text
    assert "geen verwijzer" in text


def test_the_event_study_is_told_in_words_too():
    panel = expenditure_panel(benchmark.iv3_municipalities(), scope="excl_6_2", start_year=2017, final_year=2024)
    result = [difference_in_differences(panel, scope="excl_6_2", significance_level=0.1)]
    assert "met 90% zekerheid tussen" in differences.describe_difference_in_differences(result, NL).text
    zero = "€\N{NARROW NO-BREAK SPACE}0"
    cells = differences.plot_events(result, NL).numbers.cells()
    assert ["zonder wijkteams", "2022", f"{zero} ({zero} tot {zero})"] in cells
