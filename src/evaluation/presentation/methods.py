"""How a value was determined, in words that a council member can read, in either language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from string import Formatter

from evaluation.presentation.labels import NORMS, PRICE_INDICES, UNITS
from evaluation.presentation.language import N_, Language
from evaluation.presentation.method_texts import INTERVALS, METHODS
from evaluation.presentation.pilot_outcomes import outcome_of

# What a value is counted in, where the names of printed figures have no word for it.
MEASURE_UNITS = {
    **UNITS,
    "fte": N_("fte"),
    "ratio": N_("times as many"),
    "per_1000_youths_year": N_("per 1,000 youths and year"),
    "per_100_decisions": N_("per 100 decisions"),
    "per_1000_trajectory_months": N_("per 1,000 months of help"),
}
MOMENTS = {
    "t6": N_("six months"),
    "t12": N_("twelve months"),
    "end": N_("the end"),
}
# How a field of a text is written; one that is not named here is written as it stands in the name of the method.
_WRITTEN: Mapping[str, Callable[[str, Language], str]] = {
    "index": lambda text, language: language.translate(PRICE_INDICES.get(text, text)),
    "norm": lambda text, language: language.translate(NORMS.get(text, text)),
    "moment": lambda text, language: language.translate(MOMENTS.get(text, text)),
    "code": outcome_of,
    "least": lambda text, language: language.shortest(float(text)),
    "day": lambda text, language: language.day(date.fromisoformat(text)),
    "n": lambda text, language: language.integer(int(text)),
    "margin": lambda text, language: language.shortest(float(text) * 100),
    "largest": lambda text, language: language.percent(float(text), 0),
    "power": lambda text, language: language.percent(
        float(text.removesuffix("%")) / (100 if text.endswith("%") else 1), 0
    ),
}


def method_text(method: str, language: Language) -> str:
    """Say in plain words how a value was determined.

    Parameters
    ----------
    method
        Short name of the method, as a `Measure` carries it.
    language
        Language of the text.

    Returns
    -------
    str
        One or a few sentences; the short name itself where it has no text, as gettext does with a message.
    """
    for ending, said in INTERVALS.items():
        if method.endswith(ending) and (text := _text_of(method.removesuffix(ending), language)):
            return f"{text} {language.translate(said)}"
    return _text_of(method, language) or method


def unit_name(unit: str, language: Language) -> str:
    """Return the name of the unit of a measure."""
    return language.translate(MEASURE_UNITS[unit])


def _text_of(method: str, language: Language) -> str:
    for pattern, said in _patterns():
        if found := pattern.fullmatch(method):
            fields = {name: _written(name, text, language) for name, text in found.groupdict().items()}
            return language.translate(said).format(**fields)
    return ""


def _written(name: str, text: str, language: Language) -> str:
    return _WRITTEN[name](text, language) if name in _WRITTEN else text


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Every key of the catalogue as a pattern, the longest first: a field would also take what a longer key adds."""
    ordered = sorted(METHODS, key=len, reverse=True)
    return tuple((re.compile(_pattern(key)), METHODS[key]) for key in ordered)


def _pattern(key: str) -> str:
    parts = Formatter().parse(key)
    return "".join(
        re.escape(text) + (f"(?P<{field}>.+?)" if field else "") for text, field, _spec, _conversion in parts
    )
