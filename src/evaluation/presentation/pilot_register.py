"""How the chapter on the pilot shows hours, length of support and the pace at which families leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from evaluation.evidence import Mark
from evaluation.measures.kaplan_meier import LEVEL
from evaluation.measures.pilot import PilotFigures, SingleMothers
from evaluation.measures.pilot_hours import HoursReadings
from evaluation.measures.pilot_register import FamilyHours, FamilyLength
from evaluation.presentation.durations import followed_months
from evaluation.presentation.figure import BJH, CONTEXT, SOFT_INK, Figure, canvas, drawn, format_axis
from evaluation.presentation.labels import interval_text
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

READINGS = {"week": N_("per week"), "month": N_("per month"), "total": N_("in all")}


def describe_disclosure(figures: PilotFigures, mothers: SingleMothers, language: Language) -> Sentence:
    """Why nothing is shown by neighbourhood, and that the percentage is itself a number of families."""
    _ = language.translate
    text = _(
        "{families} families in {places} neighbourhoods are about {each} in each. Whoever knows the "
        "neighbourhood knows "
        "the family, so this chapter shows nothing by neighbourhood or household."
    ).format(
        families=figures.families,
        places=figures.neighbourhoods,
        each=language.shortest(round(figures.families / figures.neighbourhoods, 1)),
    )
    if mothers.count is not None:
        text += " " + _(
            "The published percentage is no safer than a number: {share} of {n} families can only be {count} of them."
        ).format(share=language.percent(mothers.share or 0, 0), n=mothers.n, count=mothers.count)
    return Sentence(text, figures.evidence, language)


def table_hours_readings(readings: HoursReadings, language: Language) -> Table:
    """The printed hours under three readings."""
    _ = language.translate

    def between(row: Mapping[Any, Any], name: str, digits: int) -> str:
        low, high = (round(float(row[f"{name}_{end}"]), digits) for end in ("low", "high"))
        return interval_text(low, high, language)

    rows = []
    for row in readings.frame.to_dict("records"):
        reading = READINGS[row["reading"]]
        total = between(row, "total", 1 if reading == READINGS["total"] else 0)
        rows.append({"label": _(reading), "per_month": between(row, "per_month", 1), "total": total})
    return Table(
        id="hours_readings",
        title=_("What the published hours per family would be"),
        columns=(
            Column("label", _("If the hours are")),
            Column("per_month", _("Hours per family and month")),
            Column("total", _("Hours per family in all")),
        ),
        frame=pd.DataFrame(rows),
        note=_("Over the published length of {length} months; from and to: what the rounding leaves open.").format(
            length=interval_text(readings.length_months.low, readings.length_months.high, language)
        ),
        evidence=readings.evidence,
        language=language,
    )


def describe_hours_readings(readings: HoursReadings, language: Language) -> Sentence:
    """That no unit of time was printed, and how far the readings lie apart."""
    _ = language.translate
    week, total = readings.row("week"), readings.row("total")
    text = _(
        "The council read of more than {hours} hours per family, without per what. If it is per week, a family got "
        "{week_low} to {week_high} hours in all; if it is in all, a family got {total}. The published figure "
        "cannot tell "
        "which."
    ).format(
        hours=language.shortest(readings.hours.low),
        week_low=language.integer(round(week["total_low"])),
        week_high=language.integer(round(week["total_high"])),
        total=interval_text(total["total_low"], total["total_high"], language),
    )
    return Sentence(text, readings.evidence, language)


def describe_family_hours(hours: FamilyHours, language: Language) -> Sentence:
    """Hours per family in the register."""
    _ = language.translate
    mean = hours.mean
    if isinstance(mean.value, Mark):
        text = _("The hours per family in the register are not shown: there are too few families.")
    elif mean.value is None:
        text = _(
            "The register holds no hours of pilot families, so the hours per family are unknown. Needed are "
            "the hours of "
            "each family over its whole time in the pilot."
        )
    else:
        text = _("In the register a family got {mean} hours in all").format(mean=language.decimal(mean.value))
        if isinstance(mean.low, float) and isinstance(mean.high, float):
            text += " " + _("({low} to {high}, {level} interval of the mean)").format(
                low=language.decimal(mean.low), high=language.decimal(mean.high), level=language.percent(LEVEL, 0)
            )
        text += "."
        if isinstance(hours.per_month, float):
            text += " " + _("Over the months that families were supported, that is {hours} hours a month.").format(
                hours=language.decimal(hours.per_month)
            )
    return Sentence(text, hours.evidence, language)


def plot_family_length(length: FamilyLength, language: Language) -> Figure:
    """The share of families still supported by months since the start, with its interval."""
    _ = language.translate
    frame = length.monthly
    axes = canvas(
        title=_("How many families are supported for longer than so many months"),
        subtitle=_("Share of families still supported, by months since the start; band: {level} interval").format(
            level=language.percent(LEVEL, 0)
        ),
        source=_(
            "Source: registry, {n} families followed from {since} up to and including {day}, {ended} of which left. "
            "Under the axis: months since the start, and families followed that long; grey: fewer than 10."
        ).format(
            n=language.integer(length.n),
            since=language.day(length.since),
            day=language.day(length.reference_date),
            ended=language.integer(length.n_ended),
        ),
        evidence=length.evidence,
        language=language,
        height=2.9,
    )
    months, low, high, survival = (drawn(frame[name]) for name in ("month", "ci_low", "ci_high", "survival"))
    axes.fill_between(months, low, high, color=BJH, alpha=0.15, linewidth=0)
    axes.plot(months, survival, color=BJH, linewidth=1.4)
    enough = frame["drawn"].to_numpy(bool)
    axes.plot(months[enough], survival[enough], "o", color=BJH, markersize=5)
    axes.plot(months[~enough], survival[~enough], "o", color=CONTEXT, markersize=4)
    axes.set_ylim(0, 1.03)
    if len(frame):
        ticks = followed_months(frame, language)
        axes.set_xticks(list(ticks), list(ticks.values()))
    else:
        axes.set_xticks([])
        axes.text(0.5, 0.5, _no_curve(length, language), transform=axes.transAxes, ha="center", color=SOFT_INK)
    format_axis(axes.yaxis.set_major_formatter, lambda value: language.percent(value, 0))
    alt = f"{_no_curve(length, language)} {_how_long(length, language)}"
    if len(frame):
        alt = _("Line that falls from 100% at the start, with a band around it. {sentence}").format(
            sentence=_how_long(length, language)
        )
    return Figure("family_length", axes, alt, table_family_length(length, language))


def table_family_length(length: FamilyLength, language: Language) -> Table:
    """The curve at whole months, with the numbers behind each point."""
    _ = language.translate
    return Table(
        id="family_length",
        title=_("Share of families supported for longer than so many months"),
        columns=(
            Column("month", _("Months since the start"), "integer"),
            Column("survival", _("Still supported"), "percent", 0, ("ci_low", "ci_high")),
            Column("at_risk", _("Followed that long"), "integer"),
            Column("events", _("Left since the row above"), "integer"),
        ),
        frame=length.monthly,
        note=_("In brackets: {level} interval. The last points hang on a few families.").format(
            level=language.percent(LEVEL, 0)
        ),
        evidence=length.evidence,
        language=language,
    )


def describe_family_length(length: FamilyLength, language: Language) -> Sentence:
    """By which month half of the families have left."""
    return Sentence(_how_long(length, language), length.evidence, language)


def _no_curve(length: FamilyLength, language: Language) -> str:
    _ = language.translate
    if length.follow_up_months is None:
        return _("No family was followed from its start.")
    return _("Not shown: at no month were enough families followed, or left.")


def _how_long(length: FamilyLength, language: Language) -> str:
    _ = language.translate
    median = length.median_months
    if length.follow_up_months is None:
        return _("No family was followed from its start, so how long the support lasts is unknown.")
    if isinstance(median.value, Mark):
        return _(
            "By which month half of the families has left is not shown: with so few families it would show too much."
        )
    if median.value is None:
        return _("By which month half of the families has left is unknown: that was not reached.")
    text = _("Half of the families ({n} followed) are supported for longer than about {median} months").format(
        n=language.integer(length.n), median=language.decimal(median.value)
    )
    if isinstance(median.low, float) and isinstance(median.high, float):
        return (
            text
            + " "
            + _("(with {level} certainty between {low} and {high}).").format(
                low=language.decimal(median.low), high=language.decimal(median.high), level=language.percent(LEVEL, 0)
            )
        )
    return text + _("; how sure that is, is unknown.")
