"""The templates of tables and pages, which escape whatever is put into them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, Template


@cache
def template(name: str) -> Template:
    """Return a template of this package by file name."""
    environment = Environment(
        loader=PackageLoader("evaluation.presentation"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(name)


@cache
def style_sheet() -> str:
    """Return the one style sheet, which every page holds inside itself."""
    return (files("evaluation.presentation") / "templates" / "report.css").read_text(encoding="utf-8")
