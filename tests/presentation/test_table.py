"""A value with its interval: one cell on the page, three columns in the file."""

import pandas as pd

from evaluation.evidence import SUPPRESSED, Evidence
from evaluation.presentation.language import Language
from evaluation.presentation.table import Column, Table

FRAME = pd.DataFrame(
    [(11.3, 10.7, 11.9), (8.8, None, None), (None, None, None), (SUPPRESSED, SUPPRESSED, SUPPRESSED)],
    columns=["mean", "low", "high"],
    dtype=object,
)
MEAN = Column("mean", "Mean", "decimal", interval=("low", "high"))
TABLE = Table("t", "Title", (MEAN,), FRAME, "", Evidence.PUBLISHED, Language("nl"))


def test_an_interval_stands_behind_its_value_when_all_of_it_is_known_and_shown() -> None:
    assert [row[0] for row in TABLE.cells()] == ["11,3 (10,7 tot 11,9)", "8,8", "onbekend", "niet getoond"]


def test_the_file_keeps_value_and_ends_apart_and_names_what_is_withheld() -> None:
    assert TABLE.csv().splitlines() == [
        "mean,low,high",
        "11.3,10.7,11.9",
        "8.8,,",
        ",,",
        "suppressed,suppressed,suppressed",
    ]
