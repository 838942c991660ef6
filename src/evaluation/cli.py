"""The command ``evaluation``, how it ends, and the subcommands that it has.

Exit codes: 0 when all went well, 1 when a chapter failed, published figures cannot all be true or slides leave
something out, 2 when something asked for or delivered is not allowed, 75 when another run is going on.
"""

from __future__ import annotations

import os
import signal

import click

from evaluation.commands.benchmark import refresh_benchmark
from evaluation.commands.claims import claims, lint_claims
from evaluation.commands.coherence import coherence
from evaluation.commands.delivery import diff, new_key, pseudonymise, template, validate
from evaluation.commands.desk import lab
from evaluation.commands.editions import editions, run
from evaluation.commands.synthetic import synthesise
from evaluation.disclosure import DisclosureError
from evaluation.parameters import ParameterError
from evaluation.pipeline import RunError
from evaluation.pipeline.place import BusyError
from evaluation.sources import SourceError


class Group(click.Group):
    """Turns errors that are meant for the user into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a subcommand."""
        try:
            return super().invoke(ctx)
        except (ParameterError, SourceError, DisclosureError) as error:
            click.echo(f"evaluation: {error}", err=True)
            ctx.exit(2)
        except OSError as error:
            click.echo(f"evaluation: {error.filename}: {error.strerror}; check the path and its permissions", err=True)
            ctx.exit(2)
        except BusyError as error:
            click.echo(f"evaluation: {error}", err=True)
            ctx.exit(os.EX_TEMPFAIL)
        except RunError as error:
            click.echo(f"evaluation: {error}", err=True)
            ctx.exit(1)


def start() -> None:
    """Start the command; one that is ended from outside cleans up behind it as one that fails."""
    for ending in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(ending, _end)
    main()


def _end(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Evaluate Basis jeugdhulp: run the chapters, write the report.

    \b
    Examples:
      evaluation run                                   every edition, in Dutch
      evaluation run 2025-01-01 --language en          one edition, in English
      evaluation run -p costs.price_index=cpi          another price index
      evaluation editions                              what can be run
      evaluation synthesise /tmp/registry --seed 7     an invented registry
      evaluation validate /media/export                check a delivery of the register
      evaluation coherence figures.yml                 whether published figures can all be true
      evaluation claims --verdict V2                   the statements to the council with their verdicts
      evaluation lint-claims slides.md                 what new slides leave out
      evaluation lab                                   JupyterLab on the chapters
    """


for _command in (
    run,
    editions,
    synthesise,
    validate,
    template,
    new_key,
    pseudonymise,
    diff,
    coherence,
    claims,
    lint_claims,
    refresh_benchmark,
    lab,
):
    main.add_command(_command)
