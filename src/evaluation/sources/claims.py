"""How the statements to the council are judged, as data: bindings, texts, and verdicts that two people signed."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.sources import SourceError
from evaluation.sources.package import DATA_FOLDER, read_table
from evaluation.sources.published import claims
from evaluation.sources.yaml_files import YamlError, read_yaml

RULES_FILE = "published/claim_rules.csv"
OVERRIDES_FILE = "published/claim_overrides.yml"
VERDICTS = ("V5", "V4", "V3", "V2", "V1", "P")
GRADES = ("A", "B", "C", "D", "E")
FIELDS = ("claim", "verdict", "grade", "reason_nl", "reason_en", "date", "signed_by")


@dataclass(frozen=True)
class SignedVerdict:
    """A verdict that takes the place of a computed one, as it was signed."""

    claim_id: str
    verdict: str
    grade: str
    reason_nl: str
    reason_en: str
    signed_on: date
    signed_by: tuple[str, str]


def claim_rules(folder: Path = DATA_FOLDER) -> pd.DataFrame:
    """Return what judges each statement, one row per statement, in the order of the statements.

    Returns
    -------
    DataFrame
        Text columns as in the data package; lists are separated by spaces, comparisons by semicolons. Empty cells are
        empty text.

    Raises
    ------
    SourceError
        When a statement has no row, or a row belongs to no statement or names one that does not exist.
    """
    rules = read_table("claim_rules", folder).fillna("")
    ids = claims(folder)["id"]
    for claim_id in rules["claim_id"]:
        _require_claim(f"{RULES_FILE}: {claim_id}, column claim_id", claim_id, set(ids))
    for claim_id, others in zip(rules["claim_id"], rules["others"], strict=True):
        for other in str(others).split():
            _require_claim(f"{RULES_FILE}: {claim_id}, column others", other, set(ids))
    unbound = [claim_id for claim_id in ids if claim_id not in set(rules["claim_id"])]
    if unbound:
        raise SourceError(f"{RULES_FILE}: no row for statement {unbound[0]}; add one, with a rule and a text")
    return rules.set_index("claim_id").loc[ids].reset_index()


def claim_texts(folder: Path = DATA_FOLDER) -> pd.DataFrame:
    """Return what would settle, what was not measured and what would tip, in both languages, by ``id``."""
    return read_table("claim_texts", folder)


def claim_overrides(claim_ids: Collection[str], today: date, path: Path | None = None) -> tuple[SignedVerdict, ...]:
    """Return the signed verdicts.

    Parameters
    ----------
    claim_ids
        Statements that exist.
    today
        Nothing can have been signed after it.
    path
        The file; by default that of the data package.

    Raises
    ------
    SourceError
        When an entry lacks a field or holds a value that is not allowed: one line with file, entry, value and remedy.
    """
    path = path or DATA_FOLDER / OVERRIDES_FILE
    try:
        content = read_yaml(path.read_text(encoding="utf-8"))
    except (YamlError, UnicodeDecodeError) as error:
        raise SourceError(f"{path.name}: cannot be read as YAML ({' '.join(str(error).split())}); correct it") from None
    entries = content.get("overrides") if isinstance(content, Mapping) else None
    if not isinstance(entries, list):
        raise SourceError(f"{path.name}: holds no list 'overrides'; write 'overrides: []' when there is none")
    signed = [_signed(f"{path.name}: entry {n}", own, claim_ids, today) for n, own in enumerate(entries, start=1)]
    seen: set[str] = set()
    for number, own in enumerate(signed, start=1):
        if own.claim_id in seen:
            raise SourceError(f"{path.name}: entry {number}, claim {own.claim_id!r} has an entry already; keep one")
        seen.add(own.claim_id)
    return tuple(signed)


def _signed(place: str, entry: object, claim_ids: Collection[str], today: date) -> SignedVerdict:
    if not isinstance(entry, Mapping):
        raise SourceError(f"{place} is {entry!r} and not a set of fields; give {', '.join(FIELDS)}")
    for name in entry:
        if name not in FIELDS:
            raise SourceError(f"{place}, unknown field {name!r}; allowed are {', '.join(FIELDS)}")
    for name in FIELDS:
        if entry.get(name) in (None, "", []):
            raise SourceError(f"{place}, field {name!r} is missing; fill it in")
    _require_claim(f"{place}, field 'claim'", str(entry["claim"]), claim_ids)
    for name, allowed in (("verdict", VERDICTS), ("grade", GRADES)):
        if entry[name] not in allowed:
            raise SourceError(f"{place}, {name} {entry[name]!r} is not allowed; choose one of {', '.join(allowed)}")
    for name in ("reason_nl", "reason_en"):
        if not isinstance(entry[name], str) or not entry[name].strip():
            raise SourceError(f"{place}, {name} {entry[name]!r} is no text; write a sentence")
    return SignedVerdict(
        claim_id=str(entry["claim"]),
        verdict=entry["verdict"],
        grade=entry["grade"],
        reason_nl=entry["reason_nl"].strip(),
        reason_en=entry["reason_en"].strip(),
        signed_on=_day(place, entry["date"], today),
        signed_by=_names(place, entry["signed_by"]),
    )


def _day(place: str, value: object, today: date) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise SourceError(f"{place}, date {value!r} is no day; write it as 2026-11-22, without quotes")
    if value > today:
        raise SourceError(f"{place}, date {value} lies in the future; write the day on which both signed")
    return value


def _names(place: str, value: Any) -> tuple[str, str]:
    names = [" ".join(str(name).split()) for name in value] if isinstance(value, list) else []
    if len(names) != 2 or not all(names):
        raise SourceError(f"{place}, signed_by {value!r} is not two names; write [First Name, Second Name]")
    if names[0].casefold() == names[1].casefold():
        raise SourceError(f"{place}, signed_by names {names[0]!r} twice; a verdict is signed by two different people")
    return names[0], names[1]


def _require_claim(place: str, claim_id: str, claim_ids: Collection[str]) -> None:
    if claim_id not in claim_ids:
        near = difflib.get_close_matches(claim_id, sorted(claim_ids), n=3, cutoff=0.5)
        hint = f"did you mean {', '.join(near)}?" if near else "see the column id of claims.csv"
        raise SourceError(f"{place}, no statement {claim_id!r}; {hint}")
