"""What an edition writes: ``results.json``, ``manifest.json`` and the report pages, from what the chapters saved."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from evaluation.evidence import Measure
from evaluation.measures.delivered import Delivered
from evaluation.parameters import Parameters, RegistryParameters
from evaluation.pipeline.beside import begun, each
from evaluation.pipeline.claims import claim_inputs, judge_edition
from evaluation.pipeline.claims_file import CLAIMS_FILE, ledger_content, measure_of, past_of
from evaluation.pipeline.downloads import downloads_in, read_chapter, write_documents, write_single
from evaluation.pipeline.editions import Chapter
from evaluation.pipeline.inputs import load_registry
from evaluation.pipeline.json_files import read_json
from evaluation.pipeline.made import Made
from evaluation.pipeline.making import parameter_values
from evaluation.pipeline.municipalities import subject
from evaluation.pipeline.origins import edition_inputs, homes_of
from evaluation.pipeline.plan import EXAMPLE, Book, FinishedEdition, Task
from evaluation.pipeline.project import ROOT
from evaluation.pipeline.releases import SUFFIX
from evaluation.pipeline.trace import TRACE, used
from evaluation.presentation.chapter_page import ChapterPage, chapter_page
from evaluation.presentation.claims_annex import claims_annex
from evaluation.presentation.claims_page import ClaimsPage
from evaluation.presentation.contents import EditionContents
from evaluation.presentation.language import Language
from evaluation.presentation.report import Report, with_downloads
from evaluation.presentation.saved import SavedChapter
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.subject import Subject
from evaluation.sources.claims import OVERRIDES_FILE
from evaluation.sources.delivery.schema import table_schemas
from evaluation.sources.package import DATA_FOLDER, resource, resource_names

PACKAGES = (
    "pandas", "numpy", "scipy", "statsmodels", "seaborn", "matplotlib", "duckdb", "papermill", "nbconvert", "openpyxl",
    "typst",
)  # fmt: skip


@dataclass(frozen=True)
class ReportInputs:
    """What a report needs apart from its chapters.

    Attributes
    ----------
    today
        Day of this run, after which nobody can have signed a verdict.
    places
        Folders in which earlier editions lie; of two with the same name the first counts.
    account
        Protected account of the delivery that it was made from.
    translated
        Folder beside its own with the same edition in the other language; empty when there is none.
    """

    today: date
    places: tuple[Path, ...]
    account: Delivered | None = None
    translated: str = ""


def finish_edition(
    book: Book,
    made: Mapping[str, Made],
    given: ReportInputs,
) -> tuple[FinishedEdition, tuple[str, ...]]:
    """Turn what the chapters saved into the files of the edition.

    Parameters
    ----------
    book
        The edition; its folder holds ``chapters/*.json``, ``notebooks/``, ``tables/`` and ``figures/``, of which the
        first is taken in and removed.
    made
        How each chapter was made.
    given
        What else it needs.

    Returns
    -------
    FinishedEdition, tuple of str
        The edition, and the files of the project that were opened for it.
    """
    folder, name = book.folder, book.edition.name
    own = [task for task in book.tasks if not task.example]
    chapters = [task.chapter for task in own]
    parameters = {task.chapter.name: task.parameters for task in own}
    first = own[0].parameters
    language = Language(first.language)
    saved = [read_json(folder / "chapters" / f"{chapter.name}.json") for chapter in chapters]
    entries = [entry for content in saved for entry in content["measures"]]
    results = {
        "edition": name,
        "reference_date": first.reference_date.isoformat(),
        "registry": next(
            (Path(one.registry).name for one in parameters.values() if isinstance(one, RegistryParameters)), None
        ),
        "language": first.language,
        "measures": entries,
    }
    _write_json(folder / "results.json", results)
    manifest = _manifest(book, made)
    _write_json(folder / "manifest.json", manifest)
    measures = tuple(measure_of(entry) for entry in entries)
    # Statements are judged by all chapters together, so not with some of them.
    statements = None if book.edition.chapters else _statements(book, measures, given)
    about = Subject(subject(parameters.values()), whole=statements is not None)
    showed = [SavedChapter.from_json(content) for content in saved]
    notebooks = [_notebook(folder, chapter) for chapter in chapters]
    contents = EditionContents(
        name,
        first.reference_date,
        language,
        tuple(read_chapter(folder, *both, language) for both in zip(showed, notebooks, strict=True)),
        claims_annex(statements, language) if statements else None,
        about,
    )
    with begun(lambda: write_documents(folder, contents)) as documents:
        pages = tuple(each(lambda both: _page(*both, language), list(zip(showed, notebooks, strict=True))))
        report = Report(
            name,
            first.reference_date,
            language,
            pages,
            measures,
            _example(folder, chapters, language),
            given.account,
            statements,
            homes=homes_of(saved),
            inputs=edition_inputs(manifest, contents, saved),
            translated=given.translated,
            subject=about,
        )
        rendered = report.pages()
        write_single(folder, rendered, language)
        documents()
    downloads = downloads_in(folder)
    rendered["index.html"] = with_downloads(rendered["index.html"], downloads, language)
    for file, text in rendered.items():
        (folder / file).write_text(text, encoding="utf-8")
    shutil.rmtree(folder / "chapters")
    answers = tuple(answer.marked_text() for page in pages for answer in page.answers)
    return FinishedEdition(name, folder, answers), tuple(used()["opened"])


def _statements(book: Book, measures: Sequence[Measure], given: ReportInputs) -> ClaimsPage:
    """Judge the statements to the council, and write what they came to."""
    claims = claim_inputs(given.today)
    past = past_of(given.places, book.reference_date, book.language)
    ledger = judge_edition(claims, book.edition.name, book.reference_date, measures, past.readings)
    statements = ClaimsPage(ledger, claims.texts, past.changes(ledger))
    _write_json(book.folder / CLAIMS_FILE, ledger_content(statements, book.language))
    return statements


def chapter_files(task: Task) -> list[str]:
    """Return the files that a chapter saved, relative to the folder of its task."""
    folder, chapter = task.folder, task.chapter.name
    saved = SavedChapter.from_json(read_json(folder / "chapters" / f"{chapter}.json"))
    files = [
        f"notebooks/{task.target.name}",
        f"chapters/{chapter}.json",
        *(f"chapters/{chapter}{suffix}" for suffix in (SUFFIX, TRACE)),
        *(f"tables/{chapter}_{form.id}.csv" for form in saved.tables),
        *(f"figures/{chapter}_{figure.id}.svg" for figure in saved.figures),
    ]
    return [name for name in files if (folder / name).is_file()]


def forget_chapter(task: Task) -> None:
    """Take away what a chapter saved, so that nothing of it stays beside what it saves when it runs again."""
    for name in chapter_files(task):
        (task.folder / name).unlink()


def _example(folder: Path, chapters: Sequence[Chapter], language: Language) -> ChapterPage | None:
    """The page that shows the rules of a register at work on the invented registry, when the run made one."""
    own = folder / EXAMPLE
    saved = sorted((own / "chapters").glob("*.json"))
    names = {chapter.name: chapter for chapter in chapters}
    pages = [
        _page(SavedChapter.from_json(read_json(path)), _notebook(own, names[path.stem]), language, f"{EXAMPLE}/")
        for path in saved
        if path.stem in names
    ]
    for leftover in ("chapters", "notebooks"):
        shutil.rmtree(own / leftover, ignore_errors=True)
    return pages[0] if pages else None


def _notebook(folder: Path, chapter: Chapter) -> NotebookNode:
    return nbformat.read(folder / "notebooks" / chapter.path.name, as_version=4)


def _page(saved: SavedChapter, notebook: NotebookNode, language: Language, seen: str = "") -> ChapterPage:
    answers = [Sentence(answer.text, answer.evidence, language, assumed=answer.assumed) for answer in saved.answers]
    return chapter_page(
        saved.name,
        notebook,
        answers=answers,
        figures={figure.id: figure.alt for figure in saved.figures},
        evidence=saved.evidence,
        protected=saved.protected,
        folder=seen,
        language=language,
    )


def _manifest(book: Book, made: Mapping[str, Made]) -> dict[str, Any]:
    """What went in: notebook, parameters, code and data of each chapter, its time and memory, and the versions.

    It also says whether statements were judged, which an edition with some of the chapters does not do.
    """
    tasks = [task for task in book.tasks if not task.example]
    parameters = {task.chapter.name: task.parameters for task in tasks}
    return {
        "statements": not book.edition.chapters,
        "chapters": {task.chapter.name: _entry(task, made[task.name]) for task in tasks},
        "inputs": {
            **{name: resource(name).sha256 for name in resource_names()},
            "claim_overrides": hashlib.sha256((DATA_FOLDER / OVERRIDES_FILE).read_bytes()).hexdigest(),
        },
        "registry": _registry_hashes(parameters),
        "commit": _commit(),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
    }


def _entry(task: Task, made: Made) -> dict[str, Any]:
    return {
        "notebook": task.chapter.path.name,
        "parameters": _without_paths(task.parameters),
        "seconds": round(made.seconds, 1),
        "memory_mb": made.memory_mb,
        "made_from": made.making.digests() if made.making else None,
        "results": made.results,
    }


def _without_paths(parameters: Parameters) -> dict[str, Any]:
    """Parameters with the name of the registry only: a path may tell who ran this, and where."""
    values = parameter_values(parameters)
    if isinstance(parameters, RegistryParameters):
        values["registry"] = Path(parameters.registry).name
    return values


def _registry_hashes(parameters: Mapping[str, Parameters]) -> dict[str, str]:
    names = {own.registry for own in parameters.values() if isinstance(own, RegistryParameters)}
    tables = table_schemas()
    return {
        origin.source: origin.sha256 for name in sorted(names) for origin in load_registry(name).provenance(*tables)
    }


def _commit() -> str | None:
    """The commit of the project, or None outside a git checkout."""
    try:
        answer = subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip()


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
