"""Protected copies of Open House: trajectories, reasons, providers and starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pandas as pd

from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, never_shown, protect, shown_estimate
from evaluation.disclosure.protected.estimates import amount, replaced, rounded
from evaluation.disclosure.protected.names import CODE, OTHER
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.suppression import SuppressionError
from evaluation.disclosure.tabulation import Relation
from evaluation.evidence import SUPPRESSED, Count, is_suppressed
from evaluation.measures.level_shift import LevelShift
from evaluation.measures.open_house import OpenHouseMonths
from evaluation.measures.open_house_products import OpenHouseProviders, ProductTrend, with_ratios
from evaluation.measures.open_house_stock import CELLS, OpenHouseStock, ReasonAgreement
from evaluation.measures.shares import share_of

never_shown(OpenHouseMonths)

TRAJECTORIES, CLIENTS, STARTED = "open_house_trajectories", "open_house_clients", "open_house_started"


def cell_of(kind: str, first: pd.Timestamp, day: date, last: pd.Timestamp | None = None, **part: str) -> CountCell:
    """Name of a count over a month, or over the months from `first` to `last`."""
    end = (first if last is None else last) + pd.offsets.MonthEnd(0)
    return CountCell(kind, str(first.date()), str(end.date()), str(day), **part)


def only_codes(frame: pd.DataFrame) -> pd.DataFrame:
    """Add up products that are no codes, which could be names; the whole (no name) stays last."""
    named = [bool(code) and CODE.fullmatch(str(code)) is None for code in frame["product_code"]]
    kept = frame.assign(product_code=frame["product_code"].where(~pd.Series(named, frame.index, dtype=bool), OTHER))
    summed = kept.groupby("product_code", sort=False).sum().reset_index()
    whole = summed["product_code"] == ""
    return pd.concat([summed[~whole], summed[whole]], ignore_index=True)


def published(
    guard: Guard,
    tables: Iterable[tuple[Mapping[CountCell, int], list[Relation]]],
    pairs: Iterable[tuple[CountCell, CountCell]] = (),
) -> dict[CountCell, Count]:
    """Publish the first of several tables, each with fewer cells, of which the small counts can be hidden.

    Cells of the earlier ones that are left out are withheld; when no table can be hidden, all of them are.
    """
    choices, pairs = list(tables), list(pairs)
    every: dict[CountCell, Count] = {cell: SUPPRESSED for counts, _relations in choices for cell in counts}
    for counts, relations in choices:
        try:
            return every | guard.publish(
                counts, relations, differences=[pair for pair in pairs if {*pair} <= {*counts}]
            )
        except SuppressionError:
            continue
    return dict(every)


@protect.register
def _(result: OpenHouseStock, guard: Guard) -> OpenHouseStock:
    day = result.reference_date
    missing = cell_of("lines_without_client", result.month, day)
    if not result.known:
        return replace(result, n_missing=guard.publish({missing: exact(result.n_missing)})[missing])
    frame = only_codes(result.products)
    codes, names = frame["product_code"].tolist(), ("trajectories", *CELLS)
    cells = {
        (code, name): cell_of(
            TRAJECTORIES, result.month, day, dimension=_dimension(code, name), group=_group(code, name)
        )
        for code, name in product(codes, names)
    }
    values = {
        cells[code, name]: int(row[name])
        for code, row in zip(codes, frame.to_dict("records"), strict=True)
        for name in names
    }
    clients = cell_of(CLIENTS, result.month, day)
    whole = {cells["", "trajectories"]: values[cells["", "trajectories"]], clients: exact(result.clients)}
    parts = codes[:-1]
    own, reasons = tuple(cells[code, "trajectories"] for code in parts), tuple(cells["", reason] for reason in CELLS)
    sums: list[Relation] = [(cells["", "trajectories"], own), (cells["", "trajectories"], reasons)]
    inner: list[Relation] = [
        (cells[code, "trajectories"], tuple(cells[code, reason] for reason in CELLS)) for code in parts
    ]
    inner += [(cells["", reason], tuple(cells[code, reason] for code in parts)) for reason in CELLS]
    margins = whole | {cell: values[cell] for cell in (*own, *reasons)}
    shown = published(
        guard, [(values | whole, [*sums, *inner]), (margins, sums), (whole, [])], [(cells["", "trajectories"], clients)]
    )
    columns = {name: [shown[cells[code, name]] for code in codes] for name in names}
    return replace(
        result,
        products=replaced(frame, columns),
        clients=shown[clients],
        n_missing=guard.publish({missing: exact(result.n_missing)})[missing],
    )


def _dimension(code: str, name: str) -> str:
    return "&".join(key for key, value in (("product_code", code), ("reason", name != "trajectories")) if value)


def _group(code: str, name: str) -> str:
    return "&".join(value for value in (code, "" if name == "trajectories" else name) if value)


@protect.register
def _(result: ReasonAgreement, guard: Guard) -> ReasonAgreement:
    day, n, same = result.reference_date, exact(result.n), exact(result.same)
    whole = cell_of(TRAJECTORIES, result.month, day)
    both, not_both, agreed, not_agreed = (
        cell_of(f"{TRAJECTORIES}:{name}", result.month, day) for name in ("coded", "not coded", "same", "not same")
    )
    counts = {both: n, not_both: exact(result.n_missing), agreed: same, not_agreed: n - same}
    counts[whole] = n + counts[not_both]
    relations: list[Relation] = [(whole, (both, not_both)), (both, (agreed, not_agreed))]
    shown = published(guard, [(counts, relations), ({whole: counts[whole]}, [])])
    share = share_of(shown[agreed], shown[both], result.level)[0]
    units = 0 if is_suppressed(share) else n
    frame = result.frame
    columns = {
        name: [
            shown_estimate(value, min(units, int(m)), "share", guard.rules)
            for value, m in zip(frame[name], frame["n"], strict=True)
        ]
        for name in ("kappa", "ci_low", "ci_high")
    }
    kappa, low, high = (
        shown_estimate(value, units, "share", guard.rules) for value in (result.kappa, result.ci_low, result.ci_high)
    )
    return replace(
        result,
        kappa=kappa,
        ci_low=low,
        ci_high=high,
        same=shown[agreed],
        share=share,
        n=shown[both],
        n_missing=shown[not_both],
        frame=replaced(frame, {**columns, "n": [SUPPRESSED] * len(frame)}),
    )


@protect.register
def _(result: OpenHouseProviders, guard: Guard) -> OpenHouseProviders:
    day, shown = result.reference_date, []
    for month, providers in zip(result.frame["month"], result.frame["providers"], strict=True):
        cell = cell_of("open_house_providers", month, day)
        shown.append(None if providers is None else guard.publish({cell: exact(providers)})[cell])
    by_product: list[Count] = []
    coded: list[bool] = []
    for code, providers in zip(result.products["product_code"], result.products["providers"], strict=True):
        cell = cell_of(
            "open_house_providers", result.frame["month"].iloc[-1], day, dimension="product_code", group=str(code)
        )
        # Providers of several products do not add up, so products that are no codes are not gathered but left out.
        coded.append(CODE.fullmatch(str(code)) is not None)
        by_product.append(guard.publish({cell: exact(providers)})[cell] if coded[-1] else SUPPRESSED)
    products = replaced(result.products, {"providers": by_product})
    return replace(
        result,
        frame=replaced(result.frame, {"providers": shown}),
        products=products[np.array(coded, dtype=bool)].reset_index(drop=True),
    )


@protect.register
def _(result: ProductTrend, guard: Guard) -> ProductTrend:
    if result.products.empty:
        return replace(result, months=result.months.iloc[:0])
    day, frame = result.reference_date, only_codes(result.products[["product_code", "starts", "starts_before"]])
    before_last = result.second - pd.DateOffset(months=1)
    spans = {"starts": (result.second, result.last), "starts_before": (result.first, before_last)}
    values: dict[CountCell, int] = {}
    relations: list[Relation] = []
    cells: dict[tuple[str, str], CountCell] = {}
    for name, (first, last) in spans.items():
        own = {
            code: cell_of(STARTED, first, day, last, dimension="product_code" if code else "", group=code)
            for code in frame["product_code"]
        }
        values |= {own[code]: int(count) for code, count in zip(frame["product_code"], frame[name], strict=True)}
        months = result.months[result.months["month"].between(first, last)]
        by_month = {
            cell_of(STARTED, month, day): int(n) for month, n in zip(months["month"], months["starts"], strict=True)
        }
        values |= by_month
        relations += [(own[""], tuple(own[code] for code in own if code)), (own[""], tuple(by_month))]
        cells |= {(name, code): cell for code, cell in own.items()}
    whole = {cells[name, ""]: values[cells[name, ""]] for name in spans}
    shown = published(guard, [(values, relations), (whole, [])])
    columns = {name: [shown[cells[name, code]] for code in frame["product_code"]] for name in spans}
    counts = replaced(frame, columns)
    ratios = with_ratios(counts, result.days, result.days_before, guard.rules.rounding_base // 2)
    return replace(result, products=ratios, months=result.months.iloc[:0])


@protect.register
def _(result: LevelShift, guard: Guard) -> LevelShift:
    day, rules, frame = result.reference_date, guard.rules, result.months
    cells = [cell_of(STARTED, month, day) for month in frame["month"]]
    values = {cell: exact(float(starts)) for cell, starts in zip(cells, frame["starts"], strict=True)}
    shown = published(guard, [(values, [])]) if values else {}
    before = int(frame.loc[~frame["after"].astype(bool), "starts"].sum())
    after = int(frame.loc[frame["after"].astype(bool), "starts"].sum())
    units = min(before, after) if result.observed else before
    shift, low, high = (
        SUPPRESSED if value is not None and units < rules.minimum_cell else rounded(value, 0)
        for value in (result.shift, result.ci_low, result.ci_high)
    )
    few = before < rules.minimum_cell
    least = result.detectable
    columns = {
        name: [SUPPRESSED if value is not None and few else rounded(value, decimals) for value in least[name]]
        for name, decimals in (("starts", 0), ("share", 2))
    }
    return replace(
        result,
        months=replaced(
            frame,
            {
                "starts": [shown[cell] for cell in cells],
                "expected": [amount(value, rules) for value in frame["expected"]],
            },
        ),
        detectable=replaced(least, columns),
        shift=shift,
        ci_low=low,
        ci_high=high,
    )
