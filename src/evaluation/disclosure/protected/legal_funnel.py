"""Protected copy of the way from an offer to an objection, and of the use of plans.

A number that still may take a step is mostly small. It is not shown unless it is large by the counts on both sides of
it, which are rounded; the shares are those of the counts as they are shown.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, protect
from evaluation.disclosure.protected.estimates import replaced
from evaluation.disclosure.protected.fallback import published
from evaluation.disclosure.protected.names import Cells
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.rules import DisclosureRules
from evaluation.disclosure.tabulation import Relation
from evaluation.evidence import SUPPRESSED, Count, Mark
from evaluation.measures.kaplan_meier import LEVEL
from evaluation.measures.legal_funnel import LegalFunnel, with_answer_shares, with_step_shares
from evaluation.measures.plan_use import KINDS, OUTCOMES, PlanUse, with_plan_shares
from evaluation.measures.shares import share_of


@protect.register
def _(result: LegalFunnel, guard: Guard) -> LegalFunnel:
    if result.offered is None:
        return result  # nothing was delivered
    name = Cells(result.since, result.reference_date)
    offered = name.period("offers")
    counts: dict[CountCell, int] = {offered: exact(result.offered)}
    relations: list[Relation] = []
    steps = _step_cells(result, name, counts, relations)
    answers = _answer_cells(result, name, counts, relations)
    between = [(of, n) for of, n, _count in steps.values()]
    shown = published(guard, counts, relations, whole=offered, differences=between)
    rows = []
    for row in result.steps.to_dict("records"):
        if row["step"] not in steps:
            rows.append(row)
            continue
        of, n, count = (shown[cell] for cell in steps[row["step"]])
        rows.append({**row, "of": of, "count": count, "open": _between(of, n, exact(row["open"]), guard.rules), "n": n})
    accepted, declined = (shown[answers[answer]["count"]] for answer in ("accepted", "declined"))
    both: Count = SUPPRESSED if isinstance(accepted, Mark) else accepted
    both = declined if isinstance(declined, Mark) else both if isinstance(both, Mark) else both + declined
    share, low, high = share_of(declined, both, LEVEL)
    columns = {
        key: [
            shown[answers[row["answer"]][key]] if key in answers[row["answer"]] else None
            for row in result.answers.to_dict("records")
        ]
        for key in ("count", "requested", "decided")
    }
    return replace(
        result,
        offered=shown[offered],
        answers=with_answer_shares(replaced(result.answers, columns)),
        steps=with_step_shares(pd.DataFrame(rows, columns=list(result.steps.columns), dtype=object)),
        declined_share=share,
        ci_low=low,
        ci_high=high,
    )


def _step_cells(
    result: LegalFunnel, name: Cells, counts: dict[CountCell, int], relations: list[Relation]
) -> dict[str, tuple[CountCell, CountCell, CountCell]]:
    """Cells of each step of which the counts are known: of how many, how many could take it, and how many did."""
    found = {}
    of = name.period("offers")
    for row in result.steps.to_dict("records"):
        if row["count"] is None:
            break
        step = row["step"]
        could, count, out = (name.period(f"offers:{kind}{step}") for kind in ("could be ", "", "not "))
        counts |= {could: exact(row["n"]), count: exact(row["count"]), out: exact(row["n"]) - exact(row["count"])}
        relations.append((could, (count, out)))
        found[step] = (of, could, count)
        of = count
    return found


def _answer_cells(
    result: LegalFunnel, name: Cells, counts: dict[CountCell, int], relations: list[Relation]
) -> dict[str, dict[str, CountCell]]:
    """Cells of each answer, with those that asked for an inquiry and those that got a decision."""
    found: dict[str, dict[str, CountCell]] = {}
    for row in result.answers.to_dict("records"):
        own: dict[str, CountCell] = {}
        before: CountCell | None = None
        for key in ("count", "requested", "decided"):
            if row[key] is None:
                break
            cell = name.period(f"offers:{key}", dimension="answer", group=str(row["answer"]))
            counts[cell] = exact(row[key])
            if before is not None:
                rest = cell._replace(kind=f"offers:{key} not")
                counts[rest] = counts[before] - counts[cell]
                relations.append((before, (cell, rest)))
            own[key], before = cell, cell
        found[str(row["answer"])] = own
    wholes = {"count": "offers", "requested": "offers:requested", "decided": "offers:decided"}
    for key, kind in wholes.items():
        parts = tuple(own[key] for own in found.values() if key in own)
        if parts and name.period(kind) in counts:
            relations.append((name.period(kind), parts))
    declined = found["declined"]
    if "decided" in declined:
        # What the question about rights is about: declined, and offered, without a decision.
        pairs = (declined["count"], declined["decided"]), (name.period("offers"), name.period("offers:decided"))
        for whole, part in pairs:
            rest = whole._replace(kind=f"{whole.kind} without a decision")
            counts[rest] = counts[whole] - counts[part]
            relations.append((whole, (part, rest)))
    return found


def _between(of: Count, n: Count, raw: int, rules: DisclosureRules) -> Count:
    """What lies between two shown counts: shown when it is nobody, or enough by the shown counts themselves."""
    if raw == 0:
        return 0
    if isinstance(of, Mark) or isinstance(n, Mark) or raw < rules.minimum_cell or of - n < rules.minimum_cell:
        return SUPPRESSED
    return of - n


@protect.register
def _(result: PlanUse, guard: Guard) -> PlanUse:
    if not result.delivered:
        return result
    name = Cells(result.since, result.reference_date)
    rows = result.frame.to_dict("records")
    columns = ("considered", "known", *OUTCOMES)
    counts: dict[CountCell, int] = {}
    relations: list[Relation] = []
    differences = []
    cells: dict[tuple[str, str], dict[str, CountCell]] = {}
    for row in rows:
        part = {"dimension": row["kind"], "group": row["case"]} if row["case"] else {"dimension": row["kind"]}
        own = {column: name.period(f"plans:{column}", **part) for column in columns}
        counts |= {own[column]: exact(row[column]) for column in columns}
        relations.append((own["known"], tuple(own[outcome] for outcome in OUTCOMES)))
        differences.append((own["considered"], own["known"]))
        cells[row["kind"], row["case"]] = own
    for kind in KINDS:
        cases = [own for (of, case), own in cells.items() if of == kind and case]
        if cases:
            relations += [(cells[kind, ""][column], tuple(own[column] for own in cases)) for column in columns]
    shown = published(guard, counts, relations, whole=None, differences=differences)
    values = {column: [shown[cells[row["kind"], row["case"]][column]] for row in rows] for column in columns}
    return replace(result, frame=with_plan_shares(replaced(result.frame, values)))
