"""What the chapters on costs say and draw, from results with known numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from evaluation.evidence import Evidence
from evaluation.measures.break_even import BreakEven, BreakEvenParameters, break_even
from evaluation.measures.concentration import HoursConcentration
from evaluation.measures.cost_drivers import cost_drivers
from evaluation.measures.cost_readings import TwoReadings, cost_parts, two_readings
from evaluation.measures.growth_decomposition import GrowthDecomposition, decompose_growth
from evaluation.measures.person_time import person_time
from evaluation.measures.unit_costs import unit_costs
from evaluation.pipeline.inputs import (
    break_even_parameters,
    cost_context,
    council_costs,
    published_flow,
    published_intensity,
)
from evaluation.presentation import break_even as payback
from evaluation.presentation import cost_growth as split
from evaluation.presentation import labels
from evaluation.presentation import unit_costs as shown
from evaluation.presentation.chapter_page import ChapterPage
from evaluation.presentation.language import Language
from evaluation.presentation.report import Report
from evaluation.sources.benchmark import price_indices

NL, EN = Language("nl"), Language("en")
YEARS = {"price_index": "vng", "base_year": 2022, "final_year": 2024}


@pytest.fixture(scope="module")
def decomposition() -> GrowthDecomposition:
    volume = person_time(published_flow()).by_year
    return decompose_growth(council_costs(), price_indices(), volume, **YEARS)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def readings() -> TwoReadings:
    return two_readings(council_costs(), price_indices(), **YEARS)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def even() -> BreakEven:
    return break_even(break_even_parameters(), horizon_years=15, draws=500, seed=1)


def test_the_waterfall_and_its_sentence_tell_the_same(decomposition: GrowthDecomposition) -> None:
    figure = split.plot_bridge(decomposition, NL)
    for said in ("2022: 75,0", "prijzen 2023: +5,0", "volume, mix 2024: +7,0", "2024: 97,0"):
        assert said in figure.alt
    heights = [bar.get_height() for bar in figure.axes.patches]
    assert heights == pytest.approx([75, 4.979, 5.021, 85, 5.046, 6.954, 97], abs=1e-3)
    text = split.describe_decomposition(decomposition, NL).text
    for said in ("22 miljoen", "10,0 miljoen", "12,0 miljoen (10,9 tot 13,0"):
        assert said in text


def test_both_readings_stand_side_by_side(readings: TwoReadings) -> None:
    row = split.table_readings(readings, EN).cells()[0]
    assert row == ["Growth of all costs, nominal", "29.3% (27.8% to 30.9%)", "42.3% (40.6% to 44.0%)"]


def test_an_amount_that_was_not_published_is_unknown_and_not_zero() -> None:
    cells = split.table_parts(cost_parts(council_costs(), 2024), EN).cells()
    assert ["BJH, of which ICT", "2024", "unknown"] in cells


def test_every_reason_says_that_no_amount_was_published(decomposition: GrowthDecomposition) -> None:
    drivers = cost_drivers(*cost_context(), decomposition)
    cells = split.table_drivers(drivers, EN).cells()
    assert [row[2] for row in cells] == ["no amount published"] * 7
    assert "10.0 to 10.1 million euros" in cells[0][3]
    assert "+3.4% (2023H1–2024H1)" in cells[3][3]
    assert "−0.50 percentage points" in cells[3][3]
    assert "7 reasons" in split.describe_drivers(drivers, EN).text
    assert "none of them with an amount" in split.describe_drivers(drivers, EN).text


def test_unit_costs_are_said_with_both_lengths() -> None:
    time = person_time(published_flow())
    costs = unit_costs(council_costs().bjh, time, published_intensity(), person_time_months=time.per_ended, until=2024)
    text = shown.describe_unit_costs(costs, EN).text
    rise = "+33% against the year before; by rounding it can be +28% to +39%"
    for said in ("€1,041 a month", "about €110", "€7,290", "€17,112", rise):
        assert said in text
    assert "2023: €782, between €765 and €799" in shown.plot_unit_costs(costs, EN).alt


def test_the_break_even_is_marked_wherever_it_is_shown(even: BreakEven) -> None:
    exhibits = (
        payback.table_parameters(even, NL),
        payback.table_full_cost(even, NL),
        payback.describe_break_even(even, NL),
    )
    assert all(exhibit.evidence is Evidence.SYNTHETIC for exhibit in exhibits)
    for figure in (payback.plot_payback(even, NL), payback.plot_tornado(even, NL)):
        assert figure.marked_alt.startswith("Berust op aannamen")
        assert "Berust op aannamen" in figure.numbers.csv()
    assert all("Aannamen</strong>" in exhibit.html() for exhibit in exhibits)
    sources = [row[-1] for row in exhibits[0].cells()]
    assert sources.count("aanname, geen bedrag gepubliceerd") == 6
    assert "87.780 uren" in exhibits[2].text


@pytest.mark.parametrize("invented", [False, True])
def test_a_report_names_an_invented_registry_only_when_there_is_one(even: BreakEven, invented: bool) -> None:
    payback_months = even.measures()[0]
    measures = (payback_months, replace(payback_months, id="volumes.active", sources=("synthetic/trajectories",)))
    said = replace(payback.describe_break_even(even, NL), assumed=False)
    chapter = ChapterPage("Kosten", "unit_costs.html", "?", (said,), "", "", "", Evidence.SYNTHETIC, protected=False)
    pages = Report("2025-01-01", date(2025, 1, 1), NL, (chapter,), measures[: 1 + invented]).pages()
    for name in ("index.html", "unit_costs.html"):
        assert ("verzonnen register" in pages[name]) == invented
        assert ("Synthetische gegevens" in pages[name]) == invented
        assert ("Berust op aannamen" in pages[name]) == (name == "index.html")
        assert ("Sommige uitkomsten berusten op aannamen" in pages[name]) != invented
    assert "Berekend uit aannamen" in pages["index.html"]
    assert ("Berekend uit het verzonnen register" in pages["index.html"]) == invented


def test_the_tornado_draws_from_the_central_position_to_both_ends(even: BreakEven) -> None:
    figure = payback.plot_tornado(even, EN)
    first, second = figure.axes.patches[:2]
    top = even.tornado.iloc[0]
    assert top["parameter"] == "advantage_per_hour"
    assert first.get_x() + first.get_width() == pytest.approx(top["at_low"])
    assert second.get_x() + second.get_width() == pytest.approx(top["at_high"])


def test_unknown_hours_are_said_and_drawn_as_nothing() -> None:
    frame = pd.DataFrame({"top_share": [], "clients": [], "hours_share": []})
    hours = HoursConcentration(frame, None, 5, 0, date(2025, 1, 1), Evidence.REGISTER, "registry")
    assert "unknown" in shown.describe_concentration(hours, EN).text
    assert not shown.plot_concentration(hours, EN).axes.patches


def test_every_parameter_part_and_unit_has_a_name(even: BreakEven, decomposition: GrowthDecomposition) -> None:
    assert set(BreakEvenParameters.__dataclass_fields__) | set(even.full_cost["component"]) == set(labels.BREAK_EVEN)
    assert {given.unit for given in even.parameters.by_name().values()} <= set(labels.UNITS)
    assert set(decomposition.parts["factor"]) <= set(labels.FACTORS)
