"""What changed between two editions, in words: a line for a subject, and a text for a message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from evaluation.evidence import Measure, is_suppressed
from evaluation.measures.claims.changes import EarlierVerdict
from evaluation.measures.edition_changes import EditionChanges, MeasureChange, VerdictChange
from evaluation.presentation.claim_labels import verdict_label
from evaluation.presentation.labels import EVIDENCE, UNITS, measure_end, measure_value
from evaluation.presentation.language import N_, Language

ARROW = "→"
MOST_DIGITS = 12
VALUES = frozenset({"estimate", "ci_low", "ci_high"})  # parts that a line shows as numbers

# What changed besides the value, and what it is called.
OTHER_PARTS = {
    "ci_level": N_("level of the interval"),
    "n": N_("number counted"),
    "n_missing": N_("number left out"),
    "unit": N_("unit"),
    "evidence": N_("kind of evidence"),
}


@dataclass(frozen=True)
class ChangeTexts:
    """Names around the changes, as the editions wrote them: an older one may hold what has no name any more.

    Attributes
    ----------
    labels
        Name of each measure, by id and language.
    quotes
        Words of each statement.
    """

    labels: Mapping[str, Mapping[str, str]]
    quotes: Mapping[str, str]


def summary_of_changes(changes: EditionChanges, language: Language) -> str:
    """One line without a value: the edition and how many verdicts and numbers changed, are new or are gone."""
    _ = language.translate
    edition = changes.newer.edition
    if changes.older is None:
        return _("{edition}: first time, {verdicts} verdicts and {measures} numbers").format(
            edition=edition, verdicts=len(changes.verdicts_new), measures=len(changes.measures_new)
        )
    counted = (
        (changes.verdicts, N_("verdicts changed: {n}")),
        (changes.verdicts_new, N_("verdicts new: {n}")),
        (changes.verdicts_gone, N_("verdicts gone: {n}")),
        (changes.measures, N_("numbers changed: {n}")),
        (changes.measures_new, N_("numbers new: {n}")),
        (changes.measures_gone, N_("numbers gone: {n}")),
    )
    told = [_(words).format(n=len(own)) for own, words in counted if own]
    if not told:
        return _("{edition}: no verdict and no number changed").format(edition=edition)
    return f"{edition}: {', '.join(told)}"


def text_of_changes(changes: EditionChanges, texts: ChangeTexts, language: Language) -> str:
    """Tell the changes, one per line under a heading per kind.

    Parameters
    ----------
    changes
        What differs.
    texts
        Names of measures and statements.
    """
    _ = language.translate
    lines = [_headline(changes, language)]
    if changes.older is None:
        return "\n".join([*lines, summary_of_changes(changes, language)])
    if not changes:
        return "\n".join([*lines, _("No verdict and no number changed.")])
    parts: tuple[tuple[str, Iterable[str]], ...] = (
        (_("Verdicts that changed"), _verdicts(changes.verdicts, texts, language)),
        (_("Statements judged for the first time"), _verdicts(changes.verdicts_new, texts, language)),
        (_("Statements not judged any more"), _verdicts(changes.verdicts_gone, texts, language)),
        (_("Numbers that changed"), (_changed(own, texts, language) for own in changes.measures)),
        (_("New numbers"), (_alone(own, texts, language) for own in changes.measures_new)),
        (_("Numbers that are gone"), (_alone(own, texts, language) for own in changes.measures_gone)),
    )
    for heading, own in parts:
        if told := [f"  {line}" for line in own]:
            lines += ["", f"{heading} ({len(told)})", *told]
    return "\n".join(lines)


def _headline(changes: EditionChanges, language: Language) -> str:
    _ = language.translate
    newer, older = changes.newer, changes.older
    words = {"edition": newer.edition, "day": language.day(newer.reference_date)}
    if older is None:
        return _("Edition {edition}, reference date {day}").format(**words)
    if older.edition == newer.edition:
        return _("Edition {edition}, reference date {day}, compared with the time before").format(**words)
    return _("Edition {edition}, reference date {day}, compared with edition {older}, reference date {before}").format(
        **words, older=older.edition, before=language.day(older.reference_date)
    )


def _verdicts(changed: Iterable[VerdictChange], texts: ChangeTexts, language: Language) -> Iterator[str]:
    for own in changed:
        states = [_verdict(state, language) for state in (own.before, own.after) if state]
        yield f"{own.claim_id}  {f' {ARROW} '.join(states)}  “{texts.quotes[own.claim_id]}”"


def _verdict(own: EarlierVerdict, language: Language) -> str:
    return f"{own.verdict.value} {verdict_label(own.verdict, language)}, {own.grade.value}"


def _changed(own: MeasureChange, texts: ChangeTexts, language: Language) -> str:
    before, after = _told_apart(own, language)
    others = [
        f"{language.translate(words)} {_part(own, part, language)}"
        for part, words in OTHER_PARTS.items()
        if part in own.parts and not (part == "ci_level" and None in (own.before.ci_level, own.after.ci_level))
    ]
    told = after if before == after else f"{before} {ARROW} {after}"
    return "; ".join([f"{_named(own.after, texts, language)}: {told}", *others])


def _part(own: MeasureChange, part: str, language: Language) -> str:
    return f" {ARROW} ".join(_part_text(getattr(measure, part), part, language) for measure in (own.before, own.after))


def _part_text(value: object, part: str, language: Language) -> str:
    if part == "evidence":
        return language.translate(EVIDENCE[value])  # type: ignore[index]
    if part == "unit":
        return language.translate(UNITS.get(str(value), str(value)))
    if value is None:
        return language.translate(N_("unknown"))
    return language.percent(value, 0) if part == "ci_level" else language.integer(value)  # type: ignore[arg-type]


def _alone(own: Measure, texts: ChangeTexts, language: Language) -> str:
    return f"{_named(own, texts, language)}: {_with_interval(own, language, None)}"


def _named(own: Measure, texts: ChangeTexts, language: Language) -> str:
    return f"{own.id}  {texts.labels[own.id][language.code]}"


def _told_apart(own: MeasureChange, language: Language) -> tuple[str, str]:
    """Both values, with as many decimals more than a page has as it takes to see a difference where there is one."""
    differs = not VALUES.isdisjoint(own.parts)
    for digits in (None, *range(1, MOST_DIGITS + 1)):
        before, after = (_with_interval(measure, language, digits) for measure in (own.before, own.after))
        if before != after or not differs:
            break
    return before, after


def _with_interval(own: Measure, language: Language, digits: int | None) -> str:
    value = measure_value(own, own.estimate, language, digits)
    low, high = (measure_end(own, end, language, digits) for end in (own.ci_low, own.ci_high))
    if own.ci_low is None or own.ci_high is None:
        return value
    if is_suppressed(own.ci_low) and is_suppressed(own.ci_high):
        return value if is_suppressed(own.estimate) else f"{value} ({low})"
    return language.translate(N_("{value} ({low} to {high})")).format(value=value, low=low, high=high)
