"""Reads what built editions said, compares two of them, and writes the differences as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from evaluation.evidence import Mark, Measure
from evaluation.measures.claims.changes import EarlierVerdict
from evaluation.measures.edition_changes import EditionChanges, EditionState, VerdictChange, compare_editions
from evaluation.parameters import ParameterError
from evaluation.pipeline.claims_file import CLAIMS_FILE, RESULTS_FILE, measure_of, read_ledger, verdicts_of
from evaluation.pipeline.json_files import read_json
from evaluation.presentation.edition_changes import ChangeTexts, summary_of_changes, text_of_changes
from evaluation.presentation.language import Language
from evaluation.sources import SourceError


@dataclass(frozen=True)
class BuiltState:
    """What a folder of an edition says, with the language of its report and the names in it."""

    state: EditionState
    language: str
    texts: ChangeTexts


@dataclass(frozen=True)
class Compared:
    """The changes between two states, with the names that tell them."""

    changes: EditionChanges
    texts: ChangeTexts

    def summary(self, language: Language) -> str:
        """One line."""
        return summary_of_changes(self.changes, language)

    def text(self, language: Language) -> str:
        """Every change, in words."""
        return text_of_changes(self.changes, self.texts, language)


def read_state(folder: Path) -> BuiltState:
    """Return what the edition in a folder said.

    Raises
    ------
    SourceError
        When a file is missing or damaged, or was written by an earlier version of this project.
    """
    try:
        results, ledger = read_json(folder / RESULTS_FILE), _ledger(folder)
        measures = {entry["id"]: measure_of(entry) for entry in results["measures"]}
        labels = {entry["id"]: {code: entry[f"label_{code}"] for code in ("nl", "en")} for entry in results["measures"]}
        state = EditionState(
            results["edition"], date.fromisoformat(results["reference_date"]), verdicts_of(ledger), measures
        )
        texts = ChangeTexts(labels, {own["id"]: own["quote"] for own in ledger["claims"]})
        return BuiltState(state, results["language"], texts)
    except FileNotFoundError as error:
        missing = Path(str(error.filename)).name
        raise SourceError(f"{folder}: holds no {missing}, so it is no built edition; name one that was built") from None
    except (KeyError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise SourceError(f"{folder}: its results cannot be read ({reason}); run that edition again") from None


def _ledger(folder: Path) -> Mapping[str, Any]:
    """What an edition said of the statements; of none when it holds some of the chapters."""
    try:
        judged = read_json(folder / "manifest.json").get("statements", True)
    except FileNotFoundError:
        judged = True
    return read_ledger(folder / CLAIMS_FILE) if judged else {"claims": []}


def compare_states(older: BuiltState | None, newer: BuiltState) -> Compared:
    """Compare two states; of a name that both have, the newer words count."""
    changes = compare_editions(older.state if older else None, newer.state)
    texts = [own.texts for own in (older, newer) if own]
    merged = ChangeTexts(
        {name: words for own in texts for name, words in own.labels.items()},
        {name: words for own in texts for name, words in own.quotes.items()},
    )
    return Compared(changes, merged)


def named_folder(word: str, outputs: Path) -> Path:
    """Return the folder of an edition that was named by its name under `outputs`, or by its path.

    Raises
    ------
    ParameterError
        When there is none; the message names those that there are.
    """
    for folder in (outputs / word, Path(word)):
        if (folder / RESULTS_FILE).is_file():
            return folder
    there = sorted(str(path.parent.relative_to(outputs)) for path in outputs.glob(f"*/{RESULTS_FILE}"))
    kept = sorted(str(path.parent.relative_to(outputs)) for path in outputs.glob(f".kept/*/*/{RESULTS_FILE}"))
    names = ", ".join([*(name for name in there if name[0] != "."), *kept]) or "none; run: evaluation run"
    raise ParameterError(f"edition {word!r} was not built and is no folder of one; there are: {names}")


def changes_content(compared: Compared) -> dict[str, Any]:
    """Return the changes as plain values, with every name in both languages."""
    changes, texts = compared.changes, compared.texts
    return {
        "older": _state(changes.older) if changes.older else None,
        "newer": _state(changes.newer),
        "changed": bool(changes),
        "verdicts": [_verdict_change(own, texts) for own in changes.verdicts],
        "verdicts_new": [_verdict_change(own, texts) for own in changes.verdicts_new],
        "verdicts_gone": [_verdict_change(own, texts) for own in changes.verdicts_gone],
        "measures": [
            {
                **_name(own.after, texts),
                "changed": list(own.parts),
                "before": _measure(own.before),
                "after": _measure(own.after),
            }
            for own in changes.measures
        ],
        "measures_new": [{**_name(own, texts), "after": _measure(own)} for own in changes.measures_new],
        "measures_gone": [{**_name(own, texts), "before": _measure(own)} for own in changes.measures_gone],
    }


def _state(state: EditionState) -> dict[str, str]:
    return {"edition": state.edition, "reference_date": state.reference_date.isoformat()}


def _verdict_change(own: VerdictChange, texts: ChangeTexts) -> dict[str, Any]:
    return {
        "id": own.claim_id,
        "quote": texts.quotes[own.claim_id],
        "before": _verdict(own.before),
        "after": _verdict(own.after),
    }


def _verdict(own: EarlierVerdict | None) -> dict[str, str] | None:
    return {"verdict": own.verdict.value, "grade": own.grade.value} if own else None


def _name(own: Measure, texts: ChangeTexts) -> dict[str, str]:
    return {"id": own.id, **{f"label_{code}": label for code, label in sorted(texts.labels[own.id].items())}}


def _measure(own: Measure) -> Mapping[str, Any]:
    """A measure as in ``results.json``: what is withheld is null, and named as withheld."""
    numbers = ("estimate", "ci_low", "ci_high", "n", "n_missing")
    values = {name: getattr(own, name) for name in numbers}
    return {
        **{name: None if isinstance(value, Mark) else value for name, value in values.items()},
        "ci_level": own.ci_level,
        "unit": own.unit,
        "evidence": own.evidence.value,
        "withheld": [name for name, value in values.items() if isinstance(value, Mark)],
    }
