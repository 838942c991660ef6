"""The share of hours of few clients stays inside."""

from __future__ import annotations

from datetime import date

import pandas as pd

from evaluation.disclosure.gate import Gate
from evaluation.evidence import SUPPRESSED, Evidence
from evaluation.measures.concentration import HoursConcentration
from evaluation.presentation.language import Language
from evaluation.presentation.unit_costs import describe_concentration, plot_concentration


def protected(n: int, shares: list[float], clients: list[int]) -> HoursConcentration:
    frame = pd.DataFrame({"top_share": [0.01, 0.05, 0.5], "clients": clients, "hours_share": shares})
    exact = HoursConcentration(frame, shares[1], n, 0, date(2025, 1, 1), Evidence.REGISTER, "registry")
    shown: HoursConcentration = Gate().admit(exact)
    return shown


def test_shares_on_few_clients_are_withheld_and_others_rounded() -> None:
    shown = protected(203, [0.051234, 0.181234, 0.771234], [3, 11, 102])
    assert shown.frame["hours_share"].tolist() == [SUPPRESSED, 0.18, 0.77]
    assert shown.frame["clients"].tolist() == [SUPPRESSED] * 3
    assert (shown.top_5_percent, shown.n) == (0.18, 205)


def test_a_withheld_share_is_said_and_drawn_as_a_gap() -> None:
    shown = protected(150, [0.05, 0.18, 0.77], [2, 8, 75])
    assert shown.top_5_percent is SUPPRESSED
    dutch = Language("nl")
    assert "wordt niet getoond omdat" in describe_concentration(shown, dutch).text
    figure = plot_concentration(shown, dutch)
    assert "5%: " in figure.alt
    assert "18%" not in figure.alt
    assert "77%" in figure.alt


def test_a_share_of_all_but_few_clients_is_withheld_too() -> None:
    # 16 of 20: what the other four have follows from it.
    assert protected(20, [0.2, 0.3, 0.9], [1, 1, 16]).frame["hours_share"].tolist() == [SUPPRESSED] * 3
