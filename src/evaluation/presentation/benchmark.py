"""How the comparison with other municipalities is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from evaluation.evidence import Evidence
from evaluation.measures.benchmark import GrowthComparison, ImprovenGrowth, OwnTotal
from evaluation.measures.costs import CostGrowth
from evaluation.presentation.figure import BENCHMARK, BJH, CONTEXT, SOFT_INK, Figure, canvas, format_axis
from evaluation.presentation.labels import PRICE_INDICES, SCOPES
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

LETTER = 0.0145  # width of a letter as a part of that of the axes
BEHIND_TEXT = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
SUMMARY_ROWS = {
    "own": N_("{municipality}"),
    "national": N_("All municipalities together"),
    "rest_of_country": N_("All municipalities without {municipality}"),
    "median_others": N_("Median of the other large municipalities"),
}


def table_benchmark(
    comparisons: Sequence[GrowthComparison], own: OwnTotal | None, improven: ImprovenGrowth, language: Language
) -> Table:
    """The municipality, the country and the other large ones in both scopes, with the council's own total, if any."""
    _ = language.translate
    first, own_scope = comparisons[0], SCOPES["own"]
    rows: list[dict[str, object]] = []
    if own:
        rows.append({"scope": _(own_scope), "who": _("Groningen, total of the presentations"), **asdict(own)})
    for comparison in comparisons:
        who = [_(SUMMARY_ROWS[row]).format(municipality=first.municipality) for row in comparison.summary["who"]]
        summary = comparison.summary.assign(scope=_(SCOPES[comparison.scope]), who=who)
        rows += [{str(key): value for key, value in record.items()} for record in summary.to_dict("records")]
    rows += [
        {"scope": _(SCOPES[scope]), "who": "Improven", "growth": value} for scope, value in improven.growth.items()
    ]
    return Table(
        id="benchmark",
        title=_("Growth of expenditure on youth care, {base}–{final}").format(
            base=first.base_year, final=first.final_year
        ),
        columns=(
            Column("who", _("Who")),
            Column("scope", _("Scope")),
            Column("growth", _("Nominal"), "percent"),
            Column("growth_per_inhabitant", _("Nominal, per inhabitant"), "percent"),
            Column("real_growth", _("Real"), "percent"),
            Column(
                "eur_per_inhabitant_final",
                _("Euros per inhabitant in {year}").format(year=first.final_year),
                "euro",
                0,
            ),
        ),
        frame=pd.DataFrame(rows),
        note=_(
            "Source: CBS Iv3 accounts. National: municipalities with complete accounts in every year. Neighbourhood "
            "teams (Iv3 task field 6.2) also serve adults. Real: corrected for prices with the {index}. Left out for "
            "want of accounts: {left_out}."
        ).format(index=_(PRICE_INDICES[first.price_index]), left_out=", ".join(first.left_out) or _("none")),
        evidence=(own or first).evidence,
        language=language,
    )


def plot_benchmark(comparisons: Sequence[GrowthComparison], growth: CostGrowth | None, language: Language) -> Figure:
    """Every large municipality as a dot, in both scopes, with this one, the country and the council's own figure."""
    _ = language.translate
    first = comparisons[0]
    source = (
        _("Source: CBS Iv3 accounts, {n} municipalities; total of the presentations for Groningen itself.")
        if growth
        else _("Source: CBS Iv3 accounts, {n} municipalities.")
    )
    axes = canvas(
        title=_("Growth of youth-care expenditure in the large municipalities, in both scopes"),
        subtitle=_("Nominal growth {base}–{final}; each dot is a municipality").format(
            base=first.base_year, final=first.final_year
        ),
        source=source.format(n=language.integer(len(first.municipalities))),
        evidence=(growth or first).evidence,
        language=language,
        height=2.9,
    )
    dots = pd.concat(comparison.municipalities.assign(scope=comparison.scope) for comparison in comparisons)
    order = [comparison.scope for comparison in comparisons]
    others = dots[dots["municipality_code"] != first.municipality_code]
    sns.swarmplot(data=others, x="growth", y="scope", order=order, color=CONTEXT, size=6, ax=axes)
    for position, comparison in enumerate(comparisons):
        axes.plot(comparison.own, position, "o", color=BJH, markersize=11, zorder=5)
        axes.plot(
            [comparison.national] * 2, [position - 0.32, position + 0.32], color=BENCHMARK, linewidth=2.5, zorder=4
        )
        side = -1 if comparison.own < comparison.national else 1
        for x, name, color, align in (
            (comparison.own, first.municipality, BJH, "right" if side < 0 else "left"),
            (comparison.national, _("national"), BENCHMARK, "left" if side < 0 else "right"),
        ):
            anchor, shift = _beside(x, name, align, growth.nominal.value if growth else None, axes)
            axes.annotate(
                name, (anchor, position - 0.34), (shift, 3), textcoords="offset points", ha=align, color=color,
                bbox=BEHIND_TEXT,
            )  # fmt: skip
        fastest = comparison.municipalities.iloc[-1]
        at = (float(fastest["growth"]), position)
        axes.annotate(
            fastest["municipality"], at, (0, -14), textcoords="offset points", ha="center", size=8, color=SOFT_INK
        )
    if growth:
        own = growth.nominal.value
        axes.axvline(own, color=BJH, linewidth=1.4, linestyle=(0, (4, 3)), zorder=1)
        told = _("total of the presentations")
        axes.annotate(told, (own, 1.46), (5, 0), textcoords="offset points", color=BJH, size=8.5)
    axes.set_ylim(1.6, -0.6)
    axes.set_yticks(range(len(order)), [_(SCOPES[scope]) for scope in order])
    axes.set(xlabel="", ylabel="")
    axes.grid(visible=False, axis="y")
    format_axis(axes.xaxis.set_major_formatter, lambda value: language.percent(value, 0))
    alt = _dots_described(comparisons, growth, language)
    return Figure("benchmark_municipalities", axes, alt, _table_municipalities(comparisons, language))


def _beside(x: float, name: str, align: str, line: float | None, axes: Axes) -> tuple[float, int]:
    """Where a name is anchored, and points to move it: at its value, or beside a line that would run through it."""
    left, right = axes.get_xlim()
    width = len(name) * LETTER * (right - left)
    ends = (x - width, x) if align == "right" else (x, x + width)
    if line is None or not ends[0] < line < ends[1]:
        return x, 0
    return line, -4 if align == "right" else 4


def _dots_described(comparisons: Sequence[GrowthComparison], growth: CostGrowth | None, language: Language) -> str:
    _ = language.translate
    scopes = " ".join(_describe_scope(comparison, language) for comparison in comparisons)
    if growth is None:
        return _("Dot plot of the growth per municipality. {scopes}").format(scopes=scopes)
    return _(
        "Dot plot of the growth per municipality, with a dashed line at {own}, the total of the presentations. {scopes}"
    ).format(own=language.percent(growth.nominal.value), scopes=scopes)


def describe_benchmark(
    comparisons: Sequence[GrowthComparison], growth: CostGrowth | None, language: Language
) -> Sentence:
    """The municipality against the country in each scope, and whether the scope decides."""
    _ = language.translate
    first = comparisons[0]
    slower = [answer for comparison in comparisons for answer in comparison.slower]
    if all(slower):
        verdict = _(
            "In both scopes {municipality} grew more slowly than the country and than the median of the other large "
            "municipalities."
        )
    elif not any(slower):
        verdict = _(
            "In both scopes {municipality} grew faster than the country and than the median of the other large "
            "municipalities."
        )
    else:
        verdict = _(
            "Whether {municipality} grew faster or more slowly depends on the scope and on whom it is compared with."
        )
    parts = [
        _(
            "{scope}: {municipality} {own}, national {national}, median of the other large municipalities {median}"
        ).format(
            municipality=first.municipality,
            scope=_(SCOPES[comparison.scope]),
            own=language.points(comparison.own),
            national=language.points(comparison.national),
            median=language.points(comparison.median_others),
        )
        for comparison in comparisons
    ]
    verdict = verdict.format(municipality=first.municipality)
    if growth is None:
        text = _("Growth of expenditure on youth care in the accounts at CBS, {parts}. {verdict}")
        return Sentence(text.format(parts="; ".join(parts), verdict=verdict), first.evidence, language)
    text = _(
        "Growth of expenditure on youth care in the accounts at CBS, {parts}. The total of the presentations, with a "
        "scope of its own, grew by {growth}. {verdict}"
    ).format(parts="; ".join(parts), growth=language.percent(growth.nominal.value), verdict=verdict)
    return Sentence(text, growth.evidence, language)


def describe_ranks(comparisons: Sequence[GrowthComparison], language: Language) -> Sentence:
    """Where the municipality stands among the large municipalities, in each scope."""
    return Sentence(" ".join(_describe_scope(c, language) for c in comparisons), Evidence.BENCHMARK, language)


def describe_improven(improven: ImprovenGrowth, language: Language) -> Sentence:
    """What the comparison rests on while Improven's table is not public, or how Improven stands beside CBS."""
    _ = language.translate
    if not improven.growth:
        text = _(
            "Early in 2025 the council of Groningen was told that the growth from 2022 to 2024 is in line with the "
            "national picture of Improven. Improven's figures were not available for this report, so this comparison "
            "runs on the accounts that municipalities report to CBS (Iv3)."
        )
    else:
        text = _("According to Improven, expenditure grew by {growths} over the same years.").format(
            growths=language.listing(
                [f"{language.percent(value)} ({_(SCOPES[scope])})" for scope, value in improven.growth.items()]
            )
        )
    return Sentence(text, Evidence.BENCHMARK, language)


def _describe_scope(comparison: GrowthComparison, language: Language) -> str:
    _ = language.translate
    return _(
        "{scope}: {municipality} is number {rank} of {n} large municipalities, counted from the slowest growth "
        "({slowest} to {fastest})."
    ).format(
        scope=_(SCOPES[comparison.scope]).capitalize(),
        municipality=comparison.municipality,
        rank=comparison.rank,
        n=len(comparison.municipalities),
        slowest=language.points(comparison.municipalities["growth"].min()),
        fastest=language.points(comparison.municipalities["growth"].max()),
    )


def _table_municipalities(comparisons: Sequence[GrowthComparison], language: Language) -> Table:
    _ = language.translate
    per_inhabitant = _("Euros per inhabitant in {year}").format(year=comparisons[0].final_year)
    rows = pd.concat(c.municipalities.assign(scope=_(SCOPES[c.scope])) for c in comparisons)
    return Table(
        id="benchmark_municipalities",
        title=_("Growth per large municipality"),
        columns=(
            Column("municipality", _("Municipality")),
            Column("scope", _("Scope")),
            Column("growth", _("Nominal"), "percent"),
            Column("growth_per_inhabitant", _("Nominal, per inhabitant"), "percent"),
            Column("eur_per_inhabitant_final", per_inhabitant, "euro", 0),
        ),
        frame=rows,
        note=_("Source: CBS Iv3 accounts."),
        evidence=Evidence.BENCHMARK,
        language=language,
    )
