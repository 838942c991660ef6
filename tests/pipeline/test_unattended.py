"""An unattended run: its log, what it keeps, what it tells, and how it ends. The making itself is played."""

from __future__ import annotations

import errno
import json
import os
import re
import select
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from filelock import FileLock

from evaluation.cli import main
from evaluation.disclosure import DisclosureError
from evaluation.parameters import ParameterError
from evaluation.pipeline import RunError, runner
from evaluation.pipeline.place import LOCK
from evaluation.sources.package import SourceError

from .built_editions import NUMBERS, STATEMENTS, number, statement, write_edition

CHANGED = (number("volumes.active", 755), number("costs.bjh_share", 0.1, 0.099, 0.101))
KEYS = {"time", "level", "event", "edition", "chapter", "seconds", "exit_code", "message"}


class Scene:
    """A folder of editions whose making is played, and the command on it."""

    def __init__(self, folder: Path) -> None:
        self.outputs, self.log = folder / "outputs", folder / "log.jsonl"
        self.makes: Callable[[], list[Any]] = lambda: [write_edition(self.outputs / "2025-01-01")]

    def play(
        self, _editions: object, *, on_start: Callable[[int], None], on_step: Callable[[], None], **_: Any
    ) -> list:
        on_start(1)
        on_step()
        return self.makes()

    def run(self, *options: str) -> Result:
        words = ["unattended", "2025-01-01", "--outputs", str(self.outputs), "--log", str(self.log), *options]
        return CliRunner().invoke(main, words)

    def changes_to(self, *, numbers: tuple = NUMBERS, statements: tuple = STATEMENTS) -> None:
        self.makes = lambda: [write_edition(self.outputs / "2025-01-01", numbers, statements)]

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def kept(self) -> list[Path]:
        return sorted((self.outputs / ".kept" / "2025-01-01").iterdir())


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    own = Scene(tmp_path)
    monkeypatch.setattr(runner, "run_editions", own.play)
    return own


@pytest.fixture
def mask() -> Any:
    """The command sets the mask of the process; it is set back here."""
    before = os.umask(0)
    os.umask(before)
    yield
    os.umask(before)


pytestmark = pytest.mark.usefixtures("mask")


def test_every_line_of_the_log_is_an_object_with_the_same_keys(scene: Scene) -> None:
    assert scene.run().exit_code == 0
    events = scene.events()
    assert all(set(own) == KEYS for own in events)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", own["time"]) for own in events)
    assert [own["event"] for own in events] == [
        "started", "running", "notebook", "chapter", "chapter", "made", "changed", "kept", "finished",
    ]  # fmt: skip
    chapters = [(own["edition"], own["chapter"], own["seconds"]) for own in events if own["event"] == "chapter"]
    assert chapters == [("2025-01-01", "volumes", 4.8), ("2025-01-01", "costs", 4.4)]
    assert events[-1]["exit_code"] == 0
    assert stat.S_IMODE(scene.log.stat().st_mode) == 0o600


def test_the_log_goes_on_where_it_was_and_is_closed_to_others(scene: Scene) -> None:
    scene.log.write_text("")
    scene.log.chmod(0o644)
    scene.run()
    scene.run()
    assert [own["event"] for own in scene.events()].count("finished") == 2
    assert stat.S_IMODE(scene.log.stat().st_mode) == 0o600


def test_without_a_file_the_log_is_all_of_standard_error(scene: Scene, capfd: pytest.CaptureFixture[str]) -> None:
    def noisy() -> list[Any]:
        os.write(2, b"a library warns of client 123\n")
        print("and again", file=sys.__stderr__)
        return [write_edition(scene.outputs / "2025-01-01")]

    scene.makes = noisy
    result = CliRunner().invoke(main, ["unattended", "2025-01-01", "--outputs", str(scene.outputs)])
    assert result.exit_code == 0
    lines = capfd.readouterr().err.splitlines()
    assert json.loads(lines[-1])["event"] == "finished"
    assert all(set(json.loads(line)) == KEYS for line in lines)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_log_that_cannot_be_written_stops_no_run_and_has_the_code_of_one_that_was_not_told(scene: Scene) -> None:
    write_edition(scene.outputs / "2025-01-01")
    scene.log = Path("/dev/full")
    mode = scene.log.stat().st_mode
    scene.changes_to(numbers=CHANGED)
    result = scene.run()
    assert scene.log.stat().st_mode == mode
    assert (result.exit_code, "750 → 755" in result.stdout) == (3, True)
    assert result.stderr == "evaluation: the log could not be written: No space left on device\n"


def test_a_reader_of_the_log_that_went_away_stops_no_run(scene: Scene) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    error = os.dup(2)
    os.dup2(writer, 2)
    try:
        result = CliRunner().invoke(main, ["unattended", "2025-01-01", "--outputs", str(scene.outputs)])
    finally:
        os.dup2(error, 2)
        os.close(error)
        os.close(writer)
    assert (result.exit_code, "eerste keer" in result.stdout) == (3, True)
    assert len(scene.kept()) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RunError("10_pilot.ipynb, edition 2025-01-01, cell 6 (1 / 0): ZeroDivisionError: division by zero"), 1),
        (ParameterError("unknown edition '2023-12-31'; allowed are 2024-03-25, 2025-01-01"), 2),
        (SourceError("/media/Anna de Vries/export 2026/trajecten.csv: line 3 cannot be read"), 2),
        (DisclosureError("a hidden number can be recomputed"), 2),
        (PermissionError(13, "Permission denied", "/home/anna/geheim"), 2),
        (ZeroDivisionError("client 123456782"), 70),
    ],
)
def test_a_failure_has_its_code_and_leaves_everything_as_it_was(scene: Scene, error: Exception, code: int) -> None:
    scene.run()
    page = (scene.outputs / "2025-01-01" / "index.html").stat().st_mtime_ns

    def fail() -> list[Any]:
        raise error

    scene.makes = fail
    result = scene.run("--hook", f"touch {shlex.quote(str(scene.outputs / 'hooked'))}")
    assert result.exit_code == code
    assert result.stdout == ""
    assert [own["exit_code"] for own in scene.events() if own["event"] == "finished"] == [0, code]
    assert scene.events()[-2]["event"] == "failed"
    assert (scene.outputs / "2025-01-01" / "index.html").stat().st_mtime_ns == page
    assert len(scene.kept()) == 1
    assert not (scene.outputs / "hooked").exists()
    told = scene.log.read_text()
    for personal in ("Anna", "anna", "Vries", "123456782", str(scene.outputs), "/media", "/home"):
        assert personal not in told


def test_a_failed_chapter_is_named_in_the_fields(scene: Scene) -> None:
    def fail() -> list[Any]:
        raise RunError("10_pilot.ipynb, edition 2025-01-01, cell 6 (1 / 0): ZeroDivisionError: division by zero")

    scene.makes = fail
    scene.run()
    failed = next(own for own in scene.events() if own["event"] == "failed")
    assert (failed["level"], failed["edition"], failed["chapter"]) == ("error", "2025-01-01", "pilot")
    assert failed["message"].endswith("cell 6 (1 / 0): ZeroDivisionError: division by zero")


def test_one_that_is_ended_from_outside_says_so(scene: Scene) -> None:
    def end() -> list[Any]:
        raise SystemExit(143)

    scene.makes = end
    assert scene.run().exit_code == 143
    assert [scene.events()[-1][key] for key in ("event", "exit_code")] == ["finished", 143]


def test_another_run_in_the_same_folder_is_a_reason_to_try_later(scene: Scene) -> None:
    scene.outputs.mkdir()
    with FileLock(scene.outputs / LOCK):  # as another process would hold it
        assert scene.run().exit_code == 75
    assert "another run" in scene.events()[-2]["message"]
    assert not (scene.outputs / "2025-01-01").exists()
    assert scene.run().exit_code == 0


def test_a_run_that_is_killed_holds_nothing_up(scene: Scene) -> None:
    scene.outputs.mkdir()
    (scene.outputs / LOCK).touch()
    assert scene.run().exit_code == 0


def test_the_last_states_are_kept_for_their_owner(scene: Scene) -> None:
    (scene.outputs / "interactive").mkdir(parents=True)
    states = []
    for active in range(750, 755):
        scene.changes_to(numbers=(number("volumes.active", active), NUMBERS[1]))
        scene.run("--keep", "3")
        states.append(scene.kept()[-1])
    assert scene.kept() == states[-3:]
    values = [json.loads((path / "results.json").read_text())["measures"][0]["estimate"] for path in scene.kept()]
    assert values == [752, 753, 754]
    assert [own["event"] for own in scene.events()].count("pruned") == 2
    for path in (scene.outputs / ".kept").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    # What did not change lies on the disk once, and apart from the edition itself.
    pages = {(path / "index.html").stat().st_ino for path in scene.kept()}
    assert len(pages) == 1
    assert (scene.outputs / "2025-01-01" / "index.html").stat().st_ino not in pages
    assert (scene.outputs / "2025-01-01" / "results.json").exists()
    assert (scene.outputs / "interactive").is_dir()


def test_what_is_no_state_is_left_alone_and_half_a_copy_is_cleared(scene: Scene) -> None:
    scene.run()
    place = scene.outputs / ".kept" / "2025-01-01"
    (place / "my notes").mkdir()
    (place / ".making-20200101T000000.000000Z").mkdir()
    scene.run("--keep", "1")
    assert {path.name for path in place.iterdir()} - {"my notes"} == {scene.kept()[-2].name}
    assert len(scene.kept()) == 2


def test_a_clock_that_was_set_back_does_not_cost_the_newest_state(scene: Scene) -> None:
    scene.run()
    scene.kept()[0].rename(scene.outputs / ".kept" / "2025-01-01" / "20990101T000000.000000Z")
    scene.changes_to(numbers=CHANGED)
    scene.run("--keep", "1")
    assert [json.loads((path / "results.json").read_text())["measures"][0]["estimate"] for path in scene.kept()] == [
        755
    ]


def test_the_text_of_what_changed_is_printed_and_nothing_else(scene: Scene) -> None:
    assert "eerste keer, 2 oordelen en 2 getallen" in scene.run().stdout
    assert scene.run().stdout == ""
    scene.changes_to(numbers=CHANGED, statements=(statement("A11", "V5", "B"), STATEMENTS[1]))
    assert scene.run("--language", "en").stdout.splitlines() == [
        "Edition 2025-01-01, reference date 1 January 2025, compared with the time before",
        "",
        "Verdicts that changed (1)",
        "  A11  V4 plausible, C → V5 confirmed, B  “+ 7 producten”",
        "",
        "Numbers that changed (1)",
        "  volumes.active  Active trajectories: 750 → 755",
    ]


def test_a_new_edition_is_compared_with_the_one_before(scene: Scene) -> None:
    write_edition(scene.outputs / "2024-03-25", reference_date="2024-03-25")
    write_edition(scene.outputs / "2024-10-01-en", reference_date="2024-10-01", language="en", numbers=CHANGED)
    (scene.outputs / "damaged").mkdir()
    (scene.outputs / "damaged" / "results.json").write_text("{")
    scene.changes_to(numbers=CHANGED)
    said = scene.run().stdout
    assert "vergeleken met editie 2024-03-25, peildatum 25 maart 2024" in said
    assert "volumes.active  Lopende trajecten: 750 → 755" in said
    assert [own["edition"] for own in scene.events() if own["level"] == "warning"] == ["damaged"]


def test_since_the_last_unattended_run_counts_what_was_made_by_hand_between(scene: Scene) -> None:
    scene.run()
    by_hand = write_edition(scene.outputs / "2025-01-01", CHANGED)
    scene.makes = lambda: [replace(by_hand, new=False)]
    assert "750 → 755" in scene.run().stdout
    assert scene.run().stdout == ""
    assert len(scene.kept()) == 2


def hook_that_keeps(folder: Path) -> str:
    return f"cat > {shlex.quote(str(folder / 'told'))}; env > {shlex.quote(str(folder / 'variables'))}"


def variables(folder: Path) -> dict[str, str]:
    lines = (folder / "variables").read_text().splitlines()
    return {key: value for key, _, value in (line.partition("=") for line in lines) if key.startswith("EVALUATION_")}


def test_the_hook_is_told_what_changed(scene: Scene, tmp_path: Path) -> None:
    scene.run()
    scene.changes_to(
        numbers=(number("volumes.active", 755), number("costs.payback_months", 30.5, 20.0, 44.0)),
        statements=(statement("A11", "V5", "B"), STATEMENTS[1]),
    )
    assert scene.run("--hook", hook_that_keeps(tmp_path), "--language", "en").exit_code == 0
    told = json.loads((tmp_path / "told").read_text())
    assert told["summary"] == "2025-01-01: verdicts changed: 1, numbers changed: 1, numbers new: 1, numbers gone: 1"
    assert "V4 plausible, C → V5 confirmed, B" in told["text"]
    own = told["editions"][0]
    assert own["verdicts"] == [
        {
            "id": "A11",
            "quote": "+ 7 producten",
            "before": {"verdict": "V4", "grade": "C"},
            "after": {"verdict": "V5", "grade": "B"},
        }
    ]
    changed = own["measures"][0]
    assert (changed["id"], changed["label_nl"], changed["changed"]) == (
        "volumes.active",
        "Lopende trajecten",
        ["estimate"],
    )
    assert (changed["before"]["estimate"], changed["after"]["estimate"]) == (750, 755)
    assert [own["measures_new"][0]["after"][key] for key in ("estimate", "ci_low", "ci_high")] == [30.5, 20.0, 44.0]
    assert own["measures_gone"][0]["id"] == "costs.bjh_share"
    assert variables(tmp_path) | {"EVALUATION_PRIVATE": ""} == {
        "EVALUATION_SUMMARY": told["summary"],
        "EVALUATION_EDITIONS": "2025-01-01",
        "EVALUATION_VERDICTS_CHANGED": "1",
        "EVALUATION_NUMBERS_CHANGED": "3",
        "EVALUATION_OUTPUTS": str(scene.outputs),
        "EVALUATION_PRIVATE": "",
    }


def test_the_hook_is_left_alone_when_nothing_changed_unless_it_wants_to_know(scene: Scene, tmp_path: Path) -> None:
    scene.run()
    scene.run("--hook", hook_that_keeps(tmp_path))
    assert not (tmp_path / "told").exists()
    scene.run("--hook", hook_that_keeps(tmp_path), "--hook-always", "--hook-input", "text")
    assert (tmp_path / "told").read_text().splitlines()[-1] == "Geen oordeel en geen getal is veranderd."
    assert variables(tmp_path)["EVALUATION_NUMBERS_CHANGED"] == "0"


@pytest.mark.parametrize(
    ("hook", "why"),
    [
        ("cat > /dev/null; exit 9", "the hook ended with code 9"),
        ("exit 1", "the hook ended with code 1"),
        ("sleep 600", "the hook did not end within 0.3 seconds and was ended"),
        ("no-such-command-here 2> /dev/null", "the hook ended with code 127"),
    ],
)
def test_a_hook_that_fails_or_hangs_has_a_code_of_its_own_and_the_report_stays(
    scene: Scene, hook: str, why: str
) -> None:
    result = scene.run("--hook", hook, "--hook-timeout", "0.3")
    assert result.exit_code == 3
    failed = next(own for own in scene.events() if own["event"] == "hook_failed")
    assert (failed["message"], failed["level"]) == (why, "error")
    assert (scene.outputs / "2025-01-01" / "index.html").exists()
    assert len(scene.kept()) == 1


@pytest.mark.parametrize("seconds", ["nan", "inf", "-inf", "1e300", "86401", "0"])
def test_a_patience_that_is_no_time_is_refused_before_anything_runs(scene: Scene, seconds: str) -> None:
    assert scene.run("--hook", "true", "--hook-timeout", seconds).exit_code == 2
    assert not scene.outputs.exists()


def test_what_a_hook_missed_is_told_until_it_heard_it(scene: Scene, tmp_path: Path) -> None:
    scene.run("--keep", "1")
    scene.changes_to(numbers=CHANGED)
    assert scene.run("--keep", "1", "--hook", "exit 9").exit_code == 3
    told = scene.kept()[0]
    for _night in range(2):  # nothing new is made, and the state that was told stays
        scene.makes = lambda: [replace(write_edition(scene.outputs / "2025-01-01", CHANGED), new=False)]
        assert scene.run("--keep", "1", "--hook", "exit 9").exit_code == 3
        assert (len(scene.kept()), scene.kept()[0]) == (2, told)
    assert scene.run("--keep", "1", "--hook", hook_that_keeps(tmp_path)).exit_code == 0
    assert "750 → 755" in json.loads((tmp_path / "told").read_text())["text"]
    assert (len(scene.kept()), told.exists()) == (1, False)
    assert scene.run("--hook", "exit 9").exit_code == 0


def test_a_first_edition_that_a_hook_missed_is_told_as_the_first(scene: Scene) -> None:
    assert scene.run("--hook", "exit 9").exit_code == 3
    assert "eerste keer" in scene.run().stdout
    assert scene.run().stdout == ""


def test_what_a_hook_missed_of_an_edition_made_by_hand_is_the_difference(scene: Scene, tmp_path: Path) -> None:
    write_edition(scene.outputs / "2025-01-01")
    scene.changes_to(numbers=CHANGED)
    assert scene.run("--hook", "exit 9").exit_code == 3
    assert scene.run("--hook", hook_that_keeps(tmp_path)).exit_code == 0
    told = json.loads((tmp_path / "told").read_text())["text"]
    assert "750 → 755" in told
    assert "eerste keer" not in told
    assert scene.run().stdout == ""


def test_when_nobody_reads_what_is_printed_the_hook_is_told(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(_text: str) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr(click, "echo", closed)
    assert scene.run().exit_code == 3  # without a hook nobody heard it
    assert scene.run("--hook", hook_that_keeps(tmp_path)).exit_code == 0
    assert "eerste keer" in json.loads((tmp_path / "told").read_text())["text"]
    assert [own["level"] for own in scene.events() if own["event"] == "print_failed"] == ["error", "warning"]
    assert scene.run().exit_code == 0


def test_an_edition_that_was_made_and_cannot_be_kept_has_the_code_of_one_that_was_not_told(scene: Scene) -> None:
    scene.outputs.mkdir()
    (scene.outputs / ".kept").write_text("no folder")
    assert scene.run().exit_code == 3
    assert (scene.outputs / "2025-01-01" / "index.html").exists()


def test_on_a_disk_without_hard_links_a_state_is_a_copy(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_names: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    assert [scene.run().exit_code for _night in range(2)] == [0, 0]
    assert len({(path / "index.html").stat().st_ino for path in scene.kept()}) == 2


def test_an_edition_in_both_languages_is_told_of_once(scene: Scene, tmp_path: Path) -> None:
    def make(numbers: tuple) -> list[Any]:
        return [
            write_edition(scene.outputs / "2025-01-01", numbers),
            write_edition(scene.outputs / "2025-01-01-en", numbers, language="en"),
        ]

    scene.makes = lambda: make(NUMBERS)
    scene.run("--language", "both")
    scene.makes = lambda: make(CHANGED)
    said = scene.run("--language", "both", "--hook", hook_that_keeps(tmp_path)).stdout
    assert said.count("Lopende trajecten: 750 → 755") == 1
    assert variables(tmp_path)["EVALUATION_EDITIONS"] == "2025-01-01 2025-01-01-en"
    assert variables(tmp_path)["EVALUATION_NUMBERS_CHANGED"] == "1"
    told = json.loads((tmp_path / "told").read_text())
    assert [own["folder"] for own in told["editions"]] == ["2025-01-01", "2025-01-01-en"]
    assert len(list((scene.outputs / ".kept" / "2025-01-01-en").iterdir())) == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["2023-12-31"], "unknown edition '2023-12-31'"),
        (["-p", "costs.price_index=gold"], "'gold'"),
        (["--delivered-on", "2026-01-01"], "goes with --delivery"),
    ],
)
def test_what_is_not_allowed_is_refused_before_anything_heavy_is_read(
    words: list[str], told: str, tmp_path: Path
) -> None:
    code = "import sys; from evaluation.cli import main\ntry: main()\nfinally: print('pandas' in sys.modules)"
    command = [sys.executable, "-c", code, "unattended", "--outputs", str(tmp_path / "outputs"), *words]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout) == (2, "False\n")
    assert told in json.loads(answer.stderr.splitlines()[-2])["message"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_a_hook_started_ends_with_it(scene: Scene, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    scene.run("--hook", f"sh -c 'exec sleep 600' > {shlex.quote(str(pipe))} & wait", "--hook-timeout", "1")
    # The end of the pipe is seen as soon as nobody holds it for writing any more.
    ready, _, _ = select.select([reader], [], [], 60)
    assert ready
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_the_summary_never_becomes_part_of_the_command(scene: Scene, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    name = f"2025; touch {victim}"
    scene.makes = lambda: [write_edition(scene.outputs / name.replace("/", "_"))]
    assert scene.run("--hook", 'echo "$EVALUATION_SUMMARY" > /dev/null').exit_code == 0
    assert not victim.exists()
