"""How the chapter on durations shows groups: curves side by side, a table, and the test between them."""

from __future__ import annotations

import pandas as pd

from evaluation.evidence import Mark
from evaluation.measures.kaplan_meier import LEVEL
from evaluation.measures.survival_groups import LengthByGroup
from evaluation.presentation.figure import BENCHMARK, BJH, CONTEXT, REST, Figure, canvas, drawn, format_axis, label_ends
from evaluation.presentation.labels import GROUPINGS, group_label
from evaluation.presentation.language import NOT_SHOWN, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

COLOURS = (BJH, REST, BENCHMARK, CONTEXT)


def table_length_by_group(groups: LengthByGroup, language: Language) -> Table:
    """Median, restricted mean and difference with the largest group, per group."""
    _ = language.translate
    name = _(GROUPINGS[groups.grouping])
    frame = groups.frame.assign(
        label=[group_label(groups.grouping, value, language) for value in groups.frame["group"]],
        difference=[_difference(row, language) for _index, row in groups.frame.iterrows()],
    )
    return Table(
        id=f"length_by_{groups.grouping.removesuffix('_code')}",
        title=_("Length of trajectories by {dimension}, in months").format(dimension=name),
        columns=(
            Column("label", name.capitalize()),
            Column("n", _("Trajectories"), "integer"),
            Column("ended", _("Ended"), "integer"),
            Column("median_months", _("Half has ended by"), "decimal", interval=("median_low", "median_high")),
            Column(
                "restricted_months", _("Restricted mean"), "decimal", interval=("restricted_low", "restricted_high")
            ),
            Column("difference", _("Difference with the largest group")),
        ),
        frame=frame,
        note=_(
            "Restricted mean: no more than {months} months of each trajectory counted; the difference is in this mean. "
            "In brackets: {level} intervals. Unknown: not reached in the months that the group could be followed."
        ).format(months=groups.horizon_months, level=language.percent(LEVEL, 0)),
        evidence=groups.evidence,
        language=language,
    )


def plot_length_by_group(groups: LengthByGroup, language: Language) -> Figure:
    """The curves of the four largest groups with a label at their ends."""
    _ = language.translate
    table = table_length_by_group(groups, language)
    axes = canvas(
        title=_("How many trajectories last longer, by {dimension}").format(dimension=_(GROUPINGS[groups.grouping])),
        subtitle=_(
            "Share of trajectories that last longer, by months since the start; bands: {level} intervals"
        ).format(level=language.percent(LEVEL, 0)),
        source=_("Source: registry, {since} up to and including {day}. Each line stops where few are left.").format(
            since=language.day(groups.since), day=language.day(groups.reference_date)
        ),
        evidence=groups.evidence,
        language=language,
    )
    ends = []
    for group, colour in zip(groups.frame["group"], COLOURS, strict=False):
        curve = groups.curves[(groups.curves["group"] == group) & groups.curves["drawn"].astype(bool)]
        if len(curve) > 1:
            months, low, high = (drawn(curve[column]) for column in ("month", "ci_low", "ci_high"))
            axes.fill_between(months, low, high, color=colour, alpha=0.13, linewidth=0)
            axes.plot(months, drawn(curve["survival"]), color=colour, linewidth=2)
            last = curve.iloc[-1]
            ends.append((float(last["month"]), float(last["survival"]), group_label(groups.grouping, group, language)))
    label_ends(axes, ends)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel(_("Months since the start"))
    format_axis(axes.yaxis.set_major_formatter, lambda value: language.percent(value, 0))
    format_axis(axes.xaxis.set_major_formatter, language.integer)
    names = [group_label(groups.grouping, group, language) for group in groups.frame["group"]]
    alt = _(
        "Falling lines of the share of trajectories that last longer, one for each of the largest groups: {groups}."
    )
    return Figure(table.id, axes, alt.format(groups=language.listing(names[: len(COLOURS)] or [_("unknown")])), table)


def _difference(row: pd.Series[float], language: Language) -> str:
    """The difference with its interval; none for the largest group itself, which comes first."""
    _ = language.translate
    if isinstance(row["difference_months"], Mark):
        return _(NOT_SHOWN)
    if row.name == 0:
        return "–"
    if pd.isna(row["difference_months"]):
        return _("unknown")
    return _("{value} ({low} to {high})").format(
        value=language.shortest(row["difference_months"]),
        low=language.shortest(row["difference_low"]),
        high=language.shortest(row["difference_high"]),
    )


def describe_log_rank(groups: LengthByGroup, language: Language) -> Sentence:
    """Whether the differences between groups can be chance."""
    _ = language.translate
    test = groups.log_rank
    name = _(GROUPINGS[groups.grouping])
    if test.p_value is None or test.chi_square is None:
        text = _("By {dimension} there is too little to compare.").format(dimension=name)
        return Sentence(text, groups.evidence, language)
    if isinstance(test.p_value, Mark) or isinstance(test.chi_square, Mark):
        text = _("By {dimension} too few trajectories ended to show whether differences can be chance.")
        return Sentence(text.format(dimension=name), groups.evidence, language)
    verdict = (
        _("Differences as large as these by {dimension} would be rare if all groups had the same length")
        if test.p_value < 1 - LEVEL
        else _("Differences as large as these by {dimension} can be chance")
    ).format(dimension=name)
    why = _("if lengths were equal, chance would give them {how_often}; log-rank test").format(
        how_often=_how_often(test.p_value, language)
    )
    text = f"{verdict} ({why}). {_from_original_start(groups, test.p_value, language)}".strip()
    return Sentence(text, groups.evidence, language)


def _how_often(p_value: float, language: Language) -> str:
    _ = language.translate
    if p_value < 0.001:
        return _("less often than once in {often} times").format(often=language.integer(1000))
    return _("{share} of the time").format(share=language.percent(p_value))


def _from_original_start(groups: LengthByGroup, p_value: float, language: Language) -> str:
    """Say whether the answer is the same when lengths are counted from a start elsewhere; nothing without one."""
    _ = language.translate
    test = groups.original_log_rank
    if test is None or test.p_value is None or isinstance(test.p_value, Mark):
        return ""
    if (test.p_value < 1 - LEVEL) == (p_value < 1 - LEVEL):
        return _("Counted from the start elsewhere, where there was one, the answer is the same.")
    text = (
        _("Counted from the start elsewhere, where there was one, they would be rare ({how_often}).")
        if test.p_value < 1 - LEVEL
        else _("Counted from the start elsewhere, where there was one, they can be chance ({how_often}).")
    )
    unsure = _("So the answer depends on from when lengths are counted.")
    return f"{text.format(how_often=_how_often(test.p_value, language))} {unsure}"
