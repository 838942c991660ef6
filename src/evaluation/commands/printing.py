"""What commands print: paths, a bar for long work, and what happens when nobody can read it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from evaluation.pipeline.ending import let_go


def shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def say(text: str) -> None:
    """Print to standard output; when that fails, nothing is tried again at the end of the process.

    Raises
    ------
    OSError
        When nobody reads any more, or the disk is full.
    """
    try:
        click.echo(text)
    except OSError:
        let_go(sys.stdout)
        raise


def say_beside(text: str) -> None:
    """Print to standard error what is good to know, on a line of its own when a bar is open."""
    with tqdm.external_write_mode(file=sys.stderr):
        click.echo(f"evaluation: {text}", err=True)


def say_wrong(text: str) -> None:
    """Print what went wrong to standard error; that nobody reads it either changes nothing about how it ends."""
    try:
        click.echo(f"evaluation: {text}", err=True)
    except OSError:
        let_go(sys.stderr)


@contextmanager
def progress_bar(unit: str, work: str) -> Iterator[tuple[Callable[[int], None], Callable[[], None]]]:
    """Give what to call with a number of steps, which opens a bar or makes it longer, and after each step."""
    bars: list[tqdm[Any]] = []

    def start(total: int) -> None:
        if bars:
            bars[0].total = (bars[0].total or 0) + total
            bars[0].refresh()
        elif total:
            bars.append(tqdm(total=total, unit=unit, desc=work, file=sys.stderr, leave=True))

    def step() -> None:
        for bar in bars:
            bar.update()

    try:
        yield start, step
    finally:
        for bar in bars:
            bar.close()
