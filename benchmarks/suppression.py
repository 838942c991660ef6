"""How long the protection of a table takes, and how many of its cells it costs.

    .venv/bin/python benchmarks/suppression.py

Random tables with a share of small counts, seeded; the time is that of ``protect_table``: solver, audit and rounding.
``--cuts`` times the solver by cuts as well, which takes over where pytauargus fails. Aim: 10 x 6 within one second.
Tests do not run this.
"""

from __future__ import annotations

import argparse
import itertools
import time
from dataclasses import replace

import numpy as np
import pandas as pd

from evaluation.disclosure import suppression
from evaluation.disclosure.rules import DisclosureRules, default_rules

SHAPES = [(10, 6), (20, 10), (4, 4, 4)]
SHARES_SMALL = [0.1, 0.3]


def drawn(shape: tuple[int, ...], share_small: float, seed: int) -> pd.DataFrame:
    """A table of the given shape: one cell in twenty is 0, a share is 1 to 9, the others are 10 to 59."""
    rng = np.random.default_rng(seed)
    kinds = [lambda: 0, lambda: int(rng.integers(1, 10)), lambda: int(rng.integers(10, 60))]
    shares = [0.05, share_small, 0.95 - share_small]
    labels = itertools.product(*([f"{axis}{i:02}" for i in range(n)] for axis, n in zip("abc", shape, strict=False)))
    return pd.DataFrame(
        [(*cell, kinds[rng.choice(3, p=shares)]()) for cell in labels], columns=[*"abc"[: len(shape)], "n"]
    )


def report(frame: pd.DataFrame, rules: DisclosureRules, shape: tuple[int, ...], share: float) -> None:
    """Print one line on one table."""
    began = time.perf_counter()
    table = suppression.protect_table(frame, rules, list(frame.columns[:-1]), "n")
    seconds = time.perf_counter() - began
    attacker = "recognised" if rules.attacker_knows_small else "any count"
    print(  # noqa: T201
        f"{'x'.join(map(str, shape)):8} {share:4.0%} small, {attacker:10} {table.method:10} {seconds:6.2f} s"
        f"  {table.n_primary:3} + {table.n_complementary:3} of {table.n_cells} cells"
    )


def main() -> None:
    """Time every shape, share of small counts, attacker and solver."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", action="store_true", help="time the solver by cuts too")
    parser.add_argument("--seed", type=int, default=3)
    given = parser.parse_args()
    for shape, share, knows in itertools.product(SHAPES, SHARES_SMALL, (True, False)):
        report(drawn(shape, share, given.seed), replace(default_rules(), attacker_knows_small=knows), shape, share)
    if given.cuts:
        suppression._by_pytauargus = lambda _: None
        for share in SHARES_SMALL:
            report(drawn((10, 6), share, given.seed), default_rules(), (10, 6), share)


if __name__ == "__main__":
    main()
