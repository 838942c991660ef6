"""What rounding of printed figures leaves open in a value computed from them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from evaluation.evidence import Bounded


def through(function: Callable[..., float], *inputs: Bounded) -> Bounded:
    """Return `function` of the printed values, with the interval over everything that their rounding allows.

    The interval is exact when the function only rises or only falls in each input while the others stand still, since
    its extremes then lie at ends of the inputs. Pass a figure that enters twice as one input, so that it is one number.

    Parameters
    ----------
    function
        Takes one number per input.
    inputs
        Printed figures, independent of each other.
    """
    value = function(*(given.value for given in inputs))
    corners = [function(*ends) for ends in product(*({given.low, given.high} for given in inputs))]
    return Bounded(value, min(value, *corners), max(value, *corners))


def exactly(value: float) -> Bounded:
    """Return a value that was not rounded."""
    return Bounded(value, value, value)
