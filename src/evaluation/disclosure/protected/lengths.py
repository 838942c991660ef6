"""Protected copies of how long trajectories last: the curve, the published means, groups, and silent trajectories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pandas as pd

from evaluation.disclosure import DisclosureError
from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, protect, shown_estimate
from evaluation.disclosure.protected.curves import (
    Step,
    Support,
    name_of,
    nothing_of,
    shown_months,
    shown_points,
    steps,
    survival_support,
)
from evaluation.disclosure.protected.names import Cells
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.rules import DisclosureRules
from evaluation.evidence import SUPPRESSED, Count, Mark
from evaluation.evidence import Estimate as ShownEstimate
from evaluation.measures.dormancy import DormancyBand
from evaluation.measures.kaplan_meier import Estimated
from evaluation.measures.published_means import PublishedMeans
from evaluation.measures.spells import Spells
from evaluation.measures.survival import HORIZONS, OriginalClock, TrajectoryLength


@protect.register
def _(result: Spells, guard: Guard) -> Spells:  # noqa: ARG001 - refused whatever it holds
    raise DisclosureError(
        "Spells holds the length of each single trajectory; it is not shown. Show what is estimated from it"
    )


@protect.register
def _(result: TrajectoryLength, guard: Guard) -> TrajectoryLength:
    rules, name = guard.rules, Cells(result.since, result.reference_date)
    n, ended, late = (exact(value) for value in (result.n, result.n_ended, result.n_entered_late))
    counts = {
        name.handled(): n,
        name.period("ended"): ended,
        name.stock(): n - ended,
        name.period("started"): n - late,
        name.carried(): late,
    }
    shown = guard.publish(counts, name.balance(), unpublished={name.carried()})
    support = survival_support(result.monthly)
    monthly = _published_curve(result.monthly, support, name, ended, guard)
    quartiles = {share: support.age(estimate, rules) for share, estimate in result.quartiles.items()}
    return replace(
        result,
        monthly=monthly,
        quartiles=quartiles,
        restricted={months: support.mean(estimate, months, rules) for months, estimate in result.restricted.items()},
        median_months=support.age(result.median_months, rules),
        share_ended_12_months=support.share(result.share_ended_12_months, 12, rules),
        follow_up_months=_reach(result.follow_up_months, support, rules),
        n=shown[name.handled()],
        n_ended=shown[name.period("ended")],
        # It is the difference of two numbers that are shown, and shown nowhere itself.
        n_entered_late=SUPPRESSED,
        original=None if result.original is None else _original_clock(result.original, n, name, guard),
    )


def _original_clock(clock: OriginalClock, n: int, name: Cells, guard: Guard) -> OriginalClock:
    """The median on the other clock, which differs from the first in those that had begun elsewhere; not its curve."""
    moved = exact(clock.n_transferred)
    before, own = (name.handled(dimension="original_start", group=group) for group in ("before", "same"))
    shown = guard.publish(
        {name.handled(): n, before: moved, own: n - moved}, [(name.handled(), (before, own))], unpublished={own}
    )
    median = survival_support(clock.monthly).age(clock.median_months, guard.rules)
    few = moved < guard.rules.minimum_cell
    return OriginalClock(nothing_of(median) if few else median, clock.monthly.iloc[:0], shown[before])


@protect.register
def _(result: PublishedMeans, guard: Guard) -> PublishedMeans:
    rules, name = guard.rules, Cells(result.since, result.reference_date)
    ended, running = exact(result.n_ended), exact(result.n_running)
    shown = guard.publish({name.period("ended"): ended, name.stock(): running})
    support = survival_support(result.monthly)
    observed = shown_estimate(result.ended_observed, ended, "months", rules)
    # Whoever estimates from the curve uses its events, so the running ones alone are not enough.
    both = min(ended, running)
    return replace(
        result,
        ended_observed=observed,
        ended_expected=shown_estimate(result.ended_expected, ended, "months", rules),
        running_observed=shown_estimate(result.running_observed, running, "months", rules),
        running_expected=shown_estimate(result.running_expected, both, "months", rules),
        median=support.age(result.median, rules),
        within_months=_reach(result.within_months, support, rules),
        all_within=_on_units(result.all_within, ended, rules),
        running_within=shown_estimate(result.running_within, both, "months", rules),
        ended_is_too_short=result.ended_is_too_short and not isinstance(observed, Mark),
        lengths=_shown_lengths(result.lengths, name, guard),
        monthly=_published_curve(result.monthly, support, name, ended, guard),
        n_ended=shown[name.period("ended")],
        n_running=shown[name.stock()],
    )


@protect.register
def _(result: DormancyBand, guard: Guard) -> DormancyBand:
    name = Cells(result.since, result.reference_date)
    stopped = [exact(value) for value in result.frame["stopped"].tolist()]
    silent = [name.stock(dimension="silent_days", group=str(days)) for days in result.frame["silent_days"]]
    unknown = name.stock(dimension="last_activity", group="unknown")
    counts = dict(zip(silent[1:], stopped[1:], strict=True)) | {
        name.stock(): exact(result.n),
        unknown: exact(result.n_missing),
    }
    # Who was silent for longer was also silent for shorter, and nobody is silent without running.
    nested = [name.stock(), *reversed(silent[1:])]
    differences = [*pairwise(nested), (name.stock(), unknown)]
    shown = guard.publish(counts, differences=differences)
    frame = _shown_assumptions(result, stopped, guard.rules)
    frame["stopped"] = pd.Series([0, *(shown[cell] for cell in silent[1:])], frame.index, dtype=object)
    low, high = _medians(frame)
    return replace(
        result,
        frame=frame,
        curves=result.curves.iloc[:0],
        median_low=low,
        median_high=high,
        n=shown[name.stock()],
        n_missing=shown[unknown],
    )


def _published_curve(frame: pd.DataFrame, support: Support, name: Cells, ended: int, guard: Guard) -> pd.DataFrame:
    """Return the curve with its numbers at risk and its events published."""
    points, found = shown_points(frame, "survival", support, guard.rules)
    at_risk = [name.period("at_risk", dimension="age", group=str(month)) for month in points["month"]]
    events = [name.period("ended", dimension="age", group=name_of(step)) for step in found]
    rest = name.period("ended", dimension="age", group="rest")
    counts = dict(zip([*at_risk, *events], [*points["at_risk"].tolist(), *points["events"].tolist()], strict=True))
    whole = {name.period("ended"): ended, rest: ended - sum(step.events for step in found)}
    shown = guard.publish(
        counts | whole, [(name.period("ended"), (*events, rest))] if events else [], unpublished={rest}
    )
    return points.assign(
        at_risk=pd.Series([shown[cell] for cell in at_risk], points.index, dtype=object),
        events=pd.Series([shown[cell] for cell in events], points.index, dtype=object),
    )


def _reach(follow_up: ShownEstimate, support: Support, rules: DisclosureRules) -> ShownEstimate:
    """Last month that enough are followed, in place of the age of the one who was followed longest."""
    if follow_up is None:
        return None
    followed = [month for month, n in enumerate(support.at_risk) if n >= rules.curve_minimum_at_risk]
    return float(followed[-1]) if followed else SUPPRESSED


def _on_units(estimate: Estimated, n: int, rules: DisclosureRules) -> Estimated:
    if n < rules.minimum_cell:
        return nothing_of(estimate)
    return Estimated(*map(shown_months, (estimate.value, estimate.low, estimate.high)))


def _shown_lengths(frame: pd.DataFrame, name: Cells, guard: Guard) -> pd.DataFrame:
    """Numbers by completed months: months with few in them are not shown, nor how long the longest lasted."""
    months = frame["month"].tolist()
    totals = {"ended": name.period("ended"), "running": name.stock()}
    columns: dict[str, list[Count]] = {}
    for column, total in totals.items():
        counts = [exact(value) for value in frame[column].tolist()]
        found = _all_months(counts, guard.rules)
        cells = {step: total._replace(dimension="length", group=name_of(step)) for step in found}
        own: dict[CountCell, int] = {cell: step.events for step, cell in cells.items()}
        relations = [(total, tuple(own))] if len(own) > 1 else []
        shown = guard.publish({total: sum(counts), **own}, relations)
        alone = {step.first: shown[cell] for step, cell in cells.items() if step.first == step.last}
        columns[column] = [alone.get(month, SUPPRESSED) for month in months]
    somebody = [
        any(isinstance(columns[column][i], int) and columns[column][i] != 0 for column in columns) for i in months
    ]
    last = max((month for month in months if somebody[month]), default=-1)
    cut = {column: pd.Series(values[: last + 1], dtype=object) for column, values in columns.items()}
    return pd.DataFrame({"month": pd.Series(months[: last + 1], dtype=int), **cut})


def _all_months(counts: Sequence[int], rules: DisclosureRules) -> list[Step]:
    """Steps that cover every month: what remains at the end belongs to the last step that holds anything."""
    found = steps(counts, [True] * len(counts), rules)
    rest = sum(counts) - sum(step.events for step in found)
    if not rest:
        return found
    held = [position for position, step in enumerate(found) if step.events]
    if not held:
        return [Step(0, len(counts) - 1, rest)]
    last = found[held[-1]]
    return [*found[: held[-1]], Step(last.first, len(counts) - 1, last.events + rest)]


def _shown_assumptions(result: DormancyBand, stopped: Sequence[int], rules: DisclosureRules) -> pd.DataFrame:
    """Estimates under each assumption; one that differs from another in a few trajectories is withheld."""
    rows, taken = [], 0
    for row, n in zip(result.frame.to_dict("records"), stopped, strict=True):
        support = survival_support(result.curves[result.curves["silent_days"] == row["silent_days"]])
        visible = n == taken or n - taken >= rules.minimum_cell
        taken = n if visible else taken
        own: dict[str, object] = {"silent_days": row["silent_days"], "stopped": n}
        for column in ("median", *(f"restricted_{horizon}" for horizon in HORIZONS)):
            parts = (row[f"{column}_{part}"] for part in ("months", "low", "high"))
            estimate = Estimated(*(None if pd.isna(part) else float(part) for part in parts))
            if not visible:
                estimate = nothing_of(estimate)
            elif column == "median":
                estimate = support.age(estimate, rules)
            else:
                estimate = support.mean(estimate, int(column.removeprefix("restricted_")), rules)
            own |= {f"{column}_months": estimate.value, f"{column}_low": estimate.low, f"{column}_high": estimate.high}
        rows.append(own)
    frame = pd.DataFrame(rows, columns=result.frame.columns, dtype=object)
    return frame.astype({"silent_days": int})


def _medians(frame: pd.DataFrame) -> tuple[ShownEstimate, ShownEstimate]:
    """Lowest and highest of the medians that are shown; withheld when there are not two of them."""
    shown = [value for value in frame["median_months"].tolist() if not isinstance(value, Mark)]
    if any(value is None for value in shown):
        return None, None
    if len(shown) < 2:
        return SUPPRESSED, SUPPRESSED
    return float(min(shown)), float(max(shown))
