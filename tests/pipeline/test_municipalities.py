"""An edition about another municipality: what it may hold, how its chapters read, and that its numbers are its own."""

from typing import Any

import nbformat
import pytest

from evaluation.measures.benchmark import compare_growth
from evaluation.measures.counterfactual import counterfactual
from evaluation.measures.panel import expenditure_panel
from evaluation.parameters import CHAPTERS, ParameterError, Parameters
from evaluation.pipeline.editions import Edition, chapters, checked_parameters
from evaluation.pipeline.municipalities import subject, told_growth, written_about
from evaluation.sources.benchmark import iv3_municipalities, iv3_national
from evaluation.sources.municipalities import municipality_code, municipality_locations

BY_NAME = {chapter.name: chapter for chapter in chapters()}


def asked(chapter: str, **values: Any) -> Parameters:
    edition = Edition.of("one", {"reference_date": "2025-01-01", chapter: values})
    return checked_parameters(edition, BY_NAME[chapter], {}, language="nl", output_folder="x")


def test_the_effect_of_a_municipality_is_its_placebo_in_the_chapter_on_groningen() -> None:
    # Both leave Groningen out and fit Utrecht on the same 29 others, so the numbers must be the same.
    accounts, question = iv3_municipalities(), {"scope": "excl_6_2", "start_year": 2017, "final_year": 2024}
    test: dict[str, Any] = {"scope": "excl_6_2", "fake_year": 2021, "significance_level": 0.1}
    groningen = counterfactual(expenditure_panel(accounts, **question), **test)
    utrecht = counterfactual(expenditure_panel(accounts, **question, treated="GM0344"), **test)
    placebo = groningen.placebos.set_index("municipality").loc["Utrecht"]
    assert (utrecht.municipality, utrecht.is_groningen, utrecht.since_merger) == ("Utrecht", False, None)
    assert utrecht.effect == pytest.approx(placebo["effect"])
    assert utrecht.rmspe_before == pytest.approx(placebo["rmspe_before"])
    assert "Groningen" not in set(utrecht.placebos["municipality"])
    assert utrecht.n_ranked == groningen.n_ranked - 1


def test_every_municipality_stands_where_the_list_of_all_puts_it() -> None:
    iv3 = iv3_municipalities(), iv3_national()
    question = {"scope": "incl_6_2", "base_year": 2022, "final_year": 2024, "price_change": 0.0, "price_index": "vng"}
    listed = compare_growth(*iv3, **question).municipalities
    for place, row in enumerate(listed.to_dict("records"), start=1):
        own = compare_growth(*iv3, **question, municipality_code=row["municipality_code"])
        assert (own.municipality, own.rank, own.own) == (row["municipality"], place, row["growth"])
        assert own.median_others == listed.loc[listed["municipality"] != own.municipality, "growth"].median()


def test_only_groningen_was_told_a_total() -> None:
    told = told_growth(asked("benchmark"))
    assert told is not None
    assert told.nominal.value == pytest.approx(0.293, abs=5e-4)
    assert told_growth(asked("benchmark", municipality="Utrecht")) is None


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"benchmark": "Utrect"}, "benchmark: unknown municipality 'Utrect'; did you mean 'Utrecht'? allowed are"),
        ({"benchmark": "utrecht"}, "benchmark: write municipality 'utrecht' as 'Utrecht'"),
        (
            {"counterfactual": "Dordrecht"},
            "counterfactual: municipality 'Dordrecht' has no complete accounts for 2017 to 2024; choose other years",
        ),
        (
            {"benchmark": "Utrecht", "counterfactual": "Delft"},
            "edition 'one': it is about Delft, and chapter 'benchmark' about Utrecht; give an edition one municipality",
        ),
        ({"benchmark": "Utrecht", "volumes": None}, "it is about Utrecht, and chapter 'volumes' about Groningen"),
    ],
)
def test_an_edition_is_about_one_municipality_that_the_accounts_hold(
    chosen: dict[str, str | None], message: str
) -> None:
    parameters = [asked(chapter, **({"municipality": name} if name else {})) for chapter, name in chosen.items()]
    with pytest.raises(ParameterError) as caught:
        subject(parameters)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_chapters_at_their_defaults_are_about_groningen() -> None:
    assert subject([asked(chapter) for chapter in CHAPTERS]) == "Groningen"
    assert subject([asked(name, municipality="Delft") for name in ("benchmark", "counterfactual")]) == "Delft"


@pytest.mark.parametrize("chapter", ["benchmark", "counterfactual"])
def test_a_chapter_reads_about_the_other_municipality(chapter: str) -> None:
    whole = nbformat.read(BY_NAME[chapter].path, as_version=4)
    read = written_about(nbformat.read(BY_NAME[chapter].path, as_version=4), "Utrecht")
    assert len(whole.cells) - len(read.cells) == 3  # a question in two languages, and its code
    prose = [cell.source for cell in read.cells if cell.cell_type == "markdown"]
    headings = [line for text in prose for line in text.splitlines() if line.startswith(("#", "<h1>"))]
    assert "Utrecht" in headings[0]
    assert "Utrecht" in headings[1]
    assert not [line for line in headings if "Groningen" in line]
    code = [cell.source for cell in read.cells if cell.cell_type == "code"]
    assert not [source for source in code if "reconcile(" in source or "use_of_youth_care(use)" in source]


def test_every_municipality_with_accounts_has_a_place_in_the_country() -> None:
    places = municipality_locations().set_index("municipality")
    assert len(places) == 32
    # Corners that any map of the country agrees on.
    assert places["latitude"].idxmax() == "Groningen"
    assert places["latitude"].idxmin() == "Maastricht"
    assert set(places["longitude"].nlargest(2).index) == {"Emmen", "Enschede"}
    assert places["longitude"].idxmin() == "Westland"
    assert municipality_code(iv3_municipalities(), "'s-gravenhage") == "GM0518"
