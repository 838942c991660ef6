"""Small editions as a run leaves them, written by hand: three numbers and two statements."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evaluation.pipeline.plan import FinishedEdition

QUOTES = {"A11": "+ 7 producten", "A41": "Hybride overgangsfase 2 jaren"}
LABELS = {
    "volumes.active": ("Lopende trajecten", "Active trajectories"),
    "costs.bjh_share": ("Aandeel BJH", "Share of BJH"),
    "costs.payback_months": ("Terugverdientijd", "Payback"),
}


def number(
    name: str, estimate: float | None, low: float | None = None, high: float | None = None, **other: Any
) -> dict:
    """An entry of ``results.json``."""
    nl, en = LABELS[name]
    return {
        "id": name,
        "chapter": name.partition(".")[0],
        "label_nl": nl,
        "label_en": en,
        "estimate": estimate,
        "unit": "share" if "share" in name else "months" if "months" in name else "trajectories",
        "evidence": "synthetic",
        "sources": ["synthetic"],
        "method": "by hand",
        "period": "2025-01-01",
        "n": 1650,
        "n_missing": 0,
        "ci_low": low,
        "ci_high": high,
        "ci_level": None if low is None else 0.95,
        "interval": None if low is None else "confidence",
        "suppressed": False,
        "withheld": [],
    } | other


def statement(name: str, verdict: str, grade: str, outcome: str = "identity") -> dict[str, str]:
    """An entry of ``claims.json``, as far as changes read it."""
    return {"id": name, "quote": QUOTES[name], "verdict": verdict, "grade": grade, "outcome": outcome}


NUMBERS = (number("volumes.active", 750), number("costs.bjh_share", 0.1, 0.099, 0.101))
STATEMENTS = (statement("A11", "V4", "C"), statement("A41", "P", "E"))


def write_edition(
    folder: Path,
    numbers: tuple[dict, ...] = NUMBERS,
    statements: tuple[dict, ...] = STATEMENTS,
    *,
    reference_date: str = "2025-01-01",
    language: str = "nl",
) -> FinishedEdition:
    """Write an edition to its folder, in the place of what was there."""
    head = {"edition": folder.name.removesuffix("-en"), "reference_date": reference_date, "language": language}
    files = {
        "results.json": {**head, "registry": "synthetic", "measures": list(numbers)},
        "claims.json": {**head, "claims": list(statements)},
        "manifest.json": {"chapters": {"volumes": {"seconds": 4.8}, "costs": {"seconds": 4.4}}},
    }
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    (folder / "index.html").write_text("<p>the report</p>")
    (folder / "tables" / "volumes_phases.csv").write_text("phase,n\n1,750\n")
    return FinishedEdition(folder.name, folder, ())
