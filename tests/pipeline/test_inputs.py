"""Inputs of the chapters: the synthetic registry is made once, whoever asks first."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from evaluation.pipeline import inputs


def test_several_readers_at_once_get_one_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(inputs, "SYNTHETIC", tmp_path / "synthetic")
    with ThreadPoolExecutor(4) as pool:
        folders = set(pool.map(lambda _turn: inputs.synthetic_registry(), range(4)))
    (folder,) = folders
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert (folder / "trajectories.parquet").is_file()


def test_a_published_figure_is_compared_only_over_its_own_period():
    day = date(2024, 3, 25)
    over_all, over_less = (inputs.published_on(day, since) for since in (date(2023, 1, 1), date(2023, 7, 1)))
    assert over_all["volumes.trajectories"].value.value == 1273
    assert over_all["volumes.trajectories"].quote == "Aantal trajecten 1/1/2023 – maart 2024: 1.273"
    assert "volumes.trajectories" not in over_less
    assert inputs.published_on(date(2024, 6, 1), date(2023, 1, 1)) == {}
