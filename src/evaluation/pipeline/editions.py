"""Editions are data: read from ``notebooks/editions.yml`` and turned into checked parameters before anything runs."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from evaluation.parameters import CHAPTERS, ParameterError, Parameters
from evaluation.pipeline.project import EDITIONS_FILE, NOTEBOOKS
from evaluation.sources.yaml_files import YamlError, read_yaml

MOST_CHARACTERS = 80  # of the name of an edition, which is a folder
RESERVED = ("batch",)  # folders in outputs/ that are no edition


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
        """Return the values of the cell tagged ``parameters``.

        Raises
        ------
        ParameterError
            When the notebook is damaged, or the cell holds anything but values.
        """
        try:
            cells = json.loads(self.path.read_text(encoding="utf-8"))["cells"]
            tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = str(error) if isinstance(error, ValueError) else "it lacks cells or their metadata"
            raise ParameterError(
                f"{self.path.name}: not readable as a notebook ({reason}); mend it, as where git left marks of a "
                f"merge, or take back the last one: git checkout -- notebooks/{self.path.name}"
            ) from None
        if len(tagged) != 1:
            raise ParameterError(
                f"{self.path.name}: {len(tagged)} cells are tagged parameters; tag one, for papermill reads one"
            )
        source = "".join(tagged[0]["source"])
        try:
            declared = ast.parse(source).body
        except SyntaxError as error:
            raise ParameterError(
                f"{self.path.name}: line {error.lineno} of the parameters cell is no Python ({error.msg}); correct it"
            ) from None
        return {
            line.targets[0].id: self._literal(line)
            for line in declared
            if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
        }

    def _literal(self, line: ast.Assign) -> Any:
        try:
            return ast.literal_eval(line.value)
        except (ValueError, TypeError):
            raise ParameterError(
                f"{self.path.name}: line {line.lineno} of the parameters cell, {ast.unparse(line)!r}, is no plain "
                "value; write a number, a text or a list, and a date as text such as '2025-01-01'"
            ) from None


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
            When ``chapters`` is not a list of chapters, or a chapter does not hold its parameters by name.
        """
        named = values.get("chapters", [])
        if not isinstance(named, list) or ("chapters" in values and not named):
            raise ParameterError(f"edition {name!r}: chapters must be a list such as [benchmark, counterfactual]")
        for chapter in named:
            if not isinstance(chapter, str) or chapter not in CHAPTERS:
                raise ParameterError(
                    f"edition {name!r}: unknown chapter {chapter!r}; allowed are {', '.join(CHAPTERS)}"
                )
        for key, own in values.items():
            if key in CHAPTERS and not isinstance(own, Mapping):
                raise ParameterError(
                    f"edition {name!r}: chapter {key!r} must hold its parameters by name, such as "
                    f"{key}: {{{_example(key)}}}, and not {own!r}"
                )
        return cls(name, {key: value for key, value in values.items() if key != "chapters"}, tuple(map(str, named)))


def read_editions(path: Path = EDITIONS_FILE) -> dict[str, Edition]:
    """Read the editions.

    Raises
    ------
    ParameterError
        When the file cannot be read, or an edition has no reference date or no folder of its own.
    """
    try:
        content = read_yaml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParameterError(f"{path.name}: {error.strerror}; put the file in {path.parent}, readable by you") from None
    except (YamlError, UnicodeDecodeError) as error:
        raise ParameterError(
            f"{path.name}: cannot be read as editions ({error}); see the README for its form"
        ) from None
    entries = content.get("editions") if isinstance(content, dict) else None
    if not isinstance(entries, dict) or not entries:
        raise ParameterError(
            f"{path.name}: holds no editions by name; write editions: {{'2025-01-01': {{reference_date: 2025-01-01}}}}"
        )
    try:
        editions = [_edition(str(name), values) for name, values in entries.items()]
        require_distinct(editions, RESERVED)
    except ParameterError as error:
        raise ParameterError(f"{path.name}: {error}") from None
    return {edition.name: edition for edition in editions}


def _edition(name: str, values: object) -> Edition:
    if not isinstance(values, dict):
        raise ParameterError(f"edition {name!r} must hold keys with values, such as reference_date, and not {values!r}")
    return Edition.of(name, values)


def _example(chapter: str) -> str:
    """A parameter of a chapter alone, as it is written in a file."""
    own = [name for name in CHAPTERS[chapter].model_fields if name not in Parameters.model_fields]
    return f"{own[0]}: ..." if own else "parameter: ..."


def require_distinct(editions: Sequence[Edition], reserved: Sequence[str] = ()) -> None:
    """Check that every edition has a reference date, and a name that is a folder of its own.

    Parameters
    ----------
    editions
        Those that lie side by side.
    reserved
        Names that other folders have there.

    Raises
    ------
    ParameterError
        For the first one that has not.
    """
    folders: dict[str, str] = {}
    for edition in editions:
        name = edition.name
        if len(name) > MOST_CHARACTERS:
            raise ParameterError(
                f"edition {name[:30]!r}... has a name of {len(name)} characters, more than {MOST_CHARACTERS}; shorten "
                "it, or split a grid over files"
            )
        if not re.fullmatch(r"\w[\w.+-]*", name):
            raise ParameterError(
                f"edition {name!r}: a name is a folder; use letters, digits, dots, dashes and no slash"
            )
        if name.casefold() in reserved:
            raise ParameterError(f"edition {name!r}: outputs/{name} is no place for an edition; give it another name")
        if name.casefold() in folders:
            raise ParameterError(
                f"two editions are called {name!r}; take out the value that stands twice, or rename one"
            )
        folders[name.casefold()] = name
        _require_reference_date(edition)
    for name in folders.values():
        if (english := folders.get(f"{name}-en".casefold())) is not None:
            raise ParameterError(
                f"edition {name!r} in English would lie in the folder of edition {english!r}; rename one"
            )


def _require_reference_date(edition: Edition) -> None:
    if "reference_date" not in edition.values:
        raise ParameterError(f"edition {edition.name!r} has no reference_date; add one, such as 2025-01-01")
    day = edition.values["reference_date"]
    try:
        date.fromisoformat(str(day))
    except ValueError:
        raise ParameterError(
            f"edition {edition.name!r}: reference_date {day!r} is no date; write one such as 2025-01-01"
        ) from None


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
