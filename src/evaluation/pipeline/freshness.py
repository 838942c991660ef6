"""What has to be made again, and why; imports little, so that a run that finds nothing to do says so at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evaluation.pipeline.editions import Edition
from evaluation.pipeline.made import Kept
from evaluation.pipeline.making import Files
from evaluation.pipeline.plan import Book, FinishedEdition, Task, books

FORCED = "asked for"


@dataclass(frozen=True)
class Work:
    """What a run has to do for one edition in one language.

    Attributes
    ----------
    book, kept
        The edition, and what earlier runs kept of it.
    chapters
        Reasons by name of each notebook that has to run.
    report
        Reasons to make the report again, apart from chapters that run.
    """

    book: Book
    kept: Kept
    chapters: Mapping[str, Sequence[str]]
    report: Sequence[str] = field(default=())

    @property
    def nothing(self) -> bool:
        """Whether all is as it would be made."""
        return not self.chapters and not self.report

    def tasks(self) -> list[Task]:
        """The notebooks that have to run."""
        return [task for task in self.book.tasks if task.name in self.chapters]

    def lines(self) -> list[str]:
        """One line for each thing to do, with the reasons."""
        todo = {**self.chapters, **({"report": self.report} if self.report else {})}
        return [f"{self.book.name}  {name}: {'; '.join(reasons)}" for name, reasons in todo.items()]


def work_of(planned: Sequence[Book], outputs: Path, *, force: bool) -> list[Work]:
    """Return what has to be done for each book, compared with what is kept."""
    files = Files()
    found = []
    names = frozenset(book.name for book in planned)
    for book in planned:
        kept = Kept(outputs, book, names)
        reasons = {task.name: [FORCED] if force else kept.reasons(task, files) for task in book.tasks}
        chapters = {name: why for name, why in reasons.items() if why}
        found.append(Work(book, kept, chapters, [FORCED] if force else kept.report_reasons(files)))
    return found


def explain(
    editions: Sequence[Edition], *, language: str, overrides: Mapping[str, Mapping[str, str]], outputs: Path
) -> list[str]:
    """Say what a run would make again, and why; nothing when there is nothing to do."""
    planned = books(editions, language, overrides, None, outputs)
    return [line for work in work_of(planned, outputs, force=False) for line in work.lines()]


def unchanged(
    editions: Sequence[Edition], *, language: str, overrides: Mapping[str, Mapping[str, str]], outputs: Path
) -> list[FinishedEdition] | None:
    """Return the editions as they lie in place, or None when any of them has to be made again."""
    works = work_of(books(editions, language, overrides, None, outputs), outputs, force=False)
    return [work.kept.finished() for work in works] if all(work.nothing for work in works) else None
