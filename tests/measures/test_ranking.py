"""Ranks within a setting, lowest first, and nothing ranked that has no value."""

import json

import pandas as pd

from evaluation.evidence import Evidence
from evaluation.measures.ranking import rank_editions

ROWS = [
    # municipality, price index, estimate
    ("Utrecht", "vng", 0.2),
    ("Delft", "vng", -0.1),
    ("Ede", "vng", 0.2),
    ("Venlo", "vng", None),
    ("Utrecht", "cpi", 0.5),
    ("Delft", "cpi", 0.6),
]


def drawn(rows: list[tuple[str, str, float | None]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "id": "benchmark.gap_excl_6_2", "edition": f"{name}_{index}".lower(), "municipality": name,
                "settings": json.dumps({"reference_date": "2025-01-01", "municipality": name, "price_index": index}),
                "estimate": value, "ci_low": None, "ci_high": None, "ci_level": None, "unit": "share_difference",
                "period": "2022/2024", "evidence": "benchmark", "suppressed": False,
            }
            for name, index, value in rows
        ]
    ).astype({"estimate": float, "ci_low": float, "ci_high": float, "ci_level": float})  # fmt: skip


def test_each_setting_is_ranked_apart_and_ties_share_the_lowest_place() -> None:
    vng, cpi = rank_editions(drawn(ROWS), "benchmark.gap_excl_6_2")
    assert (vng.setting, cpi.setting) == ((("price_index", "vng"),), (("price_index", "cpi"),))
    assert vng.frame["municipality"].tolist() == ["Delft", "Ede", "Utrecht", "Venlo"]
    assert vng.frame["rank"].tolist()[:3] == [1, 2, 2]
    assert pd.isna(vng.frame["rank"].iloc[3])
    assert (vng.n, vng.median, vng.by_municipality, vng.has_intervals) == (3, 0.2, True, False)
    assert cpi.frame["municipality"].tolist() == ["Utrecht", "Delft"]
    assert vng.evidence is Evidence.BENCHMARK


def test_what_all_share_sets_none_apart_and_one_municipality_is_no_ranking_of_them() -> None:
    (one,) = rank_editions(drawn(ROWS[:2]), "benchmark.gap_excl_6_2")
    assert one.setting == ()
    both = drawn([("Delft", "vng", 0.1), ("Delft", "cpi", 0.2)]).assign(settings="")
    (named,) = rank_editions(both, "benchmark.gap_excl_6_2")
    assert not named.by_municipality
    assert rank_editions(drawn(ROWS[3:4]), "benchmark.gap_excl_6_2") == ()
    assert rank_editions(drawn(ROWS), "benchmark.rank_excl_6_2") == ()
