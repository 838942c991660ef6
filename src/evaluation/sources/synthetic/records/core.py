"""What the further tables hang on, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd
import pyarrow as pa

from evaluation.sources import SourceError
from evaluation.sources.delivery.schema import FieldType, table_schemas
from evaluation.sources.synthetic.tables import METADATA

ARROW: dict[FieldType, pa.DataType] = {
    "string": pa.string(),
    "date": pa.date32(),
    "integer": pa.int32(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}


@dataclass(frozen=True)
class Core:
    """The invented trajectories, clients and pilot families.

    Attributes
    ----------
    trajectories, clients, pilot_families
        As in ``data/schema``; days are datetime64.
    first_day, observed_until
        First and last day of the registry.
    amounts
        Published amounts by figure id, millions of euros.
    """

    trajectories: pd.DataFrame
    clients: pd.DataFrame
    pilot_families: pd.DataFrame
    first_day: date
    observed_until: date
    amounts: Mapping[str, float] = field(default_factory=dict)


def written(table: str, frame: pd.DataFrame) -> pa.Table:
    """Return a frame as the table of ``data/schema``, with all its columns in their order; one not given is empty.

    Raises
    ------
    SourceError
        When the frame has a column that the schema does not know.
    """
    schema = table_schemas()[table]
    if strange := set(frame.columns) - set(schema.columns):
        raise SourceError(f"{table}: column {min(strange)!r} is not in data/schema/{table}.json; add it there")
    arrow = pa.schema([(field.name, ARROW[field.type]) for field in schema.fields], metadata=METADATA)
    absent = {column: None for column in schema.columns if column not in frame}
    complete = frame.assign(**absent)[list(schema.columns)]
    return pa.Table.from_pandas(complete, arrow, preserve_index=False)
