"""Jumps in spending: changes between two years that are too large to be care, and what a result is without them.

Accounts say what was booked where. When a municipality moves help to another task field, its spending in this one can
halve or double in a year without any youth getting other help. Such a municipality is a poor example of how spending
goes on when nothing is changed, so a comparison is also made without it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from evaluation.measures.panel import Panel

# Share of the year before. Half, since neither use nor tariffs of a large municipality move by that much in a year,
# while moving help to another task field does.
LARGEST_CHANGE = 0.5
FEWEST_OTHERS = 2  # without whom nothing is left to compare with


@dataclass(frozen=True)
class Jump:
    """The largest change of one municipality from one year to the next.

    Attributes
    ----------
    code, municipality
        Code and name.
    year
        The later of both years.
    change
        Share of the earlier one, with its sign.
    """

    code: str
    municipality: str
    year: int
    change: float


@dataclass(frozen=True)
class Jumps:
    """Municipalities that jumped before a change.

    Attributes
    ----------
    largest_change
        Largest change in one year that passes for care, a share of the year before.
    change_year
        First year with the change; jumps from then on are not looked for.
    others
        Of the others, largest first.
    own
        Of the municipality in question, if it jumped itself.
    largest_passed
        Largest change among the others that did pass.
    """

    largest_change: float
    change_year: int
    others: tuple[Jump, ...]
    own: Jump | None
    largest_passed: float

    def left_out_in_turn(self) -> tuple[tuple[Jump, ...], ...]:
        """Nobody, each of the others that jumped alone, and all of them together when there are more than one."""
        together = (self.others,) if len(self.others) > 1 else ()
        return ((), *((one,) for one in self.others), *together)


def jumps_before(panel: Panel, *, change_year: int, largest_change: float = LARGEST_CHANGE) -> Jumps:
    """Find the municipalities whose outcome changed by more than a share from one year to the next.

    ``|y(t) / y(t - 1) - 1| > largest_change`` for any year t before the change. The outcome is taken as it is, nominal
    euros per inhabitant: prices rose alike everywhere, and by far less than half in a year.

    Parameters
    ----------
    panel
        Outcome per municipality and year.
    change_year
        First year with the change.
    largest_change
        Largest change in one year that passes for care, a share of the year before.
    """
    before = panel.outcome.loc[: change_year - 1]
    changes = (before / before.shift() - 1).iloc[1:]
    largest = [
        _largest(code, panel.names[code], changes[code].dropna())
        for code in map(str, changes.dropna(how="all", axis=1))
    ]
    ordered = sorted(largest, key=lambda jump: (-abs(jump.change), jump.code))
    jumped = [jump for jump in ordered if abs(jump.change) > largest_change]
    passed = [abs(jump.change) for jump in ordered if jump not in jumped and jump.code != panel.treated]
    return Jumps(
        largest_change=largest_change,
        change_year=change_year,
        others=tuple(jump for jump in jumped if jump.code != panel.treated),
        own=next((jump for jump in jumped if jump.code == panel.treated), None),
        largest_passed=max(passed, default=0.0),
    )


def _largest(code: str, name: str, changes: pd.Series[float]) -> Jump:
    at = int(changes.abs().to_numpy().argmax())
    return Jump(code, name, int(changes.index[at]), float(changes.iloc[at]))


def without(panel: Panel, jumps: tuple[Jump, ...]) -> Panel:
    """Return a panel without some of the other municipalities.

    Raises
    ------
    ValueError
        When fewer than two others are left.
    """
    codes = [jump.code for jump in jumps]
    if len(panel.donors) - len(codes) < FEWEST_OTHERS:
        raise ValueError(
            f"without {', '.join(codes)} fewer than {FEWEST_OTHERS} municipalities are left to compare with"
        )
    return replace(panel, outcome=panel.outcome.drop(columns=codes))


def named(jumps: tuple[Jump, ...]) -> tuple[str, ...]:
    """Names of municipalities, for a column that says who was left out."""
    return tuple(jump.municipality for jump in jumps)
