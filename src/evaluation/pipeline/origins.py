"""Where the values of an edition come from: the page of each measure, and the inputs behind the chapters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evaluation.evidence import Evidence
from evaluation.pipeline.project import PROTECTED_REGISTRY, SYNTHETIC_REGISTRY
from evaluation.presentation.claims_page import CLAIMS_NAME, CLAIMS_PAGE
from evaluation.presentation.contents import ChapterContents, EditionContents
from evaluation.presentation.data_page import SHORT, EditionInputs
from evaluation.presentation.navigation import chapter_name
from evaluation.sources.package import Resource, resource, resource_names

# What the statements are read from and judged by, beside the values of chapters.
STATEMENT_FILES = ("claims", "claim_rules", "claim_texts", "council_figures", "groningen_context")
PROVENANCE = "provenance"


def homes_of(saved: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the page of the chapter that saved it, by id of a measure.

    Parameters
    ----------
    saved
        What each chapter left, in the order of the report. An id names a subject, which may be another chapter's.
    """
    return {entry["id"]: f"{content['chapter']}.html" for content in saved for entry in content["measures"]}


def edition_inputs(
    manifest: Mapping[str, Any], contents: EditionContents, saved: Sequence[Mapping[str, Any]]
) -> EditionInputs:
    """Return what an edition was made from.

    Parameters
    ----------
    manifest
        Content of its ``manifest.json``.
    contents
        What it shows.
    saved
        What each chapter left.
    """
    language = contents.language
    resources = tuple(resource(name) for name in resource_names())
    named = {chapter.saved.name: chapter for chapter in contents.chapters}
    statements = [(CLAIMS_PAGE, language.translate(CLAIMS_NAME))] if contents.annex else []
    sources = {
        content["chapter"]: {source for entry in content["measures"] for source in entry["sources"]}
        for content in saved
    }
    uses = {
        own.name: (
            *((f"{name}.html", each.name) for name, each in named.items() if _rests_on(own, each, sources[name])),
            *(statements if own.name in STATEMENT_FILES else []),
        )
        for own in resources
    }
    chapters = manifest["chapters"]
    return EditionInputs(
        resources=resources,
        overrides=manifest["inputs"]["claim_overrides"],
        uses={name: pages for name, pages in uses.items() if pages},
        register=_register([own["parameters"] for own in chapters.values()]),
        registry={name.rpartition("/")[2]: sha256 for name, sha256 in manifest["registry"].items()},
        parameters={chapter_name(name, language): own["parameters"] for name, own in chapters.items()},
        commit=manifest["commit"],
        versions=manifest["versions"],
    )


def _rests_on(own: Resource, chapter: ChapterContents, sources: set[str]) -> bool:
    """Whether a chapter names a file behind a value, or among what its numbers come from."""
    shown = chapter.tables.get(PROVENANCE)
    return own.name in sources or (shown is not None and own.sha256[:SHORT] in set(shown.frame["sha256"]))


def _register(parameters: Sequence[Mapping[str, Any]]) -> Evidence | None:
    names = {own["registry"] for own in parameters if "registry" in own}
    if not names:
        return None
    return Evidence.SYNTHETIC if names <= {SYNTHETIC_REGISTRY, PROTECTED_REGISTRY} else Evidence.REGISTER
