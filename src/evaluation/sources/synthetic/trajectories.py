"""The trajectory and client tables: the process seen by a registry, with its waits, gaps and missing reasons.

Left out on purpose: weekends, holidays, transfers between teams and corrections of earlier entries.
``last_activity_date`` is what the delivery shows; it cannot be wound back to an earlier reference date as starts and
ends can.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from evaluation.snapshot import DAYS_PER_MONTH
from evaluation.sources.synthetic import tables
from evaluation.sources.synthetic.people import NEIGHBOURHOODS, PRODUCTS, SEXES, TEAMS, People, products
from evaluation.sources.synthetic.process import Inflow, Outflow
from evaluation.sources.synthetic.truth import END_REASONS, REFERRERS, Flags, Ints, Truth

PRODUCT_CODES = [f"P{i + 1:02d}" for i in range(PRODUCTS)]
TEAM_CODES = [f"T{i + 1:02d}" for i in range(TEAMS)]
NEIGHBOURHOOD_CODES = [f"W{i + 1:02d}" for i in range(NEIGHBOURHOODS)]
FORMS = ["31", "45"]  # list JZ020: by a neighbourhood team, other ambulatory youth help
NEIGHBOURHOOD_TEAM_SHARE = 0.8


def draw_last_activity(
    truth: Truth, rng: np.random.Generator, inflow: Inflow, outflow: Outflow, observed_until: int
) -> Ints:
    """Return the day of the last activity: shortly before the end or the last day, long before it when dormant."""
    n = len(inflow.start)
    stop = np.where(outflow.ended, outflow.end, observed_until)
    gap = rng.exponential(truth.activity_gap_days, n)
    long_gap = truth.dormant_after_days + 1 + rng.exponential(truth.dormant_extra_days, n)
    dormant = ~outflow.ended & (rng.random(n) < truth.dormant_share)
    dormant &= stop - inflow.start > truth.dormant_after_days
    last = stop - np.where(dormant, long_gap, np.minimum(gap, truth.dormant_after_days)).astype(np.int64)
    return np.asarray(np.maximum(last, inflow.start))


def trajectories_table(
    truth: Truth,
    rng: np.random.Generator,
    *,
    inflow: Inflow,
    outflow: Outflow,
    people: People,
    last_activity: Ints,
    offset: int = 0,
) -> pa.Table:
    """Return the table ``trajectories``; keys count on from `offset`."""
    n = len(inflow.start)
    phase_2 = truth.day(truth.phase_2_day)
    home = people.neighbourhood[people.client]
    team = home % TEAMS
    end_reason = _end_reasons(truth, rng, outflow, team)
    form = (rng.random(n) >= NEIGHBOURHOOD_TEAM_SHARE).astype(np.int64)
    wait = np.floor(rng.gamma(2.0, truth.wait_days / 2, n)).astype(np.int64)

    def on(days: Ints, known: Flags | None = None) -> pa.Array:
        return tables.dates(days, truth.first_day, known)

    columns = [
        tables.keys("B", offset + 1 + np.arange(n)),
        tables.keys("C", offset + 1 + people.client),
        tables.keys("F", offset + 1 + people.family[people.client]),
        tables.labels(products(rng, people.client, inflow.start, phase_2), PRODUCT_CODES),
        tables.labels(form, FORMS),
        tables.labels(inflow.referrer, list(REFERRERS)),
        pa.array(np.where(inflow.start < phase_2, 1, 2).astype(np.int8)),
        tables.labels(team, TEAM_CODES),
        tables.labels(home, NEIGHBOURHOOD_CODES),
        on(inflow.start - wait),
        on(inflow.start),
        on(inflow.start - inflow.prior_days, inflow.prior_days > 0),
        on(inflow.registered),
        on(outflow.end, outflow.ended),
        on(outflow.end_registered, outflow.ended),
        end_reason,
        on(last_activity),
    ]
    return pa.Table.from_arrays(columns, schema=tables.TRAJECTORIES)


def clients_table(people: People, offset: int = 0) -> pa.Table:
    """Return the table ``clients``; keys count on from `offset`."""
    columns = [
        tables.keys("C", offset + 1 + np.arange(len(people.family))),
        tables.keys("F", offset + 1 + people.family),
        pa.array(people.birth_year.astype(np.int16)),
        tables.labels(people.sex, list(SEXES)),
        tables.labels(people.neighbourhood, NEIGHBOURHOOD_CODES),
    ]
    return pa.Table.from_arrays(columns, schema=tables.CLIENTS)


def _end_reasons(truth: Truth, rng: np.random.Generator, outflow: Outflow, team: Ints) -> pa.Array:
    """Draw the reasons of the ends, null where none was filled in."""
    known = _has_reason(truth, rng, outflow, team)
    chance = rng.random(len(team))
    reason = np.searchsorted(np.cumsum(truth.reason_shares), chance, side="right").clip(max=len(END_REASONS) - 1)
    return tables.labels(reason, list(END_REASONS), known)


def _has_reason(truth: Truth, rng: np.random.Generator, outflow: Outflow, team: Ints) -> Flags:
    """Draw for which ends the reason was filled in: more often as time goes on, and unevenly over teams."""
    extra = truth.reason_unknown_early - truth.reason_unknown_late
    months = np.maximum(outflow.end, 0) / DAYS_PER_MONTH
    unknown = truth.reason_unknown_late + extra * np.exp(-months / truth.reason_unknown_decay_months)
    # Fixed and evenly spread over teams, so that chunks of one registry and all seeds agree on which teams lag.
    habit = np.exp(truth.reason_unknown_team_spread * np.linspace(-1.5, 1.5, TEAMS))
    return np.asarray(outflow.ended & (rng.random(len(team)) >= np.minimum(unknown * habit[team], 1)))
