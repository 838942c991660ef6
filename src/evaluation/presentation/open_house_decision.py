"""What is known per product for the decision, and which shift after it could be seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from evaluation.evidence import Estimate, Mark, any_withheld, weakest
from evaluation.measures.level_shift import LevelShift
from evaluation.measures.open_house_products import OpenHouseAmounts, OpenHouseProviders, ProductTrend
from evaluation.measures.open_house_stock import OpenHouseStock
from evaluation.presentation.figure import BJH, CONTEXT, INK, REST, Figure, canvas, drawn, format_axis
from evaluation.presentation.language import N_, Language
from evaluation.presentation.open_house import product_label
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def table_decision(
    stock: OpenHouseStock,
    amounts: OpenHouseAmounts,
    providers: OpenHouseProviders,
    trend: ProductTrend,
    language: Language,
) -> Table:
    """One row per product with what is known of it."""
    _ = language.translate
    frame = pd.DataFrame({"product_code": _products(stock, amounts, trend)})
    columns: dict[str, tuple[pd.DataFrame, str]] = {
        "clients": (stock.products, "trajectories"),
        "time": (stock.with_share("time"), "value"),
        "combined": (stock.with_share("combined"), "value"),
        "unknown": (stock.products, "unknown"),
        "eur": (amounts.products, "eur"),
        "providers": (providers.products, "providers"),
        **{name: (trend.products, name) for name in ("starts_before", "starts", "ratio", "ci_low", "ci_high")},
    }
    # Clients and providers of several products count once in the whole.
    wholes: dict[str, dict[str, Any]] = {"clients": {"": stock.clients}, "providers": {"": providers.last}}
    for name, (source, column) in columns.items():
        values = dict(zip(source["product_code"], source[column], strict=True)) | wholes.get(name, {})
        frame[name] = pd.Series([values.get(code) for code in frame["product_code"]], dtype=object)
    return Table(
        id="decision",
        title=_("What is known per product for the decision to close, change or keep open"),
        columns=(
            Column("product", _("Product")),
            Column("clients", _("Clients"), "integer"),
            Column("eur", _("Euros, 12 months"), "euro", 0),
            Column("time", _("Time needed"), "percent", 0),
            Column("combined", _("Combined"), "percent", 0),
            Column("unknown", _("Reason unknown"), "integer"),
            Column("providers", _("Providers"), "integer"),
            Column("starts_before", _("Starts, 6 months before"), "integer"),
            Column("starts", _("Starts, last 6 months"), "integer"),
            Column("ratio", _("Ratio (95% interval)"), "decimal", 2, ("ci_low", "ci_high")),
        ),
        frame=frame.assign(product=[product_label(code, language) for code in frame["product_code"]]),
        note=_(
            "Clients, reasons and providers: {month}. Time needed: share with the reason that ends by itself; "
            "combined: with residence, day care or education. Ratio: starts per day, last six months over the six "
            "before, with exact interval. Not known of any product: whether the help works, what BJH could take over, "
            "and what it would cost there. Clients and providers of several products count once in the last row."
        ).format(month=language.month(stock.month)),
        evidence=weakest((stock.evidence, amounts.evidence, providers.evidence, trend.evidence)),
        language=language,
    )


def _products(*results: OpenHouseStock | OpenHouseAmounts | ProductTrend) -> list[str]:
    """Every product that one of the results names, the whole last."""
    codes = sorted({str(code) for result in results for code in result.products["product_code"]} - {""})
    return [*codes, ""] if codes else []


def plot_trend(trend: ProductTrend, language: Language) -> Figure:
    """Ratio of the starts of both half-years by product, with intervals, on a scale of ratios."""
    _ = language.translate
    title = _("Starts in the last half-year against the half-year before, by product")
    frame = trend.products.assign(label=[product_label(code, language) for code in trend.products["product_code"]])
    table = Table(
        id="trend",
        title=title,
        columns=(
            Column("label", _("Product")),
            Column("starts_before", _("Starts, 6 months before"), "integer"),
            Column("starts", _("Starts, last 6 months"), "integer"),
            Column("ratio", _("Ratio (95% interval)"), "decimal", 2, ("ci_low", "ci_high")),
        ),
        frame=frame,
        note=_("Help that comes back after a month without counts as a start. Unknown: one of both numbers is zero."),
        evidence=trend.evidence,
        language=language,
    )
    axes = canvas(
        title=title,
        subtitle=_(
            "Ratio of starts per day with exact interval, {first} to {last}; left of the line: fewer starts"
        ).format(first=language.month(trend.first), last=language.month(trend.last)),
        source=_("Source: lines of Open House up to {day}.").format(day=language.day(trend.reference_date)),
        evidence=trend.evidence,
        language=language,
        height=0.6 + 0.26 * max(len(frame), 1),
    )
    said = []
    for position, row in enumerate(frame.to_dict("records")):
        text = table.columns[3].cell_of(row, language)
        said.append(f"{row['label']}: {text}")
        ratio, low, high = drawn([row["ratio"], row["ci_low"], row["ci_high"]])
        if not np.isnan(ratio):
            colour = INK if not row["product_code"] else REST
            axes.hlines(position, max(low, 0.1), min(high, 10), color=colour, linewidth=3)
            axes.plot(ratio, position, "o", color=colour, markersize=6)
        axes.annotate(text, (11.5, position), va="center", annotation_clip=False, size=8.5)
    axes.axvline(1, color=CONTEXT, linewidth=1)
    axes.set_xscale("log")
    axes.set_xlim(0.1, 10)
    axes.set_xticks([0.1, 0.25, 0.5, 1, 2, 4, 10], [language.shortest(tick) for tick in (0.1, 0.25, 0.5, 1, 2, 4, 10)])
    axes.set_xticks([], minor=True)
    axes.set_yticks(range(len(frame)), frame["label"])
    axes.set_ylim(max(len(frame), 1) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    alt = _("{title}. Ratio with interval per product. {values}.").format(
        title=title, values="; ".join(said) or _("unknown")
    )
    return Figure("trend", axes, alt, table)


DIRECTIONS = {
    "fewer": N_("for {n}, demonstrably fewer trajectories started in the last half-year than in the one before"),
    "more": N_("for {n}, demonstrably more trajectories started in the last half-year than in the one before"),
    "open": N_("for {n} the interval leaves both open"),
    "unknown": N_("for {n} it is unknown or not shown"),
}


def describe_decision(stock: OpenHouseStock, trend: ProductTrend, language: Language) -> Sentence:
    """How many products the facts point which way for; no advice."""
    _ = language.translate
    evidence = weakest((stock.evidence, trend.evidence))
    products = trend.products.iloc[:-1]
    if products.empty:
        text = _("Whether fewer trajectories start is unknown: not every month of the last year was delivered.")
        return Sentence(text, evidence, language)
    kinds = [_direction(row) for row in products.to_dict("records")]
    said = {kind: kinds.count(kind) for kind in ("fewer", "more", "open", "unknown")}
    parts = [_(DIRECTIONS[kind]).format(n=language.integer(count)) for kind, count in said.items() if count]
    if said["fewer"] or said["more"]:
        text = _("Of the {n} products: {parts}. Among many products one such difference may come by chance.")
    elif said["open"]:
        text = _("For none of the {n} products is a difference shown.")
        parts = parts[1:]
        if said["unknown"]:
            text = _("For none of the {n} products is a difference shown: {parts}.")
    else:
        text = _("For all {n} products it is unknown or not shown whether fewer trajectories start.")
    text = text.format(n=language.integer(len(kinds)), parts="; ".join(parts))
    whole = _of_all_products(trend.products.iloc[-1].to_dict(), language)
    no_advice = _("These are counts and no advice.")
    return Sentence(f"{text}{whole} {no_advice}", evidence, language)


def _of_all_products(row: Mapping[Any, Any], language: Language) -> str:
    """The trend of all products together: many small differences that cannot be told from chance may add up to one."""
    ratio, low, high = row["ratio"], row["ci_low"], row["ci_high"]
    if any_withheld(ratio, low, high) or any(value is None for value in (ratio, low, high)):
        return ""
    text = N_("All products together: {ratio} times as many starts as in the half-year before ({low} to {high}).")
    ratio, low, high = (language.decimal(value, 2) for value in (ratio, low, high))
    return " " + language.translate(text).format(ratio=ratio, low=low, high=high)


def _direction(row: Mapping[Any, Any]) -> str:
    low, high = row["ci_low"], row["ci_high"]
    if any_withheld(low, high) or low is None or high is None:
        return "unknown"
    return "fewer" if high < 1 else "more" if low > 1 else "open"


def plot_level(found: LevelShift, language: Language) -> Figure:
    """Starts per month with the line of the months before the day."""
    _ = language.translate
    title = _("Trajectories that start in Open House")
    axes = canvas(
        title=title,
        subtitle=_("Starts per month; line: straight line of the months before {day}").format(
            day=language.day(found.change_date)
        ),
        source=_("Source: lines of Open House up to {day}; months before the change: {before}, after: {after}.").format(
            day=language.day(found.reference_date),
            before=language.integer(found.n_before),
            after=language.integer(found.n_after),
        ),
        evidence=found.evidence,
        language=language,
        height=2.4,
    )
    frame = found.months
    positions = np.arange(len(frame))
    starts, expected = drawn(frame["starts"].astype(object)), drawn(frame["expected"])
    axes.plot(positions, expected, color=INK, linewidth=1.2)
    axes.plot(positions, starts, "o", color=REST, markersize=5)
    after = positions[frame["after"].to_numpy(bool)]
    if len(after):
        axes.axvline(after[0] - 0.5, color=BJH, linewidth=1.2)
        text = language.day(found.change_date)
        axes.annotate(
            text, (after[0] - 0.5, 1), (4, -8), xycoords=("data", "axes fraction"), textcoords="offset points", size=8.5
        )
    axes.set_ylim(bottom=0)
    ticks = positions[::6]
    axes.set_xticks(ticks, [language.month_short(frame["month"].iloc[at]) for at in ticks])
    format_axis(axes.yaxis.set_major_formatter, language.integer)
    numbers = Table(
        id="level",
        title=title,
        columns=(
            Column("month", _("Month"), "month"),
            Column("starts", _("Starts"), "integer"),
            Column("expected", _("By the line"), "decimal", 0),
        ),
        frame=frame,
        note=_("The first month of the table is left out: it is not known what started in it."),
        evidence=found.evidence,
        language=language,
    )
    alt = _("{title}. {sentence}").format(title=title, sentence=describe_level(found, language).text)
    return Figure("level", axes, alt, numbers)


def table_detectable(found: LevelShift, language: Language) -> Table:
    """The smallest shift that could be seen after some months."""
    _ = language.translate
    return Table(
        id="detectable",
        title=_("Smallest shift of the starts per month that could be seen after {day}").format(
            day=language.day(found.change_date)
        ),
        columns=(
            Column("months_after", _("Months after"), "integer"),
            Column("starts", _("Starts per month"), "decimal", 0),
            Column("share", _("Against the last six known months before"), "percent", 0),
        ),
        frame=found.detectable,
        note=_(
            "Seen: an interval of {level} that leaves out zero, with a chance of {power}. Starts per month may vary "
            "and hang together as they did before. Above 100% not even a full stop would stand out."
        ).format(level=language.percent(found.level, 0), power=language.percent(found.power, 0)),
        evidence=found.evidence,
        language=language,
    )


def describe_level(found: LevelShift, language: Language) -> Sentence:
    """The shift with its interval, or before the day the smallest one that could be seen."""
    _ = language.translate
    row = found.detectable[found.detectable["months_after"] == found.months_after].iloc[0]
    day = language.day(found.change_date)
    shift, low, high = found.shift, found.ci_low, found.ci_high
    values = (shift, low, high) if found.observed else (row["starts"], row["share"])
    if any(isinstance(value, Mark) for value in values):
        text = _("Which shift of the starts after {day} is or could be seen is not shown: too few started.").format(
            day=day
        )
    elif any(value is None for value in values):
        text = _("Which shift of the starts after {day} could be seen is unknown: too few months came.").format(day=day)
    elif found.observed:
        text = _(
            "From {day} on the starts per month differ by {shift} from what the line of the months before gives, with "
            "an interval from {low} to {high}. Whether anything but the decision changed on that day cannot be seen "
            "from it."
        ).format(day=day, shift=_signed(shift, language), low=_signed(low, language), high=_signed(high, language))
    else:
        text = _(
            "No month after {day} is known yet. With {months} months after it, a shift would have to be at least "
            "{starts} starts a month to be seen, which is {share} of the starts of late; a smaller one would go unseen."
        ).format(
            day=day,
            months=language.integer(found.months_after),
            starts=language.decimal(row["starts"], 0),
            share=language.percent(row["share"], 0),
        )
    return Sentence(text, found.evidence, language)


def _signed(value: Estimate, language: Language) -> str:
    return language.signed(value, 0) if isinstance(value, float) else language.translate(N_("unknown"))
