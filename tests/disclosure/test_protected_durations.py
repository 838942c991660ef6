"""Results on durations leave as copies in which no few people can be seen, and every exhibit can be made of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.disclosure import DisclosureError
from evaluation.disclosure.gate import Gate
from evaluation.disclosure.protected.curves import Support, resolution, shown_share, steps
from evaluation.disclosure.protected.length_groups import gathered_groups
from evaluation.disclosure.rules import default_rules
from evaluation.evidence import SUPPRESSED, Bounded, Evidence, Mark, PublishedFigure, is_suppressed
from evaluation.measures.competing import end_reasons
from evaluation.measures.dormancy import dormancy_band
from evaluation.measures.durations import mean_durations
from evaluation.measures.kaplan_meier import Estimated
from evaluation.measures.published_means import published_means
from evaluation.measures.reentry import reentry
from evaluation.measures.spells import observed_spells
from evaluation.measures.survival import trajectory_length
from evaluation.measures.survival_groups import length_by
from evaluation.pipeline.releases import audited
from evaluation.presentation import durations, durations_by_group, endings
from evaluation.presentation import published_means as explained
from evaluation.presentation.language import Language
from evaluation.snapshot import Snapshot

from .test_gate import results as volumes_of

RULES = default_rules()
SINCE, REFERENCE_DATE = date(2023, 1, 1), date(2025, 1, 1)
PUBLISHED = PublishedFigure("Gemiddelde duur van 7 maanden", Bounded(7, 6.5, 7.5))
GROUPINGS = ("start_year", "referrer_code", "phase", "product_code")


def register(rows: pd.DataFrame, evidence: Evidence = Evidence.REGISTER, until: date = REFERENCE_DATE) -> Snapshot:
    """Rows with ``start`` and ``length`` (days, missing while running), and any other column of the register."""
    rows = rows[rows["start"].astype(float) <= (until - SINCE).days].reset_index(drop=True)
    begins = pd.Timestamp(SINCE) + pd.to_timedelta(rows["start"].astype(float), unit="D")
    ends = begins + pd.to_timedelta(rows["length"].astype(float), unit="D")
    given = {
        "trajectory_id": [f"t{i}" for i in range(len(rows))],
        "client_key": [f"c{i}" for i in range(len(rows))],
        "referrer_code": "01",
        "product_code": "P01",
        "neighbourhood": "W01",
        "phase": 1,
        "end_reason": "31",
        "last_activity_date": pd.NaT,
    }
    frame = rows.assign(
        **{name: value for name, value in given.items() if name not in rows},
        start_date=begins,
        end_date=ends.where(ends <= pd.Timestamp(until)),
    )
    frame["end_reason"] = frame["end_reason"].where(frame["end_date"].notna())
    connection = duckdb.connect()
    connection.register("frame", frame)
    relation = connection.sql(
        """select * replace (start_date::date as start_date, end_date::date as end_date,
        last_activity_date::date as last_activity_date, end_reason::varchar as end_reason,
        client_key::varchar as client_key, referrer_code::varchar as referrer_code,
        neighbourhood::varchar as neighbourhood, product_code::varchar as product_code) from frame"""
    )
    return Snapshot(relation, None, until, evidence, "registry")


def drawn_rows(seed: int, n: int) -> pd.DataFrame:
    """A random register: a few from before the period, small groups, rare reasons, some silent and some returning."""
    rng = np.random.default_rng(seed)
    start = rng.integers(-60, 700, n)
    length = np.where(rng.random(n) < 0.8, rng.exponential(300, n).round(), np.nan)
    length = np.where(start + np.nan_to_num(length, nan=9999) < 0, np.nan, length)
    activity = pd.Timestamp(REFERENCE_DATE) - pd.to_timedelta(rng.integers(0, 250, n), unit="D")
    return pd.DataFrame(
        {
            "start": start,
            "length": length,
            "client_key": [f"c{i}" for i in rng.integers(0, max(1, int(n * 0.7)), n)],
            "referrer_code": rng.choice(["01", "02", "04", "Jan Jansen"], n, p=[0.6, 0.3, 0.06, 0.04]),
            "product_code": rng.choice([f"P{i:02}" for i in range(9)], n),
            "end_reason": rng.choice(["31", "32", "38", "02", "om wat mevrouw zei"], n, p=[0.6, 0.2, 0.1, 0.06, 0.04]),
            "last_activity_date": pd.Series(activity).where(rng.random(n) < 0.7),
        }
    )


SIZES = {"normal": 400, "small": 40, "tiny": 3, "empty": 0}


def drawn_register(size: str) -> Snapshot:
    return register(drawn_rows(1, SIZES[size]), Evidence.REGISTER)


def results(snapshot: Snapshot) -> list[Any]:
    """Everything that the chapter on durations shows of a register."""
    spells = observed_spells(snapshot, SINCE)
    return [
        trajectory_length(spells),
        published_means(spells, PUBLISHED),
        *(length_by(snapshot, SINCE, grouping) for grouping in GROUPINGS),
        end_reasons(spells),
        reentry(snapshot, SINCE),
        dormancy_band(snapshot, spells),
        mean_durations(snapshot, SINCE),
    ]


def counts_in(result: Any) -> list[object]:
    """Every count in a result, in its fields and in its frames."""
    fields = ("n", "n_ended", "n_entered_late", "n_running", "n_missing", "n_left", "n_returned", "started")
    found = [getattr(result, name) for name in (*fields, "started_again") if hasattr(result, name)]
    columns = ("n", "ended", "running", "left", "stopped", "events", "at_risk")
    for frame in vars(result).values():
        if isinstance(frame, pd.DataFrame):
            found += [value for name in columns if name in frame for value in frame[name]]
    return found


@pytest.mark.parametrize("size", SIZES)
def test_no_exact_or_small_count_is_left_in_a_copy(size: str) -> None:
    gate = Gate()
    for result in results(drawn_register(size)):
        shown = counts_in(gate.admit(result))
        assert all(is_suppressed(n) or n == 0 or (n >= 10 and n % 5 == 0) for n in shown), type(result).__name__


def test_each_count_of_a_copy_is_tried_by_the_test_above() -> None:
    # Were a column called otherwise, the test would pass without having looked: here it must find what is not allowed.
    for result in results(drawn_register("normal")):
        assert any(n % 5 for n in counts_in(result)), type(result).__name__


def test_observed_spells_never_leave() -> None:
    with pytest.raises(DisclosureError, match="Spells holds the length of each single trajectory"):
        Gate().admit(observed_spells(drawn_register("normal"), SINCE))


def test_a_curve_has_points_only_where_ten_are_at_risk() -> None:
    # 100 start on the first day; 10 end in each of the first 8 months, then 9 in the 14th, and 11 run on.
    lengths = [30 * month + 15 for month in range(8) for _ in range(10)] + [400] * 9 + [np.nan] * 11
    raw = trajectory_length(observed_spells(register(pd.DataFrame({"start": 0, "length": lengths})), SINCE))
    shown = Gate().admit(raw)
    # 11 are at risk up to the end, but a point after the step of 9 would show it.
    assert raw.monthly["at_risk"].min() == 11
    assert shown.monthly["month"].tolist() == list(range(14))
    # When 11 end in the 9th month, 9 are left after it.
    few = register(pd.DataFrame({"start": 0, "length": [*lengths[:80], *[250] * 11, *[np.nan] * 9]}))
    assert Gate().admit(trajectory_length(observed_spells(few, SINCE))).monthly["month"].tolist() == list(range(9))


@pytest.mark.parametrize("seed", range(5))
def test_between_two_points_of_a_curve_lie_ten_ends_or_none(seed: int) -> None:
    raw = trajectory_length(observed_spells(register(drawn_rows(seed, 500)), SINCE))
    shown = Gate().admit(raw)
    total = raw.monthly["events"].cumsum()[shown.monthly["month"]].diff()
    assert ((total.dropna() == 0) | (total.dropna() >= 10)).all()
    assert len(shown.monthly) > 5
    assert shown.monthly["survival"].is_monotonic_decreasing
    reasons = end_reasons(observed_spells(register(drawn_rows(seed, 500)), SINCE))
    curves = reasons.monthly.set_index(["reason", "month"])["events"]
    for reason, rows in Gate().admit(reasons).monthly.groupby("reason"):
        if reason != "other":
            between = curves[reason][rows["month"]].diff().dropna()
            assert ((between == 0) | (between >= 10)).all()


def test_a_curve_is_as_coarse_as_its_numbers_are() -> None:
    raw = trajectory_length(observed_spells(register(drawn_rows(3, 300)), SINCE))
    points = Gate().admit(raw).monthly.set_index("month")["survival"]
    exact = raw.monthly.set_index("month")
    for month, shown in points.items():
        level, n = exact.loc[month, ["survival", "at_risk"]]
        # Five ends less or more at this age move the curve by this much: the value hides as many as a rounded count.
        moved = 5 * level / n
        assert abs(shown - level) <= max(moved, 0.01) * 1.5
        assert any(round(shown / step, 6).is_integer() for step in (0.01, 0.02, 0.05, 0.1) if step >= moved)


@pytest.mark.parametrize(("ended", "is_shown"), [(9, False), (10, True)])
def test_estimates_on_nine_are_withheld_and_on_ten_shown(ended: int, is_shown: bool) -> None:
    rows = pd.DataFrame({"start": 0, "length": [100] * ended + [np.nan] * 60, "last_activity_date": "2024-12-31"})
    length, means, *rest = map(Gate().admit, results(register(rows)))
    by_year, dormancy = rest[0], rest[6]
    shown = [
        length.restricted[6].value,
        length.share_ended_12_months.value,
        means.ended_observed,
        means.all_within.value,
        by_year.frame["restricted_months"].iloc[0],
        dormancy.frame["restricted_6_months"].iloc[0],
    ]
    assert [not is_suppressed(value) for value in shown] == [is_shown] * len(shown)
    assert (length.n_ended, means.n_ended) == ((10, 10) if is_shown else (SUPPRESSED, SUPPRESSED))
    if not is_shown:
        assert length.monthly.empty  # the months without an end would tell when the few ended
    # The median is not reached: that is unknown, which is another thing than withheld.
    assert length.median_months == Estimated(None, None, None)


def test_neither_first_nor_last_day_nor_the_longest_leaves() -> None:
    rows = pd.DataFrame({"start": [12, *[40] * 60], "length": [650, *[200] * 30, *[np.nan] * 30]})
    length, means, *_rest, found, _band, _mean = map(Gate().admit, results(register(rows)))
    assert found.register_from == date(2023, 1, 1)  # of the 13th
    assert length.follow_up_months == means.within_months == 22.0  # 30 run since 692 days, 22.7 months
    assert means.lengths["month"].max() <= 22


def test_an_assumption_that_moves_a_few_is_withheld() -> None:
    # Of 60 that run, 9 are silent for 200 days, 12 for 100 days and 1 for 70.
    silent = [200] * 9 + [100] * 12 + [70] + [0] * 38
    last = pd.Timestamp(REFERENCE_DATE) - pd.to_timedelta(silent, unit="D")
    rows = pd.DataFrame(
        {
            "start": 5,
            "length": [*[100] * 40, *[np.nan] * 60],
            "last_activity_date": [*[pd.NaT] * 40, *last],
        }
    )
    band = Gate().admit(dormancy_band(register(rows), observed_spells(register(rows), SINCE)))
    shown = band.frame.set_index("silent_days")["restricted_6_months"]
    assert [is_suppressed(shown[days]) for days in (0, 180, 90, 60)] == [False, True, False, True]
    assert band.frame["stopped"].tolist() == [0, SUPPRESSED, 20, 20]
    assert band.curves.empty


def test_groups_with_a_name_and_small_ones_go_together_without_estimates() -> None:
    names = ["01"] * 40 + ["Familie Jansen"] * 12 + ["05"] * 4
    rows = pd.DataFrame({"start": 3, "length": [100, 200] * 28, "referrer_code": names})
    shown = Gate().admit(length_by(register(rows), SINCE, "referrer_code"))
    assert shown.frame["group"].tolist() == ["01", "other"]
    assert shown.frame["n"].tolist() == [40, 15]
    assert shown.frame["median_months"].tolist()[1] is SUPPRESSED
    assert set(shown.curves["group"]) <= {"01"}
    assert gathered_groups({"01": 40, "05": 4}, RULES) == frozenset()
    assert gathered_groups({"01": 40, "05": 4, "06": 3, "": 50}, RULES) == {"05", "06"}


def test_rare_reasons_go_together() -> None:
    reasons = ["31"] * 30 + ["32"] * 5 + ["38"] * 7 + ["na ruzie met de buren"] * 8
    rows = pd.DataFrame({"start": 3, "length": [100] * 50, "end_reason": reasons})
    shown = Gate().admit(end_reasons(observed_spells(register(rows), SINCE)))
    assert shown.by_reason["reason"].tolist() == ["31", "other"]
    assert shown.by_reason["ended"].tolist() == [30, 20]
    assert set(shown.monthly["reason"]) <= {"31", "other"}
    assert "buren" not in repr(shown)


def test_the_test_between_groups_has_two_digits_and_needs_two_groups() -> None:
    rows = pd.DataFrame(
        {"start": 3, "length": [100, 150] * 20 + [140, 190] * 20, "referrer_code": ["01"] * 40 + ["02"] * 40}
    )
    raw = length_by(register(rows), SINCE, "referrer_code")
    shown = Gate().admit(raw).log_rank
    assert shown.p_value == pytest.approx(float(f"{raw.log_rank.p_value:.1e}"))
    few = rows.assign(referrer_code=["01"] * 71 + ["02"] * 9)
    assert Gate().admit(length_by(register(few), SINCE, "referrer_code")).log_rank.p_value is SUPPRESSED


Exhibits = list[Callable[[Language], Any]]


def exhibits(admitted: list[Any]) -> Exhibits:
    """Every table, figure and sentence of the chapter."""
    length, means, *groups, reasons, found, band, _mean = admitted
    of_groups: Exhibits = []
    for group in groups:
        of_groups += [
            lambda language, group=group: durations_by_group.table_length_by_group(group, language),
            lambda language, group=group: durations_by_group.plot_length_by_group(group, language),
            lambda language, group=group: durations_by_group.describe_log_rank(group, language),
        ]
    return [
        lambda language: durations.describe_length(length, means, language),
        lambda language: durations.plot_length(length, language),
        lambda language: durations.table_summary(length, language),
        lambda language: explained.plot_published_means(means, language),
        lambda language: explained.describe_published_means(means, language),
        lambda language: explained.table_published_means(means, language),
        *of_groups,
        lambda language: endings.plot_end_reasons(reasons, language),
        lambda language: endings.describe_end_reasons(reasons, language),
        lambda language: endings.plot_reentry(found, language),
        lambda language: endings.describe_reentry(found, language),
        lambda language: endings.table_reentry_by_gap(found, language),
        lambda language: endings.describe_started_again(found, language),
        lambda language: endings.table_dormancy(band, language),
        lambda language: endings.describe_dormancy(band, language),
    ]


@pytest.mark.parametrize("code", ["nl", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_every_exhibit_can_be_made_of_copies(size: str, code: str) -> None:
    language = Language(code)
    gate = Gate()
    for make in exhibits([gate.admit(result) for result in results(drawn_register(size))]):
        exhibit = make(language)
        if hasattr(exhibit, "svg"):
            assert exhibit.svg().startswith("<svg")
            texts = [exhibit.alt, exhibit.numbers.html(), exhibit.numbers.csv()]
        elif hasattr(exhibit, "html") and hasattr(exhibit, "csv"):
            texts = [exhibit.html(), exhibit.csv()]
        else:
            texts = [exhibit.text]
            # A sentence is another one when its number is withheld, and not one with a hole in it.
            assert language.translate("a number that is not shown") not in exhibit.text
        for text in texts:
            assert not {"nan", "None", "SUPPRESSED"} & set(text.replace(",", " ").split())
            assert not set("{}") & set(text)
            assert "Jansen" not in text


@pytest.mark.parametrize("size", SIZES)
def test_measures_of_copies_carry_marks(size: str) -> None:
    gate = Gate()
    length, *_others, found, _band, _mean = map(gate.admit, results(drawn_register(size)))
    values = [measure.estimate for result in (length, found) for measure in result.measures()]
    assert all(value is None or isinstance(value, float | Mark) for value in values)
    assert any(isinstance(value, Mark) for value in values) == (size in ("tiny", "small"))


@pytest.mark.parametrize(("seed", "n"), [(0, 12), (1, 30), (2, 60), (3, 120), (4, 250), (5, 500)])
def test_nothing_hidden_can_be_computed_from_the_chapter(seed: int, n: int) -> None:
    gate, snapshot = Gate(), register(drawn_rows(seed, n))
    for result in results(snapshot):
        gate.admit(result)
    assert len(audited("drawn", [gate.publication], (), RULES).shown) > 20


@pytest.mark.parametrize(("seed", "n"), [(2, 60), (3, 120), (5, 500)])
def test_nor_from_the_chapter_and_the_one_on_volumes_together(seed: int, n: int) -> None:
    snapshot, volumes = register(drawn_rows(seed, n)), Gate()
    for result in volumes_of(snapshot):
        volumes.admit(result)
    gate = Gate(before=[volumes.publication])
    for result in results(snapshot):
        gate.admit(result)
    shown = audited("drawn", [volumes.publication, gate.publication], (), RULES).shown
    assert set(volumes.publication.shown) & set(gate.publication.shown)  # what counts the same goes by the same name
    assert len(shown) > 50


def test_nor_from_two_editions() -> None:
    rows = drawn_rows(0, 300)
    first, second = register(rows, until=date(2024, 10, 1)), register(rows)
    earlier = Gate()
    for result in results(first):
        earlier.admit(result)
    later = Gate(earlier=[earlier.publication])
    for result in results(second):
        later.admit(result)
    assert len(audited("drawn", [later.publication], [earlier.publication], RULES).shown) > 50


@pytest.mark.parametrize("size", SIZES)
def test_a_result_shown_twice_looks_the_same_twice(size: str) -> None:
    gate = Gate()
    found = results(drawn_register(size))
    once, twice = ([repr(gate.admit(result)) for result in found] for _ in range(2))
    assert once == twice


@given(st.lists(st.integers(0, 30)), st.data())
def test_steps_hold_enough_or_nothing_and_lose_no_month_in_between(events: list[int], data: st.DataObject) -> None:
    may_end = data.draw(st.lists(st.booleans(), min_size=len(events), max_size=len(events)))
    found = steps(events, may_end, RULES)
    assert all(step.events == 0 or step.events >= 10 for step in found)
    assert all(step.events == sum(events[step.first : step.last + 1]) and may_end[step.last] for step in found)
    assert [step.first for step in found] == [0, *(step.last + 1 for step in found)][: len(found)]


@given(st.floats(0, 1), st.integers(1, 5000))
def test_a_share_tells_no_more_than_its_rounded_count(share: float, units: int) -> None:
    shown = shown_share(share, units, RULES)
    if units < 50:
        assert shown is SUPPRESSED
    else:
        # The value that is shown could stand for counts that are five apart.
        step = resolution(units, RULES)
        assert step * units >= 5
        assert abs(shown - share) <= step / 2 + 0.005
    assert shown_share(None, units, RULES) is None


def test_an_age_is_shown_when_enough_ended_before_it_and_enough_are_followed_to_it() -> None:
    support = Support((4, 9, 12, 20), (40, 30, 10, 9), (0.9, 0.8, 0.7, 0.5))
    assert not support.allows(1.9, RULES)  # 9 had ended after a month
    assert support.allows(2.0, RULES)
    assert not support.allows(2.1, RULES)  # 9 are followed to the third month
    assert not support.allows(4.0, RULES)
    assert support.age(Estimated(2.0, 1.04, 2.6), RULES) == Estimated(2.0, 1.0, SUPPRESSED)
    assert support.age(Estimated(None, 1.0, None), RULES) == Estimated(None, SUPPRESSED, None)


@pytest.mark.parametrize(("moved", "withheld"), [(9, True), (10, False)])
def test_another_clock_is_withheld_where_it_moves_only_a_few(moved: int, withheld: bool) -> None:
    rows = drawn_rows(1, 400).assign(referrer_code=["01", "02"] * 200)
    began = pd.Timestamp(SINCE) - pd.Timedelta(days=200)
    observed = rows.index[rows["start"] >= 0][:moved]
    snapshot = register(rows.assign(original_start_date=pd.Series(dict.fromkeys(observed, began))), Evidence.REGISTER)
    raw, groups = trajectory_length(observed_spells(snapshot, SINCE)), length_by(snapshot, SINCE, "referrer_code")
    assert raw.original is not None
    assert (raw.original.n_transferred, groups.n_transferred) == (moved, moved)
    gate = Gate()
    shown, test = gate.admit(raw).original, gate.admit(groups)
    assert (shown.n_transferred is SUPPRESSED) is withheld
    assert withheld or shown.n_transferred % 5 == 0
    assert (shown.median_months.value is SUPPRESSED) is withheld
    assert shown.monthly.empty
    assert (test.original_log_rank.p_value is SUPPRESSED) is withheld
    assert test.n_transferred is SUPPRESSED
