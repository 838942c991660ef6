"""The gate at the only door: whatever a chapter shows or saves is made from what it lets through.

Public figures and statistics are not personal data and pass as they are. Results from the personal register pass as
their protected copies (`evaluation.disclosure.protect`), and so do synthetic ones when they are to be treated as if
they were a register. Anything that does not say where it comes from, such as a bare frame, does not pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import evaluation.disclosure.protected  # noqa: F401 - registers the protected copies
from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import DisclosureError, protect
from evaluation.disclosure.publication import Publication
from evaluation.disclosure.rules import default_rules
from evaluation.disclosure.suppression import SuppressionError
from evaluation.evidence import Evidence

Disclosure = Literal["register", "always"]
"""Whether only results of the register are protected, or those of a synthetic registry too."""


class Gate:
    """The gate of one chapter.

    Parameters
    ----------
    disclosure
        What is protected.
    earlier
        What other editions have published.
    before
        What other chapters of this edition have published.
    """

    def __init__(
        self,
        disclosure: Disclosure = "register",
        earlier: Sequence[Publication] = (),
        before: Sequence[Publication] = (),
    ) -> None:
        treated = {Evidence.REGISTER} if disclosure == "register" else {Evidence.REGISTER, Evidence.SYNTHETIC}
        self.rules = default_rules()
        self._guard = Guard(self.rules, earlier, before, treated)

    @property
    def publication(self) -> Publication:
        """What the gate has let through of a register."""
        return self._guard.publication

    def protects(self, evidence: Evidence) -> bool:
        """Return whether results of this kind of evidence pass as protected copies only."""
        return self._guard.applies_to(evidence)

    def admit(self, result: Any) -> Any:
        """Return what may be shown of a result, of each of several, or of nothing.

        Raises
        ------
        DisclosureError
            When it does not say where it comes from, or cannot be protected.
        """
        if result is None:
            return None
        if isinstance(result, list | tuple):
            return type(result)(self.admit(part) for part in result)
        if not isinstance(evidence := getattr(result, "evidence", None), Evidence):
            raise DisclosureError(
                f"{type(result).__name__} does not say where it comes from; show results of evaluation.measures only"
            )
        if not self.protects(evidence):
            return result
        try:
            return protect(result, self._guard)
        except SuppressionError as error:
            raise DisclosureError(f"{type(result).__name__}: {error}") from None
