"""What the chapter on clients' experience loads besides the registry."""

from __future__ import annotations

from evaluation.evidence import Bounded, Evidence, PublishedFigure
from evaluation.sources.published import figure, published_figures
from evaluation.sources.registry import Registry
from evaluation.sources.synthetic.records.questionnaires import TRUTH


def survey_figure() -> PublishedFigure:
    """Return the response to the client survey as the council was shown it, in percent."""
    figures = published_figures()
    quote = figures.loc[figures["id"] == "survey_response", "quote"].iloc[0]
    return PublishedFigure(str(quote), figure(figures, "survey_response"))


def client_figures() -> tuple[Bounded, Bounded]:
    """Return the trajectories of the last presentation, and the trajectories per client of the one before."""
    figures = published_figures()
    per_client = figure(figures, "trajectories_20240325") / figure(figures, "clients_20240325")
    return figure(figures, "trajectories_20250101"), per_client


def invented_satisfaction(register: Registry) -> float | None:
    """Return the share of satisfied clients that an invented registry was drawn with, None for a real one."""
    return TRUTH.satisfied_share if register.evidence is Evidence.SYNTHETIC else None
