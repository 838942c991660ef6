"""Protected copies of where the numbers come from."""

from __future__ import annotations

from dataclasses import replace

from evaluation.disclosure.cells import is_small, round_to_base
from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, protect
from evaluation.evidence import SUPPRESSED, Origin, Provenance


@protect.register
def _(result: Provenance, guard: Guard) -> Provenance:
    return Provenance(tuple(_protected_origin(origin, guard) for origin in result.origins))


def _protected_origin(origin: Origin, guard: Guard) -> Origin:
    if not guard.applies_to(origin.evidence):
        return origin
    rows = (
        SUPPRESSED
        if is_small(exact(origin.rows), guard.rules)
        else round_to_base(exact(origin.rows), guard.rules.rounding_base)
    )
    # The first and the last day are those of one person; their months are not.
    period = "/".join(part[:7] for part in origin.period.split("/"))
    return replace(origin, rows=rows, period=period)
