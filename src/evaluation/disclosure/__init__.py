"""What may leave: every result passes the gate before it is shown or saved.

May import `evaluation.evidence` and results of `evaluation.measures`; reads and writes no files.
"""

from __future__ import annotations


class DisclosureError(Exception):
    """A result that may not be shown; the message is one line for the user."""
