"""How the chapter on change in the pilot shows what could have been seen, and other starting points."""

from __future__ import annotations

from evaluation.evidence import Mark, any_withheld
from evaluation.measures.pilot_change import value_of
from evaluation.measures.shrinkage import MEASURED, Detectable, Shrinkage
from evaluation.presentation.language import N_, Language
from evaluation.presentation.pilot_outcomes import label_of
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

GROUPS = {
    "new": N_("New families, as published"),
    "all": N_("All families, as published"),
    MEASURED: N_("Families with both scores"),
}


def table_detectable(found: Detectable, language: Language) -> Table:
    """The smallest change that groups of families can show."""
    _ = language.translate
    return Table(
        id="detectable",
        title=_("Smallest change that can be seen"),
        columns=(
            Column("label", _("Group")),
            Column("n", _("Families"), "integer"),
            Column("effect", _("Standard deviations of the change"), "decimal", 2),
            Column("points", _("Points on the primary outcome"), "decimal"),
        ),
        frame=found.frame.assign(label=[_(GROUPS[group]) for group in found.frame["group"]]),
        note=_("Two-sided paired test, level {level}, power {power}.").format(
            level=language.percent(found.level, 0), power=language.percent(found.power, 0)
        ),
        evidence=found.evidence,
        language=language,
    )


def describe_detectable(found: Detectable, language: Language) -> Sentence:
    """How large a change has to be before so few families show it."""
    _ = language.translate
    row = found.row(MEASURED)
    effect, points = value_of(row["effect"]), value_of(row["points"])
    if isinstance(effect, Mark):
        text = _("How small a change could have been seen is not shown, since it gives away the number of families.")
    elif effect is None:
        text = _("With fewer than two families with both scores no change can be seen, however large.")
    else:
        text = _(
            "With {n} families a change is seen with a chance of {power} when it is at least {effect} "
            "standard deviations"
        ).format(
            n=language.integer(row["n"]), power=language.percent(found.power, 0), effect=language.decimal(effect, 2)
        )
        if isinstance(points, float):
            text += ", " + _("here {points} points").format(points=language.decimal(points))
        text += ". " + _("A smaller one may well be there and stay unseen.")
    return Sentence(text, found.evidence, language)


def table_shrinkage(found: Shrinkage, language: Language) -> Table:
    """The mean change under several starting points."""
    _ = language.translate
    frame = found.frame.assign(
        label=[
            _("{n} families without change").format(n=n) if n else _("nothing") for n in found.frame["prior_families"]
        ]
    )
    return Table(
        id="starting_points",
        title=_("The mean change, if one starts from the belief that nothing changes"),
        columns=(
            Column("label", _("That belief is worth")),
            Column("mean", _("Mean change, points"), "decimal", 1, ("low", "high")),
            Column("better", _("Probability that it is for the better"), "percent", 0),
        ),
        frame=frame,
        note=_(
            "Normal model with a conjugate prior; in brackets the central {level} of the posterior. {outcome}."
        ).format(level=language.percent(found.level, 0), outcome=label_of(found.instrument, language)),
        evidence=found.evidence,
        language=language,
    )


def describe_shrinkage(found: Shrinkage, language: Language) -> Sentence:
    """How much the answer hangs on the starting point."""
    _ = language.translate
    chances = [value_of(value) for value in found.frame["better"]]
    known = [chance for chance in chances if isinstance(chance, float)]
    if any_withheld(*chances):
        text = _("What other starting points would say is not shown, since it gives away the number of families.")
    elif not known:
        text = _("What other starting points would say is unknown: that takes at least two families with both scores.")
    else:
        text = _(
            "Depending on how firmly one starts from no change, the probability that the mean change is for the better "
            "is {low} to {high}. The further these lie apart, the less the data alone decide."
        ).format(low=language.percent(min(known), 0), high=language.percent(max(known), 0))
    return Sentence(text, found.evidence, language)
