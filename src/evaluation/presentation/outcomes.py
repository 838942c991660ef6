"""How the outcomes that the Jeugdwet asks for are shown."""

from __future__ import annotations

from typing import Any

import pandas as pd

from evaluation.evidence import Mark, any_withheld
from evaluation.measures.outcomes import Outcomes
from evaluation.presentation.figure import BJH, CONTEXT, Figure, canvas, format_axis
from evaluation.presentation.labels import END_REASONS
from evaluation.presentation.language import N_, NOT_SHOWN, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

OUTCOMES = {
    "dropout": N_("Ended early (drop-out)"),
    "one_sided": N_("Ended early, by client or provider"),
    "satisfied": N_("Satisfied"),
    "goals": N_("Goals reached"),
    "no_new_start_6": N_("No new start within 6 months"),
    "no_new_start_12": N_("No new start within 12 months"),
}
ASKED = ("satisfied", "goals")  # outcomes that only a questionnaire can tell
DEFINITIONS = {
    "dropout": N_("ended with reason {early}, of ended trajectories with a reason (code list JZ588)"),
    "one_sided": N_("ended with reason {one_sided}, of ended trajectories with a reason (code list JZ588)"),
    "satisfied": N_("score of {score} or more, of invitations with a score"),
    "goals": N_("goal score of {score} or more, of invitations with a goal score"),
    "no_new_start_6": N_("no new BJH start, of times that a client left (Aalen-Johansen)"),
    "no_new_start_12": N_("no new BJH start, of times that a client left (Aalen-Johansen)"),
}


def table_outcomes(found: Outcomes, language: Language) -> Table:
    """The outcome set with number, unknown ones, interval and definition."""
    _ = language.translate
    codes = {name: language.listing(list(values)) for name, values in found.codes.items()}
    score = language.shortest(found.score_from)
    rows = [
        row
        | {
            "label": _(OUTCOMES[name]),
            "definition": _(DEFINITIONS[name]).format(score=score, **codes),
            "possible": _possible(row, language),
        }
        # Without questionnaires their numbers are not zero but unknown.
        | ({"n": None, "n_missing": None} if name in ASKED and not found.delivered else {})
        for name, row in zip(found.frame["outcome"], found.frame.to_dict("records"), strict=True)
    ]
    columns = ["label", "definition", "n", "n_missing", "share", "ci_low", "ci_high", "possible"]
    return Table(
        id="outcomes",
        title=_("The outcomes that the Jeugdwet has municipalities follow, as far as the register holds them"),
        columns=(
            Column("label", _("Outcome")),
            Column("definition", _("Counted as")),
            Column("n", _("Known"), "integer"),
            Column("n_missing", _("Unknown"), "integer"),
            Column(
                "share",
                _("Share ({level} interval)").format(level=language.percent(found.dropout.level, 0)),
                "percent",
                0,
                ("ci_low", "ci_high"),
            ),
            Column("possible", _("Possible, whatever the unknown are")),
        ),
        frame=pd.DataFrame(rows, columns=columns, dtype=object),
        note=_(
            "The harmonised set of VNG, providers and NJi. Codes: {codes}. Not in any table: whether clients go on "
            "without help, and whether problems became less."
        ).format(codes="; ".join(f"{code} {_(END_REASONS[code]).lower()}" for code in found.codes["early"])),
        evidence=found.evidence,
        language=language,
    )


def _possible(row: dict[Any, Any], language: Language) -> str:
    _ = language.translate
    ends = row["low"], row["high"]
    if any_withheld(*ends):
        return _(NOT_SHOWN)
    if any(end is None or pd.isna(end) for end in ends):
        return "–"
    return _("{low} to {high}").format(low=language.percent(ends[0], 0), high=language.percent(ends[1], 0))


def plot_outcomes(found: Outcomes, language: Language) -> Figure:
    """Each outcome with its interval, and behind it what the unknown ones leave open."""
    _ = language.translate
    table = table_outcomes(found, language)
    axes = canvas(
        title=_("What the register says of outcomes, and what the unknown leave open"),
        subtitle=_(
            "Share; blue: of those known, with {level} interval; grey: possible, whatever the unknown are"
        ).format(level=language.percent(found.dropout.level, 0)),
        source=_("Source: registry, {since} up to and including {day}.").format(
            since=language.day(found.since), day=language.day(found.reference_date)
        ),
        evidence=found.evidence,
        language=language,
        height=0.6 + 0.4 * len(found.frame),
    )
    texts = []
    shown = table.columns[4]
    for position, (row, label) in enumerate(zip(found.frame.to_dict("records"), table.frame["label"], strict=True)):
        texts.append(f"{label}: {shown.cell_of(row, language)}")
        for ends, color, width in ((("low", "high"), CONTEXT, 8), (("ci_low", "ci_high"), BJH, 3)):
            if all(_is_number(row[end]) for end in ends):
                axes.hlines(
                    position, row[ends[0]], row[ends[1]], color=color, linewidth=width, alpha=0.45 if width > 3 else 1
                )
        if _is_number(row["share"]):
            axes.plot(row["share"], position, "o", color=BJH, markersize=7)
        axes.annotate(shown.cell_of(row, language), (1.02, position), va="center", size=8.5, annotation_clip=False)
    axes.set_yticks(range(len(texts)), list(table.frame["label"]))
    axes.set_ylim(len(texts) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.grid(visible=False, axis="y")
    format_axis(axes.xaxis.set_major_formatter, lambda value: language.percent(value, 0))
    alt = _("Share with interval per outcome. {values}.").format(values="; ".join(texts))
    return Figure("outcomes", axes, alt, table)


def _is_number(value: object) -> bool:
    return not isinstance(value, Mark) and value is not None and not pd.isna(value)  # type: ignore[call-overload]


PHRASES = {
    "dropout": N_("{share} of ended trajectories with a known reason ended early"),
    "satisfied": N_("{share} of those who gave a score is satisfied"),
    "goals": N_("{share} of those who scored their goals reached them"),
    "no_new_start_12": N_("{share} did not start again within 12 months of leaving"),
}


def describe_outcomes(found: Outcomes, language: Language) -> Sentence:
    """The outcomes in a sentence each, and which of them are unknown or not shown."""
    _ = language.translate
    rows = {row["outcome"]: row for row in found.frame.to_dict("records")}
    known, hidden, unknown = [], [], []
    for name, phrase in PHRASES.items():
        row = rows[name]
        if isinstance(row["share"], Mark):
            hidden.append(_(OUTCOMES[name]).lower())
        elif not _is_number(row["share"]):
            unknown.append(_(OUTCOMES[name]).lower())
        else:
            known.append(_(phrase).format(share=language.percent(row["share"], 0)))
    parts = []
    if known:
        parts.append(_("In this register {outcomes}.").format(outcomes=language.listing(known)))
    if hidden:
        parts.append(_("Not shown, because too few tell: {outcomes}.").format(outcomes=language.listing(hidden)))
    if unknown:
        parts.append(
            _("Unknown, because nothing was registered: {outcomes}.").format(outcomes=language.listing(unknown))
        )
    parts.append(
        _("Without a norm or a comparison these numbers do not say whether that is good; “runs well” needs both.")
    )
    return Sentence(" ".join(parts), found.evidence, language)
