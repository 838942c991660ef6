"""The chapters on the pilot with no families, few and many: every exhibit, in both languages, protected or not."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd
import pytest
from matplotlib.text import Annotation

from evaluation.disclosure import DisclosureError
from evaluation.disclosure.gate import Gate
from evaluation.disclosure.rules import default_rules
from evaluation.evidence import Evidence, Mark, is_suppressed
from evaluation.measures.availability import availability
from evaluation.measures.pilot import single_mothers
from evaluation.measures.pilot_change import changes, follow_up, missing_bounds
from evaluation.measures.pilot_hours import hours_readings
from evaluation.measures.pilot_register import exit_hazard, family_hours, family_length, family_spells
from evaluation.measures.pilot_scores import Instrument, paired_scores
from evaluation.measures.reliable_change import family_lines, goal_attainment, reliable_change
from evaluation.measures.shrinkage import detectable, shrinkage
from evaluation.pipeline.inputs import instruments, pilot_figures, primary_outcome
from evaluation.pipeline.releases import audited
from evaluation.presentation import (
    pilot_change,
    pilot_families,
    pilot_hazard,
    pilot_lines,
    pilot_outcomes,
    pilot_reach,
    pilot_register,
    shares,
)
from evaluation.presentation.figure import Figure
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Table
from evaluation.snapshot import Records
from tests.measures.pilot_records import SINCE, drawn, drawn_families, records

KNOWN, FIGURES = instruments(), pilot_figures()
SDQ = primary_outcome(KNOWN, "SDQ", "total")
NL, EN = Language("nl"), Language("en")
SIZES: dict[str, int | None] = {"not delivered": None, "empty": 0, "one": 1, "five": 5, "published": 21, "sixty": 60}


def tables(size: int | None, evidence: Evidence) -> tuple[Records, Records]:
    if size is None:
        return records("pilot_families", None, evidence), records("pilot_scores", None, evidence)
    return drawn(size, evidence)


@cache
def results(size: int | None, evidence: Evidence, primary: Instrument = SDQ, moment: str = "end") -> dict[str, Any]:
    """Everything that both chapters show of the register."""
    families, scores = tables(size, evidence)
    spells = family_spells(families, SINCE)
    pairs = paired_scores(families, scores, KNOWN, primary, moment)
    change = changes(pairs)
    return {
        "available": availability(families, scores),
        "length": family_length(spells),
        "hazard": exit_hazard(spells),
        "hours": family_hours(families),
        "follow_up": follow_up(pairs),
        "changes": change,
        "bounds": missing_bounds(pairs),
        "reliable": reliable_change(pairs),
        "lines": family_lines(pairs),
        "goals": goal_attainment(pairs),
        "detectable": detectable(change, FIGURES),
        "shrinkage": shrinkage(pairs),
    }


EXHIBITS: list[tuple[Callable[..., Table | Figure | Sentence], tuple[str, ...]]] = [
    (shares.table_availability, ("available",)),
    (shares.describe_availability, ("available",)),
    (pilot_register.plot_family_length, ("length",)),
    (pilot_register.table_family_length, ("length",)),
    (pilot_register.describe_family_length, ("length",)),
    (pilot_register.describe_family_hours, ("hours",)),
    (pilot_hazard.plot_exit_hazard, ("hazard",)),
    (pilot_hazard.describe_exit_hazard, ("hazard",)),
    (pilot_outcomes.table_follow_up, ("follow_up",)),
    (pilot_outcomes.describe_follow_up, ("follow_up",)),
    (pilot_outcomes.table_instruments, ("changes",)),
    (pilot_lines.plot_families, ("lines", "reliable")),
    (pilot_change.describe_primary, ("changes",)),
    (pilot_change.table_bounds, ("bounds",)),
    (pilot_change.describe_bounds, ("bounds",)),
    (pilot_families.table_reliable, ("reliable",)),
    (pilot_families.describe_reliable, ("reliable",)),
    (pilot_families.describe_goals, ("goals",)),
    (pilot_change.plot_changes, ("changes", "detectable")),
    (pilot_change.describe_changes, ("changes",)),
    (pilot_reach.table_detectable, ("detectable",)),
    (pilot_reach.describe_detectable, ("detectable",)),
    (pilot_reach.table_shrinkage, ("shrinkage",)),
    (pilot_reach.describe_shrinkage, ("shrinkage",)),
]


def texts(shown: dict[str, Any], language: Language, *, drawn_too: bool = False) -> list[str]:
    found = []
    for make, names in EXHIBITS:
        exhibit = make(*(shown[name] for name in names), language)
        if isinstance(exhibit, Figure):
            assert len(exhibit.alt) > 40
            assert exhibit.png() if drawn_too else True
            found += [exhibit.alt, exhibit.numbers.text(), exhibit.numbers.csv()]
        elif isinstance(exhibit, Table):
            found += [exhibit.text(), exhibit.csv()]
        else:
            found.append(exhibit.text)
    return found


@pytest.mark.parametrize("language", [NL, EN], ids=["nl", "en"])
@pytest.mark.parametrize("evidence", [Evidence.SYNTHETIC, Evidence.REGISTER])
@pytest.mark.parametrize("size", list(SIZES))
def test_every_size_can_be_shown(size: str, evidence: Evidence, language: Language) -> None:
    gate = Gate("register")
    shown = {name: gate.admit(result) for name, result in results(SIZES[size], evidence).items()}
    for text in texts(shown, language, drawn_too=language is NL):
        assert "nan" not in text.lower().replace("financ", "")
        assert "None" not in text
        assert "SUPPRESSED" not in text
        assert "{" not in text


@pytest.mark.parametrize(
    ("code", "moment"), [("OBVL total", "t6"), ("EMPO total", "t12"), ("GAS t-score", "t6"), ("ZRM total", "end")]
)
def test_any_outcome_can_be_the_primary_one(code: str, moment: str) -> None:
    primary = primary_outcome(KNOWN, *code.split())
    for size, evidence in ((21, Evidence.SYNTHETIC), (40, Evidence.REGISTER)):
        gate = Gate("register")
        shown = {name: gate.admit(one) for name, one in results(size, evidence, primary, moment).items()}
        assert code.split(maxsplit=1)[0] in pilot_change.describe_primary(shown["changes"], NL).text
        texts(shown, EN)


def counts_in(shown: dict[str, Any]) -> list[object]:
    """Every value that counts families."""
    frames = {
        "hazard": ["families", "ended"],
        "follow_up": ["families"],
        "changes": ["n", "n_missing", "by_worker"],
        "reliable": ["improved", "unchanged", "worse", "n", "n_missing"],
    }
    fields = {
        "length": ["n", "n_ended", "n_carried_in", "n_missing"],
        "hours": ["n", "n_missing"],
        "follow_up": ["families", "measured", "missing", "by_worker"],
        "bounds": ["n", "n_missing"],
        "goals": ["as_expected", "n", "n_missing"],
        "shrinkage": ["n"],
    }
    values = [value for name, columns in frames.items() for value in shown[name].frame[columns].to_numpy().ravel()]
    return values + [getattr(shown[name], field) for name, names in fields.items() for field in names]


@pytest.mark.parametrize("size", [1, 5, 12, 21, 40, 60, 150])
def test_a_register_shows_no_family_and_no_small_number(size: int) -> None:
    gate = Gate("register")
    exact = results(size, Evidence.REGISTER)
    shown = {name: gate.admit(result) for name, result in exact.items()}
    for value in counts_in(shown):
        assert value is None or isinstance(value, Mark) or pd.isna(value) or (value % 5 == 0 and value not in (5,))  # type: ignore[operator, call-overload]
    # That nobody got worse, or better, says something of every family.
    classes = shown["reliable"].frame[["improved", "unchanged", "worse"]].to_numpy().ravel().tolist()
    assert 0 not in [value for value in classes if not isinstance(value, Mark)]
    assert shown["lines"].frame.empty
    assert shown["lines"].withheld
    assert is_suppressed(shown["hours"].median) or exact["hours"].median is None
    audited("drawn", [gate.publication], (), default_rules())


@pytest.mark.parametrize("size", [5, 21])
def test_what_hangs_on_a_hidden_number_is_hidden_too(size: int) -> None:
    gate = Gate("register")
    shown = {name: gate.admit(result) for name, result in results(size, Evidence.REGISTER).items()}
    measures = [one for name in ("follow_up", "changes", "reliable", "detectable") for one in shown[name].measures()]
    hidden = [measure for measure in measures if is_suppressed(measure.n)]
    assert hidden
    for measure in hidden:
        assert is_suppressed(measure.estimate) or measure.id in (
            "pilot_change.primary_change",
            "pilot_change.primary_p",
        )
    assert is_suppressed(shown["bounds"].n_missing) or size == 21
    if is_suppressed(shown["bounds"].n_missing):
        assert shown["bounds"].frame[["worst", "best"]].map(is_suppressed).all(axis=None)
        assert is_suppressed(shown["bounds"].n)
        assert shown["shrinkage"].frame["mean"].map(is_suppressed).all()
        assert is_suppressed(shown["changes"].primary["sd"])


def test_steps_between_the_register_and_a_result_never_pass() -> None:
    families, scores = drawn(21, Evidence.REGISTER)
    for step in (family_spells(families, SINCE), paired_scores(families, scores, KNOWN, SDQ, "end")):
        with pytest.raises(DisclosureError, match="never shown"):
            Gate("register").admit(step)


def test_a_reason_that_somebody_typed_is_gathered() -> None:
    families = drawn_families(40)
    rows = pd.DataFrame(
        {
            "family_key": families["family_key"],
            "instrument": "SDQ",
            "domain": "total",
            "rater": "parent",
            "moment": "end",
            "missing_reason": ["verhuisd naar Jan"] * 20 + ["ziek"] * 20,
        }
    )
    pairs = paired_scores(
        records("pilot_families", families, Evidence.REGISTER),
        records("pilot_scores", rows, Evidence.REGISTER),
        KNOWN,
        SDQ,
        "end",
    )
    shown = Gate("register").admit(follow_up(pairs))
    assert shown.frame.to_numpy().tolist() == [["other", 40]]
    assert "Jan" not in pilot_outcomes.table_follow_up(shown, NL).text()


def test_the_published_percentage_is_said_to_be_a_number() -> None:
    text = pilot_register.describe_disclosure(FIGURES, single_mothers(FIGURES, 0.95), NL).text
    assert "21 gezinnen in 10 wijken zijn er ongeveer 2,1 per wijk" in text
    assert "57% van 21 gezinnen kunnen er alleen 12 zijn" in text


def test_the_hours_are_said_to_have_no_unit_of_time() -> None:
    readings = hours_readings(FIGURES)
    assert "without per what" in pilot_register.describe_hours_readings(readings, EN).text
    assert "130 to 157 hours" in pilot_register.describe_hours_readings(readings, EN).text
    assert pilot_register.table_hours_readings(readings, EN).cells() == [
        ["per week", "17.4 to 19.6", "130 to 157"],
        ["per month", "4 to 4.5", "30 to 36"],
        ["in all", "0.5 to 0.6", "4 to 4.5"],
    ]


CAUSAL = (
    "dankzij",
    "door de hulp ",
    "door de begeleiding",
    "effect van",
    "leidt tot",
    "zorgt voor",
    "because of",
    "thanks to",
    "effect of",
    "leads to",
)


def test_no_sentence_says_why_anything_changed() -> None:
    for size in (21, 60):
        shown = results(size, Evidence.SYNTHETIC)
        for language in (NL, EN):
            said = " ".join(texts(shown, language)).lower()
            assert [word for word in CAUSAL if word in said] == []
            assert ("geen groep om mee te vergelijken" in said) or ("no group to compare with" in said)


def test_depletion_and_dependence_are_not_told_apart() -> None:
    for size in (None, 21):
        for evidence in (Evidence.SYNTHETIC, Evidence.REGISTER):
            hazard = Gate("register").admit(results(size, evidence)["hazard"])
            assert "cannot tell the two apart" in pilot_hazard.describe_exit_hazard(hazard, EN).text
            assert "niet uit elkaar houden" in pilot_hazard.describe_exit_hazard(hazard, NL).text


def test_every_reason_domain_and_moment_has_a_name() -> None:
    assert {one.domain for one in KNOWN} <= set(pilot_outcomes.DOMAINS)
    assert {one.reliability_kind for one in KNOWN} <= set(pilot_outcomes.KINDS)
    assert all(NL.translate(name) for name in pilot_outcomes.REASONS.values())


@pytest.mark.parametrize("size", [12, 21])
def test_a_label_of_families_stands_at_the_end_of_one_of_their_lines(size: int) -> None:
    shown = results(size, Evidence.SYNTHETIC)
    axes = pilot_lines.plot_families(shown["lines"], shown["reliable"], NL).axes
    ends = {(line.get_color(), float(line.get_ydata()[-1])) for line in axes.get_lines()}
    labels = [text for text in axes.texts if isinstance(text, Annotation)]
    assert labels
    assert {(label.arrowprops["color"], label.xy[1]) for label in labels} <= ends
