"""Suppression in tables of counts with totals: small counts, and the fewest further cells that keep them hidden.

Small counts go first (primary suppression). Then as few other cells as possible go with them, so that the remaining
table, exact as it is, leaves every small count as open as its own dot does (`evaluation.disclosure.audit` defines and
judges this). Only then is what remains rounded. Rounding is thus a second lock and never the first one: a total that is
known exactly from elsewhere opens nothing.

Choosing the cells is the cell suppression problem of Fischetti and Salazar (Management Science 47, 2001). The tau-Argus
solver of `pytauargus` solves it; where it fails, or where the audit rejects its answer, the same problem is solved
here by cuts (Benders) on SciPy's HiGHS, with the attacker's linear programs as the separation oracle.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pytauargus import HiTaSCtrl  # type: ignore[import-untyped]
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from evaluation.disclosure.audit import TableClaim, audit, required_intervals
from evaluation.disclosure.cells import SUPPRESSED, Shown, is_small, round_to_base
from evaluation.disclosure.rules import DisclosureRules

TOTAL = "total"

# Without a limit of its own the solver stops at the first pattern that its heuristic finds; in 16 of 103 small tables
# that was not the cheapest one. With a limit it proves the optimum, mostly in milliseconds.
SOLVER_MINUTES = 5

Cell = tuple[str, ...]
Relation = tuple[Cell, tuple[Cell, ...]]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


class SuppressionError(Exception):
    """No pattern of suppression passes the audit; the table may not be shown."""


@dataclass(frozen=True)
class ProtectedTable:
    """A table of counts that may be shown. It holds no count that it does not show.

    Attributes
    ----------
    dimensions
        Columns of `cells` with the categories.
    cells
        One row per cell, totals (category ``total``) and parents included, sorted: the dimensions, ``is_margin``, and
        ``shown``: a rounded count or SUPPRESSED.
    n_primary, n_complementary
        Cells suppressed for their own sake, and to keep those hidden.
    method
        ``none`` (nothing to hide), ``pytauargus`` or ``cuts``.
    relations, small, base
        What an audit needs, see `claim`. Which dots hide small counts is not for publication.
    """

    dimensions: tuple[str, ...]
    cells: pd.DataFrame
    n_primary: int
    n_complementary: int
    method: str
    relations: tuple[Relation, ...] = field(repr=False)
    small: frozenset[Cell] = field(repr=False)
    base: int

    @property
    def n_cells(self) -> int:
        """Number of cells, margins included."""
        return len(self.cells)

    def claim(self, name: str) -> TableClaim:
        """Return the table as an attacker reads it, for an audit together with other publications."""
        labels = self.cells[list(self.dimensions)].itertuples(index=False, name=None)
        shown = dict(zip(labels, self.cells["shown"], strict=True))
        return TableClaim(name, shown, self.relations, self.small, self.base)


def protect_table(
    frame: pd.DataFrame,
    rules: DisclosureRules,
    dimensions: Sequence[str],
    value: str,
    hierarchies: Mapping[str, Mapping[str, str]] | None = None,
) -> ProtectedTable:
    """Protect a one-, two- or three-way table of counts with all its totals.

    Margins are suppressed last: the pattern has the fewest suppressed margins, among those the fewest cells, among
    those the smallest counts. Zeros are shown (see `cells.is_small`) and therefore protect nothing.

    Parameters
    ----------
    frame
        Counts of the inner cells, without totals. Rows of the same cell are added up; a cell without a row counts 0.
    rules
        The rules in force.
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
    SuppressionError
        When no pattern passes the audit.
    """
    counts, relations = _tabulate(frame, tuple(dimensions), value, hierarchies or {})
    small = frozenset(cell for cell, count in counts.items() if is_small(count, rules))
    hidden, method = _hidden(counts, relations, small, rules) if small else (frozenset[Cell](), "none")
    rows = [
        (*cell, not _is_inner(cell, relations), SUPPRESSED if cell in hidden else round_to_base(n, rules.rounding_base))
        for cell, n in counts.items()
    ]
    cells = pd.DataFrame(rows, columns=[*dimensions, "is_margin", "shown"]).astype({"shown": object})
    n_complementary = len(hidden) - len(small)
    return ProtectedTable(
        tuple(dimensions), cells, len(small), n_complementary, method, relations, small, rules.rounding_base
    )


def _tabulate(
    frame: pd.DataFrame, dimensions: tuple[str, ...], value: str, hierarchies: Mapping[str, Mapping[str, str]]
) -> tuple[dict[Cell, int], tuple[Relation, ...]]:
    """Counts of all cells, inner and margins, sorted with totals last, and the relations between them."""
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


def _is_inner(cell: Cell, relations: tuple[Relation, ...]) -> bool:
    return all(total != cell for total, _ in relations)


@dataclass(frozen=True)
class _Problem:
    """The cell suppression problem on the cells that are not 0, as arrays in the order of `cells`.

    The attacker knows every `low` <= count <= `high`; for small cells everything from `open_low` to `open_high` must
    remain possible. `rows` times the counts is 0.
    """

    cells: tuple[Cell, ...]
    counts: Numbers
    rows: Numbers
    cost: Numbers
    small: Flags
    low: Numbers
    high: Numbers
    open_low: Numbers
    open_high: Numbers


def _hidden(
    counts: dict[Cell, int], relations: tuple[Relation, ...], small: frozenset[Cell], rules: DisclosureRules
) -> tuple[frozenset[Cell], str]:
    """Return the suppressed cells and the method; every answer is judged by the audit, on exact values."""
    problem = _problem(counts, relations, small, rules)
    solvers: dict[str, Callable[[_Problem], Flags | None]] = {"pytauargus": _by_pytauargus, "cuts": _by_cuts}
    for method, solve in solvers.items():
        flags = solve(problem)
        if flags is None:
            continue
        hidden = frozenset(cell for cell, flag in zip(problem.cells, flags, strict=True) if flag)
        claim = _exact_claim(counts, relations, small, hidden)
        if audit(claim.claims(rules), claim.protected, rules).passes:
            return hidden, method
    raise SuppressionError("no pattern of suppression keeps the small counts of this table hidden; do not show it")


def _exact_claim(
    counts: dict[Cell, int], relations: tuple[Relation, ...], small: frozenset[Cell], hidden: frozenset[Cell]
) -> TableClaim:
    shown: dict[Cell, Shown] = {cell: SUPPRESSED if cell in hidden else n for cell, n in counts.items()}
    return TableClaim("table", shown, relations, small)


def _problem(
    counts: dict[Cell, int], relations: tuple[Relation, ...], small: frozenset[Cell], rules: DisclosureRules
) -> _Problem:
    cells = tuple(cell for cell, count in counts.items() if count)
    index = {cell: position for position, cell in enumerate(cells)}
    rows = np.zeros((len(relations), len(cells)))
    for row, (total, parts) in zip(rows, relations, strict=True):
        for cell, sign in ((total, -1.0), *((part, 1.0) for part in parts)):
            if cell in index:
                row[index[cell]] = sign
    values = np.array([counts[cell] for cell in cells], dtype=float)
    flags = np.array([cell in small for cell in cells])
    # A finite stand-in for "no upper bound": room for every cell of the table to move by the minimum.
    ample = values.max() + rules.minimum_cell * len(cells)
    claim = _exact_claim(counts, relations, small, small)
    needed = required_intervals(claim.claims(rules), claim.protected, rules)
    open_low, open_high = values.copy(), values.copy()
    positions = [index[labels] for labels in claim.cells if labels in small]
    open_low[positions], open_high[positions] = needed["lower"], needed["upper"]
    high = np.where(flags & rules.attacker_knows_small, rules.largest_hidden, ample)
    return _Problem(cells, values, rows, _cost(values, rows), flags, np.ones(len(cells)), high, open_low, open_high)


def _cost(values: Numbers, rows: Numbers) -> Numbers:
    """Cost of suppressing each cell: fewest margins, then fewest cells, then smallest counts (by rank)."""
    n = len(values)
    rank = 1.0 + np.argsort(np.argsort(values, kind="stable"))
    per_cell = float(n * n)
    margin = (rows < 0).any(axis=0)
    cost: Numbers = (rank + per_cell + np.where(margin, per_cell * (n + 1), 0.0)).astype(np.float64)
    return cost


def _by_pytauargus(problem: _Problem) -> Flags | None:
    """Solve with the optimal method of tau-Argus, or return None when it gives up.

    The solver is called on its own "JJ" format, which takes any bounds, protection levels and relations, and not on
    microdata, for which it would build totals and levels of its own. It reads and writes files, logs with costs among
    them, so they live for the moment of the call in a temporary folder that only this user can open.
    """
    with TemporaryDirectory(prefix="suppression-") as folder:
        problem_file, solution_file = Path(folder, "problem.jj"), Path(folder, "solution.jj")
        problem_file.write_text(_jj_format(problem), encoding="ascii")
        code = HiTaSCtrl().full_jj(
            in_file_jj=str(problem_file),
            out_file=str(solution_file),
            max_time=SOLVER_MINUTES,
            # The slash matters: the solver puts its logs at this text plus their names, and else where the user stands.
            out_dir=f"{folder}/",
        )
        # 0 and 1 both come with a pattern, as in the own caller of the package (pytauargus.engine).
        if code not in (0, 1) or not solution_file.exists():
            return None
        chosen = [int(word) for word in solution_file.read_text(encoding="ascii").split()]
    flags = problem.small.copy()
    flags[chosen] = True
    return flags


def _jj_format(problem: _Problem) -> str:
    """Lines ``index value cost status low high lower-level upper-level sliding-level``, then the relations."""
    lines = ["0", str(len(problem.cells))]
    for i, count in enumerate(problem.counts):
        status = "u" if problem.small[i] else "s"
        levels = f"{count - problem.open_low[i]:.0f} {problem.open_high[i] - count:.0f} 0"
        bounds = f"{problem.low[i]:.0f} {problem.high[i]:.0f}"
        lines.append(f"{i} {count:.0f} {problem.cost[i]:.0f} {status} {bounds} {levels}")
    rows = [row for row in problem.rows if row.any()]
    lines.append(str(len(rows)))
    for row in rows:
        terms = " ".join(f"{i} ({row[i]:.0f})" for i in np.flatnonzero(row))
        lines.append(f"0 {np.count_nonzero(row)} : {terms}")
    return "\n".join(lines) + "\n"


def _by_cuts(problem: _Problem) -> Flags | None:
    """Solve by cuts: the cheapest pattern that satisfies all cuts so far, until the attacker finds nothing in it."""
    cuts = list(_first_cuts(problem))
    while True:
        flags = _cheapest(problem, cuts)
        if flags is None:
            return None
        new = [cut for cut in _violated_cuts(problem, flags) if cut is not None]
        if not new:
            return flags
        cuts.extend(new)


def _first_cuts(problem: _Problem) -> list[tuple[Numbers, float]]:
    """A small cell that must have room cannot be the only suppressed one in any relation."""
    movable = problem.small & (problem.open_low < problem.open_high)
    return [
        (np.where(np.arange(len(row)) == i, 0.0, np.abs(row)), 1.0)
        for row in problem.rows
        for i in np.flatnonzero(movable & (row != 0))
    ]


def _cheapest(problem: _Problem, cuts: list[tuple[Numbers, float]]) -> Flags | None:
    within = Bounds(problem.small.astype(float), np.ones(len(problem.cells)))
    above = LinearConstraint(np.array([cut for cut, _ in cuts]), np.array([least for _, least in cuts]), np.inf)
    found = milp(
        problem.cost,
        integrality=np.ones(len(problem.cells), dtype=np.int8),
        bounds=within,
        constraints=above if cuts else None,
        options={"mip_rel_gap": 0},
    )
    return None if found.x is None else found.x > 0.5


def _violated_cuts(problem: _Problem, flags: Flags) -> list[tuple[Numbers, float] | None]:
    sides = ((1.0, problem.open_high - problem.counts), (-1.0, problem.counts - problem.open_low))
    return [
        _violated_cut(problem, flags, int(i), sign, float(levels[i]))
        for i in np.flatnonzero(problem.small)
        for sign, levels in sides
    ]


def _violated_cut(
    problem: _Problem, flags: Flags, target: int, sign: float, level: float
) -> tuple[Numbers, float] | None:
    """Return a cut when the attacker knows that the target moves by less than `level` in the direction of `sign`.

    With moves d, rows d = 0 and d between the bounds of suppressed cells and 0 elsewhere, linear duality gives for
    every pattern: reach of the target <= sum over suppressed cells of (reduced cost times the room on the side that it
    prices). The right side must therefore be at least `level`. A coefficient above what is still needed is cut to it.
    """
    room_down, room_up = problem.counts - problem.low, problem.high - problem.counts
    cost = np.zeros(len(flags))
    cost[target] = -sign
    limits = [
        (-float(down), float(up)) if flag else (0.0, 0.0)
        for flag, down, up in zip(flags, room_down, room_up, strict=True)
    ]
    found = linprog(cost, A_eq=problem.rows, b_eq=np.zeros(len(problem.rows)), bounds=limits, method="highs")
    if found.status != 0 or found.fun is None:
        raise SuppressionError(f"the attacker's linear program could not be solved: {found.message}")
    if -found.fun >= level - 1e-6:
        return None
    reduced = found.lower.marginals + found.upper.marginals
    weight = np.where(reduced > 0, reduced * room_down, -reduced * room_up)
    weight[weight < 1e-7] = 0.0
    least = level - float(weight[problem.small].sum())
    weight[problem.small] = 0.0
    return np.minimum(weight, least), least
