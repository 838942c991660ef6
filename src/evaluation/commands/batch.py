"""Runs a grid of editions on a cluster."""

from __future__ import annotations

import os
from pathlib import Path

import click

from evaluation.commands import options
from evaluation.commands.printing import progress_bar, shown


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--scheduler", metavar="ADDRESS", default=None, help="Dask scheduler, tcp://host:8786; default: this machine."
)
@click.option(
    "--workers", type=click.IntRange(min=1), default=None, help="Workers on this machine; default one per core."
)
@options.language_of_pages
@options.outputs
@click.option("--resume", is_flag=True, help="Leave alone what an earlier batch made from the same project.")
def batch(
    *, file: Path, scheduler: str | None, workers: int | None, language: str, outputs: Path | None, resume: bool
) -> None:
    """Make every edition of a grid FILE, one task each, and put them side by side in outputs/batch/<file>/.

    The file has the form of editions.yml, and a grid of which every combination is an edition. An edition that fails
    does not stop the others. An edition whose worker dies is made by another one. Nothing that reads a personal
    register runs in a batch.

    \b
    Examples:
      evaluation batch notebooks/batch_example.yml
      evaluation batch grid.yml --workers 8 --resume
      evaluation batch grid.yml --scheduler tcp://10.0.0.5:8786 --outputs /shared/outputs
    \b
    Exit codes: 0 all editions were made, 1 some were not, 2 something is not allowed and nothing was run.
    """
    from evaluation.parameters import ParameterError
    from evaluation.pipeline import RunError
    from evaluation.pipeline.batch.checks import require_address, require_runnable
    from evaluation.pipeline.batch.grid import read_batch
    from evaluation.pipeline.batch.overview import write_overview
    from evaluation.pipeline.batch.running import run_batch
    from evaluation.pipeline.place import only_run
    from evaluation.pipeline.project import OUTPUTS

    os.umask(0o077)  # whatever is written from here on is for its owner only
    if scheduler and workers:
        raise ParameterError("--workers counts processes on this machine; leave it out with --scheduler")
    if scheduler:
        require_address(scheduler)
    asked = read_batch(file)
    require_runnable([own.edition for own in asked.editions], language)
    folder = (outputs.resolve() if outputs else OUTPUTS) / "batch" / asked.name
    with only_run(folder, None), progress_bar("edition", "editions") as (start, step):
        outcomes = run_batch(
            asked,
            folder,
            language=language,
            scheduler=scheduler,
            workers=workers,
            resume=resume,
            on_start=start,
            on_step=step,
        )
        page = write_overview(asked, outcomes, folder, language)
    failed = [outcome for outcome in outcomes if outcome.failure]
    click.echo(f"{len(outcomes) - len(failed)} of {len(outcomes)} editions: {shown(page)}")
    for outcome in failed:
        click.echo(f"  - {outcome.edition}: {outcome.failure}", err=True)
    if failed:
        raise RunError(f"{len(failed)} of {len(outcomes)} editions were not made; the others are in {shown(folder)}")
