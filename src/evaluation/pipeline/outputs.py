"""What an edition writes: ``results.json``, ``manifest.json`` and the report pages, from what the chapters saved."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from evaluation.measures.delivered import Delivered
from evaluation.parameters import Parameters, RegistryParameters
from evaluation.pipeline.claims import ClaimInputs, judge_edition
from evaluation.pipeline.claims_file import CLAIMS_FILE, Past, ledger_content, measure_of
from evaluation.pipeline.downloads import read_chapter, write_downloads
from evaluation.pipeline.editions import Chapter
from evaluation.pipeline.inputs import load_registry
from evaluation.pipeline.project import ROOT
from evaluation.pipeline.releases import SUFFIX
from evaluation.presentation.claims_page import ClaimsPage
from evaluation.presentation.contents import EditionContents
from evaluation.presentation.language import Language
from evaluation.presentation.report import ChapterPage, Report, chapter_page
from evaluation.presentation.saved import SavedChapter
from evaluation.presentation.sentence import Sentence
from evaluation.sources.claims import OVERRIDES_FILE
from evaluation.sources.delivery.schema import table_schemas
from evaluation.sources.package import DATA_FOLDER, resource, resource_names

EXAMPLE = "example"
"""Folder of the chapter that shows how a protected page looks."""

PACKAGES = (
    "pandas", "numpy", "scipy", "statsmodels", "seaborn", "matplotlib", "duckdb", "papermill", "nbconvert", "openpyxl",
    "typst",
)  # fmt: skip


@dataclass(frozen=True)
class FinishedEdition:
    """A built edition.

    Attributes
    ----------
    name, folder
        The edition and the folder that holds it.
    answers
        Sentences of the front page, in the order of the chapters.
    """

    name: str
    folder: Path
    answers: tuple[Sentence, ...]

    @property
    def report(self) -> Path:
        """The page to open first."""
        return self.folder / "index.html"

    def moved_to(self, folder: Path) -> FinishedEdition:
        """Return the same edition in another folder."""
        return replace(self, folder=folder)


def finish_edition(
    folder: Path,
    name: str,
    chapters: Sequence[Chapter],
    parameters: Mapping[str, Parameters],
    seconds: Mapping[str, float],
    *,
    claims: ClaimInputs,
    past: Past,
    account: Delivered | None = None,
    translated: str = "",
) -> FinishedEdition:
    """Turn what the chapters saved into the files of the edition.

    Parameters
    ----------
    folder
        Holds ``chapters/*.json``, ``notebooks/``, ``tables/`` and ``figures/``; the first is taken in and removed.
    name
        Name of the edition.
    chapters
        In the order of the report.
    parameters, seconds
        What each chapter was asked, and how long it took.
    claims
        Statements and what judges them.
    past
        What earlier editions said of them.
    account
        Protected account of the delivery that it was made from.
    translated
        Folder beside this one with the same edition in the other language; empty when there is none.
    """
    first = parameters[chapters[0].name]
    language = Language(first.language)
    saved = [_read_json(folder / "chapters" / f"{chapter.name}.json") for chapter in chapters]
    entries = [entry for content in saved for entry in content["measures"]]
    results = {
        "edition": name,
        "reference_date": first.reference_date.isoformat(),
        "registry": _without_paths(parameters["volumes"])["registry"] if "volumes" in parameters else None,
        "language": first.language,
        "measures": entries,
    }
    _write_json(folder / "results.json", results)
    _write_json(folder / "manifest.json", _manifest(chapters, parameters, seconds))
    measures = tuple(measure_of(entry) for entry in entries)
    ledger = judge_edition(claims, name, first.reference_date, measures, past.readings)
    statements = ClaimsPage(ledger, claims.texts, past.changes(ledger))
    _write_json(folder / CLAIMS_FILE, ledger_content(statements, first.language))
    showed = [SavedChapter.from_json(content) for content in saved]
    notebooks = [_notebook(folder, chapter) for chapter in chapters]
    pages = tuple(_page(shown, notebook, language) for shown, notebook in zip(showed, notebooks, strict=True))
    example = _example(folder, chapters, language)
    report = Report(
        name, first.reference_date, language, pages, measures, example, account, statements, translated=translated
    )
    contents = EditionContents(
        name,
        first.reference_date,
        language,
        tuple(read_chapter(folder, *both, language) for both in zip(showed, notebooks, strict=True)),
    )
    made = report.pages()
    made["index.html"] = replace(report, downloads=write_downloads(folder, contents, made)).front()
    for file, text in made.items():
        (folder / file).write_text(text, encoding="utf-8")
    shutil.rmtree(folder / "chapters")
    return FinishedEdition(name, folder, tuple(answer for page in pages for answer in page.answers))


def forget_chapter(folder: Path, chapter: str) -> None:
    """Take away what a chapter saved, so that nothing of it stays beside what it saves when it runs again."""
    kept = folder / "chapters" / f"{chapter}.json"
    saved = SavedChapter.from_json(_read_json(kept))
    files = [
        kept,
        folder / "chapters" / f"{chapter}{SUFFIX}",
        *(folder / "tables" / f"{chapter}_{form.id}.csv" for form in saved.tables),
        *(folder / "figures" / f"{chapter}_{figure.id}.svg" for figure in saved.figures),
    ]
    for file in files:
        file.unlink(missing_ok=True)


def _example(folder: Path, chapters: Sequence[Chapter], language: Language) -> ChapterPage | None:
    """The page that shows the rules of a register at work on the invented registry, when the run made one."""
    own = folder / EXAMPLE
    saved = sorted((own / "chapters").glob("*.json"))
    names = {chapter.name: chapter for chapter in chapters}
    pages = [
        _page(SavedChapter.from_json(_read_json(path)), _notebook(own, names[path.stem]), language, f"{EXAMPLE}/")
        for path in saved
        if path.stem in names
    ]
    for leftover in ("chapters", "notebooks"):
        shutil.rmtree(own / leftover, ignore_errors=True)
    return pages[0] if pages else None


def _notebook(folder: Path, chapter: Chapter) -> NotebookNode:
    return nbformat.read(folder / "notebooks" / chapter.path.name, as_version=4)


def _page(saved: SavedChapter, notebook: NotebookNode, language: Language, seen: str = "") -> ChapterPage:
    answers = [Sentence(answer.text, answer.evidence, language) for answer in saved.answers]
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


def _manifest(
    chapters: Sequence[Chapter], parameters: Mapping[str, Parameters], seconds: Mapping[str, float]
) -> dict[str, Any]:
    """What went in: parameters and notebooks per chapter, data files, versions, and the time each chapter took."""
    return {
        "chapters": {
            chapter.name: {
                "notebook": chapter.path.name,
                "sha256": hashlib.sha256(chapter.path.read_bytes()).hexdigest(),
                "parameters": _without_paths(parameters[chapter.name]),
                "seconds": round(seconds[chapter.name], 1),
            }
            for chapter in chapters
        },
        "inputs": {
            **{name: resource(name).sha256 for name in resource_names()},
            "claim_overrides": hashlib.sha256((DATA_FOLDER / OVERRIDES_FILE).read_bytes()).hexdigest(),
        },
        "registry": _registry_hashes(parameters),
        "commit": _commit(),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
    }


def _without_paths(parameters: Parameters) -> dict[str, Any]:
    """Parameters with the name of the registry only: a path may tell who ran this, and where."""
    values = parameters.model_dump(mode="json", exclude={"output_folder"})
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


def _read_json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
