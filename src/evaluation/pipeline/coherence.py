"""Takes a file of published figures and answers whether they can all be true, as text and as a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from evaluation.aggregate import Counts, StockPath
from evaluation.disclosure.gate import Gate
from evaluation.measures.coherence.answers import answer
from evaluation.measures.coherence.assessment import Coherence, assess
from evaluation.pipeline.inputs import council_coherence
from evaluation.presentation.coherence_answers import describe_durations, describe_least
from evaluation.presentation.coherence_figures import plot_durations
from evaluation.presentation.coherence_page import coherence_page, coherence_text
from evaluation.presentation.figure import Figure
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.sources.aggregates import read_aggregates

LEVEL = 0.95  # of the intervals of chance


@dataclass(frozen=True)
class CheckedAggregates:
    """Published figures that were held against each other.

    Attributes
    ----------
    feasible
        Whether they can all be true.
    text, page
        The answer for a terminal, and as a page that stands on its own.
    """

    feasible: bool
    text: str
    page: str


def check_aggregates(file: Path | None, *, language: str, path: StockPath, counts: Counts) -> CheckedAggregates:
    """Hold the figures of a file, or those of all presentations to the council, against each other.

    Parameters
    ----------
    file
        YAML or CSV; see `evaluation.sources.aggregates`. None for the council's figures.
    language
        ``nl`` or ``en``.
    path, counts
        Stated assumptions.

    Raises
    ------
    SourceError
        When the file is not what it should be.
    """
    aggregates = council_coherence(date.max) if file is None else read_aggregates(file)
    coherence: Coherence = Gate().admit(assess(aggregates, path=path, counts=counts))
    words = Language(language)
    sentences, figures = _durations(coherence, words)
    return CheckedAggregates(
        coherence.feasible,
        coherence_text(coherence, words, sentences),
        coherence_page(coherence, words, sentences=sentences, figures=figures),
    )


def _durations(coherence: Coherence, language: Language) -> tuple[list[Sentence], list[Figure]]:
    """What the figures say about durations, when they hold a mean length and what an estimate needs."""
    if not coherence.stated_feasible or not coherence.aggregates.reference_dates:
        return [], []
    answers = answer(coherence.aggregates, path=coherence.path, counts=coherence.counts, level=LEVEL)
    needed = {"mean_duration_person_time_months", "mean_duration_little_months", "least_mean_duration_months"}
    if answers.published_mean is None or not needed <= set(answers.answers):
        return [], []
    said = [describe_durations(answers, language)]
    if answers.answers["least_mean_duration_months"].against(answers.published_mean) == "longer":
        said.insert(0, describe_least(answers, language))
    return said, [plot_durations(answers, language)]
