"""Simulating a registry of any size, and synthesising the one that reproduces every published aggregate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from evaluation.sources.synthetic.conditioning import Conditioned, condition
from evaluation.sources.synthetic.hours import condition_hours, draw_hours, hours_table
from evaluation.sources.synthetic.people import clients_of, clients_with_exact_count, draw_people
from evaluation.sources.synthetic.pilot import draw_pilot
from evaluation.sources.synthetic.process import Inflow, Outflow, Window, draw_end, draw_inflow, draw_outflow
from evaluation.sources.synthetic.reached import reached_figures
from evaluation.sources.synthetic.records import draw_records
from evaluation.sources.synthetic.records.core import Core
from evaluation.sources.synthetic.targets import AMOUNTS, Targets
from evaluation.sources.synthetic.tensions import tensions_frame
from evaluation.sources.synthetic.trajectories import clients_table, draw_last_activity, trajectories_table
from evaluation.sources.synthetic.truth import DEFAULT_TRUTH, Truth


@dataclass(frozen=True)
class Tables:
    """The tables of a simulated registry as delivered on one day.

    Attributes
    ----------
    trajectories, clients
        As in the schemas of ``tables``.
    hours
        None when not asked for.
    """

    trajectories: pa.Table
    clients: pa.Table
    hours: pa.Table | None


@dataclass(frozen=True)
class SyntheticRegistry:
    """The registry that reproduces the published aggregates.

    Attributes
    ----------
    trajectories, clients, hours, pilot_families
        As in the schemas of ``tables``.
    records
        The further tables, by name.
    truth
        The process it was drawn from.
    tensions
        One row per published figure: see ``tensions_frame``.
    seed
        The same seed gives the same bytes.
    observed_until
        Day of the delivery; nothing that happened or was registered later is in it.
    """

    trajectories: pa.Table
    clients: pa.Table
    hours: pa.Table
    pilot_families: pa.Table
    records: Mapping[str, pa.Table]
    truth: Truth
    tensions: pd.DataFrame
    seed: int
    observed_until: date


def simulate(
    truth: Truth,
    n: int,
    seed: int | np.random.SeedSequence,
    observed_until: date,
    *,
    hours: bool = True,
    offset: int = 0,
) -> Tables:
    """Return `n` trajectories of the process by itself, as a delivery on one day.

    Rows are those started and registered by that day; an end is known when it happened and was registered by then, and
    registration of an end is drawn truncated there, so that ending is censored by the calendar alone.

    Parameters
    ----------
    truth
        The process; what an estimator has to recover.
    n
        Number of trajectories; 0 gives empty tables.
    seed
        The same seed gives the same rows.
    observed_until
        Day of the delivery.
    hours
        Whether to make the hours table.
    offset
        Keys count on from here, so that parts of one registry do not share any.
    """
    rng = np.random.default_rng(seed)
    last = truth.day(observed_until)
    if last < 0:
        raise ValueError(
            f"observed_until: {observed_until} is before the first day {truth.first_day}; give a later day"
        )
    inflow = draw_inflow(truth, rng, n, Window(0, last, last))
    end = draw_end(truth, rng, inflow)
    outflow = draw_outflow(truth, rng, inflow, ended=end <= last, end=end, known_by=last)
    inflow, outflow = _delivered_on(last, inflow, outflow)
    people = draw_people(truth, rng, clients_of(truth, rng, n))
    last_activity = draw_last_activity(truth, rng, inflow, outflow, last)
    hours_drawn = None
    if hours:
        hours_drawn = draw_hours(
            truth, rng, inflow=inflow, outflow=outflow, last_activity=last_activity, observed_until=last
        )
    return Tables(
        trajectories_table(
            truth, rng, inflow=inflow, outflow=outflow, people=people, last_activity=last_activity, offset=offset
        ),
        clients_table(people, offset),
        None if hours_drawn is None else hours_table(truth, hours_drawn, offset),
    )


def synthesise(targets: Targets, seed: int, truth: Truth = DEFAULT_TRUTH) -> SyntheticRegistry:
    """Return the process conditioned on everything that was published on both reference dates.

    Raises
    ------
    ValueError
        When the published figures cannot hold together under the process.
    """
    drawing, belonging, working, piloting = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(4))
    last = truth.day(targets.last_date)
    drawn = _in_order(condition(truth, targets, drawing), last)
    inflow, outflow = drawn.inflow, drawn.outflow
    belongs_to = clients_with_exact_count(truth, belonging, drawn.in_first, targets.count("clients_20240325"))
    people = draw_people(truth, belonging, belongs_to)
    last_activity = draw_last_activity(truth, working, inflow, outflow, last)
    hours, fits_hours = condition_hours(
        truth,
        targets,
        draw_hours(truth, working, inflow=inflow, outflow=outflow, last_activity=last_activity, observed_until=last),
        drawn.in_first,
    )
    pilot, fits_pilot = draw_pilot(truth, targets, piloting)
    trajectories = trajectories_table(
        truth, working, inflow=inflow, outflow=outflow, people=people, last_activity=last_activity
    )
    worked = hours_table(truth, hours)
    reached = reached_figures(targets, trajectories, worked, pilot)
    tensions = tensions_frame(truth, targets, reached=reached, tilts=drawn.tilts, fits=fits_hours | fits_pilot)
    clients = clients_table(people)
    core = Core(
        trajectories=_frame(trajectories),
        clients=_frame(clients),
        pilot_families=_frame(pilot),
        amounts={name: targets.figures[name].value for name in AMOUNTS},
        first_day=truth.first_day,
        observed_until=targets.last_date,
    )
    return SyntheticRegistry(
        trajectories=trajectories,
        clients=clients,
        hours=worked,
        pilot_families=pilot,
        records=draw_records(core, seed),
        truth=truth,
        tensions=tensions,
        seed=seed,
        observed_until=targets.last_date,
    )


def _frame(table: pa.Table) -> pd.DataFrame:
    """The table with its days as datetime64."""
    frame: pd.DataFrame = table.to_pandas(date_as_object=False)
    return frame


def _in_order(drawn: Conditioned, last: int) -> Conditioned:
    """Put trajectories in order of registration, as a register numbers them."""
    order = np.argsort(drawn.inflow.registered, kind="stable")
    inflow, outflow = _delivered_on(last, drawn.inflow.take(order), drawn.outflow.take(order))
    return replace(drawn, inflow=inflow, outflow=outflow, in_first=drawn.in_first[order])


def _delivered_on(last: int, inflow: Inflow, outflow: Outflow) -> tuple[Inflow, Outflow]:
    """Let the last entry be made on the day of delivery, so that the tables themselves tell how far they reach."""
    if not len(inflow.start):
        return inflow, outflow
    if outflow.ended.any():
        end_registered = outflow.end_registered.copy()
        end_registered[np.argmax(np.where(outflow.ended, end_registered, -1))] = last
        return inflow, replace(outflow, end_registered=end_registered)
    registered = inflow.registered.copy()
    registered[np.argmax(registered)] = last
    return replace(inflow, registered=registered), outflow
