"""What an edition says it is about: Groningen and all its chapters, some of them, or another municipality."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.parameters import HOME
from evaluation.presentation.language import N_, Language

FRONT_TITLE = N_("What is known of Basis jeugdhulp in Groningen")
LEAD = N_(
    "Since 2023 the municipality of Groningen has been building Basis jeugdhulp: one team that is to replace many "
    "providers and products of youth support. This report sets what the council was told beside what can be checked."
)
IN_PART = N_(
    "This edition holds some of the chapters only. The statements to the council are judged in an edition that holds "
    "all of them."
)


@dataclass(frozen=True)
class Subject:
    """What an edition is about.

    Attributes
    ----------
    municipality
        As CBS writes it.
    whole
        Whether it holds every chapter.
    """

    municipality: str = HOME
    whole: bool = True

    def title(self, language: Language) -> str:
        """Title of the front page."""
        if self.municipality == HOME:
            return language.translate(FRONT_TITLE)
        return language.translate(N_("Spending on youth care: {municipality} beside other municipalities")).format(
            municipality=self.municipality
        )

    def lead(self, language: Language) -> str:
        """First paragraph of the front page."""
        _ = language.translate
        if self.municipality == HOME:
            return _(LEAD) if self.whole else f"{_(LEAD)} {_(IN_PART)}"
        return _(
            "This edition sets the spending of {municipality} on youth care beside that of other large municipalities, "
            "in public accounts. Basis jeugdhulp is Groningen's, and so are the register and the statements to its "
            "council: nothing here is about those, and no statement is judged."
        ).format(municipality=self.municipality)

    def readers(self, language: Language) -> str:
        """For whom the document is."""
        if self.municipality == HOME:
            return language.translate(N_("For the city council of Groningen"))
        return language.translate(N_("Public accounts of {municipality}")).format(municipality=self.municipality)


GRONINGEN = Subject()
"""The whole report about Groningen."""
