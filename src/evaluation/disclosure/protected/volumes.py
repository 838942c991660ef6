"""Protected copies of the chapter on volumes."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from evaluation.disclosure.cells import is_small, order_of
from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, protect
from evaluation.disclosure.protected.names import CODE, OTHER, Cells, reporting_year
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.rules import DisclosureRules
from evaluation.disclosure.tabulation import Relation
from evaluation.evidence import SUPPRESSED
from evaluation.measures.volumes import MonthlyFlow, VolumeCounts, VolumesByGroup


@protect.register
def _(result: VolumeCounts, guard: Guard) -> VolumeCounts:
    name = Cells(result.since, result.reference_date)
    started, ended, running, clients = (
        exact(value) for value in (result.trajectories, result.ended, result.active, result.clients)
    )
    year = reporting_year(result.reference_date)
    missing = name.period("without_client")
    counts = {
        name.period("started"): started,
        name.period("ended"): ended,
        name.stock(): running,
        name.carried(): ended + running - started,
        name.handled(): ended + running,
        name.period("clients"): clients,
        year: exact(result.started_this_year),
        missing: exact(result.n_missing),
    }
    differences = [(name.period("started"), name.period("clients"))]
    if year != name.period("started"):
        differences.append((name.period("started"), year))
    shown = guard.publish(counts, name.balance(), unpublished={name.carried(), name.handled()}, differences=differences)
    return replace(
        result,
        trajectories=shown[name.period("started")],
        clients=shown[name.period("clients")],
        ended=shown[name.period("ended")],
        active=shown[name.stock()],
        started_this_year=shown[year],
        n_missing=shown[missing],
    )


@protect.register
def _(result: VolumesByGroup, guard: Guard) -> VolumesByGroup:
    name = Cells(result.since, result.reference_date)
    frame = _only_codes(result.frame, guard.rules)
    kinds = {"started": name.period("started"), "ended": name.period("ended"), "active": name.stock()}
    totals = {cell: int(frame[column].sum()) for column, cell in kinds.items()}
    handled = exact(result.trajectories)
    counts = {**totals, name.handled(): handled, name.carried(): handled - totals[name.period("started")]}
    parts: dict[CountCell, list[CountCell]] = {total: [] for total in totals}
    relations: list[Relation] = [*name.balance()]
    differences, helpers, cells_of = [], {name.carried()}, []
    for row in frame.to_dict("records"):
        part = {"dimension": result.dimension, "group": str(row["group"])}
        own = {column: cell._replace(**part) for column, cell in kinds.items()}
        clients = name.period("clients", **part)
        for column, cell in own.items():
            counts[cell] = int(row[column])
            parts[kinds[column]].append(cell)
        counts[clients] = int(row["clients"])
        counts[name.handled(**part)] = int(row["ended"] + row["active"])
        counts[name.carried(**part)] = int(row["ended"] + row["active"] - row["started"])
        helpers |= {name.handled(**part), name.carried(**part)}
        relations.extend(name.balance(**part))
        differences.append((own["started"], clients))
        cells_of.append({**own, "clients": clients})
    relations.extend((total, tuple(cells)) for total, cells in parts.items() if cells)
    shown = guard.publish(counts, relations, unpublished=helpers, public=set(totals), differences=differences)
    columns = {column: [shown[cells[column]] for cells in cells_of] for column in (*kinds, "clients")}
    protected = pd.DataFrame({"group": frame["group"], **columns}).astype(dict.fromkeys(columns, object))
    # The order must not tell which suppressed count is the larger one.
    order = sorted(range(len(protected)), key=lambda i: (-order_of(columns["started"][i]), str(frame["group"].iloc[i])))
    return replace(
        result,
        frame=protected.iloc[order].reset_index(drop=True),
        trajectories=shown[name.handled()],
    )


@protect.register
def _(result: MonthlyFlow, guard: Guard) -> MonthlyFlow:
    name = Cells(result.since, result.reference_date)
    frame = result.frame
    counts: dict[CountCell, int] = {}
    relations: list[Relation] = []
    helpers: set[CountCell] = set()
    inflow, outflow, stocks = [], [], [name.carried()]
    for position, row in enumerate(frame.to_dict("records")):
        begin = result.since if position == 0 else row["month"].date()
        last = position == len(frame) - 1
        end = result.reference_date if last else (row["month"] + pd.offsets.MonthEnd(0)).date()
        month = {"begin": str(begin), "end": str(end)}
        inflow.append(name.period("started", **month))
        outflow.append(name.period("ended", **month))
        stocks.append(name.stock(str(end)))
        handled = name.period("handled", **month)
        helpers.add(handled)
        counts.update(
            {
                inflow[-1]: int(row["inflow"]),
                outflow[-1]: int(row["outflow"]),
                stocks[-2]: int(row["stock_start"]),
                stocks[-1]: int(row["stock_end"]),
                handled: int(row["inflow"] + row["stock_start"]),
            }
        )
        relations += [(handled, (inflow[-1], stocks[-2])), (handled, (outflow[-1], stocks[-1]))]
    whole = {name.period("started"): exact(result.inflow), name.period("ended"): exact(result.outflow)}
    counts.update(whole)
    if len(frame) > 1:  # one month is the whole period itself
        relations += [(name.period("started"), tuple(inflow)), (name.period("ended"), tuple(outflow))]
    year = reporting_year(result.reference_date)
    months_of_year = tuple(cell for cell in inflow if year.begin <= cell.begin and cell.end <= year.end)
    if months_of_year and year not in counts:
        counts[year] = sum(counts[cell] for cell in months_of_year)
        relations.append((year, months_of_year))
    if few_before := is_small(counts[stocks[0]], guard.rules):
        # A few that ran before follow from the totals by subtraction alone; those are shown already, rounded.
        helpers.add(stocks[0])
    shown = guard.publish(
        counts, relations, unpublished=helpers, public={year} - {*inflow, *whole} if months_of_year else set()
    )
    if few_before:
        shown[stocks[0]] = SUPPRESSED
    columns = {
        "stock_start": [shown[cell] for cell in stocks[:-1]],
        "inflow": [shown[cell] for cell in inflow],
        "outflow": [shown[cell] for cell in outflow],
        "stock_end": [shown[cell] for cell in stocks[1:]],
    }
    return replace(
        result,
        frame=pd.DataFrame({"month": frame["month"], **columns}).astype(dict.fromkeys(columns, object)),
        inflow=shown[name.period("started")],
        outflow=shown[name.period("ended")],
        stock_start=shown[stocks[0]],
        stock_end=shown[stocks[-1]],
    )


def _only_codes(frame: pd.DataFrame, rules: DisclosureRules) -> pd.DataFrame:
    """Gather groups whose name is not a code, and those with few people in them, under one name that says nothing."""
    few = frame[["started", "ended", "active"]].max(axis=1) < rules.minimum_cell
    named = [bool(group) and CODE.fullmatch(str(group)) is None for group in frame["group"]]
    gathered = few | pd.Series(named, index=frame.index)
    if gathered.sum() == 0 or (gathered.sum() == 1 and not any(named)):
        return frame
    groups = frame["group"].where(~gathered, OTHER)
    return frame.groupby(groups, sort=False)[["started", "ended", "active", "clients"]].sum().reset_index()
