"""Puts unattended runs on the clock of this machine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from evaluation.commands.unattended import unattended
from evaluation.parameters import ParameterError

if TYPE_CHECKING:
    from evaluation.pipeline.schedule.job import Job


@click.command()
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
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

    Paths among the OPTIONS are seen from here. With cron the log goes to outputs/unattended.jsonl unless --log says
    otherwise, for cron mails whatever is printed: then that is what changed. See docs/schedule.md.

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
    chosen = kind or ("systemd" if shutil.which("systemctl") else "cron")
    own = job(name, _arguments(options, logged=chosen == "cron"))
    (_on_systemd if chosen == "systemd" else _in_crontab)(own, at or "03:00", calendar, action)


def _on_systemd(own: Job, at: str, calendar: str | None, action: str | None) -> None:
    from evaluation.pipeline.schedule import systemd

    if action == "remove":
        removed = systemd.remove(own.name)
        click.echo(f"{own.name}: {'removed' if removed else 'was not there'}")
        return
    files = systemd.units(own, systemd.checked_calendar(calendar) if calendar else systemd.calendar_at(at))
    if action == "install":
        systemd.install(files)
        click.echo(f"{own.name}: installed in {systemd.unit_folder()}; see: systemctl --user list-timers")
        click.echo("To let it run while you are logged out: loginctl enable-linger")
        return
    for file, text in files.items():
        click.echo(f"# {systemd.unit_folder() / file}\n{text}")


def _in_crontab(own: Job, at: str, calendar: str | None, action: str | None) -> None:
    from evaluation.pipeline.schedule import crontab

    if action == "remove":
        before = crontab.read_crontab()
        after = crontab.without_block(before, own.name)
        if after != before:
            crontab.write_crontab(after)
        click.echo(f"{own.name}: {'removed from the crontab' if after != before else 'was not there'}")
        return
    times = crontab.checked_times(calendar) if calendar else crontab.times_at(at)
    if action == "install":
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
    from evaluation.pipeline.project import OUTPUTS

    context = unattended.make_context("unattended", list(options))
    values, given = context.params, ParameterSource.COMMANDLINE
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
            words += [own.opts[-1], str(value.absolute()) if isinstance(value, Path) else str(value)]
    return [*words, *values["editions"]]
