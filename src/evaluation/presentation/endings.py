"""How the chapter on durations shows what comes after: reasons of the end, silent trajectories, and re-entry."""

from __future__ import annotations

import pandas as pd

from evaluation.disclosure.protected.names import OTHER
from evaluation.evidence import Mark
from evaluation.measures.competing import EndReasons
from evaluation.measures.dormancy import DormancyBand
from evaluation.measures.kaplan_meier import LEVEL
from evaluation.measures.reentry import ReEntry
from evaluation.presentation.durations import followed_months
from evaluation.presentation.figure import BJH, CONTEXT, SOFT_INK, Figure, canvas, drawn, format_axis, label_ends
from evaluation.presentation.labels import END_REASONS
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def plot_end_reasons(reasons: EndReasons, language: Language) -> Figure:
    """The share that has ended for each reason, by months since the start."""
    _ = language.translate
    table = table_end_reasons(reasons, language)
    axes = canvas(
        title=_("Why trajectories have ended, by months since the start"),
        subtitle=_("Share of all trajectories that has ended for each reason; bands: {level} intervals").format(
            level=language.percent(LEVEL, 0)
        ),
        source=_(
            "Source: registry, {n} ended trajectories, {since} up to and including {day}. The reasons compete: the "
            "shares add up to the share that has ended."
        ).format(
            n=language.integer(reasons.n),
            since=language.day(reasons.since),
            day=language.day(reasons.reference_date),
        ),
        evidence=reasons.evidence,
        language=language,
    )
    visible = reasons.monthly[reasons.monthly["drawn"].astype(bool)]
    ends = []
    for reason in reasons.by_reason["reason"]:
        curve = visible[visible["reason"] == reason]
        if not curve.empty:
            colour = BJH if reason == "31" else CONTEXT if not reason else SOFT_INK
            months, low, high = (drawn(curve[column]) for column in ("month", "ci_low", "ci_high"))
            axes.fill_between(months, low, high, color=colour, alpha=0.15, linewidth=0)
            axes.plot(months, drawn(curve["share"]), color=colour, linewidth=2)
            last = curve.iloc[-1]
            ends.append((float(last["month"]), float(last["share"]), _reason(reason, language)))
    label_ends(axes, ends)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(_("Months since the start"))
    format_axis(axes.yaxis.set_major_formatter, lambda value: language.percent(value, 0))
    format_axis(axes.xaxis.set_major_formatter, language.integer)
    alt = _("Rising lines, one for each reason of ending. {sentence}").format(
        sentence=describe_end_reasons(reasons, language).text
    )
    return Figure("end_reasons", axes, alt, table)


def table_end_reasons(reasons: EndReasons, language: Language) -> Table:
    """Ends per reason, and the share of all trajectories that ended for it by a horizon."""
    _ = language.translate
    horizon = reasons.horizon_months
    return Table(
        id="end_reasons",
        title=_("Trajectories that ended, by reason"),
        columns=(
            Column("label", _("Reason")),
            Column("ended", _("Ended"), "integer"),
            Column("share", _("Share"), "percent", 0),
            Column("ci_low", _("From"), "percent", 0),
            Column("ci_high", _("To"), "percent", 0),
        ),
        frame=reasons.by_reason.assign(label=[_reason(code, language) for code in reasons.by_reason["reason"]]),
        note=_("No age in whole half years was reached, so there are no shares.")
        if horizon is None
        else _(
            "Share: of all trajectories, those that ended for this reason within {months} months, with its {level} "
            "interval. A reason that was not registered counts as a reason of its own."
        ).format(months=horizon, level=language.percent(LEVEL, 0)),
        evidence=reasons.evidence,
        language=language,
    )


def describe_end_reasons(reasons: EndReasons, language: Language) -> Sentence:
    """The most frequent reason, and how many ends have none."""
    _ = language.translate
    if reasons.by_reason.empty:
        return Sentence(_("No trajectory ended in this period, so there are no reasons."), reasons.evidence, language)
    if isinstance(reasons.n, Mark):
        return Sentence(_("How many trajectories ended, and why, is not shown."), reasons.evidence, language)
    if isinstance(reasons.n_missing, Mark):
        text = _("{n} trajectories ended; how many of them have no registered reason is not shown.")
    else:
        text = _("Of the {n} trajectories that ended, {missing} have no registered reason.")
    text = text.format(n=language.integer(reasons.n), missing=language.integer(reasons.n_missing))
    first = reasons.by_reason.iloc[0]
    most_is_known = not isinstance(first["ended"], Mark) and first["reason"] != OTHER
    has_share = isinstance(first["ci_low"], float) and pd.notna(first["ci_low"])
    if reasons.horizon_months is not None and most_is_known and has_share:
        most = _(
            "Most ended for the reason '{reason}': {share} of all trajectories does within {months} months, with "
            "{level} certainty between {low} and {high}."
        ).format(
            reason=_reason(first["reason"], language).lower(),
            share=language.percent(first["share"], 0),
            months=reasons.horizon_months,
            low=language.percent(first["ci_low"], 0),
            high=language.percent(first["ci_high"], 0),
            level=language.percent(LEVEL, 0),
        )
        text = f"{text} {most}"
    return Sentence(text, reasons.evidence, language)


def table_dormancy(band: DormancyBand, language: Language) -> Table:
    """Median and restricted means as registered, and with silent trajectories taken to have ended."""
    _ = language.translate
    return Table(
        id="dormancy",
        title=_("How long trajectories last if silent ones have really stopped, in months"),
        columns=(
            Column("label", _("Assumption")),
            Column("stopped", _("Taken to have ended"), "integer"),
            Column("median_months", _("Half has ended by"), "decimal"),
            Column("median_low", _("From"), "decimal"),
            Column("median_high", _("To"), "decimal"),
            Column("restricted_6_months", _("Mean up to 6 months"), "decimal"),
            Column("restricted_12_months", _("Mean up to 12 months"), "decimal"),
            Column("restricted_24_months", _("Mean up to 24 months"), "decimal"),
        ),
        frame=band.frame.assign(
            label=[
                _("Silent for {days} days or more has ended").format(days=language.integer(days))
                if days
                else _("As registered")
                for days in band.frame["silent_days"]
            ]
        ),
        note=_note_on_silence(band, language),
        evidence=band.evidence,
        language=language,
    )


def _note_on_silence(band: DormancyBand, language: Language) -> str:
    _ = language.translate
    silent = _(
        "Silent: no activity or hours registered. A silent trajectory is taken to have ended at its last activity."
    )
    if isinstance(band.n, Mark) or isinstance(band.n_missing, Mark):
        unknown = _("Running trajectories of which the last activity is unknown are taken to run.")
    else:
        unknown = _(
            "The last activity of {missing} of the {n} running trajectories is unknown; these are taken to run."
        ).format(missing=language.integer(band.n_missing), n=language.integer(band.n))
    return f"{silent} {unknown}"


def describe_dormancy(band: DormancyBand, language: Language) -> Sentence:
    """How far the median moves when silent trajectories are taken to have ended."""
    _ = language.translate
    if len(band.frame) == 1:
        text = _("Of no running trajectory the last activity is known, so what silent ones change is unknown.")
    elif band.median_low is None or band.median_high is None:
        text = _("By which month half has ended is not reached under each of these assumptions.")
    elif isinstance(band.median_low, Mark) or isinstance(band.median_high, Mark):
        text = _("How far silent trajectories move the month by which half has ended is not shown: too few tell.")
    else:
        text = _(
            "Depending on which silent trajectories are taken to have ended, half have ended by month {low} to {high}."
        ).format(low=language.decimal(band.median_low), high=language.decimal(band.median_high))
    return Sentence(text, band.evidence, language)


def plot_reentry(found: ReEntry, language: Language) -> Figure:
    """The share that has started again by months since leaving, with its interval."""
    _ = language.translate
    frame = found.monthly[found.monthly["drawn"].astype(bool)]
    axes = canvas(
        title=_("How many clients start again after leaving"),
        subtitle=_("Share that has started again, by months since leaving; band: {level} interval").format(
            level=language.percent(LEVEL, 0)
        ),
        source=_(
            "Source: registry, {n} times that a client left, {since} up to and including {day}. Under the axis: months "
            "since leaving, and the number followed that long."
        ).format(
            n=language.integer(found.n_left),
            since=language.day(found.since),
            day=language.day(found.reference_date),
        ),
        evidence=found.evidence,
        language=language,
        height=2.4,
    )
    months, low, high = (drawn(frame[column]) for column in ("month", "ci_low", "ci_high"))
    axes.fill_between(months, low, high, color=BJH, alpha=0.2, linewidth=0)
    axes.plot(months, drawn(frame["share"]), color=BJH, linewidth=2.2)
    axes.set_ylim(bottom=0)
    ticks = followed_months(frame, language)
    axes.set_xticks(list(ticks), list(ticks.values()))
    format_axis(axes.yaxis.set_major_formatter, lambda value: language.percent(value, 0))
    alt = _("Rising line with a band. {sentence}").format(sentence=describe_reentry(found, language).text)
    return Figure("reentry", axes, alt, _table_reentry(found, language))


def _table_reentry(found: ReEntry, language: Language) -> Table:
    _ = language.translate
    return Table(
        id="reentry",
        title=_("Share of clients that has started again, by months since leaving"),
        columns=(
            Column("month", _("Months since leaving"), "integer"),
            Column("share", _("Started again"), "percent", 0),
            Column("ci_low", _("From"), "percent", 0),
            Column("ci_high", _("To"), "percent", 0),
            Column("at_risk", _("Followed that long"), "integer"),
            Column("events", _("Started again since the row above"), "integer"),
        ),
        frame=found.monthly,
        note="",
        evidence=found.evidence,
        language=language,
    )


def table_reentry_by_gap(found: ReEntry, language: Language) -> Table:
    """Re-entry within 6 and 12 months for each gap that parts a return from support that goes on."""
    _ = language.translate
    return Table(
        id="reentry_by_gap",
        title=_("Share that starts again, by how long the gap must be"),
        columns=(
            Column("gap_days", _("Days without support, at least"), "integer"),
            Column("left", _("Times that a client left"), "integer"),
            Column("share_6", _("Again within 6 months"), "percent", 0),
            Column("low_6", _("From"), "percent", 0),
            Column("high_6", _("To"), "percent", 0),
            Column("share_12", _("Again within 12 months"), "percent", 0),
            Column("low_12", _("From"), "percent", 0),
            Column("high_12", _("To"), "percent", 0),
        ),
        frame=found.by_gap,
        note=_("A start after a shorter gap is support that goes on. From and to: {level} intervals.").format(
            level=language.percent(LEVEL, 0)
        ),
        evidence=found.evidence,
        language=language,
    )


def describe_reentry(found: ReEntry, language: Language) -> Sentence:
    """Looking forward from leaving: the shares with their intervals, and what could not be taken into account."""
    _ = language.translate
    parts = []
    for months, estimate in found.within.items():
        if estimate.value is None:
            text = _("How many start again within {months} months is unknown: nobody was followed that long.")
            parts.append(text.format(months=months))
        elif isinstance(estimate.value, Mark):
            text = _("How many start again within {months} months of leaving is not shown: too few tell.")
            parts.append(text.format(months=months))
        elif not (isinstance(estimate.low, float | int) and isinstance(estimate.high, float | int)):
            text = _("Within {months} months of leaving, {share} starts again, as far as so few tell.")
            parts.append(text.format(months=months, share=language.percent(estimate.value, 0)))
        else:
            text = _(
                "Of every 100 that leave, {share} start again within {months} months: with {level} certainty {low} to "
                "{high}."
            )
            share, low, high = (language.integer(100 * end) for end in (estimate.value, estimate.low, estimate.high))
            level = language.percent(LEVEL, 0)
            parts.append(text.format(months=months, share=share, low=low, high=high, level=level))
    if not found.birthday_known:
        parts.append(
            _("Dates of birth are not in this register, so whoever turned 18 counts as someone who could return.")
        )
    return Sentence(" ".join(parts), found.evidence, language)


def describe_started_again(found: ReEntry, language: Language) -> Sentence:
    """Looking back from a start, as StatLine does, and how far the register reaches."""
    _ = language.translate
    if found.share_started_again is None or found.register_from is None:
        return Sentence(_("No trajectory started in this period."), found.evidence, language)
    if any(isinstance(value, Mark) for value in (found.share_started_again, found.started_again, found.started)):
        text = _(
            "Looking back, how many of the trajectories that started are of a client who had left Basis jeugdhulp "
            "before is not shown."
        )
        return Sentence(text, found.evidence, language)
    again = _(
        "Looking back, {again} of the {started} trajectories that started ({share}) are of a client who had left Basis "
        "jeugdhulp before."
    ).format(
        again=language.integer(found.started_again),
        started=language.integer(found.started),
        share=language.percent(found.share_started_again, 0),
    )
    reach = _(
        "The register begins in {month}: who had support before, or elsewhere, is not seen, so this is lower than a "
        "count over five years would be."
    ).format(month=language.month(found.register_from))
    return Sentence(f"{again} {reach}", found.evidence, language)


def _reason(code: str, language: Language) -> str:
    if code == OTHER:
        return language.translate(N_("Other reasons"))
    return language.translate(END_REASONS[code]) if code in END_REASONS else code
