"""How the answers that follow from two presentations together are shown: inflow, duration and capacity."""

from __future__ import annotations

import pandas as pd

from evaluation.measures.coherence.answers import MOMENTS_OF_LITTLE, Answer, Answers
from evaluation.presentation.coherence import assumptions
from evaluation.presentation.labels import measure_label
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

# What an answer means for the published mean, by where it lies beside it; and what else could explain the answer.
MEANINGS = {
    "inflow": N_(
        "With a mean of {mean} months, a stock of {stock} takes about {needed} new trajectories a month. In the last "
        "period there were {inflow}."
    ),
    "mean_ended_between_months": N_(
        "Those that ended later had lasted {estimate} months, so the mean of {mean} months mixes early short "
        "trajectories with later, longer ones; it rises as long ones end."
    ),
    "mean_running_at_last_reference_months.longer": N_(
        "The running ones have on average already lasted longer than {mean} months, and they are not finished."
    ),
    "least_mean_duration_months.longer": N_(
        "A mean of {mean} months cannot hold for all that started by the first reference date, whatever happened "
        "in between: the months that they had certainly lived through already give more."
    ),
    "estimate.longer": N_(
        "Points to trajectories that last longer than {mean} months: the mean of {mean} counts only those that ended, "
        "and the long ones still run."
    ),
    "longer": N_("Longer than the published mean of {mean} months."),
    "shorter": N_("Shorter than the published mean of {mean} months."),
    "open": N_("Does not differ for certain from the published mean of {mean} months."),
    "capacity": N_("Says nothing about the mean of {mean} months by itself."),
}
RIVALS = {
    "inflow": N_(
        "A wave of transfers from earlier providers at the start; late registration; another definition of the last "
        "total."
    ),
    "mean_ended_between_months": N_("A clean-up that closed old trajectories; another definition of start or end."),
    "mean_running_at_last_reference_months": N_(
        "Dormant trajectories that really stopped but were not closed; a stock path outside the band."
    ),
    "least_mean_duration_months": N_(
        "Dormant trajectories, counted as running after they really stopped; another definition in one of the "
        "presentations."
    ),
    "mean_duration_person_time_months": N_(
        "Dormant trajectories make it too long; a chance of ending that changes with time shifts it either way."
    ),
    "mean_duration_person_time_last_months": N_(
        "Dormant trajectories make it too long; a chance of ending that changes with time shifts it either way."
    ),
    "mean_duration_little_months": N_("The law asks for a steady state; falling inflow makes the last value too long."),
    "capacity": N_("Fte have no date on the slides, filled or budgeted; hours may or may not hold indirect time."),
}


def describe_inflow(answers: Answers, language: Language) -> Sentence:
    """Starts per month in each period, and what the stock would take at the published mean."""
    _ = language.translate
    parts = [
        _("{inflow} per month ({period})").format(
            inflow=language.decimal(answer.estimate), period=language.period(answer.period)
        )
        for name, answer in answers.answers.items()
        if name.startswith("inflow")
    ]
    text = _("New trajectories: {parts}.").format(parts=language.listing(parts)) if parts else ""
    if answers.published_mean is not None and answers.inflow_needed is not None and answers.stock is not None:
        text = f"{text} {_meaning('inflow', answers, language)}".strip()
    return Sentence(text, answers.evidence, language)


def describe_least(answers: Answers, language: Language) -> Sentence:
    """The least mean length of all that started by the first reference date: certain, whatever happened between."""
    _ = language.translate
    least = answers.answers.get("least_mean_duration_months")
    mean = answers.published_mean
    if least is None or mean is None:
        return Sentence(_("The figures set no least mean length."), answers.evidence, language)
    verdict = (
        _("So {mean} months is not the mean length of these trajectories.")
        if least.against(mean) == "longer"
        else _("That does not rule out a mean of {mean} months.")
    ).format(mean=language.shortest(mean.value))
    text = _(
        "If the published figures are true within their rounding, all trajectories that started up to and including "
        "{day} last at least {least} months on average, whatever happened in between: no other assumption is needed. "
        "{verdict} Unless running trajectories had in truth already stopped, or the presentations define start, end or "
        "running differently."
    ).format(day=language.day(answers.references[0]), least=language.decimal(least.estimate), verdict=verdict)
    return Sentence(text, answers.evidence, language)


def describe_durations(answers: Answers, language: Language) -> Sentence:
    """The published mean beside the estimates of how long a trajectory lasts."""
    _ = language.translate
    mean = answers.published_mean
    person_time = answers.answers.get("mean_duration_person_time_months")
    little = answers.answers.get("mean_duration_little_months")
    low, high = (None, None) if person_time is None else (person_time.ci_low, person_time.ci_high)
    if mean is None or person_time is None or little is None or low is None or high is None:
        return Sentence(
            _("The figures do not hold what an estimate of the mean length needs."), answers.evidence, language
        )
    verdict = {
        "longer": _("A trajectory therefore probably lasts longer than the published mean of {mean} months."),
        "shorter": _("A trajectory therefore probably lasts shorter than the published mean of {mean} months."),
        "open": _("That does not differ for certain from the published mean of {mean} months."),
    }[person_time.against(mean)].format(mean=language.shortest(mean.value))
    text = _(
        "How long does a trajectory last? Months lived through per ended trajectory give {person_time} months "
        "({level} confidence: {low} to {high}); stock over inflow gives {little}. {verdict} It tips when many running "
        "trajectories have in truth stopped (dormant ones), or when a definition changed between the presentations."
    ).format(
        person_time=language.decimal(person_time.estimate),
        level=language.percent(answers.level, 0),
        low=language.decimal(low),
        high=language.decimal(high),
        little=_span(little, language),
        verdict=verdict,
    )
    return Sentence(text, answers.evidence, language)


def describe_between(answers: Answers, language: Language) -> Sentence:
    """What follows for those that ended between the dates and those that still run; or that it stays unknown."""
    _ = language.translate
    ended = answers.answers.get("mean_ended_between_months")
    running = answers.answers.get("mean_running_at_last_reference_months")
    if ended is None or running is None:
        text = _(
            "With one presentation it stays unknown how long those lasted that ended after it, and how many started "
            "after it."
        )
        return Sentence(text, answers.evidence, language)
    text = _(
        "Those that ended between the two dates had lasted {ended} months on average ({ended_span}). Those that ran on "
        "{day} had then been running for {running} months on average ({running_span}; without the assumption about "
        "the stock {weakest}). This mean was not published, so the municipality can test it at once."
    ).format(
        ended=language.decimal(ended.estimate),
        ended_span=_span(ended, language),
        day=language.day(answers.references[-1]),
        running=language.decimal(running.estimate),
        running_span=_span(running, language),
        weakest=ends_text(running.weakest_low, running.weakest_high, language),
    )
    return Sentence(text, answers.evidence, language)


def describe_capacity(answers: Answers, language: Language) -> Sentence:
    """Trajectories and client hours per fte, and how they moved."""
    _ = language.translate
    stock, hours = answers.answers.get("active_per_fte"), answers.answers.get("client_hours_per_fte_month")
    before, hours_before = (
        answers.answers.get("active_per_fte_previous"),
        answers.answers.get("client_hours_per_fte_month_previous"),
    )
    if stock is None or hours is None:
        return Sentence(_("The figures hold no staff or no hours."), answers.evidence, language)
    if before is None or hours_before is None:
        text = _(
            "Per fte {stock} trajectories were running, and {hours} hours a month went to clients ({hours_span})."
        ).format(
            stock=language.decimal(stock.estimate),
            hours=language.integer(hours.estimate),
            hours_span=_span(hours, language, 0),
        )
        return Sentence(text, answers.evidence, language)
    text = _(
        "Running trajectories per fte went from {before} to {stock}, and client hours per fte and month from "
        "{hours_before} to {hours} ({hours_span}). The slides give fte no date; each is taken to belong to the "
        "reference date of its presentation."
    ).format(
        before=language.decimal(before.estimate),
        stock=language.decimal(stock.estimate),
        hours_before=language.integer(hours_before.estimate),
        hours=language.integer(hours.estimate),
        hours_span=_span(hours, language, 0),
    )
    return Sentence(text, answers.evidence, language)


def table_answers(answers: Answers, language: Language) -> Table:
    """Every answer with its interval, with and without assumptions."""
    _ = language.translate
    rows = [
        {
            "answer": measure_label(f"coherence.{name}", language),
            "value": _value(answer, language),
            "stated": _stated(answer, answers, language),
            "weakest": ends_text(answer.weakest_low, answer.weakest_high, language),
        }
        for name, answer in answers.answers.items()
        if name not in MOMENTS_OF_LITTLE
    ]
    return Table(
        id="answers",
        title=_("What follows from the published figures together"),
        columns=(
            Column("answer", _("Outcome")),
            Column("value", _("Value")),
            Column("stated", _("Interval")),
            Column("weakest", _("Without assumptions")),
        ),
        frame=pd.DataFrame(rows),
        note=_(
            "Interval: what rounding leaves open with these assumptions: {assumptions}. Where a level is shown, a "
            "margin of chance. Without assumptions: every rounding, and nothing assumed about the stock. Of a least "
            "value, the value is the one without assumptions."
        ).format(assumptions=assumptions(answers.path, answers.counts, language)),
        evidence=answers.evidence,
        language=language,
    )


def table_meanings(answers: Answers, language: Language) -> Table:
    """What each answer means for the published mean, and what else could explain it; equal ones share a row."""
    _ = language.translate
    shared: dict[tuple[str, str], list[str]] = {}
    for name, answer in answers.answers.items():
        if name not in MOMENTS_OF_LITTLE:
            said = (_meaning(name, answers, language), _rival(name, language))
            outcome = f"{measure_label(f'coherence.{name}', language)}: {_value(answer, language)}"
            shared.setdefault(said, []).append(outcome)
    rows = [
        {"answers": "; ".join(outcomes), "meaning": meaning, "rival": rival}
        for (meaning, rival), outcomes in shared.items()
    ]
    return Table(
        id="meanings",
        title=_("What it means, and what else could explain it"),
        columns=(
            Column("answers", _("Outcome")),
            Column("meaning", _("What it means for the published mean")),
            Column("rival", _("What else could explain it")),
        ),
        frame=pd.DataFrame(rows),
        note="",
        evidence=answers.evidence,
        language=language,
    )


def _meaning(name: str, answers: Answers, language: Language) -> str:
    _ = language.translate
    mean = answers.published_mean
    if mean is None:
        return "–"
    if name.startswith("inflow"):
        if answers.stock is None or answers.inflow_needed is None or answers.inflow is None:
            return "–"
        meaning = MEANINGS["inflow"]
        return _(meaning).format(
            mean=language.shortest(mean.value),
            stock=language.integer(answers.stock.value),
            needed=language.integer(answers.inflow_needed.value),
            inflow=language.integer(answers.inflow.estimate),
        )
    answer = answers.answers[name]
    if answer.unit != "months":
        meaning = MEANINGS["capacity"]
        return _(meaning).format(mean=language.shortest(mean.value))
    verdict = answer.against(mean)
    estimate = name.startswith(("mean_duration_person_time", "mean_duration_little"))
    keys = [name, f"{name}.{verdict}", *([f"estimate.{verdict}"] if estimate else []), verdict]
    chosen = next(key for key in keys if key in MEANINGS)
    return _(MEANINGS[chosen]).format(mean=language.shortest(mean.value), estimate=language.decimal(answer.estimate))


def _rival(name: str, language: Language) -> str:
    key = next((key for key in (name, name.replace("_by_last", "")) if key in RIVALS), None)
    if key is None:
        key = "inflow" if name.startswith("inflow") else "capacity"
    return language.translate(RIVALS[key])


def _stated(answer: Answer, answers: Answers, language: Language) -> str:
    if answer.ci_low is None:
        return _span(answer, language)
    chance = ends_text(answer.ci_low, answer.ci_high, language)
    return f"{chance} ({language.percent(answers.level, 0)})"


def _value(answer: Answer, language: Language) -> str:
    """The value in words; one that nothing limits upwards is a least value, and the one without assumptions."""
    least = answer.weakest_high is None
    return ends_text(answer.estimate, None, language) if least else language.decimal(answer.estimate)


def _span(answer: Answer, language: Language, digits: int = 1) -> str:
    return ends_text(answer.low, answer.high, language, digits)


def ends_text(low: float | None, high: float | None, language: Language, digits: int = 1) -> str:
    """An interval in words; None is no limit."""
    _ = language.translate
    low, high = (None if end is None or pd.isna(end) else end for end in (low, high))
    if low is None:
        return _("no limit") if high is None else _("at most {value}").format(value=language.decimal(high, digits))
    if high is None:
        return _("at least {value}").format(value=language.decimal(low, digits))
    ends = [language.decimal(end, digits) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else _("{low} to {high}").format(low=ends[0], high=ends[1])
