"""Whether growth was "in line with the national picture", as a question of equivalence and not of significance.

That no difference is proved says nothing: with one municipality and much noise everything would be in line. Turned
round, "in line" has to be shown: the gap must be demonstrably smaller than a margin that was chosen beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd
from scipy import stats

from evaluation.evidence import Evidence, Measure, confidence
from evaluation.measures.benchmark import GrowthComparison, ImprovenGrowth, Scope

Verdict = Literal["in_line", "not_in_line", "undecided"]
Basis = Literal["nominal", "real", "nominal_per_inhabitant", "real_per_inhabitant"]

SIGNIFICANCE = 0.05  # of each one-sided test; the interval that belongs to both together covers 1 - 2 x 0.05
MAIN_BASIS: Basis = "real_per_inhabitant"
BASES: Mapping[Basis, tuple[str, bool]] = {
    "nominal": ("growth", False),
    "real": ("growth", True),
    "nominal_per_inhabitant": ("growth_per_inhabitant", False),
    "real_per_inhabitant": ("growth_per_inhabitant", True),
}


@dataclass(frozen=True)
class TwoOneSidedTests:
    """Outcome of two one-sided tests (TOST).

    Attributes
    ----------
    p_value
        The larger of the two one-sided p-values. Below 0.05 the gap is demonstrably inside the margin.
    ci_low, ci_high
        Ends of the 90% interval of the gap; it lies inside the margin exactly when ``p_value`` is below 0.05.
    smallest_margin
        Smallest margin under which the answer would be "in line", in the unit of the gap.
    verdict
        ``in_line`` when the interval lies inside the margin, ``not_in_line`` when it lies outside, else ``undecided``.
    """

    p_value: float
    ci_low: float
    ci_high: float
    smallest_margin: float
    verdict: Verdict


def two_one_sided_tests(gap: float, standard_error: float, margin: float, df: float = math.inf) -> TwoOneSidedTests:
    """Test whether a gap is smaller than a margin in both directions.

    The null hypothesis is that the gap is at least as large as the margin; it is rejected when both one-sided tests
    reject at 5% (Schuirmann 1987, J. Pharmacokinet. Biopharm. 15: 657-680).

    Parameters
    ----------
    gap, standard_error
        Estimate and its standard error.
    margin
        Largest gap that still counts as in line, positive, in the same unit.
    df
        Degrees of freedom of the standard error; infinite when it is known.
    """
    upper = float(stats.t.sf((margin - gap) / standard_error, df))
    lower = float(stats.t.sf((margin + gap) / standard_error, df))
    half = float(stats.t.isf(SIGNIFICANCE, df)) * standard_error
    low, high = gap - half, gap + half
    if -margin < low and high < margin:
        verdict: Verdict = "in_line"
    else:
        verdict = "not_in_line" if low > margin or high < -margin else "undecided"
    return TwoOneSidedTests(max(lower, upper), low, high, abs(gap) + half, verdict)


@dataclass(frozen=True)
class Equivalence:
    """A municipality against the other large ones in one scope; growths, gaps and margins are shares.

    Attributes
    ----------
    comparison
        The growths that are tested.
    margin
        Largest gap that counts as in line, chosen beforehand.
    price_index
        Index behind the real growths.
    n
        Other municipalities in the comparison.
    frame
        One row per ``basis``: ``own``; ``others_mean`` and ``others_sd``; ``gap``, ``ci_low``, ``ci_high``,
        ``p_value``, ``verdict`` and ``smallest_margin`` of the test on the accounts as they are; ``chance_p_value``,
        ``chance_verdict`` and ``chance_margin`` when its own growth is one draw among those of the others;
        ``mean_low`` and ``mean_high``, the 95% interval of the gap with the mean of the others; ``single_case_p``,
        two-sided, how often one of the others would lie as far from the mean of the rest by chance; ``n_beyond``,
        others whose growth lies even further on the same side; ``rank`` from the slowest growth; ``improven`` and
        ``improven_gap``, nominal, missing while Improven's growth in this scope is not known.
    """

    comparison: GrowthComparison
    margin: float
    price_index: str
    n: int
    frame: pd.DataFrame

    @property
    def evidence(self) -> Evidence:
        """Public statistics."""
        return Evidence.BENCHMARK

    @property
    def scope(self) -> Scope:
        """With or without task field 6.2."""
        return self.comparison.scope

    @property
    def main(self) -> Mapping[str, Any]:
        """The row that answers the question: real growth per inhabitant."""
        (row,) = self.frame[self.frame["basis"] == MAIN_BASIS].to_dict("records")
        return {str(name): value for name, value in row.items()}

    @property
    def verdict(self) -> Verdict:
        """Answer in real terms per inhabitant."""
        found: Verdict = self.main["verdict"]
        return found

    @property
    def differs_from_mean(self) -> bool:
        """Whether growth differed from the mean of the others: the 95% interval of the gap leaves out zero."""
        return not self.main["mean_low"] <= 0 <= self.main["mean_high"]

    @property
    def unusual(self) -> bool:
        """Whether growth differed by more than municipalities do: by the spread of the others, two-sided at 5%."""
        return bool(self.main["single_case_p"] < SIGNIFICANCE)

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``, with the scope as suffix of the id."""
        interval = self.main["ci_low"], self.main["ci_high"]
        method = f"gap with the mean of the other large municipalities, real ({self.price_index}) per inhabitant"
        return (
            self._measure("gap", self.main["gap"], "share_difference", method, interval),
            self._measure(
                "equivalence_p", self.main["p_value"], "p_value", f"two one-sided tests, margin {self.margin:g}"
            ),
            self._measure(
                "margin_with_chance",
                self.main["chance_margin"],
                "share_difference",
                "smallest margin that holds the growth, its own chance counted too",
            ),
            self._measure(
                "gap_with_mean",
                self.main["gap"],
                "share_difference",
                f"{method}, two-sided t interval",
                (self.main["mean_low"], self.main["mean_high"]),
                level=1 - SIGNIFICANCE,
            ),
            self._measure(
                "single_case_p",
                self.main["single_case_p"],
                "p_value",
                "one municipality against the spread of the others",
            ),
            self._measure(
                "others_beyond",
                self.main["n_beyond"],
                "municipalities",
                "others with a growth further on the same side",
            ),
        )

    def _measure(
        self,
        name: str,
        value: float,
        unit: str,
        method: str,
        interval: tuple[float, float] | None = None,
        *,
        level: float = 1 - 2 * SIGNIFICANCE,
    ) -> Measure:
        low, high = interval or (None, None)
        return Measure(
            id=f"benchmark.{name}_{self.scope}",
            estimate=float(value),
            unit=unit,
            method=method,
            period=f"{self.comparison.base_year}/{self.comparison.final_year}",
            n=self.n,
            n_missing=len(self.comparison.left_out),
            **confidence(low, high, level),
            evidence=self.evidence,
            sources=("iv3_municipalities", "price_indices"),
        )


def equivalence(
    comparison: GrowthComparison,
    improven: ImprovenGrowth,
    *,
    margin: float,
    price_index: str,
    price_change: float,
) -> Equivalence:
    """Test whether the growth of a municipality was in line with that of the other large municipalities.

    Estimand: growth of expenditure of the municipality in its accounts less the mean growth of comparable ones, in
    four terms (nominal or real, total or per inhabitant); the answer is read in real terms per inhabitant. It is not
    part of what it is held against.

    Its accounts are what they are, so the only error is that of the mean: the other large municipalities
    are read as draws from what a comparable municipality does, SE = s / sqrt(n), n - 1 degrees of freedom. Beside it
    stands the stricter reading in which its own growth is one such draw too: SE = s sqrt(1 + 1/n), the test
    for a single case (Crawford and Howell 1998, Clin. Neuropsychol. 12: 482-486). Only the first can say that growth
    differed from the mean of the others, by t = gap / (s / sqrt(n)) two-sided at 5%; only the second that it
    differed by more than municipalities do, by t = gap / (s sqrt(1 + 1/n)).

    Parameters
    ----------
    comparison
        Growth per municipality in one scope.
    improven
        Growth according to Improven, if it is known.
    margin
        Largest gap, a share of expenditure over the whole period, that counts as in line; chosen beforehand.
    price_index, price_change
        Name of the index and its change between the years, a share.
    """
    if comparison.base_year >= comparison.final_year or margin <= 0:
        raise ValueError(f"margin {margin} must be positive and the years in order")
    rows = []
    for basis, (column, is_real) in BASES.items():
        level = 1 + price_change if is_real else 1.0
        growth = (1 + comparison.municipalities.set_index("municipality_code")[column]) / level - 1
        rows.append(
            {
                "basis": basis,
                **_test(growth, comparison.municipality_code, margin),
                **_improven(comparison, improven, basis),
            }
        )
    return Equivalence(
        comparison=comparison,
        margin=margin,
        price_index=price_index,
        n=len(comparison.municipalities) - 1,
        frame=pd.DataFrame(rows),
    )


def _test(growth: pd.Series[float], code: str, margin: float) -> dict[str, object]:
    others = growth.drop(code)
    n, mean, spread = len(others), float(others.mean()), float(others.std())
    gap = float(growth.loc[code]) - mean
    half = float(stats.t.isf(SIGNIFICANCE / 2, n - 1)) * spread / math.sqrt(n)
    beyond = others < growth.loc[code] if gap < 0 else others > growth.loc[code]
    return {
        "own": gap + mean,
        "others_mean": mean,
        "others_sd": spread,
        "gap": gap,
        **_tested(gap, spread, n, margin),
        "mean_low": gap - half,
        "mean_high": gap + half,
        "single_case_p": 2 * float(stats.t.sf(abs(gap) / (spread * math.sqrt(1 + 1 / n)), n - 1)),
        "n_beyond": int(beyond.sum()),
        "rank": int((others < growth.loc[code]).sum()) + 1,
    }


def _tested(gap: float, spread: float, n: int, margin: float) -> dict[str, object]:
    """Both readings of the test: on the accounts as they are, and with chance in the municipality itself."""
    as_is = two_one_sided_tests(gap, spread / math.sqrt(n), margin, n - 1)
    by_chance = two_one_sided_tests(gap, spread * math.sqrt(1 + 1 / n), margin, n - 1)
    return {
        "ci_low": as_is.ci_low,
        "ci_high": as_is.ci_high,
        "p_value": as_is.p_value,
        "verdict": as_is.verdict,
        "smallest_margin": as_is.smallest_margin,
        "chance_p_value": by_chance.p_value,
        "chance_verdict": by_chance.verdict,
        "chance_margin": by_chance.smallest_margin,
    }


def at_margin(found: Sequence[Equivalence], *, margin: float) -> list[Equivalence]:
    """Return the same comparisons under another margin; growths and gaps stay as they are.

    Parameters
    ----------
    found
        Comparisons under some margin.
    margin
        Largest gap that counts as in line, a share.
    """
    if margin <= 0:
        raise ValueError(f"margin {margin} must be positive")
    return [_at_margin(one, margin) for one in found]


def _at_margin(one: Equivalence, margin: float) -> Equivalence:
    rows = one.frame.to_dict("records")
    tested = [{**row, **_tested(row["gap"], row["others_sd"], one.n, margin)} for row in rows]
    return replace(one, margin=margin, frame=pd.DataFrame(tested, columns=one.frame.columns))


def _improven(comparison: GrowthComparison, improven: ImprovenGrowth, basis: Basis) -> dict[str, float | None]:
    """Improven's growth is nominal and of totals; in other terms it is unknown."""
    known = improven.growth.get(comparison.scope) if basis == "nominal" else None
    return {"improven": known, "improven_gap": None if known is None else comparison.own - known}
