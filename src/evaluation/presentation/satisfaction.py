"""How it is shown what clients said, and what the silence of others leaves open."""

from __future__ import annotations

import pandas as pd

from evaluation.evidence import Mark, any_withheld
from evaluation.measures.invitations import LATE, REMINDER_DAYS
from evaluation.measures.nonresponse import NO_ASSUMPTION
from evaluation.measures.satisfaction import Resistance, Satisfaction
from evaluation.presentation.figure import BJH, INK, Figure, canvas, format_axis
from evaluation.presentation.language import N_, NOT_SHOWN, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.survey import NOT_DELIVERED
from evaluation.presentation.table import Column, Table


def table_ladder(found: Satisfaction, language: Language) -> Table:
    """Possible shares for each assumption on those who did not answer."""
    _ = language.translate
    labels = [_assumption(difference, language) for difference in found.ladder["difference"]]
    return Table(
        id="satisfaction_ladder",
        title=_("Satisfied among all who were invited, by what is assumed of those who did not answer"),
        columns=(
            Column("label", _("How far those who did not answer may differ")),
            Column("low", _("At least"), "percent", 0),
            Column("high", _("At most"), "percent", 0),
            Column("ci_low", _("At least, with chance"), "percent", 0),
            Column("ci_high", _("At most, with chance"), "percent", 0),
        ),
        frame=found.ladder.assign(label=labels),
        note=_(
            "With chance: {level} interval for clients like these (Imbens and Manski 2004). No data can tell which row "
            "holds."
        ).format(level=language.percent(found.satisfied.level, 0)),
        evidence=found.evidence,
        language=language,
    )


def _assumption(difference: float, language: Language) -> str:
    _ = language.translate
    if difference == 0:
        return _("not at all: silence by chance")
    if difference == NO_ASSUMPTION:
        return _("anything is possible")
    return _("at most {points} percentage points").format(points=language.shortest(100 * difference))


def plot_ladder(found: Satisfaction, language: Language) -> Figure:
    """Bounds for each assumption, with the interval around them."""
    _ = language.translate
    table = table_ladder(found, language)
    rows = table.frame.to_dict("records")
    axes = canvas(
        title=_("How many clients are satisfied depends on what is assumed of those who did not answer"),
        subtitle=_(
            "Possible share among all who were invited; thick: by the answers, thin: with chance ({level})"
        ).format(level=language.percent(found.satisfied.level, 0)),
        source=_(
            "Source: registry, {n} scores of {invited} invitations. Satisfied: a score of {score} or more."
        ).format(
            n=language.integer(found.satisfied.whole["n"]),
            invited=language.integer(found.invited.whole["n"]),
            score=language.shortest(found.score_from),
        ),
        evidence=found.evidence,
        language=language,
        height=0.6 + 0.34 * len(rows),
    )
    texts = []
    for position, row in enumerate(rows):
        known = not isinstance(row["low"], Mark) and not pd.isna(row["low"])
        color = INK if row["difference"] == found.difference else BJH
        if known:
            axes.hlines(position, row["ci_low"], row["ci_high"], color=color, linewidth=1.4)
            axes.hlines(position, row["low"], row["high"], color=color, linewidth=6)
            axes.plot([row["low"], row["high"]], [position] * 2, "o", color=color, markersize=5)
            text = _range(row["low"], row["high"], language)
        else:
            text = _(NOT_SHOWN) if isinstance(row["low"], Mark) else _("unknown")
        texts.append(f"{row['label']}: {text}")
        axes.annotate(text, (1.02, position), va="center", size=8.5, annotation_clip=False)
    axes.set_yticks(range(len(rows)), [row["label"] for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.grid(visible=False, axis="y")
    format_axis(axes.xaxis.set_major_formatter, lambda value: language.percent(value, 0))
    alt = _("Intervals that widen with each assumption that is dropped. {values}.").format(values="; ".join(texts))
    return Figure("satisfaction_ladder", axes, alt, table)


def _range(low: float, high: float, language: Language) -> str:
    ends = language.percent(low, 0), language.percent(high, 0)
    return ends[0] if low == high else language.translate("{low} to {high}").format(low=ends[0], high=ends[1])


def describe_satisfaction(found: Satisfaction, language: Language) -> Sentence:
    """What the answers say, and what is possible among all."""
    _ = language.translate
    if not found.delivered:
        return Sentence(_(NOT_DELIVERED), found.evidence, language)
    whole, width = found.satisfied.whole, found.least_width
    if width is None:
        text = _("No invitation falls in the period, so how many clients are satisfied is unknown.")
    elif isinstance(width, Mark):
        text = _("How many clients are satisfied is not shown, nor how many answered: too few tell.")
    elif any_withheld(whole["count"], whole["n"]):
        text = _(
            "How many of those who answered are satisfied is not shown: too few tell. Whatever they answered, at least "
            "{width} lies between the lowest and the highest possible share among all who were invited."
        ).format(width=language.percent(width, 0))
    elif not whole["n"]:
        text = _("Nobody answered with a score, so between 0% and 100% of those invited can be satisfied.")
    else:
        text = _with_answers(found, language)
    if found.known_truth is not None and whole["n"] is not None:
        text += " " + _(
            "This registry was invented with {truth} satisfied, and lets satisfied clients answer more often. A real "
            "registry does not tell."
        ).format(truth=language.percent(found.known_truth, 0))
    return Sentence(text, found.evidence, language)


def _with_answers(found: Satisfaction, language: Language) -> str:
    _ = language.translate
    whole, widest, own = found.satisfied.whole, found.widest, found.region(found.difference)
    text = _(
        "Of {n} clients who gave a score, {share} is satisfied (chance leaves {share_low} to {share_high}). Among all "
        "{invited} who were invited it can be {low} to {high}: nothing is known of the others."
    ).format(
        n=language.integer(whole["n"]),
        share=language.percent(whole["share"], 0),
        share_low=language.percent(whole["ci_low"], 0),
        share_high=language.percent(whole["ci_high"], 0),
        invited=language.integer(found.invited.whole["n"]),
        low=language.percent(widest["low"], 0),
        high=language.percent(widest["high"], 0),
    )
    if 0 < found.difference < NO_ASSUMPTION:
        text += " " + _(
            "If they differ from those who answered by at most {points} percentage points, it is {low} to {high}, or "
            "{ci_low} to {ci_high} when chance is counted too."
        ).format(
            points=language.shortest(100 * found.difference),
            **{name: language.percent(own[name], 0) for name in ("low", "high", "ci_low", "ci_high")},
        )
    return text


CONTRASTS = {
    "moment": N_("answered within {days} days or later"),
    "half": N_("first or last half of the waves"),
}


def table_resistance(found: Resistance, language: Language) -> Table:
    """Early against late answers and waves."""
    _ = language.translate
    labels = [_(CONTRASTS[name]).format(days=REMINDER_DAYS) for name in found.contrasts["dimension"]]
    late = [part.of_group(LATE) for part in found.parts]
    frame = found.contrasts.assign(
        label=labels, n_late=pd.Series([_known(row, found.delivered) for row in late], dtype=object)
    )
    shares = ["difference", "ci_low", "ci_high"]
    frame[shares] = frame[shares].map(lambda share: 100 * share if isinstance(share, float) else share)
    return Table(
        id="resistance",
        title=_("Satisfied among early and among late answers"),
        columns=(
            Column("label", _("Compared")),
            Column("early", _("Early"), "percent", 0),
            Column("late", _("Late"), "percent", 0),
            Column("n_late", _("Late answers"), "integer"),
            Column("difference", _("Late less early, percentage points"), "signed", 0, ("ci_low", "ci_high")),
            Column("p_value", _("Exact p-value"), "decimal", 2),
        ),
        frame=frame,
        note=_("Intervals: Newcombe (1998). Test: Fisher, exact, two-sided."),
        evidence=found.evidence,
        language=language,
    )


def _known(row: pd.Series | None, delivered: bool) -> object:
    """Number of answers of a group; without questionnaires it is not zero but unknown."""
    return None if not delivered else 0 if row is None else row["n"]


def describe_resistance(found: Resistance, language: Language) -> Sentence:
    """What early and late answers may and may not say of those who never answered."""
    _ = language.translate
    if not found.delivered:
        return Sentence(_(NOT_DELIVERED), found.evidence, language)
    parts = []
    for row in found.contrasts.to_dict("records"):
        dimension = row["dimension"]
        compared = _(CONTRASTS[dimension]).format(days=REMINDER_DAYS)
        if isinstance(row["difference"], Mark):
            text = _("Early and late ({compared}) are not compared: too few tell.")
        elif row["difference"] is None:
            text = _("Early and late ({compared}) cannot be compared: one of the two has no answers.")
        elif row["ci_low"] <= 0 <= row["ci_high"]:
            text = _(
                "Late less early ({compared}) is {difference} percentage points ({low} to {high}): with so few, chance "
                "is enough to explain that."
            )
        else:
            text = _(
                "Late less early ({compared}) is {difference} percentage points ({low} to {high}), more than by chance."
            )
        known = not isinstance(row["difference"], Mark) and row["difference"] is not None
        values = {"difference": row["difference"], "low": row["ci_low"], "high": row["ci_high"]} if known else {}
        parts.append(
            text.format(compared=compared, **{name: language.signed(100 * value, 0) for name, value in values.items()})
        )
    parts.append(
        _(
            "If those who answer late are more like those who never do, a difference is a warning; no difference is no "
            "proof, for nobody has seen the others (Lin and Schaeffer 1995)."
        )
    )
    return Sentence(" ".join(parts), found.evidence, language)
