"""How the published response to the client survey is shown, and how many clients would have to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from evaluation.measures.published_response import PublishedResponse
from evaluation.measures.sample_design import SampleDesign
from evaluation.presentation.figure import BJH, CONTEXT, INK, SOFT_INK, Figure, canvas, drawn, format_axis
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

EVERY = 0.2  # steps of the shares in the table of bounds


def plot_published_bounds(found: PublishedResponse, language: Language) -> Figure:
    """Lowest and highest possible share for every share that could have been seen, at the published response."""
    _ = language.translate
    published = found.response
    axes = canvas(
        title=_("What answers of so few say about all clients"),
        subtitle=_(
            "Lowest and highest possible share of satisfied clients among all, by the share among those who answered"
        ),
        source=_(
            "Source: presentation to the council of early 2025 (“{quote}”). Nothing is assumed of those who did not "
            "answer (Manski 2003)."
        ).format(quote=found.published.quote),
        evidence=found.evidence,
        language=language,
        height=3.4,
    )
    for response in found.bounds["response"].unique().tolist():
        own, rows = response == published, found.bounds[found.bounds["response"] == response]
        share, low, high = (drawn(rows[column]) for column in ("share", "low", "high"))
        if own:
            axes.fill_between(share, low, high, color=BJH, alpha=0.15, linewidth=0)
        for end in (low, high):
            axes.plot(share, end, color=BJH if own else CONTEXT, linewidth=2.2 if own else 1)
        text = _("less than {share} answer") if own else _("{share} answer")
        name = text.format(share=language.percent(response, 0))
        axes.annotate(
            name, (1.015, low[-1]), va="center", size=8.5, color=BJH if own else SOFT_INK, annotation_clip=False
        )
    example = found.example
    axes.vlines(example["share"], example["low"], example["high"], color=INK, linewidth=1.4)
    for side, offset in (("low", 9), ("high", -9)):
        axes.plot(example["share"], example[side], "o", color=INK, markersize=5)
        axes.annotate(
            language.percent(example[side], 0),
            (example["share"], example[side]),
            (-6, offset),
            textcoords="offset points",
            ha="right",
            va="center",
            weight="bold",
        )
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set(xlabel=_("Satisfied among those who answered"), ylabel=_("Satisfied among all, possible"))
    for axis in (axes.xaxis, axes.yaxis):
        format_axis(axis.set_major_formatter, lambda value: language.percent(value, 0))
    alt = _(
        "Two nearly level lines far apart: with less than {response} answers and {share} satisfied among them, the "
        "share among all lies between {low} and {high}. With more answers the lines come closer."
    ).format(
        response=language.percent(published, 0),
        share=language.percent(example["share"], 0),
        low=language.percent(example["low"], 0),
        high=language.percent(example["high"], 0),
    )
    return Figure("published_bounds", axes, alt, _table_bounds(found, language))


def _table_bounds(found: PublishedResponse, language: Language) -> Table:
    _ = language.translate
    steps = np.isclose(np.mod(found.bounds["share"] / EVERY + 0.5, 1), 0.5)
    return Table(
        id="published_bounds",
        title=_("Lowest and highest possible share among all, by response and by share among those who answered"),
        columns=(
            Column("response", _("Answered, at most"), "percent", 0),
            Column("share", _("Satisfied among those who answered"), "percent", 0),
            Column("low", _("Among all, at least"), "percent", 0),
            Column("high", _("Among all, at most"), "percent", 0),
            Column("width", _("Distance"), "percent", 0),
        ),
        frame=found.bounds[steps],
        note=_("With a lower response than the one in the row the distance is larger."),
        evidence=found.evidence,
        language=language,
    )


def table_needed_response(found: PublishedResponse, language: Language) -> Table:
    """The response for which lowest and highest possible share lie a given distance apart."""
    _ = language.translate
    return Table(
        id="needed_response",
        title=_("How many have to answer before silence matters little"),
        columns=(
            Column("width", _("Distance between lowest and highest possible share"), "percent", 0),
            Column("response", _("Response needed"), "percent", 0),
        ),
        frame=found.needed,
        note=_("Without assumptions the distance is what remains of 100% after the response, whatever was answered."),
        evidence=found.evidence,
        language=language,
    )


def describe_published_response(found: PublishedResponse, language: Language) -> Sentence:
    """What a response of less than a few percent leaves open."""
    _ = language.translate
    example = found.example
    text = _(
        "The council was told of a response of less than {response}. Then nothing is known of at least {width} of the "
        "clients. Even if {share} of those who answered were satisfied (an example: no answers were published), "
        "between {low} and {high} of all clients can be."
    ).format(
        response=language.percent(found.response, 0),
        width=language.percent(1 - found.response, 0),
        share=language.percent(example["share"], 0),
        low=language.percent(example["low"], 0),
        high=language.percent(example["high"], 0),
    )
    return Sentence(text, found.evidence, language)


def table_sample_sizes(design: SampleDesign, language: Language) -> Table:
    """Clients to draw by lot for a given margin."""
    _ = language.translate
    return Table(
        id="sample_sizes",
        title=_("How many clients to draw by lot, if all of them answer"),
        columns=(
            Column("margin", _("Margin to either side"), "percent", 0),
            Column("drawn", _("Clients to draw"), "integer"),
            Column("drawn_low", _("At the fewest clients"), "integer"),
            Column("drawn_high", _("At the most clients"), "integer"),
        ),
        frame=design.sizes,
        note=_(
            "Of {clients} clients ({low} to {high}): the published number of trajectories over the trajectories per "
            "client. {level} intervals, at a share of one half, corrected for drawing from few (Cochran 1977)."
        ).format(
            clients=language.integer(round(design.clients.value)),
            low=language.integer(round(design.clients.low)),
            high=language.integer(round(design.clients.high)),
            level=language.percent(design.level, 0),
        ),
        evidence=design.evidence,
        language=language,
    )


def plot_sample_outcomes(design: SampleDesign, language: Language) -> Figure:
    """What is left of the sharpness of a sample when not all answer, beside asking everybody."""
    _ = language.translate
    frame = design.outcomes
    axes = canvas(
        title=_("Few clients who nearly all answer say more than all clients of whom few do"),
        subtitle=_(
            "What the share of satisfied clients can be if half of those who answer are satisfied; nothing assumed of "
            "the others, chance included"
        ),
        source=_(
            "Computed from published figures: {clients} clients. {level} intervals (Imbens and Manski 2004)."
        ).format(clients=language.integer(round(design.clients.value)), level=language.percent(design.level, 0)),
        evidence=design.evidence,
        language=language,
        height=0.5 + 0.27 * len(frame),
    )
    labels, texts = [], []
    for position, row in enumerate(frame.to_dict("records")):
        last = position == len(frame) - 1
        axes.hlines(position, row["low"], row["high"], color=CONTEXT if last else BJH, linewidth=6 if last else 4)
        ends = _("{low} to {high}").format(low=language.percent(row["low"], 0), high=language.percent(row["high"], 0))
        labels.append(_design_label(row, language, last=last))
        texts.append(f"{labels[-1]}: {ends}")
        axes.annotate(ends, (1.02, position), va="center", size=8.5, annotation_clip=False)
    axes.set_yticks(range(len(frame)), labels)
    axes.set_ylim(len(frame) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.grid(visible=False, axis="y")
    format_axis(axes.xaxis.set_major_formatter, lambda value: language.percent(value, 0))
    alt = _("Horizontal intervals around one half. {values}.").format(values="; ".join(texts))
    return Figure("sample_outcomes", axes, alt, _table_outcomes(design, language))


def _design_label(row: Mapping[Any, Any], language: Language, *, last: bool) -> str:
    _ = language.translate
    text = _("all {drawn}, less than {response} answer") if last else _("{drawn} drawn, {response} answer")
    return text.format(drawn=language.integer(row["drawn"]), response=language.percent(row["response"], 0))


def _table_outcomes(design: SampleDesign, language: Language) -> Table:
    _ = language.translate
    return Table(
        id="sample_outcomes",
        title=_("What the share can be if half of those who answer are satisfied"),
        columns=(
            Column("drawn", _("Clients asked"), "integer"),
            Column("response", _("Response"), "percent", 0),
            Column("answered", _("Answers"), "integer"),
            Column("low", _("At least"), "percent", 0),
            Column("high", _("At most"), "percent", 0),
        ),
        frame=design.outcomes,
        note=_("Last row: everybody asked, with the highest response that the published figure allows."),
        evidence=design.evidence,
        language=language,
    )


def describe_design(design: SampleDesign, language: Language) -> Sentence:
    """Chase few, do not mail all."""
    _ = language.translate
    row, everybody = design.headline, design.everybody
    most = design.outcome(int(row["drawn"]), 0.8)
    text = _(
        "Chase few, do not mail all. {drawn} clients drawn by lot from {clients} are enough for a margin of "
        "{margin} to either side, if all answer. If {response} answer and half of them are satisfied, {low} to {high} "
        "remains possible; from a survey of everybody that less than {few} answer, {all_low} to {all_high}."
    ).format(
        drawn=language.integer(row["drawn"]),
        clients=language.integer(round(design.clients.value)),
        margin=_("{points} percentage points").format(points=language.shortest(100 * row["margin"])),
        response=language.percent(most["response"], 0),
        low=language.percent(most["low"], 0),
        high=language.percent(most["high"], 0),
        few=language.percent(everybody["response"], 0),
        all_low=language.percent(everybody["low"], 0),
        all_high=language.percent(everybody["high"], 0),
    )
    return Sentence(text, design.evidence, language)
