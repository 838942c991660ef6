"""A figure: axes with a title, unit, source, mark, alternative text and its numbers as a table.

Every ``plot_...`` starts with `canvas`, draws on the axes and returns a `Figure`. Colours have a meaning, the same in
every chapter, and stay apart for colour-blind readers (Okabe and Ito 2008); text on white meets WCAG AA.
"""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.ticker import FuncFormatter, MultipleLocator
from numpy.typing import NDArray

from evaluation.evidence import Evidence, Mark
from evaluation.presentation.language import Language
from evaluation.presentation.mark import mark_text
from evaluation.presentation.table import Table

BJH = "#0063a6"  # Basis jeugdhulp and Groningen
REST = "#b5520a"  # the rest of youth care; outflow against inflow
BENCHMARK = "#00734f"  # national picture and other municipalities
CONTEXT = "#8a8f94"  # what only gives scale
INK, SOFT_INK, WARNING = "#1d2329", "#545b62", "#a3272f"

Numbers: TypeAlias = NDArray[np.float64]

WIDTH = 7.4  # inches; the width of the text column at the type sizes below
LINE = 0.19  # inches per line of small type
PLAIN: dict[Any, Any] = {name: value for name, value in mpl.rcParamsDefault.items() if not name.startswith("backend")}
"""Settings of matplotlib as it comes, whatever its user set; how figures are shown is no part of it."""

STYLE: dict[Any, Any] = {
    **PLAIN,
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.edgecolor": SOFT_INK,
    "axes.labelcolor": SOFT_INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#e3e6e8",
    "grid.linewidth": 0.8,
    "xtick.color": SOFT_INK,
    "ytick.color": SOFT_INK,
    "text.color": INK,
    "svg.fonttype": "path",
    "svg.hashsalt": "evaluation",
}


@dataclass(frozen=True)
class Figure:
    """A finished figure.

    Attributes
    ----------
    id
        Name of its file and anchor.
    axes
        The axes drawn on.
    alt
        Alternative text, generated from the same result as the drawing.
    numbers
        The values drawn, as a table beside the figure.
    """

    id: str
    axes: Axes
    alt: str
    numbers: Table

    @property
    def marked_alt(self) -> str:
        """Alternative text, with the mark of its evidence first."""
        mark = mark_text(self.evidence, self.numbers.language, assumed=self.numbers.assumed)
        return f"{mark}. {self.alt}" if mark else self.alt

    @property
    def evidence(self) -> Evidence:
        """Weakest evidence behind the figure, that of its numbers."""
        return self.numbers.evidence

    def _repr_mimebundle_(self, **_: object) -> dict[str, str | bytes]:
        return self.bundle()

    def bundle(self) -> dict[str, str | bytes]:
        """Return it as a bitmap for the notebook and as its alternative text for terminals."""
        return {"image/png": self.png(), "text/plain": self.marked_alt}

    def png(self) -> bytes:
        """Bitmap for the notebook."""
        return self._rendered("png", dpi=110)

    def svg(self) -> str:
        """Vector drawing, the same bytes for the same result; its metadata names nobody and no date."""
        text = self._rendered("svg", metadata={"Date": None, "Creator": None}).decode()
        return text[text.index("<svg") :]

    def _rendered(self, kind: str, **options: Any) -> bytes:
        target = io.BytesIO()
        with mpl.rc_context(STYLE):
            self.axes.get_figure(root=True).savefig(target, format=kind, **options)  # type: ignore[union-attr]
        return target.getvalue()


def canvas(
    *,
    title: str,
    subtitle: str,
    source: str,
    evidence: Evidence,
    language: Language,
    height: float = 3.2,
    assumed: bool = False,
) -> Axes:
    """Return axes on a figure with title, subtitle, footnote and mark in place.

    Parameters
    ----------
    title, subtitle, source
        What is shown; unit, population and period; source and n.
    evidence
        A synthetic figure gets its mark above the title.
    height
        Height of the drawing itself in inches; type comes on top.
    assumed
        Whether it is called synthetic for its assumptions, and not for an invented registry.
    """
    with mpl.rc_context(STYLE):
        head, foot = textwrap.wrap(title, 70), textwrap.wrap(source, 108)
        sub = textwrap.wrap(subtitle, 100)
        mark = mark_text(evidence, language, assumed=assumed)
        top = 0.12 + 0.26 * bool(mark) + 0.24 * len(head) + LINE * len(sub) + 0.1
        bottom = 0.1 + LINE * len(foot)
        total = top + height + bottom
        figure = MatplotlibFigure(figsize=(WIDTH, total))
        figure.set_layout_engine("constrained", rect=(0, bottom / total, 1, height / total), w_pad=0.05, h_pad=0.04)
        y = total - 0.08
        if mark:
            figure.text(0.1 / WIDTH, y / total, mark, va="top", size=8.5, weight="bold", color=WARNING)
            y -= 0.26
        figure.text(0.1 / WIDTH, y / total, "\n".join(head), va="top", size=12, weight="bold", linespacing=1.25)
        y -= 0.24 * len(head)
        figure.text(0.1 / WIDTH, y / total, "\n".join(sub), va="top", size=9.5, color=SOFT_INK, linespacing=1.3)
        figure.text(0.1 / WIDTH, 0.06 / total, "\n".join(foot), va="bottom", size=8, color=SOFT_INK, linespacing=1.3)
        return figure.subplots()


def drawn(values: Iterable[Any]) -> Numbers:
    """Return values for drawing; what is withheld or unknown becomes a gap."""
    known = [np.nan if isinstance(value, Mark) or value is None else float(value) for value in values]
    return np.array(known, dtype=np.float64)


def label_ends(axes: Axes, ends: Sequence[tuple[float, float, str]]) -> None:
    """Write a name beside the end of each line, moved apart where they would overlap; lines start at 0.

    Parameters
    ----------
    axes
        What the lines are drawn on, in whole months.
    ends
        Position and height of each end, and its name.
    """
    if not ends:
        return
    bottom, top = axes.get_ylim()
    right = max(x for x, _height, _name in ends)
    place = -math.inf
    for x, height, name in sorted(ends, key=lambda end: end[1]):
        place = max(height, place + 0.062 * (top - bottom))
        line = {"arrowstyle": "-", "color": CONTEXT, "linewidth": 0.7, "shrinkA": 0, "shrinkB": 0, "relpos": (0, 0.5)}
        axes.annotate(name, (x, height), (x + 0.03 * right, place), va="center", size=8.5, arrowprops=line)
    axes.set_ylim(top=max(top, place * 1.05))
    axes.set_xlim(0, right * 1.42)
    axes.xaxis.set_major_locator(MultipleLocator(3))


def format_axis(set_formatter: Callable[[FuncFormatter], object], text: Callable[[float], str]) -> None:
    """Write the ticks of an axis in the language of the report.

    Parameters
    ----------
    set_formatter
        ``axes.xaxis.set_major_formatter`` or that of the other axis.
    text
        From tick value to label.
    """
    set_formatter(FuncFormatter(lambda value, _position: text(value)))
