"""How temporary folders of this project are called, so that a later run sees which of them nobody uses any more."""

from __future__ import annotations

import os

TEMPORARY = "evaluation-"


def own_prefix() -> str:
    """Return the first letters of a temporary folder of this process, whose number they hold."""
    return f"{TEMPORARY}{os.getpid()}-"
