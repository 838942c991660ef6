"""How the wait for help is shown: norms, where requests stand, the share within a norm, and what a mean leaves out."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from evaluation.evidence import is_suppressed, weakest
from evaluation.measures.clocks import REACHED, WITHDRAWN, Standing
from evaluation.measures.kaplan_meier import LEVEL
from evaluation.measures.norms import Norm, Norms
from evaluation.measures.waiting import WEEK, Waiting, WithinNorm
from evaluation.presentation.figure import BJH, CONTEXT, INK, REST, SOFT_INK, Figure, canvas, drawn, format_axis
from evaluation.presentation.interval_rows import with_certainty
from evaluation.presentation.labels import CLOCKS, NORM_KINDS, NORMS, REQUEST_STATES, STOPPED, WITHIN_NORM
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def norm_label(norm: Norm, language: Language) -> str:
    """Name of a norm; one that was added to the table is called by what it says itself."""
    return language.translate(NORMS[norm.id]) if norm.id in NORMS else norm.source


def length_text(days: int, language: Language) -> str:
    """Write a length in whole weeks, or in days."""
    _ = language.translate
    if days % WEEK:
        return _("{days} days").format(days=language.integer(days))
    return _("{weeks} weeks").format(weeks=language.integer(days // WEEK))


def table_norms(norms: Norms, language: Language) -> Table:
    """Every norm that holds on the reference date, with its source."""
    _ = language.translate
    rows = [
        {
            "clock": _(CLOCKS[norm.clock]),
            "length": length_text(norm.days, language),
            "kind": _(NORM_KINDS[norm.kind]),
            "label": norm_label(norm, language),
        }
        for clock in CLOCKS
        for norm in norms.of(clock)
    ]
    return Table(
        id="norms",
        title=_("What waiting and deciding are held against"),
        columns=(
            Column("clock", _("From and to")),
            Column("length", _("Norm")),
            Column("kind", _("Kind")),
            Column("label", _("What it is")),
        ),
        frame=pd.DataFrame(rows, columns=["clock", "length", "kind", "label"]),
        note=_(
            "The law binds decisions only. The other norms were made for other care; they give scale and are no norm "
            "of Groningen. Source and date of each: data/norms.csv."
        ),
        evidence=norms.evidence,
        language=language,
    )


def table_standing(standing: Standing, language: Language) -> Table:
    """Where the requests stand on the reference date."""
    _ = language.translate
    frame = standing.frame.assign(label=[_(REQUEST_STATES[state]) for state in standing.frame["state"]])
    rows = pd.concat([frame, pd.DataFrame([{"label": _("all"), "count": standing.n}])], ignore_index=True)
    return Table(
        id="standing",
        title=_("Where the requests for help stand on {day}").format(day=language.day(standing.reference_date)),
        columns=(Column("label", _("Where they stand")), Column("count", _("Requests"), "integer")),
        frame=rows.astype({"count": object}),
        note=_("Requests since {since}. Left out because their days contradict each other: {missing}.").format(
            since=language.day(standing.since), missing=Column("n", "", "integer").cell(standing.n_missing, language)
        ),
        evidence=standing.evidence,
        language=language,
    )


def table_within(waits: Sequence[Waiting], language: Language) -> Table:
    """Each clock against its norms, with what goes wrong when only those who got there are counted."""
    _ = language.translate
    rows = [
        {
            "clock": _(CLOCKS[wait.name]),
            "norm": length_text(outcome.norm.days, language),
            "share": outcome.share.value,
            "low": outcome.share.low,
            "high": outcome.share.high,
            "withdrawn": outcome.withdrawn.value,
            "naive": outcome.naive_share,
            "median": wait.median_days.value,
            "mean": wait.naive_mean_days,
            "n": wait.n,
        }
        for wait in waits
        for outcome in wait.within
    ]
    names = ["clock", "norm", "share", "low", "high", "withdrawn", "naive", "median", "mean", "n"]
    return Table(
        id="within_norm",
        title=_("What share gets there within the norm"),
        columns=(
            Column("clock", _("From and to")),
            Column("norm", _("Norm")),
            Column("n", _("Requests"), "integer"),
            Column("share", _("Share within it"), "percent", 0, ("low", "high")),
            Column("withdrawn", _("Withdrawn before"), "percent", 0),
            Column("median", _("Half within, days"), "integer"),
            Column("naive", _("Too high: share of those who got there"), "percent", 0),
            Column("mean", _("Too short: their mean wait, days"), "integer"),
        ),
        frame=pd.DataFrame(rows, columns=names, dtype=object),
        note=_(
            "Share with its {level} interval. The two last columns know only those whose wait is over; who still waits "
            "or gave up is not in them."
        ).format(level=language.percent(LEVEL, 0)),
        evidence=weakest(wait.evidence for wait in waits),
        language=language,
    )


def plot_waiting(wait: Waiting, language: Language) -> Figure:
    """The share that got there, and the share that withdrew, by weeks on the clock, with the norms."""
    _ = language.translate
    table = table_curves(wait, language)
    axes = canvas(
        title=_("How long it takes: {clock}").format(clock=_(CLOCKS[wait.name])),
        subtitle=_(
            "Share of all, by weeks since the clock started; band: {level} interval; grey diamond: what those who got "
            "there alone would say"
        ).format(level=language.percent(LEVEL, 0)),
        source=_(
            "Source: registry, from {since} up to and including {day}. Counted: {n}; still running: {waiting}."
        ).format(
            since=language.day(wait.since),
            day=language.day(wait.reference_date),
            n=_count(wait.n, language),
            waiting=_count(wait.n_waiting, language),
        ),
        evidence=wait.evidence,
        language=language,
    )
    names = {REACHED: _(STOPPED[wait.name]), WITHDRAWN: _("withdrew")}
    for cause, color in ((REACHED, BJH), (WITHDRAWN, REST)):
        rows = wait.curves[(wait.curves["cause"] == cause) & wait.curves["drawn"].astype(bool)]
        weeks, share, low, high = (drawn(rows[name]) for name in ("week", "share", "ci_low", "ci_high"))
        axes.fill_between(weeks, low, high, color=color, alpha=0.2, linewidth=0)
        axes.plot(weeks, share, color=color, linewidth=2.2)
        if len(weeks):
            axes.annotate(
                names[cause], (weeks[-1], share[-1]), (5, 0), textcoords="offset points", va="center", color=color
            )
    for outcome in wait.within:
        _mark_norm(axes, outcome, language)
    axes.set_ylim(0, 1.1)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 4, 5, 10]))
    axes.set_xlabel(_("weeks"))
    format_axis(axes.yaxis.set_major_formatter, lambda value: language.percent(value, 0))
    alt = _(
        "Two lines by week: the share that got there rises, and so does the share that withdrew. {sentence}"
    ).format(sentence=" ".join(_outcome_text(wait, outcome, language) for outcome in wait.within))
    return Figure(f"waiting_{wait.name}", axes, alt.strip(), table)


def _mark_norm(axes: Axes, outcome: WithinNorm, language: Language) -> None:
    """A line at the norm, and at its height what those who got there alone would say."""
    weeks = outcome.norm.days / WEEK
    axes.axvline(weeks, color=SOFT_INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.annotate(
        length_text(outcome.norm.days, language),
        (weeks, 1.1),
        (4, -9),
        textcoords="offset points",
        size=8.5,
        color=INK,
    )
    if isinstance(outcome.naive_share, float):
        axes.plot(weeks, outcome.naive_share, "D", color=CONTEXT, markersize=6)


def table_curves(wait: Waiting, language: Language) -> Table:
    """The curves by week."""
    _ = language.translate
    causes = {REACHED: _(STOPPED[wait.name]), WITHDRAWN: _("withdrew")}
    shown = wait.curves[wait.curves["drawn"].astype(bool)]
    return Table(
        id=f"waiting_{wait.name}",
        title=_("Share by week: {clock}").format(clock=_(CLOCKS[wait.name])),
        columns=(
            Column("label", _("Outcome")),
            Column("week", _("Week"), "integer"),
            Column("share", _("Share"), "percent", 0),
            Column("ci_low", _("From"), "percent", 0),
            Column("ci_high", _("To"), "percent", 0),
            Column("at_risk", _("Still running"), "integer"),
        ),
        frame=shown.assign(label=[causes[cause] for cause in shown["cause"]]),
        note=_(
            "From and to: {level} interval. Drawn as long as enough clocks run. A grey diamond in the figure: the "
            "share within the norm of those who got there, which leaves out who still waits or gave up."
        ).format(level=language.percent(LEVEL, 0)),
        evidence=wait.evidence,
        language=language,
    )


def describe_waiting(contact: Waiting, start: Waiting, language: Language) -> Sentence:
    """What share gets a first contact and a start within the norms used as a reference: the answer of the chapter."""
    _ = language.translate
    evidence = weakest((contact.evidence, start.evidence))
    if isinstance(start.n, int) and start.n == 0:
        none = _("No request for help is known in the period, so how long families wait is unknown.")
        return Sentence(none, evidence, language)
    parts = [_outcome_text(wait, wait.main, language) for wait in (contact, start) if wait.main is not None]
    outcome = start.main
    if outcome is not None and isinstance(outcome.naive_share, float) and isinstance(outcome.share.value, float):
        parts.append(
            _("Of those who have started it was {naive}: a figure that leaves out who still waits or gave up.").format(
                naive=language.percent(outcome.naive_share, 0)
            )
        )
    if isinstance(start.n_waiting, int) and start.n_waiting:
        parts.append(
            _("On {day} {n} requests were waiting for a start.").format(
                day=language.day(start.reference_date), n=language.integer(start.n_waiting)
            )
        )
    return Sentence(" ".join(parts), evidence, language)


def _outcome_text(wait: Waiting, outcome: WithinNorm, language: Language) -> str:
    """One clock against one norm, in a sentence."""
    _ = language.translate
    names = {"clock": _(CLOCKS[wait.name]), "norm": length_text(outcome.norm.days, language)}
    if is_suppressed(outcome.share.value):
        return _("What share gets there within {norm} ({clock}) is not shown: too few tell.").format(**names)
    if outcome.share.value is None:
        return _(
            "What share gets there within {norm} ({clock}) is unknown: nobody could be followed that long."
        ).format(**names)
    ends = outcome.share.value, outcome.share.low, outcome.share.high
    share = with_certainty(ends, lambda value: language.percent(value, 0), LEVEL, language)
    text = _(WITHIN_NORM[wait.name]).format(share=share, norm=names["norm"])
    if isinstance(outcome.withdrawn.value, float) and outcome.withdrawn.value:
        gone = _("In {share} the family withdrew before that.").format(
            share=language.percent(outcome.withdrawn.value, 0)
        )
        text = f"{text} {gone}"
    return text


def _count(value: object, language: Language) -> str:
    return Column("n", "", "integer").cell(value, language)
