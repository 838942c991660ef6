"""Keeps the last states of each edition beside the editions: ``outputs/.kept/<edition>/<moment>/``.

A state is a copy, for its owner only, that shares the files that did not change with the state before it. Nothing
outside ``.kept`` is ever changed, and nothing in it that does not bear the name of a state.
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
NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z")


def kept_states(outputs: Path, edition: str) -> list[Path]:
    """Return the kept states of the edition in the folder of that name, the oldest first."""
    place = outputs / KEPT / edition
    return sorted(path for path in place.glob("*") if _is_state(path)) if place.is_dir() else []


def keep_state(edition: Path, now: datetime) -> Path:
    """Copy a built edition to the kept states and return the copy.

    Parameters
    ----------
    edition
        Its folder, ``outputs/<edition>``.
    now
        Moment that names the state; with a zone.
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
    making.rename(target)
    return target


def prune_states(newest: Path, keep: int) -> list[Path]:
    """Remove the oldest states beside `newest` until `keep` are left, itself included; return the removed ones."""
    others = [path for path in sorted(newest.parent.iterdir()) if _is_state(path) and path != newest]
    removed = others[: max(0, len(others) - (keep - 1))]
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
        elif before and before.is_file() and filecmp.cmp(own, before, shallow=False):
            os.link(before, target / own.name)
        else:
            shutil.copyfile(own, target / own.name)
            (target / own.name).chmod(0o600)
