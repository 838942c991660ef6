"""Puts unattended runs on the clock of this machine."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from evaluation.commands.unattended import unattended
from evaluation.parameters import ParameterError

if TYPE_CHECKING:
    from evaluation.pipeline.schedule.job import Job


class Schedule(click.Command):
    """Says where an option of the run goes when it stands before the --."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words of the command line."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if error.option_name not in {word for own in unattended.params for word in own.opts}:
                raise
            raise click.UsageError(
                f"{error.option_name} is an option of the run; write it after --, such as: "
                f"evaluation schedule -- {error.option_name} ...",
                ctx,
            ) from None


@click.command(cls=Schedule)
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[-- OPTIONS]")
@click.option("--systemd", "kind", flag_value="systemd", help="A timer of the user; default where systemctl is.")
@click.option("--cron", "kind", flag_value="cron", help="A line in the crontab of the user.")
@click.option("--at", default=None, metavar="HH:MM", help="Every day at this time; default 03:00.")
@click.option(
    "--calendar", default=None, help="When, as the scheduler writes it: OnCalendar of systemd, or five fields."
)
@click.option("--name", default="evaluation-report", show_default=True, help="To tell several schedules apart.")
@click.option("--install", "action", flag_value="install", help="Install it, in the place of the one of that name.")
@click.option("--remove", "action", flag_value="remove", help="Remove the one of that name.")
def schedule(
    *,
    options: tuple[str, ...],
    kind: str | None,
    at: str | None,
    calendar: str | None,
    name: str,
    action: str | None,
) -> None:
    """Print, install or remove a schedule that starts `evaluation unattended`; its OPTIONS follow after --.

    Editions and parameters among the OPTIONS are checked as the run would do; paths are seen from here. With cron the
    log goes to outputs/unattended.jsonl unless --log says otherwise, for cron mails whatever is printed: then that is
    what changed. See docs/schedule.md.

    Exit code: 0 done, 2 something asked for is not allowed or the scheduler refused; then nothing was changed.

    \b
    Examples:
      evaluation schedule --at 03:00
      evaluation schedule --cron --calendar '0 3 * * 1' --install -- --keep 30
      evaluation schedule --install -- --hook 'mail -s "$EVALUATION_SUMMARY" me@example.org' --hook-input text
      evaluation schedule --remove
    """
    from evaluation.pipeline.schedule.job import job

    if at and calendar:
        raise ParameterError("--at and --calendar both say when; give one of them")
    if action == "remove":
        _remove(job(name, []).name, kind)
        return
    chosen = kind or ("systemd" if shutil.which("systemctl") else "cron")
    own = job(name, _arguments(options, logged=chosen == "cron"))
    (_on_systemd if chosen == "systemd" else _in_crontab)(own, at or "03:00", calendar, install=action == "install")


def _remove(name: str, kind: str | None) -> None:
    """Remove a schedule from where it is; without a kind both places are looked in."""
    from evaluation.pipeline.schedule import crontab, systemd

    removed = []
    if kind != "cron" and systemd.remove(name):
        removed.append("removed")
    if (kind == "cron" or (kind is None and shutil.which("crontab"))) and crontab.remove(name):
        removed.append("removed from the crontab")
    click.echo(f"{name}: {' and '.join(removed) or 'was not there'}")


def _on_systemd(own: Job, at: str, calendar: str | None, *, install: bool) -> None:
    from evaluation.pipeline.schedule import systemd

    files = systemd.units(own, systemd.checked_calendar(calendar) if calendar else systemd.calendar_at(at))
    if install:
        systemd.install(files)
        click.echo(f"{own.name}: installed in {systemd.unit_folder()}; see: systemctl --user list-timers")
        click.echo("To let it run while you are logged out: loginctl enable-linger")
        return
    for file, text in files.items():
        click.echo(f"# {systemd.unit_folder() / file}\n{text}")


def _in_crontab(own: Job, at: str, calendar: str | None, *, install: bool) -> None:
    from evaluation.pipeline.schedule import crontab

    times = crontab.checked_times(calendar) if calendar else crontab.times_at(at)
    if install:
        crontab.write_crontab(crontab.with_block(crontab.read_crontab(), own, times))
        click.echo(f"{own.name}: installed in the crontab; see: crontab -l")
        return
    click.echo(crontab.block(own, times), nl=False)


def _arguments(options: tuple[str, ...], *, logged: bool) -> list[str]:
    """Check the options of the run as it would, and write them with whole paths.

    Parameters
    ----------
    options
        As given.
    logged
        Whether the log must go to a file.
    """
    from evaluation.pipeline.asked import Asked
    from evaluation.pipeline.project import OUTPUTS

    context = unattended.make_context("evaluation unattended", list(options))
    values, given = context.params, ParameterSource.COMMANDLINE
    day = values["delivered_on"].date() if values["delivered_on"] else None
    Asked.of(values["editions"], values["language"], values["assignments"], values["delivery"], day).check()
    if logged and not values["log"]:
        values["log"] = (values["outputs"] or OUTPUTS) / "unattended.jsonl"
        context.set_parameter_source("log", given)
    words = ["unattended"]
    for own in unattended.params:
        name = str(own.name)
        if not isinstance(own, click.Option) or context.get_parameter_source(name) is not given:
            continue
        if own.is_flag:
            words.append(own.opts[0])
            continue
        for value in values[name] if own.multiple else [values[name]]:
            words += [own.opts[-1], _word(value)]
    return [*words, *values["editions"]]


def _word(value: object) -> str:
    if isinstance(value, Path):
        return str(value.absolute())
    return value.date().isoformat() if isinstance(value, datetime) else str(value)
