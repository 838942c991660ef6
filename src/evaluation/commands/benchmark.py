"""Brings the public statistics up to date."""

from __future__ import annotations

from datetime import datetime

import click


@click.command("refresh-benchmark")
@click.option("--check", is_flag=True, help="Say what would change and leave the files as they are.")
@click.option("--server", default=None, metavar="URL", help="Another server that answers as CBS does.")
def refresh_benchmark(*, check: bool, server: str | None) -> None:
    """Bring the accounts of municipalities (Iv3) in data/benchmark/ up to date from CBS.

    What CBS gives is written aside, compared with the present files and checked; only then it takes their place, with
    a new date of retrieval. Offline, or when a check fails, the data stay as they are.

    \b
    Examples:
      evaluation refresh-benchmark --check
      evaluation refresh-benchmark
    """
    from evaluation.pipeline.refresh import refresh_benchmark as refresh
    from evaluation.sources.cbs import Server

    found = refresh(datetime.now().astimezone().date(), server=Server.at(server), write=not check)
    for line in found.lines():
        click.echo(line)
