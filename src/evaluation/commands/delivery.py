"""Checks a delivery of the register, and what comes before and after one."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import click

from evaluation.commands import options
from evaluation.commands.printing import shown
from evaluation.parameters import ParameterError


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@options.delivered_on
@options.language_of_answer
@click.option("--strict", is_flag=True, help="Exit with code 1 when any row is in quarantine.")
@click.option("--store", is_flag=True, help="Store the accepted rows under data/private/<day>/.")
def validate(folder: Path, delivered_on: datetime | None, language: str, strict: bool, store: bool) -> None:
    """Check the delivery in FOLDER: read it, hold every row against the rules, and say what was found.

    The summary and the rows in quarantine go to data/private/<day>-check/. A delivery that cannot be taken in at all
    ends with exit code 2 and writes nothing.

    \b
    Examples:
      evaluation validate /media/export
      evaluation validate /media/export --delivered-on 2026-11-01 --strict --store
    """
    from evaluation.pipeline.delivery import check_delivery, newest_day
    from evaluation.pipeline.project import private_folder
    from evaluation.presentation.delivery import line_of_page, line_of_snapshot, lines_of_check
    from evaluation.presentation.language import Language

    os.umask(0o077)  # whatever is written from here on is for its owner only
    day = delivered_on.date() if delivered_on else newest_day(folder)
    checked = check_delivery(folder, day, private_folder(), language=language, store=store)
    speech = Language(language)
    for line in lines_of_check(checked.account, speech):
        click.echo(line)
    click.echo(line_of_page(shown(checked.page), speech))
    if checked.snapshot:
        click.echo(line_of_snapshot(shown(checked.snapshot), speech))
    if strict and checked.account.quarantined:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def template(folder: Path) -> None:
    """Write empty delivery files to FOLDER: a CSV per table, and one XLSX with drop-downs and explanations."""
    from evaluation.sources.delivery.templates import write_templates

    if folder.exists():
        raise ParameterError(f"{folder} exists already; name a folder that does not")
    write_templates(folder)
    click.echo(f"Templates: {shown(folder.resolve())}")


@click.command("new-key")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def new_key(path: Path) -> None:
    """Make a key file for `pseudonymise` at PATH, outside the project, readable by its owner only."""
    from evaluation.sources.delivery import keys

    keys.new_key(path)
    click.echo(f"Key: {path}. Keep it apart from every delivery; whoever has both can name the clients.")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("target", type=click.Path(path_type=Path, file_okay=False))
@click.option("--key", "key_file", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Key file.")
@click.option("--column", "columns", multiple=True, help="One more column of identifiers; may be repeated.")
def pseudonymise(folder: Path, target: Path, key_file: Path, columns: tuple[str, ...]) -> None:
    """Copy the delivery in FOLDER to TARGET with keyed pseudonyms.

    Numbers of clients, families, trajectories and cases are replaced; line numbers of Open House are not.

    The same client gets the same pseudonym in every table and every delivery made with the same key.

    \b
    Example:
      evaluation new-key /secure/wij.key
      evaluation pseudonymise /media/export /media/pseudonymised --key /secure/wij.key
    """
    from evaluation.sources.delivery import pseudonyms

    os.umask(0o077)
    for replaced in pseudonyms.pseudonymise(folder, target, key_file, columns=columns):
        click.echo(f"{replaced.file}, {replaced.column}: {replaced.cells:,} cells replaced")


@click.command()
@click.argument("older", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("newer", type=click.Path(path_type=Path, exists=True, file_okay=False))
def diff(older: Path, newer: Path) -> None:
    """Say which rows changed between the stored deliveries OLDER and NEWER, past ones apart."""
    from evaluation.pipeline.delivery import changes_between

    for line in changes_between(older, newer):
        click.echo(line)
