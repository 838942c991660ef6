"""How the use of plans is shown: not offered and not wanted are two different things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.evidence import is_suppressed
from evaluation.measures.kaplan_meier import LEVEL
from evaluation.measures.plan_use import BY_COMPLEXITY, PlanUse
from evaluation.presentation.figure import BJH, CONTEXT, Figure, canvas, format_axis
from evaluation.presentation.interval_rows import IntervalRow, draw_rows, with_certainty
from evaluation.presentation.labels import CASES, PLANS
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

SHARES = {"offered": N_("offered, of considered"), "wanted": N_("wanted, of offered"), "made": N_("made, of offered")}
COLORS = {"offered": CONTEXT, "wanted": CONTEXT, "made": BJH}


def table_plans(plans: PlanUse, language: Language) -> Table:
    """Plans by what became of them, with shares."""
    _ = language.translate
    return Table(
        id="plans",
        title=_("Plans: considered, offered, wanted and made"),
        columns=(
            Column("label", _("Plan")),
            Column("considered", _("Considered"), "integer"),
            Column("not_offered", _("Not offered"), "integer"),
            Column("not_wanted", _("Offered, not wanted"), "integer"),
            Column("not_made", _("Not made (yet)"), "integer"),
            Column("made", _("Made"), "integer"),
            Column("offered_share", _("Offered"), "percent", 0, ("offered_low", "offered_high")),
            Column("wanted_share", _("Wanted, of offered"), "percent", 0, ("wanted_low", "wanted_high")),
            Column("made_share", _("Made, of offered"), "percent", 0, ("made_low", "made_high")),
        ),
        frame=plans.frame.assign(label=[_label(row, language) for row in plans.frame.to_dict("records")]),
        note=_(
            "Plans considered since {since}, as known on {day}; shares with {level} intervals. Where it was not "
            "written down whether a plan was offered, it counts in none of the shares."
        ).format(
            since=language.day(plans.since), day=language.day(plans.reference_date), level=language.percent(LEVEL, 0)
        ),
        evidence=plans.evidence,
        language=language,
    )


def plot_plans(plans: PlanUse, language: Language) -> Figure:
    """Shares offered, wanted and made, of each kind of plan."""
    _ = language.translate
    table = table_plans(plans, language)
    whole = plans.frame[plans.frame["case"] == ""].to_dict("records")
    axes = canvas(
        title=_("Not offered, or not wanted?"),
        subtitle=_("Share with its {level} interval").format(level=language.percent(LEVEL, 0)),
        source=_("Source: registry, plans considered from {since} up to and including {day}.").format(
            since=language.day(plans.since), day=language.day(plans.reference_date)
        ),
        evidence=plans.evidence,
        language=language,
        height=0.6 + 0.34 * len(whole) * len(SHARES),
    )
    rows = [
        IntervalRow(
            f"{_(PLANS[row['kind']])}: {_(text)}",
            row[f"{share}_share"],
            row[f"{share}_low"],
            row[f"{share}_high"],
            COLORS[share],
        )
        for row in whole
        for share, text in SHARES.items()
    ]
    texts = draw_rows(axes, rows, lambda value: language.percent(value, 0), language)
    axes.set_xlim(0, 1)
    format_axis(axes.xaxis.set_major_formatter, lambda value: language.percent(value, 0))
    alt = _("Lines with shares by kind of plan. {values}.").format(values="; ".join(texts))
    return Figure("plans", axes, alt, table)


def describe_plans(plans: PlanUse, language: Language) -> Sentence:
    """Whether family group plans are rare because they are not offered or because they are not wanted."""
    _ = language.translate
    row = plans.row("family_group_plan")
    shares = [(row[f"{name}_share"], row[f"{name}_low"], row[f"{name}_high"]) for name in SHARES]
    if not plans.delivered:
        text = _("Plans were not delivered, so whether they are not offered or not wanted is unknown.")
    elif any(is_suppressed(share) for share, _low, _high in shares):
        text = _("How often family group plans are offered, wanted and made is not shown: too few tell.")
    elif any(share is None for share, _low, _high in shares):
        text = _("How often family group plans are offered, wanted and made is unknown: too little is written down.")
    else:
        offered, wanted, made = (
            with_certainty(share, lambda value: language.percent(value, 0), LEVEL, language) for share in shares
        )
        text = _(
            "Of the families for whom a family group plan was considered, {offered} were offered one. Of those, "
            "{wanted} wanted it and {made} made one. Whoever counts plans only cannot tell not offered from not wanted."
        ).format(offered=offered, wanted=wanted, made=made)
    return Sentence(text, plans.evidence, language)


def describe_complex_only(plans: PlanUse, language: Language) -> Sentence:
    """Whether the explanatory analysis is made in complex cases only."""
    _ = language.translate
    complex_made, simple_made = (plans.row(BY_COMPLEXITY, case)["made"] for case in ("complex", "simple"))
    if not plans.delivered or complex_made is None or simple_made is None:
        text = _("Whether the explanatory analysis is made in complex cases only is unknown.")
    elif is_suppressed(complex_made) or is_suppressed(simple_made):
        text = _("Whether the explanatory analysis is made in complex cases only is not shown: too few tell.")
    elif not complex_made and not simple_made:
        text = _("No explanatory analysis was made of a case of which it is known whether it was complex.")
    else:
        text = _("Explanatory analyses made: {n} in cases that were called complex, {others} in others.").format(
            n=language.integer(complex_made), others=language.integer(simple_made)
        )
        unknown = plans.row(BY_COMPLEXITY, "unknown")["made"]
        if is_suppressed(unknown) or unknown:
            left = _("Of {n} more it is unknown whether the case was complex.").format(n=language.integer(unknown))
            text = f"{text} {left}"
    return Sentence(text, plans.evidence, language)


def _label(row: Mapping[Any, Any], language: Language) -> str:
    _ = language.translate
    plan = _(PLANS[row["kind"]])
    return f"{plan}: {_(CASES[row['case']])}" if row["case"] else plan
