"""Who was asked and who told a story, and the codes of those stories that may be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.evidence import Count, Evidence, Mark, Measure, confidence
from evaluation.measures.narratives.codebook import NONE, SEPARATOR, Codebook
from evaluation.measures.shares import CONFIDENCE, Shares, share_of, shares
from evaluation.snapshot import Records

STRATA = ("running", "ended")
READERS = ("coder_1", "coder_2")

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Stories:
    """Codes of the stories that may be used on the reference date and that somebody has read.

    Attributes
    ----------
    story_ids
        One per story, in order.
    families
        Number of the family of each story, from 0; a story without a known family is a family of its own.
    codes
        Readers x stories x themes: 1 when the reader found the theme, 0 when not, NaN when the story was not read.
    agreed
        Stories x themes: the same after both readers talked; NaN where they did not.
    codebook
        The themes.
    unknown_codes
        Codes that are not in the codebook; they were left out.
    """

    story_ids: tuple[str, ...]
    families: Places
    codes: Numbers
    agreed: Numbers
    codebook: Codebook
    unknown_codes: int
    reference_date: date
    evidence: Evidence
    source: str

    @property
    def n(self) -> int:
        """Number of stories."""
        return len(self.story_ids)

    @property
    def found(self) -> Flags:
        """Stories x themes: whether at least one reader found the theme."""
        found: Flags = (self.codes == 1).any(axis=0)
        return found

    @property
    def read_twice(self) -> Flags:
        """Per story, whether both readers read it."""
        return np.asarray(~np.isnan(self.codes).any(axis=(0, 2)), dtype=np.bool_)


def read_stories(records: Records, codebook: Codebook) -> Stories:
    """Return the codes of stories that were told, whose consent holds on the reference date, and that were read.

    Parameters
    ----------
    records
        The table ``stories``.
    codebook
        The themes; other codes are counted and left out.
    """
    rows = records.frame("select * from t where told order by story_id")
    rows = rows[_consented(rows, records.reference_date)]
    rows = rows[rows[list(READERS)].notna().any(axis=1)].reset_index(drop=True)
    themes = codebook.themes
    codes = np.stack([_flags(rows[reader], themes) for reader in READERS])
    family = rows["family_key"].where(rows["family_key"].notna(), "story " + rows["story_id"].astype(str))
    written = pd.concat([rows[reader] for reader in (*READERS, "agreed")]).dropna().map(_split).explode()
    unknown = written.notna() & ~written.isin([*themes, NONE])
    return Stories(
        story_ids=tuple(rows["story_id"].astype(str)),
        families=pd.factorize(family)[0].astype(np.intp),
        codes=codes,
        agreed=_flags(rows["agreed"], themes),
        codebook=codebook,
        unknown_codes=int(unknown.sum()),
        reference_date=records.reference_date,
        evidence=records.evidence,
        source=records.source,
    )


def _consented(rows: pd.DataFrame, reference_date: date) -> pd.Series:
    """Whether the consent of each row holds on the day; without consent it does not."""
    until = pd.to_datetime(rows["consent_until"])
    return until.notna() & (until >= pd.Timestamp(reference_date))


def _split(cell: str) -> list[str]:
    return [code for part in cell.split(SEPARATOR) if (code := part.strip().lower())]


def _flags(cells: pd.Series, themes: tuple[str, ...]) -> Numbers:
    """Stories x themes: 1, 0, or NaN for a cell without any code."""
    flags = np.full((len(cells), len(themes)), np.nan)
    for row, cell in enumerate(cells):
        if isinstance(cell, str) and (given := set(_split(cell))):
            flags[row] = [theme in given for theme in themes]
    return flags


@dataclass(frozen=True)
class StoryResponse:
    """What came of asking for stories: every person asked is in exactly one row.

    Attributes
    ----------
    asked
        Persons asked, the sum of `told`, `declined` and `unanswered`.
    told
        Those who told a story, the sum of `valid`, `expired` and `without_consent` (none is known).
    valid
        Stories that may be used, the sum of `read_twice`, `read_once` and `unread`.
    families
        Different families behind the valid stories.
    unknown_codes
        Codes that are not in the codebook.
    delivered
        Whether the table was delivered; without it nothing is known, and no count means anything.
    """

    asked: Count
    told: Count
    declined: Count
    unanswered: Count
    valid: Count
    expired: Count
    without_consent: Count
    read_twice: Count
    read_once: Count
    unread: Count
    families: Count
    unknown_codes: Count
    delivered: bool
    reference_date: date
    evidence: Evidence
    source: str

    @property
    def known(self) -> bool:
        """Whether anybody is known to have been asked."""
        return self.delivered and (isinstance(self.asked, Mark) or self.asked > 0)

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``; without anybody asked they are unknown and not zero."""
        share, low, high = share_of(self.told, self.asked, CONFIDENCE) if self.known else (None, None, None)
        common: dict[str, Any] = {
            "period": str(self.reference_date),
            "evidence": self.evidence,
            "sources": (self.source,),
        }
        return (
            Measure(
                id="narratives.stories_used",
                estimate=(self.valid if isinstance(self.valid, Mark) else float(self.valid)) if self.known else None,
                unit="stories",
                method="told, and with a consent that holds on the reference date",
                n=self.told if self.known else None,
                n_missing=self.without_consent if self.known else None,
                **common,
            ),
            Measure(
                id="narratives.families_used",
                estimate=(self.families if isinstance(self.families, Mark) else float(self.families))
                if self.known
                else None,
                unit="families",
                method="different families behind the stories that may be used",
                n=self.valid if self.known else None,
                n_missing=None,
                **common,
            ),
            Measure(
                id="narratives.told_share",
                estimate=share,
                unit="share",
                method="told of asked, no answer is not told, Wilson interval",
                n=self.asked if self.known else None,
                **confidence(low, high, CONFIDENCE),
                **common,
            ),
        )


def story_response(records: Records, stories: Stories) -> StoryResponse:
    """Count what came of each request for a story.

    Parameters
    ----------
    records
        The table ``stories``.
    stories
        The codes read from it.
    """
    rows = records.frame()
    told = rows["told"].eq(True).fillna(False).astype(bool)
    declined = rows["told"].eq(False).fillna(False).astype(bool)
    valid = told & _consented(rows, records.reference_date)
    without = told & rows["consent_until"].isna()
    twice = int(stories.read_twice.sum())
    family = rows["family_key"].where(rows["family_key"].notna(), "story " + rows["story_id"].astype(str))
    return StoryResponse(
        asked=len(rows),
        told=int(told.sum()),
        declined=int(declined.sum()),
        unanswered=int((~told & ~declined).sum()),
        valid=int(valid.sum()),
        expired=int((told & ~valid & ~without).sum()),
        without_consent=int(without.sum()),
        read_twice=twice,
        read_once=stories.n - twice,
        unread=int(valid.sum()) - stories.n,
        families=int(family[valid].nunique()),
        unknown_codes=stories.unknown_codes,
        delivered=records.delivered,
        reference_date=records.reference_date,
        evidence=records.evidence,
        source=records.source,
    )


def told_shares(records: Records) -> Shares:
    """Share of the persons asked who told a story, by stratum; who has not answered has not told one."""
    rows = records.frame("select stratum, told from t")
    return shares(
        rows.assign(has=rows["told"].eq(True).fillna(False).astype(object)),
        "told",
        "asked",
        dimension="stratum",
        reference_date=records.reference_date,
        evidence=records.evidence,
        source=records.source,
        names=STRATA,
    )
