"""Deliveries damaged at random: what people, export programs, disks and ill will make of a register."""

from __future__ import annotations

import io
import os
import random
import re
import zipfile
from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

BSN = "123456782"
TABLES = {
    "trajectories": (
        "traject_id;clientnummer;gezin_id;productcode;verwijzer;begindatum;einddatum;reden_einde;wijkteam;wijk\n"
        "t1;c1;f1;P01;1;01-03-2023;01-09-2023;31;T01;W01\n"
        "t2;c2;f2;P01;02;15-04-2023;;;T01;W02\n"
        "t3;c2;f2;P02;04;20-02-2024;;;T02;W02\n"
    ),
    "clients": "client_key;geboortejaar;geslacht\nc1;2012;V\nc2;2015;M\n",
    "hours": "trajectory_id;month;direct_hours\nt1;2023-03-01;4,5\nt1;2023-04-01;6,25\nt2;2023-05-01;3,0\n",
}
CELLS = (
    *("", "0", "-1", "9" * 40, "NULL", "nan", "1e400", "45000", "a;b", "a\nb", "\t", '"', '"open', "é€😀", "\u202e"),
    *("31-02-2024", "2024-13-01", "01/02/2024", "04/23/2024", "20240230", "1900-01-01", "9999-12-31", "1.234", "1,5"),
    *("=1+1", "@SUM(A1)", "'; drop table problems; --", "<script>", "\x00", "\x1b[31m", "\ufeff", BSN, "x" * 70_000),
)
Damage = Callable[[random.Random, bytes], bytes]


def _rows(content: bytes) -> list[list[bytes]]:
    return [line.split(b";") for line in content.split(b"\n")]


def _joined(rows: list[list[bytes]], separator: bytes = b";", end: bytes = b"\n") -> bytes:
    return end.join(separator.join(row) for row in rows)


def flip_bytes(rng: random.Random, content: bytes) -> bytes:
    damaged = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    return bytes(damaged)


def cut(rng: random.Random, content: bytes) -> bytes:
    return content[: rng.randrange(len(content))]


def repeat(rng: random.Random, content: bytes) -> bytes:
    return content + content[rng.randrange(len(content)) :]


def replace_cells(rng: random.Random, content: bytes) -> bytes:
    rows = _rows(content)
    for _ in range(rng.randint(1, 6)):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice(CELLS).encode()
    return _joined(rows)


def shuffle_columns(rng: random.Random, content: bytes) -> bytes:
    rows = _rows(content)
    order = rng.sample(range(len(rows[0])), rng.randint(1, len(rows[0])))
    return _joined([[row[i] for i in order if i < len(row)] for row in rows])


def double_headers(rng: random.Random, content: bytes) -> bytes:
    rows = _rows(content)
    kind, column = rng.randrange(4), rng.randrange(len(rows[0]))
    if kind == 0:  # one name twice
        rows[0][column] = rng.choice(rows[0])
    elif kind == 1:  # a column delivered twice, under one name
        rows = [[*row, row[column]] if column < len(row) else row for row in rows]
    elif kind == 2:  # the header again among the rows
        rows.insert(rng.randrange(len(rows)), rows[0])
    else:  # a column without a name
        rows[0][column] = b""
    return _joined(rows)


def encode(rng: random.Random, content: bytes) -> bytes:
    text = content.decode("utf-8").replace("T01", rng.choice(["T01", "Caf\u00e9 \u20ac", "\U0001f600"]))
    names = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "utf-8-sig", "latin-1", "cp037", "utf-7"]
    return text.encode(rng.choice(names), "replace")


def trouble_with_marks(rng: random.Random, content: bytes) -> bytes:
    """Byte order marks where none belong, halves of surrogates, overlong forms, two encodings in one file."""
    trouble = rng.choice(
        [
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"\xfe\xff",
            b"\xed\xa0\x80",
            b"\xc0\xaf",
            b"\xf8\x88\x80\x80",
            b"\xe9",
            b"\xc3\xa9\xe9",
        ]
    )
    if rng.random() < 0.4:
        return trouble * rng.randint(1, 3) + content
    place = rng.randrange(len(content))
    return content[:place] + trouble + content[place:]


def mix_separators(rng: random.Random, content: bytes) -> bytes:
    rows = _rows(content)
    marks, ends = (
        [b";", b",", b"\t", b"|", b":", b";;"],
        [b"\n", b"\r\n", b"\r", b"\n\n", b"\n\r", b"\x0b", b"\xe2\x80\xa8"],
    )
    if rng.random() < 0.5:
        return _joined(rows, rng.choice(marks), rng.choice(ends))
    lines = [rng.choice(marks).join(row) if rng.random() < 0.3 else b";".join(row) for row in rows]
    return b"".join(line + (rng.choice(ends) if rng.random() < 0.3 else b"\n") for line in lines)


def put_zeros(rng: random.Random, content: bytes) -> bytes:
    if rng.random() < 0.3:
        return b"\0" * rng.randint(1, 5000)
    place = rng.randrange(len(content))
    return content[:place] + b"\0" * rng.choice([1, 2, 3, 5000]) + content[place:]


def quote(rng: random.Random, content: bytes) -> bytes:
    rows = [[b'"' + cell + b'"' if rng.random() < 0.5 else cell for cell in row] for row in _rows(content)]
    row = rng.choice(rows)
    row[rng.randrange(len(row))] = rng.choice([b'"a;b"', b'"a\nb"', b'"a""b"', b'"open', b'a"b"c', b'""', b"'a;b'"])
    return _joined(rows)


def grow(rng: random.Random, content: bytes) -> bytes:
    """Make something far larger than a register has: a cell, a line, the number of columns or of rows."""
    rows, kind = _rows(content), rng.randrange(6)
    row = rng.choice(rows)
    if kind == 0:
        row[rng.randrange(len(row))] = b"x" * rng.choice([130_000, 2_100_000, 17_000_000])
    elif kind == 1:
        row += [b""] * rng.choice([1, 50, 5000, 200_000])
    elif kind == 2:
        rows = [[*row, *(b"k%d" % i for i in range(rng.choice([100, 3000])))] for row in rows]
    elif kind == 3:
        rows += rows[1:-1] * rng.choice([10, 3000])
    elif kind == 4:
        rows += [[b""]] * rng.choice([10, 100_000])
    else:
        rows[-1:] = [[b"t9%d" % i, *rng.choice(rows[1:])[1:]] for i in range(5000)]
    return _joined(rows)


def empty(rng: random.Random, content: bytes) -> bytes:
    header = content.split(b"\n")[0]
    return rng.choice(
        [b"", b"\n", b" \r\n", b";;;;\n", header, header + b"\n", header + b"\n;;;;;;;;;\n", b"\xef\xbb\xbf"]
    )


def err(rng: random.Random, content: bytes) -> bytes:
    """Make the mistakes of one row that people make: a day, a code, a number or a name that cannot be."""
    dates = [(b";01-09-2023;", b";01-02-2023;"), (b"20-02-2024", b"20-02-1924"), (b";15-04-2023;", b";soon;")]
    others = [(b";31;", b";99;"), (b"t2;", b"t1;"), (b"c2;f2;P02", b";f2;P02"), (b"6,25", b"625")]
    mistakes = [*dates, *others]
    fitting = [(right, wrong) for right, wrong in mistakes if right in content]
    return content.replace(*rng.choice(fitting), 1)


TEXT_DAMAGES: tuple[Damage, ...] = (
    *(flip_bytes, cut, repeat, replace_cells, replace_cells, shuffle_columns, double_headers, encode),
    *(trouble_with_marks, mix_separators, put_zeros, quote, grow, empty),
)


@cache
def workbook(table: str) -> bytes:
    book = openpyxl.Workbook()
    for line in TABLES[table].splitlines():
        book.active.append([int(cell) if cell.isdigit() else cell or None for cell in line.split(";")])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
CELL_XML = (
    *(b'<c r="A2" t="s"><v>99999</v></c>', b'<c r="A2" t="s"><v>-1</v></c>', b'<c r="A2" t="n"><v>x</v></c>'),
    *(b'<c r="A2" s="9999"><v>1</v></c>', b'<c r="A2" t="d"><v>2024-13-45</v></c>', b'<c r="A2" t="q"><v>1</v></c>'),
    *(b'<c r="A2" t="e"><v>#REF!</v></c>', b'<c r="A2" t="b"><v>7</v></c>', b'<c r="A2"><f>1+1</f></c>'),
    *(
        b'<c r="ZZZ2"><v>1</v></c>',
        b'<c r="A99999999"><v>1</v></c>',
        b'<c r="2A"><v>1</v></c>',
        b'<c r=""><v>1</v></c>',
    ),
    *(b'<c r="A2"><v>1e999</v></c>', b'<c r="A2"><v>nan</v></c>', b'<c t="inlineStr"><is><t>x</t></is></c>'),
    *(b'<c r="A2" t="inlineStr"></c>', b"<c/>", b'<c r="XFD2"><v>1</v></c>', b'<c r="A2" t="s"></c>'),
)


def _row_far_down(rng: random.Random, xml: bytes) -> bytes:
    far = rng.choice([b"1048576", b"1048577", b"999999999999", b"0", b"-5", b"x", b"2"])
    return xml.replace(b'<row r="3"', b'<row r="' + far + b'"')


def _claim_size(rng: random.Random, xml: bytes) -> bytes:
    return xml.replace(b"<dimension", rng.choice([b'<dimension ref="A1:XFD1048576"/><d', b'<dimension ref=""/><d']))


def _entities(rng: random.Random, xml: bytes) -> bytes:
    """Entities that unfold to a million laughs, or that name a file of the machine."""
    laughs = b"".join(b'<!ENTITY e%d "%s">' % (i, b"&e%d;" % (i - 1) * 10 if i else b"ha") for i in range(12))
    outside = b'<!ENTITY e11 SYSTEM "file:///etc/passwd">'
    place = rng.choice([b"<sheetData>", b"<v>"])
    return b"<!DOCTYPE x [" + rng.choice([laughs, outside]) + b"]>" + xml.replace(place, place + b"&e11;", 1)


def _claim_encoding(rng: random.Random, xml: bytes) -> bytes:
    return b'<?xml version="1.0" encoding="%s"?>' % rng.choice([b"utf-9", b"utf-16", b"cp1252", b"idna", b""]) + xml


def _odd_cell(rng: random.Random, xml: bytes) -> bytes:
    return re.sub(rb"<c [^>]*r=\"A3\".*?</c>", rng.choice(CELL_XML), xml)


SHEET_DAMAGES: tuple[Damage, ...] = (
    *(flip_bytes, cut, _row_far_down, _claim_size, _entities, _claim_encoding, _odd_cell, _odd_cell),
)


def damage_members(rng: random.Random, content: bytes) -> bytes:
    """Damage a workbook within its archive, so that the archive itself can be opened."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    kind, name = rng.randrange(7), rng.choice([*members, SHEET, SHEET])
    if kind == 0:
        del members[name]
    elif kind == 1:
        members[name] = rng.choice([b"", b"\0" * 100, b"<a/>", b"<a", b"\xff\xfe<\0a\0/\0>\0", rng.randbytes(50)])
    elif kind == 2:
        members[name] = cut(rng, members[name])
    elif kind == 3:
        members[name] = flip_bytes(rng, members[name])
    elif kind == 4:  # packs a few hundred to a thousand times
        members[rng.choice([SHEET, STRINGS, "bomb"])] = b"<a>" + b" " * rng.choice([3_000_000, 30_000_000])
    else:
        members[SHEET] = rng.choice(SHEET_DAMAGES)(rng, members[SHEET])
    target = io.BytesIO()
    method = rng.choice(
        [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2]
    )
    with zipfile.ZipFile(target, "w", method) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return target.getvalue()


def damage_directory(rng: random.Random, content: bytes) -> bytes:
    """Let the directory of the archive lie: sizes, methods, flags, checksums."""
    damaged = bytearray(content)
    places = [match.start() for match in re.finditer(rb"PK\x01\x02|PK\x03\x04", content)]
    place = rng.choice(places) + rng.choice([4, 6, 8, 10, 14, 16, 18, 20, 22, 24, 26, 28, 42])
    for i in range(rng.choice([1, 2, 4])):
        if place + i < len(damaged):
            damaged[place + i] = rng.choice([0, 1, 9, 255, rng.randrange(256)])
    return bytes(damaged)


XLSX_DAMAGES: tuple[Damage, ...] = (
    *(flip_bytes, cut, repeat, damage_members, damage_members, damage_members, damage_directory),
)

ODD_COLUMNS: tuple[pa.Array, ...] = (
    pa.array([[1], [2], None]),
    pa.array([{"a": 1}, None, {"a": 2}]),
    pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int64())),
    pa.array([b"\xff\x00", b"t2", None]),
    pa.array([Decimal("1.5"), Decimal("99999999999999999999"), None], pa.decimal128(38, 2)),
    pa.array([time(12), None, time(0)]),
    pa.array([timedelta(days=1), None, timedelta(0)]),
    pa.array([1_700_000_000_000_000, None, -62_000_000_000_000_000], pa.timestamp("us")),
    pa.array([0, None, 2**61], pa.timestamp("us", "UTC")),
    pa.array([date(2024, 1, 1), date(1, 1, 1), date(9999, 12, 31)]),
    pa.array([2**64 - 1, None, 0], pa.uint64()),
    pa.array([-(2**31), 2**31 - 1, None], pa.date32()),
    pa.array([float("inf"), float("nan"), -0.0]),
    pa.array([1.0, None, 2.5], pa.float32()),
    pa.array([None, None, None], pa.null()),
    pa.array([True, None, False]),
    pa.array(["t1", "t1", "t2"]).dictionary_encode(),
    pa.array(["t\x001", "\ud7ff", ""], pa.large_string()),
    pa.array([45000, 20240101, 0], pa.int64()),
    pa.array([123456782, 111222333, 0], pa.int64()),
)


def parquet(rng: random.Random, table: str, *, damaged: bool) -> bytes:
    header, *rows = [line.split(";") for line in TABLES[table].splitlines()]
    columns = {name: pa.array([row[i] or None for row in rows[:3]], pa.string()) for i, name in enumerate(header)}
    names, arrays = list(columns), list(columns.values())
    length = len(arrays[0])
    if damaged:
        for _ in range(rng.randint(1, 3)):
            arrays[rng.randrange(len(arrays))] = rng.choice(ODD_COLUMNS)[:length]
        if rng.random() < 0.2:
            names[rng.randrange(len(names))] = rng.choice([*names, "", 'a"b', "file_row_number", "_row", "c0", BSN])
        if rng.random() < 0.1:
            arrays = [array[:0] for array in arrays]
    target = io.BytesIO()
    pq.write_table(pa.table(arrays, names=names), target)
    content = target.getvalue()
    return rng.choice([flip_bytes, cut, repeat])(rng, content) if damaged and rng.random() < 0.3 else content


def _misplace(rng: random.Random, folder: Path) -> None:
    """Put something in the folder, or give something a name, that is no file of a table."""
    path, odd = folder / "trajectories.csv", rng.randrange(14)
    other = folder / rng.choice(["hours.csv", "notes.txt", "stories.parquet", "uren.xlsx", "data.bin", "clients.csv"])
    names = ["trajecten.CSV", "trajectories.txt", "trajectories.xlsx", "trajectories.parquet", "trajectories"]
    names += [
        "x.csv",
        "a\nb.csv",
        "a\x1b[31m.csv",
        "[t]*.csv",
        "trajectories.csv.exe",
        f"{BSN}.csv",
        "~$trajectories.csv",
    ]
    names += ["\u00e9" * 100 + ".csv", os.fsdecode(b"traject\xff.csv")]
    if odd < 4 and path.exists():
        path.rename(folder / rng.choice(names))
    elif odd == 4:
        (folder / "nested" / "deeper").mkdir(parents=True)
        (folder / "nested" / "deeper" / other.name).write_text(TABLES["hours"], encoding="utf-8")
    elif odd == 5:
        other.unlink(missing_ok=True)
        other.mkdir()
    elif odd == 6 and not other.exists():
        other.symlink_to(rng.choice([path, folder, folder / "nowhere", other, Path("/dev/null"), Path("/dev/zero")]))
    elif odd == 7 and not other.exists():
        os.mkfifo(other)
    elif odd == 8:
        other.write_bytes(rng.choice([b"", b"\0", rng.randbytes(100), b"%PDF-1.4", f"bsn {BSN}".encode()]))
    elif odd == 9:
        (folder / ".hidden.csv").write_bytes(b"\0")
        (folder / "README.md").write_bytes(b"# \xff")
    elif odd == 10:
        (folder / "trajecten.xlsx").write_bytes(workbook("trajectories"))
    elif odd == 11:
        (folder / "delivery.xlsx").write_bytes(workbook("clients"))
    elif odd == 12:
        folder.rename(folder.with_name("moved"))
        folder.symlink_to(folder.with_name("moved"))
    else:
        for file in folder.iterdir():
            file.unlink()


def mistaken_delivery(folder: Path, rng: random.Random) -> None:
    """Write a delivery that can be read, with a row in it that is wrong."""
    folder.mkdir()
    for table in ("trajectories", "hours"):
        (folder / f"{table}.csv").write_bytes(err(rng, TABLES[table].encode()))


def damaged_delivery(folder: Path, rng: random.Random) -> None:
    """Write a delivery in which most files are damaged, and some are as they should be."""
    folder.mkdir()
    for table in ("trajectories", *(table for table in ("clients", "hours") if rng.random() < 0.25)):
        form, hurt = rng.choices(["csv", "xlsx", "parquet"], [7, 2, 1])[0], rng.random() < 0.75
        if form == "csv":
            content = TABLES[table].encode()
            content = rng.choice(TEXT_DAMAGES)(rng, content) if hurt else content
        elif form == "xlsx":
            content = workbook(table)
            content = rng.choice(XLSX_DAMAGES)(rng, content) if hurt else content
        else:
            content = parquet(rng, table, damaged=hurt)
        (folder / f"{table}.{form}").write_bytes(content)
    if rng.random() < 0.1:
        _misplace(rng, folder)
