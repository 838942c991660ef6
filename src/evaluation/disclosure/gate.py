"""The gate at the only door: decides by the evidence of a result whether it may be shown.

Public figures and statistics are not personal data, and synthetic values describe nobody: they pass. Values from the
personal register do not pass at all, because the rules that would make them safe (minimum cells, rounding,
complementary suppression and its audit) are not built yet. Nothing personal can therefore leave by this door.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

from evaluation.evidence import Evidence

OPEN_TO = frozenset({Evidence.SYNTHETIC, Evidence.PUBLISHED, Evidence.BENCHMARK})


class DisclosureError(Exception):
    """A result that may not be shown; the message is one line for the user."""


class HasEvidence(Protocol):
    """Anything that knows the weakest kind of evidence among its inputs."""

    @property
    def evidence(self) -> Evidence:
        """Kind of evidence."""


Result = TypeVar("Result", bound=HasEvidence)


def release(result: Result) -> Result:
    """Return `result` when it may be shown.

    Raises
    ------
    DisclosureError
        When the result comes from the personal register.
    """
    if result.evidence not in OPEN_TO:
        raise DisclosureError(
            f"{type(result).__name__} comes from the personal register and may not be shown: "
            "no disclosure rules are in force yet; run on the synthetic registry"
        )
    return result
