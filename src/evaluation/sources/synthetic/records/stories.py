"""Invented stories: who was asked, what two readers found in them, and a few invented quotes.

Nothing of this was published; every number at the top is made up. Families of the invented registry are asked in two
rounds, brothers and sisters together more often than chance would. What a story tells is drawn per theme and partly
shared within a family; each reader then misses some of it and finds some that is not there. Codes only, apart from a
dozen neutral sentences that no family ever said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.sources.synthetic.records.core import Core

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class StoryTruth:
    """What the invented stories are drawn from.

    Attributes
    ----------
    rounds
        First day and length in days of each round of asking, and the families asked in it.
    siblings
        Share of the asked families in which two are asked.
    told, declined
        Chances to tell and to decline; the rest does not answer.
    consent_months, consent_chances
        How long consent lasts.
    without_consent
        Share of tellers whose consent was not written down.
    prevalence
        Share of stories that tell of each theme.
    shared
        Chance that a story has what its family has, instead of something of its own; two stories of one family then
        correlate by its square.
    sensitivity, specificity
        Of the two readers, the same for each theme.
    unread, read_once
        Shares of stories read by nobody, and by the first reader only.
    quoted
        Share of the stories from which a quote was written down.
    """

    rounds: tuple[tuple[date, int, int], ...] = ((date(2024, 1, 10), 24, 36), (date(2024, 8, 26), 50, 40))
    siblings: float = 0.22
    told: float = 0.68
    declined: float = 0.2
    consent_months: tuple[int, ...] = (6, 12, 24, 36)
    consent_chances: tuple[float, ...] = (0.15, 0.3, 0.35, 0.2)
    without_consent: float = 0.03
    prevalence: Mapping[str, float] = field(
        default_factory=lambda: {
            "faster_help": 0.4,
            "waiting": 0.3,
            "fixed_face": 0.45,
            "being_heard": 0.6,
            "present_at_peaks": 0.18,
            "daily_structure": 0.35,
            "own_control": 0.42,
            "dependence": 0.15,
            "own_network": 0.25,
            "cooperation": 0.33,
            "bureaucracy": 0.22,
            "other": 0.08,
        }
    )
    shared: float = 0.7
    sensitivity: tuple[float, float] = (0.9, 0.86)
    specificity: tuple[float, float] = (0.97, 0.95)
    unread: float = 0.03
    read_once: float = 0.07
    quoted: float = 0.6


TRUTH = StoryTruth()
REVIEWERS = ("R1", "R2", "R3")
# Theme -> a sentence that goes along with it, and one that speaks against it; invented, nobody said them.
SENTENCES = {
    "faster_help": ("Binnen een paar dagen zat er iemand aan tafel.", "Voor ons ging het juist langzaam."),
    "waiting": ("We wisten lang niet wanneer het zou beginnen.", "Van wachten hebben wij niets gemerkt."),
    "fixed_face": ("Steeds dezelfde persoon, dat gaf rust.", "Er kwam telkens iemand anders."),
    "being_heard": ("Er werd echt doorgevraagd naar hoe het ging.", "Ik had het gevoel dat er al een plan lag."),
    "daily_structure": ("De ochtenden lopen nu vanzelf.", "Thuis is de dag nog even druk als eerst."),
    "own_control": ("We kozen zelf waar we aan werkten.", "Er werd veel voor ons beslist."),
    "cooperation": ("School wist wat er thuis speelde.", "Iedereen vroeg ons opnieuw hetzelfde."),
}


def draw_stories(core: Core, rng: np.random.Generator) -> Mapping[str, pd.DataFrame]:
    """Return the table ``stories``."""
    asked = _asked(core, rng)
    n = len(asked)
    answer = rng.choice(
        ["told", "declined", "none"], n, p=[TRUTH.told, TRUTH.declined, 1 - TRUTH.told - TRUTH.declined]
    )
    told = answer == "told"
    rows = asked.assign(
        story_id=[f"V{number:05d}" for number in range(1, n + 1)],
        told=pd.Series(np.where(answer == "none", None, told), dtype=object),
        collected_on=asked["asked_on"] + pd.to_timedelta(rng.integers(2, 26, n), "D"),
    )
    rows["collected_on"] = rows["collected_on"].where(answer != "none")
    months = rng.choice(TRUTH.consent_months, n, p=TRUTH.consent_chances)
    until = [day + pd.DateOffset(months=int(m)) for day, m in zip(rows["collected_on"], months, strict=True)]
    consented = told & (rng.random(n) >= TRUTH.without_consent)
    rows["consent_until"] = pd.to_datetime(pd.Series(until)).where(consented)
    rows["text"] = pd.Series("Verzonnen verhaal, alleen om te laten zien hoe dit werkt.", rows.index).where(told)
    rows = _coded(rows, told, rng)
    return {"stories": _known(rows, core.observed_until)}


def _asked(core: Core, rng: np.random.Generator) -> pd.DataFrame:
    """One row per person asked: ``client_key``, ``family_key``, ``asked_on``, ``stratum``; no family twice."""
    trajectories = core.trajectories.dropna(subset=["client_key", "family_key"])
    used: set[str] = set()
    rows = []
    for first, days, families in TRUTH.rounds:
        day = pd.Timestamp(first)
        known = trajectories[(trajectories["registered_on"] < day) & ~trajectories["family_key"].isin(used)]
        running = set(known.loc[known["end_date"].isna() | (known["end_date"] > day), "client_key"])
        members = {str(family): sorted(set(part)) for family, part in known.groupby("family_key")["client_key"]}
        several = [family for family, part in members.items() if len(part) > 1]
        single = [family for family, part in members.items() if len(part) == 1]
        pairs = min(round(TRUTH.siblings * families), len(several))
        chosen = [*_some(several, pairs, rng), *_some(single, families - pairs, rng)]
        used |= set(chosen)
        for family in chosen:
            on = day + pd.Timedelta(days=int(rng.integers(0, days)))
            for client in members[family][:2]:
                stratum = "running" if client in running else "ended"
                rows.append((client, family, on, stratum))
    frame = pd.DataFrame(rows, columns=["client_key", "family_key", "asked_on", "stratum"])
    return frame.sort_values(["asked_on", "client_key"], ignore_index=True)


def _some(names: list[str], size: int, rng: np.random.Generator) -> list[str]:
    return [names[place] for place in rng.choice(len(names), min(size, len(names)), replace=False)] if names else []


def _coded(rows: pd.DataFrame, told: Flags, rng: np.random.Generator) -> pd.DataFrame:
    """Add the codes of both readers, and quotes with their approvals."""
    themes = list(TRUTH.prevalence)
    has = _themes_told(rows["family_key"], rng)
    read = rng.random(len(rows))
    for reader, column in enumerate(("coder_1", "coder_2")):
        right = rng.random(has.shape) < np.where(has, TRUTH.sensitivity[reader], TRUTH.specificity[reader])
        codes = [";".join(np.array(themes)[flags]) or "none" for flags in has == right]
        skipped = read < TRUTH.unread + (TRUTH.read_once if reader else 0)
        rows[column] = pd.Series(codes, dtype=object).where(told & ~skipped)
    rows["coded_on"] = (rows["collected_on"] + pd.to_timedelta(rng.integers(3, 15, len(rows)), "D")).where(
        told & (read >= TRUTH.unread)
    )
    return _quoted(rows, has, told, rng)


def _themes_told(families: pd.Series, rng: np.random.Generator) -> Flags:
    """Stories x themes, partly the same within a family."""
    shares = np.array(list(TRUTH.prevalence.values()))
    place, names = pd.factorize(families)
    of_family = rng.random((len(names), len(shares))) < shares
    own = rng.random((len(families), len(shares))) < shares
    has: Flags = np.where(rng.random(own.shape) < TRUTH.shared, of_family[place], own)
    return has


def _quoted(rows: pd.DataFrame, has: Flags, told: Flags, rng: np.random.Generator) -> pd.DataFrame:
    """Add quotes on one theme of a story, most of them approved by two people."""
    themes = list(TRUTH.prevalence)
    columns: dict[str, list[object]] = {
        name: [] for name in ("quote", "quote_theme", "quote_dissents", "quote_approved_by_1", "quote_approved_by_2")
    }
    for flags, spoke in zip(has, told, strict=True):
        possible = [theme for theme, flag in zip(themes, flags, strict=True) if flag and theme in SENTENCES]
        drawn, dissents, approval = rng.random(), bool(rng.random() < 0.3), rng.random()
        pick, first, step = rng.integers(0, max(len(possible), 1)), rng.integers(0, 3), rng.integers(1, 3)
        quoted = bool(spoke and possible and drawn < TRUTH.quoted)
        theme = possible[pick] if quoted else None
        second = REVIEWERS[(first + step) % 3] if approval < 0.75 else REVIEWERS[first] if approval < 0.85 else None
        row = (SENTENCES[theme][int(dissents)] if theme else None, theme, dissents, REVIEWERS[first], second)
        for column, value in zip(columns.values(), row, strict=True):
            column.append(value if quoted else None)
    rows = rows.assign(**{name: pd.Series(values, rows.index, dtype=object) for name, values in columns.items()})
    rows["quote_approved_on"] = (rows["coded_on"] + pd.Timedelta(days=7)).where(rows["quote"].notna())
    return rows


def _known(rows: pd.DataFrame, until: date) -> pd.DataFrame:
    """Leave out what lies after the last day of the registry."""
    last = pd.Timestamp(until)
    rows = rows[rows["asked_on"] <= last].reset_index(drop=True)
    later = {
        "collected_on": ("told", "consent_until", "text"),
        "coded_on": ("coder_1", "coder_2"),
        "quote_approved_on": (
            "quote",
            "quote_theme",
            "quote_dissents",
            "quote_approved_by_1",
            "quote_approved_by_2",
        ),
    }
    for day, columns in later.items():
        unknown = rows[day] > last
        for column in (day, *columns):
            rows[column] = rows[column].where(~unknown)
    return rows
