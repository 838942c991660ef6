"""What the chapters on flows, registration and capacity load besides the registry: public figures, and past dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np
import pandas as pd

from evaluation.evidence import PublishedFigure
from evaluation.measures.forecast_basis import ForecastBasis, forecast_basis
from evaluation.measures.rates import YouthPopulation
from evaluation.measures.reach import PhaseFigure
from evaluation.pipeline.inputs import SEED
from evaluation.progress import followed
from evaluation.snapshot import Snapshot
from evaluation.sources.benchmark import youth_care_use
from evaluation.sources.published import figure, published_figures
from evaluation.sources.registry import Registry

GRONINGEN = "GM0014"
PHASES = {1: "children_families_phase_1", 2: "children_families_phase_2"}
STAFFING = ("fte_2024", "fte_2025")
SCORED_EVERY = 3  # months between the past dates on which the forecast is scored


def youth_population() -> YouthPopulation:
    """Return the inhabitants under 25 of Groningen, in the last year that CBS published with the use of youth care.

    Under 25, because the published age groups are 0 to 14 and 15 to 24; the many students of Groningen are in it.
    """
    use = youth_care_use()
    own = use[use["municipality_code"] == GRONINGEN].sort_values("year").iloc[-1]
    youths = int(own["population_0_14"] + own["population_15_24"])
    return YouthPopulation(youths, "0-24", int(own["year"]), "youth_care_use_municipalities")


def phase_figures() -> list[PhaseFigure]:
    """Return the children or families that the council was shown for each phase."""
    figures = published_figures().set_index("id")
    return [PhaseFigure(phase, int(figures["period"].loc[name]), _published(name)) for phase, name in PHASES.items()]


def published_staffing(reference_date: date) -> Mapping[date, PublishedFigure]:
    """Return the published fte by date, up to the reference date.

    The fte are undated on the slides; each gets the reference date of the other figures of its presentation.
    """
    figures = published_figures()
    dates = figures.groupby("document")["reference_date"].max()
    documents = figures.set_index("id")["document"]
    staffing = {dates[documents[name]].date(): _published(name) for name in STAFFING}
    return {day: fte for day, fte in staffing.items() if day <= reference_date}


def snapshots_on(register: Registry, dates: Iterable[date], reference_date: date) -> list[Snapshot]:
    """Return the register as known on each date and on the reference date, in order of time."""
    return [register.snapshot(day) for day in sorted({*dates, reference_date})]


def past_bases(register: Registry, since: date, reference_date: date) -> list[ForecastBasis]:
    """Return what could be forecast from every third month back from the reference date, in order of time."""
    months = range(0, (reference_date.year - since.year + 1) * 12, SCORED_EVERY)
    dates = [(pd.Timestamp(reference_date) - pd.DateOffset(months=back)).date() for back in months]
    chosen = [day for day in sorted(dates) if day > since or day == reference_date]
    return [forecast_basis(register.snapshot(day)) for day in followed(chosen, "past forecasts")]


def opening_day() -> date:
    """Return the first day of Basis jeugdhulp: that of the period over which the council was shown trajectories."""
    figures = published_figures()
    begins = figures.loc[figures["measure"] == "volumes.trajectories", "period"].str.partition("/")[0]
    return date.fromisoformat(min(begins))


def random_numbers() -> np.random.Generator:
    """Return a generator of random numbers in a fixed state, so that the same run gives the same report."""
    return np.random.default_rng(SEED)


def _published(name: str) -> PublishedFigure:
    figures = published_figures()
    return PublishedFigure(str(figures.loc[figures["id"] == name, "quote"].iloc[0]), figure(figures, name))
