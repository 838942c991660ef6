"""Deliveries damaged at random: a clear refusal or a reconciled quarantine every time, never half a check."""

import io
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from evaluation.pipeline.delivery import check_delivery
from evaluation.sources import SourceError
from tests.pipeline.test_delivery import CLIENTS, TRAJECTORIES

HOURS = "trajectory_id;month;direct_hours\nt1;2023-03-01;4,5\nt1;2023-04-01;6,25\nt2;2023-05-01;3,0\n"
CELLS = (
    *("", "0", "-1", "9" * 40, "NULL", "nan", "1e400", "45000", "\x00", "a;b", "a\nb", "\t", '"', "é€😀", "\u202e"),
    *("31-02-2024", "2024-13-01", "01/02/2024", "20240230", "1900-01-01", "9999-12-31"),
    *("=1+1", "@SUM(A1)", "'; drop table problems; --", "<script>"),
)
Damage = Callable[[random.Random, bytes], bytes]


def _flip_bytes(rng: random.Random, content: bytes) -> bytes:
    damaged = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    return bytes(damaged)


def _cut(rng: random.Random, content: bytes) -> bytes:
    return content[: rng.randrange(len(content))]


def _repeat(rng: random.Random, content: bytes) -> bytes:
    return content + content[rng.randrange(len(content)) :]


def _replace_cells(rng: random.Random, content: bytes) -> bytes:
    rows = [line.split(b";") for line in content.split(b"\n")]
    for _ in range(rng.randint(1, 6)):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice(CELLS).encode()
    return b"\n".join(b";".join(row) for row in rows)


def _shuffle_columns(rng: random.Random, content: bytes) -> bytes:
    rows = [line.split(b";") for line in content.split(b"\n")]
    order = rng.sample(range(len(rows[0])), rng.randint(1, len(rows[0])))
    return b"\n".join(b";".join(row[i] for i in order if i < len(row)) for row in rows)


def _encode(rng: random.Random, content: bytes) -> bytes:
    return content.decode("utf-8").encode(rng.choice(["utf-16", "cp1252", "utf-8-sig", "utf-32", "latin-1"]), "replace")


DAMAGES: tuple[Damage, ...] = (_flip_bytes, _cut, _repeat, _replace_cells, _replace_cells, _shuffle_columns, _encode)


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for line in TRAJECTORIES.splitlines():
        book.active.append(line.split(";"))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _deliver(folder: Path, rng: random.Random) -> None:
    folder.mkdir()
    files = {"trajectories.csv": TRAJECTORIES.encode(), "clients.csv": CLIENTS.encode(), "hours.csv": HOURS.encode()}
    if rng.random() < 0.2:
        del files["trajectories.csv"]
        files["trajectories.xlsx"] = _workbook()
    for name, content in files.items():
        damage = rng.choice(DAMAGES if name.endswith("csv") else (_flip_bytes, _cut, _repeat))
        (folder / name).write_bytes(damage(rng, content) if rng.random() < 0.6 else content)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_delivery_is_refused_clearly_or_reconciled(seed: int, tmp_path: Path):
    outcomes = []
    for case in range(25):
        rng = random.Random(f"{seed}-{case}")
        folder, private = tmp_path / f"delivery-{case}", tmp_path / f"private-{case}"
        _deliver(folder, rng)
        try:
            checked = check_delivery(folder, date(2024, 6, 1), private, language="nl", store=True)
        except SourceError as error:
            assert len(str(error).splitlines()) == 1, (seed, case)
            # A check that was made stays when only its storing is refused; nothing else does.
            checked_only = ["2024-06-01-check"] if "nothing is stored" in str(error) else []
            assert [path.name for path in private.iterdir()] == checked_only, (seed, case)
            outcomes.append("refused")
        else:
            rows = checked.account.tables
            assert (rows["delivered"] == rows["accepted"] + rows["quarantined"]).all(), (seed, case)
            assert checked.page.is_file()
            outcomes.append("quarantined" if checked.account.quarantined else "accepted")
    assert len(set(outcomes)) > 1  # the damage is of every kind, not always the same refusal
