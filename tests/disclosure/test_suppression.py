"""Tables that cannot be undone, with as few dots as possible."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.disclosure import suppression
from evaluation.disclosure.audit import TableClaim, audit, feasible_intervals
from evaluation.disclosure.cells import Shown, is_small, round_to_base
from evaluation.disclosure.rules import DisclosureRules, default_rules
from evaluation.disclosure.suppression import ProtectedTable, SuppressionError, protect_table
from evaluation.evidence import SUPPRESSED, is_suppressed

RULES = default_rules()
LENIENT = replace(RULES, attacker_knows_small=False)
Counts = dict[tuple[str, ...], int]


def two_way(*rows: Sequence[int]) -> pd.DataFrame:
    """Rows a, b, c ... and columns u, v, w ... of a drawn table."""
    cells = [("abcdef"[i], "uvwxyz"[j], count) for i, row in enumerate(rows) for j, count in enumerate(row)]
    return pd.DataFrame(cells, columns=["r", "c", "n"])


def one_way(*counts: int) -> pd.DataFrame:
    """Cells a, b, c ..."""
    return pd.DataFrame({"r": list("abcdefgh")[: len(counts)], "n": counts})


def protect(frame: pd.DataFrame, rules: DisclosureRules = RULES) -> ProtectedTable:
    return protect_table(frame, rules, [name for name in frame.columns if name != "n"], "n")


def dots(table: ProtectedTable) -> set[str]:
    """Suppressed cells, as ``a/u``."""
    hidden = table.cells[table.cells["shown"].map(is_suppressed)]
    return {"/".join(labels) for labels in hidden[list(table.dimensions)].itertuples(index=False, name=None)}


def true_counts(frame: pd.DataFrame, table: ProtectedTable) -> Counts:
    """Every cell of the table, counted in the plainest way."""
    counts = {}
    for labels in table.cells[list(table.dimensions)].itertuples(index=False, name=None):
        rows = frame
        for name, label in zip(table.dimensions, labels, strict=True):
            rows = rows if label == "total" else rows[rows[name] == label]
        counts[labels] = int(rows["n"].sum())
    return counts


def exact(counts: Counts, hidden: set[tuple[str, ...]], relations: Sequence[suppression.Relation]) -> TableClaim:
    """The table as it would be with everything but the hidden cells published without rounding."""
    shown: dict[tuple[str, ...], Shown] = {cell: SUPPRESSED if cell in hidden else n for cell, n in counts.items()}
    return TableClaim("t", shown, relations, frozenset(cell for cell, n in counts.items() if is_small(n, RULES)))


def hidden_cells(table: ProtectedTable) -> set[tuple[str, ...]]:
    return {cell for cell, shown in table.claim("t").cells.items() if is_suppressed(shown)}


# Worked examples


def test_two_way_table_needs_a_rectangle() -> None:
    # Every row and column that has a dot needs a second one: 3 more at least, and a rectangle has 3.
    # The cheapest rectangle has the smallest counts: row b and column v.
    table = protect(two_way((3, 20, 30), (20, 30, 40), (30, 40, 50)))
    assert dots(table) == {"a/u", "a/v", "b/u", "b/v"}
    assert (table.n_primary, table.n_complementary, table.n_cells) == (1, 3, 16)


def test_zeros_leave_fewer_cells_to_suppress() -> None:
    # Alone in its row, 3 is also the row total: two primary dots. Column u and the column of totals need a second dot
    # each; those in one other row balance each other. No pattern without a margin exists, as the totals need one.
    table = protect(two_way((3, 0, 0), (20, 30, 40), (30, 40, 50)))
    assert dots(table) == {"a/u", "a/total", "b/u", "b/total"}
    assert (table.n_primary, table.n_complementary) == (2, 2)


def test_one_way_table_needs_one_more_and_takes_the_smallest() -> None:
    table = protect(one_way(50, 3, 30, 20))
    assert dots(table) == {"b", "d"}
    assert (table.n_primary, table.n_complementary) == (1, 1)


def test_two_small_cells_need_a_third_only_when_they_are_recognised() -> None:
    # 7 + 8 = 15: who knows that both are at most 9 finds 6 to 9; who does not finds 1 to 14.
    assert dots(protect(one_way(7, 8, 40, 50))) == {"a", "b", "c"}
    assert dots(protect(one_way(7, 8, 40, 50), LENIENT)) == {"a", "b"}


def test_margin_is_suppressed_as_a_last_resort() -> None:
    # The total of 13 would give a = 13 - 10: b and the total are the only other cells, and b goes before the total.
    assert dots(protect(one_way(3, 10))) == {"a", "b"}
    # The only cell: the total is the same small count, both are hidden, nothing else is there.
    assert dots(protect(one_way(3))) == {"a", "total"}
    # 5 + 5: b is recognised as at most 9, so that a total of 10 would say 1 to 9 and is shown.
    assert dots(protect(one_way(5, 5))) == {"a", "b"}
    # 5 + 6 = 11: 2 to 9, so the total goes too.
    assert dots(protect(one_way(5, 6))) == {"a", "b", "total"}


@pytest.mark.parametrize(("count", "hidden"), [(9, {"a", "b"}), (10, set()), (0, set())])
def test_minimum_at_its_boundary(count: int, hidden: set[str]) -> None:
    table = protect(one_way(count, 20, 30))
    assert dots(table) == hidden
    assert table.method == ("pytauargus" if hidden else "none")


def test_totals_are_rounded_from_true_totals() -> None:
    # Three times 12 shows 10 + 10 + 10, and 36 shows 35.
    table = protect(one_way(12, 12, 12))
    assert list(table.cells["shown"]) == [10, 10, 10, 35]
    assert list(table.cells["is_margin"]) == [False, False, False, True]


def test_zero_is_shown_as_zero_and_an_absent_cell_is_a_zero() -> None:
    frame = two_way((0, 20), (30, 40))
    full = protect(frame)
    assert full.cells["shown"].tolist() == [0, 20, 20, 30, 40, 70, 30, 60, 90]
    pd.testing.assert_frame_equal(protect(frame[frame["n"] > 0]).cells, full.cells)


def test_three_way_table_needs_a_box() -> None:
    # One dot in 2 x 2 x 2 with all margins: every line in each of three directions needs a second dot, so all eight.
    counts = [3, 20, 30, 40, 50, 60, 70, 80]
    rows = [(*labels, n) for labels, n in zip(itertools.product("ab", "uv", "xy"), counts, strict=True)]
    table = protect(pd.DataFrame(rows, columns=["r", "c", "d", "n"]))
    inner = table.cells[~table.cells["is_margin"]]
    assert (table.n_primary, table.n_complementary, table.n_cells) == (1, 7, 27)
    assert inner["shown"].map(is_suppressed).all()
    claim = table.claim("t")
    assert audit(claim.claims(RULES), claim.protected, RULES).passes


def test_hierarchy_is_protected_within_its_parent() -> None:
    # Districts: a and b make north, c and d make south. a = 3 is also north - b, so the partner must be b, though c and
    # d are smaller; north itself stays.
    frame = one_way(3, 60, 20, 30)
    parents = {"r": {"a": "north", "b": "north", "c": "south", "d": "south"}}
    table = protect_table(frame, RULES, ["r"], "n", parents)
    assert dots(table) == {"a", "b"}
    shown = table.cells.set_index("r")["shown"]
    assert (shown["north"], shown["south"], shown["total"]) == (65, 50, 115)
    # Without the hierarchy the smallest partner is c.
    assert dots(protect(frame)) == {"a", "c"}


def test_hierarchy_of_two_levels_crossed_with_a_second_dimension() -> None:
    frame = two_way((3, 20), (40, 50), (60, 70), (80, 90))
    parents = {"r": {"a": "centre", "b": "centre", "c": "edge", "d": "edge", "centre": "city"}}
    table = protect_table(frame, RULES, ["r", "c"], "n", parents)
    # Rows a..d, centre, edge, city, total; columns u, v, total.
    assert table.n_cells == 8 * 3
    assert dots(table) == {"a/u", "a/v", "b/u", "b/v"}
    # city holds centre only, so its cells repeat those of centre.
    shown = table.cells.set_index(["r", "c"])["shown"]
    assert shown["city", "u"] == shown["centre", "u"] == round_to_base(3 + 40, 5)


# Refusals


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (one_way(3, 20).assign(n=[3, None]), "unknown categories or counts"),
        (one_way(3, 20).assign(r=["a", None]), "unknown categories or counts"),
        (one_way(3, 20).assign(n=[3, -1]), "whole numbers"),
        (one_way(3, 20).assign(n=[3, 20.5]), "whole numbers"),
        (one_way(3, 20).assign(r=["a", "total"]), "may be called 'total'"),
    ],
)
def test_tables_that_cannot_be_protected(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        protect(frame)


@pytest.mark.parametrize(
    ("parents", "message"),
    [({"a": "b"}, "counts of its own"), ({"a": "x", "x": "y", "y": "x"}, "circle")],
)
def test_hierarchies_that_make_no_sense(parents: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        protect_table(one_way(3, 20), RULES, ["r"], "n", {"r": parents})


def test_four_dimensions_are_refused() -> None:
    frame = one_way(3).assign(s="x", t="x", u="x")
    with pytest.raises(ValueError, match="one to three dimensions"):
        protect(frame)


# Properties

COUNTS = st.one_of(st.just(0), st.integers(1, 9), st.integers(10, 60), st.integers(10, 60))


@st.composite
def tables(draw: st.DrawFn, rows: int = 6, columns: int = 4) -> pd.DataFrame:
    """A two-way table of at most the given size."""
    width = draw(st.integers(2, columns))
    return two_way(*draw(st.lists(st.tuples(*[COUNTS] * width), min_size=2, max_size=rows)))


@settings(max_examples=20)
@given(frame=tables(), rules=st.sampled_from([RULES, LENIENT]))
def test_no_protected_table_can_be_undone(frame: pd.DataFrame, rules: DisclosureRules) -> None:
    table = protect(frame, rules)
    counts, hidden, shown = true_counts(frame, table), hidden_cells(table), table.claim("t").cells
    assert {cell for cell, n in counts.items() if 0 < n < 10} <= hidden
    assert all(shown[cell] == round_to_base(n, 5) for cell, n in counts.items() if cell not in hidden)
    assert table.n_primary + table.n_complementary == len(hidden)
    # Safe as rounded, and safe even if everything shown became known exactly.
    for claim in (table.claim("t"), exact(counts, hidden, table.relations)):
        assert audit(claim.claims(rules), claim.protected, rules).findings == ()


@settings(max_examples=10)
@given(frame=tables())
def test_no_further_dot_is_for_nothing(frame: pd.DataFrame) -> None:
    # A further cell that can be computed anyhow could as well be shown: the pattern would not be the smallest.
    table = protect(frame)
    counts, hidden = true_counts(frame, table), hidden_cells(table)
    claim = exact(counts, hidden, table.relations)
    further = [claim.cell(cell) for cell in hidden if counts[cell] >= 10]
    assert (feasible_intervals(claim.claims(RULES), further)["width"] > 0).all()


@settings(max_examples=10)
@given(frame=tables())
def test_a_lonely_dot_is_found_by_the_audit(frame: pd.DataFrame) -> None:
    # Only the first inner cell is hidden, whatever it holds from 1 to 9: its row gives it away.
    frame.loc[0, "n"] = small = 1 + int(frame.loc[0, "n"]) % 9
    frame.loc[1:, "n"] = frame.loc[1:, "n"].clip(lower=10)
    table = protect(frame)
    claim = exact(true_counts(frame, table), {("a", "u")}, table.relations)
    report = audit(claim.claims(RULES), claim.protected, RULES)
    assert report.findings == (f"t / a / u: is exactly {small}; 1 to 9 must stay possible",)


@settings(max_examples=6)
@given(frame=tables(rows=4), order=st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(frame: pd.DataFrame, order: object) -> None:
    positions = list(range(len(frame)))
    order.shuffle(positions)  # type: ignore[attr-defined]
    pd.testing.assert_frame_equal(protect(frame.iloc[positions]).cells, protect(frame).cells)


# Fewest dots, against trying every pattern


def fewest(counts: Counts, relations: Sequence[suppression.Relation], rules: DisclosureRules) -> tuple[int, int]:
    """Fewest (margins, cells) in addition to the small ones, by trying patterns from the cheapest on."""
    small = {cell for cell, n in counts.items() if 0 < n < 10}
    inner = [cell for cell, n in counts.items() if n >= 10 and "total" not in cell]
    margins = [cell for cell, n in counts.items() if n >= 10 and "total" in cell]
    for n_margins in range(len(margins) + 1):
        for n_inner in range(len(inner) + 1):
            for chosen in itertools.product(
                itertools.combinations(margins, n_margins), itertools.combinations(inner, n_inner)
            ):
                hidden = small.union(*chosen)
                # A relation with one dot is undone by subtraction: no need for a linear program.
                if any(len(hidden & {total, *parts} - zeros(counts)) == 1 for total, parts in relations):
                    continue
                claim = exact(counts, hidden, relations)
                if audit(claim.claims(rules), claim.protected, rules).passes:
                    return n_margins, n_margins + n_inner
    raise AssertionError("hiding everything protects everything")


def zeros(counts: Counts) -> set[tuple[str, ...]]:
    return {cell for cell, n in counts.items() if n == 0}


@pytest.mark.parametrize(
    "rows",
    [
        [(3, 20, 30), (20, 30, 40), (30, 40, 50)],
        [(3, 20, 30), (20, 4, 40), (30, 40, 50)],
        [(3, 4, 30), (20, 30, 40), (30, 40, 50)],
        [(9, 9, 30), (20, 9, 40), (30, 40, 50)],
        [(3, 12, 30), (11, 10, 40), (0, 40, 50)],
        [(3, 0, 0), (20, 30, 40), (30, 40, 50)],
        [(1, 0, 30), (0, 30, 40), (30, 40, 0)],
        [(3, 20, 30, 10), (10, 11, 12, 13)],
        [(3, 4, 30, 10), (10, 11, 12, 13)],
        [(3, 20, 30, 10), (10, 6, 12, 13)],
        [(0, 20, 3, 10), (10, 6, 0, 13)],
        [(5, 11), (12, 13)],
    ],
)
@pytest.mark.parametrize("rules", [RULES, LENIENT], ids=["recognised", "any count"])
@pytest.mark.parametrize("solver", ["pytauargus", "cuts"])
def test_fewest_dots(
    rows: list[tuple[int, ...]], rules: DisclosureRules, solver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if solver == "cuts":
        monkeypatch.setattr(suppression, "_by_pytauargus", lambda _: None)
    frame = two_way(*rows)
    table = protect(frame, rules)
    counts = true_counts(frame, table)
    further = {cell for cell in hidden_cells(table) if counts[cell] >= 10}
    assert table.method == solver
    assert (sum("total" in cell for cell in further), len(further)) == fewest(counts, table.relations, rules)


def test_both_solvers_find_the_optimum_of_a_table_that_heuristics_miss(monkeypatch: pytest.MonkeyPatch) -> None:
    # Without a time limit, tau-Argus stops at 8 dots here: see SOLVER_MINUTES.
    frame = two_way(
        (8, 0, 50, 40), (37, 0, 0, 7), (53, 24, 4, 43), (40, 59, 44, 44), (16, 36, 34, 56), (38, 39, 29, 21)
    )
    by_argus = protect(frame)
    monkeypatch.setattr(suppression, "_by_pytauargus", lambda _: None)
    by_cuts = protect(frame)
    assert (by_argus.method, by_cuts.method) == ("pytauargus", "cuts")
    assert dots(by_argus) == dots(by_cuts)
    assert (by_argus.n_primary, by_argus.n_complementary) == (3, 4)


@settings(max_examples=25)
@given(frame=tables(), rules=st.sampled_from([RULES, LENIENT]))
def test_two_solvers_agree_on_the_price(frame: pd.DataFrame, rules: DisclosureRules) -> None:
    by_argus = protect(frame, rules)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suppression, "_by_pytauargus", lambda _: None)
        by_cuts = protect(frame, rules)
    # Not the same cells: the last tie is broken by rank, and equal counts leave the rank open.
    prices = {
        (sum("total" in cell for cell in hidden_cells(table)), table.n_complementary) for table in (by_argus, by_cuts)
    }
    assert len(prices) == 1


# The solvers, the audit as their judge, and what they leave behind


def test_audit_overrules_a_solver_that_hides_too_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suppression, "_by_pytauargus", lambda problem: problem.small)
    table = protect(one_way(50, 3, 30, 20))
    assert (table.method, dots(table)) == ("cuts", {"b", "d"})


def test_of_a_table_that_no_solver_protects_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suppression, "_by_pytauargus", lambda _: None)
    monkeypatch.setattr(suppression, "_by_cuts", lambda problem: problem.small)
    table = protect(one_way(50, 3, 30, 20))
    assert table.method == "everything"
    assert all(is_suppressed(value) for value in table.cells["shown"])


def test_a_small_count_that_follows_from_what_is_public_is_refused() -> None:
    # 103 are known in all, and 50, 30 and 20 of them: the last 3 cannot be hidden any more.
    cells = {(name,): n for name, n in (("a", 50), ("b", 3), ("c", 30), ("d", 20), ("total", 103))}
    relation = (("total",), (("a",), ("b",), ("c",), ("d",)))
    with pytest.raises(SuppressionError, match="do not show it"):
        suppression.suppress(cells, [relation], RULES, public=cells.keys() - {("b",)})
    assert suppression.suppress(cells, [relation], RULES, public={("total",)})[0] == {("b",), ("d",)}


def test_solver_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert protect(two_way((3, 20, 30), (20, 30, 40), (30, 40, 50))).method == "pytauargus"
    assert list(tmp_path.iterdir()) == []


def test_protected_table_holds_no_hidden_count() -> None:
    # 7 is the only small count, and 23 its partner: neither may be found anywhere in the result.
    table = protect(one_way(7, 23, 40, 50))
    assert not any(number in repr(table) + table.cells.to_csv() for number in ("7", "23"))
    assert dots(table) == {"a", "b"}
