"""Tells what differs between two editions that were made."""

from __future__ import annotations

import json
from pathlib import Path

import click

from evaluation.commands import options


@click.command()
@click.argument("older")
@click.argument("newer")
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
@options.language_of_answer
@options.outputs
def changes(*, older: str, newer: str, as_json: bool, language: str, outputs: Path | None) -> None:
    """Print which verdicts and numbers differ between the editions OLDER and NEWER.

    Each is the name of a built edition, a state that `evaluation unattended` kept (.kept/EDITION/TIME), or a folder.
    Numbers that differ by less than a billionth of their size are the same.

    Exit code: 0 whether or not anything differs, 2 when one of the two is not there or cannot be read.

    \b
    Examples:
      evaluation changes 2024-03-25 2025-01-01
      evaluation changes .kept/2025-01-01/20261122T030000.000000Z 2025-01-01 --language en
      evaluation changes 2024-03-25 2025-01-01 --json
    """
    from evaluation.pipeline.edition_changes import changes_content, compare_states, named_folder, read_state
    from evaluation.pipeline.project import OUTPUTS
    from evaluation.presentation.language import Language

    place = outputs.resolve() if outputs else OUTPUTS
    before, after = (read_state(named_folder(word, place)) for word in (older, newer))
    compared = compare_states(before, after)
    if as_json:
        click.echo(json.dumps(changes_content(compared), ensure_ascii=False, indent=2))
    else:
        click.echo(compared.text(Language(language)))
