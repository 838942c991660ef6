"""Runs the chapters of editions through papermill and puts each edition in its place in one step.

Everything is checked before the first kernel starts. Notebooks run a few at a time in kernels of their own; an edition
is built in a folder aside and takes the place of the previous one only when all of it worked.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from jupyter_client.manager import AsyncKernelManager
from papermill.exceptions import PapermillExecutionError

from evaluation.disclosure.gate import release
from evaluation.parameters import Parameters, RegistryParameters
from evaluation.pipeline.editions import Chapter, Edition, chapters, checked_parameters
from evaluation.pipeline.inputs import load_registry
from evaluation.pipeline.outputs import FinishedEdition, finish_edition
from evaluation.pipeline.project import OUTPUTS, ROOT


class RunError(Exception):
    """A run that stopped; the message names notebook, cell and cause in one line."""


class PrivateKernelManager(AsyncKernelManager):
    """Talks to its kernel through a socket file of the user, where the system has those, and not over TCP.

    A TCP port can be read by any other process of the machine, and notebooks may show what is personal.
    """

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        if os.name == "posix":
            # A folder of its own that only its owner can enter; removed with the manager.
            self._sockets = tempfile.TemporaryDirectory(prefix="kernel-")
            self.transport, self.ip = "ipc", str(Path(self._sockets.name) / "socket")


@dataclass(frozen=True)
class Task:
    """One notebook of one edition, with its checked parameters and the folder it writes to."""

    edition: Edition
    chapter: Chapter
    parameters: Parameters
    folder: Path

    @property
    def key(self) -> tuple[str, str]:
        """Edition and chapter."""
        return self.edition.name, self.chapter.name

    def run(self) -> float:
        """Execute the notebook and return the seconds it took.

        Raises
        ------
        RunError
            When a cell fails.
        """
        start = time.monotonic()
        target = self.folder / "notebooks" / self.chapter.path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            papermill.execute_notebook(
                str(self.chapter.path),
                str(target),
                parameters=self.parameters.model_dump(mode="json"),
                progress_bar=False,
                kernel_manager_class=PrivateKernelManager,
                cwd=str(ROOT),
            )
        except PapermillExecutionError as error:
            raise RunError(
                f"{self.chapter.path.name}, edition {self.edition.name}, {_cell_and_cause(error, target)}"
            ) from None
        except RuntimeError as error:  # the kernel did not start, or died: nbclient's words for it
            cause = " ".join(str(error).split())
            raise RunError(
                f"{self.chapter.path.name}, edition {self.edition.name}: the kernel failed: {cause}"
            ) from None
        return time.monotonic() - start


def run_editions(
    editions: Sequence[Edition],
    *,
    language: str,
    overrides: Mapping[str, Mapping[str, str]],
    outputs: Path = OUTPUTS,
    workers: int | None = None,
    on_start: Callable[[int], None] = lambda _total: None,
    on_step: Callable[[], None] = lambda: None,
) -> list[FinishedEdition]:
    """Run every chapter of the editions and write their folders.

    Parameters
    ----------
    editions
        What to run.
    language
        ``nl`` or ``en``; an English edition gets a folder of its own, ``<edition>-en``.
    overrides
        Parameters from the command line, per chapter.
    outputs
        Folder in which the edition's folders lie.
    workers
        Notebooks at a time; by default one per core.
    on_start, on_step
        Called once with the number of notebooks, and after each.

    Raises
    ------
    ParameterError, SourceError, DisclosureError
        Before anything runs, when a parameter is not allowed, or a registry cannot be read or may not be shown.
    RunError
        When a notebook fails; what was in `outputs` is as it was.
    """
    outputs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=outputs) as building:
        tasks = _plan(editions, language, overrides, Path(building))
        on_start(len(tasks))
        seconds = _execute(tasks, workers or os.cpu_count() or 1, on_step)
        finished = []
        for edition in editions:
            own = [task for task in tasks if task.edition == edition]
            parameters = {task.chapter.name: task.parameters for task in own}
            folder = Path(building) / _folder_name(edition, language)
            timings = {task.chapter.name: seconds[task.key] for task in own}
            finished.append(finish_edition(folder, edition.name, [task.chapter for task in own], parameters, timings))
        return [_put_in_place(edition, outputs) for edition in finished]


def _cell_and_cause(error: PapermillExecutionError, executed: Path) -> str:
    """Say which cell failed, counted as in the notebook that the researcher opens, and why."""
    # papermill put a cell with its message at the top, so the cells before the failure are one further.
    before = nbformat.read(executed, as_version=4).cells[: error.cell_index + 1]
    injected = sum("injected-parameters" in cell.metadata.get("tags", []) for cell in before)
    first_line = str(error.source).strip().partition("\n")[0]
    cause = " ".join(str(error.evalue).split()) or "no message"
    return f"cell {error.cell_index + 1 - injected} ({first_line}): {error.ename}: {cause}"


def _plan(
    editions: Sequence[Edition], language: str, overrides: Mapping[str, Mapping[str, str]], building: Path
) -> list[Task]:
    tasks = []
    for edition in editions:
        folder = building / _folder_name(edition, language)
        for chapter in chapters():
            parameters = checked_parameters(edition, chapter, overrides, language=language, output_folder=str(folder))
            if isinstance(parameters, RegistryParameters):
                # Opened here once: a registry that cannot be read or shown stops the run before any kernel starts.
                release(load_registry(parameters.registry)).snapshot(parameters.reference_date)
            tasks.append(Task(edition, chapter, parameters, folder))
    return tasks


def _execute(tasks: Sequence[Task], workers: int, on_step: Callable[[], None]) -> dict[tuple[str, str], float]:
    """Run the tasks; the first failure, and an interrupt, cancels those that have not begun."""
    pool = ThreadPoolExecutor(workers)
    try:
        futures = {pool.submit(task.run): task for task in tasks}
        seconds = {}
        for future in as_completed(futures):
            seconds[futures[future].key] = future.result()
            on_step()
        return seconds
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _put_in_place(edition: FinishedEdition, outputs: Path) -> FinishedEdition:
    """Swap the built folder for the previous one, which comes back when the swap fails half-way."""
    target = outputs / edition.folder.name
    previous = outputs / f".{target.name}.previous"
    shutil.rmtree(previous, ignore_errors=True)
    if target.exists():
        target.rename(previous)
    try:
        edition.folder.rename(target)
    except BaseException:
        if previous.exists():
            previous.rename(target)
        raise
    shutil.rmtree(previous, ignore_errors=True)
    return edition.moved_to(target)


def _folder_name(edition: Edition, language: str) -> str:
    return edition.name if language == "nl" else f"{edition.name}-{language}"
