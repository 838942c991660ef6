"""How the chapter on volumes is shown."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.ticker import MaxNLocator

from evaluation.evidence import Bounded
from evaluation.measures.durations import MeanDurations
from evaluation.measures.published import Comparison, ComparisonRow
from evaluation.measures.volumes import Dimension, MonthlyFlow, VolumeCounts, VolumesByGroup
from evaluation.presentation.figure import BJH, CONTEXT, REST, Figure, canvas, format_axis
from evaluation.presentation.labels import REFERRERS, measure_label, measure_value
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

DIMENSIONS: dict[Dimension, str] = {
    "phase": N_("phase"),
    "referrer_code": N_("referrer"),
    "product_code": N_("product"),
    "neighbourhood": N_("neighbourhood"),
}


def describe_counts(counts: VolumeCounts, language: Language) -> Sentence:
    """Trajectories, clients, ended and active on the reference date."""
    _ = language.translate
    text = _(
        "On {day}, {active} trajectories were running. Since {since}, {trajectories} trajectories had started, "
        "for {clients} different clients, and {ended} of them had ended."
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
            "published": _published(row, language),
            "recomputed": measure_value(row.measure, row.measure.estimate, language),
            "n": row.measure.n,
            "agrees": {True: _("yes"), False: _("no"), None: _("not comparable")}[row.agrees],
        }
        for row in comparison.rows
    ]
    return Table(
        id="published_and_recomputed",
        title=_("Published figures beside recomputed ones"),
        columns=(
            Column("measure", _("Figure")),
            Column("published", _("Published")),
            Column("recomputed", _("Recomputed")),
            Column("n", _("Trajectories behind it"), "integer"),
            Column("agrees", _("Equal after rounding")),
        ),
        frame=pd.DataFrame(rows),
        note=_("In brackets: what the printed figure can stand for, given its rounding."),
        evidence=comparison.evidence,
        language=language,
    )


def describe_comparison(comparison: Comparison, language: Language) -> Sentence:
    """How many published figures the registry reproduces."""
    _ = language.translate
    text = _(
        "Of the {total} figures of this table, {compared} were also published for this reference date; "
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
        subtitle=_("Number of trajectories, {first} to {last}").format(
            first=language.day(flow.since), last=language.day(flow.reference_date)
        ),
        source=_("Source: registry, {n} trajectories. Running: at the end of the month.").format(
            n=language.integer(frame["inflow"].sum())
        ),
        evidence=flow.evidence,
        language=language,
    )
    positions = np.arange(len(frame))
    axes.bar(positions, frame["inflow"], color=BJH, width=0.75)
    axes.bar(positions, -frame["outflow"], color=REST, width=0.75)
    sns.lineplot(x=positions, y=frame["stock_end"].to_numpy(), color=CONTEXT, linewidth=2.5, ax=axes)
    axes.axhline(0, color="#1d2329", linewidth=0.8)
    middle = len(frame) // 2
    stock = frame["stock_end"].to_numpy()
    axes.annotate(
        _("running"), (middle, stock[middle]), (0, 9), textcoords="offset points", ha="right", color="#545b62"
    )
    third = len(frame) // 3
    axes.annotate(
        _("started"), (third, frame["inflow"].iloc[third]), (0, 5), textcoords="offset points", ha="center", color=BJH
    )
    lowest = int(frame["outflow"].to_numpy().argmax())
    axes.annotate(
        _("ended"),
        (lowest, -frame["outflow"].iloc[lowest]),
        (0, -13),
        textcoords="offset points",
        ha="center",
        color=REST,
    )
    axes.margins(y=0.12)
    months = [language.month_short(month) for month in frame["month"]]
    step = max(1, len(months) // 8)
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
        else _("The last month runs to {day} and is incomplete.").format(day=language.day(flow.reference_date)),
        evidence=flow.evidence,
        language=language,
    )


def describe_monthly_flow(flow: MonthlyFlow, language: Language) -> Sentence:
    """The stock-flow identity in words."""
    _ = language.translate
    inflow, outflow = int(flow.frame["inflow"].sum()), int(flow.frame["outflow"].sum())
    text = _(
        "From {since} to {day}, {inflow} trajectories started and {outflow} ended, which leaves {stock} running: "
        "the count on the reference date, exactly."
    ).format(
        since=language.day(flow.since),
        day=language.day(flow.reference_date),
        inflow=language.integer(inflow),
        outflow=language.integer(outflow),
        stock=language.integer(inflow - outflow),
    )
    return Sentence(text, flow.evidence, language)


def table_by_group(groups: VolumesByGroup, language: Language) -> Table:
    """Counts per value of a dimension."""
    _ = language.translate
    name = _(DIMENSIONS[groups.dimension])
    frame = groups.frame.assign(
        label=[_group_label(groups.dimension, value, language) for value in groups.frame["group"]]
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
        source=_("Source: registry, {n} trajectories.").format(n=language.integer(frame["started"].sum())),
        evidence=groups.evidence,
        language=language,
        height=0.55 + 0.32 * max(len(frame), 1),
    )
    positions = np.arange(len(frame))
    axes.barh(positions, frame["active"], color=BJH, height=0.7, label=_("Running"))
    axes.barh(positions, frame["ended"], left=frame["active"], color=CONTEXT, height=0.7, label=_("Ended"))
    for position, started in zip(positions, frame["started"], strict=True):
        axes.annotate(
            language.integer(started), (started, position), (4, 0), textcoords="offset points", va="center", size=8.5
        )
    axes.set_yticks(positions, frame["label"])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.08)
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
    text = _(
        "The {n_ended} ended trajectories lasted {ended} months on average; the {n_running} running ones had so far "
        "lasted {running} months. Neither mean tells how long a trajectory lasts: the long ones are still running, "
        "and are missing from the first and cut short in the second."
    ).format(
        n_ended=language.integer(durations.n_ended),
        n_running=language.integer(durations.n_running),
        ended=_months(durations.mean_ended_months, language),
        running=_months(durations.mean_running_months, language),
    )
    return Sentence(text, durations.evidence, language)


def _months(value: float | None, language: Language) -> str:
    return language.translate("unknown") if value is None else language.decimal(value)


def _published(row: ComparisonRow, language: Language) -> str:
    if row.published is None:
        return language.translate(N_("not published"))
    shown = measure_value(row.measure, row.published.value, language)
    if row.published.low == row.published.high:
        return shown
    return f"{shown} [{_interval(row, row.published, language)}]"


def _interval(row: ComparisonRow, published: Bounded, language: Language) -> str:
    # One decimal more than the unit shows, where rounding to it would hide the interval.
    digits = 2 if row.measure.unit in ("months", "hours_per_month") else 0
    low, high = (
        language.decimal(v, digits) if digits else language.integer(v) for v in (published.low, published.high)
    )
    return language.translate(N_("{low} to {high}")).format(low=low, high=high)


def _group_label(dimension: Dimension, value: str, language: Language) -> str:
    _ = language.translate
    if not value:
        return _("unknown")
    if dimension == "referrer_code":
        return _(REFERRERS[value]) if value in REFERRERS else value
    return _("Phase {phase}").format(phase=value) if dimension == "phase" else value


def _alt_monthly_flow(flow: MonthlyFlow, language: Language) -> str:
    _ = language.translate
    peak = flow.frame.sort_values("inflow").iloc[-1]
    last = flow.frame.iloc[-1]
    return _(
        "Bars and line per month. Most trajectories started in {peak}: {inflow}. "
        "At the end, on {day}, {stock} were running."
    ).format(
        peak=language.month(peak["month"]),
        inflow=language.integer(peak["inflow"]),
        day=language.day(flow.reference_date - timedelta(days=1) if flow.complete else flow.reference_date),
        stock=language.integer(last["stock_end"]),
    )
