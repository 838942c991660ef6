"""Every row of a delivery against every rule: what is accepted, what is set aside, and why.

All rules run inside DuckDB over whole tables and write one line per problem into ``problems``. A row with any problem
of severity ``error`` is set aside once, and with it the rows that refer to it. No row is lost: per table, delivered is
accepted plus quarantined, or the validation fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass

import pandas as pd
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from evaluation.sources.database import literal
from evaluation.sources.delivery.contract import PROBLEMS_TABLE, ROW, Delivery
from evaluation.sources.delivery.pattern_sql import pattern_checks
from evaluation.sources.delivery.rule_sql import SET_ASIDE, cascade_checks, overlap_checks, row_checks
from evaluation.sources.delivery.rules import READ_RULES, RULES
from evaluation.sources.delivery.schema import table_schemas
from evaluation.sources.delivery.structure import Check, Delivered, structure_of

LANGUAGES = ("nl", "en")

# A BSN has nine digits, or eight where a leading zero was lost; a longer run may hold one.
MASKED = "regexp_replace({}, '[0-9]{{8,}}', '*********', 'g')"


@dataclass(frozen=True)
class Validation:
    """What became of the rows of a delivery.

    Attributes
    ----------
    accounting
        Per table: ``table``, ``delivered``, ``accepted``, ``quarantined``; delivered is the sum of the other two.
    findings
        Per rule, table and column: ``table``, ``rule``, ``severity``, ``rows``, ``example_row``, ``column_name``. A
        problem of a whole table or column counts as one and has no example row.
    connection
        Of the delivery; holds its tables and the problems.
    """

    accounting: pd.DataFrame
    findings: pd.DataFrame
    connection: DuckDBPyConnection

    def accepted(self, table: str) -> DuckDBPyRelation:
        """Return the rows that no error touches, as typed; trajectories also say whether they are ``dormant``."""
        dormant = f", {ROW} in ({_rows_with('dormant', table)}) as dormant" if table == "trajectories" else ""
        kept = f"{ROW} not in (select row from {SET_ASIDE} where table_name = '{table}')"
        return self.connection.sql(f"select * exclude ({ROW}){dormant} from {table} where {kept}")

    def quarantined(self, table: str) -> DuckDBPyRelation:
        """Return the rows that were set aside, with the number by which they are found in the file."""
        aside = f"{ROW} in (select row from {SET_ASIDE} where table_name = '{table}')"
        return self.connection.sql(f"select * from {table} where {aside}")

    def quarantine(self, language: str = "nl") -> DuckDBPyRelation:
        """Return one line per error of a row: where it is, what is wrong and what to do, without any BSN.

        A value that a spreadsheet would run as a formula gets an apostrophe in front.

        Parameters
        ----------
        language
            Of ``message`` and ``remedy``: ``nl`` or ``en``.
        """
        if language not in LANGUAGES:
            raise ValueError(f"language {language!r}: the rules are told in {' and '.join(LANGUAGES)} only")
        return self.connection.sql(
            f"""select table_name as "table", row, rule, column_name as "column",
            case when value[1] in ('=', '+', '-', '@', chr(9), chr(13)) then chr(39) else '' end
              || {MASKED.format("value")} as value,
            message_{language} as message, remedy_{language} as remedy
            from problems join rule_texts on rule = id
            where severity = 'error' and row is not null order by table_name, row, rule, column_name"""
        )


def validate(delivery: Delivery, *, annual_accounts: Mapping[int, tuple[float, float]] | None = None) -> Validation:
    """Hold every row of a delivery against every rule.

    Parameters
    ----------
    delivery
        As read; its ``problems`` are completed.
    annual_accounts
        Lowest and highest published costs per year, in millions of euros; years not given are not compared.

    Raises
    ------
    ArithmeticError
        When the rows accepted and set aside are not together the rows of the file.
    """
    connection = delivery.connection
    delivered = Delivered(
        {table: _types(connection, table) for table in delivery.tables},
        structure_of(table_schemas()),
        delivery.delivered_on,
        # Beleidsinformatie Jeugd codes the form of help in a list of its own.
        frozenset(("trajectories", "form") for file in delivery.files if file.format == "bij7"),
        annual_accounts or {},
    )
    _prepare(connection)
    _note(connection, [*row_checks(delivered), *pattern_checks(delivered)])
    _set_aside(connection)
    _note(connection, overlap_checks(delivered))
    _set_aside(connection)
    while _note(connection, cascade_checks(delivered)):
        _set_aside(connection)
    return _account(delivery)


def _types(connection: DuckDBPyConnection, table: str) -> dict[str, str]:
    relation = connection.table(table)
    pairs = zip(relation.columns, relation.types, strict=True)
    return {column: str(kind) for column, kind in pairs if column != ROW}


def _prepare(connection: DuckDBPyConnection) -> None:
    """Lay out the tables beside the delivered ones, and forget what an earlier validation found."""
    connection.execute(PROBLEMS_TABLE)
    noted = {rule for (rule,) in connection.execute("select distinct rule from problems").fetchall()}
    if unknown := sorted(noted - set(RULES)):
        raise ValueError(f"problems: rule {unknown[0]!r} is not described; add it to rules.RULES")
    connection.execute(f"delete from problems where rule not in {READ_RULES}")
    connection.execute(f"create or replace temp table {SET_ASIDE} (table_name varchar, row bigint)")
    texts = ", ".join(f"({', '.join(map(literal, astuple(rule)))})" for rule in RULES.values())
    columns = "id, severity, message_nl, message_en, remedy_nl, remedy_en"
    connection.execute(f"create or replace temp table rule_texts as from (values {texts}) as t({columns})")


def _note(connection: DuckDBPyConnection, checks: Iterable[Check]) -> int:
    """Write what the checks find into ``problems``, and return how much that is.

    A join finds a row once per copy of its parent; that is still one problem.
    """
    found = 0
    for check in checks:
        ((rows,),) = connection.execute(
            f"""insert into problems
            select distinct table_name, row, '{check.rule}', column_name, {MASKED.format("value")} from ({check.sql})"""
        ).fetchall()
        found += rows
    return found


def _set_aside(connection: DuckDBPyConnection) -> None:
    connection.execute(
        f"""create or replace temp table {SET_ASIDE} as select distinct table_name, row
        from problems join rule_texts on rule = id where severity = 'error' and row is not null"""
    )


def _rows_with(rule: str, table: str) -> str:
    return f"select row from problems where table_name = '{table}' and rule = '{rule}' and row is not null"


def _account(delivery: Delivery) -> Validation:
    findings = delivery.connection.execute(
        """select table_name as "table", rule, any_value(severity) as severity,
        count(distinct row) + count(*) filter (row is null) as rows, min(row) as example_row, column_name
        from problems join rule_texts on rule = id group by table_name, rule, column_name
        order by table_name, rule, column_name"""
    ).df()
    findings["example_row"] = findings["example_row"].astype("Int64")
    unbalanced = Validation(pd.DataFrame(), findings, delivery.connection)
    lines = [
        (file.table, file.rows, _count(unbalanced.accepted(file.table)), _count(unbalanced.quarantined(file.table)))
        for file in delivery.files
    ]
    for table, rows, accepted, quarantined in lines:
        if rows != accepted + quarantined:
            raise ArithmeticError(
                f"{table}: {rows} rows in the file, but {accepted} accepted and {quarantined} quarantined; "
                "the rows were not read one by one"
            )
    accounting = pd.DataFrame(lines, columns=["table", "delivered", "accepted", "quarantined"])
    return Validation(accounting, findings, delivery.connection)


def _count(relation: DuckDBPyRelation) -> int:
    ((rows,),) = relation.aggregate("count(*)").fetchall()
    return int(rows)
