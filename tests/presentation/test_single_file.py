"""One file with every page: nothing outside it is needed, and every link in it leads somewhere."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest

from evaluation.presentation.single_file import single_file
from tests.presentation.drawn_contents import EN, NL

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><defs><path id="a"/></defs>\n<text fill="#fff">50% & "x"</text></svg>'
HEAD = '<!DOCTYPE html>\n<html lang="nl"><head><style>a > b { color: red; }</style></head><body>'
HEADER = """<a class="skip" href="#main">Naar</a>
<header class="site"><a href="index.html">T</a><a href="costs.html">K</a></header>"""
FOOT = '<footer class="site"><p>Voet</p></footer></body></html>'
FRONT = f"""{HEAD}{HEADER}<p class="banner">Let op</p>
<main id="main"><h1>Voor</h1><article aria-labelledby="q-1"><h2 id="q-1"><a href="costs.html#figure-f">Vraag</a></h2>
<img src="figures/f.svg" alt="Een &lt; twee"></article><a href="report.pdf">Elders</a></main>{FOOT}"""
COSTS = f"""{HEAD}{HEADER}<main id="main"><h1 id="Hoe">Kosten<a class="anchor-link" href="#Hoe">¶</a></h1><h2>Deel</h2>
<figure id="figure-f"><img src="figures/f.svg" alt="x"></figure><pre>id="geen" &amp; href=&quot;#x&quot;<br/></pre>
<a href="https://example.org/">buiten</a></main>{FOOT}"""


class _Seen(HTMLParser):
    """Tags of a page with their attributes, and whether every one that opens is closed."""

    VOID = ("meta", "img", "br", "hr", "link", "input", "col")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, name: str) -> list[str]:
        return [attributes[name] for _tag, attributes in self.tags if attributes.get(name) is not None]


def _assert_sound(page: str) -> _Seen:
    seen = _Seen(page)
    assert not seen.open
    ids = seen.all("id")
    assert len(ids) == len(set(ids))
    for target in seen.all("href"):
        assert target.startswith("#"), target
        assert target[1:] in ids, target
    for named in seen.all("aria-labelledby"):
        assert named in ids
    assert all(source.startswith("data:image/svg+xml,") for source in seen.all("src"))
    around = re.sub(r'"data:image/svg\+xml,[^"]*"', "", page)
    assert not re.search(r"url\(|@import|<script|<link|<iframe", around)
    levels = [int(tag[1]) for tag, _attributes in seen.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert [tag for tag, _attributes in seen.tags].count("main") == 1
    return seen


def test_links_stay_inside_and_ids_stay_apart():
    page = single_file({"costs.html": COSTS, "index.html": FRONT}, lambda _path: SVG, NL)
    seen = _assert_sound(page)
    assert set(seen.all("id")) == {"index", "index-main", "index-q-1", "costs", "costs-Hoe", "costs-figure-f"}
    assert seen.all("href") == ["#index-main", "#index", "#costs", "#costs-figure-f", "#costs-Hoe", "#index"]
    assert "<a>Elders</a>" in page
    assert "<a>buiten</a>" in page
    assert '<h2 id="costs-Hoe">Kosten' in page
    assert "<h3>Deel</h3>" in page
    assert page.index("Vraag") < page.index("Deel") < page.index("Voet")
    assert "Terug naar het begin" in page
    assert 'alt="Een &lt; twee"' in page


def test_text_and_style_stay_as_they_are():
    page = single_file({"costs.html": COSTS, "index.html": FRONT}, lambda _path: SVG, EN)
    assert 'id="geen" &amp; href=&quot;#x&quot;<br>' in page
    assert "a > b { color: red; }" in page
    assert page.startswith('<!DOCTYPE html>\n<html lang="nl">')


def test_a_drawing_comes_out_as_it_went_in():
    seen = _Seen(single_file({"index.html": FRONT}, lambda _path: SVG, NL))
    (source,) = seen.all("src")
    kind, _comma, drawing = source.partition(",")
    assert kind == "data:image/svg+xml"
    assert not set(drawing) & set('#<>"')
    assert unquote(drawing).split() == SVG.split()


def test_an_id_that_a_page_gives_twice_is_told_apart():
    twice = COSTS.replace("<h2>Deel</h2>", '<h2 id="t">Deel</h2><p id="t"></p><a href="#t">t</a>')
    seen = _assert_sound(single_file({"costs.html": twice, "index.html": FRONT}, lambda _path: SVG, NL))
    assert {"costs-t", "costs-t-2"} <= set(seen.all("id"))


def test_scripts_stay_out():
    page = COSTS.replace("</main>", '<script>if (1 < 2) { document.write("<p>"); }</script><p>Na</p></main>')
    joined = single_file({"costs.html": page, "index.html": FRONT}, lambda _path: SVG, NL)
    _assert_sound(joined)
    assert "document.write" not in joined
    assert "<p>Na</p>" in joined


def test_figures_are_asked_for_as_the_page_names_them():
    asked: list[str] = []
    single_file({"index.html": FRONT, "costs.html": COSTS}, lambda path: asked.append(path) or SVG, NL)
    assert asked == ["figures/f.svg", "figures/f.svg"]


def test_a_front_page_without_its_parts_is_refused():
    with pytest.raises(ValueError, match="front page"):
        single_file({"index.html": "<html></html>"}, lambda _path: SVG, NL)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["2024-03-25", "2025-01-01", "2025-01-01-en"])
def test_the_file_of_an_edition_needs_nothing_else(outputs: Path, name: str):
    folder = outputs / name
    page = (folder / "single.html").read_text()
    assert (folder / "single.html").stat().st_size < 10_000_000
    seen = _assert_sound(page)
    assert dict(seen.tags)["html"]["lang"] == ("en" if name.endswith("en") else "nl")
    for file in folder.glob("*.html"):
        if file.name == "single.html":
            continue
        assert file.stem in seen.all("id")
        own = file.read_text()
        headings = re.findall(r"<h2[^>]*>([^<]+)<", own)
        assert all(heading in page for heading in headings if heading != "Downloads")
        assert page.count("<img ") >= own.count("<img ")
    assert "report.pdf" not in page
