"""Runs editions and lists them."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import click
from tqdm import tqdm

from evaluation.commands.paths import shown
from evaluation.parameters import ParameterError


@click.command()
@click.argument("editions", nargs=-1)
@click.option(
    "--language",
    type=click.Choice(["nl", "en", "both"]),
    default="nl",
    show_default=True,
    help="Language of the report.",
)
@click.option(
    "-p",
    "--parameter",
    "assignments",
    multiple=True,
    metavar="CHAPTER.NAME=VALUE",
    help="Set a parameter of a chapter; may be repeated.",
)
@click.option(
    "--outputs", type=click.Path(path_type=Path, file_okay=False), default=None, help="Folder for the editions."
)
@click.option(
    "--delivery",
    type=click.Path(path_type=Path),
    default=None,
    help="Folder of a delivery of the register: it is checked, stored, and run instead of the invented registry.",
)
@click.option(
    "--delivered-on",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="Day of the delivery; default: the day its newest file was written.",
)
@click.option("--workers", type=click.IntRange(min=1), default=None, help="Notebooks at a time; default one per core.")
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
    from evaluation.pipeline import freshness
    from evaluation.pipeline.editions import choose, parse_overrides, read_editions
    from evaluation.pipeline.project import OUTPUTS
    from evaluation.pipeline.server import begin_server

    os.umask(0o077)  # whatever is written from here on is for its owner only
    overrides, place = parse_overrides(assignments), outputs.resolve() if outputs else OUTPUTS
    if delivered_on and not delivery:
        raise ParameterError("--delivered-on goes with --delivery; name the folder of the delivery too")
    if explain and (delivery or force):
        raise ParameterError("--explain compares with what is kept; with --delivery or --force everything is made")
    intake = None
    if delivery:
        from evaluation.pipeline.intake import take_in

        intake = take_in(delivery, delivered_on.date() if delivered_on else None, language)
    chosen = [intake.edition] if intake and not editions else choose(read_editions(), editions)
    if explain:
        lines = freshness.explain(chosen, language=language, overrides=overrides, outputs=place)
        click.echo("\n".join(lines) or "nothing would be made: nothing changed")
        return
    finished = None
    if not (intake or force):
        finished = freshness.unchanged(chosen, language=language, overrides=overrides, outputs=place)
    if finished is None:
        begin_server()  # it loads while this process does
        from evaluation.pipeline.runner import run_editions

        with tqdm(total=None, unit="notebook", desc="chapters", file=sys.stderr, leave=True) as bar:

            def start(total: int) -> None:
                bar.reset(total)

            def step() -> None:
                bar.update()

            finished = run_editions(
                chosen,
                language=language,
                overrides=overrides,
                intake=intake,
                outputs=place,
                workers=workers,
                force=force,
                on_wait=_say if wait else None,
                on_start=start,
                on_step=step,
            )
    for edition in finished:
        click.echo(f"\n{edition.name}: {shown(edition.report)}{'' if edition.new else '  (nothing changed)'}")
        for answer in edition.answers:
            click.echo(click.wrap_text(answer, 100, initial_indent="  - ", subsequent_indent="    "))


def _say(line: str) -> None:
    click.echo(f"evaluation: {line}", err=True)


@click.command()
def editions() -> None:
    """List the editions that can be run, with their reference dates."""
    from evaluation.pipeline.editions import read_editions

    for edition in read_editions().values():
        click.echo(f"{edition.name}  reference date {edition.values['reference_date']}")
