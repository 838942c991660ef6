"""Access and legal protection of a register: every size can be shown, and nothing hidden can be computed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.disclosure import DisclosureError
from evaluation.disclosure.gate import Gate
from evaluation.disclosure.rules import default_rules
from evaluation.evidence import Evidence, Mark, is_suppressed
from evaluation.measures.clocks import application_clock, request_clocks, standing
from evaluation.measures.complaints import complaints, complaints_missed
from evaluation.measures.decision_terms import decision_free, decision_terms
from evaluation.measures.legal_funnel import legal_funnel
from evaluation.measures.objections import objections, rights_observatory
from evaluation.measures.plan_use import plan_use
from evaluation.measures.waiting import waiting
from evaluation.measures.waiting_groups import waiting_by_entry, waiting_by_team
from evaluation.pipeline.releases import audited
from evaluation.pipeline.rights_inputs import access_statements, legal_statements, norms, ombudsman_cases
from evaluation.presentation import (
    access,
    access_groups,
    statements,
)
from evaluation.presentation import complaints as complaints_shown
from evaluation.presentation import (
    decision_terms as terms_shown,
)
from evaluation.presentation import (
    legal_funnel as funnel_shown,
)
from evaluation.presentation import (
    objections as objections_shown,
)
from evaluation.presentation import (
    plan_use as plans_shown,
)
from evaluation.presentation.figure import Figure
from evaluation.presentation.language import Language
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Table
from evaluation.sources.synthetic.records.access import draw_access
from evaluation.sources.synthetic.records.complaints import draw_complaints
from evaluation.sources.synthetic.records.core import Core
from evaluation.sources.synthetic.records.legal import draw_legal
from evaluation.sources.synthetic.records.plans import draw_plans
from tests.measures.recorded import DAY, SINCE, recorded, trajectories

NL, EN = Language("nl"), Language("en")
NORMS = norms(DAY)
TABLES = ("referrals", "decisions", "offers", "complaints", "plans")
SIZES = {"not delivered": None, "empty": 0, "one": 1, "nine": 9, "small": 60, "normal": 900, "all waiting": -30}


def core(size: int, seed: int) -> Core:
    random = np.random.default_rng(seed)
    start = pd.Timestamp(SINCE) + pd.to_timedelta(random.integers(0, 730, size), "D")
    end = pd.Series(start + pd.to_timedelta(random.exponential(240, size).astype(int) + 1, "D"))
    rows = pd.DataFrame(
        {
            "client_key": [f"c{i}" for i in range(size)],
            "referrer_code": "01",
            "team": random.choice(["T01", "T02", "Team Jan"], size, p=[0.6, 0.3, 0.1]) if size else [],
            "start_date": start,
            "end_date": end.where(end <= pd.Timestamp(DAY)),
        }
    )
    return Core(rows, pd.DataFrame({"client_key": rows["client_key"]}), pd.DataFrame(), SINCE, DAY)


def drawn_tables(size: int | None, seed: int = 1) -> dict[str, pd.DataFrame | None]:
    """Tables of a register of so many trajectories; a negative size is of requests that all still wait."""
    if size is None:
        return dict.fromkeys(TABLES)
    if size < 0:
        day = pd.Timestamp(DAY) - pd.Timedelta(days=20)
        rows = {"referral_id": range(-size), "client_key": [f"c{i}" for i in range(-size)], "referrer_code": "01"}
        waiting_rows = pd.DataFrame(rows).assign(signal_date=day, team="T01")
        return {**drawn_tables(0), "referrals": waiting_rows}
    base, random = core(size, seed), np.random.default_rng(seed)
    made: dict[str, pd.DataFrame | None] = {}
    for draw in (draw_access, draw_legal, draw_complaints, draw_plans):
        made |= draw(base, random)
    received = made["complaints"]
    assert received is not None
    made["complaints"] = received.head(size // 8)
    return made


def results(size: int | None, evidence: Evidence, seed: int = 1) -> dict[str, Any]:
    """Everything that both chapters show."""
    frames = drawn_tables(size, seed)
    found = {name: recorded(name, frames[name], evidence) for name in TABLES}
    n = max(size or 0, 0)
    days = [(str(row.start_date)[:10], None if pd.isna(row.end_date) else str(row.end_date)[:10])
            for row in core(n, seed).trajectories.itertuples()]  # fmt: skip
    snapshot = trajectories(days, evidence)
    clocks = request_clocks(found["referrals"], SINCE)
    applications = application_clock(found["decisions"], SINCE, NORMS)
    start = waiting(clocks.start, NORMS.of(clocks.start.name))
    funnel = legal_funnel(found["offers"], found["decisions"], SINCE, NORMS)
    record = objections(found["decisions"], snapshot, SINCE, NORMS)
    return {
        "standing": standing(clocks),
        "triage": waiting(clocks.triage, ()),
        "contact": waiting(clocks.contact, NORMS.of(clocks.contact.name)),
        "between": waiting(clocks.contact_to_start, NORMS.of(clocks.contact_to_start.name)),
        "start": start,
        "by_month": waiting_by_entry(clocks.start, start.first_norm, 1),
        "by_quarter": waiting_by_entry(clocks.start, start.first_norm, 1000),
        "by_team": waiting_by_team(clocks.start, start.first_norm),
        "decided": waiting(applications, NORMS.of(applications.name)),
        "terms": decision_terms(applications, NORMS),
        "free": decision_free(clocks.start, found["decisions"]),
        "funnel": funnel,
        "record": record,
        "observatory": rights_observatory(funnel, record),
        "complaints": complaints(found["complaints"], snapshot, SINCE, 30),
        "missed": complaints_missed(found["complaints"], SINCE, 30),
        "plans": plan_use(found["plans"], SINCE),
    }


Make = Callable[..., Table | Figure | Sentence]
EXHIBITS: list[tuple[Make, tuple[str, ...]]] = [
    (access.table_standing, ("standing",)),
    (access.plot_waiting, ("triage",)),
    (access.plot_waiting, ("contact",)),
    (access.plot_waiting, ("start",)),
    (access.plot_waiting, ("decided",)),
    (access.table_curves, ("between",)),
    (access.describe_waiting, ("contact", "start")),
    (access_groups.plot_waiting_by_group, ("by_month",)),
    (access_groups.plot_waiting_by_group, ("by_quarter",)),
    (access_groups.plot_waiting_by_group, ("by_team",)),
    (access_groups.table_waiting_by_group, ("by_team",)),
    (access_groups.describe_waiting_by_group, ("by_month",)),
    (access_groups.describe_waiting_by_group, ("by_team",)),
    (terms_shown.table_decision_terms, ("terms",)),
    (terms_shown.describe_decision_terms, ("terms",)),
    (terms_shown.describe_decision_free, ("free",)),
    (funnel_shown.table_funnel, ("funnel",)),
    (funnel_shown.plot_funnel, ("funnel",)),
    (funnel_shown.table_answers, ("funnel",)),
    (funnel_shown.describe_funnel, ("funnel",)),
    (objections_shown.table_objections, ("record",)),
    (objections_shown.describe_objections, ("record",)),
    (objections_shown.table_observatory, ("observatory",)),
    (objections_shown.describe_observatory, ("observatory",)),
    (complaints_shown.table_complaints, ("complaints",)),
    (complaints_shown.plot_complaints, ("complaints",)),
    (complaints_shown.table_registers, ("complaints",)),
    (complaints_shown.describe_complaints, ("complaints",)),
    (complaints_shown.table_missed, ("missed",)),
    (complaints_shown.describe_missed, ("missed",)),
    (plans_shown.table_plans, ("plans",)),
    (plans_shown.plot_plans, ("plans",)),
    (plans_shown.describe_plans, ("plans",)),
    (plans_shown.describe_complex_only, ("plans",)),
]
PUBLIC: list[tuple[Make, Any]] = [
    (access.table_norms, NORMS),
    (complaints_shown.table_ombudsman, ombudsman_cases()),
    (complaints_shown.describe_ombudsman, ombudsman_cases()),
    (statements.table_statements, access_statements()),
    (statements.describe_access_statements, access_statements()),
    (statements.describe_legal_statements, legal_statements()),
]


@pytest.fixture(scope="module", params=list(SIZES))
def sized(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Results of a register of each size as they are, and as they may be shown."""
    size = SIZES[request.param]
    exact = results(size, Evidence.SYNTHETIC)
    gate = Gate("register")
    return request.param, exact, {name: gate.admit(value) for name, value in results(size, Evidence.REGISTER).items()}


def texts_of(exhibit: Table | Figure | Sentence) -> list[str]:
    if isinstance(exhibit, Figure):
        return [exhibit.alt, exhibit.numbers.csv(), exhibit.numbers.html()]
    return [exhibit.text] if isinstance(exhibit, Sentence) else [exhibit.csv(), exhibit.html(), exhibit.note]


@pytest.mark.parametrize("language", [NL, EN], ids=["nl", "en"])
def test_every_exhibit_can_be_made_of_every_size(
    sized: tuple[str, dict[str, Any], dict[str, Any]], language: Language
) -> None:
    name, *versions = sized
    if language is EN and name != "small":
        return  # where most is withheld and some is shown, both languages speak
    for found in versions:
        exhibits = [make(*(found[name] for name in names), language) for make, names in EXHIBITS]
        exhibits.append(access.table_within([found["contact"], found["between"], found["start"]], language))
        exhibits += [make(result, language) for make, result in PUBLIC]
        for exhibit in exhibits:
            for text in texts_of(exhibit):
                assert not {"nan", "None", "SUPPRESSED", "{"} & set(text.replace(",", " ").split()), text
            if isinstance(exhibit, Sentence):
                assert language.translate("a number that is not shown") not in exhibit.text
        for result in found.values():
            for measure in result.measures() if hasattr(result, "measures") else ():
                assert isinstance(measure.estimate, Mark | None) or math.isfinite(measure.estimate)


def test_no_count_is_small_or_exact(sized: tuple[str, dict[str, Any], dict[str, Any]]) -> None:
    _name, _exact, shown = sized
    counts = [*shown["standing"].frame["count"], shown["terms"].late, shown["terms"].n_penalised, shown["free"].n]
    for name in ("triage", "contact", "between", "start", "decided"):
        wait = shown[name]
        counts += [wait.n, wait.n_reached, wait.n_withdrawn, wait.n_waiting, *(o.reached for o in wait.within)]
        assert wait.clock is None
        assert wait.curves[["at_risk", "events"]].map(is_suppressed).all(axis=None)
    for name in ("by_month", "by_quarter", "by_team"):
        counts += shown[name].frame[["n", "reached"]].to_numpy().ravel().tolist()
    counts += shown["funnel"].steps[["of", "count", "open", "n"]].to_numpy().ravel().tolist()
    counts += shown["funnel"].answers[["count", "requested", "decided"]].to_numpy().ravel().tolist()
    counts += (
        shown["record"].frame[["decisions", "closed", "objections", "answered", "upheld"]].to_numpy().ravel().tolist()
    )
    counts += [*shown["complaints"].frame["complaints"], *shown["complaints"].by_register["complaints"]]
    counts += [getattr(shown["missed"], name) for name in ("inside", "outside", "both", "seen")]
    columns = ["considered", "known", "not_offered", "not_wanted", "not_made", "made"]
    counts += shown["plans"].frame[columns].to_numpy().ravel().tolist()
    for count in counts:
        assert isinstance(count, Mark) or pd.isna(count) or count == 0 or (count >= 10 and count % 5 == 0), count


def test_estimates_on_few_are_withheld(sized: tuple[str, dict[str, Any], dict[str, Any]]) -> None:
    name, _exact, shown = sized
    if name not in ("one", "nine"):
        return
    assert is_suppressed(shown["start"].n)
    assert is_suppressed(shown["start"].main.share.value) or shown["start"].main.share.value is None
    assert is_suppressed(shown["start"].naive_mean_days)
    assert is_suppressed(shown["plans"].row("support_plan")["made_share"]) or name == "one"
    assert shown["missed"].estimate is None or is_suppressed(shown["missed"].estimate)


def test_an_empty_register_claims_no_zero_wait() -> None:
    found = results(0, Evidence.REGISTER)
    values = {m.id: m.estimate for result in found.values() if hasattr(result, "measures") for m in result.measures()}
    unknown = {name for name, value in values.items() if value is None}
    assert {"access.started_within_norm_share", "access.still_waiting", "legal_protection.upheld_share"} <= unknown
    assert values["legal_protection.decisions"] == 0  # delivered, and none: that is known
    absent = results(None, Evidence.REGISTER)
    values = {m.id: m.estimate for result in absent.values() if hasattr(result, "measures") for m in result.measures()}
    assert all(value is None for value in values.values()), values


def test_names_that_are_no_codes_are_gathered() -> None:
    shown = Gate("register").admit(results(900, Evidence.REGISTER)["by_team"])
    assert "Team Jan" not in set(shown.frame["group"])
    assert "other" in set(shown.frame["group"])


@pytest.mark.parametrize("name", ["small", "normal"])
def test_every_figure_can_be_drawn(sized: tuple[str, dict[str, Any], dict[str, Any]], name: str) -> None:
    if sized[0] != name:
        return
    for make, names in EXHIBITS:
        if make.__name__.startswith("plot_"):
            exhibit = make(*(sized[2][result] for result in names), NL)
            assert isinstance(exhibit, Figure)
            assert exhibit.png().startswith(b"\x89PNG")


@pytest.mark.parametrize(("size", "seed"), [(60, 2), pytest.param(250, 3, marks=pytest.mark.slow)])
def test_nothing_hidden_can_be_computed_from_both_chapters_together(size: int, seed: int) -> None:
    gate = Gate("register")
    for result in results(size, Evidence.REGISTER, seed).values():
        gate.admit(result)
    shown = audited("drawn", [gate.publication], (), default_rules()).shown
    assert any(is_suppressed(value) for value in shown.values())


def test_a_copy_is_not_protected_again() -> None:
    found = results(60, Evidence.REGISTER)
    gate = Gate("register")
    for name in ("standing", "start", "by_team", "terms", "free", "observatory"):
        with pytest.raises(DisclosureError, match="once"):
            gate.admit(gate.admit(found[name]))


def test_a_clock_is_never_shown() -> None:
    clocks = request_clocks(recorded("referrals", None, Evidence.REGISTER), SINCE)
    for step in (clocks, clocks.start):
        with pytest.raises(DisclosureError, match="step between the register and a result"):
            Gate("register").admit(step)


def test_every_exhibit_of_these_chapters_is_tried() -> None:
    tried = {make for make, _ in [*EXHIBITS, *PUBLIC]} | {access.table_within}
    modules = (
        access,
        access_groups,
        terms_shown,
        funnel_shown,
        objections_shown,
        complaints_shown,
        plans_shown,
        statements,
    )
    for module in modules:
        made = {
            value
            for name, value in vars(module).items()
            if name.startswith(("table_", "plot_", "describe_")) and value.__module__ == module.__name__
        }
        assert made <= tried, made - tried
