"""What a reader does with a report on her own disk: with the keyboard alone, on paper, and with less motion."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.test_pages import opened

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FOCUSED = "[document.activeElement.tagName, document.activeElement.getAttribute('href'), document.activeElement.id]"
MOST_STOPS = 400  # a page with more is not to be gone through with a keyboard
MOVES = """[...document.querySelectorAll('*')].filter(e => {
  const style = getComputedStyle(e);
  const moving = [style.animationName !== "none", parseFloat(style.transitionDuration) > 0];
  return moving.some(Boolean) || style.scrollBehavior === "smooth";
}).length"""


def report(chromium: Browser, folder: Path, name: str = "index.html") -> Page:
    page = opened(chromium, 1200, "light")
    page.goto((folder / name).as_uri())
    return page


def stops(page: Page) -> list[tuple[str, str, str]]:
    """Where the tabulator key leads from the beginning of a page to its end."""
    found: list[tuple[str, str, str]] = []
    for _press in range(MOST_STOPS):
        page.keyboard.press("Tab")
        tag, target, name = page.evaluate(FOCUSED)
        if tag == "BODY":
            break
        found.append((tag, target or "", name))
    return found


def test_the_keyboard_alone_reaches_every_link_of_the_front_page(chromium: Browser, outputs: Path) -> None:
    page = report(chromium, outputs / "2025-01-01")
    links = page.eval_on_selector_all(
        "a[href]", "all => all.filter(e => e.checkVisibility()).map(e => e.getAttribute('href'))"
    )
    found = stops(page)
    reached = [target for tag, target, _name in found if tag == "A"]
    assert len(found) < MOST_STOPS
    assert reached == links
    assert {"report.pdf", "tables.xlsx", "single.html", "claims.html"} <= set(reached)
    # Every stop can be seen.
    page.locator("main a[href='volumes.html']").first.focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_the_keyboard_opens_the_folded_code_and_closes_it_again(chromium: Browser, outputs: Path) -> None:
    page = report(chromium, outputs / "2025-01-01", "volumes.html")
    code = page.locator("details.code")
    code.locator("summary").focus()
    assert not code.locator("pre").first.is_visible()
    page.keyboard.press("Enter")
    assert code.locator("pre").first.is_visible()
    page.keyboard.press("Space")
    assert not code.locator("pre").first.is_visible()


def test_the_keyboard_filters_the_statements(chromium: Browser, outputs: Path) -> None:
    page = report(chromium, outputs / "2025-01-01", "claims.html")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("gemiddelde duur van 7 maanden")
    page.wait_for_function("[...document.querySelectorAll('.claim')].filter(e => e.checkVisibility()).length < 10")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "verdict"


@pytest.mark.parametrize("name", ["index.html", "durations.html", "claims.html"])
def test_nothing_moves_for_who_asks_for_less_motion(chromium: Browser, outputs: Path, name: str) -> None:
    assert report(chromium, outputs / "2025-01-01", name).evaluate(MOVES) == 0


def test_paper_has_the_answers_and_not_what_only_a_screen_can_do(chromium: Browser, outputs: Path) -> None:
    page = report(chromium, outputs / "2025-01-01", "durations.html")
    page.emulate_media(media="print")
    for hidden in ("nav", "details.code", ".skip"):
        assert page.locator(hidden).count() >= 1
        assert not page.locator(hidden).first.is_visible()
    assert page.locator(".finding").first.is_visible()
    figure = page.locator("figure").first
    assert figure.evaluate("e => getComputedStyle(e).breakInside") == "avoid"
    page.goto((outputs / "2025-01-01" / "claims.html").as_uri())
    assert not page.locator("#filters").is_visible()
    assert page.locator(".claim").first.is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_a_table_is_downloaded_as_it_lies_on_disk(chromium: Browser, outputs: Path) -> None:
    page = report(chromium, outputs / "2025-01-01")
    page.locator("details summary").filter(has_text="tables/").click()
    link = page.get_by_role("link", name="durations_length_summary.csv")
    link.evaluate("e => e.setAttribute('download', '')")
    with page.expect_download() as waiting:
        link.click()
    saved = Path(waiting.value.path()).read_bytes()
    assert saved == (outputs / "2025-01-01" / "tables" / "durations_length_summary.csv").read_bytes()


def test_the_single_file_is_read_on_its_own(chromium: Browser, outputs: Path, tmp_path: Path) -> None:
    alone = tmp_path / "mail.html"
    alone.write_bytes((outputs / "2025-01-01" / "single.html").read_bytes())
    page = report(chromium, tmp_path, alone.name)
    page.get_by_role("link", name="Lees het hoofdstuk: Looptijden").click()
    assert page.url.endswith("#durations")
    drawn = "[...document.querySelectorAll('#durations img')].filter(e => e.complete && e.naturalWidth > 0).length"
    assert page.evaluate(drawn) >= 4
