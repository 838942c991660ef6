"""Executes one notebook of one edition through papermill, in a kernel that nobody else can listen to."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.manager import AsyncKernelManager
from papermill.exceptions import PapermillExecutionError

from evaluation.parameters import Parameters
from evaluation.pipeline.editions import Chapter, Edition
from evaluation.pipeline.outputs import EXAMPLE
from evaluation.pipeline.project import ROOT

# Errors of this project, whose messages hold no value of the register.
OWN_ERRORS = frozenset({"ParameterError", "DisclosureError", "SuppressionError"})


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

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        # What a library writes past Python, such as the notes of a solver, belongs neither on the screen nor in a log.
        command, started = await super()._async_pre_start_kernel(**options)
        return command, {**started, "stdout": subprocess.DEVNULL}


@dataclass(frozen=True)
class Task:
    """One notebook of one edition, with its checked parameters and the folder it writes to.

    Attributes
    ----------
    personal
        Whether it reads the personal register. Then only what passed the gate stays in the executed notebook.
    """

    edition: Edition
    chapter: Chapter
    parameters: Parameters
    folder: Path
    personal: bool

    @property
    def target(self) -> Path:
        """The executed notebook."""
        return self.folder / "notebooks" / self.chapter.path.name

    @property
    def example(self) -> bool:
        """Whether it shows how a protected page looks, and is no chapter of the edition."""
        return self.folder.name == EXAMPLE

    def run(self) -> float:
        """Execute the notebook and return the seconds it took.

        Raises
        ------
        RunError
            When a cell fails.
        """
        start = time.monotonic()
        target = self.target
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
            where = _cell_and_cause(error, target, told=not self.personal)
            raise RunError(f"{self.chapter.path.name}, edition {self.edition.name}, {where}") from None
        except RuntimeError as error:  # the kernel did not start, or died: nbclient's words for it
            cause = " ".join(str(error).split())
            raise RunError(
                f"{self.chapter.path.name}, edition {self.edition.name}: the kernel failed: {cause}"
            ) from None
        if self.personal:
            keep_released(target)
        return time.monotonic() - start


def keep_released(notebook: Path) -> None:
    """Take out of an executed notebook every output that did not pass the gate: prints, warnings, bare values."""
    content = nbformat.read(notebook, as_version=4)
    for cell in content.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("metadata", {}).get("released")]
    nbformat.write(content, notebook)


def _cell_and_cause(error: PapermillExecutionError, executed: Path, *, told: bool) -> str:
    """Say which cell failed, counted as in the notebook that the researcher opens, and why.

    A message may quote a value of the register, so only those of the project's own errors are `told` of one.
    """
    # papermill put a cell with its message at the top, so the cells before the failure are one further.
    before = nbformat.read(executed, as_version=4).cells[: error.cell_index + 1]
    injected = sum("injected-parameters" in cell.metadata.get("tags", []) for cell in before)
    first_line = str(error.source).strip().partition("\n")[0]
    cause = " ".join(str(error.evalue).split()) or "no message"
    if not told and error.ename not in OWN_ERRORS:
        cause = "its message may hold personal values and is not printed; run the cell in JupyterLab to see it"
    return f"cell {error.cell_index + 1 - injected} ({first_line}): {error.ename}: {cause}"
