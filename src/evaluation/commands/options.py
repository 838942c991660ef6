"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path

import click

LANGUAGES = ("nl", "en")

language_of_answer = click.option(
    "--language", type=click.Choice(LANGUAGES), default="nl", show_default=True, help="Of the answer."
)
language_of_report = click.option(
    "--language",
    type=click.Choice([*LANGUAGES, "both"]),
    default="nl",
    show_default=True,
    help="Language of the report.",
)
language_of_pages = click.option(
    "--language", type=click.Choice(LANGUAGES), default="nl", show_default=True, help="Language of the pages."
)
parameter = click.option(
    "-p",
    "--parameter",
    "assignments",
    multiple=True,
    metavar="CHAPTER.NAME=VALUE",
    help="Set a parameter of a chapter; may be repeated.",
)
outputs = click.option(
    "--outputs", type=click.Path(path_type=Path, file_okay=False), default=None, help="Folder of the editions."
)
delivery = click.option(
    "--delivery",
    type=click.Path(path_type=Path),
    default=None,
    help="Folder of a delivery of the register: it is checked, stored, and run instead of the invented registry.",
)
delivered_on = click.option(
    "--delivered-on",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="Day of the delivery; default: the day its newest file was written.",
)
workers = click.option(
    "--workers", type=click.IntRange(min=1), default=None, help="Notebooks at a time; default one more than cores."
)
