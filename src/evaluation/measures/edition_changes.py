"""What differs between two editions that were made: verdicts on statements, and the numbers.

Meant for two states of the same edition, before and after a new run, and as well for an edition and the one before it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from evaluation.evidence import Mark, Measure
from evaluation.measures.claims.changes import EarlierVerdict

# Estimation on another number of threads adds up in another order: below this two numbers are the same.
RELATIVE_TOLERANCE = 1e-9
COMPARED = ("estimate", "ci_low", "ci_high", "ci_level", "n", "n_missing", "unit", "evidence")
"""Parts of a measure that are compared; its period follows the reference date, and its method is words."""


@dataclass(frozen=True)
class EditionState:
    """What an edition said at one moment.

    Attributes
    ----------
    edition, reference_date
        Its name and the day at which it looks.
    verdicts
        By statement, also those that had not been made by the reference date.
    measures
        By id.
    """

    edition: str
    reference_date: date
    verdicts: Mapping[str, EarlierVerdict]
    measures: Mapping[str, Measure]


@dataclass(frozen=True)
class VerdictChange:
    """A statement with another verdict or grade; None where it was not judged or is not judged any more."""

    claim_id: str
    before: EarlierVerdict | None
    after: EarlierVerdict | None


@dataclass(frozen=True)
class MeasureChange:
    """A measure that both states have, with the names of its parts that differ."""

    before: Measure
    after: Measure
    parts: tuple[str, ...]


@dataclass(frozen=True)
class EditionChanges:
    """Everything that differs.

    Attributes
    ----------
    older, newer
        The two states; `older` is None when there was nothing before.
    verdicts
        Statements judged in both, with another verdict or grade.
    verdicts_new, verdicts_gone
        Statements judged in one of the two only.
    measures
        Numbers in both that differ.
    measures_new, measures_gone
        Numbers in one of the two only.
    """

    older: EditionState | None
    newer: EditionState
    verdicts: tuple[VerdictChange, ...]
    verdicts_new: tuple[VerdictChange, ...]
    verdicts_gone: tuple[VerdictChange, ...]
    measures: tuple[MeasureChange, ...]
    measures_new: tuple[Measure, ...]
    measures_gone: tuple[Measure, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(
            self.verdicts
            or self.verdicts_new
            or self.verdicts_gone
            or self.measures
            or self.measures_new
            or self.measures_gone
        )


def compare_editions(older: EditionState | None, newer: EditionState) -> EditionChanges:
    """Compare two states.

    Parameters
    ----------
    older
        None when there was nothing before: then everything is new.
    newer
        The state that it is about.

    Returns
    -------
    EditionChanges
        In the order of the newer state; what is gone in the order of the older.
    """
    said = _judged(older) if older else {}
    says = _judged(newer)
    had = older.measures if older else {}
    return EditionChanges(
        older=older,
        newer=newer,
        verdicts=tuple(
            VerdictChange(name, said[name], own) for name, own in says.items() if name in said and said[name] != own
        ),
        verdicts_new=tuple(VerdictChange(name, None, own) for name, own in says.items() if name not in said),
        verdicts_gone=tuple(VerdictChange(name, own, None) for name, own in said.items() if name not in says),
        measures=tuple(
            MeasureChange(had[name], own, parts)
            for name, own in newer.measures.items()
            if name in had and (parts := _parts(had[name], own))
        ),
        measures_new=tuple(own for name, own in newer.measures.items() if name not in had),
        measures_gone=tuple(own for name, own in had.items() if name not in newer.measures),
    )


def _judged(state: EditionState) -> dict[str, EarlierVerdict]:
    return {name: own for name, own in state.verdicts.items() if own.judged}


def _parts(before: Measure, after: Measure) -> tuple[str, ...]:
    return tuple(part for part in COMPARED if not _same(getattr(before, part), getattr(after, part)))


def _same(before: object, after: object) -> bool:
    """Whether two values are equal; withheld, unknown and zero are three different things."""
    if isinstance(before, Mark) or isinstance(after, Mark):
        return before is after
    if isinstance(before, int | float) and isinstance(after, int | float):
        both_unknown = math.isnan(before) and math.isnan(after)
        return both_unknown or math.isclose(before, after, rel_tol=RELATIVE_TOLERANCE, abs_tol=1e-12)
    return before == after
