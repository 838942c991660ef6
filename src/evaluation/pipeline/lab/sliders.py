"""A slider over an assumption, with what follows from it below; for a session at the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
from IPython.display import display

from evaluation.presentation.assumptions import Assumption
from evaluation.presentation.language import Language


def slider(
    assumption: Assumption, chosen: object, language: Language, show: Callable[[Any], dict[str, Any]]
) -> widgets.Widget:
    """Return a slider that shows an outcome, anew whenever it comes to rest.

    Parameters
    ----------
    assumption
        What is turned.
    chosen
        Where it starts; None for the first value.
    show
        From a value to the outcome, by MIME type.
    """
    options = assumption.options(chosen, language)
    turned = widgets.SelectionSlider(
        options=options,
        value=options[0][1] if chosen is None else chosen,
        description=language.translate(assumption.label),
        continuous_update=False,
        style={"description_width": "initial"},
        layout={"width": "40em"},
    )

    def outcome(value: object) -> None:
        display(show(value), raw=True)  # type: ignore[no-untyped-call]

    return widgets.VBox([turned, widgets.interactive_output(outcome, {"value": turned})])
