"""What a kernel of the desk has beyond that of a run; IPython loads it as an extension, which `desk` asks it to do.

Changed code is loaded before each cell, long work shows a bar, a bare result shows its summary, and a `Page` has
sliders. None of it reaches the file of a chapter: see `evaluation.pipeline.lab.saving`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from IPython.core.getipython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.dir2 import get_real_method

from evaluation.presentation.language import Language
from evaluation.progress import watch

LANGUAGE = "EVALUATION_LAB_LANGUAGE"
"""Variable of the environment with the language of summaries."""

ONE_LINE = "white-space: pre; overflow-x: auto"  # of a row: a table that is wrapped cannot be read
PATIENCE = 1.0  # seconds that work may take before it shows a bar


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Make this kernel one of the desk."""
    shell.run_line_magic("load_ext", "autoreload")
    shell.run_line_magic("autoreload", "2")
    watch(bar)
    # Every type ends at object; what is no result then goes on as if nothing had been registered.
    if shell.display_formatter:
        shell.display_formatter.mimebundle_formatter.for_type(object, displayed)


def interactive() -> bool:
    """Return whether this is a kernel of the desk, with somebody at it."""
    extensions = getattr(get_ipython(), "extension_manager", None)
    return extensions is not None and __name__ in extensions.loaded


def bar(steps: Sequence[Any], work: str) -> Iterable[Any]:
    """Show how far long work is, and nothing any more when it is done."""
    from tqdm.auto import tqdm  # noqa: PLC0415 - it takes the widgets along, which a run does without

    return tqdm(steps, desc=work, delay=PATIENCE, leave=False)


def displayed(value: Any) -> Any:
    """Return a summary of a result, or what a value says itself that it looks like."""
    # Imported late: it takes statsmodels along, which a session may not need.
    from evaluation.presentation.summary import is_result, summary  # noqa: PLC0415

    if is_result(value):
        made = summary(value, Language("en" if os.environ.get(LANGUAGE) == "en" else "nl"))
        text = made.as_text()
        return {"text/plain": text, "text/html": f'<pre style="{ONE_LINE}">{escape(text)}</pre>'}
    own = get_real_method(value, "_repr_mimebundle_")
    return own(include=None, exclude=None) if own else None
