"""Writes what a batch made: the table of all values, and the page on which editions stand side by side."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from evaluation.measures.ranking import Ranking, rank_editions
from evaluation.pipeline.batch.grid import Batch
from evaluation.pipeline.batch.results import replace_text, results_table, write_results
from evaluation.pipeline.batch.task import Outcome
from evaluation.presentation.batch_page import MadeEdition, Overview, batch_page
from evaluation.presentation.language import Language
from evaluation.sources.municipalities import municipality_locations

PAGE = "index.html"
# What a batch shows unless its file says otherwise: the first three of these that its editions have in common.
PREFERRED = (
    "benchmark.gap_excl_6_2",
    "benchmark.gap_incl_6_2",
    "counterfactual.effect_excl_6_2_2024",
    "counterfactual.effect_excl_6_2_2023",
    "benchmark.municipality_growth_excl_6_2",
    "costs.total_growth_real",
    "volumes.active",
)
MOST_SHOWN = 3


def write_overview(batch: Batch, outcomes: Sequence[Outcome], folder: Path, language: str) -> Path:
    """Write ``results.parquet``, ``results.csv``, ``figures/`` and ``index.html``; return the page.

    Parameters
    ----------
    batch
        What was asked for.
    outcomes
        How each edition ended, in the order of the batch.
    folder
        Holds a folder per edition that was made.
    language
        Language of the page.
    """
    failures = {outcome.edition: outcome.failure for outcome in outcomes if outcome.failure}
    made = [own for own in batch.editions if own.edition.name not in failures]
    table = results_table(folder, made)
    write_results(table, folder)
    frame = table.to_pandas()
    overview = Overview(
        name=batch.name,
        editions=_editions(frame),
        failures=failures,
        rankings=_rankings(frame, batch.measures),
        places=municipality_locations(),
    )
    page, figures = batch_page(overview, Language(language))
    shutil.rmtree(folder / "figures", ignore_errors=True)
    (folder / "figures").mkdir()
    for name, svg in figures.items():
        replace_text(folder / "figures" / f"{name}.svg", svg)
    replace_text(folder / PAGE, page)
    return folder / PAGE


def _editions(frame: pd.DataFrame) -> tuple[MadeEdition, ...]:
    columns = ["edition", "municipality", "reference_date"]
    rows = frame[columns].drop_duplicates("edition").itertuples(index=False, name=None)
    return tuple(MadeEdition(str(name), str(municipality), day) for name, municipality, day in rows)


def _rankings(frame: pd.DataFrame, asked: Sequence[str]) -> tuple[Ranking, ...]:
    """Rank by the measures that were asked for, or by a few that most editions have."""
    known = frame[frame["estimate"].notna()].groupby("id", sort=False)["edition"].nunique()
    shared = [name for name in (*PREFERRED, *known.index) if known.get(name, 0) > 1]
    chosen = asked or tuple(dict.fromkeys(shared))[:MOST_SHOWN]
    return tuple(ranking for name in chosen for ranking in rank_editions(frame, name))
