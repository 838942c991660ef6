"""Applications on which was decided too late, what that could cost at most, and help for which no clock runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from evaluation.evidence import Count, Estimate, Evidence, Measure, confidence, total_of, weakest
from evaluation.measures.clocks import Clock
from evaluation.measures.kaplan_meier import LEVEL
from evaluation.measures.norms import DECISION_TERM, NOTICE_TERM, Norm, Norms
from evaluation.measures.shares import share_of
from evaluation.snapshot import Records


@dataclass(frozen=True)
class DecisionTerms:
    """Decisions against the term of the law.

    Attributes
    ----------
    n, in_time, late, open_in_time, open_late, withdrawn
        Applications, and how they stand on the reference date: a partition.
    term
        The term; None when none is in force.
    late_share, ci_low, ci_high
        Share of decisions that came too late, with its Wilson interval.
    each_at_most_eur
        The most that the law lets one decision cost in penalties; None when no amounts are in force.
    noticed_at_once_eur, n_penalised
        What if: the penalties up to the reference date had every family given notice of default on the first day after
        the term, and for how many there would be one. Not what is owed: without notice nothing is.
    clock
        The clock of the applications. Not for showing.
    """

    n: Count
    in_time: Count
    late: Count
    open_in_time: Count
    open_late: Count
    withdrawn: Count
    n_missing: Count
    term: Norm | None
    late_share: Estimate
    ci_low: Estimate
    ci_high: Estimate
    each_at_most_eur: float | None
    noticed_at_once_eur: Estimate
    n_penalised: Count
    since: date
    reference_date: date
    evidence: Evidence
    source: str
    clock: Clock | None

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            Measure(
                id="access.late_decisions_share",
                estimate=self.late_share,
                unit="share",
                method="decisions after the term of decisions, Wilson interval",
                period=f"{self.since}/{self.reference_date}",
                n=total_of((self.in_time, self.late)),
                n_missing=self.n_missing,
                **confidence(self.ci_low, self.ci_high, LEVEL),
                evidence=self.evidence,
                sources=(self.source,),
            ),
            Measure(
                id="access.penalties_if_all_gave_notice",
                estimate=self.noticed_at_once_eur,
                unit="eur",
                method="what if every family had given notice of default on the first day that it could",
                period=f"{self.since}/{self.reference_date}",
                n=self.n_penalised,
                n_missing=self.n_missing,
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def decision_terms(clock: Clock, norms: Norms) -> DecisionTerms:
    """Count the applications on which was decided too late, or not yet though the term is over."""
    states, term, notice = clock.states, norms.named(DECISION_TERM), norms.named(NOTICE_TERM)
    decided = states["decided_in_time"] + states["decided_late"]
    share, low, high = share_of(states["decided_late"], decided, LEVEL) if term else (None, None, None)
    amounts: list[float] = []
    if term is not None and notice is not None and norms.penalty_per_day:
        days = clock.frame.loc[clock.frame["cause"].ne("withdrawn"), "exit_days"]
        amounts = [penalty_eur(int(day) - term.days - notice.days, norms.penalty_per_day) for day in days]
    return DecisionTerms(
        n=sum(states.values()),
        in_time=states["decided_in_time"],
        late=states["decided_late"],
        open_in_time=states["open_in_time"],
        open_late=states["open_late"],
        withdrawn=states["withdrawn"],
        n_missing=clock.n_missing,
        term=term,
        late_share=share,
        ci_low=low,
        ci_high=high,
        each_at_most_eur=norms.penalty_ceiling_eur,
        noticed_at_once_eur=sum(amounts) if amounts else None,
        n_penalised=sum(amount > 0 for amount in amounts),
        since=clock.since,
        reference_date=clock.reference_date,
        evidence=clock.evidence,
        source=clock.source,
        clock=clock,
    )


def penalty_eur(days: int, per_day: Sequence[tuple[int, float]]) -> float:
    """Penalty after so many days in default (Awb 4:17): each amount holds for its days, and then the next.

    Parameters
    ----------
    days
        Days in default; below 1 there is none.
    per_day
        Number of days and euros a day, in order.
    """
    total = 0.0
    for length, amount in per_day:
        total += min(max(days, 0), length) * amount
        days -= length
    return total


@dataclass(frozen=True)
class DecisionFree:
    """Requests for help for which no term of the law runs.

    Attributes
    ----------
    n, without
        Requests, and those after which the same client filed no application up to the reference date; None when
        the decisions were not delivered.
    share, ci_low, ci_high
        Their share, with its Wilson interval.
    clock
        The clock of the requests. Not for showing.
    """

    n: Count
    without: Count | None
    share: Estimate
    ci_low: Estimate
    ci_high: Estimate
    since: date
    reference_date: date
    evidence: Evidence
    sources: tuple[str, ...]
    clock: Clock | None

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            Measure(
                id="access.without_application_share",
                estimate=self.share,
                unit="share",
                method="requests that no application of the same client followed, Wilson interval",
                period=f"{self.since}/{self.reference_date}",
                n=self.n,
                n_missing=0,
                **confidence(self.ci_low, self.ci_high, LEVEL),
                evidence=self.evidence,
                sources=self.sources,
            ),
        )


def decision_free(clock: Clock, decisions: Records) -> DecisionFree:
    """Count the requests after which no application was filed: a term of decision starts with an application only.

    Parameters
    ----------
    clock
        Any clock that starts with the request for help.
    decisions
        The table ``decisions`` as known on the reference date.
    """
    n = len(clock.frame)
    without: int | None = None
    share: Estimate = None
    low: Estimate = None
    high: Estimate = None
    if decisions.delivered and n:
        last = decisions.frame("select client_key, max(application_date) as last from t group by 1")
        rows = clock.frame[["client_key", "entered"]].merge(last, on="client_key", how="left")
        without = int((rows["last"].isna() | (rows["last"] < rows["entered"])).sum())
        share, low, high = share_of(without, n, LEVEL)
    return DecisionFree(
        n=n,
        without=without,
        share=share,
        ci_low=low,
        ci_high=high,
        since=clock.since,
        reference_date=clock.reference_date,
        evidence=weakest((clock.evidence, decisions.evidence)),
        sources=(clock.source, decisions.source),
        clock=clock,
    )
