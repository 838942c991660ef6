"""The editions as a whole: every promised value is there, says where it comes from, and equals what was reviewed."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest
from statsmodels.stats.proportion import proportion_confint

from evaluation.parameters import CHAPTERS
from evaluation.sources.published import figure, published_figures
from tests.conftest import results_of

pytestmark = pytest.mark.slow
EXPECTED = Path(__file__).parents[1] / "expected"
EDITIONS = ("2024-03-25", "2025-01-01")
CLOCKS = ("", "_original_start")  # lengths from the start in the register, and from one elsewhere before
IDS = {
    *(f"volumes.{name}" for name in ("trajectories", "clients", "started_this_year", "ended", "active")),
    *(f"durations.{name}" for name in ("mean_ended_months", "mean_running_months", "km_median_months")),
    *(f"durations.rmst_{months}_months" for months in (6, 12, 24)),
    *(f"durations.{name}" for name in ("share_ended_within_12_months", "reentry_6_months", "reentry_12_months")),
    *(f"volumes.{name}" for name in ("families", "started_per_1000_youths", "inflow_rate_ratio")),
    *(f"volumes.{name}" for name in ("nowcast_inflow_last_3_months", "prompt_registration_change")),
    *(f"capacity.{name}" for name in ("active_per_fte", "hours_per_fte_month", "direct_share")),
    *(f"capacity.{name}" for name in ("stock_in_6_months", "stock_in_12_months", "fte_needed_in_12_months")),
    *(f"costs.{name}" for name in ("total_growth_nominal", "total_growth_real", "bjh_share", "rest_growth_nominal")),
    *(f"costs.total_growth_real_{scenario}" for scenario in ("vng", "vng_applied", "cpi", "wage_agreement")),
    *(
        f"costs.{name}"
        for name in (
            "total_growth_amount",
            "price_effect",
            "volume_effect",
            "bjh_share_of_real_growth",
            "payback_months",
        )
    ),
    *(f"costs.unit_cost_per_{unit}_2023" for unit in ("trajectory_month", "client_year", "direct_hour")),
    *(
        f"benchmark.{name}_{scope}"
        for name in ("municipality_growth", "national_growth", "large_municipality_median", "rank")
        for scope in ("excl_6_2", "incl_6_2")
    ),
    *(f"benchmark.{name}_{scope}" for name in ("gap", "equivalence_p") for scope in ("excl_6_2", "incl_6_2")),
    *(
        f"counterfactual.{name}"
        for scope in ("excl_6_2", "incl_6_2")
        for name in (f"effect_{scope}_2023", f"placebo_rank_{scope}", f"smallest_detectable_effect_{scope}")
    ),
    *(f"pilot.{name}" for name in ("families", "single_mother_share")),
    *(f"narratives.{name}" for name in ("stories_used", "told_share", "krippendorff_alpha", "cohens_kappa")),
    *(f"narratives.{name}" for name in ("themes_until_saturation", "prevalence_fixed_face", "prevalence_other")),
    *(f"experience.{name}" for name in ("response_share", "satisfied_among_respondents", "sample_for_5_points")),
    *(f"experience.satisfied_bound_{end}" for end in ("low", "high")),
    *(f"experience.{name}_share" for name in ("dropout", "goal_attained", "no_new_start_12_months")),
    *(f"open_house.{name}" for name in ("clients", "trajectories", "euros_last_12_months", "providers")),
    *(f"open_house.{name}" for name in ("bjh_coverage_share", "in_both_share", "cohort_still_there_share")),
    *(f"open_house.{name}" for name in ("reason_agreement_kappa", "smallest_detectable_level_shift")),
    *(f"access.{name}" for name in ("started_within_norm_share", "first_contact_within_norm_share")),
    *(f"access.{name}" for name in ("median_days_signal_to_start", "decided_within_term_share", "still_waiting")),
    *(f"access.{name}" for name in ("withdrawn_share", "late_decisions_share", "without_application_share")),
    *(f"legal_protection.{name}" for name in ("declined_share", "decisions", "upheld_share", "complaints_estimated")),
    "legal_protection.complaints_per_1000_trajectory_months",
    "legal_protection.objections_per_100_decisions",
    *(f"legal_protection.plans_{name}" for name in ("family_group_share", "family_group_offered_share")),
    "legal_protection.plans_analysis_complex_share",
    *(f"pilot.{name}" for name in ("families", "single_mother_share", "length_median_months", "hours_per_family")),
    *(f"pilot_change.{name}" for name in ("primary_change", "primary_p", "reliably_improved_share")),
    *(f"pilot_change.{name}" for name in ("smallest_detectable_effect", "share_followed_up")),
    # What sentences name and no table holds.
    *(f"durations.log_rank_p_{name}{clock}" for name in ("start_year", "referrer_code") for clock in CLOCKS),
    *("durations.km_median_original_start_months", "durations.transferred"),
    *(f"capacity.{name}" for name in ("mean_stay_months", "stock_settles_at")),
    *(f"benchmark.teams_share_{who}_{year}" for who in ("municipality", "others") for year in ("base", "final")),
    *(
        f"benchmark.{name}_{scope}"
        for name in ("margin_with_chance", "gap_with_mean", "single_case_p", "others_beyond")
        for scope in ("excl_6_2", "incl_6_2")
    ),
    *(
        f"counterfactual.{name}_{scope}"
        for scope in ("excl_6_2", "incl_6_2")
        for name in ("change_against_others", "change_against_others_p", "unlike_before_p", "error_before")
    ),
    *(
        f"counterfactual.{name}"
        for scope in ("excl_6_2", "incl_6_2")
        for name in (f"effect_without_jumps_{scope}_2023", f"change_against_others_without_jumps_{scope}")
    ),
    *(f"counterfactual.no_referrer_share_{who}" for who in ("groningen", "others")),
    *("pilot.exit_rate_ratio", "pilot_change.goal_score_mean", "narratives.families_used"),
    *("experience.satisfied_weighted", "experience.answers_worth", "access.penalties_if_all_gave_notice"),
    *("legal_protection.complaints_rate_ratio", "open_house.reason_agreement_share"),
    *(
        f"coherence.{name}"
        for name in (
            "feasible",
            "inflow_per_month_2023",
            "inflow_per_month_2024_until_reference",
            "mean_duration_person_time_months",
            "mean_duration_little_months",
            "mean_running_at_last_reference_months",
            "active_per_fte",
            "client_hours_per_fte_month",
        )
    ),
}
# In March 2024 no trajectory had been followed for 24 months: unknown, and not a guess.
UNREACHED = {"2024-03-25": {"durations.rmst_24_months"}, "2025-01-01": set()}
KEYS = {
    "id", "chapter", "label_nl", "label_en", "estimate", "unit", "ci_low", "ci_high", "ci_level", "interval", "n",
    "n_missing", "method", "method_nl", "method_en", "period", "evidence", "sources", "suppressed", "withheld",
}  # fmt: skip


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_promised_value_is_there_in_full(outputs: Path, edition: str):
    content = json.loads((outputs / edition / "results.json").read_text())
    assert {key: content[key] for key in ("edition", "reference_date", "registry", "language")} == {
        "edition": edition,
        "reference_date": edition,
        "registry": "synthetic",
        "language": "nl",
    }
    measures = results_of(outputs / edition)
    assert set(measures) >= IDS
    assert len(measures) == len(content["measures"])
    for measure in measures.values():
        assert set(measure) == KEYS
    assert {name for name, measure in measures.items() if measure["estimate"] is None} == UNREACHED[edition]


@pytest.mark.parametrize("edition", EDITIONS)
def test_estimates_of_durations_lie_within_their_intervals(outputs: Path, edition: str):
    measures = results_of(outputs / edition)
    counted = ("durations.mean_", "durations.log_rank_p_", "durations.transferred")
    without = {name for name in IDS if name.startswith(counted)}
    estimated = IDS - without - UNREACHED[edition]
    for name in sorted(name for name in estimated if name.startswith("durations.")):
        measure = measures[name]
        assert measure["ci_low"] < measure["estimate"] < measure["ci_high"], name
        assert (measure["ci_level"], measure["interval"]) == (0.95, "confidence")
    # Each restricted mean is below its horizon, and above the one before.
    assert measures["durations.rmst_6_months"]["estimate"] < 6 < measures["durations.rmst_12_months"]["estimate"] < 12


@pytest.mark.parametrize("edition", EDITIONS)
def test_values_equal_the_reviewed_ones(outputs: Path, edition: str):
    reviewed = json.loads((EXPECTED / f"{edition}.json").read_text())
    measures = results_of(outputs / edition)
    assert set(measures) == set(reviewed)
    for name, values in reviewed.items():
        for key, expected in zip(("estimate", "ci_low", "ci_high"), values, strict=True):
            got = measures[name][key]
            assert got == (None if expected is None else pytest.approx(expected, rel=1e-9)), (name, key)


@pytest.mark.parametrize("edition", EDITIONS)
def test_evidence_is_never_better_than_its_inputs(outputs: Path, edition: str):
    for measure in results_of(outputs / edition).values():
        expected = {"synthetic": "synthetic", "break_even_parameters": "synthetic", "council_figures": "published"}
        tables = [source.partition("/")[0] for source in measure["sources"]]
        kinds = {expected.get(table, "benchmark") for table in tables}
        strongest = next(kind for kind in ("synthetic", "published", "benchmark") if kind in kinds)
        assert measure["evidence"] == strongest, measure["id"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_synthetic_registry_gives_the_published_figures_again(outputs: Path, edition: str):
    figures = published_figures()
    suffix = edition.replace("-", "")
    measures = results_of(outputs / edition)
    compared = {
        "volumes.trajectories": "trajectories",
        "volumes.ended": "ended",
        "volumes.active": "active",
        "durations.mean_ended_months": "mean_ended_months",
        "capacity.hours_per_trajectory_month": "hours_per_month",
    }
    if edition == "2024-03-25":
        compared |= {
            "volumes.clients": "clients",
            "volumes.started_this_year": "started_2024",
            "durations.mean_running_months": "mean_running_months",
        }
    for measure, name in compared.items():
        assert figure(figures, f"{name}_{suffix}").contains(measures[measure]["estimate"]), measure


def test_english_edition_has_the_same_values(outputs: Path):
    dutch, english = results_of(outputs / "2025-01-01"), results_of(outputs / "2025-01-01-en")
    assert dutch == english


@pytest.mark.parametrize("edition", ["2024-03-25", "2025-01-01"])
def test_the_number_beside_a_share_is_the_one_it_was_divided_by(outputs: Path, edition: str):
    measures = [
        one
        for one in results_of(outputs / edition).values()
        if one["method"].endswith("Wilson interval") and one["ci_low"] is not None
    ]
    assert len(measures) > 10
    for one in measures:
        expected = proportion_confint(round(one["estimate"] * one["n"]), one["n"], 1 - one["ci_level"], "wilson")
        assert (one["ci_low"], one["ci_high"]) == pytest.approx(expected, abs=1e-9), one["id"]


def test_same_run_gives_the_same_bytes(outputs: Path, run_one, tmp_path: Path):
    # The statements of an edition are set beside those of the edition before.
    shutil.copytree(outputs / "2024-03-25", tmp_path / "2024-03-25")
    run_one("2025-01-01")
    for path in sorted((tmp_path / "2025-01-01").rglob("*.*")):
        relative = path.relative_to(tmp_path)
        if path.suffix in (".csv", ".svg", ".html") or path.name == "results.json":
            assert path.read_bytes() == (outputs / relative).read_bytes(), relative


def test_manifest_names_what_went_in(outputs: Path):
    manifest = json.loads((outputs / "2025-01-01" / "manifest.json").read_text())
    assert list(manifest["chapters"]) == list(CHAPTERS)
    assert manifest["chapters"]["costs"]["parameters"]["base_year"] == 2022
    assert re.fullmatch(r"[0-9a-f]{64}", manifest["inputs"]["council_figures"])
    assert manifest["versions"]["pandas"].startswith("3.")


class TestHardRegistries:
    """A chapter on next to nothing says so, and never gives a zero for unknown."""

    COLUMNS = (
        "trajectory_id,client_key,family_key,product_code,referrer_code,phase,team,neighbourhood,start_date,"
        "registered_on,end_date,end_registered_on,end_reason"
    )
    ONE_ROW = "t1,c1,f1,P01,01,1,T01,W01,2023-05-01,2023-05-03,,,"
    OTHER_REFERRER = "t2,c2,f2,P01,99,1,T01,W01,2023-05-01,2023-05-03,2023-07-01,2023-07-01,31"

    def _registry(self, folder: Path, *rows: str) -> str:
        folder.mkdir()
        table = "\n".join([self.COLUMNS, *rows]) + "\n"
        (folder / "trajectories.csv").write_text(table)
        hashes = {"trajectories.csv": hashlib.sha256(table.encode()).hexdigest()}
        (folder / "synthetic.json").write_text(json.dumps({"observed_until": "2025-01-01", "sha256": hashes}))
        return str(folder)

    def _run(self, run_one, tmp_path: Path, *rows: str):
        own = {"registry": self._registry(tmp_path / "registry", *rows)}
        return run_one("2025-01-01", volumes=own, durations=own)

    def test_no_row(self, run_one, tmp_path: Path):
        measures = self._run(run_one, tmp_path)
        assert measures["volumes.active"]["estimate"] == 0
        assert measures["durations.mean_ended_months"]["estimate"] is None
        assert measures["durations.mean_running_months"]["estimate"] is None
        assert measures["capacity.hours_per_trajectory_month"]["estimate"] is None
        assert "onbekend" in (tmp_path / "2025-01-01" / "volumes.html").read_text()
        assert [name for name, value in measures.items() if name.startswith("durations.") and value["estimate"]] == []
        assert "is daarom onbekend" in (tmp_path / "2025-01-01" / "durations.html").read_text()

    def test_one_row(self, run_one, tmp_path: Path):
        measures = self._run(run_one, tmp_path, self.ONE_ROW)
        assert measures["volumes.active"]["estimate"] == 1
        assert measures["durations.mean_ended_months"]["estimate"] is None
        # 2023-05-01 to 2025-01-01 is 611 days; 611 / (365.25 / 12)
        assert measures["durations.mean_running_months"]["estimate"] == pytest.approx(20.0739, abs=1e-4)
        assert measures["volumes.active"]["evidence"] == "synthetic"
        # It runs still: it lasts longer than 12 months, and nothing says by how much lengths vary.
        assert measures["durations.rmst_12_months"]["estimate"] == 12
        assert measures["durations.rmst_12_months"]["ci_low"] is None
        assert measures["durations.km_median_months"]["estimate"] is None
        assert measures["durations.reentry_12_months"]["estimate"] is None

    @pytest.mark.parametrize("end", ["2023-07-01,2023-07-01,31", ",,"], ids=["all ended", "all running"])
    def test_all_ended_or_all_running(self, run_one, tmp_path: Path, end: str):
        rows = [f"t{i},c{i},f{i},P01,01,1,T01,W01,2023-05-{i + 1:02d},2023-05-31,{end}" for i in range(9)]
        measures = self._run(run_one, tmp_path, *rows)
        # Starts 1 to 9 May: the fifth of nine lasts from 5 May to 1 July, 26 + 30 + 1 = 57 days.
        median = measures["durations.km_median_months"]["estimate"]
        assert median == (None if end == ",," else pytest.approx(57 / 30.4375))
        assert measures["durations.share_ended_within_12_months"]["estimate"] == (0 if end == ",," else 1)

    @pytest.mark.parametrize("rows", [(), (ONE_ROW,)], ids=["no row", "one row"])
    def test_next_to_nothing_makes_no_nowcast_or_forecast_of_zero(self, run_one, tmp_path: Path, rows: tuple[str, ...]):
        registry = {"registry": self._registry(tmp_path / "registry", *rows)}
        measures = run_one("2025-01-01", registration=registry, capacity=registry)
        # Nothing was registered of the last months, and a ladder of nothing says nothing.
        assert measures["volumes.nowcast_inflow_last_3_months"]["estimate"] is None
        assert measures["volumes.prompt_registration_change"]["estimate"] is None
        assert measures["capacity.active_per_fte"]["estimate"] == pytest.approx(len(rows) / 112)
        for name in ("hours_per_fte_month", "direct_share", "stock_in_12_months", "fte_needed_in_12_months"):
            assert measures[f"capacity.{name}"]["estimate"] is None, name

    def test_a_code_outside_the_list_is_shown_as_it_is(self, run_one, tmp_path: Path):
        rows = (self.ONE_ROW, self.OTHER_REFERRER)
        self._run(run_one, tmp_path, *rows)
        table = (tmp_path / "2025-01-01" / "tables" / "volumes_by_referrer.csv").read_text()
        assert "\n99,1,1,0,1," in table  # started, ended, running, clients
