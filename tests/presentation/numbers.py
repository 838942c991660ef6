"""Numbers as a reader meets them in text, and whether a value is what they print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

_MAANDEN = "januari februari maart april mei juni juli augustus september oktober november december"
_MONTHS = "January February March April May June July August September October November December"
MONTHS = {"nl": _MAANDEN.split(), "en": _MONTHS.split()}
SPACES = dict.fromkeys(map(ord, "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"), " ")
_SIGN = r"(?P<sign>[+\N{MINUS SIGN}]|(?<![\w\N{EN DASH}])-)?"
_NUMBER = {
    code: re.compile(
        rf"(?<![\w.,]){_SIGN}(?P<digits>\d{{1,3}}(?:{thousands}\d{{3}})+|\d+)"
        rf"(?:{decimal}(?P<decimals>\d+))?(?P<percent>%)?(?!\w)"
    )
    for code, thousands, decimal in (("nl", r"\.", ","), ("en", ",", r"\."))
}
_DATE = {
    code: re.compile(rf"(?:(?P<day>\d{{1,2}}) )?(?P<month>{'|'.join(names)}) (?P<year>\d{{4}})", re.IGNORECASE)
    for code, names in MONTHS.items()
}
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")


@dataclass(frozen=True)
class Printed:
    """A number as it is printed.

    Attributes
    ----------
    text
        As it stands.
    value
        What it says, in the unit it is printed in.
    percent
        Whether a percent sign follows.
    """

    text: str
    value: Decimal
    percent: bool

    def prints(self, value: Decimal) -> bool:
        """Whether this is how a value reads after rounding to as many decimals as are printed."""
        return self._rounds(value * 100 if self.percent else value)

    def says(self, value: float) -> bool:
        """Whether this is how a stored value reads, as a share or in its own unit."""
        stored = Decimal(str(value))
        return any(self._rounds(stored * unit) for unit in ((100,) if self.percent else (1, 100)))

    def _rounds(self, shown: Decimal) -> bool:
        return shown.quantize(Decimal(1).scaleb(self.value.as_tuple().exponent), ROUND_HALF_UP) == self.value


@dataclass(frozen=True)
class Day:
    """A day, or a month when its day is 0."""

    year: int
    month: int
    day: int

    @classmethod
    def of(cls, value: date) -> Day:
        return cls(value.year, value.month, value.day)

    def names(self, other: Day) -> bool:
        """Whether this is the other day, or the month that it lies in."""
        return (self.year, self.month) == (other.year, other.month) and self.day in (0, other.day)


def days_in(text: str, language: str) -> tuple[list[Day], str]:
    """Return the days and months that a text names, and the text without them."""
    found: list[Day] = []

    def taken(match: re.Match[str]) -> str:
        month = [name.casefold() for name in MONTHS[language]].index(match["month"].casefold()) + 1
        found.append(Day(int(match["year"]), month, int(match["day"] or 0)))
        return " "

    def taken_iso(match: re.Match[str]) -> str:
        found.append(Day(*map(int, match.groups())))
        return " "

    return found, _ISO.sub(taken_iso, _DATE[language].sub(taken, text.translate(SPACES)))


def numbers_in(text: str, language: str) -> list[Printed]:
    """Return the numbers of a text without its days; what stands in quotes is Dutch in every language."""
    found = []
    for place, part in enumerate(re.split(r"“([^”]*)”", text)):
        code = "nl" if place % 2 else language
        without_days = days_in(part, code)[1].replace("\N{MINUS SIGN}€", "\N{MINUS SIGN}")
        found += [_printed(match, code) for match in _NUMBER[code].finditer(without_days)]
    return found


def number_of(text: str, language: str) -> Printed | None:
    """Return the number that a cell holds, if it holds one and nothing else but signs of a unit."""
    bare = text.translate(SPACES).replace("€", "").strip()
    match = _NUMBER[language].fullmatch(bare)
    return _printed(match, language) if match else None


def _printed(match: re.Match[str], language: str) -> Printed:
    digits = match["digits"].replace("." if language == "nl" else ",", "")
    value = Decimal(f"{digits}.{match['decimals']}" if match["decimals"] else digits)
    negative = match["sign"] in ("-", "\N{MINUS SIGN}")
    return Printed(match[0], -value if negative else value, bool(match["percent"]))
