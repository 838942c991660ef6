"""Editions are data: read from ``notebooks/editions.yml`` and turned into checked parameters before anything runs."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evaluation.parameters import CHAPTERS, ParameterError, Parameters
from evaluation.pipeline.project import EDITIONS_FILE, NOTEBOOKS


@dataclass(frozen=True)
class Chapter:
    """A notebook and the class of its parameters.

    Attributes
    ----------
    path
        ``notebooks/01_volumes.ipynb``.
    name
        ``volumes``: the name of the file without its number, and the first part of the ids of its measures.
    """

    path: Path
    name: str

    def defaults(self) -> dict[str, Any]:
        """Return the values of the cell tagged ``parameters``."""
        cells = json.loads(self.path.read_text(encoding="utf-8"))["cells"]
        tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
        if len(tagged) != 1:
            raise ParameterError(
                f"{self.path.name}: {len(tagged)} cells are tagged parameters; tag one, for papermill reads one"
            )
        declared = ast.parse("".join(tagged[0]["source"])).body
        return {
            line.targets[0].id: ast.literal_eval(line.value)
            for line in declared
            if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
        }


def chapters() -> list[Chapter]:
    """Return the chapters in the order of their numbers.

    Raises
    ------
    ParameterError
        When a notebook has no class of parameters, or its parameters cell and its class differ.
    """
    found = [Chapter(path, path.stem.partition("_")[2]) for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))]
    for chapter in found:
        if chapter.name not in CHAPTERS:
            raise ParameterError(
                f"{chapter.path.name}: no class of parameters for chapter {chapter.name!r}; add one to parameters.py"
            )
        declared = set(chapter.defaults())
        fields = set(CHAPTERS[chapter.name].model_fields)
        if declared != fields:
            raise ParameterError(
                f"{chapter.path.name}: the parameters cell and {CHAPTERS[chapter.name].__name__} differ in "
                f"{', '.join(sorted(declared ^ fields))}; make them equal"
            )
    return found


@dataclass(frozen=True)
class Edition:
    """One edition of the report.

    Attributes
    ----------
    name
        Key in ``editions.yml``, and the name of the output folder.
    values
        Reference date and the parameters set for it: shared ones, and per chapter a mapping.
    chapters
        Names of the chapters that it holds; empty for all of them. With some only, statements are not judged.
    """

    name: str
    values: Mapping[str, Any]
    chapters: tuple[str, ...] = ()

    def holds(self, chapter: Chapter) -> bool:
        """Whether a chapter belongs to it."""
        return not self.chapters or chapter.name in self.chapters

    @classmethod
    def of(cls, name: str, values: Mapping[str, Any]) -> Edition:
        """Return an edition from its entry in a file.

        Raises
        ------
        ParameterError
            When ``chapters`` is not a list of chapters.
        """
        named = values.get("chapters", [])
        if not isinstance(named, list) or ("chapters" in values and not named):
            raise ParameterError(f"edition {name!r}: chapters must be a list such as [benchmark, counterfactual]")
        for chapter in named:
            if chapter not in CHAPTERS:
                raise ParameterError(
                    f"edition {name!r}: unknown chapter {chapter!r}; allowed are {', '.join(CHAPTERS)}"
                )
        return cls(name, {key: value for key, value in values.items() if key != "chapters"}, tuple(map(str, named)))


def read_editions(path: Path = EDITIONS_FILE) -> dict[str, Edition]:
    """Read the editions.

    Raises
    ------
    ParameterError
        When the file cannot be read, or an edition has no reference date.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        editions = {str(name): Edition.of(str(name), dict(values)) for name, values in content["editions"].items()}
    except ParameterError as error:
        raise ParameterError(f"{path.name}: {error}") from None
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise ParameterError(
            f"{path.name}: cannot be read as editions ({reason}); see the README for its form"
        ) from None
    for edition in editions.values():
        if "reference_date" not in edition.values:
            raise ParameterError(
                f"{path.name}: edition {edition.name!r} has no reference_date; add one, such as 2025-01-01"
            )
    return editions


def choose(editions: Mapping[str, Edition], names: Sequence[str]) -> list[Edition]:
    """Return the named editions, or all of them when none is named."""
    for name in names:
        if name not in editions:
            raise ParameterError(f"unknown edition {name!r}; allowed are {', '.join(editions)}")
    return [editions[name] for name in dict.fromkeys(names or editions)]


def checked_parameters(
    edition: Edition, chapter: Chapter, overrides: Mapping[str, Mapping[str, str]], **fixed: str
) -> Parameters:
    """Combine defaults, edition and command line into the checked parameters of one chapter.

    Parameters
    ----------
    edition, chapter
        What runs.
    overrides
        Values from the command line, per chapter; they win.
    fixed
        Values that the run itself decides: language and output folder.

    Raises
    ------
    ParameterError
        When a value is unknown, misspelt or out of range.
    """
    shared = {key: value for key, value in edition.values.items() if not isinstance(value, Mapping)}
    for key in edition.values:
        if isinstance(edition.values[key], Mapping) and key not in CHAPTERS:
            raise ParameterError(
                f"edition {edition.name!r}: unknown chapter {key!r}; allowed are {', '.join(CHAPTERS)}"
            )
    own = edition.values.get(chapter.name, {})
    values = {
        **chapter.defaults(),
        **shared,
        **own,
        **fixed,
        "edition": edition.name,
        **overrides.get(chapter.name, {}),
    }
    return CHAPTERS[chapter.name](**values)


def parse_overrides(assignments: Sequence[str]) -> dict[str, dict[str, str]]:
    """Read ``chapter.name=value`` from the command line.

    Raises
    ------
    ParameterError
        When the form or the chapter is wrong.
    """
    overrides: dict[str, dict[str, str]] = {}
    for assignment in assignments:
        target, equals, value = assignment.partition("=")
        chapter, dot, name = target.partition(".")
        if not (equals and dot and name):
            raise ParameterError(f"parameter {assignment!r} is not of the form chapter.name=value")
        if chapter not in CHAPTERS:
            raise ParameterError(f"unknown chapter {chapter!r} in {assignment!r}; allowed are {', '.join(CHAPTERS)}")
        if name in Parameters.model_fields:
            raise ParameterError(f"parameter {name!r} belongs to the edition and the run, not to {chapter!r} alone")
        overrides.setdefault(chapter, {})[name] = value
    return overrides
