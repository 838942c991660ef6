"""Protected copies of what the chapter on the pilot takes from the register.

Some twenty families: a neighbourhood or a household would point at a few of them, so no result has either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from evaluation.disclosure.cells import round_to_base
from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, never_shown, protect, shown_estimate
from evaluation.disclosure.protected.curves import shown_points, survival_support, without_counts
from evaluation.disclosure.protected.estimates import withheld
from evaluation.disclosure.publication import CountCell
from evaluation.evidence import SUPPRESSED, Count, Estimate, Mark
from evaluation.measures.kaplan_meier import Estimated
from evaluation.measures.pilot_register import (
    ExitHazard,
    FamilyHours,
    FamilyLength,
    FamilySpells,
    rate_of,
    ratio_of,
)
from evaluation.measures.pilot_scores import PairedScores

never_shown(FamilySpells)
never_shown(PairedScores)


@protect.register
def _(result: FamilyLength, guard: Guard) -> FamilyLength:
    def cell(kind: str) -> CountCell:
        return CountCell(f"pilot families {kind}", str(result.since), str(result.reference_date), on)

    on, rules = str(result.reference_date), guard.rules
    n, ended, carried = (exact(value) for value in (result.n, result.n_ended, result.n_carried_in))
    counts = {
        cell("followed"): n,
        cell("left"): ended,
        cell("supported"): n - ended,
        cell("started"): n - carried,
        cell("carried in"): carried,
    }
    relations = [
        (cell("followed"), (cell("left"), cell("supported"))),
        (cell("followed"), (cell("started"), cell("carried in"))),
    ]
    missing = cell("left out")
    shown = guard.publish(counts, relations) | guard.publish({missing: exact(result.n_missing)})
    support = survival_support(result.monthly)
    points, _steps = shown_points(result.monthly, "survival", support, rules)
    followed = [month for month, at in enumerate(support.at_risk) if at >= rules.curve_minimum_at_risk]
    reach: Estimate = None if result.follow_up_months is None else float(followed[-1]) if followed else SUPPRESSED
    return replace(
        result,
        monthly=without_counts(points),
        median_months=support.age(result.median_months, rules),
        share_ended_12_months=support.share(result.share_ended_12_months, 12, rules),
        follow_up_months=reach,
        n=shown[cell("followed")],
        n_ended=shown[cell("left")],
        n_carried_in=shown[cell("carried in")],
        n_missing=shown[missing],
    )


@protect.register
def _(result: ExitHazard, guard: Guard) -> ExitHazard:
    on, since, rules = str(result.reference_date), str(result.since), guard.rules
    left = CountCell("pilot families left", since, on, on)
    cells = {int(first): left._replace(dimension="months", group=str(first)) for first in result.frame["first"]}
    counts = {cells[int(row["first"])]: exact(row["ended"]) for row in result.frame.to_dict("records")}
    families = dict(zip(cells.values(), result.frame["families"], strict=True))
    # Of few families also a departure of nobody says something about each.
    few = {cell for cell, n in families.items() if exact(n) < rules.minimum_cell}
    shown = guard.publish({left: sum(counts.values()), **counts}, [(left, tuple(counts))], unpublished=few)
    rows = [
        _interval(row, shown.get(cells[int(row["first"])], SUPPRESSED), guard)
        for row in result.frame.to_dict("records")
    ]
    frame = pd.DataFrame(rows, columns=result.frame.columns, dtype=object)
    return replace(result, frame=frame, ratio=_ratio(frame, result))


def _interval(row: Mapping[object, object], ended: Count, guard: Guard) -> dict[str, object]:
    """One interval with a rate made from its counts as they are shown."""
    own = {"first": row["first"], "last": row["last"], "families": SUPPRESSED}
    months = round_to_base(float(row["months"]), guard.rules.rounding_base)  # type: ignore[arg-type]
    if isinstance(ended, Mark) or not months:
        return {**own, "months": SUPPRESSED, "ended": ended, "rate": SUPPRESSED, "low": SUPPRESSED, "high": SUPPRESSED}
    return {**own, "months": float(months), "ended": ended, **rate_of(ended, months)}


def _ratio(frame: pd.DataFrame, result: ExitHazard) -> Estimated:
    hidden = any(isinstance(value, Mark) for value in [*frame["ended"], *frame["months"]])
    if hidden:
        return Estimated(*(withheld(part) for part in (result.ratio.value, result.ratio.low, result.ratio.high)))
    return ratio_of(frame, result.turn)


@protect.register
def _(result: FamilyHours, guard: Guard) -> FamilyHours:
    on, n = str(result.reference_date), exact(result.n)
    known, missing = (CountCell(f"pilot families {kind} hours", "", on, on) for kind in ("with", "without"))
    shown = guard.publish({known: n, missing: exact(result.n_missing)})
    mean = (
        shown_estimate(part, n, "hours_per_family", guard.rules)
        for part in (result.mean.value, result.mean.low, result.mean.high)
    )
    return replace(
        result,
        mean=Estimated(*mean),
        # The hours in the middle are those of one family.
        median=withheld(result.median),
        per_month=shown_estimate(result.per_month, n, "hours_per_month", guard.rules),
        n=shown[known],
        n_missing=shown[missing],
    )
