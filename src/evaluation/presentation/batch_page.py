"""The overview of a batch: what its editions say side by side, and which were not made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Evidence, weakest
from evaluation.measures.ranking import Ranking
from evaluation.parameters import HOME
from evaluation.presentation.figure import Figure
from evaluation.presentation.language import Language
from evaluation.presentation.mark import SYNTHETIC_LONG, SYNTHETIC_MORE
from evaluation.presentation.ranking import describe_ranking, heading, plot_map, plot_ranking, table_ranking
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table
from evaluation.presentation.templating import style_sheet, template


@dataclass(frozen=True)
class MadeEdition:
    """An edition that was made.

    Attributes
    ----------
    name
        Name of its folder.
    municipality, reference_date
        What it is about.
    """

    name: str
    municipality: str
    reference_date: date


@dataclass(frozen=True)
class Overview:
    """What the overview shows.

    Attributes
    ----------
    name
        Name of the batch.
    editions
        Those that were made, in the order of the batch.
    failures
        Why each of the others was not made, by name.
    rankings
        In the order of the page.
    places
        ``municipality``, ``latitude``, ``longitude`` of every municipality that may be drawn.
    """

    name: str
    editions: tuple[MadeEdition, ...]
    failures: Mapping[str, str]
    rankings: tuple[Ranking, ...]
    places: pd.DataFrame


@dataclass(frozen=True)
class _Section:
    heading: str
    sentence: Sentence
    figures: tuple[Figure, ...]
    table: Table


def batch_page(overview: Overview, language: Language) -> tuple[str, dict[str, str]]:
    """Return the page, and its figures as SVG by name.

    Parameters
    ----------
    overview
        What it shows.
    language
        Language of the page.
    """
    _ = language.translate
    sections = [_section(ranking, overview.places, language) for ranking in overview.rankings]
    kinds = [ranking.evidence for ranking in overview.rankings]
    elsewhere = any(edition.municipality != HOME for edition in overview.editions)
    page = template("batch.html.j2").render(
        _=_,
        language=language,
        title=_("Editions side by side: {name}").format(name=overview.name),
        about=_("Batch {name}").format(name=overview.name),
        lead=_lead(overview, language),
        elsewhere=_(
            "An edition about another municipality than Groningen holds public accounts only. Basis jeugdhulp, the "
            "register and the statements to the council are Groningen's: no place on this page says anything about "
            "them."
        )
        if elsewhere
        else "",
        failures=_failures(overview.failures, language),
        sections=sections,
        caution=_caution(overview.rankings, language),
        editions=[
            {
                "name": edition.name,
                "about": _("{municipality}, reference date {day}").format(
                    municipality=edition.municipality, day=language.day(edition.reference_date)
                ),
            }
            for edition in overview.editions
        ],
        chapters=(),
        synthetic=bool(kinds) and weakest(kinds) is Evidence.SYNTHETIC,
        marked=SYNTHETIC_LONG,
        notice=SYNTHETIC_MORE,
        css=style_sheet(),
    )
    return page, {figure.id: figure.svg() for section in sections for figure in section.figures}


def _section(ranking: Ranking, places: pd.DataFrame, language: Language) -> _Section:
    figures = [plot_ranking(ranking, language)]
    if ranking.by_municipality:
        figures.append(plot_map(ranking, places, language))
    return _Section(
        heading(ranking, language),
        describe_ranking(ranking, language),
        tuple(figures),
        table_ranking(ranking, language),
    )


def _lead(overview: Overview, language: Language) -> str:
    _ = language.translate
    count = len(overview.editions)
    text = _("{made} of {asked} editions were made, about {municipalities} municipalities.").format(
        made=language.integer(count),
        asked=language.integer(count + len(overview.failures)),
        municipalities=language.integer(len({edition.municipality for edition in overview.editions})),
    )
    if not overview.rankings:
        text += " " + _("There is no value that two of them have in common, so nothing is ranked.")
    return text


def _caution(rankings: Sequence[Ranking], language: Language) -> str:
    if not any(ranking.by_municipality for ranking in rankings):
        return ""
    _ = language.translate
    return _(
        "A place is no mark for good or bad policy: high and low spending both have reasons that these accounts do not "
        "hold. Among so many municipalities some stand far out by chance alone. Municipalities without complete "
        "accounts are missing, not zero."
    )


def _failures(failures: Mapping[str, str], language: Language) -> Table | None:
    if not failures:
        return None
    _ = language.translate
    return Table(
        id="failures",
        title=_("Editions that were not made, and why"),
        columns=(Column("edition", _("Edition")), Column("cause", _("Cause"))),
        frame=pd.DataFrame(list(failures.items()), columns=["edition", "cause"]),
        note="",
        evidence=Evidence.BENCHMARK,
        language=language,
    )
