"""Work in processes beside this one: it comes back in order, with the files it opened, and with its error."""

from __future__ import annotations

import os

import pytest

from evaluation.pipeline import trace
from evaluation.pipeline.beside import begun, each
from evaluation.pipeline.project import ROOT
from evaluation.pipeline.server import CAN_FORK

SEEN = "src/evaluation/presentation/templates/report.typ"


def test_what_is_made_of_each_comes_back_in_order() -> None:
    for many in range(7):
        assert each(lambda number: number**2, list(range(many))) == [number**2 for number in range(many)]


@pytest.mark.skipif(not CAN_FORK, reason="this system cannot fork safely")
def test_work_is_done_in_another_process_and_the_files_it_opened_are_known_here() -> None:
    def work() -> int:
        (ROOT / SEEN).read_bytes()
        return os.getpid()

    trace._opened.discard(SEEN)
    assert begun(work)() != os.getpid()
    assert SEEN in trace.used()["opened"]


def test_an_error_is_raised_where_the_work_is_waited_for() -> None:
    def work() -> None:
        raise ValueError("no")

    waited = begun(work)
    with pytest.raises(ValueError, match="no"):
        waited()
