"""From counts of inner cells to a whole table: all totals, and which cells add up to which."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TypeAlias

import pandas as pd

TOTAL = "total"

Cell: TypeAlias = tuple[str, ...]
# A total and the parts that add up to it.
Relation: TypeAlias = tuple[Cell, tuple[Cell, ...]]


def tabulate(
    frame: pd.DataFrame,
    dimensions: tuple[str, ...],
    value: str,
    hierarchies: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[dict[Cell, int], tuple[Relation, ...]]:
    """Return the counts of all cells, inner and margins, sorted with totals last, and the relations between them.

    Parameters
    ----------
    frame
        Counts of the inner cells, without totals. Rows of the same cell are added up; a cell without a row counts 0.
    dimensions
        One to three columns of `frame`.
    value
        Column of counts, whole numbers of 0 or more.
    hierarchies
        Per dimension, the parent of each category; parents that have no parent belong to the total.

    Raises
    ------
    ValueError
        When `frame` has missing values, fractions, negative counts, or categories that are called ``total``.
    """
    hierarchies = hierarchies or {}
    _check(frame, dimensions, value)
    trees = [_children(frame[name].astype(str), hierarchies.get(name, {})) for name in dimensions]
    nodes = [[*sorted({child for children in tree.values() for child in children}), TOTAL] for tree in trees]
    parents = [{child: parent for parent, children in tree.items() for child in children} for tree in trees]
    counts = dict.fromkeys(itertools.product(*nodes), 0)
    for row in frame[[*dimensions, value]].itertuples(index=False, name=None):
        for cell in itertools.product(*(_line(str(part), up) for part, up in zip(row[:-1], parents, strict=True))):
            counts[cell] += int(row[-1])
    relations = [
        (cell, tuple((*cell[:axis], child, *cell[axis + 1 :]) for child in tree[cell[axis]]))
        for cell in counts
        for axis, tree in enumerate(trees)
        if cell[axis] in tree
    ]
    return counts, tuple(relations)


def _check(frame: pd.DataFrame, dimensions: tuple[str, ...], value: str) -> None:
    if not 1 <= len(dimensions) <= 3:
        raise ValueError(f"a table has one to three dimensions, not {len(dimensions)}")
    if frame[[*dimensions, value]].isna().any(axis=None):
        raise ValueError("a table with unknown categories or counts cannot be protected: label or complete them first")
    if ((frame[value] < 0) | (frame[value] % 1 != 0)).any():
        raise ValueError(f"{value} must hold whole numbers of 0 or more")
    if any((frame[name].astype(str) == TOTAL).any() for name in dimensions):
        raise ValueError(f"no category may be called {TOTAL!r}: give the inner cells only, totals are added")


def _children(categories: pd.Series, parent_of: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Children of the total and of every parent above the given categories, sorted."""
    children: dict[str, set[str]] = {TOTAL: set()}
    for category in sorted(set(categories)):
        for child, parent in itertools.pairwise(_line(category, {**parent_of})):
            children.setdefault(parent, set()).add(child)
    if set(categories) & set(children):
        raise ValueError("a category with children cannot have counts of its own: give the counts of the children")
    return {parent: tuple(sorted(below)) for parent, below in children.items()}


def _line(category: str, parent_of: Mapping[str, str]) -> list[str]:
    """Return the category, its parent, and so on up to the total."""
    line = [category]
    while line[-1] != TOTAL:
        line.append(parent_of.get(line[-1], TOTAL))
        if line[-1] in line[:-1]:
            raise ValueError(f"the hierarchy goes round in a circle at {line[-1]!r}")
    return line


def is_inner(cell: Cell, relations: tuple[Relation, ...]) -> bool:
    """Return whether a cell is no total of others."""
    return all(total != cell for total, _ in relations)
