"""How editions are shown side by side: a table, dots with intervals, and a map of the municipalities."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.ticker import MaxNLocator

from evaluation.measures.ranking import Ranking
from evaluation.parameters import HOME
from evaluation.presentation.figure import BENCHMARK, BJH, CONTEXT, INK, SOFT_INK, Figure, canvas, format_axis
from evaluation.presentation.interval_rows import IntervalRow, draw_rows
from evaluation.presentation.labels import DIGITS, measure_label
from evaluation.presentation.language import N_, Language
from evaluation.presentation.map_labels import place_labels
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Kind, Table

DIFFERENCE, IN_POINTS = "share_difference", "percentage_points"  # units: as a fraction, and times a hundred
ROW_INCHES = 0.235
MAP_INCHES = 6.9
MAP_FRAME = (3.0, 7.9, 50.62, 53.42)  # degrees: west, east, south, north; room for names over the sea
NAME_SIZE = 7.5
ROUNDING_ERROR = 1e-9
NEAR = 9.0  # points of type within which a name is seen to belong to its dot
DIVERGING, SEQUENTIAL = "PuOr_r", "cividis_r"  # both told apart by colour-blind readers


def slug(ranking: Ranking) -> str:
    """Name of the files and anchors of a ranking."""
    parts = [ranking.id.replace(".", "_"), *(value for _key, value in ranking.setting)]
    return "_".join("".join(sign if sign.isalnum() else "-" for sign in part) for part in parts).strip("-").lower()


def heading(ranking: Ranking, language: Language) -> str:
    """What is ranked, and in which setting."""
    setting = ", ".join(f"{key} {value}" for key, value in ranking.setting)
    name = measure_label(ranking.id, language)
    if ranking.unit in (DIFFERENCE, IN_POINTS):
        name = language.translate(N_("{name}, percentage points")).format(name=name)
    return f"{name}{f' ({setting})' if setting else ''}"


def _in_points(ranking: Ranking) -> Ranking:
    """Return a ranking by a difference of shares in percentage points, and any other as it is."""
    if ranking.unit != DIFFERENCE:
        return ranking
    columns = ["estimate", "ci_low", "ci_high"]
    frame = ranking.frame.assign(**{column: ranking.frame[column] * 100 for column in columns})
    return replace(ranking, frame=frame, median=ranking.median * 100, unit=IN_POINTS)


def table_ranking(ranking: Ranking, language: Language) -> Table:
    """Places, editions and values, lowest first."""
    ranking = _in_points(ranking)
    _ = language.translate
    kind, digits = _kind(ranking)
    edition = () if ranking.by_municipality else (Column("edition", _("Edition")),)
    periods = ", ".join(language.period(period) for period in ranking.periods)
    return Table(
        id=f"ranking_{slug(ranking)}",
        title=heading(ranking, language),
        columns=(
            Column("rank", _("Place"), "integer"),
            Column("municipality", _("Municipality")),
            *edition,
            Column("estimate", _value_label(ranking, language), kind, digits, ("ci_low", "ci_high")),
        ),
        frame=ranking.frame,
        note=" ".join(filter(None, [_("Place from the lowest value. Period: {periods}.").format(periods=periods),
                                    _interval_note(ranking, language)])),
        evidence=ranking.evidence,
        language=language,
    )  # fmt: skip


def _value_label(ranking: Ranking, language: Language) -> str:
    _ = language.translate
    if not ranking.has_intervals:
        return _("Value")
    if ranking.ci_level is None:
        return _("Value (interval)")
    return _("Value ({level} interval)").format(level=language.percent(ranking.ci_level, 0))


def _interval_note(ranking: Ranking, language: Language) -> str:
    """What an interval does not say about places."""
    _ = language.translate
    if not ranking.has_intervals:
        return _("This value has no interval: that two values differ does not make the difference a large one.")
    return _(
        "Each interval is that of one edition by itself. It does not say how sure a place is: what editions share, "
        "such as whom they are compared with, moves them together."
    )


def describe_ranking(ranking: Ranking, language: Language) -> Sentence:
    """Lowest, middle and highest value, and where Groningen stands among municipalities."""
    ranking = _in_points(ranking)
    _ = language.translate
    text = _value_text(ranking, language)
    known = ranking.frame[ranking.frame["estimate"].notna()]
    name = "municipality" if ranking.by_municipality else "edition"
    first, last = known.iloc[0], known.iloc[-1]
    told = _("{what}: from {low} ({first}) to {high} ({last}), with {median} in the middle of {n}.").format(
        what=heading(ranking, language),
        low=text(first["estimate"]),
        first=first[name],
        high=text(last["estimate"]),
        last=last[name],
        median=text(ranking.median),
        n=language.integer(ranking.n),
    )
    home = known[known["municipality"] == HOME]
    if ranking.by_municipality and len(home):
        told += " " + _("{municipality} has place {rank}, with {value}.").format(
            municipality=HOME,
            rank=language.integer(int(home["rank"].iloc[0])),
            value=text(home["estimate"].iloc[0]),
        )
    return Sentence(told, ranking.evidence, language)


def plot_ranking(ranking: Ranking, language: Language) -> Figure:
    """A dot with its interval per edition, lowest first."""
    whole, ranking = ranking, _in_points(ranking)
    _ = language.translate
    text = _value_text(ranking, language)
    shown = ranking.frame
    axes = canvas(
        title=heading(ranking, language),
        subtitle=_("Lowest value first; line: the interval; dashed: the middle one of {n}").format(
            n=language.integer(ranking.n)
        )
        if ranking.has_intervals
        else _("Lowest value first; dashed: the middle one of {n}").format(n=language.integer(ranking.n)),
        source=_("Source: the editions of this batch. Period: {periods}.").format(
            periods=", ".join(language.period(period) for period in ranking.periods)
        ),
        evidence=ranking.evidence,
        language=language,
        height=0.5 + ROW_INCHES * len(shown),
    )
    rows = [_row(record, ranking) for record in shown.to_dict("records")]
    axes.axvline(ranking.median, color=CONTEXT, linewidth=1.2, linestyle=(0, (4, 3)), zorder=0)
    if shown["estimate"].min() < 0 < shown["estimate"].max():
        axes.axvline(0, color=SOFT_INK, linewidth=0.9, zorder=0)
    draw_rows(axes, rows, text, language)
    axes.tick_params(axis="y", length=0, labelsize=8.5)
    _write_ticks(axes, ranking, language)
    alt = _("Dots from the lowest to the highest value, one per line. {sentence}").format(
        sentence=describe_ranking(whole, language).text
    )
    return Figure(f"ranking_{slug(ranking)}", axes, alt, table_ranking(whole, language))


def _row(record: dict[object, object] | dict[str, object], ranking: Ranking) -> IntervalRow:
    own = {str(key): value for key, value in record.items()}
    name = own["municipality"] if ranking.by_municipality else own["edition"]
    value, low, high = (_known(own[key]) for key in ("estimate", "ci_low", "ci_high"))
    return IntervalRow(str(name), value, low, high, BJH if own["municipality"] == HOME else BENCHMARK)


def _known(value: object) -> float | None:
    return None if pd.isna(value) else float(value)  # type: ignore[arg-type, call-overload]


def plot_map(ranking: Ranking, places: pd.DataFrame, language: Language) -> Figure:
    """A dot per municipality where it lies, coloured by its value.

    Parameters
    ----------
    ranking
        Of municipalities.
    places
        ``municipality``, ``latitude``, ``longitude``.
    """
    whole, ranking = ranking, _in_points(ranking)
    _ = language.translate
    located = ranking.frame.merge(places[["municipality", "latitude", "longitude"]], on="municipality")
    located = located[located["estimate"].notna()]
    axes = canvas(
        title=_("Municipalities on the map"),
        subtitle=_(
            "Colour: {what}. Each dot lies where the town hall does, to about a kilometre; borders are not drawn."
        ).format(what=heading(ranking, language)),
        source=_("Source: the editions of this batch; places read off public maps, for drawing only."),
        evidence=ranking.evidence,
        language=language,
        height=MAP_INCHES,
    )
    values = located["estimate"].to_numpy(dtype=float)
    shades, norm = _shades(values)
    dots = ScalarMappable(norm, shades)
    west, east, south, north = MAP_FRAME
    axes.set(xlim=(west, east), ylim=(south, north), xlabel="", ylabel="")
    # A degree of longitude is as much shorter than one of latitude as the cosine of the latitude.
    axes.set_aspect(1 / math.cos(math.radians((south + north) / 2)))
    axes.set_xticks(range(4, 8), [_("{degrees}° E").format(degrees=degree) for degree in range(4, 8)], size=7.5)
    axes.set_yticks(range(51, 54), [_("{degrees}° N").format(degrees=degree) for degree in range(51, 54)], size=7.5)
    figure = axes.get_figure(root=True)
    assert isinstance(figure, MatplotlibFigure)
    bar = figure.colorbar(dots, ax=axes, orientation="horizontal", shrink=0.55, aspect=32, pad=0.02)
    bar.outline.set_visible(False)
    _write_ticks(bar.ax, ranking, language)
    spots = located[["longitude", "latitude"]].to_numpy(dtype=float)
    axes.scatter(
        spots[:, 0], spots[:, 1], c=values, cmap=shades, norm=norm, s=52, edgecolors=INK, linewidths=0.8, zorder=3
    )
    _write_names(axes, spots, located["municipality"].tolist())
    alt = _("Map with a dot per municipality, coloured by value, with its name beside it. {sentence}").format(
        sentence=describe_ranking(whole, language).text
    )
    return Figure(f"map_{slug(ranking)}", axes, alt, table_ranking(whole, language))


def _shades(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[Colormap, Normalize]:
    """Colours that part at zero when there are values on both sides of it, else from light to dark."""
    from matplotlib import colormaps  # noqa: PLC0415 - the registry of colours, read once

    low, high = float(values.min()), float(values.max())
    if low < 0 < high:
        widest = max(-low, high)
        return colormaps[DIVERGING], Normalize(-widest, widest)
    return colormaps[SEQUENTIAL], Normalize(low, high if high > low else low + 1)


def _write_names(axes: Axes, spots: np.ndarray[tuple[int, ...], np.dtype[np.float64]], names: list[str]) -> None:
    """Write each name near its dot, with a line where it could not stand beside it."""
    figure = axes.get_figure(root=True)
    assert isinstance(figure, MatplotlibFigure)
    written = [axes.annotate(name, spot, spot, size=NAME_SIZE, ha="center", va="center") for name, spot in
               zip(names, spots, strict=True)]  # fmt: skip
    for text in written:
        text.set_in_layout(False)  # names move with the map and never the map with its names
    figure.draw_without_rendering()  # sets the layout, without which nothing has a size
    scale = 72 / figure.dpi
    points = [(float(x) * scale, float(y) * scale) for x, y in axes.transData.transform(spots)]
    extents = [text.get_window_extent() for text in written]
    frame = axes.get_window_extent()
    places = place_labels(
        points,
        [(extent.width * scale, extent.height * scale) for extent in extents],
        (frame.x0 * scale, frame.y0 * scale, frame.x1 * scale, frame.y1 * scale),
    )
    line = {"arrowstyle": "-", "color": CONTEXT, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 4}
    for text, name, spot, point, place in zip(written, names, spots, points, places, strict=True):
        text.remove()
        offset = place.x - point[0], place.y - point[1]
        apart = abs(offset[1]) > place.half_height + NEAR or abs(offset[0]) > place.half_width + NEAR
        axes.annotate(
            name, spot, offset, textcoords="offset points", size=NAME_SIZE, ha="center", va="center",
            arrowprops=line if apart else None,
        ).set_in_layout(False)  # fmt: skip


def _write_ticks(axes: Axes, ranking: Ranking, language: Language) -> None:
    """Few ticks at round values, with no more decimals than the step between them has."""
    locator = MaxNLocator(6, steps=[1, 2, 5, 10])
    axes.xaxis.set_major_locator(locator)
    first, second, *_others = locator.tick_values(*axes.get_xlim())
    kind, _digits = _kind(ranking)
    step = (second - first) * (100 if ranking.unit == "share" else 1)
    column = Column("estimate", "", kind, max(0, -math.floor(math.log10(step) + ROUNDING_ERROR)))
    format_axis(axes.xaxis.set_major_formatter, lambda value: column.cell(float(value), language))


def _kind(ranking: Ranking) -> tuple[Kind, int]:
    """Format of the values: a share with signs when some are negative."""
    if ranking.unit == "share":
        return ("points" if ranking.frame["estimate"].min() < 0 else "percent"), 1
    if ranking.unit == IN_POINTS:
        return ("signed" if ranking.frame["estimate"].min() < 0 else "decimal"), 1
    if ranking.unit in ("eur", "eur_per_inhabitant"):
        return "euro", 0
    return "decimal", DIGITS.get(ranking.unit, 0)


def _value_text(ranking: Ranking, language: Language) -> Callable[[float], str]:
    kind, digits = _kind(ranking)
    column = Column("estimate", "", kind, digits)
    return lambda value: column.cell(float(value), language)
