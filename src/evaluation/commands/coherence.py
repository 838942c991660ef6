"""Says whether published figures can all be true."""

from __future__ import annotations

from pathlib import Path

import click

from evaluation.aggregate import Counts, StockPath
from evaluation.commands import options
from evaluation.commands.printing import shown


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@options.language_of_answer
@click.option(
    "--path",
    "path_assumption",
    type=click.Choice(["free", "between", "even"]),
    default="between",
    show_default=True,
    help="Assumed of the stock between reference dates: nothing, within the band of both, or an even pace.",
)
@click.option(
    "--counts",
    type=click.Choice(["as_printed", "rounded"]),
    default="rounded",
    show_default=True,
    help="How the stated reading takes round counts.",
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), default=None, help="Also write an HTML page."
)
def coherence(
    file: Path | None,
    language: str,
    path_assumption: StockPath,
    counts: Counts,
    output: Path | None,
) -> None:
    """Say whether the published figures in FILE can all be true, and what they imply.

    FILE is YAML or CSV; without it, the two presentations to the council are taken. Each figure has an id, a quantity,
    a date or a period, a value, and a rounding (exact, nearest_50, nearest_0.1 ...) or a low and a high; a quote is
    optional. data/published/coherence_example.yml shows every form.

    \b
    Quantities of a date:    stock, mean_running_months, hours_per_month, fte,
                             stock_per_fte, hours_per_fte_month
    Quantities of a period:  started, ended, served, clients, mean_ended_months,
                             mean_all_months, person_months, hours, euros,
                             euros_per_person_month

    Exit code: 0 when all can be true, 1 when they cannot, 2 when FILE is not what it should be.

    \b
    Examples:
      evaluation coherence
      evaluation coherence data/published/coherence_example.yml
      evaluation coherence figures.csv --language en --output coherence.html
    """
    from evaluation.pipeline.coherence import check_aggregates

    checked = check_aggregates(file, language=language, path=path_assumption, counts=counts)
    click.echo(checked.text)
    if output:
        output.write_text(checked.page, encoding="utf-8")
        click.echo(f"\nPage: {shown(output.resolve())}")
    if not checked.feasible:
        raise click.exceptions.Exit(1)
