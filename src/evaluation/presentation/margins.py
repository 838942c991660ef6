"""How the answer "in line" is shown under one margin after another."""

from __future__ import annotations

from evaluation.measures.margins import VerdictsByMargin
from evaluation.presentation.equivalence import VERDICTS
from evaluation.presentation.labels import SCOPES
from evaluation.presentation.language import Language
from evaluation.presentation.table import Column, Table


def table_by_margin(found: VerdictsByMargin, language: Language) -> Table:
    """Margins down, scopes across: the verdict and its p-value."""
    _ = language.translate
    columns = [Column("label", _("Margin, percentage points"))]
    frame = found.frame[found.frame["scope"] == found.scopes[0]][["margin", "chosen"]].reset_index(drop=True)
    labels = [language.shortest(margin * 100) for margin in frame["margin"]]
    own = _("{margin} (this edition)")
    frame["label"] = [
        own.format(margin=label) if chosen else label for label, chosen in zip(labels, frame["chosen"], strict=True)
    ]
    for scope in found.scopes:
        rows = found.frame[found.frame["scope"] == scope].reset_index(drop=True)
        frame[f"verdict_{scope}"] = [_(VERDICTS[verdict]) for verdict in rows["verdict"]]
        frame[f"p_{scope}"] = rows["p_value"]
        columns.append(Column(f"verdict_{scope}", _(SCOPES[scope]).capitalize()))
        columns.append(Column(f"p_{scope}", _("p-value"), "p_value", digits=3))
    return Table(
        id="verdicts_by_margin",
        title=_("Whether growth is called in line, by the margin that is chosen"),
        columns=tuple(columns),
        frame=frame,
        note=_(
            "Real growth per inhabitant. In line: p below 0.05 in both one-sided tests together (TOST). A margin only "
            "counts when it was chosen before anyone saw this table."
        ),
        evidence=found.evidence,
        language=language,
        folded=True,
    )
