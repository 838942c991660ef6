"""Objections: out of how many decisions, how they ended, and how many there could have been.

Only against a decision can there be an objection. Few objections therefore prove nothing where few decisions are taken:
the denominator is the number of decisions of which the term to object is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Count, Estimate, Evidence, Measure, confidence
from evaluation.measures.calendar_years import Span, spans, trajectory_months
from evaluation.measures.event_rates import RateComparison, compare_rates, poisson_rate
from evaluation.measures.legal_funnel import UPHELD, LegalFunnel
from evaluation.measures.norms import OBJECTION_TERM, Norms
from evaluation.measures.rates import CONFIDENCE
from evaluation.measures.shares import share_of
from evaluation.snapshot import Records, Snapshot

PER_DECISIONS, PER_MONTHS = 100, 1000
COUNTS = ("decisions", "closed", "objections", "answered", "upheld")


@dataclass(frozen=True)
class Objections:
    """Objections by the year of the decision.

    Attributes
    ----------
    frame
        One row per calendar year, the whole (empty ``year``) last: ``year``, ``decisions`` (on which one may object),
        ``closed`` (those of them with an objection, or of which the term to object is over), ``objections``,
        ``answered``, ``upheld`` (wholly or partly), ``trajectory_months``, ``trajectories`` (behind those months); then
        what `with_objection_rates` adds. Counts are null when decisions were not delivered.
    comparison
        Objections per decision of the last year over those of the year before; None with one year.
    """

    frame: pd.DataFrame
    comparison: RateComparison | None
    delivered: bool
    since: date
    reference_date: date
    evidence: Evidence
    sources: tuple[str, ...]

    @property
    def whole(self) -> pd.Series:
        """The row of the whole period."""
        return self.frame.iloc[-1]

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        row = self.whole
        rate = (row["per_decisions"], row["per_decisions_low"], row["per_decisions_high"])
        upheld = (row["upheld_share"], row["upheld_low"], row["upheld_high"])
        decisions = (row["decisions"], None, None)
        return (
            self._measure("decisions", decisions, "decisions", "count of decisions on which one may object"),
            self._measure(
                "objections_per_100_decisions",
                rate,
                "per_100_decisions",
                "objections per 100 decisions of which the term to object is over, exact Poisson interval",
                "closed",
            ),
            self._measure(
                "upheld_share", upheld, "share", "upheld of answered objections, Wilson interval", "answered"
            ),
        )

    def _measure(
        self, name: str, values: tuple[Estimate, Estimate, Estimate], unit: str, method: str, of: str = "decisions"
    ) -> Measure:
        value, low, high = values
        return Measure(
            id=f"legal_protection.{name}",
            estimate=value,
            unit=unit,
            method=method,
            period=f"{self.since}/{self.reference_date}",
            n=self.whole[of],
            n_missing=None,
            **confidence(low, high, CONFIDENCE),
            evidence=self.evidence,
            sources=self.sources,
        )


def objections(decisions: Records, snapshot: Snapshot, since: date, norms: Norms) -> Objections:
    """Count decisions and objections by year, beside the months that trajectories ran."""
    parts = spans(since, decisions.reference_date)
    rows = [
        {"year": part.name, **_counts(decisions, part, norms), "trajectory_months": months, "trajectories": n}
        for part, (months, n) in zip(parts, trajectory_months(snapshot, parts), strict=True)
    ]
    frame = with_objection_rates(pd.DataFrame(rows, dtype=object))
    return Objections(
        frame=frame,
        comparison=compared(frame),
        delivered=decisions.delivered,
        since=since,
        reference_date=decisions.reference_date,
        evidence=decisions.evidence,
        sources=(decisions.source, snapshot.source),
    )


def _counts(decisions: Records, part: Span, norms: Norms) -> dict[str, int | None]:
    if not decisions.delivered:
        return dict.fromkeys(COUNTS)
    term = norms.named(OBJECTION_TERM)
    closed = f"date '{decisions.reference_date}' - {term.days if term else 0}"
    upheld = ", ".join(f"'{outcome}'" for outcome in UPHELD)
    row = decisions.frame(
        f"""select count(*) as decisions,
          count(*) filter (objection_date is not null or decision_date <= {closed}) as closed,
          count(objection_date) as objections,
          count(*) filter (objection_date is not null and objection_decision_date is not null) as answered,
          count(*) filter (objection_outcome in ({upheld}) and objection_date is not null
            and objection_decision_date is not null) as upheld
        from t where coalesce(outcome, '') <> 'withdrawn' and {part.sql("decision_date")}"""
    )
    return {name: int(row[name].iloc[0]) for name in COUNTS}


def with_objection_rates(frame: pd.DataFrame) -> pd.DataFrame:
    """Add rates and shares to counts, as they are or as they may be shown.

    Columns ``per_decisions`` (per 100 decisions), ``per_months`` (per 1,000 trajectory-months) and ``upheld_share``,
    each with ``_low`` and ``_high``.
    """
    rows: list[tuple[Estimate, ...]] = []
    for row in frame.to_dict("records"):
        if row["decisions"] is None:
            rows.append((None,) * 9)
            continue
        per_decisions = poisson_rate(row["objections"], row["closed"], PER_DECISIONS)
        per_months = poisson_rate(row["objections"], row["trajectory_months"], PER_MONTHS)
        rows.append((*per_decisions, *per_months, *share_of(row["upheld"], row["answered"], CONFIDENCE)))
    names = [f"per_decisions{end}" for end in ("", "_low", "_high")]
    names += [f"per_months{end}" for end in ("", "_low", "_high")]
    names += ["upheld_share", "upheld_low", "upheld_high"]
    columns = zip(names, zip(*rows, strict=True), strict=True)
    return frame.assign(**{name: pd.Series(list(values), frame.index, dtype=object) for name, values in columns})


def compared(frame: pd.DataFrame) -> RateComparison | None:
    """Compare the last year with the one before, per decision."""
    years = frame.iloc[:-1]
    if len(years) < 2 or years.iloc[-1]["decisions"] is None:
        return None
    before, last = ((row["year"], row["objections"], row["closed"]) for row in years.iloc[-2:].to_dict("records"))
    return compare_rates(last, before)


def _rest(whole: Count | None, part: Count | None) -> Count | None:
    """A difference of counts, withheld when one of them is."""
    if whole is None or part is None:
        return None
    if not isinstance(whole, int):
        return whole
    return max(whole - part, 0) if isinstance(part, int) else part


@dataclass(frozen=True)
class RightsObservatory:
    """What if help without a decision had come with one: the objections that there could then have been.

    The assumption is that as many would object per decision as do now. Those who turn an offer down, or ask for a
    decision, may well object more often than those who accept, so it is no forecast.

    Attributes
    ----------
    frame
        Two rows: ``scope`` (``declined``: declined offers without a decision; ``all``: all offers without one),
        ``count``, ``expected``, ``low``, ``high`` (objections, by the interval of the rate).
    objections, decisions
        What the rate is of.
    funnel, record
        What it is computed from. Not for showing.
    """

    frame: pd.DataFrame
    objections: Count | None
    decisions: Count | None
    since: date
    reference_date: date
    evidence: Evidence
    funnel: LegalFunnel | None
    record: Objections | None


def rights_observatory(funnel: LegalFunnel, record: Objections) -> RightsObservatory:
    """Compute from the funnel and the objections, exact or as shown, what decisions might have done."""
    row = record.whole
    known = row["closed"]
    declined = funnel.answer("declined")
    answers: Sequence[tuple[str, Count | None]] = (
        ("declined", _rest(declined["count"], declined["decided"])),
        ("all", None if funnel.offered is None else _rest(funnel.offered, funnel.step("decided")["count"])),
    )
    if funnel.offered is None:
        answers = [(scope, None) for scope, _count in answers]
    rate = (None, None, None) if known is None else share_of(row["objections"], known, CONFIDENCE)
    rows = [(scope, count, *(_product(count, end) for end in rate)) for scope, count in answers]
    return RightsObservatory(
        frame=pd.DataFrame(rows, columns=["scope", "count", "expected", "low", "high"], dtype=object),
        objections=row["objections"],
        decisions=known,
        since=funnel.since,
        reference_date=funnel.reference_date,
        evidence=funnel.evidence,
        funnel=funnel,
        record=record,
    )


def _product(count: Count | None, rate: Estimate) -> Estimate:
    if count is None or rate is None:
        return None
    if not isinstance(count, int):
        return count
    return count * rate if isinstance(rate, float | int) else rate
