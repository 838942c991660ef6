"""How the chapter on durations explains the published means: why they are no lengths of trajectories."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from evaluation.evidence import Mark, is_suppressed
from evaluation.measures.published_means import PublishedMeans
from evaluation.presentation.figure import BJH, INK, REST, Figure, canvas, drawn, format_axis
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def why_too_low(means: PublishedMeans, language: Language) -> str:
    """Return in words why a mean of ended trajectories is no length of a trajectory."""
    _ = language.translate
    if means.ended_observed is None:
        return _("No trajectory ended in this period, so there is no mean of ended ones.")
    if isinstance(means.ended_observed, Mark):
        return _("Too few trajectories ended in this period to show their mean length.")
    if means.running_observed is None:
        return _("All trajectories have ended; their mean length is {mean} months.").format(
            mean=language.decimal(means.ended_observed)
        )
    if not means.ended_is_too_short:
        return _(
            "The mean of {mean} months counts only trajectories that have ended, and does not say how long those that "
            "still run will last."
        ).format(mean=language.decimal(means.ended_observed))
    mean = (
        _("The mean of {months} months").format(months=language.decimal(means.ended_observed))
        if means.published is None
        else _("The published mean of {months} months").format(months=language.shortest(means.published.value.value))
    )
    reason = _(
        "{mean} counts only trajectories that had ended. The long ones were still running on {day}, which makes such a "
        "mean too low."
    )
    return reason.format(mean=mean, day=language.day(means.reference_date))


def plot_published_means(means: PublishedMeans, language: Language) -> Figure:
    """Ended and running trajectories by their length so far, with the mean of the ended and the median of all."""
    _ = language.translate
    frame = means.lengths
    source = _(
        "Source: registry, {ended} ended and {running} running trajectories. A running one stands at its length so "
        "far and moves to the right. Half of all: estimate that counts both."
    ).format(ended=language.integer(means.n_ended), running=language.integer(means.n_running))
    if frame[["ended", "running"]].map(is_suppressed).to_numpy().any():
        missing = _("Numbers that are not shown are missing from the bars.")
        source = f"{source} {missing}"
    axes = canvas(
        title=_("The mean of the ended trajectories leaves out the long ones"),
        subtitle=_("Number of trajectories by completed months, ended or still running on {day}").format(
            day=language.day(means.reference_date)
        ),
        source=source,
        evidence=means.evidence,
        language=language,
    )
    middle = drawn(frame["month"]) + 0.5
    ended, running = (np.nan_to_num(drawn(frame[column])) for column in ("ended", "running"))
    axes.bar(middle, ended, color=REST, width=0.9, label=_("Ended"))
    axes.bar(middle, running, bottom=ended, color=BJH, width=0.9, label=_("Still running"))
    _mark_means(axes, means, language)
    axes.set_xlabel(_("Months from the start to the end, or so far"))
    axes.legend(frameon=False, loc="center right", fontsize=8.5)
    axes.xaxis.set_major_locator(MultipleLocator(3))
    axes.grid(visible=False, axis="x")
    format_axis(axes.yaxis.set_major_formatter, language.integer)
    format_axis(axes.xaxis.set_major_formatter, language.integer)
    alt = _("Stacked bars of ended and running trajectories by length. {sentence}").format(
        sentence=why_too_low(means, language)
    )
    return Figure("published_means", axes, alt, _table_lengths(means, language))


def _mark_means(axes: Axes, means: PublishedMeans, language: Language) -> None:
    """The mean of the ended and the median of all as lines, labelled above the bars."""
    _ = language.translate
    top = axes.get_ylim()[1]
    axes.set_ylim(0, top * 1.22)
    label: dict[str, Any] = {"textcoords": "offset points", "va": "top"}
    if isinstance(means.ended_observed, float):
        axes.axvline(means.ended_observed, color=INK, linewidth=1.8, linestyle=(0, (4, 2)))
        text = _("mean of the ended: {months}").format(months=language.decimal(means.ended_observed))
        axes.annotate(textwrap.fill(text, 20), (means.ended_observed, top * 1.2), (-6, -2), ha="right", **label)
    if isinstance(means.median.value, float):
        axes.axvline(means.median.value, color=INK, linewidth=1.8)
        text = _("half of all last longer than {months}").format(months=language.decimal(means.median.value))
        axes.annotate(text, (means.median.value, top * 1.2), (6, -2), weight="bold", **label)
        if isinstance(means.median.low, float) and isinstance(means.median.high, float):
            axes.axvspan(means.median.low, means.median.high, color=INK, alpha=0.12, linewidth=0)


def _table_lengths(means: PublishedMeans, language: Language) -> Table:
    _ = language.translate
    return Table(
        id="lengths",
        title=_("Trajectories by their length so far"),
        columns=(
            Column("month", _("Completed months"), "integer"),
            Column("ended", _("Ended"), "integer"),
            Column("running", _("Still running"), "integer"),
        ),
        frame=means.lengths,
        note="",
        evidence=means.evidence,
        language=language,
    )


def table_published_means(means: PublishedMeans, language: Language) -> Table:
    """Observed means beside what the estimated lengths would make of them."""
    _ = language.translate
    rows = [
        {
            "label": _("Mean length of those that ended"),
            "observed": means.ended_observed,
            "expected": means.ended_expected,
        },
        {
            "label": _("Mean elapsed time of those that run"),
            "observed": means.running_observed,
            "expected": means.running_expected,
        },
        {"label": _("All trajectories, from start to end (at least)"), "expected": means.all_within.value},
        {"label": _("Those that run, from start to end (at least)"), "expected": means.running_within},
    ]
    return Table(
        id="published_means",
        title=_("The published means beside the length of trajectories, in months"),
        columns=(
            Column("label", _("Outcome")),
            Column("observed", _("Counted in the register"), "decimal"),
            Column("expected", _("Follows from the curve"), "decimal"),
        ),
        frame=pd.DataFrame(rows, dtype=object),
        note=_(
            "Follows from the curve: what comes out when all trajectories follow one and the same curve and start on "
            "the days on which they really started. At least: each trajectory is counted up to the longest time seen."
        ),
        evidence=means.evidence,
        language=language,
    )


def describe_published_means(means: PublishedMeans, language: Language) -> Sentence:
    """That one curve explains both published means, and what it says instead."""
    _ = language.translate
    whole, running = means.all_within.value, means.running_within
    if means.ended_observed is None or means.ended_expected is None or whole is None or running is None:
        text = _("Too little has ended or runs to set the two means beside the curve.")
        return Sentence(text, means.evidence, language)
    if any(isinstance(value, Mark) for value in (means.ended_observed, means.ended_expected, whole, running)):
        text = _("Too few trajectories ended or run to show the two means beside the curve.")
        return Sentence(text, means.evidence, language)
    text = _(
        "If all trajectories follow the estimated curve, those that have ended by now last {expected} months on "
        "average; in the register it is {observed}. From start to end, all trajectories together last at least {whole} "
        "months on average, and those that run now at least {running}: long trajectories are more likely to be met "
        "while they run."
    ).format(
        expected=language.decimal(means.ended_expected),
        observed=language.decimal(means.ended_observed),
        whole=language.decimal(whole),
        running=language.decimal(running),
    )
    return Sentence(text, means.evidence, language)
