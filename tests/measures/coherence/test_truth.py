"""The key property: figures of a real register can always be true, and its truth lies in every interval."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from evaluation.aggregate import Aggregate, Aggregates, Quantity
from evaluation.evidence import Bounded, Evidence
from evaluation.measures.coherence.assessment import assess
from evaluation.measures.coherence.implied import Implied, system_of
from evaluation.measures.coherence.quantities import Ratio, ratio_of
from evaluation.measures.coherence.system import MOST_STEPS, unknowns_of
from evaluation.sources.synthetic import DEFAULT_TRUTH, simulate
from tests.measures.coherence.drawn import Register, aggregates

ON_A_DATE = (Quantity.STOCK, Quantity.MEAN_RUNNING_MONTHS)
IN_A_PERIOD = (
    Quantity.STARTED, Quantity.ENDED, Quantity.SERVED, Quantity.MEAN_ENDED_MONTHS, Quantity.PERSON_MONTHS,
)  # fmt: skip
STEPS: dict[Quantity, tuple[float | None, ...]] = {
    Quantity.MEAN_RUNNING_MONTHS: (None, 0.1, 1.0),
    Quantity.MEAN_ENDED_MONTHS: (None, 0.1, 0.5),
    Quantity.PERSON_MONTHS: (None, 10.0, 100.0),
}
ORIGIN = date(2022, 5, 17)


def questions(days: list[date]) -> list[tuple[Quantity, date | None, date]]:
    asked: list[tuple[Quantity, date | None, date]] = [(quantity, None, day) for quantity in ON_A_DATE for day in days]
    spans = [(begin, end) for begin in days for end in days if begin < end]
    return asked + [(quantity, begin, end) for quantity in IN_A_PERIOD for begin, end in spans]


def holds(found: Implied, truth: float) -> bool:
    slack = 1e-6 * max(1.0, abs(truth))
    return (found.low is None or found.low <= truth + slack) and (found.high is None or truth - slack <= found.high)


def published(register: Register, chosen: list[tuple[tuple[Quantity, date | None, date], int]]) -> Aggregates:
    figures = []
    for number, (question, rounding) in enumerate(chosen):
        steps = STEPS.get(question[0], (None, 5.0, 50.0))
        figure = register.publish(f"f{number}", *question, steps[rounding])
        if figure is not None:
            figures.append(figure)
    return Aggregates("drawn", tuple(figures), Evidence.SYNTHETIC, "drawn")


@st.composite
def registers(draw: st.DrawFn) -> tuple[Register, list[date]]:
    """A few trajectories, some of which began before the first date, and two to four dates."""
    n = draw(st.integers(0, 30))
    starts = draw(st.lists(st.integers(-400, 900), min_size=n, max_size=n))
    lengths = draw(st.lists(st.one_of(st.integers(0, 700), st.just(None)), min_size=n, max_size=n))
    start = np.array(starts, dtype=float)
    end = start + np.array([np.inf if length is None else length for length in lengths], dtype=float)
    gaps = draw(st.lists(st.integers(1, 400), min_size=1, max_size=3))
    days = [ORIGIN + timedelta(days=int(day)) for day in np.cumsum([0, *gaps])]
    return Register(ORIGIN, start, end), days


@settings(max_examples=40)
@given(registers(), st.data())
def test_a_register_can_have_its_own_figures_and_lies_in_every_interval(
    drawn: tuple[Register, list[date]], data: st.DataObject
) -> None:
    register, days = drawn
    asked = questions(days)
    chosen = data.draw(st.lists(st.tuples(st.sampled_from(asked), st.integers(0, 2)), min_size=1, max_size=10))
    figures = published(register, chosen)
    assume(len(figures.dates) >= 2)
    system = system_of(figures)
    assert system.feasible
    for question in asked:
        truth = register.truth(*question)
        if truth is None or not {day for day in question[1:] if day is not None} <= set(figures.dates):
            continue
        assert holds(system.implied(ratio_of(system.unknowns, *question)), truth), question


@settings(max_examples=20)
@given(registers(), st.data())
def test_the_stock_path_of_a_register_lies_in_its_corridor(
    drawn: tuple[Register, list[date]], data: st.DataObject
) -> None:
    register, days = drawn
    chosen = data.draw(st.lists(st.tuples(st.sampled_from(questions(days)), st.integers(0, 2)), min_size=2, max_size=8))
    figures = published(register, chosen)
    assume(len(figures.dates) >= 2)
    system = system_of(figures)
    for position, day in enumerate(system.unknowns.grid):
        truth = register.truth(Quantity.STOCK, None, day)
        assert truth is not None
        assert holds(system.implied(Ratio(system.unknowns.path(position), system.unknowns.one)), truth)


@settings(max_examples=20)
@given(registers(), st.data())
def test_sharper_rounding_never_widens_an_interval(drawn: tuple[Register, list[date]], data: st.DataObject) -> None:
    register, days = drawn
    chosen = data.draw(st.lists(st.sampled_from(questions(days)), min_size=2, max_size=8))
    coarse = published(register, [(question, 2) for question in chosen])
    assume(len(coarse.dates) >= 2)
    exact = published(register, [(question, 0) for question in chosen])
    # The exact value lies in the rounding interval, so the exact figures are a sharper version of the coarse ones.
    wide, narrow = system_of(coarse), system_of(exact)
    for question in questions(list(coarse.dates)):
        outer = wide.implied(ratio_of(wide.unknowns, *question))
        inner = narrow.implied(ratio_of(narrow.unknowns, *question))
        if inner.low is None and inner.high is None:
            continue
        slack = 1e-5 * max(1.0, abs(inner.low or 0.0), abs(inner.high or 0.0))
        assert outer.low is None or (inner.low is not None and outer.low <= inner.low + slack), question
        assert outer.high is None or (inner.high is not None and inner.high <= outer.high + slack), question


@pytest.mark.parametrize("seed", range(4))
def test_a_simulated_registry_is_feasible_and_its_truth_is_held(seed: int) -> None:
    # The process behind the synthetic registry, published as the council was: counts in fifties, means in months.
    last = date(2025, 1, 1)
    tables = simulate(DEFAULT_TRUTH, 1650, seed, last, hours=False)
    register = Register.of(date(2023, 1, 1), tables.trajectories.to_pandas())
    first_day, first = date(2022, 12, 31), date(2024, 3, 25)
    chosen = [
        (Quantity.STOCK, None, first_day, None),
        (Quantity.STARTED, first_day, first, None),
        (Quantity.ENDED, first_day, first, None),
        (Quantity.MEAN_ENDED_MONTHS, first_day, first, 0.1),
        (Quantity.MEAN_RUNNING_MONTHS, None, first, 0.1),
        (Quantity.STARTED, first_day, last, 50),
        (Quantity.ENDED, first_day, last, 50),
        (Quantity.STOCK, None, last, 50),
        (Quantity.MEAN_ENDED_MONTHS, first_day, last, 1),
    ]
    figures = [register.publish(f"f{number}", *question) for number, question in enumerate(chosen)]
    coherence = assess(
        Aggregates("simulated", tuple(f for f in figures if f is not None), Evidence.SYNTHETIC, "simulated"),
        path="between",
        counts="rounded",
    )
    assert coherence.feasible
    checked = 0
    for row in coherence.implied.to_dict("records"):
        quantity = Quantity(row["quantity"])
        if quantity not in (*ON_A_DATE, *IN_A_PERIOD):
            continue
        truth = register.truth(quantity, row["begin"], row["end"])
        assert truth is not None
        assert row["weakest_low"] - 1e-6 <= truth <= row["weakest_high"] + 1e-6, row
        checked += 1
    assert checked >= 12
    # The elapsed time that nobody published, from the register itself, lies in its interval; so does the mean length
    # of those that ended between the dates.
    unpublished = coherence.implied[coherence.implied["id"] == ""]
    assert {Quantity.MEAN_RUNNING_MONTHS, Quantity.MEAN_ENDED_MONTHS} <= set(unpublished["quantity"])


def test_the_least_mean_of_all_holds_for_durations_that_end_after_the_last_date() -> None:
    # Two trajectories from the first day: one ended after 61 days, one runs on 2 July (182 days) and ends on day 400.
    figures = aggregates("""
        id      quantity           when                   value  low  high
        begin   stock              2023-01-01             0      -    -
        starts  started            2023-01-01/2023-07-02  2      -    -
        ends    ended              2023-01-01/2023-07-02  1      -    -
        mean    mean_ended_months  2023-01-01/2023-07-02  2      1.9  2.1
        runs    mean_running_months  2023-07-02           5.98   5.9  6.0
    """)
    system = system_of(figures)
    found = system.implied(ratio_of(system.unknowns, Quantity.MEAN_ALL_MONTHS, date(2023, 1, 1), date(2023, 7, 2)))
    assert found.low == pytest.approx((1.9 + 5.9) / 2)
    assert found.low <= (61 + 400) / 2 / (365.25 / 12)


def test_an_even_pace_is_a_straight_line() -> None:
    # 100 running, 60 start and 20 end in a year: 140 at the end, and 120 on average for 365 days.
    figures = aggregates("""
        id      quantity  when                   value  low  high
        before  stock     2023-01-01             100    -    -
        starts  started   2023-01-01/2024-01-01  60     -    -
        ends    ended     2023-01-01/2024-01-01  20     -    -
        after   stock     2024-01-01             140    -    -
    """)
    system = system_of(figures, "even")
    lived = system.implied(ratio_of(system.unknowns, Quantity.PERSON_MONTHS, date(2023, 1, 1), date(2024, 1, 1)))
    assert lived.low == lived.high == pytest.approx(120 * 365 / (365.25 / 12))
    between = system_of(figures, "between")
    lived = between.implied(ratio_of(between.unknowns, Quantity.PERSON_MONTHS, date(2023, 1, 1), date(2024, 1, 1)))
    assert lived.low == pytest.approx(100 * 365 / (365.25 / 12))
    assert lived.high == pytest.approx(140 * 365 / (365.25 / 12))
    free = system_of(figures)
    lived = free.implied(ratio_of(free.unknowns, Quantity.PERSON_MONTHS, date(2023, 1, 1), date(2024, 1, 1)))
    # All 20 end at once and the 60 start on the last day, or the other way round.
    assert lived.low == pytest.approx(80 * 365 / (365.25 / 12))
    assert lived.high == pytest.approx(160 * 365 / (365.25 / 12))


def test_a_long_span_is_still_bounded() -> None:
    # Ten years take steps of a quarter; the stock in between stays exact: 50 + 10 at most.
    figures = aggregates("""
        id      quantity  when                   value  low  high
        before  stock     2014-01-01             50     -    -
        starts  started   2014-01-01/2024-01-01  10     -    -
        after   stock     2024-01-01             55     -    -
    """)
    system = system_of(figures)
    assert len(system.unknowns.grid) == 41
    middle = system.implied(Ratio(system.unknowns.path(20), system.unknowns.one))
    assert (middle.low, middle.high) == (pytest.approx(45), pytest.approx(60))


def test_a_path_never_takes_more_steps_than_it_may() -> None:
    for last in (date(2024, 5, 3), date(2031, 1, 1), date(2060, 2, 2), date(2100, 1, 1)):
        assert len(unknowns_of([date(1950, 3, 4), last]).grid) <= MOST_STEPS + 3


def test_hours_fte_euros_and_clients_follow_from_their_parts() -> None:
    year = (date(2023, 1, 1), date(2024, 1, 1))
    figures = aggregates("""
        id       quantity                when                   value   low  high
        stock    stock                   2024-01-01             200     -    -
        hours    hours_per_month         2024-01-01             8       7.5  8.5
        fte      fte                     2024-01-01             20      19   21
        months   person_months           2023-01-01/2024-01-01  2400    -    -
        euros    euros                   2023-01-01/2024-01-01  480000  -    -
        started  started                 2023-01-01/2024-01-01  90      -    -
        before   stock                   2023-01-01             150     -    -
        clients  clients                 2023-01-01/2024-01-01  100     50   400
    """)
    system = system_of(figures)

    def implied(quantity: Quantity, begin: date | None, end: date) -> tuple[float | None, float | None]:
        found = system.implied(ratio_of(system.unknowns, quantity, begin, end))
        return found.low, found.high

    assert implied(Quantity.STOCK_PER_FTE, None, year[1]) == (pytest.approx(200 / 21), pytest.approx(200 / 19))
    assert implied(Quantity.HOURS_PER_FTE_MONTH, None, year[1]) == (
        pytest.approx(200 * 7.5 / 21),
        pytest.approx(200 * 8.5 / 19),
    )
    assert implied(Quantity.EUROS_PER_PERSON_MONTH, *year) == (pytest.approx(200), pytest.approx(200))
    assert implied(Quantity.SERVED, *year) == (pytest.approx(240), pytest.approx(240))
    # Nobody is a client without a trajectory: at most 150 + 90 clients.
    assert implied(Quantity.CLIENTS, *year) == (pytest.approx(50), pytest.approx(240))
    # Of hours over the year nothing was said: no upper end.
    assert implied(Quantity.HOURS, *year) == (0.0, None)


def test_the_figure_that_limits_an_end_is_named() -> None:
    # after = 100 + started - ended; started is known within 20, ended within 2.
    figures = aggregates("""
        id       quantity  when                   value  low  high
        before   stock     2023-01-01             100    -    -
        started  started   2023-01-01/2024-01-01  80     70   90
        ended    ended     2023-01-01/2024-01-01  50     49   51
    """)
    system = system_of(figures)
    found = system.implied(ratio_of(system.unknowns, Quantity.STOCK, None, date(2024, 1, 1)))
    assert (found.low, found.high) == (pytest.approx(100 + 70 - 51), pytest.approx(100 + 90 - 49))
    assert found.low_set_by == found.high_set_by == ("started", "ended")
    exact = replace(figures, figures=tuple(figure.as_printed() for figure in figures.figures))
    found = system_of(exact).implied(ratio_of(system.unknowns, Quantity.STOCK, None, date(2024, 1, 1)))
    assert found.low == found.high == pytest.approx(130)
    assert found.low_set_by[0] == "before"  # all are exact: the largest figure weighs most


def test_a_figure_may_be_published_twice() -> None:
    two = aggregates("""
        id      quantity  when        value  low  high
        first   stock     2023-01-01  100    90   110
        second  stock     2023-01-01  105    104  106
        later   stock     2024-01-01  100    -    -
    """)
    found = system_of(two).implied_of(two.figures[0])
    assert (found.low, found.high) == (pytest.approx(104), pytest.approx(106))
    third = Aggregate("third", Quantity.STOCK, None, date(2023, 1, 1), Bounded(120, 119, 121))
    assert not system_of(replace(two, figures=(*two.figures, third))).feasible
