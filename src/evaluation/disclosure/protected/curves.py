"""What a curve, and an estimate that is read from it, may show of the register.

Three things keep single persons out of a curve. It has a point only where enough are at risk. Between two points lie
enough events, or none, so that no step is that of a few. And no value is finer than what `rounding_base` events would
move it at that age, so that a curve tells no more about its events than their rounded number does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.disclosure.protected.estimates import withheld
from evaluation.disclosure.rules import DisclosureRules
from evaluation.evidence import SUPPRESSED, Estimate
from evaluation.measures.kaplan_meier import Estimated

RESOLUTIONS = (0.01, 0.02, 0.05, 0.1)
"""What shares can be rounded to; a share that would need to be coarser says too little to be shown."""

BOUNDS = ("ci_low", "ci_high")


def shown_share(value: Estimate, units: float, rules: DisclosureRules) -> Estimate:
    """Return a share rounded to whole percents, or coarser, so that it tells no more than its rounded count.

    Parameters
    ----------
    value
        The share; unknown and withheld ones stay so.
    units
        Of how many it is the share.
    rules
        The rules in force.
    """
    if not isinstance(value, float):
        return value
    step = resolution(units, rules)
    return SUPPRESSED if step is None else float(round(round(value / step) * step, 2))


def resolution(units: float, rules: DisclosureRules) -> float | None:
    """Return what a share of so many units is rounded to, or None when there are too few for any."""
    return next((step for step in RESOLUTIONS if step * units >= rules.rounding_base), None)


def shown_months(value: Estimate) -> Estimate:
    """Return an age or a length in months with one decimal, about three days; unknown and withheld ones stay so."""
    # Adding 0 turns the minus zero of a small negative difference into a zero.
    return float(round(value, 1)) + 0.0 if isinstance(value, float) else value


def nothing_of(estimate: Estimated) -> Estimated:
    """Return an estimate without any of its values."""
    return Estimated(*(withheld(part) for part in (estimate.value, estimate.low, estimate.high)))


@dataclass(frozen=True)
class Step:
    """Consecutive months that are shown as one, from the first up to and including the last, with their events."""

    first: int
    last: int
    events: int


def steps(events: Sequence[int], may_end: Sequence[bool], rules: DisclosureRules) -> list[Step]:
    """Return the finest row of steps that each hold enough events or none; what remains at the end is left out.

    Parameters
    ----------
    events
        Number of events per month.
    may_end
        Whether a step may end with this month.
    rules
        The rules in force.
    """
    found: list[Step] = []
    if sum(events) < rules.minimum_cell and any(events):
        return found  # the months without events would tell in which of them the few events are
    first, pending = 0, 0
    for month, n in enumerate(events):
        pending += n
        if may_end[month] and (pending == 0 or pending >= rules.minimum_cell):
            found.append(Step(first, month, pending))
            first, pending = month + 1, 0
    return found


@dataclass(frozen=True)
class Support:
    """What stands behind a curve at each whole month: events up to it, numbers at risk, and the share without event."""

    events: tuple[int, ...]
    at_risk: tuple[int, ...]
    level: tuple[float, ...]

    @classmethod
    def of(cls, frame: pd.DataFrame, level: Sequence[float]) -> Support:
        """Take it from a frame with one row per month and the columns ``events`` (in the month) and ``at_risk``."""
        total = np.cumsum(frame["events"].to_numpy(int))
        return cls(tuple(map(int, total)), tuple(map(int, frame["at_risk"])), tuple(map(float, level)))

    def allows(self, months: float, rules: DisclosureRules) -> bool:
        """Whether an estimate on the curve up to this age rests on enough events and on enough at risk at its end."""
        before, after = int(np.floor(months)), int(np.ceil(months))
        return (
            before >= 0
            and after < len(self.events)
            and self.events[before] >= rules.minimum_cell
            and self.at_risk[after] >= rules.curve_minimum_at_risk
        )

    def units(self, month: int) -> float:
        """The number of which one event at this age is one over that number of the whole."""
        return self.at_risk[month] / self.level[month] if self.level[month] > 0 else np.inf

    def age(self, estimate: Estimated, rules: DisclosureRules) -> Estimated:
        """Return an age by which a share has met the event, in months, as it may be shown."""
        value, low, high = (part if isinstance(part, float) else None for part in _parts(estimate))
        shown_high = high is None or self.allows(high, rules)
        if value is not None:
            if not self.allows(value, rules):
                return nothing_of(estimate)
        elif low is not None and not self.allows(low, rules):
            return nothing_of(estimate)
        return Estimated(
            shown_months(value), shown_months(low), shown_months(high) if shown_high else withheld(estimate.high)
        )

    def mean(self, estimate: Estimated, months: int, rules: DisclosureRules) -> Estimated:
        """Return a mean up to a horizon, in months, as it may be shown."""
        allowed = self.allows(months, rules)
        return Estimated(*map(shown_months, _parts(estimate))) if allowed else nothing_of(estimate)

    def share(self, estimate: Estimated, months: int, rules: DisclosureRules) -> Estimated:
        """Return a share that has met the event by an age as it may be shown."""
        if not self.allows(months, rules):
            return nothing_of(estimate)
        return Estimated(*(shown_share(part, self.units(months), rules) for part in _parts(estimate)))


def survival_support(frame: pd.DataFrame) -> Support:
    """Return what stands behind a Kaplan-Meier curve, a `monthly_curve`."""
    return Support.of(frame, frame["survival"].tolist())


def shown_points(
    frame: pd.DataFrame, value: str, support: Support, rules: DisclosureRules
) -> tuple[pd.DataFrame, list[Step]]:
    """Return the points of a curve that may be shown, with rounded values, and the steps that end in them.

    Parameters
    ----------
    frame
        One row per whole month: ``month``, ``ci_low``, ``ci_high``, ``at_risk``, ``events`` (in the month) and `value`.
    value
        Column of the curve; it falls when it is ``survival`` and rises otherwise.
    support
        What stands behind it.
    rules
        The rules in force.

    Returns
    -------
    tuple
        The rows of the points, ``at_risk`` and ``events`` still exact; and the steps, one per row.
    """
    enough = [
        n >= rules.curve_minimum_at_risk and resolution(support.units(month), rules) is not None
        for month, n in enumerate(support.at_risk)
    ]
    found = steps(frame["events"].tolist(), enough, rules)
    points = frame.iloc[[step.last for step in found]].reset_index(drop=True)
    for column in (value, *BOUNDS):
        rounded = [
            shown_share(None if pd.isna(share) else float(share), support.units(step.last), rules)
            for share, step in zip(points[column].tolist(), found, strict=True)
        ]
        # Rounding each value on its own, and ever coarser, may turn the curve back for a moment.
        numbers = pd.Series(rounded, points.index, dtype=float)
        points[column] = numbers.cummin() if value == "survival" else numbers.cummax()
    points["events"] = [step.events for step in found]
    points["drawn"] = True
    return points, found


def without_counts(points: pd.DataFrame) -> pd.DataFrame:
    """Return points of a curve of which no number at risk and no number of events is shown anywhere."""
    hidden = pd.Series([SUPPRESSED] * len(points), points.index, dtype=object)
    return points.assign(at_risk=hidden, events=hidden)


def name_of(step: Step) -> str:
    """Name of a step among the groups of a dimension: the months that it covers."""
    return f"{step.first}-{step.last}"


def _parts(estimate: Estimated) -> tuple[Estimate, Estimate, Estimate]:
    return estimate.value, estimate.low, estimate.high
