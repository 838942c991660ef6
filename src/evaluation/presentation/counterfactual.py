"""How the comparison with a synthetic control is shown; a difference never goes without its comparator."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from evaluation.measures.counterfactual import Counterfactual
from evaluation.presentation.figure import BENCHMARK, BJH, CONTEXT, SOFT_INK, Figure, canvas, format_axis
from evaluation.presentation.jumps import say_effect_without, say_jumps
from evaluation.presentation.labels import SCOPES
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def plot_counterfactual(found: Counterfactual, language: Language) -> Figure:
    """Actual against synthetic expenditure, with the band that the placebos leave."""
    _ = language.translate
    path = found.path
    axes = canvas(
        title=_("{municipality} and the mix of others that came closest before BJH, {scope}").format(
            municipality=found.municipality, scope=_(SCOPES[found.scope])
        ),
        subtitle=_(
            "Euros per inhabitant, nominal, {start}–{final}; band: where {level} of comparable places would lie"
        ).format(
            start=found.start_year, final=found.final_year, level=language.percent(1 - found.significance_level, 0)
        ),
        source=_("Source: CBS Iv3 accounts; {n} other large municipalities, {near} of them in the band.").format(
            n=language.integer(found.n_ranked - 1), near=language.integer(found.n_comparable)
        ),
        evidence=found.evidence,
        language=language,
        height=3.4,
    )
    years = path["year"]
    axes.fill_between(years, path["expected_low"], path["expected_high"], color=BENCHMARK, alpha=0.14, linewidth=0)
    axes.plot(years, path["synthetic"], color=BENCHMARK, linewidth=2, linestyle=(0, (5, 2)))
    axes.plot(years, path["actual"], color=BJH, linewidth=2.6, marker="o", markersize=5)
    axes.axvline(found.change_year - 0.5, color=SOFT_INK, linewidth=1)
    bottom = axes.get_ylim()[0]
    begins = _("BJH begins") if found.is_groningen else _("BJH begins in Groningen")
    axes.annotate(begins, (found.change_year - 0.5, bottom), (4, 6), textcoords="offset points", size=8.5)
    last = path.iloc[-1]
    higher = last["actual"] >= last["synthetic"]
    for column, name, colour, up in (
        ("actual", found.municipality, BJH, higher),
        ("synthetic", _("mix of others"), BENCHMARK, not higher),
    ):
        at = (float(last["year"]), float(last[column]))
        axes.annotate(
            name, at, (6, 5 if up else -5), textcoords="offset points", va="center", color=colour, weight="bold"
        )
    axes.set_xticks(list(years))
    axes.set_xlim(found.start_year - 0.3, found.final_year + 1.3)
    axes.set_xlabel("")
    format_axis(axes.yaxis.set_major_formatter, language.euro)
    alt = _("Line chart per year. {sentence}").format(sentence=_describe(found, language))
    return Figure(f"counterfactual_{found.scope}", axes, alt, _table_path(found, language))


def describe_counterfactual(found: Counterfactual, language: Language) -> Sentence:
    """The difference with the mix of others, and whether it is unusual."""
    return Sentence(_describe(found, language), found.evidence, language)


def _describe(found: Counterfactual, language: Language) -> str:
    _ = language.translate
    parts = [
        _("in {year} {amount} per inhabitant {direction} ({share})").format(
            year=row["year"],
            amount=language.euro(abs(row["effect"])),
            direction=_("more") if row["effect"] > 0 else _("less"),
            share=language.points(row["effect_share"]),
        )
        for row in found.effects.to_dict("records")
    ]
    text = _(
        "{scope}: compared with the mix of other large municipalities that came closest to its spending before {year} "
        "(on average {error} per inhabitant off), {municipality} spent {parts}. Of all {n} municipalities, "
        "{municipality} included, {rank} differed at least as much from their mix, for how well it had fitted before; "
        "going by the size of the difference only, {size_rank} of the {n_near} comparable municipalities did. {verdict}"
    )
    said = text.format(
        scope=_(SCOPES[found.scope]).capitalize(),
        municipality=found.municipality,
        year=found.change_year,
        error=language.euro(found.mean_error_before),
        parts=language.listing(parts),
        n=language.integer(found.n_ranked),
        rank=language.integer(found.rank),
        size_rank=language.integer(found.effect_p_value * (found.n_comparable + 1)),
        n_near=language.integer(found.n_comparable + 1),
        verdict=_verdict(found, language),
    )
    return " ".join([said, *say_jumps([found.jumps], say_effect_without(found, language), language)])


def _verdict(found: Counterfactual, language: Language) -> str:
    _ = language.translate
    if found.found:
        text = _("That is more than comparable municipalities differ from their own mix, so something set {it} apart.")
        return text.format(it=found.municipality)
    if found.is_groningen:
        return _("Such differences also occur among municipalities without BJH, so they say nothing about BJH.")
    return _("Such differences also occur among other municipalities.")


def describe_subject(found: Counterfactual, language: Language) -> Sentence:
    """What the comparison is about: the municipality where BJH began, or one where it did not."""
    _ = language.translate
    if found.is_groningen:
        text = _(
            "BJH began in Groningen in {year}. Amounts are per inhabitant, because Groningen merged with Haren and Ten "
            "Boer; the years before that are about the smaller municipality."
        )
    else:
        text = _(
            "No BJH began in {municipality}. The year {year}, in which it began in Groningen, only divides the years "
            "here, so a difference shows what {municipality} did unlike its mix and has nothing to do with BJH. "
            "Groningen is left out of the mix."
        )
    text = text.format(municipality=found.municipality, year=found.change_year)
    return Sentence(text, found.evidence, language)


def describe_detectable(found: Sequence[Counterfactual], language: Language) -> Sentence:
    """What a council may conclude: how large an effect would have been seen at all."""
    _ = language.translate
    parts = []
    for one in found:
        scope = _(SCOPES[one.scope])
        if one.smallest_detectable_effect is None or one.smallest_detectable_eur_million is None:
            parts.append(_("{scope}: none, there are too few comparable municipalities").format(scope=scope))
        else:
            parts.append(
                _(
                    "{scope}: about {euro} per inhabitant a year, {million} million euros in all, where the difference "
                    "found is {effect} per inhabitant"
                ).format(
                    scope=scope,
                    million=language.decimal(one.smallest_detectable_eur_million, 0),
                    euro=language.euro(one.smallest_detectable_effect),
                    effect=language.euro(one.effect),
                )
            )
    asked = (
        _("How large must an effect of BJH have been to be seen with these accounts, in four of five cases?")
        if found[0].is_groningen
        else _(
            "How large must an effect of a change of policy be to be seen with these accounts, in four of five cases?"
        )
    )
    text = _(
        "{asked} {parts}. Smaller effects, for better or worse, cannot be told from what happens in other "
        "municipalities anyway. “No difference shown” is therefore not “no effect”."
    ).format(asked=asked, parts="; ".join([parts[0][:1].upper() + parts[0][1:], *parts[1:]]))
    return Sentence(text, found[0].evidence, language)


def describe_robustness(found: Sequence[Counterfactual], language: Language) -> Sentence:
    """Whether the sign survives another mix, another period and a start that never was."""
    _ = language.translate
    parts = [_robustness(one, language) for one in found]
    return Sentence(" ".join(parts), found[0].evidence, language)


def _robustness(one: Counterfactual, language: Language) -> str:
    _ = language.translate
    merger = (
        ""
        if one.since_merger is None
        else _("; with only the years after the merger {merger}").format(merger=language.euro(one.since_merger))
    )
    exact = ""
    if one.best_rank > 1:
        exact = " " + _(
            "As the mix fits other municipalities exactly, {municipality} could have no better rank than {best_rank}."
        ).format(best_rank=language.integer(one.best_rank), municipality=one.municipality)
    text = _(
        "{scope}: the mean difference is {effect} per inhabitant a year.{exact} Without one of the municipalities of "
        "the mix it lies between {low} and {high}{merger}. A fake start in {fake_year}, when nothing began, gives "
        "{fake}, rank {fake_rank} of {n}."
    )
    return text.format(
        scope=_(SCOPES[one.scope]).capitalize(),
        effect=language.euro(one.effect),
        exact=exact,
        low=language.euro(one.leave_one_out["effect"].min()),
        high=language.euro(one.leave_one_out["effect"].max()),
        merger=merger,
        fake_year=one.fake_year,
        fake=language.euro(one.fake_effect),
        fake_rank=language.integer(one.fake_rank),
        n=language.integer(one.n_ranked),
    )


def table_weights(found: Sequence[Counterfactual], language: Language) -> Table:
    """Who is in the mix, and what leaving each out does."""
    _ = language.translate
    frame = pd.concat(
        one.weights.merge(one.leave_one_out, left_on="municipality", right_on="left_out").assign(
            scope=_(SCOPES[one.scope])
        )
        for one in found
    )
    missing = "; ".join(f"{name} ({', '.join(map(str, years))})" for name, years in found[0].left_out.items())
    return Table(
        id="counterfactual_weights",
        title=_("The mix of other municipalities"),
        columns=(
            Column("scope", _("Scope")),
            Column("municipality", _("Municipality")),
            Column("weight", _("Share in the mix"), "percent"),
            Column("effect", _("Difference without this municipality, euros per inhabitant a year"), "euro", 0),
            Column("rmspe_before", _("Error before BJH without it, euros per inhabitant"), "euro", 1),
        ),
        frame=frame,
        note=_(
            "Shares below half a percent are left out. With more municipalities than years other mixes may fit as "
            "well. Left out for want of a year: {missing}. Source: CBS Iv3 accounts."
        ).format(missing=missing or _("none")),
        evidence=found[0].evidence,
        language=language,
    )


def plot_placebos(found: Counterfactual, language: Language) -> Figure:
    """The gap of the municipality among the gaps of others, which had no BJH."""
    _ = language.translate
    axes = canvas(
        title=_("Differences with their own mix: {municipality} among comparable municipalities, {scope}").format(
            municipality=found.municipality, scope=_(SCOPES[found.scope])
        ),
        subtitle=_("Euros per inhabitant, nominal; each grey line is a municipality without BJH, as if it had it"),
        source=_("Source: CBS Iv3 accounts; {near} municipalities with a comparable fit before BJH.").format(
            near=language.integer(found.n_comparable)
        ),
        evidence=found.evidence,
        language=language,
        height=2.8,
    )
    for _name, gaps in found.placebo_gaps.groupby("municipality"):
        axes.plot(gaps["year"], gaps["gap"], color=CONTEXT, linewidth=0.9, alpha=0.75)
    axes.plot(found.path["year"], found.path["gap"], color=BJH, linewidth=2.6, marker="o", markersize=4)
    axes.axhline(0, color=SOFT_INK, linewidth=0.8)
    axes.axvline(found.change_year - 0.5, color=SOFT_INK, linewidth=1)
    last = found.path.iloc[-1]
    at = (float(last["year"]), float(last["gap"]))
    axes.annotate(found.municipality, at, (6, 0), textcoords="offset points", va="center", color=BJH, weight="bold")
    axes.set_xticks(list(found.path["year"]))
    axes.set_xlim(found.start_year - 0.3, found.final_year + 1.1)
    format_axis(axes.yaxis.set_major_formatter, language.euro)
    alt = _("Line chart of differences per year. {sentence}").format(sentence=_describe(found, language))
    return Figure(f"placebos_{found.scope}", axes, alt, table_placebos(found, language))


def table_placebos(found: Counterfactual, language: Language) -> Table:
    """Every municipality with its error before and after, largest ratio first."""
    _ = language.translate
    frame = found.placebos.assign(
        ratio=found.placebos["ratio"].replace(math.inf, math.nan),
        near=[_("yes") if comparable else _("no") for comparable in found.placebos["comparable"]],
    )
    return Table(
        id=f"placebos_{found.scope}",
        title=_("Errors before and after the start of BJH, {scope}").format(scope=_(SCOPES[found.scope])),
        columns=(
            Column("municipality", _("Municipality")),
            Column("rmspe_before", _("Error before"), "euro", 1),
            Column("rmspe_after", _("Difference after"), "euro", 1),
            Column("ratio", _("Ratio"), "decimal"),
            Column("effect", _("Mean difference after"), "euro", 0),
            Column("near", _("Comparable fit")),
        ),
        frame=frame,
        note=_(
            "Root mean squared differences, euros per inhabitant. A ratio is unknown where the fit before is exact; it "
            "then counts as larger than that of {municipality}. Comparable: at most twenty times the squared error of "
            "{municipality}."
        ).format(municipality=found.municipality),
        evidence=found.evidence,
        language=language,
        folded=True,
    )


def _table_path(found: Counterfactual, language: Language) -> Table:
    _ = language.translate
    return Table(
        id=f"counterfactual_{found.scope}",
        title=_("{municipality} and the mix of others, euros per inhabitant, {scope}").format(
            municipality=found.municipality, scope=_(SCOPES[found.scope])
        ),
        columns=(
            Column("year", _("Year")),
            Column("actual", found.municipality, "euro", 0),
            Column("synthetic", _("Mix of others"), "euro", 0),
            Column("gap", _("Difference"), "euro", 0),
            Column("expected_low", _("Band from"), "euro", 0),
            Column("expected_high", _("Band to"), "euro", 0),
        ),
        frame=found.path,
        note=_("Nominal. Before BJH the mix is fitted; from then on it is what {municipality} is held against.").format(
            municipality=found.municipality
        ),
        evidence=found.evidence,
        language=language,
    )
