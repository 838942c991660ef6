"""The run's side of the server of warm processes, see `evaluation.pipeline.warm`."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import math
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from evaluation.pipeline import RunError

Result = TypeVar("Result")

CAN_FORK = sys.platform.startswith("linux")
"""macOS has fork, and system libraries that do not survive it."""

SINGLE_THREADED = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
"""Of the server, for a thread alive at a fork is lost in it, and of every kernel, so that all compute alike."""


class ServerError(Exception):
    """The server of warm processes is not there, or went away."""


class WarmServer:
    """Starts the server, asks it for forks, and hears how they end.

    Raises
    ------
    ServerError
        When it does not start, or cannot fork here.
    """

    def __init__(self) -> None:
        self.began = time.time()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "evaluation.pipeline.warm"],  # -P: nothing is imported from where it starts
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **SINGLE_THREADED},
            start_new_session=True,
        )
        self._changed = threading.Condition()
        self._ready: bool | None = None
        self._pids: dict[int, int] = {}
        self._codes: dict[int, int] = {}
        self._ids = itertools.count()
        threading.Thread(target=self._listen, daemon=True).start()

    def fork_kernel(self, command: Sequence[str], environment: Mapping[str, str], folder: str) -> WarmProcess:
        """Start a kernel."""
        return self._fork(kernel={"command": command, "environment": environment, "folder": folder})

    def call(self, function: Callable[..., Result], *arguments: object, answer: Path) -> Result:
        """Call a function in a process of its own and return what it returns, or raise what it raises.

        Parameters
        ----------
        function, arguments
            What is called; they travel pickled. Temporary files go where they go here.
        answer
            File for the outcome.

        Raises
        ------
        ServerError
            When there can be no such process, so that nothing was done.
        RunError
            When the process ended, and nobody knows how far it came.
        """
        packed = base64.b64encode(pickle.dumps((function, arguments, str(answer), tempfile.gettempdir()))).decode()
        if code := self._fork(call=packed).wait():
            cause = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
            raise RunError(f"a process of the run {cause} before it was done; check the memory and the space left")
        done, outcome = pickle.loads(answer.read_bytes())
        if not done:
            raise outcome
        found: Result = outcome
        return found

    def remove_after(self, folder: Path) -> None:
        """Have a folder removed when this process is gone."""
        self._ask(remove=str(folder))

    def code(self, pid: int) -> int | None:
        """Exit code of a fork, or None while it runs."""
        with self._changed:
            return self._codes.get(pid)

    def wait(self, pid: int) -> int:
        """Wait for the end of a fork and return its exit code."""
        with self._changed:
            self._changed.wait_for(lambda: pid in self._codes or self._ready is False)
            return self._codes.get(pid, -signal.SIGKILL)

    def close(self) -> None:
        """End the server and all that it forked."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    @property
    def alive(self) -> bool:
        """Whether it can fork."""
        return self._ready is not False

    def _fork(self, **request: object) -> WarmProcess:
        number = next(self._ids)
        self._ask(id=number, **request)
        with self._changed:
            self._changed.wait_for(lambda: number in self._pids or self._ready is False)
            if number not in self._pids:
                raise ServerError("the server of warm processes is gone")
            return WarmProcess(self, self._pids.pop(number))

    def _ask(self, **request: object) -> None:
        line = json.dumps(request).encode() + b"\n"
        with self._changed:
            self._changed.wait_for(lambda: self._ready is not None)
            if not self._ready or not self._process.stdin:
                raise ServerError("the server of warm processes cannot fork here")
            try:
                self._process.stdin.write(line)
                self._process.stdin.flush()
            except OSError:
                raise ServerError("the server of warm processes is gone") from None

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            said = json.loads(line)
            with self._changed:
                if "ready" in said:
                    self._ready = said["ready"]
                elif "forked" in said:
                    self._pids[said["forked"]] = said["pid"]
                else:
                    self._codes[said["ended"]] = said["code"]
                self._changed.notify_all()
        with self._changed:
            self._ready = False
            self._changed.notify_all()


class WarmProcess:
    """A process forked by the server, with the part of `subprocess.Popen` that a provisioner of kernels uses."""

    stdin = stdout = stderr = None

    def __init__(self, server: WarmServer, pid: int) -> None:
        self._server, self.pid = server, pid

    def poll(self) -> int | None:
        """Exit code, or None while it runs."""
        return self._server.code(self.pid) if self._server.alive else -signal.SIGKILL

    def wait(self) -> int:
        """Wait for its end and return its exit code."""
        return self._server.wait(self.pid)

    def send_signal(self, number: int) -> None:
        """Send a signal to it and to what it started."""
        if self.poll() is None:
            os.killpg(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


_lock = threading.Lock()
_server: WarmServer | None = None


def warm_server() -> WarmServer:
    """Return the server of this process, started when there is none; it ends with this process.

    Raises
    ------
    ServerError
        When this system cannot fork safely.
    """
    global _server  # noqa: PLW0603 - one for the process, as the processes it forks are
    if not CAN_FORK:
        raise ServerError("this system cannot fork safely")
    with _lock:
        if _server is None or not _server.alive:
            _server = WarmServer()
        return _server


def begin_server() -> None:
    """Start the server of this process, where there can be one, without waiting until it is ready."""
    with contextlib.suppress(ServerError):
        warm_server()


def loaded_at() -> float:
    """Return the moment at which the server of this process began to import, or infinity when there is none."""
    with _lock:
        return _server.began if _server else math.inf


def end_server() -> None:
    """End the server of this process, when there is one, and all that it forked."""
    with _lock:
        if _server is not None:
            _server.close()


def called(function: Callable[..., Result], *arguments: object) -> Result:
    """Call a function in a warm process, or here where there can be none.

    A process that died had begun, and what it wrote lies there half: then the function is not called again.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            return warm_server().call(function, *arguments, answer=Path(folder) / "answer")
        except ServerError:
            return function(*arguments)


def cleared_after(*folders: Path) -> None:
    """Have folders removed also when this process is killed, where there is a server that outlives it."""
    with contextlib.suppress(ServerError):
        for folder in folders:
            warm_server().remove_after(folder)
