"""Which themes come up in the same stories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import combinations

import pandas as pd

from evaluation.evidence import Count, Estimate, Evidence, Mark
from evaluation.measures.narratives.codebook import Codebook
from evaluation.measures.narratives.stories import Stories


@dataclass(frozen=True)
class ThemePairs:
    """Stories that tell of two themes at once.

    Attributes
    ----------
    frame
        One row per pair: ``theme``, ``other``, ``found``, ``found_other``, ``both`` (stories), ``overlap`` (those with
        both among those with either: Jaccard 1912; null when no story has either).
    n
        Stories read.
    """

    frame: pd.DataFrame
    n: Count
    codebook: Codebook
    reference_date: date
    evidence: Evidence
    source: str


def theme_pairs(stories: Stories) -> ThemePairs:
    """Count the stories of each pair of themes."""
    found = stories.found
    rows = [
        (
            stories.codebook.themes[one],
            stories.codebook.themes[other],
            int(found[:, one].sum()),
            int(found[:, other].sum()),
            int((found[:, one] & found[:, other]).sum()),
        )
        for one, other in combinations(range(found.shape[1]), 2)
    ]
    frame = pd.DataFrame(rows, columns=["theme", "other", "found", "found_other", "both"])
    return ThemePairs(
        with_overlap(frame), stories.n, stories.codebook, stories.reference_date, stories.evidence, stories.source
    )


def with_overlap(frame: pd.DataFrame) -> pd.DataFrame:
    """Add ``overlap`` to rows of counts; a mark in one of them is a mark there."""
    overlaps = [overlap(*row) for row in frame[["found", "found_other", "both"]].itertuples(index=False, name=None)]
    return frame.assign(overlap=pd.Series(overlaps, frame.index, dtype=object))


def overlap(found: Count, other: Count, both: Count) -> Estimate:
    """Return those with both among those with either: unknown when there are none, withheld when a count is."""
    counts = []
    for value in (found, other, both):
        if isinstance(value, Mark):
            return value
        counts.append(value)
    either = counts[0] + counts[1] - counts[2]
    return counts[2] / either if either else None
