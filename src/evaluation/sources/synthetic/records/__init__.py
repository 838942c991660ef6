"""The tables beside trajectories and hours, invented to show the chapters that read them.

One module per group of tables, each with a function from a `Core` to tables. What it draws from is written at its top,
as frozen values: an estimator can be held against them. Nothing of it was published; no figure about Groningen is in
it unless its docstring says so. Each function has random numbers of its own, so that one does not change another.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from evaluation.progress import followed
from evaluation.sources.synthetic.records.access import draw_access
from evaluation.sources.synthetic.records.complaints import draw_complaints
from evaluation.sources.synthetic.records.core import Core, written
from evaluation.sources.synthetic.records.ledger import draw_ledger
from evaluation.sources.synthetic.records.legal import draw_legal
from evaluation.sources.synthetic.records.open_house import draw_open_house
from evaluation.sources.synthetic.records.pilot_scores import draw_pilot_scores
from evaluation.sources.synthetic.records.plans import draw_plans
from evaluation.sources.synthetic.records.questionnaires import draw_questionnaires
from evaluation.sources.synthetic.records.stories import draw_stories

MAKERS: Mapping[str, Callable[[Core, np.random.Generator], Mapping[str, pd.DataFrame]]] = {
    "access": draw_access,
    "complaints": draw_complaints,
    "ledger": draw_ledger,
    "legal": draw_legal,
    "open_house": draw_open_house,
    "pilot_scores": draw_pilot_scores,
    "plans": draw_plans,
    "questionnaires": draw_questionnaires,
    "stories": draw_stories,
}


def draw_records(core: Core, seed: int) -> dict[str, pa.Table]:
    """Return every further table of the invented registry, by name."""
    tables: dict[str, pa.Table] = {}
    for name, draw in followed(MAKERS.items(), "invented registry"):
        own = np.random.default_rng([seed, zlib.crc32(name.encode())])
        tables |= {table: written(table, frame) for table, frame in draw(core, own).items()}
    return tables
