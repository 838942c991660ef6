"""Opens the desk of the researcher."""

from __future__ import annotations

import os
import subprocess
import sys

import click


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def lab(options: tuple[str, ...]) -> None:
    """Open JupyterLab on the chapters, with the kernel of this environment; OPTIONS go to JupyterLab."""
    from evaluation.pipeline.project import NOTEBOOKS

    environment = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"}
    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={NOTEBOOKS}", *options]
    sys.exit(subprocess.run(command, env=environment, check=False).returncode)
