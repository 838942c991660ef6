"""Text of new slides, for the check on what their lines leave out."""

from __future__ import annotations

import csv
from pathlib import Path

from evaluation.sources import SourceError

FORMATS = (".txt", ".md", ".csv")


def slide_lines(path: Path) -> list[tuple[int, str]]:
    """Return number and text of every line; of a CSV, every cell under the number of its row.

    Raises
    ------
    SourceError
        When the file is of another format, not text in UTF-8, or empty.
    """
    if path.suffix.lower() not in FORMATS:
        raise SourceError(
            f"{path.name}: {path.suffix or 'no extension'} is not read; save the text of the slides as "
            f"{', '.join(FORMATS)} (PowerPoint: export as outline)"
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(f"{path.name}: not a text file in UTF-8; save it as one") from None
    if not text.strip() or "\0" in text:
        raise SourceError(f"{path.name}: holds no text; save the text of the slides in it")
    if path.suffix.lower() == ".csv":
        delimiter = ";" if text.count(";") > text.count(",") else ","
        rows = enumerate(csv.reader(text.splitlines(), delimiter=delimiter), start=1)
        return [(number, cell) for number, row in rows for cell in row]
    return list(enumerate(text.splitlines(), start=1))
