"""Makes an invented registry."""

from __future__ import annotations

from pathlib import Path

import click

from evaluation.parameters import ParameterError


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=None,
    help="Seed of the random numbers; the same seed gives the same bytes.",
)
@click.option(
    "--trajectories",
    type=click.IntRange(min=1, max=10_000_000),
    default=None,
    help="Size of an unconditioned registry from the known process, streamed; default: the published one.",
)
@click.option("--hours/--no-hours", default=True, help="Whether to write hours per month too.")
def synthesise(folder: Path, seed: int | None, trajectories: int | None, hours: bool) -> None:
    """Write an invented registry to FOLDER.

    Without --trajectories its snapshots reproduce every published figure; with it, the registry follows the known
    process freely, for tests of methods and of speed.

    \b
    Examples:
      evaluation synthesise data/synthetic/mine --seed 7
      evaluation synthesise /tmp/large --trajectories 10000000 --no-hours
    """
    from evaluation.pipeline.inputs import write_synthetic

    if not (hours or trajectories):
        raise ParameterError("--no-hours goes with --trajectories; the published registry always has hours")
    if folder.exists():
        raise ParameterError(f"{folder} exists already; name a folder that does not")
    rows = write_synthetic(folder, seed=seed, trajectories=trajectories, hours=hours)
    click.echo(f"{folder}: {rows:,} trajectories, synthetic")
