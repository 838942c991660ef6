"""A delivery comes in safely: checked, explained, stored apart, and nothing of it reaches the outputs."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from evaluation.cli import main
from evaluation.pipeline.inputs import synthetic_registry

BSN = "123456782"  # passes the eleven test; used in public documentation
TRAJECTORIES = """\
traject_id;clientnummer;gezin_id;productcode;verwijzer;begindatum;einddatum;reden_einde;wijkteam;wijk;registratiedatum
t1;c1;f1;P01;1;01-03-2023;01-09-2023;31;T01;W01;05-03-2023
t2;c2;f2;P01;02;15-04-2023;;;T01;W02;15-04-2023
t3;c2;f2;P02;04;20-02-2024;;;T02;W02;01-03-2024
"""
CLIENTS = "client_key;geboortejaar;geslacht\nc1;2012;V\nc2;2015;M\n"


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where checks and snapshots go in these tests."""
    folder = tmp_path / "private"
    monkeypatch.setenv("EVALUATION_PRIVATE", str(folder))
    return folder


def deliver(folder: Path, trajectories: str = TRAJECTORIES, **tables: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"trajectories": trajectories, "clients": CLIENTS, **tables}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def check(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["validate", str(folder), "--delivered-on", "2024-06-01", *options])


def test_a_clean_delivery_is_accepted_and_explained(tmp_path: Path, private: Path):
    result = check(deliver(tmp_path / "export"), "--strict", "--store")
    assert result.exit_code == 0, result.output
    assert "trajectories: 3 geleverd = 3 aanvaard + 0 in quarantaine" in result.output
    page = (private / "2024-06-01-check" / "index.html").read_text()
    assert "DD-MM-YYYY" in page  # what was detected is said
    assert "traject_id" in page  # and so are the names that were translated
    assert "mag niet worden gepubliceerd" in page
    stored = pd.read_parquet(private / "2024-06-01" / "trajectories.parquet").set_index("trajectory_id")
    assert stored.loc["t1", "referrer_code"] == "01"
    assert str(stored.loc["t3", "start_date"])[:10] == "2024-02-20"


def test_everything_that_is_written_is_for_its_owner_only(tmp_path: Path, private: Path):
    check(deliver(tmp_path / "export"), "--store")
    written = [private, *private.rglob("*")]
    assert len(written) > 5
    for path in written:
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_a_bad_row_is_put_aside_with_rule_column_value_and_remedy(tmp_path: Path, private: Path):
    bad = TRAJECTORIES + "t4;c1;f1;P01;01;01-03-2024;01-02-2024;31;T01;W01;01-03-2024\n"
    folder = deliver(tmp_path / "export", bad)
    result = check(folder)
    assert result.exit_code == 0, result.output
    assert "trajectories: 4 geleverd = 3 aanvaard + 1 in quarantaine" in result.output
    quarantine = pd.read_csv(private / "2024-06-01-check" / "quarantine.csv", dtype=str)
    found = quarantine[quarantine["rule"] == "end_before_start"].iloc[0]
    assert found["row"] == "5"
    assert found["remedy"]
    assert check(folder, "--strict").exit_code == 1


def test_what_is_printed_is_all_in_the_language_that_was_chosen(tmp_path: Path, private: Path):
    # t4 ends before it starts; no date with slashes proves the order.
    bad = TRAJECTORIES + "t4;c1;f1;P01;01;01-03-2024;01-02-2024;31;T01;W01;01-03-2024\n"
    folder = deliver(tmp_path / "export", bad, hours="trajectory_id;month;direct_hours\nt1;01/04/2023;4,5\n")
    (page, stored) = (private / "2024-06-01-check" / "index.html", private / "2024-06-01")
    assert check(folder, "--store").output.splitlines() == [
        "clients: 2 geleverd = 2 aanvaard + 0 in quarantaine",
        "hours: 1 geleverd = 1 aanvaard + 0 in quarantaine",
        "trajectories: 4 geleverd = 3 aanvaard + 1 in quarantaine",
        "  let op: hours.month: De datums met schuine strepen bewijzen niet dat de dag vooropstaat; "
        "03/04/2024 is gelezen als 3 april.",
        "  fout: trajectories.end_date, aantal rijen 1: De einddatum ligt voor de begindatum.",
        "  let op: trajectories.referrer_code: Bij codes in deze kolom was de voorloopnul weg; die is teruggezet.",
        f"Samenvatting: {page}",
        f"Bewaard: {stored}",
    ]
    assert check(folder, "--store", "--language", "en").output.splitlines() == [
        "clients: 2 delivered = 2 accepted + 0 in quarantine",
        "hours: 1 delivered = 1 accepted + 0 in quarantine",
        "trajectories: 4 delivered = 3 accepted + 1 in quarantine",
        "  warning: hours.month: The dates with slashes do not prove that the day comes first; "
        "03/04/2024 was read as 3 April.",
        "  error: trajectories.end_date, number of rows 1: The end date lies before the start date.",
        "  warning: trajectories.referrer_code: Codes in this column had lost their leading zero; it was put back.",
        f"Summary: {page}",
        f"Stored: {stored}",
    ]


def test_a_value_in_quarantine_cannot_run_in_a_spreadsheet(tmp_path: Path, private: Path):
    bad = TRAJECTORIES + "t4;c1;f1;P01;=1+1;01-03-2024;;;T01;W01;01-03-2024\n"
    check(deliver(tmp_path / "export", bad))
    quarantine = pd.read_csv(private / "2024-06-01-check" / "quarantine.csv", dtype=str)
    assert list(quarantine["value"]) == ["'=1+1"]


def test_a_delivery_that_cannot_be_read_stops_and_leaves_the_earlier_check(tmp_path: Path, private: Path):
    check(deliver(tmp_path / "export"))
    before = (private / "2024-06-01-check" / "index.html").read_bytes()
    result = check(deliver(tmp_path / "export", TRAJECTORIES.replace("begindatum", "datum")))
    assert result.exit_code == 2
    assert "begindatum" in result.stderr
    assert "start_date" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert [path.name for path in private.iterdir()] == ["2024-06-01-check"]
    assert (private / "2024-06-01-check" / "index.html").read_bytes() == before


@pytest.mark.parametrize("cell", [BSN, "123.456.782", f"moeder belde, bsn {BSN}, graag terugbellen"])
def test_a_citizen_service_number_stops_the_delivery_and_is_never_printed(tmp_path: Path, private: Path, cell: str):
    folder = deliver(tmp_path / "export", TRAJECTORIES.replace(";T02;", f";{cell};"))
    result = check(folder)
    assert result.exit_code == 2
    assert "trajectories.csv" in result.stderr
    assert "wijkteam" in result.stderr
    assert "row(s) 4" in result.stderr
    assert BSN not in result.output.replace(".", "").replace(" ", "")
    assert not private.exists() or not any(private.iterdir())


def test_pseudonyms_make_such_a_delivery_fit_and_agree_over_tables(tmp_path: Path, private: Path):
    numbers = TRAJECTORIES.replace(";c1;", f";{BSN};").replace(";c2;", ";111222333;")
    folder = deliver(tmp_path / "export", numbers, clients=f"client_key;geboortejaar\n{BSN};2012\n111222333;2015\n")
    key = tmp_path / "secure" / "wij.key"
    key.parent.mkdir()
    assert CliRunner().invoke(main, ["new-key", str(key)]).exit_code == 0
    target = tmp_path / "pseudonymised"
    result = CliRunner().invoke(main, ["pseudonymise", str(folder), str(target), "--key", str(key)])
    assert result.exit_code == 0, result.output
    checked = check(target, "--strict", "--store")
    assert checked.exit_code == 0, checked.output
    trajectories = pd.read_parquet(private / "2024-06-01" / "trajectories.parquet")
    clients = pd.read_parquet(private / "2024-06-01" / "clients.parquet")
    assert set(trajectories["client_key"]) == set(clients["client_key"])
    assert all(BSN.encode() not in path.read_bytes() for path in private.rglob("*") if path.is_file())


def test_two_deliveries_are_compared_and_past_changes_told_apart(tmp_path: Path, private: Path):
    check(deliver(tmp_path / "export"), "--store")
    later = TRAJECTORIES.replace("t2;c2;f2;P01;02;15-04-2023;;", "t2;c2;f2;P01;02;15-04-2023;01-05-2024;31")
    deliver(tmp_path / "export", later + "t5;c1;f1;P01;01;10-06-2024;;;T01;W01;10-06-2024\n")
    stored = CliRunner().invoke(main, ["validate", str(tmp_path / "export"), "--delivered-on", "2024-07-01", "--store"])
    assert stored.exit_code == 0, stored.output
    result = CliRunner().invoke(main, ["diff", str(private / "2024-06-01"), str(private / "2024-07-01")])
    assert "trajectories: 1 added, 0 removed, 1 changed, of which 1 of the past" in result.output


def test_an_invented_registry_is_checked_but_never_taken_for_the_register(tmp_path: Path, private: Path):
    folder = Path(shutil.copytree(synthetic_registry(), tmp_path / "export"))
    checked = CliRunner().invoke(main, ["validate", str(folder), "--delivered-on", "2026-01-02"])
    assert checked.exit_code == 0, checked.output
    store = ["validate", str(folder), "--delivered-on", "2026-01-02", "--store"]
    for command in (store, ["run", "--delivery", str(folder), "--outputs", str(tmp_path / "outputs")]):
        refused = CliRunner().invoke(main, command)
        assert refused.exit_code == 2, refused.output
        assert "synthetic.json: the tables beside it are invented" in refused.output
        assert "Traceback" not in refused.output
    assert not (private / "2026-01-02").exists()


def test_deliveries_of_every_table_are_compared(tmp_path: Path, private: Path):
    folder = Path(shutil.copytree(synthetic_registry(), tmp_path / "export"))
    (folder / "synthetic.json").unlink()
    costs = pd.read_parquet(folder / "costs.parquet")  # the table that has no key
    for day in ("2026-01-02", "2026-02-01"):
        stored = CliRunner().invoke(main, ["validate", str(folder), "--delivered-on", day, "--store"])
        assert stored.exit_code == 0, stored.output
        costs.iloc[2:].to_parquet(folder / "costs.parquet")
    told = CliRunner().invoke(main, ["diff", str(private / "2026-01-02"), str(private / "2026-02-01")])
    assert told.exit_code == 0, told.output
    assert "costs: 0 added, 2 removed, 0 changed, of which 0 of the past" in told.output
    others = [line for line in told.output.splitlines() if not line.startswith("costs")]
    assert len(others) == len(list(folder.glob("*.parquet"))) - 1
    assert all(": 0 added, 0 removed, 0 changed" in line for line in others)


BIJ7 = """\
Burgerservicenummer;Geboortedatum;Geslacht;Postcode/gemeente;Verwijzer;Hulpvorm;Gestart met crisis;Datum aanvang jeugdhulp;Datum einde jeugdhulp;Reden beëindiging jeugdhulp
cabc;20120500;V;9712AB;01;01;02;20230301;20230901;01
cdef;20150000;M;9712CD;02;01;02;20230415;;
"""  # noqa: E501 - the header of the layout


def test_the_national_layout_comes_in_as_well(tmp_path: Path, private: Path):
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "beleidsinformatie.csv").write_text(BIJ7, encoding="utf-8")
    result = check(folder, "--strict", "--store")
    assert result.exit_code == 0, result.output
    stored = pd.read_parquet(private / "2024-06-01" / "trajectories.parquet").sort_values("client_key")
    assert list(stored["end_reason"].fillna("")) == ["31", ""]
    assert list(pd.read_parquet(private / "2024-06-01" / "clients.parquet")["birth_year"]) == [2012, 2015]


def test_nothing_personal_reaches_what_a_run_prints_or_writes(tmp_path: Path, private: Path):
    canaries = ("Kanarie-Naam", "Kanariestraat 12", "kanarie zei dat het goed ging")
    personal = TRAJECTORIES.replace(";T02;", f";{canaries[0]};").replace(";W02;", f";{canaries[1]};")
    stories = f"story_id;asked_on;told;collected_on;text\ns1;01-02-2024;ja;01-03-2024;{canaries[2]}\n"
    folder = deliver(tmp_path / "export", personal, stories=stories)
    outputs = tmp_path / "outputs"
    printed = check(folder, "--store").output
    run = ["run", "2024-03-25", "-p", f"volumes.registry={private / '2024-06-01'}", "--outputs", str(outputs)]
    printed += CliRunner().invoke(main, run).output
    written = b"".join(path.read_bytes() for path in outputs.rglob("*") if path.is_file())
    for canary in canaries:
        assert canary not in printed
        assert canary.encode() not in written
    # The register itself is stored where it belongs, so the canaries did sing.
    assert any(canaries[0].encode() in path.read_bytes() for path in private.rglob("*.parquet"))


def test_templates_have_every_table(tmp_path: Path):
    result = CliRunner().invoke(main, ["template", str(tmp_path / "templates")])
    assert result.exit_code == 0, result.output
    assert {"trajectories.csv", "hours.csv", "stories.csv", "delivery.xlsx"} <= {
        path.name for path in (tmp_path / "templates").iterdir()
    }
    assert CliRunner().invoke(main, ["template", str(tmp_path / "templates")]).exit_code == 2


def started(tmp_path: Path) -> "subprocess.Popen[bytes]":
    """Start the check of a large delivery in another process, and wait until it has its work folder."""
    rows = "".join(f"t{i};c{i};f1;P01;01;01-03-2023;;;T01;W01;01-03-2023\n" for i in range(300_000))
    folder = deliver(tmp_path / "export", TRAJECTORIES.splitlines(keepends=True)[0] + rows)
    script = "from evaluation.cli import start; start()"
    (tmp_path / "tmp").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", script, "validate", str(folder), "--delivered-on", "2024-06-01"],
        env={
            **os.environ,
            "TMPDIR": str(tmp_path / "tmp"),
            "PYTHONPATH": os.pathsep.join(sys.path),
            "EVALUATION_PRIVATE": str(tmp_path / "private"),
        },
        cwd=tmp_path,
    )
    deadline = time.monotonic() + 60
    while not list((tmp_path / "private").glob(".checking-*/*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    return process


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_check_that_is_ended_from_outside_leaves_nothing_behind(tmp_path: Path):
    process = started(tmp_path)
    process.terminate()
    assert process.wait(timeout=60) == 128 + signal.SIGTERM
    assert not list((tmp_path / "private").iterdir())
    assert not list((tmp_path / "tmp").iterdir())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_what_a_killed_check_left_is_removed_by_the_next(tmp_path: Path, private: Path):
    process = started(tmp_path)
    process.kill()
    process.wait()
    assert list(private.glob(".checking-*"))
    result = check(deliver(tmp_path / "other"))
    assert result.exit_code == 0, result.output
    assert [path.name for path in private.iterdir()] == ["2024-06-01-check"]


def test_a_delivery_without_an_accepted_trajectory_is_explained_and_not_stored(tmp_path: Path, private: Path):
    bad = TRAJECTORIES.splitlines(keepends=True)[0] + "t4;c1;f1;P01;01;01-03-2024;01-02-2024;31;T01;W01;01-03-2024\n"
    result = check(deliver(tmp_path / "export", bad), "--store")
    assert result.exit_code == 2
    assert "no trajectory was accepted" in result.stderr
    assert [path.name for path in private.iterdir()] == ["2024-06-01-check"]
