"""Runs the command that is told what changed."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass


class HookError(Exception):
    """The command failed or took too long; the message says which."""


@dataclass(frozen=True)
class Hook:
    """A command of the owner of the run.

    Attributes
    ----------
    command
        Given to the shell as it is; what changed reaches it as input and environment, and never as part of the command.
    timeout_seconds
        After which it is ended, with whatever it started.
    always
        Whether it runs also when nothing changed.
    as_text
        Whether its input is the text instead of the JSON.
    """

    command: str
    timeout_seconds: float
    always: bool = False
    as_text: bool = False

    def run(self, told: str, variables: Mapping[str, str]) -> None:
        """Run the command; what it prints goes to standard output.

        Parameters
        ----------
        told
            Its standard input.
        variables
            Added to its environment.

        Raises
        ------
        HookError
            When it cannot start, ends with another code than 0, or not in time.
        """
        try:
            process = subprocess.Popen(
                self.command,
                shell=True,
                stdin=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**os.environ, **variables},
                start_new_session=True,
            )
        except OSError as error:
            raise HookError(f"the hook could not be started: {error.strerror}") from None
        try:
            process.communicate(told.encode(), timeout=self.timeout_seconds)
        except subprocess.TimeoutExpired:
            raise HookError(f"the hook did not end within {self.timeout_seconds:g} seconds and was ended") from None
        finally:
            if process.returncode is None:
                _end(process)
        if process.returncode:
            raise HookError(f"the hook ended with code {process.returncode}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the command and all that it started."""
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
