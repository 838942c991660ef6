"""The gate at the only door: whatever a chapter shows or saves is made from what it lets through.

Public figures and statistics are not personal data and pass as they are. Results from the personal register pass as
their protected copies (`evaluation.disclosure.protect`), and so do synthetic ones when they are to be treated as if
they were a register. Anything that does not say where it comes from, such as a bare frame, does not pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import evaluation.disclosure.protected  # noqa: F401 - registers the protected copies
from evaluation.disclosure import DisclosureError
from evaluation.disclosure.audit import ContradictionError
from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import protect
from evaluation.disclosure.publication import Publication, union
from evaluation.disclosure.recovery import given_away
from evaluation.disclosure.rules import default_rules
from evaluation.disclosure.suppression import SuppressionError
from evaluation.evidence import Evidence

Disclosure = Literal["register", "always"]
"""Whether only results of the register are protected, or those of a synthetic registry too."""


class TooFewError(DisclosureError):
    """A result on so few people that nothing of it may be shown; the message is one line for the user."""


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
    careful
        Whether to audit all that was shown with each result that is added, and to withhold one that gives something
        away. The guard protects table by table, which is enough but for registers so small that tables together tell
        what none of them does; an edition of which the audit fails is made again so.
    """

    def __init__(
        self,
        disclosure: Disclosure = "register",
        earlier: Sequence[Publication] = (),
        before: Sequence[Publication] = (),
        *,
        careful: bool = False,
    ) -> None:
        treated = {Evidence.REGISTER} if disclosure == "register" else {Evidence.REGISTER, Evidence.SYNTHETIC}
        self.rules = default_rules()
        self._guard = Guard(self.rules, earlier, before, treated)
        self._earlier, self._before, self._careful = earlier, before, careful

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
            When it does not say where it comes from, or no rule says how it is protected.
        TooFewError
            When it rests on so few people that no part of it can be shown.
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
        before = self._guard.publication
        try:
            with self._guard.tentatively():
                copy = protect(result, self._guard)
                self._require_hidden(before)
        except (SuppressionError, ContradictionError) as error:
            raise TooFewError(f"{type(result).__name__}: {error}") from None
        return copy

    def _require_hidden(self, before: Publication) -> None:
        """Audit everything shown so far, when something came with it.

        Raises
        ------
        SuppressionError
            When a hidden number follows from what would be shown.
        """
        now = self._guard.publication
        if not self._careful or now == before:
            return
        # What was shown before this result passed the same audit.
        known = union([*self._before, before])
        if given_away(union([*self._before, now]), self._earlier, self.rules, known):
            raise SuppressionError("a hidden number would follow from what is shown already")
