"""Deliveries damaged at random: a clear refusal or a reconciled quarantine every time, never half a check."""

import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from evaluation.pipeline.delivery import check_delivery
from evaluation.sources import SourceError
from tests.pipeline.damage import BSN, damaged_delivery, mistaken_delivery

CASES = 50
FAST, SLOW = range(12), range(12, 24)
MEMORY_MAX_MB = 700  # above what the tests before left behind


def outcome_of(seed: int, case: int, scratch: Path) -> str:
    """Check one damaged delivery, and assert that the answer is one of the two that are allowed."""
    rng, where = random.Random(f"{seed}-{case}"), f"seed {seed}, case {case}"
    folder, private = scratch / "delivery", scratch / "private"
    (damaged_delivery if case % 10 else mistaken_delivery)(folder, rng)
    try:
        checked = check_delivery(folder, date(2024, 6, 1), private, language=rng.choice(["nl", "en"]), store=True)
    except SourceError as error:
        message = str(error)
        assert len(message.splitlines()) == 1, where
        assert message.isprintable(), where
        assert len(message) < 1000, where
        assert BSN not in message, where
        # A check that was made stays when only its storing is refused; nothing else does.
        checked_only = ["2024-06-01-check"] if "nothing is stored" in message else []
        assert [path.name for path in private.iterdir()] == checked_only, where
        return "refused"
    rows = checked.account.tables
    assert (rows["delivered"] == rows["accepted"] + rows["quarantined"]).all(), where
    assert {path.name for path in private.iterdir()} == {"2024-06-01", "2024-06-01-check"}, where
    written = b"".join(path.read_bytes() for path in private.rglob("*") if path.suffix in {".csv", ".html"})
    assert BSN.encode() not in written, where
    return "quarantined" if checked.account.quarantined else "accepted"


def outcomes_of(seed: int, scratch: Path) -> Counter[str]:
    """Check all deliveries of a seed, and assert that nothing is left behind and memory stays bounded."""
    before, outcomes = _peak_mb(anew=True), Counter[str]()
    for case in range(CASES):
        place = scratch / str(case)
        place.mkdir()
        outcomes[outcome_of(seed, case, place)] += 1
    assert _peak_mb() < before + MEMORY_MAX_MB, f"seed {seed}"
    return outcomes


def _peak_mb(*, anew: bool = False) -> float:
    """Most memory that this process had, or since the last time that was asked for anew (Linux only)."""
    if sys.platform != "linux":
        return 0
    if anew:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    return int(found[1]) / 1024


@pytest.fixture
def only_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for everything, and the certainty that the temporary folder is left as it was."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "cases").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    yield tmp_path / "cases"
    assert not list((tmp_path / "tmp").iterdir())


@pytest.mark.parametrize("seed", FAST)
def test_a_damaged_delivery_is_refused_clearly_or_reconciled(seed: int, only_here: Path):
    outcomes = outcomes_of(seed, only_here)
    assert len(outcomes) == 3, outcomes  # the damage is of every kind, not always the same refusal


@pytest.mark.slow
@pytest.mark.parametrize("seed", SLOW)
def test_more_damaged_deliveries_are_too(seed: int, only_here: Path):
    outcomes = outcomes_of(seed, only_here)
    assert len(outcomes) == 3, outcomes
