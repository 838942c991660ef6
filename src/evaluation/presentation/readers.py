"""Whether two readers of stories agree, and what that allows to conclude."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from evaluation.evidence import Mark, any_withheld
from evaluation.measures.narratives.agreement import Agreement
from evaluation.presentation.figure import BJH, INK, SOFT_INK, Figure, canvas, drawn, format_axis
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def reliance(agreement: Agreement, language: Language) -> str:
    """What the agreement of readers allows to conclude from the shares."""
    _ = language.translate
    alpha = agreement.alpha.estimate
    if alpha is None or isinstance(alpha, Mark):
        return _("How far these codes carry is not known, because too few stories were read by two readers.")
    for threshold, allows in (
        (agreement.thresholds.alpha_firm, _("Readers agree well enough for firm conclusions.")),
        (
            agreement.thresholds.alpha_tentative,
            _("Readers agree well enough for tentative conclusions, not for firm ones."),
        ),
    ):
        if alpha >= threshold:
            low = agreement.alpha.low
            below = low is not None and not isinstance(low, Mark) and low < threshold
            doubt = _("With so few stories the real agreement may lie below the threshold for that.")
            return f"{allows} {doubt}" if below else allows
    return _("Readers differ too much for any conclusion from these shares.")


def themes_down(axes: Axes, labels: list[str]) -> None:
    """Put one theme per line, the first on top."""
    axes.set_yticks(np.arange(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")


def table_agreement(agreement: Agreement, language: Language) -> Table:
    """Agreement per theme, and over all themes."""
    _ = language.translate
    level = language.percent(agreement.level, 0)
    return Table(
        id="agreement",
        title=_("Whether two readers find the same themes"),
        columns=(
            Column("label", _("Theme")),
            Column("both", _("Found by both"), "integer"),
            Column("one", _("by one"), "integer"),
            Column("neither", _("by neither"), "integer"),
            Column("agreement", _("Agree"), "percent", 0),
            Column(
                "kappa", _("Kappa ({level} interval)").format(level=level), "decimal", 2, ("kappa_low", "kappa_high")
            ),
            Column(
                "alpha", _("Alpha ({level} interval)").format(level=level), "decimal", 2, ("alpha_low", "alpha_high")
            ),
        ),
        frame=_agreement_rows(agreement, language),
        note=_(
            "Stories read by both: {n}; by one, left out: {missing}. Alpha from {firm}: firm; from {tentative}: "
            "tentative (Krippendorff 2004). A theme that neither varies in has no coefficient."
        ).format(
            n=language.integer(agreement.n),
            missing=language.integer(agreement.n_missing),
            firm=language.decimal(agreement.thresholds.alpha_firm, 2),
            tentative=language.decimal(agreement.thresholds.alpha_tentative, 3),
        ),
        evidence=agreement.evidence,
        language=language,
    )


def _agreement_rows(agreement: Agreement, language: Language) -> pd.DataFrame:
    """One row per theme, and one for all of them."""
    _ = language.translate
    rows = agreement.frame.assign(
        label=[agreement.codebook.label(theme, language.code) for theme in agreement.frame["theme"]]
    )
    if not any_withheld(agreement.n) and not agreement.n:
        rows = rows.assign(both=None, one=None, neither=None)
    whole: dict[str, object] = {
        "label": _("all themes together"),
        "agreement": agreement.agreement,
        **{
            f"{name}{end}": getattr(value, field)
            for name, value in (("kappa", agreement.kappa), ("alpha", agreement.alpha))
            for end, field in (("", "estimate"), ("_low", "low"), ("_high", "high"))
        },
    }
    columns = ["label", "both", "one", "neither", "agreement", "kappa", "kappa_low", "kappa_high"]
    columns += ["alpha", "alpha_low", "alpha_high"]
    records: list[dict[Any, Any]] = [
        *rows.to_dict("records"),
        {**dict.fromkeys(("both", "one", "neither"), "–"), **whole},
    ]
    return pd.DataFrame([[row[name] for name in columns] for row in records], columns=columns, dtype=object)


def plot_agreement(agreement: Agreement, language: Language) -> Figure:
    """Alpha per theme with its interval, against both thresholds."""
    _ = language.translate
    table = table_agreement(agreement, language)
    last = len(table.frame) - 1
    frame = table.frame.iloc[[last, *range(last)]].reset_index(drop=True)
    axes = canvas(
        title=_("Do two readers find the same in a story?"),
        subtitle=_(
            "Krippendorff's alpha per theme with {level} interval; 1: always the same, 0: no more than chance"
        ).format(level=language.percent(agreement.level, 0)),
        source=_("Stories read by both readers: {n}. Dashed: from here conclusions are tentative, and firm.").format(
            n=language.integer(agreement.n)
        ),
        evidence=agreement.evidence,
        language=language,
        height=0.7 + 0.3 * len(frame),
    )
    texts = []
    for position, row in enumerate(frame.to_dict("records")):
        text = table.columns[-1].cell_of(row, language)
        texts.append(f"{row['label']}: {text}")
        estimate, low, high = drawn(row[name] for name in ("alpha", "alpha_low", "alpha_high"))
        if not np.isnan(estimate):
            color = INK if position == 0 else BJH
            axes.hlines(position, low, high, color=color, linewidth=3)
            axes.plot(estimate, position, "o", color=color, markersize=7)
        axes.annotate(text, (1.02, position), va="center", annotation_clip=False, size=8.5)
    themes_down(axes, list(frame["label"]))
    for threshold, name, side in (
        (agreement.thresholds.alpha_tentative, _("tentative"), "right"),
        (agreement.thresholds.alpha_firm, _("firm"), "left"),
    ):
        axes.axvline(threshold, color=SOFT_INK, linewidth=1, linestyle="--", zorder=0)
        axes.annotate(name, (threshold, -0.6), (0, 3), textcoords="offset points", ha=side, size=8, color=SOFT_INK)
    lowest = drawn(frame["alpha_low"])
    axes.set_xlim(min(0.0, float(np.nanmin(lowest)) if not np.isnan(lowest).all() else 0.0), 1)
    format_axis(axes.xaxis.set_major_formatter, lambda value: language.decimal(value, 1))
    alt = _("Agreement of two readers per theme, Krippendorff's alpha with interval. {values}.").format(
        values="; ".join(texts)
    )
    return Figure(table.id, axes, alt, table)


def describe_agreement(agreement: Agreement, language: Language) -> Sentence:
    """Alpha and kappa over all themes, and what they allow."""
    _ = language.translate
    alpha, kappa = agreement.alpha, agreement.kappa
    if any_withheld(alpha.estimate, agreement.n):
        text = _("Whether two readers agree is not shown, because too few stories were read by both.")
    elif alpha.estimate is None:
        text = _(
            "Whether two readers find the same is unknown: that takes stories that two people read without knowing "
            "each other's codes, and themes that come up in some and not in others."
        )
    else:
        interval = (
            _(" ({low} to {high})").format(low=language.decimal(alpha.low, 2), high=language.decimal(alpha.high, 2))
            if alpha.low is not None and alpha.high is not None
            else ""
        )
        text = _(
            "Two readers agree on {agreement} of their decisions over {n} stories; beyond chance that is an alpha of "
            "{alpha}{interval} and a kappa of {kappa}. {reliance}"
        ).format(
            agreement=table_agreement(agreement, language).cells()[-1][4],
            n=language.integer(agreement.n),
            alpha=language.decimal(alpha.estimate, 2),
            interval=interval,
            kappa=language.decimal(kappa.estimate, 2) if kappa.estimate is not None else _("unknown"),
            reliance=reliance(agreement, language),
        )
    return Sentence(text, agreement.evidence, language)
