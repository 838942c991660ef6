"""How the bridge from Groningen's own totals to the accounts at CBS is shown."""

from __future__ import annotations

from evaluation.measures.reconciliation import Reconciliation
from evaluation.presentation.figure import BENCHMARK, BJH, CONTEXT, INK, REST, SOFT_INK, Figure, canvas, format_axis
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

STEPS = {
    "own_total": N_("Total of the presentations"),
    "bjh": N_("less BJH, if booked on the teams"),
    "unexplained": N_("difference without explanation"),
    "iv3_excl_6_2": N_("CBS, without neighbourhood teams"),
    "task_field_6_2": N_("neighbourhood teams"),
    "iv3_incl_6_2": N_("CBS, with neighbourhood teams"),
}
COLOURS = {
    "own_total": BJH,
    "bjh": BJH,
    "unexplained": REST,
    "iv3_excl_6_2": BENCHMARK,
    "task_field_6_2": CONTEXT,
    "iv3_incl_6_2": BENCHMARK,
}


def plot_reconciliation(found: Reconciliation, language: Language) -> Figure:
    """Waterfall per year from the own total to Iv3 in both scopes."""
    _ = language.translate
    axes = canvas(
        title=_("From Groningen's own total to its accounts at CBS"),
        subtitle=_("Millions of euros, nominal; full bars are levels, hatched ones what is added or taken off"),
        source=_("Sources: presentation to the council, early 2025; CBS Iv3 accounts."),
        evidence=found.evidence,
        language=language,
        height=5.2,
    )
    position, ticks = 0.0, []
    for year, steps in found.bridge.groupby("year"):
        axes.annotate(str(year), (0, position), (3, 0), textcoords="offset points", weight="bold", va="center")
        position += 0.85
        for row in steps.to_dict("records"):
            left, colour = min(row["start"], row["end"]), COLOURS[row["step"]]
            face, hatch = (colour, "") if row["is_level"] else ("white", "////")
            length = abs(row["end"] - row["start"])
            axes.barh(position, length, left=left, height=0.72, facecolor=face, edgecolor=colour, hatch=hatch)
            text = language.decimal(row["amount"])
            text = text if row["is_level"] or row["amount"] <= 0 else f"+{text}"
            beside = (max(row["start"], row["end"]), position)
            axes.annotate(text, beside, (4, 0), textcoords="offset points", va="center", size=8.5, color=INK)
            if not row["is_level"]:
                axes.plot([row["start"]] * 2, [position - 1, position], color=SOFT_INK, linewidth=0.7, zorder=0)
            label = STEPS[row["step"]]
            ticks.append((position, _(label)))
            position += 1.0
        position += 0.35
    axes.set_ylim(position - 0.5, -0.6)
    axes.set_yticks(*zip(*ticks, strict=True), size=8.5)
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.08)
    axes.set_xlim(left=0)
    format_axis(axes.xaxis.set_major_formatter, language.integer)
    parts = [
        _("{year}: total of the presentations {own}, CBS {narrow} without and {wide} with neighbourhood teams").format(
            year=row["year"],
            own=language.decimal(row["own_total"]),
            narrow=language.decimal(row["iv3_excl_6_2"]),
            wide=language.decimal(row["iv3_incl_6_2"]),
        )
        for row in found.differences.to_dict("records")
    ]
    alt = _("Waterfall per year, millions of euros. {parts}.").format(parts="; ".join(parts))
    return Figure("reconciliation", axes, alt, table_reconciliation(found, language))


def table_reconciliation(found: Reconciliation, language: Language) -> Table:
    """Own totals, Iv3 in both scopes, and the difference under either reading of where BJH is booked."""
    _ = language.translate
    return Table(
        id="reconciliation",
        title=_("Own totals and accounts at CBS, millions of euros"),
        columns=(
            Column("year", _("Year")),
            Column("own_total", _("Total of the presentations"), "decimal"),
            Column("bjh", "BJH", "decimal"),
            Column("iv3_excl_6_2", _("CBS, without neighbourhood teams"), "decimal"),
            Column("task_field_6_2", _("Neighbourhood teams"), "decimal"),
            Column("iv3_incl_6_2", _("CBS, with neighbourhood teams"), "decimal"),
            Column("outside_6_2", _("Difference if BJH is booked on the teams"), "decimal"),
            Column("outside_6_2_low", _("At least"), "decimal"),
            Column("outside_6_2_high", _("At most"), "decimal"),
            Column("inside_6_7", _("Difference if BJH is booked on youth care"), "decimal"),
        ),
        frame=found.differences,
        note=_(
            "Difference: CBS without neighbourhood teams less the own total (less BJH in the first reading). At least "
            "and at most: what rounding of the printed amounts leaves. Where BJH is booked was not published."
        ),
        evidence=found.evidence,
        language=language,
    )


def describe_reconciliation(found: Reconciliation, language: Language) -> Sentence:
    """Whether one difference of scope fits all years, and how much of the teams' rise BJH could be."""
    _ = language.translate
    first, last = (found.differences.iloc[place].to_dict() for place in (0, -1))
    text = _(
        "If BJH is booked on the neighbourhood teams, the accounts at CBS without the teams lie {smallest} to "
        "{largest} million euros above the own total less BJH; if it is booked on youth care, the difference goes from "
        "{inside_first} to {inside_last} million. {steady} Spending on the teams rose by {field} million; BJH would be "
        "{share} of that rise."
    ).format(
        smallest=language.decimal(found.differences["outside_6_2"].min()),
        largest=language.decimal(found.differences["outside_6_2"].max()),
        inside_first=language.decimal(first["inside_6_7"]),
        inside_last=language.decimal(last["inside_6_7"]),
        steady=_("One and the same difference of scope fits every year, given the rounding.")
        if found.steady
        else _("Not even in the first reading does one and the same difference fit every year, given the rounding."),
        field=language.decimal(found.field_growth),
        share=language.percent(found.bjh_share_of_field_growth),
    )
    return Sentence(text, found.evidence, language)
