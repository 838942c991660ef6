"""How the chapter on the pilot with family carers is shown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns

from evaluation.evidence import Evidence
from evaluation.measures.pilot import PilotFigures, Reach, SingleMothers, StockCheck
from evaluation.presentation.figure import BJH, CONTEXT, REST, Figure, canvas, format_axis
from evaluation.presentation.labels import UNITS, interval_text
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

INTERVALS = {
    "clopper_pearson": N_("exact (Clopper-Pearson)"),
    "wilson": N_("score (Wilson)"),
    "jeffreys": N_("Bayesian (Jeffreys)"),
}


def table_pilot_figures(figures: PilotFigures, language: Language) -> Table:
    """What was shown of the pilot, figure by figure."""
    _ = language.translate
    statuses = {"printed": _("printed"), "derived": _("derived from printed figures")}
    rows = [
        {
            "quote": row["quote"],
            "value": interval_text(row["value_low"], row["value_high"], language),
            "unit": _(UNITS[row["unit"]]),
            "status": statuses[row["status"]],
        }
        for row in figures.printed.to_dict("records")
    ]
    return Table(
        id="pilot_figures",
        title=_("What the council was shown of the pilot"),
        columns=(
            Column("quote", _("Quote"), "quote"),
            Column("value", _("Can stand for")),
            Column("unit", _("Unit")),
            Column("status", _("Status")),
        ),
        frame=pd.DataFrame(rows),
        note=_(
            "Source: presentation to the council of April 2024. For the hours per family no time unit was printed, so "
            "they cannot be used."
        ),
        evidence=figures.evidence,
        language=language,
    )


def describe_pilot(figures: PilotFigures, language: Language) -> Sentence:
    """Families served, new and carried in, and that no outcome was shown."""
    _ = language.translate
    text = _(
        "In {year} the pilot worked with {families} families: {new} new ones and, it follows, {carried} from before. "
        "Scores at the start and the end were not shown, nor a group to compare with, so the published figures cannot "
        "say whether the support works."
    ).format(
        year=figures.year,
        families=figures.families,
        new=figures.new_families,
        carried=figures.families - figures.new_families,
    )
    return Sentence(text, figures.evidence, language)


def table_intervals(mothers: SingleMothers, language: Language) -> Table:
    """Three intervals for the share of single mothers."""
    _ = language.translate
    frame = mothers.intervals.assign(label=[_(INTERVALS[method]) for method in mothers.intervals["method"]])
    return Table(
        id="single_mother_intervals",
        title=_("Share of single-mother families: {level} intervals").format(level=language.percent(mothers.level, 0)),
        columns=(
            Column("label", _("Interval")),
            Column("low", _("From"), "percent"),
            Column("high", _("To"), "percent"),
        ),
        frame=frame,
        note=_("{count} of {n} families.").format(
            count=_("unknown") if mothers.count is None else mothers.count, n=mothers.n
        ),
        evidence=mothers.evidence,
        language=language,
    )


def describe_single_mothers(mothers: SingleMothers, language: Language) -> Sentence:
    """The count behind the percentage and what it allows for families like these."""
    _ = language.translate
    if mothers.count is None or mothers.share is None:
        text = _("The printed percentage fits {counts} of {n} families, so the count stays open.").format(
            counts=language.listing([str(count) for count in mothers.possible_counts] or ["0"]), n=mothers.n
        )
        return Sentence(text, mothers.evidence, language)
    low, high = mothers.interval("clopper_pearson")
    text = _(
        "If the percentage is of all {n} families, only {count} of them fits ({share}). For a larger group of such "
        "families the share lies between {low} and {high} with {level} confidence: {low_count} to {high_count} of "
        "every 10."
    ).format(
        n=mothers.n,
        count=mothers.count,
        share=language.percent(mothers.share, 0),
        low=language.percent(low, 0),
        high=language.percent(high, 0),
        level=language.percent(mothers.level, 0),
        low_count=round(10 * low),
        high_count=round(10 * high),
    )
    return Sentence(text, mothers.evidence, language)


def plot_intervals(mothers: SingleMothers, language: Language) -> Figure:
    """The share and its three intervals."""
    _ = language.translate
    table = table_intervals(mothers, language)
    frame = table.frame
    axes = canvas(
        title=_("How sure is the share of single mothers?"),
        subtitle=_("Share of families; dot: observed, lines: {level} intervals").format(
            level=language.percent(mothers.level, 0)
        ),
        source=_("Source: presentation to the council of April 2024; n = {n} families.").format(n=mothers.n),
        evidence=mothers.evidence,
        language=language,
        height=1.5,
    )
    positions = np.arange(len(frame))
    axes.hlines(positions, frame["low"], frame["high"], color=BJH, linewidth=3)
    if mothers.share is not None:
        axes.plot([mothers.share] * len(frame), positions, "o", color=BJH, markersize=9)
    for position, low, high in zip(positions, frame["low"], frame["high"], strict=True):
        axes.annotate(
            language.percent(low, 0), (low, position), (-6, 0), textcoords="offset points", ha="right", va="center"
        )
        axes.annotate(language.percent(high, 0), (high, position), (6, 0), textcoords="offset points", va="center")
    axes.set_yticks(positions, frame["label"])
    axes.set_ylim(len(frame) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.grid(visible=False, axis="y")
    format_axis(axes.xaxis.set_major_formatter, lambda value: language.percent(value, 0))
    alt = _("Three horizontal intervals around {share} of the families. {intervals}.").format(
        share=_("unknown") if mothers.share is None else language.percent(mothers.share, 0),
        intervals="; ".join(
            f"{row['label']}: {language.percent(row['low'], 0)} – {language.percent(row['high'], 0)}"
            for row in frame.to_dict("records")
        ),
    )
    return Figure("single_mother_intervals", axes, alt, table)


def describe_stock_check(check: StockCheck, language: Language) -> Sentence:
    """Whether inflow times length gives the families carried in."""
    _ = language.translate
    conclusion = (
        _("That fits an even flow of families in and out.")
        if check.agrees
        else _(
            "That does not fit an even flow of families in and out: more started before, stays are longer, or the "
            "figures do not measure the same."
        )
    )
    text = _(
        "If {starts} families start a year and stay for {length} months, on average about {implied} are in care at the "
        "same time; when the year began there were {carried}. {conclusion}"
    ).format(
        starts=check.starts_per_year,
        length=interval_text(check.length_months.low, check.length_months.high, language),
        implied=language.integer(check.implied_stock.value),
        carried=check.carried_in,
        conclusion=conclusion,
    )
    return Sentence(text, check.evidence, language)


def table_reach(reach: Reach, language: Language) -> Table:
    """What groups of different sizes can show."""
    _ = language.translate
    return Table(
        id="reach",
        title=_("What a group of families can show, by its size"),
        columns=(
            Column("n", _("Families"), "integer"),
            Column("half_width", _("Margin around the share"), "percent", 0),
            Column("upper_bound_of_none", _("Seen in no family, yet possible in up to"), "percent", 0),
            Column("detectable_effect", _("Smallest detectable change (standard deviations)"), "decimal", 2),
        ),
        frame=reach.sizes,
        note=_(
            "Margin: half the Wilson interval around the printed share. Change: before and after in the same families, "
            "two-sided test, power {power}. Level {level}."
        ).format(power=language.percent(reach.power, 0), level=language.percent(reach.level, 0)),
        evidence=reach.evidence,
        language=language,
    )


def plot_reach(reach: Reach, language: Language) -> Figure:
    """Smallest detectable change against the number of families."""
    _ = language.translate
    frame = reach.sizes
    axes = canvas(
        title=_("The smaller the group, the larger a change must be before it can be seen"),
        subtitle=_("Smallest detectable change before and after, in standard deviations, by number of families"),
        source=_("Paired test, two-sided, level {level}, power {power}. Coloured: groups of the pilot.").format(
            level=language.percent(reach.level, 0), power=language.percent(reach.power, 0)
        ),
        evidence=Evidence.PUBLISHED,
        language=language,
        height=2.5,
    )
    sns.lineplot(x=frame["n"], y=frame["detectable_effect"], color=CONTEXT, linewidth=2, ax=axes)
    for n, effect in zip(frame["n"], frame["detectable_effect"], strict=True):
        color = {reach.families: BJH, reach.new_families: REST}.get(n, CONTEXT)
        axes.plot(n, effect, "o", color=color, markersize=8)
        if color != CONTEXT:
            label = _("{n} families: {effect}").format(n=n, effect=language.decimal(effect, 2))
            axes.annotate(label, (n, effect), (10, 2), textcoords="offset points", color=color, va="bottom")
    axes.set(xlabel=_("Families"), ylabel="", xscale="log")
    axes.set_xticks(frame["n"], [language.integer(n) for n in frame["n"]])
    axes.minorticks_off()
    axes.set_ylim(0, float(frame["detectable_effect"].max()) * 1.15)
    format_axis(axes.yaxis.set_major_formatter, language.decimal)
    alt = _("Falling line of the smallest detectable change by number of families. {points}.").format(
        points="; ".join(
            _("{n} families: {effect}").format(n=n, effect=language.decimal(effect, 2))
            for n, effect in zip(frame["n"], frame["detectable_effect"], strict=True)
        )
    )
    return Figure("reach", axes, alt, table_reach(reach, language))


def describe_reach(reach: Reach, language: Language) -> Sentence:
    """What the pilot could and could not have shown."""
    _ = language.translate
    text = _(
        "With {families} families measured twice, a change of {effect} standard deviations is seen with a chance of "
        "{power}; with the {new} new ones only one of {effect_new}. (By custom 0.5 is called medium and 0.8 large.) "
        "What happened in none of {families} families may still happen in at most {none} of such families."
    ).format(
        families=reach.families,
        new=reach.new_families,
        effect=language.decimal(reach.at(reach.families, "detectable_effect"), 2),
        effect_new=language.decimal(reach.at(reach.new_families, "detectable_effect"), 2),
        power=language.percent(reach.power, 0),
        none=language.percent(reach.at(reach.families, "upper_bound_of_none"), 0),
    )
    return Sentence(text, reach.evidence, language)
