"""How long a delivery of ten million trajectories takes from its files to a snapshot, and how much memory.

    .venv/bin/evaluation synthesise /tmp/large --trajectories 10000000 --no-hours
    .venv/bin/python benchmarks/delivery.py /tmp/large

The first command writes the registry (about 20 seconds). The second takes it in as `evaluation validate --store` does
and prints wall time and peak memory of each step. ``--csv`` first writes the same tables as CSV, ``--spoilt`` gives one
row in fifty an error and every tenth client the same product twice, ``--pseudonymise`` copies the delivery with keys
instead. The clients, nine million of them where a real delivery has a few thousand, come along with ``--clients``.
Aim: within two minutes and 4 GB, and three minutes for the pseudonyms. Tests do not run this.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

from evaluation.pipeline.delivery import check_delivery
from evaluation.sources.delivery.keys import new_key
from evaluation.sources.delivery.pseudonyms import pseudonymise

SPOILT = """* replace (
    case when file_row_number % 50 = 0 then start_date - 1 else end_date end as end_date,
    case when file_row_number % 10 = 0 then 'C' || (file_row_number // 20) else client_key end as client_key,
    case when file_row_number % 10 = 0 then 'P01' else product_code end as product_code)"""


class Stopwatch:
    """Wall time and peak memory of each step; the kernel starts a new peak when it is asked to."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, float, float]] = []
        self._step, self._begun = "", 0.0

    def start(self, step: str) -> None:
        """End the running step and begin another; an empty name begins none."""
        if self._step:
            self.lines.append((self._step, time.perf_counter() - self._begun, self._peak_gb()))
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        self._step, self._begun = step, time.perf_counter()

    @staticmethod
    def _peak_gb() -> float:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(found[1]) / 1024**2 if found else float("nan")

    def __str__(self) -> str:
        """Every step, then all together."""
        seconds, peak = sum(line[1] for line in self.lines), max(line[2] for line in self.lines)
        lines = [*self.lines, ("together", seconds, peak)]
        return "\n".join(
            [f"{'step':<14}{'seconds':>9}{'peak GB':>9}", *(f"{n:<14}{s:>9.1f}{p:>9.2f}" for n, s, p in lines)]
        )


def deliver(registry: Path, folder: Path, tables: list[str], *, csv: bool, spoilt: bool) -> None:
    """Lay the tables of a registry down as a delivery."""
    folder.mkdir()
    for table in tables:
        columns = SPOILT if spoilt and table == "trajectories" else "*"
        source = f"read_parquet('{registry / table}.parquet', file_row_number = true)"
        form = "(header, delimiter ';')" if csv else "(format parquet, compression zstd)"
        duckdb.execute(
            f"copy (select * exclude (file_row_number) from (select {columns} from {source})) "
            f"to '{folder / table}.{'csv' if csv else 'parquet'}' {form}"
        )


def main() -> None:
    """Deliver, take in and print seconds and peak memory of each step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("registry", type=Path)
    for option in ("--csv", "--clients", "--spoilt", "--pseudonymise"):
        parser.add_argument(option, action="store_true")
    asked = parser.parse_args()
    tables = ["trajectories", "clients"] if asked.clients else ["trajectories"]
    watch = Stopwatch()
    with tempfile.TemporaryDirectory() as scratch:
        folder, private = Path(scratch) / "delivery", Path(scratch) / "private"
        deliver(asked.registry, folder, tables, csv=asked.csv, spoilt=asked.spoilt)
        if asked.pseudonymise:
            new_key(Path(scratch) / "bench.key")
            watch.start("pseudonymise")
            pseudonymise(folder, Path(scratch) / "keyed", Path(scratch) / "bench.key")
        else:
            checked = check_delivery(folder, date(2025, 1, 1), private, language="en", store=True, on_step=watch.start)
            print(checked.account.tables.to_string(index=False))  # noqa: T201
        watch.start("")
    print(watch)  # noqa: T201


if __name__ == "__main__":
    main()
