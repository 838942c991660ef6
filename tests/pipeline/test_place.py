"""One run at a time builds aside, and an edition changes place in one step."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from evaluation.pipeline import place
from evaluation.pipeline.place import BusyError, place_to_build, put_in_place, temporary_folder


def folder(path: Path, text: str) -> Path:
    path.mkdir(parents=True)
    (path / "index.html").write_text(text)
    return path


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_built_edition_takes_the_place_of_the_previous_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
):
    if not can_exchange:
        monkeypatch.setattr(place, "_exchanged", lambda *_: False)
    outputs = tmp_path / "outputs"
    target = outputs / "2025-01-01"
    for text in ("first", "second"):
        with place_to_build(outputs, None) as building:
            put_in_place(folder(building / target.name, text), target)
        assert (target / "index.html").read_text() == text
        assert sorted(path.name for path in outputs.iterdir()) == [".lock", target.name]


def test_an_exchange_leaves_the_other_folder_where_the_built_one_was(tmp_path: Path):
    one, other = folder(tmp_path / "one", "1"), folder(tmp_path / "other", "2")
    if not place._exchanged(one, other):
        pytest.skip("this file system cannot exchange two folders in one step")
    assert ((one / "index.html").read_text(), (other / "index.html").read_text()) == ("2", "1")


def test_what_a_killed_run_left_is_cleared_away_and_its_victim_comes_back(tmp_path: Path):
    outputs = tmp_path / "outputs"
    folder(outputs / ".building-old" / "2025-01-01", "half")
    folder(outputs / ".2025-01-01.previous", "whole")
    folder(outputs / ".2024-03-25.previous", "older")
    folder(outputs / "2024-03-25", "newer")
    gone = subprocess.check_output([sys.executable, "-c", "import os; print(os.getpid())"], text=True).strip()
    left = Path(tempfile.mkdtemp(prefix=f"evaluation-{gone}-"))
    used = Path(tempfile.mkdtemp(prefix=f"evaluation-{os.getpid()}-"))
    with place_to_build(outputs, None):
        names = sorted(path.name for path in outputs.iterdir() if not path.name.startswith(place.BUILDING))
        assert names == [".lock", "2024-03-25", "2025-01-01"]
        assert not left.exists()
        assert used.exists()
    used.rmdir()
    assert (outputs / "2025-01-01" / "index.html").read_text() == "whole"
    assert (outputs / "2024-03-25" / "index.html").read_text() == "newer"


def test_temporary_files_of_a_run_go_where_they_are_removed(tmp_path: Path):
    before = temporary_folder()
    with place_to_build(tmp_path, None):
        made = Path(tempfile.mkstemp()[1])
        assert made.parent == temporary_folder() != before
        assert os.environ["TMPDIR"] == str(made.parent)
    assert not made.exists()
    assert temporary_folder() == before


def test_what_cannot_be_removed_hides_no_error_and_the_next_run_removes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def busy(*_: object, **__: object) -> None:
        raise OSError(errno.ENOTEMPTY, "Directory not empty")

    with pytest.raises(ValueError, match="the cause"), monkeypatch.context() as patched, place_to_build(tmp_path, None):
        patched.setattr(os, "rmdir", busy)
        raise ValueError("the cause")
    assert list(tmp_path.glob(f"{place.BUILDING}*"))
    with place_to_build(tmp_path, None):
        pass
    assert not list(tmp_path.glob(f"{place.BUILDING}*"))


def test_a_second_run_waits_or_says_that_it_is_not_alone(tmp_path: Path):
    script = (
        "import sys; from pathlib import Path; from evaluation.pipeline.place import place_to_build\n"
        "with place_to_build(Path(sys.argv[1]), None): print('in', flush=True); sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout
    assert other.stdout.readline() == "in\n"
    with pytest.raises(BusyError, match="another run is writing to"), place_to_build(tmp_path, None):
        pass
    said: list[str] = []

    def let_it_end(line: str) -> None:
        said.append(line)
        other.communicate("")

    with place_to_build(tmp_path, let_it_end):
        assert other.returncode == 0
    assert said == [f"another run is writing to {tmp_path}; waiting for it"]
