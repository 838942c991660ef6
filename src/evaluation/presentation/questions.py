"""The questions of an executed notebook, and which exhibits stand under each of them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from evaluation.presentation.language import Language

_HEADING = re.compile(r"^(?P<level>#{1,2}) +(?P<text>.+)$|^<h1[^>]*>(?P<title>.*?)</h1>\s*$", re.MULTILINE)
_MARKUP = re.compile(r"\[([^\]]*)\]\([^)]*\)|<[^>]+>|[*`]+")


@dataclass(frozen=True)
class Question:
    """One heading of a chapter with what stands under it.

    Attributes
    ----------
    heading
        The question as plain text.
    level
        1 for the question of the chapter, 2 for those within it.
    paragraphs
        The prose below the heading, as plain text.
    exhibits
        Places of its exhibits in the order of the page.
    """

    heading: str
    level: int
    paragraphs: tuple[str, ...]
    exhibits: tuple[int, ...] = ()


def questions_of(notebook: NotebookNode, language: Language) -> tuple[Question, ...]:
    """Return the questions of a notebook in one language, that of the chapter first.

    Parameters
    ----------
    notebook
        Executed by a `Page`, whose outputs carry their place in the metadata.
    language
        Cells tagged with it are read, those of the other language are not.
    """
    found: list[Question] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and language.code in cell.metadata.get("tags", []):
            found += _parts(cell.source)
        elif cell.cell_type == "code" and found:
            places = (output.get("metadata", {}).get("exhibit") for output in cell.outputs)
            below = (place for place in places if place is not None)
            found[-1] = replace(found[-1], exhibits=(*found[-1].exhibits, *below))
    return tuple(found)


def _parts(source: str) -> Iterator[Question]:
    """Yield each heading of a cell with what stands under it."""
    headings = list(_HEADING.finditer(source))
    ends = [heading.start() for heading in headings[1:]] + [len(source)]
    for heading, end in zip(headings, ends, strict=True):
        below = source[heading.end() : end].split("\n\n")
        yield Question(
            heading=_plain(heading["text"] or heading["title"]),
            level=len(heading["level"]) if heading["level"] else 1,
            paragraphs=tuple(text for paragraph in below if (text := _plain(paragraph))),
        )


def _plain(markdown: str) -> str:
    """Prose of a notebook without its markup; lines of one paragraph become one."""
    return html.unescape(" ".join(_MARKUP.sub(lambda found: found[1] or "", markdown).split()))
