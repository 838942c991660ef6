"""Where the numbers of a chapter come from, as a table."""

from __future__ import annotations

import pandas as pd

from evaluation.evidence import Provenance
from evaluation.presentation.labels import EVIDENCE, source_label
from evaluation.presentation.language import Language
from evaluation.presentation.mark import ASSUMPTIONS
from evaluation.presentation.table import Column, Table


def table_provenance(provenance: Provenance, language: Language) -> Table:
    """Source, kind of evidence, rows, period and the first characters of the hash; folded away on the page."""
    _ = language.translate
    rows = [
        {
            "source": source_label(origin.source, language),
            "kind": _("assumptions") if origin.source in ASSUMPTIONS else _(EVIDENCE[origin.evidence]),
            "rows": origin.rows,
            "period": language.period(origin.period),
            "sha256": origin.sha256[:12],
        }
        for origin in provenance.origins
        if origin.rows != 0
    ]
    return Table(
        id="provenance",
        title=_("Where the numbers come from"),
        columns=(
            Column("source", _("Source")),
            Column("kind", _("Kind of evidence")),
            Column("rows", _("Rows"), "integer"),
            Column("period", _("Period")),
            Column("sha256", _("Fingerprint of the file")),
        ),
        frame=pd.DataFrame(rows, columns=["source", "kind", "rows", "period", "sha256"]),
        note="",
        evidence=provenance.evidence,
        language=language,
        folded=True,
    )
