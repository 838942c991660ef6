"""Paths as they are printed."""

from __future__ import annotations

from pathlib import Path


def shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
