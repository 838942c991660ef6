"""Runs the chapters: loads their inputs, gives notebooks their page, executes them and writes an edition.

The top of the one-way street below the command: may import every other package, and with `sources` it is the only
one that touches the disk.
"""

from __future__ import annotations


class RunError(Exception):
    """A run that stopped; the message names notebook, cell and cause in one line."""
