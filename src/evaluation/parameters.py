"""What a run may be asked: one frozen, validated class of parameters per notebook.

A notebook's cell tagged ``parameters`` assigns exactly the fields of its class, and the same class checks the values
of an edition before any notebook starts. An unknown, misspelt or out-of-range value ends in a `ParameterError` of
one line that names what is allowed.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from evaluation.evidence import Refusal

PriceIndex = Literal["cpi", "vng", "vng_applied", "wage_agreement"]


def _iso_date(value: object) -> object:
    """Let dates and their ISO form through, and nothing that merely can be read as one."""
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        pass
    if type(value) is not date:
        raise ValueError("it must be an ISO date such as 2025-01-01")
    return value


IsoDate = Annotated[date, BeforeValidator(_iso_date)]


HOME = "Groningen"  # the municipality that the register, the figures shown and the statements are about
LAST_PUBLISHED_YEAR = 2024  # of the amounts that the council was shown


class ParameterError(Refusal, ValueError):
    """A parameter that is unknown or has a value that is not allowed; the message is one line for the user."""


class Parameters(BaseModel):
    """Parameters that every chapter has.

    Attributes
    ----------
    edition
        Name of the edition, a key of ``notebooks/editions.yml``.
    reference_date
        The day (peildatum) on which the register is looked at.
    language
        Language of tables, figures and sentences.
    output_folder
        Where `Page.save` writes, relative to the project root unless absolute.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    chapter: ClassVar[str]

    edition: str = Field(min_length=1)
    reference_date: IsoDate = Field(ge=date(2023, 1, 2))
    language: Literal["nl", "en"]
    output_folder: str = Field(min_length=1)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise ParameterError(_in_one_line(type(self), error)) from None


class RegistryParameters(Parameters):
    """Parameters of the chapters that read the register.

    Attributes
    ----------
    registry
        ``synthetic``; ``synthetic-protected``, the same one with the disclosure rules of a register; or the folder of a
        registry relative to the project root.
    """

    registry: str = Field(min_length=1)


class MunicipalityParameters(Parameters):
    """Parameters of the chapters on public accounts, which know other municipalities too.

    Attributes
    ----------
    municipality
        The municipality that is held against the others, as CBS writes it: one of the large ones.
    """

    municipality: str = Field(min_length=1)


class GrowthParameters(Parameters):
    """Parameters of the chapters on the growth of costs.

    Attributes
    ----------
    base_year, final_year
        First and last calendar year of the growth; the council was shown totals of 2022 to 2024.
    price_index
        Index that turns nominal into real euros.
    """

    base_year: int = Field(ge=2022, le=2024)
    final_year: int = Field(ge=2022, le=2024)
    price_index: PriceIndex

    @model_validator(mode="after")
    def _years_are_in_order_and_over(self) -> Self:
        _require_past_years(self.base_year, self.final_year, self.reference_date)
        return self


class PeriodParameters(RegistryParameters):
    """Parameters of the chapters that follow the register over a period.

    Attributes
    ----------
    since
        First day of the period over which trajectories are counted or followed.
    """

    since: IsoDate

    @model_validator(mode="after")
    def _period_is_not_empty(self) -> Self:
        if self.since >= self.reference_date:
            raise ValueError(f"since {self.since} must lie before reference_date {self.reference_date}")
        return self


class VolumesParameters(PeriodParameters):
    """Parameters of the chapter on volumes."""

    chapter: ClassVar[str] = "volumes"


class DurationsParameters(PeriodParameters):
    """Parameters of the chapter on durations.

    Attributes
    ----------
    gap_days
        Days without support that make a new start a return; a shorter gap is support that goes on.
    """

    chapter: ClassVar[str] = "durations"

    gap_days: int = Field(ge=1, le=92)


class CostsParameters(GrowthParameters, RegistryParameters):
    """Parameters of the chapter on costs."""

    chapter: ClassVar[str] = "costs"


class PilotParameters(PeriodParameters):
    """Parameters of the chapter on the pilot with family carers.

    Attributes
    ----------
    confidence_level
        Coverage of the intervals around published figures, a share.
    power
        Probability of detecting the smallest detectable effect, a share.
    """

    chapter: ClassVar[str] = "pilot"

    confidence_level: float = Field(ge=0.8, le=0.999)
    power: float = Field(ge=0.5, le=0.99)


class PilotChangeParameters(RegistryParameters):
    """Parameters of the chapter on what changed in the pilot families; all of them are set before looking.

    Attributes
    ----------
    primary_instrument, primary_domain
        The one primary outcome, a row of ``data/instruments.csv``.
    follow_up
        The later moment that is held against the start: after six or twelve months, or at the end.
    """

    chapter: ClassVar[str] = "pilot_change"

    primary_instrument: str = Field(min_length=1)
    primary_domain: str = Field(min_length=1)
    follow_up: Literal["t6", "t12", "end"]


class RegistrationParameters(PeriodParameters):
    """Parameters of the chapter on registration delay.

    Attributes
    ----------
    break_date
        Day from which registration is said to be better: starts from then on are compared with those before.
    """

    chapter: ClassVar[str] = "registration"

    break_date: IsoDate

    @model_validator(mode="after")
    def _days_are_in_order(self) -> Self:
        if self.break_date <= self.since:
            raise ValueError(f"break_date {self.break_date} must lie after since {self.since}")
        return self


class CapacityParameters(RegistryParameters):
    """Parameters of the chapter on capacity.

    Attributes
    ----------
    closed_product
        Product code that takes no new trajectories in the first what-if.
    certified_institution_factor
        What the inflow from certified institutions (GI) is multiplied by in the second; 1 changes nothing.
    hours_per_month
        Direct hours per trajectory and month in the third.
    """

    chapter: ClassVar[str] = "capacity"

    closed_product: str = Field(min_length=1)
    certified_institution_factor: float = Field(ge=0, le=10)
    hours_per_month: float = Field(gt=0, le=200)


class CoherenceParameters(Parameters):
    """Parameters of the chapter on the coherence of the published figures.

    Attributes
    ----------
    path
        What the stated reading assumes about the stock between two reference dates: ``free`` nothing, ``between`` that
        it stays within the band of both stocks, ``even`` that trajectories start and end at an even pace.
    counts
        Whether the stated reading takes round numbers of trajectories ``as_printed`` or ``rounded``.
    confidence_level
        Coverage of the intervals of chance, a share.
    """

    chapter: ClassVar[str] = "coherence"

    path: Literal["free", "between", "even"]
    counts: Literal["as_printed", "rounded"]
    confidence_level: float = Field(ge=0.8, le=0.999)


class BenchmarkParameters(GrowthParameters, MunicipalityParameters):
    """Parameters of the chapter on the comparison with other municipalities.

    Attributes
    ----------
    margin
        Largest gap in growth over the whole period that still counts as in line, a share; set before looking.
    """

    chapter: ClassVar[str] = "benchmark"

    margin: float = Field(gt=0, le=0.5)


class CounterfactualParameters(MunicipalityParameters):
    """Parameters of the chapter on what would have been spent otherwise.

    Attributes
    ----------
    start_year, final_year
        First and last year of the accounts that are used; BJH began in 2023.
    fake_year
        Year in which a start is pretended that never was, to see what the method finds then.
    largest_change
        Largest change of spending per inhabitant from one year to the next before BJH that passes for a change of care,
        a share of the year before. Municipalities with a larger one are also left out. Half by default: neither use nor
        tariffs of a large municipality move by that much in a year, moving help to another task field does.
    significance_level
        Level of the permutation tests, a share.
    """

    chapter: ClassVar[str] = "counterfactual"

    start_year: int = Field(ge=2017, le=2019)
    final_year: int = Field(ge=2023, le=2024)
    fake_year: int = Field(ge=2020, le=2022)
    largest_change: float = Field(ge=0.25, le=1)
    significance_level: float = Field(ge=0.01, le=0.2)

    @model_validator(mode="after")
    def _years_are_in_order_and_over(self) -> Self:
        if self.fake_year - self.start_year < 2:
            raise ValueError(f"fake_year {self.fake_year} needs two years before it, from start_year {self.start_year}")
        _require_past_years(self.start_year, self.final_year, self.reference_date)
        return self


class UnitCostsParameters(RegistryParameters):
    """Parameters of the chapter on unit costs and break-even.

    Attributes
    ----------
    horizon_years
        Years within which earning back the transition counts.
    seed
        Seed of the draws from the ranges of the parameters of the break-even.
    """

    chapter: ClassVar[str] = "unit_costs"

    horizon_years: int = Field(ge=1, le=30)
    seed: int = Field(ge=0)

    @property
    def final_year(self) -> int:
        """Last calendar year that was over on the reference date and of which amounts were published."""
        return min(self.reference_date.year - 1, LAST_PUBLISHED_YEAR)


class NarrativesParameters(RegistryParameters):
    """Parameters of the chapter on stories of families.

    Attributes
    ----------
    confidence_level
        Coverage of the intervals, a share.
    seed
        Seed of resampled families, of orders of stories, and of the lot among approved quotes.
    """

    chapter: ClassVar[str] = "narratives"

    confidence_level: float = Field(ge=0.8, le=0.999)
    seed: int = Field(ge=0)


class ExperienceParameters(PeriodParameters):
    """Parameters of the chapter on what clients say, and on outcomes.

    Attributes
    ----------
    score_from
        Score, in points of the questionnaire, from which a client counts as satisfied and a goal as reached.
    assumed_difference
        How far the share of satisfied clients among those who did not answer may lie from that among those who did, a
        share; 1 assumes nothing.
    """

    chapter: ClassVar[str] = "experience"

    score_from: float = Field(gt=0)
    assumed_difference: float = Field(ge=0, le=1)


class OpenHouseParameters(PeriodParameters):
    """Parameters of the chapter on the help that is still in Open House.

    Attributes
    ----------
    since
        A day in the first month that is shown; its clients are the cohort that is followed.
    change_date
        Day from which products are closed, changed or kept open.
    months_after
        Number of months after that day for which the smallest shift to be seen is reported.
    """

    chapter: ClassVar[str] = "open_house"

    change_date: IsoDate
    months_after: int = Field(ge=1, le=36)

    @model_validator(mode="after")
    def _change_lies_in_the_period(self) -> Self:
        if self.change_date <= self.since:
            raise ValueError(f"change_date {self.change_date} must lie after since {self.since}")
        return self


class AccessParameters(PeriodParameters):
    """Parameters of the chapter on access and terms.

    Attributes
    ----------
    least_per_month
        Requests in a usual month from which months are shown one by one; with fewer, quarters are.
    """

    chapter: ClassVar[str] = "access"

    least_per_month: int = Field(ge=1, le=1000)


class LegalProtectionParameters(PeriodParameters):
    """Parameters of the chapter on legal protection.

    Attributes
    ----------
    match_days
        Days within which complaints of one client, in whatever register, are taken for the same complaint.
    """

    chapter: ClassVar[str] = "legal_protection"

    match_days: int = Field(ge=0, le=366)


CHAPTERS: Mapping[str, type[Parameters]] = {
    cls.chapter: cls
    for cls in (
        VolumesParameters,
        DurationsParameters,
        RegistrationParameters,
        CapacityParameters,
        CoherenceParameters,
        CostsParameters,
        UnitCostsParameters,
        BenchmarkParameters,
        CounterfactualParameters,
        PilotParameters,
        PilotChangeParameters,
        ExperienceParameters,
        NarrativesParameters,
        AccessParameters,
        LegalProtectionParameters,
        OpenHouseParameters,
    )
}


def _require_past_years(first: int, last: int, reference_date: date) -> None:
    """Refuse years that are not in order or not over."""
    if first >= last:
        raise ValueError(f"base_year {first} must lie before final_year {last}")
    if date(last, 12, 31) >= reference_date:
        raise ValueError(f"final_year {last} is not over on reference_date {reference_date}")


def _in_one_line(cls: type[Parameters], error: ValidationError) -> str:
    """Turn the first problem that pydantic found into a line with name, value and what is allowed."""
    # A misspelt parameter is both unknown and missing; the first says which word to mend.
    problem = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
    name = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(name, cls.model_fields, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        return f"{cls.chapter}: unknown parameter {name!r}; {hint}allowed are {', '.join(cls.model_fields)}"
    if problem["type"] == "missing":
        return f"{cls.chapter}: parameter {name!r} is missing; needed are {', '.join(cls.model_fields)}"
    if not name:
        return f"{cls.chapter}: {problem['msg'].removeprefix('Value error, ')}"
    reason = problem["msg"].removeprefix("Value error, ")
    reason = reason[:1].lower() + reason[1:]
    value = str(problem["input"]) if isinstance(problem["input"], date) else problem["input"]
    return f"{cls.chapter}: parameter {name!r} is {value!r}, but {reason}"
