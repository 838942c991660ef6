"""What earlier runs made of an edition, kept beside it: a chapter runs again only when what it is made from changed.

A finished chapter is kept at once, so that a run that was ended half-way goes on where it was. Chapters that read the
personal register are not kept: what one of them may show depends on the others and on all that was published before,
so such an edition is always made as a whole.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.pipeline.making import Files, Making, differences, digest, notebook_digest, parameter_values
from evaluation.pipeline.plan import Book, FinishedEdition, Task, folder_name

MADE = ".made"
RECORD = "record.json"
REPORT = "report.json"
NEVER = "no earlier run is kept"


@dataclass(frozen=True)
class Made:
    """A chapter that was run.

    Attributes
    ----------
    making
        What it was made from; None when it read the register.
    seconds
        Time that its notebook took.
    memory_mb
        Most memory that its kernel held, in megabytes; None where the system does not tell.
    results
        Hash of all that it saved.
    """

    making: Making | None
    seconds: float
    memory_mb: float | None
    results: str


class Kept:
    """The kept chapters and the kept report of one edition in one language.

    Parameters
    ----------
    outputs
        Folder of the editions.
    book
        The edition.
    beside
        Names of the folders that the same run makes or finds as they would be made.
    """

    def __init__(self, outputs: Path, book: Book, beside: frozenset[str]) -> None:
        self._outputs, self._book, self._beside = outputs, book, beside
        self._folder = outputs / MADE / book.name

    def made(self, task: Task) -> Made | None:
        """Return what is known of a kept chapter, or None when none is kept."""
        record = self._record(task)
        if record is None:
            return None
        making = Making.from_json(record["made_from"])
        return Made(making, record["seconds"], record["memory_mb"], record["results"])

    def reasons(self, task: Task, files: Files) -> list[str]:
        """Say why a chapter has to run; nothing when the kept one still holds."""
        made = self.made(task)
        if made is None or made.making is None:
            return [NEVER]
        return differences(made.making, notebook_digest(task.chapter.path), parameter_values(task.parameters), files)

    def keep(self, task: Task, made: Made, saved: Sequence[str]) -> None:
        """Keep what a chapter saved; it takes the place of an earlier one in the end, and not before it is whole.

        Parameters
        ----------
        task, made
            The chapter, and how it was made.
        saved
            Its files, relative to the folder of the task.
        """
        if made.making is None:
            return
        aside, target = self._folder / f".{task.name}", self._folder / task.name
        shutil.rmtree(aside, ignore_errors=True)
        for name in saved:
            _copy(task.folder / name, aside / name)
        record = {
            "made_from": made.making.as_json(),
            "seconds": made.seconds,
            "memory_mb": made.memory_mb,
            "results": made.results,
            "files": list(saved),
        }
        (aside / RECORD).write_text(json.dumps(record), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        aside.rename(target)

    def reuse(self, task: Task) -> None:
        """Lay the files of a kept chapter where it would have written them."""
        record = self._record(task)
        for name in record["files"] if record else ():
            _copy(self._folder / task.name / name, task.folder / name)

    def _record(self, task: Task) -> dict[str, Any] | None:
        folder = self._folder / task.name
        record = _json(folder / RECORD)
        if record is None or saved_digest(folder, record["files"]) != record["results"]:
            return None
        return record

    def report_reasons(self, files: Files) -> list[str]:
        """Say why the report has to be made again; nothing when the one in its place still holds."""
        report = _json(self._folder / REPORT)
        if report is None:
            return [NEVER]
        target = self._outputs / self._book.name
        lost = [name for name, before in report["outputs"].items() if file_digest(target / name) != before]
        changed = [f"{self._book.name}/{lost[0]} is not as it was written"] if lost else []
        return changed + differences(Making.from_json(report["made_from"]), "", self.report_parameters(), files)

    def report_parameters(self, made: Mapping[str, Made] | None = None) -> dict[str, Any]:
        """What a report depends on beside code and data.

        Parameters
        ----------
        made
            How each chapter was made; by default as it is kept.
        """
        book = self._book
        known = {task.name: made[task.name] if made else self.made(task) for task in book.tasks}
        return {
            "edition": book.edition.name,
            "language": book.language,
            "reference date": book.reference_date.isoformat(),
            "some of the chapters": list(book.edition.chapters),  # all of them judge the statements
            "what the chapters saved": {name: own.results if own else None for name, own in known.items()},
            "folder in the other language": self.translated() or "none",
            "earlier editions": self._earlier(),
        }

    def translated(self) -> str:
        """Folder of the same edition in the other language, when it lies beside this one or will."""
        other = folder_name(self._book.edition, "en" if self._book.language == "nl" else "nl")
        return other if other in self._beside or (self._outputs / other).is_dir() else ""

    def _earlier(self) -> dict[str, list[str | None]]:
        """Hashes of what earlier editions in this language said, in which those built beside this one count first."""
        found: dict[str, list[str | None]] = {}
        for place in (self._book.folder.parent, self._outputs):
            for path in sorted(place.glob("[!.]*/claims.json")):
                content = _json(path) or {}
                same = content.get("language") == self._book.language
                if same and content.get("reference_date", "9999") < self._book.reference_date.isoformat():
                    hashes = [file_digest(path), file_digest(path.with_name("results.json"))]
                    found.setdefault(path.parent.name, hashes)
        return found

    def keep_report(self, made: Making, finished: FinishedEdition) -> None:
        """Keep what the report was made from, and the hash of every file of it."""
        written = sorted(path for path in finished.folder.rglob("*") if path.is_file())
        content = {
            "made_from": made.as_json(),
            "answers": list(finished.answers),
            "outputs": {str(path.relative_to(finished.folder)): file_digest(path) for path in written},
        }
        self._folder.mkdir(parents=True, exist_ok=True)
        aside = self._folder / f".{REPORT}"
        aside.write_text(json.dumps(content), encoding="utf-8")
        aside.replace(self._folder / REPORT)

    def forget_report(self) -> None:
        """Forget what the report was made from."""
        (self._folder / REPORT).unlink(missing_ok=True)

    def finished(self) -> FinishedEdition:
        """The report that lies in its place."""
        answers = (_json(self._folder / REPORT) or {"answers": ()})["answers"]
        return FinishedEdition(self._book.edition.name, self._outputs / self._book.name, tuple(answers), new=False)


def file_digest(path: Path) -> str | None:
    """Hash of a file, or None when there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def saved_digest(folder: Path, names: Iterable[str]) -> str:
    """Hash of all that a chapter saved.

    Parameters
    ----------
    folder, names
        Where its files are, and the files, relative to it.
    """
    return digest({name: file_digest(folder / name) for name in names})


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _json(path: Path) -> dict[str, Any] | None:
    """A file that a run wrote, or None when it is not there or not whole."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
