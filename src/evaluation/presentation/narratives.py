"""What was announced about stories, and what came of asking for them."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from evaluation.evidence import any_withheld, is_suppressed
from evaluation.measures.narratives.codebook import Announced, Codebook
from evaluation.measures.narratives.stories import StoryResponse
from evaluation.measures.shares import UNKNOWN, Shares
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.shares import shares_table
from evaluation.presentation.table import Column, Table

RESPONSE = {
    "asked": N_("Asked"),
    "told": N_("Told a story"),
    "declined": N_("Declined"),
    "unanswered": N_("Gave no answer"),
    "valid": N_("May be used: consent holds on the reference date"),
    "expired": N_("Consent has ended"),
    "without_consent": N_("No consent was written down"),
    "read_twice": N_("Read by two readers"),
    "read_once": N_("Read by one reader"),
    "unread": N_("Not read yet"),
}
# What the parts in each row add up to.
PART_OF = {
    "told": "asked",
    "declined": "asked",
    "unanswered": "asked",
    "valid": "told",
    "expired": "told",
    "without_consent": "told",
    "read_twice": "valid",
    "read_once": "valid",
    "unread": "valid",
}
STRATA = {
    "running": N_("support still ran"),
    "ended": N_("support had ended"),
    UNKNOWN: N_("unknown"),
    "other": N_("other"),
}


def describe_announced(announced: Announced, language: Language) -> Sentence:
    """What was promised, and that nothing was shown."""
    _ = language.translate
    shown = (
        _("No figure or finding from it was shown.")
        if announced.results == 0
        else _("Figures from it that were shown: {results}.").format(results=announced.results)
    )
    text = _(
        "Both presentations to the council name the measurement of impact, the later one as a measurement by stories. "
        "{shown} The themes in this chapter come from {statements} statements in those presentations that stories of "
        "families can support or contradict."
    ).format(shown=shown, statements=announced.statements)
    return Sentence(text, announced.evidence, language)


def table_codebook(codebook: Codebook, language: Language) -> Table:
    """The themes, with their definitions and the words they were taken from."""
    _ = language.translate
    frame = codebook.frame
    rows = pd.DataFrame(
        {
            "theme": frame[f"label_{language.code}"],
            "code": frame["theme"],
            "definition": frame[f"definition_{language.code}"],
            "counts": frame[f"counts_{language.code}"],
            "counts_not": frame[f"counts_not_{language.code}"],
            "quotes": [text or "–" for text in frame["quotes"]],
        }
    )
    return Table(
        id="codebook",
        title=_("The themes that readers look for: a proposal of this project"),
        columns=(
            Column("theme", _("Theme")),
            Column("code", _("Code")),
            Column("definition", _("What it is")),
            Column("counts", _("Counts, for example")),
            Column("counts_not", _("Does not count, for example")),
            Column("quotes", _("Said to the council"), "quote"),
        ),
        frame=rows,
        note=_(
            "Settle the codebook with families and workers before the first story is read. A story may have several "
            "themes; a theme counts whether the family is content with it or not."
        ),
        evidence=codebook.evidence,
        language=language,
        folded=True,
    )


def table_response(response: StoryResponse, language: Language) -> Table:
    """Everybody who was asked, by what came of it."""
    _ = language.translate
    rows = [
        {
            "label": _(label),
            "part_of": _(RESPONSE[PART_OF[name]]) if name in PART_OF else "–",
            "people": getattr(response, name) if response.known else None,
        }
        for name, label in RESPONSE.items()
    ]
    codes = (
        _("Codes that are not in the codebook: {codes}; they were left out.").format(
            codes=language.integer(response.unknown_codes)
        )
        if is_suppressed(response.unknown_codes) or response.unknown_codes
        else ""
    )
    note = _(
        "Who was asked and declined is counted too, so that it shows if only some tell. A story whose consent has "
        "ended is not used for anything."
    )
    return Table(
        id="response",
        title=_("What came of asking for stories, by {day}").format(day=language.day(response.reference_date)),
        columns=(
            Column("label", _("People")),
            Column("part_of", _("Part of")),
            Column("people", _("Number"), "integer"),
        ),
        frame=pd.DataFrame(rows).astype({"people": object}),
        note=f"{note} {codes}".strip(),
        evidence=response.evidence,
        language=language,
    )


def table_told(told: Shares, language: Language) -> Table:
    """Who told a story, by the part of the frame that they were drawn from."""
    _ = language.translate
    if not any_withheld(told.whole["n"]) and not told.whole["n"]:
        # Nobody is known to have been asked: that is unknown, and not zero.
        unknown = told.frame.astype(object).assign(count=None, n=None, n_missing=None)
        told = replace(told, frame=unknown)
    return shares_table(
        told,
        language,
        id="told",
        title=_("Who told a story, of those who were asked"),
        group=_("When asked"),
        label=lambda group: _(STRATA.get(group, group)) if group != told.dimension else group,
        count=_("Told a story"),
        n=_("Asked"),
        note=_("Who has not answered yet counts as not having told one."),
    )


def describe_response(response: StoryResponse, language: Language) -> Sentence:
    """How many were asked and told, and how many stories may be used."""
    _ = language.translate
    day = language.day(response.reference_date)
    if not response.known:
        text = _(
            "By {day} nobody is known to have been asked for a story, so nothing is known of what families tell. What "
            "is needed: the table of stories, with a row for everybody who was asked."
        ).format(day=day)
        return Sentence(text, response.evidence, language)
    parts = []
    if any_withheld(response.asked, response.told):
        parts.append(_("How many people were asked and told a story by {day} is not shown.").format(day=day))
    else:
        parts.append(
            _("Of {asked} people who were asked, {told} had told a story by {day}.").format(
                asked=language.integer(response.asked), told=language.integer(response.told), day=day
            )
        )
    if any_withheld(response.valid):
        parts.append(_("How many of the stories may be used is not shown."))
    elif any_withheld(response.families):
        parts.append(_("Stories that may be used: {valid}.").format(valid=language.integer(response.valid)))
    else:
        parts.append(
            _("Stories that may be used: {valid}, from {families} families.").format(
                valid=language.integer(response.valid), families=language.integer(response.families)
            )
        )
    return Sentence(" ".join(parts), response.evidence, language)
