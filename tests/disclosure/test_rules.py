"""The rules in force, and values that would protect nobody."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date
from importlib.resources import files
from typing import Any

import pytest
import yaml

from evaluation.disclosure.rules import DisclosureRules, default_rules


def test_rules_in_force() -> None:
    assert default_rules() == DisclosureRules(
        minimum_cell=10,
        rounding_base=5,
        curve_minimum_at_risk=10,
        hidden_values=5,
        difference_values=3,
        p_percent=10,
        dominance_n=2,
        dominance_percent=90,
        attacker_knows_small=True,
    )


def test_largest_hidden_count_is_one_below_the_minimum() -> None:
    assert default_rules().largest_hidden == 10 - 1


def test_every_rule_has_a_dated_source() -> None:
    rules = yaml.safe_load(files("evaluation.disclosure").joinpath("rules.yml").read_text(encoding="utf-8"))
    assert list(rules) == list(DisclosureRules.__dataclass_fields__)
    assert all(isinstance(rule["since"], date) for rule in rules.values())
    assert all(len(rule["source"]) > 10 and rule["unit"] for rule in rules.values())


def test_rules_cannot_be_changed_in_passing() -> None:
    with pytest.raises(FrozenInstanceError):
        default_rules().minimum_cell = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"minimum_cell": 1}, "minimum_cell"),
        ({"rounding_base": 11}, "rounding_base"),  # 10 would become 11, 5 below the minimum would become 0
        ({"rounding_base": 0}, "rounding_base"),
        ({"curve_minimum_at_risk": 0}, "curve_minimum_at_risk"),
        ({"dominance_n": 0}, "dominance_n"),
        ({"p_percent": 0}, "p_percent"),
        ({"dominance_percent": 101}, "dominance_percent"),
    ],
)
def test_rules_that_protect_nobody_are_refused(change: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        replace(default_rules(), **change)


def test_edges_of_what_is_allowed() -> None:
    rules = replace(default_rules(), minimum_cell=2, rounding_base=2, dominance_percent=100, p_percent=100)
    assert rules.largest_hidden == 1
