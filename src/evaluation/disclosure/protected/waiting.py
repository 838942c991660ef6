"""Protected copies of waiting times, of decisions against their term, and of what no term is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import ceil

import numpy as np
import pandas as pd

from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, protect, shown_estimate
from evaluation.disclosure.protected.clocks import ClockCells
from evaluation.disclosure.protected.curves import Support, nothing_of, shown_points, without_counts
from evaluation.disclosure.protected.estimates import replaced, withheld
from evaluation.disclosure.protected.fallback import published
from evaluation.disclosure.rules import DisclosureRules
from evaluation.evidence import SUPPRESSED, Count, Estimate, Mark
from evaluation.measures.clocks import REACHED, WITHDRAWN, Standing
from evaluation.measures.decision_terms import DecisionFree, DecisionTerms
from evaluation.measures.kaplan_meier import LEVEL, Estimated
from evaluation.measures.shares import share_of
from evaluation.measures.waiting import WEEK, WILSON, Waiting, WithinNorm


@protect.register
def _(result: Standing, guard: Guard) -> Standing:
    shown = ClockCells(result.clock).publish(guard)
    return replace(
        result,
        frame=replaced(result.frame, {"count": [shown[state] for state in result.frame["state"]]}),
        n=shown["n"],
        n_missing=shown["missing"],
        clock=None,
    )


@protect.register
def _(result: Waiting, guard: Guard) -> Waiting:
    cells = ClockCells(result.clock)
    shown = cells.publish(guard)
    within = cells.publish_within(guard, [outcome.norm for outcome in result.within])
    supports = _supports(result.curves)
    curves = [
        without_counts(shown_points(rows.reset_index(drop=True), "share", supports[str(cause)], guard.rules)[0])
        for cause, rows in result.curves.groupby("cause", sort=False)
    ]
    return replace(
        result,
        curves=pd.concat(curves, ignore_index=True) if curves else result.curves.iloc[:0],
        within=tuple(_within(outcome, shown, within, supports, guard.rules) for outcome in result.within),
        median_days=_age(result.median_days, supports.get(REACHED), guard.rules),
        naive_mean_days=shown_estimate(result.naive_mean_days, exact(result.n_reached), "days", guard.rules),
        n=shown["n"],
        n_reached=shown[REACHED],
        n_withdrawn=shown[WITHDRAWN],
        n_waiting=shown["waiting"],
        n_missing=shown["missing"],
        follow_up_days=withheld(result.follow_up_days),
        clock=None,
    )


def _supports(curves: pd.DataFrame) -> dict[str, Support]:
    """What stands behind the curve of each cause: its own events, among all that no cause had stopped."""
    parts = {str(cause): rows.reset_index(drop=True) for cause, rows in curves.groupby("cause", sort=False)}
    if not parts:
        return {}
    left = 1 - np.sum([rows["share"].fillna(0.0).to_numpy(float) for rows in parts.values()], axis=0)
    return {cause: Support.of(rows, left.clip(min=0).tolist()) for cause, rows in parts.items()}


def _within(
    outcome: WithinNorm,
    shown: Mapping[str, Count],
    within: Mapping[tuple[str, str], Count],
    supports: Mapping[str, Support],
    rules: DisclosureRules,
) -> WithinNorm:
    """The outcome at a norm: a proportion by its counts as shown, an estimate as a point of its curve."""
    reached, withdrawn = (within[cause, outcome.norm.id] for cause in (REACHED, WITHDRAWN))
    weeks = ceil(outcome.norm.days / WEEK)
    if outcome.method == WILSON:
        shares = [Estimated(*share_of(count, shown["n"], LEVEL)) for count in (reached, withdrawn)]
    else:
        raw = ((REACHED, outcome.share), (WITHDRAWN, outcome.withdrawn))
        shares = [supports[cause].share(estimate, weeks, rules) for cause, estimate in raw]
    naive = outcome.naive_share
    return replace(
        outcome,
        share=shares[0],
        withdrawn=shares[1],
        reached=reached,
        naive_share=None if naive is None else share_of(reached, shown[REACHED], LEVEL)[0],
    )


def _age(estimate: Estimated, support: Support | None, rules: DisclosureRules) -> Estimated:
    """A day by which half has reached the step, in whole days, where enough stand behind it."""
    if support is None or not isinstance(estimate.value, float) or not support.allows(estimate.value / WEEK, rules):
        return nothing_of(estimate)
    ends: list[Estimate] = []
    for end in (estimate.low, estimate.high):
        shown = isinstance(end, float) and support.allows(end / WEEK, rules)
        ends.append(float(round(end)) if shown and isinstance(end, float) else withheld(end))
    return Estimated(float(round(estimate.value)), *ends)


@protect.register
def _(result: DecisionTerms, guard: Guard) -> DecisionTerms:
    cells = ClockCells(result.clock)
    shown = cells.publish(guard)
    beyond = cells.states(("decided_late", "open_late"))
    penalised = beyond._replace(kind="applications:penalty if noticed at once")
    late, opened, n = exact(result.late), exact(result.open_late), exact(result.n_penalised)
    rest = beyond._replace(kind="applications:late without penalty")
    parts = cells.states(("decided_late",)), cells.states(("open_late",))
    counts = {beyond: late + opened, penalised: n, rest: late + opened - n, parts[0]: late, parts[1]: opened}
    relations = [(beyond, parts), (beyond, (penalised, rest))]
    amounts = published(guard, counts, relations, whole=None)
    decided = shown["reached"]
    share, low, high = share_of(shown["decided_late"], decided, LEVEL) if result.term else (None, None, None)
    owed = result.noticed_at_once_eur
    enough = n == 0 or not isinstance(amounts[penalised], Mark)
    return replace(
        result,
        n=shown["n"],
        in_time=shown["decided_in_time"],
        late=shown["decided_late"],
        open_in_time=shown["open_in_time"],
        open_late=shown["open_late"],
        withdrawn=shown["withdrawn"],
        n_missing=shown["missing"],
        late_share=share,
        ci_low=low,
        ci_high=high,
        # To thousands of euros: less than one decision can cost at most.
        noticed_at_once_eur=(round(owed, -3) if enough else SUPPRESSED) if isinstance(owed, float) else owed,
        n_penalised=amounts[penalised],
        clock=None,
    )


@protect.register
def _(result: DecisionFree, guard: Guard) -> DecisionFree:
    cells = ClockCells(result.clock)
    n = cells.publish(guard)["n"]
    if result.without is None:
        return replace(result, n=n, clock=None)
    whole = cells.sum("n")
    without = whole._replace(kind="requests:without an application")
    with_one = whole._replace(kind="requests:with an application")
    count, total = exact(result.without), exact(result.n)
    counts = {whole: total, without: count, with_one: total - count}
    shown = published(guard, counts, [(whole, (without, with_one))], whole=None, public={whole})
    share, low, high = share_of(shown[without], n, LEVEL)
    return replace(result, n=n, without=shown[without], share=share, ci_low=low, ci_high=high, clock=None)
