"""How a command ends: what it says, its exit code, and what it leaves, also when nobody reads what it prints."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from evaluation.cli import main
from evaluation.parameters import ParameterError
from evaluation.pipeline import RunError
from evaluation.pipeline.asked import Asked
from evaluation.pipeline.ending import ending
from evaluation.pipeline.place import BusyError

COMMAND = [sys.executable, "-c", "from evaluation.cli import start; start()"]


@pytest.mark.parametrize(
    ("error", "told", "code"),
    [
        (RunError("a cell failed"), "a cell failed", 1),
        (ParameterError("unknown edition"), "unknown edition", 2),
        (PermissionError(13, "Permission denied", "/a/b"), "/a/b: Permission denied; check the path", 2),
        (OSError(28, "No space left on device"), "No space left on device; check where the output goes", 2),
        (OSError("no number"), "no number; check where the output goes", 2),
        (BusyError("another run"), "another run", 75),
    ],
)
def test_a_foreseen_error_is_one_line_and_a_code(error: Exception, told: str, code: int) -> None:
    said, ended = ending(error)
    assert said.startswith(told)
    assert "None" not in said
    assert ended == code


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_standard_output_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        answer = subprocess.run([*COMMAND, "editions"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert answer.returncode == 2
    assert answer.stderr.splitlines() == [
        "evaluation: No space left on device; check where the output goes and the space left"
    ]


@pytest.mark.skipif(os.name != "posix", reason="this system has no such pipes")
def test_a_reader_that_went_away_has_a_code_of_its_own() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    answer = subprocess.run([*COMMAND, "editions"], stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert answer.returncode == 141
    assert answer.stderr == "evaluation: Broken pipe; whoever read what is printed has gone\n"


@pytest.mark.skipif(os.name != "posix", reason="this system has no such pipes")
@pytest.mark.parametrize(("words", "code"), [(["editions"], 141), (["run", "2023-12-31"], 2)])
def test_a_reader_of_everything_that_went_away_changes_no_code(words: list[str], code: int) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    answer = subprocess.run([*COMMAND, *words], stdout=writer, stderr=writer, check=False)
    os.close(writer)
    assert answer.returncode == code


def test_an_interrupted_run_has_the_code_of_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(*_arguments: object, **_named: object) -> list[object]:
        raise KeyboardInterrupt

    monkeypatch.setattr(Asked, "make", interrupted)
    result = CliRunner().invoke(main, ["run", "--outputs", str(tmp_path)])
    assert (result.exit_code, result.stderr) == (130, "evaluation: interrupted\n")


def test_no_bar_is_shown_before_there_is_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = CliRunner().invoke(main, ["run", "--outputs", str(tmp_path / "file" / "outputs")])
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("evaluation: ")
