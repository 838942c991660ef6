"""How the forecast of the stock, what it rests on and its score are shown in the chapter on capacity."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.ticker import MaxNLocator

from evaluation.evidence import any_withheld
from evaluation.measures.forecast import QUANTILES, StockForecast
from evaluation.measures.forecast_scores import ForecastScores
from evaluation.measures.volumes import MonthlyFlow
from evaluation.measures.what_ifs import TailSensitivity
from evaluation.presentation.figure import BJH, CONTEXT, Figure, canvas, drawn, format_axis
from evaluation.presentation.language import N_, Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table

MOMENTS = {6: N_("six months"), 12: N_("twelve months")}  # the horizons that sentences speak of


def table_forecast(forecast: StockForecast, language: Language) -> Table:
    """Median and both bands per month ahead."""
    _ = language.translate
    return Table(
        id="forecast",
        title=_("Running trajectories, forecast"),
        columns=(
            Column("day", _("Date"), "day"),
            Column("median", _("Middle"), "integer"),
            Column("low_80", _("80%, lower end"), "integer"),
            Column("high_80", _("80%, upper end"), "integer"),
            Column("low_95", _("95%, lower end"), "integer"),
            Column("high_95", _("95%, upper end"), "integer"),
        ),
        frame=forecast.frame,
        note=_(
            "Inflow as in the {months} last months, with a level that moves on as it moved so far; length of stay by "
            "Kaplan-Meier, observed up to {observed} months."
        ).format(
            months=forecast.inflow_months,
            observed=_("unknown") if forecast.observed_months is None else language.integer(forecast.observed_months),
        ),
        evidence=forecast.evidence,
        language=language,
    )


def plot_forecast(forecast: StockForecast, flow: MonthlyFlow, language: Language) -> Figure:
    """The stock so far as a line, and the forecast as a fan."""
    _ = language.translate
    table = table_forecast(forecast, language)
    axes = canvas(
        title=_("Running trajectories so far, and in the year to come"),
        subtitle=_("Number of trajectories; bands: 80% and 95% of the simulated futures"),
        source=_("Source: registry, forecast on {day}. {note}").format(
            day=language.day(forecast.reference_date), note=table.note
        ),
        evidence=forecast.evidence,
        language=language,
    )
    ends = flow.frame["month"] + pd.offsets.MonthEnd(0)
    past = ends.where(ends <= pd.Timestamp(forecast.reference_date), pd.Timestamp(forecast.reference_date))
    axes.plot(past, drawn(flow.frame["stock_end"]), color=CONTEXT, linewidth=2.5, label=_("So far"))
    ahead = forecast.frame
    if len(ahead):
        days = ahead["day"]
        low_95, low_80, middle, high_80, high_95 = (drawn(ahead[name]) for name in QUANTILES)
        axes.fill_between(days, low_95, high_95, color=BJH, alpha=0.18, lw=0, label="95%")
        axes.fill_between(days, low_80, high_80, color=BJH, alpha=0.32, lw=0, label="80%")
        axes.plot(days, middle, color=BJH, linewidth=2, label=_("Forecast, middle"))
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.xaxis.set_major_locator(MaxNLocator(8))
    format_axis(axes.yaxis.set_major_formatter, language.integer)
    format_axis(axes.xaxis.set_major_formatter, lambda day: language.month_short(_date_of(day)))
    axes.legend(frameon=False, fontsize=8.5, loc="upper left")
    return Figure("forecast", axes, _describe_ahead(forecast, language).text, table)


def describe_forecast(forecast: StockForecast, scores: ForecastScores, language: Language) -> Sentence:
    """Stock in half a year and a year, and how forecasts of the same kind did before."""
    ahead, held = _describe_ahead(forecast, language).text, track_record(scores, tuple(MOMENTS), language)
    return Sentence(f"{ahead} {held}" if _is_shown(forecast) else ahead, forecast.evidence, language)


def _is_shown(forecast: StockForecast) -> bool:
    half, year = forecast.on(6), forecast.on(12)
    return half is not None and year is not None and not any_withheld(forecast.stock, *half.values(), *year.values())


def track_record(scores: ForecastScores, horizons: Sequence[int], language: Language) -> str:
    """Say per horizon how often the band of past forecasts held what came, and where they did worse than no change.

    Parameters
    ----------
    scores
        Past forecasts and what came of them.
    horizons
        Months ahead, of `MOMENTS`.
    language
        Language of the text.
    """
    _ = language.translate
    records = [record for months in horizons if (record := scores.record(months)) is not None]
    if not records:
        return _("How often such bands held what came is not known here.")
    held = [
        _("after {moment} {held} of {n} times").format(
            moment=_(MOMENTS[record.months_ahead]),
            held=language.integer(record.held),
            n=language.integer(record.n),
        )
        for record in records
    ]
    said = [_("In past forecasts, what came lay within the 95% band {held}.").format(held=language.listing(held))]
    if worse := [_(MOMENTS[record.months_ahead]) for record in records if record.worse_than_unchanged]:
        text = _("For {moment} ahead, they did worse on average than saying that nothing changes.")
        said.append(text.format(moment=language.listing(worse)))
    if unknown := [_(MOMENTS[months]) for months in horizons if scores.record(months) is None]:
        text = _("How well forecasts for {moment} ahead did is not known here.")
        said.append(text.format(moment=language.listing(unknown)))
    return " ".join(said)


def _describe_ahead(forecast: StockForecast, language: Language) -> Sentence:
    _ = language.translate
    half, year = forecast.on(6), forecast.on(12)
    if half is None or year is None:
        text = _("Too few trajectories have ended to forecast how many will run: how long they last is not known yet.")
        return Sentence(text, forecast.evidence, language)
    if any_withheld(forecast.stock, *half.values(), *year.values()):
        text = _("Not all numbers of running trajectories can be shown, and so their forecast is left out here.")
        return Sentence(text, forecast.evidence, language)
    text = _(
        "On {day}, {stock} trajectories were running. If things go on as they did, about {half} run in six months "
        "and about {year} in twelve. The 95% band runs from {half_low} to {half_high} in six months, and from "
        "{year_low} to {year_high} in twelve."
    ).format(
        day=language.day(forecast.reference_date),
        stock=language.integer(forecast.stock),
        half=language.integer(half["median"]),
        half_low=language.integer(half["low_95"]),
        half_high=language.integer(half["high_95"]),
        year=language.integer(year["median"]),
        year_low=language.integer(year["low_95"]),
        year_high=language.integer(year["high_95"]),
    )
    inflow, stay = forecast.inflow_per_month, forecast.mean_stay_months
    mean, low, high = forecast.stationary or (None, None, None)
    if inflow is None or stay is None or mean is None or low is None or high is None:
        return Sentence(text, forecast.evidence, language)
    if any_withheld(inflow, stay, mean, low, high):
        return Sentence(text, forecast.evidence, language)
    settles = _(
        "If {inflow} trajectories were newly registered in each month and they lasted {stay} months on average, the "
        "number would settle at about {mean}, or between {low} and {high} depending on how fast the longest ones end. "
        "That is arithmetic and no forecast: inflow goes on moving, so the number can end up well outside that range."
    ).format(
        inflow=language.decimal(inflow),
        stay=language.decimal(stay),
        mean=language.integer(mean),
        low=language.integer(low),
        high=language.integer(high),
    )
    return Sentence(f"{text} {settles}", forecast.evidence, language)


def table_tail(tail: TailSensitivity, language: Language) -> Table:
    """The forecast under other assumptions about the longest trajectories."""
    _ = language.translate
    return Table(
        id="tail",
        title=_("How the forecast depends on how the longest trajectories end"),
        columns=(
            Column("tail_factor", _("Chance of ending beyond what was observed, times"), "decimal"),
            Column("mean_stay_months", _("Mean stay, months"), "decimal"),
            Column("stock_12", _("Running in twelve months"), "integer"),
            Column("low_12", _("95%, lower end"), "integer"),
            Column("high_12", _("95%, upper end"), "integer"),
            Column("stationary", _("Running in the long run"), "integer"),
        ),
        frame=tail.frame,
        note=_(
            "Observed up to {months} months; beyond, the chance of ending is taken to stay as in the last observed "
            "half year."
        ).format(months=_("unknown") if tail.observed_months is None else language.integer(tail.observed_months)),
        evidence=tail.evidence,
        language=language,
    )


def table_scores(scores: ForecastScores, language: Language) -> Table:
    """Coverage and loss of past forecasts per horizon."""
    _ = language.translate
    return Table(
        id="scores",
        title=_("How past forecasts would have done"),
        columns=(
            Column("months_ahead", _("Months ahead"), "integer"),
            Column("n", _("Forecasts"), "integer"),
            Column("held_80", _("Came within the 80% band"), "integer"),
            Column("held_95", _("Came within the 95% band"), "integer"),
            Column("pinball", _("Pinball loss"), "decimal"),
            Column("pinball_unchanged", _("Pinball loss of 'nothing changes'"), "decimal"),
        ),
        frame=scores.summary,
        note=_(
            "Made on past dates with what was known then. Forecasts overlap in time, so they are not independent. "
            "Pinball loss: mean distance in trajectories, weighted by the quantile; smaller is better."
        ),
        evidence=scores.evidence,
        language=language,
    )


def plot_scores(scores: ForecastScores, language: Language) -> Figure:
    """Every past forecast with its bands, and what came."""
    _ = language.translate
    frame = scores.frame
    axes = canvas(
        title=_("Past forecasts and what came of them"),
        subtitle=_("Number of running trajectories; bands: 80% and 95%; point: what came"),
        source=_("Source: registry as known on each past date, {n} forecasts.").format(n=language.integer(scores.n)),
        evidence=scores.evidence,
        language=language,
        height=0.7 + 0.24 * max(len(frame), 1),
    )
    positions = list(range(len(frame)))
    axes.hlines(positions, drawn(frame["low_95"]), drawn(frame["high_95"]), color=BJH, linewidth=3, alpha=0.25)
    axes.hlines(positions, drawn(frame["low_80"]), drawn(frame["high_80"]), color=BJH, linewidth=6, alpha=0.45)
    axes.plot(drawn(frame["actual"]), positions, "o", color="#1d2329", markersize=5)
    labels = [
        _("{origin}, {months} months ahead").format(origin=language.month_short(origin), months=months)
        for origin, months in zip(frame["origin"], frame["months_ahead"], strict=True)
    ]
    axes.set_yticks(positions, labels)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    format_axis(axes.xaxis.set_major_formatter, language.integer)
    return Figure("scores", axes, describe_scores(scores, language).text, table_past_forecasts(scores, language))


def table_past_forecasts(scores: ForecastScores, language: Language) -> Table:
    """Every past forecast and what came."""
    _ = language.translate
    return Table(
        id="past_forecasts",
        title=_("Past forecasts and what came of them"),
        columns=(
            Column("origin", _("Forecast on"), "day"),
            Column("day", _("Forecast for"), "day"),
            Column("median", _("Middle"), "integer"),
            Column("low_80", _("80%, lower end"), "integer"),
            Column("high_80", _("80%, upper end"), "integer"),
            Column("low_95", _("95%, lower end"), "integer"),
            Column("high_95", _("95%, upper end"), "integer"),
            Column("actual", _("What came"), "integer"),
        ),
        frame=scores.frame,
        note="",
        evidence=scores.evidence,
        language=language,
    )


def describe_scores(scores: ForecastScores, language: Language) -> Sentence:
    """How often the bands held."""
    _ = language.translate
    if scores.coverage_95 is None or scores.coverage_80 is None:
        text = (
            _("There is no past date yet from which a forecast can be scored.")
            if scores.frame.empty
            else _("Past forecasts are not scored here, because the numbers of running trajectories are not shown.")
        )
        return Sentence(text, scores.evidence, language)
    text = _(
        "Of {n} forecasts made on past dates, the 80% band held what came in {inside_80} of them and the 95% band in "
        "{inside_95}. A band that holds less often than it says is too narrow: trust it that much less."
    ).format(
        n=language.integer(scores.n),
        inside_80=language.percent(scores.coverage_80, 0),
        inside_95=language.percent(scores.coverage_95, 0),
    )
    return Sentence(text, scores.evidence, language)


def _date_of(day: float) -> pd.Timestamp:
    """Matplotlib counts days from 1 January 1970."""
    return pd.Timestamp(0) + pd.Timedelta(days=day)
