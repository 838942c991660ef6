"""The page of a chapter: the only door through which a notebook shows and saves results.

Every table, figure, sentence and measure passes the disclosure gate here, gets the language of the run, and is kept
for `Page.save`, which writes it next to the others of the edition.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from IPython.display import HTML, display

from evaluation.disclosure.gate import release
from evaluation.evidence import Evidence, Measure, weakest
from evaluation.parameters import Parameters
from evaluation.pipeline.project import under_root
from evaluation.presentation.figure import Figure
from evaluation.presentation.labels import MEASURES
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Table

Exhibit = Table | Figure | Sentence


class Result(Protocol):
    """A result of `evaluation.measures` that publishes values."""

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""


class Page:
    """What one chapter shows in one run.

    Parameters
    ----------
    parameters
        Checked parameters of the chapter.
    """

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters
        self.language = Language(parameters.language)
        self._tables: dict[str, Table] = {}
        self._figures: dict[str, Figure] = {}
        self._answers: list[Sentence] = []
        self._evidence: set[Evidence] = set()

    def show(self, make: Callable[..., Exhibit], *results: object) -> None:
        """Make an exhibit from results and display it.

        Parameters
        ----------
        make
            A ``table_...``, ``plot_...`` or ``describe_...`` function of `evaluation.presentation`.
        results
            Its inputs; the language of the run is added.
        """
        self._display(release(make(*results, self.language)))

    def answer(self, make: Callable[..., Sentence], *results: object) -> None:
        """Display a sentence and keep it as an answer for the front page."""
        sentence = release(make(*results, self.language))
        self._answers.append(sentence)
        self._display(sentence)

    def save(self, *results: Result) -> None:
        """Write measures, answers, tables (CSV) and figures (SVG) to the output folder of the run.

        Parameters
        ----------
        results
            Results whose measures belong in ``results.json``.
        """
        folder = under_root(self.parameters.output_folder)
        chapter = self.parameters.chapter
        measures = [release(measure) for result in results for measure in result.measures()]
        for name, table in self._tables.items():
            _write(folder / "tables" / f"{chapter}_{name}.csv", table.csv())
        for name, figure in self._figures.items():
            _write(folder / "figures" / f"{chapter}_{name}.svg", figure.svg())
        content = {
            "chapter": chapter,
            "evidence": weakest(self._evidence | {measure.evidence for measure in measures}),
            "answers": [{"text": answer.text, "evidence": answer.evidence} for answer in self._answers],
            "tables": list(self._tables),
            "figures": {name: figure.marked_alt for name, figure in self._figures.items()},
            "measures": [_as_json(measure) for measure in measures],
        }
        _write(folder / "chapters" / f"{chapter}.json", json.dumps(content, ensure_ascii=False, indent=1) + "\n")
        _ = self.language.translate
        print(  # noqa: T201 - the one line that tells the researcher that her results are on disk
            _("Saved: {measures} measures, {tables} tables, {figures} figures.").format(
                measures=len(measures), tables=len(self._tables), figures=len(self._figures)
            )
        )

    def _display(self, exhibit: Exhibit) -> None:
        self._evidence.add(exhibit.evidence)
        if isinstance(exhibit, Figure):
            self._figures[exhibit.id] = exhibit
            self._tables.setdefault(exhibit.numbers.id, exhibit.numbers)
            png = {"alt": exhibit.marked_alt, "figure": f"{self.parameters.chapter}_{exhibit.id}"}
            display(
                {"image/png": exhibit.png(), "text/plain": exhibit.marked_alt}, raw=True, metadata={"image/png": png}
            )  # type: ignore[no-untyped-call]
            summary = self.language.translate(N_("The numbers of this figure"))
            display(HTML(f"<details><summary>{summary}</summary>{exhibit.numbers.html()}</details>"))  # type: ignore[no-untyped-call]
            return
        if isinstance(exhibit, Table):
            self._tables[exhibit.id] = exhibit
        display(exhibit)  # type: ignore[no-untyped-call]


def _as_json(measure: Measure) -> dict[str, object]:
    """One entry of ``results.json``: the measure with its name in both languages."""
    label = MEASURES[measure.id]
    values = asdict(measure)
    return {
        "id": values.pop("id"),
        "chapter": measure.chapter,
        "label_nl": Language("nl").translate(label),
        "label_en": label,
        **values,
    }


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
