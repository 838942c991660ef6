"""How the chapter on durations shows the length of a trajectory: the answer, the curve and its summary."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from evaluation.evidence import Mark
from evaluation.measures.kaplan_meier import LEVEL, Estimated
from evaluation.measures.published_means import PublishedMeans
from evaluation.measures.survival import OriginalClock, TrajectoryLength
from evaluation.presentation.figure import BJH, INK, SOFT_INK, Figure, canvas, drawn, format_axis
from evaluation.presentation.language import Language
from evaluation.presentation.published_means import why_too_low
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def describe_length(length: TrajectoryLength, means: PublishedMeans, language: Language) -> Sentence:
    """How long half of the trajectories last, and why the published mean is too low: the answer of the chapter."""
    parts = [_how_long(length, language), why_too_low(means, language)]
    return Sentence(" ".join(part for part in parts if part), length.evidence, language)


def _how_long(length: TrajectoryLength, language: Language) -> str:
    _ = language.translate
    if length.follow_up_months is None:
        return _("No trajectory was followed from its start, so how long trajectories last is unknown.")
    if isinstance(length.median_months.value, Mark):
        few = _("By which month half of the trajectories has ended is not shown: too few of them tell.")
        return _with_share(few, length, language)
    if length.median_months.value is not None:
        return _half_lasts(length.median_months, language)
    if isinstance(length.follow_up_months, Mark):
        return _("By which month half of the trajectories has ended is unknown: that was not reached.")
    unreached = _(
        "By which month half of the trajectories has ended is unknown: that was not reached in the {months} months "
        "that trajectories could be followed."
    ).format(months=language.decimal(length.follow_up_months))
    return _with_share(unreached, length, language)


def _half_lasts(median: Estimated, language: Language) -> str:
    """The median, which is reached and shown, with what is known and shown of its interval."""
    _ = language.translate
    if median.low is None or median.value is None:
        text = _("Half of the trajectories last longer than about {median} months; how sure that is, is unknown.")
    elif isinstance(median.high, Mark):
        text = _(
            "Half of the trajectories last longer than about {median} months. The {level} interval begins at {low} "
            "months; its other end is not shown."
        )
    elif median.high is None:
        text = _(
            "Half of the trajectories last longer than about {median} months. The {level} interval begins at {low} "
            "months; its other end was not reached."
        )
    else:
        text = _(
            "Half of the trajectories last longer than about {median} months: with {level} certainty between {low} and "
            "{high}."
        )
    ends = {"low": median.low, "median": median.value, "high": median.high}
    written = {name: language.decimal(end) for name, end in ends.items() if end is not None}
    return text.format(level=language.percent(LEVEL, 0), **written)


def _with_share(text: str, length: TrajectoryLength, language: Language) -> str:
    """Add what share ends within a year, where that is known and may be said."""
    _ = language.translate
    share = length.share_ended_12_months
    if not (isinstance(share.value, float) and isinstance(share.low, float) and isinstance(share.high, float)):
        return text
    ended = _("Within 12 months {share} ends, with {level} certainty between {low} and {high}.").format(
        share=language.percent(share.value, 0),
        low=language.percent(share.low, 0),
        high=language.percent(share.high, 0),
        level=language.percent(LEVEL, 0),
    )
    return f"{text} {ended}"


def plot_length(length: TrajectoryLength, language: Language) -> Figure:
    """The share that still runs by months since the start, with its interval; numbers at risk under the axis."""
    _ = language.translate
    table = table_curve(length, language)
    frame = length.monthly[length.monthly["drawn"].astype(bool)]
    axes = canvas(
        title=_("How many trajectories last longer than so many months"),
        subtitle=_("Share of trajectories that last longer, by months since the start; band: {level} interval").format(
            level=language.percent(LEVEL, 0)
        ),
        source=_(
            "Source: registry, {n} trajectories followed from {since} up to and including {day}, {ended} of which "
            "ended. Under the axis: months since the start, and the number of trajectories followed that long."
        ).format(
            n=language.integer(length.n),
            since=language.day(length.since),
            day=language.day(length.reference_date),
            ended=language.integer(length.n_ended),
        ),
        evidence=length.evidence,
        language=language,
    )
    months, low, high = (drawn(frame[column]) for column in ("month", "ci_low", "ci_high"))
    axes.fill_between(months, low, high, color=BJH, alpha=0.2, linewidth=0)
    axes.plot(months, drawn(frame["survival"]), color=BJH, linewidth=2.2, marker="o", markersize=3)
    _mark_median(axes, length.median_months, language)
    axes.set_ylim(0, 1.02)
    ticks = followed_months(frame, language)
    axes.set_xticks(list(ticks), list(ticks.values()))
    format_axis(axes.yaxis.set_major_formatter, lambda value: language.percent(value, 0))
    return Figure("length", axes, _alt_length(length, language), table)


def followed_months(frame: pd.DataFrame, language: Language) -> dict[int, str]:
    """Return the months to name under a curve, and their names: each with the number at risk below it."""
    column = Column("at_risk", "", "integer")
    followed = {int(row["month"]): column.cell(row["at_risk"], language) for row in frame.to_dict("records")}
    quarters = [month for month in followed if month % 3 == 0]
    months = quarters if len(quarters) > 1 else list(followed)
    return {month: f"{language.integer(month)}\n{followed[month]}" for month in months}


def _mark_median(axes: Axes, median: Estimated, language: Language) -> None:
    if median.value is None or isinstance(median.value, Mark):
        return
    _ = language.translate
    label = _("half: {months} months").format(months=language.decimal(median.value))
    axes.plot([0, median.value, median.value], [0.5, 0.5, 0], color=SOFT_INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.annotate(label, (median.value, 0.5), (8, 6), textcoords="offset points", color=INK, weight="bold")


def _alt_length(length: TrajectoryLength, language: Language) -> str:
    _ = language.translate
    return _("Line that falls from 100% at the start, with a band around it. {sentence}").format(
        sentence=_how_long(length, language)
    )


def table_curve(length: TrajectoryLength, language: Language) -> Table:
    """The curve at whole months, with the numbers behind each point."""
    _ = language.translate
    return Table(
        id="length",
        title=_("Share of trajectories that last longer than so many months"),
        columns=(
            Column("month", _("Months since the start"), "integer"),
            Column("survival", _("Lasts longer"), "percent", 0),
            Column("ci_low", _("From"), "percent", 0),
            Column("ci_high", _("To"), "percent", 0),
            Column("at_risk", _("Followed that long"), "integer"),
            Column("events", _("Ended since the row above"), "integer"),
        ),
        frame=length.monthly,
        note=_("From and to: {level} interval. The last points hang on few trajectories.").format(
            level=language.percent(LEVEL, 0)
        ),
        evidence=length.evidence,
        language=language,
    )


def table_summary(length: TrajectoryLength, language: Language) -> Table:
    """Quartiles, restricted means and the share within a year, each with its interval."""
    _ = language.translate
    quartiles = {
        _("A quarter has ended by month"): length.quartiles[0.25],
        _("Half has ended by month"): length.quartiles[0.5],
        _("Three quarters have ended by month"): length.quartiles[0.75],
    }
    restricted = {
        _("Mean length, counting no more than {months} months of each").format(months=months): estimate
        for months, estimate in length.restricted.items()
    }
    original = length.original
    elsewhere = (
        {} if original is None else {_("Half has ended by month, from the start elsewhere"): original.median_months}
    )
    rows = [
        {"label": label, "value": estimate.value, "low": estimate.low, "high": estimate.high}
        for label, estimate in (quartiles | restricted | elsewhere).items()
    ]
    note = _(
        "From and to: {level} interval. Unknown: not reached in the months that trajectories could be followed; "
        "nothing is drawn on beyond them."
    ).format(level=language.percent(LEVEL, 0))
    return Table(
        id="length_summary",
        title=_("How long trajectories last, in months"),
        columns=(
            Column("label", _("Outcome")),
            Column("value", _("Months"), "decimal"),
            Column("low", _("From"), "decimal"),
            Column("high", _("To"), "decimal"),
        ),
        frame=pd.DataFrame(rows, dtype=object),
        note=note if original is None else f"{_which_clock(original, language)} {note}",
        evidence=length.evidence,
        language=language,
    )


def _which_clock(original: OriginalClock, language: Language) -> str:
    """Say from when lengths are counted, and of how many trajectories help had begun before."""
    _ = language.translate
    if isinstance(original.n_transferred, Mark):
        return _(
            "Lengths are counted from the start in BJH. For some trajectories help had begun elsewhere before; how "
            "many is not shown. The last row counts them from that start."
        )
    return _(
        "Lengths are counted from the start in BJH. For {n} trajectories help had begun elsewhere before; the last row "
        "counts them from that start."
    ).format(n=language.integer(original.n_transferred))
