"""A run that nobody watches: it logs, keeps what it made, tells what changed, and ends with a telling code.

Imports little, so that what is not allowed is refused at once.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from evaluation.pipeline.ending import FORESEEN, Code, ending
from evaluation.pipeline.hook import Hook
from evaluation.pipeline.json_files import read_json
from evaluation.pipeline.place import only_run
from evaluation.pipeline.plan import FinishedEdition
from evaluation.pipeline.run_log import RunLog
from evaluation.presentation.language import Language

_WHERE = re.compile(r"\d+_(?P<chapter>\w+)\.ipynb, edition (?P<edition>[^,]+),")


class Made(Protocol):
    """Makes the editions; is given what to call with a number of notebooks to come, and after each."""

    def __call__(self, *, on_start: Callable[[int], None], on_step: Callable[[], None]) -> list[FinishedEdition]:
        """Make them."""


@dataclass(frozen=True)
class Unattended:
    """What happens around the making of editions.

    Attributes
    ----------
    outputs
        Folder of the editions.
    language
        Of the text of what changed.
    keep
        States of each edition that are kept, the newest included.
    hook
        Told what changed, or None.
    log
        Of events.
    say
        Shown a text when something changed.
    """

    outputs: Path
    language: Language
    keep: int
    hook: Hook | None
    log: RunLog
    say: Callable[[str], None]

    def run(self, ask: Callable[[], Made]) -> Code:
        """Make the editions and return the exit code; what went wrong is in the log.

        Everything foreseen becomes a code. Until all editions are made nothing of the earlier ones is touched.

        Parameters
        ----------
        ask
            Checks what was asked for, and returns what makes it.
        """
        start = time.monotonic()
        self.log.write("started")
        try:
            with only_run(self.outputs, None):
                code = self._run(ask())
        except FORESEEN as error:
            code = self._failed(*ending(error))
        seconds = time.monotonic() - start
        self.log.write("finished", level="error" if code else "info", seconds=seconds, exit_code=code)
        # The report is there, and whoever reads the log does not know it.
        return Code.NOT_TOLD if code is Code.WELL and self.log.failed else code

    def _failed(self, message: str, code: Code) -> Code:
        where = _WHERE.search(message)
        chapter, edition = (where["chapter"], where["edition"]) if where else (None, None)
        self.log.write("failed", message, level="error", edition=edition, chapter=chapter)
        return code

    def _run(self, make: Made) -> Code:
        from evaluation.pipeline.telling import Telling  # noqa: PLC0415 - imports much

        telling = Telling(self.outputs, self.language, self.keep, self.hook, self.log, self.say)
        last = telling.last_states()
        with self._notebooks() as counted:
            on_start, on_step = counted
            finished = make(on_start=on_start, on_step=on_step)
        try:
            self._log_chapters(finished)
            return telling.tell(finished, last)
        except FORESEEN as error:  # the editions lie in their place already
            return self._failed(ending(error)[0], Code.NOT_TOLD)

    @contextmanager
    def _notebooks(self) -> Iterator[tuple[Callable[[int], None], Callable[[], None]]]:
        """Count the notebooks in the log."""
        total, done, start = 0, 0, time.monotonic()

        def begin(number: int) -> None:
            nonlocal total
            total += number
            self.log.write("running", f"{number} notebooks")

        def step() -> None:
            nonlocal done
            done += 1
            self.log.write("notebook", f"{done} of {total}", seconds=time.monotonic() - start)

        yield begin, step

    def _log_chapters(self, finished: Sequence[FinishedEdition]) -> None:
        for edition in finished:
            if not edition.new:
                self.log.write("nothing_changed", edition=edition.folder.name)
                continue
            chapters = read_json(edition.folder / "manifest.json").get("chapters", {})
            for chapter, own in chapters.items():
                self.log.write("chapter", edition=edition.folder.name, chapter=chapter, seconds=own["seconds"])
            self.log.write("made", f"{len(chapters)} chapters", edition=edition.folder.name)
