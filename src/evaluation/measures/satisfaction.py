"""The share of satisfied clients: among those who answered, and among all who were asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact
from statsmodels.stats.proportion import confint_proportions_2indep

from evaluation.evidence import Estimate, Evidence, Mark, Measure, any_withheld
from evaluation.measures.invitations import EARLY, LATE, Invitations
from evaluation.measures.nonresponse import NO_ASSUMPTION, Region, identified_region
from evaluation.measures.shares import CONFIDENCE, Shares

LADDER = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, NO_ASSUMPTION)
ENDS = ("low", "high", "ci_low", "ci_high")


@dataclass(frozen=True)
class Satisfaction:
    """Satisfied clients, with what those who did not answer leave open.

    Attributes
    ----------
    invited
        Answered among invited.
    satisfied
        Satisfied among those whose answer has a score; all others who were invited are unknown.
    ladder
        Columns ``difference`` (how far the share among those without a score may lie from that among the others; 1 is
        no assumption), ``low``, ``high`` (bounds), ``ci_low``, ``ci_high`` (interval of Imbens and Manski). Null where
        nobody answered, except that without assumptions anything is possible then.
    score_from
        Score, in points, from which a client counts as satisfied.
    difference
        The difference that the chapter asks for, one of the ladder.
    known_truth
        Share that an invented registry was drawn with, None for any other.
    """

    invited: Shares
    satisfied: Shares
    ladder: pd.DataFrame
    score_from: float
    difference: float
    known_truth: float | None
    delivered: bool
    since: date
    reference_date: date
    evidence: Evidence

    def region(self, difference: float) -> pd.Series:
        """The row of the ladder for a difference."""
        return self.ladder[self.ladder["difference"] == difference].iloc[0]

    @property
    def widest(self) -> pd.Series:
        """The row without assumptions."""
        return self.ladder.iloc[-1]

    @property
    def least_width(self) -> Estimate:
        """How far the bounds without assumptions are apart: the share of the invitations without a score.

        That is known also where the number of satisfied clients is withheld.
        """
        scored, invited = self.satisfied.whole["n"], self.invited.whole["n"]
        if any_withheld(scored, invited):
            return scored if isinstance(scored, Mark) else invited
        return 1 - scored / invited if invited else None

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        own = self.satisfied.measure("experience.satisfied_among_respondents")
        ends = [self._bound(name, own) for name in ("low", "high")]
        return (own, *ends)

    def _bound(self, end: str, own: Measure) -> Measure:
        value = self.widest[end]
        return Measure(
            id=f"experience.satisfied_bound_{end}",
            estimate=value if isinstance(value, Mark) or value is None else float(value),
            unit="share",
            method="bounds without assumptions on those who did not answer (Manski)",
            period=own.period,
            n=self.invited.whole["n"] if isinstance(self.invited.whole["n"], Mark) else int(self.invited.whole["n"]),
            evidence=self.evidence,
            sources=own.sources,
        )


def satisfaction(
    invited: Invitations, score_from: float, difference: float, known_truth: float | None = None
) -> Satisfaction:
    """Compute the share of satisfied clients with its bounds.

    Parameters
    ----------
    invited
        Invitations of the period.
    score_from
        Score, in points, from which a client counts as satisfied.
    difference
        How far those who did not answer may differ from those who did, a share.
    known_truth
        Share that an invented registry was drawn with.
    """
    units = scored(invited, score_from)
    every = invited.frame.assign(has=invited.frame["answered"].astype(object))
    return with_bounds(
        Satisfaction(
            invited=invited.shares(every, "answered", "invited"),
            satisfied=invited.shares(units, "satisfied", "scores"),
            ladder=pd.DataFrame(),
            score_from=score_from,
            difference=difference,
            known_truth=known_truth,
            delivered=invited.delivered,
            since=invited.since,
            reference_date=invited.reference_date,
            evidence=invited.evidence,
        )
    )


def scored(invited: Invitations, score_from: float, column: str = "score") -> pd.DataFrame:
    """Return the invitations with ``has``: whether the score reaches a value, null without a score."""
    rows = invited.frame
    return rows.assign(has=(rows[column] >= score_from).astype(object).where(rows[column].notna(), None))


def with_bounds(found: Satisfaction) -> Satisfaction:
    """Return it with the ladder that follows from its counts; what is withheld stays so."""
    values: dict[str, Any] = {name: getattr(found, name) for name in found.__dataclass_fields__}
    count, answered = found.satisfied.whole["count"], found.satisfied.whole["n"]
    asked = found.invited.whole["n"]
    rows = []
    for difference in sorted({*LADDER, found.difference}):
        ends: tuple[Estimate, ...]
        if any_withheld(count, answered, asked):
            ends = (next(value for value in (count, answered, asked) if isinstance(value, Mark)),) * 4
        elif answered:
            region = identified_region(int(count), int(answered), int(asked), CONFIDENCE, difference)
            ends = (region.low, region.high, region.ci_low, region.ci_high)
        else:
            anything = Region(0.0, 1.0, 0.0, 1.0)
            nothing = difference < NO_ASSUMPTION or not asked
            ends = (None,) * 4 if nothing else tuple(getattr(anything, end) for end in ENDS)
        rows.append((difference, *ends))
    ladder = pd.DataFrame(rows, columns=["difference", *ENDS], dtype=object).astype({"difference": float})
    return Satisfaction(**{**values, "ladder": ladder})


@dataclass(frozen=True)
class Resistance:
    """Early against late answers, and early against late waves: whether those harder to reach differ.

    Attributes
    ----------
    parts
        Satisfied among those with a score, by ``moment`` and by ``half`` of the waves, groups ``early`` and ``late``.
    contrasts
        Columns ``dimension``, ``early``, ``late`` (shares), ``difference`` (late less early) with ``ci_low``,
        ``ci_high`` (Newcombe) and ``p_value`` (Fisher, exact); null where one of the groups is empty.
    """

    parts: tuple[Shares, ...]
    contrasts: pd.DataFrame
    delivered: bool
    since: date
    reference_date: date
    evidence: Evidence


def resistance(invited: Invitations, score_from: float) -> Resistance:
    """Compare early with late answers (Lin and Schaeffer 1995, Public Opinion Quarterly 59(2); Groves 2006, 70(5)).

    Parameters
    ----------
    invited
        Invitations of the period.
    score_from
        Score, in points, from which a client counts as satisfied.
    """
    units = scored(invited, score_from)
    parts = tuple(invited.shares(units, "satisfied", "scores", name, EARLY, LATE) for name in ("moment", "half"))
    return Resistance(
        parts, contrasts_of(parts), invited.delivered, invited.since, invited.reference_date, invited.evidence
    )


def contrasts_of(parts: tuple[Shares, ...]) -> pd.DataFrame:
    """Return the contrast of late with early for each of the parts, as far as their counts are shown."""
    columns = ["dimension", "early", "late", "difference", "ci_low", "ci_high", "p_value"]
    return pd.DataFrame([(part.dimension, *_contrast(part)) for part in parts], columns=columns, dtype=object)


def _contrast(part: Shares) -> tuple[Estimate, ...]:
    groups = [part.of_group(name) for name in (EARLY, LATE)]
    counts = [(0, 0) if row is None else (row["count"], row["n"]) for row in groups]
    mark = next((value for pair in counts for value in pair if isinstance(value, Mark)), None)
    shares = [None if row is None else row["share"] for row in groups]
    if mark is not None:
        return (*shares, mark, mark, mark, mark)
    (early, n_early), (late, n_late) = ((int(count), int(n)) for count, n in counts)
    if not n_early or not n_late:
        return (*shares, None, None, None, None)
    low, high = confint_proportions_2indep(
        late, n_late, early, n_early, compare="diff", method="newcomb", alpha=1 - CONFIDENCE
    )
    table = np.array([[late, n_late - late], [early, n_early - early]])
    return (
        *shares,
        late / n_late - early / n_early,
        float(low),
        float(high),
        float(fisher_exact(table).pvalue),
    )
