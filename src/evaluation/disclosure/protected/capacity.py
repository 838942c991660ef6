"""Protected copies of work and staff, of the forecast of the stock and of its score."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, never_shown, protect, shown_estimate
from evaluation.disclosure.protected.estimates import amount, replaced, rounded, withheld
from evaluation.disclosure.protected.names import Cells
from evaluation.disclosure.publication import CountCell
from evaluation.evidence import SUPPRESSED, Bounded, Count, Estimate, Mark, is_suppressed
from evaluation.measures.forecast import QUANTILES, StockForecast, months_after
from evaluation.measures.forecast_basis import ForecastBasis
from evaluation.measures.forecast_scores import ForecastScores, losses, summary_of
from evaluation.measures.what_ifs import (
    YEAR,
    RecentInflow,
    TailSensitivity,
    WhatIfs,
    fte_needed,
    inflow_factors,
)
from evaluation.measures.workload import Workload, WorkloadOnDate, per_fte

HOURS = -1  # decimals of hours per month: tens, so that the hours of one trajectory are not the rest of a sum
STOCKS = ("stock_6", "stock_12", "low_12", "high_12")
FTES = {"fte_12": "stock_12", "fte_low": "low_12", "fte_high": "high_12"}

# Elapsed times by day and starts by month, product and referrer: input of a simulation, and nothing to look at.
never_shown(ForecastBasis)


@protect.register
def _(result: Workload, guard: Guard) -> Workload:
    return replace(result, dates=tuple(_work(on_date, guard) for on_date in result.dates))


@protect.register
def _(result: StockForecast, guard: Guard) -> StockForecast:
    rules = guard.rules
    stock = _stock(result.stock, result.reference_date, guard)
    total = _recent(result.inflow_per_month, result.inflow_months, result.reference_date, guard)
    ends = exact(result.ends)
    few = isinstance(stock, Mark) or ends < rules.minimum_cell
    thin = isinstance(total, Mark)
    return replace(
        result,
        frame=replaced(
            result.frame,
            {name: [SUPPRESSED if few else amount(v, rules) for v in result.frame[name]] for name in QUANTILES},
        ),
        stock=stock,
        ends=guard.publish({(cell := _ever("ended", result.reference_date)): ends})[cell],
        inflow_per_month=SUPPRESSED if isinstance(total, Mark) else round(total / result.inflow_months, 1),
        dispersion=withheld(result.dispersion) if thin else rounded(result.dispersion, 1),
        mean_stay_months=shown_estimate(result.mean_stay_months, ends, "months", rules),
        observed_months=rounded(result.observed_months, 0),
        stationary=None if result.stationary is None else _stationary(result.stationary, few or thin, guard),
    )


@protect.register
def _(result: WhatIfs, guard: Guard) -> WhatIfs:
    stock = _stock(result.stock, result.reference_date, guard)
    inflow = _inflow(result, guard)
    work = _work(result.work, guard)
    factors: dict[Any, Estimate] = {**inflow_factors(inflow, result.certified_institution_factor)}
    rows = []
    for row in result.frame.to_dict("records"):
        factor = factors[row["variant"]]
        hours = row["hours_per_month"]
        if row["variant"] not in ("hours", "together"):  # those two hours were typed and not counted
            hours = work.hours_per_trajectory_month
        # Every start that a variant adds or leaves out counts in its stock, several times if it is multiplied.
        extra = 1 if row["variant"] in ("baseline", "hours") else max(abs(result.certified_institution_factor - 1), 1)
        weight = 1 if row["variant"] in ("baseline", "hours") else math.ceil(extra * YEAR / max(inflow.months, 1))
        known = not isinstance(stock, Mark) and not isinstance(factor, Mark)
        stocks = {
            name: amount(row[name], guard.rules, guard.rules.rounding_base * weight)
            if known
            else withheld(None if pd.isna(row[name]) else row[name])
            for name in STOCKS
        }
        rows.append(
            {
                "inflow_per_month": _per_month(inflow, factor),
                **stocks,
                "hours_per_month": None if hours is None or _is_nan(hours) else hours,
                **_ftes(row, stocks, hours, work),
            }
        )
    frame = replaced(result.frame, {name: [row[name] for row in rows] for name in rows[0]})
    return replace(result, frame=frame, stock=stock, inflow=inflow, work=work)


@protect.register
def _(result: TailSensitivity, guard: Guard) -> TailSensitivity:
    stock, frame = _stock(result.stock, result.reference_date, guard), result.frame
    few = isinstance(stock, Mark)
    amounts = {
        name: [SUPPRESSED if few else amount(value, guard.rules) for value in frame[name]]
        for name in ("stock_12", "low_12", "high_12", "stationary")
    }
    stays = [None if pd.isna(value) else rounded(value, 1) for value in frame["mean_stay_months"]]
    return replace(
        result,
        frame=replaced(frame, {**amounts, "mean_stay_months": stays}),
        observed_months=rounded(result.observed_months, 0),
        stock=stock,
    )


@protect.register
def _(result: ForecastScores, guard: Guard) -> ForecastScores:
    rows = [_scored(row, guard) for row in result.frame.to_dict("records")]
    columns = [name for name in result.frame.columns if name not in ("origin", "day", "months_ahead")]
    frame = replaced(result.frame, {name: [row[name] for row in rows] for name in columns})
    scored = frame[~frame["pinball"].map(is_suppressed).astype(bool)]
    numbers = scored.astype(dict.fromkeys(("inside_80", "inside_95", "pinball", "pinball_unchanged"), float))
    summary = summary_of(numbers).round({"pinball": 1, "pinball_unchanged": 1})
    return replace(result, frame=frame, summary=summary)


def _ever(kind: str, day: date) -> CountCell:
    """A count of all that the register has ever known."""
    return CountCell(kind, "", str(day), str(day))


def _stock(stock: Count, day: date, guard: Guard) -> Count:
    """What ran on a day, as known on that day."""
    cell = Cells(day, day).stock()
    return guard.publish({cell: exact(stock)})[cell]


def _recent_cell(months: int, day: date) -> CountCell:
    return Cells(months_after(day, -months), day).period("registered")


def _recent(per_month: Estimate, months: int, day: date, guard: Guard) -> Count:
    """Registered starts of the recent months; their mean times their number."""
    if per_month is None or isinstance(per_month, Mark):
        return SUPPRESSED
    cell = _recent_cell(months, day)
    return guard.publish({cell: round(per_month * months)})[cell]


def _stationary(
    stationary: tuple[Estimate, Estimate, Estimate], few: bool, guard: Guard
) -> tuple[Estimate, Estimate, Estimate]:
    mean, low, high = (withheld(value) if few else amount(value, guard.rules) for value in stationary)
    return mean, low, high


def _work(work: WorkloadOnDate, guard: Guard) -> WorkloadOnDate:
    active = _stock(work.active, work.day, guard)
    n, fte = exact(work.with_hours), work.fte
    few = n < guard.rules.minimum_cell
    direct, indirect = (
        withheld(value) if few else rounded(value, HOURS)
        for value in (work.direct_hours_per_month, work.indirect_hours_per_month)
    )
    return replace(
        work,
        active=active,
        direct_hours_per_month=direct,
        indirect_hours_per_month=indirect,
        hours_per_trajectory_month=shown_estimate(work.hours_per_trajectory_month, n, "hours_per_month", guard.rules),
        active_per_fte=None if fte is None else _bounds(SUPPRESSED if isinstance(active, Mark) else active, work, 2),
        hours_per_fte_month=None if fte is None or direct is None else _bounds(direct, work, 1),
        direct_share=shown_estimate(work.direct_share, n, "share", guard.rules),
        with_hours=SUPPRESSED,
    )


def _bounds(value: float | Mark, work: WorkloadOnDate, decimals: int) -> Bounded | Mark | None:
    """What was shown per fte: a function of shown and public numbers only."""
    if work.fte is None or isinstance(value, Mark):
        return None if work.fte is None else SUPPRESSED
    found = per_fte(value, work.fte)
    return Bounded(*(round(end, decimals) for end in (found.value, found.low, found.high)))


def _inflow(result: WhatIfs, guard: Guard) -> RecentInflow:
    inflow = result.inflow
    total = _recent_cell(inflow.months, result.reference_date)
    product = {"dimension": "product_code", "group": result.closed_product}
    certified = {"dimension": "referrer_code", "group": "certified"}
    both = {"dimension": "product_code,referrer_code", "group": f"{result.closed_product},certified"}
    cells = [total, *(total._replace(**part) for part in (product, certified, both))]
    whole = [exact(n) for n in (inflow.total, inflow.closed, inflow.certified, inflow.both)]
    # Four parts of a two by two table, of which the margins and one part are shown.
    rest = {
        "open": whole[0] - whole[1],
        "others": whole[0] - whole[2],
        "closed_only": whole[1] - whole[3],
        "certified_only": whole[2] - whole[3],
        "neither": whole[0] - whole[1] - whole[2] + whole[3],
    }
    named = {kind: total._replace(dimension="recent", group=f"{kind},{result.closed_product}") for kind in rest}
    counts = {**dict(zip(cells, whole, strict=True)), **{named[kind]: n for kind, n in rest.items()}}
    relations = [
        (cells[0], (cells[1], named["open"])),
        (cells[0], (cells[2], named["others"])),
        (cells[1], (cells[3], named["closed_only"])),
        (cells[2], (cells[3], named["certified_only"])),
        (named["open"], (named["certified_only"], named["neither"])),
        (named["others"], (named["closed_only"], named["neither"])),
    ]
    shown = guard.publish(counts, relations)
    return RecentInflow(inflow.months, *(shown[cell] for cell in cells))


def _per_month(inflow: RecentInflow, factor: Estimate) -> Estimate:
    if isinstance(inflow.total, Mark) or isinstance(factor, Mark) or factor is None:
        return SUPPRESSED
    return round(inflow.total / inflow.months * factor, 1)


def _ftes(
    row: dict[Any, Any], stocks: dict[str, Estimate], hours: Estimate, work: WorkloadOnDate
) -> dict[str, Estimate]:
    """Staff needed by what is shown of stock and hours."""
    given = work.hours_per_fte_month
    found: dict[str, Estimate] = {}
    for fte, stock in FTES.items():
        running = stocks[stock]
        if pd.isna(row[fte]) or running is None or hours is None or given is None:
            found[fte] = None
        elif isinstance(running, Mark) or isinstance(hours, Mark) or isinstance(given, Mark):
            found[fte] = SUPPRESSED
        else:
            by = {"fte_12": given.value, "fte_low": given.high, "fte_high": given.low}[fte]
            found[fte] = round(fte_needed(running, hours, by), 1) if by else None
    return found


def _scored(row: dict[Any, Any], guard: Guard) -> dict[str, Any]:
    """One past forecast, with the loss of what is shown; without its stock or what came there is none."""
    stock = _stock(row["stock"], row["origin"].date(), guard)
    actual = _stock(row["actual"], row["day"].date(), guard)
    few = isinstance(stock, Mark)
    quantiles = {name: SUPPRESSED if few else amount(row[name], guard.rules) for name in QUANTILES}
    known = [value for value in quantiles.values() if isinstance(value, float)]
    loss: dict[str, Any] = dict.fromkeys(("inside_80", "inside_95", "pinball", "pinball_unchanged"), SUPPRESSED)
    if not isinstance(stock, Mark) and not isinstance(actual, Mark) and len(known) == len(QUANTILES):
        loss = losses(stock, actual, known) | {name: bool(row[name]) for name in ("inside_80", "inside_95")}
    return {"stock": stock, **quantiles, "actual": actual, **loss}


def _is_nan(value: Estimate) -> bool:
    return isinstance(value, float) and math.isnan(value)
