"""What may leave: every result passes the gate before it is shown or saved.

May import `evaluation.evidence` and results of `evaluation.measures`; reads and writes no files.
"""

from __future__ import annotations

from evaluation.evidence import Refusal


class DisclosureError(Refusal):
    """A result that may not be shown; the message is one line for the user."""
