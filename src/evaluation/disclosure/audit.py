"""The attacker's arithmetic: what can be computed about a suppressed count from everything that is published.

An attacker writes down every claim that she can rely on: what is shown (each value within its rounding interval), what
a dot means (a count from 1 up to the minimum), and the identities (parts add up to totals, a later edition is an
earlier one plus what came in between). All of them are linear, so the least and the largest value that a hidden count
can still have are two linear programs (Fischetti and Salazar, Management Science 47, 2001; Hundepool et al.,
Statistical Disclosure Control, 2012).

Protection, as this project defines it: **the publication tells no more about a small count than its own dot does.** The
dots, the zeros and the identities alone leave every hidden count open within an interval, mostly 1 to 9. A count is
protected when everything published together leaves that same interval open (its part from 1 to 9). The definition looks
at the interval only and never at the true value, so that its outcome gives nothing away either.

A count that is provably at or above the minimum, or provably 0, is not small and needs no protection. Where totals that
were public before leave less room than the dots, a caller may settle for `enough` possible values.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import block_array, csr_array, vstack
from scipy.sparse.csgraph import connected_components

from evaluation.disclosure.cells import Shown, behind_rounding, is_missing
from evaluation.disclosure.rules import DisclosureRules
from evaluation.evidence import is_suppressed

# Linear programs are solved to about 1e-7; counts are whole, so anything closer to a whole number is that number.
TOLERANCE = 1e-5

ROUNDS = 3
SPREAD = 10
"""Of the search for values that are certainly possible: how often it looks, and how far apart values have to lie."""
FAR = 1e6  # above any count: how large a cell may become where nothing holds it

Numbers = NDArray[np.float64]


class ContradictionError(ValueError):
    """Claims that no table fits: they do not speak of the same people."""


class Kind(Enum):
    """How the attacker knows a claim."""

    IDENTITY = "identity"  # holds by construction
    SHOWN = "shown"  # a published value above 0
    ZERO = "zero"  # a published 0
    DOT = "dot"  # what the rules say about a suppressed count


@dataclass(frozen=True)
class LinearClaim:
    """``low <= sum of coefficient times cell <= high``.

    Attributes
    ----------
    terms
        Pairs of the name of a cell and its coefficient.
    low, high
        The bounds; equal for an identity.
    kind
        How the attacker knows it.
    """

    terms: tuple[tuple[str, float], ...]
    low: float
    high: float
    kind: Kind = Kind.IDENTITY

    def __post_init__(self) -> None:
        """Refuse a claim that nothing can satisfy.

        Raises
        ------
        ValueError
            When there is no cell or the bounds are crossed.
        """
        if not self.terms or not self.low <= self.high:
            raise ValueError(f"a claim needs a cell and low <= high, not {self}")


@dataclass(frozen=True)
class TableClaim:
    """A published table as an attacker reads it.

    Attributes
    ----------
    name
        Tells the cells of several tables apart; the same name means the same table.
    cells
        What every cell shows, by its labels.
    relations
        Pairs of a total and the parts that add up to it.
    small
        Cells whose dot hides a count below the minimum. Whether the attacker knows which, say the rules.
    base
        Rounding base of the shown values; 1 when they are exact.
    """

    name: str
    cells: Mapping[tuple[str, ...], Shown]
    relations: Sequence[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]]
    small: frozenset[tuple[str, ...]] = frozenset()
    base: int = 1

    def cell(self, labels: tuple[str, ...]) -> str:
        """Name of one cell in the claims."""
        return " / ".join((self.name, *labels))

    @property
    def protected(self) -> tuple[str, ...]:
        """Names of the cells whose small count must not be found."""
        return tuple(self.cell(labels) for labels in self.cells if labels in self.small)

    def claims(self, rules: DisclosureRules) -> tuple[LinearClaim, ...]:
        """Everything that the table claims; a missing cell claims nothing."""
        sums = [
            LinearClaim(((self.cell(total), -1.0), *((self.cell(part), 1.0) for part in parts)), 0, 0)
            for total, parts in self.relations
        ]
        shown = [self._claim(labels, value, rules) for labels, value in self.cells.items() if not is_missing(value)]
        return (*sums, *shown)

    def _claim(self, labels: tuple[str, ...], shown: Shown, rules: DisclosureRules) -> LinearClaim:
        if is_suppressed(shown):
            recognised = rules.attacker_knows_small and labels in self.small
            return dot(self.cell(labels), rules.largest_hidden if recognised else math.inf)
        return shown_value(self.cell(labels), int(shown), self.base, rules)  # type: ignore[arg-type]


def shown_value(cell: str, value: int, base: int, rules: DisclosureRules) -> LinearClaim:
    """Claim of one published count: the counts that round to it and are not below the minimum.

    With base 5 and minimum 10, a shown 10 stands for 10, 11 or 12: 8 and 9 would have been suppressed.
    """
    if value == 0:
        return LinearClaim(((cell, 1.0),), 0, 0, Kind.ZERO)
    low, high = behind_rounding(value, base)
    # A value that the rules would have suppressed was published before them; it is then what it says.
    low = max(low, rules.minimum_cell) if high >= rules.minimum_cell else low
    return LinearClaim(((cell, 1.0),), low, high, Kind.SHOWN)


def dot(cell: str, high: float) -> LinearClaim:
    """Claim of one suppressed count: at least 1, for zeros are shown, and at most `high`."""
    return LinearClaim(((cell, 1.0),), 1, high, Kind.DOT)


def change(difference: str, later: str, earlier: str) -> LinearClaim:
    """Identity between editions: the later count is the earlier one plus the difference.

    The difference is a cell like any other, 0 or more: use it for counts that only grow, such as all trajectories
    started so far, or give a stock its inflow and outflow with `balance`.
    """
    return LinearClaim(((later, 1.0), (earlier, -1.0), (difference, -1.0)), 0, 0)


def balance(stock: str, started: str, ended: str) -> LinearClaim:
    """Identity of a stock: everything started less everything ended."""
    return LinearClaim(((stock, 1.0), (started, -1.0), (ended, 1.0)), 0, 0)


def tied_claims(claims: Iterable[LinearClaim], cells: Iterable[str]) -> list[LinearClaim]:
    """Return the claims on which hangs what these cells can be: those on them, on cells in the same sums, and so on."""
    by_cell: dict[str, list[LinearClaim]] = {}
    for claim in claims:
        for name, _ in claim.terms:
            by_cell.setdefault(name, []).append(claim)
    waiting, seen = list(cells), set(cells)
    found: dict[LinearClaim, None] = {}
    while waiting:
        for claim in by_cell.get(waiting.pop(), ()):
            if claim not in found:
                found[claim] = None
                new = [name for name, _ in claim.terms if name not in seen]
                seen.update(new)
                waiting += new
    return list(found)


def feasible_intervals(claims: Sequence[LinearClaim], cells: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the whole numbers between which each cell must lie, given the claims and that no count is negative.

    Parameters
    ----------
    claims
        Everything the attacker knows.
    cells
        The cells asked for, by default those under a dot.

    Returns
    -------
    pandas.DataFrame
        One row per cell: ``cell``, ``lower``, ``upper`` (may be infinite), ``width`` (upper - lower; 0 is exact).

    Raises
    ------
    ValueError
        When a cell is in no claim.
    ContradictionError
        When no table fits all claims.

    Notes
    -----
    The ends are those of the linear relaxation, rounded inwards. They are exact for one- and two-way tables, whose
    constraints are totally unimodular; elsewhere an attacker with an integer program could do slightly better.
    """
    asked = cells if cells is not None else [c.terms[0][0] for c in claims if c.kind is Kind.DOT]
    system = _System(claims)
    rows = []
    for cell in asked:
        lower = math.ceil(system.least(cell, 1.0) - TOLERANCE)
        upper = -system.least(cell, -1.0)
        upper = upper if math.isinf(upper) else math.floor(upper + TOLERANCE)
        rows.append((cell, float(lower), float(upper), float(upper - lower)))
    return pd.DataFrame(rows, columns=["cell", "lower", "upper", "width"])


def certainly_possible(claims: Sequence[LinearClaim], cells: Sequence[str]) -> pd.DataFrame:
    """Return an interval within the feasible one of each cell, from a few tables that fit all claims.

    In one table the cells are together as small as they can be, in another as large; the next look at those cells that
    the ones before left with few values. That takes a few linear programs where the exact ends take two for each cell.

    Returns
    -------
    pandas.DataFrame
        One row per cell: ``lower``, ``upper``, whole numbers that the cell can be; with the cell as index.

    Raises
    ------
    ContradictionError
        When no table fits all claims.
    """
    system = _System(claims)
    found = pd.DataFrame({"lower": np.inf, "upper": -np.inf}, index=pd.Index(cells, name="cell"))
    asked = list(cells)
    for _ in range(ROUNDS):
        for sign in (1.0, -1.0):
            values = system.table(asked, sign, cells)
            found["lower"] = np.minimum(found["lower"], np.ceil(values - TOLERANCE))
            found["upper"] = np.maximum(found["upper"], np.floor(values + TOLERANCE))
        asked = list(found.index[found["upper"] - found["lower"] < SPREAD])
        if not asked:
            break
    return found


def without_corrections(claims: Sequence[LinearClaim], growth: Sequence[LinearClaim]) -> list[LinearClaim]:
    """Return the claims without those on growth that have to give way for any table to fit the others.

    Parameters
    ----------
    claims
        All claims.
    growth
        Those of them that say that a later count is an earlier one plus what came in between. Where counts were
        corrected in between, it is not; an attacker finds that out, and still subtracts the other counts.
    """
    slack = {claim: f"correction {number}" for number, claim in enumerate(growth)}
    loose = [
        LinearClaim((*claim.terms, (slack[claim], 1.0)), claim.low, claim.high) if claim in slack else claim
        for claim in claims
    ]
    names = list(slack.values())
    if not names:
        return list(claims)
    needed = dict(zip(names, _System(loose).table(names, 1.0, names), strict=True))
    return [claim for claim in claims if claim not in slack or needed[slack[claim]] <= TOLERANCE]


def required_intervals(claims: Sequence[LinearClaim], protected: Sequence[str], rules: DisclosureRules) -> pd.DataFrame:
    """Return what must stay open for each protected cell: what dots, zeros and identities alone leave open.

    Columns ``cell``, ``lower``, ``upper``. Every shown value is taken away and only known not to be 0; the result is
    then cut to the counts that are small.
    """
    bare = [LinearClaim(c.terms, min(1, c.low), math.inf, c.kind) if c.kind is Kind.SHOWN else c for c in claims]
    intervals = feasible_intervals(bare, protected)
    lower = intervals["lower"].clip(lower=1)
    upper = intervals["upper"].clip(upper=rules.largest_hidden)
    return pd.DataFrame({"cell": intervals["cell"], "lower": lower, "upper": upper})


@dataclass(frozen=True)
class AuditReport:
    """Outcome of an audit. Its findings name what can be found out: it is not for publication.

    Attributes
    ----------
    intervals
        One row per protected cell: ``cell``, ``lower``, ``upper``, ``width``, ``required_lower``, ``required_upper``,
        ``recoverable``.
    findings
        One line per recoverable cell.
    """

    intervals: pd.DataFrame
    findings: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Whether no protected cell can be recovered."""
        return not self.findings


def audit(
    claims: Sequence[LinearClaim], protected: Sequence[str], rules: DisclosureRules, *, enough: float = math.inf
) -> AuditReport:
    """Judge whether a set of publications keeps the protected cells hidden.

    Parameters
    ----------
    claims
        Everything published, in all tables and editions together, and the identities between them.
    protected
        Names of the cells that must not be found: dots that hide small counts, differences between editions.
    rules
        The rules in force.
    enough
        A cell of which this many values remain possible is protected as well, even if its dot leaves more.
    """
    required = required_intervals(claims, protected, rules)
    return judge(feasible_intervals(claims, protected), required, rules, enough=enough)


def judge(
    intervals: pd.DataFrame, required: pd.DataFrame, rules: DisclosureRules, *, enough: float = math.inf
) -> AuditReport:
    """Compare what can be found out with what must stay open, row by row of two frames in the same order."""
    lower, upper = intervals["lower"], intervals["upper"]
    too_narrow = (lower > required["lower"]) | (upper < required["upper"])
    too_narrow &= upper - lower + 1 < enough
    not_small = (lower >= rules.minimum_cell) | (upper <= 0)
    judged = intervals.assign(
        required_lower=required["lower"], required_upper=required["upper"], recoverable=too_narrow & ~not_small
    )
    return AuditReport(judged, tuple(_findings(judged[judged["recoverable"]])))


def _findings(recoverable: pd.DataFrame) -> Iterable[str]:
    for row in recoverable.to_dict("records"):
        found = (
            f"is exactly {row['lower']:.0f}"
            if row["width"] == 0
            else f"lies between {row['lower']:.0f} and {row['upper']:.0f}"
        )
        yield f"{row['cell']}: {found}; {row['required_lower']:.0f} to {row['required_upper']:.0f} must stay possible"


@dataclass(frozen=True)
class _Program:
    """Cells within bounds whose sums are equal to, or at most, given numbers; one row per sum, one column per cell."""

    equal: csr_array
    equal_to: Numbers
    less: csr_array
    less_than: Numbers
    bounds: Numbers

    def part(self, cells: NDArray[np.intp]) -> _Program:
        """The same with these cells alone, and the sums in which one of them is."""
        equal, less = self.equal[:, cells], self.less[:, cells]
        own, below = np.flatnonzero(np.diff(equal.indptr)), np.flatnonzero(np.diff(less.indptr))
        return _Program(equal[own], self.equal_to[own], less[below], self.less_than[below], self.bounds[cells])

    def parts(self) -> NDArray[np.intp]:
        """Number of the part of each cell: no sum holds cells of two parts."""
        rows = vstack([self.equal, self.less])
        _, numbers = connected_components(block_array([[None, rows.T], [rows, None]], format="csr"), directed=False)
        return numbers[: rows.shape[1]].astype(np.intp)

    def least(self, cost: Numbers) -> float:
        """Least value of a cost; minus infinity where there is none.

        Raises
        ------
        ContradictionError
            When nothing fits.
        """
        status, value = self._solve(cost)
        if status == 4:
            # HiGHS may leave open whether a program is unbounded or infeasible; without a cost it cannot be unbounded.
            status = 3 if self._solve(np.zeros_like(cost))[0] == 0 else 2
        if status == 3:
            return -math.inf
        if status != 0:
            raise ContradictionError("the claims contradict each other: no table fits them all")
        return value

    def solution(self, cost: Numbers) -> Numbers:
        """A table with the least cost, in which no cell is beyond all bounds.

        Raises
        ------
        ContradictionError
            When nothing fits.
        """
        within = np.column_stack([self.bounds[:, 0], np.minimum(self.bounds[:, 1], FAR)])
        found = linprog(  # type: ignore[call-overload]
            cost, self.less, self.less_than, self.equal, self.equal_to, bounds=within, method="highs"
        )
        if found.status != 0:
            raise ContradictionError("the claims contradict each other: no table fits them all")
        return np.asarray(found.x, dtype=np.float64)

    def _solve(self, cost: Numbers) -> tuple[int, float]:
        """Status (0 solved, 3 unbounded, 4 unbounded or infeasible) and the least value."""
        found = linprog(  # type: ignore[call-overload]  # sparse rows are taken by HiGHS, not yet by the type stubs
            cost, self.less, self.less_than, self.equal, self.equal_to, bounds=self.bounds, method="highs"
        )
        return found.status, math.nan if found.fun is None else float(found.fun)


class _System:
    """The claims as a linear program: claims on one cell become bounds, all others rows.

    What a cell can be hangs only on the cells that are tied to it, directly or through others, so each such part is a
    program of its own.
    """

    def __init__(self, claims: Sequence[LinearClaim]) -> None:
        names = dict.fromkeys(name for claim in claims for name, _ in claim.terms)
        self._index = {name: position for position, name in enumerate(names)}
        bounds: Numbers = np.tile([0.0, np.inf], (len(names), 1))
        equal: list[LinearClaim] = []
        between: list[LinearClaim] = []
        for claim in claims:
            if len(claim.terms) == 1 and claim.terms[0][1] == 1:
                bound = bounds[self._index[claim.terms[0][0]]]
                bound[:] = max(bound[0], claim.low), min(bound[1], claim.high)
            else:
                (equal if claim.low == claim.high else between).append(claim)
        rows, low, high = self._rows(between), _ends(c.low for c in between), _ends(c.high for c in between)
        above, below = np.isfinite(high), np.isfinite(low)
        if (bounds[:, 0] > bounds[:, 1]).any():
            raise ContradictionError("the claims contradict each other: no table fits them all")
        self._whole = _Program(
            self._rows(equal),
            _ends(c.low for c in equal),
            csr_array(vstack([rows[above], -rows[below]])),
            np.concatenate([high[above], -low[below]]),
            bounds,
        )
        self._whole.least(np.zeros(len(names)))  # something fits all of it, or nothing can be said of any part
        self._number = self._whole.parts()
        self._parts: dict[int, tuple[NDArray[np.intp], _Program]] = {}

    def table(self, asked: Sequence[str], sign: float, cells: Sequence[str]) -> Numbers:
        """Values of `cells` in a table in which those that are asked for are, times `sign`, together least."""
        cost = np.zeros(len(self._index))
        cost[[self._index[cell] for cell in asked]] = sign
        return self._whole.solution(cost)[[self._index[cell] for cell in cells]]

    def least(self, cell: str, sign: float) -> float:
        """Least value of `sign` times the cell."""
        if cell not in self._index:
            raise ValueError(f"no claim mentions {cell}")
        position = self._index[cell]
        number = int(self._number[position])
        if number not in self._parts:
            cells = np.flatnonzero(self._number == number)
            self._parts[number] = cells, self._whole.part(cells)
        cells, program = self._parts[number]
        return program.least(np.where(cells == position, sign, 0.0))

    def _rows(self, claims: Sequence[LinearClaim]) -> csr_array:
        terms = [(row, self._index[name], value) for row, claim in enumerate(claims) for name, value in claim.terms]
        row, column, value = np.array(terms, dtype=np.float64).reshape(-1, 3).T
        shape = (len(claims), len(self._index))
        return csr_array((value, (row.astype(np.int64), column.astype(np.int64))), shape=shape)


def _ends(values: Iterable[float]) -> Numbers:
    return np.array(list(values), dtype=np.float64)
