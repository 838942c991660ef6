"""Cases about WIJ Groningen that the ombudsman handled, as published, with what chance leaves open."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from evaluation.evidence import Evidence
from evaluation.measures.event_rates import poisson_rate

INDICATOR = "ombudsman_cases_wij"


@dataclass(frozen=True)
class OmbudsmanCases:
    """Published cases by year, of all tasks of WIJ Groningen.

    Attributes
    ----------
    frame
        Columns ``year``, ``cases``, ``low``, ``high`` (exact Poisson interval), ``source_title`` and ``publisher``.
    """

    frame: pd.DataFrame

    @property
    def evidence(self) -> Evidence:
        """Public statistics and press."""
        return Evidence.BENCHMARK

    @property
    def last(self) -> pd.Series:
        """The last year."""
        return self.frame.iloc[-1]


def ombudsman_cases(context: pd.DataFrame) -> OmbudsmanCases:
    """Take the cases from the table of public context and add their exact Poisson intervals (Garwood 1936)."""
    rows = context[context["indicator"] == INDICATOR].sort_values("period")
    found = [poisson_rate(int(cases), 1.0, 1.0) for cases in rows["value"]]
    return OmbudsmanCases(
        pd.DataFrame(
            {
                "year": rows["period"].astype(str).to_numpy(),
                "cases": rows["value"].astype(int).to_numpy(),
                "low": [low for _cases, low, _high in found],
                "high": [high for _cases, _low, high in found],
                "source_title": rows["source_title"].to_numpy(),
                "publisher": rows["publisher"].to_numpy(),
            }
        )
    )
