"""What JupyterLab may write to the notebook of a chapter; loaded by its server as an extension.

In a session a researcher sees more than a report shows: bare values, summaries, sliders and progress bars. The file on
disk is committed, so only what a `Page` let through stays in it, as in the notebooks of a run on a register.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

CHAPTER = re.compile(r"\d+_.*\.ipynb")
"""Names of chapters, and of copies of them."""

KEPT_OF_NOTEBOOK = ("kernelspec", "language_info")
KEPT_OF_CELL = ("tags",)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    server.contents_manager.register_pre_save_hook(keep_released)


def keep_released(*, model: Mapping[str, Any], path: str, **_: object) -> None:
    """Take out of a chapter that is about to be saved whatever did not pass the gate or changes by itself.

    Parameters
    ----------
    model
        What is saved; a chapter is changed in place.
    path
        Where it goes, seen from the folder of the notebooks. Other notebooks are saved as they are.
    """
    if model["type"] != "notebook" or not CHAPTER.fullmatch(path.rpartition("/")[2]):
        return
    notebook = model["content"]
    _keep(notebook["metadata"], KEPT_OF_NOTEBOOK)
    for cell in notebook["cells"]:
        _keep(cell["metadata"], KEPT_OF_CELL)
        if "outputs" in cell:
            cell["outputs"] = [output for output in cell["outputs"] if output.get("metadata", {}).get("released")]


def _keep(metadata: MutableMapping[str, Any], names: tuple[str, ...]) -> None:
    for name in [name for name in metadata if name not in names]:
        del metadata[name]
