"""What a count of the register says of a printed figure; it outranks every published one."""

from __future__ import annotations

from evaluation.evidence import Bounded, Measure
from evaluation.measures.claims.known import Known, in_unit_of, interval_of
from evaluation.measures.claims.ledger import Outcome
from evaluation.measures.claims.vocabulary import Fact, Grade, Verdict


def within_register(figure: Fact, measure: Measure, known: Known) -> Outcome:
    """Hold a printed figure against the register: its interval inside, across or outside the printed rounding.

    Inside means that every value the register leaves possible rounds to what was printed: confirmed. Across means that
    some do: plausible. Outside means that none does: contradicted. What a value was rounded by before it was shown is
    given to the printed figure, since nothing more can be seen of it.
    """
    counted = in_unit_of(figure, interval_of(measure), measure.unit)
    half = known.rounding.get(measure.unit, 0.0)
    spare = in_unit_of(figure, Bounded(half, half, half), measure.unit).value
    low, high = figure.value.low - spare, figure.value.high + spare
    if low <= counted.low and counted.high <= high:
        key, verdict = "register_inside", Verdict.CONFIRMED
    elif counted.high < low or high < counted.low:
        key, verdict = "register_outside", Verdict.CONTRADICTED
    else:
        key, verdict = "register_across", Verdict.PLAUSIBLE
    return Outcome(key, verdict, Grade.RECORDS, counted, (measure,), (figure,))
