"""Words of families that may be shown, and why others may not."""

from __future__ import annotations

import pandas as pd

from evaluation.evidence import Evidence, any_withheld
from evaluation.measures.narratives.quotes import Quotes
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

REASONS = {
    "consent": N_("consent does not hold on the reference date"),
    "approval": N_("not approved by two different people"),
    "words": N_("too long, or with a digit, an address or what may be a name"),
    "theme": N_("its theme was not found in its story"),
    "families": N_("too few families tell of its theme"),
    "lot": N_("the lot fell on another quote of the theme or of the family"),
}


def table_quotes(quotes: Quotes, language: Language) -> Table:
    """One quote per theme, and one that goes against it where there is one."""
    _ = language.translate
    frame = pd.DataFrame(
        {
            "label": [quotes.codebook.label(theme, language.code) for theme in quotes.frame["theme"]],
            "quote": quotes.frame["quote"].astype(object),
            "side": [_("against it") if against else _("goes along") for against in quotes.frame["dissents"]],
        }
    )
    invented = _("These sentences are invented; no family said them.") if quotes.evidence is Evidence.SYNTHETIC else ""
    note = _(
        "Drawn by lot from quotes with a consent that holds, approved by two people, on themes that at least {needed} "
        "families tell of; one per family. Nothing is taken from the stories themselves."
    ).format(needed=quotes.needed)
    return Table(
        id="quotes",
        title=_("In the words of families"),
        columns=(
            Column("label", _("Theme")),
            Column("quote", _("Quote"), "quote"),
            Column("side", _("What most tell")),
        ),
        frame=frame,
        note=f"{invented} {note}".strip(),
        evidence=quotes.evidence,
        language=language,
    )


def table_withheld(quotes: Quotes, language: Language) -> Table:
    """Why other quotes are not shown."""
    _ = language.translate
    numbers = quotes.withheld["quotes"] if any_withheld(quotes.n) or quotes.n else [None] * len(quotes.withheld)
    frame = pd.DataFrame(
        {
            "label": [_(REASONS[reason]) for reason in quotes.withheld["reason"]],
            "quotes": pd.Series(list(numbers), dtype=object),
        }
    )
    return Table(
        id="quotes_withheld",
        title=_("Why other quotes are not shown"),
        columns=(Column("label", _("First reason")), Column("quotes", _("Quotes"), "integer")),
        frame=frame,
        note="",
        evidence=quotes.evidence,
        language=language,
    )


def describe_quotes(quotes: Quotes, language: Language) -> Sentence:
    """How many quotes there are, how many are shown, and whether dissent is among them."""
    _ = language.translate
    shown, against = len(quotes.frame), int(sum(bool(value) for value in quotes.frame["dissents"]))
    if any_withheld(quotes.n):
        written = _("Few quotes were written down; how many is not shown.")
    elif not quotes.n:
        text = _(
            "No quote was written down by {day}. A quote can be shown once a family agreed, two people approved it, "
            "and at least {needed} families tell of its theme."
        ).format(day=language.day(quotes.reference_date), needed=quotes.needed)
        return Sentence(text, quotes.evidence, language)
    else:
        written = _("Quotes written down by {day}: {n}.").format(
            day=language.day(quotes.reference_date), n=language.integer(quotes.n)
        )
    if not shown:
        rest = _("No quote may be shown: the table says why.")
    else:
        rest = _("Shown: {shown}, of which {against} against what most tell.").format(shown=shown, against=against)
    return Sentence(f"{written} {rest}", quotes.evidence, language)
