"""Does parts of the work in processes beside this one, where the system can."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing.connection import Connection
from typing import TypeVar

from evaluation.pipeline import trace
from evaluation.pipeline.server import CAN_FORK
from evaluation.pipeline.warm import end_with_parent

Item = TypeVar("Item")
Result = TypeVar("Result")


@contextmanager
def begun(work: Callable[[], Result]) -> Iterator[Callable[[], Result]]:
    """Begin work in a fork of this process, and give what waits for it and returns what it returned.

    The work may read and write files and changes nothing else. With other threads a fork is not safe; then the work is
    done when it is waited for. So it is when the fork failed, for its error is to be raised here. Work that nobody
    waited for is ended with the block, so that it writes nothing more.
    """
    if not CAN_FORK or threading.active_count() > 1:
        yield work
        return
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_alone, args=(work, sender))
    process.start()
    sender.close()

    def wait() -> Result:
        try:
            result, opened = receiver.recv()
        except EOFError:
            process.join()
            return work()
        process.join()
        trace.add(opened)
        found: Result = result
        return found

    try:
        yield wait
    finally:
        process.kill()
        process.join()
        receiver.close()


def each(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Return what a function makes of each item, shared among as many processes as there are cores."""
    shares = max(min(os.cpu_count() or 1, len(items)), 1)
    with ExitStack() as stack:
        works = [partial(_made, function, items[share::shares]) for share in range(1, shares)]
        others = [stack.enter_context(begun(work)) for work in works]
        made = [_made(function, items[::shares]), *(wait() for wait in others)]
    return [made[number % shares][number // shares] for number in range(len(items))]


def _made(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    return [function(item) for item in items]


def _alone(work: Callable[[], object], sender: Connection) -> None:
    end_with_parent()
    try:
        sender.send((work(), trace.used()["opened"]))
    except BaseException:  # noqa: BLE001 - told of by the process that waits
        os._exit(1)
