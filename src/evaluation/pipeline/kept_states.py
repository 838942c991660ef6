"""Keeps the last states of each edition beside the editions: ``outputs/.kept/<edition>/<moment>/``.

A state is a copy, for its owner only, that shares the files that did not change with the state before it. Until what
changed in it was told, a mark lies in it, also when the run is killed meanwhile. Nothing outside ``.kept`` is ever
changed, and nothing in it that does not bear the name of a state.
"""

from __future__ import annotations

import filecmp
import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

KEPT = ".kept"
MAKING = ".making-"
UNTOLD = ".untold"
NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z")


def kept_states(outputs: Path, edition: str) -> list[Path]:
    """Return the kept states of the edition in the folder of that name, the oldest first."""
    place = outputs / KEPT / edition
    return sorted(path for path in place.glob("*") if _is_state(path)) if place.is_dir() else []


def told_states(outputs: Path, edition: str) -> list[Path]:
    """Return those of which it was told what changed, the oldest first."""
    return [path for path in kept_states(outputs, edition) if not (path / UNTOLD).exists()]


def keep_state(edition: Path, now: datetime, *, told: bool = False) -> Path:
    """Copy a built edition to the kept states and return the copy.

    Parameters
    ----------
    edition
        Its folder, ``outputs/<edition>``.
    now
        Moment that names the state; with a zone.
    told
        Whether what it says is known; otherwise it is marked as not told yet.
    """
    place = edition.parent / KEPT / edition.name
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    (edition.parent / KEPT).chmod(0o700)
    for left in place.glob(f"{MAKING}*"):  # of a run that was killed while it copied
        shutil.rmtree(left)
    earlier = kept_states(edition.parent, edition.name)
    target = place / now.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    making = place / f"{MAKING}{target.name}"
    _copy(edition, making, earlier[-1] if earlier else None)
    if not told:
        (making / UNTOLD).touch(mode=0o600)
    making.rename(target)
    return target


def mark_told(outputs: Path, edition: str) -> None:
    """Take the mark off every kept state of an edition."""
    for state in kept_states(outputs, edition):
        (state / UNTOLD).unlink(missing_ok=True)


def prune_states(outputs: Path, edition: str, newest: Path, keep: int) -> list[Path]:
    """Remove the oldest kept states of an edition until `keep` are left; return the removed ones.

    The newest stays, and until it is told, the last one that was, with which the next run compares.
    """
    others = [path for path in kept_states(outputs, edition) if path != newest]
    spared = told_states(outputs, edition)[-1:] if (newest / UNTOLD).exists() else []
    removed = [path for path in others[: max(0, len(others) - (keep - 1))] if path not in spared]
    for path in removed:
        shutil.rmtree(path)
    return removed


def _is_state(path: Path) -> bool:
    return bool(NAME.fullmatch(path.name)) and path.is_dir() and not path.is_symlink()


def _copy(source: Path, target: Path, earlier: Path | None) -> None:
    """Copy a folder; a file with the same bytes in the earlier state becomes another name of that one."""
    target.mkdir(mode=0o700)
    for own in sorted(source.iterdir()):
        before = earlier / own.name if earlier else None
        if own.is_dir():
            _copy(own, target / own.name, before if before and before.is_dir() else None)
        elif not (before and before.is_file() and filecmp.cmp(own, before, shallow=False)) or not _linked(
            before, target / own.name
        ):
            shutil.copyfile(own, target / own.name)
            (target / own.name).chmod(0o600)


def _linked(file: Path, other: Path) -> bool:
    """Give a file another name; False on a file system that knows one name only."""
    try:
        os.link(file, other)
    except OSError:
        return False
    return True
