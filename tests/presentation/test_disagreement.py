"""A number that is changed in one copy of an edition is named: the checks of the agreement can fail."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import typst

from tests.presentation.agreement import single_disagreements
from tests.presentation.compared import (
    claim_disagreements,
    document,
    document_disagreements,
    forget,
    front_disagreements,
    page,
    sentence_disagreements,
    soup,
    table_disagreements,
)

pytestmark = pytest.mark.slow
# One line of the document for each line of a text; the paper is as wide as the longest.
AS_IT_STANDS = b"""
#set page(width: 90cm, height: 60cm, margin: 5mm)
#set text(size: 7pt, hyphenate: false)
#for part in json(bytes(sys.inputs.pages)) { for line in part.split("\\n") [#line #linebreak()]; pagebreak(weak: true) }
"""


@pytest.fixture
def copied(outputs: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of an edition that may be changed, and that nothing remembers."""
    folder = tmp_path / "2025-01-01"
    shutil.copytree(outputs / "2025-01-01", folder, ignore=shutil.ignore_patterns("notebooks", "*.svg"))
    yield folder
    forget()


def changed(file: Path, old: str, new: str) -> None:
    """Replace one text in a file, which holds it."""
    text = file.read_text(encoding="utf-8")
    assert old in text, (file.name, old)
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def other(number: str) -> str:
    """A number with another last digit."""
    return f"{number[:-1]}{(int(number[-1]) + 1) % 10}"


@pytest.mark.parametrize("place", ["page", "csv", "workbook"])
def test_a_changed_cell(copied: Path, place: str) -> None:
    name = "durations_length_summary"
    (table,) = (table for table in page(copied / "durations.html").tables if table.id == "length_summary")
    shown, file = table.rows[1][1], copied / "tables" / f"{name}.csv"
    stored = file.read_text(encoding="utf-8").splitlines()[2].split(",")[1]
    if place == "page":
        changed(copied / "durations.html", f">{shown}</td>", f">{other(shown)}</td>")
    elif place == "csv":
        changed(file, f",{stored},", f",{float(stored) + 0.1},")
    else:
        book = openpyxl.load_workbook(copied / "tables.xlsx")
        (cell,) = (
            cell
            for sheet in book.worksheets
            if sheet["A1"].value == table.title
            for cell in sheet["B"]
            if isinstance(cell.value, float) and cell.value == pytest.approx(float(stored), rel=1e-12)
        )
        cell.value += 0.1
        book.save(copied / "tables.xlsx")
    forget()
    found = list(table_disagreements(copied, "durations", "nl"))
    assert found
    assert all(line.startswith(f"{name}.csv, row 2") for line in found)


def test_a_changed_number_in_a_sentence_and_in_what_is_told_of_a_figure(copied: Path) -> None:
    (number,) = re.findall(r"langer dan ongeveer ([\d,]+) maanden", page(copied / "durations.html").sentences[0])
    wrong = f"9{number}"
    text = (copied / "durations.html").read_text(encoding="utf-8")
    (copied / "durations.html").write_text(text.replace(f"ongeveer {number} maanden", f"ongeveer {wrong} maanden"))
    forget()
    found = list(sentence_disagreements(copied, "durations", "nl"))
    assert len(found) == 2
    assert all(line.startswith(f"durations: {wrong} is no value of this chapter") for line in found)


def test_a_changed_value_of_the_results(copied: Path) -> None:
    measures = json.loads((copied / "results.json").read_text(encoding="utf-8"))["measures"]
    shown = {row[0]: row for table in page(copied / "index.html").tables for row in table.rows}
    (median,) = (measure for measure in measures if measure["id"] == "durations.km_median_months")
    median["estimate"] += 1
    (line,) = front_disagreements(measures, shown, "nl")
    assert line.startswith("durations.km_median_months: estimate is")


def test_a_changed_number_beside_a_statement(copied: Path) -> None:
    changed(copied / "claims.html", "97 / 75", "971 / 75")
    (line,) = claim_disagreements(soup(copied / "claims.html"), copied, "nl")
    assert ": 971 is no value of the edition" in line


def test_a_changed_number_in_the_single_file(copied: Path) -> None:
    shown = page(copied / "durations.html").tables[2].rows[1][1]
    before, after = (copied / "single.html").read_text(encoding="utf-8").split('id="durations"')
    mistaken = after.replace(f">{shown}</td>", f">{other(shown)}</td>", 1)
    (copied / "single.html").write_text(f'{before}id="durations"{mistaken}', encoding="utf-8")
    found = list(single_disagreements(soup(copied / "single.html"), soup(copied / "durations.html"), "durations"))
    assert found == [f"durations: “{shown}” stands 1 time less in the single file"]


def test_a_changed_number_in_the_document(copied: Path) -> None:
    """The document is set anew from its own text, once as it is and once with another number."""
    text = document(copied / "report.pdf")
    (number,) = set(re.findall(r"trajecten duurt langer dan ongeveer ([\d,]+) maanden", "\n".join(text)))
    mistaken = [part.replace(number, other(number)) for part in text]
    for pages, wrong in ((text, ()), (mistaken, (number, other(number)))):
        made = typst.compile(AS_IT_STANDS, sys_inputs={"pages": json.dumps(pages)})
        (copied / "report.pdf").write_bytes(made)
        document.cache_clear()
        found = list(document_disagreements(document(copied / "report.pdf"), copied))
        assert bool(found) == bool(wrong)
        assert all(number in line for number, line in zip(wrong, found[:1] + found[-1:], strict=False))
