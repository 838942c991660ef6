"""How objections are shown: against the decisions they can be made to, and what decisions might have brought."""

from __future__ import annotations

from evaluation.evidence import Mark, any_withheld, is_suppressed
from evaluation.measures.event_rates import RateComparison
from evaluation.measures.objections import Objections, RightsObservatory
from evaluation.measures.rates import CONFIDENCE
from evaluation.presentation.interval_rows import value_then_certainty, with_certainty
from evaluation.presentation.labels import OBSERVATORY
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def table_objections(found: Objections, language: Language) -> Table:
    """Objections by year of the decision, against decisions and against time."""
    _ = language.translate
    months = ("per_months_low", "per_months_high")
    return Table(
        id="objections",
        title=_("Objections, by year of the decision"),
        columns=(
            Column("label", _("Year")),
            Column("decisions", _("Decisions"), "integer"),
            Column("closed", _("of which it is known whether one objects"), "integer"),
            Column("objections", _("Objections"), "integer"),
            Column("per_decisions", _("Per 100 decisions"), "decimal", 1, ("per_decisions_low", "per_decisions_high")),
            Column("per_months", _("Per 1,000 trajectory-months"), "decimal", 1, months),
            Column("answered", _("Answered"), "integer"),
            Column("upheld_share", _("Upheld, in whole or part"), "percent", 0, ("upheld_low", "upheld_high")),
        ),
        frame=found.frame.assign(label=[year or _("all") for year in found.frame["year"]]),
        note=_(
            "With {level} intervals (exact Poisson; upheld: Wilson). Per trajectory-month objections look rare "
            "whatever happens, because most help comes without a decision: that column is here to compare, "
            "not to judge."
        ).format(level=language.percent(CONFIDENCE, 0)),
        evidence=found.evidence,
        language=language,
    )


def describe_objections(found: Objections, language: Language) -> Sentence:
    """Objections per 100 decisions, and why few of them prove nothing."""
    _ = language.translate
    row = found.whole
    nothing = _(
        "Without a decision there can be no objection, so few objections prove nothing where few decisions are taken."
    )
    if not found.delivered or row["decisions"] is None:
        text = _("Decisions were not delivered, so how many objections there are is unknown.")
    elif is_suppressed(row["per_decisions"]):
        text = _("How many objections there are per 100 decisions is not shown: too few tell.")
    elif row["per_decisions"] is None:
        text = _("How many objections there are per 100 decisions is unknown: of no decision it is known.")
    else:
        ends = row["per_decisions"], row["per_decisions_low"], row["per_decisions_high"]
        said = _("There were {rate} objections per 100 decisions{certainty}.")
        text = value_then_certainty(said, ends, language.decimal, CONFIDENCE, language)
    return Sentence(f"{text} {nothing}", found.evidence, language)


def compared_text(comparison: RateComparison | None, language: Language) -> str:
    """How a rate changed between two years, in a sentence; empty when there is nothing to compare."""
    _ = language.translate
    if comparison is None or comparison.p_value is None:
        return ""
    years = {"later": comparison.later, "earlier": comparison.earlier}
    if any_withheld(comparison.ratio, comparison.p_value):
        return _("{later} is not compared with {earlier}: too few tell.").format(**years)
    if comparison.ratio is None:
        return _("Of {later} and {earlier} one has none, which gives no ratio.").format(**years)
    ends = comparison.ratio, comparison.low, comparison.high
    ratio = with_certainty(ends, lambda value: language.decimal(value, 2), CONFIDENCE, language)
    return _("The rate of {later} is {ratio} times that of {earlier}.").format(ratio=ratio, **years)


def table_observatory(found: RightsObservatory, language: Language) -> Table:
    """The objections that there could have been had offers come with a decision: a what-if."""
    _ = language.translate
    return Table(
        id="rights_observatory",
        title=_("What if help had come with a decision: objections that there could have been"),
        columns=(
            Column("label", _("Had there been a decision on")),
            Column("count", _("Number without one"), "integer"),
            Column("expected", _("Objections, what if"), "integer"),
            Column("low", _("From"), "integer"),
            Column("high", _("To"), "integer"),
        ),
        frame=found.frame.assign(label=[_(OBSERVATORY[scope]) for scope in found.frame["scope"]]),
        note=_(
            "What if, no measurement: it takes families without a decision to object as often per decision as those "
            "with one. From and to: the {level} interval of that rate. Families who accept help probably "
            "object less often."
        ).format(level=language.percent(CONFIDENCE, 0)),
        evidence=found.evidence,
        language=language,
    )


def describe_observatory(found: RightsObservatory, language: Language) -> Sentence:
    """The what-if for the declined offers, in a sentence."""
    _ = language.translate
    row = found.frame.iloc[0]
    values = (row["count"], row["expected"], row["low"], row["high"])
    if any_withheld(*values):
        text = _("How many objections decisions on declined offers might have brought is not shown: too few tell.")
    elif any(value is None or isinstance(value, Mark) for value in values):
        text = _(
            "How many objections decisions on declined offers might have brought is unknown: that needs offers, "
            "decisions and objections."
        )
    else:
        text = _(
            "What if every declined offer had come with a decision: with as many objections per decision as now, "
            "{n} decisions more would have brought about {expected} objections more ({low} to {high}). That is a "
            "calculation and no measurement."
        ).format(
            n=language.integer(row["count"]),
            expected=language.integer(row["expected"]),
            low=language.integer(row["low"]),
            high=language.integer(row["high"]),
        )
    return Sentence(text, found.evidence, language)
