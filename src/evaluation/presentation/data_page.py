"""The page on data and provenance: which files and which register went in, with which parameters and versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from evaluation.evidence import Evidence
from evaluation.presentation.data_texts import FILES, PARAMETERS, VALUES
from evaluation.presentation.labels import EVIDENCE, PRICE_INDICES, table_label
from evaluation.presentation.language import N_, Language
from evaluation.presentation.methods import MOMENTS
from evaluation.presentation.table import Column, Table
from evaluation.sources.package import Resource

DATA_PAGE = "data.html"
DATA_NAME = N_("Data and origin")
DATA_TITLE = N_("Which data does this edition rest on?")
SHARES = ("confidence_level", "significance_level", "margin", "largest_change", "power", "assumed_difference")
SHORT = 12  # characters of a fingerprint
# Said once for the edition, or in the part on the register.
SAID_ELSEWHERE = ("edition", "reference_date", "language", "registry")


@dataclass(frozen=True)
class EditionInputs:
    """What an edition was made from.

    Attributes
    ----------
    resources
        Files of the data package.
    overrides
        Fingerprint of the file of signed verdicts.
    uses
        File and name of the pages that rest on it, by name of a resource; one that is absent is used by none.
    register
        Kind of the register: ``SYNTHETIC`` or ``REGISTER``; None when no chapter read one.
    registry
        Fingerprints of its tables, by name of table; never a path.
    parameters
        Per chapter, by its name in the report.
    commit
        Of the project; None outside a git checkout.
    versions
        Of Python and of packages.
    """

    resources: tuple[Resource, ...]
    overrides: str
    uses: Mapping[str, tuple[tuple[str, str], ...]]
    register: Evidence | None
    registry: Mapping[str, str]
    parameters: Mapping[str, Mapping[str, Any]]
    commit: str | None
    versions: Mapping[str, str]


def data_values(inputs: EditionInputs, language: Language, *, judged: bool) -> dict[str, Any]:
    """Return what the template of the page needs; signed verdicts went in where statements were judged."""
    return {
        "register": inputs.register,
        "registry_table": table_registry(inputs, language) if inputs.registry else None,
        "resources": [describe_resource(own, inputs.uses.get(own.name, ()), language) for own in inputs.resources],
        "signed": (FILES["claim_overrides"], inputs.overrides[:SHORT]) if judged else None,
        "parameter_table": table_parameters(inputs, language),
        "version_table": table_versions(inputs, language),
        "commit": inputs.commit,
    }


def table_registry(inputs: EditionInputs, language: Language) -> Table:
    """The tables of the register with their fingerprints; folded away on the page."""
    _ = language.translate
    rows = [(table_label(name, language), sha256[:SHORT]) for name, sha256 in inputs.registry.items()]
    return Table(
        id="registry",
        title=_("Tables of the register"),
        columns=(Column("table", _("Table")), Column("sha256", _("Fingerprint"))),
        frame=pd.DataFrame(rows, columns=["table", "sha256"]),
        note="",
        evidence=inputs.register or Evidence.SYNTHETIC,
        language=language,
        folded=True,
    )


def describe_resource(own: Resource, uses: tuple[tuple[str, str], ...], language: Language) -> dict[str, Any]:
    """Name one public file, and say of what kind it is, who published it and which pages rest on it."""
    _ = language.translate
    kind = _("none; laid down by this project") if own.own_work else _(EVIDENCE[own.evidence])
    return {
        "name": _(FILES.get(own.name, own.title)),
        "about": [
            (_("Kind of evidence"), kind),
            (_("Source"), "; ".join(map(_, own.sources))),
            (_("About"), language.period(own.period)),
            (_("Taken over on"), language.day(date.fromisoformat(own.retrieved))),
            (_("Licence"), _(own.licence)),
            (_("Fingerprint"), own.sha256[:SHORT]),
        ],
        "uses": uses,
    }


def table_parameters(inputs: EditionInputs, language: Language) -> Table:
    """What each chapter was asked."""
    _ = language.translate
    rows = [
        (chapter, _(PARAMETERS.get(name, name)), parameter_text(name, value, language))
        for chapter, parameters in inputs.parameters.items()
        for name, value in parameters.items()
        if name not in SAID_ELSEWHERE
    ]
    return Table(
        id="parameters",
        title=_("Parameters per chapter"),
        columns=(Column("chapter", _("Chapter")), Column("parameter", _("Parameter")), Column("value", _("Value"))),
        frame=pd.DataFrame(rows, columns=["chapter", "parameter", "value"]),
        note="",
        evidence=Evidence.PUBLISHED,
        language=language,
    )


def table_versions(inputs: EditionInputs, language: Language) -> Table:
    """Versions of what computed it; folded away on the page."""
    _ = language.translate
    rows = list(inputs.versions.items())
    return Table(
        id="versions",
        title=_("Versions of the programs"),
        columns=(Column("program", _("Program")), Column("version", _("Version"))),
        frame=pd.DataFrame(rows, columns=["program", "version"]),
        note="",
        evidence=Evidence.PUBLISHED,
        language=language,
        folded=True,
    )


def parameter_text(name: str, value: Any, language: Language) -> str:
    """Write the value of a parameter as a reader expects it: a day, a share, a number, or a word.

    Parameters
    ----------
    name
        Name of the parameter.
    value
        As in ``manifest.json``.
    """
    words = {**VALUES, "price_index": PRICE_INDICES, "follow_up": MOMENTS}.get(name, {})
    if isinstance(value, str):
        return (
            language.day(date.fromisoformat(value)) if _is_day(value) else language.translate(words.get(value, value))
        )
    if name in SHARES:
        return language.percent(value, 0)
    if name.endswith("year") or name == "seed":
        return str(value)  # a year and a seed have no thousands separator
    return language.shortest(value)


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False
