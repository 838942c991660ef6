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

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pytauargus import HiTaSCtrl  # type: ignore[import-untyped]
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from evaluation.disclosure.audit import TableClaim, audit, required_intervals
from evaluation.disclosure.cells import Shown, is_small, round_to_base
from evaluation.disclosure.rules import DisclosureRules
from evaluation.disclosure.tabulation import Cell, Relation, is_inner, tabulate
from evaluation.evidence import MISSING, SUPPRESSED

# Without a limit of its own the solver stops at the first pattern that its heuristic finds; in 16 of 103 small tables
# that was not the cheapest one. With a limit it proves the optimum, mostly in milliseconds.
SOLVER_MINUTES = 5

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
    counts, relations = tabulate(frame, tuple(dimensions), value, hierarchies)
    small = frozenset(cell for cell, count in counts.items() if is_small(count, rules))
    hidden, method = suppress(counts, relations, rules)
    rows = [
        (*cell, not is_inner(cell, relations), SUPPRESSED if cell in hidden else round_to_base(n, rules.rounding_base))
        for cell, n in counts.items()
    ]
    cells = pd.DataFrame(rows, columns=[*dimensions, "is_margin", "shown"]).astype({"shown": object})
    n_complementary = len(hidden) - len(small)
    return ProtectedTable(
        tuple(dimensions), cells, len(small), n_complementary, method, relations, small, rules.rounding_base
    )


@dataclass(frozen=True)
class _Problem:
    """The cell suppression problem on the cells that are not shown as 0, as arrays in the order of `cells`.

    The attacker knows every `low` <= count <= `high`; for `small` cells everything from `open_low` to `open_high` must
    remain possible. `hidden` cells are hidden anyhow, `public` ones cannot be. `rows` times the counts is 0.
    """

    cells: tuple[Cell, ...]
    counts: Numbers
    rows: Numbers
    cost: Numbers
    small: Flags
    hidden: Flags
    public: Flags
    low: Numbers
    high: Numbers
    open_low: Numbers
    open_high: Numbers


def suppress(
    counts: Mapping[Cell, int],
    relations: Sequence[Relation],
    rules: DisclosureRules,
    *,
    unpublished: Set[Cell] = frozenset(),
    withheld: Set[Cell] = frozenset(),
    public: Set[Cell] = frozenset(),
) -> tuple[frozenset[Cell], str]:
    """Return the published cells to suppress, the small ones included, and the method that found them.

    Every answer is judged by the audit, on exact values.

    Parameters
    ----------
    counts
        Every cell that a relation mentions.
    relations
        Totals and the parts that add up to them.
    rules
        The rules in force.
    unpublished
        Cells that are shown nowhere and only tie others together.
    withheld
        Cells that stay hidden whatever their count.
    public
        Cells that are known already, so that hiding them would help nobody.

    Raises
    ------
    SuppressionError
        When no pattern passes the audit.
    """
    small = frozenset(cell for cell, n in counts.items() if is_small(n, rules)) - unpublished - public
    withheld = frozenset(cell for cell in withheld if counts[cell]) - unpublished - small
    if not small:
        return withheld, "none"
    problem = _problem(counts, relations, rules, _Roles(small, withheld, frozenset(unpublished), frozenset(public)))
    solvers: dict[str, Callable[[_Problem], Flags | None]] = {"pytauargus": _by_pytauargus, "cuts": _by_cuts}
    for method, solve in solvers.items():
        flags = solve(problem)
        if flags is None:
            continue
        chosen = frozenset(cell for cell, flag in zip(problem.cells, flags, strict=True) if flag) - unpublished
        if chosen & public or not chosen >= small | withheld:
            continue
        claim = _exact_claim(counts, relations, small, chosen, unpublished)
        if audit(claim.claims(rules), claim.protected, rules).passes:
            return chosen, method
    # What is public already may leave too little room for that. Then everything goes that can, if it leaves enough.
    everything = frozenset(cell for cell, n in counts.items() if n) - unpublished - public
    claim = _exact_claim(counts, relations, small, everything, unpublished)
    if audit(claim.claims(rules), claim.protected, rules, enough=rules.hidden_values).passes:
        return everything, "everything"
    raise SuppressionError("no pattern of suppression keeps the small counts of this table hidden; do not show it")


@dataclass(frozen=True)
class _Roles:
    """What is asked of the cells that are not simply shown."""

    small: frozenset[Cell]
    withheld: frozenset[Cell]
    unpublished: frozenset[Cell]
    public: frozenset[Cell]


def _exact_claim(
    counts: Mapping[Cell, int],
    relations: Sequence[Relation],
    small: frozenset[Cell],
    hidden: frozenset[Cell],
    unpublished: Set[Cell],
) -> TableClaim:
    shown: dict[Cell, Shown] = {
        cell: MISSING if cell in unpublished else SUPPRESSED if cell in hidden else n for cell, n in counts.items()
    }
    return TableClaim("table", shown, relations, small)


def _problem(
    counts: Mapping[Cell, int], relations: Sequence[Relation], rules: DisclosureRules, roles: _Roles
) -> _Problem:
    # A published 0 is known and cannot move; one that is shown nowhere is not known to be 0.
    cells = tuple(cell for cell, count in counts.items() if count or cell in roles.unpublished)
    index = {cell: position for position, cell in enumerate(cells)}
    rows = np.zeros((len(relations), len(cells)))
    for row, (total, parts) in zip(rows, relations, strict=True):
        for cell, sign in ((total, -1.0), *((part, 1.0) for part in parts)):
            if cell in index:
                row[index[cell]] = sign
    values = np.array([counts[cell] for cell in cells], dtype=float)
    small, unpublished, public, withheld = (
        np.array([cell in kind for cell in cells], dtype=bool)
        for kind in (roles.small, roles.unpublished, roles.public, roles.withheld)
    )
    # A finite stand-in for "no upper bound": room for every cell of the table to move by the minimum.
    ample = values.max() + rules.minimum_cell * len(cells)
    claim = _exact_claim(counts, relations, roles.small, roles.small | roles.withheld, roles.unpublished)
    needed = required_intervals(claim.claims(rules), claim.protected, rules)
    open_low, open_high = values.copy(), values.copy()
    positions = [index[labels] for labels in claim.cells if labels in roles.small]
    open_low[positions], open_high[positions] = needed["lower"], needed["upper"]
    return _Problem(
        cells=cells,
        counts=values,
        rows=rows,
        cost=_cost(values, rows),
        small=small,
        hidden=small | withheld | unpublished,
        public=public,
        low=np.where(unpublished, 0.0, 1.0),
        high=np.where(small & rules.attacker_knows_small, rules.largest_hidden, ample),
        open_low=open_low,
        open_high=open_high,
    )


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
    flags = problem.hidden.copy()
    flags[chosen] = True
    return flags


def _jj_format(problem: _Problem) -> str:
    """Lines ``index value cost status low high lower-level upper-level sliding-level``, then the relations."""
    lines = ["0", str(len(problem.cells))]
    for i, count in enumerate(problem.counts):
        status = "u" if problem.hidden[i] else "z" if problem.public[i] else "s"
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
    within = Bounds(problem.hidden.astype(float), 1.0 - problem.public)
    above = None
    if cuts:
        above = LinearConstraint(np.array([cut for cut, _ in cuts]), np.array([least for _, least in cuts]), np.inf)
    found = milp(
        problem.cost,
        integrality=np.ones(len(problem.cells), dtype=np.int8),
        bounds=within,
        constraints=above,
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
    least = level - float(weight[problem.hidden].sum())
    weight[problem.hidden] = 0.0
    return np.minimum(weight, least), least
