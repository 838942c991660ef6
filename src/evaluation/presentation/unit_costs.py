"""Unit costs, and how the hours of help are spread over clients."""

from __future__ import annotations

from typing import Any

import numpy as np

from evaluation.evidence import any_withheld, is_suppressed
from evaluation.measures.concentration import HoursConcentration
from evaluation.measures.counted_unit_costs import CountedUnitCosts
from evaluation.measures.person_time import PersonTime
from evaluation.measures.unit_costs import UnitCosts
from evaluation.presentation.figure import BJH, CONTEXT, INK, Figure, canvas, drawn, format_axis
from evaluation.presentation.labels import UNIT_COSTS
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def table_unit_costs(costs: UnitCosts, language: Language) -> Table:
    """Each unit cost with its intervals."""
    _ = language.translate
    return Table(
        id="unit_costs",
        title=_("What BJH cost per unit, euros of the year"),
        columns=(
            Column("year", _("Year")),
            Column("label", _("Unit")),
            Column("eur", _("Euros"), "euro", 0, ("low", "high")),
            Column("widest_low", _("At least, whatever the stock was"), "euro", 0),
            Column("widest_high", _("At most, whatever the stock was"), "euro", 0),
        ),
        frame=costs.frame.assign(label=[_(UNIT_COSTS[unit]) for unit in costs.frame["unit"]]),
        note=_(
            "Costs: subsidy, housing and ICT; access, contract management and overhead are not in them. In "
            "brackets: rounding; for a client-year also whether trajectories of one client ran beside each other; for "
            "the length by person-time also chance. Source: presentations to the council."
        ),
        evidence=costs.evidence,
        language=language,
    )


def plot_unit_costs(costs: UnitCosts, language: Language) -> Figure:
    """Cost per trajectory-month by year, with both intervals."""
    _ = language.translate
    frame = costs.frame[costs.frame["unit"] == "trajectory_month"].reset_index(drop=True)
    axes = canvas(
        title=_("What a month of BJH cost per trajectory"),
        subtitle=_("Euros of the year; thick: rounding, thin: whatever the stock was between the published dates"),
        source=_("Source: presentations to the council; costs are subsidy, housing and ICT."),
        evidence=costs.evidence,
        language=language,
        height=1.6,
    )
    for position, row in enumerate(frame.to_dict("records")):
        axes.plot([row["widest_low"], row["widest_high"]], [position] * 2, color=CONTEXT, linewidth=2)
        axes.plot([row["low"], row["high"]], [position] * 2, color=BJH, linewidth=6)
        axes.plot(row["eur"], position, "o", color=INK, markersize=5)
        axes.annotate(
            language.euro(row["eur"]), (row["eur"], position), (0, 9), textcoords="offset points", ha="center"
        )
    axes.set_yticks(range(len(frame)), [str(year) for year in frame["year"]])
    axes.set_xlim(left=0)
    axes.margins(y=0.45)
    axes.invert_yaxis()
    format_axis(axes.xaxis.set_major_formatter, language.euro)
    said = [
        _("{year}: {eur}, between {low} and {high} by rounding").format(
            year=row["year"],
            eur=language.euro(row["eur"]),
            low=language.euro(row["low"]),
            high=language.euro(row["high"]),
        )
        for row in frame.to_dict("records")
    ]
    alt = _("Cost of BJH per trajectory and month. {years}.").format(years="; ".join(said))
    return Figure("unit_costs", axes, alt, table_unit_costs(costs, language))


def describe_unit_costs(costs: UnitCosts, language: Language) -> Sentence:
    """The last year's cost per month and per hour, and how it changed."""
    _ = language.translate
    last = costs.frame[costs.frame["year"] == costs.frame["year"].max()].set_index("unit")
    text = _(
        "In {year} a trajectory in BJH cost about {month} a month, and an hour of help about {hour}. A trajectory of "
        "the published mean length then cost {published}, and one of the length that person-time gives {person_time}: "
        "which length is right decides what a trajectory costs."
    ).format(
        year=last["year"].iloc[0],
        month=language.euro(last.loc["trajectory_month", "eur"]),
        hour=language.euro(last.loc["direct_hour", "eur"]),
        published=language.euro(last.loc["ended_published", "eur"]),
        person_time=language.euro(last.loc["ended_person_time", "eur"]),
    )
    if costs.change is not None:
        rise = _("Per month that is {change} against the year before; by rounding it can be {low} to {high}.").format(
            change=language.points(costs.change.value, 0),
            low=language.points(costs.change.low, 0),
            high=language.points(costs.change.high, 0),
        )
        text = f"{text} {rise}"
    return Sentence(text, costs.evidence, language)


def table_person_time(time: PersonTime, language: Language) -> Table:
    """Trajectory-months by year."""
    _ = language.translate
    return Table(
        id="person_time",
        title=_("Trajectory-months of BJH by year"),
        columns=(
            Column("year", _("Year")),
            Column("trajectory_months", _("Trajectory-months"), "integer"),
            Column("low", _("At least"), "integer"),
            Column("high", _("At most"), "integer"),
            Column("widest_low", _("At least, whatever the stock was"), "integer"),
            Column("widest_high", _("At most, whatever the stock was"), "integer"),
        ),
        frame=time.frame,
        note=_(
            "From the published counts and mean lengths. The stock between the published dates is taken as constant "
            "before the first and as a straight line after it. Source: presentations to the council."
        ),
        evidence=time.evidence,
        language=language,
    )


def plot_concentration(hours: HoursConcentration, language: Language) -> Figure:
    """Share of hours against share of clients, those with most hours first."""
    _ = language.translate
    axes = canvas(
        title=_("How the hours of help are spread over clients"),
        subtitle=_("Share of direct hours that goes to the clients with most of them, up to {day}").format(
            day=language.day(hours.reference_date)
        ),
        source=_("Clients: {n}; trajectories without a client, left out: {missing}.").format(
            n=language.integer(hours.n), missing=language.integer(hours.n_missing)
        ),
        evidence=hours.evidence,
        language=language,
        height=2.2,
    )
    shares = drawn(hours.frame["hours_share"])
    axes.bar(range(len(shares)), shares, color=BJH, width=0.6)
    labels = [language.percent(share, 0) for share in hours.frame["top_share"]]
    said = []
    for position, share in enumerate(hours.frame["hours_share"]):
        text = language.percent(share, 0)
        said.append(f"{labels[position]}: {text}")
        if not np.isnan(shares[position]):
            axes.annotate(text, (position, shares[position]), (0, 4), textcoords="offset points", ha="center")
    axes.set_xticks(range(len(labels)), labels)
    axes.set_xlabel(_("share of clients, those with most hours first"))
    axes.set_ylim(0, 1)
    axes.grid(visible=False, axis="x")
    format_axis(axes.yaxis.set_major_formatter, lambda value: language.percent(value, 0))
    alt = _("Bar chart of the share of direct hours by share of clients. {bars}.").format(bars="; ".join(said) or "–")
    numbers = Table(
        id="hours_concentration",
        title=_("Share of direct hours by share of clients"),
        columns=(
            Column("top_share", _("Share of clients"), "percent", 0),
            Column("clients", _("Clients"), "integer"),
            Column("hours_share", _("Share of hours"), "percent", 0),
        ),
        frame=hours.frame,
        note=_("Costs per client were not delivered; hours stand in for them."),
        evidence=hours.evidence,
        language=language,
    )
    return Figure("hours_concentration", axes, alt, numbers)


def describe_concentration(hours: HoursConcentration, language: Language) -> Sentence:
    """What the top twentieth takes."""
    _ = language.translate
    if hours.top_5_percent is None:
        text = _("No hours per trajectory were delivered, so it is unknown how they are spread over clients.")
    elif is_suppressed(hours.top_5_percent):
        text = _("What the clients with most hours receive is not shown, because they are too few.")
    else:
        text = _("The twentieth of clients with most hours receives {share} of all direct hours.").format(
            share=language.percent(hours.top_5_percent, 0)
        )
    return Sentence(text, hours.evidence, language)


def table_counted_unit_costs(costs: CountedUnitCosts, language: Language) -> Table:
    """Published costs over counted help."""
    _ = language.translate
    return Table(
        id="counted_unit_costs",
        title=_("What BJH cost per unit that the register counts, euros of the year"),
        columns=(
            Column("year", _("Year")),
            Column("label", _("Unit")),
            Column("quantity", _("Units counted"), "integer"),
            Column("eur", _("Euros"), "euro", 0, ("low", "high")),
        ),
        frame=costs.frame.assign(label=[_(UNIT_COSTS[unit]) for unit in costs.frame["unit"]]),
        note=_(
            "Published costs (subsidy, housing and ICT) over trajectory-months, client-years and direct hours in the "
            "register; trajectories of one client that run beside each other count once in its years. In brackets: "
            "rounding of the published costs."
        ),
        evidence=costs.evidence,
        language=language,
    )


def describe_counted_unit_costs(costs: CountedUnitCosts, language: Language) -> Sentence:
    """The cost of a month by the register in the last year."""
    _ = language.translate
    rows = costs.frame[costs.frame["unit"] == "trajectory_month"].to_dict("records")
    last: dict[Any, Any] = rows[-1] if rows else {"eur": None}
    if last["eur"] is None:
        text = _("The register counts no help in a year of which costs were published, so it gives no unit costs.")
    elif any_withheld(last["eur"], last["quantity"]):
        text = _("The register counts too few trajectories in {year} to show unit costs.").format(year=last["year"])
    else:
        text = _(
            "By the register, {months} trajectory-months stood against the costs of {year}: {eur} per month ({low} to "
            "{high}, by rounding of the costs)."
        ).format(
            months=language.integer(last["quantity"]),
            year=last["year"],
            eur=language.euro(last["eur"]),
            low=language.euro(last["low"]),
            high=language.euro(last["high"]),
        )
    return Sentence(text, costs.evidence, language)
