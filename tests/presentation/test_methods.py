"""Every method is explained in both languages, and the page that does so names every value once."""

import ast
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from evaluation.evidence import Evidence, Measure
from evaluation.pipeline.project import ROOT
from evaluation.presentation.language import Language
from evaluation.presentation.method_texts import INTERVALS, METHODS
from evaluation.presentation.methods import MEASURE_UNITS, method_text
from evaluation.presentation.methods_page import ChapterMeasures, by_chapter, methods_values, terms

NL, EN = Language("nl"), Language("en")
MEASURES = ROOT / "src" / "evaluation" / "measures"


def _measure(name: str, method: str, unit: str = "months") -> Measure:
    return Measure(name, 1.0, unit, Evidence.PUBLISHED, ("council_figures",), method, "2024")


def _written_methods() -> set[str]:
    """Every constant that the measures give as a method where they make one."""
    calls = (
        node
        for path in MEASURES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Measure"
    )
    given = (keyword.value for call in calls for keyword in call.keywords if keyword.arg == "method")
    return {value.value for value in given if isinstance(value, ast.Constant) and isinstance(value.value, str)}


def test_every_method_that_is_written_down_has_a_text_in_both_languages():
    methods = _written_methods()
    assert len(methods) > 25
    for method in methods:
        english, dutch = method_text(method, EN), method_text(method, NL)
        assert english not in (method, dutch), method
        assert dutch != method


def test_fields_are_written_as_the_language_writes_them():
    assert "vanaf 1 juli 2023" in method_text(
        "share registered within 14 days of those within 90, from 2023-07-01 less before, Newcombe", NL
    )
    assert "10.000 trekkingen" in method_text("share of 10000 draws from the ranges of the parameters, seed 1", NL)
    assert "5 percentage points" in method_text("two one-sided tests, margin 0.05", EN)
    assert method_text("paired t-test, two-sided, power 0.8", EN).count("80%") == 1
    before = "interrupted time series, level only, 29 months before and 6 after, power 80%"
    assert re.findall(r"\d+", method_text(before, EN)) == ["29", "6", "80"]
    assert "consumentenprijsindex" in method_text("ratio of printed totals, deflated with cpi", NL)


def test_an_interval_is_explained_after_the_value():
    said = method_text("answered of invited, Wilson interval", EN)
    assert (
        said
        == "Clients who answered are divided by those who were invited. The interval is that of Wilson for a share."
    )


def test_a_longer_name_is_not_taken_for_a_shorter_one():
    together = "additive LMDI-I chained by year, prices by vng; volume and mix together"
    assert "more help and other help together" in method_text(together, EN)
    assert "norm" not in method_text(
        "share withdrawn within 98 days, share within the norm, Wilson interval (nobody censored before the norm)", EN
    )


def test_a_method_without_a_text_stays_as_it_is():
    for method in ("read from the stars", "read from the stars, Wilson interval"):
        assert method_text(method, NL) == method_text(method, EN) == method


def test_texts_are_sentences_and_keys_are_apart():
    for text in (*METHODS.values(), *INTERVALS.values()):
        assert text.endswith(".")
        assert NL.translate(text).endswith(".")
    for ending, other in pairwise(sorted(INTERVALS)):
        assert not other.endswith(ending)


def test_values_stand_below_the_chapter_that_saved_them():
    measures = [_measure("volumes.ended", "count of ends in the period"), _measure("costs.bjh_share", "as published")]
    chapters = [(f"{name}.html", name, "?") for name in ("volumes", "registration", "costs")]
    homes = {"volumes.ended": "registration.html", "costs.bjh_share": "costs.html"}
    groups = by_chapter(chapters, measures, homes)
    assert [(group.file, [own.id for own in group.measures]) for group in groups] == [
        ("registration.html", ["volumes.ended"]),
        ("costs.html", ["costs.bjh_share"]),
    ]


def test_values_of_one_method_share_its_explanation():
    same = "restricted mean (Kaplan-Meier)"
    measures = (
        _measure("durations.rmst_6_months", same),
        _measure("durations.mean_ended_months", "mean length of those that ended"),
        _measure("durations.rmst_12_months", same),
    )
    found = terms(ChapterMeasures("durations.html", "D", "?", measures), EN)
    assert [len(names) for names, _said in found] == [2, 1]
    assert found[0][0][1] == ("Mean length counted up to 12 months, months", "")


def test_the_rules_are_said_with_their_numbers():
    principles = dict(methods_values((), EN)["principles"])
    shown = " ".join(principles["What is not shown of people"])
    for words in ("fewer than 10 people", "multiples of 5", "within 10% from it", "the 2 largest", "more than 90%"):
        assert words in shown
    assert not any("{" in paragraph for paragraphs in principles.values() for paragraph in paragraphs)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["2024-03-25", "2025-01-01", "2025-01-01-en"])
def test_every_value_of_an_edition_has_its_method_in_both_languages(outputs: Path, name: str):
    measures = json.loads((outputs / name / "results.json").read_text())["measures"]
    page = (outputs / name / "methods.html").read_text()
    own = "en" if name.endswith("en") else "nl"
    assert len(measures) > 100
    for measure in measures:
        assert measure["unit"] in MEASURE_UNITS
        assert len({measure["method"], measure["method_nl"], measure["method_en"]}) == 3, measure["id"]
        assert NL.translate(measure["method_en"]) in (measure["method_nl"], measure["method_en"])
    assert page.count("<dt>") == len(measures) + len(Evidence)
    texts = re.findall(r"<dd>(.*?)</dd>", page.replace("&#39;", "'"))
    assert {measure[f"method_{own}"] for measure in measures} <= set(texts)
