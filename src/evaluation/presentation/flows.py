"""How the inflow and the people behind it are shown in the chapter on volumes."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.ticker import MaxNLocator

from evaluation.evidence import Mark, any_withheld
from evaluation.measures.rate_ratio import RateRatio
from evaluation.measures.rates import InflowRate, MonthlyInflow
from evaluation.measures.reach import Reach
from evaluation.presentation.figure import BJH, Figure, canvas, drawn, format_axis
from evaluation.presentation.labels import UNITS
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def describe_inflow_rate(rate: InflowRate, language: Language) -> Sentence:
    """Starts per thousand youths, with the range that chance leaves open."""
    _ = language.translate
    if any_withheld(rate.started) or rate.rate is None or rate.ci_low is None or rate.ci_high is None:
        text = _(
            "The number of trajectories that started in {year} is not shown, and so neither is that per 1,000 youths."
        ).format(year=rate.year)
        return Sentence(text, rate.evidence, language)
    text = _(
        "In {year}, up to and including the reference date, {started} trajectories started. That is {rate} per 1,000 "
        "youths in a full year ({low} to {high}: by chance alone it could have been anywhere in that range). Youths "
        "are the {youths} inhabitants aged {ages} on 1 January {population_year}; as many students live in Groningen, "
        "the rate among children is higher."
    ).format(
        year=rate.year,
        started=language.integer(rate.started),
        rate=language.decimal(rate.rate),
        low=language.decimal(rate.ci_low),
        high=language.decimal(rate.ci_high),
        youths=language.integer(rate.population.youths),
        ages=rate.population.ages,
        population_year=rate.population.year,
    )
    return Sentence(text, rate.evidence, language)


def describe_rate_ratio(ratio: RateRatio, language: Language) -> Sentence:
    """Starts per day against the year before."""
    _ = language.translate
    if isinstance(ratio.ratio, Mark):
        text = _(
            "The starts of {year} are not compared with those of the year before, because one of the two numbers is "
            "not shown."
        ).format(year=ratio.year)
        return Sentence(text, ratio.evidence, language)
    if ratio.ratio is None or ratio.ci_low is None or ratio.ci_high is None:
        text = _("The starts of {year} cannot be compared with those of the year before.").format(year=ratio.year)
        return Sentence(text, ratio.evidence, language)
    counts = _(
        "Per day, {ratio} times as many trajectories started in {year} ({count} in {days} days) as in {before} "
        "({count_before} in {days_before} days). With 95% certainty it lies between {low} and {high}."
    ).format(
        ratio=language.decimal(ratio.ratio, 2),
        year=ratio.year,
        before=ratio.year - 1,
        count=language.integer(ratio.count),
        days=ratio.days,
        count_before=language.integer(ratio.count_before),
        days_before=ratio.days_before,
        low=language.decimal(ratio.ci_low, 2),
        high=language.decimal(ratio.ci_high, 2),
    )
    if ratio.overdispersed and ratio.exact_low is not None and ratio.exact_high is not None:
        counts += " " + _("It allows for months that differ more within a year than chance explains.")
    late = _("Only starts that were registered by {day} are counted, so for {year} there may come more.").format(
        day=language.day(ratio.reference_date), year=ratio.year
    )
    return Sentence(f"{counts} {late}", ratio.evidence, language)


def table_monthly_inflow(inflow: MonthlyInflow, language: Language) -> Table:
    """Starts per complete month with their interval."""
    _ = language.translate
    return Table(
        id="monthly_inflow",
        title=_("Trajectories started per complete month, with the range that chance leaves open"),
        columns=(
            Column("month", _("Month"), "month"),
            Column("inflow", _("Started"), "integer"),
            Column("ci_low", _("Lower end"), "decimal"),
            Column("ci_high", _("Upper end"), "decimal"),
        ),
        frame=inflow.frame,
        note=_interval_kind(inflow, language),
        evidence=inflow.evidence,
        language=language,
    )


def plot_monthly_inflow(inflow: MonthlyInflow, language: Language) -> Figure:
    """Starts per month as points with their intervals."""
    _ = language.translate
    table = table_monthly_inflow(inflow, language)
    frame = inflow.frame
    axes = canvas(
        title=_("Trajectories started per month, and what chance leaves open"),
        subtitle=_("Number of trajectories per complete month; lines: 95% interval"),
        source=_("Source: registry, starts from {since}. {kind}").format(
            since=language.day(inflow.since), kind=table.note
        ),
        evidence=inflow.evidence,
        language=language,
        height=2.6,
    )
    positions = np.arange(len(frame))
    axes.vlines(positions, drawn(frame["ci_low"]), drawn(frame["ci_high"]), color=BJH, linewidth=2, alpha=0.45)
    axes.plot(positions, drawn(frame["inflow"]), "o", color=BJH, markersize=5)
    axes.set_ylim(bottom=0)
    step = max(math.ceil(len(frame) / 8), 1)
    axes.set_xticks(positions[::step], [language.month_short(month) for month in frame["month"]][::step])
    axes.grid(visible=False, axis="x")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    format_axis(axes.yaxis.set_major_formatter, language.integer)
    alt = _("Points with intervals: trajectories started in each of {months} complete months. {kind}").format(
        months=len(frame), kind=table.note
    )
    return Figure("monthly_inflow", axes, alt, table)


def describe_reach(reach: Reach, language: Language) -> Sentence:
    """Clients and families behind the trajectories."""
    _ = language.translate
    if any_withheld(reach.trajectories, reach.clients, reach.families):
        text = _(
            "Not all numbers of trajectories, clients and families from {since} up to and including {day} can be shown."
        ).format(since=language.day(reach.since), day=language.day(reach.reference_date))
        return Sentence(text, reach.evidence, language)
    text = _(
        "Behind the {trajectories} trajectories that started from {since} up to and including {day} stand {clients} "
        "different clients in {families} different families."
    ).format(
        trajectories=language.integer(reach.trajectories),
        since=language.day(reach.since),
        day=language.day(reach.reference_date),
        clients=language.integer(reach.clients),
        families=language.integer(reach.families),
    )
    per_client, per_family = reach.trajectories_per_client, reach.clients_per_family
    if per_client is None or per_family is None or any_withheld(per_client, per_family):
        return Sentence(text, reach.evidence, language)
    ratios = _("That is {per_client} trajectories per client and {per_family} clients per family.").format(
        per_client=language.decimal(per_client, 2),
        per_family=language.decimal(per_family, 2),
    )
    return Sentence(f"{text} {ratios}", reach.evidence, language)


def table_reach(reach: Reach, language: Language) -> Table:
    """What was announced per phase, beside each way of counting."""
    _ = language.translate
    frame = reach.frame.assign(
        phase_label=[
            _("Phase {phase} ({year})").format(phase=phase, year=year)
            for phase, year in zip(reach.frame["phase"], reach.frame["year"], strict=True)
        ],
        unit_label=[_(UNITS[unit]) for unit in reach.frame["unit"]],
    )
    running = (
        ""
        if reach.frame["complete"].all()
        else _("The last year runs up to and including {day} and is incomplete.").format(
            day=language.day(reach.reference_date)
        )
    )
    meaning = _(
        "Served: running on at least one day of the year. Shown to the council: whether children or families, a target "
        "or a count, started or served, the slide does not say. The quotes are in Dutch."
    )
    return Table(
        id="phases",
        title=_("What the council was shown per phase, beside each way of counting"),
        columns=(
            Column("phase_label", _("Phase")),
            Column("quote", _("As shown to the council"), "quote"),
            Column("unit_label", _("Counted as")),
            Column("started", _("Started"), "integer"),
            Column("served", _("Served"), "integer"),
        ),
        frame=frame,
        note=f"{meaning} {running}".strip(),
        evidence=reach.evidence,
        language=language,
    )


def _interval_kind(inflow: MonthlyInflow, language: Language) -> str:
    _ = language.translate
    if inflow.overdispersed is None:
        return _("Too few months or starts to tell whether they vary more than chance explains: Poisson intervals.")
    if inflow.overdispersed:
        return _("The months vary more around their trend than chance explains: negative binomial intervals.")
    return _("The months vary around their trend no more than chance explains: Poisson intervals.")
