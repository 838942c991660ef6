"""Long work that can be followed, without the work knowing who looks.

Imports nothing of this project, so that any package may import it. While nobody watches, following costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

Step = TypeVar("Step")
Watcher = Callable[[Sequence[Any], str], Iterable[Any]]
"""Gives steps back one by one, and shows how many of them are done; also gets the name of the work."""

_watching: list[Watcher] = []


def followed(steps: Iterable[Step], work: str) -> Iterable[Step]:
    """Return the steps of long work, which whoever watches sees pass.

    Parameters
    ----------
    steps
        What a loop goes over; its order stays.
    work
        What is being done, in a few words.
    """
    for watcher in _watching:
        return watcher(list(steps), work)
    return steps


def watch(watcher: Watcher | None) -> None:
    """Let somebody watch from now on in place of who did so before, or nobody any more."""
    _watching[:] = [] if watcher is None else [watcher]
