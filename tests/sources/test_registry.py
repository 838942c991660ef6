"""Opening a folder of registry tables, and the one line that refuses a damaged one."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from evaluation.evidence import Evidence, Origin
from evaluation.sources import SourceError
from evaluation.sources.registry import COLUMNS, Registry, open_registry

HEADER = ",".join(COLUMNS["trajectories"])
ROWS = """\
t1,anna,f1,p1,01,1,T1,W01,2023-01-10,2023-01-12,2023-03-01,2023-03-04,31
t2,anna,f1,p1,02,1,T1,W01,2023-03-01,2023-03-01,,,
t3,bram,f2,p1,01,1,T2,W02,2023-02-20,2023-04-01,2023-05-01,2023-05-01,34
t4,cas,f3,p2,,2,T2,W02,2023-03-05,2023-03-20,2023-03-10,2023-03-25,31
t5,dirk,f4,p2,01,2,T1,W01,2023-03-25,2023-03-25,2023-04-02,2023-04-02,31
"""
HOURS = """\
trajectory_id,month,direct_hours,indirect_hours
t1,2023-01-01,6.5,1
t1,2023-02-01,8,1.5
t2,2023-03-01,4,0
"""


def deliver(folder: Path, trajectories: str = f"{HEADER}\n{ROWS}", hours: str | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "trajectories.csv").write_text(trajectories, encoding="utf-8")
    if hours is not None:
        (folder / "hours.csv").write_text(hours, encoding="utf-8")
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(SourceError) as caught:
        open_registry(folder, "r")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def known(registry: Registry, day: str) -> dict[str, str]:
    """Trajectories known on a day, with the end that was known."""
    rows = registry.snapshot(date.fromisoformat(day)).trajectories.project("trajectory_id, end_date, end_reason")
    return {name: f"{end or 'running'} {reason or ''}".strip() for name, end, reason in rows.fetchall()}


# --- refusals -----------------------------------------------------------------------------------------------------


def test_a_folder_that_is_not_there_is_named_with_the_command_that_makes_one(tmp_path: Path) -> None:
    folder = tmp_path / "absent"
    assert (
        refusal(folder) == f"{folder}: there is no such registry folder; make one with `evaluation synthesise {folder}`"
    )


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    deliver(tmp_path)
    assert "there is no such registry folder" in refusal(tmp_path / "trajectories.csv")


def test_a_folder_without_trajectories_says_which_file_it_misses(tmp_path: Path) -> None:
    (tmp_path / "hours.csv").write_text(HOURS, encoding="utf-8")
    assert refusal(tmp_path) == (
        f"{tmp_path}: table 'trajectories' is missing; expected trajectories.parquet or trajectories.csv"
    )


def test_hours_in_another_format_are_refused_rather_than_taken_for_absent(tmp_path: Path) -> None:
    deliver(tmp_path)
    (tmp_path / "hours.xlsx").write_bytes(b"a spreadsheet")
    assert refusal(tmp_path) == f"{tmp_path}: table 'hours' is missing; expected hours.parquet or hours.csv"


@pytest.mark.parametrize("column", ["trajectory_id", "registered_on", "end_reason"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_a_missing_column_is_named_with_its_file_and_all_that_are_needed(
    tmp_path: Path, column: str, separator: str
) -> None:
    lines = [line.split(",") for line in [HEADER, *ROWS.splitlines()]]
    place = lines[0].index(column)
    text = "\n".join(separator.join(line[:place] + line[place + 1 :]) for line in lines)
    folder = deliver(tmp_path, text)
    assert refusal(folder) == (
        f"{folder / 'trajectories.csv'}: column '{column}' is missing; needed are {', '.join(COLUMNS['trajectories'])}"
    )


def test_a_missing_column_of_hours_is_named_with_its_own_file(tmp_path: Path) -> None:
    folder = deliver(tmp_path, hours="trajectory_id,month,direct_hours\nt1,2023-01-01,6\n")
    assert refusal(folder) == (
        f"{folder / 'hours.csv'}: column 'indirect_hours' is missing; "
        "needed are trajectory_id, month, direct_hours, indirect_hours"
    )


def test_a_date_that_is_not_one_is_refused_with_file_column_value_and_remedy(tmp_path: Path) -> None:
    folder = deliver(tmp_path, f"{HEADER}\n{ROWS}".replace("2023-02-20", "20-02-2023"))
    message = refusal(folder)
    assert message.startswith(f"{folder / 'trajectories.csv'}: ")
    assert "start_date" in message
    assert "20-02-2023" in message
    assert message.endswith("correct the file and run again")


@pytest.mark.parametrize("row", ["Totaal 5", "t9,eva,f5,p1,01,1,T1,W01,2023-01-10,,,,,too,many"])
def test_a_row_of_another_length_is_not_taken_for_a_missing_column(tmp_path: Path, row: str) -> None:
    message = refusal(deliver(tmp_path, f"{HEADER}\n{ROWS}{row}\n"))
    assert "column 'trajectory_id' is missing" not in message
    assert "trajectories.csv" in message


def test_a_date_that_is_not_one_in_parquet_is_refused_with_file_column_and_value(tmp_path: Path) -> None:
    frame = pd.DataFrame([line.split(",") for line in ROWS.splitlines()], columns=HEADER.split(","))
    frame.replace("", None).replace("2023-02-20", "20-02-2023").to_parquet(tmp_path / "trajectories.parquet")
    message = refusal(tmp_path)
    assert message.startswith(f"{tmp_path / 'trajectories.parquet'}: ")
    assert "start_date" in message
    assert '"20-02-2023"' in message


def test_a_file_that_is_no_parquet_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "trajectories.parquet").write_text("no parquet at all", encoding="utf-8")
    assert refusal(tmp_path).startswith(f"{tmp_path / 'trajectories.parquet'}: ")


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    folder = deliver(tmp_path, f"{HEADER}\n")
    assert refusal(folder) == (f"{folder / 'trajectories.csv'}: the table has no rows; deliver at least one trajectory")


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("t2,anna", ",anna", "trajectory_id is missing in 1 rows"),
        ("t2,anna", "t1,anna", "trajectory_id occurs more than once in 1 rows"),
        ("2023-02-20", "", "start_date is missing in 1 rows"),
        ("2023-03-01,2023-03-04", "2023-01-09,2023-03-04", "end_date lies before start_date in 1 rows"),
    ],
)
def test_rows_that_would_silently_bend_a_count_are_refused(
    tmp_path: Path, before: str, after: str, reason: str
) -> None:
    folder = deliver(tmp_path, f"{HEADER}\n{ROWS.replace(before, after)}")
    assert refusal(folder) == f"{folder / 'trajectories.csv'}: {reason}; correct the export and run again"


def test_a_trajectory_may_end_on_the_day_it_starts(tmp_path: Path) -> None:
    folder = deliver(tmp_path, f"{HEADER}\n{ROWS.replace('2023-03-01,2023-03-04', '2023-01-10,2023-03-04')}")
    assert known(open_registry(folder, "r"), "2023-03-04")["t1"] == "2023-01-10 31"


def test_a_reference_date_after_the_last_registration_is_refused(tmp_path: Path) -> None:
    registry = open_registry(deliver(tmp_path), "r")
    # The last thing that happened: the end of t3 was registered on 1 May 2023.
    assert registry.observed_until == date(2023, 5, 1)
    assert len(known(registry, "2023-05-01")) == 5
    with pytest.raises(SourceError) as caught:
        registry.snapshot(date(2023, 5, 2))
    assert str(caught.value) == (
        f"{tmp_path.name}: reference date 2023-05-02 lies after 2023-05-01, the last day this registry saw; "
        "choose an earlier date or deliver a newer registry"
    )


# --- what is read -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_spreadsheet_export_with_another_separator_reads_the_same(tmp_path: Path, separator: str) -> None:
    text = f"{HEADER}\n{ROWS}"
    plain = open_registry(deliver(tmp_path / "plain", text), "r")
    other = open_registry(deliver(tmp_path / "other", text.replace(",", separator)), "r")
    assert other.table("trajectories").fetchall() == plain.table("trajectories").fetchall()
    # Codes stay text with their zero; an empty cell is missing.
    assert other.table("trajectories").project("referrer_code, phase, end_date").fetchall()[3] == (
        None,
        2,
        date(2023, 3, 10),
    )
    assert other.table("trajectories").project("referrer_code").fetchall()[0] == ("01",)


def test_columns_may_stand_in_any_order_and_more_may_be_delivered(tmp_path: Path) -> None:
    frame = pd.DataFrame([line.split(",") for line in ROWS.splitlines()], columns=HEADER.split(","))
    shuffled = frame[frame.columns[::-1]].assign(remark="x")
    (tmp_path / "trajectories.csv").write_text(shuffled.to_csv(index=False), encoding="utf-8")
    assert known(open_registry(tmp_path, "r"), "2023-03-25") == {
        "t1": "2023-03-01 31",
        "t2": "running",
        "t4": "2023-03-10 31",
        "t5": "running",
    }


def test_a_snapshot_knows_only_what_was_registered_by_its_day(tmp_path: Path) -> None:
    registry = open_registry(deliver(tmp_path), "r")
    # 3 March: the end of t1 (1 March) is registered on the 4th, so it and its reason are unknown.
    assert known(registry, "2023-03-03") == {"t1": "running", "t2": "running"}
    # 4 March: now known.
    assert known(registry, "2023-03-04") == {"t1": "2023-03-01 31", "t2": "running"}
    # 20 March: t4 started on the 5th and was registered on the 20th; its end of the 10th comes on the 25th.
    assert known(registry, "2023-03-20")["t4"] == "running"
    # t3 started on 20 February and was registered on 1 April.
    assert "t3" not in known(registry, "2023-03-31")
    assert known(registry, "2023-04-01")["t3"] == "running"


def test_without_registration_dates_the_events_themselves_count(tmp_path: Path) -> None:
    rows = "t1,anna,f1,p1,01,1,T1,W01,2023-01-10,,2023-01-20,,31\nt2,anna,f1,p1,01,1,T1,W01,2023-02-10,,,,\n"
    registry = open_registry(deliver(tmp_path, f"{HEADER}\n{rows}"), "r")
    assert known(registry, "2023-01-19") == {"t1": "running"}
    assert known(registry, "2023-01-20") == {"t1": "2023-01-20 31"}


def test_an_end_without_a_registration_date_still_tells_until_when_the_registry_saw(tmp_path: Path) -> None:
    rows = "t1,anna,f1,p1,01,1,T1,W01,2023-01-10,,2023-06-01,,31\n"
    registry = open_registry(deliver(tmp_path, f"{HEADER}\n{rows}"), "r")
    assert registry.observed_until == date(2023, 6, 1)


def test_hours_of_a_snapshot_stop_before_its_day(tmp_path: Path) -> None:
    registry = open_registry(deliver(tmp_path, hours=HOURS), "r")
    february, march = (registry.snapshot(date(2023, 3, day)).hours for day in (1, 2))
    assert february is not None
    assert march is not None
    # On 1 March the month of March has yet to begin; a day later it has.
    assert february.aggregate("sum(direct_hours)").fetchall() == [(6.5 + 8,)]
    assert march.aggregate("sum(direct_hours)").fetchall() == [(6.5 + 8 + 4,)]


def test_a_registry_without_hours_gives_none(tmp_path: Path) -> None:
    registry = open_registry(deliver(tmp_path), "r")
    assert not registry.has("hours")
    assert registry.snapshot(date(2023, 3, 25)).hours is None


# --- where it comes from ------------------------------------------------------------------------------------------


def describe(folder: Path, **changes: object) -> None:
    """Write what the generator writes beside its tables."""
    tables = [path for path in folder.iterdir() if path.stem in COLUMNS]
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tables}
    description = {"sha256": hashes, "observed_until": "2023-06-30"} | changes
    (folder / "synthetic.json").write_text(json.dumps(description), encoding="utf-8")


def test_a_registry_is_personal_unless_its_folder_says_that_it_is_synthetic(tmp_path: Path) -> None:
    folder = deliver(tmp_path, hours=HOURS)
    assert open_registry(folder, "synthetic").evidence is Evidence.REGISTER
    describe(folder)
    registry = open_registry(folder, "r")
    assert registry.evidence is Evidence.SYNTHETIC
    assert registry.snapshot(date(2023, 6, 30)).evidence is Evidence.SYNTHETIC
    # The generator knows until when it looked, whatever was registered last.
    assert registry.observed_until == date(2023, 6, 30)


def test_another_table_beside_a_synthetic_description_is_refused_and_does_not_become_synthetic(tmp_path: Path) -> None:
    folder = deliver(tmp_path)
    describe(folder)
    deliver(folder, f"{HEADER}\n{ROWS}".replace("W01", "Vinkhuizen"))
    assert refusal(folder).startswith(
        f"{folder / 'trajectories.csv'}: is not the table that synthetic.json describes; "
    )


def test_hours_that_the_synthetic_description_does_not_know_are_refused(tmp_path: Path) -> None:
    folder = deliver(tmp_path)
    describe(folder)
    deliver(folder, hours=HOURS)
    assert refusal(folder).startswith(f"{folder / 'hours.csv'}: is not the table that synthetic.json describes; ")


@pytest.mark.parametrize("damage", [{"observed_until": "soon"}, {"observed_until": None}, {"sha256": None}])
def test_a_damaged_synthetic_description_is_refused(tmp_path: Path, damage: dict[str, object]) -> None:
    folder = deliver(tmp_path)
    describe(folder, **damage)
    assert refusal(folder).startswith(f"{folder / 'synthetic.json'}: not a description of a synthetic registry")


def test_provenance_gives_rows_period_and_the_hash_of_the_file_on_disk(tmp_path: Path) -> None:
    folder = deliver(tmp_path, hours=HOURS)
    assert open_registry(folder, "wij").provenance() == [
        Origin(
            source="wij/trajectories",
            evidence=Evidence.REGISTER,
            rows=5,
            period="2023-01-10/2023-03-25",
            sha256=hashlib.sha256((folder / "trajectories.csv").read_bytes()).hexdigest(),
        ),
        Origin(
            source="wij/hours",
            evidence=Evidence.REGISTER,
            rows=3,
            period="2023-01-01/2023-03-01",
            sha256=hashlib.sha256((folder / "hours.csv").read_bytes()).hexdigest(),
        ),
    ]


# --- further tables -----------------------------------------------------------------------------------------------

DECISIONS = """\
decision_id,client_key,application_date,decision_date,outcome,objection_date,objection_outcome
b1,anna,2023-02-01,2023-03-01,refused,2023-04-01,upheld
b2,bram,2023-03-20,,,,
b3,cas,2023-05-02,2023-05-03,granted,,
"""


def test_a_further_table_is_read_as_it_was_known_on_the_day(tmp_path: Path) -> None:
    folder = deliver(tmp_path)
    (folder / "decisions.csv").write_text(DECISIONS, encoding="utf-8")
    registry = open_registry(folder, "r")
    # On 25 March the third was not applied for, and nobody knew of the objection that the first would meet.
    found = registry.records("decisions", date(2023, 3, 25)).frame(
        "select decision_id, outcome, objection_date is null as no_objection from t order by decision_id"
    )
    assert found.astype(object).where(found.notna(), None).to_numpy().tolist() == [
        ["b1", "refused", True],
        ["b2", None, True],
    ]
    later = registry.records("decisions", date(2023, 4, 2)).frame("select objection_date from t where decision_id='b1'")
    assert str(later["objection_date"].iloc[0])[:10] == "2023-04-01"


def test_a_value_that_became_known_later_is_not_known_yet(tmp_path: Path) -> None:
    folder = deliver(tmp_path)
    (folder / "decisions.csv").write_text(DECISIONS, encoding="utf-8")
    found = open_registry(folder, "r").records("decisions", date(2023, 2, 15)).frame()
    assert found["outcome"].isna().all()
    assert found["decision_date"].isna().all()


def test_a_table_that_was_not_delivered_is_empty_with_all_its_columns(tmp_path: Path) -> None:
    records = open_registry(deliver(tmp_path), "r").records("stories", date(2023, 4, 1))
    assert not records.delivered
    assert records.frame().empty
    assert {"story_id", "consent_until", "coder_2"} <= set(records.rows.columns)


def test_a_day_that_may_lie_ahead_stays_known(tmp_path: Path) -> None:
    folder = deliver(tmp_path)
    (folder / "stories.csv").write_text(
        "story_id,collected_on,consent_until,text\ns1,2023-02-01,2030-01-01,x\n", encoding="utf-8"
    )
    found = open_registry(folder, "r").records("stories", date(2023, 3, 1)).frame()
    assert str(found["consent_until"].iloc[0])[:10] == "2030-01-01"


def test_a_value_of_a_further_table_that_does_not_fit_is_named(tmp_path: Path) -> None:
    folder = deliver(tmp_path)
    (folder / "decisions.csv").write_text("decision_id,client_key,application_date\nb1,anna,soon\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"decisions.csv: .*soon.*correct the file and run again"):
        open_registry(folder, "r").records("decisions", date(2023, 3, 1))


def test_provenance_names_the_further_tables_that_are_asked_for(tmp_path: Path) -> None:
    folder = deliver(tmp_path)
    (folder / "decisions.csv").write_text(DECISIONS, encoding="utf-8")
    (origin,) = open_registry(folder, "r").provenance("decisions", "stories")
    assert (origin.source, origin.rows, origin.period) == ("r/decisions", 3, "2023-02-01/2023-05-02")
