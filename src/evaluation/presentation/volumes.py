"""How the chapter on volumes is shown."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from evaluation.evidence import any_withheld
from evaluation.measures.durations import MeanDurations
from evaluation.measures.published import Comparison, ComparisonRow
from evaluation.measures.volumes import MonthlyFlow, VolumeCounts, VolumesByGroup
from evaluation.presentation.figure import BJH, CONTEXT, REST, Figure, Numbers, canvas, drawn, format_axis
from evaluation.presentation.labels import GROUPINGS, group_label, interval_text, measure_label, measure_value
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def describe_counts(counts: VolumeCounts, language: Language) -> Sentence:
    """Trajectories, clients, ended and active on the reference date."""
    _ = language.translate
    text = _(
        "On {day}, {active} trajectories were running. From {since} up to and including that day, {trajectories} "
        "trajectories started, for {clients} different clients, and {ended} trajectories ended."
    ).format(
        day=language.day(counts.reference_date),
        since=language.day(counts.since),
        active=language.integer(counts.active),
        trajectories=language.integer(counts.trajectories),
        clients=language.integer(counts.clients),
        ended=language.integer(counts.ended),
    )
    return Sentence(text, counts.evidence, language)


def table_comparison(comparison: Comparison, language: Language) -> Table:
    """Each published figure beside the recomputed one."""
    _ = language.translate
    rows = [
        {
            "measure": measure_label(row.measure.id, language),
            "quote": row.published.quote if row.published else "–",
            "published": _published(row, language),
            "recomputed": measure_value(row.measure, row.measure.estimate, language),
            "agrees": {True: _("yes"), False: _("no"), None: _("not comparable")}[row.agrees],
        }
        for row in comparison.rows
    ]
    return Table(
        id="published_and_recomputed",
        title=_("Published figures beside recomputed ones"),
        columns=(
            Column("measure", _("Figure")),
            Column("quote", _("As shown to the council"), "quote"),
            Column("published", _("Can stand for")),
            Column("recomputed", _("Recomputed")),
            Column("agrees", _("Equal after rounding")),
        ),
        frame=pd.DataFrame(rows),
        note=_("Can stand for: every value that rounds to the figure shown. The quotes are in Dutch."),
        evidence=comparison.evidence,
        language=language,
    )


def describe_comparison(comparison: Comparison, language: Language) -> Sentence:
    """How many published figures the registry reproduces."""
    _ = language.translate
    if not comparison.n_compared:
        text = _("None of the figures of this table was published for this reference date and period.")
        return Sentence(text, comparison.evidence, language)
    text = _(
        "Of the {total} figures of this table, {compared} were also published for this reference date and period; "
        "{agreeing} of these come out the same after rounding."
    ).format(
        total=language.integer(len(comparison.rows)),
        compared=language.integer(comparison.n_compared),
        agreeing=language.integer(comparison.n_agreeing),
    )
    return Sentence(text, comparison.evidence, language)


def plot_monthly_flow(flow: MonthlyFlow, language: Language) -> Figure:
    """Starts above, ends below and the stock as a line, per month."""
    _ = language.translate
    frame = flow.frame
    axes = canvas(
        title=_("Trajectories started, ended and running, per month"),
        subtitle=_("Number of trajectories, {first} up to and including {last}").format(
            first=language.day(flow.since), last=language.day(flow.reference_date)
        ),
        source=_("Source: registry, {n} trajectories. Running: at the end of the month.").format(
            n=language.integer(flow.inflow)
        ),
        evidence=flow.evidence,
        language=language,
    )
    positions = np.arange(len(frame))
    inflow, outflow, stock = (drawn(frame[column]) for column in ("inflow", "outflow", "stock_end"))
    axes.bar(positions, inflow, color=BJH, width=0.75, edgecolor="white")
    axes.bar(positions, -outflow, color=REST, width=0.75, edgecolor="white")
    sns.lineplot(x=positions, y=stock, color=CONTEXT, linewidth=2.5, ax=axes)
    axes.axhline(0, color="#1d2329", linewidth=0.8)
    _name_at(axes, _("running"), len(frame) // 2, stock, xytext=(0, 9), ha="right", color="#545b62")
    _name_at(axes, _("started"), len(frame) // 3, inflow, xytext=(0, 5), ha="center", color=BJH)
    lowest = int(np.nan_to_num(outflow).argmax())
    _name_at(axes, _("ended"), lowest, -outflow, xytext=(0, -13), ha="center", color=REST)
    axes.margins(y=0.12)
    months = [language.month_short(month) for month in frame["month"]]
    step = math.ceil(len(months) / 8)
    axes.set_xticks(positions[::step], months[::step])
    axes.grid(visible=False, axis="x")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    format_axis(axes.yaxis.set_major_formatter, lambda value: language.integer(abs(value)))
    return Figure("monthly_flow", axes, _alt_monthly_flow(flow, language), table_monthly_flow(flow, language))


def table_monthly_flow(flow: MonthlyFlow, language: Language) -> Table:
    """Stock at the start, inflow, outflow and stock at the end, per month."""
    _ = language.translate
    return Table(
        id="monthly_flow",
        title=_("Inflow, outflow and stock per month"),
        columns=(
            Column("month", _("Month"), "month"),
            Column("stock_start", _("Running at the start"), "integer"),
            Column("inflow", _("Started"), "integer"),
            Column("outflow", _("Ended"), "integer"),
            Column("stock_end", _("Running at the end"), "integer"),
        ),
        frame=flow.frame,
        note=""
        if flow.complete
        else _("The last month runs up to and including {day} and is incomplete.").format(
            day=language.day(flow.reference_date)
        ),
        evidence=flow.evidence,
        language=language,
    )


def describe_monthly_flow(flow: MonthlyFlow, language: Language) -> Sentence:
    """The stock-flow identity in words."""
    _ = language.translate
    closing = _(
        "From {since} up to and including {day}, {inflow} trajectories started and {outflow} ended. With the "
        "{before} that ran before, that leaves the {stock} counted on the last day; every month closes in the same way."
    )
    from_nothing = _(
        "From {since} up to and including {day}, {inflow} trajectories started and {outflow} ended. That leaves the "
        "{stock} counted on the last day; every month closes in the same way."
    )
    text = (from_nothing if flow.stock_start == 0 else closing).format(
        since=language.day(flow.since),
        before=language.integer(flow.stock_start),
        day=language.day(flow.reference_date),
        inflow=language.integer(flow.inflow),
        outflow=language.integer(flow.outflow),
        stock=language.integer(flow.stock_end),
    )
    if not _closes(flow):
        text = " ".join([text, _("Each number is rounded by itself here, so sums can differ a little.")])
    return Sentence(text, flow.evidence, language)


def _closes(flow: MonthlyFlow) -> bool:
    """Whether the numbers shown add up; where they do not, disclosure rules have rounded each of them by itself."""
    months = flow.frame[["stock_start", "inflow", "outflow", "stock_end"]].itertuples(index=False, name=None)
    whole = (flow.stock_start, flow.inflow, flow.outflow, flow.stock_end)
    return all(
        any_withheld(*numbers) or numbers[0] + numbers[1] - numbers[2] == numbers[3] for numbers in (whole, *months)
    )


def table_by_group(groups: VolumesByGroup, language: Language) -> Table:
    """Counts per value of a dimension."""
    _ = language.translate
    name = _(GROUPINGS[groups.dimension])
    frame = groups.frame.assign(
        label=[group_label(groups.dimension, value, language) for value in groups.frame["group"]]
    )
    return Table(
        id=f"by_{groups.dimension.removesuffix('_code')}",
        title=_("Trajectories by {dimension}").format(dimension=name),
        columns=(
            Column("label", name.capitalize()),
            Column("started", _("Started"), "integer"),
            Column("ended", _("Ended"), "integer"),
            Column("active", _("Running"), "integer"),
            Column("clients", _("Clients"), "integer"),
        ),
        frame=frame,
        note=_("A client with trajectories in two groups counts in both, so clients do not add up."),
        evidence=groups.evidence,
        language=language,
    )


def plot_by_group(groups: VolumesByGroup, language: Language) -> Figure:
    """Ended and running trajectories per group, as stacked bars."""
    _ = language.translate
    table = table_by_group(groups, language)
    frame = table.frame
    axes = canvas(
        title=table.title,
        subtitle=_("Number of trajectories, ended and running on {day}").format(
            day=language.day(groups.reference_date)
        ),
        source=_("Source: registry, {n} trajectories.").format(n=language.integer(groups.trajectories)),
        evidence=groups.evidence,
        language=language,
        height=0.55 + 0.32 * max(len(frame), 1),
    )
    positions = np.arange(len(frame))
    active, ended = np.nan_to_num(drawn(frame["active"])), np.nan_to_num(drawn(frame["ended"]))
    axes.barh(positions, active, color=BJH, label=_("Running"), height=0.7, edgecolor="white")
    axes.barh(positions, ended, left=active, color=CONTEXT, label=_("Ended"), height=0.7, edgecolor="white")
    integer = table.columns[2]
    for position, end, row in zip(positions, active + ended, frame.to_dict("records"), strict=True):
        text = " | ".join(integer.cell(row[name], language) for name in ("active", "ended"))
        axes.annotate(text, (end, position), (4, 0), textcoords="offset points", va="center", size=8.5)
    axes.set_yticks(positions, frame["label"])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.16)
    axes.legend(frameon=False, loc="lower right", fontsize=8.5)
    format_axis(axes.xaxis.set_major_formatter, language.integer)
    first = frame.iloc[0] if len(frame) else None
    alt = _("Bar chart: {title}, {groups} groups; the largest is {first} with {started} trajectories.").format(
        title=table.title,
        groups=language.integer(len(frame)),
        first=_("unknown") if first is None else first["label"],
        started=language.integer(0 if first is None else first["started"]),
    )
    return Figure(table.id, axes, alt, table)


def describe_durations(durations: MeanDurations, language: Language) -> Sentence:
    """Both means, and why neither says how long a trajectory lasts."""
    _ = language.translate
    ended = (
        _("No trajectory ended in this period.")
        if durations.mean_ended_months is None
        else _("The {n} ended trajectories lasted {months} months on average.").format(
            n=language.integer(durations.n_ended), months=language.decimal(durations.mean_ended_months)
        )
    )
    running = (
        _("No trajectory was running on the reference date.")
        if durations.mean_running_months is None
        else _("The {n} running trajectories had so far lasted {months} months on average.").format(
            n=language.integer(durations.n_running), months=language.decimal(durations.mean_running_months)
        )
    )
    caveat = _(
        "Neither mean tells how long a trajectory lasts: the long ones are still running, and are missing from the "
        "first mean and not finished in the second."
    )
    return Sentence(" ".join([ended, running, caveat]), durations.evidence, language)


def _name_at(axes: Axes, text: str, position: int, values: Numbers, **style: Any) -> None:
    """Name a series at one of its points, unless that one is withheld."""
    if not np.isnan(values[position]):
        axes.annotate(text, (position, values[position]), textcoords="offset points", **style)


def _published(row: ComparisonRow, language: Language) -> str:
    if row.published is None:
        return language.translate(N_("not published"))
    value = row.published.value
    return interval_text(value.low, value.high, language)


def _alt_monthly_flow(flow: MonthlyFlow, language: Language) -> str:
    _ = language.translate
    peak = flow.frame.iloc[int(np.nan_to_num(drawn(flow.frame["inflow"])).argmax())]
    return _(
        "Bars and line per month. Most trajectories started in {peak}: {inflow}. "
        "At the end, on {day}, {stock} were running."
    ).format(
        peak=language.month(peak["month"]),
        inflow=language.integer(peak["inflow"]),
        day=language.day(flow.reference_date),
        stock=language.integer(flow.stock_end),
    )
