"""Protected copies of what the chapter on clients' experience takes from a register.

With a response of a few percent most of what is seen is small. Shares are protected as everywhere; what follows from
counts, such as bounds and contrasts, is made again from the counts that are shown.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, never_shown, protect
from evaluation.disclosure.protected.curves import resolution, shown_share
from evaluation.disclosure.protected.estimates import amount, replaced, rounded, withheld
from evaluation.disclosure.protected.length_groups import gathered_groups
from evaluation.disclosure.protected.names import CODE, OTHER, Cells
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.suppression import SuppressionError
from evaluation.disclosure.tabulation import Relation
from evaluation.evidence import SUPPRESSED, Count, any_withheld
from evaluation.measures.competing import UNKNOWN_REASON
from evaluation.measures.invitations import NAMES, Invitations, Response
from evaluation.measures.outcomes import EARLY_END, NO_END, ONE_SIDED, Outcomes
from evaluation.measures.raking import GATHERED, Weighted, with_margin_shares
from evaluation.measures.satisfaction import Resistance, Satisfaction, contrasts_of, with_bounds
from evaluation.measures.shares import UNKNOWN, Shares, with_shares

never_shown(Invitations)

COARSEST = 0.05  # a weighted share that would have to be coarser beside its interval says too little


@protect.register
def _(result: Response, guard: Guard) -> Response:
    return replace(result, parts=tuple(_shown(part, guard) for part in result.parts))


def _shown(shares: Shares, guard: Guard) -> Shares:
    """Return shares as they may be shown: without their groups, or without anything, where no pattern hides the few."""
    if not _tells_on_all(shares):
        try:
            return protect(shares, guard)  # type: ignore[no-any-return]
        except SuppressionError:
            pass
    if len(shares.frame) == 1:
        return _nothing(shares)
    whole = _shown(replace(shares, frame=shares.frame.iloc[-1:]), guard)
    return replace(shares, frame=pd.concat([_nothing(shares).frame.iloc[:-1], whole.frame], ignore_index=True))


def _tells_on_all(shares: Shares) -> bool:
    """Return whether all or none of a group gave the same answer, which would be known of each of them.

    That a group did not answer at all is no such answer.
    """
    frame = shares.frame
    same = (frame["n"] > 0) & ((frame["count"] == 0) | (frame["count"] == frame["n"]))
    return shares.kind != "answered" and bool(same.any())


def _nothing(shares: Shares) -> Shares:
    """Return shares of which nothing is shown but the names of groups that say nothing."""
    frame = shares.frame
    named = [not name or name in shares.names or CODE.fullmatch(str(name)) is not None for name in frame["group"]]
    kept = frame[named]
    columns = {name: [SUPPRESSED] * len(kept) for name in frame.columns if name != "group"}
    return replace(shares, frame=replaced(kept, columns))


@protect.register
def _(result: Satisfaction, guard: Guard) -> Satisfaction:
    try:
        _tie(result.invited, result.satisfied, guard)
    except SuppressionError:
        # So few without a score that scores and answers cannot both be shown: the answers stay.
        invited, satisfied = _shown(result.invited, guard), _nothing(result.satisfied)
    else:
        invited, satisfied = _shown(result.invited, guard), _shown(result.satisfied, guard)
    return with_bounds(replace(result, invited=invited, satisfied=satisfied))


def _tie(invited: Shares, scored: Shares, guard: Guard) -> None:
    """Publish invitations with and without a score as parts of all, and fewer of them than of answers."""
    every, known, unknown = (
        _cell(invited, "known"),
        _cell(scored, "known"),
        _cell(scored, f"unknown whether {scored.kind}"),
    )
    answered = _cell(invited, invited.kind)
    counts = {
        every: _count(invited, "n"),
        known: _count(scored, "n"),
        unknown: _count(scored, "n_missing"),
        answered: _count(invited, "count"),
    }
    guard.publish(counts, [(every, (known, unknown))], differences=[(answered, known)])


def _cell(shares: Shares, kind: str) -> CountCell:
    """The whole of some shares, by the name under which the shares themselves publish it."""
    day = str(shares.reference_date)
    return CountCell(f"{shares.of}:{kind}", str(shares.since or ""), day, day)


def _count(shares: Shares, column: str) -> int:
    value = shares.whole[column]
    return exact(int(value) if isinstance(value, np.integer) else value)


@protect.register
def _(result: Resistance, guard: Guard) -> Resistance:
    parts = tuple(_shown(part, guard) for part in result.parts)
    return replace(result, parts=parts, contrasts=contrasts_of(parts))


@protect.register
def _(result: Weighted, guard: Guard) -> Weighted:
    name, n = Cells(result.since, result.reference_date), exact(result.n)
    scored, satisfied, others = (name.period(f"scores:{kind}") for kind in ("known", "satisfied", "not satisfied"))
    count = round((result.share or 0) * n)  # type: ignore[operator]
    counts = {scored: n, satisfied: count, others: n - count}
    try:
        shown = guard.publish(counts, [(scored, (satisfied, others))])
    except SuppressionError:
        shown = dict.fromkeys(counts, SUPPRESSED)
    margins = _margins(result, scored, guard)
    units = 0.0 if result.n_effective is None else float(result.n_effective)  # type: ignore[arg-type]
    step = resolution(units, guard.rules)
    if any_withheld(shown[scored], shown[satisfied], shown[others]) or step is None or step > COARSEST:
        return replace(
            result,
            margins=margins,
            n=shown[scored],
            share=withheld(result.share),
            weighted=withheld(result.weighted),
            ci_low=withheld(result.ci_low),
            ci_high=withheld(result.ci_high),
            n_effective=withheld(result.n_effective),
            design_effect=withheld(result.design_effect),
        )
    return replace(
        result,
        margins=margins,
        n=shown[scored],
        share=shown_share(result.share, n, guard.rules),
        weighted=shown_share(result.weighted, units, guard.rules),
        ci_low=shown_share(result.ci_low, units, guard.rules),
        ci_high=shown_share(result.ci_high, units, guard.rules),
        n_effective=amount(result.n_effective, guard.rules),
        design_effect=rounded(result.design_effect, 1),
    )


def _margins(result: Weighted, scored: CountCell, guard: Guard) -> pd.DataFrame:
    """Counts of clients and of answers by group, each within its own total."""
    allowed = NAMES | {UNKNOWN, GATHERED}
    named = [group if group in allowed or CODE.fullmatch(group) else OTHER for group in result.margins["group"]]
    rows = (
        result.margins.assign(group=named).groupby(["dimension", "group"], sort=False)[["clients", "answered"]].sum()
    ).reset_index()
    columns: dict[str, list[Count]] = {"clients": [], "answered": []}
    for dimension, own in rows.groupby("dimension", sort=False):
        for column, whole in (("clients", scored._replace(kind="clients:weighted")), ("answered", scored)):
            groups = dict(zip(own["group"], map(exact, own[column]), strict=True))
            # The groups that are one here are named by what is left over: those that stand beside them.
            rest = f"not {'+'.join(sorted(set(groups) - {GATHERED}))}"
            cells = {
                group: whole._replace(
                    dimension=f"weighted:{dimension}", group=rest if group == GATHERED else str(group)
                )
                for group in groups
            }
            own_counts = {whole: sum(groups.values())} | {cells[group]: n for group, n in groups.items()}
            try:
                shown = guard.publish(own_counts, [(whole, tuple(cells.values()))])
            except SuppressionError:
                shown = dict.fromkeys(own_counts, SUPPRESSED)
            columns[column] += [shown[cells[group]] for group in groups]
    return with_margin_shares(replaced(rows, columns))


@protect.register
def _(result: Outcomes, guard: Guard) -> Outcomes:
    try:
        dropout, one_sided = _endings(result, guard)
    except SuppressionError:
        dropout, one_sided = _nothing(result.dropout), _nothing(result.one_sided)
    return replace(
        result,
        dropout=dropout,
        one_sided=one_sided,
        satisfied=_shown(result.satisfied, guard),
        goals=_shown(result.goals, guard),
        returns=protect(result.returns, guard),
        reasons={},
    )


def _endings(result: Outcomes, guard: Guard) -> tuple[Shares, Shares]:
    """Publish ends that were early together with the ends for each reason, under the names they have elsewhere."""
    reasons = {reason: exact(n) for reason, n in result.reasons.items()}
    name = Cells(result.since, result.reference_date)
    total, known = name.period("ended"), name.period("ended_with_reason")
    gathered = gathered_groups(dict(reasons), guard.rules)
    cells = {reason: total._replace(dimension="end_reason", group=reason or "not registered") for reason in reasons}
    counts = {total: sum(reasons.values())} | {cells[reason]: n for reason, n in reasons.items()}
    other = total._replace(dimension="end_reason", group=f"{OTHER}:{'+'.join(sorted(gathered))}")
    parts = [cells[reason] for reason in reasons if reason not in gathered]
    relations: list[Relation] = []
    if gathered:
        counts[other] = sum(reasons[reason] for reason in gathered)
        relations.append((other, tuple(cells[reason] for reason in gathered)))
        parts.append(other)
    relations.append((total, tuple(parts)))
    ends = [reason for reason in reasons if reason not in (UNKNOWN_REASON, NO_END)]
    counts[known] = sum(reasons[reason] for reason in ends)
    relations.append((known, tuple(cells[reason] for reason in ends)))
    pairs = []
    for kind, codes in (("ended_early", EARLY_END), ("ended_one_sided", ONE_SIDED)):
        pair = name.period(kind), name.period(f"not_{kind}")
        for cell, members in zip(
            pair, ([r for r in ends if r in codes], [r for r in ends if r not in codes]), strict=True
        ):
            counts[cell] = sum(reasons[reason] for reason in members)
            relations.append((cell, tuple(cells[reason] for reason in members)))
        relations.append((known, pair))
        pairs.append(pair)
    # A total without parts is nobody, and needs no relation to say so.
    relations = [(whole, own) for whole, own in dict.fromkeys(relations) if own]
    shown = guard.publish(
        counts, relations, unpublished={cells[reason] for reason in gathered}, public={total} if reasons else set()
    )
    missing: Count = 0
    if UNKNOWN_REASON in reasons:
        missing = SUPPRESSED if UNKNOWN_REASON in gathered else shown[cells[UNKNOWN_REASON]]
    dropout, one_sided = (
        replace(
            shares,
            frame=with_shares(
                replaced(shares.frame, {"count": [shown[pair[0]]], "n": [shown[known]], "n_missing": [missing]}),
                shares.level,
            ),
        )
        for shares, pair in zip((result.dropout, result.one_sided), pairs, strict=True)
    )
    return dropout, one_sided
