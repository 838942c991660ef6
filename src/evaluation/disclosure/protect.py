"""What each kind of result may show of the register: its protected copy.

`protect` returns a result of the same kind in which every value is one that may be shown: counts rounded or SUPPRESSED,
estimates on fewer units than the minimum SUPPRESSED and others rounded, no first or last day, no name that is not a
code. Table, figure, sentence and measure are made from that copy and from nothing else. The copies are made in
`evaluation.disclosure.protected`; a kind of result that none of its modules knows cannot leave.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from evaluation.disclosure import DisclosureError
from evaluation.disclosure.guard import Guard
from evaluation.disclosure.rules import DisclosureRules
from evaluation.evidence import SUPPRESSED, Estimate, Mark

# Decimals to which an estimate is shown, by unit: what is finer would let an attacker compute the sum behind it.
DECIMALS = {
    "days": 0,
    "eur_million": 1,
    "hours_per_family": 1,
    "hours_per_month": 1,
    "months": 1,
    "points": 1,
    "share": 2,
    "share_difference": 2,
}


@singledispatch
def protect(result: Any, guard: Guard) -> Any:  # noqa: ARG001 - the copies need it
    """Return the copy of `result` that may be shown, and let the guard remember what it shows.

    Raises
    ------
    DisclosureError
        When no rule says how a result of this kind is protected.
    SuppressionError
        When the small counts in it cannot be kept hidden.
    """
    raise DisclosureError(
        f"{type(result).__name__} comes from the personal register and no rule says how to protect it; it is not shown"
    )


def never_shown(kind: type) -> None:
    """Refuse a kind of result at the gate: an intermediate step that nothing shows."""
    protect.register(kind, _refuse)


def _refuse(result: Any, guard: Guard) -> Any:  # noqa: ARG001 - the copies need it
    raise DisclosureError(f"{type(result).__name__} is a step between the register and a result and is never shown")


def shown_estimate(value: Estimate, n: int, unit: str, rules: DisclosureRules) -> Estimate:
    """Return an estimate on `n` units as it may be shown; unknown stays unknown.

    Raises
    ------
    DisclosureError
        When no rule says how values of this unit are rounded.
    """
    if value is None or isinstance(value, Mark):
        return value
    if unit not in DECIMALS:
        raise DisclosureError(f"no rule says how a value in {unit} is rounded; add one to the disclosure rules")
    return SUPPRESSED if n < rules.minimum_cell else round(value, DECIMALS[unit])


def exact(value: object) -> int:
    """Return a count as a whole number.

    Raises
    ------
    DisclosureError
        When it is none, such as the mark of a count that was protected before.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 1:
        raise DisclosureError(f"a count is expected, not {type(value).__name__}; a result can be protected once only")
    return int(value)
