"""Where the numbers of a chapter come from, as a table."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from evaluation.evidence import Evidence, weakest
from evaluation.presentation.labels import EVIDENCE
from evaluation.presentation.language import Language
from evaluation.presentation.table import Column, Table


@dataclass(frozen=True)
class Origin:
    """One table that went in.

    Attributes
    ----------
    source
        Name of the table.
    evidence
        What kind of evidence it is.
    rows
        Number of rows.
    period
        Period that it covers, in words of its description.
    sha256
        Hash of the file.
    """

    source: str
    evidence: Evidence
    rows: int
    period: str
    sha256: str


@dataclass(frozen=True)
class Provenance:
    """The tables that went into a chapter."""

    origins: tuple[Origin, ...]

    @property
    def evidence(self) -> Evidence:
        """Weakest kind among the tables."""
        return weakest(origin.evidence for origin in self.origins)


def table_provenance(provenance: Provenance, language: Language) -> Table:
    """Source, kind of evidence, rows, period and the first characters of the hash."""
    _ = language.translate
    rows = [
        {
            "source": origin.source,
            "evidence": _(EVIDENCE[origin.evidence]),
            "rows": origin.rows,
            "period": origin.period,
            "sha256": origin.sha256[:12],
        }
        for origin in provenance.origins
    ]
    return Table(
        id="provenance",
        title=_("Where the numbers come from"),
        columns=(
            Column("source", _("Source")),
            Column("evidence", _("Kind of evidence")),
            Column("rows", _("Rows"), "integer"),
            Column("period", _("Period")),
            Column("sha256", _("Fingerprint of the file")),
        ),
        frame=pd.DataFrame(rows),
        note="",
        evidence=provenance.evidence,
        language=language,
    )
