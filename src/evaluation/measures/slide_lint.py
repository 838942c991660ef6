"""What a line of a Dutch slide leaves out, so that a reader cannot check it.

Rules, per line:

- a number needs a **unit**: a word after it, % or an amount in euros, or ``aantal ...`` before it;
- hours, contacts or visits that are an average or go to someone need a **time unit**: per week, per month, in all;
- a number needs a **reference date**: a date or year on the line, or on a line of the slide that gives one for all
  (``Peildatum: ...``, ``Op 1 januari 2025``, or the year by itself);
- a share or an average needs a **denominator**: of whom, of what, per what; a change needs none;
- a word of judgement (``beperkt``, ``voldoende``, ``weinig`` ...) needs a **number** and a **norm**, unless it says how
  large a change is;
- a word of change (``korter``, ``gestegen``, ``verbeterd`` ...) needs a **number** and a **baseline**.

Left alone are headings, questions, times of an agenda, lines that hold nothing but a date, and names such as C4Youth.
The rules look at words, not at meaning: they ask for what is missing and do not say that a line is untrue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

MONTHS = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
DATE = re.compile(
    rf"\b\d{{1,2}}\s+(?:{MONTHS})(?:\s+\d{{4}})?|\b\d{{1,2}}[-/]\d{{1,2}}[-/]\d{{2,4}}|\b(?:{MONTHS})\s+\d{{4}}"
    r"|\b(?:19|20)\d{2}\b(?![.,]\d)",
    re.IGNORECASE,
)
CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\s*uur\b", re.IGNORECASE)
NAMED = re.compile(r"\b(?:fase|stap|deel|bijlage|paragraaf|artikel|vraag)\s+\d+(?:\s+en\s+\d+)?", re.IGNORECASE)
NUMBER = re.compile(r"(?<![\w.,])(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?(?![\w]|[.,]\d)")
WITH_UNIT = re.compile(
    r"(?:€|eur)\s*\d|[a-zà-ÿ)]{3,}:\s*[<>±]?\s*\d|\d\s*(?:%|procent|fte\b|euro\b|miljoen|mln)|\baantal\s+\w+|\d\s+(?!(?:naar|en|of|à|tot|in|op|per|van)\b)[a-zà-ÿ]{3,}",
    re.IGNORECASE,
)
EFFORT = re.compile(r"\b(?:uur|uren|contacten|bezoeken|gesprekken)\b", re.IGNORECASE)
SHARED_OUT = re.compile(
    r"\bgemiddelde?\b|\binzet\b|\bper\s+(?:gezin|kind|cliënt|client|traject|jeugdige)\b", re.IGNORECASE
)
PER_TIME = re.compile(
    r"\b(?:per|elke|iedere)\s+(?:dag|week|maand|kwartaal|jaar)\b|\bin totaal\b|\bwekelijks\b|\bmaandelijks\b", re.I
)
SHARE = re.compile(r"%|\bprocent\b|\bgemiddelde?\b", re.IGNORECASE)
OF_WHOM = re.compile(
    r"\bvan\s+(?:(?:de|het|alle)\b|\d[\d.]*\s+(?!uur|dag|week|weken|maand|jaar))|\bper\s+(?:gezin|kind|cliënt|client|traject|jeugdige|inwoner|fte)\b|\bonder\s+(?:de|alle|\d)"
    r"|\b(?:lopende|beëindigde|afgesloten|alle)\s+\w+",
    re.IGNORECASE,
)
JUDGEMENT = re.compile(
    r"\b(?:beperkte?|passend(?!\s+bij)e?|voldoende|weinig|veel|snelle?|laagdrempelige?|goede?|sterke?|zelden|makkelijke?|flexibele?"
    r"|lichte?(?!\s+toets)|effectieve?|veilige?|tijdige?|korte?|kortdurende?|voorzichtige?|vindbare?|gekwalificeerde?|divers|altijd)\b",
    re.IGNORECASE,
)
CHANGE = re.compile(
    r"\b(?:sneller|korter|langer|minder|hoger|lager|beter|eerder|vaker|dichterbij|grotere?|kleinere?|kortere|langere"
    r"|snellere|betere|verbeterde?|verminderde?|verhoogde?|verlaagde?|verhogen|verlagen|versterkte?|versterken"
    r"|gestegen|gedaald|stijging|daling|toename|afname|toenemende?|afnemende?|meer(?=\s+[a-z])"
    r"|stijgt|stijgen|steeg|stegen|daalt|dalen|daalden?|groeit|groeien|groeiden?|gegroeid"
    r"|(?:neemt|nemen|nam|namen)(?=\s[^.]*\b(?:toe|af)\b)|toegenomen|afgenomen)\b",
    re.IGNORECASE,
)
COMPARED = re.compile(
    r"\bdan\b|\bt\.?o\.?v\.?|\bten opzichte van\b|\bvergeleken\b"
    r"|\bsinds\b|\bvan\s+[\d€].*\bnaar\b|\beerst\b|\bwas\b|\bvoorheen\b",
    re.IGNORECASE,
)
NORM = re.compile(
    r"\bnorm\w*|\bstreef\w*|\bbinnen\s+\d|\bmaximaal\b|\bminimaal\b|\bafgesproken\b|\btermijn van\b", re.I
)
LEADS = re.compile(r"^(?:peildatum|op|per|stand|situatie|cijfers|periode|in)\b|^(?:19|20)\d{2}\b", re.IGNORECASE)
BULLET = re.compile(r"^\s*(?:[-*•–▪◦+]\s+|\d+[.)]\s+)?")
HEADING = re.compile(r"^\s*#{1,6}\s")
BLANKS_BETWEEN_SLIDES = 2


class Missing(StrEnum):
    """What a line leaves out."""

    NUMBER = "number"
    UNIT = "unit"
    TIME_UNIT = "time_unit"
    REFERENCE_DATE = "reference_date"
    DENOMINATOR = "denominator"
    NORM = "norm"
    BASELINE = "baseline"


@dataclass(frozen=True)
class Finding:
    """A line that leaves something out.

    Attributes
    ----------
    line
        Number of the line in its file.
    text
        The line without its bullet.
    missing
        What it leaves out, in the order of `Missing`.
    """

    line: int
    text: str
    missing: tuple[Missing, ...]


def lint_slides(lines: Sequence[tuple[int, str]]) -> tuple[Finding, ...]:
    """Return the lines that leave something out.

    Parameters
    ----------
    lines
        Number and text of each line, blank ones included: two of them in a row, or a heading, begin a new slide.
    """
    return tuple(finding for slide in _slides(lines) for finding in _lint_slide(slide))


def missing_from(text: str, *, dated: bool = False) -> tuple[Missing, ...]:
    """Return what one line leaves out.

    Parameters
    ----------
    text
        Without bullet or emphasis.
    dated
        Whether its slide gives a date for all of its lines.
    """
    if text.endswith("?") or CLOCK.search(text):
        return ()
    bare = NAMED.sub(" ", DATE.sub(" ", text))
    numbers = NUMBER.findall(bare)
    judged, changed = JUDGEMENT.search(text), CHANGE.search(text)
    found = set()
    if numbers:
        found |= _missing_from_number(text, bare, dated=dated, changed=changed is not None)
    elif judged or changed:
        found.add(Missing.NUMBER)
    if judged and not changed and not numbers and not NORM.search(text):
        found.add(Missing.NORM)
    if changed and not COMPARED.search(text):
        found.add(Missing.BASELINE)
    return tuple(own for own in Missing if own in found)


def _missing_from_number(text: str, bare: str, *, dated: bool, changed: bool) -> set[Missing]:
    found = set()
    if not WITH_UNIT.search(bare):
        found.add(Missing.UNIT)
    if EFFORT.search(bare) and SHARED_OUT.search(bare) and not PER_TIME.search(bare):
        found.add(Missing.TIME_UNIT)
    if not dated and not DATE.search(text):
        found.add(Missing.REFERENCE_DATE)
    if SHARE.search(bare) and not changed and not OF_WHOM.search(bare):
        found.add(Missing.DENOMINATOR)
    return found


def _slides(lines: Sequence[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    slide: list[tuple[int, str]] = []
    blanks = 0
    for number, line in lines:
        blanks = 0 if line.strip() else blanks + 1
        if HEADING.match(line) or blanks == BLANKS_BETWEEN_SLIDES:
            yield slide
            slide = []
        if line.strip() and not HEADING.match(line):
            slide.append((number, line))
    yield slide


def _lint_slide(slide: Sequence[tuple[int, str]]) -> Iterator[Finding]:
    texts = [(number, _plain(line)) for number, line in slide]
    dated = any(LEADS.match(text) and DATE.search(text) for _number, text in texts)
    for number, text in texts:
        if missing := missing_from(text, dated=dated):
            yield Finding(number, text, missing)


def _plain(line: str) -> str:
    return BULLET.sub("", line, count=1).replace("**", "").replace("__", "").strip().strip("*_").strip()
