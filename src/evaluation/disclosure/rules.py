"""The rules of disclosure control as one frozen object, read from the dated and sourced values in ``rules.yml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True)
class DisclosureRules:
    """What may be shown, and what an attacker is taken to know.

    Attributes
    ----------
    minimum_cell
        The smallest count that is shown; counts from 1 up to it are suppressed.
    rounding_base
        Shown counts are multiples of it.
    curve_minimum_at_risk
        A curve stops where fewer are at risk.
    hidden_values
        How many values of a suppressed count are enough where what is public leaves no room for all of them.
    difference_values
        How many values must remain possible for a number that follows by subtraction only.
    p_percent
        The p of the p% rule, percent of the largest contribution.
    dominance_n, dominance_percent
        The n and k of the (n, k) rule.
    attacker_knows_small
        True when the attacker recognises the dots that hide a count below the minimum.
    """

    minimum_cell: int
    rounding_base: int
    curve_minimum_at_risk: int
    hidden_values: int
    difference_values: int
    p_percent: float
    dominance_n: int
    dominance_percent: float
    attacker_knows_small: bool

    def __post_init__(self) -> None:
        """Refuse values with which the rules would not protect anybody.

        Raises
        ------
        ValueError
            Naming the value and what is allowed.
        """
        if self.minimum_cell < 2:
            raise ValueError(f"minimum_cell is {self.minimum_cell}; it must be at least 2")
        if not 1 <= self.rounding_base <= self.minimum_cell:
            # A larger base would round a shown count to 0 and make it look like nobody.
            raise ValueError(f"rounding_base is {self.rounding_base}; it must be from 1 to minimum_cell")
        if self.hidden_values < 2 or self.difference_values < 2:
            raise ValueError("hidden_values and difference_values must be at least 2")
        if self.curve_minimum_at_risk < 1 or self.dominance_n < 1:
            raise ValueError("curve_minimum_at_risk and dominance_n must be at least 1")
        if not (0 < self.p_percent <= 100 and 0 < self.dominance_percent <= 100):
            raise ValueError("p_percent and dominance_percent must be above 0 and at most 100")

    @property
    def largest_hidden(self) -> int:
        """The largest count that is suppressed for its own sake."""
        return self.minimum_cell - 1


@cache
def default_rules() -> DisclosureRules:
    """Return the rules in force, from ``rules.yml``."""
    text = files("evaluation.disclosure").joinpath("rules.yml").read_text(encoding="utf-8")
    return DisclosureRules(**{name: entry["value"] for name, entry in yaml.safe_load(text).items()})
