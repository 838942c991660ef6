"""`evaluation coherence`: the verdict, its exit code, and a page that stands on its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evaluation.cli import main
from evaluation.sources.package import DATA_FOLDER

EXAMPLE = DATA_FOLDER / "published" / "coherence_example.yml"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["coherence", *map(str, arguments)])


@pytest.fixture
def impossible(tmp_path: Path) -> Path:
    """The example with a stock at the end that does not follow: 240 + 415 - 375 = 280 at most, and 298 printed."""
    text = EXAMPLE.read_text(encoding="utf-8")
    assert text.count("value: 270, low: 265, high: 275") == 1
    path = tmp_path / "impossible.yml"
    path.write_text(
        text.replace("value: 270, low: 265, high: 275", "value: 300, low: 298, high: 302"), encoding="utf-8"
    )
    return path


def test_figures_that_can_be_true_exit_with_zero() -> None:
    result = run(EXAMPLE, "--language", "en")
    assert result.exit_code == 0, result.output
    assert "All 10 figures can be true at once." in result.output
    assert "limited by one figure more than by another" in " ".join(result.output.split())
    # 240 running, 405 to 415 started and 375 to 385 ended; 265 to 275 on 31.45 to 31.55 fte
    assert "8.4 to 8.7" in result.output


def test_figures_that_cannot_be_true_exit_with_one_and_name_the_smallest_repair(
    impossible: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    result = run(impossible, "--language", "en", "--output", page)
    assert result.exit_code == 1
    text = " ".join(result.output.split())
    assert "These 10 figures cannot all be true. These collide:" in text
    assert "“circa 380 afgerond”" in text
    assert "“gemiddeld zeven en een halve maand”" not in text  # the mean length has no part in it
    # 433 - 415 = 18 of 410, 375 - 357 = 18 of 380, 298 - 280 = 18 of 300, 258 - 240 = 18 of 240
    assert "“ruim 400 nieuwe trajecten” up to at least 433 (a change of 4.4%)" in text
    html = page.read_text(encoding="utf-8")
    assert "433" in html
    assert "<svg" not in html


def test_the_page_stands_on_its_own_in_both_languages(tmp_path: Path) -> None:
    for language, words in (
        ("nl", "Kunnen deze cijfers allemaal waar zijn?"),
        ("en", "Can these figures all be true?"),
    ):
        page = tmp_path / f"{language}.html"
        assert run(EXAMPLE, "--language", language, "--output", page).exit_code == 0
        html = page.read_text(encoding="utf-8")
        assert f"<h1>{words}</h1>" in html
        assert f'<html lang="{language}">' in html
        assert html.count('role="img"') == html.count("<svg") >= 1
        assert not re.search(r"<script|<link|src=", html)
        described = re.findall(r'role="img" aria-label="([^"]*)"', html)
        assert min(len(text) for text in described) > 40


def test_without_a_file_it_is_about_the_presentations_to_the_council() -> None:
    result = run("--counts", "as_printed")
    assert result.exit_code == 0
    text = " ".join(result.output.split())
    assert "Alle 17 cijfers kunnen tegelijk waar zijn." in text
    assert "minstens 8,7 maanden" in text
    assert "13,5 tot 18,4" in text
    assert "10,8 tot 12,6" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("figures: 3", "holds no list 'figures'"),
        ("figures: [{id: a, quantity: stok}]", "quantity 'stok' is not known; did you mean 'stock'?"),
    ],
)
def test_a_bad_file_exits_with_two_and_one_line(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.yml"
    path.write_text(text, encoding="utf-8")
    result = run(path)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("evaluation: bad.yml")
    assert words in line


def test_an_output_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    result = run(EXAMPLE, "--output", tmp_path / "nowhere" / "page.html")
    assert result.exit_code == 2
    assert "nowhere" in result.stderr
    assert "Traceback" not in result.output


def test_the_help_names_every_quantity_and_the_example() -> None:
    result = run("--help")
    for word in ("mean_running_months", "euros_per_person_month", "coherence_example.yml", "Examples:", "Exit code"):
        assert word in result.output
