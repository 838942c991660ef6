"""Protected copies, one module per chapter or shared kind of result; each registers them with `protect`.

May import `evaluation.measures` and the rest of `evaluation.disclosure`.
"""

from evaluation.disclosure.protected import (
    capacity,
    delivered,
    durations,
    endings,
    experience,
    flows,
    ledger,
    length_groups,
    lengths,
    narratives,
    open_house,
    open_house_amounts,
    open_house_flows,
    provenance,
    published,
    registration,
    shares,
    unit_costs,
    volumes,
)

__all__ = [
    "capacity",
    "delivered",
    "durations",
    "endings",
    "experience",
    "flows",
    "ledger",
    "length_groups",
    "lengths",
    "narratives",
    "open_house",
    "open_house_amounts",
    "open_house_flows",
    "provenance",
    "published",
    "registration",
    "shares",
    "unit_costs",
    "volumes",
]
