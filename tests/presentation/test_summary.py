"""A result as a statistician reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd
import pytest

from evaluation.evidence import SUPPRESSED, Evidence, Measure, confidence
from evaluation.presentation.language import Language
from evaluation.presentation.summary import is_result, summary

MEASURE = Measure(
    id="durations.rmst_12_months",
    estimate=8.94,
    unit="months",
    evidence=Evidence.SYNTHETIC,
    sources=("council_figures",),
    method="restricted mean (Kaplan-Meier)",
    period="2023-01-01/2025-01-01",
    n=1650,
    n_missing=3,
    **confidence(8.71, 9.12, 0.95),
)


@dataclass(frozen=True)
class Length:
    """Length of a trajectory.

    More of it.
    """

    found: tuple[Measure, ...]
    monthly: pd.DataFrame
    evidence: Evidence = Evidence.SYNTHETIC

    def measures(self) -> tuple[Measure, ...]:
        return self.found


def text(*found: Measure, rows: int = 2, language: str = "en") -> str:
    frame = pd.DataFrame({"month": range(rows), "survival": [1.0] * rows})
    return str(summary(Length(found, frame), Language(language)).as_text())


def test_estimate_interval_level_n_and_missing_stand_on_one_line_with_a_number_for_the_method() -> None:
    (line,) = (line for line in text(MEASURE).splitlines() if "8.9" in line)
    assert re.split(r"\s{2,}", line.strip())[1:] == ["8.9", "8.7", "9.1", "95%", "1,650", "3"]
    assert line.startswith("Mean length counted up to 12 months, months [1]")
    assert "[1] restricted mean (Kaplan-Meier) (months)" in text(MEASURE)


def test_the_head_says_evidence_period_and_source() -> None:
    head = text(MEASURE)
    assert re.search(r"Evidence: +synthetic +Period: +1 January 2023 . 1 January 2025", head)
    assert re.search(r"Source: +Figures shown to the council", head)
    assert "Length of a trajectory." in head


def test_a_short_frame_is_shown_whole_and_a_long_one_by_its_columns() -> None:
    assert "monthly: 2 x 2 (month, survival)\n month  survival\n     0       1.0" in text(MEASURE)
    assert "monthly: 99 x 2 (month, survival)" in text(MEASURE, rows=99)
    assert "1.0" not in text(MEASURE, rows=99)


def test_what_is_unknown_or_withheld_is_said_in_words() -> None:
    bare = {"ci_low": None, "ci_high": None, "ci_level": None, "interval": None}
    unknown = Measure(**{**MEASURE.__dict__, "estimate": None, **bare})
    withheld = Measure(**{**MEASURE.__dict__, "estimate": SUPPRESSED, "n": SUPPRESSED, **bare})
    assert "onbekend" in text(unknown, language="nl")
    assert "niet getoond" in text(withheld, language="nl")


@pytest.mark.parametrize("value", [3, "text", pd.DataFrame(), Length, Length((), pd.DataFrame())])
def test_only_what_the_measures_return_is_a_result(value: object) -> None:
    assert not is_result(value)
