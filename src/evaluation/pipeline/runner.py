"""Makes editions: runs the chapters that have to run and puts each edition in its place in one step.

Everything is checked before the first kernel starts. Notebooks run a few at a time in kernels of their own; an edition
is built in a folder aside and takes the place of the previous one only when all of it worked.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from evaluation.disclosure import DisclosureError
from evaluation.disclosure.gate import Gate
from evaluation.disclosure.publication import Publication
from evaluation.disclosure.rules import default_rules
from evaluation.evidence import Evidence
from evaluation.measures.delivered import Delivered
from evaluation.parameters import RegistryParameters
from evaluation.pipeline import RunError
from evaluation.pipeline.claims import claim_inputs
from evaluation.pipeline.claims_file import past_of
from evaluation.pipeline.editions import Edition
from evaluation.pipeline.execution import Ran, execute
from evaluation.pipeline.freshness import Work, work_of
from evaluation.pipeline.imports import imported_files
from evaluation.pipeline.inputs import load_registry
from evaluation.pipeline.intake import Intake
from evaluation.pipeline.made import Made, saved_digest
from evaluation.pipeline.making import (
    Files,
    Making,
    environment,
    notebook_code,
    notebook_digest,
    parameter_values,
)
from evaluation.pipeline.municipalities import subject
from evaluation.pipeline.outputs import ReportInputs, chapter_files, finish_edition, forget_chapter
from evaluation.pipeline.place import place_to_build, put_in_place, temporary_folder
from evaluation.pipeline.plan import Book, FinishedEdition, Task, books
from evaluation.pipeline.project import OUTPUTS, ROOT
from evaluation.pipeline.releases import CAREFUL, audited, chapter_publications, log_release, released
from evaluation.pipeline.server import begin_server, called, cleared_after, end_server, loaded_at
from evaluation.presentation.document import DocumentError

FINISHING = "from evaluation.pipeline.outputs import finish_edition"
"""What makes a report, as code, of which the imports are followed."""


def run_editions(
    editions: Sequence[Edition],
    *,
    language: str,
    overrides: Mapping[str, Mapping[str, str]],
    intake: Intake | None = None,
    outputs: Path = OUTPUTS,
    workers: int | None = None,
    force: bool = False,
    on_wait: Callable[[str], None] | None = None,
    on_note: Callable[[str], None] = lambda _line: None,
    on_start: Callable[[int], None] = lambda _total: None,
    on_step: Callable[[], None] = lambda: None,
) -> list[FinishedEdition]:
    """Make the editions as far as they are not as they would be made, and write their folders.

    Parameters
    ----------
    editions
        What to make.
    language
        ``nl``, ``en`` or ``both``; an English edition gets a folder of its own, ``<edition>-en``.
    overrides
        Parameters from the command line, per chapter.
    intake
        A delivery of the register, which the chapters read instead of the registry that they name.
    outputs
        Folder in which the edition's folders lie.
    workers
        Notebooks at a time; by default one more than there are cores, for a kernel that starts or ends mostly waits.
    force
        Whether to run every chapter, also when nothing changed.
    on_wait
        Told in one line when another run has to be waited for; None to refuse instead.
    on_note
        Told in one line of what takes longer than could be expected.
    on_start, on_step
        Called with the number of notebooks, again when some have to be executed once more, and after each.

    Raises
    ------
    ParameterError, SourceError, DisclosureError
        Before anything runs, when a parameter is not allowed, or a registry cannot be read or may not be shown.
    BusyError
        When another run writes to the same outputs and `on_wait` is None.
    RunError
        When a notebook fails, or the document cannot be set; what was in `outputs` is as it was.
    """
    with place_to_build(outputs, on_wait) as building:
        registry = str(intake.registry) if intake else None
        planned = books(editions, language, overrides, registry, building)
        works = work_of(planned, outputs, force=force)
        if not all(work.nothing for work in works):
            begin_server()  # it loads while this process checks
        todo = [_checked(work, outputs) for work in works if not work.nothing]
        on_start(sum(len(work.chapters) for work in todo))
        run = _Run(outputs, building, intake, workers or (os.cpu_count() or 1) + 1, on_note, on_start, on_step)
        made: dict[str, FinishedEdition] = {}
        while todo:
            made |= {edition.folder.name: edition for batch in _batches(todo) for edition in run.make(batch)}
            # An edition looks back at earlier ones, so what was made now may ask for the report of a later one.
            again = work_of([book for book in planned if book.name not in made], outputs, force=False)
            todo = [_checked(work, outputs) for work in again if work.report and not work.chapters]
        return [made.get(work.book.name) or work.kept.finished() for work in works]


def _checked(work: Work, outputs: Path) -> Work:
    """Refuse what would fail later, and find out which notebooks read the register.

    A registry that cannot be read, a municipality without accounts and an earlier edition that is damaged stop the run
    before any kernel starts.
    """
    subject(task.parameters for task in work.book.tasks)  # one municipality, of which there are accounts
    if not work.book.edition.chapters:
        claim_inputs(_today())
        past_of([outputs], work.book.reference_date, work.book.language)
    reading = {task.name: read for task in work.book.tasks if (read := _read(task))}
    registers = {read for read in set(reading.values()) if _is_register(*read)}
    personal = {name for name, read in reading.items() if read in registers}
    # What one chapter may show of the register depends on the others, so all of them run.
    chapters = {**work.chapters, **{name: ["it reads the register"] for name in personal}}
    return Work(work.book.having(frozenset(personal)), work.kept, chapters, work.report)


def _read(task: Task) -> tuple[str, date] | None:
    """The registry that a notebook reads, and the day of which."""
    own = task.parameters
    return (own.registry, own.reference_date) if isinstance(own, RegistryParameters) else None


def _is_register(registry: str, day: date) -> bool:
    opened = load_registry(registry)
    opened.snapshot(day)
    return opened.evidence is Evidence.REGISTER


def _batches(works: Sequence[Work]) -> list[list[Work]]:
    """Return what is made together: everything, unless the register is read.

    Then each chapter must know what the ones before it showed, and each edition what the earlier ones published, so
    they are made one after the other, by reference date.
    """
    if any(work.book.personal for work in works):
        return [[work] for work in works]
    return [list(works)] if works else []


@dataclass(frozen=True)
class _Run:
    """Makes batches of editions in the folder aside."""

    outputs: Path
    building: Path
    intake: Intake | None
    workers: int
    on_note: Callable[[str], None]
    on_start: Callable[[int], None]
    on_step: Callable[[], None]

    def make(self, batch: Sequence[Work]) -> list[FinishedEdition]:
        """Run what has to run, finish every edition as soon as its chapters are there, and put all in place."""
        cleared_after(self.building, temporary_folder())
        alone = any(work.book.personal for work in batch)
        pool, last = ThreadPoolExecutor(1 if alone else self.workers), ThreadPoolExecutor(1)
        try:
            running = {
                work.book.name: {pool.submit(self._run, work, task): task for task in work.tasks()} for work in batch
            }
            finishing = [last.submit(self._finish, work, running[work.book.name]) for work in batch]
            for done in as_completed(future for futures in running.values() for future in futures):
                done.result()
                self.on_step()
            built = [done.result() for done in finishing]
        except (KeyboardInterrupt, SystemExit):
            end_server()  # and with it every kernel, so that nobody waits for what they compute
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            last.shutdown(wait=True, cancel_futures=True)
        return [self._put_in_place(work, *edition) for work, edition in zip(batch, built, strict=True)]

    def _run(self, work: Work, task: Task) -> Made:
        """Run a notebook and keep what it saved."""
        began = time.time()
        ran = execute(task)
        files = Files()
        code = files.hashes(imported_files(notebook_code(task.chapter.path)))
        notebook = notebook_digest(task.chapter.path)
        making = Making(notebook, parameter_values(task.parameters), code, files.hashes(ran.opened), environment())
        known = not task.personal and _held_since(began, (str(task.chapter.path), *code, *making.data))
        saved = chapter_files(task)
        made = _made(task, ran, making if known else None)
        work.kept.keep(task, made, saved)
        return made

    def _finish(self, work: Work, running: Mapping[Future[Made], Task]) -> tuple[FinishedEdition, Making | None]:
        """Wait for the chapters, audit what the edition would publish of the register, and write its report."""
        made = {task.name: future.result() for future, task in running.items()}
        book = work.book
        for task in book.tasks:
            if task.name not in made:
                work.kept.reuse(task)
                if kept := work.kept.made(task):
                    made[task.name] = kept
        for example in (task for task in book.tasks if task.example):
            audited(book.edition.name, chapter_publications(example.folder), (), default_rules())
        account = None
        if book.personal:
            account, publication = self._audited_or_again(work, made)
            # Logged first: an edition that is logged and not published is harmless, the reverse is not.
            log_release(book.edition.name, publication)
        began, files = time.time(), Files()
        parameters = work.kept.report_parameters(made)
        finished, opened = self._report(work, made, account)
        making = Making("", parameters, files.hashes(imported_files([FINISHING])), files.hashes(opened), environment())
        known = not book.personal and all(own.making for own in made.values())
        return finished, making if known and _held_since(began, (*making.code, *making.data)) else None

    def _report(
        self, work: Work, made: Mapping[str, Made], account: Delivered | None
    ) -> tuple[FinishedEdition, tuple[str, ...]]:
        """Write the report, in a process of its own where there can be one."""
        book = work.book

        given = ReportInputs(_today(), (self.building, self.outputs), account, work.kept.translated())
        try:
            return called(finish_edition, book, dict(made), given)
        except DocumentError as error:
            raise RunError(f"report.pdf, edition {book.edition.name}: it could not be set: {error}") from None

    def _audited_or_again(self, work: Work, made: dict[str, Made]) -> tuple[Delivered | None, Publication]:
        """Audit an edition of the register; where tables tell too much together, make it once more, with more care.

        How each chapter was made in the end is put into `made`.
        """
        book = work.book
        try:
            return self._audited(book)
        except DisclosureError:
            # In a small register tables can tell together what none of them does: once more, each held to the others.
            (book.folder / CAREFUL).touch()
            personal = [task for task in book.tasks if task.personal]
            self.on_note(
                f"edition {book.name}: its tables would together tell too much of few people; its chapters are made "
                "once more, each held to all that is shown before it, which takes longer"
            )
            self.on_start(len(personal))
            for task in personal:
                forget_chapter(task)
            for task in personal:
                made[task.name] = _made(task, execute(task), None)
                self.on_step()
            (book.folder / CAREFUL).unlink()
            return self._audited(book)

    def _audited(self, book: Book) -> tuple[Delivered | None, Publication]:
        """The protected account of the delivery, and all that the edition would publish, after its audit."""
        earlier, account = tuple(released().values()), None
        publications = chapter_publications(book.folder)
        if self.intake:
            gate = Gate(earlier=earlier, before=publications)
            account = gate.admit(self.intake.account)
            publications.append(gate.publication)
        return account, audited(book.edition.name, publications, earlier, default_rules())

    def _put_in_place(self, work: Work, finished: FinishedEdition, making: Making | None) -> FinishedEdition:
        if making:
            work.kept.keep_report(making, finished)
        else:
            work.kept.forget_report()
        target = self.outputs / finished.folder.name
        put_in_place(finished.folder, target)
        return finished.moved_to(target)


def _made(task: Task, ran: Ran, making: Making | None) -> Made:
    return Made(making, ran.seconds, ran.memory_mb, saved_digest(task.folder, chapter_files(task)))


def _held_since(began: float, names: Iterable[str]) -> bool:
    """Return whether files are what was used: what was written to since then may not be what was read or imported.

    Parameters
    ----------
    began
        Moment from which notebooks and data were read; code was imported when the server of warm processes began.
    names
        Files of the project; code, and what belongs to it, lies in ``src``.
    """
    imported = min(began, loaded_at())
    return all(_changed(name) < (imported if name.startswith("src/") else began) for name in names)


def _changed(name: str) -> float:
    """Moment at which a file was last written, moved or put back."""
    try:
        status = (ROOT / name).stat()
    except OSError:
        return -math.inf
    return max(status.st_mtime, status.st_ctime)


def _today() -> date:
    return datetime.now().astimezone().date()
