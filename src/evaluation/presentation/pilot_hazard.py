"""How the chapter on the pilot shows the pace at which families leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from evaluation.evidence import Estimate, Mark
from evaluation.measures.kaplan_meier import LEVEL
from evaluation.measures.pilot_register import ExitHazard
from evaluation.presentation.figure import BJH, SOFT_INK, Figure, canvas, format_axis
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

OPEN_END = 6  # months that the last interval is drawn long


def months_label(row: Mapping[Any, Any], language: Language) -> str:
    """Name of an interval of months in support."""
    _ = language.translate
    if row["last"] is None or pd.isna(row["last"]):
        return _("from {first}").format(first=language.integer(row["first"]))
    return _("{low} to {high}").format(low=language.integer(row["first"]), high=language.integer(row["last"]))


def table_exit_hazard(hazard: ExitHazard, language: Language) -> Table:
    """Families that leave per family-month, by months in support."""
    _ = language.translate
    rows = hazard.frame.to_dict("records")
    frame = hazard.frame.assign(
        label=[months_label(row, language) for row in rows],
        **{f"{name}_100": [_of_hundred(row[name]) for row in rows] for name in ("rate", "low", "high")},
    )
    return Table(
        id="exit_hazard",
        title=_("At what pace families leave, by months in support"),
        columns=(
            Column("label", _("Months in support")),
            Column("families", _("Families followed"), "integer"),
            Column("months", _("Family-months"), "decimal", 0),
            Column("ended", _("Left"), "integer"),
            Column("rate_100", _("Left per 100 families and month"), "decimal", 0, ("low_100", "high_100")),
        ),
        frame=frame,
        note=_("In brackets: exact {level} interval of a Poisson count.").format(level=language.percent(LEVEL, 0)),
        evidence=hazard.evidence,
        language=language,
    )


def _of_hundred(rate: Any) -> Any:
    """A rate per hundred families; marks and unknowns stay what they are."""
    return rate if isinstance(rate, Mark) or rate is None else 100 * rate


def plot_exit_hazard(hazard: ExitHazard, language: Language) -> Figure:
    """The pace of leaving in intervals of months in support, with exact intervals."""
    _ = language.translate
    table = table_exit_hazard(hazard, language)
    axes = canvas(
        title=_("Do families leave more slowly, the longer they are supported?"),
        subtitle=_(
            "Families that leave per 100 families and month, by months in support; lines: {level} interval"
        ).format(level=language.percent(LEVEL, 0)),
        source=_("Source: registry, families followed from {since} up to and including {day}.").format(
            since=language.day(hazard.since), day=language.day(hazard.reference_date)
        ),
        evidence=hazard.evidence,
        language=language,
        height=2.6,
    )
    texts, edges = [], []
    for row in table.frame.to_dict("records"):
        if not _is_open(row) or isinstance(row["rate"], float):
            edges.append(row)
        texts.append(f"{row['label']}: {table.columns[-1].cell_of(row, language)}")
    for row in edges:
        first, last = float(row["first"]), float(row["first"] + OPEN_END if _is_open(row) else row["last"])
        middle = (first + last) / 2
        if isinstance(row["rate"], float) and not pd.isna(row["rate"]):
            axes.hlines(100 * row["rate"], first + 0.15, last - 0.15, color=BJH, linewidth=3)
            axes.vlines(middle, 100 * row["low"], 100 * row["high"], color=BJH, linewidth=1.2)
            axes.annotate(
                language.decimal(100 * row["rate"], 0),
                (middle, 100 * row["rate"]),
                (5, 5),
                textcoords="offset points",
                weight="bold",
                color=BJH,
            )
        else:
            axes.annotate(table.columns[-1].cell_of(row, language), (middle, 0), (0, 4), "data", "offset points",
                          ha="center", color=SOFT_INK, size=8)  # fmt: skip
    ticks = sorted({float(row[end]) for row in edges for end in ("first", "last") if not pd.isna(row[end])})
    axes.set_xticks(ticks, [language.integer(tick) for tick in ticks])
    axes.set_xlabel(_("Months in support"))
    axes.set_ylim(bottom=0)
    format_axis(axes.yaxis.set_major_formatter, lambda value: language.decimal(value, 0))
    alt = _("Horizontal lines, one per interval of months in support, each with a vertical interval. {values}.").format(
        values="; ".join(texts)
    )
    return Figure("exit_hazard", axes, alt, table)


def _is_open(row: Mapping[Any, Any]) -> bool:
    return row["last"] is None or bool(pd.isna(row["last"]))


def describe_exit_hazard(hazard: ExitHazard, language: Language) -> Sentence:
    """How the pace changes with time in support, and what that cannot separate."""
    _ = language.translate
    ratio = hazard.ratio
    caveat = _(
        "A pace that falls fits families that come to depend on the support, and just as well families with small "
        "questions that leave first, so that those with large ones remain. These numbers cannot tell the two apart."
    )
    if isinstance(ratio.value, Mark):
        first = _("How the pace of leaving changes with time in support is not shown: there are too few families.")
    elif ratio.value is None:
        first = _(
            "How the pace of leaving changes with time in support is unknown: before or after month {turn} nobody left "
            "or nobody was followed."
        ).format(turn=hazard.turn)
    else:
        first = _ratio(ratio.value, ratio.low, ratio.high, hazard.turn, language)
    return Sentence(f"{first} {caveat}", hazard.evidence, language)


def _ratio(value: float, low: Estimate, high: Estimate, turn: int, language: Language) -> str:
    _ = language.translate
    text = _(
        "From month {turn} of support on, families leave {ratio} times as fast as before, with "
        "{level} certainty between {low} and {high} times."
    ).format(
        turn=turn,
        ratio=language.decimal(value),
        low=language.decimal(low) if low is not None else _("unknown"),
        high=language.decimal(high) if high is not None else _("unknown"),
        level=language.percent(LEVEL, 0),
    )
    if not (isinstance(low, float) and isinstance(high, float)):
        return text
    if low <= 1 <= high:
        return text + " " + _("An even pace fits that too.")
    return text + " " + (_("So the pace falls.") if value < 1 else _("So the pace rises."))
