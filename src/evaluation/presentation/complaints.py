"""How complaints are shown: for the time that help was given, by register, and how many may be missed."""

from __future__ import annotations

import pandas as pd

from evaluation.evidence import any_withheld, is_suppressed
from evaluation.measures.capture_recapture import FEWEST_IN_BOTH
from evaluation.measures.complaints import Complaints, ComplaintsMissed
from evaluation.measures.ombudsman import OmbudsmanCases
from evaluation.measures.rates import CONFIDENCE
from evaluation.presentation.figure import Figure, canvas, format_axis
from evaluation.presentation.interval_rows import IntervalRow, draw_rows, value_then_certainty
from evaluation.presentation.labels import REGISTERS
from evaluation.presentation.language import Language
from evaluation.presentation.objections import compared_text
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def table_complaints(found: Complaints, language: Language) -> Table:
    """Complaints by year, against the months that trajectories ran."""
    _ = language.translate
    return Table(
        id="complaints",
        title=_("Complaints by year, each counted once"),
        columns=(
            Column("label", _("Year")),
            Column("complaints", _("Complaints"), "integer"),
            Column("trajectory_months", _("Trajectory-months"), "integer"),
            Column("rate", _("Per 1,000 trajectory-months"), "decimal", 1, ("ci_low", "ci_high")),
        ),
        frame=found.frame.assign(label=[year or _("all") for year in found.frame["year"]]),
        note=_(
            "With {level} intervals (exact Poisson). Rows of one client within {days} days are taken for one complaint."
        ).format(level=language.percent(CONFIDENCE, 0), days=language.integer(found.match_days)),
        evidence=found.evidence,
        language=language,
    )


def plot_complaints(found: Complaints, language: Language) -> Figure:
    """Complaints per 1,000 trajectory-months by year, with intervals."""
    _ = language.translate
    table = table_complaints(found, language)
    axes = canvas(
        title=_("Complaints for the time that help was given"),
        subtitle=_("Per 1,000 months that a trajectory ran; line: {level} interval").format(
            level=language.percent(CONFIDENCE, 0)
        ),
        source=_("Source: registry, complaints from {since} up to {day}.").format(
            since=language.day(found.since), day=language.day(found.reference_date)
        ),
        evidence=found.evidence,
        language=language,
        height=0.6 + 0.38 * len(table.frame),
    )
    rows = [
        IntervalRow(row["label"], row["rate"], row["ci_low"], row["ci_high"]) for row in table.frame.to_dict("records")
    ]
    texts = draw_rows(axes, rows, language.decimal, language)
    axes.set_xlim(left=0)
    format_axis(axes.xaxis.set_major_formatter, language.shortest)
    alt = _("One line per year with complaints per 1,000 trajectory-months. {values}.").format(values="; ".join(texts))
    return Figure("complaints", axes, alt, table)


def table_registers(found: Complaints, language: Language) -> Table:
    """Complaints by the register that holds them."""
    _ = language.translate
    return Table(
        id="complaint_registers",
        title=_("In which register complaints are"),
        columns=(Column("label", _("Register")), Column("complaints", _("Complaints"), "integer")),
        frame=found.by_register.assign(label=[_(REGISTERS[name]) for name in found.by_register["register"]]),
        note=_("One complaint can be in several registers, so these do not add up to all complaints."),
        evidence=found.evidence,
        language=language,
    )


def describe_complaints(found: Complaints, language: Language) -> Sentence:
    """The rate of complaints, and how it changed."""
    _ = language.translate
    row = found.whole
    if not found.delivered or row["complaints"] is None:
        text = _("Complaints were not delivered, so how many there are is unknown.")
        return Sentence(text, found.evidence, language)
    if is_suppressed(row["rate"]):
        text = _("How many complaints there are for the time that help was given is not shown: too few tell.")
        return Sentence(text, found.evidence, language)
    if row["rate"] is None:
        text = _("How many complaints there are for the time that help was given is unknown: no trajectory ran.")
        return Sentence(text, found.evidence, language)
    said = _("There were {rate} complaints per 1,000 months of help{certainty}.")
    ends = row["rate"], row["ci_low"], row["ci_high"]
    text = value_then_certainty(said, ends, language.decimal, CONFIDENCE, language)
    return Sentence(f"{text} {compared_text(found.comparison, language)}".strip(), found.evidence, language)


def table_missed(found: ComplaintsMissed, language: Language) -> Table:
    """What both lists hold, and the estimate of all."""
    _ = language.translate
    rows = [
        (_("in the register of the provider"), found.inside),
        (_("in another register"), found.outside),
        (_("in both"), found.both),
        (_("in at least one of them"), found.seen),
        (_("estimate of all, also in none"), found.estimate),
        (_("estimate, from"), found.low),
        (_("estimate, to"), found.high),
    ]
    return Table(
        id="complaints_missed",
        title=_("Complaints that the registers may have missed"),
        columns=(Column("label", _("Which")), Column("complaints", _("Complaints"), "integer")),
        frame=pd.DataFrame(rows, columns=["label", "complaints"], dtype=object),
        note=_(
            "Estimate by capture and recapture (Chapman), {level} interval. It takes a complaint to be as likely in "
            "the one list whether or not it is in the other, all complaints to be equally likely to be written down, "
            "and the matching to make no errors. A family that goes on from the provider to the ombudsman makes "
            "it too low."
        ).format(level=language.percent(CONFIDENCE, 0)),
        evidence=found.evidence,
        language=language,
    )


def describe_missed(found: ComplaintsMissed, language: Language) -> Sentence:
    """How many complaints there may be, or why that cannot be said."""
    _ = language.translate
    if found.seen is None:
        text = _("Complaints were not delivered, so how many the registers missed is unknown.")
    elif any_withheld(found.estimate, found.seen, found.low, found.high):
        text = _("How many complaints the registers missed is not shown: too few are in both lists.")
    elif found.estimate is None or found.low is None or found.high is None:
        text = _(
            "How many complaints the registers missed cannot be estimated: that needs at least {least} that are in "
            "both lists."
        ).format(least=language.integer(FEWEST_IN_BOTH))
    else:
        text = _(
            "Of the complaints whose client is known, the registers hold {seen}.{without} If both lists are "
            "independent there are about {all} (with {level} certainty between {low} and {high}): then some families "
            "complained and nobody wrote it down."
        ).format(
            seen=language.integer(found.seen),
            without=_without_client(found, language),
            all=language.integer(found.estimate),
            low=language.integer(found.low),
            high=language.integer(found.high),
            level=language.percent(CONFIDENCE, 0),
        )
    return Sentence(text, found.evidence, language)


def _without_client(found: ComplaintsMissed, language: Language) -> str:
    """Say how many complaints without a client are left out, which the table by register does count."""
    _ = language.translate
    if found.without_client is None or found.without_client == 0:
        return ""
    if is_suppressed(found.without_client):
        return " " + _("Complaints without a client do not count here.")
    return " " + _("Without a client: {without}; these do not count here.").format(
        without=language.integer(found.without_client)
    )


def table_ombudsman(cases: OmbudsmanCases, language: Language) -> Table:
    """Published cases of the ombudsman about WIJ Groningen."""
    _ = language.translate
    return Table(
        id="ombudsman",
        title=_("Cases about WIJ Groningen that the ombudsman handled, all its tasks"),
        columns=(
            Column("year", _("Year")),
            Column("cases", _("Cases"), "integer"),
            Column("low", _("From"), "decimal"),
            Column("high", _("To"), "decimal"),
            Column("source_title", _("Source"), "quote"),
        ),
        frame=cases.frame,
        note=_(
            "From and to: exact Poisson interval, how the number could have come out by chance. How many are about "
            "Basis jeugdhulp was not published."
        ),
        evidence=cases.evidence,
        language=language,
    )


def describe_ombudsman(cases: OmbudsmanCases, language: Language) -> Sentence:
    """The last published number, with what it can and cannot say."""
    _ = language.translate
    row = cases.last
    text = _(
        "In {year} the ombudsman handled {n} cases about WIJ Groningen, of all its tasks; by chance that could have "
        "been {low} to {high}. How many were about Basis jeugdhulp was not published, so they are no "
        "count of its complaints."
    ).format(
        year=row["year"],
        n=language.integer(row["cases"]),
        low=language.integer(row["low"]),
        high=language.integer(row["high"]),
    )
    return Sentence(text, cases.evidence, language)
