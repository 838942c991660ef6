"""Executes one notebook of one edition through papermill."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from evaluation.pipeline import RunError
from evaluation.pipeline.kernels import PrivateKernelManager
from evaluation.pipeline.municipalities import source_of
from evaluation.pipeline.plan import Task
from evaluation.pipeline.project import ROOT
from evaluation.pipeline.trace import TRACE

# Errors of this project, whose messages hold no value of the register.
OWN_ERRORS = frozenset({"ParameterError", "DisclosureError", "SuppressionError"})
INJECTED = "injected-parameters"
"""Tag by which papermill marks the cell of parameters that it puts into a notebook."""
TIMED = ("papermill", "execution")
"""What papermill and nbclient note of each cell and notebook: moments and paths, the same in no two runs."""


@dataclass(frozen=True)
class Ran:
    """How a notebook ran.

    Attributes
    ----------
    seconds
        Time that it took.
    opened
        Files of the project that it opened, code apart.
    memory_mb
        Most memory that its kernel held, in megabytes; None where the system does not tell.
    """

    seconds: float
    opened: tuple[str, ...]
    memory_mb: float | None


def execute(task: Task) -> Ran:
    """Execute a notebook; what it shows and saves lies in the folder of its task.

    Raises
    ------
    RunError
        When a cell fails, or the kernel.
    """
    start = time.monotonic()
    target, name = task.target, task.chapter.path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        papermill.execute_notebook(
            str(source_of(task.chapter.path, task.parameters, target.parent)),
            str(target),
            parameters=task.parameters.model_dump(mode="json"),
            progress_bar=False,
            request_save_on_cell_execute=False,  # it would write all of the notebook twice for each cell
            kernel_manager_class=PrivateKernelManager,
            cwd=str(ROOT),
        )
    except PapermillExecutionError as error:
        where = _cell_and_cause(error, target, told=not task.personal)
        raise RunError(f"{name}, edition {task.edition.name}, {where}") from None
    except RuntimeError as error:  # the kernel did not start, or died: nbclient's words for it
        cause = " ".join(str(error).split())
        raise RunError(f"{name}, edition {task.edition.name}: the kernel failed: {cause}") from None
    content = nbformat.read(target, as_version=4)
    if task.personal:
        keep_released(content)
    _tidy(content, str(task.folder), task.folder.name)
    nbformat.write(content, target)
    trace = task.folder / "chapters" / f"{task.chapter.name}{TRACE}"
    seen = json.loads(trace.read_text(encoding="utf-8"))
    trace.unlink()
    return Ran(time.monotonic() - start, tuple(seen["opened"]), seen["memory_mb"])


def keep_released(content: NotebookNode) -> None:
    """Take out of an executed notebook every output that did not pass the gate: prints, warnings, bare values."""
    for cell in content.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("metadata", {}).get("released")]


def _tidy(content: NotebookNode, folder: str, name: str) -> None:
    """Take out what is the same in no two runs: moments, a random name, and the folder of the building."""
    for part in (content, *content.cells):
        for noted in TIMED:
            part.metadata.pop(noted, None)
    for cell in content.cells:
        if INJECTED in cell.metadata.get("tags", []):
            cell.source, cell.id = cell.source.replace(folder, f"outputs/{name}"), INJECTED


def _cell_and_cause(error: PapermillExecutionError, executed: Path, *, told: bool) -> str:
    """Say which cell failed, counted as in the notebook that the researcher opens, and why.

    A message may quote a value of the register, so only those of the project's own errors are `told` of one.
    """
    # papermill put a cell with its message at the top, so the cells before the failure are one further.
    before = nbformat.read(executed, as_version=4).cells[: error.cell_index + 1]
    injected = sum(INJECTED in cell.metadata.get("tags", []) for cell in before)
    first_line = str(error.source).strip().partition("\n")[0]
    cause = " ".join(str(error.evalue).split()) or "no message"
    if not told and error.ename not in OWN_ERRORS:
        cause = "its message may hold personal values and is not printed; run the cell in JupyterLab to see it"
    return f"cell {error.cell_index + 1 - injected} ({first_line}): {error.ename}: {cause}"
