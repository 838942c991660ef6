"""How it is shown who answered the client survey."""

from __future__ import annotations

from typing import Any

import pandas as pd

from evaluation.evidence import Mark, any_withheld
from evaluation.measures.invitations import Response
from evaluation.measures.published_response import PublishedResponse
from evaluation.presentation.figure import BJH, CONTEXT, INK, SOFT_INK, Figure, canvas, format_axis
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.survey_groups import dimension_label, survey_group
from evaluation.presentation.table import Column, Table

NOT_DELIVERED = N_(
    "The questionnaires were not delivered. What is needed: a row for each invitation, with its day, wave, mode and "
    "client, whether it was answered, and the scores."
)
NO_INVITATIONS = N_("No invitation falls in the period, so the response is unknown.")

WHOLE = "–"  # what the row of all is grouped by


def table_response(response: Response, language: Language) -> Table:
    """Answered invitations by wave, mode, age, sex and referrer, and of all."""
    _ = language.translate
    return Table(
        id="response",
        title=_("Who answered"),
        columns=(
            Column("by", _("By")),
            Column("label", _("Group")),
            Column("n", _("Invited"), "integer"),
            Column("count", _("Answered"), "integer"),
            Column(
                "share",
                _("Share ({level} interval)").format(level=language.percent(response.whole.level, 0)),
                "percent",
                1,
                ("ci_low", "ci_high"),
            ),
        ),
        frame=_response_rows(response, language),
        note=_("Age is that reached in the year of the reference date; the referrer is that of the first trajectory."),
        evidence=response.evidence,
        language=language,
    )


def _response_rows(response: Response, language: Language) -> pd.DataFrame:
    _ = language.translate
    parts = []
    for part in response.parts:
        groups = part.frame.iloc[:-1]
        labels = [survey_group(part.dimension, str(name), language) for name in groups["group"]]
        parts.append(groups.assign(by=dimension_label(part.dimension, language), label=labels))
    whole = response.whole.frame.iloc[-1:].assign(by=WHOLE, label=_("all"))
    rows = pd.concat([whole, *parts], ignore_index=True)
    return rows if response.delivered else rows.assign(n=None, count=None)  # not zero: nobody knows


def plot_response(response: Response, published: PublishedResponse, language: Language) -> Figure:
    """The response of each group with its interval, beside the published one."""
    _ = language.translate
    table = table_response(response, language)
    rows = table.frame.to_dict("records")
    axes = canvas(
        title=_("Who answered, by wave, mode, age, sex and referrer"),
        subtitle=_("Share of invitations that was answered; lines: {level} intervals").format(
            level=language.percent(response.whole.level, 0)
        ),
        source=_("Source: registry, {n} invitations, {since} up to and including {day}.").format(
            n=language.integer(response.whole.whole["n"]),
            since=language.day(response.since),
            day=language.day(response.reference_date),
        ),
        evidence=response.evidence,
        language=language,
        height=0.7 + 0.25 * len(rows),
    )
    axes.axvline(published.response, color=CONTEXT, linewidth=1, linestyle="--")
    axes.annotate(
        _("published: less than {share}").format(share=language.percent(published.response, 0)),
        (published.response, -0.75),
        (4, 0),
        textcoords="offset points",
        va="bottom",
        size=8,
        color=SOFT_INK,
        annotation_clip=False,
    )
    texts, reach = [], [2 * published.response]
    for position, row in enumerate(rows):
        text = table.columns[-1].cell_of(row, language)
        texts.append(f"{row['label']}: {text}")
        if not isinstance(row["share"], Mark) and not pd.isna(row["share"]):
            color = INK if row["by"] == WHOLE else BJH
            axes.hlines(position, row["ci_low"], row["ci_high"], color=color, linewidth=2.4)
            axes.plot(row["share"], position, "o", color=color, markersize=6, clip_on=False)
            reach.append(row["ci_high"])
        axes.annotate(
            text, (1.02, position), xycoords=("axes fraction", "data"), va="center", size=8, annotation_clip=False
        )
    axes.set_yticks(range(len(rows)), [_with_dimension(row) for row in rows], size=8.5)
    axes.set_ylim(len(rows) - 0.4, -0.7)
    axes.set_xlim(0, min(1.0, max(reach) * 1.03))
    axes.grid(visible=False, axis="y")
    format_axis(axes.xaxis.set_major_formatter, lambda value: language.percent(value, 0))
    alt = _("Share with interval per group. {values}.").format(values="; ".join(texts))
    return Figure("response", axes, alt, table)


def _with_dimension(row: dict[Any, Any]) -> str:
    return f"{row['by']}: {row['label']}" if row["by"] != WHOLE else str(row["label"])


def describe_response(response: Response, language: Language) -> Sentence:
    """How many answered, and what groups can and cannot tell."""
    _ = language.translate
    whole = response.whole.whole
    if not response.delivered:
        return Sentence(_(NOT_DELIVERED), response.evidence, language)
    if any_withheld(whole["n"], whole["count"]):
        text = _("How many of the invitations were answered is not shown: too few tell.")
    elif not whole["n"]:
        text = _(NO_INVITATIONS)
    else:
        text = _(
            "{count} of {n} invitations were answered: {share}, with {level} certainty between {low} and {high}. "
            "Groups that answer more than others show that those who answer are no picture of all; groups that answer "
            "alike do not show that they are."
        ).format(
            count=language.integer(whole["count"]),
            n=language.integer(whole["n"]),
            share=language.percent(whole["share"]),
            low=language.percent(whole["ci_low"]),
            high=language.percent(whole["ci_high"]),
            level=language.percent(response.whole.level, 0),
        )
    return Sentence(text, response.evidence, language)
