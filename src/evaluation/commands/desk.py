"""Opens the desk of the researcher."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile

import click


@click.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--language", type=click.Choice(["nl", "en"]), default="nl", show_default=True, help="Language of the launcher."
)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def lab(language: str, options: tuple[str, ...]) -> None:
    """Open JupyterLab on the first chapter, with the kernel of this environment; OPTIONS go to JupyterLab.

    Changed code is loaded before each cell, every chapter has an entry in the launcher, and what is saved to a chapter
    is what a run would leave there. Exits as JupyterLab does; 2 when the chapters cannot be read.

    \b
    Examples:
      evaluation lab
      evaluation lab --no-browser --port 8890
    """
    from evaluation.pipeline.editions import chapters
    from evaluation.pipeline.lab.desk import command, lay_out
    from evaluation.presentation.language import Language

    found = chapters()
    environment = {**os.environ, **lay_out(found, Language(language))}
    # Sockets and the token of the server lie in a folder that only its owner can enter. The name of a socket file may
    # have about a hundred characters, which those of temporary folders can use up.
    with tempfile.TemporaryDirectory(prefix="lab-", dir="/tmp" if os.name == "posix" else None) as runtime:
        server = subprocess.Popen(command(found[0], options), env={**environment, "JUPYTER_RUNTIME_DIR": runtime})
        sys.exit(_until_it_ends(server))


def _until_it_ends(server: subprocess.Popen[bytes]) -> int:
    """Leave Ctrl-C to JupyterLab, which asks whether it is meant, and end it when this command is ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return server.wait()
    except SystemExit:
        server.terminate()
        server.wait()
        raise
