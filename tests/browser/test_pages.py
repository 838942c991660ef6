"""Every page of an edition by the rules of WCAG 2.1 AA, at desktop and phone width, light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, expect

from evaluation.parameters import CHAPTERS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
OVERFLOWS = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"


def opened(browser: Browser, width: int, scheme: str, reduced: str = "reduce") -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion=reduced,  # type: ignore[arg-type]
        offline=True,
    )
    return context.new_page()


def broken_rules(browser: Browser, file: Path, width: int, scheme: str, tries: int = 2) -> list[tuple[str, str]]:
    """Check one page in a tab of its own: a tab of a busy machine may crash, which says nothing about the page."""
    page = opened(browser, width, scheme)
    try:
        page.goto(file.as_uri())
        found = Axe().run(page, options=RULES).response["violations"]
        wide = [("wider than the screen", "")] if page.evaluate(OVERFLOWS) else []
    except Error as error:
        if tries == 1 or "crashed" not in str(error):
            raise
        return broken_rules(browser, file, width, scheme, tries - 1)
    finally:
        page.context.close()
    return [(one["id"], str(one["nodes"][0]["target"])) for one in found] + wide


@pytest.mark.parametrize(
    ("edition", "width", "scheme"),
    [("2025-01-01", 1200, "light"), ("2025-01-01", 390, "dark"), ("2025-01-01-en", 390, "light")],
)
def test_no_page_breaks_a_rule_of_accessibility(
    chromium: Browser, outputs: Path, edition: str, width: int, scheme: str
) -> None:
    files = sorted((outputs / edition).glob("*.html"))
    assert len(files) > 10
    if width < 1200:  # the single file is all the others again
        files = [file for file in files if file.stem != "single"]
    broken = [(file.name, *rule) for file in files for rule in broken_rules(chromium, file, width, scheme)]
    assert broken == []


def test_the_keyboard_reaches_the_content_first_and_every_scrolling_part(chromium: Browser, outputs: Path) -> None:
    page = opened(chromium, 390, "light")
    page.goto((outputs / "2025-01-01" / "volumes.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    stuck = page.evaluate(
        "[...document.querySelectorAll('.table, figure')]"
        ".filter(e => e.scrollWidth > e.clientWidth && e.tabIndex < 0 && !e.querySelector('a')).length"
    )
    assert stuck == 0


def test_a_reader_goes_from_question_to_chapter_and_downloads_a_table(chromium: Browser, outputs: Path) -> None:
    page = opened(chromium, 1200, "light")
    page.goto((outputs / "2025-01-01" / "index.html").as_uri())
    page.get_by_role("link", name="Lees het hoofdstuk: Looptijden").click()
    assert page.url.endswith("durations.html")
    assert page.locator("h1").count() == 1
    page.goto((outputs / "2025-01-01" / "index.html").as_uri())
    page.get_by_text("tables/: elke tabel als CSV").click()
    link = page.get_by_role("link", name="durations_").first
    target = (outputs / "2025-01-01" / str(link.get_attribute("href"))).resolve()
    assert target.read_text(encoding="utf-8").count("\n") > 1


def test_the_menu_opens_by_keyboard_without_a_script_and_leads_to_the_methods(chromium: Browser, outputs: Path) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 900}, java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((outputs / "2025-01-01" / "costs.html").as_uri())
    menu = page.get_by_role("navigation", name="Pagina's van dit rapport")
    link = menu.get_by_role("link", name="Methoden")
    expect(menu.locator(".here")).to_have_text(re.compile("Geld.+Kosten"))
    expect(link).to_be_hidden()
    menu.locator("summary").press("Enter")
    expect(link).to_be_visible()
    link.press("Enter")
    expect(page.locator("h1")).to_have_text("Hoe is elke waarde bepaald?")
    context.close()


def test_nothing_is_fetched_from_elsewhere(chromium: Browser, outputs: Path) -> None:
    page = opened(chromium, 1200, "light")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for file in sorted((outputs / "2025-01-01").glob("*.html")):
        page.goto(file.as_uri())
    assert asked
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_a_reader_filters_the_statements_and_follows_one_to_its_chapter(chromium: Browser, outputs: Path) -> None:
    page = opened(chromium, 1200, "light")
    page.goto((outputs / "2025-01-01" / "claims.html").as_uri())
    shown = page.locator(".claim:visible")
    everything = shown.count()
    assert everything == 141
    page.locator("select[name=verdict]").select_option(label="misleidend of onvolledig")
    assert 0 < shown.count() < 30
    page.get_by_role("button", name="Alles tonen").click()
    expect(shown).to_have_count(everything)
    page.get_by_role("searchbox").fill("gemiddelde duur van 7 maanden")
    expect(shown).not_to_have_count(everything)
    assert 0 < shown.count() < 10
    said = shown.filter(has_text="B21")
    said.locator("summary").first.click()
    said.get_by_role("link", name="Duur van trajecten").first.click()
    assert page.url.partition("#")[0].endswith("durations.html")


def test_the_front_page_gives_each_question_an_answer_a_verdict_and_a_figure(chromium: Browser, outputs: Path) -> None:
    page = opened(chromium, 1200, "light")
    page.goto((outputs / "2025-01-01" / "index.html").as_uri())
    questions = page.locator("article.question")
    assert questions.count() == len(CHAPTERS)
    for number in range(len(CHAPTERS)):
        question = questions.nth(number)
        assert question.locator(".finding").count() >= 1
        assert question.locator("figure img").count() == 1
    assert page.locator(".said-about .verdict").count() > len(CHAPTERS)
    assert page.locator(".said-about").first.inner_text().count("sterkste bewijs") == 1


def test_a_reader_switches_language_on_any_page(chromium: Browser, outputs: Path) -> None:
    page = opened(chromium, 1200, "light")
    page.goto((outputs / "2025-01-01-en" / "durations.html").as_uri())
    page.get_by_role("link", name="Nederlands").click()
    assert page.url.endswith("/2025-01-01/durations.html")
    assert page.locator("html").get_attribute("lang") == "nl"
