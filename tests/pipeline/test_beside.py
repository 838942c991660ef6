"""Work in processes beside this one: it comes back in order, with the files it opened, and with its error."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

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

number, process = begun(lambda: work(7))()
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
        assert begun(os.getpid)() == os.getpid()
        assert each(abs, [-1, 2, -3]) == [1, 2, 3]
    finally:
        stop.set()
        other.join()


def test_an_error_is_raised_where_the_work_is_waited_for() -> None:
    def work() -> None:
        raise ValueError("no")

    waited = begun(work)
    with pytest.raises(ValueError, match="no"):
        waited()
