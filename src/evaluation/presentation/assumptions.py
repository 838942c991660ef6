"""Assumptions that a researcher can turn in JupyterLab, one slider each.

What a slider shows there is in the report too, as a table over some of its values: `table_dormancy`,
`table_by_margin` and `table_real_growth`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evaluation.presentation.labels import PRICE_INDICES
from evaluation.presentation.language import N_, Language


@dataclass(frozen=True)
class Assumption:
    """An input of a measure that is a choice, with the values that are worth a look.

    Attributes
    ----------
    name
        Keyword of the measure, and of the parameter of the chapter where it has one.
    label
        Beside the slider.
    values
        In the order of the slider; the value of the parameter is added when it is another.
    text
        From a value to what the slider says.
    """

    name: str
    label: str
    values: tuple[Any, ...]
    text: Callable[[Any, Language], str]

    def options(self, chosen: object, language: Language) -> list[tuple[str, Any]]:
        """Return what the slider says and the value behind it, for each value."""
        values = self.values
        if chosen is not None and chosen not in values:
            values = tuple(sorted((*values, chosen)))
        return [(self.text(value, language), value) for value in values]


MARGIN = Assumption(
    name="margin",
    label=N_("Margin, percentage points"),
    values=tuple(step / 200 for step in range(1, 51)),
    text=lambda margin, language: language.shortest(margin * 100),
)
PRICE_INDEX = Assumption(
    name="price_index",
    label=N_("Price index"),
    values=("cpi", "vng_applied", "vng", "wage_agreement"),
    text=lambda index, language: language.translate(PRICE_INDICES[index]),
)
SILENT_DAYS = Assumption(
    name="silent_days",
    label=N_("Days without activity that mean the end"),
    values=tuple(range(30, 366, 15)),
    text=lambda days, language: language.integer(days),
)
