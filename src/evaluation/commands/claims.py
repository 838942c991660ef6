"""Prints the statements to the council, and reads new slides."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from evaluation.commands import options


@click.command()
@click.option("--edition", default=None, help="Name of a built edition; default: the one with the latest date.")
@click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    type=click.Choice(["V5", "V4", "V3", "V2", "V1", "P"], case_sensitive=False),
    help="Only this verdict; may be repeated.",
)
@click.option("--search", "words", default="", metavar="TEXT", help="Only statements with all of these words.")
@click.option("--why", is_flag=True, help="Print the reason below each.")
@options.language_of_answer
@options.outputs
def claims(
    *, edition: str | None, verdicts: tuple[str, ...], words: str, why: bool, language: str, outputs: Path | None
) -> None:
    """Print the statements to the council with the verdicts of a built edition.

    V5 confirmed, V4 plausible, V3 cannot be assessed, V2 misleading or incomplete, V1 contradicted, P plan; then the
    strength of the evidence from A to E. Quotes stay Dutch.

    \b
    Examples:
      evaluation claims
      evaluation claims --verdict V2 --verdict V1 --why
      evaluation claims --search wachttijd --edition 2025-01-01
    """
    from evaluation.pipeline.claims_file import built_ledger
    from evaluation.pipeline.project import OUTPUTS
    from evaluation.presentation.claims_terminal import chosen_claims, claims_text
    from evaluation.presentation.language import Language

    content = built_ledger(outputs.resolve() if outputs else OUTPUTS, edition, language)
    chosen = chosen_claims(content["claims"], verdicts, words)
    width = shutil.get_terminal_size().columns
    click.echo(claims_text(content, chosen, width, Language(language), why=why))


@click.command("lint-claims")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@options.language_of_answer
def lint_claims(file: Path, language: str) -> None:
    """Say which lines of Dutch slides in FILE leave out what is needed to check them.

    FILE is text (TXT or Markdown, UTF-8) or CSV; export the outline of a presentation first, for PPTX and PDF are not
    read. A figure needs a unit, a reference date and a denominator; a judgement a number and a norm; a change a number
    and a baseline. Headings, questions and agenda times are left alone.

    Exit code: 0 when nothing is missing, 1 when a line leaves something out, 2 when FILE cannot be read.

    \b
    Examples:
      evaluation lint-claims slides.md
      evaluation lint-claims slides.txt --language en
    """
    from evaluation.measures.slide_lint import lint_slides
    from evaluation.presentation.claims_terminal import lint_text
    from evaluation.presentation.language import Language
    from evaluation.sources.slides import slide_lines

    findings = lint_slides(slide_lines(file))
    click.echo(lint_text(file.name, findings, Language(language)))
    if findings:
        raise click.exceptions.Exit(1)
