"""How the costs of the council's own figures are shown."""

from __future__ import annotations

import numpy as np

from evaluation.evidence import Evidence
from evaluation.measures.costs import CostGrowth, RealGrowth
from evaluation.presentation.figure import BJH, INK, REST, Figure, canvas, format_axis
from evaluation.presentation.labels import PRICE_INDICES
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def describe_growth(growth: CostGrowth, language: Language) -> Sentence:
    """Nominal growth with its rounding interval, and what it is after prices."""
    _ = language.translate
    text = _(
        "Total costs of youth care grew by {nominal} from {base} to {final} (between {low} and {high}, because the "
        "amounts were printed in whole millions). Corrected for the rise of prices ({prices}, {index}) that is {real}."
    ).format(
        nominal=language.percent(growth.nominal.value),
        low=language.percent(growth.nominal.low),
        high=language.percent(growth.nominal.high),
        base=growth.base_year,
        final=growth.final_year,
        prices=language.percent(growth.price_change),
        index=_(PRICE_INDICES[growth.price_index]),
        real=language.percent(growth.real.value),
    )
    if growth.printed is not None:
        told = _("The council was shown {printed}.").format(printed=language.percent(growth.printed.value, 0))
        text = f"{text} {told}"
    return Sentence(text, growth.evidence, language)


def describe_two_readings(growth: CostGrowth, language: Language) -> Sentence:
    """BJH inside the total or on top of it: what each reading means for growth."""
    _ = language.translate
    text = _(
        "The presentations do not say whether BJH is part of the total. If it is, BJH was {share} of the costs in "
        "{final}, and the costs without BJH grew by {rest}. If it comes on top, all costs together grew by {on_top}."
    ).format(
        share=language.percent(growth.bjh_share.value),
        final=growth.final_year,
        rest=language.percent(growth.rest_nominal.value),
        on_top=language.percent(growth.with_bjh_on_top.value),
    )
    return Sentence(text, growth.evidence, language)


def plot_totals(growth: CostGrowth, language: Language) -> Figure:
    """Totals per year, split into BJH and the rest, with the interval of the total."""
    _ = language.translate
    frame = growth.by_year
    axes = canvas(
        title=_("What youth care cost according to the council presentations"),
        subtitle=_("Millions of euros, nominal; hatched: BJH, if it is part of the total"),
        source=_("Source: presentation to the council, early 2025. Line: rounding of the printed total."),
        evidence=growth.evidence,
        language=language,
    )
    positions = np.arange(len(frame))
    total, rest, bjh = (frame[f"{part}_eur_million"].to_numpy() for part in ("total", "rest", "bjh"))
    axes.bar(positions, rest, color=REST, width=0.55, edgecolor="white")
    began = bjh > 0
    axes.bar(positions[began], bjh[began], bottom=rest[began], color="white", width=0.55, edgecolor=BJH, hatch="////")
    error = np.vstack([total - frame["total_low"], frame["total_high"] - total])
    axes.errorbar(positions, total, yerr=error, fmt="none", ecolor=INK, capsize=4)
    for position in positions:
        above = (float(position), float(total[position]))
        axes.annotate(
            language.millions(total[position]), above, (0, 8), textcoords="offset points", ha="center", weight="bold"
        )
        if bjh[position] > 0:
            beside = (position + 0.31, rest[position] + bjh[position] / 2)
            axes.annotate(f"BJH {language.decimal(bjh[position])}", beside, va="center", color=BJH, size=8.5)
    axes.annotate(_("rest"), (0, rest[0] / 2), ha="center", color="white", size=9)
    axes.set_xticks(positions, [str(year) for year in frame["year"]])
    axes.set_xlim(-0.6, len(frame) - 0.25)
    axes.grid(visible=False, axis="x")
    axes.margins(y=0.12)
    format_axis(axes.yaxis.set_major_formatter, language.integer)
    amounts = [
        _("{year}: {total} million euros, of which BJH {bjh}").format(
            year=row["year"],
            total=language.integer(row["total_eur_million"]),
            bjh=language.decimal(row["bjh_eur_million"]),
        )
        for row in frame.to_dict("records")
    ]
    alt = _("Bar chart of total costs per year. {amounts}.").format(amounts="; ".join(amounts))
    return Figure("totals", axes, alt, _table_totals(growth, language))


def table_real_growth(real: RealGrowth, language: Language) -> Table:
    """Real growth of the total under each price index."""
    _ = language.translate
    frame = real.frame.assign(label=[_(PRICE_INDICES[index]) for index in real.frame["price_index"]])
    return Table(
        id="real_growth",
        title=_("Real growth of total costs by price index, {base}–{final}").format(
            base=real.base_year, final=real.final_year
        ),
        columns=(
            Column("label", _("Price index")),
            Column("price_change", _("Price rise"), "percent"),
            Column("real_growth", _("Real growth (rounding)"), "percent", 1, ("low", "high")),
        ),
        frame=frame,
        note=_("Sources: VNG and CBS for prices, presentations to the council for amounts."),
        evidence=real.evidence,
        language=language,
    )


def describe_real_growth(real: RealGrowth, language: Language) -> Sentence:
    """How far the choice of index moves the answer."""
    _ = language.translate
    text = _(
        "According to these {n} price indices, real growth is {low} to {high}, without the margin of rounding."
    ).format(
        n=language.integer(len(real.frame)),
        low=language.percent(real.frame["real_growth"].min()),
        high=language.percent(real.frame["real_growth"].max()),
    )
    return Sentence(text, real.evidence, language)


def _table_totals(growth: CostGrowth, language: Language) -> Table:
    _ = language.translate
    return Table(
        id="totals",
        title=_("Costs per year, millions of euros"),
        columns=(
            Column("year", _("Year")),
            Column("total_eur_million", _("Total (rounding)"), "decimal", 1, ("total_low", "total_high")),
            Column("bjh_eur_million", "BJH", "decimal"),
            Column("rest_eur_million", _("Rest, if BJH is part of the total"), "decimal"),
        ),
        frame=growth.by_year,
        note=_("In brackets: what the printed total can stand for."),
        evidence=Evidence.PUBLISHED,
        language=language,
    )
