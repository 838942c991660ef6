"""What came in: readers of the data files, checked against what those files promise.

A module may live here when it turns one kind of source (the data package, the published figures, the benchmarks, a
registry) into a frame or a frozen record, and refuses it with a ``SourceError`` when it is not what it should be. It
computes nothing about the evaluation. It imports ``evidence`` and ``parameters`` only, and is, next to ``pipeline``,
the only layer that touches the disk.
"""

from __future__ import annotations

from evaluation.evidence import Refusal


class SourceError(Refusal):
    """A source is missing, damaged or asked for something it does not hold.

    The message is one line that names the file, the place and value at fault, and what to do about it.
    """
