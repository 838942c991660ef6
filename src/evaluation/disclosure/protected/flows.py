"""Protected copies of the inflow and of whom it reaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

from evaluation.disclosure.cells import is_small
from evaluation.disclosure.guard import Guard, Pair
from evaluation.disclosure.protect import exact, protect
from evaluation.disclosure.protected.estimates import replaced, rounded, rounded_down, withheld
from evaluation.disclosure.protected.starts import Starts
from evaluation.disclosure.publication import CountCell
from evaluation.evidence import SUPPRESSED, Count, Estimate, Mark, is_suppressed
from evaluation.measures.rate_ratio import RateRatio, exact_rate_ratio
from evaluation.measures.rates import InflowRate, MonthlyInflow, count_interval, rate_per_thousand
from evaluation.measures.reach import Reach


@protect.register
def _(result: Reach, guard: Guard) -> Reach:
    starts = Starts(result.months, result.since, result.reference_date)
    name, rows = starts.name, result.frame.to_dict("records")
    shown = dict(starts.publish(guard, *map(int, result.frame["year"])))
    counts = {
        name.period("clients"): exact(result.clients),
        name.period("families"): exact(result.families),
        name.period("without_client"): exact(result.clients_missing),
        name.period("without_family"): exact(result.families_missing),
    }
    differences = _chain(starts.whole, name.period("clients"), name.period("families"))
    cells: list[tuple[CountCell, CountCell]] = []
    for row in rows:
        first, last = date(row["year"], 1, 1), min(date(row["year"], 12, 31), result.reference_date)
        kind = "started" if row["unit"] == "trajectories" else row["unit"]
        started, served = (name.period(k, str(first), str(last)) for k in (kind, f"served_{row['unit']}"))
        counts[served] = int(row["served"])
        if started not in shown:  # a year of trajectories was decided on together with its months
            counts[started] = int(row["started"])
        cells.append((started, served))
        differences.append((served, started))
    for units in (cells[i : i + 3] for i in range(0, len(cells), 3)):
        differences += _chain(*(started for started, _ in units))
        differences += _chain(*(served for _, served in units))
    shown |= guard.publish(counts, differences=differences)
    missing = shown[name.period("without_client")]
    clients, families = shown[name.period("clients")], shown[name.period("families")]
    with_client: Count = SUPPRESSED
    if not isinstance(missing, Mark) and not isinstance(shown[starts.whole], Mark):
        with_client = exact(shown[starts.whole]) - missing
    return replace(
        result,
        trajectories=shown[starts.whole],
        clients=clients,
        families=families,
        clients_missing=missing,
        families_missing=shown[name.period("without_family")],
        trajectories_per_client=_ratio(result.trajectories_per_client, with_client, clients),
        clients_per_family=_ratio(result.clients_per_family, clients, families),
        frame=replaced(
            result.frame,
            {"started": [shown[cell] for cell, _ in cells], "served": [shown[cell] for _, cell in cells]},
        ),
        months=result.months.iloc[:0],
    )


@protect.register
def _(result: InflowRate, guard: Guard) -> InflowRate:
    starts = Starts(result.months, result.since, result.reference_date)
    started = starts.publish(guard, result.year)[starts.year(result.year)]
    rate: Estimate = SUPPRESSED
    low: Estimate = SUPPRESSED
    high: Estimate = SUPPRESSED
    if not isinstance(started, Mark):
        rate, low, high = (rounded(end, 1) for end in rate_per_thousand(started, result.days, result.population))
    return replace(result, started=started, rate=rate, ci_low=low, ci_high=high, months=result.months.iloc[:0])


@protect.register
def _(result: RateRatio, guard: Guard) -> RateRatio:
    starts = Starts(result.months, result.since, result.reference_date)
    shown = starts.publish(guard, result.year, result.year - 1)
    count = shown.get(starts.year(result.year), 0)
    before = shown[starts.year(result.year - 1)] if result.days_before else 0
    ends = [result.exact_low, result.exact_high, result.quasi_low, result.quasi_high]
    copy = replace(result, count=count, count_before=before, months=result.months.iloc[:0])
    if isinstance(count, Mark) or isinstance(before, Mark):
        low, high, quasi_low, quasi_high = map(withheld, ends)
        ratio, dispersion = withheld(result.ratio), withheld(result.dispersion)
    else:
        ratio, low, high = exact_rate_ratio(count, result.days, before, result.days_before) or (None, None, None)
        # The width of the wider interval tells how the months vary; its middle is that of the counts shown.
        quasi_low, quasi_high = (_moved(end, result.ratio, ratio) for end in ends[2:])
        dispersion = rounded(result.dispersion, 1)
    return replace(
        copy,
        ratio=rounded(ratio, 2),
        exact_low=rounded(low, 2),
        exact_high=rounded(high, 2),
        quasi_low=rounded(quasi_low, 2),
        quasi_high=rounded(quasi_high, 2),
        dispersion=dispersion,
    )


@protect.register
def _(result: MonthlyInflow, guard: Guard) -> MonthlyInflow:
    starts = Starts(result.months, result.since, result.reference_date)
    shown = starts.publish(guard)
    inflow = [shown[starts.month(month)] for month in result.frame["month"]]
    few = is_small(int(result.frame["inflow"].sum()), guard.rules)
    dispersion = SUPPRESSED if few else rounded(result.dispersion, 2)
    spread = 0.0 if dispersion is None or isinstance(dispersion, Mark) else dispersion
    ends = [_ends(count, spread) for count in inflow]
    columns: dict[str, list[Estimate]] = {
        "inflow": [*inflow],
        "ci_low": [low for low, _ in ends],
        "ci_high": [high for _, high in ends],
    }
    return replace(
        result,
        frame=replaced(result.frame, columns),
        overdispersed=None if few else result.overdispersed,
        p_value=withheld(result.p_value) if few else rounded_down(result.p_value),
        dispersion=dispersion,
        months=result.months.iloc[:0],
    )


def _ends(count: Count, dispersion: float) -> tuple[Estimate, Estimate]:
    """Interval of a month by its count as shown."""
    if isinstance(count, Mark):
        return SUPPRESSED, SUPPRESSED
    low, high = count_interval([count], dispersion)
    return round(float(low[0]), 1), round(float(high[0]), 1)


def _chain(*cells: CountCell) -> list[Pair]:
    """Pairs of each cell with the next, of which the rest is shown nowhere."""
    return list(pairwise(cells))


def _ratio(value: Estimate, numerator: Count, denominator: Count) -> Estimate:
    if value is None:
        return None
    if isinstance(numerator, Mark) or isinstance(denominator, Mark) or is_suppressed(value) or not denominator:
        return SUPPRESSED
    return round(numerator / denominator, 2)


def _moved(end: Estimate, ratio: Estimate, shown: Estimate) -> Estimate:
    if isinstance(end, float) and isinstance(ratio, float) and isinstance(shown, float):
        return end / ratio * shown
    return end
