"""Take the pictures of the README and the docs from a report that was made: `make screenshots`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
EDITION = ROOT / "outputs" / "2025-01-01"
PICTURES = [
    # name, page, width, height
    ("report", "index.html", 1100, 1500),
    ("claims", "claims.html", 1100, 1300),
    ("chapter", "durations.html", 1100, 1700),
    ("phone", "index.html", 390, 1100),
]


def main() -> None:
    """Open each page in Chromium and keep what a reader sees first."""
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    if browser_path is None or not EDITION.is_dir():
        sys.exit("screenshots need the system package chromium and a report; run `make report` first")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        for name, page, width, height in PICTURES:
            view = browser.new_page(viewport={"width": width, "height": height})
            view.goto((EDITION / page).as_uri())
            view.screenshot(path=ROOT / "docs" / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
