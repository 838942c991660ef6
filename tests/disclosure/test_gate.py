"""The only door: of the personal register, protected copies pass and nothing else does."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import pandas as pd
import pytest

from evaluation import measures
from evaluation.disclosure import DisclosureError
from evaluation.disclosure import gate as gate_module
from evaluation.disclosure.gate import Gate, TooFewError
from evaluation.disclosure.protect import protect
from evaluation.disclosure.rules import default_rules
from evaluation.evidence import (
    SUPPRESSED,
    Bounded,
    Evidence,
    Origin,
    Provenance,
    PublishedFigure,
    is_suppressed,
    without_values,
)
from evaluation.measures.capacity import Intensity
from evaluation.measures.delivered import account_for
from evaluation.measures.durations import mean_durations
from evaluation.measures.forecast_basis import ForecastBasis
from evaluation.measures.published import compare_with_published
from evaluation.measures.ranking import Ranking
from evaluation.measures.volumes import monthly_flow, volume_counts, volumes_by
from evaluation.pipeline.releases import audited
from evaluation.snapshot import Snapshot

from .drawn import REFERENCE_DATE, SINCE, Row, random_rows, snapshot

# 23 clients of the municipality and 4 of the court; 12 of the former ended after 20 days.
DRAWN: list[Row] = [
    *((f"a{i}", "01", "W01", 3 * i, 20 if i < 12 else None) for i in range(23)),
    *((f"b{i}", "08", "W02", 7 * i, None) for i in range(4)),
]


def results(register: Snapshot) -> list[Any]:
    """Everything that the chapter on volumes shows of a register."""
    counts = volume_counts(register, SINCE)
    durations = mean_durations(register, SINCE)
    published = {"volumes.active": PublishedFigure("15", Bounded(15, 15, 15))}
    return [
        Provenance((Origin("registry/trajectories", register.evidence, 27, "2023-01-01/2023-06-14", "ab"),)),
        counts,
        monthly_flow(register, SINCE),
        volumes_by(register, SINCE, "referrer_code"),
        volumes_by(register, SINCE, "neighbourhood"),
        durations,
        compare_with_published([*counts.measures(), *durations.measures()], published, register.reference_date),
    ]


def numbers(value: Any) -> set[float]:
    """Every number anywhere in a result, dates left out."""
    if isinstance(value, pd.DataFrame):
        return {float(cell) for cell in value.to_numpy().ravel() if isinstance(cell, int | float)}
    if is_dataclass(value):
        return set().union(*(numbers(getattr(value, field.name)) for field in fields(value)))
    if isinstance(value, tuple):
        return set().union(*map(numbers, value)) if value else set()
    return {float(value)} if isinstance(value, int | float) and not isinstance(value, bool) else set()


@pytest.mark.parametrize("position", range(7))
def test_a_result_of_the_register_passes_without_its_small_counts(position: int) -> None:
    result = results(snapshot(DRAWN))[position]
    shown = Gate().admit(result)
    assert type(shown) is type(result)
    # The year of reporting and months with a decimal apart, whole numbers are 0 or multiples of 5 from 10 on.
    whole = {n for n in numbers(shown) if n.is_integer()} - {2023.0}
    assert all(n == 0 or (n >= 10 and n % 5 == 0) for n in whole), whole


def test_counts_are_rounded_and_the_small_group_takes_another_with_it() -> None:
    gate, register = Gate(), snapshot(DRAWN)
    counts = gate.admit(volume_counts(register, SINCE))
    assert (counts.trajectories, counts.ended, counts.active) == (25, 10, 15)  # of 27, 12 and 15
    groups = gate.admit(volumes_by(register, SINCE, "referrer_code")).frame.set_index("group")
    # The 4 of the court would be 27 less 23, and 15 less 11, so the others go with them; none of them ended.
    assert groups.loc["08"].tolist() == [SUPPRESSED, 0, SUPPRESSED, SUPPRESSED]
    assert groups.loc["01", ["started", "active"]].tolist() == [SUPPRESSED, SUPPRESSED]
    assert groups.loc["01", "ended"] == 10


def test_estimates_on_fewer_than_the_minimum_are_withheld() -> None:
    few = snapshot([(f"c{i}", "01", "W01", i, 30) for i in range(9)])
    durations = Gate().admit(mean_durations(few, SINCE))
    assert durations.mean_ended_months is SUPPRESSED
    assert durations.mean_running_months is None  # nobody runs: unknown, which is another thing
    assert durations.n_running == 0
    assert durations.n_ended is SUPPRESSED
    ten = snapshot([(f"c{i}", "01", "W01", i, 30) for i in range(10)])
    assert Gate().admit(mean_durations(ten, SINCE)).mean_ended_months == 1.0  # 30 days are 0.986 months


def test_sums_behind_a_ratio_are_not_shown() -> None:
    ratio = Intensity(9.666, 4321.5, 447.08, 60, 12, SINCE, REFERENCE_DATE, Evidence.REGISTER, "registry")
    shown = Gate().admit(ratio)
    assert shown.hours_per_trajectory_month == 9.7
    assert (shown.direct_hours, shown.trajectory_months) == (SUPPRESSED, SUPPRESSED)
    assert (shown.n, shown.n_missing) == (60, 10)


def test_first_and_last_day_and_exact_number_of_rows_stay_inside() -> None:
    origin = Origin("registry/trajectories", Evidence.REGISTER, 1652, "2023-01-03/2024-12-29", "ab")
    public = Origin("council_figures", Evidence.PUBLISHED, 7, "2022-01-01/2025-01-01", "cd")
    shown = Gate().admit(Provenance((origin, public)))
    assert (shown.origins[0].rows, shown.origins[0].period) == (1650, "2023-01/2024-12")
    assert shown.origins[1] == public


def test_a_name_in_a_delivery_is_gathered_under_one_that_says_nothing() -> None:
    named = [(f"a{i}", "01", "W01", 1, None) for i in range(20)]
    named += [(f"b{i}", "01", "Familie Jansen, Kerkstraat 12", 1, None) for i in range(30)]
    groups = Gate().admit(volumes_by(snapshot(named), SINCE, "neighbourhood"))
    assert groups.frame["group"].tolist() == ["other", "W01"]
    assert groups.frame["started"].tolist() == [30, 20]


def test_suppressed_groups_do_not_stand_in_the_order_of_their_size() -> None:
    many = [(f"a{i}", "01", "W01", 1, None) for i in range(40)]
    small = [(f"{code}{i}", code, "W01", 1, None) for code, n in (("05", 9), ("03", 2), ("08", 6)) for i in range(n)]
    groups = Gate().admit(volumes_by(snapshot([*many, *small]), SINCE, "referrer_code"))
    hidden = groups.frame.loc[[is_suppressed(value) for value in groups.frame["started"]], "group"].tolist()
    assert hidden == sorted(hidden)


def test_public_and_synthetic_results_pass_as_the_very_same_object() -> None:
    for result in results(snapshot(DRAWN, Evidence.SYNTHETIC)):
        assert Gate().admit(result) is result


def test_synthetic_results_can_be_treated_as_a_register() -> None:
    gate = Gate("always")
    shown = gate.admit(volume_counts(snapshot(DRAWN, Evidence.SYNTHETIC), SINCE))
    assert shown.trajectories == 25
    assert shown.evidence is Evidence.SYNTHETIC


@pytest.mark.parametrize("bare", [pd.DataFrame({"name": ["Jansen"]}), "Jansen", 3, Bounded(1, 1, 1), {"a": 1}])
def test_what_does_not_say_where_it_comes_from_does_not_pass(bare: object) -> None:
    with pytest.raises(DisclosureError, match="does not say where it comes from"):
        Gate().admit([bare])


def test_a_result_passes_once_and_its_copy_not_again() -> None:
    gate = Gate()
    shown = gate.admit(volume_counts(snapshot(DRAWN[:9]), SINCE))
    with pytest.raises(DisclosureError, match="once"):
        gate.admit(shown)


def test_a_result_without_a_rule_is_refused_in_one_line_without_its_value() -> None:
    class Unknown:
        evidence = Evidence.REGISTER
        secret = 123456789

    with pytest.raises(DisclosureError, match="Unknown comes from the personal register and no rule") as caught:
        Gate().admit(Unknown())
    assert "\n" not in str(caught.value)
    assert "123456789" not in str(caught.value)


def test_every_result_that_carries_evidence_has_a_rule() -> None:
    modules = [
        importlib.import_module(info.name) for info in pkgutil.walk_packages(measures.__path__, f"{measures.__name__}.")
    ]
    carrying = {
        found
        for module in modules
        for found in vars(module).values()
        if isinstance(found, type) and is_dataclass(found) and "evidence" in {field.name for field in fields(found)}
    } - {Snapshot, Ranking}  # a ranking is of values of editions, which passed the gate when these were made
    from_measures = {found for found in carrying if found.__module__.startswith("evaluation.measures")}
    assert len(from_measures) >= 6
    without = {found.__name__ for found in from_measures if protect.dispatch(found) is protect.dispatch(object)}
    assert not without
    # Steps between the register and a result have a rule too: that they are refused. No result may hide among them.
    never = {
        *("Answers", "Clock", "Clocks", "FamilySpells", "ForecastBasis"),
        *("Invitations", "OpenHouseMonths", "PairedScores", "Stories"),
    }
    refusal = protect.dispatch(ForecastBasis)
    assert {found.__name__ for found in from_measures if protect.dispatch(found) is refusal} == never


def test_the_account_of_a_delivery_hides_the_few_rows_in_quarantine() -> None:
    tables = pd.DataFrame(
        {"table": ["clients", "trajectories"], "delivered": [100, 200], "accepted": [100, 197], "quarantined": [0, 3]}
    )
    found = {"table": "trajectories", "column_name": "end_date", "rule": "end_before_start", "severity": "error"}
    findings = pd.DataFrame([{**found, "message": "m", "remedy": "r", "rows": 3}])
    shown = Gate().admit(account_for(tables, findings, date(2025, 1, 2), Evidence.REGISTER))
    trajectories = shown.tables.set_index("table").loc["trajectories"]
    assert trajectories["quarantined"] is SUPPRESSED
    assert sum(is_suppressed(value) for value in trajectories) >= 2
    assert shown.findings["rows"].tolist() == [SUPPRESSED]
    assert shown.tables.set_index("table").loc["clients", "quarantined"] == 0


@pytest.mark.parametrize("seed", range(12))
def test_nothing_hidden_can_be_computed_from_everything_that_a_chapter_shows(seed: int) -> None:
    gate = Gate()
    for result in results(snapshot(random_rows(seed))):
        gate.admit(result)
    shown = audited("drawn", [gate.publication], (), default_rules()).shown  # refuses when a hidden count can be found
    assert len(shown) > 10
    assert all(is_suppressed(value) or value == 0 or value >= 10 for value in shown.values())  # type: ignore[operator]


def test_a_careful_gate_takes_back_what_would_give_a_hidden_number_away(monkeypatch: pytest.MonkeyPatch) -> None:
    counts, flow = volume_counts(snapshot(DRAWN), SINCE), monthly_flow(snapshot(DRAWN), SINCE)
    gate = Gate(careful=True)
    gate.admit(counts)
    before = gate.publication
    monkeypatch.setattr(gate_module, "given_away", lambda own, *_: ["a cell"] if own != before else [])
    with pytest.raises(TooFewError, match="MonthlyFlow: a hidden number would follow"):
        gate.admit(flow)
    assert gate.publication == before
    assert gate.admit(counts).trajectories == 25  # what was shown can be shown again
    assert Gate().admit(flow).inflow == 25  # without care it is left to the audit of the edition


def test_a_measure_without_its_values_keeps_what_is_unknown_apart_from_what_is_withheld() -> None:
    (measure, *_) = volume_counts(snapshot(DRAWN), SINCE).measures()
    bare = without_values(measure)
    assert is_suppressed(bare.estimate)
    assert is_suppressed(bare.n)
    assert bare.ci_low is None
    assert (bare.id, bare.unit) == (measure.id, measure.unit)
