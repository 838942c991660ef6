"""Months of help in Open House and in BJH by client and product: the step that every other measure of it starts from.

A trajectory is a client with a product; it runs in the calendar months in which help was bought, whoever gave it.
Consecutive months are one interval, and a month without help ends it. A trajectory of BJH is taken to run in every
calendar month of which it ran at least one day, so that both are counted in the same unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Evidence, weakest
from evaluation.snapshot import Records, Snapshot, frame_of

REASONS = ("time", "child", "combined", "elsewhere", "other")
"""Why help is not in BJH; the first four are those that the council named, the list is in data/schema."""
UNKNOWN = "unknown"
KEYS = ["client_key", "product_code"]


@dataclass(frozen=True)
class OpenHouseMonths:
    """Rows by client; an intermediate step, never shown.

    Attributes
    ----------
    help
        One row per client, product and month in Open House: `KEYS`, ``month`` (datetime64, its first day).
    bjh
        The same of BJH, products of Open House only.
    intervals
        One row per interval of consecutive months: `KEYS`, ``first``, ``last`` (datetime64), ``months`` (int),
        ``reason``, ``reason_2`` (codes, null where unknown; the latest that was given).
    payments
        One row per product, provider, month: ``product_code``, ``provider``, ``month``, ``eur``, with the number of
        lines without an amount in ``without_amount`` and of those with a client in ``with_client``.
    products
        Codes that occur in Open House in or before the last month.
    first_month
        First month of the period that is shown.
    table_begins
        First month in the table, of which it is not known which help started in it; None without rows.
    last_month
        Last calendar month that was over on the reference date.
    without_client
        Lines of the last month that could not be linked to a client.
    delivered
        Whether the table was delivered.
    reference_date, evidence, source
        As of the register.
    """

    help: pd.DataFrame
    bjh: pd.DataFrame
    intervals: pd.DataFrame
    payments: pd.DataFrame
    products: tuple[str, ...]
    first_month: pd.Timestamp
    table_begins: pd.Timestamp | None
    last_month: pd.Timestamp
    without_client: int
    delivered: bool
    reference_date: date
    evidence: Evidence
    source: str

    @property
    def known(self) -> bool:
        """Whether any help was registered in the last month: a month without lines is unknown and not empty."""
        return self.is_known(self.last_month)

    def is_known(self, month: pd.Timestamp) -> bool:
        """Return whether the table has lines of a month."""
        return bool((self.payments["month"] == month).any())

    @property
    def months(self) -> pd.DatetimeIndex:
        """The months of the period, up to the last one."""
        return pd.date_range(self.first_month, self.last_month, freq="MS")


def open_house_months(records: Records, snapshot: Snapshot, since: date) -> OpenHouseMonths:
    """Read months of help from the table ``open_house`` and from the trajectories of BJH.

    Parameters
    ----------
    records
        The table ``open_house`` as known on the reference date.
    snapshot
        The register on that day.
    since
        A day in the first month that is shown.
    """
    last = month_before(records.reference_date)
    within = f"where date_trunc('month', month) <= date '{last.date()}'"
    lines = records.frame(
        f"""select client_key, product_code, date_trunc('month', month)::timestamp as month,
              arg_max(reason_code, record_id) filter (reason_code is not null) as reason,
              arg_max_null(reason_code_2, record_id) filter (reason_code is not null) as reason_2
            from t {within} and client_key is not null group by all order by all"""
    )
    payments = records.frame(
        f"""select product_code, provider, date_trunc('month', month)::timestamp as month,
              coalesce(sum(amount_eur), 0)::double as eur, (count(*) - count(amount_eur))::int as without_amount,
              count(client_key)::int as with_client, count(*)::int as lines
            from t {within} group by all order by all"""
    )
    lines["month"], payments["month"] = _days(lines["month"]), _days(payments["month"])
    products = tuple(sorted(payments["product_code"].dropna().unique()))
    of_last = payments[payments["month"] == last]
    return OpenHouseMonths(
        help=lines[[*KEYS, "month"]],
        bjh=_bjh_months(snapshot, products, last),
        intervals=intervals(lines),
        payments=payments.drop(columns="lines"),
        products=products,
        first_month=pd.Timestamp(since).to_period("M").to_timestamp().as_unit("us"),
        table_begins=None if payments.empty else payments["month"].min(),
        last_month=last,
        without_client=int((of_last["lines"] - of_last["with_client"]).sum()),
        delivered=records.delivered,
        reference_date=records.reference_date,
        evidence=weakest((records.evidence, snapshot.evidence)),
        source=records.source,
    )


def month_before(reference_date: date) -> pd.Timestamp:
    """Return the last calendar month that was over on a day, as its first day."""
    return (pd.Timestamp(reference_date).to_period("M") - 1).to_timestamp().as_unit("us")


def intervals(lines: pd.DataFrame) -> pd.DataFrame:
    """Join consecutive months of one client and product.

    Parameters
    ----------
    lines
        One row per client, product and month, in any order: `KEYS`, ``month``, ``reason``, ``reason_2``.

    Returns
    -------
    pandas.DataFrame
        As `OpenHouseMonths.intervals`, ordered by client, product and first month.
    """
    rows = lines.sort_values([*KEYS, "month"], ignore_index=True)
    number = rows["month"].dt.year * 12 + rows["month"].dt.month
    goes_on = (number.diff() == 1) & rows[KEYS].eq(rows[KEYS].shift()).all(axis=1)
    # Both codes belong to one file: the second reviewer's is that of the month from which the first one's is taken.
    coded = rows.assign(interval=(~goes_on).cumsum(), reason_2=rows["reason_2"].where(rows["reason"].notna()))
    found = coded.groupby("interval").agg(
        client_key=("client_key", "first"),
        product_code=("product_code", "first"),
        first=("month", "first"),
        last=("month", "last"),
        months=("month", "size"),
    )
    latest = coded[coded["reason"].notna()].groupby("interval")[["reason", "reason_2"]].nth(-1)
    codes = coded.loc[latest.index, ["interval", "reason", "reason_2"]].set_index("interval")
    return found.join(codes).reset_index(drop=True)


def _bjh_months(snapshot: Snapshot, products: tuple[str, ...], last: pd.Timestamp) -> pd.DataFrame:
    """Client, product and month of every trajectory of BJH with one of the products."""
    codes = ", ".join("'" + code.replace("'", "''") + "'" for code in products) or "null"
    found = frame_of(
        snapshot.trajectories,
        f"""select distinct client_key, product_code, month::timestamp as month from (
              select client_key, product_code, unnest(generate_series(date_trunc('month', start_date),
                least(coalesce(end_date - interval 1 day, date '{last.date()}'), date '{last.date()}'),
                interval 1 month)) as month
              from t where product_code in ({codes}) and client_key is not null
                and (end_date is null or end_date > start_date))
            order by all""",
    )
    return found.assign(month=_days(found["month"]))


def _days(column: pd.Series) -> pd.Series:
    """A column of months as datetime64 of one unit, also when it is empty."""
    return pd.to_datetime(column).astype("datetime64[us]")
