"""What a kernel of the desk has beyond that of a run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.io import capture_output

from evaluation.evidence import Evidence
from evaluation.measures.volumes import VolumeCounts
from evaluation.parameters import VolumesParameters
from evaluation.pipeline.lab import session
from evaluation.pipeline.page import Page
from evaluation.presentation.assumptions import MARGIN
from evaluation.presentation.sentence import Sentence
from evaluation.progress import followed, watch

COUNTS = VolumeCounts(
    trajectories=1650,
    clients=1495,
    ended=900,
    active=750,
    started_this_year=538,
    reporting_year=2024,
    n_missing=0,
    since=date(2023, 1, 1),
    reference_date=date(2025, 1, 1),
    evidence=Evidence.SYNTHETIC,
    source="synthetic",
)


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """A session at the desk, without a kernel around it."""
    made = InteractiveShell.instance()
    yield made
    watch(None)
    InteractiveShell.clear_instance()


@pytest.fixture
def desk(shell: InteractiveShell) -> InteractiveShell:
    shell.extension_manager.load_extension(session.__name__)
    return shell


def bundle(shell: InteractiveShell, value: object) -> dict[str, Any]:
    made, _metadata = shell.display_formatter.format(value)
    return made


def test_changed_code_is_loaded_before_each_cell(
    desk: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    module = tmp_path / "rewritten_at_the_desk.py"
    module.write_text("def answer():\n    return 41\n")
    assert desk.run_cell("from rewritten_at_the_desk import answer\nanswer()").result == 41
    module.write_text("def answer():\n    return 6 * 7 + 0\n")
    assert desk.run_cell("answer()").result == 42


def test_a_bare_result_shows_its_summary(desk: InteractiveShell) -> None:
    shown = bundle(desk, COUNTS)
    assert "VolumeCounts" in shown["text/plain"]
    assert "1.650" in shown["text/plain"]
    assert shown["text/html"].startswith("<pre")


def test_what_is_no_result_looks_as_it_always_did(desk: InteractiveShell) -> None:
    assert bundle(desk, 3) == {"text/plain": "3"}
    sentence = Sentence("All is well.", Evidence.BENCHMARK, Page(PARAMETERS).language)
    assert bundle(desk, sentence) == sentence.bundle()


PARAMETERS = VolumesParameters(
    edition="2025-01-01",
    reference_date="2025-01-01",
    since="2023-01-01",
    registry="synthetic",
    language="nl",
    output_folder="outputs/interactive",
)


def test_a_refused_parameter_is_one_line_and_stops_the_cell(shell: InteractiveShell) -> None:
    with capture_output() as said:
        ran = shell.run_cell(
            "from evaluation.parameters import VolumesParameters\nVolumesParameters(edition='x', since='yesterday')"
        )
    assert not ran.success
    (line,) = said.stdout.strip().splitlines()
    assert line.startswith("ParameterError: volumes: parameter ")


def doubled(margin: float) -> Sentence:
    return Sentence(f"{margin:g} twice is {2 * margin:g}", Evidence.BENCHMARK, Page(PARAMETERS).language)


def shown_as_it_is(sentence: Sentence, _language: object) -> Sentence:
    return sentence


def slide(shell: InteractiveShell, page: Page) -> list[dict[str, Any]]:
    """What a slider displays."""
    shell.display_pub = CapturingDisplayPublisher()
    page.slide(shown_as_it_is, MARGIN, doubled)
    return [output["data"] for output in shell.display_pub.outputs]


def test_a_run_passes_over_a_slider(shell: InteractiveShell) -> None:
    assert slide(shell, Page(PARAMETERS)) == []


def test_at_the_desk_a_slider_shows_what_follows_and_keeps_nothing(desk: InteractiveShell) -> None:
    page = Page(PARAMETERS)
    *outcomes, shown = slide(desk, page)
    assert "application/vnd.jupyter.widget-view+json" in shown
    # Without a kernel around it the outcome is displayed beside the slider: that of its first value.
    assert [one["text/plain"] for one in outcomes] == ["0.005 twice is 0.01"]
    assert page._exhibits == []


def test_work_is_followed_only_while_somebody_watches() -> None:
    seen: list[tuple[str, int]] = []

    def watcher(steps: Any, work: str) -> Any:
        seen.append((work, len(steps)))
        return steps

    assert [*followed(iter("ab"), "letters")] == ["a", "b"]
    watch(watcher)
    try:
        assert [*followed(iter("ab"), "letters")] == ["a", "b"]
    finally:
        watch(None)
    assert [*followed("c", "letters")] == ["c"]
    assert seen == [("letters", 2)]
