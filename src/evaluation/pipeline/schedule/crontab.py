"""A line in the user's crontab, between marks, so that it can be found again."""

from __future__ import annotations

import re
import shlex
import subprocess

from evaluation.parameters import ParameterError
from evaluation.pipeline.schedule.job import Job, clock

_FIELD = r"[0-9A-Za-z*/,\-]+"
_TIMES = re.compile(rf"{_FIELD}(?: +{_FIELD}){{4}}|@(?:hourly|daily|midnight|weekly|monthly|yearly|annually)")


def times_at(at: str) -> str:
    """Return a time of day, ``03:00``, as cron writes it."""
    hours, minutes = clock(at)
    return f"{minutes} {hours} * * *"


def checked_times(times: str) -> str:
    """Return five fields of cron, or one of its names such as ``@weekly``.

    Raises
    ------
    ParameterError
        When it is neither; cron itself judges the values when the line is installed.
    """
    if not _TIMES.fullmatch(times.strip()):
        raise ParameterError(f"--calendar {times!r}: for cron write five fields, such as '0 3 * * 1', or @weekly")
    return times.strip()


def block(own: Job, times: str) -> str:
    """Return the marked lines of the crontab.

    A percent sign would end the command for cron, which takes away the backslash before it.
    """
    variables = " ".join(f"{name}={shlex.quote(value)}" for name, value in own.environment.items())
    command = " ".join(part for part in (variables, "nice -n 10", shlex.join(own.command)) if part)
    if "\\%" in command:
        raise ParameterError(f"{command}: cron cannot hold a backslash before a percent sign; use --systemd")
    start, end = _marks(own.name)
    return "\n".join([start, f"{times} {command.replace('%', chr(92) + '%')}", end]) + "\n"


def with_block(crontab: str, own: Job, times: str) -> str:
    """Return the crontab with the job in it once, in its old place when it had one."""
    added = block(own, times)
    before, _old, after = _split(crontab, own.name)
    if before and not before.endswith("\n"):
        before += "\n"
    return before + added + after


def without_block(crontab: str, name: str) -> str:
    """Return the crontab without the job of that name."""
    before, _old, after = _split(crontab, name)
    return before + after


def remove(name: str) -> bool:
    """Take the job of that name out of the user's crontab; returns whether it was there.

    Raises
    ------
    ParameterError
        When there is no cron, or its marks are damaged.
    """
    before = read_crontab()
    after = without_block(before, name)
    if after != before:
        write_crontab(after)
    return after != before


def read_crontab() -> str:
    """Return the user's crontab, empty when there is none.

    Raises
    ------
    ParameterError
        When there is no cron, or it does not answer.
    """
    answer = _crontab("-l")
    if answer.returncode and "no crontab for" not in answer.stderr.lower():
        raise ParameterError(f"crontab -l: {_cause(answer)}; ask who manages this machine, or use --systemd")
    return "" if answer.returncode else answer.stdout


def write_crontab(text: str) -> None:
    """Make this the user's crontab; cron leaves the old one when it refuses.

    Raises
    ------
    ParameterError
        When cron refuses it.
    """
    answer = _crontab("-", text) if text else _crontab("-r")
    if answer.returncode:
        raise ParameterError(f"crontab: {_cause(answer)}; the crontab is as it was")


def _crontab(argument: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(["crontab", argument], input=text, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise ParameterError("there is no crontab on this machine; install cron, or use --systemd") from None


def _cause(answer: subprocess.CompletedProcess[str]) -> str:
    return " ".join(answer.stderr.split()) or f"code {answer.returncode}"


def _marks(name: str) -> tuple[str, str]:
    return f"# >>> {name}, written by `evaluation schedule` >>>", f"# <<< {name} <<<"


def _split(crontab: str, name: str) -> tuple[str, str, str]:
    """Return what stands before the marked lines, those, and what stands after."""
    lines = crontab.splitlines(keepends=True)
    places = [[number for number, line in enumerate(lines) if line.strip() == mark] for mark in _marks(name)]
    starts, ends = places
    if not starts and not ends:
        return crontab, "", ""
    if len(starts) != 1 or len(ends) != 1 or starts[0] > ends[0]:
        raise ParameterError(
            f"the marks of {name} in the crontab do not stand one before the other; mend it by hand: crontab -e"
        )
    first, last = starts[0], ends[0] + 1
    return "".join(lines[:first]), "".join(lines[first:last]), "".join(lines[last:])
