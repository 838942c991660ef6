"""How the chapter on registration delay is shown."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from evaluation.evidence import Mark, any_withheld
from evaluation.measures.delay import DelayBreak, Nowcast
from evaluation.presentation.figure import BJH, CONTEXT, REST, Figure, canvas, drawn, format_axis
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

SHORTEST_MONTH = 28


def table_nowcast(nowcast: Nowcast, language: Language) -> Table:
    """Registered and expected starts per month back from the reference date."""
    _ = language.translate
    return Table(
        id="nowcast",
        title=_("Starts registered so far, and expected once all are registered"),
        columns=(
            Column("first", _("From"), "day"),
            Column("last", _("Up to and including"), "day"),
            Column("registered", _("Registered so far"), "integer"),
            Column("expected", _("Expected in the end"), "integer"),
            Column("ci_low", _("Lower end"), "integer"),
            Column("ci_high", _("Upper end"), "integer"),
            Column("share_registered", _("Registered so far, share"), "percent"),
        ),
        frame=nowcast.frame,
        note=_("Months are counted back from the reference date. Chain ladder with the 95% interval of Mack."),
        evidence=nowcast.evidence,
        language=language,
    )


def plot_nowcast(nowcast: Nowcast, language: Language) -> Figure:
    """Registered starts as bars, expected ones as points with intervals."""
    _ = language.translate
    whole = [_is_whole(first, last) for first, last in zip(nowcast.frame["first"], nowcast.frame["last"], strict=True)]
    frame = nowcast.frame[whole]
    source = _("Source: registry. Expected: chain ladder on the registration delays of the latest months.")
    if not all(whole):
        left_out = _("The first days make no whole month and are in the table only.")
        source = f"{source} {left_out}"
    axes = canvas(
        title=_("Starts per month: registered so far, and expected in the end"),
        subtitle=_("Number of trajectories per month back from {day}; lines: 95% interval").format(
            day=language.day(nowcast.reference_date)
        ),
        source=source,
        evidence=nowcast.evidence,
        language=language,
        height=2.8,
    )
    positions = np.arange(len(frame))
    axes.bar(
        positions, drawn(frame["registered"]), color=BJH, width=0.75, edgecolor="white", label=_("Registered so far")
    )
    axes.vlines(positions, drawn(frame["ci_low"]), drawn(frame["ci_high"]), color=REST, linewidth=2)
    axes.plot(positions, drawn(frame["expected"]), "o", color=REST, markersize=4.5, label=_("Expected in the end"))
    axes.set_ylim(bottom=0)
    step = max(math.ceil(len(frame) / 8), 1)
    # A period seldom runs from the first to the last day of a month; its middle is in the month that it is mostly in.
    middles = frame["first"] + (frame["last"] - frame["first"]) / 2
    axes.set_xticks(positions[::step], [language.month_short(day) for day in middles][::step])
    axes.grid(visible=False, axis="x")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    format_axis(axes.yaxis.set_major_formatter, language.integer)
    axes.legend(frameon=False, fontsize=8.5)
    return Figure("nowcast", axes, describe_nowcast(nowcast, language).text, table_nowcast(nowcast, language))


def _is_whole(first: pd.Timestamp, last: pd.Timestamp) -> bool:
    """Whether these days are a whole month: at the end of a short month one of fewer days is one too."""
    return (last - first).days >= SHORTEST_MONTH - 1


def describe_nowcast(nowcast: Nowcast, language: Language) -> Sentence:
    """What the last months will come to."""
    _ = language.translate
    if nowcast.expected is None or nowcast.ci_low is None or nowcast.ci_high is None:
        text = _(
            "No start in the last three months was registered yet, so nothing can be said about those that will be."
        )
        return Sentence(text, nowcast.evidence, language)
    if any_withheld(nowcast.registered, nowcast.expected, nowcast.ci_low, nowcast.ci_high):
        text = _(
            "The number of starts from {since} up to and including {day} is not shown, and so neither is what is still "
            "expected."
        ).format(since=language.day(nowcast.since_recent), day=language.day(nowcast.reference_date))
        return Sentence(text, nowcast.evidence, language)
    text = _(
        "From {since} up to and including {day}, {registered} starts were registered so far. Going by how late starts "
        "were registered before, {expected} are expected in the end, and with 95% confidence between {low} and {high}."
    ).format(
        since=language.day(nowcast.since_recent),
        day=language.day(nowcast.reference_date),
        registered=language.integer(nowcast.registered),
        expected=language.integer(nowcast.expected),
        low=language.integer(nowcast.ci_low),
        high=language.integer(nowcast.ci_high),
    )
    return Sentence(text, nowcast.evidence, language)


def table_delay_break(delays: DelayBreak, language: Language) -> Table:
    """Promptness of registration before and after the day."""
    _ = language.translate
    when = {
        "before": _("Started before {day}").format(day=language.day(delays.break_date)),
        "after": _("Started on {day} or later").format(day=language.day(delays.break_date)),
    }
    return Table(
        id="delay_break",
        title=_("How soon starts were registered"),
        columns=(
            Column("label", _("Starts")),
            Column("n", _("Compared"), "integer"),
            Column("prompt", _("Registered within {days} days").format(days=delays.prompt_days), "integer"),
            Column("prompt_share", _("Share"), "percent"),
            Column("ci_low", _("Lower end"), "percent"),
            Column("ci_high", _("Upper end"), "percent"),
            Column("median_days", _("Median delay, days"), "integer"),
        ),
        frame=delays.frame.assign(label=[when[value] for value in delays.frame["when"]]),
        note=_(
            "Compared: starts registered within {horizon} days, of those that began at least that long before the "
            "reference date; later registrations could be seen for old starts only. Intervals: Wilson, 95%."
        ).format(horizon=delays.horizon_days),
        evidence=delays.evidence,
        language=language,
    )


def plot_delay_break(delays: DelayBreak, language: Language) -> Figure:
    """Share registered promptly, before and after, with intervals."""
    _ = language.translate
    table = table_delay_break(delays, language)
    frame = table.frame
    axes = canvas(
        title=_("Share of starts registered within {days} days").format(days=delays.prompt_days),
        subtitle=_("Share of the starts compared; lines: 95% interval"),
        source=_("Source: registry, starts from {since}.").format(since=language.day(delays.since)),
        evidence=delays.evidence,
        language=language,
        height=1.5,
    )
    positions = np.arange(len(frame))
    axes.barh(positions, drawn(frame["prompt_share"]), color=[CONTEXT, BJH], height=0.55, edgecolor="white")
    axes.hlines(positions, drawn(frame["ci_low"]), drawn(frame["ci_high"]), color="#1d2329", linewidth=1.5)
    axes.set_yticks(positions, frame["label"])
    axes.set_xlim(0, 1)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    format_axis(axes.xaxis.set_major_formatter, lambda share: language.percent(share, 0))
    return Figure("delay_break", axes, describe_delay_break(delays, language).text, table)


def describe_delay_break(delays: DelayBreak, language: Language) -> Sentence:
    """Whether registration became faster."""
    _ = language.translate
    difference, low, high = delays.difference, delays.ci_low, delays.ci_high
    if isinstance(difference, Mark) or isinstance(low, Mark) or isinstance(high, Mark):
        text = _("The starts on both sides of {day} are not compared, because not all numbers can be shown.").format(
            day=language.day(delays.break_date)
        )
        return Sentence(text, delays.evidence, language)
    if difference is None or low is None or high is None or delays.p_value is None:
        text = _("There are no starts to compare on both sides of {day}.").format(day=language.day(delays.break_date))
        return Sentence(text, delays.evidence, language)
    share = delays.frame.set_index("when")["prompt_share"]
    text = _(
        "Of the trajectories that were registered within {horizon} days, {after} of those that started from {day} on "
        "were registered within {days} days, and {before} of those that started before. The difference is "
        "{difference} percentage points, with 95% certainty between {low} and {high}."
    ).format(
        day=language.day(delays.break_date),
        days=delays.prompt_days,
        horizon=delays.horizon_days,
        after=language.percent(share["after"], 0),
        before=language.percent(share["before"], 0),
        difference=language.points(difference).removesuffix("%"),
        low=language.points(low).removesuffix("%"),
        high=language.points(high).removesuffix("%"),
    )
    clear = _("A test on the delays themselves finds the same kind of difference: it is more than chance.")
    unclear = _("A test on the delays themselves finds no difference that exceeds chance.")
    return Sentence(f"{text} {clear if delays.differs else unclear}", delays.evidence, language)
