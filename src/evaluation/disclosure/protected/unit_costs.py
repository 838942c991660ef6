"""Protected copies of what the chapter on unit costs takes from a register."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, protect, shown_estimate
from evaluation.disclosure.publication import CountCell
from evaluation.evidence import SUPPRESSED, Mark
from evaluation.measures.break_even import BreakEven
from evaluation.measures.concentration import HoursConcentration


@protect.register
def _(result: HoursConcentration, guard: Guard) -> HoursConcentration:
    day = str(result.reference_date)
    known, missing = (CountCell(kind, "", day, day) for kind in ("clients_known", "without_client"))
    shown = guard.publish({known: exact(result.n), missing: exact(result.n_missing)})
    rules, n = guard.rules, exact(result.n)
    shares: list[float | Mark | None] = []
    for clients, share in zip(result.frame["clients"], result.frame["hours_share"], strict=True):
        # Few clients on either side of the line: their hours could be told from the share and a known total.
        shares.append(shown_estimate(float(share), min(exact(clients), n - exact(clients)), "share", rules))
    top = dict(zip(result.frame["top_share"], shares, strict=True)).get(0.05)
    frame = result.frame.assign(
        clients=pd.Series([SUPPRESSED] * len(shares), index=result.frame.index, dtype=object),
        hours_share=pd.Series(shares, index=result.frame.index, dtype=object),
    )
    return replace(result, frame=frame, top_5_percent=top, n=shown[known], n_missing=shown[missing])


@protect.register
def _(result: BreakEven, guard: Guard) -> BreakEven:  # noqa: ARG001 - every copy has the same form
    # Its marked inputs are assumptions of this project: they describe nobody.
    return result
