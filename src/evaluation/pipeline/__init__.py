"""Runs the chapters: loads their inputs, gives notebooks their page, executes them and writes an edition.

The top of the one-way street below the command: may import every other package, and with `sources` it is the only
one that touches the disk.
"""

from __future__ import annotations

import sys

# nbformat brings in jsonschema, and that, where it is installed, a grammar of IRIs that takes a second to compile and
# that no notebook needs. A library that finds it missing does without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


class RunError(Exception):
    """A run that stopped; the message names notebook, cell and cause in one line."""
