"""The log of an unattended run: one JSON object per line, without a path that tells a person."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TextIO

from evaluation.pipeline.ending import Code, let_go

Level = Literal["info", "warning", "error"]

# From a slash at the start of a word to the last one of the clause, spaces included, and the name after it.
_PATH = re.compile(r"(?<![\w.~])(?:[A-Za-z]:\\|/)[^:;,'\"<>|()\n]*[/\\](?P<name>[^\s:;,'\"<>|()/\\]*)|(?<!\S)/\w\S*")
_FILE = re.compile(r"[\w.-]+\.\w{1,8}")


class RunLog:
    """Writes the events of a run.

    As a context it also tells how the run ended when something raised: the kind of an unforeseen error and the line of
    this project where it arose, and not its message, which may quote a value.

    Parameters
    ----------
    stream
        Where the lines go. When one cannot be written, none is any more, and the run goes on.
    clock
        Moment of an event, with a zone.
    names
        What to say instead of a path that may occur in a message.

    Attributes
    ----------
    failed
        Why a line could not be written, or None.
    """

    failed: OSError | None = None

    def __init__(self, stream: TextIO, clock: Callable[[], datetime], names: Mapping[Path, str]) -> None:
        self._stream, self._clock = stream, clock
        # The longest first: a folder in a folder has a name of its own.
        self._names = sorted(((str(path), name) for path, name in names.items()), key=lambda own: -len(own[0]))

    def write(
        self,
        event: str,
        message: str = "",
        *,
        level: Level = "info",
        edition: str | None = None,
        chapter: str | None = None,
        seconds: float | None = None,
        exit_code: int | None = None,
    ) -> None:
        """Write one event; every line has the same keys."""
        if self.failed:
            return
        line = {
            "time": self._clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": level,
            "event": event,
            "edition": edition,
            "chapter": chapter,
            "seconds": None if seconds is None else round(seconds, 3),
            "exit_code": exit_code,
            "message": self.without_paths(message),
        }
        try:
            self._stream.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._stream.flush()
        except OSError as error:
            self.failed = error
            let_go(self._stream)

    def without_paths(self, message: str) -> str:
        """Return a message on one line in which known folders have a name, and other paths only that of a file."""
        told = " ".join(message.split())
        for path, name in self._names:
            told = told.replace(path, name)
        return _PATH.sub(lambda found: _file_name(found["name"] or ""), told)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            return
        if isinstance(error, SystemExit):
            code = error.code if isinstance(error.code, int) else Code.UNFORESEEN
            self.write("finished", "ended from outside", level="error", exit_code=code)
            return
        if isinstance(error, KeyboardInterrupt):
            self.write("finished", "interrupted", level="error", exit_code=Code.INTERRUPTED)
            raise SystemExit(Code.INTERRUPTED) from None
        where = traceback.extract_tb(trace)[-1]
        message = f"unforeseen {type(error).__name__} at {Path(where.filename).name}:{where.lineno}"
        self.write("failed", message, level="error")
        self.write("finished", exit_code=Code.UNFORESEEN, level="error")
        raise SystemExit(Code.UNFORESEEN) from None


@contextmanager
def log_stream(file: Path | None) -> Iterator[TextIO]:
    """Open the log, a file for its owner only or standard error, and keep everything else off standard error.

    What libraries print there is no JSON, and may quote a value.
    """
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if hasattr(os, "fchmod") and stat.S_ISREG(os.fstat(opened).st_mode):  # a device is everybody's
            os.fchmod(opened, 0o600)
    else:
        opened = os.dup(2)
    sys.stderr.flush()
    shown = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        with os.fdopen(opened, "w", encoding="utf-8") as stream:
            yield stream
    finally:
        sys.stderr.flush()
        os.dup2(shown, 2)
        os.close(shown)
        os.close(nowhere)


def _file_name(name: str) -> str:
    return f"…/{name}" if _FILE.fullmatch(name) else "…"
