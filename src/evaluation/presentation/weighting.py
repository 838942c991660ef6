"""How answers that were weighted to all clients are shown."""

from __future__ import annotations

from evaluation.evidence import Mark
from evaluation.measures.raking import Weighted
from evaluation.measures.shares import CONFIDENCE
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.survey import NOT_DELIVERED
from evaluation.presentation.survey_groups import dimension_label, survey_group
from evaluation.presentation.table import Column, Table


def table_weighting(found: Weighted, language: Language) -> Table:
    """What clients and those who answered look like, group by group."""
    _ = language.translate
    margins = found.margins
    frame = margins.assign(
        by=[dimension_label(name, language) for name in margins["dimension"]],
        label=[
            survey_group(dimension, str(group), language)
            for dimension, group in zip(margins["dimension"], margins["group"], strict=True)
        ],
    )
    if not found.delivered:
        frame = frame.assign(answered=None)  # not zero: nobody knows
    return Table(
        id="weighting",
        title=_("All clients beside those who answered with a score"),
        columns=(
            Column("by", _("By")),
            Column("label", _("Group")),
            Column("clients", _("Clients"), "integer"),
            Column("clients_share", _("Share of clients"), "percent", 0),
            Column("answered", _("Scores"), "integer"),
            Column("answered_share", _("Share of scores"), "percent", 0),
        ),
        frame=frame,
        note=_("Groups with fewer than five scores are taken together, so that no single answer weighs for many."),
        evidence=found.evidence,
        language=language,
    )


def describe_weighting(found: Weighted, language: Language) -> Sentence:
    """The share before and after weighting, what it costs, and what it cannot mend."""
    _ = language.translate
    caution = _(
        "Weights mend that some groups answer more than others. They do not mend that satisfied clients may answer "
        "more than others of the same age, sex and referrer."
    )
    if not found.delivered:
        return Sentence(_(NOT_DELIVERED), found.evidence, language)
    if isinstance(found.weighted, Mark):
        text = _("The weighted share is not shown: too few tell.")
    elif found.weighted is None or found.share is None:
        text = _("Nobody answered with a score, so there is nothing to weigh.")
    elif not found.converged:
        text = _("No weights fit all groups at once, so the weighted share is not to be used.")
    else:
        text = _(
            "Weighted to all clients by age, sex and referrer, {weighted} is satisfied instead of {share}: with "
            "{level} certainty between {low} and {high}, if within groups silence is by chance. Unequal weights make "
            "{n} answers worth {effective}."
        ).format(
            weighted=language.percent(found.weighted, 0),
            share=language.percent(found.share, 0),
            low=_end(found.ci_low, language),
            high=_end(found.ci_high, language),
            level=language.percent(CONFIDENCE, 0),
            n=language.integer(found.n),
            effective=_number(found.n_effective, language, 0),
        )
    return Sentence(f"{text} {caution}", found.evidence, language)


def _end(value: float | Mark | None, language: Language) -> str:
    return language.translate("unknown") if value is None else language.percent(value, 0)


def _number(value: float | Mark | None, language: Language, digits: int) -> str:
    return language.translate("unknown") if value is None else language.decimal(value, digits)
