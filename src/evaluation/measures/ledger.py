"""What the ledger of the register adds up to, beside the amounts that were published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Bounded, Count, Estimate, Evidence, Mark, Measure
from evaluation.measures.costs import CouncilCosts
from evaluation.snapshot import Records

SCOPES = ("bjh", "open_house", "transition", "solidarity", "other")
TOTAL = "total"
MILLION = 1_000_000

LINES = """
select extract(year from coalesce(service_month, booking_month))::integer as year, scope_flag as part,
    count(*) as lines, count(*) filter (service_month is null) as undated, sum(amount_eur) / 1e6 as eur_million
from t group by all
"""


@dataclass(frozen=True)
class LedgerTotals:
    """Nominal amounts per year of service and part, and whether they agree with what was published.

    A line without a month of service counts in its month of booking.

    Attributes
    ----------
    frame
        One row per calendar year that was over on the reference date and per ``part`` (`SCOPES`, then ``total``):
        ``year``, ``lines``, ``eur_million`` (null without lines), ``printed``, ``printed_low``, ``printed_high`` (null
        where nothing was published), ``agrees`` (whether the amount rounds to the printed one; null without one).
    n, n_missing
        Lines in it, and lines without a month of service.
    growth
        Growth of the total from the first to the last year, a share; None without both.
    """

    frame: pd.DataFrame
    n: Count
    n_missing: Count
    growth: Estimate
    reference_date: date
    evidence: Evidence
    source: str

    @property
    def years(self) -> list[int]:
        """Calendar years with lines."""
        return sorted(set(self.frame["year"]))

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        period = f"{self.years[0]}/{self.years[-1]}" if self.years else str(self.reference_date)
        return (
            Measure(
                id="costs.ledger_growth_nominal",
                estimate=self.growth,
                unit="share",
                method="sum of the ledger lines by month of service, last year over first",
                period=period,
                n=self.n,
                n_missing=self.n_missing,
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def ledger_totals(costs: Records, printed: CouncilCosts) -> LedgerTotals:
    """Add up the lines of the ledger per year and part.

    Parameters
    ----------
    costs
        The table ``costs``.
    printed
        Amounts that the council was shown.
    """
    found = costs.frame(LINES)
    # A year that is not over would look like a fall.
    found = found[found["year"] < costs.reference_date.year] if len(found) else found
    sums = found.groupby(["year", "part"])[["lines", "eur_million"]].sum() if len(found) else None
    rows = [_row(year, part, sums, printed) for year in sorted(set(found["year"])) for part in (*SCOPES, TOTAL)]
    columns = ["year", "part", "lines", "eur_million", "printed", "printed_low", "printed_high", "agrees"]
    frame = pd.DataFrame(rows, columns=columns)
    return LedgerTotals(
        frame=frame,
        n=int(found["lines"].sum()),
        n_missing=int(found["undated"].sum()),
        growth=growth_of(frame),
        reference_date=costs.reference_date,
        evidence=costs.evidence,
        source=costs.source,
    )


def growth_of(frame: pd.DataFrame) -> Estimate:
    """Growth of the total from the first to the last year of a frame of `LedgerTotals`."""
    totals = frame.loc[frame["part"] == TOTAL, "eur_million"].tolist()
    if any(isinstance(total, Mark) for total in totals):
        return next(total for total in totals if isinstance(total, Mark))
    return float(totals[-1] / totals[0] - 1) if len(totals) > 1 and totals[0] > 0 else None


def agrees(eur_million: float, printed: Bounded | None) -> bool | None:
    """Return whether an amount is one that rounds to the printed figure; None when none was printed."""
    return None if printed is None else printed.contains(eur_million)


def printed_amount(printed: CouncilCosts, part: str, year: int) -> Bounded | None:
    """Return what the council was shown of a part in a year; transition was shown over several years only."""
    amounts: Mapping[str, Mapping[int, Bounded]] = {TOTAL: printed.total, "bjh": printed.bjh}
    return amounts.get(part, {}).get(year)


def _row(year: int, part: str, sums: pd.DataFrame | None, printed: CouncilCosts) -> Sequence[object]:
    of_year = sums.loc[year] if sums is not None else None
    own = of_year if part == TOTAL or of_year is None else of_year[of_year.index == part]
    lines = 0 if own is None else int(own["lines"].sum())
    amount = float(own["eur_million"].sum()) if own is not None and lines else None
    known = printed_amount(printed, part, year)
    ends = (None, None, None) if known is None else (known.value, known.low, known.high)
    return year, part, lines, amount, *ends, None if amount is None else agrees(amount, known)
