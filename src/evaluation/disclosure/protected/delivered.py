"""Protected copy of the account of a delivery."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, protect
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.tabulation import Relation
from evaluation.measures.delivered import Delivered

ROWS = ("delivered", "accepted", "quarantined")


@protect.register
def _(result: Delivered, guard: Guard) -> Delivered:
    day = str(result.delivered_on)
    whole = {name: CountCell(name, "", day, day) for name in ROWS}
    counts = {whole[name]: exact(getattr(result, name)) for name in ROWS}
    relations: list[Relation] = [(whole["delivered"], (whole["accepted"], whole["quarantined"]))]
    cells = []
    for row in result.tables.to_dict("records"):
        own = {name: cell._replace(dimension="table", group=str(row["table"])) for name, cell in whole.items()}
        counts.update({own[name]: int(row[name]) for name in ROWS})
        relations.append((own["delivered"], (own["accepted"], own["quarantined"])))
        cells.append(own)
    relations += [(whole[name], tuple(own[name] for own in cells)) for name in ROWS]
    shown = guard.publish(counts, relations)
    found = {
        CountCell("found", "", day, day, str(row["rule"]), f"{row['table']}.{row['column_name']}"): int(row["rows"])
        for row in result.findings.to_dict("records")
    }
    # Found rows overlap and are part of the delivered ones only, so each is judged on its own.
    rows = [guard.publish({cell: n})[cell] for cell, n in found.items()]
    tables, findings = result.tables.astype(dict.fromkeys(ROWS, object)), result.findings.astype({"rows": object})
    for name in ROWS:
        tables[name] = pd.Series([shown[own[name]] for own in cells], tables.index, dtype=object)
    findings["rows"] = pd.Series(rows, findings.index, dtype=object)
    return replace(
        result,
        tables=tables,
        findings=findings,
        delivered=shown[whole["delivered"]],
        accepted=shown[whole["accepted"]],
        quarantined=shown[whole["quarantined"]],
    )
