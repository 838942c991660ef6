"""What the parts of a report are called, and how its navigation is grouped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evaluation.presentation.language import N_, Language

CHAPTERS = {
    "volumes": N_("Volumes"),
    "durations": N_("Durations"),
    "registration": N_("Registration"),
    "capacity": N_("Capacity"),
    "coherence": N_("Coherence"),
    "costs": N_("Costs"),
    "unit_costs": N_("Unit costs"),
    "benchmark": N_("Other municipalities"),
    "counterfactual": N_("Without the change"),
    "pilot": N_("Pilot"),
    "pilot_change": N_("Change in the pilot"),
    "experience": N_("Experience"),
    "narratives": N_("Stories"),
    "access": N_("Access"),
    "legal_protection": N_("Legal protection"),
    "open_house": N_("Open House"),
}
THEMES = {
    N_("Numbers and duration"): ("volumes", "durations", "registration", "capacity", "coherence"),
    N_("Money"): ("costs", "unit_costs", "benchmark", "counterfactual"),
    N_("Families"): ("pilot", "pilot_change", "experience", "narratives"),
    N_("Access and rights"): ("access", "legal_protection", "open_house"),
}
OTHER_THEME = N_("More questions")
FOUNDATION = N_("Accountability")


def chapter_name(chapter: str, language: Language) -> str:
    """Return the name of a chapter in the navigation."""
    return language.translate(CHAPTERS.get(chapter, chapter))


@dataclass(frozen=True)
class Theme:
    """Pages that stand together in the navigation.

    Attributes
    ----------
    name
        In the language of the report.
    pages
        File and name of each.
    """

    name: str
    pages: tuple[tuple[str, str], ...]


def themes(
    chapters: Iterable[tuple[str, str]], foundation: Iterable[tuple[str, str]], language: Language
) -> list[Theme]:
    """Group the pages of an edition; themes without a page are left out.

    Parameters
    ----------
    chapters
        File and name of each chapter; one that no theme names stands under a heading of its own.
    foundation
        File and name of the pages that say what the chapters rest on.
    language
        Language of the names of the themes.
    """
    _ = language.translate
    left = dict(chapters)
    groups = [
        Theme(_(name), tuple((file, left.pop(file)) for file in map("{}.html".format, members) if file in left))
        for name, members in THEMES.items()
    ]
    groups += [Theme(_(OTHER_THEME), tuple(left.items())), Theme(_(FOUNDATION), tuple(foundation))]
    return [theme for theme in groups if theme.pages]
