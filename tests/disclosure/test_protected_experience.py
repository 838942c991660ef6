"""A client survey of a register: every size can be shown, no small count leaves, and sentences stay sentences."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evaluation.disclosure import DisclosureError
from evaluation.disclosure.gate import Gate
from evaluation.disclosure.rules import default_rules
from evaluation.evidence import Evidence, Mark, is_suppressed
from evaluation.measures.availability import availability
from evaluation.measures.competing import end_reasons
from evaluation.measures.invitations import response
from evaluation.measures.outcomes import outcomes
from evaluation.measures.published_response import published_response
from evaluation.measures.raking import weighted_satisfaction
from evaluation.measures.sample_design import sample_design
from evaluation.measures.satisfaction import resistance, satisfaction
from evaluation.measures.spells import observed_spells
from evaluation.pipeline.releases import audited
from evaluation.pipeline.survey_inputs import client_figures, survey_figure
from evaluation.presentation import experience, survey, weighting
from evaluation.presentation import outcomes as results
from evaluation.presentation import satisfaction as said
from evaluation.presentation.figure import Figure
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.shares import describe_availability, table_availability
from evaluation.presentation.table import Table
from evaluation.sources.registry import Registry
from tests.measures.surveyed import COLUMNS, DAY, SINCE, drawn, invited, register

NOBODY = "client_key start_date registered_on\nz 2023-01-02 2023-01-02"
# Clients, each invited once, and how many of them answer.
SIZES = {"one": (1, 1), "nobody answers": (300, 0), "all answer": (60, 60), "few": (300, 7), "normal": (1400, 160)}
NL, EN = Language("nl"), Language("en")


def registry_of(name: str, folder: Path, evidence: Evidence = Evidence.REGISTER) -> Registry:
    if name == "not delivered":
        return register(folder, None, trajectories=NOBODY, evidence=evidence)
    if name == "empty":
        return register(folder, pd.DataFrame(columns=list(COLUMNS)), trajectories=NOBODY, evidence=evidence)
    return drawn(folder, *SIZES[name], evidence)


def everything(registry: Registry) -> dict[str, Any]:
    asked = invited(registry)
    published = published_response(survey_figure())
    return {
        "published": published,
        "design": sample_design(*client_figures(), published.response),
        "available": availability(registry.records("questionnaires", DAY), registry.records("clients", DAY)),
        "response": response(asked),
        "satisfaction": satisfaction(asked, 7, 0.2),
        "resistance": resistance(asked, 7),
        "weighted": weighted_satisfaction(asked, 7),
        "outcomes": outcomes(registry.snapshot(DAY), asked, 7),
    }


Make = Callable[..., Table | Figure | Sentence]
EXHIBITS: list[tuple[Make, tuple[str, ...]]] = [
    (table_availability, ("available",)),
    (describe_availability, ("available",)),
    (experience.plot_published_bounds, ("published",)),
    (experience.describe_published_response, ("published",)),
    (experience.table_needed_response, ("published",)),
    (experience.describe_design, ("design",)),
    (experience.table_sample_sizes, ("design",)),
    (experience.plot_sample_outcomes, ("design",)),
    (survey.table_response, ("response",)),
    (survey.plot_response, ("response", "published")),
    (survey.describe_response, ("response",)),
    (said.table_ladder, ("satisfaction",)),
    (said.plot_ladder, ("satisfaction",)),
    (said.describe_satisfaction, ("satisfaction",)),
    (said.table_resistance, ("resistance",)),
    (said.describe_resistance, ("resistance",)),
    (weighting.table_weighting, ("weighted",)),
    (weighting.describe_weighting, ("weighted",)),
    (results.table_outcomes, ("outcomes",)),
    (results.plot_outcomes, ("outcomes",)),
    (results.describe_outcomes, ("outcomes",)),
]


@pytest.mark.parametrize("evidence", [Evidence.REGISTER, Evidence.SYNTHETIC])
@pytest.mark.parametrize("name", ["not delivered", "empty", *SIZES])
def test_every_size_can_be_shown(name: str, evidence: Evidence, tmp_path: Path) -> None:
    found = everything(registry_of(name, tmp_path, evidence))
    gate = Gate("register")
    shown = {key: gate.admit(result) for key, result in found.items()}
    for language in (NL, EN):
        for make, names in EXHIBITS:
            exhibit = make(*(shown[key] for key in names), language)
            if isinstance(exhibit, Figure):
                # Drawing is slow and the same in both languages.
                assert language is EN or evidence is Evidence.SYNTHETIC or exhibit.png().startswith(b"\x89PNG")
                texts = [exhibit.alt, exhibit.numbers.csv(), exhibit.numbers.html()]
            else:
                texts = (
                    [exhibit.text] if isinstance(exhibit, Sentence) else [exhibit.csv(), exhibit.html(), exhibit.note]
                )
            for text in texts:
                assert not {"nan", "None", "SUPPRESSED", "{"} & set(text.replace(",", " ").split()), (make, text)
            if isinstance(exhibit, Sentence):
                assert language.translate("a number that is not shown") not in exhibit.text, (make, exhibit.text)
    for key in ("published", "design", "response", "satisfaction", "outcomes"):
        for measure in shown[key].measures():
            assert isinstance(measure.estimate, Mark | None) or math.isfinite(measure.estimate)
            assert name != "not delivered" or measure.n != 0 or measure.estimate is None


def test_what_was_not_delivered_is_unknown_and_never_zero(tmp_path: Path) -> None:
    found = everything(registry_of("not delivered", tmp_path))
    tables = [
        survey.table_response(found["response"], EN),
        said.table_resistance(found["resistance"], EN),
        weighting.table_weighting(found["weighted"], EN),
    ]
    for table in tables:
        assert "0" not in [cell for row in table.cells() for cell in row[-3:]], table.id
    cells = {row[0]: row[2:4] for row in results.table_outcomes(found["outcomes"], EN).cells()}
    assert cells["Satisfied"] == ["unknown", "unknown"]
    assert "not delivered" in said.describe_satisfaction(found["satisfaction"], EN).text


def counts_in(shown: dict[str, Any]) -> list[object]:
    frames = [part.frame for part in (*shown["response"].parts, *shown["resistance"].parts)]
    found = shown["outcomes"]
    frames += [part.frame for part in (shown["satisfaction"].satisfied, found.dropout, found.one_sided, found.goals)]
    values = [value for frame in frames for value in frame[["count", "n", "n_missing"]].to_numpy().ravel()]
    return [*values, *shown["weighted"].margins[["clients", "answered"]].to_numpy().ravel(), shown["weighted"].n]


@pytest.mark.parametrize("name", ["few", "normal", "all answer"])
def test_no_count_is_small_or_exact(name: str, tmp_path: Path) -> None:
    gate = Gate()
    shown = {key: gate.admit(result) for key, result in everything(registry_of(name, tmp_path)).items()}
    for value in counts_in(shown):
        assert isinstance(value, Mark) or value == 0 or (value >= 10 and value % 5 == 0), value
    assert shown["outcomes"].reasons == {}


@pytest.mark.parametrize(("clients", "answers"), [(300, 30), (700, 35), (1400, 70)])
def test_nothing_hidden_can_be_computed_from_the_chapter_and_the_reasons_of_durations(
    clients: int, answers: int, tmp_path: Path
) -> None:
    registry = drawn(tmp_path, clients, answers, seed=clients)
    first, second = Gate(), None
    first.admit(end_reasons(observed_spells(registry.snapshot(DAY), SINCE)))
    second = Gate(before=[first.publication])
    for result in everything(registry).values():
        second.admit(result)
    shown = audited("drawn", [first.publication, second.publication], (), default_rules()).shown
    assert any(is_suppressed(value) for value in shown.values())


def test_bounds_are_made_of_what_is_shown(tmp_path: Path) -> None:
    exact = satisfaction(invited(drawn(tmp_path, 1400, 160)), 7, 0.2)
    shown = Gate().admit(exact)
    count, n = shown.satisfied.whole[["count", "n"]]
    asked = shown.invited.whole["n"]
    assert count % 5 == n % 5 == asked % 5 == 0
    assert shown.widest["low"] == pytest.approx(count / asked)
    assert shown.widest["high"] == pytest.approx(count / asked + 1 - n / asked)


def test_few_answers_leave_the_width_and_nothing_else(tmp_path: Path) -> None:
    # 12 answers of 300: fewer than ten of them are satisfied, or fewer than ten are not.
    shown = Gate().admit(satisfaction(invited(drawn(tmp_path, 300, 12)), 7, 0.2))
    assert is_suppressed(shown.widest["low"])
    assert shown.least_width == pytest.approx(1 - 10 / 300, abs=0.02)
    assert "minstens 97%" in said.describe_satisfaction(shown, NL).text
    low = shown.measures()[1]
    assert is_suppressed(low.estimate)


def test_an_answer_that_all_of_a_group_gave_is_not_shown(tmp_path: Path) -> None:
    # Every score reaches 1: all are satisfied, which would be known of each.
    asked = invited(drawn(tmp_path, 300, 120))
    shown = Gate().admit(satisfaction(asked, 1, 0.2))
    assert is_suppressed(shown.satisfied.whole["share"])
    assert is_suppressed(shown.widest["high"])
    assert "niet getoond" in said.describe_satisfaction(shown, NL).text
    assert is_suppressed(Gate().admit(outcomes_of(tmp_path, asked)).goals.whole["count"])


def outcomes_of(folder: Path, asked: Any) -> Any:
    return outcomes(drawn(folder / "again", 300, 120).snapshot(DAY), asked, 1)


def test_invitations_are_never_shown(tmp_path: Path) -> None:
    with pytest.raises(DisclosureError, match="Invitations is a step between the register and a result"):
        Gate().admit(invited(drawn(tmp_path, 20, 5)))


def test_every_exhibit_of_this_chapter_is_tried() -> None:
    tried = {make for make, _ in EXHIBITS}
    for module in (experience, survey, said, weighting, results):
        made = {
            value
            for name, value in vars(module).items()
            if name.startswith(("table_", "plot_", "describe_")) and value.__module__ == module.__name__
        }
        assert made <= tried, made - tried
