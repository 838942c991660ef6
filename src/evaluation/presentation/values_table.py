"""Every value of an edition as tables: one for each kind of evidence and one for assumptions, never mixed."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from evaluation.evidence import Measure, is_suppressed, weakest
from evaluation.presentation.labels import FROM_ASSUMPTIONS, VALUES_FROM, measure_end, measure_label, measure_value
from evaluation.presentation.language import NOT_SHOWN, Language
from evaluation.presentation.mark import is_assumed
from evaluation.presentation.table import Column, Table


def table_measures(measures: Sequence[Measure], language: Language) -> Table:
    """Values of one kind of evidence, with their intervals; the kinds are never mixed in one table."""
    _ = language.translate
    evidence = weakest(measure.evidence for measure in measures)
    assumed = all(map(is_assumed, measures))
    note = _("Interval by rounding: what the printed amounts allow. Others: confidence interval at the level shown.")
    rows = [
        {
            "label": measure_label(measure.id, language),
            "value": measure_value(measure, measure.estimate, language),
            "interval": _interval(measure, language),
            "period": language.period(measure.period),
        }
        for measure in measures
    ]
    return Table(
        id="measures_assumed" if assumed else f"measures_{evidence}",
        title=_(FROM_ASSUMPTIONS if assumed else VALUES_FROM[evidence]),
        columns=(
            Column("label", _("Outcome")),
            Column("value", _("Value")),
            Column("interval", _("Interval")),
            Column("period", _("Period or day")),
        ),
        frame=pd.DataFrame(rows, columns=["label", "value", "interval", "period"]),
        note=note if any(measure.interval == "rounding" for measure in measures) else "",
        evidence=evidence,
        language=language,
        folded=True,
        assumed=assumed,
    )


def _interval(measure: Measure, language: Language) -> str:
    _ = language.translate
    if measure.ci_low is None or measure.ci_high is None:
        return "–"
    if is_suppressed(measure.ci_low) and is_suppressed(measure.ci_high):
        return _(NOT_SHOWN)
    ends = _("{low} to {high}").format(
        low=measure_end(measure, measure.ci_low, language), high=measure_end(measure, measure.ci_high, language)
    )
    kind = _("rounding") if measure.ci_level is None else language.percent(measure.ci_level, 0)
    return f"{ends} ({kind})"
