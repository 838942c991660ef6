"""What a scheduler is to start."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.parameters import ParameterError

PRIVATE = "EVALUATION_PRIVATE"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Job:
    """A command that is started at set times.

    Attributes
    ----------
    name
        Of its units, or of its place in the crontab.
    command
        Program, with its whole path, and arguments.
    environment
        Variables that the scheduler would not set.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ParameterError(f"name {self.name!r}: use letters, digits, - and _ only, such as evaluation-report")
        for word in (*self.command, *self.environment.values()):
            if _CONTROL.search(word):
                raise ParameterError(f"{word!r} holds a line break or control character, which no schedule can hold")


def job(name: str, arguments: Sequence[str]) -> Job:
    """Return the job that starts this command, as it is installed here, with these arguments."""
    private = os.environ.get(PRIVATE)
    environment = {PRIVATE: str(Path(private).absolute())} if private else {}
    return Job(name, (str(own_command()), *arguments), environment)


def own_command() -> Path:
    """Return where the command ``evaluation`` lies: the one that was called, else the one of this environment.

    Raises
    ------
    ParameterError
        When there is none.
    """
    called = Path(sys.argv[0])
    if called.stem == "evaluation" and called.is_file():
        return called.absolute()
    beside = Path(sys.executable).with_name("evaluation")
    if not beside.is_file():
        raise ParameterError(f"there is no command {beside}; install the project in this environment first")
    return beside


def clock(at: str) -> tuple[int, int]:
    """Read a time of day, ``03:00``, as hours and minutes.

    Raises
    ------
    ParameterError
        When it is none.
    """
    found = _TIME.fullmatch(at)
    if not found:
        raise ParameterError(f"--at {at!r} is no time of day; write hours and minutes, such as 03:00")
    return int(found[1]), int(found[2])
