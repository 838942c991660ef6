from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from evaluation.evidence import Bounded
from evaluation.sources import SourceError
from evaluation.sources.package import DATA_FOLDER
from evaluation.sources.published import claims, figure, published_figures, published_value


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    return published_figures()


def value(figures: pd.DataFrame, figure_id: str) -> float:
    return figure(figures, figure_id).value


def test_the_first_presentation_adds_up(figures: pd.DataFrame) -> None:
    # 483 ended + 790 active = 1,273; 1,273 - 161 started in 2024 = 1,112 started in 2023.
    assert value(figures, "ended_20240325") + value(figures, "active_20240325") == 1273
    assert value(figures, "trajectories_20240325") == 1273
    assert value(figures, "started_2023_20240325") == 1273 - 161 == 1112
    # 1,273 trajectories of 1,153 clients: 120 are a second or later one.
    assert value(figures, "repeat_trajectories_20240325") == 1273 - 1153 == 120


def test_the_second_presentation_adds_up(figures: pd.DataFrame) -> None:
    assert value(figures, "ended_20250101") + value(figures, "active_20250101") == 900 + 750 == 1650
    assert value(figures, "trajectories_20250101") == 1650
    # 4 products in phase 1 and 7 in phase 2 are the 11 that were replaced; both presentations name the 7.
    assert value(figures, "products_check") == 4 + 7 == value(figures, "products_before") == 11
    assert value(figures, "products_added_2024") == value(figures, "products_added_2025") == 7


def test_growth_of_total_costs_under_rounding(figures: pd.DataFrame) -> None:
    growth = figure(figures, "total_cost_2024") / figure(figures, "total_cost_2022")
    # 97 / 75 = 1.2933; 96.5 / 75.5 = 1.2781; 97.5 / 74.5 = 1.3087.
    assert round(100 * (growth.value - 1), 1) == 29.3
    assert (round(100 * (growth.low - 1), 1), round(100 * (growth.high - 1), 1)) == (27.8, 30.9)
    assert growth.contains(1 + value(figures, "total_growth_2022_2024") / 100)


def test_the_pilot_adds_up(figures: pd.DataFrame) -> None:
    assert value(figures, "pilot_carried_in_2023") == 21 - 9 == 12
    # 12 / 21 = 57.1%, and no other number of mothers among 21 families rounds to 57%.
    share = figure(figures, "pilot_single_mother_share_2023")
    assert [n for n in range(22) if share.contains(100 * n / 21)] == [12]
    assert value(figures, "pilot_single_mothers_2023") == 12


def test_every_derived_figure_is_its_formula(figures: pd.DataFrame) -> None:
    values = dict(zip(figures["id"], figures["value"], strict=True))
    derived = figures[figures["status"] == "derived"]
    assert len(derived) == 7
    for row in derived.itertuples():
        assert eval(row.derivation, {"__builtins__": {"round": round}}, values) == row.value, row.id
    assert figures.loc[figures["status"] == "printed", "derivation"].isna().all()


@pytest.mark.parametrize(
    ("figure_id", "expected"),
    [
        ("mean_ended_months_20240325", Bounded(5.8, 5.75, 5.85)),  # nearest_0.1
        ("mean_ended_months_20250101", Bounded(7, 6.5, 7.5)),  # nearest_1
        ("trajectories_20250101", Bounded(1650, 1625, 1675)),  # nearest_50
        ("trajectories_check_20250101", Bounded(1650, 1600, 1700)),  # (875 to 925) + (725 to 775)
        ("hours_per_month_20250101", Bounded(9.5, 9, 10)),  # 9 à 10
        ("pilot_length_months_2023", Bounded(8, 7.5, 8)),  # bijna 8
        ("pilot_hours_per_family_2023", Bounded(4, 4, 4.5)),  # ruim 4
        ("survey_response", Bounded(5, 0, 5)),  # < 5%
        ("bjh_cost_2024", Bounded(9.7, 9.65, 9.75)),
        ("clients_20240325", Bounded(1153, 1153, 1153)),
    ],
)
def test_the_interval_of_each_kind_of_rounding(figures: pd.DataFrame, figure_id: str, expected: Bounded) -> None:
    assert figure(figures, figure_id) == expected


def test_the_width_of_every_interval_follows_from_its_rounding(figures: pd.DataFrame) -> None:
    width = {"exact": 0, "nearest_0.1": 0.1, "nearest_1": 1, "nearest_50": 50, "just_below": 0.5, "just_above": 0.5}
    ruled = figures[figures["rounding"].isin(width)]
    found = (ruled["value_high"] - ruled["value_low"]).round(6)
    assert ruled.loc[found != ruled["rounding"].map(width), "id"].tolist() == []


def test_the_numbers_of_both_presentations_are_all_there(figures: pd.DataFrame) -> None:
    printed = figures[figures["status"] == "printed"]
    first = sorted(printed.loc[printed["document"] == "council-2024-04-24", "value"])
    second = sorted(printed.loc[printed["document"] == "council-2025", "value"])
    # 2 three times: years of transition, main questions, years of pilot.
    assert first == [2, 2, 2, 4, 5, 5.8, 6.5, 7, 8, 9, 10, 10, 21, 57, 76, 161, 483, 1153, 1273]
    # 0 to 1,650, 0 to 112, 140 to 1, 11 to 1; 7 twice: products and months; 4.5 twice: transition and 2023.
    assert second == [
        0,
        0,
        1,
        1,
        4,
        4.5,
        4.5,
        5,
        7,
        7,
        9.5,
        9.7,
        11,
        29,
        75,
        85,
        97,
        112,
        140,
        750,
        800,
        900,
        1400,
        1650,
    ]


def test_every_number_of_a_figure_stands_in_its_quote(figures: pd.DataFrame) -> None:
    printed = figures[figures["status"] == "printed"]
    dutch = printed["value"].map(lambda v: f"{v:,g}".translate(str.maketrans(",.", ".,")))
    absent = [row.id for row, text in zip(printed.itertuples(), dutch, strict=True) if text not in row.quote]
    assert absent == ["hours_per_month_20250101"]  # printed as 9 à 10, held as 9.5


def test_published_value_is_found_by_measure_and_date(figures: pd.DataFrame) -> None:
    assert published_value(figures, "volumes.active", date(2024, 3, 25)) == Bounded(790, 790, 790)
    assert published_value(figures, "volumes.active", date(2025, 1, 1)) == Bounded(750, 725, 775)
    assert published_value(figures, "volumes.active", date(2025, 7, 1)) is None
    assert published_value(figures, "volumes.clients", date(2025, 1, 1)) is None


def test_a_figure_of_whole_years_matches_on_the_day_after_them(figures: pd.DataFrame) -> None:
    growth = "costs.total_growth_nominal"
    assert published_value(figures, growth, date(2025, 1, 1)) == Bounded(29, 28.5, 29.5)
    assert published_value(figures, growth, date(2024, 12, 31)) is None
    assert published_value(figures, growth, date(2024, 1, 1)) is None
    assert published_value(figures, "pilot.families", date(2024, 1, 1)) == Bounded(21, 21, 21)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",76,75.5,76.5,", ",67,75.5,76.5,", "fte_2024, column value, 67 lies outside 75.5 to 76.5"),
        # A second answer to volumes.ended on 25 March 2024.
        ("volumes.active,790,", "volumes.ended,790,", "active_20240325 repeats the measure and reference_date"),
    ],
)
def test_figures_that_contradict_each_other_are_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    (tmp_path / "published").mkdir()
    shutil.copy(DATA_FOLDER / "datapackage.json", tmp_path)
    text = (DATA_FOLDER / "published" / "council_figures.csv").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / "published" / "council_figures.csv").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        published_figures(tmp_path)


def test_an_unknown_figure_names_near_ones(figures: pd.DataFrame) -> None:
    with pytest.raises(SourceError, match="no figure 'ended_2024'; did you mean ended_20240325"):
        figure(figures, "ended_2024")


def test_there_are_141_claims_and_no_verdict() -> None:
    table = claims()
    assert table["document"].value_counts().to_dict() == {"council-2025": 71, "council-2024-04-24": 70}
    assert table["id"].tolist() == [f"A{n:02d}" for n in range(1, 71)] + [f"B{n:02d}" for n in range(1, 72)]
    assert not {"verdict", "grade", "provisional_verdict", "evidence_grade"} & set(table.columns)
    assert table["method"].dropna().str.fullmatch(r"B\d+").all()


def test_claim_and_figure_agree_on_document_and_number(figures: pd.DataFrame) -> None:
    joined = figures[figures["status"] == "printed"].merge(claims(), left_on="claim_id", right_on="id")
    assert (joined["document_x"] == joined["document_y"]).all()
    assert (joined["section_x"] == joined["section_y"]).all()
    simple = joined[pd.to_numeric(joined["value_y"], errors="coerce").notna() & (joined["value_x"] != 0)]
    assert len(simple) > 30
    assert (simple["value_x"] == simple["value_y"].astype(float)).all()
