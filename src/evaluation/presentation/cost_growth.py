"""What the growth of costs consists of: parts, both readings, prices against volume, and the reasons given."""

from __future__ import annotations

import pandas as pd

from evaluation.evidence import Bounded
from evaluation.measures.cost_drivers import CostDrivers
from evaluation.measures.cost_readings import CostParts, TwoReadings
from evaluation.measures.growth_decomposition import GrowthDecomposition
from evaluation.presentation.figure import BENCHMARK, BJH, CONTEXT, INK, Figure, canvas, format_axis
from evaluation.presentation.labels import COST_PARTS, FACTORS, PRICE_INDICES, READINGS
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

BAR_COLOURS = {"total": CONTEXT, "price": BENCHMARK, "volume_and_mix": BJH}
KNOWN = {
    "price_effect": N_("{low} to {high} million euros if the {index} applied; the contracted index was not published"),
    "users": N_(
        "half-year users {users} ({users_period}), share of children {shares} percentage points ({shares_period}); "
        "other scope"
    ),
    "nothing": N_("nothing published that tells how much"),
}


def table_parts(parts: CostParts, language: Language) -> Table:
    """Every part of the costs that was named, with its amount or that none was published."""
    _ = language.translate
    frame = parts.frame.assign(
        label=[_(COST_PARTS[part]) for part in parts.frame["part"]],
        years=[language.period(period) for period in parts.frame["period"]],
    )
    return Table(
        id="cost_parts",
        title=_("What the costs consist of, millions of euros"),
        columns=(
            Column("label", _("What")),
            Column("years", _("Year")),
            Column("eur_million", _("Amount (rounding)"), "decimal", 2, ("low", "high")),
        ),
        frame=frame,
        note=_(
            "Nominal. Unknown: no amount published. Whether BJH and the transition are part of the total was not "
            "published either. Source: presentations to the council."
        ),
        evidence=parts.evidence,
        language=language,
    )


def table_readings(readings: TwoReadings, language: Language) -> Table:
    """Both readings side by side, each with what rounding leaves."""
    _ = language.translate
    frame = readings.frame.assign(label=[_(READINGS[name]) for name in readings.frame["quantity"]])
    return Table(
        id="two_readings",
        title=_("BJH inside the printed total, or on top of it, {base}–{final}").format(
            base=readings.base_year, final=readings.final_year
        ),
        columns=(
            Column("label", _("What")),
            Column("inside", _("Inside"), "percent", 1, ("inside_low", "inside_high")),
            Column("on_top", _("On top"), "percent", 1, ("on_top_low", "on_top_high")),
        ),
        frame=frame,
        note=_(
            "In brackets: what the printed amounts allow, given their rounding. Real: corrected for prices "
            "with the {index}. Source: presentations to the council."
        ).format(index=_(PRICE_INDICES[readings.price_index])),
        evidence=readings.evidence,
        language=language,
    )


def plot_bridge(decomposition: GrowthDecomposition, language: Language) -> Figure:
    """Waterfall from the first total to the last, through prices and the rest, year by year."""
    _ = language.translate
    axes = canvas(
        title=_("How much of the rise is prices, and how much volume and mix"),
        subtitle=_("Millions of euros, nominal; prices by the {index}").format(
            index=_(PRICE_INDICES[decomposition.price_index])
        ),
        source=_("Sources: presentations to the council for amounts, VNG and CBS for prices. LMDI, chained by year."),
        evidence=decomposition.evidence,
        language=language,
    )
    names, said = [], []
    for position, bar in enumerate(decomposition.bridge.to_dict("records")):
        is_total = bar["kind"] == "total"
        axes.bar(position, bar["top"] - bar["bottom"], bottom=bar["bottom"], color=BAR_COLOURS[bar["kind"]], width=0.62)
        amount = language.decimal(bar["amount"]) if is_total else language.signed(bar["amount"])
        axes.annotate(
            amount, (position, bar["top"]), (0, 4), textcoords="offset points", ha="center", color=INK, weight="bold"
        )
        short = {"price": _("prices"), "volume_and_mix": _("volume, mix")}
        names.append(str(bar["year"]) if is_total else f"{short[bar['kind']]}\n{bar['year']}")
        said.append(f"{names[-1]}: {amount}".replace("\n", " "))
    axes.set_xticks(range(len(names)), names)
    axes.grid(visible=False, axis="x")
    axes.margins(y=0.12)
    format_axis(axes.yaxis.set_major_formatter, language.integer)
    alt = _("Waterfall of total costs in millions of euros. {bars}.").format(bars="; ".join(said))
    return Figure("cost_bridge", axes, alt, table_steps(decomposition, language))


def table_steps(decomposition: GrowthDecomposition, language: Language) -> Table:
    """Contributions of prices and of the rest by year, by both methods."""
    _ = language.translate
    frame = decomposition.steps.assign(label=[_(FACTORS[factor]) for factor in decomposition.steps["factor"]])
    title = _("Growth of total costs by year, millions of euros")
    return _contributions(title, frame, decomposition, language)


def table_by_part(decomposition: GrowthDecomposition, language: Language) -> Table:
    """Contributions of BJH and of the rest, if BJH is part of the total."""
    _ = language.translate
    parts = decomposition.parts
    frame = parts.assign(
        label=[_(FACTORS[factor]) for factor in parts["factor"]], part=[_(COST_PARTS[part]) for part in parts["part"]]
    )
    title = _("Growth by part, if BJH is part of the total, millions of euros")
    part = Column("part", _("Part"))
    return _contributions(title, frame, decomposition, language, part)


def _contributions(
    title: str, frame: pd.DataFrame, decomposition: GrowthDecomposition, language: Language, *first: Column
) -> Table:
    _ = language.translate
    return Table(
        id="cost_by_part" if first else "cost_steps",
        title=title,
        columns=(
            Column("final_year", _("Year")),
            *first,
            Column("label", _("Through")),
            Column("lmdi", _("LMDI"), "decimal", 2, ("low", "high")),
            Column("bennet", _("Bennet"), "decimal", 2),
        ),
        frame=frame,
        note=_(
            "Two methods that leave nothing over. In brackets: rounding, with LMDI. Prices by the {index}. "
            "Volumes of the rest of youth care were not published, so its volume and mix cannot be told apart."
        ).format(index=_(PRICE_INDICES[decomposition.price_index])),
        evidence=decomposition.evidence,
        language=language,
    )


def describe_decomposition(decomposition: GrowthDecomposition, language: Language) -> Sentence:
    """How much prices explain, and what is left."""
    _ = language.translate
    text = _(
        "Of the {growth} million euros by which total costs rose from {base} to {final}, {price} million is prices "
        "({index}) and {rest} million ({low} to {high}, by rounding) is volume and mix together. What was published "
        "does not say which of the two."
    ).format(
        growth=language.decimal(decomposition.growth.value, 0),
        base=decomposition.base_year,
        final=decomposition.final_year,
        price=language.decimal(decomposition.price.value),
        index=_(PRICE_INDICES[decomposition.price_index]),
        rest=language.decimal(decomposition.volume_and_mix.value),
        low=language.decimal(decomposition.volume_and_mix.low),
        high=language.decimal(decomposition.volume_and_mix.high),
    )
    return Sentence(text, decomposition.evidence, language)


def table_drivers(drivers: CostDrivers, language: Language) -> Table:
    """The reasons that the council was given, with what is known of each."""
    _ = language.translate
    effect: Bounded = drivers.price_effect
    unknown = _("unknown")
    facts = {
        "low": language.decimal(effect.low),
        "high": language.decimal(effect.high),
        "index": _(PRICE_INDICES[drivers.price_index]),
        "users": unknown if drivers.users_change is None else language.points(drivers.users_change),
        "users_period": (drivers.users_period or "–").replace("/", "–"),
        "shares": unknown if drivers.share_change_points is None else language.signed(drivers.share_change_points, 2),
        "shares_period": (drivers.share_period or "–").replace("/", "–"),
    }
    amounts = [
        _("no amount published") if pd.isna(amount) else language.decimal(amount)
        for amount in drivers.frame["amount_eur_million"]
    ]
    frame = drivers.frame.assign(
        through=[
            _(FACTORS[component]) if component != "volume" else _("volume") for component in drivers.frame["component"]
        ],
        amount=amounts,
        fact=[_(KNOWN[known]).format(**facts) for known in drivers.frame["known"]],
    )
    return Table(
        id="cost_drivers",
        title=_("Reasons that the council was given for the rise"),
        columns=(
            Column("quote", _("As shown to the council"), "quote"),
            Column("through", _("Would work through")),
            Column("amount", _("Amount, millions of euros")),
            Column("fact", _("What is known")),
        ),
        frame=frame,
        note=_("New tariffs and yearly indexation can overlap. Sources: presentation to the council, VNG and CBS."),
        evidence=drivers.evidence,
        language=language,
    )


def describe_drivers(drivers: CostDrivers, language: Language) -> Sentence:
    """How many of the reasons came with an amount."""
    _ = language.translate
    text = _(
        "The council was given {n} reasons for the rise, {with_amount} of them with an amount. So it cannot be checked "
        "how much each contributed."
    ).format(
        n=language.integer(len(drivers.frame)),
        with_amount=language.integer(drivers.n_with_amount) if drivers.n_with_amount else _("none"),
    )
    return Sentence(text, drivers.evidence, language)
