"""How the ledger of the register is shown, beside the published amounts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from evaluation.evidence import any_withheld, is_suppressed
from evaluation.measures.ledger import TOTAL, LedgerTotals
from evaluation.measures.ledger_growth import LedgerGrowth
from evaluation.presentation.figure import BJH, INK, REST, Figure, canvas, drawn, format_axis
from evaluation.presentation.labels import FACTORS, LEDGER_PARTS, PRICE_INDICES
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

COLORS = {"bjh": BJH, "transition": "#4b86b4", "open_house": REST, "solidarity": "#8a6d3b", "other": "#6b7075"}
ROOM = 5.0  # millions of euros that a line of type takes
AGREEMENT = {True: N_("yes"), False: N_("no")}


def table_ledger(totals: LedgerTotals, language: Language) -> Table:
    """Amounts per year and part, with the printed ones."""
    _ = language.translate
    frame = totals.frame.assign(
        label=[_(LEDGER_PARTS[part]) for part in totals.frame["part"]],
        same=[value if is_suppressed(value) else _(AGREEMENT.get(value, "–")) for value in totals.frame["agrees"]],
    )
    return Table(
        id="ledger",
        title=_("What the ledger adds up to, millions of euros of the year"),
        columns=(
            Column("year", _("Year")),
            Column("label", _("Part")),
            Column("eur_million", _("Ledger"), "decimal"),
            Column("printed", _("Published (rounding)"), "decimal", 2, ("printed_low", "printed_high")),
            Column("same", _("Rounds to the published amount")),
        ),
        frame=frame.astype({"year": str}),
        note=_(
            "By month of service, or of booking where that is missing; years that were over on the reference date. "
            "Transition costs were published for several years together only."
        ),
        evidence=totals.evidence,
        language=language,
    )


def plot_ledger(totals: LedgerTotals, language: Language) -> Figure:
    """Stacked parts per year, with the printed totals as marks."""
    _ = language.translate
    axes = canvas(
        title=_("What youth care cost according to the ledger"),
        subtitle=_("Millions of euros of the year, by part; line: the published total"),
        source=_("Source: ledger in the register; presentations to the council."),
        evidence=totals.evidence,
        language=language,
    )
    table, years = table_ledger(totals, language), totals.years
    base, heights = np.zeros(len(years)), list[tuple[float, str, str]]()
    for part, color in COLORS.items():
        values = np.nan_to_num(drawn(totals.frame.loc[totals.frame["part"] == part, "eur_million"]))
        axes.bar(range(len(years)), values, bottom=base, color=color, width=0.5, edgecolor="white")
        for position, (value, low) in enumerate(zip(values, base, strict=True)):
            if value >= ROOM:
                at = (position, low + value / 2)
                axes.annotate(language.decimal(value), at, ha="center", va="center", size=8, color="white")
        if len(years) and values[-1]:
            heights.append((base[-1] + values[-1] / 2, _(LEDGER_PARTS[part]), color))
        base = base + values
    # Names beside the last bar, each at least a line above the one below it.
    lowest = 0.0
    for height, name, color in heights:
        lowest = max(height, lowest + ROOM)
        axes.annotate(name, (len(years) - 0.68, lowest), va="center", size=8.5, color=color)
    whole = totals.frame[totals.frame["part"] == TOTAL]
    for position, row in enumerate(whole.to_dict("records")):
        if pd.notna(row["printed"]):
            axes.hlines(row["printed"], position - 0.33, position + 0.27, color=INK, linewidth=1.6)
    axes.set_xticks(range(len(years)), [str(year) for year in years])
    axes.set_xlim(-0.5, max(len(years), 1) - 0.02)
    axes.grid(visible=False, axis="x")
    format_axis(axes.yaxis.set_major_formatter, language.integer)
    alt = _("Stacked bars per year, one layer per part of the ledger. {rows}.").format(
        rows="; ".join(", ".join(cells[:3]) for cells in table.cells()) or _("no lines")
    )
    return Figure("ledger", axes, alt, table)


def describe_ledger(totals: LedgerTotals, language: Language) -> Sentence:
    """What the ledger comes to, and whether it is what the council was shown."""
    _ = language.translate
    if not totals.years:
        text = _(
            "No ledger lines of a year that was over were delivered, so nothing can be said of costs beyond what was "
            "published."
        )
        return Sentence(text, totals.evidence, language)
    judged = totals.frame[totals.frame["printed"].notna()]
    differ = judged[[value is False or value is np.False_ for value in judged["agrees"]]]
    parts = [_growth_text(totals, language)]
    if any_withheld(*judged["agrees"]):
        parts.append(_("Not every amount may be shown, so the ledger is not held against all published amounts."))
    elif judged.empty:
        parts.append(_("For these years no amounts were published."))
    elif differ.empty:
        parts.append(_("All {n} published amounts that fall in these years follow from it.").format(n=len(judged)))
    else:
        rows = [
            _("{part} {year}: ledger {ledger}, published {printed}").format(
                part=_(LEDGER_PARTS[row["part"]]),
                year=row["year"],
                ledger=language.decimal(row["eur_million"]),
                printed=language.decimal(row["printed"]),
            )
            for row in differ.to_dict("records")
        ]
        parts.append(_("Other than published, in millions of euros: {rows}.").format(rows="; ".join(rows)))
    return Sentence(" ".join(parts), totals.evidence, language)


def _growth_text(totals: LedgerTotals, language: Language) -> str:
    _ = language.translate
    if totals.growth is None:
        return _("The ledger covers {year} only, so it shows no growth.").format(year=totals.years[0])
    if any_withheld(totals.growth):
        return _("The growth of the ledger rests on too few lines to be shown.")
    return _("The ledger grew by {growth} from {base} to {final}.").format(
        growth=language.percent(totals.growth), base=totals.years[0], final=totals.years[-1]
    )


def table_ledger_growth(growth: LedgerGrowth, language: Language) -> Table:
    """What prices, volume, mix and costs per month of help contribute."""
    _ = language.translate
    return Table(
        id="ledger_growth",
        title=_("Growth of BJH and Open House together by cause, {years}, millions of euros").format(
            years=_years_compared(growth, language)
        ),
        columns=(
            Column("label", _("Through")),
            Column("lmdi", _("LMDI"), "decimal", 2),
            Column("bennet", _("Bennet"), "decimal", 2),
        ),
        frame=growth.frame.assign(
            label=[_(LEDGER_FACTORS.get(factor, FACTORS[factor])) for factor in growth.frame["factor"]]
        ),
        note=_(
            "Two methods that leave nothing over, chained by year. Volume: months of help; mix: from cheaper to dearer "
            "products or back; prices by the {index}. BJH counts as one product. Products of which amounts or months "
            "of help are missing in a year: {unmatched}, left out."
        ).format(index=_(PRICE_INDICES[growth.price_index]), unmatched=language.integer(growth.unmatched)),
        evidence=growth.evidence,
        language=language,
    )


def _years_compared(growth: LedgerGrowth, language: Language) -> str:
    """The years, with the calendar months where not all twelve are known in every year."""
    years = f"{growth.base_year}–{growth.final_year}"
    if growth.months is None or growth.whole_years:
        return years
    first, last = map(language.calendar_month, growth.months)
    if first == last:
        return f"{first} {years}"
    return language.translate(N_("{first} to {last} of {years}")).format(first=first, last=last, years=years)


LEDGER_FACTORS = {
    "volume": N_("volume: months of help"),
    "mix": N_("mix of products"),
    "intensity": N_("real costs per month of help"),
}


def _months_compared(growth: LedgerGrowth, language: Language) -> str:
    """Why not whole years are compared, where they are not."""
    if growth.whole_years:
        return ""
    text = N_(
        "Costs and help are not both known for whole years: this is about {period}, the same months of each year."
    )
    return language.translate(text).format(period=_years_compared(growth, language))


def describe_ledger_growth(growth: LedgerGrowth, language: Language) -> Sentence:
    """What moved the costs of BJH and Open House, if the tables allow it."""
    _ = language.translate
    values = dict(zip(growth.frame["factor"], growth.frame["lmdi"], strict=True))
    if growth.change is None or growth.covered is None:
        text = _(
            "What the growth of BJH and Open House consists of needs ledger lines and months of help of both for the "
            "same months of every year from {base} to {final}; they are not there."
        ).format(base=growth.base_year, final=growth.final_year)
    elif any_withheld(growth.change, growth.covered, *values.values()):
        text = _("What the growth of BJH and Open House consists of rests on too few months of help to be shown.")
    else:
        text = _(
            "BJH and Open House together ({covered} of the ledger in {final}) changed by {change} million euros: "
            "{price} through prices, {volume} through months of help, {mix} through the mix of products and "
            "{intensity} through real costs per month of help."
        ).format(
            covered=language.percent(growth.covered, 0),
            final=growth.final_year,
            change=language.decimal(growth.change),
            **{factor: language.decimal(value) for factor, value in values.items()},
        )
        text = f"{_months_compared(growth, language)} {text}".strip()
    return Sentence(text, growth.evidence, language)
