"""How the way from an offer to an objection is shown."""

from __future__ import annotations

from evaluation.evidence import is_suppressed
from evaluation.measures.kaplan_meier import LEVEL
from evaluation.measures.legal_funnel import LegalFunnel
from evaluation.presentation.figure import Figure, canvas, format_axis
from evaluation.presentation.interval_rows import IntervalRow, draw_rows, with_certainty
from evaluation.presentation.labels import ANSWERS, FUNNEL_STEPS
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def table_funnel(funnel: LegalFunnel, language: Language) -> Table:
    """Each step with those who could take it, those who did, and those who still may."""
    _ = language.translate
    return Table(
        id="funnel",
        title=_("From an offer without a decision to an objection that is upheld"),
        columns=(
            Column("label", _("Step")),
            Column("of", _("Came to the step before"), "integer"),
            Column("open", _("May still take it"), "integer"),
            Column("count", _("Took it"), "integer"),
            Column("share", _("Share of those who could"), "percent", 0, ("ci_low", "ci_high")),
        ),
        frame=funnel.steps.assign(label=[_(FUNNEL_STEPS[step]) for step in funnel.steps["step"]]),
        note=_(
            "Offers since {since}, as known on {day}. A later step counts for the earlier ones as well. Share with its "
            "{level} interval, of those who came to the step before and did take the step or no longer can."
        ).format(
            since=language.day(funnel.since),
            day=language.day(funnel.reference_date),
            level=language.percent(LEVEL, 0),
        ),
        evidence=funnel.evidence,
        language=language,
    )


def plot_funnel(funnel: LegalFunnel, language: Language) -> Figure:
    """The share that takes each step, with its interval."""
    _ = language.translate
    table = table_funnel(funnel, language)
    axes = canvas(
        title=_("Of those who come to a step, how many take the next one"),
        subtitle=_("Share with its {level} interval, of those who could take the step").format(
            level=language.percent(LEVEL, 0)
        ),
        source=_("Source: registry, offers from {since} up to and including {day}.").format(
            since=language.day(funnel.since), day=language.day(funnel.reference_date)
        ),
        evidence=funnel.evidence,
        language=language,
        height=0.6 + 0.38 * len(table.frame),
    )
    rows = [
        IntervalRow(row["label"], row["share"], row["ci_low"], row["ci_high"]) for row in table.frame.to_dict("records")
    ]
    texts = draw_rows(axes, rows, lambda value: language.percent(value, 0), language)
    axes.set_xlim(0, 1)
    format_axis(axes.xaxis.set_major_formatter, lambda value: language.percent(value, 0))
    alt = _("One line per step with the share that takes it. {values}.").format(values="; ".join(texts))
    return Figure("funnel", axes, alt, table)


def table_answers(funnel: LegalFunnel, language: Language) -> Table:
    """What families answered, and how many of each then asked for an inquiry."""
    _ = language.translate
    return Table(
        id="answers",
        title=_("What families answered to the offer"),
        columns=(
            Column("label", _("Answer")),
            Column("count", _("Offers"), "integer"),
            Column("requested", _("Inquiry asked for"), "integer"),
            Column("share", _("Share that asked"), "percent", 0, ("ci_low", "ci_high")),
        ),
        frame=funnel.answers.assign(label=[_(ANSWERS[answer]) for answer in funnel.answers["answer"]]),
        note=_("Share with its {level} interval. Open: not answered on the reference date.").format(
            level=language.percent(LEVEL, 0)
        ),
        evidence=funnel.evidence,
        language=language,
    )


def describe_funnel(funnel: LegalFunnel, language: Language) -> Sentence:
    """How many declined, and how many of all offers ended in a decision."""
    _ = language.translate
    if funnel.offered is None or (isinstance(funnel.offered, int) and funnel.offered == 0):
        text = _("No offer is known in the period, so how many families declined or asked for a decision is unknown.")
        return Sentence(text, funnel.evidence, language)
    parts = []
    if is_suppressed(funnel.declined_share):
        parts.append(_("What share of the offers was declined is not shown: too few tell."))
    elif funnel.declined_share is None:
        parts.append(_("What share of the offers was declined is unknown: none was answered yet."))
    else:
        ends = funnel.declined_share, funnel.ci_low, funnel.ci_high
        share = with_certainty(ends, lambda value: language.percent(value, 0), LEVEL, language)
        parts.append(_("Of the answered offers {share} was declined.").format(share=share))
    decided = funnel.step("decided")["count"]
    if isinstance(decided, int) and isinstance(funnel.offered, int):
        parts.append(
            _("Of {offered} offers {decided} came to a decision; of these families only those could object.").format(
                offered=language.integer(funnel.offered), decided=language.integer(decided)
            )
        )
    elif decided is None:
        parts.append(_("How many came to a decision is unknown: decisions were not delivered."))
    else:
        parts.append(_("How many came to a decision is not shown; only these families could object."))
    return Sentence(" ".join(parts), funnel.evidence, language)
