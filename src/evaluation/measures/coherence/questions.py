"""The questions that published figures answer together: inflow, duration and capacity, each a ratio to be bounded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from evaluation.aggregate import Aggregates, Quantity
from evaluation.measures.coherence.quantities import Ratio, per_month, ratio_of
from evaluation.measures.coherence.system import Unknowns

# Answers come in this order: by the beginning of their names.
ORDER = ("inflow", "mean_ended", "mean_running", "least", "mean_duration", "little", "active", "client_hours")


@dataclass(frozen=True)
class Question:
    """One ratio to be bounded.

    Attributes
    ----------
    name, unit, period, method
        As in the answer.
    ratio
        The quantity over the unknowns; asked for only when the dates of `period` are among their cuts.
    least
        Whether only a least value is asked for.
    """

    name: str
    unit: str
    period: str
    method: str
    ratio: Callable[[Unknowns], Ratio]
    least: bool = False

    @property
    def spans_time(self) -> bool:
        """Whether it is about a day, or about a period that ends after it begins."""
        begin, _, end = self.period.partition("/")
        return not end or begin < end


def references(aggregates: Aggregates) -> tuple[date, ...]:
    """Return the reference dates that have time before them, in order; the last date where there are none."""
    return tuple(day for day in aggregates.reference_dates if day > aggregates.dates[0]) or aggregates.dates[-1:]


def questions_about(aggregates: Aggregates) -> list[Question]:
    """Return everything that is asked; dates that no figure names make a question unanswerable."""
    days = references(aggregates)
    origin, first, last = aggregates.dates[0], days[0], days[-1]
    year = date((first - timedelta(days=1)).year, 1, 1)
    asked = [
        _inflow(f"inflow_per_month_{year.year - 1}", date(year.year - 1, 1, 1), year),
        _inflow(f"inflow_per_month_{year.year}_until_reference", year, first),
        _inflow("inflow_per_month_between_references", first, last),
        _in_period("mean_ended_between_months", Quantity.MEAN_ENDED_MONTHS, first, last, "months"),
        _on_date("mean_running_at_last_reference_months", Quantity.MEAN_RUNNING_MONTHS, last, "months"),
        _least("least_mean_duration_months", origin, first),
        _person_time("mean_duration_person_time_months", origin, first),
        _little("little_first", (first,), year, first),
        _little("little_last", (last,), first, last),
        _on_date("active_per_fte", Quantity.STOCK_PER_FTE, last, "trajectories_per_fte"),
        _on_date("client_hours_per_fte_month", Quantity.HOURS_PER_FTE_MONTH, last, "hours_per_fte_month"),
    ]
    if first < last:
        asked += [
            _least("least_mean_duration_by_last_months", origin, last),
            _person_time("mean_duration_person_time_last_months", origin, last),
            _little("little_over_the_year", (first, last), year, last),
            _on_date("active_per_fte_previous", Quantity.STOCK_PER_FTE, first, "trajectories_per_fte"),
            _on_date("client_hours_per_fte_month_previous", Quantity.HOURS_PER_FTE_MONTH, first, "hours_per_fte_month"),
        ]
    asked.sort(key=lambda question: next(place for place, name in enumerate(ORDER) if question.name.startswith(name)))
    return [question for question in asked if question.spans_time]


def _inflow(name: str, begin: date, end: date) -> Question:
    return Question(
        name,
        "trajectories_per_month",
        f"{begin}/{end}",
        "trajectories started over months of 365.25/12 days",
        lambda unknowns: per_month(unknowns, Quantity.STARTED, begin, end),
    )


def _person_time(name: str, begin: date, end: date) -> Question:
    def ratio(unknowns: Unknowns) -> Ratio:
        ended = ratio_of(unknowns, Quantity.ENDED, begin, end)
        return ratio_of(unknowns, Quantity.PERSON_MONTHS, begin, end).over(ended)

    method = "months lived through per trajectory that ended; takes a constant chance of ending"
    return Question(name, "months", f"{begin}/{end}", method, ratio)


def _little(name: str, days: tuple[date, ...], begin: date, end: date) -> Question:
    def ratio(unknowns: Unknowns) -> Ratio:
        stocks = [ratio_of(unknowns, Quantity.STOCK, None, day).numerator for day in days]
        mean = Ratio(np.mean(stocks, axis=0), unknowns.one)
        return mean.over(per_month(unknowns, Quantity.STARTED, begin, end))

    return Question(name, "months", f"{begin}/{end}", "stock over inflow per month (Little's law)", ratio)


def _least(name: str, begin: date, end: date) -> Question:
    method = "least mean from start to end of all that started, with no assumption but the rounding of the figures"
    return Question(
        name,
        "months",
        f"{begin}/{end}",
        method,
        lambda unknowns: ratio_of(unknowns, Quantity.MEAN_ALL_MONTHS, begin, end),
        least=True,
    )


def _on_date(name: str, quantity: Quantity, day: date, unit: str) -> Question:
    method = "linear program over every register that has the published figures and meets the assumptions"
    return Question(name, unit, str(day), method, lambda unknowns: ratio_of(unknowns, quantity, None, day))


def _in_period(name: str, quantity: Quantity, begin: date, end: date, unit: str) -> Question:
    method = "linear program over every register that has the published figures and meets the assumptions"
    return Question(name, unit, f"{begin}/{end}", method, lambda unknowns: ratio_of(unknowns, quantity, begin, end))
