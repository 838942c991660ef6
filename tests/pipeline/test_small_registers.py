"""Every chapter that reads the register, on next to nothing: a page that says so, never an error or a false zero."""

import json
from pathlib import Path

import pandas as pd
import pytest

from evaluation.parameters import CHAPTERS, RegistryParameters
from evaluation.pipeline.editions import read_editions
from evaluation.pipeline.inputs import synthetic_registry
from evaluation.pipeline.runner import run_editions
from tests.conftest import only

READERS = [name for name, kind in CHAPTERS.items() if issubclass(kind, RegistryParameters)]
REFUSED_WORDS = ("nan", "NaN", "None", "Traceback")


def register(folder: Path, rows: int, *, further: bool) -> Path:
    """Write the first rows of the invented registry as a register: nothing says that it is invented."""
    folder.mkdir()
    for path in synthetic_registry().glob("*.parquet"):
        if further or path.stem == "trajectories":
            frame = pd.read_parquet(path).head(rows)
            if path.stem == "trajectories":
                # Something was entered on the last day, so that it may be asked about.
                frame.loc[frame.index[-1], "registered_on"] = pd.Timestamp("2025-01-01").date()
            frame.to_parquet(folder / path.name)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "further"), [(1, False), (9, True), (60, True)])
def test_next_to_nothing_makes_a_page_and_tells_of_nobody(
    rows: int, further: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALUATION_PRIVATE", str(tmp_path / "private"))
    only(monkeypatch, READERS)
    own = {"registry": str(register(tmp_path / "registry", rows, further=further))}
    (built,) = run_editions(
        [read_editions()["2025-01-01"]], language="nl", overrides=dict.fromkeys(READERS, own), outputs=tmp_path / "out"
    )
    for name in READERS:
        text = (built.folder / f"{name}.html").read_text(encoding="utf-8")
        assert "<h2" in text
        assert [word for word in REFUSED_WORDS if f">{word}<" in text or f" {word} " in text] == [], name
    measures = json.loads((built.folder / "results.json").read_text(encoding="utf-8"))["measures"]
    for measure in measures:
        if measure["evidence"] == "register" and rows < 10:
            # Of fewer than ten nothing is told: not their number, and no zero in its place.
            shown = [measure[field] for field in ("estimate", "n") if measure[field] is not None]
            assert [value for value in shown if 0 < value < 10 and measure["unit"].endswith("s")] == [], measure["id"]
        if measure["evidence"] == "register" and measure["n"] is not None:
            # How many are behind a value is a count like any other, whatever the unit of the value.
            assert measure["n"] == 0 or measure["n"] >= 5, measure["id"]
            assert measure["n"] % 5 == 0, measure["id"]
