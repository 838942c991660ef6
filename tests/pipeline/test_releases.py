"""The audit of an edition with all earlier ones, and the log that it needs."""

import stat
from pathlib import Path

import pytest

from evaluation.disclosure import DisclosureError
from evaluation.disclosure.publication import CountCell, Publication
from evaluation.disclosure.rules import default_rules
from evaluation.evidence import SUPPRESSED
from evaluation.pipeline.releases import audited, log_release, released

RULES = default_rules()
TOTAL = CountCell("started", "2023-01-01", "2024-12-31", "2025-01-01")
W01, W02 = (TOTAL._replace(dimension="neighbourhood", group=name) for name in ("W01", "W02"))
LEAKY = Publication({TOTAL: 50, W01: 45, W02: SUPPRESSED}, frozenset({W02}), ((TOTAL, (W01, W02)),), (), 1)
SAFE = Publication({TOTAL: 50, W01: SUPPRESSED, W02: SUPPRESSED}, frozenset({W02}), ((TOTAL, (W01, W02)),), (), 1)


def test_an_edition_from_which_a_hidden_number_follows_is_not_published() -> None:
    with pytest.raises(DisclosureError, match="1 hidden numbers could be computed") as caught:
        audited("2025-01-01", [LEAKY], (), RULES)
    assert "nothing is published" in str(caught.value)
    assert "is exactly" not in str(caught.value)  # the message does not tell the number
    assert audited("2025-01-01", [SAFE], (), RULES) == SAFE


def test_two_chapters_together_give_away_what_neither_does() -> None:
    other = Publication({W01: 45}, frozenset(), (), (), 1)
    with pytest.raises(DisclosureError, match="shown in two ways"):
        audited("2025-01-01", [SAFE, other], (), RULES)


def test_an_edition_is_audited_with_the_earlier_ones() -> None:
    # Exact numbers of two editions: 41 in the first, 44 in the second, so 3 came in between.
    old = W01._replace(end="2024-03-25", known_on="2024-03-25")
    first = Publication({old: 41}, frozenset(), (), (), 1)
    second = Publication({W01: 44}, frozenset(), (), (), 1)
    audited("2025-01-01", [second], (), RULES)
    with pytest.raises(DisclosureError, match="W01 less"):
        audited("2025-01-01", [second], [first], RULES)
    later = Publication({W01: 61}, frozenset(), (), (), 1)
    audited("2025-01-01", [later], [first], RULES)  # 20 came in between, which is no small number


def test_an_earlier_edition_of_a_register_that_was_corrected_since_is_left_out() -> None:
    corrected = Publication({TOTAL: 60, W01: 55, W02: SUPPRESSED}, frozenset(), (), (), 1)
    assert audited("2025-01-01", [SAFE], [corrected], RULES) == SAFE


def test_an_earlier_edition_that_cannot_be_true_of_the_same_register_does_not_stop_a_new_one() -> None:
    # Until March the old edition showed 80 starts, and until December the new one shows 50.
    old = {TOTAL._replace(end="2024-03-25", known_on="2024-03-25"): 80}
    corrected = Publication(old, frozenset(), (), (), 1)
    assert audited("2025-01-01", [SAFE], [corrected], RULES) == SAFE
    with pytest.raises(DisclosureError, match="1 hidden numbers"):
        audited("2025-01-01", [LEAKY], [corrected], RULES)


def test_the_log_is_private_and_keeps_one_release_per_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALUATION_PRIVATE", str(tmp_path / "private"))
    assert released() == {}
    log_release("2025-01-01", LEAKY)
    log_release("2025-01-01", SAFE)
    assert released() == {"2025-01-01": SAFE}
    for path in (tmp_path / "private").rglob("*"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
