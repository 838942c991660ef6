"""The themes that readers look for, and what the council was told of stories."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from evaluation.evidence import Evidence

SEPARATOR = ";"
NONE = "none"
"""Code of a reader who found no theme in a story; an empty cell is a story that was not read."""


@dataclass(frozen=True)
class Codebook:
    """Themes with their definitions, a proposal of this project after statements made to the council.

    Attributes
    ----------
    frame
        One row per theme: ``theme``, ``label_nl``, ``label_en``, ``claims`` (ids with semicolons, null for none),
        ``quotes`` (the words of those statements, Dutch), and in both languages ``definition_``, ``counts_`` and
        ``counts_not_`` (what it is, an example that counts, and one that does not).
    """

    frame: pd.DataFrame

    @property
    def themes(self) -> tuple[str, ...]:
        """Codes of the themes, in order."""
        return tuple(self.frame["theme"].astype(str))

    @property
    def evidence(self) -> Evidence:
        """Taken from published statements."""
        return Evidence.PUBLISHED

    def label(self, theme: str, language: str) -> str:
        """Name of a theme in ``nl`` or ``en``."""
        return str(self.frame.loc[self.frame["theme"] == theme, f"label_{language}"].iloc[0])


@dataclass(frozen=True)
class Announced:
    """What both presentations said about stories.

    Attributes
    ----------
    plans
        One row per announcement: ``id``, ``document``, ``section``, ``quote``.
    results
        Number of published figures that stem from stories.
    statements
        Number of statements that themes of the codebook were taken from.
    """

    plans: pd.DataFrame
    results: int
    statements: int

    @property
    def evidence(self) -> Evidence:
        """Published statements."""
        return Evidence.PUBLISHED


@dataclass(frozen=True)
class Thresholds:
    """From when codes carry a conclusion; each value is dated and sourced in ``data/narrative_thresholds.csv``.

    Attributes
    ----------
    alpha_firm, alpha_tentative
        Krippendorff's alpha from which conclusions are firm, and tentative.
    saturation_share
        Share of the themes found that must have come by before stories are said to bring little new.
    quote_families
        Fewest families that tell of a theme before anybody is quoted on it.
    """

    alpha_firm: float
    alpha_tentative: float
    saturation_share: float
    quote_families: float


def announced(claims: pd.DataFrame, figures: pd.DataFrame, codebook: Codebook) -> Announced:
    """Look up what was announced about stories, and whether any figure came of it.

    Parameters
    ----------
    claims
        Statements made to the council: ``id``, ``document``, ``section``, ``quote``, ``kind``.
    figures
        Figures shown to the council: ``claim_id``.
    codebook
        The themes.
    """
    plan = (claims["kind"] == "plan") & claims["quote"].str.contains("impactmeting", case=False)
    plans = claims.loc[plan, ["id", "document", "section", "quote"]].reset_index(drop=True)
    named = codebook.frame["claims"].dropna().astype(str).str.split(SEPARATOR).explode()
    return Announced(
        plans=plans,
        results=int(figures["claim_id"].isin(plans["id"]).sum()),
        statements=int(named[named.isin(claims["id"])].nunique()),
    )
