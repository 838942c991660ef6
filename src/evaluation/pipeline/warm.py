"""The server that forks warm processes: it imports everything once, and then every kernel starts with all of it.

Importing what a chapter needs takes longer than most chapters compute. The server reads one request per line from its
standard input and answers on its standard output, see `evaluation.pipeline.server` for the other side. When its input
ends, the run that started it is gone, however that came about; then it ends all that it forked, with their
subprocesses, and removes the temporary folders it was told of.
"""

from __future__ import annotations

import atexit
import base64
import ctypes
import gc
import importlib
import json
import os
import pickle
import pkgutil
import random
import selectors
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LIBRARIES = (
    "ipykernel.debugger",
    "matplotlib_inline.backend_inline",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "nbconvert.exporters",
    "openpyxl",
    "pyarrow",
    "scipy.optimize",
    "scipy.stats",
    "statsmodels.api",
    "typst",
)
PACKAGES = ("evaluation.measures", "evaluation.disclosure", "evaluation.presentation")
"""Of this project, with every module in them."""

PIPELINE = (
    "evaluation.pipeline.trace",
    "evaluation.pipeline.page",
    "evaluation.pipeline.outputs",
    "evaluation.pipeline.kernel_app",
)
"""What sees the files that are read, first for that; what a chapter gives its results to; pages; the kernel itself."""


def load() -> None:
    """Import all that chapters use, and what makes a report of them."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # nobody debugs a run, and every kernel would import it
    for name in (*PIPELINE, *LIBRARIES):
        importlib.import_module(name)
    for package in PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            importlib.import_module(module.name)
    sys.modules["evaluation.pipeline.inputs"].generator_files()  # read once, and not by every fork
    figure = importlib.import_module("evaluation.presentation.figure")
    importlib.import_module("matplotlib").rcParams.update(figure.PLAIN)  # the user's own were read with it


class Server:
    """Forks on request and says how each fork ended."""

    def __init__(self) -> None:
        self._running: set[int] = set()
        self._removed: list[Path] = []
        self._unread = b""
        # Kept for the parent alone: whatever a library prints must not look like an answer.
        self._answers = os.dup(1)
        os.set_inheritable(self._answers, False)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        self._ended, self._wakeup = os.pipe()
        os.set_blocking(self._ended, False)
        os.set_blocking(self._wakeup, False)

    def serve(self) -> None:
        """Answer until the input ends, and then leave nothing behind."""
        tasks = Path("/proc/self/task")
        alone = not tasks.is_dir() or len(list(tasks.iterdir())) == 1
        self._answer({"ready": alone})  # a thread alive at a fork is lost in it, with what it held
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wakeup, warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(0, selectors.EVENT_READ)
            selector.register(self._ended, selectors.EVENT_READ)
            while True:
                ready = {key.fd for key, _ in selector.select()}
                if self._ended in ready:
                    os.read(self._ended, 4096)
                    self._reap()
                if 0 in ready and not self._requests():
                    break
        self._leave_nothing()

    def _requests(self) -> bool:
        """Carry out what was asked; False when nobody is left to ask."""
        read = os.read(0, 65536)
        *lines, self._unread = (self._unread + read).split(b"\n")
        for line in lines:
            request = json.loads(line)
            if "remove" in request:
                self._removed.append(Path(request["remove"]))
            else:
                self._answer({"forked": request["id"], "pid": self._fork(request)})
        return bool(read)

    def _fork(self, request: Mapping[str, Any]) -> int:
        pid = os.fork()
        if pid:
            self._running.add(pid)
            return pid
        code = 1
        try:
            self._become_a_child()
            code = run_call(request["call"]) if "call" in request else run_kernel(**request["kernel"])
        finally:
            os._exit(code)

    def _become_a_child(self) -> None:
        os.setsid()  # a group of its own, so that what a notebook starts can be ended with it
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        for descriptor in (self._answers, self._ended, self._wakeup):
            os.close(descriptor)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        end_with_parent()
        _as_freshly_imported()

    def _reap(self) -> None:
        while self._running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            self._running.discard(pid)
            self._answer({"ended": pid, "code": os.waitstatus_to_exitcode(status)})

    def _answer(self, content: Mapping[str, Any]) -> None:
        try:
            os.write(self._answers, json.dumps(content).encode() + b"\n")
        except BrokenPipeError:  # the input will end next
            return

    def _leave_nothing(self) -> None:
        for pid in self._running:
            try:
                os.killpg(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        for pid in self._running:
            os.waitpid(pid, 0)
        for folder in self._removed:
            shutil.rmtree(folder, ignore_errors=True)


def run_kernel(command: Sequence[str], environment: Mapping[str, str], folder: str) -> int:
    """Be the kernel that `command` describes; in a process that was forked for it.

    Parameters
    ----------
    command
        As a kernel specification has it: interpreter, ``-m``, module, arguments.
    environment, folder
        Variables and working directory of the kernel.
    """
    from evaluation.pipeline.kernel_app import PrivateKernelApp  # noqa: PLC0415 - the server has it already

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = list(command[2:])
    try:
        app = PrivateKernelApp.instance()
        app.initialize(list(command[3:]))  # type: ignore[no-untyped-call]
        app.start()  # type: ignore[no-untyped-call]
    finally:
        atexit._run_exitfuncs()  # a fork leaves without them, and its temporary folders would stay
    return 0


def run_call(packed: str) -> int:
    """Call a function and leave what it returned or raised in a file.

    Parameters
    ----------
    packed
        Function, arguments, the path of the file and the folder of temporary files, pickled, in base64.
    """
    function, arguments, answer, temporary = pickle.loads(base64.b64decode(packed))
    # The server is older than the folder of the run, which goes when the run goes.
    tempfile.tempdir = os.environ["TMPDIR"] = temporary
    try:
        outcome = (True, function(*arguments))
    except Exception as error:  # noqa: BLE001 - raised again by the run
        outcome = (False, error)
    Path(answer).write_bytes(pickle.dumps(outcome))
    return 0


def end_with_parent() -> None:
    """Let the system end this process when the server is gone, where it can do that."""
    die = getattr(ctypes.CDLL(None), "prctl", None)
    if die:
        die(1, signal.SIGKILL)  # 1 is PR_SET_PDEATHSIG


def _as_freshly_imported() -> None:
    """Undo what differs between a library that was imported in the server and one imported in a kernel."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    pd.set_option("display.max_columns", 20)  # pandas looks for a terminal when it is imported
    random.seed()  # two forks would otherwise draw the same
    np.random.seed()  # noqa: NPY002


def main() -> None:
    """Load, say so, serve."""
    os.umask(0o077)  # what its forks write is of a run, whoever started it
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the run, which ends this server by its input
    server = Server()
    load()
    gc.collect()
    gc.freeze()  # what lives now is never collected, so the pages that hold it stay shared with the forks
    server.serve()
    os._exit(0)  # taking all of it apart would take longer, and what was frozen would be told of as leaked


if __name__ == "__main__":
    main()
