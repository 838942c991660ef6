"""Editions about another municipality than Groningen: what they may hold, and how their notebooks are written.

Only public statistics know other municipalities. The register, the figures shown to the council and its statements are
Groningen's, so an edition about another one holds the chapters on accounts and no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from evaluation.measures.costs import CostGrowth, cost_growth
from evaluation.measures.panel import expenditure_panel
from evaluation.parameters import (
    HOME,
    BenchmarkParameters,
    CounterfactualParameters,
    ParameterError,
    Parameters,
)
from evaluation.pipeline.inputs import council_costs
from evaluation.sources.benchmark import iv3_municipalities, price_indices
from evaluation.sources.municipalities import municipality_code

AccountsParameters = BenchmarkParameters | CounterfactualParameters
HOME_ONLY = "groningen"  # tag of a cell that is about Groningen, whichever municipality the edition is about


def told_growth(params: BenchmarkParameters) -> CostGrowth | None:
    """Return the growth of the totals that the council of Groningen was shown; None for another municipality."""
    if params.municipality != HOME:
        return None
    years = {"base_year": params.base_year, "final_year": params.final_year}
    return cost_growth(council_costs(), price_indices(), price_index=params.price_index, **years)


def subject(parameters: Iterable[Parameters]) -> str:
    """Return the one municipality that an edition is about.

    Parameters
    ----------
    parameters
        Of every chapter of the edition.

    Raises
    ------
    ParameterError
        When chapters name different ones, one of them knows Groningen only, or the accounts do not hold it for all
        years asked for.
    """
    chosen = list(parameters)
    if not chosen:
        return HOME
    named = {own.chapter: own.municipality if isinstance(own, AccountsParameters) else HOME for own in chosen}
    edition = chosen[0].edition
    for own in chosen:
        if isinstance(own, AccountsParameters):
            _require_accounts(own)
    elsewhere = sorted(set(named.values()) - {HOME})
    if not elsewhere:
        return HOME
    if len(set(named.values())) > 1:
        other = next(chapter for chapter, name in named.items() if name != elsewhere[0])
        raise ParameterError(
            f"edition {edition!r}: it is about {elsewhere[0]}, and chapter {other!r} about {named[other]}; give an "
            "edition one municipality, with chapters: [benchmark, counterfactual]"
        )
    return elsewhere[0]


def _require_accounts(parameters: AccountsParameters) -> None:
    """Refuse a municipality that the accounts do not hold in every year that the chapter uses."""
    try:
        code, known = _known(parameters.municipality)
    except ParameterError as error:
        raise ParameterError(f"{parameters.chapter}: {error}") from None
    if known != parameters.municipality:
        raise ParameterError(f"{parameters.chapter}: write municipality {parameters.municipality!r} as {known!r}")
    first = parameters.start_year if isinstance(parameters, CounterfactualParameters) else parameters.base_year
    if not _is_complete(code, first, parameters.final_year):
        raise ParameterError(
            f"{parameters.chapter}: municipality {known!r} has no complete accounts for {first} to "
            f"{parameters.final_year}; choose other years or leave it out"
        )


@cache
def _known(name: str) -> tuple[str, str]:
    """Code of a municipality, and its name as CBS writes it."""
    accounts = iv3_municipalities()
    code = municipality_code(accounts, name)
    return code, str(accounts.loc[accounts["municipality_code"] == code, "municipality"].iloc[0])


@cache
def _is_complete(code: str, first: int, final: int) -> bool:
    """Whether the accounts hold a municipality in every year."""
    years = {"start_year": first, "final_year": final}
    try:
        expenditure_panel(iv3_municipalities(), scope="incl_6_2", **years, treated=code)
    except ValueError:
        return False
    return True


def source_of(path: Path, parameters: Parameters, aside: Path) -> Path:
    """Return the notebook to execute: the chapter itself, or how it reads about another municipality.

    Parameters
    ----------
    path
        The chapter.
    parameters
        What it is asked.
    aside
        Folder in which a notebook about another municipality is written.
    """
    if not isinstance(parameters, AccountsParameters) or parameters.municipality == HOME:
        return path
    target = aside / path.name
    nbformat.write(written_about(nbformat.read(path, as_version=4), parameters.municipality), target)
    return target


def written_about(notebook: NotebookNode, municipality: str) -> NotebookNode:
    """Return a chapter as it reads about another municipality.

    Cells tagged ``groningen`` are left out, and headings name the other one. Text below a heading says "the
    municipality", and names Groningen only where Groningen is meant.
    """
    notebook.cells = [cell for cell in notebook.cells if HOME_ONLY not in cell.metadata.get("tags", [])]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(
                r"^(#+ |<h1>).*$", lambda line: line[0].replace(HOME, municipality), cell.source, flags=re.MULTILINE
            )
    return notebook
