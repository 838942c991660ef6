"""What a run would do: the notebooks of each edition with their checked parameters, and where they write.

Imports little, so that a run that finds nothing to do can say so at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from evaluation.parameters import CHAPTERS, Parameters, RegistryParameters
from evaluation.pipeline.editions import Chapter, Edition, chapters, checked_parameters
from evaluation.pipeline.project import PROTECTED_REGISTRY, SYNTHETIC_REGISTRY

EXAMPLE = "example"
"""Folder of the chapter that shows how a protected page looks."""

LANGUAGES = ("nl", "en")


@dataclass(frozen=True)
class Task:
    """One notebook of one edition.

    Attributes
    ----------
    edition, chapter, parameters
        What runs, with checked parameters.
    folder
        Where it writes.
    personal
        Whether it reads the personal register. Then only what passed the gate stays in the executed notebook.
    """

    edition: Edition
    chapter: Chapter
    parameters: Parameters
    folder: Path
    personal: bool = False

    @property
    def target(self) -> Path:
        """The executed notebook."""
        return self.folder / "notebooks" / self.chapter.path.name

    @property
    def example(self) -> bool:
        """Whether it shows how a protected page looks, and is no chapter of the edition."""
        return self.folder.name == EXAMPLE

    @property
    def name(self) -> str:
        """Name within the edition."""
        return EXAMPLE if self.example else self.chapter.name


@dataclass(frozen=True)
class Book:
    """An edition in one language: what one folder of the outputs holds.

    Attributes
    ----------
    edition, language
        What it is.
    tasks
        Its notebooks, chapters first and then the example.
    """

    edition: Edition
    language: str
    tasks: tuple[Task, ...]

    @property
    def name(self) -> str:
        """Name of its folder."""
        return folder_name(self.edition, self.language)

    @property
    def reference_date(self) -> date:
        """Day on which its chapters look."""
        return self.tasks[0].parameters.reference_date

    @property
    def folder(self) -> Path:
        """Where it is built."""
        return self.tasks[0].folder

    @property
    def personal(self) -> bool:
        """Whether any of its notebooks reads the personal register."""
        return any(task.personal for task in self.tasks)

    def having(self, personal: frozenset[str]) -> Book:
        """Return it with the notebooks of these names marked as personal."""
        return replace(self, tasks=tuple(replace(task, personal=task.name in personal) for task in self.tasks))


def books(
    editions: Sequence[Edition],
    language: str,
    overrides: Mapping[str, Mapping[str, str]],
    registry: str | None,
    building: Path,
) -> list[Book]:
    """Return what is asked for, by reference date, for an edition looks back at earlier ones.

    Parameters
    ----------
    editions
        What to make.
    language
        ``nl``, ``en`` or ``both``.
    overrides
        Parameters from the command line, per chapter.
    registry
        What the chapters read instead of the registry that they name; None to leave that.
    building
        Folder in which the editions are built.

    Raises
    ------
    ParameterError
        When a parameter is not allowed.
    """
    languages = LANGUAGES if language == "both" else (language,)
    found = [
        Book(edition, code, _tasks(edition, code, overrides, registry, building / folder_name(edition, code)))
        for edition in editions
        for code in languages
    ]
    return sorted(found, key=lambda book: book.reference_date)


def folder_name(edition: Edition, language: str) -> str:
    """Name of the folder of an edition in a language."""
    return edition.name if language == "nl" else f"{edition.name}-{language}"


def _tasks(
    edition: Edition, language: str, overrides: Mapping[str, Mapping[str, str]], registry: str | None, folder: Path
) -> tuple[Task, ...]:
    tasks: list[Task] = []
    example: list[Task] = []
    for chapter in filter(edition.holds, chapters()):
        fixed = {"language": language, "output_folder": str(folder)}
        if registry and "registry" in CHAPTERS[chapter.name].model_fields:
            fixed["registry"] = registry
        parameters = checked_parameters(edition, chapter, overrides, **fixed)
        tasks.append(Task(edition, chapter, parameters, folder))
        if isinstance(parameters, RegistryParameters) and parameters.registry == SYNTHETIC_REGISTRY and not example:
            # It shows, on the invented registry, how the first chapter looks under the rules of a register.
            fixed = {**fixed, "output_folder": str(folder / EXAMPLE), "registry": PROTECTED_REGISTRY}
            shown = checked_parameters(edition, chapter, overrides, **fixed)
            example.append(Task(edition, chapter, shown, folder / EXAMPLE))
    return (*tasks, *example)


@dataclass(frozen=True)
class FinishedEdition:
    """A built edition.

    Attributes
    ----------
    name, folder
        The edition and the folder that holds it.
    answers
        Sentences of the front page, in the order of the chapters, each with a mark of its evidence.
    new
        Whether this run made it; if not, nothing that it is made from had changed.
    """

    name: str
    folder: Path
    answers: tuple[str, ...]
    new: bool = True

    @property
    def report(self) -> Path:
        """The page to open first."""
        return self.folder / "index.html"

    def moved_to(self, folder: Path) -> FinishedEdition:
        """Return the same edition in another folder."""
        return replace(self, folder=folder)
