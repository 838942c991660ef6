"""Where things lie, seen from the root of the project and never from the folder a caller happens to be in."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
NOTEBOOKS = ROOT / "notebooks"
EDITIONS_FILE = NOTEBOOKS / "editions.yml"
OUTPUTS = ROOT / "outputs"
SYNTHETIC = ROOT / "data" / "synthetic"

SYNTHETIC_REGISTRY = "synthetic"
PROTECTED_REGISTRY = "synthetic-protected"
"""The synthetic registry, treated as if it were the personal register."""


def under_root(path: str) -> Path:
    """Return `path`, read from the root of the project unless it is absolute."""
    return ROOT / path


def private_folder() -> Path:
    """Return where deliveries and the log of releases are kept: ``data/private``, or what EVALUATION_PRIVATE names."""
    return Path(os.environ.get("EVALUATION_PRIVATE") or ROOT / "data" / "private").absolute()
