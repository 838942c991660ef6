"""Work folders: private while in use, gone afterwards, also those of runs that were killed."""

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from evaluation.sources.delivery.aside import folder_aside

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are locked on POSIX only")

HOLDER = """
import sys, time
from pathlib import Path
from evaluation.sources.delivery.aside import folder_aside
with folder_aside(Path(sys.argv[1]), ".work-") as folder:
    (folder / "personal.csv").write_text("t1")
    print(folder.name, flush=True)
    time.sleep(600)
"""


def holder(parent: Path) -> tuple["subprocess.Popen[str]", Path]:
    """Start another process that holds a work folder."""
    environment = {"PYTHONPATH": ":".join(sys.path), "PATH": ""}
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(parent)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout
    return process, parent / process.stdout.readline().strip()


def test_a_folder_is_private_and_gone_afterwards(tmp_path: Path):
    with folder_aside(tmp_path, ".work-") as folder:
        assert folder.parent == tmp_path
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with pytest.raises(ValueError, match="stop"), folder_aside(tmp_path, ".work-"):
        raise ValueError("stop")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_took_its_name_stays(tmp_path: Path):
    with folder_aside(tmp_path, ".work-") as folder:
        folder.rename(tmp_path / "done")
    assert [path.name for path in tmp_path.iterdir()] == ["done"]


def test_the_folder_of_a_killed_run_is_removed_by_the_next_and_that_of_a_living_one_is_not(tmp_path: Path):
    dead, left = holder(tmp_path)
    living, held = holder(tmp_path)
    try:
        assert left.is_dir()  # the second run left the first, then alive, alone
        dead.send_signal(signal.SIGKILL)
        dead.wait()
        assert (left / "personal.csv").is_file()
        with folder_aside(tmp_path, ".work-") as mine:
            assert {path.name for path in tmp_path.iterdir()} == {held.name, mine.name}
            with folder_aside(tmp_path, ".work-"):  # nor does a run remove a folder of its own process
                assert mine.is_dir()
        assert (held / "personal.csv").is_file()
    finally:
        for process in (dead, living):
            process.kill()
            process.communicate()


def test_nothing_else_is_removed(tmp_path: Path):
    names = [".work-notes", ".work-abcdefgh-more", "work-abcdefgh", ".other-abcdefgh"]
    for name in names:
        (tmp_path / name).mkdir()
    (tmp_path / ".work-abcdefgh").write_text("a file, not a folder", encoding="utf-8")
    with folder_aside(tmp_path, ".work-"):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {*names, ".work-abcdefgh"}
