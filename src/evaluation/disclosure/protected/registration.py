"""Protected copies of the chapter on registration delay; the triangle of months by delay is not among its results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd

from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, protect
from evaluation.disclosure.protected.estimates import amount, replaced, rounded, rounded_down, withheld
from evaluation.disclosure.protected.names import Cells
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.tabulation import Relation
from evaluation.evidence import SUPPRESSED, Count, Estimate, Mark
from evaluation.measures.delay import DelayBreak, Nowcast, share_difference, share_interval

EXPECTED = ("expected", "ci_low", "ci_high")


@protect.register
def _(result: Nowcast, guard: Guard) -> Nowcast:
    frame = result.frame
    name = Cells(frame["first"].iloc[0].date(), result.reference_date)
    months = [
        name.period("started", str(first.date()), str(last.date()))
        for first, last in zip(frame["first"], frame["last"], strict=True)
    ]
    recent = name.period("started", str(result.since_recent))
    missing = name.period("without_registration")
    counts = dict(zip(months, frame["registered"].map(exact), strict=True))
    counts |= {recent: exact(result.registered), name.period("started"): int(frame["registered"].sum())}
    counts[missing] = exact(result.n_missing)
    parts = {name.period("started"): tuple(months), recent: tuple(m for m in months if m.begin >= recent.begin)}
    relations: list[Relation] = [(whole, cells) for whole, cells in parts.items() if cells != (whole,)]
    shown = guard.publish(counts, relations)
    rows = [_expected_row(shown[cell], row, guard) for cell, row in zip(months, frame.to_dict("records"), strict=True)]
    columns = {column: [row[column] for row in rows] for column in ("registered", *EXPECTED, "share_registered")}
    total = _expected_row(shown[recent], {column: getattr(result, column) for column in EXPECTED}, guard)
    return replace(
        result,
        frame=replaced(frame, columns),
        registered=shown[recent],
        expected=total["expected"],
        ci_low=total["ci_low"],
        ci_high=total["ci_high"],
        n_missing=shown[missing],
    )


def _expected_row(registered: Count, row: Mapping[Any, Any], guard: Guard) -> dict[str, Estimate]:
    """One month: what is expected says nearly what is registered, so it is withheld together with it."""
    share: Estimate = None
    if isinstance(registered, Mark):
        ends, share = {column: withheld(row[column]) for column in EXPECTED}, SUPPRESSED
    else:
        ends = {column: amount(row[column], guard.rules) for column in EXPECTED}
        expected = ends["expected"]
        share = SUPPRESSED if isinstance(expected, Mark) else round(registered / expected, 2) if expected else None
    return {"registered": registered, **ends, "share_registered": share}


@protect.register
def _(result: DelayBreak, guard: Guard) -> DelayBreak:
    name = Cells(result.since, result.reference_date)
    latest = result.reference_date - timedelta(days=result.horizon_days)
    day_before = result.break_date - timedelta(days=1)
    ends = {
        "before": (str(result.since), str(min(day_before, latest))),
        "after": (str(max(result.break_date, result.since)), str(latest)),
    }
    counts: dict[CountCell, int] = {}
    cells: list[tuple[CountCell, CountCell]] = []
    for row in result.frame.to_dict("records"):
        begin, end = ends[row["when"]]
        n, prompt = (
            name.period(kind, begin, end)
            for kind in (f"registered_in_{result.horizon_days}", f"registered_in_{result.prompt_days}")
        )
        counts |= {n: exact(row["n"]), prompt: exact(row["prompt"])}
        cells.append((n, prompt))
    shown = guard.publish(counts, differences=cells)
    pairs = [(shown[n], shown[prompt]) for n, prompt in cells]
    rows = [
        _promptness(n, prompt, row["median_days"])
        for (n, prompt), row in zip(pairs, result.frame.to_dict("records"), strict=True)
    ]
    frame = replaced(result.frame, {column: [row[column] for row in rows] for column in rows[0]})
    estimates: list[Estimate] = [result.difference, result.ci_low, result.ci_high]
    p_value = result.p_value
    if any(isinstance(count, Mark) for pair in pairs for count in pair):
        estimates, p_value = [withheld(value) for value in estimates], withheld(p_value)
    elif result.difference is not None:
        compared, soon = ([exact(pair[i]) for pair in pairs] for i in (0, 1))
        estimates = [rounded(value, 2) for value in share_difference(_within(soon, compared), compared)]
    difference, low, high = estimates
    return replace(result, frame=frame, difference=difference, ci_low=low, ci_high=high, p_value=rounded_down(p_value))


def _promptness(n: Count, prompt: Count, median: float) -> dict[str, object]:
    if isinstance(n, Mark) or isinstance(prompt, Mark):
        share: tuple[Estimate, ...] = (SUPPRESSED, SUPPRESSED, SUPPRESSED)
    else:
        share = tuple(None if pd.isna(value) else round(value, 2) for value in share_interval(min(prompt, n), n))
    known = None if pd.isna(median) else SUPPRESSED if isinstance(n, Mark) else round(median)
    return {
        "n": n,
        "prompt": prompt,
        **dict(zip(("prompt_share", "ci_low", "ci_high"), share, strict=True)),
        "median_days": known,
    }


def _within(parts: list[int], wholes: list[int]) -> list[int]:
    """Parts that rounding has not made larger than their whole."""
    return [min(part, whole) for part, whole in zip(parts, wholes, strict=True)]
