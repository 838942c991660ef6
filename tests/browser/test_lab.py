"""JupyterLab in a real browser: it opens on the first chapter, runs it, and leaves in the file what a run would."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from evaluation.pipeline.project import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TOKEN = "of-this-test"
PATIENCE = 120_000  # milliseconds; a busy machine starts a kernel slowly


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, for JupyterLab writes to its notebooks."""
    copy = tmp_path_factory.mktemp("project")
    for part in ("src", "notebooks", "data"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("private", "__pycache__"))
    return copy


@pytest.fixture(scope="module")
def address(project: Path) -> Iterator[str]:
    """JupyterLab on the copy; ended as a user would end it from outside."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from evaluation.cli import start; start()", "lab", "--language", "en"]
    command += ["--no-browser", f"--port={port}", f"--IdentityProvider.token={TOKEN}", "--allow-root"]
    environment = {**os.environ, "PYTHONPATH": str(project / "src"), "HOME": str(project)}
    log = project / "lab.log"
    with log.open("w") as written:
        lab = subprocess.Popen(command, cwd=project, env=environment, stdout=written, stderr=subprocess.STDOUT)
    try:
        wait_for(f"http://127.0.0.1:{port}/api?token={TOKEN}", lab, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        lab.send_signal(signal.SIGTERM)
        lab.wait(60)


def wait_for(url: str, lab: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(PATIENCE // 500):
        assert lab.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.5)
        else:
            return
    raise AssertionError(log.read_text())


@pytest.fixture
def desk(chromium: Browser, address: str) -> Iterator[Page]:
    """JupyterLab as it opens, once the kernel of the first chapter runs."""
    page = chromium.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/?token={TOKEN}")
    expect(page.get_by_role("tab", name="01_volumes.ipynb")).to_be_visible(timeout=PATIENCE)
    wait_until_idle(page)
    yield page
    page.context.close()


def notebook(desk: Page) -> Locator:
    """The notebook in front."""
    return desk.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")


def wait_until_idle(desk: Page) -> None:
    expect(desk.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=PATIENCE)


def run_all(desk: Page) -> None:
    desk.get_by_role("menuitem", name="Run", exact=True).click()
    desk.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def run_below(desk: Page, code: str) -> Locator:
    """Add a cell at the end, run it, and return what it shows."""
    notebook(desk).locator(".jp-Cell").last.click()
    desk.keyboard.press("Escape")
    desk.keyboard.press("b")
    desk.keyboard.press("Enter")
    desk.keyboard.insert_text(code)
    desk.keyboard.press("Control+Enter")
    shown = notebook(desk).locator(".jp-Cell").last.locator(".jp-OutputArea-output")
    expect(shown.first).to_be_visible(timeout=PATIENCE)
    return shown


def save(desk: Page, chapter: Path) -> None:
    """Save, and wait until the file is written."""
    before = chapter.stat().st_mtime_ns
    desk.keyboard.press("Escape")
    desk.keyboard.press("Control+s")
    for _ in range(PATIENCE // 200):
        if chapter.stat().st_mtime_ns != before:
            return
        desk.wait_for_timeout(200)
    raise AssertionError(f"{chapter.name} was not saved")


def test_it_opens_on_the_first_chapter_runs_all_and_leaves_the_file_as_it_was(desk: Page, project: Path) -> None:
    chapter = project / "notebooks" / "01_volumes.ipynb"
    before = chapter.read_text()
    run_all(desk)
    # What is stored shows a figure too, until its cell runs: the last cell has run when its message is there anew.
    notebook(desk).locator(".jp-Cell").last.scroll_into_view_if_needed()
    expect(notebook(desk).get_by_text("Opgeslagen: 9 uitkomsten")).to_be_visible(timeout=PATIENCE)
    wait_until_idle(desk)
    saved = project / "outputs" / "interactive" / "figures" / "volumes_monthly_flow.svg"
    for _ in range(PATIENCE // 200):
        if saved.exists():
            break
        desk.wait_for_timeout(200)
    assert saved.exists()
    figure = notebook(desk).locator(".jp-RenderedImage img").first
    figure.scroll_into_view_if_needed()
    assert figure.evaluate("image => image.complete && image.naturalWidth") > 500
    refused = run_below(desk, 'VolumesParameters(**{**params.model_dump(), "since": "yesterday"})')
    assert refused.last.inner_text().strip().startswith("ParameterError: volumes: parameter 'since' is 'yesterday'")
    assert "Traceback" not in refused.last.inner_text()
    assert "VolumeCounts" in run_below(desk, "counts").last.inner_text()
    connection = run_below(desk, "from ipykernel.connect import get_connection_file\nprint(get_connection_file())")
    assert_private(Path(connection.last.inner_text().strip()))
    for _ in range(3):  # the cells that were added go again
        notebook(desk).locator(".jp-Cell").last.click()
        desk.keyboard.press("Escape")
        desk.keyboard.type("dd")
    save(desk, chapter)
    assert chapter.read_text() == before


def assert_private(connection: Path) -> None:
    """Kernels listen on no port of the machine, and nobody else can enter the folder of their sockets."""
    described = json.loads(connection.read_text())
    assert described["transport"] == "ipc"
    assert Path(f"{described['ip']}-{described['shell_port']}").is_socket()
    assert Path(f"{described['ip']}-forks").is_socket()
    assert connection.parent.stat().st_mode & 0o077 == 0


def test_the_launcher_opens_each_chapter_itself_and_an_assumption_can_be_turned(desk: Page, project: Path) -> None:
    chapters = sorted(path.name for path in (project / "notebooks").glob("*.ipynb"))
    desk.get_by_title("New Launcher (Ctrl+Shift+L)").first.click()
    cards = desk.locator(".jp-Launcher-section", has_text="Chapters").locator(".jp-LauncherCard")
    expect(cards).to_have_count(len(chapters), timeout=PATIENCE)
    assert [cards.nth(number).get_attribute("title") for number in range(len(chapters))] == chapters
    desk.get_by_role("tab", name="Launcher").click()  # a notebook that comes back from last time may stand before it
    cards.filter(has_text="Other municipalities").click()
    question = notebook(desk).get_by_role("heading", name="Groeiden de uitgaven aan jeugdhulp")
    expect(question).to_be_visible(timeout=PATIENCE)
    wait_until_idle(desk)
    assert sorted(path.name for path in (project / "notebooks").glob("*.ipynb")) == chapters
    in_front = desk.get_by_role("tab", name="08_benchmark.ipynb")
    in_front.click()  # the first chapter may come forward late, for the desk opens on it
    run_all(desk)
    in_front.click()
    margin = notebook(desk).get_by_role("slider").first
    expect(margin).to_be_visible(timeout=PATIENCE)
    outcome = notebook(desk).locator(".jp-OutputArea-output", has=desk.get_by_role("slider")).first
    expect(outcome).to_contain_text("tot 5 naar beide kanten", timeout=PATIENCE)
    margin.press("ArrowRight")
    expect(outcome).to_contain_text("tot 5,5 naar beide kanten", timeout=PATIENCE)
