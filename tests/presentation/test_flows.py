"""Flows, registration delay and capacity as the reader sees them, also when next to nothing is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from evaluation.evidence import SUPPRESSED, Bounded, Evidence, PublishedFigure
from evaluation.measures.delay import delay_break, nowcast
from evaluation.measures.forecast import StockForecast, forecast_stock
from evaluation.measures.forecast_basis import ForecastSettings, forecast_basis
from evaluation.measures.forecast_scores import ForecastScores, score_forecasts, summary_of
from evaluation.measures.plan_use import PlanUse
from evaluation.measures.rate_ratio import RateRatio
from evaluation.measures.rates import InflowRate, YouthPopulation, monthly_inflow
from evaluation.measures.reach import PhaseFigure, reach
from evaluation.measures.volumes import monthly_flow
from evaluation.measures.what_ifs import tail_sensitivity, what_ifs
from evaluation.measures.workload import Workload, WorkloadOnDate, workload
from evaluation.presentation import capacity, flows, forecast, registration
from evaluation.presentation.language import Language
from evaluation.presentation.plan_use import describe_complex_only
from evaluation.presentation.volumes import describe_monthly_flow
from tests.measures.drawn import known_on
from tests.measures.simulated import bulk
from tests.measures.test_forecast import constant_hazard

NL, EN = Language("nl"), Language("en")
SINCE, DAY = date(2023, 1, 1), date(2024, 1, 1)
ORIGIN = (SINCE, DAY, Evidence.SYNTHETIC, "synthetic", pd.DataFrame())
RATIO = RateRatio(0.63, 0.531, 0.74, None, None, None, 161, 84, 1112, 365, 2024, *ORIGIN)
WIDER = RateRatio(0.63, 0.531, 0.74, 0.35, 1.2, 11.0, 161, 84, 1112, 365, 2024, *ORIGIN)


def test_a_rate_is_said_with_its_range_and_its_denominator() -> None:
    population = YouthPopulation(78_749, "0-24", 2022, "youths")
    rate = InflowRate(161, 85, 2024, population, 8.785, 7.481, 10.252, *ORIGIN)
    text = flows.describe_inflow_rate(rate, NL).text
    assert "161 trajecten. Dat zijn er 8,8 per 1.000 jeugdigen in een heel jaar (7,5 tot 10,3:" in text
    assert "78.749 inwoners van 0-24 jaar" in text


def test_the_interval_that_applies_is_the_one_that_is_said_first() -> None:
    exact, wider = (flows.describe_rate_ratio(ratio, NL).text for ratio in (RATIO, WIDER))
    late = " Alleen starts die op 1 januari 2024 waren geregistreerd tellen mee; voor 2024 kunnen er dus nog bij komen."
    assert exact.endswith(f"Met 95% zekerheid ligt dat tussen 0,53 en 0,74.{late}")
    assert "Met 95% zekerheid ligt dat tussen 0,35 en 1,20." in wider
    assert wider.endswith(f"dat maanden binnen een jaar meer verschillen dan toeval verklaart.{late}")


def test_rounded_numbers_that_do_not_add_up_are_explained() -> None:
    flow = monthly_flow(known_on(str(DAY), "start_date\n2023-05-01\n2023-06-01"), SINCE)
    assert "afgerond" not in describe_monthly_flow(flow, NL).text
    rounded = replace(flow, frame=flow.frame.assign(stock_end=5))
    assert describe_monthly_flow(rounded, NL).text.endswith("afgerond, zodat sommen iets kunnen verschillen.")


def test_without_recent_starts_no_share_of_them_is_said() -> None:
    snapshot = known_on(str(DAY), "start_date\n2024-02-01")
    basis, work = forecast_basis(snapshot), workload([snapshot], {})
    numbers = np.random.default_rng(1)
    variants = what_ifs(basis, work, numbers, closed_product="P", certified_institution_factor=2, hours_per_month=9)
    assert "recent starts" not in capacity.table_what_ifs(variants, EN).note


@pytest.mark.parametrize(
    ("unknown", "ending"),
    [
        (0, "66 bij andere."),
        (5, "Van nog 5 is onbekend of de casus complex was."),
        (SUPPRESSED, "of de casus complex was."),
    ],
)
def test_analyses_of_cases_that_nobody_named_complex_or_not_are_told(unknown: object, ending: str) -> None:
    rows = [("explanatory_analysis", case, n) for case, n in (("complex", 176), ("simple", 66), ("unknown", unknown))]
    frame = pd.DataFrame(rows, columns=["kind", "case", "made"]).astype({"made": object})
    told = describe_complex_only(PlanUse(frame, True, SINCE, DAY, Evidence.SYNTHETIC, "synthetic"), NL).text
    assert told.startswith("Gemaakte verklarende analyses: 176 bij casussen die complex zijn genoemd, 66 bij andere.")
    assert told.endswith(ending)


def test_a_phase_shows_the_quote_beside_every_way_of_counting() -> None:
    phases = [PhaseFigure(1, 2023, PublishedFigure("800 kinderen/gezinnen", Bounded(800, 775, 825)))]
    snapshot = known_on("2023-06-30", "client_key family_key start_date\na f 2023-02-01\na f 2023-03-01")
    table = flows.table_reach(reach(snapshot, SINCE, phases), NL)
    assert table.cells() == [
        ["Fase 1 (2023)", "800 kinderen/gezinnen", "trajecten", "2", "2"],
        ["Fase 1 (2023)", "800 kinderen/gezinnen", "cliënten", "1", "1"],
        ["Fase 1 (2023)", "800 kinderen/gezinnen", "gezinnen", "1", "1"],
    ]
    assert "onvolledig" in table.note


def test_work_per_fte_is_said_with_what_rounding_leaves_open() -> None:
    fte = {DAY: PublishedFigure("4 fte", Bounded(4, 3.5, 4.5))}
    work = workload([known_on(str(DAY), "start_date\n2023-02-01\n2023-03-01")], fte)
    assert "4 fte getoond: 0,50 (0,44 tot 0,57) trajecten per fte. De uren per fte zijn onbekend." in (
        capacity.describe_workload(work, NL).text
    )
    (row,) = capacity.table_workload(work, EN).cells()
    assert row == ["1 January 2024", "4 fte", "2", "0.50 (0.44 to 0.57)", *["unknown"] * 4]
    without = workload([known_on("2024-01-02", "start_date\n2023-02-01")], fte)
    assert "geen aantal fte gepubliceerd" in capacity.describe_workload(without, NL).text


def test_the_sentence_the_table_and_the_fan_of_a_forecast_say_the_same() -> None:
    rows = constant_hazard(np.random.default_rng(1), 60, 10, 36)
    snapshot = bulk(rows).snapshot(DAY)
    found: StockForecast = forecast_stock(
        forecast_basis(snapshot, ForecastSettings(draws=300)), np.random.default_rng(1)
    )
    figure = forecast.plot_forecast(found, monthly_flow(snapshot, date(2023, 1, 1)), EN)
    last = figure.numbers.cells()[-1]
    assert last[0] == "1 January 2025"
    assert f"about {last[1]} in twelve. " in figure.alt
    assert f"from {last[4]} to {last[5]} in twelve." in figure.alt
    line = figure.axes.get_lines()[-1].get_ydata()
    assert list(line) == found.frame["median"].tolist()
    assert figure.axes.get_ylim()[0] == 0
    labels = [text.get_text() for text in figure.axes.get_legend().get_texts()]
    assert labels == ["So far", "95%", "80%", "Forecast, middle"]


def scored(months: int, held: int, n: int, loss: float) -> pd.DataFrame:
    """Past forecasts of which so many held, with a loss beside the 10 of no change."""
    return pd.DataFrame(
        {
            "months_ahead": months,
            "actual": 100,
            "inside_80": False,
            "inside_95": [number < held for number in range(n)],
            "pinball": loss,
            "pinball_unchanged": 10.0,
        }
    )


def test_the_record_of_past_forecasts_is_said_per_horizon_and_held_against_no_change() -> None:
    def said(*parts: pd.DataFrame, months: tuple[int, ...] = (6, 12)) -> str:
        frame = pd.concat(parts)
        return forecast.track_record(ForecastScores(frame, summary_of(frame), DAY, Evidence.SYNTHETIC), months, NL)

    half, year = scored(6, 4, 5, 9.0), scored(12, 0, 3, 12.0)
    assert said(half, year) == (
        "Bij eerdere voorspellingen viel de uitkomst na zes maanden 4 van de 5 keer en na twaalf maanden 0 van de 3 "
        "keer binnen de band van 95%. Over twaalf maanden deden zij het gemiddeld slechter dan wie zegt dat er niets "
        "verandert."
    )
    assert said(half, scored(12, 3, 3, 10.0)).endswith("na twaalf maanden 3 van de 3 keer binnen de band van 95%.")
    assert said(half).endswith("Hoe goed voorspellingen over twaalf maanden uitkwamen, is hier niet bekend.")
    assert said(half, months=(12,)) == "Hoe vaak de uitkomst binnen zulke banden viel, is hier niet bekend."


def test_the_long_run_has_no_band_and_the_fte_say_what_they_rest_on() -> None:
    rows = constant_hazard(np.random.default_rng(1), 60, 10, 36)
    days = pd.date_range("2023-01-01", "2024-01-01", freq="6MS").date
    snapshots = [bulk(rows).snapshot(day) for day in days]
    bases = [forecast_basis(snapshot, ForecastSettings(draws=300)) for snapshot in snapshots]
    found, scores = (
        forecast_stock(bases[-1], np.random.default_rng(1)),
        score_forecasts(bases, np.random.default_rng(1)),
    )
    text = forecast.describe_forecast(found, scores, EN).text
    assert found.stationary is not None
    mean, low, high = (EN.integer(value) for value in found.stationary)
    assert f"at about {mean}, or between {low} and {high} depending on how fast the longest ones end. That is " in text
    assert "of the days" not in text
    assert text.endswith(forecast.track_record(scores, (6, 12), EN))
    now = WorkloadOnDate(
        DAY, PublishedFigure("50 fte", Bounded(50, 49.5, 50.5)), 600, 5e3, 1e3, 10.0, Bounded(12, 11.9, 12.1),
        Bounded(100, 99, 101), 0.8, 500,
    )  # fmt: skip
    variants = what_ifs(
        bases[-1],
        Workload((now,), 3, DAY, Evidence.SYNTHETIC, "drawn"),
        np.random.default_rng(1),
        closed_product="P",
        certified_institution_factor=2,
        hours_per_month=9,
    )
    needed = capacity.describe_fte_needed(variants, scores, EN).text
    assert needed.endswith(f"and is no more certain. {forecast.track_record(scores, (12,), EN)}")


@pytest.mark.parametrize("language", [NL, EN])
@pytest.mark.parametrize("rows", ["start_date\n2024-02-01", "start_date\n2023-05-01"], ids=["nothing", "one row"])
def test_next_to_nothing_is_said_in_words_and_still_drawn(rows: str, language: Language) -> None:
    snapshot = known_on(str(DAY), rows)
    basis, work = forecast_basis(snapshot), workload([snapshot], {})
    numbers = np.random.default_rng(1)
    found, scores = forecast_stock(basis, numbers), score_forecasts([basis], numbers)
    variants = what_ifs(basis, work, numbers, closed_product="P", certified_institution_factor=2, hours_per_month=9)
    figures = [
        flows.plot_monthly_inflow(monthly_inflow(snapshot, SINCE), language),
        registration.plot_nowcast(nowcast(snapshot, SINCE), language),
        registration.plot_delay_break(delay_break(snapshot, SINCE, date(2023, 7, 1)), language),
        forecast.plot_forecast(found, monthly_flow(snapshot, SINCE), language),
        forecast.plot_scores(scores, language),
    ]
    for figure in figures:
        assert figure.png().startswith(b"\x89PNG")
        assert len(figure.alt) > 40
    unknown = language.translate("unknown")
    assert capacity.table_what_ifs(variants, language).cells()[0][2] == unknown
    assert forecast.table_tail(tail_sensitivity(basis, numbers), language).cells() == []
    assert forecast.table_scores(scores, language).cells() == []
    for sentence in (
        forecast.describe_forecast(found, scores, language),
        forecast.describe_scores(scores, language),
        capacity.describe_fte_needed(variants, scores, language),
        capacity.describe_workload(work, language),
    ):
        assert "nan" not in sentence.text.lower().split()
        assert "None" not in sentence.text


def test_a_break_in_the_delay_is_said_in_percentage_points() -> None:
    rows = pd.DataFrame(
        {
            "start_date": pd.to_datetime(["2023-02-01"] * 40 + ["2023-08-01"] * 40),
            "registered_on": pd.to_datetime(["2023-03-01"] * 40 + ["2023-08-03"] * 30 + ["2023-09-15"] * 10),
        }
    )
    found = delay_break(bulk(rows).snapshot(date(2023, 12, 31)), SINCE, date(2023, 7, 1))
    text = registration.describe_delay_break(found, NL).text
    # 0 of 40 before, 30 of 40 after.
    assert "was dat bij 75% van wie vanaf 1 juli 2023 begon binnen 14 dagen, en bij 0% van wie eerder begon" in text
    assert text.endswith("het is meer dan toeval.")
