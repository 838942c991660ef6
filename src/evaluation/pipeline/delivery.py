"""Takes a delivery in: reads it, holds every row against the rules, reports, and stores what is accepted.

Everything written here stays in ``data/private``, readable by its owner only, and nothing of it is half-written: a
check is made in a folder aside and takes its place when it is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pandas as pd

from evaluation.evidence import Evidence
from evaluation.measures.delivered import Delivered, account_for
from evaluation.pipeline.inputs import council_costs
from evaluation.presentation.delivery import (
    delivery_page,
    describe_accounting,
    table_accounting,
    table_detected,
    table_findings,
)
from evaluation.presentation.language import Language
from evaluation.sources.delivery.aside import UNFINISHED, folder_aside
from evaluation.sources.delivery.bsn import refuse_bsn
from evaluation.sources.delivery.contract import DeliveredFile, Delivery, DeliveryError
from evaluation.sources.delivery.reading import read_delivery, refuse_invented
from evaluation.sources.delivery.rules import RULES
from evaluation.sources.delivery.schema import table_schemas
from evaluation.sources.delivery.snapshots import diff_snapshots, store_snapshot
from evaluation.sources.delivery.validation import Validation, validate

STEPS = ("search", "read", "rules", "quarantine", "snapshot")
"""What a check does: search for service numbers, read, hold against the rules, write the quarantine, store."""


@dataclass(frozen=True)
class Checked:
    """A delivery that was checked.

    Attributes
    ----------
    account
        What came in, what was accepted, and what was found, in the language of the page.
    page
        Summary page, in the folder that also holds ``quarantine.csv``.
    snapshot
        Where the accepted rows were stored, or None when that was not asked for.
    """

    account: Delivered
    page: Path
    snapshot: Path | None


def check_delivery(
    folder: Path,
    delivered_on: date,
    private: Path,
    *,
    language: str,
    store: bool,
    on_step: Callable[[str], None] = lambda _step: None,
) -> Checked:
    """Check a delivery and write its summary page and quarantine.

    Parameters
    ----------
    folder
        Holds one file per table.
    delivered_on
        Day of the delivery; nothing in it may lie after.
    private
        Where the check and the snapshot go.
    language
        Language of the page.
    store
        Whether to store the accepted rows as a snapshot.
    on_step
        Told the name of each step before it begins; `STEPS` has them in order.

    Raises
    ------
    DeliveryError
        When the delivery cannot be taken in at all; then nothing is written.
    """
    if store:
        refuse_invented(folder)
    private.mkdir(parents=True, exist_ok=True, mode=0o700)
    with folder_aside(private, UNFINISHED) as work:
        on_step("search")
        refuse_bsn(folder, work)
        on_step("read")
        delivery = read_delivery(folder, work / "work", delivered_on)
        try:
            on_step("rules")
            validation = validate(delivery, annual_accounts=_annual_accounts())
            on_step("quarantine")
            findings = _in_words(validation.findings, language)
            account = account_for(validation.accounting, findings, delivered_on, Evidence.REGISTER)
            _write_check(work / "check", delivery, validation, account, Language(language))
            # The check takes its place first: it explains the delivery, also when storing it is refused.
            target = _put_in_place(work / "check", private / f"{delivered_on}-check", work / "previous")
            on_step("snapshot")
            snapshot = _store(delivery, validation, private) if store else None
        finally:
            delivery.connection.close()
    return Checked(account, target / "index.html", snapshot)


def _put_in_place(made: Path, target: Path, previous: Path) -> Path:
    """Swap a finished folder for the earlier one, which goes with the work folder."""
    if target.exists():
        target.rename(previous)
    made.rename(target)
    return target


def newest_day(folder: Path) -> date:
    """Return the day on which the newest file of a delivery was written."""
    if not folder.is_dir():
        raise DeliveryError(f"{folder}: there is no such folder; name the folder that holds the delivery")
    times = [path.stat().st_mtime for path in folder.iterdir() if path.is_file()]
    if not times:
        raise DeliveryError(f"{folder}: the folder holds no files; put one file per table in it")
    return datetime.fromtimestamp(max(times), tz=UTC).astimezone().date()


def changes_between(older: Path, newer: Path) -> Iterator[str]:
    """Yield per table a line on what changed between two stored deliveries, retroactive changes apart."""
    keys = {name: schema.primary_key for name, schema in table_schemas().items()}
    for table, changes in diff_snapshots(older, newer, keys).items():
        # A line is a value; what counts here is the row, which its key names. Without a key a line is a row.
        rows = changes.drop_duplicates([*keys[table], "kind"]) if keys[table] else changes
        kinds = rows["kind"].value_counts()
        past = int(rows["retroactive"].sum())
        counts = ", ".join(f"{int(kinds.get(kind, 0)):,} {kind}" for kind in ("added", "removed", "changed"))
        yield f"{table}: {counts}, of which {past:,} of the past"


def _write_check(
    aside: Path, delivery: Delivery, validation: Validation, account: Delivered, language: Language
) -> None:
    aside.mkdir(mode=0o700)
    validation.quarantine(language.code).write_csv(str(aside / "quarantine.csv"))
    page = delivery_page(
        delivery.delivered_on,
        [describe_accounting(account, language)],
        [
            table_accounting(account, language),
            table_findings(account, language),
            table_detected(pd.DataFrame([_detected(file) for file in delivery.files]), language),
        ],
        language,
    )
    (aside / "index.html").write_text(page, encoding="utf-8")
    for path in aside.iterdir():
        path.chmod(0o600)


def _store(delivery: Delivery, validation: Validation, private: Path) -> Path:
    accepted = validation.accounting.set_index("table").loc["trajectories", "accepted"]
    if not accepted:
        raise DeliveryError(f"{delivery.folder}: no trajectory was accepted, so nothing is stored; see the summary")
    tables = {table: validation.accepted(table) for table in delivery.tables}
    files = {file.path.name: file.sha256 for file in delivery.files}
    return store_snapshot(tables, private, delivery.delivered_on, {"delivered_files": files})


def _in_words(findings: pd.DataFrame, language: str) -> pd.DataFrame:
    """Add message and remedy of each rule in the language of the page."""
    return findings.assign(
        message=[getattr(RULES[rule], f"message_{language}") for rule in findings["rule"]],
        remedy=[getattr(RULES[rule], f"remedy_{language}") for rule in findings["rule"]],
    )


def _detected(file: DeliveredFile) -> dict[str, object]:
    return {
        "file": file.path.name,
        "table": file.table,
        "format": file.format,
        "encoding": file.encoding,
        "separator": file.separator,
        "decimal": file.decimal,
        "dates": _pairs(file.date_formats),
        "aliases": _pairs(file.aliases),
        "rows": file.rows,
    }


def _pairs(mapping: Mapping[str, str]) -> str:
    return "; ".join(f"{key}: {value}" for key, value in mapping.items()) or "–"


@cache
def _annual_accounts() -> dict[int, tuple[float, float]]:
    """The published totals that a ledger must meet, in millions of euros, with the ends of their rounding."""
    return {year: (total.low, total.high) for year, total in council_costs().total.items()}
