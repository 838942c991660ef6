"""Runs editions and lists them."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import click

from evaluation.commands import options
from evaluation.commands.printing import progress_bar, say_beside, shown
from evaluation.parameters import ParameterError


@click.command()
@click.argument("editions", nargs=-1)
@options.language_of_report
@options.parameter
@options.outputs
@options.delivery
@options.delivered_on
@options.workers
@click.option("--force", is_flag=True, help="Run every chapter, also when nothing changed.")
@click.option("--explain", is_flag=True, help="Say what would be made again and why, and make nothing.")
@click.option("--wait/--no-wait", default=True, help="Whether to wait for another run; without, exit code 75.")
def run(
    *,
    editions: tuple[str, ...],
    language: str,
    assignments: tuple[str, ...],
    outputs: Path | None,
    delivery: Path | None,
    delivered_on: datetime | None,
    workers: int | None,
    force: bool,
    explain: bool,
    wait: bool,
) -> None:
    """Make the EDITIONS (default: all) and write outputs/<edition>/.

    A chapter runs again when its notebook, its parameters, the code it imports, the data it reads or the environment
    changed, and for no other reason. With --delivery the default is one edition, named after the day of the delivery
    and looking at that day; an edition of the register is always made as a whole.

    \b
    Examples:
      evaluation run
      evaluation run 2024-03-25 -p pilot.confidence_level=0.9
      evaluation run --explain
      evaluation run --delivery /media/export
    """
    from evaluation.pipeline.asked import Asked
    from evaluation.pipeline.project import OUTPUTS

    os.umask(0o077)  # whatever is written from here on is for its owner only
    place = outputs.resolve() if outputs else OUTPUTS
    asked = Asked.of(editions, language, assignments, delivery, delivered_on.date() if delivered_on else None)
    if explain and (delivery or force):
        raise ParameterError("--explain compares with what is kept; with --delivery or --force everything is made")
    if explain:
        click.echo("\n".join(asked.explain(place)) or "nothing would be made: nothing changed")
        return
    with progress_bar("notebook", "chapters") as (start, step):
        finished = asked.make(
            place,
            workers=workers,
            force=force,
            on_wait=say_beside if wait else None,
            on_note=say_beside,
            on_start=start,
            on_step=step,
        )
    for edition in finished:
        click.echo(f"\n{edition.name}: {shown(edition.report)}{'' if edition.new else '  (nothing changed)'}")
        for answer in edition.answers:
            click.echo(click.wrap_text(answer, 100, initial_indent="  - ", subsequent_indent="    "))


@click.command()
def editions() -> None:
    """List the editions that can be run, with their reference dates."""
    from evaluation.pipeline.editions import read_editions

    for edition in read_editions().values():
        click.echo(f"{edition.name}  reference date {edition.values['reference_date']}")
