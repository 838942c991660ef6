"""A run that nobody watches: it logs, keeps what it made, tells what changed, and ends with a telling code."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path

from evaluation.disclosure import DisclosureError
from evaluation.measures.edition_changes import EditionChanges
from evaluation.parameters import ParameterError
from evaluation.pipeline import RunError
from evaluation.pipeline.claims_file import RESULTS_FILE, read_json
from evaluation.pipeline.edition_changes import BuiltState, Compared, changes_content, compare_states, read_state
from evaluation.pipeline.hook import Hook, HookError
from evaluation.pipeline.kept_states import KEPT, keep_state, kept_states, prune_states
from evaluation.pipeline.place import BusyError, only_run
from evaluation.pipeline.plan import FinishedEdition
from evaluation.pipeline.run_log import UNFORESEEN, RunLog
from evaluation.presentation.language import Language
from evaluation.sources import SourceError

Made = Callable[[Callable[[int], None], Callable[[], None]], list[FinishedEdition]]
"""Makes the editions; is given what to call with the number of notebooks, and after each."""

_WHERE = re.compile(r"\d+_(?P<chapter>\w+)\.ipynb, edition (?P<edition>[^,]+),")


class Code(IntEnum):
    """How an unattended run ends; 70 and 75 as in sysexits.h."""

    WELL = 0
    CHAPTER_FAILED = 1
    NOT_ALLOWED = 2
    HOOK_FAILED = 3
    UNFORESEEN = UNFORESEEN
    RUN_IN_PROGRESS = 75


@dataclass(frozen=True)
class Told:
    """What became of one edition since the last unattended run."""

    folder: Path
    compared: Compared


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

    def run(self, make: Made) -> Code:
        """Make the editions and return the exit code; what went wrong is in the log.

        Everything foreseen becomes a code. Until all editions are made nothing of the earlier ones is touched.
        """
        start = time.monotonic()
        self.log.write("started")
        try:
            with only_run(self.outputs, None):
                code = self._run(make)
        except BusyError as error:
            code = self._failed(Code.RUN_IN_PROGRESS, str(error))
        except RunError as error:
            code = self._failed(Code.CHAPTER_FAILED, str(error))
        except (ParameterError, SourceError, DisclosureError) as error:
            code = self._failed(Code.NOT_ALLOWED, str(error))
        except OSError as error:
            code = self._failed(Code.NOT_ALLOWED, f"{error.filename}: {error.strerror}")
        seconds = time.monotonic() - start
        self.log.write("finished", level="error" if code else "info", seconds=seconds, exit_code=code)
        return code

    def _failed(self, code: Code, message: str) -> Code:
        where = _WHERE.search(message)
        chapter, edition = (where["chapter"], where["edition"]) if where else (None, None)
        self.log.write("failed", message, level="error", edition=edition, chapter=chapter)
        return code

    def _run(self, make: Made) -> Code:
        last = self._last_states()
        with self._notebooks() as counted:
            finished = make(*counted)
        self._log_chapters(finished)
        told = [self._compared(edition, last) for edition in finished]
        for edition in finished:
            self._keep(edition)
        return self._tell(told)

    @contextmanager
    def _notebooks(self) -> Iterator[tuple[Callable[[int], None], Callable[[], None]]]:
        """Count the notebooks in the log."""
        total, done, start = 0, 0, time.monotonic()

        def begin(number: int) -> None:
            nonlocal total
            total = number
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

    def _last_states(self) -> dict[str, BuiltState]:
        """What each edition said at the end of the last unattended run; before the first, what it says now."""
        names = {path.parent.name for path in self.outputs.glob(f"*/{RESULTS_FILE}")}
        names |= {path.name for path in (self.outputs / KEPT).glob("*") if path.is_dir()}
        states = {}
        for name in sorted(names):
            folder = ([self.outputs / name, *kept_states(self.outputs, name)])[-1]
            if not (folder / RESULTS_FILE).is_file():
                continue
            try:
                states[name] = read_state(folder)
            except SourceError as error:
                self.log.write("last_unreadable", str(error), level="warning", edition=name)
        return states

    def _compared(self, edition: FinishedEdition, last: Mapping[str, BuiltState]) -> Told:
        """Compare with the same edition before, else with the one of the latest reference date before it."""
        newer = read_state(edition.folder)
        earlier = [
            own
            for own in last.values()
            if own.language == newer.language and own.state.reference_date < newer.state.reference_date
        ]
        before = max(earlier, key=lambda own: own.state.reference_date) if earlier else None
        compared = compare_states(last.get(edition.folder.name, before), newer)
        event = "changed" if compared.changes else "unchanged"
        self.log.write(event, compared.summary(Language("en")), edition=edition.folder.name)
        return Told(edition.folder, compared)

    def _keep(self, edition: FinishedEdition) -> None:
        if not edition.new and kept_states(self.outputs, edition.folder.name):
            return
        state = keep_state(edition.folder, datetime.now(UTC))
        self.log.write("kept", state.name, edition=edition.folder.name)
        for path in prune_states(state, self.keep):
            self.log.write("pruned", path.name, edition=edition.folder.name)

    def _tell(self, told: Sequence[Told]) -> Code:
        """Say what changed, and tell it to the hook."""
        changed = [own for own in told if own.compared.changes]
        text = "\n\n".join(own.compared.text(self.language) for own in changed or told)
        if changed:
            self.say(text)
        if self.hook is None or not (changed or self.hook.always):
            return Code.WELL
        summary = "; ".join(own.compared.summary(self.language) for own in changed or told)
        start = time.monotonic()
        try:
            self.hook.run(
                text + "\n" if self.hook.as_text else self._content(told, summary, text),
                self._variables(changed, summary),
            )
        except HookError as error:
            self.log.write("hook_failed", str(error), level="error", seconds=time.monotonic() - start)
            return Code.HOOK_FAILED
        self.log.write("hook", summary_of_hook(changed), seconds=time.monotonic() - start)
        return Code.WELL

    def _content(self, told: Sequence[Told], summary: str, text: str) -> str:
        content = {
            "summary": summary,
            "text": text,
            "language": self.language.code,
            "editions": [
                {
                    "folder": own.folder.name,
                    "summary": own.compared.summary(self.language),
                    **changes_content(own.compared),
                }
                for own in told
            ],
        }
        return json.dumps(content, ensure_ascii=False, indent=2) + "\n"

    def _variables(self, changed: Sequence[Told], summary: str) -> dict[str, str]:
        every = [own.compared.changes for own in changed]
        return {
            "EVALUATION_SUMMARY": summary,
            "EVALUATION_EDITIONS": " ".join(own.folder.name for own in changed),
            "EVALUATION_VERDICTS_CHANGED": str(sum(map(_verdicts, every))),
            "EVALUATION_NUMBERS_CHANGED": str(sum(map(_numbers, every))),
            "EVALUATION_OUTPUTS": str(self.outputs),
        }


def summary_of_hook(changed: Sequence[Told]) -> str:
    """How many editions the hook was told of."""
    return f"told of {len(changed)} changed editions"


def _verdicts(changes: EditionChanges) -> int:
    return len(changes.verdicts) + len(changes.verdicts_new) + len(changes.verdicts_gone)


def _numbers(changes: EditionChanges) -> int:
    return len(changes.measures) + len(changes.measures_new) + len(changes.measures_gone)
