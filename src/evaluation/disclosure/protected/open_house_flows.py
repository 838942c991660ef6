"""Protected copies of the coverage by BJH and of the states of the clients of Open House."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, protect
from evaluation.disclosure.protected.estimates import replaced
from evaluation.disclosure.protected.open_house import CLIENTS, TRAJECTORIES, cell_of, published
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.suppression import SuppressionError
from evaluation.disclosure.tabulation import Relation
from evaluation.evidence import SUPPRESSED, Count
from evaluation.measures.open_house_coverage import COUNTS, Coverage, with_coverage
from evaluation.measures.open_house_transitions import STATES, Transitions, with_occupation


@protect.register
def _(result: Coverage, guard: Guard) -> Coverage:
    day, rows = result.reference_date, []
    for row in result.frame.to_dict("records"):
        if row["both"] is None:
            rows.append(dict.fromkeys(COUNTS))
            continue
        cells = {name: cell_of(name, row["month"], day) for name in (*COUNTS, CLIENTS, "bjh_clients")}
        clients = {CLIENTS: row["only_open_house"] + row["both"], "bjh_clients": row["both"] + row["only_bjh"]}
        counts = {cells[name]: exact(value) for name, value in ({name: row[name] for name in COUNTS} | clients).items()}
        relations: list[Relation] = [
            (cells[CLIENTS], (cells["only_open_house"], cells["both"])),
            (cells["bjh_clients"], (cells["both"], cells["only_bjh"])),
        ]
        fewer = {cell: counts[cell] for cell in (cells[TRAJECTORIES], cells["bjh_trajectories"])}
        pairs = [(cells[TRAJECTORIES], cells[CLIENTS]), (cells["bjh_trajectories"], cells["bjh_clients"])]
        shown = published(guard, [(counts, relations), (fewer, [])], pairs)
        rows.append({name: shown[cells[name]] for name in COUNTS})
    columns = {name: [row[name] for row in rows] for name in COUNTS}
    missing = cell_of("lines_without_client", result.frame["month"].iloc[-1], day) if len(result.frame) else None
    return replace(
        result,
        frame=with_coverage(replaced(result.frame[["month", *COUNTS]], columns)),
        n_missing=result.n_missing if missing is None else guard.publish({missing: exact(result.n_missing)})[missing],
    )


@protect.register
def _(result: Transitions, guard: Guard) -> Transitions:
    if result.n is None:
        return result
    day, states, steps = result.reference_date, result.states, result.steps
    whole = cell_of(CLIENTS, result.first, day)
    cohort = f"open_house_cohort_{result.first:%Y-%m}"
    nodes = {}
    for month, state in zip(states["month"], states["state"], strict=True):
        # In the first month the cohort are the clients of Open House, whose states the coverage shows as well.
        first = {"open_house": "only_open_house", "both": "both"}.get(state) if month == result.first else None
        end = str((month + pd.offsets.MonthEnd(0)).date())
        nodes[month, state] = cell_of(first, month, day) if first else CountCell(f"{cohort}:{state}", "", end, str(day))
    values = {whole: exact(result.n)}
    values |= {nodes[m, s]: int(n) for m, s, n in zip(states["month"], states["state"], states["clients"], strict=True)}
    months = list(dict.fromkeys(states["month"]))
    sums: list[Relation] = [(whole, tuple(nodes[month, state] for state in STATES)) for month in months]
    # The states come first: the many small moves must not take the large states with them.
    shown = published(guard, [(values, sums), ({whole: values[whole]}, [])])
    moves = {
        (month, a, b): CountCell(f"{cohort}:{a}>{b}", "", str((until + pd.offsets.MonthEnd(0)).date()), str(day))
        for month, until, a, b in steps[["month", "until", "origin", "destination"]].itertuples(index=False, name=None)
    }
    moved = dict(zip(moves.values(), map(int, steps["clients"]), strict=True))
    counts, relations = dict(values), list(sums)
    shown_moves: dict[CountCell, Count] = dict.fromkeys(moved, SUPPRESSED)
    for month, until in dict.fromkeys(zip(steps["month"], steps["until"], strict=True)):
        # Hidden states tie the half-years, so each joins all before it; one that cannot be hidden is left out.
        tied: list[Relation] = [(nodes[month, a], tuple(moves[month, a, b] for b in STATES)) for a in STATES]
        tied += [(nodes[until, b], tuple(moves[month, a, b] for a in STATES)) for b in STATES]
        own = {moves[month, a, b]: moved[moves[month, a, b]] for a in STATES for b in STATES}
        try:
            found = guard.publish(counts | own, [*relations, *tied])
        except SuppressionError:
            continue
        counts, relations = counts | own, [*relations, *tied]
        shown_moves |= {cell: found[cell] for cell in own}
    clients = [shown[nodes[month, state]] for month, state in zip(states["month"], states["state"], strict=True)]
    nodes_shown = replaced(states[["month", "state"]], {"clients": clients, "n": [shown[whole]] * len(states)})
    return replace(
        result,
        states=with_occupation(nodes_shown, result.level),
        steps=replaced(steps, {"clients": list(shown_moves.values())}),
        n=shown[whole],
    )
