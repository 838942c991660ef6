"""Published figures beside recomputed ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evaluation.evidence import Evidence, Measure, PublishedFigure


@dataclass(frozen=True)
class ComparisonRow:
    """One measure with the figure that was published for it.

    Attributes
    ----------
    published
        The figure with its rounding interval, or None when none was published for this reference date.
    agrees
        Whether the recomputed value lies within the rounding; None when either of the two is unknown.
    """

    measure: Measure
    published: PublishedFigure | None
    agrees: bool | None


@dataclass(frozen=True)
class Comparison:
    """Rows of `ComparisonRow`, in the order of the measures."""

    rows: tuple[ComparisonRow, ...]
    evidence: Evidence

    @property
    def n_compared(self) -> int:
        """Rows in which both values are known."""
        return sum(row.agrees is not None for row in self.rows)

    @property
    def n_agreeing(self) -> int:
        """Rows in which the recomputed value lies within the rounding of the published one."""
        return sum(bool(row.agrees) for row in self.rows)


def compare_with_published(measures: Iterable[Measure], published: Mapping[str, PublishedFigure]) -> Comparison:
    """Put each measure beside the figure published under its id.

    Parameters
    ----------
    measures
        Recomputed values, at least one, and all of one kind of evidence.
    published
        Published figures of this reference date by measure id, in the unit of the measure.
    """
    measures = tuple(measures)
    kinds = {measure.evidence for measure in measures}
    if len(kinds) != 1:
        # A weaker kind in the same table would hide from the disclosure gate that the register is in it.
        raise ValueError(f"a comparison holds values of one kind of evidence, not of {sorted(kinds)}")
    rows = []
    for measure in measures:
        figure = published.get(measure.id)
        agrees = None
        if figure is not None and measure.estimate is not None:
            agrees = figure.value.contains(measure.estimate)
        rows.append(ComparisonRow(measure, figure, agrees))
    return Comparison(tuple(rows), kinds.pop())
