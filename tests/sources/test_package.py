from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from evaluation.evidence import Evidence
from evaluation.sources import SourceError
from evaluation.sources.package import DATA_FOLDER, read_table, resource, resource_names, validate_package


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the public data that a test may damage."""
    for path in (
        "datapackage.json",
        "code_lists.csv",
        "break_even_parameters.csv",
        "codebook.csv",
        "narrative_thresholds.csv",
        "norms.csv",
        "instruments.csv",
    ):
        shutil.copy(DATA_FOLDER / path, tmp_path / path)
    for folder in ("published", "benchmark"):
        shutil.copytree(DATA_FOLDER / folder, tmp_path / folder)
    return tmp_path


def damage(folder: Path, path: str, old: str, new: str) -> None:
    text = (folder / path).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"the damage {old!r} must hit one place"
    (folder / path).write_text(text.replace(old, new), encoding="utf-8")


def test_every_file_fits_its_schema() -> None:
    assert validate_package() == []


def test_every_csv_below_data_is_in_the_package_and_the_other_way_round() -> None:
    public = [DATA_FOLDER, DATA_FOLDER / "published", DATA_FOLDER / "benchmark"]
    on_disk = {path.relative_to(DATA_FOLDER).as_posix() for folder in public for path in folder.glob("*.csv")}
    assert {resource(name).path for name in resource_names()} == on_disk


def test_every_numeric_column_declares_its_unit() -> None:
    package = json.loads((DATA_FOLDER / "datapackage.json").read_text(encoding="utf-8"))
    fields = [field for entry in package["resources"] for field in entry["schema"]["fields"]]
    numeric = [field for field in fields if field["type"] in ("integer", "number")]
    assert len(numeric) > 20
    assert [field["name"] for field in numeric if not field.get("unit")] == []


def test_resource_tells_provenance_rows_and_hash(copy: Path) -> None:
    before = resource("claims", copy)
    assert (before.rows, before.evidence, before.path) == (141, Evidence.PUBLISHED, "published/claims.csv")
    assert resource("iv3_national", copy).evidence is Evidence.BENCHMARK
    assert resource("iv3_national", copy).licence == "Creative Commons Attribution 4.0"
    damage(copy, "published/claims.csv", "guidance products", "guidance product")
    after = resource("claims", copy)
    assert after.rows == before.rows
    assert after.sha256 != before.sha256


def test_codes_stay_text() -> None:
    assert set(read_table("iv3_national")["task_field"]) == {"6.2", "6.72", "6.73", "6.74", "6.82"}
    codes = read_table("code_lists")
    referrers = codes.loc[codes["section"] == "COD327", "code"].tolist()
    assert referrers == ["01", "02", "03", "04", "05", "06", "08"]


def test_types_follow_the_schema() -> None:
    figures = read_table("council_figures")
    assert str(figures["value"].dtype) == "float64"
    assert str(figures["id"].dtype) == "str"
    assert str(figures["reference_date"].dtype).startswith("datetime64")
    accounts = read_table("iv3_municipalities")
    assert (str(accounts["year"].dtype), str(accounts["expenditure_keur"].dtype)) == ("int64", "Int64")


@pytest.mark.parametrize(
    ("path", "old", "new", "told"),
    [
        # Two digits swapped, a letter in an amount, a price rise a hundredfold, an unknown statement, an id used twice,
        # a Dutch date.
        (
            "benchmark/iv3_municipalities.csv",
            "GM0014,Groningen,2024,243768,6.72,",
            "GM0014,Groningen,2024,243768,7.62,",
            ["7.62"],
        ),
        ("benchmark/iv3_national.csv", "2024,17942942,6.82,685813", "2024,17942942,6.82,68581x", ["68581x"]),
        ("benchmark/price_indices.csv", "cpi,2022,10,", "cpi,2022,1000,", ["value_percent", "1000"]),
        ("published/council_figures.csv", "fte_2024,A06,", "fte_2024,A99,", ["A99", "refer to an id that exists"]),
        ("published/council_figures.csv", "fte_2025,B11,", "fte_start,B11,", ["fte_start", "key"]),
        ("published/council_figures.csv", "2024-03-25,2023,", "25-3-2024,2023,", ["reference_date", "25-3-2024"]),
    ],
)
def test_validation_names_the_damaged_value(copy: Path, path: str, old: str, new: str, told: list[str]) -> None:
    damage(copy, path, old, new)
    problems = validate_package(copy)
    assert len(problems) == 1
    for part in (path, "row ", *told):
        assert part in problems[0]
    assert "\n" not in problems[0]


def test_validation_finds_a_believable_but_wrong_amount_by_its_control_total(copy: Path) -> None:
    # 685,813 becomes 685,831: right type, within every bound, off by 18.
    damage(copy, "benchmark/iv3_national.csv", "2024,17942942,6.82,685813", "2024,17942942,6.82,685831")
    (problem,) = validate_package(copy)
    assert "expenditure_keur" in problem
    assert "control total" in problem


def test_a_missing_file_is_named_by_reader_and_validation(copy: Path) -> None:
    (copy / "published" / "claims.csv").unlink()
    with pytest.raises(SourceError, match=r"^published/claims\.csv: file is missing; restore it"):
        read_table("claims", copy)
    assert validate_package(copy) == ["published/claims.csv: file is missing; restore it from version control"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        # Row 1 is the header, so the first data row is row 2.
        ("cpi,2013,2.5,", 'cpi,2013,"2,5",', "row 2, column value_percent, value '2,5'; write a number"),
        ("cpi,2013,2.5,", "cpi,2013,,", "row 2, column value_percent, value empty; fill it in"),
        ("cpi,2013,2.5,", "cpi,2013,2500,", "row 2, column value_percent, value '2500'; at most 25 is allowed"),
        ("cpi,2013,2.5,", "cpi,2013,-2500,", "row 2, column value_percent, value '-2500'; at least -5 is allowed"),
        ("cpi,2014,1,", "kpi,2014,1,", "row 3, column index, value 'kpi'; choose one of cpi, ova"),
        ("cpi,2014,1,", "cpi,14,1,", "row 3, column period, value '14'; write it in the form"),
        ("cpi,2014,1,", "cpi,2013,1,", "row 3, columns index, period, status, cpi, 2013, final occurs twice"),
        ("index,period,", "name,period,", "header differs from its schema in index, name"),
        ("cpi,2013,2.5,", "cpi,2013,2,5,", "row 2 has more cells than the header; remove the surplus separators"),
        ("cpi,2014,1,", "cpi,2014,1,0,", "not readable as CSV"),
    ],
)
def test_reader_refuses_damage_with_place_value_and_remedy(copy: Path, old: str, new: str, message: str) -> None:
    damage(copy, "benchmark/price_indices.csv", old, new)
    with pytest.raises(SourceError) as caught:
        read_table("price_indices", copy)
    assert str(caught.value).startswith("benchmark/price_indices.csv: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_reader_refuses_a_dutch_date(copy: Path) -> None:
    damage(copy, "published/council_figures.csv", "2024-03-25,2023,", "25-3-2024,2023,")
    with pytest.raises(SourceError, match=r"column reference_date, value '25-3-2024'; write a date as YYYY-MM-DD"):
        read_table("council_figures", copy)


def test_reader_refuses_half_a_unit(copy: Path) -> None:
    damage(copy, "benchmark/iv3_national.csv", "6.82,685813", "6.82,685813.5")
    with pytest.raises(SourceError, match=r"column expenditure_keur, value '685813.5'; write a whole number"):
        read_table("iv3_national", copy)


def test_an_unknown_table_lists_what_there_is() -> None:
    with pytest.raises(SourceError, match="no resource 'claim'; choose one of council_figures, claims"):
        read_table("claim")


def test_a_damaged_descriptor_is_refused(copy: Path) -> None:
    (copy / "datapackage.json").write_text("{", encoding="utf-8")
    with pytest.raises(SourceError, match="not readable as JSON"):
        read_table("claims", copy)
