"""Dutch and English: messages from a gettext catalogue, numbers and dates by Babel.

English is written in the code and is the key of the catalogue; ``locale/nl`` holds the Dutch. The catalogue is read
as ``.po``, so that no compiled file needs to be kept in step.
"""

from __future__ import annotations

import gettext
import io
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from evaluation.evidence import Mark

MINUS = "\N{MINUS SIGN}"
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Mark a message for the catalogue without translating it yet."""
    return message


WITHHELD = N_("a number that is not shown")
NOT_SHOWN = N_("not shown")
FROM_THE_START = N_("from the start")
"""Period of what counts from a start that has no date."""


@dataclass(frozen=True)
class Language:
    """One language of the report.

    Attributes
    ----------
    code
        ``nl`` or ``en``.
    """

    code: str

    @property
    def locale(self) -> Locale:
        """Babel locale; British English, so that dates read day first as in Dutch."""
        return Locale.parse({"nl": "nl_NL", "en": "en_GB"}[self.code])

    def translate(self, message: str) -> str:
        """Return the message in this language."""
        return _catalogue(self.code).gettext(message) if message else ""

    def integer(self, value: float | Mark) -> str:
        """Whole number with thousands separators: 1.273 or 1,273; a withheld one is said in words."""
        return self._number(value, "#,##0")

    def decimal(self, value: float | Mark, digits: int = 1) -> str:
        """Number with a fixed number of decimals: 5,8 or 5.8."""
        return self._number(value, f"#,##0.{'0' * digits}" if digits else "#,##0")

    def signed(self, value: float, digits: int = 1) -> str:
        """Number with its sign: +5,0."""
        return f"{'+' if value > 0 else ''}{self.decimal(value, digits)}"

    def shortest(self, value: float | Mark) -> str:
        """Number with no more decimals than it has, at most two: 7 or 5,8."""
        return self._number(value, "#,##0.##")

    def percent(self, share: float | Mark, digits: int = 1) -> str:
        """Share as a percentage: 29,3% or 29.3%."""
        return self.translate(WITHHELD) if isinstance(share, Mark) else self.decimal(share * 100, digits) + "%"

    def _number(self, value: float | Mark, pattern: str) -> str:
        if isinstance(value, Mark):
            return self.translate(WITHHELD)
        with localcontext(rounding=ROUND_HALF_UP):
            text = format_decimal(Decimal(str(value)), format=pattern, locale=self.locale)
        return text.replace("-", MINUS)

    def points(self, share: float, digits: int = 1) -> str:
        """Signed percentage: +29,3%."""
        return f"{'+' if share > 0 else ''}{self.percent(share, digits)}"

    def p_value(self, value: float | Mark, digits: int = 3) -> str:
        """A p-value, never zero: 0,013 or < 0,001."""
        least = 10**-digits
        if isinstance(value, Mark) or value >= least:
            return self.decimal(value, digits)
        return f"< {self.decimal(least, digits)}"

    def euro(self, amount: float, digits: int = 0) -> str:
        """Amount in euros: € 12.300 or €12,300; negative € −69 or −€69."""
        number = self.decimal(amount, digits)
        if self.code == "nl":
            return f"€{THIN_SPACE}{number}"
        return f"{MINUS}€{number.removeprefix(MINUS)}" if number.startswith(MINUS) else f"€{number}"

    def millions(self, amount: float) -> str:
        """Amount in millions of euros, in whole millions: € 97 mln or €97 million."""
        million = self.translate(N_("million"))
        return f"{self.euro(amount)} {million}"

    def size(self, count: int) -> str:
        """Size of a file: 412 kB or 1,2 MB."""
        return f"{self.decimal(count / 1e6)} MB" if count >= 1e6 else f"{self.integer(max(1, round(count / 1e3)))} kB"

    def day(self, value: date) -> str:
        """Long date: 25 maart 2024 or 25 March 2024."""
        return format_date(value, "d MMMM y", locale=self.locale)

    def period(self, text: str) -> str:
        """Period of a table or measure, ``2022/2024``, ``2022-07/2024-12`` or with days, its dates written out."""
        if text == FROM_THE_START:
            return self.translate(text)
        return " – ".join(self._moment(part) for part in text.split("/"))

    def _moment(self, text: str) -> str:
        """A day, a month or a year, as far as the text goes."""
        if text.count("-") == 2:
            return self.day(date.fromisoformat(text))
        return self.month(date.fromisoformat(f"{text}-01")) if text.count("-") == 1 else text

    def month(self, value: date) -> str:
        """Month and year: maart 2024."""
        return format_date(value, "MMMM y", locale=self.locale)

    def calendar_month(self, number: int) -> str:
        """Name of a month of the year, 1 to 12: juli or July."""
        return format_date(date(2000, number, 1), "LLLL", locale=self.locale)

    def month_short(self, value: date) -> str:
        """Month of an axis: mrt 24."""
        return format_date(value, "MMM yy", locale=self.locale).replace(".", "")

    def listing(self, words: list[str]) -> str:
        """Words in a row: a, b en c."""
        *first, last = words
        between = self.translate(N_("and"))
        return f"{', '.join(first)} {between} {last}" if first else last


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    source = files("evaluation.presentation") / "locale" / code / "LC_MESSAGES" / "evaluation.po"
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source.read_bytes()), locale=code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
