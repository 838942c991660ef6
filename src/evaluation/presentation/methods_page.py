"""The page that says how every value was determined: what holds for all of them, and then chapter by chapter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.disclosure.rules import DisclosureRules, default_rules
from evaluation.evidence import Evidence, Measure
from evaluation.presentation.contents import MEANING
from evaluation.presentation.labels import EVIDENCE, measure_label
from evaluation.presentation.language import N_, Language
from evaluation.presentation.methods import method_text, unit_name

METHODS_PAGE = "methods.html"
METHODS_NAME = N_("Methods")
METHODS_TITLE = N_("How was every value determined?")
PRINCIPLES = (
    (
        N_("What an interval says"),
        (
            N_(
                "A value that is estimated comes with an interval. A 95% confidence interval is made in such a way "
                "that of a hundred intervals about ninety-five hold the true value. A wide interval means that little "
                "is known."
            ),
            N_(
                "An interval by rounding is something else: it holds every value that the printed figures allow. It is "
                "certain, given that they were rounded as printed."
            ),
            N_(
                "A 95% prediction interval is about what is still to come. That something changes that was the same "
                "until now is not in it."
            ),
        ),
    ),
    (
        N_("When something counts as in line with elsewhere"),
        (
            N_(
                "That a difference was not demonstrated does not show that there is none. So the comparison with other "
                "municipalities is a test of equivalence: before looking, it was set how large a gap still counts as "
                "in line, and the 90% interval has to lie within it as a whole."
            ),
            N_("There are three outcomes: in line, not in line, or undecided. The last one is common."),
        ),
    ),
    (
        N_("What is not shown of people"),
        (
            N_(
                "A number from the personal register that stands for fewer than {minimum} people is not shown. Other "
                "numbers are rounded to multiples of {base}, each on its own, so that sums may differ a little."
            ),
            N_(
                "More numbers go where a small one could be computed from the rest, also with what earlier editions "
                "showed. A curve stops where fewer than {at_risk} people are left to follow."
            ),
            N_(
                "An amount is not shown when one provider could find out that of another within {p_percent}% from it, "
                "or when the {dominance_n} largest hold more than {dominance_percent}% of it."
            ),
            N_("All of it is checked once more before an edition is published."),
        ),
    ),
    (
        N_("Not shown, unknown and zero"),
        (
            N_(
                "These are three different things. “Not shown” is known and withheld, “unknown” is what nobody has, "
                "and zero was counted. None of them is ever written as another."
            ),
        ),
    ),
    (
        N_("Rounding, months and days"),
        (
            N_(
                "Computing is done with all decimals and rounding only when a value is written. The files hold the "
                "values in full, but for protected numbers, which are rounded everywhere."
            ),
            N_(
                "A month is a twelfth of a year of 365.25 days. A trajectory runs on a day when it started on that "
                "day or before and ended after it."
            ),
            N_("Euros are nominal, unless “real” stands beside them: then the rise of prices was taken out."),
        ),
    ),
)


@dataclass(frozen=True)
class ChapterMeasures:
    """The values that one chapter publishes.

    Attributes
    ----------
    file, name, question
        Page, name and question of the chapter.
    measures
        In the order in which it saved them.
    """

    file: str
    name: str
    question: str
    measures: tuple[Measure, ...]


def by_chapter(
    chapters: Iterable[tuple[str, str, str]], measures: Sequence[Measure], homes: Mapping[str, str]
) -> tuple[ChapterMeasures, ...]:
    """Group the values of an edition by the chapter that publishes them.

    Parameters
    ----------
    chapters
        File, name and question of each chapter.
    measures
        Every value of the edition.
    homes
        File of the chapter that saved it, by id of a measure.
    """
    groups = (
        ChapterMeasures(file, name, question, tuple(own for own in measures if homes.get(own.id) == file))
        for file, name, question in chapters
    )
    return tuple(group for group in groups if group.measures)


def methods_values(groups: Sequence[ChapterMeasures], language: Language) -> dict[str, Any]:
    """Return what the template of the page needs."""
    _ = language.translate
    said = _rules_in_words(default_rules(), language)
    return {
        "kinds": [(_(EVIDENCE[kind]), _(MEANING[kind])) for kind in reversed(list(Evidence))],
        "principles": [
            (_(heading), [_(paragraph).format(**said) for paragraph in paragraphs])
            for heading, paragraphs in PRINCIPLES
        ],
        "groups": [(group, terms(group, language)) for group in groups],
    }


def terms(group: ChapterMeasures, language: Language) -> list[tuple[list[tuple[str, str]], str]]:
    """Return every method of a chapter in words, each with names and units of the values that it determines.

    It holds no number, and a unit that the name ends with is empty. Values that are determined in the same way stand
    together, where the first of them stood.
    """
    named: dict[str, list[tuple[str, str]]] = {}
    for own in group.measures:
        said = method_text(own.method, language)
        label, unit = measure_label(own.id, language), unit_name(own.unit, language)
        named.setdefault(said, []).append((label, "" if label.endswith(f", {unit}") else unit))
    return [(names, said) for said, names in named.items()]


def _rules_in_words(rules: DisclosureRules, language: Language) -> dict[str, str]:
    values = {
        "minimum": rules.minimum_cell,
        "base": rules.rounding_base,
        "at_risk": rules.curve_minimum_at_risk,
        "p_percent": rules.p_percent,
        "dominance_n": rules.dominance_n,
        "dominance_percent": rules.dominance_percent,
    }
    return {name: language.shortest(value) for name, value in values.items()}
