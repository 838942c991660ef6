"""Warm processes: they do what is asked, and nothing of them outlives the run."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from evaluation.parameters import ParameterError
from evaluation.pipeline import RunError, server
from evaluation.pipeline.editions import choose
from evaluation.pipeline.server import CAN_FORK, called

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CAN_FORK, reason="this system cannot fork safely")]

ABANDONED = """
import os, sys, time
from pathlib import Path
from evaluation.pipeline.server import warm_server
server, folder = warm_server(), Path(sys.argv[1])
server.remove_after(folder)
asleep = server.fork_kernel(
    [sys.executable, "-m", "x", "-f", str(folder / "connection.json")], dict(os.environ), str(folder)
)
print(asleep.pid, server._process.pid, flush=True)
time.sleep(600)
"""


ELSEWHERE = """
import math
from evaluation.pipeline.server import called
assert called(math.comb, 4, 2) == 6
"""


def gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def eventually(done: object, seconds: float = 20) -> bool:
    assert callable(done)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if done():
            return True
        time.sleep(0.05)
    return False


def test_a_call_returns_or_raises_as_it_would_here():
    assert called(math.comb, 4, 2) == 6
    with pytest.raises(ParameterError, match="unknown edition 'x'"):
        called(choose, {}, ["x"])


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("os._exit(3)", "a process of the run ended with code 3 before it was done"),
        ("os.kill(os.getpid(), 9)", "a process of the run was ended by signal 9 before it was done"),
    ],
)
def test_a_process_that_dies_fails_the_run_and_is_not_begun_again(end: str, told: str, tmp_path: Path):
    begun = tmp_path / "begun"
    work = f"import os; open({str(begun)!r}, 'a').write('x'); os.getpid() == {os.getpid()} or {end}"
    with pytest.raises(RunError, match=told):
        called(exec, work)
    assert begun.read_text() == "x"


def test_where_a_server_cannot_fork_the_call_is_made_here(monkeypatch: pytest.MonkeyPatch):
    alive = server.warm_server()
    assert called(os.getpid) != os.getpid()
    monkeypatch.setattr(alive, "_ready", False)
    monkeypatch.setattr(server, "warm_server", lambda: alive)
    assert called(os.getpid) == os.getpid()


def test_temporary_files_of_a_call_go_where_they_go_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    server.warm_server()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert called(tempfile.mkdtemp).startswith(str(tmp_path))


def test_without_a_server_everything_still_works(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "CAN_FORK", False)
    assert called(os.getpid) == os.getpid()


def test_a_server_that_was_killed_is_started_again():
    first = server.warm_server()
    assert called(math.comb, 4, 2) == 6
    os.kill(first._process.pid, signal.SIGKILL)
    assert eventually(lambda: not first.alive)
    assert called(math.comb, 4, 2) == 6
    assert server.warm_server() is not first


def test_nothing_is_imported_from_the_folder_where_a_run_starts(tmp_path: Path):
    (tmp_path / "openpyxl.py").write_text("open('was_run', 'w')")
    command = [sys.executable, "-P", "-c", ELSEWHERE]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["openpyxl.py"]


def test_nothing_outlives_a_run_that_is_killed(tmp_path: Path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    (folder / "file").write_text("left")
    run = subprocess.Popen([sys.executable, "-c", ABANDONED, str(folder)], stdout=subprocess.PIPE, text=True)
    assert run.stdout
    kernel, own = map(int, run.stdout.readline().split())
    assert eventually((folder / "connection.json").exists)
    run.kill()
    run.wait()
    assert eventually(lambda: gone(kernel) and gone(own) and not folder.exists())
