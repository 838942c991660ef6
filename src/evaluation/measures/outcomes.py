"""The outcomes that the Jeugdwet asks municipalities to name: drop-out, satisfaction, and whether goals were reached.

The harmonised set of VNG, providers and NJi (nji.nl/monitoring/outcome-indicatoren): drop-out; satisfaction of clients
with the use of the help; and as reaching of goals, whether clients go on without help, whether no new start follows,
and, for individual provisions, whether problems are less and agreed goals were reached. Whether clients go on without
help and whether problems are less is not in any table of the register.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from evaluation.evidence import Count, Estimate, Evidence, Mark, Measure, confidence
from evaluation.measures.competing import UNKNOWN_REASON
from evaluation.measures.invitations import Invitations
from evaluation.measures.kaplan_meier import LEVEL
from evaluation.measures.reentry import ReEntry, reentry
from evaluation.measures.satisfaction import scored
from evaluation.measures.shares import Shares, with_shares
from evaluation.snapshot import Snapshot, frame_of

EARLY_END = ("32", "33", "34", "35")  # "voortijdig afgesloten" in list JZ588 and at CBS
ONE_SIDED = ("32", "33")  # by the client, by the provider
NO_END = "20"  # stopped for a time


@dataclass(frozen=True)
class Outcomes:
    """The outcome set, as far as the register holds it.

    Attributes
    ----------
    dropout, one_sided
        Ended early for any reason, or by the client or the provider alone, among ended trajectories with a reason. A
        stop for a time is no end.
    satisfied, goals
        Satisfied, and goals reached, among those who answered with a score; all others who were invited are unknown.
    returns
        New starts after leaving.
    reasons
        Number of ends by reason, empty where missing; empty in a protected copy.
    score_from
        Score, in points, from which a client counts as satisfied and a goal as reached.
    """

    dropout: Shares
    one_sided: Shares
    satisfied: Shares
    goals: Shares
    returns: ReEntry
    reasons: Mapping[str, int] = field(repr=False)
    score_from: float
    delivered: bool
    since: date
    reference_date: date
    evidence: Evidence

    @property
    def codes(self) -> Mapping[str, tuple[str, ...]]:
        """Codes of the reasons that count as drop-out, in the wide and in the narrow sense."""
        return {"early": EARLY_END, "one_sided": ONE_SIDED}

    @property
    def frame(self) -> pd.DataFrame:
        """One row per outcome.

        Columns ``outcome``, ``share``, ``ci_low``, ``ci_high``, ``n``, ``n_missing``, and ``low``, ``high``: the share
        if none and if all of the unknown ones had the outcome (null where time and not an answer is what is missing).
        """
        rows: list[dict[str, object]] = []
        for name in ("dropout", "one_sided", "satisfied", "goals"):
            whole = getattr(self, name).whole
            ends = _ends(whole["count"], whole["n"], whole["n_missing"])
            own = {column: whole[column] for column in ("share", "ci_low", "ci_high", "n", "n_missing")}
            rows.append({"outcome": name, **own, "low": ends[0], "high": ends[1]})
        for months in self.returns.within:
            own = dict(zip(("share", "ci_low", "ci_high"), self.without_return(months), strict=True))
            own |= {"n": self.returns.n_left, "n_missing": self.returns.n_missing, "low": None, "high": None}
            rows.append({"outcome": f"no_new_start_{months}", **own})
        return pd.DataFrame(rows, dtype=object)

    def without_return(self, months: int) -> tuple[Estimate, Estimate, Estimate]:
        """Share without a new start within so many months of leaving, with its interval."""
        estimate = self.returns.within[months]
        value, high, low = (_less(part) for part in (estimate.value, estimate.low, estimate.high))
        return value, low, high

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        months = 12
        value, low, high = self.without_return(months)
        return (
            self.dropout.measure(
                "experience.dropout_share", method="ended early of ended with a reason, Wilson interval"
            ),
            self.goals.measure(
                "experience.goal_attained_share",
                method=f"goals reached of goal scores, from {self.score_from:g}, Wilson interval",
            ),
            Measure(
                id=f"experience.no_new_start_{months}_months_share",
                estimate=value,
                unit="share",
                method="1 less the share that starts again after leaving (Aalen-Johansen)",
                period=f"{self.since}/{self.reference_date}",
                n=self.returns.n_left,
                n_missing=self.returns.n_missing,
                **confidence(low, high, LEVEL),
                evidence=self.evidence,
                sources=(self.returns.source,),
            ),
        )


def outcomes(snapshot: Snapshot, invited: Invitations, score_from: float) -> Outcomes:
    """Compute the outcome set over the period of the invitations.

    Parameters
    ----------
    snapshot
        Trajectories as known on the reference date.
    invited
        Invitations of the period.
    score_from
        Score, in points, from which a client counts as satisfied and a goal as reached.
    """
    ended = frame_of(
        snapshot.trajectories,
        f"""select coalesce(end_reason, '{UNKNOWN_REASON}') as reason, count(*) as n from t
            where end_date >= date '{invited.since}' group by 1 order by 1""",
    )
    reasons = {str(reason): int(n) for reason, n in zip(ended["reason"], ended["n"], strict=True)}
    return Outcomes(
        dropout=ended_for(reasons, EARLY_END, snapshot, invited.since),
        one_sided=ended_for(reasons, ONE_SIDED, snapshot, invited.since),
        satisfied=invited.shares(scored(invited, score_from), "satisfied", "scores"),
        goals=invited.shares(scored(invited, score_from, "goal_score"), "goals reached", "goal scores"),
        returns=reentry(snapshot, invited.since),
        reasons=reasons,
        score_from=score_from,
        delivered=invited.delivered,
        since=invited.since,
        reference_date=snapshot.reference_date,
        evidence=snapshot.evidence,
    )


def ended_for(reasons: Mapping[str, int], codes: tuple[str, ...], snapshot: Snapshot, since: date) -> Shares:
    """Return the share that ended for one of the codes, among all ends with a reason."""
    missing = reasons.get(UNKNOWN_REASON, 0)
    count = sum(reasons.get(code, 0) for code in codes)
    known = sum(reasons.values()) - missing - reasons.get(NO_END, 0)
    rows = pd.DataFrame([{"group": "", "count": count, "n": known, "n_missing": missing}])
    return Shares(
        kind="early" if codes == EARLY_END else "one-sided",
        of="ended",
        dimension="",
        frame=with_shares(rows, LEVEL),
        since=since,
        reference_date=snapshot.reference_date,
        evidence=snapshot.evidence,
        source=snapshot.source,
    )


def _ends(count: Count, n: Count, missing: Count) -> tuple[Estimate, Estimate]:
    for value in (count, n, missing):
        if isinstance(value, Mark):
            return value, value
    every = n + missing  # type: ignore[operator]
    return (count / every, (count + missing) / every) if every else (None, None)  # type: ignore[operator]


def _less(value: Estimate) -> Estimate:
    return value if value is None or isinstance(value, Mark) else 1 - value
