"""Help that is still bought in Open House: an invented table of months of help by client, product and provider.

Nothing of it was published but the number of providers and of products before BJH (council, 2025: "van 140 aanbieders",
"van 11 producten"). Numbers of clients, amounts and reasons are invented and say nothing about Groningen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.sources.synthetic.records.core import Core
from evaluation.sources.synthetic.trajectories import PRODUCT_CODES
from evaluation.sources.synthetic.truth import Ints

REASONS = ("time", "child", "combined", "elsewhere", "other")
FIRST_MONTH = pd.Period("2022-07", "M")


@dataclass(frozen=True)
class OpenHouseTruth:
    """What the table is drawn from.

    Attributes
    ----------
    running
        Trajectories that run in the first month.
    product_shares
        Share of each product in them and in the starts, in the order of ``PRODUCT_CODES``.
    starts_per_month
        New trajectories in the second month, all products together.
    growth_per_month
        Relative change of the starts per month, by product. Starts are Poisson around it, without autocorrelation.
    exit_per_month
        Chance that a trajectory has its last month in a month.
    gap_share
        Chance that a trajectory that ends comes back after one month without help: a new interval.
    second_product_share
        Share of trajectories whose client has a second product beside it.
    also_bjh, parallel_months
        Clients of BJH that were in Open House before, and the mean number of months of both at once (geometric).
    providers
        Providers that offer help in the first month; the number with clients falls as trajectories end.
    amount_eur, amount_cv
        Mean amount per month of the first product, with 12% more for each next one, and its coefficient of variation
        between months.
    reason_shares
        Shares of the `REASONS` for products with an odd and with an even number.
    reason_unknown
        Share of trajectories without a reason.
    second_review
        Share of the others that a second reviewer coded too.
    agreement
        Chance that the second reviewer repeats the first; else an independent draw from all reasons. Cohen's kappa
        lies near this number, because both reviewers use the reasons equally often.
    client_unknown, amount_unknown
        Shares of rows without a client or an amount.
    """

    running: int = 900
    product_shares: tuple[float, ...] = (0.22, 0.17, 0.13, 0.11, 0.1, 0.08, 0.07, 0.05, 0.04, 0.02, 0.01)
    starts_per_month: float = 46.0
    growth_per_month: tuple[float, ...] = (
        -0.05, -0.05, -0.045, -0.04, -0.02, -0.02, 0.0, -0.03, 0.01, -0.01, 0.0,
    )  # fmt: skip
    exit_per_month: float = 0.075
    gap_share: float = 0.06
    second_product_share: float = 0.06
    also_bjh: int = 190
    parallel_months: float = 5.0
    providers: int = 140
    amount_eur: float = 640.0
    amount_cv: float = 0.5
    reason_shares: tuple[tuple[float, ...], tuple[float, ...]] = (
        (0.46, 0.2, 0.2, 0.11, 0.03),
        (0.2, 0.16, 0.48, 0.12, 0.04),
    )
    reason_unknown: float = 0.12
    second_review: float = 0.5
    agreement: float = 0.7
    client_unknown: float = 0.0015
    amount_unknown: float = 0.006


TRUTH = OpenHouseTruth()


def draw_open_house(core: Core, rng: np.random.Generator) -> Mapping[str, pd.DataFrame]:
    """Return the table ``open_house``, one row per client, product and month up to the last month begun."""
    last = (pd.Timestamp(core.observed_until) - pd.Timedelta(days=1)).to_period("M")
    months = int((last - FIRST_MONTH).n) + 1
    spells = pd.concat([_own(rng, months), _before_bjh(core, rng, months)], ignore_index=True)
    spells = pd.concat([spells, _second(rng, spells)], ignore_index=True)
    spells = pd.concat([spells, _returns(rng, spells, months)], ignore_index=True)
    spells = spells[spells["first"] < months].assign(last=spells["last"].clip(upper=months - 1))
    spells = spells.drop_duplicates(["client_key", "product", "first"]).reset_index(drop=True)
    return {"open_house": _rows(rng, _with_reasons(rng, _with_provider(rng, spells)))}


def _own(rng: np.random.Generator, months: int) -> pd.DataFrame:
    """Trajectories of clients who never come to BJH: those that run at first, and the starts of each month after."""
    shares = np.array(TRUTH.product_shares)
    first = [np.zeros(rng.poisson(TRUTH.running * share), dtype=int) for share in shares]
    for number, (share, growth) in enumerate(zip(shares, TRUTH.growth_per_month, strict=True)):
        expected = TRUTH.starts_per_month * share * (1 + growth) ** np.arange(months - 1)
        first[number] = np.concatenate([first[number], np.repeat(np.arange(1, months), rng.poisson(expected))])
    product = np.repeat(np.arange(len(shares)), [len(starts) for starts in first])
    start = np.concatenate(first)
    keys = np.array([f"OH-{number:05d}" for number in rng.permutation(len(start))], dtype=object)
    return pd.DataFrame(
        {"client_key": keys, "product": product, "first": start, "last": start + _length(rng, len(start)) - 1}
    )


def _before_bjh(core: Core, rng: np.random.Generator, months: int) -> pd.DataFrame:
    """Trajectories of clients of BJH: they begin before BJH does, and go on beside it for some months."""
    began = core.trajectories.groupby("client_key")["start_date"].min().sort_index()
    chosen = began.iloc[np.sort(rng.permutation(len(began))[: TRUTH.also_bjh])]
    opened = np.array([(day.to_period("M") - FIRST_MONTH).n for day in chosen], dtype=int)
    first = np.maximum(opened - 3 - _length(rng, len(chosen)), 0)
    last = opened + rng.geometric(1 / (1 + TRUTH.parallel_months), len(chosen)) - 2
    product = rng.choice(len(PRODUCT_CODES), len(chosen), p=TRUTH.product_shares)
    found = pd.DataFrame({"client_key": chosen.index.astype(object), "product": product, "first": first, "last": last})
    return found[(found["last"] >= found["first"]) & (found["first"] < months)]


def _second(rng: np.random.Generator, spells: pd.DataFrame) -> pd.DataFrame:
    """A second product of some clients, in the same months."""
    own = spells[rng.random(len(spells)) < TRUTH.second_product_share]
    return own.assign(product=(own["product"] + rng.integers(1, len(PRODUCT_CODES), len(own))) % len(PRODUCT_CODES))


def _returns(rng: np.random.Generator, spells: pd.DataFrame, months: int) -> pd.DataFrame:
    """A new interval of the same trajectory after a month without help."""
    back = spells[(rng.random(len(spells)) < TRUTH.gap_share) & (spells["last"] + 2 < months)]
    return back.assign(first=back["last"] + 2, last=back["last"] + 1 + _length(rng, len(back)))


def _length(rng: np.random.Generator, n: int) -> Ints:
    """Months of help, geometric: one at least."""
    return rng.geometric(TRUTH.exit_per_month, n).astype(np.int64)


def _with_provider(rng: np.random.Generator, spells: pd.DataFrame) -> pd.DataFrame:
    """A provider for each trajectory; each product has providers of its own, of very different size."""
    chosen = np.zeros(len(spells), dtype=int)
    for product, own in enumerate(np.array_split(np.arange(TRUTH.providers), _cuts())):
        rows = np.flatnonzero(spells["product"] == product)
        size = 1 / np.arange(1, len(own) + 1) ** 0.6
        chosen[rows] = rng.choice(own, len(rows), p=size / size.sum())
    return spells.assign(provider=[f"Aanbieder {number + 1:03d}" for number in chosen])


def _cuts() -> Ints:
    """Where the numbered providers pass from one product to the next; the smallest product has two of them."""
    return np.maximum(np.round(np.cumsum(TRUTH.product_shares)[:-1] * TRUTH.providers), 1).astype(np.int64)


def _with_reasons(rng: np.random.Generator, spells: pd.DataFrame) -> pd.DataFrame:
    """The reason that two reviewers read in a file; the second one reads some files only."""
    shares = np.array(TRUTH.reason_shares)
    drawn = np.array([rng.choice(len(REASONS), p=shares[product % 2]) for product in spells["product"]], dtype=int)
    used = np.bincount(drawn, minlength=len(REASONS)) / max(len(drawn), 1)
    repeats = rng.random(len(spells)) < TRUTH.agreement
    second = np.where(repeats, drawn, rng.choice(len(REASONS), len(spells), p=used) if len(spells) else drawn)
    known = rng.random(len(spells)) >= TRUTH.reason_unknown
    both = known & (rng.random(len(spells)) < TRUTH.second_review)
    names = np.array(REASONS, dtype=object)
    first, other = pd.Series(names[drawn], spells.index), pd.Series(names[second], spells.index)
    return spells.assign(reason_code=first.where(known, None), reason_code_2=other.where(both, None))


def _rows(rng: np.random.Generator, spells: pd.DataFrame) -> pd.DataFrame:
    """One row per month of each interval, with its amount, in order of the months."""
    lengths = (spells["last"] - spells["first"] + 1).to_numpy(int)
    rows = spells.loc[spells.index.repeat(lengths)].reset_index(drop=True)
    offset = np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    number = rows["first"].to_numpy(int) + offset
    shape = TRUTH.amount_cv**-2
    mean = TRUTH.amount_eur * 1.12 ** rows["product"].to_numpy(int)
    amount = np.round(rng.gamma(shape, mean / shape), 2)
    rows = rows.assign(
        number=number,
        product_code=np.array(PRODUCT_CODES, dtype=object)[rows["product"].to_numpy(int)],
        month=[(FIRST_MONTH + int(n)).to_timestamp() for n in number],
        amount_eur=np.where(rng.random(len(rows)) < TRUTH.amount_unknown, np.nan, amount),
        client_key=rows["client_key"].where(rng.random(len(rows)) >= TRUTH.client_unknown, None),
    ).sort_values(["number", "product_code", "provider"], kind="stable", ignore_index=True)
    columns = ["product_code", "provider", "client_key", "month", "amount_eur", "reason_code", "reason_code_2"]
    return rows[columns].assign(record_id=[f"R{n + 1:06d}" for n in range(len(rows))])
