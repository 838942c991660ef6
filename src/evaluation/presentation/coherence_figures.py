"""The figures on coherence: the corridor of the stock, and what the mean duration can be."""

from __future__ import annotations

import pandas as pd

from evaluation.aggregate import Quantity
from evaluation.measures.coherence.answers import Answers
from evaluation.measures.coherence.assessment import Coherence
from evaluation.presentation.coherence import range_text
from evaluation.presentation.coherence_answers import ends_text
from evaluation.presentation.figure import BENCHMARK, BJH, CONTEXT, INK, Figure, canvas, format_axis
from evaluation.presentation.language import N_, Language
from evaluation.presentation.table import Column, Table

DURATIONS = {
    "mean_ended_between_months": N_("Ended between the two dates"),
    "mean_running_at_last_reference_months": N_("Still running: elapsed so far"),
    "least_mean_duration_months": N_("All that started by the first date: at least"),
    "mean_duration_person_time_months": N_("Estimate from person-time, first date"),
    "mean_duration_person_time_last_months": N_("Estimate from person-time, last date"),
    "mean_duration_little_months": N_("Little's law: stock over inflow"),
}


def plot_stock_path(coherence: Coherence, language: Language) -> Figure:
    """The corridor of the stock between the dates, in both readings, with what is known on the reference dates."""
    _ = language.translate
    corridor = coherence.corridor.astype({name: float for name in coherence.corridor.columns if name != "day"})
    days = coherence.aggregates.reference_dates
    known = corridor[corridor["day"].isin(days)]
    axes = canvas(
        title=_("How many trajectories can have been running between the dates?"),
        subtitle=_("Running trajectories; light: possible at all, dark: with assumptions; dots: known dates"),
        source=_("Source: {title}, {n} published figures; limits by linear programming.").format(
            title=coherence.aggregates.title, n=len(coherence.aggregates.figures)
        ),
        evidence=coherence.evidence,
        language=language,
    )
    moments = pd.to_datetime(corridor["day"])
    axes.fill_between(moments, corridor["weakest_low"], corridor["weakest_high"], color=CONTEXT, alpha=0.3, linewidth=0)
    later = corridor["day"] >= days[0] if days else corridor["day"].notna()
    stated = corridor[later]
    axes.fill_between(moments[later], stated["low"], stated["high"], color=BJH, alpha=0.75, linewidth=1.5)
    at = pd.to_datetime(known["day"])
    axes.vlines(at, known["weakest_low"], known["weakest_high"], color=INK, linewidth=1.5)
    axes.plot(at, (known["weakest_low"] + known["weakest_high"]) / 2, "o", color=INK, markersize=7)
    for moment, row in zip(at, known.to_dict("records"), strict=True):
        axes.annotate(
            range_text(Quantity.STOCK, row["weakest_low"], row["weakest_high"], language),
            (moment, row["weakest_high"]), (0, 8), textcoords="offset points", ha="right", weight="bold",
        )  # fmt: skip
    axes.set_ylim(bottom=0)
    axes.set_ylabel(_("running trajectories"))
    format_axis(axes.yaxis.set_major_formatter, language.integer)
    ticks = [day for day in corridor["day"] if day.month in (1, 4, 7, 10) and day.day == 1]
    axes.set_xticks(pd.to_datetime(pd.Series(ticks)), [language.month_short(day) for day in ticks])
    alt = _("Band of the possible stock per month. {points}").format(
        points=" ".join(
            _("On {day}: {stock} running trajectories.").format(
                day=language.day(row["day"]),
                stock=range_text(Quantity.STOCK, row["weakest_low"], row["weakest_high"], language),
            )
            for row in known.to_dict("records")
        )
    )
    return Figure("stock_path", axes, alt, _table_corridor(coherence, language))


def _table_corridor(coherence: Coherence, language: Language) -> Table:
    _ = language.translate
    return Table(
        id="stock_path",
        title=_("Limits of the stock between the dates"),
        columns=(
            Column("day", _("Day"), "day"),
            Column("weakest_low", _("At least, without assumptions"), "integer"),
            Column("weakest_high", _("At most, without assumptions"), "integer"),
            Column("low", _("At least, with assumptions"), "integer"),
            Column("high", _("At most, with assumptions"), "integer"),
        ),
        frame=coherence.corridor,
        note=_("Unknown: no limit, or the assumptions do not hold."),
        evidence=coherence.evidence,
        language=language,
    )


def plot_durations(answers: Answers, language: Language) -> Figure:
    """What the mean duration can be: the published mean beside everything that follows from the figures."""
    _ = language.translate
    table = _table_durations(answers, language)
    frame = table.frame
    axes = canvas(
        title=_("What can the mean duration be?"),
        subtitle=_(
            "Months; thick: with assumptions or confidence interval, thin: without assumptions; dot: value; dashes: "
            "the published mean"
        ),
        source=_("Source: published figures; limits by linear programming, {level} intervals of chance.").format(
            level=language.percent(answers.level, 0)
        ),
        evidence=answers.evidence,
        language=language,
        height=0.5 * len(frame) + 0.5,
    )
    top = float(frame[["value", "high", "weakest_high"]].max().max())
    for position, row in enumerate(frame.to_dict("records")):
        colour = CONTEXT if position == 0 else BJH
        least = pd.isna(row["high"])
        axes.hlines(
            position, row["weakest_low"], top * 1.06 if least else row["weakest_high"], color=colour, linewidth=1.4
        )
        if least:
            axes.plot(top * 1.06, position, ">", color=colour, markersize=7)
        else:
            axes.hlines(position, row["low"], row["high"], color=colour, linewidth=6, alpha=0.55)
        axes.plot(row["value"], position, "o", color=INK if position == 0 else BJH, markersize=8, zorder=4)
        axes.annotate(
            language.decimal(row["value"]), (row["value"], position), (0, 8), textcoords="offset points", ha="center",
            weight="bold",
        )  # fmt: skip
    if answers.published_mean is not None:
        axes.vlines(
            answers.published_mean.value, 0, len(frame), color=BENCHMARK, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1
        )
    axes.set_yticks(range(len(frame)), frame["label"])
    axes.set_ylim(len(frame) - 0.5, -0.7)
    axes.set_xlim(0, top * 1.1)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(_("months"))
    format_axis(axes.xaxis.set_major_formatter, lambda value: language.shortest(round(value, 1)))
    alt = _("Horizontal intervals, in months. {rows}").format(
        rows=" ".join(
            f"{row['label']}: {language.decimal(row['value'])} ({ends_text(row['low'], row['high'], language)})."
            for row in frame.to_dict("records")
        )
    )
    return Figure("durations", axes, alt, table)


def _table_durations(answers: Answers, language: Language) -> Table:
    _ = language.translate
    rows: list[dict[str, object]] = []
    mean = answers.published_mean
    if mean is not None:
        rows.append(
            {
                "label": _("Published: mean of all that ended"),
                "value": mean.value,
                "low": mean.low,
                "high": mean.high,
                "weakest_low": mean.low,
                "weakest_high": mean.high,
            }
        )
    for name, label in DURATIONS.items():
        answer = answers.answers.get(name)
        if answer is None:
            continue
        chance = answer.ci_low is not None
        rows.append(
            {
                "label": _(label),
                "value": answer.estimate,
                "low": answer.ci_low if chance else answer.low,
                "high": answer.ci_high if chance else answer.high,
                "weakest_low": answer.weakest_low,
                "weakest_high": answer.weakest_high,
            }
        )
    return Table(
        id="durations",
        title=_("What the mean duration can be"),
        columns=(
            Column("label", _("Mean, in months")),
            Column("value", _("Value"), "decimal"),
            Column("low", _("At least"), "decimal"),
            Column("high", _("At most"), "decimal"),
            Column("weakest_low", _("At least, without assumptions"), "decimal"),
            Column("weakest_high", _("At most, without assumptions"), "decimal"),
        ),
        frame=pd.DataFrame(rows).astype(dict.fromkeys(("value", "low", "high", "weakest_low", "weakest_high"), float)),
        note=_("The estimate from person-time at the first date has a margin of chance; all others one of rounding."),
        evidence=answers.evidence,
        language=language,
    )
