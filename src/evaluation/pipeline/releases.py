"""The log of what was published of the register, and the audit that a new edition has to pass.

Every edition made from the register leaves its publication in ``releases`` in the private folder: what it showed, and
which dots hide small counts. The next edition is protected and audited together with all of them, for editions can be
subtracted from each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from evaluation.disclosure import DisclosureError
from evaluation.disclosure.publication import Publication, union
from evaluation.disclosure.recovery import given_away
from evaluation.disclosure.rules import DisclosureRules
from evaluation.pipeline.project import private_folder

SUFFIX = ".publication.json"
CAREFUL = ".careful"
"""File in the folder of an edition that is made again because its audit failed."""


def released() -> dict[str, Publication]:
    """Return the logged publications by edition."""
    return {path.stem: _read(path) for path in sorted(_log().glob("*.json"))}


def log_release(edition: str, publication: Publication) -> None:
    """Keep what an edition published, readable by its owner only; it takes the place of an earlier one."""
    log = _log()
    log.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = log / f".{edition}.making"
    write_publication(made, publication)
    made.replace(log / f"{edition}.json")


def write_publication(path: Path, publication: Publication) -> None:
    """Write a publication, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(publication.as_json()), encoding="utf-8")


def chapter_publications(folder: Path, *, but: str = "") -> list[Publication]:
    """Return what the chapters of an edition in the making have published, in the order of their names.

    Parameters
    ----------
    folder
        Where the chapters write.
    but
        Chapter that is left out.
    """
    paths = sorted((folder / "chapters").glob(f"*{SUFFIX}"))
    return [_read(path) for path in paths if path.name != f"{but}{SUFFIX}"]


def audited(
    edition: str, chapters: Iterable[Publication], earlier: Iterable[Publication], rules: DisclosureRules
) -> Publication:
    """Return all that an edition publishes, after an audit of it together with every earlier edition.

    Raises
    ------
    DisclosureError
        When a hidden count could be computed; the message names the first cell and not its value.
    """
    try:
        own = union(chapters)
    except ValueError as error:
        raise DisclosureError(f"edition {edition}: {error}; nothing is published") from None
    try:
        leaks = given_away(own, earlier, rules)
    except ValueError as error:
        raise DisclosureError(f"edition {edition}: the audit failed ({error}); nothing is published") from None
    if leaks:
        raise DisclosureError(
            f"edition {edition}: {len(leaks)} hidden numbers could be computed from what would be published, the "
            f"first being {leaks[0]}; nothing is published. Show fewer groups, or a longer period"
        )
    return own


def _log() -> Path:
    return private_folder() / "releases"


def _read(path: Path) -> Publication:
    return Publication.from_json(json.loads(path.read_text(encoding="utf-8")))
