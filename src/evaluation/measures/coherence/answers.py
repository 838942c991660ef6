"""What two or more presentations together say about inflow, duration and capacity, though no slide says it.

Each answer is a ratio over the unknown register. Its interval is what rounding and the stated assumptions leave open
and is certain given those; the weakest interval drops the assumptions. The person-time estimate has an interval of
chance as well, since it is an estimate of a rate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from statsmodels.stats.rates import confint_poisson

from evaluation.aggregate import Aggregates, Counts, Quantity, StockPath
from evaluation.evidence import Bounded, Evidence, Measure
from evaluation.measures.coherence.assessment import read_counts
from evaluation.measures.coherence.implied import NOTHING, Implied, System, system_of
from evaluation.measures.coherence.quantities import ratio_of
from evaluation.measures.coherence.questions import Question, questions_about, references
from evaluation.progress import followed

Verdict = Literal["longer", "shorter", "open"]


@dataclass(frozen=True)
class Answer:
    """One quantity that follows from the figures.

    Attributes
    ----------
    name
        Last part of its id.
    estimate
        Value at the figures as printed with an even pace between reference dates; where that cannot be, the middle of
        the interval. For a least value, the least value itself.
    low, high
        Interval under the stated assumptions; None where nothing limits it.
    weakest_low, weakest_high
        Interval with every rounding and no assumption about the path.
    ci_low, ci_high
        Confidence interval by chance of an estimate; None for what is not one.
    unit, period, method
        As in `Measure`.
    n
        Trajectories behind an estimate, as printed.
    """

    name: str
    estimate: float
    low: float | None
    high: float | None
    weakest_low: float | None
    weakest_high: float | None
    unit: str
    period: str
    method: str
    n: int | None = None
    ci_low: float | None = None
    ci_high: float | None = None

    def against(self, mean: Bounded) -> Verdict:
        """Return where this duration lies beside the published mean, with chance and rounding of both considered."""
        low, high = self.low, self.high
        if self.ci_low is not None and self.ci_high is not None:
            low = self.ci_low * (1.0 if low is None else low / self.estimate)
            high = self.ci_high * (1.0 if high is None else high / self.estimate)
        if high is None:  # a least value is held to what is certain
            low = self.weakest_low
        if low is not None and low > mean.high:
            return "longer"
        if high is not None and high < mean.low:
            return "shorter"
        return "open"


@dataclass(frozen=True)
class Answers:
    """What the figures say together.

    Attributes
    ----------
    answers
        By name, in order; what the figures cannot answer is not in it.
    unanswered
        Names of the questions that these figures leave open.
    references
        Reference dates.
    published_mean
        Printed mean length of the ended at the last reference date, with its rounding, or None.
    stock
        Running trajectories at the last reference date, or None.
    inflow_needed
        Starts per month that keep that stock level when trajectories last the published mean (Little's law), or None.
    inflow
        Starts per month in the last period that was asked for, or None.
    path, counts, level
        Stated assumptions, and the level of the intervals of chance.
    """

    answers: Mapping[str, Answer]
    unanswered: tuple[str, ...]
    references: tuple[date, ...]
    published_mean: Bounded | None
    stock: Bounded | None
    inflow_needed: Bounded | None
    inflow: Answer | None
    path: StockPath
    counts: Counts
    level: float
    evidence: Evidence
    source: str = field(default="council_figures")

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``: the interval of chance where there is one, else that of rounding."""
        return tuple(self._measure(answer) for answer in self.answers.values() if answer.name not in MOMENTS_OF_LITTLE)

    def _measure(self, answer: Answer) -> Measure:
        chance = answer.ci_low is not None
        low, high = (answer.ci_low, answer.ci_high) if chance else (answer.low, answer.high)
        if low is None or high is None:  # a least value is the estimate itself
            low = high = None
        return Measure(
            id=f"coherence.{answer.name}",
            estimate=answer.estimate,
            unit=answer.unit,
            method=answer.method,
            period=answer.period,
            n=answer.n,
            ci_low=low,
            ci_high=high,
            ci_level=self.level if chance else None,
            interval=None if low is None else ("confidence" if chance else "rounding"),
            evidence=self.evidence,
            sources=(self.source,),
        )


MOMENTS_OF_LITTLE = ("little_first", "little_over_the_year", "little_last")


def answer(aggregates: Aggregates, *, path: StockPath, counts: Counts, level: float) -> Answers:
    """Derive inflow, durations and capacity from figures that can all be true.

    Parameters
    ----------
    aggregates
        The figures; those about durations reach from the first day of the service to a reference date.
    path, counts
        Stated assumptions; see `evaluation.measures.coherence.assessment`.
    level
        Coverage of the intervals of chance.

    Raises
    ------
    ValueError
        When the figures cannot all be true under the stated assumptions: nothing follows from a contradiction.
    """
    weakest, stated = system_of(aggregates), system_of(read_counts(aggregates, counts), path)
    printed = system_of(aggregates.all_as_printed(), "even")
    if not stated.feasible:
        raise ValueError("the figures cannot all be true under the stated assumptions; see their conflict and repair")
    systems = (weakest, stated, printed if printed.feasible else None)
    found, unanswered = {}, []
    for question in followed(questions_about(aggregates), "what follows from the figures"):
        answered = _answered(question, *systems)
        if answered is None:
            unanswered.append(question.name)
        else:
            found[question.name] = answered
    if "mean_duration_person_time_months" in found:
        found = {**found, **_with_chance(aggregates, found["mean_duration_person_time_months"], level)}
    found |= _little(found)
    last = references(aggregates)[-1]
    published = aggregates.of(Quantity.MEAN_ENDED_MONTHS, aggregates.dates[0], last)
    mean = None if published is None else published.value
    stock = _stock(stated, last)
    inflows = [found[name] for name in found if name.startswith("inflow")]
    return Answers(
        answers=found,
        unanswered=tuple(unanswered),
        references=references(aggregates),
        published_mean=mean,
        stock=stock,
        inflow_needed=None if mean is None or stock is None else stock / mean,
        inflow=inflows[-1] if inflows else None,
        path=path,
        counts=counts,
        level=level,
        evidence=aggregates.evidence,
        source=aggregates.source,
    )


def _stock(system: System, day: date) -> Bounded | None:
    found = system.implied(ratio_of(system.unknowns, Quantity.STOCK, None, day))
    if found.low is None or found.high is None or found.middle is None:
        return None
    return Bounded(found.middle, found.low, found.high)


def _answered(question: Question, weakest: System, stated: System, printed: System | None) -> Answer | None:
    days = [date.fromisoformat(part) for part in question.period.split("/")]
    if not set(days) <= set(weakest.unknowns.cuts):
        return None
    widest, narrow = (system.implied(question.ratio(system.unknowns)) for system in (weakest, stated))
    if question.least:
        widest, narrow = (Implied(found.low, None, found.low_set_by) for found in (widest, narrow))
        estimate = widest.low
    else:
        central = NOTHING if printed is None else printed.implied(question.ratio(printed.unknowns))
        estimate = narrow.middle if central.middle is None else central.middle
        if widest.low is None or widest.high is None:
            return None
    if estimate is None:
        return None
    return Answer(
        name=question.name,
        estimate=estimate,
        low=narrow.low,
        high=narrow.high,
        weakest_low=widest.low,
        weakest_high=widest.high,
        unit=question.unit,
        period=question.period,
        method=question.method,
    )


def _with_chance(aggregates: Aggregates, estimate: Answer, level: float) -> dict[str, Answer]:
    """Add the exact Poisson interval for the number that ended, given the months lived through."""
    first = references(aggregates)[0]
    ended = aggregates.of(Quantity.ENDED, aggregates.dates[0], first)
    if ended is None or not ended.value.value:
        return {}
    n = ended.value.value
    fewest, most = confint_poisson(n, 1, method="exact-c", alpha=1 - level)
    return {
        estimate.name: replace(
            estimate, n=round(n), ci_low=estimate.estimate * n / most, ci_high=estimate.estimate * n / fewest
        )
    }


def _little(found: Mapping[str, Answer]) -> dict[str, Answer]:
    """Little's law over the moments at which it can be taken: the spread is what a steady state would not have."""
    moments = [found[name] for name in MOMENTS_OF_LITTLE if name in found]
    if not moments:
        return {}
    middle = found.get("little_over_the_year", moments[0])

    def ends(attribute: str, pick: Callable[[list[float]], float]) -> float | None:
        values = [getattr(moment, attribute) for moment in moments]
        return None if None in values else pick(values)

    return {
        "mean_duration_little_months": Answer(
            name="mean_duration_little_months",
            estimate=middle.estimate,
            low=ends("low", min),
            high=ends("high", max),
            weakest_low=ends("weakest_low", min),
            weakest_high=ends("weakest_high", max),
            unit="months",
            period=f"{moments[0].period.partition('/')[0]}/{moments[-1].period.rpartition('/')[2]}",
            method="stock over inflow per month (Little's law); interval: lowest to highest over the moments",
        )
    }
