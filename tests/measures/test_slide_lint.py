"""What lines of slides leave out: lines of the two presentations to the council, and what they would need."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from evaluation.cli import main
from evaluation.measures.slide_lint import Missing, lint_slides, missing_from

NUMBER, UNIT, TIME_UNIT = Missing.NUMBER, Missing.UNIT, Missing.TIME_UNIT
DATE, OF_WHOM, NORM, BASELINE = Missing.REFERENCE_DATE, Missing.DENOMINATOR, Missing.NORM, Missing.BASELINE


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("Gemiddeld ruim 4 uur per gezin", {TIME_UNIT, DATE}),
        ("In 2023 gemiddeld ruim 4 uur per gezin per week", set()),
        ("Wachttijd beperkt en passend", {NUMBER, NORM}),
        ("In 2024 startte 82% van de gezinnen binnen de norm van 28 dagen", set()),
        ("Kortere doorlooptijd", {NUMBER, BASELINE}),
        ("Doorlooptijd van alle trajecten 2 maanden korter dan in 2022", set()),
        ("1.273 trajecten op 25 maart 2024", set()),
        ("1.273 trajecten", {DATE}),
        ("57% alleenstaande moeders", {DATE, OF_WHOM}),
        ("57% van de 21 gezinnen in 2023 is van een alleenstaande moeder", set()),
        ("Gemiddelde duur van 7 maanden", {DATE, OF_WHOM}),
        ("Gemiddelde duur van beëindigde trajecten op 1 januari 2025: 7 maanden", set()),
        ("Van 0 kinderen en gezinnen naar 1.650", {DATE}),
        ("Groei naar 1.650", {UNIT, DATE}),
        ("De kosten 2024 zijn t.o.v. 2022 gestegen met 29%", set()),
        ("Stijging solidaire kosten", {NUMBER, BASELINE}),
        ("De uitgaven stegen", {NUMBER, BASELINE}),
        ("De kosten namen in 2024 toe", {NUMBER, BASELINE}),
        ("De uitgaven stegen in 2024 met 13% ten opzichte van 2022", set()),
        ("Weinig klachten en bezwaren", {NUMBER, NORM}),
        ("12 klachten per 1.000 trajecten in 2024", set()),
        ("Trajectregistratie sterk verbeterd", {NUMBER, BASELINE}),
        ("respons < 5%", {DATE, OF_WHOM}),
        ("2024 = € 9,7 miljoen", set()),
        ("Diversiteit team (76 fte)", {DATE}),
    ],
)
def test_lines(line: str, missing: set[Missing]) -> None:
    assert set(missing_from(line)) == missing


@pytest.mark.parametrize(
    "line",
    [
        "Samenwerking met ketenpartners",
        "Peildatum: 25/3/2024",
        "14:05 uur Basis jeugdhulp",
        "Wanneer is goed goed genoeg?",
        "Trajecten fase 1 en 2",
        "C4Youth gemeente + partners ontwikkelen samen de werkwijze (op 3Noord niveau)",
        "Implementatieplan september 2022",
        "Met triage / lichte toets",
        "",
    ],
)
def test_lines_that_are_left_alone(line: str) -> None:
    assert missing_from(line) == ()


def test_a_date_holds_for_its_slide_and_no_further() -> None:
    text = """# Trajecten

- Beëindigde trajecten: 483
- Peildatum: 25/3/2024

# Team

- 76 fte
**2023** (kleine aantallen)
- 21 gezinnen


- 9 gezinnen"""
    findings = lint_slides(list(enumerate(text.splitlines(), start=1)))
    assert [(own.line, own.text, own.missing) for own in findings] == [(13, "9 gezinnen", (DATE,))]


class TestCommand:
    def _run(self, path: Path, *arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["lint-claims", str(path), *arguments])
        return result.exit_code, result.output

    def test_exit_codes_and_words(self, tmp_path: Path) -> None:
        path = tmp_path / "dia.md"
        path.write_text("# Vertellen\n\n- Kortere doorlooptijd\n", encoding="utf-8")
        assert self._run(path) == (
            1,
            "dia.md:3: bij “Kortere doorlooptijd” ontbreekt een getal en waarmee het is vergeleken (een beginwaarde)\n"
            "Bij één regel ontbreekt iets.\n",
        )
        path.write_text("1.273 trajecten op 25 maart 2024\n", encoding="utf-8")
        assert self._run(path, "--language", "en") == (0, "dia.md: nothing is missing\n")

    def test_what_cannot_be_read_is_one_line(self, tmp_path: Path) -> None:
        for name in ("absent.md", "slides.pptx"):
            code, text = self._run(tmp_path / name)
            assert code == 2
            assert len(text.splitlines()) == 1
            assert name in text
