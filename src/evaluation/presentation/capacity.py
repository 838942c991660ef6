"""How work, staff and what-ifs are shown in the chapter on capacity."""

from __future__ import annotations

import pandas as pd

from evaluation.evidence import Bounded, Mark, any_withheld
from evaluation.measures.forecast_scores import ForecastScores
from evaluation.measures.what_ifs import YEAR, WhatIfs
from evaluation.measures.workload import Workload, WorkloadOnDate
from evaluation.presentation.forecast import track_record
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table


def table_workload(work: Workload, language: Language) -> Table:
    """Stock, staff and hours on every date with published fte."""
    _ = language.translate
    rows = [_workload_row(on_date, language) for on_date in work.dates]
    return Table(
        id="workload",
        title=_("Running trajectories and hours per fte"),
        columns=(
            Column("day", _("Date"), "day"),
            Column("quote", _("As shown to the council"), "quote"),
            Column("active", _("Running"), "integer"),
            Column("active_per_fte", _("Running per fte")),
            Column("hours", _("Direct hours per month"), "integer"),
            Column("hours_per_fte", _("Direct hours per fte and month")),
            Column("hours_per_trajectory", _("Direct hours per trajectory and month"), "decimal"),
            Column("direct_share", _("Share of direct hours"), "percent"),
        ),
        frame=pd.DataFrame(rows),
        note=_(
            "Hours: mean of the {months} last complete months. Ranges: what the rounding of the fte leaves open. The "
            "fte are undated and not said to be filled or budgeted; each stands beside the figures shown with it."
        ).format(months=work.months),
        evidence=work.evidence,
        language=language,
    )


def describe_workload(work: Workload, language: Language) -> Sentence:
    """Trajectories and hours per fte on the reference date."""
    _ = language.translate
    now = work.now
    if now.active_per_fte is None or now.fte is None:
        text = _("No fte was published for {day}, so the work per fte is unknown.").format(day=language.day(now.day))
        return Sentence(text, work.evidence, language)
    if isinstance(now.active_per_fte, Mark):
        text = _("The number of trajectories that were running on {day} is not shown, and so neither is that per fte.")
        return Sentence(text.format(day=language.day(now.day)), work.evidence, language)
    text = _("On {day}, {active} trajectories were running and {fte} fte were shown: {per_fte} trajectories per fte.")
    text = text.format(
        day=language.day(now.day),
        active=language.integer(now.active),
        fte=language.shortest(now.fte.value.value),
        per_fte=_bounded(now.active_per_fte, language),
    )
    if now.hours_per_fte_month is None:
        return Sentence(" ".join([text, _("The hours per fte are unknown.")]), work.evidence, language)
    if isinstance(now.hours_per_fte_month, Mark):
        return Sentence(" ".join([text, _("The hours per fte are not shown.")]), work.evidence, language)
    hours = _("Each fte gave {hours} direct hours per month.").format(
        hours=_bounded(now.hours_per_fte_month, language, 1)
    )
    return Sentence(f"{text} {hours}", work.evidence, language)


def table_what_ifs(found: WhatIfs, language: Language) -> Table:
    """Stock and staff in a year, per variant beside the baseline."""
    _ = language.translate
    labels = {
        "baseline": _("As things go on"),
        "closed_product": _("Product {product} takes nobody new").format(product=found.closed_product),
        "certified_institution": _("Inflow from certified institutions (GI) times {factor}").format(
            factor=language.shortest(found.certified_institution_factor)
        ),
        "hours": _("Other number of hours per trajectory"),
        "together": _("All three together"),
    }
    closed, certified = found.closed_share, found.certified_institution_share
    shares = (
        ""
        if closed is None or certified is None or any_withheld(closed, certified) or not found.inflow.total
        else _(
            "Of the recent starts, {closed} were in product {product} and {certified} came from certified institutions."
        ).format(closed=language.percent(closed), product=found.closed_product, certified=language.percent(certified))
    )
    assumed = _(
        "In brackets: 95% band. Same random numbers in every row. Newcomers stay as long as all others did. "
        "Fte needed: as many direct hours per fte as now."
    )
    return Table(
        id="what_ifs",
        title=_("What if: running trajectories and fte in twelve months"),
        columns=(
            Column("label", _("Variant")),
            Column("inflow_per_month", _("Newly registered per month"), "decimal"),
            Column("stock_12", _("Running in twelve months"), "integer", interval=("low_12", "high_12")),
            Column("hours_per_month", _("Hours per trajectory and month"), "decimal"),
            Column("fte_12", _("Fte needed"), "integer", interval=("fte_low", "fte_high")),
        ),
        frame=found.frame.assign(label=[labels[variant] for variant in found.frame["variant"]]),
        note=f"{assumed} {shares}".strip(),
        evidence=found.evidence,
        language=language,
    )


def describe_fte_needed(found: WhatIfs, scores: ForecastScores, language: Language) -> Sentence:
    """Fte needed in a year as things go on, what that rests on, and how such forecasts did before."""
    _ = language.translate
    fte, low, high = (found.baseline[name] for name in ("fte_12", "fte_low", "fte_high"))
    if any_withheld(fte, low, high):
        text = _("The fte needed in twelve months are not shown, because not all numbers behind them can be shown.")
        return Sentence(text, found.evidence, language)
    if found.fte_now is None or fte is None or low is None or high is None:
        text = _("The fte needed in twelve months are unknown: stock, hours or fte are missing.")
        return Sentence(text, found.evidence, language)
    text = _(
        "If things go on as they did and an fte gives as many direct hours as now, about {fte} fte are needed in "
        "twelve months (95% band: {low} to {high}); {now} were shown."
    ).format(
        fte=language.integer(fte),
        low=language.integer(low),
        high=language.integer(high),
        now=language.shortest(found.fte_now.value),
    )
    rests = _("That rests on the forecast of the running trajectories and is no more certain.")
    return Sentence(f"{text} {rests} {track_record(scores, (YEAR,), language)}", found.evidence, language)


def _workload_row(on_date: WorkloadOnDate, language: Language) -> dict[str, object]:
    per_fte, hours = on_date.active_per_fte, on_date.hours_per_fte_month
    return {
        "day": on_date.day,
        "quote": None if on_date.fte is None else on_date.fte.quote,
        "active": on_date.active,
        "active_per_fte": _bounded(per_fte, language) if isinstance(per_fte, Bounded) else per_fte,
        "hours": on_date.direct_hours_per_month,
        "hours_per_fte": _bounded(hours, language, 1) if isinstance(hours, Bounded) else hours,
        "hours_per_trajectory": on_date.hours_per_trajectory_month,
        "direct_share": on_date.direct_share,
    }


def _bounded(value: Bounded, language: Language, digits: int = 2) -> str:
    """A value with what rounding leaves open: 6,70 (6,67 tot 6,73)."""
    return language.translate(N_("{value} ({low} to {high})")).format(
        value=language.decimal(value.value, digits),
        low=language.decimal(value.low, digits),
        high=language.decimal(value.high, digits),
    )
