"""How estimates are rounded where no count stands behind them alone.

Where an estimate is a function of counts and of public figures, its copy is that function of the counts as they are
shown: it then tells nothing that they do not tell (as OpenSAFELY does with rates, docs/outputs/sdc.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from evaluation.disclosure.cells import is_missing, is_small, round_to_base
from evaluation.disclosure.rules import DisclosureRules
from evaluation.evidence import SUPPRESSED, Estimate, Mark, is_suppressed


def amount(value: Any, rules: DisclosureRules, base: int | None = None) -> Estimate:
    """Return an expected number of trajectories as a count is shown; what is not known is None."""
    if is_suppressed(value):
        return SUPPRESSED
    if is_missing(value):
        return None
    return SUPPRESSED if is_small(value, rules) else float(round_to_base(value, base or rules.rounding_base))


def rounded(value: Estimate, decimals: int) -> Estimate:
    """Return a value with fewer decimals; unknown and withheld ones stay so."""
    if value is None or isinstance(value, Mark):
        return value
    return float(round(value, decimals))


def rounded_down(value: Estimate, decimals: int = 2) -> Estimate:
    """Return a p-value so that it stays on its side of every level with so many decimals."""
    if value is None or isinstance(value, Mark):
        return value
    return float(math.floor(value * 10**decimals) / 10**decimals)


def withheld(value: Estimate) -> Estimate:
    """Return the mark in place of a value; unknown stays unknown."""
    return None if value is None else SUPPRESSED


def replaced(frame: pd.DataFrame, columns: Mapping[str, Sequence[object]]) -> pd.DataFrame:
    """Return a frame with other columns, which may hold marks."""
    return frame.assign(
        **{name: pd.Series(list(values), frame.index, dtype=object) for name, values in columns.items()}
    )
