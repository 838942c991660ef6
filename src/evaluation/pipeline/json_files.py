"""Reads the JSON files of an edition."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evaluation.sources import SourceError


def read_json(path: Path) -> dict[str, Any]:
    """Return what a file of an edition holds.

    Raises
    ------
    SourceError
        When it is damaged.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: not readable as JSON ({error}); run that edition again") from None
    return content if isinstance(content, dict) else {}
