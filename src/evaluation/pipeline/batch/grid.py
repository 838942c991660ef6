"""Reads a grid file: editions as in ``editions.yml``, and lists of values of which every combination is an edition."""

from __future__ import annotations

import difflib
import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.parameters import CHAPTERS, HOME, ParameterError, Parameters
from evaluation.pipeline.editions import Edition, require_distinct
from evaluation.presentation.labels import MEASURES
from evaluation.sources.benchmark import iv3_municipalities
from evaluation.sources.yaml_files import YamlError, read_yaml

KEYS = ("chapters", "editions", "grid", "measures")
EVERY = "every"  # municipality: every one with accounts in all years
MOST_EDITIONS = 1000
EXAMPLE = "notebooks/batch_example.yml"
_FIXED = frozenset(Parameters.model_fields) - {"reference_date"}  # the run itself decides them


@dataclass(frozen=True)
class BatchEdition:
    """An edition of a batch.

    Attributes
    ----------
    edition
        Name, values and chapters.
    settings
        What sets it apart: value by key of the grid, in the order of the file; empty for a named edition.
    """

    edition: Edition
    settings: Mapping[str, str]


@dataclass(frozen=True)
class Batch:
    """What a grid file asks for.

    Attributes
    ----------
    name
        Name of the file without its ending, and of the folder of results.
    editions
        In the order of the file: named ones, then the grid, its last key running fastest.
    measures
        Ids of the measures that the overview shows; empty for its own choice.
    """

    name: str
    editions: tuple[BatchEdition, ...]
    measures: tuple[str, ...]


def read_batch(path: Path) -> Batch:
    """Read a grid file.

    Raises
    ------
    ParameterError
        When it cannot be read, holds an unknown key, chapter, parameter or measure, has no edition or too many, or two
        with one name.
    """
    try:
        content = read_yaml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParameterError(f"{path}: {error.strerror}; name a file such as {EXAMPLE}") from None
    except (UnicodeDecodeError, YamlError) as error:
        raise ParameterError(
            f"{path.name}: cannot be read as a grid of editions ({error}); see {EXAMPLE} for its form"
        ) from None
    try:
        return _batch(path.stem, content)
    except ParameterError as error:
        raise ParameterError(f"{path.name}: {error}") from None


def _batch(name: str, content: Any) -> Batch:
    if not isinstance(content, dict):
        raise ParameterError(f"it holds no keys; write {', '.join(KEYS)}, each with a colon")
    for key in content:
        _require_known(str(key), KEYS, "key")
    shared = {"chapters": content["chapters"]} if "chapters" in content else {}
    named = [
        BatchEdition(Edition.of(str(own), {**shared, **_mapping(values, f"edition {own}")}), {})
        for own, values in _mapping(content.get("editions"), "editions").items()
    ]
    grid = _mapping(content.get("grid"), "grid")
    chapters = Edition.of(name, shared).chapters or tuple(CHAPTERS)
    editions = [*named, *_grid_editions(name, grid, shared, chapters)]
    if not editions:
        raise ParameterError("it has no editions; add a grid, such as grid: {reference_date: [2025-01-01]}")
    require_distinct([own.edition for own in editions])
    measures = content.get("measures", [])
    if not isinstance(measures, list):
        raise ParameterError("measures must be a list such as [benchmark.gap_excl_6_2]")
    for measure in measures:
        _require_known(str(measure), tuple(MEASURES), "measure")
    return Batch(name, tuple(editions), tuple(map(str, measures)))


def _mapping(value: Any, what: str) -> Mapping[Any, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ParameterError(f"{what} must be a list of keys with values, not {value!r}")
    return value


def _grid_editions(
    name: str, grid: Mapping[Any, Any], shared: Mapping[str, Any], chapters: Sequence[str]
) -> Iterator[BatchEdition]:
    if not grid:
        return
    axes = {str(key): _values(str(key), values) for key, values in grid.items()}
    targets = {key: _targets(key, chapters) for key in axes}
    if "reference_date" not in axes:
        raise ParameterError("grid: no reference_date; add one, such as reference_date: [2025-01-01]")
    if (count := math.prod(map(len, axes.values()))) > MOST_EDITIONS:
        raise ParameterError(f"grid: {count} editions, more than {MOST_EDITIONS}; take out values, or split the file")
    varied = [key for key, values in axes.items() if len(values) > 1]
    for combination in itertools.product(*axes.values()):
        chosen = dict(zip(axes, combination, strict=True))
        values: dict[str, Any] = {**shared, "reference_date": chosen["reference_date"]}
        for key, value in chosen.items():
            for chapter, parameter in targets[key]:
                values.setdefault(chapter, {})[parameter] = value
        own = "_".join(_slug(chosen[key]) for key in varied) or _slug(name)
        yield BatchEdition(Edition.of(own, values), {key: str(value) for key, value in chosen.items()})


def _values(key: str, values: Any) -> list[Any]:
    """The values of a key: one, a list, or every municipality with accounts."""
    if key.rpartition(".")[2] == "municipality" and values == EVERY:
        accounts = iv3_municipalities()
        whole = accounts.groupby("municipality")["expenditure_keur"].apply(lambda keur: keur.notna().all())
        return sorted(map(str, whole.index[whole]), key=lambda own: (own != HOME, own.strip("'")))
    chosen = values if isinstance(values, list) else [values]
    if not chosen or any(value is None or isinstance(value, list | dict) for value in chosen):
        raise ParameterError(f"grid: {key} has no values; write a list such as {key}: [a, b], or take it out")
    return chosen


def _targets(key: str, chapters: Sequence[str]) -> list[tuple[str, str]]:
    """Chapters and parameters that a key of the grid sets."""
    if key == "reference_date":
        return []
    chapter, dot, parameter = key.rpartition(".")
    if parameter in _FIXED:
        raise ParameterError(f"grid: {key!r} belongs to the run itself; allowed are reference_date and parameters")
    if dot:
        _require_known(chapter, tuple(chapters), "chapter")
    inside = (chapter,) if dot else tuple(chapters)
    found = [(own, parameter) for own in inside if parameter in CHAPTERS[own].model_fields]
    if not found:
        known = {field for own in inside for field in CHAPTERS[own].model_fields} - _FIXED
        _require_known(parameter, tuple(sorted(known)), "parameter")
    return found


def _require_known(word: str, allowed: Sequence[str], what: str) -> None:
    if word not in allowed:
        near = difflib.get_close_matches(word, allowed, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        some = ", ".join(allowed[:20]) + (" ..." if len(allowed) > 20 else "")
        raise ParameterError(f"unknown {what} {word!r}; {hint}allowed are {some}")


def _slug(value: object) -> str:
    """A value as part of the name of a folder: ``'s-Gravenhage`` becomes ``s-gravenhage``."""
    return re.sub(r"[^\w.]+", "-", str(value).casefold()).strip("-.") or "none"
