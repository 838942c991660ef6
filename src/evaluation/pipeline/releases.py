"""The log of what was published of the register, and the audit that a new edition has to pass.

Every edition made from the register leaves its publication in ``releases`` in the private folder: what it showed, and
which dots hide small counts. The next edition is protected and audited together with all of them, for editions can be
subtracted from each other. What was published stays known: an edition made again adds to the log and takes nothing
away.
"""

from __future__ import annotations

import hashlib
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
    """Return every logged publication, by edition and hash; in older logs by edition alone."""
    return {path.stem: _read(path) for path in sorted(_log().glob("*.json"))}


def log_release(edition: str, publication: Publication) -> None:
    """Keep what an edition published, readable by its owner only, beside all that was published before.

    The name has a hash of the content, so that the same publication made again is kept once.
    """
    log = _log()
    log.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{edition}.{_hash(publication)}"
    made = log / f".{name}.making"
    write_publication(made, publication)
    made.replace(log / f"{name}.json")


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
    """Return all that an edition publishes, after an audit of it together with each earlier publication.

    Those of the edition itself are among them, for whoever has both reports can put them together. One that is
    part of this edition, such as the same one in another language, adds nothing and is passed over.

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
        leaks = given_away(own, [other for other in earlier if not other.is_part_of(own)], rules)
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


def _hash(publication: Publication) -> str:
    """Hash of what was published, in whatever order it was shown."""
    content = {name: sorted(part) if isinstance(part, list) else part for name, part in publication.as_json().items()}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _read(path: Path) -> Publication:
    return Publication.from_json(json.loads(path.read_text(encoding="utf-8")))
