"""The slot of Improven: said to be empty until it has rows, and beside CBS from then on."""

import pytest
from matplotlib.text import Text

from evaluation.measures.benchmark import GrowthComparison, ImprovenGrowth, compare_growth, own_total
from evaluation.measures.costs import CostGrowth, cost_growth
from evaluation.pipeline.inputs import council_costs
from evaluation.presentation.benchmark import describe_benchmark, describe_improven, plot_benchmark, table_benchmark
from evaluation.presentation.language import Language
from evaluation.sources import benchmark

NL = Language("nl")


@pytest.fixture(scope="module")
def growth() -> CostGrowth:
    return cost_growth(council_costs(), benchmark.price_indices(), price_index="vng", base_year=2022, final_year=2024)


@pytest.fixture(scope="module")
def scopes(growth: CostGrowth) -> list[GrowthComparison]:
    accounts, national = benchmark.iv3_municipalities(), benchmark.iv3_national()
    years = {"base_year": 2022, "final_year": 2024, "price_change": growth.price_change, "price_index": "vng"}
    return [
        compare_growth(accounts, national, scope="excl_6_2", **years),
        compare_growth(accounts, national, scope="incl_6_2", **years),
    ]


def test_without_rows_the_report_says_that_the_comparison_runs_on_cbs(growth: CostGrowth, scopes):
    empty = ImprovenGrowth({})
    assert "niet beschikbaar" in describe_improven(empty, NL).text
    assert "CBS" in describe_improven(empty, NL).text
    table = table_benchmark(scopes, own_total(growth, benchmark.iv3_municipalities()), empty, NL)
    assert "Improven" not in table.html()


def test_with_rows_improven_stands_beside_cbs_in_its_own_scope(growth: CostGrowth, scopes):
    improven = ImprovenGrowth({"own": 0.25, "incl_6_2": 0.3})
    assert "25,0% (eigen afbakening) en 30,0% (met wijkteams)" in describe_improven(improven, NL).text
    cells = table_benchmark(scopes, own_total(growth, benchmark.iv3_municipalities()), improven, NL).cells()
    # Nominal growth is known; per inhabitant, real and in euros are not.
    unknown = ["onbekend"] * 3
    assert ["Improven", "eigen afbakening", "25,0%", unknown[0], unknown[1], unknown[2]] in cells
    assert ["Improven", "met wijkteams", "30,0%", *unknown] in cells


def test_the_sentence_names_both_yardsticks_in_both_scopes(growth: CostGrowth, scopes):
    text = describe_benchmark(scopes, growth, NL).text
    for figure in ("+16,0%", "+25,5%", "+27,6%", "+30,7%", "+32,9%", "+33,2%", "29,3%"):
        assert figure in text
    assert "minder dan landelijk en minder dan de mediaan" in text


def test_no_name_lies_on_the_dashed_line(growth: CostGrowth, scopes):
    figure = plot_benchmark(scopes, growth, NL)
    canvas = figure.axes.get_figure(root=True)
    canvas.draw_without_rendering()
    line = figure.axes.transData.transform((growth.nominal.value, 0))[0]
    names = [text for text in figure.axes.texts if text.get_text() in ("Groningen", "landelijk")]
    assert len(names) == 4
    extents = [Text.get_window_extent(text) for text in names]
    assert not [extent for extent in extents if extent.x0 < line < extent.x1]
