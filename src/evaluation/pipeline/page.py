"""The page of a chapter: the only door through which a notebook shows and saves results.

Every table, figure, sentence and measure passes the disclosure gate here, gets the language of the run, and is kept
for `Page.save`, which writes it next to the others of the edition.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Protocol

from IPython.display import display

from evaluation.disclosure.gate import Gate, TooFewError
from evaluation.evidence import Evidence, Mark, Measure, is_suppressed, weakest, without_values
from evaluation.parameters import Parameters, RegistryParameters
from evaluation.pipeline.lab.session import interactive
from evaluation.pipeline.project import PROTECTED_REGISTRY, SYNTHETIC_REGISTRY, under_root
from evaluation.pipeline.releases import CAREFUL, SUFFIX, chapter_publications, released, write_publication
from evaluation.pipeline.trace import TRACE, used
from evaluation.presentation.assumptions import Assumption
from evaluation.presentation.figure import Figure
from evaluation.presentation.labels import MEASURES, PROTECTED
from evaluation.presentation.language import N_, Language
from evaluation.presentation.methods import method_text
from evaluation.presentation.saved import SavedChapter, SavedExhibit, TableForm, saved_exhibit
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Table
from evaluation.progress import followed

Exhibit = Table | Figure | Sentence
TOO_FEW = N_(
    "This question rests on so few people that nothing of it may be shown: any number would tell something about them."
)


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
        self._folder = under_root(parameters.output_folder)
        self._gate = self._open_gate()
        self._tables: dict[str, Table] = {}
        self._figures: dict[str, Figure] = {}
        self._exhibits: list[SavedExhibit] = []
        self._evidence: set[Evidence] = set()

    def _open_gate(self) -> Gate:
        """The gate of this chapter; an invented registry is not subtracted from what was published of the real one."""
        registry = self.parameters.registry if isinstance(self.parameters, RegistryParameters) else SYNTHETIC_REGISTRY
        earlier = [] if registry in (SYNTHETIC_REGISTRY, PROTECTED_REGISTRY) else list(released().values())
        before = chapter_publications(self._folder, but=self.parameters.chapter)
        careful = (self._folder / CAREFUL).exists()
        return Gate("always" if registry == PROTECTED_REGISTRY else "register", earlier, before, careful=careful)

    def show(self, make: Callable[..., Exhibit], *results: object) -> None:
        """Make an exhibit from results and display it.

        Parameters
        ----------
        make
            A ``table_...``, ``plot_...`` or ``describe_...`` function of `evaluation.presentation`.
        results
            Its inputs; the language of the run is added.
        """
        self._display(self._made(make, *results))

    def answer(self, make: Callable[..., Sentence], *results: object) -> None:
        """Display a sentence and keep it as an answer for the front page."""
        self._display(self._made(make, *results), answer=True)

    def slide(
        self,
        make: Callable[..., Exhibit],
        assumption: Assumption,
        measure: Callable[..., object],
        *inputs: object,
        **fixed: object,
    ) -> None:
        """Let a researcher at the desk turn an assumption and see what follows; a run passes over it.

        Each outcome passes a gate of its own. It is shown and nothing else: no slider is saved or published, and what
        it teaches stands in the report as a table over some values of the assumption.

        Parameters
        ----------
        make
            A ``table_...``, ``plot_...`` or ``describe_...`` function of `evaluation.presentation`.
        assumption
            What is turned; it starts at the value of the parameter with its name, where the chapter has one.
        measure
            Makes the result from the inputs, the fixed keywords, and the assumption under its name.
        """
        if not interactive():
            return
        from evaluation.pipeline.lab.sliders import slider  # noqa: PLC0415 - a run does without widgets

        def outcome(value: object) -> dict[str, Any]:
            result = measure(*inputs, **fixed, **{assumption.name: value})
            exhibit = self._with_rules(self._made(make, result, gate=self._open_gate()))
            return {**exhibit.bundle()}

        chosen = getattr(self.parameters, assumption.name, None)
        display(slider(assumption, chosen, self.language, outcome))  # type: ignore[no-untyped-call]

    def _made(self, make: Callable[..., Exhibit], *results: object, gate: Gate | None = None) -> Exhibit:
        """Make an exhibit, or the sentence that stands in its place when it rests on too few people."""
        try:
            return make(*map((gate or self._gate).admit, results), self.language)
        except TooFewError:
            kinds = [found for result in results if isinstance(found := getattr(result, "evidence", None), Evidence)]
            return Sentence(self.language.translate(TOO_FEW), weakest(kinds or [Evidence.REGISTER]), self.language)

    def save(self, *results: Result) -> None:
        """Write measures, answers, tables (CSV) and figures (SVG) to the output folder of the run.

        Parameters
        ----------
        results
            Results whose measures belong in ``results.json``.
        """
        folder, chapter = self._folder, self.parameters.chapter
        measures = [measure for result in results for measure in self._measures(result)]
        for name, table in self._tables.items():
            _write(folder / "tables" / f"{chapter}_{name}.csv", table.csv())
        for name, figure in followed(self._figures.items(), "figures"):
            _write(folder / "figures" / f"{chapter}_{name}.svg", figure.svg())
        saved = SavedChapter(
            name=chapter,
            evidence=weakest(self._evidence | {measure.evidence for measure in measures}),
            protected=bool(self._gate.publication.shown),
            exhibits=tuple(self._exhibits),
            tables=tuple(map(TableForm.of, self._tables.values())),
        )
        content = {**saved.as_json(), "measures": [_as_json(measure) for measure in measures]}
        _write(folder / "chapters" / f"{chapter}.json", json.dumps(content, ensure_ascii=False, indent=1) + "\n")
        _write(folder / "chapters" / f"{chapter}{TRACE}", json.dumps(used()))
        if self._gate.publication.shown:
            write_publication(folder / "chapters" / f"{chapter}{SUFFIX}", self._gate.publication)
        _ = self.language.translate
        said = _("Saved: {measures} measures, {tables} tables, {figures} figures.").format(
            measures=len(measures), tables=len(self._tables), figures=len(self._figures)
        )
        _out({"text/plain": said}, {"aside": True})

    def _measures(self, result: Result) -> tuple[Measure, ...]:
        """The measures of a result, each of them withheld when it rests on too few people."""
        try:
            shown: Result = self._gate.admit(result)
        except TooFewError:
            return tuple(map(without_values, result.measures()))
        return shown.measures()

    def _display(self, exhibit: Exhibit, *, answer: bool = False) -> None:
        self._evidence.add(exhibit.evidence)
        exhibit = self._with_rules(exhibit)
        # The notebook then tells below which heading the exhibit stands.
        place = {"exhibit": len(self._exhibits)}
        self._exhibits.append(saved_exhibit(exhibit, answer=answer))
        if isinstance(exhibit, Figure):
            self._figures[exhibit.id] = exhibit
            self._tables.setdefault(exhibit.numbers.id, exhibit.numbers)
            png = {"alt": exhibit.marked_alt, "figure": f"{self.parameters.chapter}_{exhibit.id}"}
            _out(exhibit.bundle(), {"image/png": png, **place})
            summary = self.language.translate(N_("The numbers of this figure"))
            numbers = f"<details><summary>{summary}</summary>{exhibit.numbers.html()}</details>"
            _out({"text/html": numbers, "text/plain": summary})
            return
        if isinstance(exhibit, Table):
            self._tables[exhibit.id] = exhibit
        _out(exhibit.bundle(), place)

    def _with_rules(self, exhibit: Exhibit) -> Exhibit:
        """Say below protected numbers what was done to them."""
        if isinstance(exhibit, Sentence) or not self._gate.protects(exhibit.evidence):
            return exhibit
        rules = self._gate.rules
        said = self.language.translate(PROTECTED).format(base=rules.rounding_base, minimum=rules.minimum_cell)
        table = exhibit.numbers if isinstance(exhibit, Figure) else exhibit
        table = replace(table, note=f"{table.note} {said}".strip())
        return replace(exhibit, numbers=table) if isinstance(exhibit, Figure) else table


def _out(bundle: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
    """Display what passed the gate, and say that it did: of a register, a run keeps no other output."""
    display(bundle, raw=True, metadata={**(metadata or {}), "released": True})  # type: ignore[no-untyped-call]


def _as_json(measure: Measure) -> dict[str, object]:
    """One entry of ``results.json``: the measure with its name in both languages."""
    label = MEASURES[measure.id]
    values = asdict(measure)
    return {
        "id": values.pop("id"),
        "chapter": measure.chapter,
        "label_nl": Language("nl").translate(label),
        "label_en": label,
        "method_nl": method_text(measure.method, Language("nl")),
        "method_en": method_text(measure.method, Language("en")),
        **{name: None if isinstance(value, Mark) else value for name, value in values.items()},
        # An empty value is unknown, unless its name is listed here: then it is known and withheld.
        "suppressed": is_suppressed(measure.estimate),
        "withheld": [name for name, value in values.items() if is_suppressed(value)],
    }


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
