"""Which part of the help BJH gives, and where the clients of Open House went."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from evaluation.evidence import Mark, any_withheld
from evaluation.measures.open_house_coverage import Coverage
from evaluation.measures.open_house_transitions import STATES, Transitions
from evaluation.presentation.figure import BJH, CONTEXT, INK, REST, SOFT_INK, Figure, canvas, drawn, format_axis
from evaluation.presentation.language import N_, NOT_SHOWN, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

STATE_NAMES = {
    "open_house": N_("Open House only"),
    "both": N_("both at once"),
    "bjh": N_("BJH only"),
    "out": N_("neither"),
}
COLOURS = {"open_house": REST, "both": "#7fb2d6", "bjh": BJH, "out": "#d5d8da"}
BAR = 0.24  # width of a month in the picture of the cohort, in steps
SPACE = 0.03  # between the states of a month, as a share of the cohort


def plot_coverage(found: Coverage, language: Language) -> Figure:
    """Share of BJH by month, with the band that counting parallel help once leaves."""
    _ = language.translate
    title = _("Share of BJH in the help with the products of Open House")
    axes = canvas(
        title=title,
        subtitle=_(
            "Line: share of trajectory-months. Band: share of clients, those with both counted with Open House (below) "
            "or with BJH (above)"
        ),
        source=_("Source: lines of Open House and trajectories of BJH up to {day}; products: {n}.").format(
            day=language.day(found.reference_date), n=language.integer(found.products)
        ),
        evidence=found.evidence,
        language=language,
        height=2.5,
    )
    frame = found.frame
    positions = np.arange(len(frame))
    share, low, high = (drawn(frame[name]) for name in ("share", "share_low", "share_high"))
    axes.fill_between(positions, low, high, color=BJH, alpha=0.25, linewidth=0)
    axes.plot(positions, share, color=BJH, linewidth=2.2)
    if len(share) and not np.isnan(share[-1]):
        axes.plot(positions[-1], share[-1], "o", color=BJH, markersize=5)
        text = language.percent(share[-1], 0)
        axes.annotate(text, (positions[-1], share[-1]), (7, 0), textcoords="offset points", va="center")
    axes.set_xlim(-0.5, max(len(frame) - 1, 1) * 1.08)
    axes.set_ylim(0, 1)
    _month_ticks(axes, frame["month"], language)
    format_axis(axes.yaxis.set_major_formatter, lambda value: language.percent(value, 0))
    numbers = Table(
        id="coverage",
        title=title,
        columns=(
            Column("month", _("Month"), "month"),
            Column("open_house_trajectories", _("Trajectories in Open House"), "integer"),
            Column("bjh_trajectories", _("Trajectories in BJH"), "integer"),
            Column("share", _("Share of BJH"), "percent", 0),
            Column("only_open_house", _("Clients in Open House only"), "integer"),
            Column("both", _("Clients in both"), "integer"),
            Column("only_bjh", _("Clients in BJH only"), "integer"),
        ),
        frame=frame,
        note=_(
            "A trajectory counts in every month in which it ran for a day or more. A month without lines of Open House "
            "is unknown. Lines of the last month without a client: {missing}."
        ).format(missing=language.integer(found.n_missing)),
        evidence=found.evidence,
        language=language,
    )
    alt = _("{title}. {sentence}").format(title=title, sentence=describe_coverage(found, language).text)
    return Figure("coverage", axes, alt, numbers)


def describe_coverage(found: Coverage, language: Language) -> Sentence:
    """The share of the last month, and how many have both."""
    _ = language.translate
    last = found.last
    if last is None or last["share"] is None:
        text = _("Which part of this help BJH gives is unknown: no help in the last month was delivered.")
        return Sentence(text, found.evidence, language)
    if any_withheld(last["share"]):
        text = _("Which part of this help BJH gives is not shown, because it would tell on too few people.")
        return Sentence(text, found.evidence, language)
    text = _("In {month} {share} of the trajectory-months with these {products} products were in BJH.").format(
        month=language.month(last["month"]),
        share=language.percent(last["share"], 0),
        products=language.integer(found.products),
    )
    share, low, high = found.in_both
    if isinstance(share, Mark):
        text += " " + _("How many clients had both at once is not shown, because they are too few.")
    elif share is None or not isinstance(low, float) or not isinstance(high, float):
        text += " " + _("Nobody had help in Open House, so nobody had both at once.")
    else:
        text += " " + _(
            "Of the clients in Open House {both} ({low} to {high}) had BJH in the same month: they stand on both sides "
            "when trajectories are counted."
        ).format(both=language.percent(share), low=language.percent(low), high=language.percent(high))
    return Sentence(text, found.evidence, language)


def plot_transitions(found: Transitions, language: Language) -> Figure:
    """The cohort by half-year: a bar per state, and bands of the clients who went from one to the next."""
    _ = language.translate
    title = _("Where the clients went who were in Open House in {month}").format(month=language.month(found.first))
    n = language.integer(found.n) if found.n is not None else _("unknown")
    axes = canvas(
        title=title,
        subtitle=_("Clients by where they have help, half-year by half-year; bands: from one state to the next"),
        source=_("Source: lines of Open House and trajectories of BJH; clients followed: {n}.").format(n=n),
        evidence=found.evidence,
        language=language,
        height=3.3,
    )
    places = _places(found)
    points = list(dict.fromkeys(found.states["month"]))
    for (at, state), (low, high) in places.items():
        axes.bar(at, high - low, BAR, low, color=COLOURS[state])
        # The last bar has its numbers beside it.
        if high - low >= SPACE * _size(found) and at < len(points) - 1:
            axes.annotate(
                language.integer(high - low),
                (at, (low + high) / 2),
                ha="center",
                va="center",
                size=7.5,
                color=INK if state in ("out", "both") else "white",
            )
    _bands(axes, found, places, points)
    for at, month in enumerate(points):
        _hidden(axes, found, at, month, language)
    if not places:
        axes.text(0.5, 0.5, _("unknown or not shown"), transform=axes.transAxes, ha="center", color=SOFT_INK)
    _end_labels(axes, places, len(points) - 1, _size(found), language)
    axes.set_xticks(range(len(points)), [language.month_short(month) for month in points])
    axes.set_xlim(-0.3, max(len(points) - 1, 1) + 0.95)
    axes.set_ylim(0, max(_size(found), 1) * (1 + SPACE * len(STATES)))
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)
    alt = _("{title}. {sentence}").format(title=title, sentence=describe_transitions(found, language).text)
    return Figure("transitions", axes, alt, table_states(found, language))


def _size(found: Transitions) -> float:
    """Clients in the tallest bar, as far as shown."""
    if isinstance(found.n, int):
        return float(found.n)
    values = drawn(found.states["clients"])
    return float(np.nansum(values)) if len(values) and not np.isnan(values).all() else 0.0


def _places(found: Transitions) -> dict[tuple[int, str], tuple[float, float]]:
    """Lower and upper end of every state in every month; a state that is not shown has no place."""
    places = {}
    space = SPACE * _size(found)
    for at, (_month, rows) in enumerate(found.states.groupby("month", sort=False)):
        sizes = dict(zip(rows["state"], drawn(rows["clients"]), strict=True))
        bottom = 0.0
        for state in reversed(STATES):
            if not np.isnan(sizes[state]) and sizes[state] > 0:
                places[at, state] = (bottom, bottom + sizes[state])
                bottom += sizes[state] + space
    return places


def _hidden(axes: Axes, found: Transitions, at: int, month: pd.Timestamp, language: Language) -> None:
    """Hatch what is left of the cohort in a month of which some states are not shown."""
    sizes = drawn(found.states.loc[found.states["month"] == month, "clients"])
    rest = _size(found) - float(np.nansum(sizes))
    if isinstance(found.n, Mark) or not np.isnan(sizes).any() or rest <= 0:
        return
    bottom = float(np.nansum(sizes)) + SPACE * _size(found) * int((sizes > 0).sum())
    axes.bar(at, rest, BAR, bottom, color="white", edgecolor=CONTEXT, hatch="////", linewidth=0.5)
    axes.annotate(language.translate(NOT_SHOWN), (at + BAR / 2 + 0.03, bottom + rest / 2), va="center", size=7.5)


def _bands(
    axes: Axes, found: Transitions, places: dict[tuple[int, str], tuple[float, float]], points: list[pd.Timestamp]
) -> None:
    """Bands between bars, as wide as the clients in them; what is not shown is left out."""
    for at, (month, _until) in enumerate(pairwise(points)):
        rows = found.steps[found.steps["month"] == month]
        left = {state: places[at, state][0] for state in STATES if (at, state) in places}
        right = {state: places[at + 1, state][0] for state in STATES if (at + 1, state) in places}
        moves = {(row["origin"], row["destination"]): row["clients"] for row in rows.to_dict("records")}
        for origin in reversed(STATES):
            for destination in reversed(STATES):
                size = drawn([moves.get((origin, destination))])[0]
                if np.isnan(size) or size == 0 or origin not in left or destination not in right:
                    continue
                _band(axes, (at + BAR / 2, left[origin]), (at + 1 - BAR / 2, right[destination]), size, COLOURS[origin])
                left[origin] += size
                right[destination] += size


def _band(axes: Axes, start: tuple[float, float], end: tuple[float, float], size: float, colour: str) -> None:
    (x0, y0), (x1, y1) = start, end
    middle = (x0 + x1) / 2
    vertices = [
        (x0, y0), (middle, y0), (middle, y1), (x1, y1),
        (x1, y1 + size), (middle, y1 + size), (middle, y0 + size), (x0, y0 + size), (x0, y0),
    ]  # fmt: skip
    codes = [Path.MOVETO, *(Path.CURVE4,) * 3, Path.LINETO, *(Path.CURVE4,) * 3, Path.CLOSEPOLY]
    axes.add_patch(PathPatch(Path(vertices, codes), facecolor=colour, alpha=0.35, linewidth=0))


def _end_labels(
    axes: Axes, places: dict[tuple[int, str], tuple[float, float]], last: int, size: float, language: Language
) -> None:
    """Name of each state beside the last bar, moved apart where they would overlap."""
    place = -np.inf
    for state in reversed(STATES):
        if (last, state) not in places:
            continue
        middle = sum(places[last, state]) / 2
        place = max(middle, place + 0.07 * size)
        low, high = places[last, state]
        name = f"{language.translate(STATE_NAMES[state])}: {language.integer(high - low)}"
        line = {"arrowstyle": "-", "color": CONTEXT, "linewidth": 0.7, "shrinkA": 0, "shrinkB": 0, "relpos": (0, 0.5)}
        axes.annotate(name, (last + BAR / 2, middle), (last + 0.2, place), va="center", size=8.5, arrowprops=line)


def table_states(found: Transitions, language: Language) -> Table:
    """How many of the cohort are in each state, half-year by half-year."""
    _ = language.translate
    return Table(
        id="states",
        title=_("Clients who were in Open House in {month}, by where they have help").format(
            month=language.month(found.first)
        ),
        columns=(
            Column("month", _("Month"), "month"),
            Column("label", _("Help in")),
            Column("clients", _("Clients"), "integer"),
            Column("share", _("Share (95% interval)"), "percent", 0, ("ci_low", "ci_high")),
        ),
        frame=found.states.assign(label=[_(STATE_NAMES[state]) for state in found.states["state"]]),
        note=_("The shares are state occupation probabilities; everybody is followed to the end, so they are counted."),
        evidence=found.evidence,
        language=language,
    )


def table_steps(found: Transitions, language: Language) -> Table:
    """From which state to which, half-year by half-year."""
    _ = language.translate
    wide = found.steps.assign(
        clients=found.steps["clients"].astype(object), label=[_(STATE_NAMES[state]) for state in found.steps["origin"]]
    )
    rows = []
    for (month, until, label), part in wide.groupby(["month", "until", "label"], sort=False):
        own = dict(zip(part["destination"], part["clients"], strict=True))
        rows.append({"month": month, "until": until, "label": label, **own})
    columns = ["month", "until", "label", *STATES]
    return Table(
        id="steps",
        title=_("From where to where, half-year by half-year"),
        columns=(
            Column("month", _("From"), "month"),
            Column("until", _("To"), "month"),
            Column("label", _("Was in")),
            *(Column(state, _(STATE_NAMES[state]), "integer") for state in STATES),
        ),
        frame=pd.DataFrame(rows, columns=columns, dtype=object),
        note=_("Clients of the cohort. Specialist help is in no table: who has only that stands under “neither”."),
        evidence=found.evidence,
        language=language,
        folded=True,
    )


def describe_transitions(found: Transitions, language: Language) -> Sentence:
    """Where the cohort is at the end."""
    _ = language.translate
    ends = {state: found.at_end(state) for state in STATES}
    if isinstance(found.n, Mark):
        text = _("Where the clients of Open House went is not shown, because they are too few.")
        return Sentence(text, found.evidence, language)
    if not found.n or any(row is None for row in ends.values()):
        text = _(
            "Where the clients of Open House went is unknown: no lines of {month} or a later half-year were delivered."
        ).format(month=language.month(found.first))
        return Sentence(text, found.evidence, language)
    parts = [f"{_(STATE_NAMES[state])} {_percent(row, language)}" for state, row in ends.items()]
    text = _(
        "Of the {n} clients who were in Open House in {first}, this is where they were in {last}: {parts}. Who is in "
        "neither may have no help any more or specialist help: that cannot be seen in these tables."
    ).format(
        n=language.integer(found.n),
        first=language.month(found.first),
        last=language.month(found.last),
        parts="; ".join(parts),
    )
    return Sentence(text, found.evidence, language)


def _percent(row: pd.Series | None, language: Language) -> str:
    """The share of a state, said in words when it is not shown."""
    known = row is not None and isinstance(row["share"], float)
    return language.percent(row["share"]) if known and row is not None else language.translate(N_("not shown"))


def _month_ticks(axes: Axes, months: pd.Series, language: Language) -> None:
    positions = np.arange(len(months))[::6]
    axes.set_xticks(positions, [language.month_short(months.iloc[at]) for at in positions])
