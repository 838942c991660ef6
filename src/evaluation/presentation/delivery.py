"""How the check of a delivery is shown: to the researcher who delivers, and, protected, in the report.

The page for the researcher counts exactly and says how each file was read. It does not pass the disclosure gate, so it
is written beside the private snapshot and never to the output folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from evaluation.evidence import Evidence
from evaluation.measures.delivered import Delivered
from evaluation.presentation.labels import table_label
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table
from evaluation.presentation.templating import style_sheet, template

SEVERITIES = {"error": N_("row in quarantine"), "warning": N_("row kept, please look"), "fatal": N_("delivery stopped")}

SHORT_SEVERITIES = {"error": N_("error"), "warning": N_("warning"), "fatal": N_("stopped")}


def lines_of_check(account: Delivered, language: Language) -> list[str]:
    """What a command prints on a check: a line per table, then one per finding."""
    _ = language.translate
    counted = _("{table}: {delivered} delivered = {accepted} accepted + {quarantined} in quarantine")
    lines = []
    for row in account.tables.to_dict("records"):
        numbers = {name: language.integer(row[name]) for name in ("delivered", "accepted", "quarantined")}
        lines.append(counted.format(table=row["table"], **numbers))
    for row in account.findings.to_dict("records"):
        place = ".".join(str(part) for part in (row["table"], row["column_name"]) if not pd.isna(part))
        if not pd.isna(row["example_row"]):
            rows = language.integer(row["rows"])
            place = _("{place}, number of rows {rows}").format(place=place, rows=rows)
        lines.append(f"  {_(SHORT_SEVERITIES[row['severity']])}: {place}: {row['message']}")
    return lines


def line_of_page(path: str, language: Language) -> str:
    """Where the summary is."""
    return language.translate(N_("Summary: {path}")).format(path=path)


def line_of_snapshot(path: str, language: Language) -> str:
    """Where the accepted rows were stored."""
    return language.translate(N_("Stored: {path}")).format(path=path)


def describe_accounting(account: Delivered, language: Language) -> Sentence:
    """How many rows came in, were accepted and were put aside."""
    _ = language.translate
    text = _(
        "{delivered} rows were delivered: {accepted} are accepted and {quarantined} are in quarantine. None is lost."
    ).format(
        delivered=language.integer(account.delivered),
        accepted=language.integer(account.accepted),
        quarantined=language.integer(account.quarantined),
    )
    return Sentence(text, account.evidence, language)


def table_accounting(account: Delivered, language: Language) -> Table:
    """Delivered, accepted and quarantined rows per table."""
    _ = language.translate
    return Table(
        id="accounting",
        title=_("Rows per table"),
        columns=(
            Column("table", _("Table")),
            Column("delivered", _("Delivered"), "integer"),
            Column("accepted", _("Accepted"), "integer"),
            Column("quarantined", _("In quarantine"), "integer"),
        ),
        frame=account.tables.assign(table=_named(account.tables, language)),
        note="",
        evidence=account.evidence,
        language=language,
    )


def _named(frame: pd.DataFrame, language: Language) -> pd.Series[Any]:
    """The tables of a frame by their names; their columns keep those that a delivery has."""
    return frame["table"].map(lambda name: table_label(name, language) if isinstance(name, str) else name)


def table_findings(account: Delivered, language: Language) -> Table:
    """What was found, per table and rule, with what to do about it."""
    findings = account.findings
    _ = language.translate
    return Table(
        id="findings",
        title=_("What was found"),
        columns=(
            Column("table", _("Table")),
            Column("column_name", _("Column")),
            Column("message", _("Finding")),
            Column("rows", _("Rows"), "integer"),
            Column("consequence", _("Consequence")),
            Column("remedy", _("Remedy")),
        ),
        frame=findings.fillna({"column_name": "–"}).assign(
            table=_named(findings, language), consequence=[_(SEVERITIES[severity]) for severity in findings["severity"]]
        ),
        note="" if len(findings) else _("Nothing was found."),
        evidence=account.evidence,
        language=language,
    )


MARKS = {";": N_("semicolon"), ",": N_("comma"), "\t": N_("tab"), ".": N_("point")}


def table_detected(detected: pd.DataFrame, language: Language) -> Table:
    """How each file was read: what was detected in it, never guessed in silence.

    Parameters
    ----------
    detected
        Per file ``file``, ``table``, ``format``, ``encoding``, ``separator`` and ``decimal`` (marks, empty where they
        do not apply), ``dates`` and ``aliases`` (text), ``rows``.
    language
        Language of the page.
    """
    _ = language.translate
    forms = []
    for row in detected.to_dict("records"):
        parts = [str(row["format"]).upper(), str(row["encoding"])]
        separator, decimal = MARKS.get(row["separator"]), MARKS.get(row["decimal"])
        if separator:
            parts.append(_("separated by {mark}").format(mark=_(separator)))
        if decimal:
            parts.append(_("decimal {mark}").format(mark=_(decimal)))
        forms.append(", ".join(part for part in parts if part))
    return Table(
        id="detected",
        title=_("How the files were read"),
        columns=(
            Column("file", _("File")),
            Column("table", _("Table")),
            Column("form", _("Form")),
            Column("dates", _("Dates")),
            Column("aliases", _("Names that were translated")),
            Column("rows", _("Rows"), "integer"),
        ),
        frame=detected.assign(form=forms, table=_named(detected, language)),
        note="",
        evidence=Evidence.REGISTER,
        language=language,
    )


def delivery_page(
    delivered_on: date, sentences: Sequence[Sentence], tables: Sequence[Table], language: Language
) -> str:
    """Put sentences and tables on one page that stands on its own."""
    return template("delivery.html.j2").render(
        _=language.translate,
        language=language,
        title=language.translate(N_("Is this delivery fit for use?")),
        delivered_on=delivered_on,
        sentences=sentences,
        tables=tables,
        chapters=(),
        synthetic=False,
        css=style_sheet(),
    )
