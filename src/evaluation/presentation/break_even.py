"""When the costs of the transition are earned back, and what the answer hangs on."""

from __future__ import annotations

import pandas as pd

from evaluation.measures.break_even import BreakEven, Uncertain
from evaluation.presentation.figure import BJH, CONTEXT, INK, REST, Figure, canvas, format_axis
from evaluation.presentation.labels import BREAK_EVEN, UNITS
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def table_parameters(even: BreakEven, language: Language) -> Table:
    """Parameters of the break-even with range and source."""
    _ = language.translate
    rows = [
        (
            _(BREAK_EVEN[name]),
            language.shortest(given.range.value),
            language.shortest(given.range.low),
            language.shortest(given.range.high),
            _(UNITS[given.unit]),
            _source(given, language),
        )
        for name, given in even.parameters.by_name().items()
    ]
    keys = ["what", "value", "low", "high", "unit", "source"]
    heads = [_("What"), _("Value"), _("At least"), _("At most"), _("Unit"), _("Source")]
    return Table(
        id="break_even_parameters",
        title=_("What the break-even is made of"),
        columns=tuple(Column(key, head) for key, head in zip(keys, heads, strict=True)),
        frame=pd.DataFrame(rows, columns=keys),
        note=_("Another value: change it, with its source, in the file of parameters and run again."),
        evidence=even.evidence,
        assumed=True,
        language=language,
        folded=True,
    )


def _source(given: Uncertain, language: Language) -> str:
    _ = language.translate
    if given.assumed:
        return _("assumption, no amount published")
    return given.source if given.source.startswith("https://") else _("presentations to the council")


def table_full_cost(even: BreakEven, language: Language) -> Table:
    """Costs per year beside the subsidy, and what is left of the advantage."""
    _ = language.translate
    yes_no = {True: _("yes"), False: _("no")}
    return Table(
        id="full_cost",
        title=_("Per year: what the published costs leave out, and what the advantage would be"),
        columns=(
            Column("label", _("What")),
            Column("eur_million_per_year", _("Millions of euros a year"), "decimal", 2),
            Column("by_assumption", _("Rests on an assumption")),
        ),
        frame=even.full_cost.assign(
            label=[_(BREAK_EVEN[name]) for name in even.full_cost["component"]],
            by_assumption=[yes_no[bool(assumed)] for assumed in even.full_cost["assumed"]],
        ),
        note=_(
            "Costs are negative. One-off costs are written off as equal yearly amounts at the discount rate. The table "
            "writes them off in {years} years; the figures look {horizon} years ahead, so the outcome can differ there."
        ).format(
            years=language.shortest(even.parameters.by_name()["annuity_years"].range.value),
            horizon=language.shortest(even.horizon_years),
        ),
        evidence=even.evidence,
        assumed=True,
        language=language,
    )


def plot_payback(even: BreakEven, language: Language) -> Figure:
    """Share of draws that have earned the transition back, by month."""
    _ = language.translate
    axes = canvas(
        title=_("When the transition would be earned back"),
        subtitle=_("Share of {draws} draws from the ranges of the parameters, by years since the start").format(
            draws=language.integer(even.draws)
        ),
        source=_("Parameters: assumptions where nothing was published; drawn independently."),
        evidence=even.evidence,
        assumed=True,
        language=language,
        height=2.3,
    )
    frame = even.distribution
    axes.step(frame["month"] / 12, frame["share_paid_back"], where="post", color=BJH, linewidth=2)
    axes.set_ylim(0, 1)
    axes.set_xlim(0, even.horizon_years)
    axes.set_xlabel(_("years since the start"))
    format_axis(axes.yaxis.set_major_formatter, lambda value: language.percent(value, 0))
    format_axis(axes.xaxis.set_major_formatter, language.shortest)
    alt = _("Rising curve; after {years} years {share} of the draws have earned the transition back.").format(
        years=even.horizon_years, share=language.percent(even.share_within_horizon, 0)
    )
    numbers = Table(
        id="payback",
        title=_("Share of the calculations in which the transition has been earned back"),
        columns=(Column("month", _("Month"), "integer"), Column("share_paid_back", _("Share"), "percent", 0)),
        frame=frame[frame["month"] % 12 == 0],
        note=_("At the end of each year."),
        evidence=even.evidence,
        assumed=True,
        language=language,
    )
    return Figure("payback", axes, alt, numbers)


def plot_tornado(even: BreakEven, language: Language) -> Figure:
    """How far each parameter moves the position at the horizon."""
    _ = language.translate
    frame = even.tornado
    axes = canvas(
        title=_("What the answer hangs on"),
        subtitle=_("Position after {years} years, millions of euros, with one parameter at an end of its range").format(
            years=even.horizon_years
        ),
        source=_("Line: all parameters at their central value. Above zero the transition has been earned back."),
        evidence=even.evidence,
        assumed=True,
        language=language,
        height=3.0,
    )
    names, said = [_(BREAK_EVEN[name]) for name in frame["parameter"]], []
    for position, row in enumerate(frame.to_dict("records")):
        for end, colour in (("at_low", REST), ("at_high", BJH)):
            axes.barh(position, row[end] - even.central_position, left=even.central_position, color=colour, height=0.6)
        ends = [language.decimal(row[end]) for end in ("at_low", "at_high")]
        said.append(f"{names[position]}: {' / '.join(ends)}")
    axes.axvline(even.central_position, color=INK, linewidth=1)
    axes.axvline(0, color=CONTEXT, linewidth=1, linestyle="--")
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.plot([], [], color=REST, linewidth=6, label=_("at the least of its range"))
    axes.plot([], [], color=BJH, linewidth=6, label=_("at the most of its range"))
    axes.legend(loc="lower right", frameon=False, fontsize=8.5)
    format_axis(axes.xaxis.set_major_formatter, language.integer)
    alt = _("Tornado chart, largest first, position at the least and the most of each range. {bars}.").format(
        bars="; ".join(said)
    )
    return Figure("tornado", axes, alt, _table_tornado(even, language))


def _table_tornado(even: BreakEven, language: Language) -> Table:
    _ = language.translate
    return Table(
        id="tornado",
        title=_("Position after {years} years, millions of euros").format(years=even.horizon_years),
        columns=(
            Column("label", _("Parameter")),
            Column("low_value", _("Least"), "decimal", 2),
            Column("high_value", _("Most"), "decimal", 2),
            Column("unit", _("Unit")),
            Column("at_low", _("Position at the least"), "decimal"),
            Column("at_high", _("Position at the most"), "decimal"),
            Column("payback_at_low", _("Payback month at the least"), "integer"),
            Column("payback_at_high", _("Payback month at the most"), "integer"),
        ),
        frame=even.tornado.assign(
            label=[_(BREAK_EVEN[name]) for name in even.tornado["parameter"]],
            unit=[_(UNITS[unit]) for unit in even.tornado["unit"]],
        ),
        note=_("An unknown payback month: not within the period looked at."),
        evidence=even.evidence,
        assumed=True,
        language=language,
    )


def describe_break_even(even: BreakEven, language: Language) -> Sentence:
    """What the assumptions would mean, and that they are assumptions."""
    _ = language.translate
    text = _(
        "If an hour of BJH were cheaper by the amount assumed here, {hours} hours a year would give {advantage} "
        "million euros a year. The sum was made many times with values from the assumed ranges: in {share} of them "
        "the transition is earned back within {years} years."
    ).format(
        hours=language.integer(even.hours_per_year),
        advantage=language.decimal(even.advantage_eur_million, 2),
        share=language.percent(even.share_within_horizon, 0),
        years=even.horizon_years,
    )
    if even.simple_payback_years is not None:
        simple = _("Without counting interest and without any other cost it would take {years} years.").format(
            years=language.decimal(even.simple_payback_years)
        )
        text = f"{text} {simple}"
    most = _("The answer hangs most on: {parameter}.").format(
        parameter=_(BREAK_EVEN[str(even.tornado["parameter"].iloc[0])]).lower()
    )
    return Sentence(f"{text} {most}", even.evidence, language, assumed=True)
