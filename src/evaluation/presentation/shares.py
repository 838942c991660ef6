"""How shares are shown, and the tables that a chapter reads."""

from __future__ import annotations

from collections.abc import Callable

from evaluation.evidence import is_suppressed
from evaluation.measures.availability import Availability
from evaluation.measures.shares import Shares
from evaluation.presentation.labels import TABLES
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def shares_table(
    shares: Shares,
    language: Language,
    *,
    id: str,  # noqa: A002 - the field of a table is called so
    title: str,
    group: str,
    label: Callable[[str], str],
    count: str,
    n: str,
    note: str = "",
) -> Table:
    """Shares by group, the whole last.

    Parameters
    ----------
    id, title, note
        As of a `Table`.
    group, count, n
        Headings of the groups, of the units with the property, and of all units of which it is known.
    label
        Name of a group; the whole is called here.
    """
    _ = language.translate
    frame = shares.frame.assign(label=[label(name) if name else _("all") for name in shares.frame["group"]])
    return Table(
        id=id,
        title=title,
        columns=(
            Column("label", group),
            Column("count", count, "integer"),
            Column("n", n, "integer"),
            Column(
                "share",
                _("Share ({level} interval)").format(level=language.percent(shares.level, 0)),
                "percent",
                0,
                ("ci_low", "ci_high"),
            ),
            Column("n_missing", _("Unknown"), "integer"),
        ),
        frame=frame,
        note=note,
        evidence=shares.evidence,
        language=language,
    )


def table_availability(available: Availability, language: Language) -> Table:
    """The tables that the chapter reads."""
    _ = language.translate
    frame = available.frame.assign(
        name=[_(TABLES[table]) for table in available.frame["table"]],
        came=[_("yes") if came else _("no") for came in available.frame["delivered"]],
    )
    return Table(
        id="availability",
        title=_("Which tables of the register this chapter reads"),
        columns=(
            Column("name", _("Table")),
            Column("table", _("Name of the file")),
            Column("came", _("Delivered")),
            Column("rows", _("Rows until the reference date"), "integer"),
        ),
        frame=frame,
        note=_("What each table needs to hold is in the data dictionary, data/schema/README.md."),
        evidence=available.evidence,
        language=language,
        folded=True,
    )


def describe_availability(available: Availability, language: Language) -> Sentence:
    """What is missing for the chapter, and what would be needed."""
    _ = language.translate
    absent = [_(TABLES[table]) for table in available.frame.loc[~available.frame["delivered"], "table"]]
    # A suppressed number of rows is not none.
    empty = [
        _(TABLES[row["table"]])
        for row in available.frame.to_dict("records")
        if row["delivered"] and not is_suppressed(row["rows"]) and row["rows"] == 0
    ]
    parts = []
    if absent:
        parts.append(
            _(
                "Not delivered: {tables}. Questions that need them stay open until they are; nothing is filled in."
            ).format(tables=language.listing(absent))
        )
    if empty:
        parts.append(
            _("Without rows until the reference date: {tables}. That is shown as unknown and never as zero.").format(
                tables=language.listing(empty)
            )
        )
    if not parts:
        parts.append(_("All tables that this chapter needs were delivered."))
    return Sentence(" ".join(parts), available.evidence, language)
