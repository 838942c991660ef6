"""From an offer without a decision to an objection that is upheld: how many come to each step.

The steps are nested: a later step that was written down counts for the earlier ones as well. At each step the units
that may still take it on the reference date stand apart, so that a share is of those who could have taken it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Count, Estimate, Evidence, Measure, confidence, total_of, weakest
from evaluation.measures.kaplan_meier import LEVEL
from evaluation.measures.norms import DECISION_TERM, OBJECTION_TERM, Norms
from evaluation.measures.shares import share_of, with_shares
from evaluation.snapshot import Records

STEPS = ("requested", "held", "decided", "objected", "upheld")
ANSWERS = ("accepted", "declined", "open")
UPHELD = ("upheld", "partly_upheld")
AFTER_DECISION = STEPS[2:]


@dataclass(frozen=True)
class LegalFunnel:
    """How far offers of help came towards a decision and an objection.

    Attributes
    ----------
    offered
        Offers in the period; None when the table was not delivered.
    answers
        One row per answer (``accepted``, ``declined``, ``open``): ``answer``, ``count``, ``requested`` and ``decided``
        (of them, an inquiry asked for, and a decision taken), ``share`` that asked for an inquiry, ``ci_low``,
        ``ci_high``.
    steps
        One row per step (``requested``, ``held``, ``decided``, ``objected``, ``upheld``): ``step``, ``of`` (that came
        to the step before), ``count``, ``open`` (may still come), ``n`` (``of`` less ``open``), ``share`` of `n` with
        its Wilson interval. Null from the decision on when decisions were not delivered.
    declined_share, ci_low, ci_high
        Share of answered offers that was declined, with its Wilson interval.
    """

    offered: Count | None
    answers: pd.DataFrame
    steps: pd.DataFrame
    declined_share: Estimate
    ci_low: Estimate
    ci_high: Estimate
    since: date
    reference_date: date
    evidence: Evidence
    sources: tuple[str, ...]

    def step(self, name: str) -> pd.Series:
        """The row of a step."""
        return self.steps[self.steps["step"] == name].iloc[0]

    def answer(self, name: str) -> pd.Series:
        """The row of an answer."""
        return self.answers[self.answers["answer"] == name].iloc[0]

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        answered = total_of(self.answer(name)["count"] for name in ("accepted", "declined"))
        return (
            Measure(
                id="legal_protection.declined_share",
                estimate=self.declined_share,
                unit="share",
                method="declined of answered offers, Wilson interval",
                period=f"{self.since}/{self.reference_date}",
                n=answered if self.offered is not None else None,
                n_missing=self.answer("open")["count"] if self.offered is not None else None,
                **confidence(self.ci_low, self.ci_high, LEVEL),
                evidence=self.evidence,
                sources=self.sources,
            ),
        )


def legal_funnel(offers: Records, decisions: Records, since: date, norms: Norms) -> LegalFunnel:
    """Follow every offer made from `since` up to the reference date.

    Parameters
    ----------
    offers, decisions
        Tables as known on the reference date.
    since
        First day of the period.
    norms
        Terms: of a decision, in which an inquiry asked for can still be held and decided on, and of an objection.
    """
    rows = _joined(offers, decisions, since)
    flags = _flags(rows, offers.reference_date, norms)
    if not decisions.delivered:
        flags[[name for step in AFTER_DECISION for name in (step, f"{step}_open")]] = None
    answers = pd.DataFrame(
        [
            {
                "answer": answer,
                "count": int((rows["response"] == answer).sum()),
                "requested": int(flags.loc[rows["response"] == answer, "requested"].sum()),
                "decided": _sum(flags.loc[rows["response"] == answer, "decided"], known=decisions.delivered),
            }
            for answer in ANSWERS
        ]
    )
    counts: list[dict[str, object]] = []
    before: int | None = len(rows)
    for step in STEPS:
        known = decisions.delivered or step not in AFTER_DECISION
        count, still = _sum(flags[step], known=known), _sum(flags[f"{step}_open"], known=known)
        counts.append({"step": step, "of": before if known else None, "count": count, "open": still})
        before = count
    accepted, declined = (int(answers["count"].iloc[at]) for at in (0, 1))
    share, low, high = share_of(declined, accepted + declined, LEVEL)
    return LegalFunnel(
        offered=len(rows) if offers.delivered else None,
        answers=with_answer_shares(answers),
        steps=with_step_shares(pd.DataFrame(counts, dtype=object)),
        declined_share=share,
        ci_low=low,
        ci_high=high,
        since=since,
        reference_date=offers.reference_date,
        evidence=weakest((offers.evidence, decisions.evidence)),
        sources=(offers.source, decisions.source),
    )


def with_answer_shares(answers: pd.DataFrame) -> pd.DataFrame:
    """Add the share of each answer that asked for an inquiry, from counts as they are or as they may be shown."""
    shares = with_shares(pd.DataFrame({"count": answers["requested"], "n": answers["count"]}, dtype=object), LEVEL)
    return answers.astype(object).assign(**{name: shares[name] for name in ("share", "ci_low", "ci_high")})


def with_step_shares(steps: pd.DataFrame) -> pd.DataFrame:
    """Add to each step how many could have taken it, and the share that did."""
    known = [_less(of, still) for of, still in zip(steps["of"], steps["open"], strict=True)]
    found = [
        (None, None, None) if count is None or n is None else share_of(count, n, LEVEL)
        for count, n in zip(steps["count"], known, strict=True)
    ]
    columns = dict(zip(("share", "ci_low", "ci_high"), zip(*found, strict=True), strict=True))
    made = {name: pd.Series(list(values), steps.index, dtype=object) for name, values in columns.items()}
    return steps.assign(n=pd.Series(known, steps.index, dtype=object), **made)


def _less(whole: Count | None, part: Count | None) -> Count | None:
    """A difference of counts, withheld when one of them is."""
    if whole is None or part is None:
        return None
    if not isinstance(whole, int):
        return whole
    return whole - part if isinstance(part, int) else part


def _joined(offers: Records, decisions: Records, since: date) -> pd.DataFrame:
    """Offers with the decision that followed, as far as both are known."""
    columns = "decision_id, application_date, decision_date, outcome, objection_date, objection_decision_date"
    decided = decisions.frame(f"select {columns}, objection_outcome from t")
    rows = offers.frame(
        f"""select offer_id, coalesce(response, 'open') as response, inquiry_requested_on, inquiry_on, decision_id
        from t where offered_on >= date '{since}' order by offer_id"""
    )
    return rows.merge(decided.drop_duplicates("decision_id"), on="decision_id", how="left")


def _flags(rows: pd.DataFrame, until: date, norms: Norms) -> pd.DataFrame:
    """For each offer and step, whether it was taken and whether it may still be."""
    day = pd.Timestamp(until)
    term, objecting = norms.named(DECISION_TERM), norms.named(OBJECTION_TERM)
    recent = day - pd.Timedelta(days=term.days if term else 0)
    objectable = day - pd.Timedelta(days=objecting.days if objecting else 0)
    upheld = rows["objection_outcome"].isin(UPHELD)
    objected = rows["objection_date"].notna() | upheld
    decided = objected | (rows["decision_date"].notna() & (rows["outcome"] != "withdrawn"))
    held = rows["inquiry_on"].notna() | decided
    requested = rows["inquiry_requested_on"].notna() | held
    pending = rows["application_date"].notna() & rows["decision_date"].isna()
    return pd.DataFrame(
        {
            "requested": requested,
            "requested_open": ~requested & (rows["response"] == "open"),
            "held": held,
            "held_open": requested & ~held & (rows["inquiry_requested_on"] > recent),
            "decided": decided,
            "decided_open": held & ~decided & (pending | (rows["inquiry_on"] > recent)),
            "objected": objected,
            "objected_open": decided & ~objected & (rows["decision_date"] > objectable),
            "upheld": upheld,
            "upheld_open": objected & ~upheld & rows["objection_decision_date"].isna(),
        }
    ).astype(object)


def _sum(flags: pd.Series, *, known: bool) -> int | None:
    return int(flags.sum()) if known else None
