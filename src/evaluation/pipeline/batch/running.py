"""Sends the editions of a batch to the cluster, one task each, and collects how they ended."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from distributed import Client, Future, KilledWorker, as_completed

from evaluation.pipeline.batch.cluster import FAILURES, cluster, require_same_project
from evaluation.pipeline.batch.grid import Batch
from evaluation.pipeline.batch.task import RUNNING, Outcome, is_made, project_state, run_edition
from evaluation.pipeline.editions import Edition


def run_batch(
    batch: Batch,
    folder: Path,
    *,
    language: str,
    scheduler: str | None = None,
    workers: int | None = None,
    resume: bool = False,
    on_start: Callable[[int], None] = lambda _editions: None,
    on_step: Callable[[], None] = lambda: None,
) -> list[Outcome]:
    """Make every edition of a batch; one that fails does not stop the others.

    Parameters
    ----------
    batch
        What to make.
    folder
        Where the editions go, each in a folder of its name.
    language
        ``nl`` or ``en``.
    scheduler, workers
        See `cluster`.
    resume
        Whether to leave alone what an earlier batch made from the same project.
    on_start, on_step
        Called with the number of editions to make, and after each.

    Returns
    -------
    list of Outcome
        In the order of the batch; one that was left alone took no time.

    Raises
    ------
    ParameterError
        Before anything runs, when the cluster cannot run it. Whether each edition can is for `require_runnable`.
    """
    editions = [own.edition for own in batch.editions]
    folder.mkdir(parents=True, exist_ok=True)
    state = project_state()
    kept = {own.name for own in editions if resume and is_made(folder, own, language, state)}
    todo = [own for own in editions if own.name not in kept]
    outcomes = {name: Outcome(name, 0.0) for name in kept}
    if todo:
        try:
            with cluster(scheduler, workers, len(todo)) as client:
                require_same_project(client, folder)
                on_start(len(todo))
                for outcome in _collected(client, todo, language, folder):
                    outcomes[outcome.edition] = outcome
                    on_step()
        finally:
            _sweep(folder)
    return [outcomes[own.name] for own in editions]


def _collected(client: Client, editions: Sequence[Edition], language: str, folder: Path) -> Iterator[Outcome]:
    """Yield outcomes as they come. Leaving early takes back what has not begun."""
    state = project_state()
    futures = {
        client.submit(
            run_edition, own, language, str(folder), state, key=f"{own.name}-{uuid.uuid4().hex}", retries=FAILURES
        ): own.name
        for own in editions
    }
    try:
        for future in as_completed(futures):
            yield _outcome(future, futures[future])
    finally:
        client.cancel(list(futures))


def _outcome(future: Future[Any], name: str) -> Outcome:
    error = future.exception()
    if error is None:
        made: Outcome = future.result()
        return made
    if isinstance(error, KilledWorker):
        return Outcome(name, 0.0, f"{FAILURES + 1} workers died while making it; is there enough memory?")
    return Outcome(name, 0.0, f"{type(error).__name__}: {' '.join(str(error).split()) or 'no message'}")


def _sweep(folder: Path) -> None:
    """Remove what killed workers left. Nobody waits for what one that is still at work there would make."""
    for left in folder.glob(f"{RUNNING}*"):
        shutil.rmtree(left, ignore_errors=True)
