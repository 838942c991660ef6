"""Money by provider: who could be read out of an amount."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from evaluation.disclosure.dominance import sensitive_amounts
from evaluation.disclosure.rules import default_rules

RULES = default_rules()


def amounts(*contributions: float) -> pd.DataFrame:
    """One product; provider 0, 1, 2 ... with the given amounts."""
    return pd.DataFrame(
        {"product": "A", "provider": [f"P{i}" for i in range(len(contributions))], "amount_eur": contributions}
    )


def judged(frame: pd.DataFrame) -> tuple[bool, bool, bool]:
    """Whether the first group is sensitive: by p%, by (n, k), by either."""
    row = sensitive_amounts(frame, "product", "provider", "amount_eur", RULES).iloc[0]
    return bool(row["p_sensitive"]), bool(row["dominance_sensitive"]), bool(row["sensitive"])


@pytest.mark.parametrize(
    ("contributions", "p_sensitive", "dominant"),
    [
        # rest 9 < 10% of 100 = 10; top two 150 of 159 = 94% > 90%
        ((100, 50, 9), True, True),
        # rest 10 = 10% of 100: not below; top two 150 of 160 = 94%
        ((100, 50, 10), False, True),
        # rest 10 = 10% of 100; top two 90 of 100: (n, k) at its edge with the same rest of 10
        ((60, 30, 10), False, False),
        # rest 9.99 of a total of 99.99: top two 90 of 99.99 = 90.01%
        ((60, 30, 9.99), False, True),
        # rest 20 of 100 is at least 10% of 50, and 80% is not above 90%
        ((50, 30, 20), False, False),
        # rest 4 of 104 is below 10% of 100; provider alone at the top
        ((100, 2, 2, 2), True, True),
    ],
)
def test_worked_examples(contributions: tuple[float, ...], p_sensitive: bool, dominant: bool) -> None:
    assert judged(amounts(*contributions)) == (p_sensitive, dominant, p_sensitive or dominant)


@pytest.mark.parametrize("contributions", [(100,), (100, 100), (100, 0, 0)])
def test_one_or_two_providers_are_always_sensitive(contributions: tuple[float, ...]) -> None:
    assert judged(amounts(*contributions)) == (True, True, True)


def test_group_without_money_is_not_sensitive() -> None:
    assert judged(amounts(0, 0, 0)) == (False, False, False)


def test_payments_of_one_provider_are_added_up_first() -> None:
    # Ten payments of 10 by one provider are one contribution of 100, not ten small ones.
    frame = pd.concat([amounts(50, 9).replace({"P0": "B", "P1": "C"}), *[amounts(10)] * 10])
    row = sensitive_amounts(frame, "product", "provider", "amount_eur", RULES).iloc[0]
    assert (row["n_providers"], row["total"], bool(row["p_sensitive"])) == (3, 100 + 50 + 9, True)


def test_groups_are_judged_apart_and_sorted() -> None:
    frame = pd.concat([amounts(100).assign(product="Z"), amounts(50, 30, 20)])
    table = sensitive_amounts(frame, "product", "provider", "amount_eur", RULES)
    assert list(zip(table["product"], table["sensitive"], strict=True)) == [("A", False), ("Z", True)]


def test_n_of_the_rule_counts() -> None:
    # Top one 50 of 100, top two 80: above 75% only for n = 2.
    strict = replace(RULES, dominance_percent=75)
    for n, dominant in ((1, False), (2, True)):
        rules = replace(strict, dominance_n=n)
        table = sensitive_amounts(amounts(50, 30, 20), "product", "provider", "amount_eur", rules)
        assert bool(table["dominance_sensitive"].iloc[0]) is dominant


@pytest.mark.parametrize(("amount", "message"), [(-1.0, "negative"), (None, "must all be known")])
def test_amounts_that_cannot_be_judged(amount: float | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sensitive_amounts(amounts(50, 30).assign(amount_eur=[50, amount]), "product", "provider", "amount_eur", RULES)
