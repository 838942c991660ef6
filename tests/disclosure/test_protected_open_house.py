"""Open House as a register: no small count, no provider and no amount of one leaves, at every size."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.disclosure import DisclosureError
from evaluation.disclosure.gate import Gate
from evaluation.disclosure.protected.open_house_amounts import withheld_products
from evaluation.disclosure.rules import default_rules
from evaluation.evidence import Evidence, Mark, is_suppressed
from evaluation.measures.level_shift import level_shift
from evaluation.measures.open_house import OpenHouseMonths
from evaluation.measures.open_house_coverage import COUNTS, coverage
from evaluation.measures.open_house_products import open_house_amounts, open_house_providers, product_trend
from evaluation.measures.open_house_stock import CELLS, open_house_stock, reason_agreement
from evaluation.measures.open_house_transitions import transitions
from evaluation.pipeline.inputs import council_open_house
from evaluation.pipeline.releases import audited
from evaluation.presentation import open_house, open_house_decision, open_house_flows
from evaluation.presentation.figure import Figure
from evaluation.presentation.labels import MEASURES
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Table
from tests.measures.open_house_drawn import drawn, drawn_bjh, line, months_of

CHANGE, PAST = date(2025, 7, 1), date(2024, 8, 1)
SIZES = {"absent": None, "empty": 0, "one": 1, "nine": 9, "small": 60, "normal": 400}
RULES = default_rules()


@cache
def months(size: str, evidence: Evidence = Evidence.REGISTER, seed: int = 1) -> OpenHouseMonths:
    clients = SIZES[size] or 0
    delivered = SIZES[size] is not None
    return months_of(drawn(clients, seed), drawn_bjh(clients, seed), evidence=evidence, delivered=delivered)


@cache
def drawn_results(size: str, evidence: Evidence = Evidence.REGISTER, seed: int = 1) -> dict[str, Any]:
    """Everything of a register of one size."""
    return results(months(size, evidence, seed))


@cache
def shown_results(size: str, evidence: Evidence = Evidence.REGISTER) -> dict[str, Any]:
    """Its protected copies."""
    return admitted(drawn_results(size, evidence))


def results(of: OpenHouseMonths) -> dict[str, Any]:
    """Everything that the chapter shows, in its order."""
    return {
        "providers": open_house_providers(of),
        "stock": open_house_stock(of),
        "amounts": open_house_amounts(of),
        "agreement": reason_agreement(of),
        "covered": coverage(of),
        "moves": transitions(of),
        "trend": product_trend(of),
        "shift": level_shift(of, CHANGE, 6),
        "past": level_shift(of, PAST, 6),
    }


def admitted(found: dict[str, Any], gate: Gate | None = None) -> dict[str, Any]:
    gate = gate or Gate()
    return {name: gate.admit(result) for name, result in found.items()}


def exhibits(shown: dict[str, Any], language: Language) -> list[Table | Figure | Sentence]:
    """Every exhibit of the chapter."""
    told = council_open_house()
    makers: list[tuple[Callable[..., Table | Figure | Sentence], tuple[str, ...]]] = [
        (open_house.table_stock, ("stock",)),
        (open_house.plot_reasons, ("stock",)),
        (open_house.describe_stock, ("stock", "amounts")),
        (open_house.table_agreement, ("agreement",)),
        (open_house.describe_agreement, ("agreement",)),
        (open_house_flows.plot_coverage, ("covered",)),
        (open_house_flows.describe_coverage, ("covered",)),
        (open_house_flows.plot_transitions, ("moves",)),
        (open_house_flows.table_steps, ("moves",)),
        (open_house_flows.describe_transitions, ("moves",)),
        (open_house_decision.table_decision, ("stock", "amounts", "providers", "trend")),
        (open_house_decision.plot_trend, ("trend",)),
        (open_house_decision.describe_decision, ("stock", "trend")),
        *((make, (name,)) for name in ("shift", "past") for make in LEVEL),
    ]
    made = [make(*(shown[name] for name in names), language) for make, names in makers]
    made += [open_house.table_published(told, language), open_house.describe_published(told, language)]
    made += [
        make(shown["providers"], told, language) for make in (open_house.plot_providers, open_house.describe_providers)
    ]
    return made


LEVEL = (open_house_decision.plot_level, open_house_decision.table_detectable, open_house_decision.describe_level)


def texts_of(exhibit: Table | Figure | Sentence) -> str:
    if isinstance(exhibit, Figure):
        exhibit.svg()
        return exhibit.alt + exhibit.numbers.text() + exhibit.numbers.note
    return exhibit.text if isinstance(exhibit, Sentence) else exhibit.text() + exhibit.note


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("evidence", [Evidence.REGISTER, Evidence.SYNTHETIC])
def test_every_size_can_be_shown_in_both_languages(size: str, evidence: Evidence) -> None:
    shown = shown_results(size, evidence)
    for code in ("nl", "en"):
        for exhibit in exhibits(shown, Language(code)):
            text = texts_of(exhibit)
            assert "nan" not in text.lower().split(), text
            assert "None" not in text, text
            assert "SUPPRESSED" not in text, text
            assert "Jansen" not in text, text
    for result in shown.values():
        for measure in result.measures() if hasattr(result, "measures") and callable(result.measures) else ():
            assert measure.id in MEASURES
            assert isinstance(measure.estimate, Mark | None) or math.isfinite(measure.estimate)


@pytest.mark.parametrize("size", ["absent", "empty"])
def test_nothing_delivered_is_unknown_and_never_zero(size: str) -> None:
    for name, result in shown_results(size).items():
        if name in ("trend",):
            continue
        for measure in result.measures():
            assert measure.estimate is None, measure.id
    sentences = [made.text for made in exhibits(shown_results(size), Language("nl")) if isinstance(made, Sentence)]
    assert sum("onbekend" in text for text in sentences) >= 7


def test_nine_clients_of_a_register_show_no_number() -> None:
    shown = shown_results("nine")
    for name in ("stock", "agreement", "covered", "moves"):
        for measure in shown[name].measures():
            assert not isinstance(measure.estimate, float) or measure.estimate == 0, measure
    sentences = [made.text for made in exhibits(shown, Language("nl")) if isinstance(made, Sentence)]
    assert sum("niet getoond" in text for text in sentences) >= 5


@pytest.mark.parametrize("size", ["one", "nine", "small", "normal"])
def test_no_count_is_small_or_exact(size: str) -> None:
    shown = shown_results(size)
    values: list[object] = [shown["stock"].clients, shown["stock"].n_missing, shown["moves"].n, shown["agreement"].n]
    values += shown["stock"].products[["trajectories", *CELLS]].to_numpy().ravel().tolist()
    values += shown["covered"].frame[list(COUNTS)].to_numpy().ravel().tolist()
    values += [*shown["moves"].states["clients"], *shown["moves"].steps["clients"]]
    values += [*shown["providers"].frame["providers"], *shown["providers"].products["providers"]]
    values += shown["trend"].products[["starts", "starts_before"]].to_numpy().ravel().tolist()
    values += [*shown["shift"].months["starts"], *shown["shift"].months["expected"]]
    for value in values:
        assert isinstance(value, Mark) or pd.isna(value) or value == 0 or (value >= 10 and value % 5 == 0), value  # type: ignore[call-overload, operator]


def test_rows_behind_the_numbers_stay_inside() -> None:
    exact, shown = drawn_results("normal"), shown_results("normal")
    assert not exact["amounts"].contributions.empty
    assert shown["amounts"].contributions.empty
    assert shown["trend"].months.empty
    with pytest.raises(DisclosureError, match="step between"):
        Gate().admit(months("normal"))


@pytest.mark.parametrize(("size", "seed"), [("small", 1), ("small", 2), ("normal", 1)])
def test_nothing_hidden_can_be_computed_from_the_chapter(size: str, seed: int) -> None:
    gate = Gate()
    admitted(drawn_results(size, seed=seed), gate)
    shown = audited("drawn", [gate.publication], (), RULES).shown
    assert any(is_suppressed(value) for value in shown.values())


def test_ratios_and_shares_say_no_more_than_the_rounded_counts() -> None:
    shown = shown_results("normal")
    row = shown["trend"].products.iloc[-1]
    days = shown["trend"].days_before / shown["trend"].days
    assert row["ratio"] == pytest.approx(row["starts"] / row["starts_before"] * days)
    # The interval holds for every pair of counts behind the rounded ones.
    exact = drawn_results("normal")["trend"].products.iloc[-1]
    assert row["ci_low"] < exact["ci_low"] < exact["ci_high"] < row["ci_high"]
    last = shown["covered"].last
    assert last["share"] == last["bjh_trajectories"] / (last["bjh_trajectories"] + last["open_house_trajectories"])


def test_a_product_that_is_a_name_is_gathered() -> None:
    lines = [
        line(product, f"{product}{n}", "2024-12", provider=f"Z{n}")
        for product in ("P01", "Zorg Jansen")
        for n in range(40)
    ]
    shown = admitted(results(months_of(lines, evidence=Evidence.REGISTER)))
    for name in ("stock", "amounts"):
        assert shown[name].products["product_code"].tolist() == ["P01", "other", ""]
    assert shown["providers"].products["product_code"].tolist() == ["P01"]


def _given(amounts: dict[str, tuple[float, ...]], clients: int = 40) -> pd.DataFrame:
    rows = [(code, f"{code}-{n}", eur, clients) for code, parts in amounts.items() for n, eur in enumerate(parts)]
    return pd.DataFrame(rows, columns=["product_code", "provider", "eur", "clients"])


EVEN = (30_000.0,) * 10


@pytest.mark.parametrize(
    ("amounts", "hidden"),
    [
        ({"P01": EVEN, "P02": EVEN}, set()),
        # Two providers hold all of P03. Its amount would be the whole less the others, so another one goes with it:
        # the smallest whose sum with it passes, P02 with 10 providers of 2,000.
        ({"P01": EVEN, "P02": (2_000.0,) * 10, "P03": (5_000.0, 4_000.0)}, {"P02", "P03"}),
        # The smallest one does not pass together with it: 90,000 and 80,000 of 180,000 are more than 90%.
        ({"P01": EVEN, "P02": (1_000.0,) * 10, "P03": (90_000.0, 80_000.0)}, {"P01", "P02", "P03"}),
        # The whole tells on two providers itself, so nothing is shown.
        ({"P01": (1_000.0,) * 10, "P03": (900_000.0, 800_000.0)}, {"P01", "P03", ""}),
        # No money tells on nobody, and hides nothing.
        ({"P01": EVEN, "P02": (0.0,)}, set()),
    ],
)
def test_amounts_that_tell_on_a_provider_are_withheld_with_another(
    amounts: dict[str, tuple[float, ...]], hidden: set[str]
) -> None:
    given = _given(amounts)
    found = withheld_products(given, sorted(amounts), RULES)
    assert found == hidden
    # What is left together is not to be told from the whole either.
    together = given[given["product_code"].isin(found)]["eur"]
    largest = np.sort(together)[::-1]
    assert not hidden - {""} or "" in hidden or largest[:2].sum() <= 0.9 * together.sum()


def test_amounts_of_few_clients_are_withheld_and_all_are_in_thousands() -> None:
    few = pd.concat([_given({"P01": EVEN, "P02": EVEN}), _given({"P03": EVEN}, clients=9)])
    assert withheld_products(few, ["P01", "P02", "P03"], RULES) >= {"P03"}
    shown = Gate().admit(open_house_amounts(months("normal")))
    values = [value for value in shown.products["eur"] if not is_suppressed(value)]
    assert values
    assert all(value % 1000 == 0 for value in values)


def test_synthetic_results_pass_as_they_are() -> None:
    for result in drawn_results("small", Evidence.SYNTHETIC).values():
        assert Gate().admit(result) is result
