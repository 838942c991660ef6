"""Bindings cover every statement, and a signed verdict is taken only when all of it is in order."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from evaluation.sources import SourceError
from evaluation.sources.claims import claim_overrides, claim_rules
from evaluation.sources.slides import slide_lines

TODAY = date(2026, 11, 22)
IDS = {"A20", "B21"}
ENTRY = {
    "claim": "B21",
    "verdict": "V4",
    "grade": "C",
    "reason_nl": "Omdat.",
    "reason_en": "Because.",
    "date": date(2026, 11, 20),
    "signed_by": ["An Jansen", "Bo de Vries"],
}


def written(folder: Path, *entries: object) -> Path:
    path = folder / "claim_overrides.yml"
    path.write_text(yaml.safe_dump({"overrides": list(entries)}), encoding="utf-8")
    return path


def test_by_default_nothing_is_signed() -> None:
    assert claim_overrides(set(claim_rules()["claim_id"]), TODAY) == ()


def test_a_complete_entry_is_taken(tmp_path: Path) -> None:
    (own,) = claim_overrides(IDS, TODAY, written(tmp_path, ENTRY))
    assert (own.claim_id, own.verdict, own.grade, own.signed_by) == ("B21", "V4", "C", ("An Jansen", "Bo de Vries"))


@pytest.mark.parametrize("field", list(ENTRY))
def test_every_field_is_needed(tmp_path: Path, field: str) -> None:
    entry = {name: value for name, value in ENTRY.items() if name != field}
    with pytest.raises(SourceError, match=rf"^claim_overrides\.yml: entry 1, field '{field}' is missing; fill it in$"):
        claim_overrides(IDS, TODAY, written(tmp_path, entry))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"claim": "B2"}, "no statement 'B2'; did you mean B21?"),
        ({"claim": "Z99"}, "no statement 'Z99'; see the column id of claims.csv"),
        ({"verdict": "V6"}, "verdict 'V6' is not allowed; choose one of V5, V4"),
        ({"grade": "F"}, "grade 'F' is not allowed; choose one of A, B"),
        ({"date": date(2026, 11, 23)}, "date 2026-11-23 lies in the future; write the day on which both signed"),
        ({"date": "20 november"}, "date '20 november' is no day; write it as 2026-11-22"),
        ({"signed_by": ["An Jansen", "an  JANSEN"]}, "signed_by names 'An Jansen' twice; a verdict is signed by two"),
        ({"signed_by": ["An Jansen"]}, "is not two names; write [First Name, Second Name]"),
        ({"signed_by": "An Jansen"}, "is not two names"),
        ({"reason_nl": "  "}, "reason_nl '  ' is no text; write a sentence"),
        ({"note": "x"}, "unknown field 'note'; allowed are claim, verdict"),
    ],
)
def test_a_wrong_value_is_refused_in_one_line(tmp_path: Path, changed: dict[str, object], told: str) -> None:
    with pytest.raises(SourceError) as refused:
        claim_overrides(IDS, TODAY, written(tmp_path, {**ENTRY, "claim": "A20"}, {**ENTRY, **changed}))
    message = str(refused.value)
    assert message.startswith("claim_overrides.yml: entry 2")
    assert told in message
    assert "\n" not in message


def test_two_entries_for_one_statement_and_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="entry 2, claim 'B21' has an entry already; keep one"):
        claim_overrides(IDS, TODAY, written(tmp_path, ENTRY, ENTRY))
    with pytest.raises(SourceError, match="entry 1 is 'B21' and not a set of fields"):
        claim_overrides(IDS, TODAY, written(tmp_path, "B21"))
    path = tmp_path / "claim_overrides.yml"
    for text, told in (("overrides: [", "cannot be read as YAML"), ("", "holds no list 'overrides'")):
        path.write_text(text)
        with pytest.raises(SourceError, match=told):
            claim_overrides(IDS, TODAY, path)


def test_slides_are_read_as_lines_and_cells(tmp_path: Path) -> None:
    path = tmp_path / "slides.csv"
    path.write_text("dia;tekst\nTellen;21 gezinnen, 9 nieuwe\n", encoding="utf-8-sig")
    assert slide_lines(path) == [(1, "dia"), (1, "tekst"), (2, "Tellen"), (2, "21 gezinnen, 9 nieuwe")]
    path = tmp_path / "slides.md"
    path.write_text("# Tellen\n\n- 21 gezinnen\n", encoding="utf-8")
    assert slide_lines(path) == [(1, "# Tellen"), (2, ""), (3, "- 21 gezinnen")]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("slides.pptx", b"PK", r"\.pptx is not read; save the text of the slides as \.txt, \.md, \.csv"),
        ("slides", b"x", "no extension is not read"),
        ("slides.txt", "coördinatie".encode("cp1252"), "not a text file in UTF-8; save it as one"),
        ("slides.txt", b" \n", "holds no text"),
        ("slides.txt", b"a\0b", "holds no text"),
    ],
)
def test_what_is_no_text_of_slides_is_refused(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=told):
        slide_lines(tmp_path / name)
