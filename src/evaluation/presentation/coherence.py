"""How a set of published figures held against each other is shown: verdict, intervals, repairs and stock path."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from evaluation.aggregate import Aggregate, Counts, Quantity, StockPath
from evaluation.measures.coherence.assessment import Coherence
from evaluation.measures.coherence.repair import Change
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

QUANTITIES = {
    Quantity.STOCK: N_("Running trajectories"),
    Quantity.STARTED: N_("Trajectories started"),
    Quantity.ENDED: N_("Trajectories ended"),
    Quantity.SERVED: N_("Trajectories that ran at any time"),
    Quantity.CLIENTS: N_("Different clients"),
    Quantity.MEAN_ENDED_MONTHS: N_("Mean length of the ended, months"),
    Quantity.MEAN_RUNNING_MONTHS: N_("Mean elapsed time of the running, months"),
    Quantity.MEAN_ALL_MONTHS: N_("Mean length of all that started, months"),
    Quantity.PERSON_MONTHS: N_("Months lived through by all trajectories"),
    Quantity.HOURS: N_("Direct hours"),
    Quantity.HOURS_PER_MONTH: N_("Direct hours per trajectory and month"),
    Quantity.FTE: N_("Fte"),
    Quantity.STOCK_PER_FTE: N_("Running trajectories per fte"),
    Quantity.HOURS_PER_FTE_MONTH: N_("Direct hours per fte and month"),
    Quantity.EUROS: N_("Costs"),
    Quantity.EUROS_PER_PERSON_MONTH: N_("Costs per trajectory and month"),
}
IN_EUROS = (Quantity.EUROS, Quantity.EUROS_PER_PERSON_MONTH)
WHOLE = (
    Quantity.STOCK, Quantity.STARTED, Quantity.ENDED, Quantity.SERVED, Quantity.CLIENTS, Quantity.PERSON_MONTHS,
    Quantity.HOURS,
)  # fmt: skip
PATHS: Mapping[StockPath, str] = {
    "free": N_("nothing assumed about the stock between the reference dates"),
    "between": N_("between two reference dates the stock stays within the band of both stocks"),
    "even": N_("between two reference dates trajectories start and end at an even pace"),
}
COUNTS: Mapping[Counts, str] = {
    "as_printed": N_("round numbers of trajectories as printed"),
    "rounded": N_("round numbers of trajectories with their rounding"),
}


def describe_verdict(coherence: Coherence, language: Language) -> Sentence:
    """Whether all figures can be true, and if not which ones collide."""
    _ = language.translate
    if not coherence.feasible:
        text = _(
            "These {n} figures cannot all be true. These collide: {conflict}. Leave out any one of these, and the "
            "rest of these can be true together."
        ).format(
            n=len(coherence.aggregates.figures),
            conflict=language.listing([_named(coherence.figure(name), language) for name in coherence.conflict]),
        )
    elif not coherence.stated_feasible:
        text = _(
            "All {n} figures can be true at once, but not with the assumptions: {assumptions}. So those do not hold "
            "here."
        ).format(
            n=len(coherence.aggregates.figures), assumptions=assumptions(coherence.path, coherence.counts, language)
        )
    else:
        text = _(
            "All {n} figures can be true at once. That they can be does not prove that they are: it says that no "
            "figure refutes another."
        ).format(n=len(coherence.aggregates.figures))
    return Sentence(text, coherence.evidence, language)


def describe_binding(coherence: Coherence, language: Language) -> Sentence:
    """Which figure limits most of what follows, or the cheapest repair of figures that collide."""
    _ = language.translate
    if coherence.repairs:
        cheapest = coherence.repairs[0]
        changes = [_changed(coherence, change, language) for change in cheapest.changes]
        text = _("The smallest change that lets all figures agree: {changes}.").format(
            changes=language.listing(changes)
        )
    elif not coherence.binding:
        text = _("Nothing that was not published is limited by one figure more than by another.")
    else:
        text = _most_binding(coherence, language)
    return Sentence(text, coherence.evidence, language)


def _most_binding(coherence: Coherence, language: Language) -> str:
    _ = language.translate
    if len(coherence.binding) == 1:
        text = _(
            "Most binding is {figures}: of the {n} quantities below that were not published and stay open, it limits "
            "{bound}. Had this figure been printed more precisely, more would be known of those {bound}."
        )
    else:
        text = _(
            "Most binding are {figures}: of the {n} quantities below that were not published and stay open, each "
            "limits {bound}. Had these figures been printed more precisely, more would be known of what they limit."
        )
    return text.format(
        figures=language.listing([_named(coherence.figure(name), language) for name in coherence.binding]),
        n=language.integer(coherence.n_intervals),
        bound=language.integer(coherence.n_bound),
    )


def describe_assumptions(coherence: Coherence, language: Language) -> Sentence:
    """What the two readings assume."""
    _ = language.translate
    text = _(
        "Without assumptions: every figure with its rounding and nothing more, so that what is ruled out is "
        "impossible. With assumptions: {assumptions}."
    ).format(assumptions=assumptions(coherence.path, coherence.counts, language))
    return Sentence(text, coherence.evidence, language)


def assumptions(path: StockPath, counts: Counts, language: Language) -> str:
    """The stated assumptions in words."""
    return f"{language.translate(COUNTS[counts])}, {language.translate(PATHS[path])}"


def table_implied(coherence: Coherence, language: Language) -> Table:
    """What was not published and follows: intervals in both readings, and the figures that set them."""
    _ = language.translate
    rows = coherence.implied[coherence.implied["id"] == ""]
    return Table(
        id="implied",
        title=_("What follows for what was not published"),
        columns=(
            Column("what", _("Quantity")),
            Column("when", _("Period or day")),
            Column("weakest", _("Without assumptions")),
            Column("stated", _("With assumptions")),
            Column("set_by", _("Limited by"), "quote"),
            Column("assumed", _("And by the assumptions")),
        ),
        frame=pd.DataFrame([_implied_row(coherence, row, language) for row in rows.to_dict("records")]),
        note=_(
            "Every interval holds the truth when the figures are true; it comes from rounding and from what was not "
            "published, not from chance. Limited by: the figure that matters most for each end."
        ),
        evidence=coherence.evidence,
        language=language,
    )


def table_published(coherence: Coherence, language: Language) -> Table:
    """What was published, and how much of its rounding the other figures leave open; folded away."""
    _ = language.translate
    rows = coherence.implied[coherence.implied["id"] != ""]
    return Table(
        id="published_and_implied",
        title=_("Published figures, and what the other figures leave of their rounding"),
        columns=(
            Column("what", _("Quantity")),
            Column("when", _("Period or day")),
            Column("quote", _("As published"), "quote"),
            Column("published", _("Can stand for")),
            Column("weakest", _("Without assumptions")),
            Column("stated", _("With assumptions")),
        ),
        frame=pd.DataFrame([_implied_row(coherence, row, language) for row in rows.to_dict("records")]),
        note=_("Can stand for: every value that rounds to the figure shown."),
        evidence=coherence.evidence,
        language=language,
        folded=True,
    )


def table_repairs(coherence: Coherence, language: Language) -> Table:
    """Every smallest change that lets the figures agree, cheapest first; empty when they already do."""
    _ = language.translate
    rows = [
        {
            "option": number,
            "figure": _named(coherence.figure(change.figure), language),
            "published": range_text(
                coherence.figure(change.figure).quantity, change.printed.low, change.printed.high, language
            ),
            "needed": _value(coherence.figure(change.figure).quantity, change.needed, language),
            "relative": change.relative,
        }
        for number, repair in enumerate(coherence.repairs, start=1)
        for change in repair.changes
    ]
    return Table(
        id="repairs",
        title=_("Smallest changes that let the figures agree"),
        columns=(
            Column("option", _("Option"), "integer"),
            Column("figure", _("Figure")),
            Column("published", _("Can stand for")),
            Column("needed", _("Needed")),
            Column("relative", _("Change"), "percent"),
        ),
        frame=pd.DataFrame(rows, columns=["option", "figure", "published", "needed", "relative"]),
        note=_("Each option is enough by itself. Fewest figures first, then the smallest change.") if rows else "",
        evidence=coherence.evidence,
        language=language,
    )


def _implied_row(coherence: Coherence, row: Mapping[Any, Any], language: Language) -> dict[str, object]:
    quantity = Quantity(row["quantity"])
    setters = dict.fromkeys([*row["low_set_by"][:1], *row["high_set_by"][:1]])
    return {
        "what": language.translate(QUANTITIES[quantity]),
        "when": _when(row["begin"], row["end"], language),
        "quote": row["quote"] or "–",
        "published": range_text(quantity, row["published_low"], row["published_high"], language),
        "weakest": range_text(quantity, row["weakest_low"], row["weakest_high"], language),
        "stated": range_text(quantity, row["low"], row["high"], language),
        "set_by": "; ".join(_quoted(coherence.figure(name)) for name in setters) or "–",
        "assumed": language.translate(N_("yes")) if row["by_assumption"] else "–",
    }


def _when(begin: date | None, end: date, language: Language) -> str:
    return language.period(str(end) if begin is None or pd.isna(begin) else f"{begin}/{end}")


def _quoted(figure: Aggregate) -> str:
    return f"“{figure.quote}”" if figure.quote else figure.id


def _named(figure: Aggregate, language: Language) -> str:
    """A figure in a sentence: its words, or what it counts and its value."""
    if figure.quote:
        return _quoted(figure)
    return f"{figure.id} ({_value(figure.quantity, figure.value.value, language)})"


def _changed(coherence: Coherence, change: Change, language: Language) -> str:
    _ = language.translate
    figure = coherence.figure(change.figure)
    fields = {
        "figure": _named(figure, language),
        "needed": _value(figure.quantity, change.needed, language),
        "percent": language.percent(change.relative),
    }
    if change.difference > 0:
        return _("{figure} up to at least {needed} (a change of {percent})").format(**fields)
    return _("{figure} down to at most {needed} (a change of {percent})").format(**fields)


def _value(quantity: Quantity, value: float, language: Language) -> str:
    if quantity in IN_EUROS:
        return language.euro(value)
    return language.integer(value) if quantity in WHOLE else language.decimal(value)


def range_text(quantity: Quantity, low: float | None, high: float | None, language: Language) -> str:
    """An interval of a quantity in words; None is no limit."""
    _ = language.translate
    low, high = (None if end is None or pd.isna(end) else end for end in (low, high))
    if low is None and high is None:
        return _("no limit")
    if high is None:
        return _("at least {value}").format(value=_value(quantity, low or 0.0, language))
    if low is None:
        return _("at most {value}").format(value=_value(quantity, high, language))
    ends = [_value(quantity, end, language) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else _("{low} to {high}").format(low=ends[0], high=ends[1])
