"""How the question of being in line with the national picture is shown."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from evaluation.evidence import Evidence
from evaluation.measures.booking import Booking
from evaluation.measures.equivalence import MAIN_BASIS, Equivalence
from evaluation.presentation.figure import BENCHMARK, BJH, CONTEXT, Figure, canvas, format_axis
from evaluation.presentation.labels import PRICE_INDICES, SCOPES
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

BASES = {
    "nominal": N_("nominal"),
    "real": N_("real"),
    "nominal_per_inhabitant": N_("nominal, per inhabitant"),
    "real_per_inhabitant": N_("real, per inhabitant"),
}
VERDICTS = {
    "in_line": N_("in line"),
    "not_in_line": N_("not in line"),
    "undecided": N_("undecided"),
}


def describe_margin(found: Sequence[Equivalence], language: Language) -> Sentence:
    """What “in line” means here, before the answer is given."""
    _ = language.translate
    text = _(
        "In this edition “in line” means: growth over the whole period differs by less than {margin} percentage points "
        "from the mean of the other large municipalities. No margin was published with the statement; this one is an "
        "assumption of this report, fixed in the edition and not derived from the outcome; the council can set its own."
    ).format(margin=language.shortest(found[0].margin * 100))
    return Sentence(text, found[0].evidence, language)


def describe_equivalence(found: Sequence[Equivalence], language: Language) -> Sentence:
    """The answer in each scope, whether it differs between scopes, and how ordinary a difference in growth is."""
    _ = language.translate
    parts = [_describe(one, language) for one in found]
    verdicts = {one.verdict for one in found}
    if verdicts == {"in_line", "not_in_line"}:
        end = _("So the answer turns with the scope: whether the neighbourhood teams are counted decides it.")
    elif len(verdicts) > 1:
        end = _("So the answer differs with the scope: it depends on whether the neighbourhood teams are counted.")
    elif verdicts == {"in_line"}:
        end = _("In both scopes that is in line with the other large municipalities.")
    elif verdicts == {"not_in_line"}:
        end = _("In neither scope is that in line with the other large municipalities.")
    else:
        end = _("In neither scope is it shown that growth was in line, and in neither that it was not.")
    return Sentence(" ".join([*parts, end, *_against_mean(found, language)]), found[0].evidence, language)


def _against_mean(found: Sequence[Equivalence], language: Language) -> list[str]:
    """Say in which scopes growth differed from the mean of the others, and whether that is more than usual."""
    _ = language.translate
    said = [_differed(one, language) for one in found if one.differs_from_mean]
    alike = [_(SCOPES[one.scope]) for one in found if not one.differs_from_mean]
    if len(alike) == len(found) > 1:
        said.append(_("In neither scope is it shown that growth differed from the mean of the others."))
    elif alike:
        text = _("{scopes} it is not shown that growth differed from the mean of the others.")
        said.append(_sentence(text.format(scopes=language.listing(alike))))
    return said


def _differed(one: Equivalence, language: Language) -> str:
    """By how much growth differed from the mean of the others, beside what single municipalities differ."""
    _ = language.translate
    main, lower = one.main, one.main["gap"] < 0
    ends = sorted(abs(main[name]) * 100 for name in ("mean_low", "mean_high"))
    if lower:
        text = _(
            "{scope} growth was lower than the mean of the others: with 95% certainty by {low} to {high} percentage "
            "points."
        )
        beyond = _("{count} of the {n} others grew even less")
    else:
        text = _(
            "{scope} growth was higher than the mean of the others: with 95% certainty by {low} to {high} percentage "
            "points."
        )
        beyond = _("{count} of the {n} others grew even more")
    usual = (
        _("That is unusual: it is more than single municipalities ordinarily differ from that mean; {beyond}.")
        if one.unusual
        else _("Among single municipalities such a difference is ordinary: {beyond}.")
    )
    text = text.format(scope=_(SCOPES[one.scope]), low=language.decimal(ends[0]), high=language.decimal(ends[1]))
    beyond = beyond.format(count=language.integer(main["n_beyond"]), n=language.integer(one.n))
    return f"{_sentence(text)} {usual.format(beyond=beyond)}"


def _sentence(text: str) -> str:
    """A text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def _describe(one: Equivalence, language: Language) -> str:
    _ = language.translate
    main = one.main
    text = _(
        "{scope}: corrected for prices, spending per inhabitant {own} in {municipality} and {others} on average in the "
        "other large municipalities. The gap is {gap} percentage points, with 90% certainty between "
        "{low} and {high}; at most {margin} either way counts as in line. So: {verdict}. {municipality} is number "
        "{rank} of {n}, counted from the slowest growth."
    )
    return text.format(
        scope=_(SCOPES[one.scope]).capitalize(),
        municipality=one.comparison.municipality,
        own=_moved(main["own"], language),
        others=_moved(main["others_mean"], language),
        gap=_points(main["gap"], language),
        low=_points(main["ci_low"], language),
        high=_points(main["ci_high"], language),
        margin=language.shortest(one.margin * 100),
        verdict=_(VERDICTS[one.verdict]),
        rank=language.integer(main["rank"]),
        n=language.integer(len(one.comparison.municipalities)),
    )


def _moved(growth: float, language: Language) -> str:
    """A growth in words, with the direction in the verb: fell by 0,7%."""
    _ = language.translate
    if round(growth, 3) == 0:
        return _("stayed equal")
    said = _("rose by {percent}") if growth > 0 else _("fell by {percent}")
    return said.format(percent=language.percent(abs(growth)))


def _points(share: float, language: Language) -> str:
    """A difference of shares in percentage points, whose name the sentence gives; never a zero with a sign."""
    return language.points(share if round(share, 3) else 0.0).removesuffix("%")


def describe_smallest_margin(found: Sequence[Equivalence], language: Language) -> Sentence:
    """How wide the margin would have to be for the answer “in line”."""
    _ = language.translate
    parts = [
        _("{scope} {margin} percentage points, and {chance} if chance in {municipality} itself is counted too").format(
            scope=_(SCOPES[one.scope]),
            margin=language.decimal(one.main["smallest_margin"] * 100),
            chance=language.decimal(one.main["chance_margin"] * 100),
            municipality=one.comparison.municipality,
        )
        for one in found
    ]
    text = _(
        "The smallest margin under which growth would be called in line: {parts}. With so much difference between "
        "municipalities, nearly any growth fits a wide margin; that is why it has to be chosen beforehand."
    ).format(parts="; ".join(parts))
    return Sentence(text, found[0].evidence, language)


def table_equivalence(found: Sequence[Equivalence], language: Language) -> Table:
    """Each scope and term, with Improven beside CBS where it is known."""
    _ = language.translate
    first = found[0]
    frame = pd.concat(one.frame.assign(scope=_(SCOPES[one.scope])) for one in found)
    in_points = ["gap", "ci_low", "ci_high", "smallest_margin", "improven_gap"]
    frame[in_points] = frame[in_points].astype(float) * 100
    frame["terms"] = [_(BASES[basis]) for basis in frame["basis"]]
    frame["answer"] = [_(VERDICTS[verdict]) for verdict in frame["verdict"]]
    improven = (
        (
            Column("improven", "Improven", "points"),
            Column("improven_gap", _("Gap with Improven, percentage points"), "signed"),
        )
        if frame["improven"].notna().any()
        else ()
    )
    return Table(
        id="equivalence",
        title=_("Growth in {municipality} against the other large municipalities, {base}–{final}").format(
            municipality=first.comparison.municipality,
            base=first.comparison.base_year,
            final=first.comparison.final_year,
        ),
        columns=(
            Column("scope", _("Scope")),
            Column("terms", _("Terms")),
            Column("own", first.comparison.municipality, "points"),
            Column("others_mean", _("Mean of the others"), "points"),
            Column("gap", _("Gap, percentage points"), "signed"),
            Column("ci_low", _("At least"), "signed"),
            Column("ci_high", _("At most"), "signed"),
            Column("p_value", _("p-value"), "p_value", 3),
            Column("answer", _("Answer")),
            Column("smallest_margin", _("Smallest margin for “in line”, percentage points"), "decimal"),
            Column("rank", _("Rank"), "integer"),
            *improven,
        ),
        frame=frame,
        note=_(
            "Margin: {margin} percentage points. Two one-sided tests at 5%, {n} other municipalities, {municipality} "
            "not among them; the columns “At least” and “At most” are the 90% interval. Real: corrected for prices "
            "with the {index}. Rank from the slowest growth. Left out for want of accounts: {left_out}. Source: CBS "
            "Iv3 accounts."
        ).format(
            margin=language.shortest(first.margin * 100),
            municipality=first.comparison.municipality,
            n=language.integer(first.n),
            index=_(PRICE_INDICES[first.price_index]),
            left_out=", ".join(first.comparison.left_out) or _("none"),
        ),
        evidence=first.evidence,
        language=language,
    )


def plot_equivalence(found: Sequence[Equivalence], language: Language) -> Figure:
    """Gaps with their intervals against the zone that counts as in line."""
    _ = language.translate
    first = found[0]
    axes = canvas(
        title=_("Gap between the growth of {municipality} and that of the other large municipalities").format(
            municipality=first.comparison.municipality
        ),
        subtitle=_(
            "Percentage points, {base}–{final}; line: 90% interval; shaded: the margin that counts as in line"
        ).format(base=first.comparison.base_year, final=first.comparison.final_year),
        source=_("Source: CBS Iv3 accounts, {n} other large municipalities; Improven where it is known.").format(
            n=language.integer(first.n)
        ),
        evidence=first.evidence,
        language=language,
        height=3.4,
    )
    axes.axvspan(-first.margin, first.margin, color=BENCHMARK, alpha=0.15, zorder=0)
    axes.axvline(0, color=BENCHMARK, linewidth=1.2)
    position, ticks = 0.0, []
    for one in found:
        axes.annotate(
            _(SCOPES[one.scope]).capitalize(), (0.0, position), xycoords=("axes fraction", "data"), size=9,
            weight="bold", va="center", xytext=(4, 0), textcoords="offset points",
        )  # fmt: skip
        position += 0.9
        for row in one.frame.to_dict("records"):
            main = row["basis"] == MAIN_BASIS
            axes.plot([row["ci_low"], row["ci_high"]], [position] * 2, color=BJH, linewidth=3.2 if main else 1.6)
            axes.plot(row["gap"], position, "o", color=BJH, markersize=9 if main else 6)
            if pd.notna(row["improven_gap"]):
                axes.plot(row["improven_gap"], position, "D", color=CONTEXT, markersize=7)
                above = (row["improven_gap"], position)
                axes.annotate("Improven", above, (0, 6), textcoords="offset points", ha="center", size=8)
            label = BASES[row["basis"]]
            ticks.append((position, _(label)))
            position += 1.0
        position += 0.3
    axes.set_ylim(position - 0.6, -0.6)
    axes.set_yticks(*zip(*ticks, strict=True))
    axes.grid(visible=False, axis="y")
    format_axis(axes.xaxis.set_major_formatter, lambda value: language.points(value, 0))
    alt = _("Gaps with intervals against a shaded margin of {margin} percentage points to either side. {parts}").format(
        margin=language.shortest(first.margin * 100), parts=" ".join(_describe(one, language) for one in found)
    )
    return Figure("equivalence", axes, alt, table_equivalence(found, language))


def describe_booking(booking: Booking, language: Language) -> Sentence:
    """What a change of booking can explain, without saying that it does."""
    _ = language.translate
    text = _(
        "Of all that {municipality} spends on youth care and neighbourhood teams, {own_base} was booked on the teams "
        "in {base} and {own_final} in {final}; in the median other large municipality {others_base} and "
        "{others_final}. {municipality} has rank {rank} of {n}, counted from the largest rise. Where help or its "
        "booking moves to the teams, growth looks smaller without them than it is. The accounts do not say which "
        "of the two moved."
    ).format(
        municipality=booking.municipality,
        own_base=language.percent(booking.own_base),
        own_final=language.percent(booking.own_final),
        others_base=language.percent(booking.others_base),
        others_final=language.percent(booking.others_final),
        base=booking.base_year,
        final=booking.final_year,
        rank=language.integer(booking.rank),
        n=language.integer(booking.n),
    )
    return Sentence(text, Evidence.BENCHMARK, language)
