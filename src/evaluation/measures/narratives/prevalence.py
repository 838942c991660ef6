"""How many stories tell of each theme: as found, and corrected for what readers miss or find too often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Count, Estimate, Evidence, Mark, Measure, confidence
from evaluation.measures.narratives.clusters import effective_number, share_interval
from evaluation.measures.narratives.codebook import Codebook
from evaluation.measures.narratives.misreading import Misreading
from evaluation.measures.narratives.stories import Stories
from evaluation.measures.shares import plain_value

METHODS = {
    "reference": "found by a reader, corrected by codes agreed afterwards (Rogan-Gladen)",
    "two_readers": "found by a reader, corrected by two independent readers (Hui-Walter, Rogan-Gladen)",
    "none": "found by a reader, not corrected for misreading",
}
SHARES = ("share", "low", "high", "corrected", "corrected_low", "corrected_high", "least", "most")


@dataclass(frozen=True)
class ThemePrevalence:
    """Share of stories that tell of each theme.

    Attributes
    ----------
    frame
        One row per theme: ``theme``, ``found`` (stories in which at least one reader found it), ``effective`` (as how
        many independent stories all count, a share of `n`), ``share``, ``low``, ``high`` (as found), ``corrected``,
        ``corrected_low``, ``corrected_high`` (null when no correction is possible), ``least``, ``most`` (share among
        all who were asked, whatever those would tell who did not).
    n
        Stories that may be used and that somebody read.
    families
        Different families behind them.
    asked
        Persons asked.
    misreading
        How well themes are found.
    level
        Coverage of the intervals.
    """

    frame: pd.DataFrame
    n: Count
    families: Count
    asked: Count
    misreading: Misreading
    codebook: Codebook
    level: float
    reference_date: date
    evidence: Evidence
    source: str

    @property
    def is_corrected(self) -> bool:
        """Whether shares could be corrected."""
        return self.misreading.method != "none"

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``: the corrected share where there is one, else that as found."""
        names = ("corrected", "corrected_low", "corrected_high") if self.is_corrected else ("share", "low", "high")
        found = []
        for row in self.frame.to_dict("records"):
            estimate, low, high = (plain_value(row[name]) for name in names)
            found.append(
                Measure(
                    id=f"narratives.prevalence_{row['theme']}",
                    estimate=estimate,
                    unit="share",
                    method=METHODS[self.misreading.method],
                    period=str(self.reference_date),
                    n=self.n,
                    **confidence(low, high, self.level),
                    evidence=self.evidence,
                    sources=(self.source,),
                )
            )
        return tuple(found)


def theme_prevalence(stories: Stories, misread: Misreading, *, asked: int, level: float) -> ThemePrevalence:
    """Estimate how many stories tell of each theme.

    Parameters
    ----------
    stories
        The codes.
    misread
        How well themes are found.
    asked
        Persons asked, those who did not tell a story among them.
    level
        Coverage of the intervals, a share.
    """
    rows = []
    for place, theme in enumerate(stories.codebook.themes):
        flags = stories.found[:, place]
        worth = effective_number(flags, stories.families, level) / stories.n if stories.n else None
        rows.append({"theme": theme, "found": int(flags.sum()), "effective": worth})
    return ThemePrevalence(
        frame=with_theme_shares(pd.DataFrame(rows), n=stories.n, asked=asked, misread=misread, level=level),
        n=stories.n,
        families=len(set(stories.families.tolist())),
        asked=asked,
        misreading=misread,
        codebook=stories.codebook,
        level=level,
        reference_date=stories.reference_date,
        evidence=stories.evidence,
        source=stories.source,
    )


def with_theme_shares(
    frame: pd.DataFrame, *, n: Count, asked: Count, misread: Misreading, level: float
) -> pd.DataFrame:
    """Add every share to rows of ``theme``, ``found`` and ``effective``; a mark in a count is a mark in its shares."""
    rows = [
        shares_of(found, effective, n=n, asked=asked, misread=misread, level=level)
        for found, effective in zip(frame["found"], frame["effective"], strict=True)
    ]
    columns = {name: pd.Series([row[at] for row in rows], frame.index, dtype=object) for at, name in enumerate(SHARES)}
    return frame.assign(**columns)


def shares_of(
    found: Count, effective: float | None, *, n: Count, asked: Count, misread: Misreading, level: float
) -> Sequence[Estimate]:
    """Return the values of `SHARES` for one theme.

    Parameters
    ----------
    found, n, asked
        Stories in which it was found, stories read, and persons asked.
    effective
        As how many independent stories all count, a share of `n`.
    misread, level
        As in `theme_prevalence`.
    """
    marks = [value for value in (found, n) if isinstance(value, Mark)]
    if marks:
        return [marks[0]] * len(SHARES)
    if not n or effective is None:
        return [None] * len(SHARES)
    share = found / n  # type: ignore[operator]
    low, high = share_interval(share, effective * n, level)  # type: ignore[operator]
    corrected: Estimate = None
    ends: tuple[Estimate, Estimate] = (None, None)
    if misread.method != "none":
        corrected, ends = misread.corrected(share), misread.corrected_interval(share, low, high, level)
    told = None if isinstance(asked, Mark) or not asked else min(n / asked, 1.0)  # type: ignore[operator]
    best = share if corrected is None else corrected
    bounds: tuple[Estimate, Estimate] = (None, None)
    if told is not None and not isinstance(best, Mark):
        # Among those who told nothing the theme may live in none or in all (Manski 2003).
        bounds = told * best, told * best + 1 - told
    return share, low, high, corrected, *ends, *bounds
