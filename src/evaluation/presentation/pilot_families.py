"""How the chapter on change in the pilot counts families that changed by more than measurement error, and goals."""

from __future__ import annotations

from evaluation.evidence import Mark, any_withheld
from evaluation.measures.paired import reliable_threshold
from evaluation.measures.pilot_change import LEVEL, value_of
from evaluation.measures.reliable_change import GoalAttainment, ReliableChange
from evaluation.presentation.language import Language
from evaluation.presentation.pilot_outcomes import MOMENTS, label_of, outcome_label
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def table_reliable(found: ReliableChange, language: Language) -> Table:
    """Families that improved, stayed or got worse by more than measurement error."""
    _ = language.translate
    frame = found.frame.assign(
        label=[outcome_label(row["instrument"], row["domain"], language) for row in found.frame.to_dict("records")]
    )
    return Table(
        id="reliable_change",
        title=_("Families that changed by more than measurement error"),
        columns=(
            Column("label", _("Outcome")),
            Column("threshold", _("Change needed, points"), "decimal"),
            Column("improved", _("Improved"), "integer"),
            Column("unchanged", _("Not sure"), "integer"),
            Column("worse", _("Got worse"), "integer"),
            Column("share", _("Share improved"), "percent", 0, ("ci_low", "ci_high")),
            Column("share_worst", _("Of all families, at worst"), "percent", 0),
            Column("share_best", _("Of all families, at best"), "percent", 0),
        ),
        frame=frame,
        note=_(
            "In brackets: {level} interval (Wilson). Unknown: the reliability or the spread of a norm group was not "
            "found. At worst and at best: none or all of the families without both scores improved."
        ).format(level=language.percent(LEVEL, 0)),
        evidence=found.evidence,
        language=language,
    )


def describe_reliable(found: ReliableChange, language: Language) -> Sentence:
    """How many families improved by more than measurement error on the primary outcome."""
    _ = language.translate
    row, one = found.primary, found.instruments[0]
    outcome = label_of(one, language)
    threshold = reliable_threshold(one.norm_sd, one.reliability)
    if threshold is None:
        text = _(
            "Which families changed by more than measurement error on {outcome} is unknown: its reliability "
            "or its norm "
            "group was not found."
        ).format(outcome=outcome)
        return Sentence(text, found.evidence, language)
    improved, unchanged, worse = (value_of(row[name]) for name in ("improved", "unchanged", "worse"))
    if any_withheld(improved, unchanged, worse, row["n"]):
        text = _(
            "On {outcome} a family counts as changed when it changes by more than {threshold} points, more than a "
            "score moves by itself. How many did is not shown: the numbers are so small that they could point at "
            "families."
        )
    elif row["n"] == 0:
        text = _(
            "On {outcome} a family counts as changed when it changes by more than {threshold} points, more than a "
            "score moves by itself. No family has both scores."
        )
    else:
        text = _(
            "On {outcome} a family counts as changed when it changes by more than {threshold} points, more than a "
            "score moves by itself. {improved} of {n} families improved by more than that, {worse} got worse, and of "
            "{unchanged} it is not sure."
        )
    numbers = {"improved": improved, "unchanged": unchanged, "worse": worse, "n": value_of(row["n"])}
    written = {key: language.integer(value) for key, value in numbers.items() if value is not None}
    return Sentence(
        text.format(outcome=outcome, threshold=language.decimal(threshold), **written), found.evidence, language
    )


def describe_goals(goals: GoalAttainment, language: Language) -> Sentence:
    """Whether goals were attained as expected, and who judged that."""
    _ = language.translate
    mean = goals.mean
    if isinstance(mean.value, Mark):
        text = _("How far goals were attained is not shown: there are too few families with scored goals.")
    elif mean.value is None:
        text = _("No goals were scored at {moment}, so how far they were attained is unknown.").format(
            moment=_(MOMENTS[goals.follow_up])
        )
    else:
        text = _("At {moment} the goals of a family score {mean} on average").format(
            moment=_(MOMENTS[goals.follow_up]), mean=language.decimal(mean.value)
        )
        if isinstance(mean.low, float) and isinstance(mean.high, float):
            text += " " + _("(with {level} certainty between {low} and {high})").format(
                low=language.decimal(mean.low), high=language.decimal(mean.high), level=language.percent(LEVEL, 0)
            )
        text += "; " + _("50 is attained as expected.")
    caveat = _("Whoever sets easy goals scores high, so goals should be fixed and scored by somebody else.")
    return Sentence(f"{text} {caveat}", goals.evidence, language)
