"""How the chapter on change in the pilot shows families one by one, or counts them where that may not be."""

from __future__ import annotations

import textwrap

import pandas as pd
from matplotlib.axes import Axes

from evaluation.evidence import SUPPRESSED
from evaluation.measures.paired import reliable_threshold
from evaluation.measures.pilot_change import value_of
from evaluation.measures.pilot_scores import Instrument
from evaluation.measures.reliable_change import CLASSES, FamilyLines, ReliableChange
from evaluation.presentation.figure import BJH, CONTEXT, REST, SOFT_INK, Figure, canvas, format_axis
from evaluation.presentation.language import N_, Language
from evaluation.presentation.pilot_outcomes import MOMENTS, REASONS, label_of
from evaluation.presentation.table import Column, Table

COLOURS = {"improved": BJH, "unchanged": CONTEXT, "worse": REST}
SURE = {"improved": N_("improved"), "unchanged": N_("not sure"), "worse": N_("got worse")}
DIRECTIONS = {"improved": N_("better"), "unchanged": N_("the same"), "worse": N_("worse")}
COLUMNS = {"t0": N_("Start"), "t6": N_("6 months"), "t12": N_("12 months"), "end": N_("End")}


def plot_families(lines: FamilyLines, found: ReliableChange, language: Language) -> Figure:
    """A line per family from its first to its later score; where persons may not be shown, how many changed."""
    _ = language.translate
    one = lines.instrument
    names = _names(one, language)
    counts = _counted(lines, found, names, language)
    axes = canvas(
        title=counts.title
        if lines.withheld
        else _("Each family at the start and at {moment}").format(moment=_(MOMENTS[lines.follow_up])),
        subtitle=_("{outcome}, points; {direction} is better").format(
            outcome=label_of(one, language), direction=_("higher") if one.higher_is_better else _("lower")
        ),
        source=_("Source: registry, pilot families with both scores: {n}.").format(
            n=Column("n", "", "integer").cell(found.primary["n"], language)
        ),
        evidence=lines.evidence,
        language=language,
        height=1.6 if lines.withheld else 3.4,
    )
    pairs = lines.frame[lines.frame["change"] != ""]
    said = "; ".join(": ".join(cells) for cells in counts.cells())
    if lines.withheld:
        text = f"{counts.note} {said}."
        _say(axes, text)
        return Figure("families", axes, text, counts)
    numbers = _listed(lines, names, language)
    if pairs.empty:
        text = _("Nothing is drawn: no family has both scores.")
        _say(axes, text)
        return Figure("families", axes, text, numbers)
    _draw(axes, pairs, names, language)
    alt = _("A line per family from its first to its later score. {numbers}").format(numbers=f"{said}.")
    return Figure("families", axes, alt, numbers)


def _names(one: Instrument, language: Language) -> dict[str, str]:
    """Names of the kinds of change: sure ones where a threshold is known, else the direction alone."""
    sure = reliable_threshold(one.norm_sd, one.reliability) is not None
    return {kind: language.translate((SURE if sure else DIRECTIONS)[kind]) for kind in CLASSES}


def _draw(axes: Axes, frame: pd.DataFrame, names: dict[str, str], language: Language) -> None:
    _ = language.translate
    for before, after, change in frame[["before", "after", "change"]].itertuples(index=False, name=None):
        axes.plot([0, 1], [before, after], "-o", color=COLOURS[change], linewidth=1.3, markersize=5, alpha=0.85)
    bottom, top = axes.get_ylim()
    ends = {kind: frame.loc[frame["change"] == kind, "after"] for kind in CLASSES}
    place = -float("inf")
    # Each label stands at the end of a line of its kind, the middle one, tied to it where it had to move.
    heights = {kind: sorted(ends[kind])[len(ends[kind]) // 2] for kind in CLASSES if len(ends[kind])}
    for kind, height in sorted(heights.items(), key=lambda own: float(own[1])):
        place = max(float(height), place + 0.08 * (top - bottom))
        label = f"{names[kind]}: {language.integer(len(ends[kind]))}"
        color = COLOURS[kind] if kind != "unchanged" else SOFT_INK
        line = {"arrowstyle": "-", "color": COLOURS[kind], "linewidth": 0.8, "shrinkA": 0, "relpos": (0, 0.5)}
        axes.annotate(
            label, (1, float(height)), (1.08, place), va="center", color=color, weight="bold", arrowprops=line
        )
    axes.set_xlim(-0.25, 1.6)
    axes.set_xticks([0, 1], [_("start"), _("later")])
    axes.grid(visible=False, axis="x")
    format_axis(axes.yaxis.set_major_formatter, language.shortest)


def _say(axes: Axes, text: str) -> None:
    axes.set_axis_off()
    wrapped = "\n".join(textwrap.wrap(text, 80))
    axes.text(0.5, 0.5, wrapped, transform=axes.transAxes, ha="center", va="center", color=SOFT_INK)


def _listed(lines: FamilyLines, names: dict[str, str], language: Language) -> Table:
    """Every score of every family, and why a pair is missing."""
    _ = language.translate
    frame = lines.frame
    ends = [
        names[change] if change else _(REASONS[reason]) if reason in REASONS else reason
        for change, reason in zip(frame["change"], frame["reason"], strict=True)
    ]
    return Table(
        id="families",
        title=_("Every family on {outcome}").format(outcome=label_of(lines.instrument, language)),
        columns=(
            Column("family", _("Family"), "integer"),
            *(Column(moment, _(label), "decimal") for moment, label in COLUMNS.items()),
            Column("result", _("Change, or why it is unknown")),
        ),
        frame=frame.assign(family=range(1, len(frame) + 1), result=ends),
        note=_("Families are numbered by their first score; the number is no key."),
        evidence=lines.evidence,
        language=language,
    )


def _counted(lines: FamilyLines, found: ReliableChange, names: dict[str, str], language: Language) -> Table:
    """How many families improved, stayed or got worse on the primary outcome: never their scores."""
    _ = language.translate
    known = reliable_threshold(lines.instrument.norm_sd, lines.instrument.reliability) is not None
    counts: dict[str, object] = dict.fromkeys(CLASSES, SUPPRESSED)
    if known:
        counts = {kind: value_of(found.primary[kind]) for kind in CLASSES}
    elif not lines.withheld:
        counts = {kind: int((lines.frame["change"] == kind).sum()) for kind in CLASSES}
    rows = [{"label": names[kind], "families": counts[kind]} for kind in CLASSES]
    return Table(
        id="families",
        title=_("Families by their change on {outcome}").format(outcome=label_of(lines.instrument, language)),
        columns=(Column("label", _("Change")), Column("families", _("Families"), "integer")),
        frame=pd.DataFrame(rows).astype(object),
        note=_(
            "No line per family is drawn for a register: the scores of one family are those of people. Shown is how "
            "many changed, where the numbers are large enough."
        ),
        evidence=lines.evidence,
        language=language,
    )
