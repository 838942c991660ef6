"""Names and counts of what runs on a clock of access: published together, so that nothing follows by subtraction.

The states of a table are a partition; every count of a clock is a sum of them and goes by their names. Whichever
result of the clock comes first publishes them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from evaluation.disclosure import DisclosureError
from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import never_shown
from evaluation.disclosure.protected.fallback import published
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.tabulation import Relation
from evaluation.evidence import Count
from evaluation.measures.clocks import REACHED, WITHDRAWN, Clock, Clocks
from evaluation.measures.norms import DECISION_TERM, Norm

STANDING = ("waiting", "open")  # states that are left again

never_shown(Clock)
never_shown(Clocks)


class ClockCells:
    """Cells of one clock.

    Parameters
    ----------
    clock
        The clock; a copy that was protected has none.
    """

    def __init__(self, clock: Clock | None) -> None:
        if clock is None:
            raise DisclosureError("the clock behind a waiting time is missing; a result can be protected once only")
        self.clock = clock

    def sum(self, name: str) -> CountCell:
        """The cell of ``n``, ``reached``, ``withdrawn`` or ``waiting``."""
        return self.states(self.clock.sums[name])

    def states(self, states: Sequence[str]) -> CountCell:
        """The cell of some states together."""
        clock = self.clock
        lasting = all(state.startswith(STANDING) for state in states)
        day = str(clock.reference_date)
        return CountCell(f"{clock.units}:{'+'.join(states)}", "" if lasting else str(clock.since), day, day)

    def within(self, cause: str, norm: Norm) -> CountCell:
        """The cell of those that were stopped by a cause within a norm."""
        if norm.id == DECISION_TERM and cause == REACHED:
            return self.states(("decided_in_time",))
        return self.sum("n")._replace(kind=f"{self.clock.units}:{self.clock.name}:{cause} within {norm.days} days")

    def publish(self, guard: Guard) -> Mapping[str, Count]:
        """Publish the states and the counts of the clock; returns the counts and the states by name."""
        clock = self.clock
        counts = {self.states((state,)): n for state, n in clock.states.items()}
        relations: list[Relation] = []
        for states in clock.sums.values():
            cell = self.states(states)
            counts[cell] = sum(clock.states[state] for state in states)
            if len(states) > 1:
                relations.append((cell, tuple(self.states((state,)) for state in states)))
        missing = self.sum("n")._replace(kind=f"{clock.units}:untimed")
        shown = published(guard, counts, relations, whole=self.sum("n")) | guard.publish({missing: clock.n_missing})
        named: dict[str, Count] = {name: shown[self.sum(name)] for name in clock.sums}
        return named | {state: shown[self.states((state,))] for state in clock.states} | {"missing": shown[missing]}

    def publish_within(self, guard: Guard, norms: Sequence[Norm]) -> Mapping[tuple[str, str], Count]:
        """Publish how many were stopped by each cause within each norm, by cause and id of the norm."""
        found: dict[tuple[str, str], Count] = {}
        ordered = sorted(norms, key=lambda norm: norm.days)
        frame = self.clock.frame
        for cause in (REACHED, WITHDRAWN) if ordered else ():
            days = frame.loc[frame["cause"] == cause, "exit_days"]
            whole = self.sum(cause)
            counts = {whole: len(days)}
            cells = [self.within(cause, norm) for norm in ordered]
            counts |= {cell: int((days <= norm.days).sum()) for cell, norm in zip(cells, ordered, strict=True)}
            relations: list[Relation] = []
            for part, total in pairwise([*cells, whole]):
                if part != total:
                    rest = total._replace(kind=f"{total.kind} less {part.kind}")
                    counts[rest] = counts[total] - counts[part]
                    relations.append((total, (part, rest)))
            shown = published(guard, counts, relations, whole=None, public={whole})
            found |= {(cause, norm.id): shown[cell] for cell, norm in zip(cells, ordered, strict=True)}
        return found
