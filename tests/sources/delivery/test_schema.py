"""The tables of a delivery as data/schema writes them down."""

from __future__ import annotations

import json
from pathlib import Path

import frictionless
import pytest

from evaluation.sources.delivery.rule_sql import RANGES
from evaluation.sources.delivery.schema import SCHEMA_FOLDER, codes_of, plain_name, table_named, table_schemas

FILES = sorted(SCHEMA_FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_a_valid_table_schema_that_is_explained(path: Path) -> None:
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    assert list(frictionless.Schema.metadata_validate(descriptor)) == []
    assert descriptor["name"] == path.stem
    for part in (descriptor, *descriptor["fields"]):
        assert part["title"].strip()
        assert part["description"].endswith(".")


def test_trajectories_is_the_only_required_table_and_comes_first() -> None:
    tables = list(table_schemas().values())
    assert [table.name for table in tables if table.required] == ["trajectories"]
    assert tables[0].name == "trajectories"
    assert len(tables) == len(FILES) == 15


def test_keys_name_columns_that_exist_and_refer_to_whole_keys() -> None:
    tables = table_schemas()
    for table in tables.values():
        assert set(table.primary_key) <= set(table.columns)
        for key in table.foreign_keys:
            assert set(key.fields) <= set(table.columns)
            assert key.reference == tables[key.table].primary_key
    assert tables["hours"].foreign_keys[0].table == "trajectories"


def test_no_header_can_mean_two_columns_and_no_file_two_tables() -> None:
    for table in table_schemas().values():
        names = [plain_name(name) for field in table.fields for name in field.names]
        assert sorted(names) == sorted(set(names)), table.name
    names = [plain_name(name) for table in table_schemas().values() for name in table.names]
    assert sorted(names) == sorted(set(names))


def test_codes_come_from_the_list_that_the_schema_names() -> None:
    trajectories = table_schemas()["trajectories"]
    assert trajectories.field("referrer_code").allowed == ("01", "02", "03", "04", "05", "06", "08")
    assert trajectories.field("end_reason").codes["31"] == "Levering is volgens plan beëindigd"
    assert trajectories.field("team").allowed == ()
    assert table_schemas()["costs"].field("scope_flag").allowed == (
        "bjh",
        "open_house",
        "transition",
        "solidarity",
        "other",
    )


def test_a_code_list_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match="no list 'Kleur' of 'iJw'"):
        codes_of("iJw", "Kleur")


@pytest.mark.parametrize(
    ("name", "table"),
    [("Trajecten", "trajectories"), ("CLIËNTEN", "clients"), ("open house", "open_house"), ("Blad1", None)],
)
def test_a_table_is_found_by_any_of_its_names(name: str, table: str | None) -> None:
    found = table_named(name)
    assert (found.name if found else None) == table


def test_the_ranges_that_the_rules_check_are_those_of_the_schemas() -> None:
    fields = [(path.stem, field) for path in FILES for field in json.loads(path.read_text(encoding="utf-8"))["fields"]]
    bounded = {
        (table, field["name"]): (field["constraints"]["minimum"], field["constraints"]["maximum"])
        for table, field in fields
        if {"minimum", "maximum"} & set(field.get("constraints", {}))
    }
    assert bounded == RANGES
