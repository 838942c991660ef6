"""A registry that is made up: the same tables as a real one, in agreement with everything that was published.

Modules here draw trajectories from an explicit process (``truth``), alone (``simulate``, ``stream_registry``) or
conditioned on the published aggregates (``synthesise``), and write them (``write_registry``). The tables show how a
chapter works and let an estimator be held against a known truth; they say nothing about Groningen, and every file
says so. The package may import ``evaluation.evidence``, ``evaluation.snapshot`` and ``evaluation.sources`` only; it
reads no file but to hash what it has written.
"""

from evaluation.sources.synthetic.registry import SyntheticRegistry, Tables, simulate, synthesise
from evaluation.sources.synthetic.storage import stream_registry, write_registry
from evaluation.sources.synthetic.targets import Targets
from evaluation.sources.synthetic.truth import DEFAULT_TRUTH, Truth

__all__ = [
    "DEFAULT_TRUTH",
    "SyntheticRegistry",
    "Tables",
    "Targets",
    "Truth",
    "simulate",
    "stream_registry",
    "synthesise",
    "write_registry",
]
