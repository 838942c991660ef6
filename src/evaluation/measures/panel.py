"""A panel of municipalities and years, of which one municipality did something that the others did not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from evaluation.measures.benchmark import GRONINGEN, Scope, expenditure_per_year


@dataclass(frozen=True)
class Panel:
    """A balanced panel.

    Attributes
    ----------
    outcome
        Outcome by year (index, ascending and without gaps) and municipality code (columns); complete.
    treated
        Code of the municipality in question.
    names
        Name of every municipality by code.
    population
        Inhabitants of the treated municipality by year.
    left_out
        Municipalities that lack a year, by name, with the years they lack: missing is not zero, and a year filled in
        by guess would steer the comparison.
    """

    outcome: pd.DataFrame
    treated: str
    names: Mapping[str, str]
    population: pd.Series[float]
    left_out: Mapping[str, tuple[int, ...]]

    @property
    def donors(self) -> list[str]:
        """Codes of all municipalities but the treated one."""
        return [str(code) for code in self.outcome.columns if code != self.treated]

    def since(self, year: int) -> Panel:
        """The same panel from a later first year."""
        return Panel(self.outcome.loc[year:], self.treated, self.names, self.population, self.left_out)


def expenditure_panel(
    accounts: pd.DataFrame, *, scope: Scope, start_year: int, final_year: int, treated: str = GRONINGEN
) -> Panel:
    """Return nominal euros per inhabitant, per municipality and year.

    Per inhabitant, because Groningen took in Haren and Ten Boer on 1 January 2019; what these two spent before is not
    in the accounts of Groningen, so the years before the merger describe the smaller municipality. When another
    municipality is in question, Groningen is left out: something did begin there.

    Parameters
    ----------
    accounts
        Iv3 accounts in the layout of `evaluation.measures.benchmark.compare_growth`; any set of municipalities.
    scope
        With or without task field 6.2.
    start_year, final_year
        First and last year.
    treated
        Code of the municipality in question.
    """
    if treated != GRONINGEN:
        accounts = accounts[accounts["municipality_code"] != GRONINGEN]
    yearly = expenditure_per_year(accounts, ["municipality_code", "municipality"], scope)
    return balanced(yearly.assign(value=yearly["eur"] / yearly["population"]), start_year, final_year, treated)


def balanced(rows: pd.DataFrame, start_year: int, final_year: int, treated: str = GRONINGEN) -> Panel:
    """Put rows side by side and keep the municipalities that have every year.

    Parameters
    ----------
    rows
        ``municipality_code``, ``municipality``, ``year``, ``population``, ``value``.
    start_year, final_year
        First and last year.
    treated
        Code of the municipality in question.

    Raises
    ------
    ValueError
        When the treated municipality lacks a year.
    """
    years = range(start_year, final_year + 1)
    wide = rows.pivot_table(index="year", columns="municipality_code", values="value", dropna=False)
    wide = wide.reindex(years).astype(float)
    names = dict(zip(rows["municipality_code"], rows["municipality"], strict=True))
    lacking = {code: tuple(int(year) for year in wide.index[wide[code].isna()]) for code in wide.columns}
    if treated not in wide or lacking[treated]:
        raise ValueError(f"{treated} lacks {', '.join(map(str, lacking.get(treated, years)))} in the panel")
    own = rows[rows["municipality_code"] == treated]
    return Panel(
        outcome=wide.dropna(axis="columns"),
        treated=treated,
        names=names,
        population=own.groupby("year")["population"].first().astype(float),
        left_out={names[code]: years_lacking for code, years_lacking in lacking.items() if years_lacking},
    )
