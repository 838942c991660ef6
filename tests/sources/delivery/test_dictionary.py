"""The data dictionary says what the schemas say."""

from pathlib import Path

from evaluation.sources.delivery.dictionary import dictionary
from evaluation.sources.delivery.schema import table_schemas

SCHEMAS = Path(__file__).parents[3] / "data" / "schema"


def test_the_dictionary_on_disk_is_that_of_the_schemas():
    assert (SCHEMAS / "README.md").read_text(encoding="utf-8") == dictionary(), "run `make dictionary`"


def test_every_column_and_every_dutch_name_is_in_it():
    text = dictionary()
    for schema in table_schemas().values():
        assert f"## `{schema.name}`" in text
        for field in schema.fields:
            assert f"| `{field.name}`" in text
            assert all(f"`{alias}`" in text for alias in field.aliases)
