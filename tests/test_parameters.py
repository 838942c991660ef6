"""What a run may be asked, and the one line that refuses the rest."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from evaluation.parameters import (
    CHAPTERS,
    AccessParameters,
    BenchmarkParameters,
    CapacityParameters,
    CoherenceParameters,
    CostsParameters,
    CounterfactualParameters,
    DurationsParameters,
    ExperienceParameters,
    LegalProtectionParameters,
    NarrativesParameters,
    OpenHouseParameters,
    ParameterError,
    Parameters,
    PilotChangeParameters,
    PilotParameters,
    RegistrationParameters,
    UnitCostsParameters,
    VolumesParameters,
)

EDITION = {"edition": "2025-01-01", "reference_date": "2025-01-01", "language": "nl", "output_folder": "outputs/x"}
REGISTRY = {"registry": "synthetic", "since": "2023-01-01"}
GOOD: dict[type[Parameters], dict[str, Any]] = {
    VolumesParameters: EDITION | REGISTRY,
    DurationsParameters: EDITION | REGISTRY | {"gap_days": 1},
    CostsParameters: EDITION | {"registry": "synthetic", "base_year": 2022, "final_year": 2024, "price_index": "vng"},
    PilotParameters: EDITION | REGISTRY | {"confidence_level": 0.95, "power": 0.8},
    PilotChangeParameters: EDITION
    | {"registry": "synthetic", "primary_instrument": "SDQ", "primary_domain": "total", "follow_up": "end"},
    RegistrationParameters: EDITION | REGISTRY | {"break_date": "2023-07-01"},
    CapacityParameters: EDITION
    | {
        "registry": "synthetic",
        "closed_product": "P01",
        "certified_institution_factor": 2.0,
        "hours_per_month": 9.0,
    },
    CoherenceParameters: EDITION | {"path": "between", "counts": "as_printed", "confidence_level": 0.95},
    BenchmarkParameters: EDITION
    | {"municipality": "Utrecht", "base_year": 2022, "final_year": 2024, "price_index": "vng", "margin": 0.05},
    CounterfactualParameters: EDITION
    | {
        "municipality": "Utrecht",
        "start_year": 2017,
        "final_year": 2024,
        "fake_year": 2021,
        "largest_change": 0.5,
        "significance_level": 0.1,
    },
    ExperienceParameters: EDITION
    | {"registry": "synthetic", "since": "2023-01-01", "score_from": 7.0, "assumed_difference": 0.2},
    UnitCostsParameters: EDITION | {"registry": "synthetic", "horizon_years": 15, "seed": 1},
    NarrativesParameters: EDITION | {"registry": "synthetic", "confidence_level": 0.95, "seed": 1},
    OpenHouseParameters: EDITION | REGISTRY | {"change_date": "2025-07-01", "months_after": 6},
    AccessParameters: EDITION | REGISTRY | {"least_per_month": 30},
    LegalProtectionParameters: EDITION | REGISTRY | {"match_days": 30},
}


def refusal(kind: type[Parameters], **changes: Any) -> str:
    with pytest.raises(ParameterError) as caught:
        kind(**(GOOD[kind] | changes))
    return str(caught.value)


@pytest.mark.parametrize("kind", GOOD)
def test_good_values_are_taken_with_dates_as_dates(kind: type[Parameters]) -> None:
    parameters = kind(**GOOD[kind])
    assert parameters.reference_date == date(2025, 1, 1)
    assert parameters.model_dump(mode="json") == GOOD[kind]


def test_each_chapter_has_the_parameters_of_its_name() -> None:
    for name, kind in CHAPTERS.items():
        assert kind.__name__ == "".join(part.capitalize() for part in name.split("_")) + "Parameters"
        assert kind.chapter == name


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        # a name that does not exist: near to one that does, and far from all
        (
            PilotParameters,
            {"confidence": 0.9},
            "pilot: unknown parameter 'confidence'; did you mean 'confidence_level'? allowed are edition, "
            "reference_date, language, output_folder, registry, since, confidence_level, power",
        ),
        (
            VolumesParameters,
            {"threshold": 10},
            "volumes: unknown parameter 'threshold'; allowed are edition, reference_date, language, output_folder, "
            "registry, since",
        ),
        # out of range
        (
            PilotParameters,
            {"power": 1},
            "pilot: parameter 'power' is 1, but input should be less than or equal to 0.99",
        ),
        (
            PilotParameters,
            {"confidence_level": 95},
            "pilot: parameter 'confidence_level' is 95, but input should be less than or equal to 0.999",
        ),
        (
            CostsParameters,
            {"base_year": 2021},
            "costs: parameter 'base_year' is 2021, but input should be greater than or equal to 2022",
        ),
        (
            CostsParameters,
            {"final_year": 2025},
            "costs: parameter 'final_year' is 2025, but input should be less than or equal to 2024",
        ),
        (
            VolumesParameters,
            {"registry": ""},
            "volumes: parameter 'registry' is '', but string should have at least 1 character",
        ),
        (
            DurationsParameters,
            {"gap_days": 0},
            "durations: parameter 'gap_days' is 0, but input should be greater than or equal to 1",
        ),
        (
            DurationsParameters,
            {"since": "2025-01-01"},
            "durations: since 2025-01-01 must lie before reference_date 2025-01-01",
        ),
        (
            ExperienceParameters,
            {"assumed_difference": 20},
            "experience: parameter 'assumed_difference' is 20, but input should be less than or equal to 1",
        ),
        # one of a list
        (
            CostsParameters,
            {"price_index": "cpl"},
            "costs: parameter 'price_index' is 'cpl', but input should be 'cpi', 'vng', 'vng_applied' or "
            "'wage_agreement'",
        ),
        (
            VolumesParameters,
            {"language": "fr"},
            "volumes: parameter 'language' is 'fr', but input should be 'nl' or 'en'",
        ),
        # of another type
        (
            CostsParameters,
            {"base_year": 2022.5},
            "costs: parameter 'base_year' is 2022.5, but input should be a valid integer, got a number with a "
            "fractional part",
        ),
        (
            PilotChangeParameters,
            {"follow_up": "t9"},
            "pilot_change: parameter 'follow_up' is 't9', but input should be 't6', 't12' or 'end'",
        ),
        (PilotParameters, {"power": None}, "pilot: parameter 'power' is None, but input should be a valid number"),
        (
            VolumesParameters,
            {"since": "yesterday"},
            "volumes: parameter 'since' is 'yesterday', but it must be an ISO date such as 2025-01-01",
        ),
        (
            VolumesParameters,
            {"since": 1672531200},
            "volumes: parameter 'since' is 1672531200, but it must be an ISO date such as 2025-01-01",
        ),
        # years and dates that contradict each other
        (CostsParameters, {"base_year": 2024}, "costs: base_year 2024 must lie before final_year 2024"),
        (
            CostsParameters,
            {"base_year": 2023, "final_year": 2022},
            "costs: base_year 2023 must lie before final_year 2022",
        ),
        (
            CostsParameters,
            {"reference_date": "2024-12-31"},
            "costs: final_year 2024 is not over on reference_date 2024-12-31",
        ),
        (
            BenchmarkParameters,
            {"reference_date": "2024-12-31"},
            "benchmark: final_year 2024 is not over on reference_date 2024-12-31",
        ),
        (
            CounterfactualParameters,
            {"start_year": 2019, "fake_year": 2020},
            "counterfactual: fake_year 2020 needs two years before it, from start_year 2019",
        ),
        # a margin of nothing can never be met
        (
            BenchmarkParameters,
            {"margin": 0},
            "benchmark: parameter 'margin' is 0, but input should be greater than 0",
        ),
        (
            VolumesParameters,
            {"since": "2025-01-01"},
            "volumes: since 2025-01-01 must lie before reference_date 2025-01-01",
        ),
        (
            VolumesParameters,
            {"since": "2025-06-01"},
            "volumes: since 2025-06-01 must lie before reference_date 2025-01-01",
        ),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_in_one_line_that_says_what_is(
    kind: type[Parameters], changes: dict[str, Any], message: str
) -> None:
    assert refusal(kind, **changes) == message


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (VolumesParameters, {"since": "two\nlines"}),
        (CostsParameters, {"price_index": "two\nlines"}),
        (PilotParameters, {"power": {"two": "\n"}}),
        (PilotParameters, {"confidence_level": float("nan")}),
    ],
)
def test_a_refusal_stays_one_line_and_names_the_parameter(kind: type[Parameters], changes: dict[str, Any]) -> None:
    message = refusal(kind, **changes)
    assert "\n" not in message
    assert message.startswith(f"{kind.chapter}: parameter {next(iter(changes))!r} is ")


def test_a_missing_parameter_is_named_with_all_that_are_needed() -> None:
    with pytest.raises(ParameterError) as caught:
        VolumesParameters(**EDITION, registry="synthetic")
    assert str(caught.value) == (
        "volumes: parameter 'since' is missing; needed are edition, reference_date, language, output_folder, "
        "registry, since"
    )


@pytest.mark.parametrize("share", [0.8, 0.999])
def test_the_bounds_of_a_range_are_allowed(share: float) -> None:
    assert PilotParameters(**GOOD[PilotParameters] | {"confidence_level": share}).confidence_level == share


def test_a_year_is_over_on_the_day_after_its_last() -> None:
    parameters = CostsParameters(**GOOD[CostsParameters] | {"reference_date": "2025-01-01", "final_year": 2024})
    assert parameters.final_year == 2024


def test_the_first_reference_date_lies_a_day_after_bjh_began() -> None:
    assert VolumesParameters(**GOOD[VolumesParameters] | {"reference_date": "2023-01-02"}).reference_date == date(
        2023, 1, 2
    )
    message = refusal(PilotParameters, reference_date="2023-01-01")
    assert message.endswith("is '2023-01-01', but input should be greater than or equal to 2023-01-02")


@pytest.mark.parametrize("kind", GOOD)
def test_parameters_cannot_be_changed_after_the_check(kind: type[Parameters]) -> None:
    parameters = kind(**GOOD[kind])
    with pytest.raises(ValidationError, match="frozen"):
        parameters.language = "en"
    assert parameters.language == "nl"
