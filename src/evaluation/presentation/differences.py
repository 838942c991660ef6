"""How difference-in-differences, the event study and the use of youth care are shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from evaluation.measures.differences import DifferenceInDifferences
from evaluation.measures.use import UseOfYouthCare
from evaluation.presentation.figure import BENCHMARK, BJH, SOFT_INK, Figure, canvas, format_axis
from evaluation.presentation.jumps import say_change_without, say_jumps
from evaluation.presentation.labels import SCOPES
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

INDICATORS = {
    "youths": N_("Youths with youth care"),
    "trajectories": N_("Trajectories of youth care"),
}


def plot_events(found: Sequence[DifferenceInDifferences], language: Language) -> Figure:
    """Difference with the others per year, from the last year before BJH."""
    _ = language.translate
    first = found[0]
    axes = canvas(
        title=_("{municipality} less the mean of the other large municipalities, counted from {year}").format(
            municipality=first.municipality, year=first.reference_year
        ),
        subtitle=_("Euros per inhabitant, nominal; line: {level} interval from the other municipalities").format(
            level=language.percent(1 - first.significance_level, 0)
        ),
        source=_("Source: CBS Iv3 accounts, {n} other large municipalities.").format(n=language.integer(first.n)),
        evidence=first.evidence,
        language=language,
        height=3.0,
    )
    shifts = np.linspace(-0.1, 0.1, len(found))
    for one, shift, colour in zip(found, shifts, (BJH, BENCHMARK), strict=False):
        years = one.events["year"] + shift
        axes.vlines(years, one.events["ci_low"], one.events["ci_high"], color=colour, linewidth=1.6)
        axes.plot(years, one.events["estimate"], "o", color=colour, markersize=6, label=_(SCOPES[one.scope]))
    axes.axhline(0, color=SOFT_INK, linewidth=0.8)
    axes.axvline(first.reference_year + 0.5, color=SOFT_INK, linewidth=1)
    axes.set_xticks(list(first.events["year"]))
    axes.legend(frameon=False, loc="lower right")
    format_axis(axes.yaxis.set_major_formatter, language.euro)
    alt = _("Points with intervals per year. {sentence}").format(
        sentence=describe_difference_in_differences(found, language).text
    )
    return Figure("events", axes, alt, _table_events(found, language))


def describe_difference_in_differences(found: Sequence[DifferenceInDifferences], language: Language) -> Sentence:
    """The plain comparison of changes, with an interval that suits one municipality."""
    _ = language.translate
    parts = [
        _(
            "{scope}: {estimate} per inhabitant a year relative to theirs (with {level} certainty between {low} and "
            "{high})"
        ).format(
            scope=_(SCOPES[one.scope]),
            estimate=language.euro(one.estimate),
            level=language.percent(1 - one.significance_level, 0),
            low=language.euro(one.ci_low),
            high=language.euro(one.ci_high),
        )
        for one in found
    ]
    text = _(
        "Compared with the mean of all years before, and with the {n} other large municipalities, spending in "
        "{municipality} changed as follows: {parts}. The interval comes from what the other municipalities show "
        "without BJH. The method needs courses that ran alike before BJH; chance alone would part them as far as they "
        "did in so many cases: {before}."
    ).format(
        municipality=found[0].municipality,
        n=language.integer(found[0].n),
        parts="; ".join(parts),
        before=language.listing(
            [
                _("{scope} {p}").format(scope=_(SCOPES[one.scope]), p=language.percent(one.pretrend_p_value, 0))
                for one in found
            ]
        ),
    )
    jumps = [one.jumps for one in found]
    said = " ".join([text, *say_jumps(jumps, say_change_without(found, language), language)])
    return Sentence(said, found[0].evidence, language)


def _table_events(found: Sequence[DifferenceInDifferences], language: Language) -> Table:
    _ = language.translate
    return Table(
        id="events",
        title=_("Difference with the other large municipalities per year, euros per inhabitant"),
        columns=(
            Column("scope", _("Scope")),
            Column("year", _("Year")),
            Column("estimate", _("Difference (interval)"), "euro", 0, ("ci_low", "ci_high")),
        ),
        frame=pd.concat(one.events.assign(scope=_(SCOPES[one.scope])) for one in found),
        note=_("Counted from {year}, which is zero by construction.").format(year=found[0].reference_year),
        evidence=found[0].evidence,
        language=language,
    )


def table_use(found: UseOfYouthCare, language: Language) -> Table:
    """Use of youth care before BJH."""
    _ = language.translate
    frame = found.frame.assign(what=[_(INDICATORS[indicator]) for indicator in found.frame["indicator"]])
    return Table(
        id="use",
        title=_("Use of youth care in kind, per 1,000 inhabitants under 25"),
        columns=(
            Column("what", _("What")),
            Column("year", _("Year")),
            Column("groningen", "Groningen", "decimal"),
            Column("others_median", _("Median of the other large municipalities"), "decimal"),
            Column("rank", _("Rank"), "integer"),
            Column("n", _("Municipalities"), "integer"),
        ),
        frame=frame,
        note=_("Rank from the lowest. Source: CBS 85075NED and 85335NED; the last year is provisional."),
        evidence=found.evidence,
        language=language,
    )


def describe_use(found: UseOfYouthCare, language: Language) -> Sentence:
    """Why no effect on use is estimated, and how the registration breaks."""
    _ = language.translate
    if found.allows_an_effect:
        text = _("The table has years before and after the start of BJH, so a comparison like the above is possible.")
    else:
        text = _(
            "The published table holds {years}, and no year with BJH, so nothing can be said about the effect on use."
        ).format(years=language.listing([str(year) for year in (*found.years_before, *found.years_after)]))
    text += " " + _(
        "Later years will not simply compare. Help by a neighbourhood team counts as a form of its own, with “no "
        "referrer”: when BJH takes over help, trajectories move to that form and away from general practitioners and "
        "others, without any youth getting other help. Before BJH {own} of the trajectories in Groningen with a known "
        "referrer had none, and {others} in the other large municipalities together."
    ).format(own=language.percent(found.no_referrer_groningen), others=language.percent(found.no_referrer_others))
    return Sentence(text, found.evidence, language)
