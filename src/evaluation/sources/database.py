"""DuckDB for personal data: one way to open it, so that rows never spill where they do not belong.

By itself DuckDB writes what does not fit in memory to a folder ``.tmp`` where the command was started, which others may
read and a commit may catch.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import weakref
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from evaluation.sources.temporary import own_prefix

MEMORY_LIMIT = "3GB"
THREADS_MAX = 4  # each thread has buffers of its own, so more of them need more memory


def open_private(database: Path | None = None, scratch: Path | None = None) -> DuckDBPyConnection:
    """Open a connection with bounded memory and threads, that spills to a folder for the eyes of its owner only.

    Parameters
    ----------
    database
        File of the database; by default it lives in memory.
    scratch
        Private folder to spill to, which the caller removes. By default one in the temporary folder of the system, that
        is gone with the connection, or else at the end of the process.
    """
    folder = scratch or Path(tempfile.mkdtemp(prefix=own_prefix()))
    connection = duckdb.connect(
        str(database or ":memory:"),
        config={
            "temp_directory": str(folder),
            "memory_limit": MEMORY_LIMIT,
            "threads": min(os.cpu_count() or 1, THREADS_MAX),
        },
    )
    if scratch is None:
        weakref.finalize(connection, shutil.rmtree, folder, ignore_errors=True)
    return connection


def exactly(path: Path) -> str:
    """Return a path that DuckDB takes for this file only, also when it holds the marks of a pattern."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def quoted(name: str) -> str:
    """Return a name of a column as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL."""
    return "'" + text.replace("'", "''") + "'"
