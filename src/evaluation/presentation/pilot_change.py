"""How the chapter on change in the pilot shows change per outcome, and what the missing scores leave open."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from evaluation.evidence import Estimate, Mark, any_withheld
from evaluation.measures.pilot_change import Changes, MissingBounds, value_of
from evaluation.measures.shrinkage import Detectable
from evaluation.presentation.figure import BJH, CONTEXT, SOFT_INK, Figure, canvas, format_axis
from evaluation.presentation.language import N_, Language
from evaluation.presentation.pilot_outcomes import label_of, outcome_label
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

SMALL_P = 0.01
QUANTITIES = {
    "mean": N_("Mean change, points"),
    "median": N_("Change of the family in the middle, points"),
    "share_better": N_("Share that changed for the better"),
}


def describe_primary(changes: Changes, language: Language) -> Sentence:
    """The change on the primary outcome: the answer of the chapter."""
    _ = language.translate
    row, one = changes.primary, changes.instruments[0]
    outcome = label_of(one, language)
    change, low, high, p = (value_of(row[name]) for name in ("change", "low", "high", "p"))
    if isinstance(change, Mark):
        first = _("The change on {outcome} is not shown: fewer families than may be shown have both scores.").format(
            outcome=outcome
        )
    elif change is None:
        first = _("Whether anything changed on {outcome} is unknown: no family has both scores.").format(
            outcome=outcome
        )
    else:
        first = _("On {outcome}, named in advance, the middle of the changes is {change} points{direction}").format(
            outcome=outcome, change=language.signed(change), direction=_direction(change, language)
        )
        if isinstance(low, float) and isinstance(high, float):
            first += " " + _("(with {level} certainty between {low} and {high})").format(
                low=language.signed(low), high=language.signed(high), level=language.percent(changes.level, 0)
            )
            first += ". " + _fits_no_change(p, (low, high), changes.level, language)
            first += _by_chance(p, language)
        else:
            first += ". " + _("With so few families there is no interval.")
    last = _("There is no group to compare with, so where a change comes from cannot be said.")
    return Sentence(f"{first} {last}", changes.evidence, language)


def _fits_no_change(p: Estimate, interval: tuple[float, float], level: float, language: Language) -> str:
    """Whether no change fits the interval; where the exact test, which knows ties, says otherwise, neither is firm."""
    _ = language.translate
    fits = interval[0] <= 0 <= interval[1]
    if isinstance(p, float) and (p < 1 - level) == fits:
        return _("Whether no change at all fits that too is on the edge: the interval and the test below differ.")
    return _("No change at all fits that too.") if fits else _("No change at all does not fit that.")


def _by_chance(p: Estimate, language: Language) -> str:
    """The exact p-value as a number of groups in a hundred; a small one is below one and never zero."""
    _ = language.translate
    if not isinstance(p, float):
        return ""
    few = _("fewer than 1") if p < SMALL_P else language.integer(100 * p)
    text = _(
        "If nothing changed, {n} of 100 such groups would show a change at least this large by chance, either way."
    )
    return " " + text.format(n=few)


def _direction(change: float, language: Language) -> str:
    _ = language.translate
    if round(change, 1) == 0:
        return ""
    return _(", for the better") if change > 0 else _(", for the worse")


def table_changes(changes: Changes, language: Language) -> Table:
    """Every outcome with its change, tests, and families without both scores."""
    _ = language.translate
    frame = changes.frame.assign(
        label=[outcome_label(row["instrument"], row["domain"], language) for row in changes.frame.to_dict("records")],
        holm=[_holm(at, row, language) for at, row in enumerate(changes.frame.to_dict("records"))],
    )
    return Table(
        id="changes",
        title=_("Change per outcome, positive is better"),
        columns=(
            Column("label", _("Outcome")),
            Column("n", _("Families with both scores"), "integer"),
            Column("n_missing", _("Without"), "integer"),
            Column("by_worker", _("Scored by the worker"), "integer"),
            Column("before", _("Mean at the start"), "decimal"),
            Column("after", _("Mean later"), "decimal"),
            Column("change", _("Middle of the changes"), "decimal", 1, ("low", "high")),
            Column("p", _("p-value (ranks)"), "p_value", 3),
            Column("p_flip", _("p-value (signs)"), "p_value", 3),
            Column("holm", _("p-value, adjusted")),
        ),
        frame=frame,
        note=_(
            "Hodges-Lehmann estimate with its exact {level} interval, from {six} families on. p-values are "
            "exact; those "
            "of all outcomes but the first are adjusted for their number (Holm)."
        ).format(level=language.percent(changes.level, 0), six=6),
        evidence=changes.evidence,
        language=language,
    )


def _holm(at: int, row: Mapping[Any, Any], language: Language) -> str:
    return (
        language.translate(N_("primary"))
        if at == 0
        else Column("p_holm", "", "p_value", 3).cell(row["p_holm"], language)
    )


def describe_changes(changes: Changes, language: Language) -> Sentence:
    """How many of the other outcomes changed, once adjusted for their number."""
    _ = language.translate
    others = [value_of(value) for value in changes.frame["p_holm"].iloc[1:]]
    known = [value for value in others if isinstance(value, float)]
    if not others:
        text = _("The families were scored on no other outcome that can be compared.")
    elif not known:
        text = _("Of the other outcomes none can be tested, or none may be shown.")
    else:
        found = sum(value <= 1 - changes.level for value in known)
        text = _(
            "Other outcomes that changed by more than chance explains, adjusted for their number: {found} of {n}. They "
            "are for finding questions, not for answering them."
        ).format(n=len(known), found=found)
    return Sentence(text, changes.evidence, language)


def table_bounds(bounds: MissingBounds, language: Language) -> Table:
    """What the missing scores could change."""
    _ = language.translate

    def cell(row: Mapping[Any, Any], name: str) -> str:
        share = row["quantity"] == "share_better"
        return Column(name, "", "percent" if share else "decimal", 0 if share else 1).cell(
            value_of(row[name]), language
        )

    rows = []
    for row in bounds.frame.to_dict("records"):
        quantity = QUANTITIES[row["quantity"]]
        rows.append({"label": _(quantity), **{name: cell(row, name) for name in ("observed", "worst", "best")}})
    return Table(
        id="missing_bounds",
        title=_("What the missing scores could change, {outcome}").format(
            outcome=label_of(bounds.instrument, language)
        ),
        columns=(
            Column("label", _("Outcome")),
            Column("observed", _("Families with both scores")),
            Column("worst", _("All families, at worst")),
            Column("best", _("All families, at best")),
        ),
        frame=pd.DataFrame(rows),
        note=_("At worst and at best: every missing score takes the worst or the best value of the scale."),
        evidence=bounds.evidence,
        language=language,
    )


def describe_bounds(bounds: MissingBounds, language: Language) -> Sentence:
    """Whether the missing families could turn the direction."""
    _ = language.translate
    worst, best = (value_of(bounds.row("mean")[name]) for name in ("worst", "best"))
    if any_withheld(worst, best, bounds.n_missing):
        text = _("What the families without both scores could change is not shown: their number is too small for that.")
    elif worst is None or best is None:
        text = _(
            "What the families without both scores could change is unknown: there are none, or the scale is not known."
        )
    elif bounds.n_missing == 0:
        text = _("Every family has both scores: nothing is left open.")
    elif isinstance(worst, float) and isinstance(best, float) and worst < 0 < best:
        text = _(
            "{missing} families have no pair of scores. Depending on those, the mean change of all families "
            "lies anywhere "
            "between {worst} and {best} points: their scores could turn the direction."
        ).format(missing=language.integer(bounds.n_missing), worst=language.signed(worst), best=language.signed(best))
    else:
        text = _(
            "{missing} families have no pair of scores. Whatever those are, the mean change of all families "
            "lies between "
            "{worst} and {best} points: its direction stays the same."
        ).format(
            missing=language.integer(bounds.n_missing),
            worst=language.signed(float(worst)),  # type: ignore[arg-type]
            best=language.signed(float(best)),  # type: ignore[arg-type]
        )
    return Sentence(text, bounds.evidence, language)


def plot_changes(changes: Changes, found: Detectable, language: Language) -> Figure:
    """The change on every outcome in standard deviations of the change, with the smallest one to be seen."""
    _ = language.translate
    table = table_changes(changes, language)
    rows = changes.frame.to_dict("records")
    axes = canvas(
        title=_("Change per outcome"),
        subtitle=_(
            "Middle of the changes in standard deviations of the change, positive is better; lines: exact {level} "
            "interval; blue: primary outcome"
        ).format(level=language.percent(changes.level, 0)),
        source=_(
            "Source: registry, pilot families with both scores. Dotted: smallest change that {n} families show with a "
            "chance of {power}."
        ).format(n=language.integer(found.row("all")["n"]), power=language.percent(found.power, 0)),
        evidence=changes.evidence,
        language=language,
        height=0.8 + 0.42 * len(rows),
    )
    texts = [table.columns[6].cell_of(row, language) for row in rows]
    effect = value_of(found.row("all")["effect"])
    if all(_scaled(row, "change") is None for row in rows):
        _say_changes(axes, rows, texts, language)
    else:
        _draw_changes(axes, rows, texts, effect)
        format_axis(axes.xaxis.set_major_formatter, language.signed)
    axes.set_yticks(range(len(rows)), table.frame["label"])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    said = "; ".join(f"{name}: {text}" for name, text in zip(table.frame["label"], texts, strict=True))
    alt = _("One line per outcome with its change and interval, in points: {values}.").format(values=said)
    return Figure("changes", axes, alt, table)


def _draw_changes(axes: Axes, rows: list[dict[Hashable, Any]], texts: list[str], effect: Estimate) -> None:
    if isinstance(effect, float):
        for end in (-effect, effect):
            axes.axvline(end, color=CONTEXT, linewidth=1, linestyle=(0, (2, 3)))
    axes.axvline(0, color=SOFT_INK, linewidth=1)
    for at, (row, text) in enumerate(zip(rows, texts, strict=True)):
        color = BJH if at == 0 else SOFT_INK
        change, low, high = (_scaled(row, name) for name in ("change", "low", "high"))
        if change is None:
            axes.annotate(text, (0, at), (6, 0), textcoords="offset points", va="center", color=SOFT_INK, size=8)
            continue
        if low is not None and high is not None:
            axes.hlines(at, low, high, color=color, linewidth=2.4)
        axes.plot(change, at, "o", color=color, markersize=8)
    axes.xaxis.set_major_locator(MultipleLocator(0.5))
    left, right = axes.get_xlim()
    axes.set_xlim(min(left, -1), max(right, 1))


def _say_changes(axes: Axes, rows: list[dict[Hashable, Any]], texts: list[str], language: Language) -> None:
    """Write the changes where their spread is not known or not shown, and nothing can be put on one measure."""
    for at, (row, text) in enumerate(zip(rows, texts, strict=True)):
        known = isinstance(value_of(row["change"]), float)
        said = language.translate(N_("{points} points")).format(points=text) if known else text
        axes.text(0.02, at, said, va="center", color=SOFT_INK)
    axes.set_xlim(0, 1)
    axes.set_xticks([])


def _scaled(row: Mapping[Any, Any], name: str) -> float | None:
    """A change in standard deviations; None when either is not known or not shown."""
    value, spread = value_of(row[name]), value_of(row["sd"])
    return value / spread if isinstance(value, float) and isinstance(spread, float) and spread > 0 else None
