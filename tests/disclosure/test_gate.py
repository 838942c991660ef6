"""The only door: nothing from the personal register passes."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

import duckdb
import pandas as pd
import pytest

from evaluation import measures
from evaluation.disclosure.gate import OPEN_TO, DisclosureError, release
from evaluation.evidence import Bounded, Evidence, Measure, PublishedFigure
from evaluation.measures.capacity import intensity
from evaluation.measures.competing import end_reasons
from evaluation.measures.dormancy import dormancy_band
from evaluation.measures.durations import mean_durations
from evaluation.measures.published import compare_with_published
from evaluation.measures.published_means import published_means
from evaluation.measures.reentry import reentry
from evaluation.measures.spells import observed_spells
from evaluation.measures.survival import trajectory_length
from evaluation.measures.survival_groups import length_by
from evaluation.measures.volumes import monthly_flow, volume_counts, volumes_by
from evaluation.presentation import durations, durations_by_group, endings, volumes
from evaluation.presentation import published_means as explained
from evaluation.presentation.figure import Figure, canvas
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table
from evaluation.snapshot import Snapshot

DUTCH = Language("nl")
SINCE = date(2023, 1, 1)
MEASURE = Measure("volumes.active", 750, "trajectories", Evidence.REGISTER, ("registry",), "count", "2024")


def of_kind(evidence: Evidence) -> dict[str, Any]:
    """One result of every kind that can leave a chapter, with the given evidence."""
    rows = duckdb.connect().sql(
        """
        select * from (values
            ('t1', 'c1', '01', date '2023-01-10', date '2023-02-10', '31'),
            ('t2', 'c2', '01', date '2023-01-30', null, null),
            ('t3', 'c3', '02', date '2023-02-20', null, null)
        ) as drawn (trajectory_id, client_key, referrer_code, start_date, end_date, end_reason)
        """
    )
    snapshot = Snapshot(rows, None, date(2023, 3, 15), evidence, "registry")
    counts = volume_counts(snapshot, SINCE)
    spells = observed_spells(snapshot, SINCE)
    table = Table("t", "Title", (Column("a", "A", "integer"),), pd.DataFrame({"a": [1]}), "", evidence, DUTCH)
    axes = canvas(title="Title", subtitle="", source="", evidence=evidence, language=DUTCH)
    return {
        "Measure": replace(MEASURE, evidence=evidence),
        "VolumeCounts": counts,
        "VolumesByGroup": volumes_by(snapshot, SINCE, "referrer_code"),
        "MonthlyFlow": monthly_flow(snapshot, SINCE),
        "MeanDurations": mean_durations(snapshot, SINCE),
        "Spells": spells,
        "TrajectoryLength": trajectory_length(spells),
        "PublishedMeans": published_means(spells, None),
        "LengthByGroup": length_by(snapshot, SINCE, "referrer_code"),
        "EndReasons": end_reasons(spells),
        "DormancyBand": dormancy_band(snapshot, spells),
        "ReEntry": reentry(snapshot, SINCE),
        "Intensity": intensity(snapshot, SINCE),
        "Comparison": compare_with_published(
            counts.measures(), {"volumes.active": PublishedFigure("2", Bounded(2, 2, 2))}
        ),
        "Table": table,
        "Figure": Figure("f", axes, "Alternative text", table),
        "Sentence": Sentence("750 trajectories were running.", evidence, DUTCH),
    }


@pytest.fixture(scope="module")
def from_register() -> dict[str, Any]:
    return of_kind(Evidence.REGISTER)


KINDS = [
    "Measure",
    "VolumeCounts",
    "VolumesByGroup",
    "MonthlyFlow",
    "MeanDurations",
    "Spells",
    "TrajectoryLength",
    "PublishedMeans",
    "LengthByGroup",
    "EndReasons",
    "DormancyBand",
    "ReEntry",
    "Intensity",
    "Comparison",
    "Table",
    "Figure",
    "Sentence",
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_from_the_personal_register_is_refused_in_one_line(kind: str, from_register: dict[str, Any]) -> None:
    result = from_register[kind]
    assert type(result).__name__ == kind
    with pytest.raises(DisclosureError) as caught:
        release(result)
    assert str(caught.value).startswith(f"{kind} comes from the personal register and may not be shown")
    assert "\n" not in str(caught.value)


def test_the_refusal_does_not_tell_the_value_it_withholds() -> None:
    with pytest.raises(DisclosureError) as caught:
        release(replace(MEASURE, estimate=123456789, n=987654321))
    assert "123456789" not in str(caught.value)
    assert "987654321" not in str(caught.value)


@pytest.mark.parametrize("evidence", [Evidence.SYNTHETIC, Evidence.PUBLISHED, Evidence.BENCHMARK])
def test_any_other_evidence_passes_as_the_very_same_object(evidence: Evidence) -> None:
    for result in of_kind(evidence).values():
        assert release(result) is result


def test_the_gate_is_closed_to_the_register_and_to_nothing_else() -> None:
    assert set(Evidence) - OPEN_TO == {Evidence.REGISTER}


def test_a_result_that_does_not_say_where_it_comes_from_does_not_pass() -> None:
    with pytest.raises(AttributeError, match="evidence"):
        release(Bounded(1, 1, 1))  # type: ignore[type-var]


def test_every_result_of_the_measures_that_carries_evidence_is_among_those_tried_above() -> None:
    modules = [
        importlib.import_module(f"evaluation.measures.{info.name}") for info in pkgutil.iter_modules(measures.__path__)
    ]
    classes = {
        found
        for module in modules
        for found in vars(module).values()
        if isinstance(found, type) and is_dataclass(found) and found.__module__ != "evaluation.snapshot"
    }
    carrying = {found.__name__ for found in classes if "evidence" in {field.name for field in fields(found)}}
    assert carrying == set(KINDS) - {"Table", "Figure", "Sentence"}


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (volumes.describe_counts, "VolumeCounts"),
        (volumes.table_comparison, "Comparison"),
        (volumes.describe_comparison, "Comparison"),
        (volumes.plot_monthly_flow, "MonthlyFlow"),
        (volumes.table_monthly_flow, "MonthlyFlow"),
        (volumes.describe_monthly_flow, "MonthlyFlow"),
        (volumes.table_by_group, "VolumesByGroup"),
        (volumes.plot_by_group, "VolumesByGroup"),
        (volumes.describe_durations, "MeanDurations"),
        (durations.plot_length, "TrajectoryLength"),
        (durations.table_curve, "TrajectoryLength"),
        (durations.table_summary, "TrajectoryLength"),
        (explained.plot_published_means, "PublishedMeans"),
        (explained.table_published_means, "PublishedMeans"),
        (explained.describe_published_means, "PublishedMeans"),
        (durations_by_group.plot_length_by_group, "LengthByGroup"),
        (durations_by_group.table_length_by_group, "LengthByGroup"),
        (durations_by_group.describe_log_rank, "LengthByGroup"),
        (endings.plot_end_reasons, "EndReasons"),
        (endings.table_end_reasons, "EndReasons"),
        (endings.describe_end_reasons, "EndReasons"),
        (endings.table_dormancy, "DormancyBand"),
        (endings.describe_dormancy, "DormancyBand"),
        (endings.plot_reentry, "ReEntry"),
        (endings.table_reentry_by_gap, "ReEntry"),
        (endings.describe_reentry, "ReEntry"),
        (endings.describe_started_again, "ReEntry"),
    ],
)
def test_a_table_figure_or_sentence_made_from_the_register_is_refused(
    make: Any, kind: str, from_register: dict[str, Any]
) -> None:
    exhibit = make(from_register[kind], DUTCH)
    assert isinstance(exhibit, Table | Figure | Sentence)
    with pytest.raises(DisclosureError):
        release(exhibit)
