"""Makes the report while nobody watches."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from evaluation.pipeline.plan import FinishedEdition


@click.command()
@click.argument("editions", nargs=-1)
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl", show_default=True, help="Of the report.")
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
    help="Folder of a delivery, as in `run`.",
)
@click.option("--workers", type=click.IntRange(min=1), default=None, help="Notebooks at a time; default one per core.")
@click.option("--log", type=click.Path(path_type=Path, dir_okay=False), default=None, help="Default: standard error.")
@click.option(
    "--keep", type=click.IntRange(min=1), default=7, show_default=True, help="States of each edition that are kept."
)
@click.option("--hook", metavar="COMMAND", default=None, help="Run when a verdict or a number changed.")
@click.option("--hook-always", is_flag=True, help="Run the hook also when nothing changed.")
@click.option(
    "--hook-input", type=click.Choice(["json", "text"]), default="json", show_default=True, help="What the hook reads."
)
@click.option(
    "--hook-timeout", type=click.FloatRange(min=0.1), default=60, show_default=True, metavar="SECONDS", help="Patience."
)
def unattended(
    *,
    editions: tuple[str, ...],
    language: str,
    assignments: tuple[str, ...],
    outputs: Path | None,
    delivery: Path | None,
    workers: int | None,
    log: Path | None,
    keep: int,
    hook: str | None,
    hook_always: bool,
    hook_input: str,
    hook_timeout: float,
) -> None:
    """Run EDITIONS (default: all) for a scheduler: log in JSON lines, keep the last states, tell what changed.

    What changed since the last unattended run is printed, in nothing but that case. The hook gets it as JSON or text on
    its input, and in EVALUATION_SUMMARY, _EDITIONS, _VERDICTS_CHANGED, _NUMBERS_CHANGED and _OUTPUTS.

    Exit code: 0 the report was made, whether or not something changed; 1 a chapter failed; 2 something asked for or
    delivered is not allowed; 3 the report was made and the hook failed or took too long; 70 an unforeseen error; 75
    another run is going on. With 1, 2, 70 and 75 the earlier report stays as it was.

    \b
    Examples:
      evaluation unattended
      evaluation unattended --keep 30 --log outputs/unattended.jsonl
      evaluation unattended --hook 'mail -s "$EVALUATION_SUMMARY" me@example.org' --hook-input text
    """
    from evaluation.pipeline.hook import Hook
    from evaluation.pipeline.project import OUTPUTS
    from evaluation.pipeline.run_log import RunLog, log_stream
    from evaluation.pipeline.unattended import Unattended
    from evaluation.presentation.language import Language

    os.umask(0o077)  # whatever is written from here on is for its owner only
    place = outputs.resolve() if outputs else OUTPUTS
    told = Hook(hook, hook_timeout, always=hook_always, as_text=hook_input == "text") if hook else None
    with log_stream(log) as stream:
        known = _names(place, delivery)
        with RunLog(stream, lambda: datetime.now(UTC), known) as lines:
            order = Unattended(place, Language(language), keep, told, lines, click.echo)
            code = order.run(
                _making(
                    editions=editions,
                    language=language,
                    assignments=assignments,
                    outputs=place,
                    delivery=delivery,
                    workers=workers,
                )
            )
    sys.exit(code)


def _making(
    *,
    editions: tuple[str, ...],
    language: str,
    assignments: tuple[str, ...],
    outputs: Path,
    delivery: Path | None,
    workers: int | None,
) -> Callable[[Callable[[int], None], Callable[[], None]], list[FinishedEdition]]:
    """What makes the editions, as `evaluation run` does."""
    from evaluation.pipeline import runner
    from evaluation.pipeline.editions import choose, parse_overrides, read_editions
    from evaluation.pipeline.intake import take_in

    def make(on_start: Callable[[int], None], on_step: Callable[[], None]) -> list[FinishedEdition]:
        overrides = parse_overrides(assignments)
        intake = take_in(delivery, None, language) if delivery else None
        chosen = [intake.edition] if intake and not editions else choose(read_editions(), editions)
        return runner.run_editions(
            chosen,
            language=language,
            overrides=overrides,
            intake=intake,
            outputs=outputs,
            workers=workers,
            on_start=on_start,
            on_step=on_step,
        )

    return make


def _names(outputs: Path, delivery: Path | None) -> dict[Path, str]:
    """What the log says instead of the folders that a message may name."""
    from evaluation.pipeline.project import ROOT, private_folder

    names = {Path.home(): "~", ROOT: "project", outputs: "outputs", private_folder(): "private"}
    if delivery:
        names |= {delivery: "delivery", delivery.absolute(): "delivery", delivery.resolve(): "delivery"}
    return {path: name for path, name in names.items() if path != Path(path.anchor)}
