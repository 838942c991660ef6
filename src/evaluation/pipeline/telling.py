"""What changed since the last unattended run: compared, kept, and told."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from evaluation.measures.edition_changes import EditionChanges
from evaluation.pipeline.claims_file import CLAIMS_FILE, RESULTS_FILE
from evaluation.pipeline.edition_changes import BuiltState, Compared, changes_content, compare_states, read_state
from evaluation.pipeline.ending import Code
from evaluation.pipeline.hook import Hook, HookError
from evaluation.pipeline.kept_states import KEPT, keep_state, kept_states, mark_told, prune_states, told_states
from evaluation.pipeline.made import file_digest
from evaluation.pipeline.plan import FinishedEdition
from evaluation.pipeline.run_log import RunLog
from evaluation.presentation.language import Language
from evaluation.sources import SourceError


@dataclass(frozen=True)
class Told:
    """What became of one edition since the last time that it was told of."""

    folder: Path
    compared: Compared


@dataclass(frozen=True)
class Telling:
    """Compares editions with what was told before, keeps them, and tells.

    Attributes
    ----------
    outputs, language, keep, hook, log, say
        As in `Unattended`.
    """

    outputs: Path
    language: Language
    keep: int
    hook: Hook | None
    log: RunLog
    say: Callable[[str], None]

    def last_states(self) -> dict[str, BuiltState]:
        """What each edition said when it was last told of; before the first unattended run, what it says now.

        In that case it is kept, as told, for the next runs need it until the change is told, and the edition itself
        is replaced meanwhile.
        """
        names = {path.parent.name for path in self.outputs.glob(f"*/{RESULTS_FILE}")}
        names |= {path.name for path in (self.outputs / KEPT).glob("*") if path.is_dir()}
        states = {}
        for name in sorted(names):
            told = told_states(self.outputs, name)
            if not told and kept_states(self.outputs, name):
                continue  # nobody was told of it yet
            folder = ([self.outputs / name, *told])[-1]
            if not (folder / RESULTS_FILE).is_file():
                continue
            try:
                states[name] = read_state(folder)
            except SourceError as error:
                self.log.write("last_unreadable", str(error), level="warning", edition=name)
                continue
            if not told:
                self._keep_first(folder)
        return states

    def _keep_first(self, folder: Path) -> None:
        # What cannot be kept now cannot be kept when the edition was made either, and that is told then.
        with suppress(OSError):
            state = keep_state(folder, datetime.now(UTC), told=True)
            self.log.write("kept", state.name, edition=folder.name)

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

    def tell(self, finished: Sequence[FinishedEdition], last: Mapping[str, BuiltState]) -> Code:
        """Compare, keep and tell; what could not be told counts as untold, and the next run tells it.

        Parameters
        ----------
        finished
            The editions, in their place.
        last
            What `last_states` returned before they were made.
        """
        told = [self._compared(edition, last) for edition in finished]
        newest = {edition.folder.name: self._kept(edition) for edition in finished}
        code = self._told(told)
        for name, state in newest.items():
            if code is Code.WELL:
                mark_told(self.outputs, name)
            for path in prune_states(self.outputs, name, state, self.keep):
                self.log.write("pruned", path.name, edition=name)
        return code

    def _kept(self, edition: FinishedEdition) -> Path:
        """Keep an edition that this run made, or that says something else than the newest state; return that one."""
        states = kept_states(self.outputs, edition.folder.name)
        if states and not edition.new and _same(edition.folder, states[-1]):
            return states[-1]
        state = keep_state(edition.folder, datetime.now(UTC))
        self.log.write("kept", state.name, edition=edition.folder.name)
        return state

    def _told(self, told: Sequence[Told]) -> Code:
        """Say what changed, and tell it to the hook, whether or not the first went well."""
        changed = [own for own in told if own.compared.changes]
        texts = self._once(changed or told)
        text = "\n\n".join(texts)
        said = self._said(text) if changed else True
        if self.hook is None or not (changed or self.hook.always):
            return Code.WELL if said else Code.NOT_TOLD
        summary = "; ".join(own.compared.summary(self.language) for own in texts.values())
        start = time.monotonic()
        try:
            self.hook.run(
                text + "\n" if self.hook.as_text else self._content(told, summary, text),
                self._variables(changed, summary),
            )
        except HookError as error:
            self.log.write("hook_failed", str(error), level="error", seconds=time.monotonic() - start)
            return Code.NOT_TOLD
        number = len(changed)
        self.log.write("hook", f"told of changed editions: {number}", seconds=time.monotonic() - start)
        return Code.WELL

    def _said(self, text: str) -> bool:
        """Print; whoever reads may have gone, which is no reason to keep it from the hook."""
        try:
            self.say(text)
        except OSError as error:
            self.log.write("print_failed", error.strerror or "", level="warning" if self.hook else "error")
            return False
        return True

    def _once(self, told: Sequence[Told]) -> dict[str, Told]:
        """By text: what an edition says in two languages is told once."""
        texts: dict[str, Told] = {}
        for own in told:
            texts.setdefault(own.compared.text(self.language), own)
        return texts

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
        every = [own.compared.changes for own in self._once(changed).values()]
        return {
            "EVALUATION_SUMMARY": summary,
            "EVALUATION_EDITIONS": " ".join(own.folder.name for own in changed),
            "EVALUATION_VERDICTS_CHANGED": str(sum(map(_verdicts, every))),
            "EVALUATION_NUMBERS_CHANGED": str(sum(map(_numbers, every))),
            "EVALUATION_OUTPUTS": str(self.outputs),
        }


def _same(edition: Path, state: Path) -> bool:
    """Whether an edition says what it said in a kept state."""
    return all(file_digest(edition / name) == file_digest(state / name) for name in (RESULTS_FILE, CLAIMS_FILE))


def _verdicts(changes: EditionChanges) -> int:
    return len(changes.verdicts) + len(changes.verdicts_new) + len(changes.verdicts_gone)


def _numbers(changes: EditionChanges) -> int:
    return len(changes.measures) + len(changes.measures_new) + len(changes.measures_gone)
