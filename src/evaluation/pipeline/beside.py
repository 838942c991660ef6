"""Does a part of the work in a process beside this one, where the system can."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable

from evaluation.pipeline.server import CAN_FORK


def begun(work: Callable[[], None]) -> Callable[[], None]:
    """Begin work that only writes files in a fork of this process, and return what waits until it is done.

    With other threads a fork is not safe; then the work is done when it is waited for. So it is when the fork failed,
    for its error is to be raised here.
    """
    if not CAN_FORK or threading.active_count() > 1:
        return work
    process = multiprocessing.get_context("fork").Process(target=_alone, args=(work,))
    process.start()

    def wait() -> None:
        process.join()
        if process.exitcode:
            work()

    return wait


def _alone(work: Callable[[], None]) -> None:
    try:
        work()
    except BaseException:  # noqa: BLE001 - told of by the process that waits
        os._exit(1)
