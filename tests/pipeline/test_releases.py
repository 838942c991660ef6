"""The audit of an edition with all earlier ones, and the log that it needs."""

import dataclasses
import stat
from collections.abc import Iterable
from pathlib import Path

import pytest

from evaluation.disclosure import DisclosureError
from evaluation.disclosure.guard import Guard
from evaluation.disclosure.publication import CountCell, Publication
from evaluation.disclosure.rules import DisclosureRules, default_rules
from evaluation.evidence import SUPPRESSED
from evaluation.pipeline.releases import audited, log_release, released, write_publication

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


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where releases are logged, in a private folder of its own."""
    monkeypatch.setenv("EVALUATION_PRIVATE", str(tmp_path / "private"))
    return tmp_path / "private" / "releases"


def test_the_log_is_private_and_keeps_every_publication(log: Path) -> None:
    assert released() == {}
    log_release("2025-01-01", LEAKY)
    log_release("2025-01-01", SAFE)
    log_release("2024-03-25", SAFE)
    assert sorted(name.split(".")[0] for name in released()) == ["2024-03-25", "2025-01-01", "2025-01-01"]
    assert [publication for name, publication in released().items() if name.startswith("2024")] == [SAFE]
    assert all(publication in released().values() for publication in (LEAKY, SAFE))
    for path in [log, *log.rglob("*")]:
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_the_same_publication_is_logged_once_whatever_the_order(log: Path) -> None:
    log_release("2025-01-01", SAFE)
    turned = dataclasses.replace(SAFE, shown=dict(reversed(SAFE.shown.items())))
    log_release("2025-01-01", turned)
    assert len(list(log.iterdir())) == 1


def test_a_log_of_one_file_per_edition_is_still_read_and_stays(log: Path) -> None:
    write_publication(log / "2025-01-01.json", LEAKY)
    log_release("2025-01-01", SAFE)
    assert released()["2025-01-01"] == LEAKY
    assert len(released()) == 2


def test_what_an_edition_showed_before_it_was_made_again_still_counts(log: Path) -> None:
    # The first version shows W01 and the second does not; together with the total of the third it gives W02 away.
    first, second = Publication({W01: 45}, frozenset(), (), (), 1), Publication({TOTAL: 50}, frozenset(), (), (), 1)
    third = Publication({TOTAL: 50, W02: SUPPRESSED}, frozenset({W02}), ((TOTAL, (W01, W02)),), (), 1)
    for version in (first, second):
        log_release("2025-01-01", audited("2025-01-01", [version], released().values(), RULES))
    audited("2025-01-01", [third], [second], RULES)
    with pytest.raises(DisclosureError, match="1 hidden numbers could be computed"):
        audited("2025-01-01", [third], released().values(), RULES)
    audited("2025-01-01", [second], released().values(), RULES)  # made again as it was


def test_a_later_edition_is_held_to_every_version_of_an_earlier_one(log: Path) -> None:
    old, other = (cell._replace(end="2024-03-25", known_on="2024-03-25") for cell in (W01, W02))
    first, again = (Publication({cell: 41}, frozenset(), (), (), 1) for cell in (old, other))
    later = Publication({W01: 44}, frozenset(), (), (), 1)
    for version in (first, again):
        log_release("2024-03-25", version)
    audited("2025-01-01", [later], [again], RULES)
    with pytest.raises(DisclosureError, match="W01 less"):
        audited("2025-01-01", [later], released().values(), RULES)
    exact = dataclasses.replace(RULES, rounding_base=1)
    shown = Guard(exact, tuple(released().values())).publish({W01: 44})
    assert shown == {W01: SUPPRESSED}  # and the chapters do not get as far


def test_what_is_part_of_the_edition_itself_is_not_audited_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Publication] = []

    def given(_own: Publication, earlier: Iterable[Publication], _rules: DisclosureRules) -> list[str]:
        seen.extend(earlier)
        return []

    monkeypatch.setattr("evaluation.pipeline.releases.given_away", given)
    part = dataclasses.replace(SAFE, shown={TOTAL: 50}, small=frozenset(), relations=())
    more = dataclasses.replace(SAFE, differences=((TOTAL, W01),))
    audited("2025-01-01", [SAFE], [SAFE, part, LEAKY, more], RULES)
    assert seen == [LEAKY, more]
