"""Arrow columns and schemas of the registry: the contract of names and types, and fast ways to fill them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evaluation.evidence import Evidence
from evaluation.sources.synthetic.truth import Flags, Ints

METADATA = {"evidence": str(Evidence.SYNTHETIC)}
"""Goes into every file, so that a table that strays from its folder still says what it is."""

TRAJECTORIES = pa.schema(
    [
        ("trajectory_id", pa.string()),
        ("client_key", pa.string()),
        ("family_key", pa.string()),
        ("product_code", pa.string()),
        ("form", pa.string()),
        ("referrer_code", pa.string()),
        ("phase", pa.int8()),
        ("team", pa.string()),
        ("neighbourhood", pa.string()),
        ("signal_date", pa.date32()),
        ("start_date", pa.date32()),
        ("original_start_date", pa.date32()),
        ("registered_on", pa.date32()),
        ("end_date", pa.date32()),
        ("end_registered_on", pa.date32()),
        ("end_reason", pa.string()),
        ("last_activity_date", pa.date32()),
    ],
    metadata=METADATA,
)
CLIENTS = pa.schema(
    [
        ("client_key", pa.string()),
        ("family_key", pa.string()),
        ("birth_year", pa.int16()),
        ("sex", pa.string()),
        ("neighbourhood", pa.string()),
    ],
    metadata=METADATA,
)
HOURS = pa.schema(
    [
        ("trajectory_id", pa.string()),
        ("month", pa.date32()),
        ("direct_hours", pa.float64()),
        ("indirect_hours", pa.float64()),
    ],
    metadata=METADATA,
)
PILOT_FAMILIES = pa.schema(
    [
        ("family_key", pa.string()),
        ("neighbourhood", pa.string()),
        ("household", pa.string()),
        ("start_date", pa.date32()),
        ("end_date", pa.date32()),
        ("hours", pa.float64()),
    ],
    metadata=METADATA,
)


def keys(prefix: str, numbers: Ints, width: int = 8) -> pa.Array:
    """Return keys such as ``C00000042``."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width=width, padding="0")
    return pc.binary_join_element_wise(prefix, digits, "")


def labels(positions: Ints, values: list[str], known: Flags | None = None) -> pa.Array:
    """Return the value at each position; null where not `known`."""
    indices = pa.array(positions.astype(np.int32), mask=None if known is None else ~known)
    return pa.DictionaryArray.from_arrays(indices, pa.array(values, pa.string())).cast(pa.string())


def dates(days: Ints, origin: date, known: Flags | None = None) -> pa.Array:
    """Return days since `origin` as dates; null where not `known`."""
    epoch = (days + (origin - date(1970, 1, 1)).days).astype(np.int32)
    return pa.array(epoch, mask=None if known is None else ~known).cast(pa.date32())
