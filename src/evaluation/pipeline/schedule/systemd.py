"""A service and a timer of the user's own systemd."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from evaluation.parameters import ParameterError
from evaluation.pipeline.schedule.job import Job, clock

MARK = "# Written by `evaluation schedule`; run it again to change this."
_PLAIN = re.compile(r"[A-Za-z0-9_@:.,/=+-]+")

# Ends after which trying again makes no sense; after 75, another run, it does. systemd knows no "all but 75" for a
# oneshot service, so they are listed: those of the command and of Python, signals, and systemd's own (the service could
# not be started).
_FINAL = (
    "1 2 3 70 120 129 130 141 143",
    "SIGABRT SIGBUS SIGFPE SIGHUP SIGILL SIGINT SIGKILL SIGPIPE SIGQUIT SIGSEGV SIGSYS SIGTERM SIGXCPU",
    " ".join(map(str, range(200, 246))),
)


def units(own: Job, calendar: str) -> dict[str, str]:
    """Return the two unit files by name.

    Parameters
    ----------
    own
        What is started.
    calendar
        When, as systemd writes it in ``OnCalendar=``.
    """
    environment = [f"Environment={_word(f'{name}={value}')}" for name, value in own.environment.items()]
    service = [
        MARK,
        "[Unit]",
        "Description=Make the evaluation report",
        "StartLimitIntervalSec=6h",
        "StartLimitBurst=8",
        "",
        "[Service]",
        "Type=oneshot",
        f"ExecStart={' '.join([_word(own.command[0]), *(_argument(word) for word in own.command[1:])])}",
        *environment,
        "TimeoutStartSec=6h",
        "# Another run was going on (75): later again. Any other failure waits for a person.",
        "Restart=on-failure",
        *(f"RestartPreventExitStatus={ends}" for ends in _FINAL),
        "RestartSec=15min",
        "Nice=10",
        "IOSchedulingClass=idle",
        "UMask=0077",
        "NoNewPrivileges=true",
        "PrivateTmp=true",
        "LockPersonality=true",
        "RestrictRealtime=true",
        "RestrictSUIDSGID=true",
        "SystemCallArchitectures=native",
    ]
    timer = [
        MARK,
        "[Unit]",
        "Description=When the evaluation report is made",
        "",
        "[Timer]",
        f"OnCalendar={calendar.replace('%', '%%')}",
        "# A time at which the machine was off is made up for.",
        "Persistent=true",
        "AccuracySec=1min",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    return {f"{own.name}.service": "\n".join(service) + "\n", f"{own.name}.timer": "\n".join(timer) + "\n"}


def calendar_at(at: str) -> str:
    """Return a time of day, ``03:00``, as systemd writes it."""
    hours, minutes = clock(at)
    return f"*-*-* {hours:02}:{minutes:02}:00"


def checked_calendar(calendar: str) -> str:
    """Return what was asked for, after systemd itself read it, where it is there to ask.

    Raises
    ------
    ParameterError
        When it is no calendar expression.
    """
    if "\n" in calendar or not calendar.strip():
        raise ParameterError(f"--calendar {calendar!r}: write one expression, such as 'Mon *-*-* 03:00'")
    if analyze := shutil.which("systemd-analyze"):
        answer = subprocess.run([analyze, "calendar", calendar], capture_output=True, text=True, check=False)
        if answer.returncode:
            raise ParameterError(
                f"--calendar {calendar!r} is no calendar expression of systemd; see `man systemd.time`, "
                "or write one such as 'Mon *-*-* 03:00'"
            )
    return calendar


def unit_folder() -> Path:
    """Return where the user's units lie."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def install(files: dict[str, str]) -> None:
    """Write the units and start the timer; when systemd refuses, the folder is as it was.

    Raises
    ------
    ParameterError
        When a unit of that name is not ours, or systemd refuses.
    """
    folder = unit_folder()
    before = {name: _read_own(folder / name) for name in files}
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    timer = next(name for name in files if name.endswith(".timer"))
    try:
        for name, text in files.items():
            _write(folder / name, text)
        _systemctl("daemon-reload")
        # A timer that runs already takes up another time only when it starts again.
        _systemctl("enable", timer)
        _systemctl("restart", timer)
    except BaseException:
        _take_back(folder, before, timer)
        for path in made:
            with suppress(OSError):  # somebody else put something there meanwhile
                path.rmdir()
        raise


def _take_back(folder: Path, before: dict[str, str | None], timer: str) -> None:
    """Put the units back as they were, and let systemd know as far as it listens."""
    steps = [["daemon-reload"], ["restart", timer]]
    if before[timer] is None:
        _tried("disable", "--now", timer)  # while the unit is there, or its link stays
        steps = [["daemon-reload"]]
    for name, old in before.items():
        if old is None:
            (folder / name).unlink(missing_ok=True)
        else:
            _write(folder / name, old)
    for step in steps:
        _tried(*step)


def remove(name: str) -> bool:
    """Stop the timer and remove both units; returns whether there was any.

    Raises
    ------
    ParameterError
        When a unit of that name is not ours, or systemd refuses.
    """
    files = [unit_folder() / f"{name}.{kind}" for kind in ("timer", "service")]
    there = [path for path in files if _read_own(path) is not None]
    if not there:
        return False
    if files[0] in there:
        _systemctl("disable", "--now", files[0].name)
    for path in there:
        path.unlink()
    _systemctl("daemon-reload")
    return True


def _read_own(path: Path) -> str | None:
    if not path.exists():
        return None
    text = path.read_text(encoding="utf-8")
    if not text.startswith(MARK):
        raise ParameterError(f"{path} was not written by this command; choose another --name")
    return text


def _write(path: Path, text: str) -> None:
    """Replace a file in one step; for its owner only, for a hook may hold a secret."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.chmod(0o600)
    beside.replace(path)


def _tried(*arguments: str) -> None:
    with suppress(ParameterError):
        _systemctl(*arguments)


def _systemctl(*arguments: str) -> None:
    words = ["systemctl", "--user", *arguments]
    try:
        answer = subprocess.run(words, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise ParameterError("there is no systemctl on this machine; use --cron") from None
    if answer.returncode:
        cause = " ".join(answer.stderr.split()) or f"code {answer.returncode}"
        raise ParameterError(
            f"{' '.join(words)}: {cause}; log in as the user whose timer it is, after `loginctl enable-linger`, "
            "or use --cron"
        )


def _argument(word: str) -> str:
    """A word after the program, in which systemd would also fill in variables."""
    return _word(word.replace("$", "$$"))


def _word(word: str) -> str:
    """A word as systemd reads it back: quoted where needed, without its % specifiers."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return escaped if _PLAIN.fullmatch(word) else f'"{escaped}"'
