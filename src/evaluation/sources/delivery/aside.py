"""Work folders beside what they will become: private, locked while in use, and removed also after a run was killed.

A run that is killed cannot clean up, and what it leaves is personal data. Its lock is gone with it, so the next run
knows its folders from those of a run that is still alive.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

UNFINISHED = ".checking-"
"""Prefix of the work folders of a check, beside the checks and snapshots themselves."""

_RANDOM = "[a-z0-9_]{8}"  # what tempfile puts behind a prefix


@contextmanager
def folder_aside(parent: Path, prefix: str) -> Iterator[Path]:
    """Make a private folder in `parent` for as long as the block lasts, unless the block gives it another name.

    Folders of the same prefix that no living run holds are removed first. Where folders cannot be locked (Windows, some
    network drives) they are left alone, as the run that made them may be alive.

    Parameters
    ----------
    parent
        Exists already.
    prefix
        Begins with a dot and is used for nothing else.
    """
    # Between making a folder and locking it, it looks abandoned; the lock on the parent keeps others out meanwhile.
    with _opened(parent) as gate:
        _lock(gate, wait=True)
        _remove_abandoned(parent, prefix)
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        handle = os.open(folder, os.O_RDONLY) if sys.platform != "win32" else -1
        _lock(handle, wait=False)
    try:
        yield folder
    finally:
        if folder.exists():
            shutil.rmtree(folder)
        if handle >= 0:
            os.close(handle)


def _remove_abandoned(parent: Path, prefix: str) -> None:
    for folder in parent.iterdir():
        if re.fullmatch(re.escape(prefix) + _RANDOM, folder.name) and folder.is_dir() and not folder.is_symlink():
            # A living run may remove its own meanwhile, and a run of another user is not ours to look into.
            with suppress(FileNotFoundError, PermissionError), _opened(folder) as handle:
                if _lock(handle, wait=False):
                    shutil.rmtree(folder)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    if sys.platform == "win32":
        yield -1
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)


def _lock(handle: int, *, wait: bool) -> bool:
    """Lock an open folder and say whether that worked; the system lets go of it when the process ends, however."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True
