"""The process that the synthetic registry is drawn from: every assumption, named, with its unit and reason.

No value here is a finding about Groningen. They are assumptions, chosen so that the process by itself comes near the
published aggregates while staying plausible; what remains between the two is measured, not hidden (see ``tensions``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from evaluation.snapshot import DAYS_PER_MONTH

REFERRERS = ("01", "02", "03", "04", "05", "06", "08")
"""Referrers of list COD327: municipality, general practitioner, youth doctor, GI, medical specialist, self, court."""

CERTIFIED_INSTITUTION = "04"
"""Code of the certified institutions (GI) in list COD327."""

END_REASONS = ("31", "32", "33", "34", "35")
"""List JZ588: as planned, early by client, early by provider, early by agreement, early by outside cause."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Truth:
    """Parameters of the process; the truth that an estimator run on simulated rows has to recover.

    Attributes
    ----------
    first_day, phase_2_day
        First day of the service and first day on which all seven referrers and eleven products were open (council,
        2025).
    transferred, transfer_months
        Trajectories taken over when the service opened, and the mean lag (months) with which they arrived: contracts
        with 140 providers ended, so part of 2023 is not new demand. It front-loads inflow, which the published 5.8
        months needs: under even inflow and a constant hazard the ended could average 4.9 at most.
    inflow_first, inflow_last
        New trajectories per month on the first and last day of phase 1, linear between: referrers had to find the way.
    inflow_phase_2, inflow_decline
        New trajectories per month when phase 2 opened and its relative decline per month: 161 known starts in
        12 weeks, then 377 in nine months.
    shape, scale_months
        Weibull duration: `shape` above 1 because support works towards a goal, so the hazard of ending rises;
        `scale_months` such that the mean lies near the 13 to 18 months that the two presentations together imply.
    certified_institution_effect
        Ratio of durations of GI trajectories to all others: the council was told that they are longer.
    certified_institution_share, certified_institution_ramp_months
        Share of GI among phase 2 starts once full-grown and the months it takes: "komt voorzichtig op gang".
    municipality_share_phase_1, shares_phase_2
        Share of the municipality in phase 1 (the general practitioner has the rest), and relative shares in phase 2 of
        the other six referrers in the order of ``REFERRERS`` without the GI. Not published.
    taken_over_share, taken_over_until_months, prior_months
        Share of starts in the first months that continue support begun elsewhere, until when that happens, and the mean
        time (months) they had run already: delayed entry.
    delay_early_days, delay_late_days, delay_decay_months
        Mean registration delay at the opening and in the long run (days), and how fast it falls: the council was told
        that registration improved a lot.
    wait_days
        Mean time from signal to start (days).
    dormant_share, dormant_after_days, dormant_extra_days
        Share of running trajectories without activity for more than `dormant_after_days`, and how much longer on
        average: the rival explanation of a large stock.
    activity_gap_days
        Mean time since the last activity in all other cases (days).
    reason_shares
        Shares of ``END_REASONS`` among the ended, independent of duration.
    reason_unknown_early, reason_unknown_late, reason_unknown_decay_months, reason_unknown_team_spread
        Share of ends without a reason at the opening and in the long run, its pace, and the log spread between teams.
    trajectories_per_client, third_share
        Trajectories per client, near 1,273 / 1,153, and the share of repeats that come in threes.
    clients_per_family
        Clients per family: siblings.
    hours_early, hours_late, hours_months
        Direct hours per trajectory-month in the beginning, after `hours_months` and later; linear between (10, then 9
        to 10, published; both a little higher here, because months of dormant trajectories have none).
    hours_trajectory_cv, hours_month_cv
        Coefficients of variation of hours between trajectories and between months of one trajectory.
    indirect_share
        Indirect hours per direct hour.
    pilot_shape, pilot_scale_months, pilot_hours, pilot_hours_cv
        Weibull duration (months) of family support, mean and coefficient of variation of hours per family. The source
        of the hours prints no time unit.
    """

    first_day: date = date(2023, 1, 1)
    phase_2_day: date = date(2024, 1, 1)
    transferred: float = 200.0
    transfer_months: float = 0.7
    inflow_first: float = 40.0
    inflow_last: float = 113.0
    inflow_phase_2: float = 73.0
    inflow_decline: float = 0.09
    shape: float = 1.3
    scale_months: float = 16.0
    certified_institution_effect: float = 1.5
    certified_institution_share: float = 0.18
    certified_institution_ramp_months: float = 6.0
    municipality_share_phase_1: float = 0.6
    shares_phase_2: tuple[float, ...] = (0.45, 0.33, 0.06, 0.04, 0.07, 0.05)
    taken_over_share: float = 0.35
    taken_over_until_months: float = 3.0
    prior_months: float = 6.0
    delay_early_days: float = 40.0
    delay_late_days: float = 8.0
    delay_decay_months: float = 6.0
    wait_days: float = 24.0
    dormant_share: float = 0.08
    dormant_after_days: int = 90
    dormant_extra_days: float = 60.0
    activity_gap_days: float = 9.0
    reason_shares: tuple[float, ...] = (0.58, 0.14, 0.05, 0.16, 0.07)
    reason_unknown_early: float = 0.35
    reason_unknown_late: float = 0.06
    reason_unknown_decay_months: float = 9.0
    reason_unknown_team_spread: float = 0.5
    trajectories_per_client: float = 1.104
    third_share: float = 0.1
    clients_per_family: float = 1.12
    hours_early: float = 10.6
    hours_late: float = 9.3
    hours_months: float = 18.0
    hours_trajectory_cv: float = 0.5
    hours_month_cv: float = 0.4
    indirect_share: float = 0.35
    pilot_shape: float = 1.3
    pilot_scale_months: float = 10.0
    pilot_hours: float = 4.2
    pilot_hours_cv: float = 0.35

    def scale(self, referrer: str) -> float:
        """Return the Weibull scale (months) of trajectories by a referrer."""
        if referrer not in REFERRERS:
            raise ValueError(f"unknown referrer {referrer!r}; known are {', '.join(REFERRERS)}")
        return self.scale_months * (self.certified_institution_effect if referrer == CERTIFIED_INSTITUTION else 1.0)

    def scales(self) -> Floats:
        """Return the Weibull scales (months) in the order of ``REFERRERS``."""
        return np.array([self.scale(code) for code in REFERRERS])

    def survival(self, months: ArrayLike, referrer: str) -> Floats:
        """Return the true share of trajectories that last longer than `months` since their original start."""
        return np.asarray(np.exp(-self.cumulative_hazard(np.asarray(months, float), self.scale(referrer))))

    def median_months(self, referrer: str) -> float:
        """Return the true median duration (months): scale times (ln 2) to the power 1 / shape."""
        return self.scale(referrer) * float(math.log(2) ** (1 / self.shape))

    def mean_months(self, referrer: str) -> float:
        """Return the true mean duration (months): scale times gamma(1 + 1 / shape)."""
        return self.scale(referrer) * math.gamma(1 + 1 / self.shape)

    def restricted_mean(self, months: float, referrer: str) -> float:
        """Return the true mean duration (months) restricted to a horizon.

        The integral of exp(-(t / scale) ** shape) to the horizon h is the mean times the regularised lower incomplete
        gamma function with parameter 1 / shape at (h / scale) ** shape.
        """
        reached = float(special.gammainc(1 / self.shape, (months / self.scale(referrer)) ** self.shape))
        return self.mean_months(referrer) * reached

    def cumulative_hazard(self, months: Floats, scale: Floats | float) -> Floats:
        """Return the Weibull cumulative hazard at an age in months."""
        return weibull_hazard(months, self.shape, scale)

    def age_at_hazard(self, hazard: Floats, scale: Floats | float) -> Floats:
        """Return the age (months) at which the cumulative hazard reaches a value; inverse of ``cumulative_hazard``."""
        return weibull_age(hazard, self.shape, scale)

    def delay_mean(self, day: Ints) -> Floats:
        """Return the mean registration delay (days) of what happened on a day, counted from `first_day`."""
        extra = self.delay_early_days - self.delay_late_days
        age = np.maximum(day, 0) / DAYS_PER_MONTH / self.delay_decay_months
        return np.asarray(self.delay_late_days + extra * np.exp(-age))

    def day(self, on: date) -> int:
        """Return a date as a number of days since `first_day`."""
        return (on - self.first_day).days


def weibull_hazard(age: Floats, shape: float, scale: Floats | float) -> Floats:
    """Return the cumulative hazard at an age: (age / scale) ** shape."""
    return np.asarray((age / scale) ** shape)


def weibull_age(hazard: Floats, shape: float, scale: Floats | float) -> Floats:
    """Return the age at which the cumulative hazard reaches a value; inverse of ``weibull_hazard``."""
    return np.asarray(scale * hazard ** (1 / shape))


DEFAULT_TRUTH = Truth()
"""The process of the default registry."""
