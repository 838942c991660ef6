"""Protected copies of shares, and of the account of the tables behind a chapter."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import protect
from evaluation.disclosure.protected.estimates import replaced
from evaluation.disclosure.protected.names import CODE, OTHER
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.rules import DisclosureRules
from evaluation.disclosure.suppression import SuppressionError
from evaluation.disclosure.tabulation import Relation
from evaluation.evidence import SUPPRESSED
from evaluation.measures.availability import Availability
from evaluation.measures.shares import Shares, with_shares

PARTS = ("count", "rest", "n_missing")


@protect.register
def _(result: Shares, guard: Guard) -> Shares:
    frame, gathered = _gathered(result, guard.rules)
    other = f"{OTHER}:{'+'.join(gathered)}"
    day, since = str(result.reference_date), str(result.since or "")
    counts: dict[CountCell, int] = {}
    relations: list[Relation] = []
    cells = []
    for row in frame.to_dict("records"):
        group = other if gathered and row["group"] == OTHER else str(row["group"])
        own = {
            name: CountCell(f"{result.of}:{kind}", since, day, day, result.dimension if group else "", group)
            for name, kind in (
                ("count", result.kind),
                ("rest", f"not {result.kind}"),
                ("n", "known"),
                ("n_missing", f"unknown whether {result.kind}"),
            )
        }
        values = {**row, "rest": row["n"] - row["count"]}
        counts.update({cell: int(values[name]) for name, cell in own.items()})
        relations.append((own["n"], (own["count"], own["rest"])))
        cells.append(own)
    if len(cells) > 1:
        relations += [(cells[-1][name], tuple(own[name] for own in cells[:-1])) for name in (*PARTS, "n")]
    try:
        shown = guard.publish(counts, relations)
    except SuppressionError:
        # What is known of the whole leaves the groups too little room: nothing is shown but the whole.
        whole = {cell: counts[cell] for cell in cells[-1].values()}
        shown = {**dict.fromkeys(counts, SUPPRESSED), **guard.publish(whole, relations[len(cells) - 1 : len(cells)])}
    columns = {name: [shown[own[name]] for own in cells] for name in ("count", "n", "n_missing")}
    # The share is that of the counts as they are shown: it tells nothing that they do not tell.
    return replace(result, frame=with_shares(replaced(frame, columns), result.level))


def _gathered(result: Shares, rules: DisclosureRules) -> tuple[pd.DataFrame, list[str]]:
    """Gather groups that are no codes, and those with few units, under one name that says nothing."""
    frame = result.frame
    groups, whole = frame.iloc[:-1], frame.iloc[-1:]
    few = groups["n"] < rules.minimum_cell
    named = [group not in result.names and CODE.fullmatch(str(group)) is None for group in groups["group"]]
    gathered = few | pd.Series(named, index=groups.index, dtype=bool)
    if gathered.sum() == 0 or (gathered.sum() == 1 and not any(named)):
        return frame, []
    kept = groups.groupby(groups["group"].where(~gathered, OTHER), sort=False)[["count", "n", "n_missing"]].sum()
    return pd.concat([kept.reset_index(), whole], ignore_index=True), sorted(groups["group"][gathered])


@protect.register
def _(result: Availability, guard: Guard) -> Availability:
    day = str(result.reference_date)
    cells = [CountCell("rows", "", day, day, "table", str(table)) for table in result.frame["table"]]
    # Rows of different tables do not add up to anything, so each is judged on its own.
    shown = [guard.publish({cell: int(rows)})[cell] for cell, rows in zip(cells, result.frame["rows"], strict=True)]
    return replace(result, frame=replaced(result.frame, {"rows": shown}))
