"""What a table shows when so little is in it that no pattern hides its small counts: its whole and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from evaluation.disclosure.guard import Guard, Pair
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.suppression import SuppressionError
from evaluation.disclosure.tabulation import Relation
from evaluation.evidence import SUPPRESSED, Count


def published(
    guard: Guard,
    counts: Mapping[CountCell, int],
    relations: Iterable[Relation] = (),
    *,
    whole: CountCell | None,
    unpublished: Set[CountCell] = frozenset(),
    public: Set[CountCell] = frozenset(),
    differences: Iterable[Pair] = (),
) -> dict[CountCell, Count]:
    """Publish counts as `Guard.publish` does, or the whole alone when they cannot be hidden.

    Parameters
    ----------
    whole
        The cell that may be shown by itself; None when none may.
    """
    relations, differences = tuple(relations), tuple(differences)
    try:
        return guard.publish(counts, relations, unpublished=unpublished, public=public, differences=differences)
    except SuppressionError:
        hidden: dict[CountCell, Count] = dict.fromkeys(counts, SUPPRESSED)
        return hidden if whole is None else hidden | guard.publish({whole: counts[whole]})
