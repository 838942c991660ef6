"""Every rule on drawn measures: verdict, grade, and what was used."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import pytest

from evaluation.evidence import SUPPRESSED, Evidence
from evaluation.measures.claims.vocabulary import Grade, Reading

from .drawn import DAY, fact, judged, measure, register

SEVEN = fact("seven", 7, 6.5, 7.5, unit="months", reference_date=DAY, period="2023-01-01/2025-01-01")
RUN = {"unit": "months", "period": "2023-01-01/2025-01-01"}


def verdict(rule: str, *given: Any, **named: Any) -> str:
    own = judged(rule, *given, **named)
    return f"{own.verdict}{own.grade} {own.outcome.key}"


def test_what_was_not_said_yet_is_not_judged() -> None:
    assert verdict("self_description", day=date(2024, 3, 25)) == "V3E later"
    assert verdict("self_description") == "V5C self_description"


def test_plans_and_statements_without_numbers() -> None:
    assert verdict("plan") == "PE plan"
    assert verdict("plan", dated=True) == "PC plan"
    assert verdict("no_content") == "V3E no_content"
    assert verdict("no_number", grade=Grade.NONE) == "V3E no_number"
    assert verdict("no_number", grade=Grade.EXPERIENCE) == "V3D experience_only"
    assert verdict("legal") == "V3D legal"


def test_a_term_is_a_plan_until_it_has_passed_and_then_has_no_beginning() -> None:
    years = fact("years", 2, unit="years", source="first")
    given = {"figure": "years", "others": ("X02",), "document": "first"}
    # two years from 1 January 2023 have passed on 1 January 2025, and not the day before
    assert verdict("term", [years], **given) == "V3C term_undated"
    assert verdict("term", [years], day=date(2024, 12, 31), **given) == "PE term_runs"
    assert verdict("term", [years], figure="years") == "PE term_runs"


@pytest.mark.parametrize(("missing", "found"), [("time_unit", "V3E"), ("status", "V3E"), ("definition", "V3C")])
def test_an_undefined_number_is_not_judged(missing: str, found: str) -> None:
    assert verdict("undefined", [SEVEN], figure="seven", missing=missing) == f"{found} undefined.{missing}"


def test_an_own_arrangement_is_plausible_and_firmer_when_another_statement_fits() -> None:
    assert verdict("arrangement") == "V4D arrangement_alone"
    assert verdict("arrangement", others=("X02",)) == "V4C arrangement_supported"
    assert verdict("arrangement", others=("X99",)) == "V4D arrangement_alone"


def test_a_stated_figure_is_plausible_unless_others_exclude_it() -> None:
    assert verdict("stated", [SEVEN], figure="seven") == "V4C stated"
    given = {"figure": "seven", "checks": ("coherence.feasible = 1",)}
    for feasible, found in ((1, "V4C stated_consistent"), (0, "V2C stated_infeasible"), (None, "V4C stated")):
        assert verdict("stated", [SEVEN], [measure("coherence.feasible", feasible, unit="yes_no")], **given) == found
    twelve = fact("twelve", 12)
    assert verdict("stated", [SEVEN, twelve], figure="seven", checks=("seven < twelve",)) == "V4C stated_checked"
    assert verdict("stated", [SEVEN, twelve], figure="seven", checks=("seven > twelve",)) == "V2C stated_contradicted"


def test_arithmetic_confirms_and_is_firmer_when_both_presentations_agree() -> None:
    four, eleven = fact("four", 4), fact("eleven", 11)
    for source, grade in (("first", "B"), ("second", "C")):
        added = fact("added", 7, source=source)
        given = {"figure": "added", "checks": ("eleven - four = added",)}
        assert verdict("identity", [four, eleven, added], **given) == f"V5{grade} reproduced"
    given = {"figure": "added", "checks": ("eleven - four = added",)}
    assert verdict("identity", [four, eleven, fact("added", 8)], **given) == "V2C not_reproduced"
    assert verdict("identity", [fact("added", 7)], **given) == "V4C stated"
    assert verdict("identity", [eleven], checks=("eleven > later",)) == "V3E untested"


def test_a_figure_that_should_be_something_else_misleads() -> None:
    # printed 6.5 to 7.5; implied 13.5 to 18.4 lies outside, 7.2 to 9 has values in common
    given = {"figure": "seven", "implied": ("coherence.mean", "durations.rmst")}
    outside = measure("coherence.mean", 17.2, 13.5, 18.4, unit="months")
    assert verdict("implied", [SEVEN], [outside], **given) == "V2C implied_outside"
    open_ = measure("coherence.mean", 8, 7.2, 9, unit="months")
    assert verdict("implied", [SEVEN], [open_], **given) == "V4C implied_open"
    assert verdict("implied", [SEVEN], **given) == "V3C untested"
    # the register outranks what the published figures imply
    counted = register("durations.rmst", 7.1, 6.9, 7.3, unit="months")
    assert verdict("implied", [SEVEN], [outside, counted], **given) == "V4A implied_open"
    counted = register("durations.rmst", 12.7, 12.3, 13.2, unit="months")
    assert verdict("implied", [SEVEN], [open_, counted], **given) == "V2A implied_outside"


def test_a_mean_that_was_counted_right_can_still_mislead_as_a_length() -> None:
    given = {"figure": "seven", "implied": ("durations.rmst",), "recount": ("durations.mean",)}
    long = register("durations.rmst", 12.7, 12.3, 13.2, unit="months")
    right, wrong = register("durations.mean", 7.2, **RUN), register("durations.mean", 9.0, **RUN)
    assert verdict("implied", [SEVEN], [long, right], **given) == "V2A implied_outside"
    assert verdict("implied", [SEVEN], [long, wrong], **given) == "V1A register_outside"
    assert verdict("implied", [SEVEN], [right], **given) == "V5A register_inside"


def test_a_length_implied_by_a_calculation() -> None:
    # 12 carried in, 9 new a year: 12 x 12 / 9 = 16 months, and not 7.5 to 8
    facts = [fact("in", 12), fact("new", 9), fact("length", 8, 7.5, 8, unit="months")]
    facts[0] = fact("carried", 12)
    given = {"figure": "length", "checks": ("12 * carried / new = length",)}
    own = judged("implied", facts, **given)
    assert (own.verdict, own.outcome.key, own.outcome.value.value) == ("V2", "implied_otherwise", 16)
    facts[1] = fact("new", 18)  # 12 x 12 / 18 = 8
    assert verdict("implied", facts, **given) == "V4C implied_open"


def test_a_number_in_another_unit_misleads_until_the_register_counts_the_right_one() -> None:
    printed = fact("all", 1650, 1625, 1675, reference_date=DAY, period="2023-01-01/2025-01-01")
    facts = [printed, fact("ended", 900, 875, 925), fact("running", 750, 725, 775)]
    given = {"figure": "all", "checks": ("ended + running = all",), "recount": ("volumes.clients",)}
    assert verdict("other_unit", facts, **given) == "V2C other_unit"
    for clients, found in ((1495, "V1A register_outside"), (1630, "V5A register_inside")):
        counted = register("volumes.clients", clients, unit="clients", period="2023-01-01/2025-01-01")
        assert verdict("other_unit", facts, [counted], **given) == found


def test_a_statement_that_another_one_limits_is_incomplete() -> None:
    assert verdict("limited", others=("X02",)) == "V2D limited"
    assert verdict("limited", [SEVEN], others=("X02",), figure="seven") == "V2C limited"
    assert verdict("limited", others=("X99",)) == "V3D no_number"


def test_a_direction_is_plausible_or_misleading_and_by_the_register_confirmed_or_contradicted() -> None:
    given = {"checks": ("a.change > 0",), "grade": Grade.EXPERIENCE}
    assert verdict("direction", **given) == "V3D experience_only"
    for low, high, found in ((0.1, 0.5, "same"), (-0.5, -0.1, "opposite"), (-0.1, 0.5, "open")):
        middle = (low + high) / 2
        public = measure("a.change", middle, low, high, unit="share")
        counted = register("a.change", middle, low, high, unit="share")
        expected = {"same": ("V4C", "V5A"), "opposite": ("V2C", "V1A"), "open": ("V3C", "V3A")}[found]
        assert verdict("direction", (), [public], **given) == f"{expected[0]} direction_{found}"
        assert verdict("direction", (), [counted], **given) == f"{expected[1]} direction_{found}"


def test_public_statistics_make_two_aggregates_and_may_disagree() -> None:
    prices = measure("costs.price_effect", 10, 9.9, 10.1, sources=("council_figures", "price_indices"))
    assert verdict("direction", (), [prices], checks=("costs.price_effect > 0",)) == "V4B direction_same"
    facts = [
        fact(name, number, public_statistic=True)
        for name, number in zip("abcd", (14.77, 15.27, 4905, 4745), strict=True)
    ]
    assert verdict("direction", facts, checks=("a > b", "c > d")) == "V3B direction_mixed"


@pytest.mark.parametrize(
    ("excl", "incl", "found"),
    [
        (0.01, 0.04, "V4B equivalence_in_line"),
        (0.97, 0.99, "V1B equivalence_outside"),
        (0.95, 0.46, "V3B equivalence_undecided"),
        (0.01, 0.46, "V2B equivalence_by_scope"),
        (0.01, 0.99, "V2B equivalence_by_scope"),
        (0.01, None, "V3E untested"),
    ],
)
def test_being_in_line_has_to_be_shown_in_every_scope(excl: float, incl: float | None, found: str) -> None:
    own = {"unit": "p_value", "evidence": Evidence.BENCHMARK, "sources": ("iv3_municipalities",)}
    values = [measure("b.excl", excl, **own), measure("b.incl", incl, **own)]
    assert verdict("equivalence", (), values, implied=("b.excl", "b.incl")) == found


class TestRegister:
    """A count of the register on the right day decides, and only there."""

    GIVEN: ClassVar = {"figure": "seven", "recount": ("durations.mean",)}

    @pytest.mark.parametrize(
        ("value", "low", "high", "found"),
        [
            (7.0, 6.6, 7.4, "V5A register_inside"),
            (7.4, 7.1, 7.7, "V4A register_across"),
            (8.4, 7.6, 9.2, "V1A register_outside"),
            (7.2, None, None, "V5A register_inside"),
            (7.6, None, None, "V1A register_outside"),
        ],
    )
    def test_interval_against_rounding(self, value: float, low: float | None, high: float | None, found: str) -> None:
        counted = register("durations.mean", value, low, high, **RUN)
        assert verdict("stated", [SEVEN], [counted], **self.GIVEN) == found

    def test_what_a_shown_value_was_rounded_by_is_allowed_for(self) -> None:
        printed = fact("ended", 483, reference_date=DAY)
        given = {"figure": "ended", "recount": ("volumes.ended",), "rounding": {"trajectories": 2.5}}
        for shown, found in ((485, "V5A register_inside"), (490, "V1A register_outside")):
            assert verdict("stated", [printed], [register("volumes.ended", shown)], **given) == found

    def test_shares_are_held_against_percentages(self) -> None:
        printed = fact("growth", 29, 28.5, 29.5, unit="percent", period="2022/2024")
        given = {"figure": "growth", "recount": ("costs.growth",)}
        for share, found in ((0.293, "V5A register_inside"), (0.31, "V1A register_outside")):
            counted = register("costs.growth", share, unit="share", period="2022/2024")
            assert verdict("stated", [printed], [counted], **given) == found

    @pytest.mark.parametrize("period", ["2023-06-01/2025-01-01", "2023-06-01/2024-06-01"])
    def test_another_period_does_not_count(self, period: str) -> None:
        counted = register("durations.mean", 12, unit="months", period=period)
        assert verdict("stated", [SEVEN], [counted], **self.GIVEN) == "V4C stated"

    def test_another_day_does_not_count_but_an_earlier_edition_of_that_day_does(self) -> None:
        counted = register("durations.mean", 12, **RUN)
        own = {"day": date(2026, 1, 1), **self.GIVEN}
        assert verdict("stated", [SEVEN], [counted], **own) == "V4C stated"
        earlier = Reading("2025-01-01", DAY, {counted.id: counted})
        assert verdict("stated", [SEVEN], [], earlier=[earlier], **own) == "V1A register_outside"

    def test_suppressed_unknown_and_synthetic_values_judge_nothing_and_are_named(self) -> None:
        for value, evidence in ((SUPPRESSED, Evidence.REGISTER), (None, Evidence.REGISTER), (12, Evidence.SYNTHETIC)):
            counted = register("durations.mean", value, **{**RUN, "evidence": evidence})
            own = judged("stated", [SEVEN], [counted], **self.GIVEN)
            assert (own.verdict, own.grade, own.outcome.measures) == ("V4", "C", ())
            assert own.withheld == (("durations.mean",) if value is SUPPRESSED else ())
            assert own.synthetic == (("durations.mean",) if evidence is Evidence.SYNTHETIC else ())
