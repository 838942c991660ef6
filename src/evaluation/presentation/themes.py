"""How often themes come up in stories."""

from __future__ import annotations

import numpy as np
import pandas as pd

from evaluation.evidence import any_withheld, is_suppressed
from evaluation.measures.narratives.agreement import Agreement
from evaluation.measures.narratives.prevalence import ThemePrevalence
from evaluation.presentation.figure import BJH, CONTEXT, Figure, canvas, drawn, format_axis
from evaluation.presentation.language import Language
from evaluation.presentation.readers import reliance, themes_down
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def table_prevalence(prevalence: ThemePrevalence, language: Language) -> Table:
    """Per theme: stories in which it was found, the share, the corrected share, and what it can be among all asked."""
    _ = language.translate
    level = language.percent(prevalence.level, 0)
    frame = prevalence.frame.assign(
        label=[prevalence.codebook.label(theme, language.code) for theme in prevalence.frame["theme"]]
    )
    if not any_withheld(prevalence.n) and not prevalence.n:
        frame = frame.assign(found=pd.Series([None] * len(frame), frame.index, dtype=object))
    return Table(
        id="prevalence",
        title=_("In how many stories each theme comes up"),
        columns=(
            Column("label", _("Theme")),
            Column("found", _("Stories in which it was found"), "integer"),
            Column("share", _("Share, as found ({level} interval)").format(level=level), "percent", 0, ("low", "high")),
            Column(
                "corrected",
                _("Share, corrected ({level} interval)").format(level=level),
                "percent",
                0,
                ("corrected_low", "corrected_high"),
            ),
            Column("least", _("Among all who were asked: at least"), "percent", 0),
            Column("most", _("at most"), "percent", 0),
        ),
        frame=frame,
        note=_(
            "Found: by at least one reader. Corrected: for what readers miss and for what they find wrongly. Stories "
            "of one family count as fewer. Among all who were asked: if nobody, or everybody, of those who told "
            "nothing has it too. Stories read: {n}."
        ).format(n=language.integer(prevalence.n)),
        evidence=prevalence.evidence,
        language=language,
    )


def plot_prevalence(prevalence: ThemePrevalence, language: Language) -> Figure:
    """The share of stories per theme with its interval, and as found."""
    _ = language.translate
    table = table_prevalence(prevalence, language)
    names = ("corrected", "corrected_low", "corrected_high") if prevalence.is_corrected else ("share", "low", "high")
    frame = table.frame.assign(order=drawn(table.frame[names[0]]))
    frame = frame.sort_values("order", ascending=False, kind="stable", na_position="last")
    axes = canvas(
        title=_("What families tell of"),
        subtitle=_(
            "Share of stories per theme; dot: corrected for misreading, line: {level} interval, ring: as found"
        ).format(level=language.percent(prevalence.level, 0))
        if prevalence.is_corrected
        else _("Share of stories per theme as found by readers; line: {level} interval").format(
            level=language.percent(prevalence.level, 0)
        ),
        source=_("Stories read by {day}: {n}. One story may have several themes.").format(
            day=language.day(prevalence.reference_date), n=language.integer(prevalence.n)
        ),
        evidence=prevalence.evidence,
        language=language,
        height=0.6 + 0.3 * len(frame),
    )
    texts = []
    column = next(column for column in table.columns if column.key == names[0])
    for position, row in enumerate(frame.to_dict("records")):
        text = column.cell_of(row, language)
        texts.append(f"{row['label']}: {text}")
        estimate, low, high, found = drawn([*(row[name] for name in names), row["share"]])
        if not np.isnan(estimate):
            axes.hlines(position, low, high, color=BJH, linewidth=3)
            axes.plot(estimate, position, "o", color=BJH, markersize=7)
            if prevalence.is_corrected:
                axes.plot(found, position, "o", color=CONTEXT, markersize=6, markerfacecolor="white")
        axes.annotate(text, (1.02, position), va="center", annotation_clip=False, size=8.5)
    themes_down(axes, list(frame["label"]))
    axes.set_xlim(0, 1)
    format_axis(axes.xaxis.set_major_formatter, lambda value: language.percent(value, 0))
    alt = _("Share of stories per theme with interval. {values}.").format(values="; ".join(texts))
    return Figure(table.id, axes, alt, table)


def describe_prevalence(prevalence: ThemePrevalence, agreement: Agreement, language: Language) -> Sentence:
    """The theme told of most, what was found nowhere, and how far the codes carry."""
    _ = language.translate
    if is_suppressed(prevalence.n):
        text = _("So few stories were read that it is not shown what families tell of.")
        return Sentence(text, prevalence.evidence, language)
    if not prevalence.n:
        text = _(
            "No story that may be used was read by {day}, so it is unknown how often families tell of each theme."
        ).format(day=language.day(prevalence.reference_date))
        return Sentence(text, prevalence.evidence, language)
    value, low, high = (
        ("corrected", "corrected_low", "corrected_high") if prevalence.is_corrected else ("share", "low", "high")
    )
    shown = prevalence.frame.loc[~np.isnan(drawn(prevalence.frame[value]))]
    if shown.empty:
        text = _("In how many stories each theme comes up is not shown: too few tell of it, or too few do not.")
        return Sentence(text, prevalence.evidence, language)
    top = max(shown.to_dict("records"), key=lambda row: float(row[value]))
    parts = [
        _(
            "Of the themes looked for, “{theme}” comes up most: in about {value} of every 10 stories (it can be {low} "
            "to {high})."
        ).format(
            theme=prevalence.codebook.label(top["theme"], language.code),
            value=language.integer(10 * float(top[value])),
            low=language.integer(10 * float(top[low])),
            high=language.integer(10 * float(top[high])),
        )
    ]
    none = [row for row in shown.to_dict("records") if row["found"] == 0]
    if none:
        parts.append(
            _("Found in none of the {n} stories, yet possible in up to {most} of such stories: {themes}.").format(
                n=language.integer(prevalence.n),
                most=language.percent(max(float(row["high"]) for row in none), 0),
                themes=language.listing([prevalence.codebook.label(row["theme"], language.code) for row in none]),
            )
        )
    parts.append(reliance(agreement, language))
    return Sentence(" ".join(part for part in parts if part), prevalence.evidence, language)


def describe_misreading(prevalence: ThemePrevalence, language: Language) -> Sentence:
    """How well readers are taken to read, and from what."""
    _ = language.translate
    misread = prevalence.misreading
    if misread.method == "none" or is_suppressed(prevalence.n):
        text = _(
            "Shares are not corrected for misreading: that takes stories read by two readers, and enough of them. What "
            "readers find counts as it is."
        )
        return Sentence(text, prevalence.evidence, language)
    assumption = (
        _("This follows from codes on which both readers agreed afterwards.")
        if misread.method == "reference"
        else _(
            "There is no set of stories with agreed codes, so this is estimated from both readers together, assuming "
            "that each reads all themes equally well and that they err independently. Agreed codes would make the "
            "assumption unneeded."
        )
    )
    text = _(
        "It is estimated that a theme which is in a story is found in {sensitivity} of the cases, and that none is "
        "found in {specificity} of the stories without it. {assumption}"
    ).format(
        sensitivity=language.percent(misread.sensitivity, 0),
        specificity=language.percent(misread.specificity, 0),
        assumption=assumption,
    )
    return Sentence(text, prevalence.evidence, language)
