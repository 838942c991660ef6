"""Cumulative incidence with competing events, of weighted spells with delayed entry.

The share that has met an event by an age, while the other events are in the way: one less Kaplan-Meier of one cause
alone would say what share met it if the other causes did not exist, and is too high. statsmodels'
``CumIncidenceRight`` knows no entry times and gives no error with weights, so the estimator of Aalen and Johansen
(1978) is computed here on counts; a test holds it against statsmodels on rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.measures.kaplan_meier import UNKNOWN, Estimate, Z
from evaluation.measures.spells import Floats, at_risk, follow_up_days


@dataclass(frozen=True)
class CumulativeIncidence:
    """Share that has met each cause by an age in days.

    Attributes
    ----------
    causes
        Names, in the order of the rows of `share`, `variance` and `events`.
    days
        Ages at which any event happened.
    share, variance
        One row per cause, one column per age.
    events
        Number of events, shaped alike.
    follow_up
        Highest age seen; None when nothing was seen from birth on.
    """

    causes: tuple[str, ...]
    days: Floats
    share: Floats
    variance: Floats
    events: Floats
    follow_up: int | None

    def share_by(self, cause: str, days: float) -> Estimate:
        """Return the share by an age, with the log-log interval F^exp(+-z se / (F log F)) (Kalbfleisch and Prentice).

        A share of 0 or 1 has no interval; an age beyond follow-up has no share.
        """
        if self.follow_up is None or days > self.follow_up:
            return UNKNOWN
        position = int(np.searchsorted(self.days, days, side="right")) - 1
        if position < 0 or cause not in self.causes:
            return Estimate(0.0, None, None)
        row = self.causes.index(cause)
        share, error = float(self.share[row, position]), float(np.sqrt(self.variance[row, position]))
        if not 0 < share < 1:
            return Estimate(share, None, None)
        spread = float(np.exp(Z * error / (share * -np.log(share))))
        return Estimate(share, share**spread, share ** (1 / spread), error)


def aalen_johansen(frame: pd.DataFrame) -> CumulativeIncidence:
    """Estimate the cumulative incidence of every cause.

    Parameters
    ----------
    frame
        Columns ``entry_days``, ``exit_days``, ``n`` and ``cause`` (str; null where censored). A spell is at risk from
        its entry up to and including its exit.
    """
    met = frame[frame["cause"].notna()]
    causes = tuple(sorted(set(met["cause"])))
    reach = follow_up_days(frame)
    days = np.unique(met["exit_days"].to_numpy(float))
    days = days[:0] if reach is None else days[days <= reach]
    events = np.array([_events(met[met["cause"] == cause], days) for cause in causes]).reshape(len(causes), len(days))
    n = at_risk(frame, days)
    after = np.cumprod(1 - events.sum(axis=0) / n)
    before = np.concatenate([[1.0], after])[: len(days)]
    share = np.cumsum(before * events / n, axis=1)
    return CumulativeIncidence(causes, days, share, _variance(share, events, n, before), events, reach)


def _variance(share: Floats, events: Floats, n: Floats, before: Floats) -> Floats:
    """Variance of the cumulative incidence by the delta method (Marubini and Valsecchi 1995, 10.3).

    Var F_k(t) = sum over ages s up to t of (F_k(t) - F_k(s))^2 d / (n (n - d)) + S(s-)^2 d_k (n - d_k) / n^3
    - 2 (F_k(t) - F_k(s)) S(s-) d_k / n^2, with d events of any cause and d_k of this one.
    """
    died = events.sum(axis=0)
    # Where everybody at risk has an event the curve stands still afterwards, and the term is 0.
    any_cause = np.divide(died, n * (n - died), out=np.zeros_like(n), where=died < n)
    own = before**2 * events * (n - events) / n**3
    cross = before * events / n**2
    return np.asarray(
        share**2 * np.cumsum(any_cause)
        - 2 * share * np.cumsum(share * any_cause, axis=1)
        + np.cumsum(share**2 * any_cause, axis=1)
        + np.cumsum(own, axis=1)
        - 2 * share * np.cumsum(cross, axis=1)
        + 2 * np.cumsum(share * cross, axis=1)
    ).clip(min=0)


def _events(met: pd.DataFrame, days: Floats) -> Floats:
    kept = met[met["exit_days"].isin(days)]
    position = np.searchsorted(days, kept["exit_days"].to_numpy(float))
    return np.bincount(position, weights=kept["n"].to_numpy(float), minlength=len(days)).astype(float)
