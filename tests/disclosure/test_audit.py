"""The attacker's arithmetic, against worked examples and against trying every table."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.disclosure.audit import (
    ContradictionError,
    Kind,
    LinearClaim,
    TableClaim,
    audit,
    balance,
    certainly_possible,
    change,
    dot,
    feasible_intervals,
    required_intervals,
    shown_value,
    tied_claims,
    without_corrections,
)
from evaluation.disclosure.cells import Shown
from evaluation.disclosure.rules import default_rules
from evaluation.evidence import MISSING, SUPPRESSED

RULES = default_rules()
LENIENT = replace(RULES, attacker_knows_small=False)


def row(name: str, base: int = 1, small: str = "", **cells: Shown) -> TableClaim:
    """A one-way table: every cell but ``total`` is a part of it; the cells named in `small` hide small counts."""
    parts = tuple((label,) for label in cells if label != "total")
    shown = {(label,): value for label, value in cells.items()}
    return TableClaim(name, shown, ((("total",), parts),), frozenset((label,) for label in small.split()), base)


def intervals(table: TableClaim, rules: object = RULES) -> dict[str, tuple[float, float]]:
    """Ends of the feasible interval of every dot, by label."""
    found = feasible_intervals(table.claims(rules))  # type: ignore[arg-type]
    return {cell.split(" / ")[1]: (low, high) for cell, low, high, _ in found.itertuples(index=False)}


def test_a_single_dot_is_total_minus_the_rest() -> None:
    table = row("t", a=SUPPRESSED, b=20, c=30, total=53, small="a")
    assert intervals(table) == {"a": (53 - 20 - 30, 53 - 20 - 30)}
    report = audit(table.claims(RULES), table.protected, RULES)
    assert report.findings == ("t / a: is exactly 3; 1 to 9 must stay possible",)
    assert not report.passes


def test_two_dots_hide_each_other() -> None:
    # a + b = 23; a is known to be at most 9, so b is 14 to 22.
    table = row("t", a=SUPPRESSED, b=SUPPRESSED, c=30, total=53, small="a")
    assert intervals(table) == {"a": (1, 9), "b": (14, 22)}
    assert audit(table.claims(RULES), table.protected, RULES).passes


def test_two_small_dots_do_not_hide_each_other_from_who_recognises_them() -> None:
    # a + b = 15, both at most 9: each is at least 6. Who takes a dot for any count finds 1 to 14.
    table = row("t", a=SUPPRESSED, b=SUPPRESSED, c=30, total=45, small="a b")
    assert intervals(table) == {"a": (6, 9), "b": (6, 9)}
    assert audit(table.claims(RULES), table.protected, RULES).findings == (
        "t / a: lies between 6 and 9; 1 to 9 must stay possible",
        "t / b: lies between 6 and 9; 1 to 9 must stay possible",
    )
    assert intervals(table, LENIENT) == {"a": (1, 14), "b": (1, 14)}
    assert audit(table.claims(LENIENT), table.protected, LENIENT).passes


@pytest.mark.parametrize(("total", "passes"), [(9, False), (10, True)])
def test_interval_at_the_boundary(total: int, passes: bool) -> None:
    # a + b = total with b at least 1: a is at most total - 1, and 9 must stay possible.
    table = row("t", a=SUPPRESSED, b=SUPPRESSED, total=total, small="a")
    assert audit(table.claims(LENIENT), table.protected, LENIENT).passes is passes


def test_rounding_widens_what_is_known() -> None:
    # b is 18 to 22, c is 28 to 32, total is 53 to 57: a is from 53 - 54, so 1, up to 57 - 46 = 11, cut at 9.
    table = row("t", base=5, a=SUPPRESSED, b=20, c=30, total=55, small="a")
    assert intervals(table) == {"a": (1, 9)}
    assert intervals(table, LENIENT) == {"a": (1, 57 - 18 - 28)}


def test_rounding_alone_does_not_hide_a_count_among_few_cells() -> None:
    # One other cell: b in 18..22, total in 28..32, so a is 28 - 22 = 6 at least.
    table = row("t", base=5, a=SUPPRESSED, b=20, total=30, small="a")
    assert intervals(table) == {"a": (6, 9)}
    assert not audit(table.claims(RULES), table.protected, RULES).passes


@pytest.mark.parametrize(
    ("value", "base", "low", "high"),
    [
        (0, 5, 0, 0),  # 1 and 2 would round to 0 but are suppressed
        (10, 5, 10, 12),  # 8 and 9 would round to 10 but are suppressed
        (15, 5, 13, 17),
        (10, 1, 10, 10),
        (7, 1, 7, 7),  # printed before there were rules
        (5, 5, 3, 7),
    ],
)
def test_counts_behind_a_shown_value(value: int, base: int, low: int, high: int) -> None:
    claim = shown_value("a", value, base, RULES)
    assert (claim.low, claim.high, claim.kind) == (low, high, Kind.ZERO if value == 0 else Kind.SHOWN)


def test_missing_cell_claims_nothing() -> None:
    # b is not known to the publisher either: a can be anything that its dot allows, and so can the total's rest.
    table = row("t", a=SUPPRESSED, b=MISSING, total=53, small="a")
    assert intervals(table) == {"a": (1, 9)}
    assert not audit(*without_missing(), RULES).passes


def without_missing() -> tuple[tuple[LinearClaim, ...], tuple[str, ...]]:
    """The same table when b is shown."""
    table = row("t", a=SUPPRESSED, b=50, total=53, small="a")
    return table.claims(RULES), table.protected


def test_nothing_known_means_no_upper_end() -> None:
    found = feasible_intervals([dot("a", math.inf), LinearClaim((("a", 1), ("b", -1)), 0, 0)], ["a", "b"])
    assert found.to_dict("list") == {
        "cell": ["a", "b"],
        "lower": [1, 1],
        "upper": [math.inf, math.inf],
        "width": [math.inf, math.inf],
    }


@pytest.mark.parametrize(
    "claims",
    [
        [dot("a", 9), LinearClaim((("a", 1.0),), 10, 12)],
        [dot("a", 9), dot("b", 9), LinearClaim((("a", 1), ("b", 1)), 19, 30)],
        [dot("a", math.inf), LinearClaim((("a", 1), ("b", -1)), 0, 0), LinearClaim((("b", 2.0),), 0, 1)],
    ],
)
def test_contradicting_claims_are_refused(claims: list[LinearClaim]) -> None:
    with pytest.raises(ValueError, match="contradict"):
        feasible_intervals(claims, ["a"])


def test_unknown_cell_and_empty_claim_are_refused() -> None:
    with pytest.raises(ValueError, match="no claim mentions z"):
        feasible_intervals([dot("a", 9)], ["z"])
    with pytest.raises(ValueError, match="low <= high"):
        LinearClaim((("a", 1.0),), 2, 1)


def test_required_interval_is_what_dots_and_zeros_leave_open() -> None:
    # The total of a, b and a zero is at least 2 (both parts are 1 or more) and at most 9; each part at most 9 - 1.
    table = row("t", a=SUPPRESSED, b=SUPPRESSED, c=0, total=SUPPRESSED, small="a b total")
    required = required_intervals(table.claims(RULES), table.protected, RULES)
    assert required.to_numpy().tolist() == [["t / a", 1, 8], ["t / b", 1, 8], ["t / total", 2, 9]]


def test_value_printed_before_the_rules_is_at_least_known_not_to_be_zero() -> None:
    # Without the printed 7, b is known to be 1 or more, so a is at most 9 - 1; with it at most 9 - 7.
    table = row("t", a=SUPPRESSED, b=7, total=SUPPRESSED, small="a total")
    assert audit(table.claims(RULES), [table.cell(("a",))], RULES).findings == (
        "t / a: lies between 1 and 2; 1 to 8 must stay possible",
    )


@pytest.mark.parametrize(
    ("earlier", "later", "base", "finding"),
    [
        (1273, 1650, 1, None),  # 377 more: not small
        (1273, 1283, 1, None),  # 10 more: at the minimum
        (1273, 1282, 1, "is exactly 9"),
        (1273, 1274, 1, "is exactly 1"),
        (1273, 1273, 1, None),  # nobody: a zero, and zeros are shown
        (40, 45, 5, None),  # 38..42 and 43..47: 1 to 9, which is what a dot says
        (40, 40, 5, "lies between 0 and 4"),  # both 38..42, and the count only grows
        (40, 55, 5, None),  # 53..57 less 38..42: at least 11
    ],
)
def test_difference_between_editions(earlier: int, later: int, base: int, finding: str | None) -> None:
    claims = [
        shown_value("2024 / started", earlier, base, RULES),
        shown_value("2025 / started", later, base, RULES),
        change("between", "2025 / started", "2024 / started"),
    ]
    report = audit(claims, ["between"], RULES)
    expected = () if finding is None else (f"between: {finding}; 1 to 9 must stay possible",)
    assert report.findings == expected


def test_a_dot_in_one_edition_is_opened_by_the_next() -> None:
    # 2025 hides a = 9 and b = 40 behind each other. In 2024 b was printed, and nobody joined b since: b is 40, a is 9.
    last = row("2025", a=SUPPRESSED, b=SUPPRESSED, total=49, small="a")
    before = row("2024", a=SUPPRESSED, b=40, total=MISSING, small="a")
    same = LinearClaim(((last.cell(("b",)), 1.0), (before.cell(("b",)), -1.0)), 0, 0)
    apart = audit(last.claims(RULES), last.protected, RULES)
    together = audit([*last.claims(RULES), *before.claims(RULES), same], last.protected, RULES)
    assert (apart.passes, together.passes) == (True, False)
    assert together.intervals[["lower", "upper"]].to_numpy().tolist() == [[9, 9]]


def test_stock_is_started_less_ended() -> None:
    claims = [
        shown_value("started", 100, 1, RULES),
        shown_value("ended", 97, 1, RULES),
        dot("stock", 9),
        balance("stock", "started", "ended"),
    ]
    assert audit(claims, ["stock"], RULES).findings == ("stock: is exactly 3; 1 to 9 must stay possible",)


@st.composite
def hidden_tables(draw: st.DrawFn) -> tuple[TableClaim, list[tuple[str, str]]]:
    """A 2 x 3 table with margins, some inner cells hidden, none of them recognised."""
    inner = list(itertools.product("ab", "xyz"))
    counts = {cell: draw(st.integers(1, 6)) for cell in inner}
    hidden = draw(st.lists(st.sampled_from(inner), min_size=1, max_size=5, unique=True))
    relations = [((r, "total"), tuple((r, c) for c in "xyz")) for r in "ab"]
    relations += [(("total", c), tuple((r, c) for r in "ab")) for c in "xyz"]
    shown: dict[tuple[str, ...], Shown] = {cell: SUPPRESSED if cell in hidden else counts[cell] for cell in inner}
    for total, parts in relations:
        shown[total] = sum(counts[part] for part in parts)  # type: ignore[index]
    return TableClaim("t", shown, relations), sorted(hidden)


@settings(max_examples=40)
@given(hidden_tables())
def test_intervals_are_those_of_trying_every_table(drawn: tuple[TableClaim, list[tuple[str, str]]]) -> None:
    table, hidden = drawn
    known = {cell: value for cell, value in table.cells.items() if cell not in hidden}
    highest = {cell: min(known[(cell[0], "total")], known[("total", cell[1])]) for cell in hidden}
    fits = []
    for values in itertools.product(*(range(1, int(highest[cell]) + 1) for cell in hidden)):  # type: ignore[arg-type]
        tried = {**known, **dict(zip(hidden, values, strict=True))}
        if all(tried[total] == sum(tried[part] for part in parts) for total, parts in table.relations):  # type: ignore[misc]
            fits.append(values)
    expected = [(min(column), max(column)) for column in zip(*fits, strict=True)]
    found = feasible_intervals(table.claims(RULES), [table.cell(cell) for cell in hidden])
    assert list(zip(found["lower"], found["upper"], strict=True)) == expected
    within = certainly_possible(table.claims(RULES), [table.cell(cell) for cell in hidden])
    for (lower, upper), (least, most) in zip(within.to_numpy(), expected, strict=True):
        assert least <= lower <= upper <= most


def test_growth_that_cannot_be_gives_way_and_the_rest_is_subtracted() -> None:
    growth = [change("new a", "a later", "a"), change("new b", "b later", "b")]
    counts = [("a", 40), ("a later", 30), ("b", 20), ("b later", 23)]
    claims = [*(shown_value(cell, count, 1, RULES) for cell, count in counts), *growth]
    with pytest.raises(ContradictionError):
        feasible_intervals(claims, ["new b"])
    kept = without_corrections(claims, growth)
    assert set(claims) - set(kept) == {growth[0]}
    assert feasible_intervals(kept, ["new b"])["lower"].tolist() == [3]
    assert growth[1] in tied_claims(kept, ["b"])
    assert all("a" not in claim.terms[0][0].split() for claim in tied_claims(kept, ["b"]))


def test_intervals_do_not_depend_on_the_order_of_the_claims() -> None:
    claims = list(row("t", a=SUPPRESSED, b=SUPPRESSED, c=30, total=53, small="a").claims(RULES))
    cells = ["t / a", "t / b"]
    pd.testing.assert_frame_equal(feasible_intervals(claims, cells), feasible_intervals(claims[::-1], cells))
