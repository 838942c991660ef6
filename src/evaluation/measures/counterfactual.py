"""What a municipality would have spent if it had gone on like other municipalities, and how sure anyone can be of that.

The comparator is always named: the weighted mean of other large municipalities that came closest to it before. For
Groningen that is not "without BJH"; it is "like those others", and other things that happened there only are in the
gap too. Elsewhere no BJH began, and the gap from that year on shows what such gaps amount to.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.evidence import Evidence, Measure
from evaluation.measures.benchmark import GRONINGEN, Scope
from evaluation.measures.jumps import LARGEST_CHANGE, Jumps, jumps_before, named, without
from evaluation.measures.panel import Panel
from evaluation.measures.permutation import critical_effect, rank_from_largest, smallest_detectable_effect
from evaluation.measures.synthetic_control import SyntheticFit, placebos, synthetic_control

BJH_YEAR = 2023  # BJH began on 1 January of it
MERGER_YEAR = 2019  # first year with Haren and Ten Boer
VISIBLE_WEIGHT = 0.005
# A donor whose fit before is much worse says little about noise: Abadie et al. (2010) leave out those with more than
# twenty times the mean squared error of the treated unit.
COMPARABLE_MSPE = 20.0


@dataclass(frozen=True)
class Counterfactual:
    """A municipality against its synthetic control in one scope; amounts in nominal euros per inhabitant.

    Attributes
    ----------
    municipality, is_groningen
        Its name, and whether it is the one where BJH began.
    path
        One row per year: ``year``, ``actual``, ``synthetic``, ``gap``; ``placebo_low`` and ``placebo_high``, the band
        in which the gaps of the comparable placebos lie but for a share of `significance_level`; ``expected_low`` and
        ``expected_high``, that band around the synthetic control.
    effects
        One row per year from the change on: ``year``, ``effect``, ``effect_share`` of the synthetic control,
        ``effect_eur_million``.
    weights
        ``municipality``, ``weight``; weights below half a percent are left out.
    placebos
        One row per municipality, this one included: ``municipality``, ``rmspe_before``, ``rmspe_after``, ``ratio``,
        ``effect``, ``comparable``, ``is_own``; largest ratio first.
    placebo_gaps
        Gap by ``municipality`` and ``year`` of the comparable placebos.
    mean_error_before
        Mean of the absolute gaps before the change: how far the mix was off when nothing had begun.
    effect
        Mean gap over the years from the change on.
    rank, n_ranked, p_value
        Place of its ratio of root mean squared prediction errors among all municipalities, 1 for the largest;
        how many there are; and rank over that number, the permutation p-value.
    best_rank
        The best rank that it could have had: another municipality that its mix fits exactly has an infinite ratio.
    effect_p_value, n_comparable
        The same for the size of the mean gap, among itself and the comparable placebos; their number.
    critical_effect, smallest_detectable_effect
        Mean gap that the permutation test would have called unusual, and the true effect that it would have found in
        four of five cases; None when no effect could, because there are too few placebos.
    smallest_detectable_eur_million
        The latter for all its inhabitants in the last year.
    leave_one_out
        ``left_out``, ``effect``, ``rmspe_before``: without each donor of weight in turn.
    fake
        ``year``, ``gap`` under a fake start before the real one, all years before the real start.
    fake_year, fake_effect, fake_rank
        Start of it, mean gap from there to the real start, and rank of its ratio.
    jumps
        Municipalities whose spending jumped before the change.
    by_jumps
        ``left_out``, a tuple of names; ``effect``, the gap in the last year; ``mean_error_before``: without nobody,
        each of the others that jumped alone, and all of them.
    without_jumps
        The same comparison without all of the others that jumped; None when none did.
    since_merger
        Effect when only years after the merger of Groningen are used to fit; None elsewhere, or when there are fewer
        than two.
    """

    scope: Scope
    municipality: str
    is_groningen: bool
    start_year: int
    change_year: int
    final_year: int
    significance_level: float
    path: pd.DataFrame
    effects: pd.DataFrame
    weights: pd.DataFrame
    placebos: pd.DataFrame
    placebo_gaps: pd.DataFrame
    rmspe_before: float
    mean_error_before: float
    effect: float
    rank: int
    n_ranked: int
    best_rank: int
    p_value: float
    effect_p_value: float
    n_comparable: int
    critical_effect: float | None
    smallest_detectable_effect: float | None
    smallest_detectable_eur_million: float | None
    leave_one_out: pd.DataFrame
    fake: pd.DataFrame
    fake_year: int
    fake_effect: float
    fake_rank: int
    jumps: Jumps
    by_jumps: pd.DataFrame
    without_jumps: Counterfactual | None
    since_merger: float | None
    left_out: Mapping[str, tuple[int, ...]]

    @property
    def evidence(self) -> Evidence:
        """Public statistics."""
        return Evidence.BENCHMARK

    @property
    def found(self) -> bool:
        """Whether the gap is unusual: by its ratio, or by its size where exact fits keep the ratio from telling."""
        telling = self.best_rank / self.n_ranked <= self.significance_level
        return (self.p_value if telling else self.effect_p_value) <= self.significance_level

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``, with scope and year in the id."""
        fitted = f"synthetic control fitted on {self.start_year}-{self.change_year - 1}, placebos over all donors"
        effects = [
            self._measure(
                f"effect_{self.scope}_{row['year']}", row["effect"], "eur_per_inhabitant", str(row["year"]), fitted
            )
            for row in self.effects.to_dict("records")
        ]
        period = f"{self.change_year}/{self.final_year}"
        return (
            *effects,
            *self._measures_without_jumps(),
            self._measure(
                f"error_before_{self.scope}",
                self.mean_error_before,
                "eur_per_inhabitant",
                f"{self.start_year}/{self.change_year - 1}",
                "mean absolute gap with the mix before the change",
            ),
            self._measure(
                f"placebo_rank_{self.scope}",
                self.rank,
                "rank",
                period,
                "place of the error after the change over the error before, largest first",
                n=self.n_ranked,
            ),
            self._measure(
                f"smallest_detectable_effect_{self.scope}",
                self.smallest_detectable_effect,
                "eur_per_inhabitant",
                period,
                "smallest difference that stands out in four of five cases, added to those of the other municipalities",
            ),
        )

    def _measures_without_jumps(self) -> tuple[Measure, ...]:
        if self.without_jumps is None:
            return ()
        fitted = (
            f"synthetic control fitted on {self.start_year}-{self.change_year - 1} without those that changed by more "
            f"than {self.jumps.largest_change:g} in one year"
        )
        return tuple(
            self._measure(
                f"effect_without_jumps_{self.scope}_{row['year']}",
                row["effect"],
                "eur_per_inhabitant",
                str(row["year"]),
                fitted,
                n=self.without_jumps.n_ranked - 1,
            )
            for row in self.without_jumps.effects.to_dict("records")
        )

    def _measure(
        self, name: str, value: float | None, unit: str, period: str, method: str, *, n: int | None = None
    ) -> Measure:
        return Measure(
            id=f"counterfactual.{name}",
            estimate=value,
            unit=unit,
            method=method,
            period=period,
            n=n if n is not None else self.n_ranked - 1,
            n_missing=len(self.left_out),
            evidence=self.evidence,
            sources=("iv3_municipalities",),
        )


def counterfactual(
    panel: Panel,
    *,
    scope: Scope,
    fake_year: int,
    significance_level: float,
    largest_change: float = LARGEST_CHANGE,
    change_year: int = BJH_YEAR,
) -> Counterfactual:
    """Compare a municipality with its synthetic control, and that gap with the gaps of all other municipalities.

    Estimand: expenditure per inhabitant in each year from the change on, less what the weighted donors spent. No
    sampling error applies; the yardstick is the permutation distribution over municipalities, of which it is one
    (Abadie et al. 2010; Abadie 2021, J. Econ. Lit. 59: 391-425).

    Parameters
    ----------
    panel
        Outcome per municipality and year.
    scope
        With or without task field 6.2.
    fake_year
        Start of the fake change, before the real one.
    significance_level
        Share of the permutation test.
    largest_change
        Largest change in one year before that passes for care; municipalities with a larger one are also left out.
    change_year
        First year with the change.
    """
    values = panel.outcome
    own = synthetic_control(values, panel.treated, change_year, panel.donors)
    others = placebos(values, panel.treated, change_year)
    # A perfect fit before makes every ratio infinite; then no placebo is set aside for fitting worse.
    limit = math.sqrt(COMPARABLE_MSPE) * own.rmspe_before or math.inf
    near = {unit: fit for unit, fit in others.items() if fit.rmspe_before <= limit}
    rank = rank_from_largest(own.ratio, (fit.ratio for fit in others.values()))
    effects = [fit.effect for fit in near.values()]
    critical = critical_effect(effects, significance_level)
    detectable = smallest_detectable_effect(effects, critical)
    inhabitants = float(panel.population.loc[values.index.max()])
    fake_values = values.loc[: change_year - 1]
    fake = synthetic_control(fake_values, panel.treated, fake_year, panel.donors)
    fake_others = placebos(fake_values, panel.treated, fake_year)
    jumps = jumps_before(panel, change_year=change_year, largest_change=largest_change)
    steady = (
        counterfactual(
            without(panel, jumps.others),
            scope=scope,
            fake_year=fake_year,
            significance_level=significance_level,
            largest_change=largest_change,
            change_year=change_year,
        )
        if jumps.others
        else None
    )
    return Counterfactual(
        scope=scope,
        municipality=panel.names[panel.treated],
        is_groningen=panel.treated == GRONINGEN,
        start_year=int(values.index.min()),
        change_year=change_year,
        final_year=int(values.index.max()),
        significance_level=significance_level,
        path=_path(values[panel.treated], own, near, significance_level),
        effects=_effects(own, change_year, panel.population),
        weights=_weights(own, panel.names),
        placebos=_placebo_table(panel, own, others, near),
        placebo_gaps=_gaps(near, panel.names),
        rmspe_before=own.rmspe_before,
        mean_error_before=_mean_error(own, change_year),
        effect=own.effect,
        rank=rank,
        n_ranked=len(others) + 1,
        best_rank=1 + sum(math.isinf(fit.ratio) for fit in others.values()),
        p_value=rank / (len(others) + 1),
        effect_p_value=rank_from_largest(abs(own.effect), map(abs, effects)) / (len(near) + 1),
        n_comparable=len(near),
        critical_effect=critical,
        smallest_detectable_effect=detectable,
        smallest_detectable_eur_million=None if detectable is None else detectable * inhabitants / 1e6,
        leave_one_out=_leave_one_out(panel, own, change_year),
        fake=pd.DataFrame({"year": fake.gap.index, "gap": fake.gap.to_numpy()}),
        fake_year=fake_year,
        fake_effect=fake.effect,
        fake_rank=rank_from_largest(fake.ratio, (fit.ratio for fit in fake_others.values())),
        jumps=jumps,
        by_jumps=_by_jumps(panel, jumps),
        without_jumps=steady,
        since_merger=_since_merger(panel, change_year),
        left_out=panel.left_out,
    )


def _path(
    actual: pd.Series[float], own: SyntheticFit, near: Mapping[str, SyntheticFit], significance_level: float
) -> pd.DataFrame:
    low = high = np.full(len(actual), np.nan)
    if near:
        gaps = np.array([fit.gap.to_numpy() for fit in near.values()])
        low, high = np.quantile(gaps, [significance_level / 2, 1 - significance_level / 2], axis=0)
    return pd.DataFrame(
        {
            "year": actual.index,
            "actual": actual.to_numpy(),
            "synthetic": own.synthetic.to_numpy(),
            "gap": own.gap.to_numpy(),
            "placebo_low": low,
            "placebo_high": high,
            "expected_low": own.synthetic.to_numpy() + low,
            "expected_high": own.synthetic.to_numpy() + high,
        }
    )


def _effects(own: SyntheticFit, change_year: int, population: pd.Series[float]) -> pd.DataFrame:
    effect = own.gap.loc[change_year:]
    return pd.DataFrame(
        {
            "year": effect.index,
            "effect": effect.to_numpy(),
            "effect_share": (effect / own.synthetic.loc[change_year:]).to_numpy(),
            "effect_eur_million": (effect * population.reindex(effect.index) / 1e6).to_numpy(),
        }
    )


def _weights(own: SyntheticFit, names: Mapping[str, str]) -> pd.DataFrame:
    visible = own.weights[own.weights >= VISIBLE_WEIGHT].sort_values(ascending=False)
    return pd.DataFrame({"municipality": [names[str(code)] for code in visible.index], "weight": visible.to_numpy()})


def _placebo_table(
    panel: Panel, own: SyntheticFit, others: Mapping[str, SyntheticFit], near: Mapping[str, SyntheticFit]
) -> pd.DataFrame:
    rows = [
        {
            "municipality": panel.names[code],
            "rmspe_before": fit.rmspe_before,
            "rmspe_after": fit.rmspe_after,
            "ratio": fit.ratio,
            "effect": fit.effect,
            "comparable": code in near or code == panel.treated,
            "is_own": code == panel.treated,
        }
        for code, fit in {panel.treated: own, **others}.items()
    ]
    return pd.DataFrame(rows).sort_values("ratio", ascending=False, ignore_index=True)


def _gaps(fits: Mapping[str, SyntheticFit], names: Mapping[str, str]) -> pd.DataFrame:
    frames = [
        pd.DataFrame({"municipality": names[code], "year": fit.gap.index, "gap": fit.gap.to_numpy()})
        for code, fit in fits.items()
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["municipality", "year", "gap"])


def _leave_one_out(panel: Panel, own: SyntheticFit, change_year: int) -> pd.DataFrame:
    rows = []
    for code in own.weights.index[own.weights >= VISIBLE_WEIGHT]:
        without = [donor for donor in panel.donors if donor != code]
        fit = synthetic_control(panel.outcome, panel.treated, change_year, without)
        rows.append((panel.names[code], fit.effect, fit.rmspe_before))
    return pd.DataFrame(rows, columns=["left_out", "effect", "rmspe_before"])


def _by_jumps(panel: Panel, jumps: Jumps) -> pd.DataFrame:
    rows = []
    for left_out in jumps.left_out_in_turn():
        rest = without(panel, left_out)
        fit = synthetic_control(rest.outcome, panel.treated, jumps.change_year, rest.donors)
        rows.append((named(left_out), float(fit.gap.iloc[-1]), _mean_error(fit, jumps.change_year)))
    return pd.DataFrame(rows, columns=["left_out", "effect", "mean_error_before"])


def _mean_error(fit: SyntheticFit, change_year: int) -> float:
    return float(fit.gap.loc[: change_year - 1].abs().mean())


def _since_merger(panel: Panel, change_year: int) -> float | None:
    values = panel.outcome.loc[MERGER_YEAR:]
    if panel.treated != GRONINGEN or (values.index < change_year).sum() < 2:
        return None
    return synthetic_control(values, panel.treated, change_year, panel.donors).effect
