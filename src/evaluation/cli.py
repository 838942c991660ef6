"""The command ``evaluation``: runs editions, opens JupyterLab, lists editions, makes a synthetic registry.

Exit codes: 0 when all went well, 1 when a chapter failed, published figures cannot all be true or
slides leave something out, 2 when something
asked for or delivered is not allowed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import click
from tqdm import tqdm

from evaluation.aggregate import Counts, StockPath
from evaluation.disclosure.protect import DisclosureError
from evaluation.parameters import ParameterError
from evaluation.sources.package import SourceError


class Group(click.Group):
    """Turns errors that are meant for the user into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a subcommand."""
        from evaluation.pipeline.execution import RunError  # noqa: PLC0415 - heavy imports wait until they are needed

        try:
            return super().invoke(ctx)
        except (ParameterError, SourceError, DisclosureError) as error:
            click.echo(f"evaluation: {error}", err=True)
            ctx.exit(2)
        except OSError as error:
            click.echo(f"evaluation: {error.filename}: {error.strerror}; check the path and its permissions", err=True)
            ctx.exit(2)
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


@main.command()
@click.argument("editions", nargs=-1)
@click.option(
    "--language", type=click.Choice(["nl", "en"]), default="nl", show_default=True, help="Language of the report."
)
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
    help="Folder of a delivery of the register: it is checked, stored, and run instead of the invented registry.",
)
@click.option(
    "--delivered-on",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="Day of the delivery; default: the day its newest file was written.",
)
@click.option("--workers", type=click.IntRange(min=1), default=None, help="Notebooks at a time; default one per core.")
def run(
    *,
    editions: tuple[str, ...],
    language: str,
    assignments: tuple[str, ...],
    outputs: Path | None,
    delivery: Path | None,
    delivered_on: datetime | None,
    workers: int | None,
) -> None:
    """Run every chapter of the EDITIONS (default: all) and write outputs/<edition>/.

    With --delivery the default is one edition, named after the day of the delivery and looking at that day.

    \b
    Examples:
      evaluation run
      evaluation run 2024-03-25 -p pilot.confidence_level=0.9
      evaluation run --delivery /media/export
    """
    from evaluation.pipeline.editions import choose, parse_overrides, read_editions  # noqa: PLC0415
    from evaluation.pipeline.intake import take_in  # noqa: PLC0415
    from evaluation.pipeline.project import OUTPUTS  # noqa: PLC0415
    from evaluation.pipeline.runner import run_editions  # noqa: PLC0415

    overrides = parse_overrides(assignments)
    if delivered_on and not delivery:
        raise ParameterError("--delivered-on goes with --delivery; name the folder of the delivery too")
    intake = take_in(delivery, delivered_on.date() if delivered_on else None, language) if delivery else None
    chosen = [intake.edition] if intake and not editions else choose(read_editions(), editions)
    with tqdm(total=None, unit="notebook", desc="chapters", file=sys.stderr, leave=True) as bar:

        def start(total: int) -> None:
            bar.reset(total)

        def step() -> None:
            bar.update()

        finished = run_editions(
            chosen,
            language=language,
            overrides=overrides,
            intake=intake,
            outputs=outputs.resolve() if outputs else OUTPUTS,
            workers=workers,
            on_start=start,
            on_step=step,
        )
    for edition in finished:
        click.echo(f"\n{edition.name}: {_shown(edition.report)}")
        for answer in edition.answers:
            click.echo(click.wrap_text(answer.marked_text(), 100, initial_indent="  - ", subsequent_indent="    "))


@main.command()
def editions() -> None:
    """List the editions that can be run, with their reference dates."""
    from evaluation.pipeline.editions import read_editions  # noqa: PLC0415

    for edition in read_editions().values():
        click.echo(f"{edition.name}  reference date {edition.values['reference_date']}")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--seed", type=int, default=None, help="Seed of the random numbers; the same seed gives the same bytes.")
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
    from evaluation.pipeline.inputs import write_synthetic  # noqa: PLC0415

    if not (hours or trajectories):
        raise ParameterError("--no-hours goes with --trajectories; the published registry always has hours")
    if folder.exists():
        raise ParameterError(f"{folder} exists already; name a folder that does not")
    rows = write_synthetic(folder, seed=seed, trajectories=trajectories, hours=hours)
    click.echo(f"{folder}: {rows:,} trajectories, synthetic")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--delivered-on",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="Day of the delivery; default: the day its newest file was written.",
)
@click.option(
    "--language",
    type=click.Choice(["nl", "en"]),
    default="nl",
    show_default=True,
    help="Of the page and of what is printed.",
)
@click.option("--strict", is_flag=True, help="Exit with code 1 when any row is in quarantine.")
@click.option("--store", is_flag=True, help="Store the accepted rows under data/private/<day>/.")
def validate(folder: Path, delivered_on: datetime | None, language: str, strict: bool, store: bool) -> None:
    """Check the delivery in FOLDER: read it, hold every row against the rules, and say what was found.

    The summary and the rows in quarantine go to data/private/<day>-check/. A delivery that cannot be taken in at all
    ends with exit code 2 and writes nothing.

    \b
    Examples:
      evaluation validate /media/export
      evaluation validate /media/export --delivered-on 2026-11-01 --strict --store
    """
    from evaluation.pipeline.delivery import check_delivery, newest_day  # noqa: PLC0415
    from evaluation.pipeline.project import private_folder  # noqa: PLC0415
    from evaluation.presentation.delivery import line_of_page, line_of_snapshot, lines_of_check  # noqa: PLC0415
    from evaluation.presentation.language import Language  # noqa: PLC0415

    os.umask(0o077)  # whatever is written from here on is for its owner only
    day = delivered_on.date() if delivered_on else newest_day(folder)
    checked = check_delivery(folder, day, private_folder(), language=language, store=store)
    speech = Language(language)
    for line in lines_of_check(checked.account, speech):
        click.echo(line)
    click.echo(line_of_page(_shown(checked.page), speech))
    if checked.snapshot:
        click.echo(line_of_snapshot(_shown(checked.snapshot), speech))
    if strict and checked.account.quarantined:
        raise click.exceptions.Exit(1)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def template(folder: Path) -> None:
    """Write empty delivery files to FOLDER: a CSV per table, and one XLSX with drop-downs and explanations."""
    from evaluation.sources.delivery.templates import write_templates  # noqa: PLC0415

    if folder.exists():
        raise ParameterError(f"{folder} exists already; name a folder that does not")
    write_templates(folder)
    click.echo(f"Templates: {_shown(folder.resolve())}")


@main.command("new-key")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def new_key(path: Path) -> None:
    """Make a key file for `pseudonymise` at PATH, outside the project, readable by its owner only."""
    from evaluation.sources.delivery import keys  # noqa: PLC0415

    keys.new_key(path)
    click.echo(f"Key: {path}. Keep it apart from every delivery; whoever has both can name the clients.")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("target", type=click.Path(path_type=Path, file_okay=False))
@click.option("--key", "key_file", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Key file.")
@click.option("--column", "columns", multiple=True, help="One more column of identifiers; may be repeated.")
def pseudonymise(folder: Path, target: Path, key_file: Path, columns: tuple[str, ...]) -> None:
    """Copy the delivery in FOLDER to TARGET with a keyed pseudonym for every identifier.

    The same client gets the same pseudonym in every table and every delivery made with the same key.

    \b
    Example:
      evaluation new-key /secure/wij.key
      evaluation pseudonymise /media/export /media/pseudonymised --key /secure/wij.key
    """
    from evaluation.sources.delivery import pseudonyms  # noqa: PLC0415

    os.umask(0o077)
    for replaced in pseudonyms.pseudonymise(folder, target, key_file, columns=columns):
        click.echo(f"{replaced.file}, {replaced.column}: {replaced.cells:,} cells replaced")


@main.command()
@click.argument("older", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("newer", type=click.Path(path_type=Path, exists=True, file_okay=False))
def diff(older: Path, newer: Path) -> None:
    """Say which rows changed between the stored deliveries OLDER and NEWER, past ones apart."""
    from evaluation.pipeline.delivery import changes_between  # noqa: PLC0415

    for line in changes_between(older, newer):
        click.echo(line)


@main.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl", show_default=True, help="Of the answer.")
@click.option(
    "--path",
    "path_assumption",
    type=click.Choice(["free", "between", "even"]),
    default="between",
    show_default=True,
    help="Assumed of the stock between reference dates: nothing, within the band of both, or an even pace.",
)
@click.option(
    "--counts",
    type=click.Choice(["as_printed", "rounded"]),
    default="rounded",
    show_default=True,
    help="How the stated reading takes round counts.",
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), default=None, help="Also write an HTML page."
)
def coherence(
    file: Path | None,
    language: str,
    path_assumption: StockPath,
    counts: Counts,
    output: Path | None,
) -> None:
    """Say whether the published figures in FILE can all be true, and what they imply.

    FILE is YAML or CSV; without it, the two presentations to the council are taken. Each figure has an id, a quantity,
    a date or a period, a value, and a rounding (exact, nearest_50, nearest_0.1 ...) or a low and a high; a quote is
    optional. data/published/coherence_example.yml shows every form.

    \b
    Quantities of a date:    stock, mean_running_months, hours_per_month, fte,
                             stock_per_fte, hours_per_fte_month
    Quantities of a period:  started, ended, served, clients, mean_ended_months,
                             mean_all_months, person_months, hours, euros,
                             euros_per_person_month

    Exit code: 0 when all can be true, 1 when they cannot, 2 when FILE is not what it should be.

    \b
    Examples:
      evaluation coherence
      evaluation coherence data/published/coherence_example.yml
      evaluation coherence figures.csv --language en --output coherence.html
    """
    from evaluation.pipeline.coherence import check_aggregates  # noqa: PLC0415

    checked = check_aggregates(file, language=language, path=path_assumption, counts=counts)
    click.echo(checked.text)
    if output:
        output.write_text(checked.page, encoding="utf-8")
        click.echo(f"\nPage: {_shown(output.resolve())}")
    if not checked.feasible:
        raise click.exceptions.Exit(1)


@main.command()
@click.option("--edition", default=None, help="Name of a built edition; default: the one with the latest date.")
@click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    type=click.Choice(["V5", "V4", "V3", "V2", "V1", "P"], case_sensitive=False),
    help="Only this verdict; may be repeated.",
)
@click.option("--search", "words", default="", metavar="TEXT", help="Only statements with all of these words.")
@click.option("--why", is_flag=True, help="Print the reason below each.")
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl", show_default=True, help="Of the answer.")
@click.option(
    "--outputs", type=click.Path(path_type=Path, file_okay=False), default=None, help="Folder with the editions."
)
def claims(
    *, edition: str | None, verdicts: tuple[str, ...], words: str, why: bool, language: str, outputs: Path | None
) -> None:
    """Print the statements to the council with the verdicts of a built edition.

    V5 confirmed, V4 plausible, V3 cannot be assessed, V2 misleading or incomplete, V1 contradicted, P plan; then the
    strength of the evidence from A to E. Quotes stay Dutch.

    \b
    Examples:
      evaluation claims
      evaluation claims --verdict V2 --verdict V1 --why
      evaluation claims --search wachttijd --edition 2025-01-01
    """
    from evaluation.pipeline.claims_file import built_ledger  # noqa: PLC0415
    from evaluation.pipeline.project import OUTPUTS  # noqa: PLC0415
    from evaluation.presentation.claims_terminal import chosen_claims, claims_text  # noqa: PLC0415
    from evaluation.presentation.language import Language  # noqa: PLC0415

    content = built_ledger(outputs.resolve() if outputs else OUTPUTS, edition, language)
    chosen = chosen_claims(content["claims"], verdicts, words)
    width = shutil.get_terminal_size().columns
    click.echo(claims_text(content, chosen, width, Language(language), why=why))


@main.command("lint-claims")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl", show_default=True, help="Of the answer.")
def lint_claims(file: Path, language: str) -> None:
    """Say which lines of Dutch slides in FILE leave out what is needed to check them.

    FILE is text (TXT or Markdown, UTF-8) or CSV; export the outline of a presentation first, for PPTX and PDF are not
    read. A figure needs a unit, a reference date and a denominator; a judgement a number and a norm; a change a number
    and a baseline. Headings, questions and agenda times are left alone.

    Exit code: 0 when nothing is missing, 1 when a line leaves something out, 2 when FILE cannot be read.

    \b
    Examples:
      evaluation lint-claims slides.md
      evaluation lint-claims slides.txt --language en
    """
    from evaluation.measures.slide_lint import lint_slides  # noqa: PLC0415
    from evaluation.presentation.claims_terminal import lint_text  # noqa: PLC0415
    from evaluation.presentation.language import Language  # noqa: PLC0415
    from evaluation.sources.slides import slide_lines  # noqa: PLC0415

    findings = lint_slides(slide_lines(file))
    click.echo(lint_text(file.name, findings, Language(language)))
    if findings:
        raise click.exceptions.Exit(1)


@main.command("refresh-benchmark")
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
    from evaluation.pipeline.refresh import refresh_benchmark as refresh  # noqa: PLC0415
    from evaluation.sources.cbs import Server  # noqa: PLC0415

    found = refresh(datetime.now().astimezone().date(), server=Server.at(server), write=not check)
    for line in found.lines():
        click.echo(line)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def lab(options: tuple[str, ...]) -> None:
    """Open JupyterLab on the chapters, with the kernel of this environment; OPTIONS go to JupyterLab."""
    from evaluation.pipeline.project import NOTEBOOKS  # noqa: PLC0415

    environment = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"}
    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={NOTEBOOKS}", *options]
    sys.exit(subprocess.run(command, env=environment, check=False).returncode)


def _shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
