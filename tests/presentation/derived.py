"""Numbers in the words of a chapter that are no value of it, each with where it comes from.

``CONVENTIONS`` are fixed by a convention, a law or a source that is named beside them. ``derived`` computes the others
anew from the values that the chapter saved and from public data: a number that stands here is checked, not let through.
"""

from __future__ import annotations

import calendar
import csv
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path

from tests.presentation.agreement import decimal_of
from tests.presentation.reading import csv_of

REGISTER_FROM = date(2023, 1, 1)  # the first start of the invented registry
DATA = Path(__file__).parents[2] / "data"
EVERYWHERE = {"95": "coverage of the intervals"}
CONVENTIONS: Mapping[str, Mapping[str, str]] = {
    "volumes": {"1000": "rates are per 1,000 youths"},
    "registration": {"14": "days within which a registration is prompt", "90": "days within which it is compared"},
    "capacity": {"80": "coverage of the inner band of the forecast"},
    "benchmark": {"90": "coverage of the interval of two one-sided tests at 5%", "6.2": "name of a task field of Iv3"},
    "counterfactual": {"1000": "use is per 1,000 inhabitants", "80": "power: four of five"},
    "pilot": {"10": "a share in words, of ten families", "80": "power", "0.5": "Cohen 1988", "0.8": "Cohen 1988"},
    "pilot_change": {
        "80": "power",
        "100": "the p-value in words, of a hundred groups",
        "50": "T score by construction",
    },
    "experience": {"1977": "Cochran", "1995": "Lin and Schaeffer", "1998": "Newcombe", "2004": "Imbens and Manski"},
    "narratives": {"2004": "Krippendorff", "0.8": "firm, Krippendorff", "0.667": "tentative, Krippendorff"},
    "legal_protection": {"100": "objections are per 100 decisions", "1000": "complaints are per 1,000 months"},
    "open_house": {"0.8": "from about here codes are called firm", "80": "power"},
    "durations": {"100": "a share in words, of every hundred that leave"},
}


class Saved:
    """Values of an edition by name: measures by id, and columns of tables."""

    def __init__(self, folder: Path, measures: Mapping[str, Mapping[str, object]], parameters: Mapping[str, object]):
        self.folder, self.measures, self.parameters = folder, measures, parameters

    def of(self, name: str, field: str = "estimate") -> Decimal:
        """Value of a measure; not a number when it is not in this edition."""
        value = self.measures.get(name, {}).get(field)
        return Decimal(str(value)) if value is not None else Decimal("NaN")

    def column(self, table: str, name: str) -> list[Decimal]:
        """Numbers of a column of a table."""
        header, rows = csv_of(self.folder / "tables" / f"{table}.csv")
        at = header.index(name)
        return [decimal_of(row[at]) or Decimal(0) for row in rows]

    def rows(self, table: str) -> list[dict[str, str]]:
        """Rows of a table."""
        header, rows = csv_of(self.folder / "tables" / f"{table}.csv")
        return [dict(zip(header, row, strict=True)) for row in rows]


def derived(saved: Saved, chapter: str) -> list[Decimal]:
    """Numbers that the words of a chapter may name because they follow from its values."""
    return [value for value in DERIVED.get(chapter, lambda _saved: [])(saved) if value.is_finite()]


def _volumes(saved: Saved) -> list[Decimal]:
    """Trajectories per client, clients per family; days of a year; inhabitants of the rate; months drawn."""
    clients = saved.of("volumes.clients")
    day = str(saved.parameters["reference_date"])
    years = (int(day[:4]) - 1, int(day[:4]) - 2)
    in_year = [Decimal(366 if calendar.isleap(year) else 365) for year in years] + [Decimal(_days_into(day) - 1)]
    return [
        saved.of("volumes.trajectories") / clients,
        clients / saved.of("volumes.families"),
        *in_year,
        _youths(),
        Decimal(len(saved.rows("volumes_monthly_inflow"))),
    ]


def _days_into(day: str) -> int:
    year, month, of_month = map(int, day.split("-"))
    return sum(calendar.monthrange(year, each)[1] for each in range(1, month)) + of_month


def _youths() -> Decimal:
    with (DATA / "benchmark" / "youth_care_use_municipalities.csv").open(encoding="utf-8", newline="") as rows:
        own = [row for row in csv.DictReader(rows) if row["municipality_code"].strip() == "GM0014"]
    last = max(own, key=lambda row: row["year"])
    return Decimal(last["population_0_14"]) + Decimal(last["population_15_24"])


def _capacity(saved: Saved) -> list[Decimal]:
    """Share of all forecasts that held; what the variants change; months for which a trajectory could be followed."""
    day = date.fromisoformat(str(saved.parameters["reference_date"]))
    n = saved.column("capacity_scores", "n")
    held = [sum(saved.column("capacity_scores", name)) / sum(n) for name in ("held_80", "held_95") if sum(n)]
    base, closed, more, *_rest = saved.column("capacity_what_ifs", "inflow_per_month")
    months = Decimal((day - REGISTER_FROM).days * 12 / 365.25).quantize(Decimal(1), ROUND_FLOOR)
    return [sum(n, Decimal(0)), *held, 1 - closed / base, more / base - 1, months]


def _costs(saved: Saved) -> list[Decimal]:
    """Share of BJH and Open House in the ledger of the last year, and their change, the sum of its parts."""
    rows = saved.rows("costs_ledger")
    last = max(row["year"] for row in rows)
    amounts = [(row["label"], decimal_of(row["eur_million"]) or Decimal(0)) for row in rows if row["year"] == last]
    parts = [amount for label, amount in amounts if label in ("BJH", "Open House")]
    whole = max(amount for _label, amount in amounts)
    effects = [key for key in saved.measures if re.fullmatch(r"costs\.ledger_\w+_effect", key)]
    return [sum(parts, Decimal(0)) / whole, sum((saved.of(key) for key in effects), Decimal(0))]


def _unit_costs(saved: Saved) -> list[Decimal]:
    """Rise of the cost per month; hours a year, and years to earn the transition back at one advantage."""
    name = "costs.unit_cost_per_trajectory_month"
    years = sorted(key for key in saved.measures if key.startswith(name))
    first, last = years[0], years[-1]
    rise = [
        saved.of(last) / saved.of(first) - 1,
        saved.of(last, "ci_low") / saved.of(first, "ci_high") - 1,
        saved.of(last, "ci_high") / saved.of(first, "ci_low") - 1,
    ]
    values = _break_even_values()
    hours = values["active_trajectories"] * values["hours_per_month"] * 12
    advantage = hours * values["advantage_per_hour"] / 10**6
    return [*rise, hours, advantage, values["transition_cost"] / advantage]


def _break_even_values() -> dict[str, Decimal]:
    with (DATA / "break_even_parameters.csv").open(encoding="utf-8", newline="") as rows:
        return {row["id"]: Decimal(row["value"]) for row in csv.DictReader(rows)}


def _benchmark(saved: Saved) -> list[Decimal]:
    """Rise of the neighbourhood teams between the years of the bridge, and the share of BJH in it."""
    rows = saved.rows("benchmark_reconciliation")
    first, last = rows[0], rows[-1]
    rise = Decimal(last["task_field_6_2"]) - Decimal(first["task_field_6_2"])
    return [rise, Decimal(last["bjh"]) / rise]


def _counterfactual(saved: Saved) -> list[Decimal]:
    """Gap as a share of the mix; how many municipalities differ as much, by size; jumps in spending."""
    found = _jumps(Decimal(str(saved.parameters["largest_change"])), int(str(saved.parameters["final_year"])))
    for scope in ("excl_6_2", "incl_6_2"):
        for row in saved.rows(f"counterfactual_counterfactual_{scope}"):
            found.append(Decimal(row["gap"]) / Decimal(row["synthetic"]))
        rows = saved.rows(f"counterfactual_placebos_{scope}")
        found.append(Decimal(sum(row["near"] in ("ja", "yes") for row in rows)))
        found += [Decimal(place) for place in range(1, len(rows) + 1) if _is_rank(saved, scope, rows, place)]
    return found


def _jumps(largest: Decimal, final_year: int) -> list[Decimal]:
    """Changes before BJH of the others that are too large for care, and the largest of the rest, in either scope."""
    found = []
    for fields in (("6.72", "6.82"), ("6.2", "6.72", "6.82")):
        changes = [change for own in _spending(fields, final_year).values() for change in _largest_change(own)]
        found += [change for change in changes if abs(change) > largest]
        found.append(max(abs(change) for change in changes if abs(change) <= largest))
    return found


def _largest_change(spent: Mapping[int, Decimal]) -> list[Decimal]:
    changes = [spent[year] / spent[year - 1] - 1 for year in range(2018, 2023)]
    return [max(changes, key=abs)]


def _spending(fields: tuple[str, ...], final_year: int) -> dict[str, dict[int, Decimal]]:
    """Per municipality but Groningen, of those with every year: thousands of euros per inhabitant and year."""
    spent: dict[str, dict[int, Decimal]] = {}
    with (DATA / "benchmark" / "iv3_municipalities.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["task_field"] in fields and row["municipality_code"] != "GM0014":
                own = spent.setdefault(row["municipality_code"], {})
                share = Decimal(row["expenditure_keur"] or "NaN") / Decimal(row["population"])
                own[int(row["year"])] = own.get(int(row["year"]), Decimal(0)) + share
    years = range(2017, final_year + 1)
    return {
        code: own for code, own in spent.items() if all(own.get(year, Decimal("NaN")).is_finite() for year in years)
    }


def _is_rank(saved: Saved, scope: str, rows: list[dict[str, str]], place: int) -> bool:
    near = sorted((abs(Decimal(row["effect"])) for row in rows if row["near"] in ("ja", "yes")), reverse=True)
    years = [key for key in saved.measures if key.startswith(f"counterfactual.effect_{scope}_")]
    own = abs(sum((saved.of(key) for key in years), Decimal(0)) / len(years))
    return place == 1 + sum(effect >= own for effect in near if effect != own)


def _pilot(saved: Saved) -> list[Decimal]:
    """Families per neighbourhood."""
    with (DATA / "published" / "council_figures.csv").open(encoding="utf-8", newline="") as rows:
        values = {row["id"]: decimal_of(row["value"]) for row in csv.DictReader(rows)}
    families, places = values["pilot_families_2023"], values["pilot_neighbourhoods_2023"]
    return [families / places] if families and places else []


def _experience(saved: Saved) -> list[Decimal]:
    """Clients from the published trajectories and the trajectories per client, with what rounding allows."""
    with (DATA / "published" / "council_figures.csv").open(encoding="utf-8", newline="") as rows:
        values = {row["id"]: row for row in csv.DictReader(rows)}
    per_client = Decimal(values["trajectories_20240325"]["value"]) / Decimal(values["clients_20240325"]["value"])
    last = values["trajectories_20250101"]
    return [Decimal(last[name]) / per_client for name in ("value", "value_low", "value_high")]


def _narratives(saved: Saved) -> list[Decimal]:
    """Pairs of themes; quotes written down."""
    themes = Decimal(len(saved.rows("narratives_codebook")))
    shown = Decimal(len(saved.rows("narratives_quotes")))
    return [themes * (themes - 1) / 2, shown + sum(saved.column("narratives_quotes_withheld", "quotes"), Decimal(0))]


def _access(saved: Saved) -> list[Decimal]:
    """The most that one late decision can cost by law: each amount for its days."""
    with (DATA / "norms.csv").open(encoding="utf-8", newline="") as rows:
        amounts = [row for row in csv.DictReader(rows) if row["id"].startswith("awb_penalty")]
    return [sum((Decimal(row["value"]) * Decimal(row["days"] or 14) for row in amounts), Decimal(0))]


def _open_house(saved: Saved) -> list[Decimal]:
    """Euros to thousands."""
    euros = saved.of("open_house.euros_last_12_months")
    return [euros.quantize(Decimal("1e3")) if euros.is_finite() else euros]


def _coherence(saved: Saved) -> list[Decimal]:
    """How often the table names the figure that limits most."""
    found = Counter(name for row in saved.rows("coherence_implied") for name in row["set_by"].split("; "))
    return [Decimal(max(found.values(), default=0))]


DERIVED: Mapping[str, Callable[[Saved], list[Decimal]]] = {
    "volumes": _volumes,
    "capacity": _capacity,
    "coherence": _coherence,
    "costs": _costs,
    "unit_costs": _unit_costs,
    "benchmark": _benchmark,
    "counterfactual": _counterfactual,
    "pilot": _pilot,
    "experience": _experience,
    "narratives": _narratives,
    "access": _access,
    "open_house": _open_house,
}
