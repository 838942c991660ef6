"""Refuses a batch that cannot run, before anything of it starts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache

from evaluation.evidence import Evidence
from evaluation.parameters import ParameterError, Parameters, RegistryParameters
from evaluation.pipeline.editions import Chapter, Edition, chapters, checked_parameters
from evaluation.pipeline.inputs import load_registry, registry_folder
from evaluation.pipeline.made import file_digest
from evaluation.pipeline.municipalities import subject

ADDRESS = re.compile(r"(tcp|tls)://[^\s/:]+:\d{1,5}")


def require_address(scheduler: str) -> None:
    """Check the form of the address of a scheduler.

    Raises
    ------
    ParameterError
        When it has another form.
    """
    if not ADDRESS.fullmatch(scheduler):
        raise ParameterError(f"--scheduler {scheduler!r} is no address; write it as tcp://host:8786 or tls://host:8786")


def require_runnable(editions: Sequence[Edition], language: str) -> None:
    """Check the parameters, registries and municipality of every edition.

    Raises
    ------
    ParameterError
        When a value is not allowed, or an edition reads a personal register.
    SourceError
        When a registry cannot be read.
    """
    known = chapters()
    evidence = cache(_evidence)
    for edition in editions:
        try:
            parameters = _parameters(edition, language, known)
        except ParameterError as error:
            raise ParameterError(_named(edition, error)) from None
        for own in parameters:
            if isinstance(own, RegistryParameters) and evidence(own.registry, own.reference_date) is Evidence.REGISTER:
                raise ParameterError(
                    f"edition {edition.name!r}: {own.chapter} reads the personal register, which no batch does: what "
                    "one edition may show depends on the others. Take it out of the grid, and run: evaluation run"
                )
        try:
            subject(parameters)
        except ParameterError as error:
            raise ParameterError(_named(edition, error)) from None


def registries(edition: Edition, language: str) -> dict[str, dict[str, str | None]]:
    """Return the hash of every file of the registries that an edition reads, by registry.

    Raises
    ------
    ParameterError
        When a value is not allowed.
    """
    read = {own.registry for own in _parameters(edition, language, chapters()) if isinstance(own, RegistryParameters)}
    return {
        name: {path.name: file_digest(path) for path in sorted(registry_folder(name).iterdir())}
        for name in sorted(read)
    }


def _parameters(edition: Edition, language: str, known: Sequence[Chapter]) -> list[Parameters]:
    return [
        checked_parameters(edition, chapter, {}, language=language, output_folder="outputs")
        for chapter in filter(edition.holds, known)
    ]


def _named(edition: Edition, error: ParameterError) -> str:
    told = str(error)
    return told if told.startswith("edition ") else f"edition {edition.name!r}: {told}"


def _evidence(registry: str, reference_date: date) -> Evidence:
    opened = load_registry(registry)
    opened.snapshot(reference_date)
    return opened.evidence
