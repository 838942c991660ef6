"""The outcomes of the pilot, their names, and which families were scored on them."""

from __future__ import annotations

import pandas as pd

from evaluation.evidence import any_withheld
from evaluation.measures.pilot_change import BOTH, Changes, FollowUp
from evaluation.measures.pilot_scores import Instrument
from evaluation.presentation.labels import interval_text
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

DOMAINS = {
    "total": N_("total"),
    "emotional": N_("emotional problems"),
    "conduct": N_("conduct problems"),
    "hyperactivity": N_("hyperactivity"),
    "peers": N_("problems with peers"),
    "prosocial": N_("prosocial behaviour"),
    "t-score": N_("T score of the goals"),
}
MOMENTS = {
    "t6": N_("six months after the start"),
    "t12": N_("twelve months after the start"),
    "end": N_("the end of the support"),
}
REASONS = {
    BOTH: N_("both scores"),
    "no_baseline": N_("no score at the start"),
    "not_due": N_("the later moment has not come yet"),
    "running": N_("still supported"),
    "outside_scale": N_("a score outside the scale"),
    "no_reason": N_("no later score, and no reason given"),
    "left": N_("left before the later moment"),
    "refused": N_("refused"),
    "not_reached": N_("could not be reached"),
    "not_asked": N_("was not asked"),
    "other": N_("other reasons"),
}
KINDS = {
    "alpha": N_("internal consistency"),
    "test_retest": N_("test and retest"),
    "inter_rater": N_("agreement of two raters"),
    "": N_("not found"),
}


def outcome_label(name: str, domain: str, language: Language) -> str:
    """Name of an outcome: the instrument, and its domain unless that is its total."""
    label = language.translate(DOMAINS[domain]) if domain in DOMAINS else domain
    return f"{name} ({label})"


def outcome_of(code: str, language: Language) -> str:
    """Name of an outcome by its code, instrument and domain; the code itself where it is not such a pair."""
    name, _, domain = code.partition(" ")
    return outcome_label(name, domain, language) if domain else code


def label_of(one: Instrument, language: Language) -> str:
    """Name of the outcome of an instrument."""
    return outcome_label(one.name, one.domain, language)


def table_instruments(changes: Changes, language: Language) -> Table:
    """What is known of the outcomes."""
    _ = language.translate
    rows = []
    for one in changes.instruments:
        scale = None if one.low is None or one.high is None else interval_text(one.low, one.high, language)
        rows.append(
            {
                "label": label_of(one, language),
                "better": _("higher") if one.higher_is_better else _("lower"),
                "scale": scale or _("not found"),
                "reliability": _("not found") if one.reliability is None else language.decimal(one.reliability, 2),
                "kind": _(KINDS.get(one.reliability_kind, one.reliability_kind)),
                "norm_sd": _("not found") if one.norm_sd is None else language.shortest(one.norm_sd),
                "source": one.source,
            }
        )
    note = _("The first is the primary outcome. What was not found is not filled in; see data/instruments.csv.")
    if changes.not_compared:
        names = [
            outcome_of(name, language) if name else _("instruments that are not described")
            for name in changes.not_compared
        ]
        note += " " + _("Delivered but not compared, for want of a description: {names}.").format(
            names=language.listing(names)
        )
    return Table(
        id="instruments",
        title=_("On what the families are scored"),
        columns=(
            Column("label", _("Outcome")),
            Column("better", _("Better is")),
            Column("scale", _("Scale")),
            Column("reliability", _("Reliability")),
            Column("kind", _("Of which kind")),
            Column("norm_sd", _("Spread of the norm group")),
            Column("source", _("Source")),
        ),
        frame=pd.DataFrame(rows),
        note=note,
        evidence=changes.evidence,
        language=language,
        folded=True,
    )


def table_follow_up(found: FollowUp, language: Language) -> Table:
    """Families with both scores on the primary outcome, and the others by reason."""
    _ = language.translate
    frame = found.frame.assign(label=[_(REASONS[one]) if one in REASONS else one for one in found.frame["status"]])
    total = pd.DataFrame([{"label": _("all"), "families": found.families}])
    return Table(
        id="follow_up",
        title=_("Families in the pilot, by what they were scored on the primary outcome"),
        columns=(Column("label", _("Scores")), Column("families", _("Families"), "integer")),
        frame=pd.concat([frame[["label", "families"]].astype(object), total.astype(object)], ignore_index=True),
        note=_("Primary outcome: {outcome}, at the start and at {moment}.").format(
            outcome=label_of(found.instrument, language), moment=_(MOMENTS[found.follow_up])
        ),
        evidence=found.evidence,
        language=language,
    )


def describe_follow_up(found: FollowUp, language: Language) -> Sentence:
    """How many families were scored twice, and who scored them."""
    _ = language.translate
    outcome, moment = label_of(found.instrument, language), _(MOMENTS[found.follow_up])
    if found.families == 0:
        text = _("No family of the pilot is in the register, so nothing can be said of change.")
    elif any_withheld(found.measured, found.families):
        text = _(
            "How many families were scored twice on {outcome} is not shown: the number without a second score "
            "is so small "
            "that it could point at families."
        ).format(outcome=outcome)
    elif found.measured == 0:
        text = _(
            "No family has a score on {outcome} both at the start and at {moment}. Needed are both, given by the same "
            "person."
        ).format(outcome=outcome, moment=moment)
    else:
        text = _(
            "There is a score on {outcome} both at the start and at {moment} of {measured} of the {families} families."
        ).format(
            measured=language.integer(found.measured),
            families=language.integer(found.families),
            outcome=outcome,
            moment=moment,
        )
    return Sentence(f"{text} {_by_whom(found, language)}".strip(), found.evidence, language)


def _by_whom(found: FollowUp, language: Language) -> str:
    _ = language.translate
    if any_withheld(found.by_worker, found.measured):
        return _("How often the worker scored the own work is not shown either.")
    if found.measured == 0:
        return ""
    if found.by_worker == 0:
        return _(
            "On this outcome none of them was scored by the worker who gives the support. Where that happens on "
            "another outcome, the score is a judgement of the own work."
        )
    return _(
        "In {n} of them the worker who gives the support gave the scores too: a judgement of the own work, not a "
        "measurement by an outsider."
    ).format(n=language.integer(found.by_worker))
