"""Which themes go together, and whether more stories would bring new ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from evaluation.evidence import any_withheld, is_suppressed
from evaluation.measures.narratives.pairs import ThemePairs
from evaluation.measures.narratives.saturation import Saturation
from evaluation.presentation.figure import BJH, INK, SOFT_INK, Figure, canvas, drawn, format_axis
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

WITHHELD = "#eef0f1"  # ground of a cell without a number
STEP = 5  # the table shows every fifth story, and the last


def table_pairs(pairs: ThemePairs, language: Language) -> Table:
    """Every pair of themes with the stories that have both."""
    _ = language.translate
    frame = pairs.frame.assign(
        one=[pairs.codebook.label(theme, language.code) for theme in pairs.frame["theme"]],
        two=[pairs.codebook.label(theme, language.code) for theme in pairs.frame["other"]],
    )
    if not any_withheld(pairs.n) and not pairs.n:
        frame = frame.assign(both=pd.Series([None] * len(frame), frame.index, dtype=object))
    return Table(
        id="pairs",
        title=_("Themes that come up in the same story"),
        columns=(
            Column("one", _("Theme")),
            Column("two", _("Other theme")),
            Column("both", _("Stories with both"), "integer"),
            Column("overlap", _("Of the stories with either"), "percent", 0),
        ),
        frame=frame,
        note=_("Found by at least one reader. Stories read: {n}.").format(n=language.integer(pairs.n)),
        evidence=pairs.evidence,
        language=language,
    )


def plot_pairs(pairs: ThemePairs, language: Language) -> Figure:
    """A heat map of pairs: the share of the stories with either theme that have both."""
    _ = language.translate
    table = table_pairs(pairs, language)
    themes = list(pairs.codebook.themes)
    labels = [pairs.codebook.label(theme, language.code) for theme in themes]
    place = {theme: position for position, theme in enumerate(themes)}
    shade = np.full((len(themes), len(themes)), np.nan)
    values = drawn(pairs.frame["overlap"])
    for theme, other, value in zip(pairs.frame["theme"], pairs.frame["other"], values, strict=True):
        shade[place[other], place[theme]] = value
    axes = canvas(
        title=_("Which themes come up in the same story"),
        subtitle=_("Percentage of the stories with either theme that have both; darker: more often together"),
        source=_("Stories read by {day}: {n}. Dash: not shown or unknown.").format(
            day=language.day(pairs.reference_date), n=language.integer(pairs.n)
        ),
        evidence=pairs.evidence,
        language=language,
        height=4.6,
    )
    axes.imshow(
        shade[1:, :-1], cmap="Blues", vmin=0, vmax=max(0.6, float(np.nanmax(shade, initial=0.0))), aspect="auto"
    )
    for row in range(1, len(themes)):
        for column in range(row):
            value = shade[row, column]
            if np.isnan(value):
                axes.add_patch(Rectangle((column - 0.5, row - 1.5), 1, 1, color=WITHHELD, linewidth=0))
            text = "–" if np.isnan(value) else language.decimal(100 * value, 0)
            color = "white" if value > 0.4 else SOFT_INK if np.isnan(value) else INK
            axes.annotate(text, (column, row - 1), ha="center", va="center", color=color, size=8.5)
    axes.set_xticks(range(len(themes) - 1), labels[:-1], rotation=40, ha="right", rotation_mode="anchor", size=8.5)
    axes.set_yticks(range(len(themes) - 1), labels[1:], size=8.5)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    shown = [row for row in table.frame.to_dict("records") if isinstance(row["overlap"], float)]
    most = sorted(shown, key=lambda row: -row["overlap"])[:3]
    alt = _("Heat map of {pairs} pairs of themes, {shown} of them shown. Most often together: {most}.").format(
        pairs=len(table.frame),
        shown=len(shown),
        most="; ".join(f"{row['one']} – {row['two']}: {language.percent(row['overlap'], 0)}" for row in most) or "–",
    )
    return Figure(table.id, axes, alt, table)


def describe_pairs(pairs: ThemePairs, language: Language) -> Sentence:
    """The pair that comes up together most."""
    _ = language.translate
    shown = [row for row in pairs.frame.to_dict("records") if isinstance(row["overlap"], float) and row["both"]]
    if is_suppressed(pairs.n) or (pairs.n and not shown and pairs.frame["overlap"].map(is_suppressed).any()):
        text = _(
            "Which themes go together is not shown: too few stories have both, or too few have one and not the other."
        )
    elif not pairs.n:
        text = _("No story was read, so it is unknown which themes go together.")
    elif not shown:
        text = _("No two themes were found in the same story.")
    else:
        top = max(shown, key=lambda row: row["overlap"])
        text = _(
            "“{one}” and “{two}” go together most: {both} stories tell of both, {share} of those that tell of either. "
            "That says nothing of what leads to what."
        ).format(
            one=pairs.codebook.label(top["theme"], language.code),
            two=pairs.codebook.label(top["other"], language.code),
            both=language.integer(top["both"]),
            share=language.percent(top["overlap"], 0),
        )
    return Sentence(text, pairs.evidence, language)


def table_saturation(saturation: Saturation, language: Language) -> Table:
    """Themes found after every fifth story and the last."""
    _ = language.translate
    frame = saturation.frame
    keep = (frame["stories"] % STEP == 0) | (frame["stories"] == 1) | (frame["stories"] == frame["stories"].max())
    return Table(
        id="saturation",
        title=_("Themes that so many stories show"),
        columns=(
            Column("stories", _("Stories"), "integer"),
            Column(
                "mean",
                _("Themes on average ({level} of the orders)").format(level=language.percent(saturation.level, 0)),
                "decimal",
                1,
                ("low", "high"),
            ),
        ),
        frame=frame[keep].reset_index(drop=True),
        note=_("Over all orders in which the stories could have come. The codebook is fixed."),
        evidence=saturation.evidence,
        language=language,
    )


def plot_saturation(saturation: Saturation, language: Language) -> Figure:
    """Mean number of themes by number of stories, with the band of random orders."""
    _ = language.translate
    table = table_saturation(saturation, language)
    frame = saturation.frame
    axes = canvas(
        title=_("Would more stories bring new themes?"),
        subtitle=_(
            "Themes found by number of stories; line: average over all orders, band: {level} of the orders"
        ).format(level=language.percent(saturation.level, 0))
        if frame["high"].notna().any()
        else _("Themes found by number of stories: average over all orders in which they could have come"),
        source=_("Stories read by {day}: {n}; themes found: {themes}.").format(
            day=language.day(saturation.reference_date),
            n=language.integer(saturation.n),
            themes=language.integer(saturation.themes),
        ),
        evidence=saturation.evidence,
        language=language,
        height=2.3,
    )
    alt = _("Whether more stories would bring new themes is not drawn.")
    if len(frame):
        low, high = drawn(frame["low"]), drawn(frame["high"])
        axes.fill_between(frame["stories"], low, high, color=BJH, alpha=0.15, linewidth=0)
        axes.plot(frame["stories"], frame["mean"], color=BJH, linewidth=2)
        last = float(frame["mean"].iloc[-1])
        axes.set_ylim(0, last * 1.15)
        if isinstance(saturation.until, float):
            axes.axvline(saturation.until, color=SOFT_INK, linewidth=1, linestyle="--")
            said = _("{share} of the themes after {until} stories").format(
                share=language.percent(saturation.threshold, 0), until=language.integer(saturation.until)
            )
            axes.annotate(
                said, (saturation.until, last * 0.35), (8, 0), textcoords="offset points", size=8.5, color=SOFT_INK
            )
        alt = _("Rising line of themes found by number of stories. {values}.").format(
            values="; ".join(
                f"{language.integer(row['stories'])}: {language.decimal(row['mean'], 1)}"
                for row in table.frame.to_dict("records")
            )
        )
    axes.set_xlabel(_("stories"))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_xlim(left=0)
    format_axis(axes.yaxis.set_major_formatter, lambda value: language.decimal(value, 0))
    return Figure(table.id, axes, alt, table)


def describe_saturation(saturation: Saturation, language: Language) -> Sentence:
    """After how many stories little was new."""
    _ = language.translate
    if any_withheld(saturation.until, saturation.n, saturation.themes):
        text = _("Whether more stories would bring new themes is not shown, because too few stories have each theme.")
    elif saturation.until is None:
        text = _(
            "No theme was found in a story that may be used, so it is unknown whether more stories would bring any."
        )
    else:
        text = _(
            "On average {share} of the {themes} themes that were found had come by after {until} of the {n} stories. "
            "New codes cannot appear, because the codebook is fixed; what it misses goes to the theme “{other}”."
        ).format(
            share=language.percent(saturation.threshold, 0),
            themes=language.integer(saturation.themes),
            until=language.integer(saturation.until),
            n=language.integer(saturation.n),
            other=saturation.codebook.label(saturation.codebook.themes[-1], language.code),
        )
        if any_withheld(*saturation.found["found"]):
            text = f"{text} {_('Themes that too few stories tell of, or too few do not, are left out here.')}"
    return Sentence(text, saturation.evidence, language)
