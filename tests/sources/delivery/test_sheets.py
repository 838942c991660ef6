"""Workbooks that no spreadsheet program made, or that would exhaust the machine, are refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from evaluation.sources.delivery import sheets
from evaluation.sources.delivery.contract import DeliveryError
from evaluation.sources.delivery.sheets import require_harmless, require_short_rows


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A workbook of three rows."""
    book = openpyxl.Workbook()
    for row in [("trajectory_id", "team"), ("t1", "T01"), ("t2", "T02")]:
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    return tmp_path / "t.xlsx"


def rewritten(path: Path, name: str, content: bytes, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = {member: archive.read(member) for member in archive.namelist()} | {name: content}
    with zipfile.ZipFile(path, "w", method) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return path


def test_a_workbook_as_it_should_be_passes(path: Path):
    require_short_rows(path)


def test_a_part_that_is_read_whole_may_not_be_large(path: Path, monkeypatch: pytest.MonkeyPatch):
    rewritten(path, "xl/styles.xml", bytes(range(256)) * 100)
    monkeypatch.setattr(sheets, "MOST_PART_BYTES", 25_600)
    require_harmless(path)
    monkeypatch.setattr(sheets, "MOST_PART_BYTES", 25_599)
    with pytest.raises(DeliveryError, match="a part of it has 25600 bytes; deliver CSV"):
        require_harmless(path)


def test_a_picture_is_not_read_and_may_be(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sheets, "MOST_PART_BYTES", 20_000)
    require_harmless(rewritten(path, "xl/media/logo.png", bytes(range(256)) * 100))


@pytest.mark.parametrize("filler", [b"<c><v>1</v></c>", b"x"])
def test_a_row_may_not_take_all_memory(path: Path, monkeypatch: pytest.MonkeyPatch, filler: bytes):
    monkeypatch.setattr(sheets, "MOST_ROW_BYTES", 5000)
    monkeypatch.setattr(sheets, "CHUNK_BYTES", 64)
    many = b"<row>" + b"<c/>" * 900 + b"</row>"  # 3611 bytes each
    require_short_rows(rewritten(path, "xl/worksheets/sheet1.xml", b"<sheetData>" + many * 5 + b"</sheetData>"))
    long = b"<row>" + filler * (5100 // len(filler)) + b"</row>"
    rewritten(path, "xl/worksheets/sheet1.xml", b"<sheetData>" + many + long + b"</sheetData>")
    with pytest.raises(DeliveryError, match="a row takes more than 5000 bytes"):
        require_short_rows(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_another_way_of_packing_is_refused(path: Path, method: int):
    with pytest.raises(DeliveryError, match="packed or locked in a way that Excel does not read"):
        require_harmless(rewritten(path, "extra", b"x", method))


def test_a_locked_workbook_is_refused(path: Path):
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the flag in the directory that says so
    path.write_bytes(content)
    with pytest.raises(DeliveryError, match="packed or locked"):
        require_harmless(path)
