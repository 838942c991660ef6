"""Protected copies of the share within a norm by team and by time of entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import protect
from evaluation.disclosure.protected.clocks import ClockCells
from evaluation.disclosure.protected.curves import shown_share
from evaluation.disclosure.protected.fallback import published
from evaluation.disclosure.protected.length_groups import gathered_groups
from evaluation.disclosure.protected.names import OTHER
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.rules import DisclosureRules
from evaluation.disclosure.tabulation import Relation
from evaluation.evidence import SUPPRESSED, Count, Estimate, Mark
from evaluation.measures.clocks import REACHED
from evaluation.measures.kaplan_meier import LEVEL
from evaluation.measures.shares import UNKNOWN, share_of
from evaluation.measures.waiting import WILSON
from evaluation.measures.waiting_groups import TEAM, WaitingByGroup

INTERVAL = ("share", "ci_low", "ci_high")


@protect.register
def _(result: WaitingByGroup, guard: Guard) -> WaitingByGroup:
    cells = ClockCells(result.clock)
    whole, inside = cells.sum("n"), cells.within(REACHED, result.norm)
    shown_n = cells.publish(guard)["n"]
    shown_inside = cells.publish_within(guard, [result.norm])[REACHED, result.norm.id]
    frame, gathered = _gathered(result, guard.rules)
    groups, total = frame.iloc[:-1], frame.iloc[-1]
    outside = whole._replace(kind=f"{whole.kind} less {inside.kind}")
    counts = {whole: int(total["n"]), inside: int(total["reached"])}
    counts[outside] = counts[whole] - counts[inside]
    relations: list[Relation] = [(whole, (inside, outside))]
    parts: list[tuple[CountCell, CountCell, CountCell]] = []
    for row in groups.to_dict("records"):
        name = f"{OTHER}:{'+'.join(gathered)}" if gathered and row["group"] == OTHER else str(row["group"])
        own = [cell._replace(dimension=result.grouping, group=name) for cell in (whole, inside, outside)]
        parts.append((own[0], own[1], own[2]))
        counts |= {own[0]: int(row["n"]), own[1]: int(row["reached"]), own[2]: int(row["n"] - row["reached"])}
        relations.append((own[0], (own[1], own[2])))
    if parts:
        relations += [(cell, tuple(own[at] for own in parts)) for at, cell in enumerate((whole, inside, outside))]
    shown = published(guard, counts, relations, whole=None, public={whole, inside})
    values: list[tuple[Count, Count, Count]] = [(shown[n], shown[k], shown[rest]) for n, k, rest in parts]
    values.append((shown_n, shown_inside, shown[outside]))
    rows = [
        {"group": row["group"], "n": n, "reached": reached, **_share(row, (n, reached, rest), guard.rules)}
        for row, (n, reached, rest) in zip(frame.to_dict("records"), values, strict=True)
    ]
    shown_frame = pd.DataFrame(rows, columns=[*frame.columns[:3], *INTERVAL], dtype=object)
    # Whether the exact intervals overlap tells of nobody; the rounded ones would answer another question.
    return replace(result, frame=shown_frame.assign(method=frame["method"].to_numpy()), clock=None)


def _gathered(result: WaitingByGroup, rules: DisclosureRules) -> tuple[pd.DataFrame, list[str]]:
    """Gather teams with few requests, or whose name is no code; a month or quarter keeps its name."""
    frame = result.frame
    groups, whole = frame.iloc[:-1], frame.iloc[-1:]
    if result.grouping != TEAM:
        return frame, []
    sizes = {str(group): int(n) for group, n in zip(groups["group"], groups["n"], strict=True) if group != UNKNOWN}
    together = gathered_groups(sizes, rules)
    if not together:
        return frame, []
    few = groups["group"].isin(together)
    summed = groups.loc[few, ["n", "reached"]].sum().to_dict()
    methods = set(groups.loc[few, "method"])
    other = pd.DataFrame([{"group": OTHER, **summed, "method": methods.pop() if len(methods) == 1 else ""}])
    return pd.concat([groups[~few], other, whole], ignore_index=True)[list(frame.columns)], sorted(together)


def _share(row: Mapping[Any, Any], counts: Sequence[Count], rules: DisclosureRules) -> dict[str, Estimate]:
    """A proportion by its counts as shown; an estimate rounded as coarsely as its counts are."""
    n, reached = counts[:2]
    if row["method"] == WILSON:
        return dict(zip(INTERVAL, share_of(reached, n, LEVEL), strict=True))
    if isinstance(n, Mark) or any(isinstance(count, Mark) for count in counts) or row["group"] == OTHER:
        return dict.fromkeys(INTERVAL, SUPPRESSED)
    known = {name: None if pd.isna(row[name]) else float(row[name]) for name in INTERVAL}
    return {name: shown_share(value, float(n), rules) for name, value in known.items()}
