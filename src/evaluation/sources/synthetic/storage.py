"""Writing registries: the calibrated one, and large ones in bounded memory.

Everything goes to a folder beside the target that takes its place when complete, so a registry is there whole or not at
all. A folder that is not a synthetic registry is never replaced.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from evaluation.evidence import Evidence
from evaluation.sources import SourceError
from evaluation.sources.fingerprint import sha256_of
from evaluation.sources.synthetic import tables
from evaluation.sources.synthetic.registry import SyntheticRegistry, simulate
from evaluation.sources.synthetic.truth import Truth

DESCRIPTION = "synthetic.json"
"""Says that a folder holds a synthetic registry, and by which hashes its tables are known."""

OBSERVED_UNTIL = date(2025, 1, 1)
"""Day of delivery of a streamed registry unless told otherwise."""


def write_registry(registry: SyntheticRegistry, folder: Path) -> Path:
    """Write the tables of a registry (Parquet) and its description (JSON).

    Parameters
    ----------
    registry
        Result of ``synthesise``.
    folder
        Created, or replaced when it holds a synthetic registry.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    SourceError
        When the folder holds something else.
    """
    with _written_aside(folder) as aside:
        tables = {name: getattr(registry, name) for name in ("trajectories", "clients", "hours", "pilot_families")}
        for name, table in {**tables, **registry.records}.items():
            pq.write_table(table, aside / f"{name}.parquet")
        _describe(aside, registry.truth, registry.seed, registry.observed_until, registry.tensions)
    return folder


def stream_registry(
    folder: Path,
    n: int,
    truth: Truth,
    seed: int,
    *,
    chunk: int = 1_000_000,
    hours: bool = True,
    observed_until: date = OBSERVED_UNTIL,
) -> Path:
    """Write a simulated registry of any size, chunk by chunk.

    Clients and families do not reach over chunks. A chunk of a million trajectories takes less than 2 GB with hours.

    Parameters
    ----------
    folder
        Created, or replaced when it holds a synthetic registry.
    n
        Number of trajectories.
    truth
        The process.
    seed
        The same seed and chunk size give the same bytes.
    chunk
        Trajectories per chunk.
    hours
        Whether to write the hours table, about nine rows per trajectory.
    observed_until
        Day of the delivery.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    SourceError
        When the folder holds something else than a synthetic registry.
    """
    if n < 0 or chunk < 1:
        raise ValueError(
            f"n = {n}, chunk = {chunk}: give a number of trajectories of 0 or more and a chunk of 1 or more"
        )
    schemas = {"trajectories": tables.TRAJECTORIES, "clients": tables.CLIENTS}
    if hours:
        schemas["hours"] = tables.HOURS
    with _written_aside(folder) as aside:
        with _open_writers(aside, schemas) as writers:
            for number, first in enumerate(range(0, n, chunk)):
                own_seed = np.random.SeedSequence(seed, spawn_key=(number,))
                part = simulate(truth, min(chunk, n - first), own_seed, observed_until, hours=hours, offset=first)
                for name, writer in writers.items():
                    writer.write_table(getattr(part, name))
                del part
                pa.default_memory_pool().release_unused()
        _describe(aside, truth, seed, observed_until, None)
    return folder


@contextmanager
def _open_writers(folder: Path, schemas: Mapping[str, pa.Schema]) -> Iterator[dict[str, pq.ParquetWriter]]:
    """Yield one open Parquet file per table; files are complete when the block ends."""
    with ExitStack() as files:
        yield {
            name: files.enter_context(pq.ParquetWriter(folder / f"{name}.parquet", schema))
            for name, schema in schemas.items()
        }


@contextmanager
def _written_aside(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the place of `folder` when the block succeeds, and vanishes when it fails."""
    if folder.exists() and not (folder / DESCRIPTION).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise SourceError(f"{folder}: holds something else than a synthetic registry; give an empty or new folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as own:
        aside = Path(own) / "new"
        aside.mkdir()
        yield aside
        if folder.exists():
            folder.rename(Path(own) / "old")
        aside.rename(folder)


def _describe(folder: Path, truth: Truth, seed: int, observed_until: date, tensions: pd.DataFrame | None) -> None:
    """Write what the registry is and the hash of every table; a missing number is null, for JSON knows no NaN."""
    rows = None if tensions is None else tensions.astype(object).where(tensions.notna(), None).to_dict("records")
    description = {
        "evidence": str(Evidence.SYNTHETIC),
        "seed": seed,
        "observed_until": observed_until.isoformat(),
        "sha256": {path.name: sha256_of(path) for path in sorted(folder.glob("*.parquet"))},
        "truth": asdict(truth),
        "tensions": rows,
    }
    text = json.dumps(description, indent=2, default=_iso, ensure_ascii=False, allow_nan=False)
    (folder / DESCRIPTION).write_text(text + "\n", encoding="utf-8")


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not go into {DESCRIPTION}")
