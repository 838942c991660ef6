"""Makes a new chapter."""

from __future__ import annotations

import click

from evaluation.commands.printing import shown


@click.command("new-chapter")
@click.argument("name")
@click.option("--title-nl", default=None, help="Its title in Dutch; default: its name.")
@click.option("--title-en", default=None, help="Its title in English; default: its name.")
def new_chapter(name: str, title_nl: str | None, title_en: str | None) -> None:
    """Make the chapter NAME: notebook, parameters, measure, protected copy, presentation and test, all of which pass.

    It begins with two counts of the register, to be replaced by what the chapter is about. Exits with 2 when the name
    is taken or no lower-case identifier, or when the chapter cannot be made; then nothing has changed.

    \b
    Examples:
      evaluation new-chapter waiting_lists
      evaluation new-chapter waiting_lists --title-nl Wachtlijsten --title-en "Waiting lists"
    """
    from evaluation.pipeline.new_chapter.scaffold import NewChapter, make

    default = name.replace("_", " ").capitalize()
    for path in make(NewChapter(name, title_nl or default, title_en or default)):
        click.echo(shown(path))
    click.echo("Next: replace the counts by the question of the chapter, and review its values in tests/expected/.")
