"""The command ``evaluation``, how it ends, and the subcommands that it has.

Exit codes: 0 when all went well; 1 when a chapter failed, published figures cannot all be true, slides leave something
out or rows are in quarantine (``--strict``); 2 when something asked for or delivered is not allowed; 3 when an
unattended run made the report but could not tell it; 70 when one met an error that nobody foresaw; 75 when another run
is going on; 129, 130 and 143 when it was ended from outside (hang-up, Ctrl-C, termination); 141 when nobody reads what
it prints any more. ``lab`` ends as JupyterLab does.
"""

from __future__ import annotations

import signal
import sys

import click

from evaluation.commands.batch import batch
from evaluation.commands.benchmark import refresh_benchmark
from evaluation.commands.changes import changes
from evaluation.commands.chapter import new_chapter
from evaluation.commands.claims import claims, lint_claims
from evaluation.commands.coherence import coherence
from evaluation.commands.delivery import diff, new_key, pseudonymise, template, validate
from evaluation.commands.desk import lab
from evaluation.commands.editions import editions, run
from evaluation.commands.printing import say_wrong
from evaluation.commands.schedule import schedule
from evaluation.commands.synthetic import synthesise
from evaluation.commands.unattended import unattended
from evaluation.pipeline.ending import FORESEEN, Code, ending, let_go


class Group(click.Group):
    """Turns errors that are meant for the user into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a subcommand."""
        try:
            return super().invoke(ctx)
        except FORESEEN as error:
            said, code = ending(error)
            if isinstance(error, OSError) and error.filename is None:
                let_go(sys.stdout)
        except KeyboardInterrupt:
            said, code = "interrupted", Code.INTERRUPTED
        # Outside the handlers, so that nothing of what failed is still held when Python ends.
        say_wrong(said)
        return ctx.exit(code)


def start() -> None:
    """Start the command; one that is ended from outside cleans up behind it as one that fails."""
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, _end)
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
      evaluation batch notebooks/batch_example.yml     a grid of editions, side by side
      evaluation editions                              what can be run
      evaluation synthesise /tmp/registry --seed 7     an invented registry
      evaluation validate /media/export                check a delivery of the register
      evaluation coherence figures.yml                 whether published figures can all be true
      evaluation claims --verdict V2                   the statements to the council with their verdicts
      evaluation lint-claims slides.md                 what new slides leave out
      evaluation changes 2024-03-25 2025-01-01         which verdicts and numbers differ
      evaluation unattended --keep 30                  the report for a scheduler: a log, states kept, changes told
      evaluation schedule --at 03:00                   make the report every night, without anybody
      evaluation lab                                   JupyterLab on the chapters
      evaluation new-chapter waiting_lists             a notebook, module and test that pass
    """


for _command in (
    run,
    batch,
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
    changes,
    unattended,
    schedule,
    refresh_benchmark,
    lab,
    new_chapter,
):
    main.add_command(_command)
