"""Values with their intervals, one line each: what is withheld or unknown is said in words and drawn as nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from evaluation.evidence import Estimate, Mark
from evaluation.presentation.figure import BJH
from evaluation.presentation.language import N_, NOT_SHOWN, Language
from evaluation.presentation.table import MISSING

Text = Callable[[float], str]


@dataclass(frozen=True)
class IntervalRow:
    """One line of a figure.

    Attributes
    ----------
    label
        Its name, in the language of the figure.
    value, low, high
        Value and ends of the interval; None where unknown, SUPPRESSED where withheld.
    color
        Colour of its mark.
    """

    label: str
    value: Estimate
    low: Estimate
    high: Estimate
    color: str = BJH


def with_interval(row: tuple[Estimate, Estimate, Estimate], text: Text, language: Language) -> str:
    """Write a value with its interval: ``79% (77% to 81%)``; the value alone when it has none."""
    value, low, high = row
    if isinstance(value, Mark):
        return language.translate(NOT_SHOWN)
    if _is_unknown(value):
        return language.translate(MISSING)
    if isinstance(low, Mark) or isinstance(high, Mark) or _is_unknown(low) or _is_unknown(high):
        return text(float(value))  # type: ignore[arg-type]
    written = (text(float(part)) for part in (value, low, high))  # type: ignore[arg-type]
    return language.translate(N_("{value} ({low} to {high})")).format(
        **dict(zip(("value", "low", "high"), written, strict=True))
    )


def with_certainty(row: tuple[Estimate, Estimate, Estimate], text: Text, level: float, language: Language) -> str:
    """Write a value with its interval in words, for a sentence; the value alone when it has none."""
    value, low, high = row
    if not (isinstance(value, float | int) and isinstance(low, float | int) and isinstance(high, float | int)):
        return with_interval(row, text, language)
    if _is_unknown(value) or _is_unknown(low) or _is_unknown(high):
        return with_interval(row, text, language)
    return language.translate(N_("{value} (with {level} certainty between {low} and {high})")).format(
        value=text(float(value)), level=language.percent(level, 0), low=text(float(low)), high=text(float(high))
    )


def value_then_certainty(
    said: str, row: tuple[Estimate, Estimate, Estimate], text: Text, level: float, language: Language
) -> str:
    """Fill a translated sentence with a value, and with its interval as ``certainty`` where the sentence puts it."""
    whole, alone = with_certainty(row, text, level, language), with_interval((row[0], None, None), text, language)
    return said.format(rate=alone, certainty=whole.removeprefix(alone))


def draw_rows(axes: Axes, rows: Sequence[IntervalRow], text: Text, language: Language) -> list[str]:
    """Draw one line per row, top down, with its value in words at the right; returns the rows in words."""
    texts = []
    for position, row in enumerate(rows):
        written = with_interval((row.value, row.low, row.high), text, language)
        texts.append(f"{row.label}: {written}")
        if isinstance(row.value, float | int) and not _is_unknown(row.value):
            if isinstance(row.low, float) and isinstance(row.high, float):
                axes.hlines(position, row.low, row.high, color=row.color, linewidth=3)
            axes.plot(row.value, position, "o", color=row.color, markersize=7)
        axes.annotate(
            written, (1.02, position), xycoords=("axes fraction", "data"), va="center", annotation_clip=False, size=8.5
        )
    axes.set_yticks(range(len(rows)), [row.label for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    return texts


def _is_unknown(value: object) -> bool:
    return value is None or (isinstance(value, float) and bool(np.isnan(value)))
