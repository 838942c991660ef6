"""Words of families that may be shown: with consent, approved by two people, on a theme that many tell of.

Nothing is quoted from a story itself. A person wrote a short quote down, another one approved it too, and the quote is
drawn by lot from all that were approved, so that nobody picks the nicest. Where somebody speaks against what most tell
of a theme, that is shown as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from evaluation.evidence import Count, Evidence
from evaluation.measures.narratives.codebook import Codebook, Thresholds
from evaluation.measures.narratives.stories import Stories
from evaluation.snapshot import Records

LONGEST = 160  # characters
KNOWN_CAPITALS = frozenset({"BJH", "WIJ", "GI"})
REASONS = ("consent", "approval", "words", "theme", "families", "lot")
"""Why a quote is not shown, in the order in which it is asked: consent does not hold; not approved by two different
people; too long, or with digits, addresses or what may be a name; its theme is not found in its story; too few families
tell of the theme; the lot fell on another quote, or nobody is quoted who goes along with it."""

COLUMNS = ["theme", "quote", "dissents", "families", "approved_by_1", "approved_by_2", "consent_until"]


@dataclass(frozen=True)
class Quotes:
    """Quotes that may be shown, and why others may not.

    Attributes
    ----------
    frame
        One row per quote: ``theme``, ``quote`` (Dutch), ``dissents``, and what the gate looks at once more:
        ``families`` that tell of the theme, ``approved_by_1``, ``approved_by_2`` and ``consent_until``.
    withheld
        One row per reason of `REASONS`: ``reason``, ``quotes``.
    n
        Quotes that were written down.
    needed
        Fewest families that must tell of a theme.
    """

    frame: pd.DataFrame
    withheld: pd.DataFrame
    n: Count
    needed: int
    codebook: Codebook
    reference_date: date
    evidence: Evidence
    source: str


def quotes(records: Records, stories: Stories, thresholds: Thresholds, *, seed: int) -> Quotes:
    """Choose quotes that may be shown: per theme one, and one that speaks against it where there is one.

    Parameters
    ----------
    records
        The table ``stories``.
    stories
        The codes read from it.
    thresholds
        Fewest families that must tell of a theme.
    seed
        Of the lot among approved quotes.
    """
    rows = records.frame("select * from t where told and trim(quote) <> '' order by story_id")
    rows = rows.rename(
        columns={f"quote_{name}": name for name in ("theme", "dissents", "approved_by_1", "approved_by_2")}
    )
    needed = int(thresholds.quote_families)
    families = families_telling(stories)
    rows = rows.assign(
        dissents=rows["dissents"].eq(True).fillna(False).astype(bool),
        families=[families.get(theme, 0) for theme in rows["theme"]],
        lot=np.random.default_rng(seed).permutation(len(rows)),
    )
    reasons = _reasons(rows, stories, needed)
    # One quote per family, so that no two of them can be put together.
    own = rows["family_key"].where(rows["family_key"].notna(), rows["story_id"])
    allowed = rows[reasons == ""].assign(own=own).sort_values("lot").drop_duplicates("own")
    allowed = allowed.drop_duplicates(["theme", "dissents"])
    # Somebody who speaks against a theme is shown beside another who speaks for it, never alone.
    allowed = allowed[allowed["theme"].isin(allowed.loc[allowed["dissents"].eq(False), "theme"])]
    reasons[(reasons == "") & ~rows.index.isin(allowed.index)] = "lot"
    order = {theme: place for place, theme in enumerate(stories.codebook.themes)}
    allowed = allowed.assign(place=allowed["theme"].map(order)).sort_values(["place", "dissents"])
    return Quotes(
        frame=allowed[COLUMNS].reset_index(drop=True),
        withheld=pd.DataFrame({"reason": REASONS, "quotes": [int((reasons == reason).sum()) for reason in REASONS]}),
        n=len(rows),
        needed=needed,
        codebook=stories.codebook,
        reference_date=records.reference_date,
        evidence=records.evidence,
        source=records.source,
    )


def families_telling(stories: Stories) -> dict[str, int]:
    """Return per theme the number of different families with a story in which it was found."""
    return {
        theme: len(set(stories.families[stories.found[:, place]].tolist()))
        for place, theme in enumerate(stories.codebook.themes)
    }


def _reasons(rows: pd.DataFrame, stories: Stories, needed: int) -> pd.Series:
    """First reason not to show each quote, empty for those that may be shown."""
    place = {story: at for at, story in enumerate(stories.story_ids)}
    told = {
        (story, theme)
        for story, at in place.items()
        for theme, flag in zip(stories.codebook.themes, stories.found[at], strict=True)
        if flag
    }
    reasons = []
    for row in rows.to_dict("records"):
        checks = {
            "consent": consents(row["consent_until"], stories.reference_date),
            "approval": approved(row["approved_by_1"], row["approved_by_2"]),
            "words": harmless(row["quote"]),
            "theme": (str(row["story_id"]), row["theme"]) in told,
            "families": row["families"] >= needed,
        }
        reasons.append(next((reason for reason, holds in checks.items() if not holds), ""))
    return pd.Series(reasons, rows.index, dtype=object)


def consents(until: object, day: date) -> bool:
    """Return whether consent holds on a day; none that is known does not."""
    return not pd.isna(until) and pd.Timestamp(until) >= pd.Timestamp(day)  # type: ignore[call-overload, arg-type]


def approved(first: object, second: object) -> bool:
    """Return whether two different people approved."""
    names = {name.strip().lower() for name in (first, second) if isinstance(name, str) and name.strip()}
    return len(names) == 2


def harmless(text: object) -> bool:
    """Return whether a quote holds nothing that points at somebody at first sight; people judged the rest.

    It is short, has no digit, no address and no line break, and no capital but at the start of a sentence: names,
    streets and schools have one.
    """
    if not isinstance(text, str) or not 0 < len(text.strip()) <= LONGEST or re.search(r"[\d@/\\<>\n\r]", text):
        return False
    for sentence in re.split(r"(?<=[.!?])\s+", text.strip()):
        words = re.findall(r"[^\W_]+", sentence)
        if any(word not in KNOWN_CAPITALS and word != word.lower() for word in words[1:]):
            return False
    return True
