from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from evaluation.sources import SourceError, benchmark
from evaluation.sources.package import DATA_FOLDER


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the benchmarks without control totals, so that only the checks of this module stand guard."""
    shutil.copytree(DATA_FOLDER / "benchmark", tmp_path / "benchmark")
    package = json.loads((DATA_FOLDER / "datapackage.json").read_text(encoding="utf-8"))
    for entry in package["resources"]:
        entry.pop("controlTotals", None)
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    return tmp_path


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / "benchmark" / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"the damage {old!r} must hit one place"
    path.write_text(text.replace(old, new), encoding="utf-8")


def totals(table: pd.DataFrame, *, with_6_2: bool) -> dict[int, int]:
    scope = table if with_6_2 else table[table["task_field"] != "6.2"]
    return {int(year): int(total) for year, total in scope.groupby("year")["expenditure_keur"].sum().items()}


def test_groningen_in_its_own_accounts() -> None:
    table = benchmark.iv3_municipalities()
    groningen = table[(table["municipality"] == "Groningen") & (table["year"] >= 2022)]
    assert totals(groningen, with_6_2=False) == {2022: 88373, 2023: 93516, 2024: 102470}
    assert totals(groningen, with_6_2=True) == {2022: 124238, 2023: 143173, 2024: 162411}


def test_growth_of_the_336_complete_municipalities() -> None:
    table = benchmark.iv3_national()
    complete = table[table["scope"] == "complete_2022_2024"]
    # 7,006,035 / 5,581,725 and 9,119,880 / 6,864,363.
    for with_6_2, expected in ((False, 25.5), (True, 32.9)):
        year = totals(complete, with_6_2=with_6_2)
        assert round(100 * (year[2024] / year[2022] - 1), 1) == expected


def test_dordrecht_2022_is_missing_and_not_zero() -> None:
    table = benchmark.iv3_municipalities()
    missing = table[table["expenditure_keur"].isna()]
    assert set(zip(missing["municipality"], missing["year"], strict=True)) == {("Dordrecht", 2022)}
    assert missing["task_field"].tolist() == ["6.2", "6.72", "6.82"]


def test_context_repeats_what_iv3_says_about_groningen() -> None:
    table = benchmark.iv3_municipalities()
    context = benchmark.groningen_context().set_index("indicator")["value"]
    for scope, part in (("excl_6_2", table[table["task_field"] != "6.2"]), ("incl_6_2", table)):
        year = part.dropna().pivot_table(index="municipality", columns="year", values="expenditure_keur", aggfunc="sum")
        growth = (100 * (year[2024] / year[2022] - 1)).dropna().astype(float)
        assert round(growth["Groningen"], 1) == context[f"iv3_growth_{scope}"]
        assert growth.rank()["Groningen"] == context[f"iv3_growth_rank_{scope}"]
        assert len(growth) == 31


def test_iv3_refuses_a_task_field_that_did_not_exist_yet(copy: Path) -> None:
    edit(copy, "iv3_municipalities", "GM0014,Groningen,2022,234950,6.82,", "GM0014,Groningen,2022,234950,6.73,")
    with pytest.raises(SourceError, match=r"GM0014, 2022, task field 6\.73 is not expected"):
        benchmark.iv3_municipalities(copy)


def test_iv3_refuses_a_year_that_is_missing_in_part(copy: Path) -> None:
    edit(copy, "iv3_municipalities", "GM0505,Dordrecht,2022,119537,6.82,\n", "GM0505,Dordrecht,2022,119537,6.82,0\n")
    with pytest.raises(SourceError, match="Dordrecht 2022 reports only some task fields"):
        benchmark.iv3_municipalities(copy)


def test_iv3_refuses_euros_where_thousands_are_meant(copy: Path) -> None:
    edit(copy, "iv3_municipalities", "6.2,24473\n", "6.2,24473000\n")
    with pytest.raises(SourceError, match=r"Groningen 2017 spends \d+ euros per inhabitant, outside 100 to 2000"):
        benchmark.iv3_municipalities(copy)


def test_iv3_refuses_large_municipalities_that_outspend_the_country(copy: Path) -> None:
    # The country loses a digit in 6.2 of 2017, after which 32 municipalities spend more than all.
    edit(copy, "iv3_national", "2017,17081507,6.2,941356", "2017,17081507,6.2,94135")
    with pytest.raises(SourceError, match=r"2017, 6\.2 adds up to more than the country"):
        benchmark.iv3_municipalities(copy)


def test_iv3_national_refuses_a_complete_set_larger_than_all(copy: Path) -> None:
    edit(copy, "iv3_national", "2024,17942942,6.82,685813", "2024,17942942,6.82,665813")
    with pytest.raises(SourceError, match=r"2024, 6\.82 is larger for the complete set than for all"):
        benchmark.iv3_national(copy)


def test_iv3_refuses_a_municipality_too_few(copy: Path) -> None:
    path = copy / "benchmark" / "iv3_municipalities.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "Westland" not in line), encoding="utf-8")
    with pytest.raises(SourceError, match="holds 31 municipalities, expected 32"):
        benchmark.iv3_municipalities(copy)


def test_use_of_youth_care_in_groningen() -> None:
    table = benchmark.youth_care_use().set_index(["municipality", "year"])
    groningen = table.loc[("Groningen", 2022)]
    assert (groningen["youths"], groningen["trajectories"], groningen["status"]) == (5535, 8265, "provisional")
    # 2,285 / 8,265 = 27.6% through the municipality, 3,515 / 8,265 = 42.5% through the general practitioner.
    assert round(100 * groningen["referrer_municipal_access"] / groningen["trajectories"], 1) == 27.6
    assert round(100 * groningen["referrer_general_practitioner"] / groningen["trajectories"], 1) == 42.5
    assert pd.isna(table.loc[("Deventer", 2021), "referrer_court_or_prosecutor"])


def test_use_of_youth_care_refuses_more_youths_than_trajectories(copy: Path) -> None:
    edit(copy, "youth_care_use_municipalities", "28305,50444,5535,8265,", "28305,50444,8535,8265,")
    with pytest.raises(SourceError, match="Groningen 2022, youths exceed trajectories"):
        benchmark.youth_care_use(copy)


def test_national_values_are_in_plain_units() -> None:
    table = benchmark.youth_care_national()
    first_half = table[(table["period"] == "2021H1") & table["indicator"].str.startswith("youths_youth_help_in_kind")]
    assert first_half["value"].tolist() == [375925]
    # 84,400 + 416,765 + 57,185 = 558,350
    parts = table[table["period"] == "2017"].set_index("indicator")["value"]
    forms = ["trajectories_neighbourhood_team", "trajectories_other_without_stay", "trajectories_with_stay"]
    assert parts[forms].sum() == parts["trajectories_youth_help"] == 558350
    counts = table[table["unit"] != "percent"]
    assert (counts["value"] % 1 == 0).all()
    assert not table["period"].str.contains("*", regex=False).any()


def test_national_stock_and_flow_close(copy: Path) -> None:
    table = benchmark.youth_care_national().set_index("indicator")["value"]
    # 326,570 + 149,835 - 114,085 = 362,320
    assert (
        table["opening_stock_all"] + table["inflow_all"] - table["outflow_all"] == table["closing_stock_all"] == 362320
    )
    edit(copy, "youth_care_national", "inflow_all,149835", "inflow_all,148935")
    with pytest.raises(SourceError, match="stock and flow of 2021H1, all do not close"):
        benchmark.youth_care_national(copy)


def test_price_indices_compound_to_the_known_two_year_rise(copy: Path) -> None:
    table = benchmark.price_indices()
    final = table[(table["index"] == "vng") & (table["status"] == "final")].set_index("period")["value_percent"]
    # 1.0643 x 1.0571 = 1.1251
    assert round((1 + final["2023"] / 100) * (1 + final["2024"] / 100), 4) == 1.1251
    edit(copy, "price_indices", "vng,2024,5.71,final", "vng,2024,7.51,final")
    with pytest.raises(SourceError, match=r"vng of 2024, final is not 0\.9 ova \+ 0\.1 pcc"):
        benchmark.price_indices(copy)


def test_improven_is_a_slot_that_checks_what_is_typed_in(copy: Path) -> None:
    path = copy / "benchmark" / "improven.csv"
    header = path.read_text(encoding="utf-8").splitlines()[0] + "\n"
    path.write_text(header, encoding="utf-8")
    assert benchmark.improven(copy).empty
    # The values below are invented to test the slot.
    path.write_text(header + "2024,excl_6_2,total_expenditure,7777,eur_million,p. 1\n", encoding="utf-8")
    assert benchmark.improven(copy)["value"].tolist() == [7777]
    for row, message in (
        ("2024,excl_6_2,total_expenditure,7.8,eur_million,p. 1\n", "total_expenditure 2024, column value, value 7.8"),
        ("2024,excl_6_2,growth_one_year,10,eur_million,p. 1\n", "growth_one_year 2024, column unit, value eur_million"),
        ("2024,all,growth_one_year,10,percent,p. 1\n", "row 2, column scope, value 'all'; choose one of excl_6_2"),
        ("2024,own,growth_one_year,10,percent,\n", "row 2, column source_page, value empty; fill it in"),
    ):
        path.write_text(header + row, encoding="utf-8")
        with pytest.raises(SourceError, match=message):
            benchmark.improven(copy)


def test_quoted_amounts_are_in_millions_and_consistent() -> None:
    table = benchmark.improven_quoted()
    deficits = table[(table["origin"] == "improven") & (table["indicator"] == "deficit")].set_index("period")["value"]
    compensation = table.loc[table["indicator"] == "compensation", "value"].item()
    # Half of 628 + 828 is 728.
    assert (deficits["2023"] + deficits["2024"]) / 2 == compensation == 728
    assert table.loc[table["indicator"] == "expenditure", "value"].tolist() == [3600, 8100]
