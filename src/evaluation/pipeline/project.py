"""Where things lie, seen from the root of the project and never from the folder a caller happens to be in."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
NOTEBOOKS = ROOT / "notebooks"
EDITIONS_FILE = NOTEBOOKS / "editions.yml"
OUTPUTS = ROOT / "outputs"
SYNTHETIC = ROOT / "data" / "synthetic"


def under_root(path: str) -> Path:
    """Return `path`, read from the root of the project unless it is absolute."""
    return ROOT / path


PRIVATE = ROOT / "data" / "private"
