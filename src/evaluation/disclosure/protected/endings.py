"""Protected copies of what comes after a trajectory: the reasons of its end, and re-entry."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from evaluation.disclosure.cells import order_of
from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, protect
from evaluation.disclosure.protected.curves import (
    Support,
    name_of,
    nothing_of,
    shown_points,
    shown_share,
    without_counts,
)
from evaluation.disclosure.protected.length_groups import gathered_groups
from evaluation.disclosure.protected.names import OTHER, Cells
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.rules import DisclosureRules
from evaluation.evidence import SUPPRESSED, Count, Mark
from evaluation.measures.competing import UNKNOWN_REASON, EndReasons
from evaluation.measures.kaplan_meier import Estimated
from evaluation.measures.reentry import HORIZON_DAYS, ReEntry


@protect.register
def _(result: EndReasons, guard: Guard) -> EndReasons:
    rules = guard.rules
    sizes = {
        str(reason): int(n) for reason, n in zip(result.by_reason["reason"], result.by_reason["ended"], strict=True)
    }
    gathered = gathered_groups(sizes, rules)
    curves = _by_reason(result.monthly, gathered)
    ended = {reason: n for reason, n in sizes.items() if reason not in gathered}
    if gathered:
        ended[OTHER] = sum(sizes[reason] for reason in gathered)
    shown = _published_reasons(result, ended, gathered, guard)
    rows, monthly = [], []
    for reason in ended:
        curve, support = curves[reason], _support_of(curves, reason)
        monthly.append(without_counts(shown_points(curve, "share", support, rules)[0]))
        share = Estimated(None, None, None)
        if result.horizon_months is not None:
            share = support.share(_point(curve, result.horizon_months), result.horizon_months, rules)
        estimate = {"share": share.value, "ci_low": share.low, "ci_high": share.high}
        rows.append((-order_of(shown[reason]), reason, {"reason": reason, "ended": shown[reason], **estimate}))
    # Most frequent first, but the order must not tell which suppressed number is the larger one.
    rows.sort(key=lambda row: row[:2])
    name = Cells(result.since, result.reference_date)
    return replace(
        result,
        monthly=pd.concat(monthly, ignore_index=True) if monthly else result.monthly.iloc[:0],
        by_reason=pd.DataFrame([row for *_key, row in rows], columns=list(result.by_reason.columns), dtype=object),
        n=guard.publish({name.period("ended"): exact(result.n)})[name.period("ended")],
        n_missing=_missing(result, shown, gathered),
    )


def _by_reason(monthly: pd.DataFrame, gathered: frozenset[str]) -> dict[str, pd.DataFrame]:
    """The curve of each reason with the events of each month; the gathered ones added up, without an interval."""
    curves: dict[str, pd.DataFrame] = {}
    few: list[pd.DataFrame] = []
    for reason, rows in monthly.groupby("reason", sort=False):
        own = rows.reset_index(drop=True)
        own = own.assign(events=np.diff(own["events"].to_numpy(int), prepend=0))
        if reason in gathered:
            few.append(own)
        else:
            curves[str(reason)] = own
    if few:
        total = few[0].assign(reason=OTHER, ci_low=np.nan, ci_high=np.nan)
        for column in ("share", "events"):
            total[column] = sum(own[column] for own in few)
        curves[OTHER] = total
    return curves


def _support_of(curves: dict[str, pd.DataFrame], reason: str) -> Support:
    """What stands behind the curve of one reason: its own events, among all that had not ended for any reason."""
    left = 1 - np.sum([curve["share"].to_numpy(float) for curve in curves.values()], axis=0)
    return Support.of(curves[reason], left.clip(min=0).tolist())


def _point(curve: pd.DataFrame, month: int) -> Estimated:
    row = curve[curve["month"] == month].iloc[0]
    return Estimated(*(None if pd.isna(row[part]) else float(row[part]) for part in ("share", "ci_low", "ci_high")))


def _published_reasons(
    result: EndReasons, ended: dict[str, int], gathered: frozenset[str], guard: Guard
) -> dict[str, Count]:
    total = Cells(result.since, result.reference_date).period("ended")
    called = {reason: reason if reason != OTHER else f"{OTHER}:{'+'.join(sorted(gathered))}" for reason in ended}
    cells = {
        reason: total._replace(dimension="end_reason", group=called[reason] or "not registered") for reason in ended
    }
    own = {cells[reason]: n for reason, n in ended.items()}
    relations = [(total, tuple(own))] if own else []
    shown = guard.publish({total: sum(ended.values()), **own}, relations, public={total})
    return {reason: shown[cell] for reason, cell in cells.items()}


def _missing(result: EndReasons, shown: dict[str, Count], gathered: frozenset[str]) -> Count:
    """The number without a reason, which is that of a reason of its own."""
    if UNKNOWN_REASON in shown:
        return shown[UNKNOWN_REASON]
    return SUPPRESSED if UNKNOWN_REASON in gathered else exact(result.n_missing)


@protect.register
def _(result: ReEntry, guard: Guard) -> ReEntry:
    rules = guard.rules
    support = Support.of(result.monthly, (1 - result.monthly["share"].fillna(0).astype(float)).tolist())
    counts = _published_returns(result, guard)
    started, again = exact(result.started), exact(result.started_again)
    enough = min(again, started - again) >= rules.minimum_cell and not isinstance(counts["started_again"], Mark)
    share = result.share_started_again
    if again or started < rules.minimum_cell:
        share = shown_share(share, started, rules) if enough else None if share is None else SUPPRESSED
    return replace(
        result,
        within={months: support.share(estimate, months, rules) for months, estimate in result.within.items()},
        monthly=_published_curve(result, support, guard),
        by_gap=_by_gap(result, support, guard),
        n_left=counts["left"],
        n_returned=counts["returned"],
        started=counts["started"],
        started_again=counts["started_again"],
        share_started_again=share,
        # The first day is that of one person; its month is not.
        register_from=None if result.register_from is None else result.register_from.replace(day=1),
        n_missing=counts["missing"],
    )


def _published_returns(result: ReEntry, guard: Guard) -> dict[str, Count]:
    name = Cells(result.since, result.reference_date)
    gap = {"dimension": "gap_days", "group": str(result.gap_days)}
    # With a client for each trajectory these are all that started, and go by that name.
    started = name.period("started" if result.n_missing == 0 else "started_with_client")
    cells = {
        "left": name.period("left", **gap),
        "returned": name.period("returned", **gap),
        "started": started,
        "started_again": name.period("started_again"),
        "missing": CountCell("without_client", "", name.day, name.day),
    }
    values = (result.n_left, result.n_returned, result.started, result.started_again, result.n_missing)
    shown = guard.publish(
        dict(zip(cells.values(), map(exact, values), strict=True)),
        differences=[(cells["left"], cells["returned"]), (started, cells["started_again"])],
    )
    return {key: shown[cell] for key, cell in cells.items()}


def _published_curve(result: ReEntry, support: Support, guard: Guard) -> pd.DataFrame:
    """Return the curve with its numbers at risk and its events published."""
    points, found = shown_points(result.monthly, "share", support, guard.rules)
    name, dimension = Cells(result.since, result.reference_date), f"months_away:{result.gap_days}"
    at_risk = [name.period("away", dimension=dimension, group=str(month)) for month in points["month"]]
    events = [name.period("returned", dimension=dimension, group=name_of(step)) for step in found]
    whole = name.period("returned", dimension="gap_days", group=str(result.gap_days))
    rest = name.period("returned", dimension=dimension, group="rest")
    total = exact(result.n_returned)
    counts = dict(zip([*at_risk, *events], [*points["at_risk"].tolist(), *points["events"].tolist()], strict=True))
    counts |= {whole: total, rest: total - sum(step.events for step in found)}
    shown = guard.publish(counts, [(whole, (*events, rest))] if events else [], unpublished={rest})
    return points.assign(
        at_risk=pd.Series([shown[cell] for cell in at_risk], points.index, dtype=object),
        events=pd.Series([shown[cell] for cell in events], points.index, dtype=object),
    )


def _by_gap(result: ReEntry, support: Support, guard: Guard) -> pd.DataFrame:
    """Shares for each gap. A longer gap takes away as many returns as it takes away times that a client left."""
    name = Cells(result.since, result.reference_date)
    cells = {
        int(gap): name.period("left", dimension="gap_days", group=str(int(gap))) for gap in result.by_gap["gap_days"]
    }
    left = {cell: exact(n) for cell, n in zip(cells.values(), result.by_gap["left"].tolist(), strict=True)}
    ordered = [cells[gap] for gap in sorted(cells)]
    shown = guard.publish(left, differences=pairwise(ordered))
    rows = []
    for record in result.by_gap.to_dict("records"):
        cell = cells[int(record["gap_days"])]
        row: dict[str, object] = {"gap_days": int(record["gap_days"]), "left": shown[cell]}
        fewer = left[cells[result.gap_days]] - left[cell]
        for months in HORIZON_DAYS:
            raw = (record[f"{part}_{months}"] for part in ("share", "low", "high"))
            estimate = Estimated(*(None if pd.isna(value) else float(value) for value in raw))
            estimate = _with_fewer(estimate, support, months, fewer, guard.rules)
            row |= {f"share_{months}": estimate.value, f"low_{months}": estimate.low, f"high_{months}": estimate.high}
        rows.append(row)
    return pd.DataFrame(rows, columns=list(result.by_gap.columns), dtype=object).astype({"gap_days": int})


def _with_fewer(estimate: Estimated, support: Support, months: int, fewer: int, rules: DisclosureRules) -> Estimated:
    """Return a share whose curve has some events and some at risk less than the one that `support` is of."""
    less = replace(
        support,
        events=tuple(n - fewer for n in support.events),
        at_risk=tuple(n - max(fewer, 0) for n in support.at_risk),
    )
    return less.share(estimate, months, rules) if months < len(less.events) else nothing_of(estimate)
