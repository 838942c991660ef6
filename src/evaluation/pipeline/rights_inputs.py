"""What the chapters on access and legal protection load besides the registry: terms, statements and public context."""

from __future__ import annotations

from datetime import date

from evaluation.measures.norms import Norms, norms_on
from evaluation.measures.ombudsman import OmbudsmanCases
from evaluation.measures.ombudsman import ombudsman_cases as cases_of
from evaluation.measures.statements import Statements, statements
from evaluation.sources.package import read_table

ACCESS = ("A05", "A18", "A31", "B24", "B33", "B71")
LEGAL = ("A17", "B32", "A30", "A32", "A33", "A34", "A35", "A36", "A37", "A38", "A39", "A40", "B63", "B65", "B66", "B67")


def norms(reference_date: date) -> Norms:
    """Return the terms of the law and the norms used as a reference that hold on the reference date."""
    return norms_on(read_table("norms"), reference_date)


def access_statements() -> Statements:
    """Return what the council was told about waiting and terms."""
    return statements(read_table("claims"), ACCESS)


def legal_statements() -> Statements:
    """Return what the council was told about complaints, objections, legal protection and plans."""
    return statements(read_table("claims"), LEGAL)


def ombudsman_cases() -> OmbudsmanCases:
    """Return the published cases of the ombudsman about WIJ Groningen."""
    return cases_of(read_table("groningen_context"))
