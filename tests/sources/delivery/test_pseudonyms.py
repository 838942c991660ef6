"""One identifier has one key, wherever and however it is written; who lacks the key file cannot make it."""

import base64
import csv
import hashlib
import hmac
import json
import stat
import tempfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.sources.delivery import keys, pseudonyms
from evaluation.sources.delivery.bsn import find_bsn
from evaluation.sources.delivery.contract import DeliveryError
from evaluation.sources.delivery.keys import MISSING, keyed, new_key, normalised, pseudonym
from evaluation.sources.delivery.pseudonyms import Replaced, pseudonymise

BSN, OTHER = "123456782", "111222333"
SECRET = bytes(range(32))


@pytest.fixture
def delivery(tmp_path):
    folder = tmp_path / "delivery"
    folder.mkdir()
    return folder


@pytest.fixture
def key(tmp_path):
    (tmp_path / "holder").mkdir()
    path = tmp_path / "holder" / "key"
    new_key(path)
    return path


def read(path: Path, separator: str = ";") -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter=separator))


def test_key_is_the_hmac_of_kind_and_number():
    digest = hmac.new(SECRET, b"c:123456782", hashlib.sha256).digest()
    assert pseudonym(SECRET, "c", BSN) == "c" + base64.b32encode(digest).decode().lower()[:20]


@given(st.binary(min_size=32, max_size=100), st.sampled_from("cftx"), st.lists(st.text()))
def test_many_keys_at_once_are_those_of_each(secret: bytes, kind: str, drawn: list[str]):
    somebody, nobody = [BSN, "C00000001", "T1", "00012", "12-345"], ["000000000", "999999999", "0", *sorted(MISSING)]
    digests = [hmac.digest(secret, f"{kind}:{value}".encode(), "sha256") for value in somebody]
    expected = [kind + base64.b32encode(digest).decode().lower()[:20] for digest in digests] + [None] * len(nobody)
    change = keyed(secret, kind)
    assert change.many([*somebody, *nobody]).to_pylist() == expected
    assert change.many(drawn).to_pylist() == [change.one(value) for value in drawn]


@pytest.mark.parametrize(
    "written", ["123456782", " 123.456.782 ", "1234 56 782", "123-456-782", "123/456/782", "123456782.0"]
)
def test_one_number_in_all_its_ways_of_writing(written):
    assert normalised(written) == BSN


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12345672", "012345672"),
        ("1234567", "1234567"),
        ("1234567890", "1234567890"),
        (" K-12 ", "K-12"),
        ("1,5", "1,5"),
        ("12345678", "12345678"),
        ("12-345", "12-345"),
        ("1-2345", "1-2345"),
        ("12.0", "12"),
    ],
)
def test_only_service_numbers_lose_their_signs_and_other_keys_stay(written, expected):
    assert normalised(written) == expected


@given(st.text(min_size=1), st.text(min_size=1), st.sampled_from("cftx"), st.binary(min_size=32, max_size=32))
def test_keys_are_equal_for_equal_identifiers_and_secrets_only(one, two, kind, secret):
    key = pseudonym(secret, kind, one)
    assert (key == pseudonym(secret, kind, two)) == (normalised(one) == normalised(two))
    assert key != pseudonym(secret[::-1] + b"x", kind, one)
    assert key[0] == kind
    assert len(key) == 21
    assert set(key[1:]) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_same_client_has_same_key_in_every_table_format_and_delivery(tmp_path, delivery, key):
    (delivery / "trajectories.csv").write_text(
        f"trajectory_id;client_key;team\nT1;{BSN};noord\nT2;123.456.782;zuid\nT3;;oost\n"
    )
    workbook = openpyxl.Workbook()
    for row in (["Clientnummer", "geboortejaar"], [int(BSN), 2010], [12345672, 2012]):
        workbook.active.append(row)
    workbook.save(delivery / "clients.xlsx")
    second = tmp_path / "second"
    second.mkdir()
    numbers = pa.table({"BSN": pa.array([float(BSN), 12345672.0, None]), "score": [1, 2, 3]})
    pq.write_table(numbers, second / "questionnaires.parquet")

    pseudonymise(delivery, tmp_path / "a", key)
    pseudonymise(second, tmp_path / "b", key)

    rows = read(tmp_path / "a" / "trajectories.csv")
    client = rows[1][1]
    assert [row[1:] for row in rows] == [["client_key", "team"], [client, "noord"], [client, "zuid"], ["", "oost"]]
    assert rows[1][0][0] == "t"
    sheet = openpyxl.load_workbook(tmp_path / "a" / "clients.xlsx").active
    assert [sheet["A2"].value, sheet["B2"].value] == [client, 2010]
    parquet = pq.read_table(tmp_path / "b" / "questionnaires.parquet")
    assert parquet.column("BSN").to_pylist() == [client, sheet["A3"].value, None]
    assert parquet.column("score").to_pylist() == [1, 2, 3]
    assert client[0] == "c"
    assert sheet["A3"].value not in {client, None}


def test_placeholder_becomes_empty_and_never_a_key(tmp_path, delivery, key):
    cells = ["0", "000000000", "000.000.000", "999999999", "999999999.0", "NULL", " ", "A1"]
    (delivery / "a.csv").write_text("\n".join(["client_key;n", *(f"{cell};1" for cell in cells), ""]))
    pq.write_table(pa.table({"client_key": cells}), delivery / "b.parquet")
    workbook = openpyxl.Workbook()
    for cell in ("client_key", 999999999, "A1"):
        workbook.active.append([cell, 1])
    workbook.save(delivery / "c.xlsx")
    counts = pseudonymise(delivery, tmp_path / "a", key)
    expected = pseudonym(bytes.fromhex(key.read_text()), "c", "A1")
    assert [row[0] for row in read(tmp_path / "a" / "a.csv")[1:]] == [""] * 7 + [expected]
    assert pq.read_table(tmp_path / "a" / "b.parquet").column("client_key").to_pylist() == [None] * 7 + [expected]
    sheet = openpyxl.load_workbook(tmp_path / "a" / "c.xlsx").active
    assert [sheet["A2"].value, sheet["A3"].value] == [None, expected]
    assert [counted.cells for counted in counts] == [8, 8, 2]


def test_column_is_found_with_accents_and_shown_only_when_known(tmp_path, delivery, key):
    (delivery / "a.csv").write_text(f"Cliëntnummer;Jan Jansen\nA1;bsn {BSN}\n")
    assert pseudonymise(delivery, tmp_path / "a", key) == [
        Replaced("a.csv", "clientnummer", "c", 1),
        Replaced("a.csv", "column 2 (B)", "removed", 1),
    ]


def test_nothing_is_written_to_the_folder_of_the_system(tmp_path, delivery, key, monkeypatch):
    (delivery / "a.csv").write_bytes("client_key;naam\nA1;é\n".encode("cp1252"))
    workbook = openpyxl.Workbook()
    workbook.active.append(["client_key"])
    workbook.save(delivery / "b.xlsx")
    nowhere = str(tmp_path / "nowhere")
    monkeypatch.setattr(tempfile, "tempdir", nowhere)
    pseudonymise(delivery, tmp_path / "a", key)
    assert tempfile.tempdir == nowhere
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["a.csv", "b.xlsx"]


def test_the_number_of_a_case_is_replaced_the_same_wherever_it_stands(tmp_path, delivery, key):
    (delivery / "decisions.csv").write_text("besluitnummer;client_key\nB7;A1\n")
    (delivery / "offers.csv").write_text("offer_id;client_key;decision_id\nO1;A1;B7\n")
    (delivery / "open_house.csv").write_text("record_id;client_key\n12;A1\n")
    pseudonymise(delivery, tmp_path / "a", key)
    decision, offer, line = (read(tmp_path / "a" / f"{name}.csv")[1] for name in ("decisions", "offers", "open_house"))
    assert decision[0] == offer[2] != "B7"
    assert offer[0] != "O1"
    assert line[0] == "12"  # their order says which came last


def test_another_key_file_gives_other_keys(tmp_path, delivery, key):
    (delivery / "clients.csv").write_text("client_key;sex\nA1;V\nA2;M\n")
    new_key(tmp_path / "holder" / "other")
    pseudonymise(delivery, tmp_path / "a", key)
    pseudonymise(delivery, tmp_path / "b", tmp_path / "holder" / "other")
    one, two = read(tmp_path / "a" / "clients.csv"), read(tmp_path / "b" / "clients.csv")
    assert [row[1] for row in one] == [row[1] for row in two] == ["sex", "V", "M"]
    assert len({row[0] for row in one[1:] + two[1:]}) == 4


def test_numbers_in_other_cells_are_taken_out_and_all_else_stays(tmp_path, delivery, key):
    text = f'number;text;amount\nS1;"moeder ({BSN}) zei; ""bel""\nmorgen";123456782.50\nS2;é;\nS3;{OTHER};7\n'
    (delivery / "stories.csv").write_bytes(text.encode("cp1252"))
    (delivery / "notes.json").write_text(f'{{"contact": "{BSN}"}}\n')
    replaced = pseudonymise(delivery, tmp_path / "a", key)
    assert read(tmp_path / "a" / "stories.csv") == [
        ["number", "text", "amount"],
        ["S1", 'moeder ([verwijderd]) zei; "bel"\nmorgen', "123456782.50"],
        ["S2", "é", ""],
        ["S3", "[verwijderd]", "7"],
    ]
    assert (tmp_path / "a" / "notes.json").read_text() == '{"contact": "[verwijderd]"}\n'
    assert replaced == [Replaced("notes.json", "line", "removed", 1), Replaced("stories.csv", "text", "removed", 2)]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_csv_keeps_separator_and_order_and_becomes_utf8(tmp_path, delivery, key, separator, encoding):
    lines = [separator.join(("client_id", "naam")), *(separator.join((f"A{i}", f"é{i}")) for i in range(300))]
    (delivery / "clients.csv").write_bytes("\n".join([*lines, ""]).encode(encoding))
    (counted,) = pseudonymise(delivery, tmp_path / "a", key)
    rows = read(tmp_path / "a" / "clients.csv", separator)
    assert [row[1] for row in rows] == ["naam", *(f"é{i}" for i in range(300))]
    assert len({row[0] for row in rows}) == 301
    assert counted == Replaced("clients.csv", "client_id", "c", 300)


def test_xlsx_keeps_values_sheets_and_rows(tmp_path, delivery, key):
    workbook = openpyxl.Workbook()
    workbook.active.title = "leeg"
    sheet = workbook.create_sheet(f"van {BSN}")
    for row in ([], ["gezin_id", "dag", "uren", "tekst"], ["F1", datetime(2024, 3, 25), 1.5, f"zie {OTHER}"], ["F1"]):  # noqa: DTZ001
        sheet.append(row)
    sheet["D4"] = "=1+1"
    sheet["D4"].data_type = "s"
    workbook.save(delivery / "pilot.xlsx")
    pseudonymise(delivery, tmp_path / "a", key)
    copy = openpyxl.load_workbook(tmp_path / "a" / "pilot.xlsx")
    assert copy.sheetnames == ["leeg", "van [verwijderd]".replace("[", "(").replace("]", ")")]
    rows = list(copy.worksheets[1].iter_rows(values_only=True))
    family = rows[2][0]
    assert family[0] == "f"
    assert rows[1:] == [
        ("gezin_id", "dag", "uren", "tekst"),
        (family, datetime(2024, 3, 25), 1.5, "zie [verwijderd]"),  # noqa: DTZ001
        (family, None, None, "=1+1"),
    ]
    assert copy.worksheets[1]["D4"].data_type == "s"


def test_parquet_keeps_other_types_and_batches_in_order(tmp_path, delivery, key, monkeypatch):
    monkeypatch.setattr(pseudonyms, "BATCH_ROWS", 7)
    days = [date(2024, 1, 1 + i % 28) for i in range(50)]
    table = pa.table({"trajectory_id": pa.array(range(1, 51), pa.int64()), "day": days, "note": [BSN, *["x"] * 49]})
    pq.write_table(table, delivery / "hours.parquet")
    replaced = pseudonymise(delivery, tmp_path / "a", key)
    copy = pq.read_table(tmp_path / "a" / "hours.parquet")
    assert copy.schema.types == [pa.string(), pa.date32(), pa.string()]
    assert copy.column("day").to_pylist() == days
    assert copy.column("note").to_pylist() == ["[verwijderd]", *["x"] * 49]
    secret = bytes.fromhex(key.read_text())
    assert copy.column("trajectory_id").to_pylist() == [pseudonym(secret, "t", str(i)) for i in range(1, 51)]
    assert [(found.column, found.kind, found.cells) for found in replaced] == [
        ("trajectory_id", "t", 50),
        ("column 3 (C)", "removed", 1),
    ]


def test_columns_named_by_the_caller(tmp_path, delivery, key):
    (delivery / "clients.csv").write_text("client_key;Moeder nr;dossier\nA1;A1;A1\n")
    pseudonymise(delivery, tmp_path / "a", key, {"moeder_nr": "c", "dossier": "x"})
    (row,) = read(tmp_path / "a" / "clients.csv")[1:]
    assert row[0] == row[1]
    assert row[2][0] == "x"
    assert row[2][1:] != row[0][1:]
    pseudonymise(delivery, tmp_path / "b", key, ["dossier"])
    assert read(tmp_path / "b" / "clients.csv")[1] == [row[0], "A1", row[2]]
    with pytest.raises(DeliveryError, match="column 'dosier' is in no file"):
        pseudonymise(delivery, tmp_path / "c", key, ["dosier"])
    with pytest.raises(DeliveryError, match="kind 'q' is unknown"):
        pseudonymise(delivery, tmp_path / "c", key, {"dossier": "q"})
    assert not (tmp_path / "c").exists()


def test_result_holds_no_number_and_is_for_its_owner_only(tmp_path, delivery, key):
    (delivery / "sub").mkdir()
    (delivery / "sub" / f"{OTHER}.csv").write_text(f"client_key;tekst;{BSN}\n{BSN};bsn {OTHER};12345672\n")
    assert len(find_bsn(delivery)) == 4
    pseudonymise(delivery, tmp_path / "a", key)
    assert find_bsn(tmp_path / "a") == []
    paths = [tmp_path / "a", *(tmp_path / "a").rglob("*")]
    assert len(paths) == 3
    assert all(stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600) for path in paths)


def test_synthetic_copy_stays_synthetic(tmp_path, delivery, key):
    (delivery / "clients.csv").write_text("client_key\nA1\n")
    sha = hashlib.sha256((delivery / "clients.csv").read_bytes()).hexdigest()
    described = {"seed": 1, "sha256": {"clients.csv": sha, "hours.csv": "0"}}
    (delivery / "synthetic.json").write_text(json.dumps(described))
    pseudonymise(delivery, tmp_path / "a", key)
    copied = hashlib.sha256((tmp_path / "a" / "clients.csv").read_bytes()).hexdigest()
    assert copied != sha
    assert json.loads((tmp_path / "a" / "synthetic.json").read_text()) == {
        "seed": 1,
        "sha256": {"clients.csv": copied, "hours.csv": "0"},
    }


def test_new_key_is_random_private_and_never_overwritten(tmp_path):
    new_key(tmp_path / "one")
    new_key(tmp_path / "two")
    one, two = ((tmp_path / name).read_text() for name in ("one", "two"))
    assert len(bytes.fromhex(one)) == 32
    assert one != two
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o600
    with pytest.raises(DeliveryError, match="never overwritten"):
        new_key(tmp_path / "one")
    assert (tmp_path / "one").read_text() == one
    with pytest.raises(DeliveryError, match="its folder does not exist"):
        new_key(tmp_path / "none" / "key")


@pytest.mark.parametrize("through", ["directly", "link to folder", "link out", "dots"])
def test_key_inside_the_project_is_refused(tmp_path, delivery, key, monkeypatch, through):
    project = tmp_path / "project"
    (project / "data").mkdir(parents=True)
    monkeypatch.setattr(keys, "PROJECT", project)
    (tmp_path / "link").symlink_to(project / "data")
    (project / "out").symlink_to(tmp_path / "holder")
    path = {
        "directly": project / "key",
        "link to folder": tmp_path / "link" / "key",
        "link out": project / "out" / "key",
        "dots": project / "data" / ".." / "key",
    }[through]
    with pytest.raises(DeliveryError, match="may not lie in the project"):
        new_key(path)
    if not path.exists():
        path.write_bytes(key.read_bytes())
        path.chmod(0o600)
    with pytest.raises(DeliveryError, match="may not lie in the project"):
        pseudonymise(delivery, tmp_path / "a", path)


def test_project_is_the_root_of_this_repository():
    assert (keys.PROJECT / "pyproject.toml").is_file()
    assert Path(__file__).resolve().is_relative_to(keys.PROJECT)


def test_key_beside_the_data_is_refused(tmp_path, delivery, key):
    (delivery / "key").write_bytes(key.read_bytes())
    (delivery / "key").chmod(0o600)
    with pytest.raises(DeliveryError, match="may not lie in the delivery"):
        pseudonymise(delivery, tmp_path / "a", delivery / "key")
    with pytest.raises(DeliveryError, match="may not lie in the target"):
        pseudonymise(delivery, tmp_path / "a", tmp_path / "a" / "key")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_key_that_others_may_use_is_refused(tmp_path, delivery, key, mode):
    key.chmod(mode)
    with pytest.raises(DeliveryError, match=r"others may use this key .* chmod 600"):
        pseudonymise(delivery, tmp_path / "a", key)


@pytest.mark.parametrize(
    ("content", "message"),
    [("ab" * 31, "has 31 bytes, fewer than 32"), ("", "has 0 bytes"), ("geheim" * 20, "no key in hexadecimal")],
)
def test_key_that_is_short_or_none_is_refused_unseen(tmp_path, delivery, key, content, message):
    key.write_text(content)
    with pytest.raises(DeliveryError, match=message) as error:
        pseudonymise(delivery, tmp_path / "a", key)
    assert not content or content not in str(error.value)
    key.unlink()
    with pytest.raises(DeliveryError, match="no such key file"):
        pseudonymise(delivery, tmp_path / "a", key)


def test_target_that_exists_or_lies_inside_is_refused(tmp_path, delivery, key):
    (tmp_path / "a").mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for target in (tmp_path / "a", tmp_path / "dangling"):
        with pytest.raises(DeliveryError, match="exists already"):
            pseudonymise(delivery, target, key)
    with pytest.raises(DeliveryError, match="lies inside the delivery"):
        pseudonymise(delivery, delivery / "a", key)
    with pytest.raises(DeliveryError, match="make it first"):
        pseudonymise(delivery, tmp_path / "no" / "a", key)


def test_failure_leaves_nothing_behind(tmp_path, delivery, key):
    (delivery / "a.csv").write_text(f"client_key\n{BSN}\n")
    (delivery / "b.xlsx").write_bytes(b"no workbook")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(DeliveryError, match=r"b\.xlsx"):
        pseudonymise(delivery, tmp_path / "a", key)
    assert sorted(tmp_path.iterdir()) == before
