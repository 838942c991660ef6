"""Report pages stand on their own, keep one language, and mark what is synthetic."""

import re
from pathlib import Path

import pytest

from evaluation.parameters import CHAPTERS

pytestmark = pytest.mark.slow
PAGES = ("index", *CHAPTERS, "methods", "data")


def _page(outputs: Path, edition: str, name: str) -> str:
    return (outputs / edition / f"{name}.html").read_text()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_needs_no_network_and_no_script(outputs: Path, name: str):
    html = _page(outputs, "2025-01-01", name)
    assert "<script" not in html
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", html)
    assert "url(" not in html


@pytest.mark.parametrize("name", PAGES)
def test_every_link_and_picture_exists(outputs: Path, name: str):
    folder = outputs / "2025-01-01"
    html = _page(outputs, "2025-01-01", name)
    targets = re.findall(r'(?:src|href)="([^"#]+)[^"]*"', html)
    assert len(targets) > 3
    for target in targets:
        assert (folder / target).is_file(), target
    for anchor in re.findall(r'href="[^"]*?#([^"]+)"', html):
        assert any(f'id="{anchor}"' in _page(outputs, "2025-01-01", page) for page in PAGES), anchor


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_first_heading_and_a_language(outputs: Path, name: str):
    for edition, language in (("2025-01-01", "nl"), ("2025-01-01-en", "en")):
        html = _page(outputs, edition, name)
        assert len(re.findall(r"<h1\b", html)) == 1
        assert f'<html lang="{language}">' in html


def test_every_picture_has_an_alternative_text(outputs: Path):
    pictures = [tag for name in PAGES for tag in re.findall(r"<img [^>]*>", _page(outputs, "2025-01-01", name))]
    assert len(pictures) >= 10
    for picture in pictures:
        assert len(re.search(r'alt="([^"]*)"', picture).group(1)) > 40


def test_only_pages_with_synthetic_values_have_the_banner(outputs: Path):
    banners = {name: 'class="banner"' in _page(outputs, "2025-01-01", name) for name in PAGES}
    public = {"coherence", "benchmark", "counterfactual", "methods", "data"}
    assert banners == {page: page not in public for page in PAGES}


@pytest.mark.parametrize("chapter", ["volumes", "durations"])
def test_every_exhibit_of_the_synthetic_chapters_carries_the_mark(outputs: Path, chapter: str):
    html = _page(outputs, "2025-01-01", chapter)
    assert html.count("<caption>") == html.count('<caption><strong class="mark"')
    assert html.count('<p class="finding">') == html.count('<p class="finding"><strong class="mark"')
    paths = list((outputs / "2025-01-01" / "tables").glob(f"{chapter}_*.csv"))
    assert len(paths) > 5
    for path in paths:
        assert path.read_text().splitlines()[0].endswith(",mark"), path.name


def test_values_of_different_evidence_stand_in_different_tables(outputs: Path):
    html = _page(outputs, "2025-01-01", "index")
    tables = re.findall(r'id="table-measures_(\w+)"[^>]*>(.*?)</table>', html, re.DOTALL)
    assert [name for name, _ in tables] == ["benchmark", "published", "synthetic", "assumed"]
    assert [('class="mark"' in table) for _, table in tables] == [False, False, True, True]
    assert "Lopende trajecten" in tables[2][1]
    assert "Landelijke groei" in tables[0][1]


@pytest.mark.parametrize("edition", ["2024-03-25", "2025-01-01", "2025-01-01-en"])
def test_a_value_of_a_statement_links_to_the_chapter_that_saved_it(outputs: Path, edition: str):
    html = _page(outputs, edition, "claims")
    linked = set(re.findall(r'<th scope="row"><a href="([^"#]+)">([^<]+)</a>', html))
    assert len(linked) >= 5
    for file, label in linked:
        methods = _page(outputs, edition, "methods")
        (own,) = re.findall(rf'<h3 id="{file.removesuffix(".html")}">.*?(?=<h3 |</main>)', methods, re.DOTALL)
        assert f"<dt>{label}" in own, (file, label)


def test_every_page_is_in_the_navigation_once(outputs: Path):
    menu = _page(outputs, "2025-01-01", "index").partition("<nav ")[2].partition("</nav>")[0]
    linked = re.findall(r'<li><a href="([^"]+)"', menu)
    files = {path.name for path in (outputs / "2025-01-01").glob("*.html")} - {"index.html", "single.html"}
    assert sorted(linked) == sorted(files)
    assert len(re.findall(r'<p id="theme-\d">', menu)) == 5


def test_the_code_is_there_and_folded(outputs: Path):
    html = _page(outputs, "2025-01-01", "volumes")
    (code,) = re.findall(r'<details class="code">(.*?)</details>', html, re.DOTALL)
    assert "volume_counts" in code
    assert "<details open" not in html
