"""How the growth of youth-care expenditure compares with other municipalities, on CBS Iv3 accounts.

Two scopes, because the answer turns on them: the youth task fields alone (6.72, 6.73, 6.74 and 6.82, always summed,
since their split changed in 2023), and the same with field 6.2, the neighbourhood teams, which also serve adults.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from evaluation.evidence import Evidence, Measure
from evaluation.measures.costs import CostGrowth

Scope = Literal["excl_6_2", "incl_6_2"]

YOUTH_FIELDS = ("6.72", "6.73", "6.74", "6.82")
TASK_FIELDS: Mapping[Scope, tuple[str, ...]] = {"excl_6_2": YOUTH_FIELDS, "incl_6_2": ("6.2", *YOUTH_FIELDS)}
GRONINGEN = "GM0014"


@dataclass(frozen=True)
class GrowthComparison:
    """Growth of expenditure from `base_year` to `final_year` in one scope; all growths are shares.

    Attributes
    ----------
    municipality, municipality_code
        The municipality that is held against the others.
    own, national, median_others
        Its nominal growth, that of the national sum over municipalities with complete accounts, and the median over
        the other large municipalities. It is left out of the median itself.
    rank
        Its place among the large municipalities, 1 for the slowest growth.
    municipalities
        One row per large municipality with both years complete: ``municipality_code``, ``municipality``, ``growth``,
        ``growth_per_inhabitant``, ``eur_per_inhabitant_base``, ``eur_per_inhabitant_final``, slowest first.
    summary
        Rows ``own``, ``national``, ``rest_of_country``, ``median_others`` with ``growth``,
        ``growth_per_inhabitant``, ``real_growth``, ``eur_per_inhabitant_final``.
    price_index
        Index behind the real growth.
    left_out
        Names of large municipalities without complete accounts in both years: missing, not zero.
    """

    scope: Scope
    base_year: int
    final_year: int
    municipality: str
    municipality_code: str
    own: float
    national: float
    median_others: float
    rank: int
    municipalities: pd.DataFrame
    summary: pd.DataFrame
    price_index: str
    left_out: tuple[str, ...]

    @property
    def evidence(self) -> Evidence:
        """Public statistics."""
        return Evidence.BENCHMARK

    @property
    def slower(self) -> tuple[bool, bool]:
        """Whether it grew more slowly than the country, and than the median of the other municipalities."""
        return self.own < self.national, self.own < self.median_others

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``, with the scope as suffix of the id."""
        n = len(self.municipalities)
        return (
            self._measure("municipality_growth", self.own, "share", "Iv3 accounts, ratio of sums", 1),
            self._measure("national_growth", self.national, "share", "Iv3 accounts, ratio of national sums", None),
            self._measure("large_municipality_median", self.median_others, "share", "median of the others", n - 1),
            self._measure("rank", self.rank, "rank", "rank from slowest growth", n),
        )

    def _measure(self, name: str, estimate: float, unit: str, method: str, n: int | None) -> Measure:
        return Measure(
            id=f"benchmark.{name}_{self.scope}",
            estimate=estimate,
            unit=unit,
            method=method,
            period=f"{self.base_year}/{self.final_year}",
            n=n,
            n_missing=len(self.left_out) if n and n > 1 else None,
            evidence=self.evidence,
            sources=("iv3_national",) if name == "national_growth" else ("iv3_municipalities",),
        )


def compare_growth(
    municipalities: pd.DataFrame,
    national: pd.DataFrame,
    *,
    scope: Scope,
    base_year: int,
    final_year: int,
    price_change: float,
    price_index: str,
    municipality_code: str = GRONINGEN,
) -> GrowthComparison:
    """Compare a municipality with the national sum and with the other large municipalities.

    Parameters
    ----------
    municipalities
        Iv3 accounts: ``municipality_code``, ``municipality``, ``year``, ``population``, ``task_field``,
        ``expenditure_keur`` (thousands of euros; missing stays missing).
    national
        The same summed over municipalities: ``scope``, ``year``, ``population``, ``task_field``, ``expenditure_keur``.
        The rows of municipalities that are complete in all years are used where they cover both years.
    scope
        With or without task field 6.2.
    base_year, final_year
        Years to compare.
    price_change, price_index
        Change of prices between the years, a share, for real growth; and the index that it is of.
    municipality_code
        Which municipality.

    Raises
    ------
    ValueError
        When its accounts are not complete in both years.
    """
    yearly = expenditure_per_year(municipalities, ["municipality_code", "municipality"], scope)
    table = _growth_table(yearly, ["municipality_code", "municipality"], base_year, final_year)
    complete = table.dropna(subset="growth").sort_values(["growth", "municipality"], ignore_index=True)
    if municipality_code not in set(complete["municipality_code"]):
        raise ValueError(f"the accounts of {municipality_code} are not complete for {base_year} and {final_year}")
    sums = _national_sums(national, scope, base_year, final_year)
    country = _growth_table(sums.assign(scope=scope), ["scope"], base_year, final_year).iloc[0]
    own = complete.loc[complete["municipality_code"] == municipality_code].iloc[0]
    others = complete.loc[complete["municipality_code"] != municipality_code]
    rest = _growth_table(
        _less(sums, yearly, municipality_code).assign(scope=scope), ["scope"], base_year, final_year
    ).iloc[0]
    columns = ["growth", "growth_per_inhabitant", "eur_per_inhabitant_base", "eur_per_inhabitant_final"]
    summary = pd.DataFrame(
        {
            "own": own[columns].astype(float),
            "national": country[columns].astype(float),
            "rest_of_country": rest[columns].astype(float),
            "median_others": others[columns].median(),
        }
    ).T.rename_axis("who")
    summary["real_growth"] = (1 + summary["growth"]) / (1 + price_change) - 1
    return GrowthComparison(
        scope=scope,
        base_year=base_year,
        final_year=final_year,
        municipality=str(own["municipality"]),
        municipality_code=municipality_code,
        own=float(own["growth"]),
        national=float(country["growth"]),
        median_others=float(others["growth"].median()),
        rank=int((complete["growth"] < own["growth"]).sum()) + 1,
        municipalities=complete,
        summary=summary.reset_index(),
        price_index=price_index,
        left_out=tuple(table.loc[table["growth"].isna(), "municipality"]),
    )


def expenditure_per_year(accounts: pd.DataFrame, keys: list[str], scope: Scope) -> pd.DataFrame:
    """Sum the task fields of a scope per year.

    Returns
    -------
    pandas.DataFrame
        `keys`, ``year``, ``population``, ``eur`` (nominal euros). A year with a missing task field has a missing sum.
    """
    inside = accounts[accounts["task_field"].isin(TASK_FIELDS[scope])].astype({"expenditure_keur": "float64"})
    grouped = inside.groupby([*keys, "year"], as_index=False)
    yearly = grouped.agg(
        population=("population", "first"), keur=("expenditure_keur", lambda keur: keur.sum(skipna=False))
    )
    yearly["eur"] = yearly.pop("keur") * 1000
    return yearly


@dataclass(frozen=True)
class OwnTotal:
    """The council's own total in the terms of the comparison.

    Attributes
    ----------
    growth, growth_per_inhabitant, real_growth
        Shares.
    eur_per_inhabitant_final
        Nominal euros in the final year.
    price_index
        Index behind the real growth.
    """

    growth: float
    growth_per_inhabitant: float
    real_growth: float
    eur_per_inhabitant_final: float
    price_index: str

    @property
    def evidence(self) -> Evidence:
        """Published totals over public population figures."""
        return Evidence.PUBLISHED


def own_total(growth: CostGrowth | None, municipalities: pd.DataFrame) -> OwnTotal | None:
    """Express the council's own total per inhabitant, with the population in the Iv3 accounts of Groningen.

    Parameters
    ----------
    growth
        Growth of the council's total; None for another municipality, of which no total was shown.
    municipalities
        Iv3 accounts, for the columns ``municipality_code``, ``year``, ``population``.
    """
    if growth is None:
        return None
    own = municipalities[municipalities["municipality_code"] == GRONINGEN]
    population = own.groupby("year")["population"].first().astype(float)
    base, final = float(population.loc[growth.base_year]), float(population.loc[growth.final_year])
    total_final = float(growth.by_year["total_eur_million"].iloc[-1])
    return OwnTotal(
        growth=growth.nominal.value,
        growth_per_inhabitant=(1 + growth.nominal.value) * base / final - 1,
        real_growth=growth.real.value,
        eur_per_inhabitant_final=total_final * 1e6 / final,
        price_index=growth.price_index,
    )


@dataclass(frozen=True)
class ImprovenGrowth:
    """Growth of expenditure according to Improven.

    Attributes
    ----------
    growth
        Nominal growth (share) by scope, ``excl_6_2``, ``incl_6_2`` or ``own``; empty while its table has no rows.
    """

    growth: Mapping[str, float]

    @property
    def evidence(self) -> Evidence:
        """Public statistics."""
        return Evidence.BENCHMARK


def improven_growth(improven: pd.DataFrame, base_year: int, final_year: int) -> ImprovenGrowth:
    """Read the growth over the years from Improven's table, for every scope that it covers.

    Parameters
    ----------
    improven
        Columns ``year``, ``scope``, ``measure``, ``value``. The totals of both years are used where present
        (``total_expenditure``), else the growth over two years, else the chained growth of single years (percent).
    """
    growths = {
        scope: _improven_growth(improven[improven["scope"] == scope], base_year, final_year)
        for scope in ("excl_6_2", "incl_6_2", "own")
    }
    return ImprovenGrowth({scope: value for scope, value in growths.items() if value is not None})


def _improven_growth(rows: pd.DataFrame, base_year: int, final_year: int) -> float | None:
    values = {(str(row.measure), int(str(row.year))): float(str(row.value)) for row in rows.itertuples(index=False)}
    total_base, total_final = (values.get(("total_expenditure", year)) for year in (base_year, final_year))
    if total_base is not None and total_final is not None:
        return total_final / total_base - 1
    two_years = values.get(("growth_two_years", final_year))
    if two_years is not None and final_year - base_year == 2:
        return two_years / 100
    rates = [values.get(("growth_one_year", year)) for year in range(base_year + 1, final_year + 1)]
    known = [rate for rate in rates if rate is not None]
    return math.prod(1 + rate / 100 for rate in known) - 1 if len(known) == len(rates) else None


def _growth_table(yearly: pd.DataFrame, keys: list[str], base_year: int, final_year: int) -> pd.DataFrame:
    """Put base and final year side by side: growth and growth per inhabitant, missing where a year is missing."""
    yearly = yearly.assign(eur_per_inhabitant=yearly["eur"] / yearly["population"])
    values = ["eur", "eur_per_inhabitant"]
    base = yearly[yearly["year"] == base_year].set_index(keys)[values].add_suffix("_base")
    final = yearly[yearly["year"] == final_year].set_index(keys)[values].add_suffix("_final")
    table = base.join(final, how="outer")
    table["growth"] = table["eur_final"] / table["eur_base"] - 1
    table["growth_per_inhabitant"] = table["eur_per_inhabitant_final"] / table["eur_per_inhabitant_base"] - 1
    return table.reset_index()


def _national_sums(national: pd.DataFrame, scope: Scope, base_year: int, final_year: int) -> pd.DataFrame:
    """Sums over the same municipalities in both years where the table has them, else as reported each year."""
    yearly = expenditure_per_year(national, ["scope"], scope)
    complete = yearly[yearly["scope"] == "complete_2022_2024"]
    covered = {base_year, final_year} <= set(complete["year"])
    return (complete if covered else yearly[yearly["scope"] == "as_reported"]).drop(columns="scope")


def _less(sums: pd.DataFrame, municipalities: pd.DataFrame, code: str) -> pd.DataFrame:
    """National sums without one municipality."""
    own = municipalities[municipalities["municipality_code"] == code].set_index("year")[["population", "eur"]]
    return (sums.set_index("year") - own).dropna().reset_index()
