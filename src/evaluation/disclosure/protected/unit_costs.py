"""Protected copies of what the chapter on unit costs takes from a register."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, protect, shown_estimate
from evaluation.disclosure.protected.estimates import replaced, withheld
from evaluation.disclosure.publication import CountCell
from evaluation.evidence import SUPPRESSED, Mark
from evaluation.measures.break_even import BreakEven
from evaluation.measures.concentration import HoursConcentration
from evaluation.measures.counted_unit_costs import CountedUnitCosts


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
def _(result: CountedUnitCosts, guard: Guard) -> CountedUnitCosts:
    day, rules = str(result.reference_date), guard.rules
    cells = {year: CountCell("ran_in_year", f"{year}-01-01", f"{year}-12-31", day) for year in result.n}
    missing = CountCell("ran_without_client", "", day, day)
    sizes = {year: exact(n) for year, n in result.n.items()}
    shown = guard.publish({**{cells[year]: n for year, n in sizes.items()}, missing: exact(result.n_missing)})
    # The costs are public, so a unit cost gives its denominator away: three figures of it are enough to compare.
    columns = {
        name: [
            _three_figures(value) if sizes[year] >= rules.minimum_cell else withheld(value)
            for value, year in zip(result.frame[name], result.frame["year"], strict=True)
        ]
        for name in ("quantity", "eur", "low", "high")
    }
    return replace(
        result,
        frame=replaced(result.frame, columns),
        n={year: shown[cell] for year, cell in cells.items()},
        n_missing=shown[missing],
    )


def _three_figures(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.3g}")


@protect.register
def _(result: BreakEven, guard: Guard) -> BreakEven:  # noqa: ARG001 - every copy has the same form
    # Its marked inputs are assumptions of this project: they describe nobody.
    return result
