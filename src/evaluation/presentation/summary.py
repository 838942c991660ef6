"""A result as a statistician reads it: estimate, interval, n, method, evidence and sources, in the form of statsmodels.

For whoever works with results by hand. It is made from the values as they are, with no rule of disclosure applied, and
so it has no place in a report: what a `Page` shows is made by the other modules of this package.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pandas as pd
from statsmodels.iolib.summary import Summary, fmt_params
from statsmodels.iolib.table import SimpleTable

from evaluation.evidence import Evidence, Mark, Measure
from evaluation.presentation.labels import EVIDENCE, measure_end, measure_label, measure_value, source_label
from evaluation.presentation.language import N_, Language

HEADERS = (N_("estimate"), N_("[low"), N_("high]"), N_("level"), N_("n"), N_("missing"))
ROUNDED = N_("rounding")
ESTIMATES = {**fmt_params, "data_fmts": ["%s"], "colwidths": 8}
HEAD = {**ESTIMATES, "data_aligns": "l"}
ROWS = 12  # of a frame that is shown whole
PACKAGE = "evaluation.measures"


def is_result(value: object) -> bool:
    """Return whether a value is a result of `evaluation.measures`."""
    return is_dataclass(value) and not isinstance(value, type) and type(value).__module__.startswith(PACKAGE)


def summary(result: object, language: Language) -> Summary:
    """Return the summary of a result: its measures, and what else it holds.

    Parameters
    ----------
    result
        A frozen result of `evaluation.measures`; when it has no measures, what it holds is listed only.
    """
    _ = language.translate
    made = Summary()
    measures: tuple[Measure, ...] = result.measures() if hasattr(result, "measures") else ()
    made.tables.append(SimpleTable(_head(result, measures, language), title=type(result).__name__, txt_fmt=HEAD))
    if measures:
        made.tables.append(_estimates(measures, language))
    methods = [f"[{number}] {one.method} ({one.unit})" for number, one in enumerate(measures, start=1)]
    made.add_extra_txt([_first_line(result), *methods, *_contents(result)])
    return made


def _head(result: object, measures: tuple[Measure, ...], language: Language) -> list[list[str]]:
    """Evidence, period and sources, two to a line."""
    _ = language.translate
    evidence = getattr(result, "evidence", None)
    pairs = [(N_("Evidence:"), _(EVIDENCE[evidence]) if isinstance(evidence, Evidence) else "")]
    pairs += [(N_("Period:"), language.period(period)) for period in sorted({one.period for one in measures})]
    sources = dict.fromkeys(source for one in measures for source in one.sources)
    pairs += [(N_("Source:"), source_label(source, language)) for source in sources]
    cells = [text for label, value in pairs for text in (_(label), value)]
    cells += [""] * (-len(cells) % 4)
    return [cells[start : start + 4] for start in range(0, len(cells), 4)]


def _estimates(measures: tuple[Measure, ...], language: Language) -> SimpleTable:
    """One row per measure, with a number that leads to its method."""
    _ = language.translate
    return SimpleTable(
        [_estimate(one, language) for one in measures],
        headers=[_(header) for header in HEADERS],
        stubs=[f"{measure_label(one.id, language)} [{number}]" for number, one in enumerate(measures, start=1)],
        txt_fmt=ESTIMATES,
    )


def _estimate(one: Measure, language: Language) -> list[str]:
    ends = ["" if end is None else measure_end(one, end, language) for end in (one.ci_low, one.ci_high)]
    level = language.percent(one.ci_level, 0) if one.ci_level else ""
    if one.interval == "rounding":
        level = language.translate(ROUNDED)
    counts = ["" if count is None else language.integer(count) for count in (one.n, one.n_missing)]
    return [measure_value(one, one.estimate, language), *ends, level, *counts]


def _first_line(result: object) -> str:
    return (inspect.getdoc(type(result)) or "").partition("\n")[0]


def _contents(result: object) -> Iterator[str]:
    """What the result holds, field by field: a short frame whole, a long one by its shape and columns."""
    for field in fields(result):  # type: ignore[arg-type]
        value = getattr(result, field.name)
        if isinstance(value, pd.DataFrame):
            columns = ", ".join(map(str, value.columns))
            yield f"\n{field.name}: {len(value)} x {value.shape[1]} ({columns})"
            if 0 < len(value) <= ROWS:
                yield value.to_string(index=False)
        elif isinstance(value, float):
            yield f"{field.name}: {value:.6g}"
        elif isinstance(value, int | str | Mark) and not isinstance(value, Evidence):
            yield f"{field.name}: {value}"
