"""Lays out JupyterLab: its kernel, a launcher entry per chapter, and where it starts."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from evaluation.pipeline import kernel_app
from evaluation.pipeline.editions import Chapter
from evaluation.pipeline.lab import session
from evaluation.pipeline.lab.session import LANGUAGE
from evaluation.pipeline.project import NOTEBOOKS, ROOT
from evaluation.presentation.figure import BJH
from evaluation.presentation.language import N_, Language
from evaluation.presentation.navigation import chapter_name

DESK = ROOT / ".jupyter"
"""Where the layout is kept: written anew at each start, and not in git."""

UNWANTED = {"@jupyterlab/apputils-extension:announcements": True}  # asks on the first day whether it may fetch news
CATALOG = N_("Chapters")


def lay_out(chapters: Sequence[Chapter], language: Language, folder: Path = DESK) -> dict[str, str]:
    """Write the layout, and return the environment in which JupyterLab finds it.

    Parameters
    ----------
    chapters
        Each gets an entry in the launcher.
    language
        Of the entries.
    folder
        Where the layout goes; what was there of an earlier one is replaced.
    """
    _write_kernel(folder / "share" / "kernels" / "python3", language)
    _write_launcher(folder / "launcher", chapters, language)
    _write(folder / "config" / "labconfig" / "page_config.json", json.dumps({"disabledExtensions": UNWANTED}) + "\n")
    return {
        "JUPYTER_PATH": _before("JUPYTER_PATH", folder / "share"),
        "JUPYTER_CONFIG_PATH": _before("JUPYTER_CONFIG_PATH", folder / "config"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_APP_LAUNCHER_PATH": str(folder / "launcher"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }


def command(first: Chapter, options: Sequence[str]) -> list[str]:
    """Return the command that opens JupyterLab on a chapter.

    Parameters
    ----------
    first
        The chapter that is open at the start.
    options
        Further options of JupyterLab; they win.
    """
    return [
        *(sys.executable, "-P", "-m", "jupyterlab"),
        f"--config={Path(__file__).with_name('server_config.py')}",
        f"--ServerApp.root_dir={NOTEBOOKS}",
        f"--LabApp.default_url=/lab/tree/{first.path.name}",
        *options,
    ]


def _before(variable: str, folder: Path) -> str:
    """Put a folder before what a variable of the environment lists."""
    return os.pathsep.join([str(folder), *filter(None, [os.environ.get(variable)])])


def _write_kernel(folder: Path, language: Language) -> None:
    """Describe the kernel of this environment, with the session of the desk.

    It has the name that the notebooks ask for, and takes the place of the plain one only where JUPYTER_PATH leads here:
    a run, nbval and other editors go on with the plain one.
    """
    kernel = {
        "argv": [
            *(sys.executable, "-P", "-m", kernel_app.__name__),
            *("-f", "{connection_file}", f"--ext={session.__name__}"),
        ],
        # The name of the plain kernel: JupyterLab writes it into every notebook that it saves.
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "env": {LANGUAGE: language.code},
        "metadata": {"debugger": True},
    }
    _write(folder / "kernel.json", json.dumps(kernel, indent=1) + "\n")


def _write_launcher(folder: Path, chapters: Sequence[Chapter], language: Language) -> None:
    """Describe an entry per chapter, which opens the notebook itself and no copy."""
    entries = []
    for number, chapter in enumerate(chapters, start=1):
        icon = folder / f"{number:02}.svg"
        _write(icon, _icon(number))
        name = chapter_name(chapter.name, language)
        opening = {"label": name, "id": "docmanager:open", "args": {"path": chapter.path.name}}
        entries.append(
            {
                "title": name,
                "description": chapter.path.name,
                "type": "jupyterlab-commands",
                "source": [opening],
                "icon": icon.name,
                "catalog": language.translate(CATALOG),
            }
        )
    _write(folder / "jp_app_launcher_chapters.yaml", yaml.safe_dump(entries, allow_unicode=True, sort_keys=False))


def _icon(number: int) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24" role="img" aria-hidden="true">'
        f'<rect width="24" height="24" rx="4" fill="{BJH}"/>'
        '<text x="12" y="16.5" text-anchor="middle" font-family="sans-serif" font-size="12" fill="#ffffff">'
        f"{number}</text></svg>\n"
    )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
