"""Protected copies of how the scores of the pilot families changed: never a row per family.

Where the number of families with both scores is withheld, so is what would give it away together with other values: a
spread beside an interval, bounds beside what was observed, one prior beside another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, protect, shown_estimate
from evaluation.disclosure.protected.estimates import replaced, rounded_down, withheld
from evaluation.disclosure.protected.names import OTHER
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.tabulation import Relation
from evaluation.evidence import SUPPRESSED, Count, Estimate, Mark, any_withheld
from evaluation.measures.kaplan_meier import Estimated
from evaluation.measures.pilot_change import BOTH, LEVEL, Changes, FollowUp, MissingBounds
from evaluation.measures.pilot_scores import GOALS, OWN_REASONS, T_SCORE
from evaluation.measures.reliable_change import CLASSES, FamilyLines, GoalAttainment, ReliableChange
from evaluation.measures.shares import share_of
from evaluation.measures.shrinkage import MEASURED, Detectable, Shrinkage, detectable_frame

# Reasons that this project names; anything else was typed by somebody.
REASONS = frozenset({*OWN_REASONS, "left", "refused", "not_reached", "not_asked"})
POINTS = ("before", "after", "change", "low", "high")


class Scored:
    """Names of the counts of one outcome at one moment."""

    def __init__(self, result: Any, instrument: str, domain: str) -> None:
        self._on = str(result.reference_date)
        self._of = f"{instrument} {domain} {result.follow_up}"
        self.families = CountCell("pilot families in all", "", self._on, self._on)
        self.both, self.missing = self.cell("both scores"), self.cell("not both scores")

    def cell(self, kind: str) -> CountCell:
        """A count of families on this outcome."""
        return CountCell(f"{self._of}: {kind}", "", self._on, self._on)

    def counts(self, n: int, missing: int) -> tuple[dict[CountCell, int], list[Relation]]:
        """Families with and without both scores, and that they are all of them."""
        counts = {self.families: n + missing, self.both: n, self.missing: missing}
        return counts, [(self.families, (self.both, self.missing))]

    def publish(
        self,
        guard: Guard,
        counts: dict[CountCell, int],
        relations: list[Relation],
        unpublished: frozenset[CountCell] = frozenset(),
    ) -> dict[CountCell, Count]:
        """Publish counts that hang on the number of families, which is settled first.

        That number was told to the council, so hiding it would hide nothing else.
        """
        return guard.publish({self.families: counts[self.families]}) | guard.publish(
            counts, relations, unpublished=unpublished
        )

    def split(
        self, guard: Guard, n: int, missing: int, parts: dict[str, int], *, zeros: bool = True
    ) -> dict[CountCell, Count]:
        """Publish families with both scores, by part, and those without.

        That nobody of a part is there says something of everybody else; `zeros` is whether that may be shown.
        """
        counts, relations = self.counts(n, missing)
        own = {self.cell(kind): size for kind, size in parts.items()}
        hidden = frozenset(cell for cell, size in own.items() if not (size or zeros))
        relations.append((self.both, tuple(own)))
        shown = self.publish(guard, {**counts, **own}, relations, hidden)
        return {**shown, **dict.fromkeys(hidden, SUPPRESSED)}


@protect.register
def _(result: FollowUp, guard: Guard) -> FollowUp:
    name = Scored(result, result.instrument.name, result.instrument.domain)
    status = result.frame["status"].map(lambda one: one if one in REASONS or one == BOTH else OTHER)
    sizes = result.frame.groupby(status.rename("status"), sort=False)["families"].sum()
    measured, by_worker = exact(result.measured), exact(result.by_worker)
    counts, relations = name.counts(measured, exact(result.missing))
    reasons = {name.cell(f"without: {one}"): int(size) for one, size in sizes.items() if one != BOTH}
    raters = {name.cell("by the worker"): by_worker, name.cell("by somebody else"): measured - by_worker}
    relations.append((name.both, tuple(raters)))
    if reasons:
        relations.append((name.missing, tuple(reasons)))
    shown = name.publish(guard, {**counts, **raters, **reasons}, relations)
    cells = [name.both if one == BOTH else name.cell(f"without: {one}") for one in sizes.index]
    frame = pd.DataFrame({"status": list(sizes.index)}).assign(
        families=pd.Series([shown[cell] for cell in cells], dtype=object)
    )
    both, families = shown[name.both], shown[name.families]
    return replace(
        result,
        frame=frame,
        families=families,
        measured=both,
        missing=shown[name.missing],
        share=Estimated(*share_of(both, families, LEVEL)),
        by_worker=shown[name.cell("by the worker")],
    )


@protect.register
def _(result: Changes, guard: Guard) -> Changes:
    rows = [_change(row, Scored(result, row["instrument"], row["domain"]), guard) for row in _records(result.frame)]
    return replace(result, frame=pd.DataFrame(rows, columns=result.frame.columns, dtype=object))


def _change(row: dict[str, Any], name: Scored, guard: Guard) -> dict[str, Any]:
    n, by_worker = exact(row["n"]), exact(row["by_worker"])
    parts = {"by the worker": by_worker, "by somebody else": n - by_worker}
    shown = name.split(guard, n, exact(row["n_missing"]), parts)
    enough = n >= guard.rules.minimum_cell
    points = {key: shown_estimate(_known(row[key]), n, "points", guard.rules) for key in POINTS}
    tests = {
        key: rounded_down(_known(row[key])) if enough else withheld(_known(row[key]))
        for key in ("p", "p_flip", "p_holm")
    }
    spread = _known(row["sd"])
    hidden = isinstance(shown[name.both], Mark)
    return {
        **row,
        **points,
        **tests,
        "sd": withheld(spread) if hidden else shown_estimate(spread, n, "points", guard.rules),
        "n": shown[name.both],
        "n_missing": shown[name.missing],
        "by_worker": shown[name.cell("by the worker")],
    }


@protect.register
def _(result: MissingBounds, guard: Guard) -> MissingBounds:
    name = Scored(result, result.instrument.name, result.instrument.domain)
    n, missing = exact(result.n), exact(result.n_missing)
    observed = _known(result.row("share_better")["observed"])
    better = round(observed * n) if isinstance(observed, float) else 0
    shown = name.split(guard, n, missing, {"better": better, "not better": n - better}, zeros=False)
    both, without, changed = shown[name.both], shown[name.missing], shown[name.cell("better")]
    rows = []
    for row in _records(result.frame):
        values = [_known(row[key]) for key in ("observed", "worst", "best")]
        if row["quantity"] == "share_better":
            rows.append((row["quantity"], *_shares(changed, both, without)))
        elif n < guard.rules.minimum_cell or row["quantity"] == "median":
            # The change in the middle is that of one family.
            rows.append((row["quantity"], *map(withheld, values)))
        else:
            first, *ends = (shown_estimate(value, n, "points", guard.rules) for value in values)
            # The bounds beside the observed value would tell how many are missing.
            rows.append((row["quantity"], first, *(map(withheld, ends) if isinstance(without, Mark) else ends)))
    frame = pd.DataFrame(rows, columns=result.frame.columns, dtype=object)
    return replace(result, frame=frame, n=both, n_missing=without)


def _shares(count: Count, n: Count, missing: Count) -> tuple[Estimate, Estimate, Estimate]:
    """Share of those seen, and of all when none or all of the missing ones belong to it, from counts as shown."""
    share = share_of(count, n, LEVEL)[0]
    if any_withheld(count, n, missing):
        return share, SUPPRESSED, SUPPRESSED
    families = int(n) + int(missing)  # type: ignore[arg-type]
    if not families:
        return share, None, None
    return share, int(count) / families, (int(count) + int(missing)) / families  # type: ignore[arg-type]


@protect.register
def _(result: ReliableChange, guard: Guard) -> ReliableChange:
    rows = [_reliable(row, Scored(result, row["instrument"], row["domain"]), guard) for row in _records(result.frame)]
    return replace(result, frame=pd.DataFrame(rows, columns=result.frame.columns, dtype=object))


def _reliable(row: dict[str, Any], name: Scored, guard: Guard) -> dict[str, Any]:
    n, missing = exact(row["n"]), exact(row["n_missing"])
    if _known(row["improved"]) is None:
        counts, relations = name.counts(n, missing)
        shown = name.publish(guard, counts, relations)
        return {**row, "n": shown[name.both], "n_missing": shown[name.missing]}
    shown = name.split(guard, n, missing, {kind: exact(row[kind]) for kind in CLASSES}, zeros=False)
    improved, both, without = shown[name.cell("improved")], shown[name.both], shown[name.missing]
    share, low, high = share_of(improved, both, LEVEL)
    _share, worst, best = _shares(improved, both, without)
    return {
        **row,
        **{kind: shown[name.cell(kind)] for kind in CLASSES},
        "n": both,
        "n_missing": without,
        "share": share,
        "ci_low": low,
        "ci_high": high,
        "share_worst": worst,
        "share_best": best,
    }


@protect.register
def _(result: FamilyLines, guard: Guard) -> FamilyLines:  # noqa: ARG001 - whatever the rules, persons are not shown
    return replace(result, frame=result.frame.iloc[:0], withheld=True)


@protect.register
def _(result: GoalAttainment, guard: Guard) -> GoalAttainment:
    name, n = Scored(result, GOALS, T_SCORE), exact(result.n)
    scored, missing = name.cell("later T"), name.cell("no later T")
    good, less = name.cell("later T as expected"), name.cell("later T less")
    counts = {name.families: n + exact(result.n_missing), scored: n, missing: exact(result.n_missing)}
    parts = {good: exact(result.as_expected), less: n - exact(result.as_expected)}
    relations: list[Relation] = [(name.families, (scored, missing)), (scored, (good, less))]
    shown = name.publish(guard, {**counts, **parts}, relations)
    mean = [
        shown_estimate(part, n, "points", guard.rules)
        for part in (result.mean.value, result.mean.low, result.mean.high)
    ]
    return replace(
        result,
        mean=Estimated(*mean),
        as_expected=shown[good],
        n=shown[scored],
        n_missing=shown[missing],
        goals=shown_estimate(result.goals, n, "points", guard.rules),
    )


@protect.register
def _(result: Detectable, guard: Guard) -> Detectable:
    name = Scored(result, result.instrument.name, result.instrument.domain)
    groups = {str(row["group"]): exact(row["n"]) for row in _records(result.frame)}
    shown = name.publish(guard, *name.counts(groups.pop(MEASURED), exact(result.n_missing)))
    both = shown[name.both]
    public = detectable_frame(groups, None)
    if isinstance(both, Mark):
        own = pd.DataFrame([(MEASURED, both, SUPPRESSED, SUPPRESSED)], columns=public.columns)
    else:
        own = detectable_frame({MEASURED: int(both)}, None)
    # A change in points is the spread of the families, which is shown where it may be with their change.
    frame = pd.concat([public.astype(object), own.astype(object)], ignore_index=True)
    points = {"points": [SUPPRESSED] * len(frame)}
    return replace(result, frame=replaced(frame, points), n_missing=shown[name.missing])


@protect.register
def _(result: Shrinkage, guard: Guard) -> Shrinkage:
    name, n = Scored(result, result.instrument.name, result.instrument.domain), exact(result.n)
    shown = name.publish(guard, *name.counts(n, exact(result.n_missing)))
    both = shown[name.both]
    columns: dict[str, Sequence[object]] = {}
    for key, unit in (("mean", "points"), ("low", "points"), ("high", "points"), ("better", "share")):
        values = [_known(value) for value in result.frame[key]]
        hidden = isinstance(both, Mark)
        columns[key] = [withheld(v) if hidden else shown_estimate(v, n, unit, guard.rules) for v in values]
    return replace(result, frame=replaced(result.frame, columns), n=both, n_missing=shown[name.missing])


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _known(value: Any) -> Estimate:
    """A cell as a number, None when it is not known."""
    return None if value is None or pd.isna(value) else float(value)
