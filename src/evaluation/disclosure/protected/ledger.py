"""Protected copies of what the ledger adds up to.

The parts of the ledger are budgets of the municipality, not payments for a person; they are shown in tenths of
millions, and not at all when few lines make them up. Amounts of single products stay inside.
"""

from __future__ import annotations

from dataclasses import replace

from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, protect, shown_estimate
from evaluation.disclosure.protected.estimates import replaced
from evaluation.disclosure.publication import CountCell
from evaluation.evidence import SUPPRESSED, Bounded, Mark, is_suppressed
from evaluation.measures.ledger import TOTAL, LedgerTotals, agrees, growth_of
from evaluation.measures.ledger_growth import LedgerGrowth


@protect.register
def _(result: LedgerTotals, guard: Guard) -> LedgerTotals:
    day = str(result.reference_date)
    cells = {kind: CountCell(kind, "", day, day) for kind in ("ledger_lines", "ledger_lines_undated")}
    shown = guard.publish(dict(zip(cells.values(), (exact(result.n), exact(result.n_missing)), strict=True)))
    frame = result.frame.reset_index(drop=True)
    amounts = [
        shown_estimate(amount, exact(lines), "eur_million", guard.rules)
        for amount, lines in zip(frame["eur_million"], frame["lines"], strict=True)
    ]
    for year in result.years:
        rows = frame.index[(frame["year"] == year) & (frame["part"] != TOTAL)]
        if any(is_suppressed(amounts[row]) for row in rows):
            # The total less the other parts would give a withheld part away.
            amounts[int(frame.index[(frame["year"] == year) & (frame["part"] == TOTAL)][0])] = SUPPRESSED
    # A sum of tenths is off by rounding alone, so agreement is judged on what is shown.
    agree = [
        value if isinstance(value, Mark) or value is None else agrees(value, _printed(row))
        for value, row in zip(amounts, frame.to_dict("records"), strict=True)
    ]
    lines = [SUPPRESSED] * len(frame)
    copy = replaced(frame, {"lines": lines, "eur_million": amounts, "agrees": agree})
    return replace(
        result,
        frame=copy,
        n=shown[cells["ledger_lines"]],
        n_missing=shown[cells["ledger_lines_undated"]],
        growth=_rounded_growth(copy),
    )


def _rounded_growth(frame: object) -> float | Mark | None:
    growth = growth_of(frame)  # type: ignore[arg-type]
    return growth if growth is None or isinstance(growth, Mark) else round(growth, 2)


def _printed(row: dict[object, object]) -> Bounded | None:
    value, low, high = (row[name] for name in ("printed", "printed_low", "printed_high"))
    return None if value is None or value != value else Bounded(float(value), float(low), float(high))  # type: ignore[arg-type] # noqa: PLR0124 - NaN is no amount


@protect.register
def _(result: LedgerGrowth, guard: Guard) -> LedgerGrowth:
    rules, n = guard.rules, exact(result.n)
    few = result.products["months"].gt(0) & result.products["months"].lt(rules.minimum_cell)
    # A product of a few months of help weighs next to nothing, but its price could stand out in the mix.
    size = 0 if few.any() else n
    columns = {
        method: [shown_estimate(value, size, "eur_million", rules) for value in result.frame[method]]
        for method in ("lmdi", "bennet")
    }
    cell = CountCell("months_of_help", str(result.final_year), str(result.reference_date), str(result.reference_date))
    return replace(
        result,
        frame=replaced(result.frame, columns),
        products=result.products.iloc[:0],
        change=shown_estimate(result.change, size, "eur_million", rules),
        covered=shown_estimate(result.covered, size, "share", rules),
        n=guard.publish({cell: n})[cell],
    )
