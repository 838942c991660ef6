"""What the chapter on Open House says and draws, from results with known numbers."""

from __future__ import annotations

from datetime import date

import pytest

from evaluation.measures.level_shift import level_shift
from evaluation.measures.open_house_coverage import coverage
from evaluation.measures.open_house_products import open_house_amounts, open_house_providers, product_trend
from evaluation.measures.open_house_stock import open_house_stock, reason_agreement
from evaluation.measures.open_house_transitions import transitions
from evaluation.pipeline.inputs import council_open_house
from evaluation.presentation import open_house, open_house_decision, open_house_flows
from evaluation.presentation.language import Language
from tests.measures.open_house_drawn import drawn, drawn_bjh, line, months_of

NL, EN = Language("nl"), Language("en")


def test_what_was_published_is_said_with_what_was_not() -> None:
    told = council_open_house()
    text = open_house.describe_published(told, NL).text
    for said in ("140 aanbieders er 1 werden", "11 producten", "4 redenen", "voor geen van de 4"):
        assert said in text
    cells = open_house.table_published(told, NL).cells()
    assert ["B12", "Van 140 aanbieders naar 1", "140, daarna 1"] in cells
    assert [row[2] for row in cells if row[0] in ("B53", "B54", "B55", "B56")] == ["geen"] * 4
    assert next(row[2] for row in cells if row[0] == "B57") == "1 juli 2025"


def test_the_stock_is_said_with_its_reasons_and_euros() -> None:
    lines = [line("P01", f"a{n}", "2024-12", "time", eur=1000.0) for n in range(6)]
    lines += [line("P02", f"a{n}", "2024-12", "combined", eur=500.0) for n in range(3)]
    lines += [line("P01", "z", "2024-12", eur=None)]
    months = months_of(lines)
    text = open_house.describe_stock(open_house_stock(months), open_house_amounts(months), EN).text
    # Clients a0 to a5 and z; trajectories 6 + 3 + 1; euros 6,000 + 1,500, in thousands.
    for said in (
        "December 2024 7 clients",
        "10 trajectories",
        "€8,000",
        "time needed to change (60%)",
        "(30%)",
        "10% no reason",
    ):
        assert said in text
    assert "60% (31% to 83%)" in open_house.plot_reasons(open_house_stock(months), EN).alt


def test_agreement_is_said_with_its_interval_and_its_number() -> None:
    pairs = [("time", "time")] * 20 + [("time", "child")] * 5 + [("child", "time")] * 10 + [("child", "child")] * 15
    lines = [line("P01", f"a{n}", "2024-12", one, second=two) for n, (one, two) in enumerate(pairs)]
    text = open_house.describe_agreement(reason_agreement(months_of(lines)), NL).text
    for said in ("70% van 50 dossiers", "kappa van 0,40 (0,1"):
        assert said in text


def test_bars_and_bands_are_as_high_as_the_clients_in_them() -> None:
    found = transitions(months_of(drawn(80, 5), drawn_bjh(80, 5)))
    axes = open_house_flows.plot_transitions(found, NL).axes
    drawn_bars = sum(bar.get_height() for container in axes.containers for bar in container.patches)
    points = found.states["month"].nunique()
    assert drawn_bars == pytest.approx(points * found.n)  # everybody is somewhere in every month
    bands = [patch for patch in axes.patches if hasattr(patch, "get_path") and len(patch.get_path().vertices) == 9]
    assert len(bands) == int((found.steps["clients"] > 0).sum())


def test_coverage_is_said_with_parallel_help() -> None:
    lines = [line("P01", f"a{n}", "2024-12") for n in range(4)]
    text = open_house_flows.describe_coverage(coverage(months_of(lines, [("a0", "P01", "2024-10-01", None)])), EN).text
    for said in ("20% of the trajectory-months with these 1 products", "25.0%", "both sides"):
        assert said in text


def test_the_table_for_the_decision_has_one_row_per_product_and_no_advice() -> None:
    months = months_of(drawn(120, 2))
    stock, trend = open_house_stock(months), product_trend(months)
    table = open_house_decision.table_decision(
        stock, open_house_amounts(months), open_house_providers(months), trend, NL
    )
    rows = table.cells()
    assert [row[0] for row in rows] == ["P01", "P02", "P03", "alle"]
    assert rows[-1][1] == NL.integer(stock.clients or 0)
    assert rows[0][5] == NL.integer(int(stock.products["unknown"].iloc[0]))
    text = open_house_decision.describe_decision(stock, trend, NL).text
    assert "Van de 3 producten" in text
    assert "geen advies" in text


def test_the_shift_is_said_before_and_after_the_day() -> None:
    months = months_of(drawn(300, 4))
    before = open_house_decision.describe_level(level_shift(months, date(2025, 7, 1), 6), NL).text
    assert "Met 6 maanden erna" in before
    assert "per maand" in before
    after = open_house_decision.describe_level(level_shift(months, date(2024, 9, 1), 6), NL).text
    assert after.startswith("Vanaf 1 september 2024")
    assert "met een interval van" in after
