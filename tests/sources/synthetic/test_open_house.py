"""The invented table of Open House: what was put in can be found again, and the same seed gives the same rows."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from evaluation.sources.synthetic.records.core import Core, written
from evaluation.sources.synthetic.records.open_house import REASONS, TRUTH, draw_open_house
from evaluation.sources.synthetic.trajectories import PRODUCT_CODES


def core() -> Core:
    """BJH with 1,500 clients who start in two years."""
    start = pd.Timestamp("2023-01-01") + pd.to_timedelta(np.arange(1500) % 700, "D")
    trajectories = pd.DataFrame({"client_key": [f"C{n:05d}" for n in range(1500)], "start_date": start})
    return Core(trajectories, pd.DataFrame(), pd.DataFrame(), date(2023, 1, 1), date(2025, 1, 1))


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    return draw_open_house(core(), np.random.default_rng(1))["open_house"]


def test_the_same_numbers_give_the_same_rows(lines: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(lines, draw_open_house(core(), np.random.default_rng(1))["open_house"])
    assert written("open_house", lines).num_rows == len(lines)
    assert lines["record_id"].is_unique


def test_it_holds_what_it_was_drawn_from(lines: pd.DataFrame) -> None:
    first = lines[lines["month"] == "2022-07-01"]
    known = lines.dropna(subset="client_key").drop_duplicates(["client_key", "product_code", "month"])
    running = known.groupby("month").size()
    assert set(lines["product_code"]) == set(PRODUCT_CODES)
    assert lines["month"].nunique() == 30  # July 2022 to December 2024
    assert running.iloc[-1] < 0.6 * running.iloc[0]  # it falls
    assert first["provider"].nunique() == pytest.approx(TRUTH.providers, rel=0.05)
    assert lines["client_key"].isna().mean() == pytest.approx(TRUTH.client_unknown, abs=0.001)
    shared = known["client_key"].str.startswith("C")
    clients = known.loc[shared, "client_key"].nunique() / known["client_key"].nunique()
    assert clients == pytest.approx(0.1, abs=0.03)  # about a tenth of the clients are in BJH too
    mean = lines[lines["product_code"] == "P01"]["amount_eur"].mean()
    assert mean == pytest.approx(TRUTH.amount_eur, rel=0.03)


def test_reviewers_agree_as_often_beyond_chance_as_was_put_in(lines: pd.DataFrame) -> None:
    coded = lines.dropna(subset=["reason_code", "reason_code_2", "client_key"])
    files = coded.drop_duplicates(["client_key", "product_code", "reason_code", "reason_code_2"])
    table = pd.crosstab(files["reason_code"], files["reason_code_2"]).reindex(index=REASONS, columns=REASONS).to_numpy()
    shares = table / table.sum()
    chance = shares.sum(axis=0) @ shares.sum(axis=1)
    assert (np.trace(shares) - chance) / (1 - chance) == pytest.approx(TRUTH.agreement, abs=0.06)


def test_without_bjh_there_is_still_a_table() -> None:
    none = core().trajectories.iloc[:0]
    empty = Core(none, pd.DataFrame(), pd.DataFrame(), date(2023, 1, 1), date(2025, 1, 1))
    assert len(draw_open_house(empty, np.random.default_rng(1))["open_house"]) > 1000
