"""Published figures beside recomputed ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from evaluation.evidence import Estimate, Evidence, Mark, Measure, PublishedFigure


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
    reference_date: date
    evidence: Evidence

    @property
    def n_compared(self) -> int:
        """Rows in which both values are known."""
        return sum(row.agrees is not None for row in self.rows)

    @property
    def n_agreeing(self) -> int:
        """Rows in which the recomputed value lies within the rounding of the published one."""
        return sum(bool(row.agrees) for row in self.rows)


def compare_with_published(
    measures: Iterable[Measure], published: Mapping[str, PublishedFigure], reference_date: date
) -> Comparison:
    """Put each measure beside the figure published under its id.

    Parameters
    ----------
    measures
        Recomputed values, at least one, and all of one kind of evidence.
    published
        Published figures of this reference date by measure id, in the unit of the measure.
    reference_date
        Day on which the register was looked at.
    """
    measures = tuple(measures)
    kinds = {measure.evidence for measure in measures}
    if len(kinds) != 1:
        # A weaker kind in the same table would hide from the disclosure gate that the register is in it.
        raise ValueError(f"a comparison holds values of one kind of evidence, not of {sorted(kinds)}")
    rows = []
    for measure in measures:
        figure = published.get(measure.id)
        rows.append(ComparisonRow(measure, figure, agrees(figure, measure.estimate)))
    return Comparison(tuple(rows), reference_date, kinds.pop())


def agrees(figure: PublishedFigure | None, estimate: Estimate, rounding: float = 0.0) -> bool | None:
    """Return whether a recomputed value can be the one behind a published figure; None when either is not shown.

    Parameters
    ----------
    figure
        The published figure.
    estimate
        The recomputed value.
    rounding
        How far the recomputed value may lie from what it stands for, in its own unit.
    """
    if figure is None or estimate is None or isinstance(estimate, Mark):
        return None
    return figure.value.low - rounding <= estimate <= figure.value.high + rounding
