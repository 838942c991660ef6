"""Inflow, registration delay and capacity of a register: no small count leaves, and every sentence stays a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from evaluation.disclosure import DisclosureError
from evaluation.disclosure.gate import Gate
from evaluation.disclosure.rules import default_rules
from evaluation.evidence import Bounded, Evidence, Mark, PublishedFigure, is_suppressed
from evaluation.measures.delay import delay_break, nowcast
from evaluation.measures.forecast import forecast_stock
from evaluation.measures.forecast_basis import ForecastBasis, ForecastSettings, forecast_basis
from evaluation.measures.forecast_scores import score_forecasts
from evaluation.measures.rate_ratio import yearly_rate_ratio
from evaluation.measures.rates import YouthPopulation, inflow_rate, monthly_inflow
from evaluation.measures.reach import PhaseFigure, reach
from evaluation.measures.volumes import monthly_flow, volume_counts
from evaluation.measures.what_ifs import tail_sensitivity, what_ifs
from evaluation.measures.workload import workload
from evaluation.pipeline.releases import audited
from evaluation.presentation import capacity, flows, forecast, registration
from evaluation.presentation.figure import Figure
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Table
from evaluation.snapshot import Snapshot

SINCE, DAY, BREAK = date(2023, 1, 1), date(2025, 1, 1), date(2023, 7, 1)
POPULATION = YouthPopulation(78_749, "0-24", 2022, "youths")
FTE = PublishedFigure("6 fte", Bounded(6, 5.5, 6.5))
PHASES = [PhaseFigure(n, 2022 + n, PublishedFigure("800 kinderen", Bounded(800, 775, 825))) for n in (1, 2)]
SETTINGS = ForecastSettings(draws=200)
SIZES = {"empty": 0, "tiny": 3, "small": 60, "normal": 900}


class Register:
    """Random trajectories with hours, as known on any day."""

    def __init__(self, size: int, seed: int = 1) -> None:
        random = np.random.default_rng(seed)
        start = pd.Timestamp("2022-11-15") + pd.to_timedelta(random.integers(0, 778, size), "D")
        length = pd.to_timedelta(random.exponential(240, size).astype(int), "D")
        clients = random.integers(0, max(int(size * 0.8), 1), size)
        self.connection = duckdb.connect()
        rows = pd.DataFrame(
            {
                "trajectory_id": [f"t{i}" for i in range(size)],
                "client_key": [f"c{i}" for i in clients],
                "family_key": [f"f{i // 2}" for i in clients],
                "referrer_code": random.choice(["01", "02", "04"], size, p=[0.6, 0.3, 0.1]) if size else [],
                "product_code": random.choice(["P01", "P02"], size) if size else [],
                "start_date": start,
                "end_date": start + length,
                "registered_on": start + pd.to_timedelta(random.exponential(20, size).astype(int), "D"),
            }
        )
        self.connection.register("rows", rows)
        months = pd.date_range("2022-11-01", "2024-12-01", freq="MS")
        booked = rows[["trajectory_id"]].merge(pd.DataFrame({"month": months}), how="cross")
        self.connection.register("booked", booked.assign(direct_hours=7.13, indirect_hours=2.41))

    def snapshot(self, day: date = DAY) -> Snapshot:
        """Return what was registered by a day."""
        cursor = self.connection
        trajectories = cursor.sql(
            f"""select trajectory_id::varchar as trajectory_id, client_key::varchar as client_key,
                  family_key::varchar as family_key, referrer_code::varchar as referrer_code,
                  product_code::varchar as product_code, start_date::date as start_date,
                  if(end_date::date <= date '{day}', end_date::date, null) as end_date,
                  registered_on::date as registered_on
                from rows where greatest(start_date, registered_on)::date <= date '{day}'"""
        )
        hours = cursor.sql(
            """select trajectory_id::varchar as trajectory_id, month::date as month, direct_hours, indirect_hours
               from booked"""
        )
        return Snapshot(trajectories, hours, day, Evidence.REGISTER, "registry")


def results(register: Register) -> dict[str, Any]:
    """Everything that these chapters show."""
    snapshot, early = register.snapshot(), register.snapshot(date(2024, 3, 25))
    basis, work = forecast_basis(snapshot, SETTINGS), workload([early, snapshot], {early.reference_date: FTE, DAY: FTE})
    past = [forecast_basis(register.snapshot(day), SETTINGS) for day in (date(2024, 1, 1), date(2024, 7, 1), DAY)]
    numbers = np.random.default_rng(1)
    return {
        "counts": volume_counts(snapshot, SINCE),
        "reach": reach(snapshot, SINCE, PHASES),
        "flow": monthly_flow(snapshot, SINCE),
        "rate": inflow_rate(snapshot, SINCE, POPULATION),
        "ratio": yearly_rate_ratio(snapshot, SINCE),
        "monthly": monthly_inflow(snapshot, SINCE),
        "nowcast": nowcast(snapshot, SINCE),
        "delays": delay_break(snapshot, SINCE, BREAK),
        "work": work,
        "forecast": forecast_stock(basis, numbers),
        "variants": what_ifs(
            basis, work, numbers, closed_product="P01", certified_institution_factor=2, hours_per_month=9
        ),
        "tail": tail_sensitivity(basis, numbers),
        "scores": score_forecasts(past, numbers),
    }


@pytest.fixture(scope="module", params=list(SIZES))
def exact_results(request: pytest.FixtureRequest) -> dict[str, Any]:
    return results(Register(SIZES[request.param]))


def admitted(found: dict[str, Any], gate: Gate | None = None) -> dict[str, Any]:
    gate = gate or Gate()
    return {name: gate.admit(result) for name, result in found.items()}


def counts_in(shown: dict[str, Any]) -> list[object]:
    """Every value that counts trajectories, clients or families, or expects a number of them."""
    frames = {
        "reach": ["started", "served"],
        "flow": ["stock_start", "inflow", "outflow", "stock_end"],
        "monthly": ["inflow"],
        "nowcast": ["registered", "expected", "ci_low", "ci_high"],
        "delays": ["n", "prompt"],
        "forecast": ["low_95", "low_80", "median", "high_80", "high_95"],
        "variants": ["stock_6", "stock_12", "low_12", "high_12"],
        "tail": ["stock_12", "low_12", "high_12", "stationary"],
        "scores": ["stock", "low_95", "low_80", "median", "high_80", "high_95", "actual"],
    }
    fields = {
        "reach": ["trajectories", "clients", "families", "clients_missing", "families_missing"],
        "rate": ["started"],
        "ratio": ["count", "count_before"],
        "nowcast": ["registered", "expected", "ci_low", "ci_high", "n_missing"],
        "forecast": ["stock", "ends"],
        "variants": ["stock"],
        "tail": ["stock"],
    }
    values = [value for name, columns in frames.items() for value in shown[name].frame[columns].to_numpy().ravel()]
    values += [getattr(shown[name], field) for name, names in fields.items() for field in names]
    values += [on_date.active for on_date in shown["work"].dates]
    inflow = shown["variants"].inflow
    values += [inflow.total, inflow.closed, inflow.certified, inflow.both]
    return values + list(shown["forecast"].stationary or ())


def test_no_count_is_small_or_exact(exact_results: dict[str, Any]) -> None:
    for value in counts_in(admitted(exact_results)):
        assert isinstance(value, Mark) or pd.isna(value) or value == 0 or (value >= 10 and value % 5 == 0), value


def test_the_same_months_show_the_same_whatever_comes_first(exact_results: dict[str, Any]) -> None:
    for order in (("flow", "monthly"), ("monthly", "flow")):
        gate = Gate()
        shown = {name: gate.admit(exact_results[name]) for name in order}
        inflow = shown["flow"].frame.set_index("month")["inflow"]
        months = shown["monthly"].frame.set_index("month")["inflow"]
        assert len(months) == 24
        assert inflow.loc[months.index].tolist() == months.tolist()


def test_no_month_or_triangle_goes_out_with_a_copy(exact_results: dict[str, Any]) -> None:
    shown = admitted(exact_results)
    for name in ("reach", "rate", "ratio", "monthly"):
        assert shown[name].months.empty
        assert not exact_results[name].months.empty


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("size", [60, 150])
def test_nothing_hidden_can_be_computed_from_these_chapters_together(size: int, seed: int) -> None:
    gate = Gate()
    admitted(results(Register(size, seed)), gate)
    shown = audited("drawn", [gate.publication], (), default_rules()).shown
    assert any(is_suppressed(value) for value in shown.values())


def test_where_the_months_cannot_be_hidden_nothing_but_the_whole_is_shown() -> None:
    # 22 starts over 16 months of one or two: no dot of these can stand for 1 to 9.
    found = results(Register(25, 0))
    gate = Gate()
    gate.admit(found["counts"])
    reached, ratio, rate = (gate.admit(found[name]) for name in ("reach", "ratio", "rate"))
    assert reached.trajectories == 20
    assert reached.frame.loc[reached.frame["unit"] == "trajectories", "started"].map(is_suppressed).all()
    assert is_suppressed(ratio.ratio)
    assert is_suppressed(rate.rate)
    assert "niet vergeleken" in flows.describe_rate_ratio(ratio, NL).text


def test_what_follows_from_shown_counts_says_no_more_than_they_do() -> None:
    found = results(Register(900, 3))
    shown = admitted(found)
    rate, ratio = shown["rate"], shown["ratio"]
    # Of a year of 366 days: the rate of the rounded count, not the rounded rate of the count.
    assert rate.started % 5 == 0 != found["rate"].started % 5
    assert rate.rate == round(rate.started / (78.749 * 366 / 365.25), 1)
    assert ratio.ratio == round(ratio.count / ratio.count_before * 365 / 366, 2)
    assert ratio.exact_low < ratio.ratio < ratio.exact_high
    months = shown["monthly"].frame
    assert all(row["ci_low"] <= row["inflow"] <= row["ci_high"] for row in months.to_dict("records"))
    work = shown["work"].now
    assert work.active_per_fte.value == round(work.active / 6, 2)
    assert work.direct_hours_per_month % 10 == 0
    assert work.hours_per_fte_month.value == round(work.direct_hours_per_month / 6, 1)
    forecasts = shown["forecast"]
    assert round(forecasts.inflow_per_month * 6) % 5 == 0
    assert (forecasts.frame.iloc[0][["low_95", "median", "high_95"]] == forecasts.stock).all()
    for row in shown["scores"].frame.to_dict("records"):
        # The mean of the levels is a half, so an exact loss would tell by how much the stock changed.
        assert row["pinball_unchanged"] == pytest.approx(abs(row["actual"] - row["stock"]) / 2)


@pytest.mark.parametrize(("n", "withheld"), [(9, True), (10, False)])
def test_estimates_on_nine_are_withheld_and_on_ten_shown(n: int, withheld: bool) -> None:
    starts = pd.DataFrame(
        {
            "trajectory_id": [f"t{i}" for i in range(4 * n)],
            "client_key": [f"c{i}" for i in range(4 * n)],
            "family_key": [f"f{i}" for i in range(4 * n)],
            "referrer_code": "01",
            "product_code": "P01",
            # n in February 2023, n in August 2023, and 2 n in September 2024; n of the last ones have ended.
            "start_date": ["2023-02-10"] * n + ["2023-08-10"] * n + ["2024-09-10"] * 2 * n,
            "end_date": ["2023-05-01"] * n + [None] * 3 * n,
        }
    ).assign(registered_on=lambda rows: rows["start_date"])
    connection = duckdb.connect()
    connection.register("starts", starts)
    relation = connection.sql(
        "select * replace (start_date::date as start_date, end_date::date as end_date, "
        "registered_on::date as registered_on) from starts"
    )
    snapshot = Snapshot(relation, None, DAY, Evidence.REGISTER, "registry")
    delays = Gate().admit(delay_break(snapshot, SINCE, BREAK))
    assert delays.frame["prompt_share"].map(is_suppressed).tolist() == [withheld, False]
    assert delays.frame["median_days"].map(is_suppressed).tolist() == [withheld, False]
    assert is_suppressed(delays.difference) is withheld
    assert is_suppressed(delays.p_value) is withheld
    assert is_suppressed(delays.measures()[0].n) is withheld
    monthly = Gate().admit(monthly_inflow(snapshot, SINCE)).frame.set_index("month")
    assert is_suppressed(monthly.loc["2023-02-01", "ci_low"]) is withheld
    assert monthly.loc["2023-03-01", ["inflow", "ci_low"]].tolist() == [0, 0.0]
    month = Gate().admit(nowcast(snapshot, SINCE)).frame.set_index("first").loc["2023-02-02"]
    assert is_suppressed(month["expected"]) is withheld
    assert is_suppressed(month["share_registered"]) is withheld


@pytest.mark.parametrize(("n", "withheld"), [(9, True), (10, False)])
def test_a_stock_of_nine_takes_everything_that_starts_from_it_along(n: int, withheld: bool) -> None:
    ended = "union all select 'e' || i, date '2024-01-01', date '2024-01-01' + 30::int + i::int from range(30) t(i)"
    relation = duckdb.sql(
        f"""select id as trajectory_id, id as client_key, id as family_key, '01' as referrer_code,
              'P01' as product_code, start_date, end_date, start_date as registered_on
            from (select 'r' || i as id, date '2024-11-01' as start_date, null::date as end_date
                  from range({n}) t(i) {ended})"""
    )
    snapshot = Snapshot(relation, None, DAY, Evidence.REGISTER, "registry")
    basis, work = forecast_basis(snapshot, SETTINGS), workload([snapshot], {DAY: FTE})
    found = Gate().admit(forecast_stock(basis, np.random.default_rng(1)))
    assert is_suppressed(found.frame["median"].iloc[0]) is withheld
    assert is_suppressed(found.stock) is withheld
    assert is_suppressed(found.inflow_per_month) is withheld
    assert found.mean_stay_months > 0  # thirty have ended
    assert is_suppressed(Gate().admit(work).now.active_per_fte) is withheld
    tail = Gate().admit(tail_sensitivity(basis, np.random.default_rng(1)))
    assert all(is_suppressed(value) for value in tail.frame["stock_12"]) or not withheld


def test_hours_of_fewer_than_ten_are_withheld_with_every_number_made_of_them() -> None:
    register = Register(9)
    work = Gate().admit(workload([register.snapshot()], {DAY: FTE})).now
    estimates = (work.direct_hours_per_month, work.hours_per_fte_month, work.direct_share)
    assert all(is_suppressed(value) for value in estimates)
    assert (
        "niet getoond" in capacity.describe_workload(Gate().admit(workload([register.snapshot()], {DAY: FTE})), NL).text
    )


def test_a_basis_is_never_shown() -> None:
    basis = forecast_basis(Register(60).snapshot(), SETTINGS)
    assert isinstance(basis, ForecastBasis)
    with pytest.raises(DisclosureError, match="ForecastBasis is a step between the register and a result"):
        Gate().admit(basis)


def test_a_copy_is_not_protected_again() -> None:
    found = results(Register(60))
    gate = Gate()
    for name in ("reach", "rate", "ratio", "monthly"):
        with pytest.raises(DisclosureError, match="once"):
            gate.admit(gate.admit(found[name]))


NL, EN = Language("nl"), Language("en")
Make = Callable[..., Table | Figure | Sentence]
EXHIBITS: list[tuple[Make, tuple[str, ...]]] = [
    (flows.describe_inflow_rate, ("rate",)),
    (flows.describe_rate_ratio, ("ratio",)),
    (flows.describe_reach, ("reach",)),
    (flows.table_reach, ("reach",)),
    (flows.table_monthly_inflow, ("monthly",)),
    (flows.plot_monthly_inflow, ("monthly",)),
    (registration.table_nowcast, ("nowcast",)),
    (registration.plot_nowcast, ("nowcast",)),
    (registration.describe_nowcast, ("nowcast",)),
    (registration.table_delay_break, ("delays",)),
    (registration.plot_delay_break, ("delays",)),
    (registration.describe_delay_break, ("delays",)),
    (capacity.table_workload, ("work",)),
    (capacity.describe_workload, ("work",)),
    (capacity.table_what_ifs, ("variants",)),
    (capacity.describe_fte_needed, ("variants", "scores")),
    (forecast.table_forecast, ("forecast",)),
    (forecast.plot_forecast, ("forecast", "flow")),
    (forecast.describe_forecast, ("forecast", "scores")),
    (forecast.table_tail, ("tail",)),
    (forecast.table_scores, ("scores",)),
    (forecast.plot_scores, ("scores",)),
    (forecast.table_past_forecasts, ("scores",)),
    (forecast.describe_scores, ("scores",)),
]


@pytest.mark.parametrize("language", [NL, EN], ids=["nl", "en"])
def test_every_exhibit_can_be_made_of_what_is_shown(exact_results: dict[str, Any], language: Language) -> None:
    shown = admitted(exact_results)
    for make, names in EXHIBITS:
        exhibit = make(*(shown[name] for name in names), language)
        if isinstance(exhibit, Figure):
            assert exhibit.png().startswith(b"\x89PNG")
            texts = [exhibit.alt, exhibit.numbers.csv(), exhibit.numbers.html()]
        else:
            texts = [exhibit.text] if isinstance(exhibit, Sentence) else [exhibit.csv(), exhibit.html(), exhibit.note]
        for text in texts:
            assert not {"nan", "None", "SUPPRESSED", "{"} & set(text.replace(",", " ").split()), (make, text)
        if isinstance(exhibit, Sentence):
            assert language.translate("a number that is not shown") not in exhibit.text, make
    for result in shown.values():
        for measure in result.measures() if hasattr(result, "measures") else ():
            assert isinstance(measure.estimate, Mark | None) or math.isfinite(measure.estimate)


def test_every_exhibit_of_these_chapters_is_tried() -> None:
    tried = {make for make, _ in EXHIBITS}
    for module in (flows, registration, capacity, forecast):
        made = {
            value
            for name, value in vars(module).items()
            if name.startswith(("table_", "plot_", "describe_")) and value.__module__ == module.__name__
        }
        assert made <= tried, made - tried
