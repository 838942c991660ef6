"""What an edition knows: printed figures up to its reference date, and measures that may judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from evaluation.evidence import Bounded, Evidence, Mark, Measure, is_suppressed
from evaluation.measures.claims.vocabulary import Fact, Reading

# Measures are shares where the slides print percentages.
PERCENT = 100


@dataclass(frozen=True)
class Known:
    """Figures and measures by name.

    Attributes
    ----------
    reference_date
        Day at which the edition looks.
    facts
        Printed figures that were known then, by id.
    readings
        The edition's own measures first, then those of earlier editions.
    rounding
        Half of what a value of the register is rounded to when it is shown, by unit.
    """

    reference_date: date
    facts: Mapping[str, Fact]
    readings: tuple[Reading, ...]
    rounding: Mapping[str, float] = field(default_factory=dict)

    def measure(self, name: str) -> Measure | None:
        """Return a measure of this edition that may judge: known, shown, and not synthetic."""
        found = self.readings[0].measures.get(name)
        return found if found is not None and _may_judge(found) else None

    def synthetic(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return those of the measures that come from invented data."""
        own = self.readings[0].measures
        return tuple(name for name in names if name in own and own[name].evidence is Evidence.SYNTHETIC)

    def withheld(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return those of the measures whose value disclosure rules withhold."""
        own = self.readings[0].measures
        return tuple(name for name in names if name in own and is_suppressed(own[name].estimate))

    def value(self, name: str) -> Bounded | None:
        """Return the interval of a figure or measure, or None when it is not known."""
        if name in self.facts:
            return self.facts[name].value
        measure = self.measure(name)
        return None if measure is None else interval_of(measure)

    def recounted(self, figure: Fact, names: Iterable[str]) -> Measure | None:
        """Return the count of a register for the day or period of a printed figure, or None.

        The register must have been looked at on the day that the figure is about, by this edition or an earlier one;
        for a figure without a day the periods must be equal. Of a figure over a period, the first days must agree.
        """
        for name in names:
            for reading in self.readings:
                measure = reading.measures.get(name)
                if measure is None or not _may_judge(measure) or measure.evidence is not Evidence.REGISTER:
                    continue
                if _same_time(figure, measure, reading.reference_date):
                    return measure
        return None


def _may_judge(measure: Measure) -> bool:
    known = measure.estimate is not None and not isinstance(measure.estimate, Mark)
    return known and measure.evidence is not Evidence.SYNTHETIC


def _same_time(figure: Fact, measure: Measure, looked_at: date) -> bool:
    if figure.reference_date is None:
        return figure.period != "" and measure.period == figure.period
    if figure.reference_date != looked_at:
        return False
    begins = [period.partition("/")[0] for period in (figure.period, measure.period) if "/" in period]
    return len(begins) < 2 or begins[0] == begins[1]


def interval_of(measure: Measure) -> Bounded:
    """Return the value of a measure with its interval; without one, the value alone."""
    if measure.estimate is None or isinstance(measure.estimate, Mark):
        raise ValueError(f"{measure.id} has no value")
    low, high = (
        float(end) if isinstance(end, int | float) else float(measure.estimate)
        for end in (measure.ci_low, measure.ci_high)
    )
    # A bootstrap interval may leave its estimate out.
    return Bounded(float(measure.estimate), min(low, measure.estimate), max(high, measure.estimate))


def in_unit_of(figure: Fact, value: Bounded, unit: str) -> Bounded:
    """Return a value in the unit of a printed figure."""
    if figure.unit == "percent" and unit == "share":
        return Bounded(value.value * PERCENT, value.low * PERCENT, value.high * PERCENT)
    return value
