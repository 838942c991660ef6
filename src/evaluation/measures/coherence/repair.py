"""Figures that cannot all be true: which ones collide, and the smallest change that lets them agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from evaluation.evidence import Bounded
from evaluation.measures.coherence.implied import System

MOST_FIGURES = 3  # combinations of more are not searched; then all figures of the conflict are widened together
PRECISION = 1e-7  # of the widening, relative to the value


@dataclass(frozen=True)
class Change:
    """One figure and the nearest value that it would need.

    Attributes
    ----------
    figure
        Id.
    printed
        What was printed, with its rounding.
    needed
        Nearest value that lets the figures agree; equal to the nearest end of `printed` when nothing need change.
    """

    figure: str
    printed: Bounded
    needed: float

    @property
    def difference(self) -> float:
        """What must be added to the nearest end of the printed interval; negative when it must go down."""
        if self.needed < self.printed.low:
            return self.needed - self.printed.low
        return max(self.needed - self.printed.high, 0.0)

    @property
    def relative(self) -> float:
        """Size of the change relative to the printed value, or to 1 for a printed zero."""
        return abs(self.difference) / scale(self.printed)


@dataclass(frozen=True)
class Repair:
    """Changes that together let all figures agree, none of which can be left out.

    Attributes
    ----------
    changes
        One per figure.
    """

    changes: tuple[Change, ...]

    @property
    def largest(self) -> float:
        """The largest relative change."""
        return max(change.relative for change in self.changes)

    @property
    def total(self) -> float:
        """The relative changes together."""
        return sum(change.relative for change in self.changes)


def scale(printed: Bounded) -> float:
    """What a change of a figure is relative to."""
    return abs(printed.value) or 1.0


def conflict(system: System) -> tuple[str, ...]:
    """Return figures of an infeasible system that cannot hold together although they can without any one of them.

    Such a set is found by leaving out figures in turn for as long as the rest stays infeasible (deletion filter,
    Chinneck and Dravnieks 1991). There can be other such sets.
    """
    left = dict.fromkeys(system.figures)
    for name in tuple(left):
        rest = [other for other in left if other != name]
        if not _only(system, rest).feasible:
            left = dict.fromkeys(rest)
    return tuple(left)


def repairs(system: System) -> tuple[Repair, ...]:
    """Return the smallest changes that make an infeasible system feasible, cheapest first.

    Fewest figures first: when changing one figure is enough, every such figure is listed with the exact change it
    needs. Else the combinations of two, then of three. Of equally many figures the cheapest is the one whose largest
    relative change is the smallest; of equals, the one that changes least in all.
    """
    for size in range(1, MOST_FIGURES + 1):
        found = [
            _repaired(system, group) for group in combinations(system.figures, size) if system.without(group).feasible
        ]
        if found:
            return tuple(sorted(found, key=lambda repair: (round(repair.largest, 6), repair.total)))
    return (_repaired(system, tuple(system.figures)),)


def _repaired(system: System, group: tuple[str, ...]) -> Repair:
    """The smallest change of a group of figures that is enough."""
    if len(group) == 1:
        (name,) = group
        return Repair((_change(system, name, system.without(group)),))
    widening = _smallest_widening(system, group)
    held: dict[str, Bounded] = _widened(system, group, widening)
    changes = []
    for name in group:  # what was found for one figure holds while the next is looked at
        others = system.with_values({other: value for other, value in held.items() if other != name})
        change = _change(system, name, others.without([name]))
        changes.append(change)
        held[name] = _reaching(change, PRECISION)
    return Repair(tuple(change for change in changes if change.relative > 10 * PRECISION))


def _change(system: System, name: str, others: System) -> Change:
    printed = system.figures[name].value
    implied = others.implied_of(system.figures[name])
    needed = printed.low
    if implied.high is not None and implied.high < printed.low:
        needed = implied.high
    elif implied.low is not None and implied.low > printed.low:
        needed = implied.low
    return Change(name, printed, needed)


def _smallest_widening(system: System, group: tuple[str, ...]) -> float:
    """Bisect for the smallest relative widening of the intervals of a group that makes the system feasible."""
    low, high = 0.0, 1.0
    while not system.with_values(_widened(system, group, high)).feasible:
        low, high = high, 2 * high
    while high - low > PRECISION * max(high, 1.0):
        middle = (low + high) / 2
        if system.with_values(_widened(system, group, middle)).feasible:
            high = middle
        else:
            low = middle
    return high


def _widened(system: System, group: Iterable[str], by: float) -> dict[str, Bounded]:
    values = {}
    for name in group:
        printed = system.figures[name].value
        margin = by * scale(printed)
        # Nothing that is published here can be negative.
        values[name] = Bounded(printed.value, max(printed.low - margin, min(printed.low, 0.0)), printed.high + margin)
    return values


def _reaching(change: Change, slack: float) -> Bounded:
    """The printed interval, stretched just far enough to hold the needed value."""
    printed, margin = change.printed, slack * scale(change.printed)
    low, high = min(printed.low, change.needed - margin), max(printed.high, change.needed + margin)
    return Bounded(printed.value, low, high)


def _only(system: System, names: Iterable[str]) -> System:
    kept = set(names)
    return system.without(name for name in system.figures if name not in kept)


def changed(system: System, repair: Repair) -> System:
    """Return the system with the figures of a repair changed, to see that they now agree."""
    values: Mapping[str, Bounded] = {change.figure: _reaching(change, PRECISION) for change in repair.changes}
    return system.with_values(values)
