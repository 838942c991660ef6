"""Protected copies of how long trajectories last by group."""

from __future__ import annotations

from dataclasses import replace
from math import floor, log10

import pandas as pd

from evaluation.disclosure.cells import order_of
from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, protect
from evaluation.disclosure.protected.curves import (
    nothing_of,
    shown_months,
    shown_points,
    survival_support,
    without_counts,
)
from evaluation.disclosure.protected.estimates import withheld
from evaluation.disclosure.protected.names import CODE, OTHER, Cells
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.rules import DisclosureRules
from evaluation.disclosure.tabulation import Relation
from evaluation.evidence import SUPPRESSED, Count
from evaluation.evidence import Estimate as ShownEstimate
from evaluation.measures.kaplan_meier import Estimated
from evaluation.measures.survival_groups import LengthByGroup, LogRank

ESTIMATES = ("median", "restricted", "difference")


@protect.register
def _(result: LengthByGroup, guard: Guard) -> LengthByGroup:
    frame = result.frame
    gathered = gathered_groups(dict(zip(frame["group"], frame["n"], strict=True)), guard.rules)
    counts = {
        str(row["group"]): (exact(row["n"]), exact(row["ended"]))
        for row in frame[~frame["group"].isin(gathered)].to_dict("records")
    }
    if gathered:
        few = frame[frame["group"].isin(gathered)]
        counts[OTHER] = int(few["n"].sum()), int(few["ended"].sum())
    shown = _published(result, counts, gathered, guard)
    largest = frame["group"].iloc[0] if len(frame) else None
    # The differences are with the largest group, which stands first; the order of the others must tell nothing.
    order = sorted(counts, key=lambda group: (group != largest, -order_of(shown[group][0]), group))
    rows = [
        {"group": group, "n": shown[group][0], "ended": shown[group][1], **_estimates(result, group, gathered, guard)}
        for group in order
    ]
    return replace(
        result,
        frame=pd.DataFrame(rows, columns=list(frame.columns), dtype=object),
        curves=_curves(result, [group for group in counts if group != OTHER], guard.rules),
        log_rank=_log_rank(result.log_rank, result, guard.rules),
        original_log_rank=_original_log_rank(result, guard.rules),
        n_transferred=SUPPRESSED,
    )


def gathered_groups(sizes: dict[str, int], rules: DisclosureRules) -> frozenset[str]:
    """Return the groups that go under one name: those whose own name is no code, and those with few people.

    Parameters
    ----------
    sizes
        Number of units by name of the group.
    rules
        The rules in force.
    """
    named = {group for group in sizes if group and CODE.fullmatch(group) is None}
    few = {group for group, n in sizes.items() if n < rules.minimum_cell}
    together = named | few
    # One small group alone would keep its size under another name; its number is suppressed instead.
    return frozenset() if len(together) == 1 and not named else frozenset(together)


def _published(
    result: LengthByGroup, counts: dict[str, tuple[int, int]], gathered: frozenset[str], guard: Guard
) -> dict[str, tuple[Count, Count]]:
    """Publish the numbers per group: those observed, which either ended or run, and those that ended."""
    name = Cells(result.since, result.reference_date)
    totals = (name.handled(), name.period("ended"), name.stock())
    n, ended = (sum(pair[i] for pair in counts.values()) for i in (0, 1))
    asked: dict[CountCell, int] = dict(zip(totals, (n, ended, n - ended), strict=True))
    cells: dict[str, tuple[CountCell, CountCell, CountCell]] = {}
    relations: list[Relation] = [(totals[0], totals[1:])]
    for group, (n, ended) in counts.items():
        # What is gathered differs between chapters, so its name says what is in it.
        called = f"{OTHER}:{'+'.join(sorted(gathered))}" if group == OTHER else group
        own = tuple(cell._replace(dimension=result.grouping, group=called) for cell in totals)
        cells[group] = own[0], own[1], own[2]
        asked |= dict(zip(own, (n, ended, n - ended), strict=True))
        relations.append((own[0], own[1:]))
    if cells:
        relations += [(total, tuple(own[i] for own in cells.values())) for i, total in enumerate(totals)]
    shown = guard.publish(asked, relations, public=set(totals))
    return {group: (shown[own[0]], shown[own[1]]) for group, own in cells.items()}


def _estimates(result: LengthByGroup, group: str, gathered: frozenset[str], guard: Guard) -> dict[str, ShownEstimate]:
    """Estimates of one group; of gathered ones there are none, for a median is no sum."""
    rules = guard.rules
    if group == OTHER:
        return {f"{name}_{part}": SUPPRESSED for name in ESTIMATES for part in ("months", "low", "high")}
    row = result.frame[result.frame["group"] == group].iloc[0]
    raw = {name: _estimated(row, name) for name in ESTIMATES}
    support = survival_support(result.curves[result.curves["group"] == group])
    median = support.age(raw["median"], rules)
    restricted = support.mean(raw["restricted"], result.horizon_months, rules)
    compared = isinstance(restricted.value, float) and _reference_shown(result, gathered, rules)
    parts = (raw["difference"].value, raw["difference"].low, raw["difference"].high)
    difference = Estimated(*map(shown_months, parts)) if compared else nothing_of(raw["difference"])
    columns: dict[str, ShownEstimate] = {}
    for name, estimate in zip(ESTIMATES, (median, restricted, difference), strict=True):
        columns |= {f"{name}_months": estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    return columns


def _reference_shown(result: LengthByGroup, gathered: frozenset[str], rules: DisclosureRules) -> bool:
    """Whether the largest group may be compared with: it has a name and a restricted mean that may be shown."""
    largest = result.frame.iloc[0]
    support = survival_support(result.curves[result.curves["group"] == largest["group"]])
    return largest["group"] not in gathered and support.allows(result.horizon_months, rules)


def _estimated(row: pd.Series[float], name: str) -> Estimated:
    values = (row[f"{name}_{part}"] for part in ("months", "low", "high"))
    return Estimated(*(None if pd.isna(value) else float(value) for value in values))


def _curves(result: LengthByGroup, groups: list[str], rules: DisclosureRules) -> pd.DataFrame:
    """Curves of the groups that have a name; their numbers at risk are shown nowhere."""
    curves = []
    for group in groups:
        frame = result.curves[result.curves["group"] == group].reset_index(drop=True)
        if len(frame):
            points, _steps = shown_points(frame, "survival", survival_support(frame), rules)
            curves.append(without_counts(points))
    return pd.concat(curves, ignore_index=True) if curves else result.curves.iloc[:0]


def _original_log_rank(result: LengthByGroup, rules: DisclosureRules) -> LogRank | None:
    """The test on the other clock; withheld also where that moves only a few trajectories."""
    test = result.original_log_rank
    if test is None:
        return None
    if exact(result.n_transferred) < rules.minimum_cell:
        return LogRank(withheld(test.chi_square), None, withheld(test.p_value))
    return _log_rank(test, result, rules)


def _log_rank(test: LogRank, result: LengthByGroup, rules: DisclosureRules) -> LogRank:
    """A test, in two digits; withheld unless two groups at least have enough people and enough ends."""
    frame = result.frame
    large = (frame["n"] >= rules.minimum_cell) & (frame["ended"] >= rules.minimum_cell)
    if large.sum() < 2:
        return LogRank(withheld(test.chi_square), None, withheld(test.p_value))
    return LogRank(_two_digits(test.chi_square), test.degrees, _two_digits(test.p_value))


def _two_digits(value: ShownEstimate) -> ShownEstimate:
    if not isinstance(value, float) or value == 0:
        return value
    return round(value, 1 - floor(log10(abs(value))))
