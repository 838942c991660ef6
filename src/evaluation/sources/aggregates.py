"""Published aggregates, from a small file of any municipality or from the presentations to the council.

The file is YAML or CSV. YAML has ``title`` and a list ``figures``; CSV has a header and one figure per row, and takes
its name as title. A figure has

========== =====================================================================================================
id         a name of its own
quantity   one of the names in `evaluation.aggregate.Quantity`, such as ``stock`` or ``mean_ended_months``
date       for a quantity of a date: ``2025-01-01``
period     for a quantity of a period: a calendar year, ``2024``, or two dates, ``2024-01-01/2024-06-30``
value      the printed number, with a decimal point and without thousands separators
rounding   ``exact``, ``nearest_50``, ``nearest_0.1`` ...; or instead of it:
low, high  the smallest and largest value that the printed one can stand for
quote      optional: the words it was printed in
========== =====================================================================================================

`data/published/coherence_example.yml` shows each of them.
"""

from __future__ import annotations

import csv
import difflib
import math
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.aggregate import DEFINITIONS, Aggregate, Aggregates, Quantity
from evaluation.evidence import Bounded, Evidence
from evaluation.sources import SourceError
from evaluation.sources.yaml_files import YamlError, read_yaml

FIELDS = ("id", "quantity", "date", "period", "value", "rounding", "low", "high", "quote")
NEAREST = "nearest_"
YEARS = range(1950, 2101)  # others are slips of the pen
TABLE = "council_figures"
MILLION = 1_000_000

# Printed figures of the presentations -> what they count. Those without a date get that of their presentation.
COUNCIL: Mapping[str, Quantity] = {
    "trajectories_start": Quantity.STOCK,
    "trajectories_20240325": Quantity.STARTED,
    "started_2024_20240325": Quantity.STARTED,
    "ended_20240325": Quantity.ENDED,
    "clients_20240325": Quantity.CLIENTS,
    "mean_ended_months_20240325": Quantity.MEAN_ENDED_MONTHS,
    "mean_running_months_20240325": Quantity.MEAN_RUNNING_MONTHS,
    "hours_per_month_20240325": Quantity.HOURS_PER_MONTH,
    "fte_2024": Quantity.FTE,
    "trajectories_20250101": Quantity.STARTED,
    "ended_20250101": Quantity.ENDED,
    "active_20250101": Quantity.STOCK,
    "mean_ended_months_20250101": Quantity.MEAN_ENDED_MONTHS,
    "hours_per_month_20250101": Quantity.HOURS_PER_MONTH,
    "fte_2025": Quantity.FTE,
    "bjh_cost_2023": Quantity.EUROS,
    "bjh_cost_2024": Quantity.EUROS,
}
OPENING = "trajectories_start"  # "van 0": before the first day of the other figures


def read_aggregates(path: Path) -> Aggregates:
    """Read a file of published aggregates.

    Raises
    ------
    SourceError
        When the file cannot be read or a figure is not what it should be; one line with file, figure, value, remedy.
    """
    title, entries = _from_csv(path) if path.suffix.lower() == ".csv" else _from_yaml(path)
    figures: dict[str, Aggregate] = {}
    for number, entry in enumerate(entries, start=1):
        figure = _figure(f"{path.name}: figure {number}", path.name, entry)
        if figure.id in figures:
            raise SourceError(
                f"{path.name}: figure {number}, id {figure.id!r} occurs twice; give each a name of its own"
            )
        figures[figure.id] = figure
    aggregates = Aggregates(title, tuple(figures.values()), Evidence.PUBLISHED, path.name)
    if len(aggregates.dates) < 2:
        raise SourceError(f"{path.name}: the figures name fewer than two dates; add one of another date or of a period")
    return aggregates


def council_aggregates(figures: pd.DataFrame, until: date) -> Aggregates:
    """Return what the presentations up to a reference date hold about stock, flow, duration, hours, fte and euros.

    Figures that were derived from printed ones are left out: they follow by themselves. A figure without a date (fte,
    the opening stock of zero) gets the last date, or the first day, of its presentation; this is a reading.

    Parameters
    ----------
    figures
        Frame of `evaluation.sources.published.published_figures`.
    until
        Reference date of the edition: later presentations are left out.
    """
    rows = figures.set_index("id").loc[list(COUNCIL)]
    dated = rows.groupby("document")["reference_date"].max().dt.date
    chosen = []
    first_day = min(_council_period(str(period))[0] for period in rows["period"].dropna())
    for name, row in rows.iterrows():
        reference = dated[row["document"]]
        if name != OPENING and reference > until:
            continue
        quantity = COUNCIL[str(name)]
        if DEFINITIONS[quantity].when == "period":
            begin, end = _council_period(str(row["period"]))
        else:
            begin, end = None, first_day if name == OPENING else reference
        factor = MILLION if row["unit"] == "eur_million" else 1
        value = Bounded(*(float(row[column]) * factor for column in ("value", "value_low", "value_high")))
        chosen.append(Aggregate(str(name), quantity, begin, end, value, str(row["quote"])))
    return Aggregates("Basis jeugdhulp, Groningen", tuple(chosen), Evidence.PUBLISHED, TABLE)


def _council_period(text: str) -> tuple[date, date]:
    if len(text) == 4:
        return date(int(text), 1, 1), date(int(text) + 1, 1, 1)
    begin, _, end = text.partition("/")
    return date.fromisoformat(begin), date.fromisoformat(end)


def _from_yaml(path: Path) -> tuple[str, list[Mapping[str, Any]]]:
    try:
        content = read_yaml(_text(path))
    except YamlError as error:
        raise SourceError(f"{path.name}: not readable as YAML ({error}); see coherence_example.yml") from None
    if not isinstance(content, dict) or not isinstance(content.get("figures"), list) or not content["figures"]:
        raise SourceError(f"{path.name}: holds no list 'figures'; see coherence_example.yml for its form")
    for number, entry in enumerate(content["figures"], start=1):
        if not isinstance(entry, dict):
            raise SourceError(f"{path.name}: figure {number} is {entry!r}; write it as fields: id, quantity, value ...")
    return str(content.get("title") or path.stem), content["figures"]


def _from_csv(path: Path) -> tuple[str, list[Mapping[str, Any]]]:
    reader = csv.DictReader(_text(path).splitlines())
    rows: list[Mapping[str, Any]] = []
    for row in reader:
        if None in row or None in row.values():
            raise SourceError(
                f"{path.name}: figure {len(rows) + 1} has other columns than the header; quote text with commas"
            )
        rows.append({name: value for name, value in row.items() if value.strip()})
    if not rows:
        raise SourceError(f"{path.name}: holds no figures; write a header ({','.join(FIELDS)}) and a row per figure")
    return path.stem, rows


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(f"{path.name}: not a text file in UTF-8; save it as one") from None


def _figure(place: str, file: str, entry: Mapping[str, Any]) -> Aggregate:
    name = str(entry.get("id") or "").strip()
    if not name:
        raise SourceError(f"{place} has no id; give it a name of its own")
    place = f"{file}: figure {name!r}"
    for field in entry:
        if field not in FIELDS:
            raise SourceError(f"{place}, unknown field {field!r}; {_near(str(field), FIELDS)}")
    quantity = _quantity(place, entry)
    begin, end = _when(place, quantity, entry)
    value = _number(place, "value", entry)
    if DEFINITIONS[quantity].counts and value != int(value):
        raise SourceError(
            f"{place}, value {entry['value']!r} is not a whole number of {quantity}; write it without separators"
        )
    return Aggregate(name, quantity, begin, end, _bounded(place, value, entry), str(entry.get("quote") or ""))


def _quantity(place: str, entry: Mapping[str, Any]) -> Quantity:
    names = [str(quantity) for quantity in Quantity]
    name = str(entry.get("quantity") or "")
    if name not in names:
        raise SourceError(f"{place}, quantity {name!r} is not known; {_near(name, names)}")
    return Quantity(name)


def _near(name: str, names: list[str] | tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    return (f"did you mean {near[0]!r}? " if near else "") + f"choose one of {', '.join(names)}"


def _when(place: str, quantity: Quantity, entry: Mapping[str, Any]) -> tuple[date | None, date]:
    wanted = DEFINITIONS[quantity].when
    other = "period" if wanted == "date" else "date"
    if other in entry or wanted not in entry:
        raise SourceError(f"{place}, {quantity} belongs to a {wanted}; give its {wanted}, and no {other}")
    if wanted == "date":
        return None, _date(place, "date", entry["date"])
    text = str(entry["period"]).strip()
    if text.isdigit() and len(text) == 4:
        return _date(place, "period", f"{text}-01-01"), _date(place, "period", f"{int(text) + 1}-01-01")
    first, slash, last = text.partition("/")
    if not slash:
        raise SourceError(f"{place}, period {text!r} is not a period; write a year or two dates with a slash between")
    begin, end = _date(place, "period", first), _date(place, "period", last)
    if begin >= end:
        raise SourceError(f"{place}, period {text!r} does not end after it begins; correct one of its dates")
    return begin, end


def _date(place: str, field: str, value: object) -> date:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value).strip())
    except ValueError:
        raise SourceError(f"{place}, {field} {str(value)!r} is not a date; write it as 2025-01-01") from None
    if isinstance(day, datetime) or day.year not in YEARS:
        raise SourceError(f"{place}, {field} {str(value)!r} is not a date of {YEARS[0]} to {YEARS[-1]}; correct it")
    return day


def _number(place: str, field: str, entry: Mapping[str, Any]) -> float:
    value = entry.get(field)
    try:
        number = math.nan if isinstance(value, bool) or value is None else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise SourceError(f"{place}, {field} {value!r} is not a number of at least zero; write it as 1273 or 5.8")
    return number


def _bounded(place: str, value: float, entry: Mapping[str, Any]) -> Bounded:
    if "low" in entry or "high" in entry:
        if "rounding" in entry and str(entry["rounding"]) != "range":
            raise SourceError(f"{place} has a rounding and a low or high; keep one of the two")
        low, high = _number(place, "low", entry), _number(place, "high", entry)
        if not low <= value <= high:
            raise SourceError(
                f"{place}, value {value:g} lies outside low {low:g} to high {high:g}; correct one of them"
            )
        return Bounded(value, low, high)
    rounding = str(entry.get("rounding") or "")
    if rounding == "exact":
        return Bounded(value, value, value)
    if rounding.startswith(NEAREST):
        try:
            step = float(rounding.removeprefix(NEAREST))
        except ValueError:
            step = math.nan
        if math.isfinite(step) and step > 0:
            return Bounded(value, max(value - step / 2, 0.0), value + step / 2)
    raise SourceError(
        f"{place}, rounding {rounding!r} is not known; choose exact or nearest_ and a step such as nearest_50, "
        "or give low and high"
    )
