"""Shares with few units: published intervals, partitions, and what is unknown."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from evaluation.disclosure.gate import Gate
from evaluation.evidence import Evidence, Mark, is_suppressed
from evaluation.measures.shares import Shares, share_of, shares
from evaluation.presentation.language import Language
from evaluation.presentation.shares import shares_table

DAY = date(2025, 1, 1)


def _shares(groups: dict[str, tuple[int, int, int]], evidence: Evidence = Evidence.SYNTHETIC) -> Shares:
    """Shares of groups given as (with the property, without, unknown)."""
    rows = [
        (group, has)
        for group, sizes in groups.items()
        for has, size in zip((True, False, None), sizes, strict=True)
        for _ in range(size)
    ]
    units = pd.DataFrame(rows, columns=["team", "has"]).astype({"has": object})
    return shares(
        units, "answered", "invited", dimension="team", reference_date=DAY, evidence=evidence, source="registry/x"
    )


def test_wilson_interval_of_newcombe() -> None:
    share, low, high = share_of(81, 263, 0.95)  # Newcombe (1998), Statistics in Medicine 17, table I
    assert (share, low, high) == pytest.approx((81 / 263, 0.2553, 0.3662), abs=5e-5)


def test_groups_add_up_to_the_whole_and_unknown_is_no_part_of_the_share() -> None:
    found = _shares({"01": (3, 1, 2), "02": (1, 5, 0)})
    assert found.frame[["group", "count", "n", "n_missing"]].to_numpy().tolist() == [
        ["01", 3, 4, 2],
        ["02", 1, 6, 0],
        ["", 3 + 1, 4 + 6, 2],
    ]
    assert found.whole["share"] == pytest.approx(4 / 10)
    measure = found.measure("experience.response")
    assert (measure.estimate, measure.n, measure.n_missing) == (pytest.approx(0.4), 10, 2)


def test_no_units_give_no_share() -> None:
    found = _shares({})
    assert found.whole["share"] is None
    assert found.measure("experience.response").estimate is None
    assert found.measure("experience.response").interval is None


def test_a_register_shows_rounded_counts_and_hides_few() -> None:
    shown = Gate("register").admit(
        _shares({"01": (43, 31, 0), "02": (60, 4, 0), "Jan de Vries": (20, 20, 0)}, Evidence.REGISTER)
    )
    values = [*shown.frame["count"], *shown.frame["n"]]
    assert all(is_suppressed(value) or value % 5 == 0 for value in values)
    assert shown.of_group("Jan de Vries") is None
    few = shown.of_group("02")
    # 4 of 64 did not answer: neither the count nor the share may give that away.
    assert few is not None
    assert isinstance(few["count"], Mark)
    assert isinstance(few["share"], Mark)


@pytest.mark.parametrize("groups", [{}, {"01": (1, 0, 0)}, {"01": (2, 3, 1), "": (0, 1, 0)}, {"01": (30, 30, 3)}])
@pytest.mark.parametrize("code", ["nl", "en"])
def test_every_size_can_be_shown(groups: dict[str, tuple[int, int, int]], code: str) -> None:
    language = Language(code)
    for evidence in (Evidence.SYNTHETIC, Evidence.REGISTER):
        shown = Gate("register").admit(_shares(groups, evidence))
        table = shares_table(shown, language, id="x", title="x", group="team", label=str, count="answered", n="invited")
        assert "nan" not in table.text().lower()
