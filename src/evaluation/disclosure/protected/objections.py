"""Protected copies of objections and complaints: rates of the counts as they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from evaluation.disclosure import DisclosureError
from evaluation.disclosure.cells import round_to_base
from evaluation.disclosure.guard import Guard, Pair
from evaluation.disclosure.protect import exact, protect
from evaluation.disclosure.protected.estimates import replaced, withheld
from evaluation.disclosure.protected.fallback import published
from evaluation.disclosure.protected.names import Cells
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.rules import DisclosureRules
from evaluation.disclosure.tabulation import Relation
from evaluation.evidence import SUPPRESSED, Count, Mark, is_suppressed
from evaluation.measures import complaints as told
from evaluation.measures import objections as objected
from evaluation.measures.calendar_years import spans
from evaluation.measures.capture_recapture import chapman
from evaluation.measures.complaints import Complaints, ComplaintsMissed
from evaluation.measures.objections import COUNTS, Objections, RightsObservatory

MONTHS_BASE = 10  # trajectory-months are shown in tens: less than a person adds in a year
PARTS = {"closed": ("objections", "none"), "answered": ("upheld", "rejected")}


@protect.register
def _(result: Objections, guard: Guard) -> Objections:
    frame = _without_exact_time(result.frame, guard.rules)
    if not result.delivered:
        return replace(result, frame=frame)
    cells = _cells(
        result.since, result.reference_date, [f"objections:{name}" for name in (*COUNTS, "none", "rejected")]
    )
    counts: dict[CountCell, int] = {}
    relations: list[Relation] = []
    differences: list[Pair] = []
    for row, own in zip(result.frame.to_dict("records"), cells, strict=True):
        values = {name: exact(row[name]) for name in COUNTS}
        values["none"] = values["closed"] - values["objections"]
        values["rejected"] = values["answered"] - values["upheld"]
        at = {name.partition(":")[2]: cell for name, cell in own.items()}
        counts |= {at[name]: n for name, n in values.items()}
        relations += [(at[whole], tuple(at[part] for part in parts)) for whole, parts in PARTS.items()]
        differences += [(at["decisions"], at["closed"]), (at["objections"], at["answered"])]
    relations += _sums(cells)
    funnel = Cells(result.since, result.reference_date)
    last = cells[-1]
    differences += [
        (last["objections:decisions"], funnel.period("offers:decided")),
        (last["objections:objections"], funnel.period("offers:objected")),
    ]
    shown = published(guard, counts, relations, whole=last["objections:decisions"], differences=differences)
    frame = replaced(frame, {name: [shown[own[f"objections:{name}"]] for own in cells] for name in COUNTS})
    frame = objected.with_objection_rates(frame)
    return replace(result, frame=frame, comparison=objected.compared(frame))


@protect.register
def _(result: RightsObservatory, guard: Guard) -> RightsObservatory:
    if result.funnel is None or result.record is None:
        raise DisclosureError("what the rights are computed from is missing; a result can be protected once only")
    copy = objected.rights_observatory(protect(result.funnel, guard), protect(result.record, guard))
    return replace(copy, funnel=None, record=None)


@protect.register
def _(result: Complaints, guard: Guard) -> Complaints:
    frame = _without_exact_time(result.frame, guard.rules)
    if not result.delivered:
        return replace(result, frame=frame)
    cells = _cells(result.since, result.reference_date, [f"complaints:{result.match_days}"])
    own = [next(iter(cell.values())) for cell in cells]
    counts = {cell: exact(n) for cell, n in zip(own, result.frame["complaints"], strict=True)}
    whole = own[-1]
    registers = [_register(whole, str(name)) for name in result.by_register["register"]]
    counts |= {cell: exact(n) for cell, n in zip(registers, result.by_register["complaints"], strict=True)}
    # One complaint can be in several registers: the sum over them is larger, by a number that is shown nowhere.
    listed, again = (whole._replace(kind=f"{whole.kind}:{kind}") for kind in ("listed", "listed again"))
    counts[listed] = sum(exact(n) for n in result.by_register["complaints"])
    counts[again] = counts[listed] - counts[whole]
    relations = [*_sums(cells), (listed, tuple(registers)), (listed, (whole, again))]
    shown = published(guard, counts, relations, whole=whole, unpublished={listed, again})
    frame = replaced(frame, {"complaints": [shown[cell] for cell in own]})
    frame = told.with_complaint_rates(frame)
    by_register = replaced(result.by_register, {"complaints": [shown[cell] for cell in registers]})
    return replace(result, frame=frame, by_register=by_register, comparison=told.compared(frame))


@protect.register
def _(result: ComplaintsMissed, guard: Guard) -> ComplaintsMissed:
    if result.seen is None:
        return result
    whole = Cells(result.since, result.reference_date).period(f"complaints:{result.match_days}")
    names = ("inside", "outside", "both", "seen", "only inside", "only outside")
    at = {name: whole._replace(kind=f"{whole.kind}:matched {name}") for name in names}
    inside, outside, both = (exact(getattr(result, name)) for name in names[:3])
    values = (inside, outside, both, exact(result.seen), inside - both, outside - both)
    counts = dict(zip(at.values(), values, strict=True))
    relations: list[Relation] = [
        (at["inside"], (at["both"], at["only inside"])),
        (at["outside"], (at["both"], at["only outside"])),
        (at["seen"], (at["both"], at["only inside"], at["only outside"])),
    ]
    differences = [(whole, at["seen"]), (_register(whole, told.INSIDE), at["inside"])]
    shown = published(guard, counts, relations, whole=None, differences=differences)
    unmatched = whole._replace(kind=f"{whole.kind}:without client")
    missing = guard.publish({unmatched: exact(result.without_client)})[unmatched]
    first, second, shared = (shown[at[name]] for name in names[:3])
    size, low, high = None, None, None
    if isinstance(first, Mark) or isinstance(second, Mark) or isinstance(shared, Mark):
        # That too few are in both would tell how many; only none at all may be said.
        hidden = SUPPRESSED if both else None
        return _missed(result, shown, at, missing, (hidden, hidden, hidden))
    if found := chapman(first, second, shared):
        size, low, high = (float(round(value)) for value in found)
    return _missed(result, shown, at, missing, (size, low, high))


def _missed(
    result: ComplaintsMissed,
    shown: dict[CountCell, Count],
    at: dict[str, CountCell],
    missing: Count,
    estimate: tuple[float | Mark | None, float | Mark | None, float | Mark | None],
) -> ComplaintsMissed:
    return replace(
        result,
        inside=shown[at["inside"]],
        outside=shown[at["outside"]],
        both=shown[at["both"]],
        seen=shown[at["seen"]],
        estimate=estimate[0],
        low=estimate[1],
        high=estimate[2],
        without_client=missing,
    )


def _register(whole: CountCell, name: str) -> CountCell:
    return whole._replace(dimension="register", group=name)


def _cells(since: date, reference_date: date, kinds: Sequence[str]) -> list[dict[str, CountCell]]:
    """Cells of each calendar year and of the whole period, by kind."""
    day = str(reference_date)
    parts = spans(since, reference_date)
    ends = [day if part.end == reference_date else str(part.end) for part in parts]
    return [
        {kind: CountCell(kind, str(part.begin), end, day) for kind in kinds}
        for part, end in zip(parts, ends, strict=True)
    ]


def _sums(cells: Sequence[dict[str, CountCell]]) -> list[Relation]:
    """That the years add up to the whole, unless one year is the whole."""
    *years, whole = cells
    if len(years) < 2:
        return []
    return [(cell, tuple(year[kind] for year in years)) for kind, cell in whole.items()]


def _without_exact_time(frame: pd.DataFrame, rules: DisclosureRules) -> pd.DataFrame:
    """Trajectory-months in tens, withheld when few trajectories are behind them; their number is not shown."""
    months = [
        SUPPRESSED if 0 < n < rules.minimum_cell else float(round_to_base(time, MONTHS_BASE))
        for time, n in zip(frame["trajectory_months"], frame["trajectories"], strict=True)
    ]
    shown = replaced(frame, {"trajectory_months": months, "trajectories": [SUPPRESSED] * len(frame)})
    rates = [name for name in ("rate", "per_months") if name in frame and any(map(is_suppressed, months))]
    return shown.assign(**{name: shown[name].map(withheld) for name in rates})
