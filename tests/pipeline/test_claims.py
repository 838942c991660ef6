"""The statements to the council: bindings, verdicts, what judges nothing, signed verdicts, and what changed."""

from __future__ import annotations

import csv
import json
import random
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from evaluation.cli import main
from evaluation.evidence import SUPPRESSED, Evidence, Measure
from evaluation.measures.claims.ledger import LATER, ClaimsLedger
from evaluation.measures.claims.rules import RULES
from evaluation.measures.claims.vocabulary import Grade, Override, Verdict
from evaluation.pipeline.claims import ClaimInputs, claim_inputs, judge_edition
from evaluation.pipeline.claims_file import CLAIMS_FILE, ledger_content, past_of
from evaluation.pipeline.project import ROOT
from evaluation.presentation.claims_page import ClaimsPage
from evaluation.presentation.claims_terminal import claims_text
from evaluation.presentation.labels import MEASURES
from evaluation.presentation.language import Language
from evaluation.sources import SourceError
from evaluation.sources.package import read_table

from .claims_results import reviewed_measures

TODAY = date(2026, 11, 22)
LAST, FIRST = date(2025, 1, 1), date(2024, 3, 25)
HAND = ROOT / "tests" / "reference" / "provisional_verdicts.csv"


@pytest.fixture(scope="module")
def inputs() -> ClaimInputs:
    return claim_inputs(TODAY)


@pytest.fixture(scope="module")
def ledger(inputs: ClaimInputs) -> ClaimsLedger:
    return judge_edition(inputs, "2025-01-01", LAST, reviewed_measures("2025-01-01"), ())


def verdicts(own: ClaimsLedger) -> dict[str, tuple[str, str]]:
    return {judgement.claim.id: (judgement.verdict.value, judgement.grade.value) for judgement in own.judgements}


def test_every_statement_has_a_rule_its_texts_and_known_measures_and_figures(inputs: ClaimInputs) -> None:
    assert len(inputs.claims) == len(inputs.bindings) == len(inputs.texts) == 141
    facts = {fact.id for fact in inputs.facts}
    ids = {claim.id for claim in inputs.claims}
    for claim_id, binding in inputs.bindings.items():
        assert binding.rule in RULES
        assert set(binding.measures) <= set(MEASURES), claim_id
        assert {binding.figure} - {""} <= facts, claim_id
        assert set(binding.others) <= ids - {claim_id}, claim_id
        texts = inputs.texts[claim_id].texts
        for name in ("settles", "unmeasured", "tips"):
            assert texts[f"{name}_nl"] != texts[f"{name}_en"]
            assert texts[f"{name}_nl"].endswith(".")
        assert bool(texts["known_nl"]) == bool(texts["known_en"]), claim_id
        if binding.grade is Grade.EXPERIENCE:
            assert texts["known_nl"], f"{claim_id}: an experience is named"
    assert set(RULES) == {binding.rule for binding in inputs.bindings.values()}


def test_a_printed_figure_is_bound_to_the_statement_that_printed_it(inputs: ClaimInputs) -> None:
    owner = read_table("council_figures").set_index("id")["claim_id"]
    bound = {own.figure: own.claim_id for own in inputs.bindings.values() if own.figure}
    assert {name: owner[name] for name in bound} == bound
    assert len(bound) > 30


def test_an_unknown_measure_or_comparison_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = read_table("claim_rules").fillna("")
    for column, value, told in (
        ("recount", "volumes.clintes", "no measure"),
        ("check", "a + b", "compares nothing"),
        ("figure", "fte", "no figure"),
    ):
        damaged = rules.assign(**{column: [value, *rules[column][1:]]})
        monkeypatch.setattr("evaluation.pipeline.claims.claim_rules", lambda damaged=damaged: damaged)
        with pytest.raises(SourceError, match=rf"claim_rules\.csv: A01, .*{told}"):
            claim_inputs(TODAY)


def test_verdicts_by_count(ledger: ClaimsLedger) -> None:
    assert {verdict.value: count for verdict, count in ledger.counts().items()} == {
        "V5": 8,
        "V4": 27,
        "V3": 80,
        "V2": 9,
        "V1": 0,
        "P": 17,
    }


def test_every_difference_with_the_reading_by_hand_is_defended(ledger: ClaimsLedger) -> None:
    with HAND.open(encoding="utf-8") as file:
        by_hand = {row["id"]: (row["verdict"], row["grade"]) for row in csv.DictReader(file)}
    own = verdicts(ledger)
    found = {(name, " ".join(by_hand[name]), " ".join(own[name])) for name in own if own[name] != by_hand[name]}
    document = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([AB]\d\d) \| (\w+ \w) \| (\w+ \w) \| (.{40,}) \|$", document, re.MULTILINE)
    assert {row[:3] for row in rows} == found
    assert set(by_hand) == set(own)


def test_the_earlier_edition_judges_only_what_was_said_by_then(inputs: ClaimInputs, ledger: ClaimsLedger) -> None:
    early = judge_edition(inputs, "2024-03-25", FIRST, reviewed_measures("2024-03-25"), ())
    assert (early.n_later, sum(early.counts().values())) == (71, 70)
    assert all((own.outcome.key == LATER) == own.claim.id.startswith("B") for own in early.judgements)
    before, after = verdicts(early), verdicts(ledger)
    changed = {name: (before[name], after[name]) for name in before if name[0] == "A" and before[name] != after[name]}
    assert changed == {
        "A03": (("V4", "D"), ("V4", "C")),  # the later presentation repeats it
        "A11": (("V4", "C"), ("V5", "B")),  # and gives the same number of products
        "A27": (("V3", "E"), ("V5", "C")),  # the prediction can be checked
        "A41": (("P", "E"), ("V3", "C")),  # two years have passed since phase 1 began
    }


def _upside_down(measure: Measure) -> Measure:
    if measure.evidence is not Evidence.SYNTHETIC or measure.estimate is None:
        return measure
    low, high = (None if end is None else -1000 * end for end in (measure.ci_high, measure.ci_low))
    return replace(measure, estimate=-1000 * measure.estimate, ci_low=low, ci_high=high)


def test_synthetic_values_upside_down_or_gone_change_no_verdict(inputs: ClaimInputs, ledger: ClaimsLedger) -> None:
    measures = reviewed_measures("2025-01-01")
    assert sum(measure.evidence is Evidence.SYNTHETIC for measure in measures) >= 30
    turned = judge_edition(inputs, "x", LAST, map(_upside_down, measures), ())
    without = [measure for measure in measures if measure.evidence is not Evidence.SYNTHETIC]
    assert verdicts(turned) == verdicts(ledger) == verdicts(judge_edition(inputs, "x", LAST, without, ()))
    used = [measure for own in turned.judgements for measure in (*own.outcome.measures, *own.beside)]
    assert all(measure.evidence is not Evidence.SYNTHETIC for measure in used)
    assert sum(bool(own.synthetic) for own in turned.judgements) > 10


def test_suppressed_values_of_a_register_change_no_verdict(inputs: ClaimInputs, ledger: ClaimsLedger) -> None:
    hidden = [
        replace(measure, evidence=Evidence.REGISTER, estimate=SUPPRESSED, ci_low=None, ci_high=None)
        if measure.evidence is Evidence.SYNTHETIC
        else measure
        for measure in reviewed_measures("2025-01-01")
    ]
    own = judge_edition(inputs, "x", LAST, hidden, ())
    assert verdicts(own) == verdicts(ledger)
    assert sum(bool(judgement.withheld) for judgement in own.judgements) > 10


def test_words_and_order_judge_nothing(inputs: ClaimInputs, ledger: ClaimsLedger) -> None:
    shuffled = [replace(claim, quote=claim.id, gloss="x", section="y", kind="claim") for claim in inputs.claims]
    measures = list(reviewed_measures("2025-01-01"))
    random.Random(7).shuffle(shuffled)
    random.Random(8).shuffle(measures)
    own = judge_edition(replace(inputs, claims=tuple(shuffled)), "x", LAST, measures, ())
    assert verdicts(own) == verdicts(ledger)


def test_a_register_of_the_right_day_confirms_contradicts_and_leaves_the_rest(inputs: ClaimInputs) -> None:
    period = "2023-01-01/2025-01-01"
    given = {"volumes.active": (750, "2025-01-01"), "volumes.ended": (1100, period), "volumes.clients": (1495, period)}
    counted = [
        Measure(name, value, "trajectories", Evidence.REGISTER, ("registry",), "count", when)
        for name, (value, when) in given.items()
    ]
    public = [own for own in reviewed_measures("2025-01-01") if own.evidence is not Evidence.SYNTHETIC]
    own = verdicts(judge_edition(inputs, "x", LAST, [*public, *counted], ()))
    assert (own["B23"], own["B20"], own["B10"]) == (("V5", "A"), ("V1", "A"), ("V1", "A"))
    assert (own["A23"], own["A21"]) == (("V4", "C"), ("V4", "C"))  # another day


def test_a_signed_verdict_stands_beside_the_computed_one(inputs: ClaimInputs) -> None:
    signed = Override("B21", Verdict.PLAUSIBLE, Grade.EXPERIENCE, "Reden.", "Reason.", TODAY, ("An", "Bo"))
    own = judge_edition(replace(inputs, overrides=(signed,)), "x", LAST, reviewed_measures("2025-01-01"), ())
    (changed,) = [judgement for judgement in own.judgements if judgement.override]
    assert (changed.verdict, changed.grade) == (Verdict.PLAUSIBLE, Grade.EXPERIENCE)
    assert (changed.outcome.verdict, changed.outcome.grade) == (Verdict.MISLEADING, Grade.ONE_AGGREGATE)
    assert own.counts()[Verdict.MISLEADING] == 8
    content = ledger_content(ClaimsPage(own, inputs.texts, None), "nl")
    entry = next(e for e in content["claims"] if e["id"] == "B21")
    assert (entry["verdict"], entry["computed"]["verdict"]) == ("V4", "V2")
    assert entry["override"]["signed_by"] == ["An", "Bo"]
    told = claims_text(content, [entry], 400, Language("en"), why=True)
    assert "Reason. Signed by An and Bo on" in told
    assert told.index("Computed: V2, C, because:") < told.index(entry["reason_en"])


@pytest.fixture
def built(tmp_path: Path, inputs: ClaimInputs, ledger: ClaimsLedger) -> Path:
    """Two editions in Dutch, as far as statements go."""
    for edition, day in (("2024-03-25", FIRST), ("2025-01-01", LAST)):
        own = judge_edition(inputs, edition, day, reviewed_measures(edition), ())
        folder = tmp_path / edition
        folder.mkdir()
        content = ledger_content(ClaimsPage(own, inputs.texts, None), "nl")
        (folder / CLAIMS_FILE).write_text(json.dumps(content), encoding="utf-8")
        results = {"edition": edition, "reference_date": str(day), "measures": []}
        (folder / "results.json").write_text(json.dumps(results), encoding="utf-8")
    return tmp_path


def test_changes_are_against_the_last_edition_before_in_the_same_language(built: Path, ledger: ClaimsLedger) -> None:
    past = past_of([built], LAST, "nl")
    assert past.ledger is not None
    assert past.ledger.edition == "2024-03-25"
    changes = past.changes(ledger)
    assert changes is not None
    assert [change.claim_id for change in changes.changed] == ["A03", "A11", "A27", "A41"]
    assert changes.n_new == 71
    assert past_of([built], FIRST, "nl").ledger is None
    assert past_of([built], LAST, "en").changes(ledger) is None
    assert past_of([built], date(2026, 1, 1), "nl").ledger.edition == "2025-01-01"


def test_an_earlier_register_is_read_again_and_a_damaged_file_is_named(built: Path, inputs: ClaimInputs) -> None:
    results = json.loads((built / "2024-03-25" / "results.json").read_text())
    entry = {
        "id": "volumes.ended",
        "chapter": "volumes",
        "label_nl": "",
        "label_en": "",
        "estimate": 485,
        "unit": "trajectories",
        "evidence": "register",
        "sources": ["registry"],
        "method": "count",
        "period": "2023-01-01/2024-03-25",
        "suppressed": False,
        "withheld": ["n"],
    }
    results["measures"] = [entry, {**entry, "id": "volumes.active", "evidence": "synthetic"}]
    (built / "2024-03-25" / "results.json").write_text(json.dumps(results))
    past = past_of([built], LAST, "nl")
    own = verdicts(judge_edition(inputs, "x", LAST, reviewed_measures("2025-01-01"), past.readings))
    assert own["A23"] == ("V5", "A")  # 485, rounded to a multiple of 5, may be the printed 483
    assert [set(reading.measures) for reading in past.readings] == [{"volumes.ended"}]
    (built / "2024-03-25" / CLAIMS_FILE).write_text("{")
    with pytest.raises(SourceError, match=r"2024-03-25/claims\.json: not readable as JSON .*; run that edition again"):
        past_of([built], LAST, "nl")


def test_the_file_holds_everything_in_both_languages(built: Path) -> None:
    content = json.loads((built / "2025-01-01" / CLAIMS_FILE).read_text())
    assert len(content["claims"]) == 141
    assert Counter(own["verdict"] for own in content["claims"]) == +Counter(content["counts"])
    for own in content["claims"]:
        for name in ("verdict", "kind", "topic", "document", "reason", "settles", "unmeasured", "tips"):
            dutch, english = own[f"{name}_nl"], own[f"{name}_en"]
            assert dutch
            assert english
            assert dutch != english or name == "kind", (own["id"], name)
            assert "{" not in dutch + english


class TestCommand:
    def _run(self, built: Path, *arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(
            main, ["claims", "--outputs", str(built), *arguments], env={"COLUMNS": "80"}, terminal_width=80
        )
        return result.exit_code, result.output

    def test_it_lists_filters_and_searches_and_fits_the_width(self, built: Path) -> None:
        code, text = self._run(built)
        assert code == 0
        assert text.splitlines()[0] == "Editie 2025-01-01: 141 van 141 uitspraken"
        assert max(map(len, text.splitlines())) <= 80
        code, text = self._run(built, "--verdict", "v2", "--language", "en")
        assert (code, text.splitlines()[0]) == (0, "Edition 2025-01-01: 9 of 141 statements")
        assert "B21  V2 ! misleading or incomplete  C  Gemiddelde duur van 7 maanden" in text
        _code, text = self._run(built, "--search", "CLIENTEN uniek")
        assert [line[:3] for line in text.splitlines()[1:]] == ["A21"]
        _code, text = self._run(built, "--search", "wachttijd", "--why", "--edition", "2025-01-01")
        assert "Er is geen getal, geen norm en geen meting gegeven." in " ".join(text.split())
        assert self._run(built, "--search", "kameel") == (0, "Editie 2025-01-01: 0 van 141 uitspraken\n")

    def test_an_edition_that_was_not_built_is_one_line(self, built: Path, tmp_path_factory) -> None:
        code, text = self._run(built, "--edition", "2030-01-01")
        assert code == 2
        assert text.splitlines() == [
            "evaluation: edition '2030-01-01' was not built; built with statements are: 2024-03-25, 2025-01-01; "
            "make one that `evaluation editions` lists: evaluation run EDITION"
        ]
        code, text = self._run(tmp_path_factory.mktemp("none"))
        assert code == 2
        assert "no edition was built" in text
