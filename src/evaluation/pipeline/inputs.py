"""What a chapter loads: tables of `sources`, turned into the typed inputs of `measures`; one call per source."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from evaluation.aggregate import Aggregates
from evaluation.evidence import Bounded, Origin, Provenance, PublishedFigure
from evaluation.measures.break_even import BreakEvenParameters, Uncertain
from evaluation.measures.costs import CouncilCosts
from evaluation.measures.narratives.codebook import SEPARATOR, Announced, Codebook, Thresholds, announced
from evaluation.measures.open_house_published import PublishedTransition
from evaluation.measures.person_time import PublishedFlow
from evaluation.measures.pilot import PilotFigures
from evaluation.measures.pilot_scores import Instrument
from evaluation.measures.unit_costs import PublishedIntensity
from evaluation.parameters import ParameterError
from evaluation.pipeline.imports import imported_files
from evaluation.pipeline.project import PROTECTED_REGISTRY, ROOT, SYNTHETIC, SYNTHETIC_REGISTRY, under_root
from evaluation.pipeline.trace import follow
from evaluation.sources.aggregates import council_aggregates
from evaluation.sources.delivery.schema import SCHEMA_FOLDER
from evaluation.sources.package import read_table, resource
from evaluation.sources.published import claims, figure, published_figures, published_value
from evaluation.sources.registry import Registry, open_registry
from evaluation.sources.synthetic import DEFAULT_TRUTH, Targets, stream_registry, synthesise, write_registry

GENERATOR = "import evaluation.sources.synthetic"
SEED = 20230101  # of the synthetic registry that the reports show
COMPARED = (
    "volumes.trajectories",
    "volumes.clients",
    "volumes.started_this_year",
    "volumes.ended",
    "volumes.active",
    "durations.mean_ended_months",
    "durations.mean_running_months",
    "capacity.hours_per_trajectory_month",
)
_SYNTHETIC = (SYNTHETIC_REGISTRY, PROTECTED_REGISTRY)
OPEN_HOUSE_CLAIMS = ("A41", "B12", "B13", *(f"B{number}" for number in range(52, 62)))
"""Statements on the move from Open House to BJH, the reasons that it is not complete, and what is decided about it."""


def load_registry(name: str) -> Registry:
    """Open the registry that a parameter names, see `registry_folder`."""
    folder = registry_folder(name)
    follow(folder)
    return open_registry(folder, SYNTHETIC_REGISTRY if name in _SYNTHETIC else folder.name)


def registry_folder(name: str) -> Path:
    """Return the folder of the registry that a parameter names.

    Parameters
    ----------
    name
        ``synthetic``, which is generated on first use, ``synthetic-protected``, the same one, or a folder relative to
        the root of the project.
    """
    return synthetic_registry() if name in _SYNTHETIC else under_root(name)


@cache
def generator_files() -> tuple[str, ...]:
    """Return the code that a synthetic registry is made by, also what that imports."""
    return tuple(sorted(imported_files([GENERATOR])))


def synthetic_registry() -> Path:
    """Return the folder of the synthetic registry, generating it when its code, its form or its targets changed."""
    files = [*(ROOT / name for name in generator_files()), *sorted(SCHEMA_FOLDER.glob("*.json"))]
    code = b"".join(path.read_bytes() for path in files)
    fingerprint = hashlib.sha256(code + resource("council_figures").sha256.encode()).hexdigest()[:12]
    folder = SYNTHETIC / f"{SEED}-{fingerprint}"
    if not folder.exists():
        SYNTHETIC.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".making-", dir=SYNTHETIC) as aside:
            made = Path(aside) / folder.name
            write_synthetic(made, seed=SEED, trajectories=None, hours=True)
            try:
                made.rename(folder)
            except OSError:
                # Another process made the same registry first; it may be in use, so it is left alone.
                if not folder.exists():
                    raise
    return folder


def write_synthetic(folder: Path, *, seed: int | None, trajectories: int | None, hours: bool) -> int:
    """Write a synthetic registry and return its number of trajectories.

    Parameters
    ----------
    folder
        Where it goes.
    seed
        Seed of the random numbers; None for that of the reports.
    trajectories
        Size of a registry that follows the known process freely; None for the one that reproduces the published
        figures.
    hours
        Whether to write hours per month too; the published size always has them.
    """
    seed = SEED if seed is None else seed
    if trajectories is not None:
        stream_registry(folder, trajectories, DEFAULT_TRUTH, seed, hours=hours)
        return trajectories
    registry = synthesise(Targets.from_figures(published_figures()), seed=seed)
    write_registry(registry, folder)
    return int(registry.trajectories.num_rows)


def published_on(reference_date: date, since: date) -> Mapping[str, PublishedFigure]:
    """Return the figures that were published for a reference date, by the id of the measure they belong to.

    A figure over a period is taken only when its period begins on `since`: others do not compare.
    """
    figures = published_figures()
    found = {}
    for measure in COMPARED:
        value = published_value(figures, measure, reference_date)
        row = figures[(figures["measure"] == measure) & (figures["reference_date"] == pd.Timestamp(reference_date))]
        if value is None or row.empty:
            continue
        begin, _, end = str(row["period"].iloc[0]).partition("/")
        if not end or begin == str(since):
            found[measure] = PublishedFigure(str(row["quote"].iloc[0]), value)
    return found


def council_costs() -> CouncilCosts:
    """Return the amounts that the council was shown, in millions of euros by year."""
    figures = published_figures()
    ids = set(figures["id"])
    years = range(2022, 2025)
    percent = figure(figures, "total_growth_2022_2024")
    return CouncilCosts(
        total={year: figure(figures, f"total_cost_{year}") for year in years},
        bjh={year: figure(figures, f"bjh_cost_{year}") for year in years if f"bjh_cost_{year}" in ids},
        growth={(2022, 2024): Bounded(percent.value / 100, percent.low / 100, percent.high / 100)},
        transition={(2022, 2024): figure(figures, "transition_cost_2022_2024")},
    )


def published_flow() -> PublishedFlow:
    """Return the counts and means that were published for the dates of both presentations."""
    figures = published_figures()
    days = date(2024, 3, 25), date(2025, 1, 1)
    first, second = (f"{day:%Y%m%d}" for day in days)
    return PublishedFlow(
        first_date=days[0],
        second_date=days[1],
        started=(figure(figures, f"trajectories_{first}"), figure(figures, f"trajectories_{second}")),
        ended=(figure(figures, f"ended_{first}"), figure(figures, f"ended_{second}")),
        active=(figure(figures, f"active_{first}"), figure(figures, f"active_{second}")),
        started_this_year=figure(figures, f"started_2024_{first}"),
        mean_ended_months=figure(figures, f"mean_ended_months_{first}"),
        mean_running_months=figure(figures, f"mean_running_months_{first}"),
    )


def published_intensity() -> PublishedIntensity:
    """Return hours per month by year, trajectories per client, and the mean length, as published."""
    figures = published_figures()
    return PublishedIntensity(
        hours_per_month={
            2023: figure(figures, "hours_per_month_20240325"),
            2024: figure(figures, "hours_per_month_20250101"),
        },
        repeats=figure(figures, "trajectories_20240325") / figure(figures, "clients_20240325"),
        mean_ended_months=figure(figures, "mean_ended_months_20250101"),
    )


def cost_context() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the drivers that the council was told, and other public figures about Groningen."""
    return read_table("cost_drivers"), read_table("groningen_context")


def break_even_parameters() -> BreakEvenParameters:
    """Return the parameters of the break-even with their ranges and sources."""
    rows = read_table("break_even_parameters").to_dict("records")
    return BreakEvenParameters(
        **{
            str(row["id"]): Uncertain(
                range=Bounded(row["value"], row["value_low"], row["value_high"]),
                unit=row["unit"],
                distribution=row["distribution"],
                source=row["source"],
                assumed=str(row["source"]).startswith("assumption"),
            )
            for row in rows
        }
    )


def pilot_figures() -> PilotFigures:
    """Return the figures of the pilot that the council was shown."""
    figures = published_figures()
    columns = ["quote", "value", "value_low", "value_high", "unit", "status"]
    year = int(figures.loc[figures["id"] == "pilot_families_2023", "period"].iloc[0])
    return PilotFigures(
        year=year,
        families=round(figure(figures, "pilot_families_2023").value),
        new_families=round(figure(figures, "pilot_new_families_2023").value),
        single_mother_share=figure(figures, "pilot_single_mother_share_2023"),
        length_months=figure(figures, "pilot_length_months_2023"),
        hours_per_family=figure(figures, "pilot_hours_per_family_2023"),
        neighbourhoods=round(figure(figures, "pilot_neighbourhoods_2023").value),
        printed=figures.loc[figures["id"].str.startswith("pilot_"), columns].reset_index(drop=True),
    )


def codebook() -> Codebook:
    """Return the themes of stories, with the words of the statements that they were taken from."""
    frame, said = read_table("codebook"), claims().set_index("id")["quote"]
    ids = [str(cell).split(SEPARATOR) if isinstance(cell, str) else [] for cell in frame["claims"]]
    return Codebook(frame.assign(quotes=["; ".join(str(said[one]) for one in row) for row in ids]))


def announced_narratives() -> Announced:
    """Return what both presentations announced about stories."""
    return announced(claims(), published_figures(), codebook())


def narrative_thresholds() -> Thresholds:
    """Return from when codes of stories carry a conclusion."""
    rows = read_table("narrative_thresholds")
    return Thresholds(**dict(zip(rows["id"], rows["value"], strict=True)))


def council_open_house() -> PublishedTransition:
    """Return what the council was told of the move from Open House to BJH."""
    figures, told = published_figures(), claims()
    return PublishedTransition(
        providers=(figure(figures, "providers_before").value, figure(figures, "providers_after").value),
        products=(figure(figures, "products_before").value, figure(figures, "tasks_after").value),
        statements=told.loc[told["id"].isin(OPEN_HOUSE_CLAIMS), ["id", "quote", "value", "unit", "reference_date"]],
    )


def instruments() -> tuple[Instrument, ...]:
    """Return what is known of the outcomes on which families are scored."""
    rows = read_table("instruments").to_dict("records")
    return tuple(
        Instrument(
            name=str(row["instrument"]),
            domain=str(row["domain"]),
            domain_nl=str(row["name_nl"]),
            higher_is_better=None if pd.isna(row["better"]) else row["better"] == "higher",
            low=_or_none(row["scale_low"]),
            high=_or_none(row["scale_high"]),
            reliability=_or_none(row["reliability"]),
            reliability_kind="" if pd.isna(row["reliability_kind"]) else str(row["reliability_kind"]),
            norm_sd=_or_none(row["norm_sd"]),
            source=str(row["source"]),
            remark="" if pd.isna(row["remark"]) else str(row["remark"]),
        )
        for row in rows
    )


def primary_outcome(found: Sequence[Instrument], instrument: str, domain: str) -> Instrument:
    """Return the outcome that the parameters name in advance.

    Raises
    ------
    ParameterError
        When ``data/instruments.csv`` does not describe it, or not in which direction it is better.
    """
    usable = [one for one in found if one.higher_is_better is not None]
    chosen = [one for one in usable if (one.name, one.domain) == (instrument, domain)]
    if not chosen:
        allowed = ", ".join(f"{one.name} {one.domain}" for one in usable)
        raise ParameterError(
            f"pilot_change: parameters 'primary_instrument' and 'primary_domain' are {instrument!r} and {domain!r}, "
            f"but data/instruments.csv describes {allowed}"
        )
    return chosen[0]


def _or_none(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def council_coherence(reference_date: date) -> Aggregates:
    """Return the figures on stock, flow, duration, hours, fte and euros shown up to a reference date."""
    return council_aggregates(published_figures(), reference_date)


def provenance(*resources: str, registry: Registry | None = None, tables: tuple[str, ...] = ()) -> Provenance:
    """Return where the numbers of a chapter come from.

    Parameters
    ----------
    resources
        Names of tables in the data package.
    registry
        The registry, when the chapter uses one.
    tables
        Its tables, when the chapter uses others than trajectories and hours.
    """
    origins = [] if registry is None else registry.provenance(*tables)
    for entry in map(resource, resources):
        origins.append(Origin(entry.name, entry.evidence, entry.rows, entry.period, entry.sha256))
    return Provenance(tuple(origins))
