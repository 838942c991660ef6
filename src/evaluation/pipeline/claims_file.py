"""``claims.json`` of an edition: how it is written, found again, and read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from evaluation.evidence import SUPPRESSED, Evidence, Mark, Measure
from evaluation.measures.claims.changes import Change, Changes, EarlierLedger, EarlierVerdict, changes_since
from evaluation.measures.claims.ledger import LATER, ClaimsLedger, Judgement
from evaluation.measures.claims.vocabulary import Fact, Grade, Override, Reading, Verdict
from evaluation.parameters import ParameterError
from evaluation.pipeline.json_files import read_json
from evaluation.presentation.claim_labels import DOCUMENTS, GRADES, KINDS, TOPICS, VERDICTS
from evaluation.presentation.claim_sentences import ClaimTexts, reason
from evaluation.presentation.claims_page import ClaimsPage
from evaluation.presentation.labels import MEASURES
from evaluation.presentation.language import Language
from evaluation.sources import SourceError

CLAIMS_FILE = "claims.json"
RESULTS_FILE = "results.json"
BOTH = (Language("nl"), Language("en"))


def ledger_content(page: ClaimsPage, language: str) -> dict[str, Any]:
    """Return the ledger as plain values, with every label in both languages.

    Parameters
    ----------
    page
        Ledger, texts and changes.
    language
        Language of the edition's report.
    """
    ledger, changes = page.ledger, page.changes
    return {
        "edition": ledger.edition,
        "reference_date": ledger.reference_date.isoformat(),
        "language": language,
        "counts": {verdict.value: count for verdict, count in ledger.counts().items()},
        "made_later": ledger.n_later,
        "verdicts": {verdict.value: _in_both("label", VERDICTS[verdict]) for verdict in Verdict},
        "grades": {grade.value: _in_both("label", GRADES[grade]) for grade in Grade},
        "previous": _previous(changes),
        "changes": [_change(change) for change in changes.changed] if changes else [],
        "claims": [_entry(own, page.texts[own.claim.id]) for own in ledger.judgements],
    }


def _entry(own: Judgement, texts: ClaimTexts) -> dict[str, Any]:
    claim, outcome = own.claim, own.outcome
    return {
        "id": claim.id,
        "document": claim.document,
        **_in_both("document", DOCUMENTS[claim.document]),
        "section": claim.section,
        "quote": claim.quote,
        "gloss": claim.gloss,
        "kind": claim.kind,
        **_in_both("kind", KINDS[claim.kind]),
        "topic": own.binding.topic,
        **_in_both("topic", TOPICS[own.binding.topic]),
        "value": claim.value or None,
        "unit": claim.unit or None,
        "reference_date": claim.reference_date.isoformat() if claim.reference_date else None,
        "verdict": own.verdict.value,
        **_in_both("verdict", VERDICTS[own.verdict]),
        "grade": own.grade.value,
        "rule": own.binding.rule,
        "outcome": outcome.key,
        **{f"reason_{language.code}": reason(own, language) for language in BOTH},
        "figure": _fact(own.figure) if own.figure else None,
        "check": outcome.check or None,
        "evidence": [*map(_measure, outcome.measures), *map(_fact, outcome.facts)],
        "other_claims": list(outcome.others),
        "beside": [_measure(measure) for measure in own.beside],
        "synthetic": list(own.synthetic),
        "withheld": list(own.withheld),
        "computed": {"verdict": outcome.verdict.value, "grade": outcome.grade.value},
        "override": _override(own.override) if own.override else None,
        **dict(sorted(texts.texts.items())),
    }


def _in_both(name: str, message: str) -> dict[str, str]:
    return {f"{name}_{language.code}": language.translate(message) for language in BOTH}


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "figure": fact.id,
        "value": fact.value.value,
        "low": fact.value.low,
        "high": fact.value.high,
        "unit": fact.unit,
        "source": fact.source,
        "derived": fact.derived,
        "period": fact.period or None,
        "reference_date": fact.reference_date.isoformat() if fact.reference_date else None,
    }


def _measure(measure: Measure) -> dict[str, Any]:
    low, high = (None if isinstance(end, Mark) else end for end in (measure.ci_low, measure.ci_high))
    return {
        "measure": measure.id,
        **_in_both("label", MEASURES[measure.id]),
        "value": measure.estimate,
        "low": low,
        "high": high,
        "unit": measure.unit,
        "source": measure.evidence.value,
        "period": measure.period,
    }


def _override(override: Override) -> dict[str, Any]:
    return {
        "verdict": override.verdict.value,
        "grade": override.grade.value,
        "reason_nl": override.reason_nl,
        "reason_en": override.reason_en,
        "date": override.signed_on.isoformat(),
        "signed_by": list(override.signed_by),
    }


def _previous(changes: Changes | None) -> dict[str, Any] | None:
    if changes is None:
        return None
    since = changes.since
    return {"edition": since.edition, "reference_date": since.reference_date.isoformat(), "new": changes.n_new}


def _change(change: Change) -> dict[str, Any]:
    return {
        "id": change.claim_id,
        "verdict_before": change.before.verdict.value,
        "grade_before": change.before.grade.value,
        "verdict": change.verdict.value,
        "grade": change.grade.value,
    }


@dataclass(frozen=True)
class Past:
    """Earlier editions: what their registers said, and the verdicts of the last of them."""

    readings: tuple[Reading, ...]
    ledger: EarlierLedger | None

    def changes(self, ledger: ClaimsLedger) -> Changes | None:
        """What changed since then, or None when there is nothing to compare with."""
        return None if self.ledger is None else changes_since(ledger, self.ledger)


def past_of(folders: Iterable[Path], reference_date: date, language: str) -> Past:
    """Return what editions of an earlier reference date say, the latest of them first.

    Parameters
    ----------
    folders
        Where editions lie; of two with the same name the first counts.
    reference_date, language
        Of the edition that looks back.

    Raises
    ------
    SourceError
        When a file of an earlier edition cannot be read.
    """
    found: dict[str, tuple[date, Path]] = {}
    for folder in folders:
        for path in sorted(folder.glob(f"*/{CLAIMS_FILE}")):
            content = read_ledger(path)
            day = date.fromisoformat(content["reference_date"])
            if content["language"] == language and day < reference_date and not path.parent.name.startswith("."):
                found.setdefault(path.parent.name, (day, path.parent))
    ordered = sorted(found.items(), key=lambda item: (item[1][0], item[0]), reverse=True)
    readings = tuple(_reading(path) for _name, (_day, path) in ordered)
    return Past(readings, _earlier(read_ledger(ordered[0][1][1] / CLAIMS_FILE)) if ordered else None)


def built_ledger(outputs: Path, edition: str | None, language: str) -> dict[str, Any]:
    """Return the ``claims.json`` of a built edition.

    Parameters
    ----------
    outputs
        Where editions lie.
    edition
        Its name, or None for the one with the latest reference date.
    language
        Preferred language of the report; statements and labels are the same in each.

    Raises
    ------
    ParameterError
        When that edition was not built.
    """
    built = [read_ledger(path) for path in sorted(outputs.glob(f"*/{CLAIMS_FILE}")) if path.parent.name[0] != "."]
    named = [own for own in built if edition in (None, own["edition"])]
    if not named:
        names = ", ".join(sorted({own["edition"] for own in built})) or "none"
        asked = f"edition {edition!r} was not built" if edition else "no edition was built"
        remedy = "make one that `evaluation editions` lists: evaluation run EDITION"
        raise ParameterError(f"{asked}; built with statements are: {names}; {remedy}")
    return max(named, key=lambda own: (own["reference_date"], own["language"] == language))


def read_ledger(path: Path) -> dict[str, Any]:
    """Return the content of a ``claims.json``.

    Raises
    ------
    SourceError
        When it is damaged.
    """
    content = read_json(path)
    if not {"edition", "reference_date", "language", "claims"} <= set(content):
        raise SourceError(f"{path}: holds no statements; run that edition again, or remove its folder")
    return content


def measure_of(entry: Mapping[str, Any]) -> Measure:
    """Return one entry of ``results.json`` as a measure."""
    derived = ("chapter", "label_nl", "label_en", "method_nl", "method_en", "suppressed", "withheld")
    known = {key: value for key, value in entry.items() if key not in derived}
    known.update(dict.fromkeys(entry["withheld"], SUPPRESSED))
    return Measure(**{**known, "evidence": Evidence(entry["evidence"]), "sources": tuple(entry["sources"])})


def _reading(folder: Path) -> Reading:
    """The measures that an earlier edition published of a register."""
    content = read_json(folder / RESULTS_FILE)
    measures = {entry["id"]: measure_of(entry) for entry in content["measures"] if entry["evidence"] == "register"}
    return Reading(content["edition"], date.fromisoformat(content["reference_date"]), measures)


def _earlier(content: Mapping[str, Any]) -> EarlierLedger:
    return EarlierLedger(content["edition"], date.fromisoformat(content["reference_date"]), verdicts_of(content))


def verdicts_of(content: Mapping[str, Any]) -> dict[str, EarlierVerdict]:
    """Return the verdicts in a ``claims.json``, by statement."""
    return {
        own["id"]: EarlierVerdict(Verdict(own["verdict"]), Grade(own["grade"]), judged=own["outcome"] != LATER)
        for own in content["claims"]
    }
