"""Makes the report while nobody watches."""

from __future__ import annotations

import math
import os
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from evaluation.commands import options
from evaluation.commands.printing import say, say_wrong

LONGEST_HOOK = 24 * 60 * 60
"""Most seconds that a hook may take: a day, after which the next run of a nightly report would be due."""


def _seconds(_context: click.Context, _option: click.Parameter, value: float) -> float:
    if math.isnan(value):  # it is in every range
        raise click.BadParameter(f"{value} is no number of seconds.")
    return value


@click.command()
@click.argument("editions", nargs=-1)
@options.language_of_report
@options.parameter
@options.outputs
@options.delivery
@options.delivered_on
@options.workers
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
    "--hook-timeout",
    type=click.FloatRange(min=0.1, max=LONGEST_HOOK),
    callback=_seconds,
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="Patience, a day at most.",
)
def unattended(
    *,
    editions: tuple[str, ...],
    language: str,
    assignments: tuple[str, ...],
    outputs: Path | None,
    delivery: Path | None,
    delivered_on: datetime | None,
    workers: int | None,
    log: Path | None,
    keep: int,
    hook: str | None,
    hook_always: bool,
    hook_input: str,
    hook_timeout: float,
) -> None:
    """Run EDITIONS (default: all) for a scheduler: log in JSON lines, keep the last states, tell what changed.

    What changed since it was last told is printed, in nothing but that case. The hook gets it as JSON or text on its
    input, and in EVALUATION_SUMMARY, _EDITIONS, _VERDICTS_CHANGED, _NUMBERS_CHANGED and _OUTPUTS. An edition in both
    languages is told of once, in Dutch.

    Exit code: 0 the report was made, whether or not something changed; 1 a chapter failed; 2 something asked for or
    delivered is not allowed; 3 the report was made, but not kept or not told, and the next run tells it; 70 an
    unforeseen error; 75 another run is going on. With 1, 2 and 75 the earlier report stays as it was.

    \b
    Examples:
      evaluation unattended
      evaluation unattended --keep 30 --log outputs/unattended.jsonl
      evaluation unattended --hook 'mail -s "$EVALUATION_SUMMARY" me@example.org' --hook-input text
    """
    from evaluation.pipeline.asked import Asked
    from evaluation.pipeline.hook import Hook
    from evaluation.pipeline.project import OUTPUTS
    from evaluation.pipeline.run_log import RunLog, log_stream
    from evaluation.pipeline.unattended import Made, Unattended
    from evaluation.presentation.language import Language

    os.umask(0o077)  # whatever is written from here on is for its owner only
    place = outputs.resolve() if outputs else OUTPUTS
    told = Hook(hook, hook_timeout, always=hook_always, as_text=hook_input == "text") if hook else None
    speech = Language("nl" if language == "both" else language)

    def ask() -> Made:
        day = delivered_on.date() if delivered_on else None
        asked = Asked.of(editions, language, assignments, delivery, day)
        asked.check()
        return partial(asked.make, place, workers=workers, on_note=partial(lines.write, "note"))

    with log_stream(log) as stream, RunLog(stream, partial(datetime.now, UTC), _names(place, delivery)) as lines:
        code = Unattended(place, speech, keep, told, lines, say).run(ask)
    if log and lines.failed:
        say_wrong(f"the log could not be written: {lines.failed.strerror}")
    sys.exit(code)


def _names(outputs: Path, delivery: Path | None) -> dict[Path, str]:
    """What the log says instead of the folders that a message may name."""
    from evaluation.pipeline.project import ROOT, private_folder

    names = {Path.home(): "~", ROOT: "project", outputs: "outputs", private_folder(): "private"}
    if delivery:
        names |= {delivery: "delivery", delivery.absolute(): "delivery", delivery.resolve(): "delivery"}
    return {path: name for path, name in names.items() if path != Path(path.anchor)}
