"""Beleidsinformatie Jeugd, version 7: the records that every youth care provider sends to Statistics Netherlands (CBS).

One file holds persons and trajectories together. It is recognised by its columns and split into the tables
``trajectories`` and ``clients``. Of the date of birth only the year is taken, of the postal code only four digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from duckdb import DuckDBPyConnection

from evaluation.sources.delivery.contract import ROW, DeliveredFile
from evaluation.sources.delivery.formats import RawTable, refusal, shown
from evaluation.sources.delivery.headers import note_unknown
from evaluation.sources.delivery.schema import Field, TableSchema, codes_of, plain_name, table_schemas
from evaluation.sources.delivery.typing_columns import type_table

FORMAT = "bij7"
STANDARD = "Beleidsinformatie Jeugd"

LAYOUT = (
    "Burgerservicenummer",
    "Geboortedatum",
    "Geslacht",
    "Postcode/gemeente",
    "Verwijzer",
    "Hulpvorm",
    "Gestart met crisis",
    "Datum aanvang jeugdhulp",
    "Datum einde jeugdhulp",
    "Reden beëindiging jeugdhulp",
    "Outcome: tevredenheid",
    "Outcome: zonder hulp verder",
    "Type informant",
)
NEEDED = LAYOUT[:10]
_SIGNATURE = frozenset(map(plain_name, ("Burgerservicenummer", "Geboortedatum", "Hulpvorm", "Datum aanvang jeugdhulp")))

END_REASONS: Mapping[str, str] = MappingProxyType({"01": "31", "02": "34", "03": "32", "04": "33", "05": "35"})
"""Reason for ending of this standard to the reason of iJw (JZ588)."""

_TRAJECTORIES = {
    "trajectory_id": ("", "cast(_row - 1 as varchar)"),
    "client_key": ("Burgerservicenummer", "{burgerservicenummer}"),
    "product_code": ("", "'onbekend'"),
    "form": ("Hulpvorm", "{hulpvorm}"),
    "referrer_code": ("Verwijzer", "{verwijzer}"),
    "start_date": ("Datum aanvang jeugdhulp", "{datum_aanvang_jeugdhulp}"),
    "end_date": ("Datum einde jeugdhulp", "{datum_einde_jeugdhulp}"),
    "end_reason": ("Reden beëindiging jeugdhulp", "{reden_beeindiging_jeugdhulp}"),
}


def is_beleidsinformatie(header: tuple[str, ...]) -> bool:
    """Return whether a header is that of Beleidsinformatie Jeugd."""
    return frozenset(map(plain_name, header)) >= _SIGNATURE


def type_beleidsinformatie(
    connection: DuckDBPyConnection, raw: RawTable, *, with_clients: bool
) -> tuple[DeliveredFile, ...]:
    """Write the tables ``trajectories`` and ``clients`` from the relation ``raw``.

    Trajectories get a running number, the product ``onbekend`` and the end reason of iJw; ``form`` keeps the code of
    Hulpvorm, which is another list than JZ020.

    Parameters
    ----------
    with_clients
        False when the delivery has a file of clients of its own.

    Raises
    ------
    DeliveryError
        When a column of the layout is absent or doubtful as a whole.
    """
    cells = _cells(raw)
    schemas = table_schemas()
    schema = _with_own_codes(schemas["trajectories"])
    note_unknown(connection, raw, replace(schema, fields=()), frozenset(map(plain_name, LAYOUT)))
    _create_trajectories(connection, cells)
    columns = tuple(_TRAJECTORIES)
    texts = replace(raw, header=columns, types=("VARCHAR",) * len(columns))
    typed = type_table(connection, texts, schema, relation="bij7", translations={"end_reason": _end_reasons()})
    files = [_described(typed, {name: source for name, (source, _) in _TRAJECTORIES.items() if source})]
    if with_clients:
        _create_clients(connection, cells)
        columns = ("client_key", "birth_year", "sex", "postcode4", "responsible_municipality")
        texts = replace(raw, header=columns, types=("VARCHAR",) * len(columns))
        sources = dict(zip(columns, (*LAYOUT[:4], LAYOUT[3]), strict=True))
        files.append(_described(type_table(connection, texts, schemas["clients"], relation="bij7"), sources))
    return tuple(files)


def _cells(raw: RawTable) -> dict[str, str]:
    """Return the SQL of each column of the layout, by its plain name."""
    names = [plain_name(name) for name in raw.header]
    for needed in NEEDED:
        if names.count(plain_name(needed)) != 1:
            found = "is missing" if plain_name(needed) not in names else "is delivered twice"
            raise refusal(
                f"{shown(raw.path)}, column {needed}", found, f"deliver each column once: {', '.join(NEEDED)}"
            )
    cells = {name: f"cast(c{i} as varchar)" for i, name in enumerate(names)}
    # Unknown (999999999) and unborn (000000000) are no person; one key for all of them would make them one.
    person = f"trim({cells['burgerservicenummer']})"
    cells["burgerservicenummer"] = f"case when not regexp_full_match({person}, '0+|9{{9}}') then {person} end"
    return cells


def _create_trajectories(connection: DuckDBPyConnection, cells: Mapping[str, str]) -> None:
    sql = {name: expression.format(**cells) for name, (_, expression) in _TRAJECTORIES.items()}
    columns = ", ".join(f"{expression} as c{i}" for i, expression in enumerate(sql.values()))
    connection.execute(f"create or replace temp view bij7 as select {ROW}, {columns} from raw")


def _create_clients(connection: DuckDBPyConnection, cells: Mapping[str, str]) -> None:
    """Show one row per person as ``bij7``; a person with two birth years or sexes keeps both, for the rules to find."""
    born, place = f"trim({cells['geboortedatum']})", f"upper(trim({cells['postcode_gemeente']}))"
    year = f"""case when regexp_full_match({born}, '0000.*') then null
        when regexp_full_match({born}, '\\d{{4}}([-/]?\\d+)*([ T].*)?') then left({born}, 4)
        else coalesce(nullif(regexp_extract({born}, '^\\d{{1,2}}[-/]\\d{{1,2}}[-/](\\d{{4}})$', 1), ''), {born}) end"""
    is_postcode = f"regexp_full_match({place}, '\\d{{4}} ?[A-Z]{{2}}')"
    connection.execute(
        f"""create or replace temp table bij7_persons as
        select min({ROW}) as {ROW}, key as c0, year as c1, sex as c2, arg_max(postcode, {ROW}) as c3,
        arg_max(municipality, {ROW}) as c4 from (
            select {ROW}, {cells["burgerservicenummer"]} as key, {year} as year, {cells["geslacht"]} as sex,
            case when {is_postcode} then left({place}, 4) end as postcode,
            case when not {is_postcode} then lpad(nullif({place}, ''), 4, '0') end as municipality from raw
        ) where key is not null group by key, year, sex"""
    )
    connection.execute("create or replace temp view bij7 as select * from bij7_persons order by _row")


def _with_own_codes(schema: TableSchema) -> TableSchema:
    """Return the schema with the code lists of this standard, so that lost zeros are restored by those."""

    def own(field: Field) -> Field:
        lists = {"form": "Hulpvorm", "end_reason": "Reden beëindiging jeugdhulp", "referrer_code": "Verwijzer"}
        name = lists.get(field.name)
        return replace(field, code_list=(STANDARD, name), codes=codes_of(STANDARD, name)) if name else field

    return replace(schema, fields=tuple(own(field) for field in schema.fields))


def _end_reasons() -> dict[str, str]:
    """Codes of iJw in this file would pass for what they are not; they are marked and so fail the code list."""
    foreign = codes_of("iJw", "Reden beëindiging").keys() - END_REASONS.keys()
    return dict(END_REASONS) | {code: f"{FORMAT}:{code}" for code in sorted(foreign)}


def _described(file: DeliveredFile, sources: Mapping[str, str]) -> DeliveredFile:
    return replace(file, format=FORMAT, aliases=MappingProxyType(dict(sources)))
