"""Runs the chapters of editions through papermill and puts each edition in its place in one step.

Everything is checked before the first kernel starts. Notebooks run a few at a time in kernels of their own; an edition
is built in a folder aside and takes the place of the previous one only when all of it worked.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import date, datetime
from pathlib import Path

from evaluation.disclosure.gate import Gate
from evaluation.disclosure.protect import DisclosureError
from evaluation.disclosure.publication import Publication
from evaluation.disclosure.rules import default_rules
from evaluation.evidence import Evidence
from evaluation.measures.delivered import Delivered
from evaluation.parameters import CHAPTERS, RegistryParameters
from evaluation.pipeline.claims import ClaimInputs, claim_inputs
from evaluation.pipeline.claims_file import past_of
from evaluation.pipeline.editions import Edition, chapters, checked_parameters
from evaluation.pipeline.execution import RunError, Task
from evaluation.pipeline.inputs import PROTECTED_REGISTRY, SYNTHETIC_REGISTRY, load_registry
from evaluation.pipeline.intake import Intake
from evaluation.pipeline.outputs import EXAMPLE, FinishedEdition, finish_edition, forget_chapter
from evaluation.pipeline.project import OUTPUTS
from evaluation.pipeline.releases import CAREFUL, audited, chapter_publications, log_release, released
from evaluation.presentation.document import DocumentError


def run_editions(
    editions: Sequence[Edition],
    *,
    language: str,
    overrides: Mapping[str, Mapping[str, str]],
    intake: Intake | None = None,
    outputs: Path = OUTPUTS,
    workers: int | None = None,
    on_start: Callable[[int], None] = lambda _total: None,
    on_step: Callable[[], None] = lambda: None,
) -> list[FinishedEdition]:
    """Run every chapter of the editions and write their folders.

    Parameters
    ----------
    editions
        What to run.
    language
        ``nl`` or ``en``; an English edition gets a folder of its own, ``<edition>-en``.
    overrides
        Parameters from the command line, per chapter.
    intake
        A delivery of the register, which the chapters read instead of the registry that they name.
    outputs
        Folder in which the edition's folders lie.
    workers
        Notebooks at a time; by default one per core.
    on_start, on_step
        Called once with the number of notebooks, and after each.

    Raises
    ------
    ParameterError, SourceError, DisclosureError
        Before anything runs, when a parameter is not allowed, or a registry cannot be read or may not be shown.
    RunError
        When a notebook fails, or the document cannot be set; what was in `outputs` is as it was.
    """
    outputs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=outputs) as building:
        claims = claim_inputs(datetime.now().astimezone().date())
        registry = str(intake.registry) if intake else None
        plan = {edition.name: _plan(edition, language, overrides, registry, Path(building)) for edition in editions}
        for tasks in plan.values():
            past_of([outputs], _reference_date(tasks), language)  # refuses a damaged one before anything runs
        on_start(sum(map(len, plan.values())))
        finished = []
        for batch in _batches(editions, plan):
            tasks = [task for edition in batch for task in plan[edition.name]]
            alone = any(task.personal for task in tasks)
            seconds = _execute(tasks, 1 if alone else workers or os.cpu_count() or 1, on_step)
            places = (Path(building), outputs)  # an edition looks back at those that are built beside it first
            built = [
                _finish(plan[edition.name], seconds, intake, claims, places)
                for edition in sorted(batch, key=lambda edition: _reference_date(plan[edition.name]))
            ]
            finished += [_put_in_place(edition, outputs) for edition in built]
        return finished


def _batches(editions: Sequence[Edition], plan: Mapping[str, Sequence[Task]]) -> list[list[Edition]]:
    """Return what runs together: everything, unless the register is read.

    Then each chapter must know what the ones before it showed, and each edition what the earlier ones published, so
    they run one after the other, by reference date.
    """
    if not any(task.personal for tasks in plan.values() for task in tasks):
        return [list(editions)]
    by_date = sorted(editions, key=lambda edition: _reference_date(plan[edition.name]))
    return [[edition] for edition in by_date]


def _reference_date(tasks: Sequence[Task]) -> date:
    return tasks[0].parameters.reference_date


def _finish(
    tasks: Sequence[Task],
    seconds: Mapping[Path, float],
    intake: Intake | None,
    claims: ClaimInputs,
    places: Sequence[Path],
) -> FinishedEdition:
    """Audit what the edition would publish of the register, judge the statements, and write its report."""
    own = [task for task in tasks if not task.example]
    folder, name = own[0].folder, own[0].edition.name
    rules = default_rules()
    for example in (task for task in tasks if task.example):
        audited(name, chapter_publications(example.folder), (), rules)
    account = None
    if personal := [task for task in own if task.personal]:
        try:
            account, publication = _audited(name, folder, intake)
        except DisclosureError:
            # In a small register tables can tell together what none of them does: once more, each held to the others.
            (folder / CAREFUL).touch()
            for task in personal:
                forget_chapter(folder, task.chapter.name)
            seconds = {**seconds, **_execute(personal, 1, lambda: None)}
            (folder / CAREFUL).unlink()
            account, publication = _audited(name, folder, intake)
        # Logged first: an edition that is logged and not published is harmless, the reverse is not.
        log_release(name, publication)
    parameters = {task.chapter.name: task.parameters for task in own}
    timings = {task.chapter.name: seconds[task.target] for task in own}
    past = past_of(places, _reference_date(own), own[0].parameters.language)
    chapters = [task.chapter for task in own]
    try:
        return finish_edition(
            folder,
            name,
            chapters,
            parameters,
            timings,
            claims=claims,
            past=past,
            account=account,
            translated=_translated(own[0], places),
        )
    except DocumentError as error:
        raise RunError(f"report.pdf, edition {name}: it could not be set: {error}") from None


def _translated(task: Task, places: Sequence[Path]) -> str:
    """Folder of the same edition in the other language, when it is or is being made beside this one."""
    other = _folder_name(task.edition, "en" if task.parameters.language == "nl" else "nl")
    return other if any((place / other).is_dir() for place in places) else ""


def _audited(name: str, folder: Path, intake: Intake | None) -> tuple[Delivered | None, Publication]:
    """The protected account of the delivery, and all that the edition would publish, after its audit."""
    earlier, account = tuple(released().values()), None
    publications = chapter_publications(folder)
    if intake:
        gate = Gate(earlier=earlier, before=publications)
        account = gate.admit(intake.account)
        publications.append(gate.publication)
    return account, audited(name, publications, earlier, default_rules())


def _plan(
    edition: Edition,
    language: str,
    overrides: Mapping[str, Mapping[str, str]],
    registry: str | None,
    building: Path,
) -> list[Task]:
    """Return the notebooks of an edition with checked parameters, chapters first and then the example.

    The example shows, on the invented registry, how the first chapter looks under the rules of a register.
    """
    folder = building / _folder_name(edition, language)
    tasks: list[Task] = []
    example: list[Task] = []
    for chapter in chapters():
        fixed = {"language": language, "output_folder": str(folder)}
        if registry and "registry" in CHAPTERS[chapter.name].model_fields:
            fixed["registry"] = registry
        parameters = checked_parameters(edition, chapter, overrides, **fixed)
        personal = False
        if isinstance(parameters, RegistryParameters):
            # Opened here once: a registry that cannot be read stops the run before any kernel starts.
            opened = load_registry(parameters.registry)
            opened.snapshot(parameters.reference_date)
            personal = opened.evidence is Evidence.REGISTER
            if parameters.registry == SYNTHETIC_REGISTRY and not example:
                fixed = {**fixed, "output_folder": str(folder / EXAMPLE), "registry": PROTECTED_REGISTRY}
                shown = checked_parameters(edition, chapter, overrides, **fixed)
                example.append(Task(edition, chapter, shown, folder / EXAMPLE, personal=False))
        tasks.append(Task(edition, chapter, parameters, folder, personal=personal))
    return [*tasks, *example]


def _execute(tasks: Sequence[Task], workers: int, on_step: Callable[[], None]) -> dict[Path, float]:
    """Run the tasks; the first failure, and an interrupt, cancels those that have not begun."""
    pool = ThreadPoolExecutor(workers)
    try:
        futures = {pool.submit(task.run): task for task in tasks}
        seconds = {}
        for future in as_completed(futures):
            seconds[futures[future].target] = future.result()
            on_step()
        return seconds
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _put_in_place(edition: FinishedEdition, outputs: Path) -> FinishedEdition:
    """Swap the built folder for the previous one, which comes back when the swap fails half-way."""
    target = outputs / edition.folder.name
    previous = outputs / f".{target.name}.previous"
    shutil.rmtree(previous, ignore_errors=True)
    if target.exists():
        target.rename(previous)
    try:
        edition.folder.rename(target)
    except BaseException:
        if previous.exists():
            previous.rename(target)
        raise
    shutil.rmtree(previous, ignore_errors=True)
    return edition.moved_to(target)


def _folder_name(edition: Edition, language: str) -> str:
    return edition.name if language == "nl" else f"{edition.name}-{language}"
