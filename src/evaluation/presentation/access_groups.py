"""How the share within a norm is shown by team and by time of entry."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from evaluation.disclosure.protected.names import OTHER
from evaluation.evidence import is_suppressed
from evaluation.measures.kaplan_meier import LEVEL
from evaluation.measures.shares import UNKNOWN
from evaluation.measures.waiting_groups import MONTH, QUARTER, WaitingByGroup
from evaluation.presentation.access import length_text
from evaluation.presentation.figure import BJH, CONTEXT, SOFT_INK, Figure, canvas, drawn, format_axis
from evaluation.presentation.interval_rows import IntervalRow, draw_rows, with_interval
from evaluation.presentation.labels import CLOCKS
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

GROUPS = {"team": N_("team"), "month": N_("month of the request"), "quarter": N_("quarter of the request")}


def group_name(found: WaitingByGroup, group: str, language: Language) -> str:
    """Name of a group: a month or quarter written out, a team by its code."""
    _ = language.translate
    if not group:
        return _("all")
    if group in (UNKNOWN, OTHER):
        return _("unknown") if group == UNKNOWN else _("other")
    if found.grouping == MONTH:
        return language.month_short(date.fromisoformat(f"{group}-01"))
    if found.grouping == QUARTER:
        year, _dash, quarter = group.partition("-Q")
        return _("{year}, quarter {quarter}").format(year=year, quarter=quarter)
    return group


def table_waiting_by_group(found: WaitingByGroup, language: Language) -> Table:
    """Share within the norm by group, the whole last."""
    _ = language.translate
    frame = found.frame.assign(label=[group_name(found, group, language) for group in found.frame["group"]])
    return Table(
        id=f"within_norm_by_{found.grouping}",
        title=_("Share within {norm}, by {group}").format(
            norm=length_text(found.norm.days, language), group=_(GROUPS[found.grouping])
        ),
        columns=(
            Column("label", _(GROUPS[found.grouping]).capitalize()),
            Column("n", _("Requests"), "integer"),
            Column("reached", _("Within the norm so far"), "integer"),
            Column("share", _("Share"), "percent", 0, ("ci_low", "ci_high")),
        ),
        frame=frame,
        note=_(
            "{clock}. Share with its {level} interval. Unknown: nobody of this group could be followed up to the norm."
        ).format(clock=_(CLOCKS[found.name]).capitalize(), level=language.percent(LEVEL, 0)),
        evidence=found.evidence,
        language=language,
    )


def plot_waiting_by_group(found: WaitingByGroup, language: Language) -> Figure:
    """Share within the norm: a line per team, or a point per month or quarter of entry."""
    _ = language.translate
    table = table_waiting_by_group(found, language)
    over_time = found.grouping in (MONTH, QUARTER)
    axes = canvas(
        title=table.title,
        subtitle=_("{clock}; share of all requests with its {level} interval").format(
            clock=_(CLOCKS[found.name]).capitalize(), level=language.percent(LEVEL, 0)
        ),
        source=_("Source: registry, requests from {since} up to and including {day}.").format(
            since=language.day(found.since), day=language.day(found.reference_date)
        ),
        evidence=found.evidence,
        language=language,
        height=2.6 if over_time else 0.6 + 0.34 * len(table.frame),
    )
    if over_time:
        texts = _draw_over_time(axes, table.frame, language)
    else:
        rows = [
            IntervalRow(row["label"], row["share"], row["ci_low"], row["ci_high"])
            for row in table.frame.to_dict("records")
        ]
        texts = draw_rows(axes, rows, lambda value: language.percent(value, 0), language)
        axes.set_xlim(0, 1)
        format_axis(axes.xaxis.set_major_formatter, lambda value: language.percent(value, 0))
    alt = _("{title}. {values}.").format(title=table.title, values="; ".join(texts))
    return Figure(table.id, axes, alt, table)


def _draw_over_time(axes: Axes, frame: pd.DataFrame, language: Language) -> list[str]:
    """A point with its interval per month or quarter, and a line for the whole; returns the groups in words."""
    _ = language.translate
    parts, whole = frame.iloc[:-1], frame["share"].iloc[-1]
    share, low, high = (drawn(parts[name]) for name in ("share", "ci_low", "ci_high"))
    axes.vlines(range(len(parts)), low, high, color=BJH, linewidth=2.5)
    axes.plot(range(len(parts)), share, "o", color=BJH, markersize=5)
    if isinstance(whole, float) and not np.isnan(whole):
        axes.axhline(whole, color=CONTEXT, linewidth=1)
        axes.annotate(
            _("all: {share}").format(share=language.percent(whole, 0)),
            (1, whole),
            (2, 4),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            ha="right",
            color=SOFT_INK,
            size=8.5,
        )
    for position, value in enumerate(parts["share"]):
        if np.isnan(share[position]):
            said = _("not shown") if is_suppressed(value) else _("too early")
            axes.annotate(said, (position, 0.03), ha="center", va="bottom", rotation=90, size=8, color=SOFT_INK)
    axes.set_xticks(range(len(parts)), parts["label"], rotation=90 if len(parts) > 8 else 0, size=8)
    axes.set_xlim(-0.6, max(len(parts) - 0.4, 0.6))
    axes.set_ylim(0, 1.02)
    axes.grid(visible=False, axis="x")
    format_axis(axes.yaxis.set_major_formatter, lambda value: language.percent(value, 0))
    texts = []
    for row in frame.to_dict("records"):
        values = (row["share"], row["ci_low"], row["ci_high"])
        text = with_interval(values, lambda value: language.percent(value, 0), language)
        texts.append(f"{row['label']}: {text}")
    return texts


def describe_waiting_by_group(found: WaitingByGroup, language: Language) -> Sentence:
    """Whether the groups can differ by more than chance leaves open, by their intervals."""
    _ = language.translate
    shares = found.frame["share"].iloc[:-1]
    withheld = int(shares.map(is_suppressed).sum())
    unknown = len(shares) - len(found.known) - withheld
    if found.overlap is None or len(found.known) < 2:
        text = _("Too few groups are known and shown to compare them by {group}.")
    elif found.overlap:
        text = _("By {group} all intervals overlap: the differences can be chance.")
    else:
        text = _("By {group} not all intervals overlap. With many groups some of that can still be chance.")
    parts = [text.format(group=_(GROUPS[found.grouping]))]
    if unknown:
        parts.append(_("Groups for which it is too early: {n}.").format(n=language.integer(unknown)))
    if withheld:
        parts.append(_("Some groups are not shown, because too few requests tell."))
    return Sentence(" ".join(parts), found.evidence, language)
