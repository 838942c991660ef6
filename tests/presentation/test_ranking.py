"""Editions side by side: table, sentence, dots and map say the same, and no name covers another."""

import itertools
import json
from dataclasses import replace

import pandas as pd
import pytest
from matplotlib.text import Text

from evaluation.measures.ranking import Ranking, rank_editions
from evaluation.presentation.language import Language
from evaluation.presentation.map_labels import DOT, Box, place_labels
from evaluation.presentation.ranking import describe_ranking, plot_map, plot_ranking, table_ranking
from evaluation.sources.municipalities import municipality_locations

NL = Language("nl")


@pytest.fixture(scope="module")
def ranking() -> Ranking:
    # Every municipality with a value of its own: -0.16, -0.15 ... 0.15, in the order of the codes.
    shared = {"id": "benchmark.gap_excl_6_2", "unit": "share_difference", "period": "2022/2024"}
    shared |= {"evidence": "benchmark"}
    rows = [
        {
            **shared,
            "edition": name.lower(),
            "municipality": name,
            "settings": json.dumps({"municipality": name}),
            "estimate": (place - 16) / 100,
            "ci_low": (place - 18) / 100,
            "ci_high": (place - 14) / 100,
            "ci_level": 0.9,
            "suppressed": False,
        }
        for place, name in enumerate(municipality_locations()["municipality"])
    ]
    (found,) = rank_editions(pd.DataFrame(rows), "benchmark.gap_excl_6_2")
    return found


def test_table_sentence_and_dots_agree(ranking: Ranking) -> None:
    cells = table_ranking(ranking, NL).cells()
    assert cells[0] == ["1", "Groningen", "−16,0 (−18,0 tot −14,0)"]
    assert cells[-1] == ["32", "Westland", "+15,0 (+13,0 tot +17,0)"]
    told = describe_ranking(ranking, NL).text
    assert "procentpunt: van −16,0 (Groningen) tot +15,0 (Westland), met −0,5 in het midden van 32" in told
    assert "Groningen heeft plaats 1, met −16,0" in told
    figure = plot_ranking(ranking, NL)
    lines = [label.get_text() for label in figure.axes.get_yticklabels()]
    assert lines == [row[1] for row in cells]
    assert told in figure.alt
    assert figure.numbers.cells() == cells


def test_a_share_that_is_no_difference_is_a_percentage(ranking: Ranking) -> None:
    growth = replace(ranking, id="benchmark.municipality_growth_excl_6_2", unit="share")
    assert table_ranking(growth, NL).cells()[0][2] == "−16,0% (−18,0% tot −14,0%)"


@pytest.mark.parametrize("scale", [0.1, 0.3, 1, 7])
def test_the_steps_between_ticks_are_even_as_they_are_written(ranking: Ranking, scale: float) -> None:
    frame = ranking.frame.assign(estimate=ranking.frame["estimate"] * scale, ci_low=None, ci_high=None)
    axes = plot_ranking(replace(ranking, frame=frame), NL).axes
    axes.get_figure(root=True).draw_without_rendering()
    ticks = [label.get_text() for label in axes.get_xticklabels()]
    values = [float(tick.replace("−", "-").replace(",", ".")) for tick in ticks]
    steps = {round(after - before, 6) for before, after in itertools.pairwise(values)}
    assert len(steps) == 1


def test_the_map_draws_every_municipality_where_it_lies(ranking: Ranking) -> None:
    figure = plot_map(ranking, municipality_locations(), NL)
    (dots,) = [drawn for drawn in figure.axes.collections if len(drawn.get_offsets()) == 32]
    spots = {tuple(map(float, spot)): value for spot, value in zip(dots.get_offsets(), dots.get_array(), strict=True)}
    places = municipality_locations().set_index("municipality")
    values = ranking.frame.set_index("municipality")["estimate"]
    for name in ("Groningen", "Maastricht", "Utrecht"):
        assert spots[(places.loc[name, "longitude"], places.loc[name, "latitude"])] == pytest.approx(100 * values[name])
    # The colours part at zero: as dark for -0.16 as for +0.16.
    assert (dots.norm.vmin, dots.norm.vmax) == pytest.approx((-16, 16))
    written = [text for text in figure.axes.texts if text.get_text() in set(places.index)]
    assert len(written) == 32
    axes = figure.axes.get_figure(root=True)
    axes.draw_without_rendering()
    extents = [Text.get_window_extent(text) for text in written]  # without its line
    assert not [pair for pair in itertools.combinations(extents, 2) if pair[0].overlaps(pair[1])]


def test_a_name_finds_a_free_place_and_its_line_crosses_nothing() -> None:
    points = [(100.0, 100.0), (112.0, 100.0), (100.0, 112.0), (112.0, 112.0)]
    boxes = place_labels(points, [(40.0, 8.0)] * 4, (0, 0, 220, 220))
    dots = [Box(x, y, DOT, DOT) for x, y in points]
    for one, other in itertools.combinations([*boxes, *dots], 2):
        if one in dots and other in dots:
            continue
        assert not one.meets(other)
    for own, point in enumerate(points):
        line = point, (boxes[own].x, boxes[own].y)
        assert not [box for index, box in enumerate([*boxes, *dots]) if index % 4 != own and box.is_crossed(*line)]


def test_a_line_crosses_a_box_only_where_it_runs_through_it() -> None:
    box = Box(0, 0, 2, 1)
    assert box.is_crossed((-5, 0), (5, 0))
    assert box.is_crossed((0, -5), (0, 5))
    assert not box.is_crossed((-5, 2), (5, 2))
    assert not box.is_crossed((-5, 0), (-3, 0))
