"""What is still in Open House: what the council was told, what runs, for which reasons, and who gives it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from evaluation.evidence import Mark, any_withheld, is_suppressed, weakest
from evaluation.measures.open_house_products import OpenHouseAmounts, OpenHouseProviders
from evaluation.measures.open_house_published import PublishedTransition
from evaluation.measures.open_house_stock import CELLS, OpenHouseStock, ReasonAgreement
from evaluation.presentation.figure import CONTEXT, REST, Figure, canvas, drawn, format_axis
from evaluation.presentation.labels import group_label
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

REASONS = {
    "time": N_("time needed to change"),
    "child": N_("not in the child's interest (yet)"),
    "combined": N_("combined with residence, day care or education"),
    "elsewhere": N_("child lives elsewhere (residence principle)"),
    "other": N_("another reason"),
    "unknown": N_("reason unknown"),
}
SHORT_REASONS = {
    "time": N_("Time"),
    "child": N_("Child"),
    "combined": N_("Combined"),
    "elsewhere": N_("Elsewhere"),
    "other": N_("Other"),
    "unknown": N_("Unknown"),
}


def product_label(code: str, language: Language) -> str:
    """Return the name of a product; the whole is called all."""
    return group_label("product_code", code, language) if code else language.translate(N_("all"))


def table_published(told: PublishedTransition, language: Language) -> Table:
    """Each statement with the number that came with it."""
    _ = language.translate
    pairs = {"B12": told.providers, "B13": told.products}
    rows = []
    for row in told.statements.to_dict("records"):
        text = _("none")
        if row["id"] in pairs:
            text = _("{before}, then {after}").format(
                before=language.integer(pairs[row["id"]][0]), after=language.integer(pairs[row["id"]][1])
            )
        elif row["unit"] == "years":
            text = _("{years} years").format(years=row["value"])
        elif not pd.isna(row["reference_date"]):
            text = language.day(row["reference_date"])
        rows.append({"id": row["id"], "quote": row["quote"], "number": text})
    return Table(
        id="published",
        title=_("What the council was told of the move from Open House to BJH"),
        columns=(Column("id", _("Statement")), Column("quote", _("As shown"), "quote"), Column("number", _("Number"))),
        frame=pd.DataFrame(rows),
        note=_("Statements are numbered as in data/published/claims.csv. Source: presentations to the council."),
        evidence=told.evidence,
        language=language,
        folded=True,
    )


def describe_published(told: PublishedTransition, language: Language) -> Sentence:
    """The figures, and what was not published beside them."""
    _ = language.translate
    providers, products = (tuple(map(language.integer, pair)) for pair in (told.providers, told.products))
    text = _(
        "The council was told that {before} providers became {after}, and {products} products one task. The same "
        "presentation says that not all help went over to BJH and gives {reasons} reasons. How many children, "
        "trajectories or euros belong to a reason was published for {given} of the {reasons}. So the {after} provider "
        "is what was meant to be; who gives the help now cannot be told from what was published."
    ).format(
        before=providers[0],
        after=providers[1],
        products=products[0],
        reasons=language.integer(told.reasons),
        given=language.integer(told.reasons_with_number) if told.reasons_with_number else _("none"),
    )
    return Sentence(text, told.evidence, language)


def plot_providers(found: OpenHouseProviders, told: PublishedTransition, language: Language) -> Figure:
    """Providers with clients by month, with the published numbers as lines."""
    _ = language.translate
    evidence = weakest((found.evidence, told.evidence))
    title = _("Providers in Open House that give help to at least one client")
    axes = canvas(
        title=title,
        subtitle=_("Number of providers per month; lines: as published, before and after"),
        source=_("Source: lines of Open House up to {day}; presentations to the council.").format(
            day=language.day(found.reference_date)
        ),
        evidence=evidence,
        language=language,
        height=2.3,
    )
    counts = drawn(found.frame["providers"])
    positions = np.arange(len(counts))
    axes.plot(positions, counts, color=REST, linewidth=2.2, marker="o", markersize=3)
    right = max(len(counts) - 1, 1)
    for value in told.providers:
        axes.axhline(value, color=CONTEXT, linewidth=1, linestyle=(0, (4, 3)))
        axes.annotate(
            _("published: {n}").format(n=language.integer(value)),
            (right, value),
            (4, 4),
            textcoords="offset points",
            size=8.5,
        )
    axes.set_xlim(-0.5, right * 1.2)
    axes.set_ylim(0, max([*told.providers, *counts[~np.isnan(counts)]]) * 1.15)
    ticks = positions[::6]
    axes.set_xticks(ticks, [language.month_short(found.frame["month"].iloc[at]) for at in ticks])
    format_axis(axes.yaxis.set_major_formatter, language.integer)
    numbers = Table(
        id="providers",
        title=title,
        columns=(Column("month", _("Month"), "month"), Column("providers", _("Providers"), "integer")),
        frame=found.frame,
        note=_("A month without lines is unknown. Names of providers are never shown."),
        evidence=evidence,
        language=language,
    )
    alt = _("{title}. {sentence}").format(title=title, sentence=describe_providers(found, told, language).text)
    return Figure("providers", axes, alt, numbers)


def describe_providers(found: OpenHouseProviders, told: PublishedTransition, language: Language) -> Sentence:
    """How many providers still have clients."""
    _ = language.translate
    before, after = (language.integer(value) for value in told.providers)
    last = found.last
    if last is None:
        text = _("How many providers still give help is unknown: no lines of the last month were delivered.")
    elif isinstance(last, Mark):
        text = _("How many providers still give help in Open House is not shown, because they are too few.")
    else:
        text = _(
            "In {month} {n} providers in Open House gave help to a client or more; {before} to {after} was published."
        ).format(
            month=language.month(found.frame["month"].iloc[-1]), n=language.integer(last), before=before, after=after
        )
    return Sentence(text, weakest((found.evidence, told.evidence)), language)


def table_stock(stock: OpenHouseStock, language: Language) -> Table:
    """Trajectories by product and reason."""
    _ = language.translate
    explained = "; ".join(f"{_(SHORT_REASONS[reason])}: {_(REASONS[reason])}" for reason in CELLS)
    return Table(
        id="stock",
        title=_("Trajectories in Open House by product and reason, {month}").format(month=language.month(stock.month)),
        columns=(
            Column("product", _("Product")),
            Column("trajectories", _("Trajectories"), "integer"),
            *(Column(reason, _(SHORT_REASONS[reason]), "integer") for reason in CELLS),
        ),
        frame=stock.products.assign(product=[product_label(code, language) for code in stock.products["product_code"]]),
        note=_("{reasons}. Lines without a client, which are not in it: {missing}.").format(
            reasons=explained, missing=language.integer(stock.n_missing)
        ),
        evidence=stock.evidence,
        language=language,
    )


def plot_reasons(stock: OpenHouseStock, language: Language) -> Figure:
    """Share of each reason among what still runs, with intervals."""
    _ = language.translate
    frame = stock.reasons.assign(label=[_(REASONS[reason]) for reason in stock.reasons["reason"]])
    title = _("Why help is still in Open House")
    table = Table(
        id="reasons",
        title=title,
        columns=(
            Column("label", _("Reason")),
            Column("count", _("Trajectories"), "integer"),
            Column("share", _("Share (95% interval)"), "percent", 0, ("ci_low", "ci_high")),
        ),
        frame=frame,
        note=_(
            "Reason by the first reviewer, as a share of all; the interval holds for other trajectories like these."
        ),
        evidence=stock.evidence,
        language=language,
    )
    n = language.integer(stock.whole["trajectories"]) if stock.known else _("unknown")
    axes = canvas(
        title=title,
        subtitle=_("Share of the trajectories that run in {month}, by reason, with interval").format(
            month=language.month(stock.month)
        ),
        source=_("Source: lines of Open House; trajectories: {n}.").format(n=n),
        evidence=stock.evidence,
        language=language,
        height=0.5 + 0.34 * max(len(frame), 1),
    )
    said = []
    widest = max([0.4, *(end for end in drawn(frame["ci_high"]) if not np.isnan(end))])
    right = min(1.0, np.ceil(widest * 10) / 10)
    for position, row in enumerate(frame.to_dict("records")):
        text = table.columns[2].cell_of(row, language)
        said.append(f"{row['label']}: {text}")
        if not is_suppressed(row["share"]) and not pd.isna(row["share"]):
            colour = CONTEXT if row["reason"] == "unknown" else REST
            axes.hlines(position, row["ci_low"], row["ci_high"], color=colour, linewidth=3)
            axes.plot(row["share"], position, "o", color=colour, markersize=8)
        axes.annotate(text, (1.04 * right, position), va="center", annotation_clip=False)
    axes.set_yticks(range(len(frame)), frame["label"])
    axes.set_ylim(len(frame) - 0.4, -0.6)
    axes.set_xlim(0, right)
    axes.grid(visible=False, axis="y")
    format_axis(axes.xaxis.set_major_formatter, lambda value: language.percent(value, 0))
    alt = _("{title}. Share of trajectories by reason. {values}.").format(
        title=title, values="; ".join(said) or _("unknown")
    )
    return Figure("reasons", axes, alt, table)


def describe_stock(stock: OpenHouseStock, amounts: OpenHouseAmounts, language: Language) -> Sentence:
    """What still runs, what it cost, and the two largest reasons."""
    _ = language.translate
    evidence = weakest((stock.evidence, amounts.evidence))
    if not stock.known:
        return Sentence(
            _("How much help is still in Open House is unknown: no lines of {month} were delivered.").format(
                month=language.month(stock.month)
            ),
            evidence,
            language,
        )
    whole = stock.whole["trajectories"]
    if any_withheld(whole, stock.clients):
        text = _("How many clients still have help in Open House is not shown, because they are too few.")
        return Sentence(text, evidence, language)
    text = _("In {month} {clients} clients still had help in Open House, with {trajectories} trajectories.").format(
        month=language.month(stock.month),
        clients=language.integer(stock.clients or 0),
        trajectories=language.integer(whole),
    )
    return Sentence(" ".join([text, _of_amounts(amounts, language), _of_reasons(stock, language)]), evidence, language)


def _of_amounts(amounts: OpenHouseAmounts, language: Language) -> str:
    _ = language.translate
    if amounts.total is None:
        return _("What it costs is unknown.")
    if isinstance(amounts.total, Mark):
        return _("What it costs is not shown, because that would tell on one provider or a few clients.")
    return _("Over the {months} months with lines up to then it cost {euros}.").format(
        months=language.integer(amounts.known_months), euros=language.euro(round(amounts.total, -3))
    )


def _of_reasons(stock: OpenHouseStock, language: Language) -> str:
    """The reasons with the largest share, as far as they are shown, and the share without one."""
    _ = language.translate
    shares = {row["reason"]: row["share"] for row in stock.reasons.to_dict("records")}
    known = {name: value for name, value in shares.items() if isinstance(value, float) and name != "unknown" and value}
    if not known:
        return _("For which reasons is unknown or not shown.")
    first = sorted(known, key=lambda name: -known[name])[:2]
    parts = [f"{_(REASONS[name])} ({language.percent(known[name], 0)})" for name in first]
    said = _("The reasons most often given are: {reasons}.").format(reasons="; ".join(parts))
    unknown = shares["unknown"]
    if isinstance(unknown, float):
        said += " " + _("For {share} no reason was registered.").format(share=language.percent(unknown, 0))
    return said


def table_agreement(found: ReasonAgreement, language: Language) -> Table:
    """Kappa of each reason against all others."""
    _ = language.translate
    whole = pd.DataFrame(
        {"reason": [""], "kappa": [found.kappa], "ci_low": [found.ci_low], "ci_high": [found.ci_high]}, dtype=object
    )
    frame = pd.concat([found.frame[list(whole.columns)].astype(object), whole], ignore_index=True)
    return Table(
        id="agreement",
        title=_("How far two reviewers read the same reason"),
        columns=(
            Column("label", _("Reason")),
            Column("kappa", _("Cohen's kappa (95% interval)"), "decimal", 2, ("ci_low", "ci_high")),
        ),
        frame=frame.assign(label=[_(REASONS[reason]) if reason else _("all reasons") for reason in frame["reason"]]),
        note=_(
            "One reason against all others, and all together: zero is what chance gives, one is full agreement. "
            "Read by both: {n}; by one or none: {missing}."
        ).format(n=language.integer(found.n), missing=language.integer(found.n_missing)),
        evidence=found.evidence,
        language=language,
    )


def describe_agreement(found: ReasonAgreement, language: Language) -> Sentence:
    """Whether the reasons can be relied on."""
    _ = language.translate
    if isinstance(found.n, Mark) or any_withheld(found.kappa, found.share):
        text = _("How far two reviewers agree on the reason is not shown, because they read too few files together.")
    elif not found.n or found.share is None:
        text = _("No file was read by two reviewers, so it is unknown how far the reasons can be relied on.")
    elif found.share == 1 and found.kappa is not None:
        text = _("Two reviewers gave the same reason in each of the {n} files that both read.").format(
            n=language.integer(found.n)
        )
    elif found.kappa is None or found.ci_low is None or found.ci_high is None:
        text = _("Two reviewers gave one reason throughout, so agreement beyond chance cannot be computed.")
    else:
        text = _(
            "Two reviewers gave the same reason in {share} of {n} files; beyond what chance gives that is a kappa of "
            "{kappa} ({low} to {high}). From about {firm} such codes are called firm."
        ).format(
            share=language.percent(found.share, 0),
            n=language.integer(found.n),
            kappa=language.decimal(found.kappa, 2),
            low=language.decimal(found.ci_low, 2),
            high=language.decimal(found.ci_high, 2),
            firm=language.decimal(0.8),
        )
    return Sentence(text, found.evidence, language)
