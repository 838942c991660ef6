"""Work in processes beside this one: it comes back in order, with the files it opened, and with its error."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from evaluation.pipeline.beside import begun, each
from evaluation.pipeline.server import CAN_FORK

SEEN = "src/evaluation/presentation/templates/report.typ"
# In a process of its own, for one with other threads does not fork.
ALONE = f"""
import os
from evaluation.pipeline import trace
from evaluation.pipeline.beside import begun, each
from evaluation.pipeline.project import ROOT

def work(number):
    (ROOT / {SEEN!r}).read_bytes()
    return number, os.getpid()

with begun(lambda: work(7)) as wait:
    number, process = wait()
assert number == 7 and process != os.getpid()
assert {SEEN!r} in trace.used()["opened"]
for many in range(7):
    assert [number for number, _ in each(work, range(many))] == list(range(many))
"""


@pytest.mark.skipif(not CAN_FORK, reason="this system cannot fork safely")
def test_work_in_another_process_comes_back_in_order_with_the_files_it_opened() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_where_there_are_threads_it_is_done_here() -> None:
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    try:
        with begun(os.getpid) as wait:
            assert wait() == os.getpid()
        assert each(abs, [-1, 2, -3]) == [1, 2, 3]
    finally:
        stop.set()
        other.join()


def test_an_error_is_raised_where_the_work_is_waited_for() -> None:
    def work() -> None:
        raise ValueError("no")

    with begun(work) as wait, pytest.raises(ValueError, match="no"):
        wait()


@pytest.mark.skipif(not CAN_FORK, reason="this system cannot fork safely")
@pytest.mark.parametrize("end", ["raise ValueError", "os.kill(os.getpid(), 9)"])
def test_work_that_nobody_waits_for_ends_with_what_began_it(end: str, tmp_path: Path) -> None:
    begins, pipe = tmp_path / "begins", tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    script = f"""
import os, time
from pathlib import Path
from evaluation.pipeline.beside import begun

def work():
    held = os.open({str(pipe)!r}, os.O_WRONLY)
    Path({str(begins)!r}).touch()
    time.sleep(600)

with begun(work):
    while not Path({str(begins)!r}).exists():
        time.sleep(0.01)
    {end}
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode in {1, -9}
    # The end of the pipe is seen as soon as nobody holds it for writing any more.
    ready, _, _ = select.select([reader], [], [], 60)
    assert ready
    assert os.read(reader, 1) == b""
    os.close(reader)
