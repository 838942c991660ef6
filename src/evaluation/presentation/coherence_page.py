"""The answer about a file of published figures, as a page that stands on its own and as text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace

from evaluation.measures.coherence.assessment import Coherence
from evaluation.presentation.coherence import (
    describe_assumptions,
    describe_binding,
    describe_verdict,
    table_implied,
    table_published,
    table_repairs,
)
from evaluation.presentation.coherence_figures import plot_stock_path
from evaluation.presentation.figure import Figure
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.templating import style_sheet, template

LINE_WIDTH = 100  # of sentences in a terminal


def coherence_page(
    coherence: Coherence, language: Language, *, sentences: Sequence[Sentence] = (), figures: Sequence[Figure] = ()
) -> str:
    """Put verdict, stock path and tables on one page that stands on its own.

    Parameters
    ----------
    sentences, figures
        More to say and show, when the figures answer more.
    """
    _ = language.translate
    said = [describe_verdict(coherence, language), describe_binding(coherence, language)]
    if coherence.feasible:
        said.append(describe_assumptions(coherence, language))
        drawn = [plot_stock_path(coherence, language), *figures]
        tables = [table_implied(coherence, language), table_published(coherence, language)]
    else:
        drawn, tables = [], [table_repairs(coherence, language)]
    return template("coherence.html.j2").render(
        _=_,
        language=language,
        title=_("Can these figures all be true?"),
        about=coherence.aggregates.title,
        sentences=[*said, *sentences],
        figures=drawn,
        tables=tables,
        chapters=(),
        synthetic=False,
        css=style_sheet(),
    )


def coherence_text(coherence: Coherence, language: Language, sentences: Sequence[Sentence] = ()) -> str:
    """Verdict, binding figure and intervals as plain text for a terminal."""
    parts = [describe_verdict(coherence, language).text, describe_binding(coherence, language).text]
    if coherence.feasible:
        parts.append(describe_assumptions(coherence, language).text)
    parts += [sentence.text for sentence in sentences]
    text = [textwrap.fill(part, LINE_WIDTH) for part in parts]
    table = table_implied(coherence, language) if coherence.feasible else table_repairs(coherence, language)
    if len(table.frame):
        brief = replace(
            table, columns=tuple(column for column in table.columns if column.key not in ("set_by", "assumed"))
        )
        text.append(f"{table.title}\n{brief.text()}")
    return "\n\n".join(text)
