"""Statements and findings about slides as text for a terminal."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from evaluation.measures.slide_lint import Finding, Missing
from evaluation.presentation.claim_labels import SIGNS, VERDICTS
from evaluation.presentation.language import N_, Language

MISSING = {
    Missing.NUMBER: N_("a number"),
    Missing.UNIT: N_("a unit"),
    Missing.TIME_UNIT: N_("a unit of time (per week, per month, in all)"),
    Missing.REFERENCE_DATE: N_("a reference date"),
    Missing.DENOMINATOR: N_("of whom or what (a denominator)"),
    Missing.NORM: N_("a norm"),
    Missing.BASELINE: N_("what it is compared with (a baseline)"),
}
NARROWEST = 40  # a terminal that says it is narrower gets lines of this width


def chosen_claims(
    entries: Sequence[Mapping[str, Any]], verdicts: Collection[str], words: str
) -> list[Mapping[str, Any]]:
    """Return the entries of ``claims.json`` with one of the verdicts (all when none is named) and all of the words."""
    wanted = _plain(words).split()
    return [
        own
        for own in entries
        if (not verdicts or own["verdict"] in verdicts)
        and all(word in _plain(" ".join(str(own[name]) for name in SEARCHED)) for word in wanted)
    ]


SEARCHED = ("id", "section", "quote", "gloss", "reason_nl", "reason_en", "known_nl", "known_en", "topic_nl", "topic_en")


def claims_text(
    content: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], width: int, language: Language, *, why: bool
) -> str:
    """Statements as a table that fits a width, under the name of the edition.

    Parameters
    ----------
    content
        ``claims.json``.
    entries
        Those of its statements that are shown.
    width
        Of the terminal, in characters.
    why
        Whether the reason stands below each.
    """
    _ = language.translate
    width = max(width, NARROWEST)
    names = {verdict.value: f"{verdict.value:2} {SIGNS[verdict]} {_(label)}" for verdict, label in VERDICTS.items()}
    wide = max(map(len, names.values()))
    lines = [
        _("Edition {edition}: {shown} of {total} statements").format(
            edition=content["edition"], shown=len(entries), total=len(content["claims"])
        )
    ]
    for own in entries:
        head = f"{own['id']}  {names[own['verdict']]:{wide}}  {own['grade']}  "
        narrow = len(head) > width // 2
        indent = " " * (5 if narrow else len(head))
        if narrow:
            lines.append(head.rstrip())
        first = indent if narrow else head
        lines += textwrap.wrap(own["quote"], width, initial_indent=first, subsequent_indent=indent)
        if why:
            for said in (_signed(own, language), own[f"reason_{language.code}"]):
                lines += textwrap.wrap(said, width, initial_indent=indent, subsequent_indent=indent)
    return "\n".join(lines)


def _signed(own: Mapping[str, Any], language: Language) -> str:
    """Who signed this verdict and why, before the reason of the one that was computed; empty where nobody did."""
    if not (override := own["override"]):
        return ""
    said = language.translate(N_("{reason} Signed by {names} on {day}. Computed: {verdict}, {grade}, because:"))
    return said.format(
        reason=override[f"reason_{language.code}"],
        names=language.listing(override["signed_by"]),
        day=language.day(date.fromisoformat(override["date"])),
        **own["computed"],
    )


def lint_text(file: str, findings: Sequence[Finding], language: Language) -> str:
    """Findings, one per line as ``file:line``, and how many there are."""
    _ = language.translate
    lines = [
        _("{file}:{line}: “{text}” lacks {missing}").format(
            file=file,
            line=own.line,
            text=own.text,
            missing=language.listing([_(MISSING[missing]) for missing in own.missing]),
        )
        for own in findings
    ]
    if not findings:
        return _("{file}: nothing is missing").format(file=file)
    if len(findings) == 1:
        return "\n".join([*lines, _("One line leaves something out.")])
    return "\n".join([*lines, _("{number} lines leave something out.").format(number=len(findings))])


def _plain(text: str) -> str:
    """Without capitals and accents."""
    return "".join(sign for sign in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(sign))
