"""What a chapter leaves gives back, with its CSV, the exhibits of the page."""

import json
from datetime import date

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.evidence import SUPPRESSED, Evidence
from evaluation.presentation.saved import SavedChapter, SavedFigure, SavedSentence, SavedTable, TableForm
from evaluation.presentation.table import Column, Table
from tests.presentation.drawn_contents import EN, NL, chapter, table

KINDS = ("text", "quote", "integer", "decimal", "percent", "points", "euro", "day", "month")
NUMBER = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9, allow_nan=False))
# Empty text reads as missing, and the word for a mark as the mark; neither is ever shown as text.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(
    lambda text: text != "suppressed"
)
STARTS = st.tuples(st.sampled_from(["=", "'=", "''+", "-", "@", "\t", "'"]), TEXT).map("".join)


def _values(kind: str) -> st.SearchStrategy[object]:
    if kind in ("text", "quote"):
        known: st.SearchStrategy[object] = st.one_of(TEXT, STARTS)
    elif kind in ("day", "month"):
        known = st.dates(date(2000, 1, 1), date(2050, 1, 1))
    else:
        known = NUMBER
    return st.one_of(known, st.just(SUPPRESSED), st.none())


@st.composite
def tables(draw: st.DrawFn) -> Table:
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4))
    columns = tuple(
        Column(f"c{i}", f"Kolom {i}", kind, draw(st.integers(0, 3)), draw(st.sampled_from([None, (f"l{i}", f"h{i}")])))
        for i, kind in enumerate(kinds)
    )
    keys = [(key, column.kind) for column in columns for key in column.keys]
    rows = draw(st.lists(st.tuples(*(_values(kind) for _key, kind in keys)), max_size=4))
    frame = pd.DataFrame(rows, columns=[key for key, _kind in keys], dtype=object)
    evidence, language = draw(st.sampled_from(Evidence)), draw(st.sampled_from([NL, EN]))
    return Table("t", "Titel", columns, frame, "Noot", evidence, language, draw(st.booleans()))


@settings(max_examples=60)
@given(tables())
def test_form_and_file_give_back_the_table_of_the_page(shown: Table):
    saved = SavedChapter("volumes", shown.evidence, False, (SavedTable("t"),), (TableForm.of(shown),))
    read = SavedChapter.from_json(json.loads(json.dumps(saved.as_json())))
    assert read == saved
    again = read.tables[0].filled(shown.csv(), shown.language)
    assert again.cells() == shown.cells()
    assert again.html() == shown.html()


def test_numbers_come_from_the_file_alone():
    form = TableForm.of(table())
    assert "12300" not in json.dumps(SavedChapter("volumes", Evidence.PUBLISHED, False, (), (form,)).as_json())
    again = form.filled(table().csv(), NL)
    assert again.frame["count"].tolist() == [1273, SUPPRESSED, 0, None]
    assert again.frame["cost"].tolist() == [12300.4, SUPPRESSED, 0.0, None]
    assert again.frame["day"].tolist() == [date(2024, 3, 25), None, date(2025, 1, 1), None]
    assert again.frame["name"].tolist()[:2] == ["=SUM(A1:A9)", "-verwijzer"]


def test_answers_and_figures_keep_their_order():
    first, second = (
        SavedSentence("Een.", Evidence.PUBLISHED, answer=True),
        SavedFigure("f", "Alt", "t", Evidence.SYNTHETIC),
    )
    other = SavedSentence("Twee.", Evidence.PUBLISHED, answer=False)
    saved = SavedChapter("volumes", Evidence.SYNTHETIC, True, (first, second, other, second), ())
    assert saved.answers == (first,)
    assert saved.figures == (second,)
    assert SavedChapter.from_json(json.loads(json.dumps(saved.as_json()))) == saved


def test_a_table_knows_under_which_question_it_stands():
    contents = chapter(table("a"), figure=200)
    assert contents.question_of("a") == "Hoeveel waren er?"
    assert contents.question_of("elsewhere") == "Hoeveel?"
    assert contents.limits is not None
    assert contents.limits.paragraphs == ("Niet waarom.",)
