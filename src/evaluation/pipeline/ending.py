"""How a command ends: its exit codes, and what a foreseen error is told as."""

from __future__ import annotations

import os
from contextlib import suppress
from enum import IntEnum
from typing import TextIO

from evaluation.evidence import Refusal
from evaluation.pipeline import RunError
from evaluation.pipeline.place import BusyError

FORESEEN = (Refusal, RunError, BusyError, OSError)
"""Errors that are told in one line; any other is a fault of this project."""


class Code(IntEnum):
    """Exit codes; 70 and 75 as in sysexits.h, and from 128 on the number of a signal added to it."""

    WELL = 0
    FAILED = 1
    NOT_ALLOWED = 2
    NOT_TOLD = 3
    UNFORESEEN = 70
    RUN_IN_PROGRESS = 75
    INTERRUPTED = 130
    NOBODY_READS = 141


def ending(error: Exception) -> tuple[str, Code]:
    """Return what a foreseen error is told as, on one line, and the exit code that goes with it."""
    if isinstance(error, OSError):
        cause = error.strerror or " ".join(str(error).split()) or type(error).__name__
        if isinstance(error, BrokenPipeError):
            return f"{cause}; whoever read what is printed has gone", Code.NOBODY_READS
        if error.filename is None:  # standard output, mostly
            return f"{cause}; check where the output goes and the space left", Code.NOT_ALLOWED
        return f"{error.filename}: {cause}; check the path, its permissions and the space left", Code.NOT_ALLOWED
    codes = {RunError: Code.FAILED, BusyError: Code.RUN_IN_PROGRESS}
    return str(error), next((code for kind, code in codes.items() if isinstance(error, kind)), Code.NOT_ALLOWED)


def let_go(stream: TextIO) -> None:
    """Let what could not be written go: Python would try again when it ends, and end with a code of its own."""
    with suppress(OSError):  # no real file, as in a test
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, stream.fileno())
        finally:
            os.close(nowhere)
