"""Plans: for how many they were considered, offered, wanted and made, and whether the case was complex.

Two things look alike in a count of plans and are kept apart: a plan that was not offered, and one that the family did
not want.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from evaluation.evidence import Count, Estimate, Evidence, Measure, confidence, total_of
from evaluation.measures.kaplan_meier import LEVEL
from evaluation.measures.shares import share_of
from evaluation.snapshot import Records

KINDS = ("explanatory_analysis", "family_group_plan", "support_plan")
BY_COMPLEXITY = "explanatory_analysis"  # of which was said that it is made in complex cases only
OUTCOMES = ("not_offered", "not_wanted", "not_made", "made")
CASES = ("complex", "simple", "unknown")
_SHARES = ("offered", "wanted", "made")


@dataclass(frozen=True)
class PlanUse:
    """Use of plans by kind, and for the explanatory analysis by whether the case was complex.

    Attributes
    ----------
    frame
        One row per kind and ``case`` (empty for all cases): ``kind``, ``case``, ``considered``, ``known`` (of which it
        is known whether the plan was offered) and, as a partition of these, ``not_offered``, ``not_wanted`` (offered,
        the family did not want it), ``not_made`` (offered and not made, or not yet) and ``made``; then the shares of
        `with_plan_shares`. Counts are null when the table was not delivered.
    """

    frame: pd.DataFrame
    delivered: bool
    since: date
    reference_date: date
    evidence: Evidence
    source: str

    def row(self, kind: str, case: str = "") -> pd.Series:
        """The row of a kind and case."""
        return self.frame[(self.frame["kind"] == kind) & (self.frame["case"] == case)].iloc[0]

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        family, analysis = self.row("family_group_plan"), self.row(BY_COMPLEXITY, "complex")
        return (
            self._measure("family_group_share", family, "made", "family group plans made of those offered"),
            self._measure("family_group_offered_share", family, "offered", "family group plans offered of considered"),
            self._measure("analysis_complex_share", analysis, "made", "analyses made of those offered, complex cases"),
        )

    def _measure(self, name: str, row: pd.Series, share: str, method: str) -> Measure:
        return Measure(
            id=f"legal_protection.plans_{name}",
            estimate=row[f"{share}_share"],
            unit="share",
            method=f"{method}, Wilson interval",
            period=f"{self.since}/{self.reference_date}",
            n=_offered(row) if share == "made" and self.delivered else row["known"],
            n_missing=None,
            **confidence(row[f"{share}_low"], row[f"{share}_high"], LEVEL),
            evidence=self.evidence,
            sources=(self.source,),
        )


def plan_use(plans: Records, since: date) -> PlanUse:
    """Count plans considered from `since` up to the reference date by what became of them."""
    counted = plans.frame(
        f"""select kind, case when complex then 'complex' when not complex then 'simple' else 'unknown' end as "case",
          case when made_on is not null then 'made' when offered is null then 'offer_unknown'
            when not offered then 'not_offered' when not wanted then 'not_wanted' else 'not_made' end as outcome,
          count(*) as n from t where considered_on >= date '{since}' group by all"""
    )
    rows = []
    for kind in KINDS:
        own = counted[counted["kind"] == kind]
        for case in ("", *(CASES if kind == BY_COMPLEXITY else ())):
            part = own if not case else own[own["case"] == case]
            by_outcome = {name: int(part.loc[part["outcome"] == name, "n"].sum()) for name in OUTCOMES}
            whole = {"considered": int(part["n"].sum()), "known": sum(by_outcome.values())}
            counts: dict[str, object] = {**whole, **by_outcome}
            rows.append({"kind": kind, "case": case, **(counts if plans.delivered else dict.fromkeys(counts))})
    return PlanUse(
        frame=with_plan_shares(pd.DataFrame(rows, dtype=object)),
        delivered=plans.delivered,
        since=since,
        reference_date=plans.reference_date,
        evidence=plans.evidence,
        source=plans.source,
    )


def with_plan_shares(frame: pd.DataFrame) -> pd.DataFrame:
    """Add shares with Wilson intervals to counts, as they are or as they may be shown.

    Columns ``offered_share`` (of those considered of which it is known), ``wanted_share`` and ``made_share`` (of those
    offered), each with ``_low`` and ``_high``: ``offered_low``.
    """
    rows = [_shares_of(row) for row in frame.to_dict("records")]
    names = [f"{share}_{end}" for share in _SHARES for end in ("share", "low", "high")]
    columns = zip(names, zip(*rows, strict=True), strict=True)
    return frame.assign(**{name: pd.Series(list(values), frame.index, dtype=object) for name, values in columns})


def _offered(row: Mapping[Any, Any] | pd.Series) -> Count:
    """Plans that were offered, whatever became of them."""
    return total_of((row["not_wanted"], row["not_made"], row["made"]))


def _shares_of(row: Mapping[Any, Any]) -> tuple[Estimate, ...]:
    if row["considered"] is None:
        return (None,) * 9
    offered = _offered(row)
    wanted = total_of((row["not_made"], row["made"]))
    return (
        *share_of(offered, row["known"], LEVEL),
        *share_of(wanted, offered, LEVEL),
        *share_of(row["made"], offered, LEVEL),
    )
