"""The page of statements: every quote once, in one language, readable without its script and without colour."""

from __future__ import annotations

import html
import inspect
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from evaluation.evidence import Evidence, Measure
from evaluation.measures.claims import register_rules, rules
from evaluation.measures.claims.changes import Change, Changes, EarlierLedger, EarlierVerdict
from evaluation.measures.claims.rules import RULES
from evaluation.measures.claims.vocabulary import Grade, Override, Rule, Verdict
from evaluation.pipeline.claims import claim_inputs, judge_edition
from evaluation.presentation import claim_labels as labels
from evaluation.presentation.chapter_page import ChapterPage
from evaluation.presentation.claim_reasons import REASONS
from evaluation.presentation.claim_sentences import reason
from evaluation.presentation.claims_page import ClaimsPage, describe_changes, describe_ledger, linked
from evaluation.presentation.language import Language
from evaluation.presentation.report import Report
from evaluation.sources.published import claims
from tests.pipeline.claims_results import reviewed_measures

NL, EN = Language("nl"), Language("en")
TODAY, DAY = date(2026, 11, 22), date(2025, 1, 1)
CHAPTERS = ("volumes", "durations", "capacity", "coherence", "costs", "pilot")


@cache
def page(language: Language, *, signed: bool = False) -> str:
    """The page of the last edition, with changes since an invented earlier one."""
    inputs = claim_inputs(TODAY)
    override = Override("B21", Verdict.PLAUSIBLE, Grade.EXPERIENCE, "Omdat.", "Because.", TODAY, ("An", "<Bo>"))
    own = inputs if not signed else type(inputs)(**{**vars(inputs), "overrides": (override,)})
    measures = reviewed_measures("2025-01-01")
    ledger = judge_edition(own, "2025-01-01", DAY, measures, ())
    before = EarlierVerdict(Verdict.NOT_ASSESSABLE, Grade.NONE, judged=True)
    earlier = EarlierLedger("2024-03-25", date(2024, 3, 25), {})
    changes = Changes(earlier, (Change("A27", before, Verdict.CONFIRMED, Grade.ONE_AGGREGATE),), 71)
    chapters = tuple(
        ChapterPage(name, f"{name}.html", name, (), "", "", "", Evidence.PUBLISHED, protected=False)
        for name in CHAPTERS
    )
    homes = {measure.id: f"{measure.chapter}.html" for measure in measures if measure.chapter in CHAPTERS}
    homes["volumes.active"] = "capacity.html"  # an id names a subject; the chapter that saved it may be another one
    statements = ClaimsPage(ledger, inputs.texts, changes)
    report = Report("2025-01-01", DAY, language, chapters, (), claims=statements, homes=homes)
    return report.pages()["claims.html"]


def panels(text: str) -> dict[str, str]:
    return dict(re.findall(r'<article class="claim" id="(\w+)"(.*?)</article>', text, re.DOTALL))


@pytest.mark.parametrize("language", [NL, EN])
def test_every_quote_stands_there_once_in_a_panel_with_an_anchor(language: Language) -> None:
    found = panels(page(language))
    table = claims()
    assert list(found) == list(table["id"])
    for own in table.to_dict("records"):
        panel = html.unescape(found[own["id"]])
        assert panel.count(f'<q lang="nl">{own["quote"]}</q>') == 1
        assert own["section"] in panel
        assert 'class="verdict' in panel
        assert panel.count("<dt>") == 3
        assert (own["gloss"] in panel) or language is NL


def test_a_page_needs_no_network_and_everything_is_open_without_its_script() -> None:
    text = page(NL)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", text)
    assert "<script src" not in text
    assert "fetch(" not in text
    assert text.count("<details open>") == 141
    assert re.search(r'<form id="filters"[^>]* hidden>', text)


def test_links_lead_to_chapters_of_the_edition_and_to_statements_that_exist() -> None:
    text = page(NL)
    files = {f"{name}.html" for name in CHAPTERS} | {"index.html", "claims.html", "methods.html"}
    assert set(re.findall(r'href="([^"#]+)"', text)) <= files
    anchors = set(re.findall(r'href="#([^"]+)"', text))
    assert anchors - {"main"} <= set(re.findall(r'id="([^"]+)"', text))
    assert {"B52", "B57"} <= set(re.findall(r'href="#(\w+)"', panels(text)["B12"]))


def test_a_value_leads_to_the_page_that_shows_it() -> None:
    links = re.findall(r'<a href="([^"#]+)">([^<]+)</a>', "".join(panels(page(NL)).values()))
    pages = {label: {file for file, text in links if text == label} for _file, label in links}
    assert pages["Lopende trajecten"] == {"capacity.html"}
    assert pages["Beëindigde trajecten"] == {"volumes.html"}


def test_a_verdict_is_never_shown_by_colour_alone() -> None:
    assert len(set(labels.SIGNS.values())) == len(set(labels.VERDICTS.values())) == len(Verdict)
    for panel in panels(page(NL)).values():
        (sign, words) = re.search(r'class="verdict \w+"><span aria-hidden="true">(.)</span> ([^<]+)<', panel).groups()
        assert sign in labels.SIGNS.values()
        assert words in {NL.translate(label) for label in labels.VERDICTS.values()}


def test_every_filter_offers_what_occurs_and_every_statement_can_be_found() -> None:
    text = page(NL)
    for name in ("verdict", "grade", "document", "kind", "topic"):
        (choices,) = re.findall(rf'<select name="{name}">(.*?)</select>', text, re.DOTALL)
        offered = set(re.findall(r'<option value="([^"]+)"', choices))
        assert offered == set(re.findall(rf'data-{name}="([^"]+)"', text))


def test_the_dutch_page_has_no_english_and_the_other_way_round() -> None:
    messages = [*REASONS.values(), *labels.VERDICT_MEANINGS.values(), *labels.GRADES.values(), *labels.TOPICS.values()]
    whole = {text for text in messages if "{" not in text and len(text.split()) > 2}
    assert [text for text in whole if text in html.unescape(page(NL))] == []
    assert [text for text in whole if NL.translate(text) in html.unescape(page(EN))] == []


def test_a_signed_verdict_shows_both_and_escapes_names() -> None:
    panel = panels(page(NL, signed=True))["B21"]
    assert 'class="verdict v4"' in panel
    assert "Ondertekend oordeel" in panel
    assert "“misleidend of onvolledig”, bewijs C" in panel
    assert "Omdat. Ondertekend door An en &lt;Bo&gt; op 22 november 2026." in panel


def test_what_changed_is_said_and_shown() -> None:
    text = page(NL)
    assert "Sinds de editie van 25 maart 2024 is één oordeel of bewijskracht veranderd. 71 uitspraken" in text
    assert 'href="#A27"' in text
    assert describe_changes(None, EN) == "There is no edition of an earlier reference date to compare with."
    none = Changes(EarlierLedger("x", date(2024, 3, 25), {}), (), 0)
    assert "no verdict" in describe_changes(none, EN)


def test_the_front_page_counts_the_statements() -> None:
    ledger = judge_edition(claim_inputs(TODAY), "2025-01-01", DAY, reviewed_measures("2025-01-01"), ())
    assert describe_ledger(ledger, NL) == (
        "Van 141 uitspraken aan de raad zijn er 8 bevestigd, 27 aannemelijk, 9 misleidend of onvolledig en 0 "
        "weersproken. 80 zijn niet te beoordelen met wat is gepubliceerd, en 17 zijn plannen of vragen."
    )


def test_a_text_with_markup_stays_text() -> None:
    assert str(linked("<b>A01</b> & B2")) == '&lt;b&gt;<a href="#A01">A01</a>&lt;/b&gt; &amp; B2'


def _worlds() -> Iterator[tuple[date, list[Measure]]]:
    """Results that editions might have: as reviewed, nothing, impossible figures, registers, other p-values."""
    own = list(reviewed_measures("2025-01-01"))
    public = [each for each in own if each.evidence is not Evidence.SYNTHETIC]
    yield DAY, own
    yield date(2024, 3, 25), own
    yield DAY, []
    yield DAY, [replace(each, estimate=0) if each.id == "coherence.feasible" else each for each in own]
    for factor in (0.6, 1, 1.02):
        yield DAY, [*public, *(_scaled(each, factor, Evidence.REGISTER) for each in own if each not in public)]
    open_ = {"ci_low": -1.0, "evidence": Evidence.REGISTER}
    yield DAY, [replace(each, **open_) if each.id == "volumes.prompt_registration_change" else each for each in own]
    for excl, incl in ((0.01, 0.01), (0.99, 0.99), (0.01, 0.5)):
        p_values = {"benchmark.equivalence_p_excl_6_2": excl, "benchmark.equivalence_p_incl_6_2": incl}
        yield DAY, [replace(each, estimate=p_values.get(each.id, each.estimate)) for each in public]
    yield DAY, [_scaled(each, 0.4 if "little" in each.id else 1, each.evidence) for each in public]


def _scaled(own: Measure, factor: float, evidence: Evidence) -> Measure:
    estimate, low, high = (None if v is None else v * factor for v in (own.estimate, own.ci_low, own.ci_high))
    if evidence is Evidence.REGISTER and estimate is not None and low is None:
        low, high = estimate * 0.99, estimate * 1.01
    return replace(own, estimate=estimate, ci_low=low, ci_high=high, evidence=evidence)


def test_every_finding_has_a_full_sentence_in_both_languages() -> None:
    inputs = claim_inputs(TODAY)
    found: set[str] = set()
    for day, measures in _worlds():
        for own in judge_edition(inputs, "x", day, measures, ()).judgements:
            found.add(own.outcome.key)
            for language in (NL, EN):
                said = reason(own, language)
                assert said.endswith("."), said
                assert not re.search(r"\{|: \.|  |\(\)", said), (own.claim.id, said)
    # Left out are what no present binding can lead to.
    assert set(REASONS) - found <= {"not_reproduced", "not_shown", "stated_contradicted"}


def test_every_outcome_that_a_rule_can_name_has_a_reason() -> None:
    source = inspect.getsource(rules) + inspect.getsource(register_rules)
    named = set(re.findall(r'Outcome\(\s*"(\w+)"', source)) | set(
        re.findall(r'\("((?:equivalence|stated)_\w+)"', source)
    )
    assert named <= set(REASONS)
    assert len(named) > 20
    assert set(Rule.__args__) == set(RULES)
