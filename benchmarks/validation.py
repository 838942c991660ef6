"""How long the validation of ten million trajectories takes, and how much memory.

    .venv/bin/evaluation synthesise /tmp/large --trajectories 10000000 --no-hours
    .venv/bin/python benchmarks/validation.py /tmp/large

The first command writes the registry (about 20 seconds). The second loads its trajectories into a private DuckDB work
file, with two threads and a memory limit of 2.5 GB, and validates them. ``--clients`` also loads the clients, nine
million of them where a real delivery has a few thousand. ``--spoilt`` gives one row in fifty an error and makes every
tenth client have the same product twice. Aim: within two minutes and 4 GB. Tests do not run this.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

from evaluation.sources.delivery.contract import PROBLEMS_TABLE, ROW, DeliveredFile, Delivery
from evaluation.sources.delivery.validation import validate

SPOILT = f"""* replace (
    case when {ROW} % 50 = 0 then start_date - 1 else end_date end as end_date,
    case when {ROW} % 10 = 0 then 'C' || ({ROW} // 20) else client_key end as client_key,
    case when {ROW} % 10 = 0 then 'P01' else product_code end as product_code)"""


def load(folder: Path, work_file: Path, tables: list[str], spoilt: bool) -> Delivery:
    """Read Parquet tables straight into a work file, with row numbers as in a file with a header."""
    connection = duckdb.connect(str(work_file), config={"memory_limit": "2.5GB", "threads": 2})
    connection.execute(PROBLEMS_TABLE)
    files = []
    for table in tables:
        path = folder / f"{table}.parquet"
        source = f"read_parquet('{path}', file_row_number = true)"
        numbered = f"select * exclude (file_row_number), file_row_number + 2 as {ROW} from {source}"
        columns = SPOILT if spoilt and table == "trajectories" else "*"
        connection.execute(f"create table {table} as select {columns} from ({numbered})")
        ((rows,),) = connection.execute(f"select count(*) from {table}").fetchall()
        files.append(DeliveredFile(table, path, "parquet", "", "", "", {}, {}, rows, ""))
    return Delivery(folder, date(2025, 1, 1), tuple(files), connection)


def main() -> None:
    """Load, validate and print seconds and peak memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clients", action="store_true")
    parser.add_argument("--spoilt", action="store_true")
    asked = parser.parse_args()
    tables = ["trajectories", "clients"] if asked.clients else ["trajectories"]
    with tempfile.TemporaryDirectory() as scratch:
        begun = time.perf_counter()
        delivery = load(asked.folder, Path(scratch) / "delivery.duckdb", tables, asked.spoilt)
        loaded = time.perf_counter()
        validation = validate(delivery)
        validated = time.perf_counter()
        peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        print(validation.accounting.to_string(index=False))  # noqa: T201
        print(validation.findings.to_string(index=False))  # noqa: T201
        print(f"loaded {loaded - begun:.1f} s, validated {validated - loaded:.1f} s, peak memory {peak_gb:.2f} GB")  # noqa: T201


if __name__ == "__main__":
    main()
