"""Tables, figures and sentences: formats, marks, alternative texts, and three things that are not the same."""

from datetime import date

import matplotlib as mpl
import pandas as pd
import pytest

from evaluation.evidence import Bounded, Evidence, Measure, Origin, Provenance, PublishedFigure
from evaluation.measures.delivered import account_for
from evaluation.measures.published import compare_with_published
from evaluation.presentation.delivery import table_accounting, table_findings
from evaluation.presentation.figure import Figure, canvas
from evaluation.presentation.language import Language
from evaluation.presentation.provenance import table_provenance
from evaluation.presentation.sentence import Sentence
from evaluation.presentation.table import Column, Table
from evaluation.presentation.volumes import table_comparison

NL, EN = Language("nl"), Language("en")


def _table(evidence: Evidence, *values: object, kind: str = "integer") -> Table:
    frame = pd.DataFrame({"name": [f"row {i}" for i in range(len(values))], "value": list(values)})
    columns = (Column("name", "Name"), Column("value", "Value", kind))
    return Table("example", "A < title", columns, frame, "A note", evidence, NL)


def test_zero_and_missing_are_different_in_html_and_csv():
    table = _table(Evidence.BENCHMARK, 0.0, None)
    assert '<td class="number">0</td>' in table.html()
    assert '<td class="number">onbekend</td>' in table.html()
    assert table.csv() == "name,value\nrow 0,0.0\nrow 1,\n"


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_every_kind_of_missing_is_said_in_words(missing: object):
    assert Column("value", "Value", "decimal").cell(missing, NL) == "onbekend"


def test_a_figure_is_the_same_whatever_its_user_set():
    def drawn() -> str:
        axes = canvas(title="t", subtitle="s", source="b", evidence=Evidence.BENCHMARK, language=NL)
        return Figure("f", axes, "alt", _table(Evidence.BENCHMARK, 1)).svg()

    plain = drawn()
    with mpl.rc_context({"axes.facecolor": "#123456", "savefig.facecolor": "#123456", "xtick.direction": "in"}):
        assert drawn() == plain


def test_text_is_escaped():
    table = _table(Evidence.BENCHMARK, "<script>alert(1)</script>", kind="text")
    assert "<script>" not in table.html()
    assert "A &lt; title" in table.html()
    assert "<b>" not in Sentence("<b>bold</b>", Evidence.BENCHMARK, NL).html()


@pytest.mark.parametrize("text", ["=1+1", "+31 6", "-2", "@SUM(A1)", "\tx"])
def test_text_cannot_run_in_a_spreadsheet(text: str):
    csv = _table(Evidence.BENCHMARK, text, kind="text").csv()
    assert f"'{text}" in csv
    assert "row 0,-5.0" in _table(Evidence.BENCHMARK, -5.0).csv()


def test_headers_tell_screen_readers_what_they_head():
    html = _table(Evidence.BENCHMARK, 1).html()
    assert '<th scope="col">Name</th>' in html
    assert '<th scope="row">row 0</th>' in html
    assert "<caption>" in html


@pytest.mark.parametrize("evidence", Evidence)
def test_only_synthetic_exhibits_carry_the_mark(evidence: Evidence):
    table, sentence = _table(evidence, 1), Sentence("text", evidence, NL)
    synthetic = evidence is Evidence.SYNTHETIC
    assert ('class="mark"' in table.html()) == synthetic
    assert ('class="mark"' in sentence.html()) == synthetic
    assert ("Synthetische gegevens" in table.csv()) == synthetic
    assert sentence.marked_text().startswith("[Synthetisch]") == synthetic
    axes = canvas(title="T", subtitle="S", source="F", evidence=evidence, language=NL)
    texts = [text.get_text() for text in axes.get_figure().texts]
    assert any(text.startswith("Synthetische gegevens") for text in texts) == synthetic


def test_tables_of_a_register_are_named_in_the_language_of_the_reader():
    provenance = Provenance((Origin("2026-11-23/costs", Evidence.REGISTER, 5, "2024-01-01/2024-12-31", "ab" * 32),))
    assert table_provenance(provenance, NL).cells()[0][0] == "Register 2026-11-23: boekingsregels"
    assert table_provenance(provenance, EN).cells()[0][0] == "Register 2026-11-23: ledger lines"
    tables = pd.DataFrame([("costs", 5, 5, 0)], columns=["table", "delivered", "accepted", "quarantined"])
    found = {"rule": "r", "severity": "warning", "message": "m", "remedy": "r", "rows": 1}
    findings = pd.DataFrame([{"table": "costs", "column_name": "amount_eur", **found}, {"column_name": None, **found}])
    account = account_for(tables, findings, date(2026, 11, 23), Evidence.REGISTER)
    assert table_accounting(account, NL).cells()[0][0] == "boekingsregels"
    assert [row[:2] for row in table_findings(account, NL).cells()] == [
        ["boekingsregels", "amount_eur"],
        ["onbekend", "–"],
    ]


def test_comparison_shows_what_rounding_leaves_open_and_what_was_not_published():
    measures = [
        Measure("volumes.active", 745, "trajectories", Evidence.SYNTHETIC, ("synthetic",), "stock", "2025-01-01"),
        Measure("durations.mean_ended_months", 7.6, "months", Evidence.SYNTHETIC, ("synthetic",), "mean", "2025-01-01"),
        Measure("volumes.clients", 5, "clients", Evidence.SYNTHETIC, ("synthetic",), "count", "2025-01-01"),
    ]
    published = {
        "volumes.active": PublishedFigure("750 actieve trajecten", Bounded(750, 725, 775)),
        "durations.mean_ended_months": PublishedFigure("Gemiddelde duur van 7 maanden", Bounded(7, 6.5, 7.5)),
    }
    cells = table_comparison(compare_with_published(measures, published, date(2025, 1, 1)), NL).cells()
    assert cells == [
        ["Lopende trajecten", "750 actieve trajecten", "725 tot 775", "745", "ja"],
        [
            "Gemiddelde duur van beëindigde trajecten, maanden",
            "Gemiddelde duur van 7 maanden",
            "6,5 tot 7,5",
            "7,6",
            "nee",
        ],
        ["Unieke cliënten", "–", "niet gepubliceerd", "5", "niet te vergelijken"],
    ]
