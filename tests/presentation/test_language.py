"""Dutch in Dutch, English in English, and nothing left untranslated."""

import io
import string
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from evaluation.evidence import Evidence
from evaluation.measures.benchmark import TASK_FIELDS
from evaluation.measures.prices import PRICE_INDICES
from evaluation.pipeline.project import ROOT
from evaluation.presentation import labels
from evaluation.presentation.language import Language
from evaluation.sources.package import read_table

NL, EN = Language("nl"), Language("en")
SOURCE = ROOT / "src" / "evaluation"
CATALOGUE = SOURCE / "presentation" / "locale" / "nl" / "LC_MESSAGES" / "evaluation.po"


@pytest.mark.parametrize(
    ("got", "dutch", "english"),
    [
        (lambda text: text.integer(1273), "1.273", "1,273"),
        (lambda text: text.decimal(5.84), "5,8", "5.8"),
        (lambda text: text.decimal(1234.5, 2), "1.234,50", "1,234.50"),
        (lambda text: text.percent(0.29333), "29,3%", "29.3%"),
        (lambda text: text.percent(0.57, 0), "57%", "57%"),
        (lambda text: text.points(0.16), "+16,0%", "+16.0%"),
        (lambda text: text.points(-0.085), "−8,5%", "−8.5%"),
        (lambda text: text.points(0.0), "0,0%", "0.0%"),
        (lambda text: text.euro(12300), "€\u202f12.300", "€12,300"),
        (lambda text: text.day(date(2024, 3, 25)), "25 maart 2024", "25 March 2024"),
        (lambda text: text.month_short(date(2024, 3, 1)), "mrt 24", "Mar 24"),
        (lambda text: text.listing(["a"]), "a", "a"),
        (lambda text: text.listing(["a", "b", "c"]), "a, b en c", "a, b and c"),
    ],
)
def test_numbers_and_dates(got, dutch: str, english: str):
    assert got(NL) == dutch
    assert got(EN) == english


def _messages() -> set[str]:
    found = extract_from_dir(
        SOURCE, method_map=[("**.py", "python"), ("**.j2", "jinja2")], keywords={"_": None, "N_": None}
    )
    return {message for _file, _line, message, _comments, _context in found if isinstance(message, str)}


def _catalogue() -> Catalog:
    return read_po(io.BytesIO(CATALOGUE.read_bytes()), locale="nl")


def test_every_message_has_a_dutch_translation_and_no_translation_is_left_over():
    translated = {str(message.id) for message in _catalogue() if message.id and message.string and not message.fuzzy}
    assert _messages() == translated


def test_translations_keep_the_fields_of_their_message():
    for message in _catalogue():
        if message.id:
            fields = [
                sorted(name for _, name, _, _ in string.Formatter().parse(str(text)) if name)
                for text in (message.id, message.string)
            ]
            assert fields[0] == fields[1], message.id


def test_every_code_of_the_list_of_referrers_has_a_name():
    codes = read_table("code_lists")
    assert set(codes.loc[codes["list"] == "Code verwijzer", "code"]) == set(labels.REFERRERS)


def test_every_reason_of_the_list_of_ends_has_a_name_and_so_has_a_missing_one():
    codes = read_table("code_lists")
    assert set(codes.loc[codes["section"] == "JZ588", "code"]) | {""} == set(labels.END_REASONS)


def test_every_kind_has_a_name():
    assert set(labels.EVIDENCE) == set(Evidence)
    assert set(labels.PRICE_INDICES) == set(PRICE_INDICES)
    assert set(labels.SCOPES) == {*TASK_FIELDS, "own"}


@pytest.mark.slow
def test_the_dutch_report_has_no_english_and_the_other_way_round(outputs: Path):
    only_english = {
        text for text in _messages() if len(text.split()) > 3 and "{" not in text and text != NL.translate(text)
    }
    dutch_page = " ".join(
        (outputs / "2025-01-01" / name).read_text()
        for name in ("index.html", "volumes.html", "durations.html", "costs.html", "unit_costs.html")
    )
    english_page = " ".join(
        (outputs / "2025-01-01-en" / name).read_text()
        for name in ("index.html", "volumes.html", "durations.html", "costs.html", "unit_costs.html")
    )
    assert [text for text in only_english if text in dutch_page] == []
    assert [text for text in only_english if NL.translate(text) in english_page] == []
    assert sum(text in english_page for text in only_english) > 20


def test_what_is_small_negative_or_a_month_is_written_in_words_that_read_well() -> None:
    assert [Language(code).p_value(1e-7) for code in ("nl", "en")] == ["< 0,001", "< 0.001"]
    assert Language("nl").p_value(0.0131) == "0,013"
    assert Language("en").euro(-69.2) == "−€69"
    assert Language("nl").period("2022-07/2024-12") == "juli 2022 – december 2024"
    assert Language("en").period("2024") == "2024"
