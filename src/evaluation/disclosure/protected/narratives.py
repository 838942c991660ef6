"""Protected copies of the chapter on stories.

A share is shown when at least the minimum of stories has the theme and as many have not: a theme of all or of none
tells on everybody who told. Everything made of these counts is computed from them as they are shown. Free text leaves
in one form only, a quote that two people approved, and every condition is looked at once more here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from evaluation.disclosure.cells import is_small, round_to_base
from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, never_shown, protect
from evaluation.disclosure.protected.estimates import replaced, rounded
from evaluation.disclosure.publication import CountCell
from evaluation.disclosure.rules import DisclosureRules
from evaluation.evidence import SUPPRESSED, Count, Estimate, Mark, is_suppressed
from evaluation.measures.narratives.agreement import COEFFICIENTS, Agreement, Coefficient
from evaluation.measures.narratives.misreading import Misreading
from evaluation.measures.narratives.pairs import ThemePairs, with_overlap
from evaluation.measures.narratives.prevalence import ThemePrevalence, with_theme_shares
from evaluation.measures.narratives.quotes import Quotes, approved, consents, harmless
from evaluation.measures.narratives.saturation import Saturation, expected_themes, stories_until
from evaluation.measures.narratives.stories import Stories, StoryResponse

never_shown(Stories)

DECIMALS = 2


def _cell(kind: str, day: date, dimension: str = "", group: str = "") -> CountCell:
    return CountCell(kind, "", str(day), str(day), dimension, group)


@protect.register
def _(result: StoryResponse, guard: Guard) -> StoryResponse:
    day = result.reference_date
    # Each is part of the one before; the first two are cells of the shares by stratum too.
    names = {
        "asked": _cell("asked:known", day),
        "told": _cell("asked:told", day),
        "valid": _cell("stories:valid", day),
        "read": _cell("stories:read", day),
        "read_twice": _cell("stories:read twice", day),
    }
    chain = tuple(names.values())
    counts = {cell: exact(getattr(result, name)) for name, cell in names.items() if name != "read"}
    counts[names["read"]] = exact(result.read_twice) + exact(result.read_once)
    not_told, families = _cell("asked:not told", day), _cell("stories:families", day)
    rows = _cell("rows", day, "table", "stories")
    counts |= {not_told: counts[chain[0]] - counts[chain[1]], families: exact(result.families), rows: counts[chain[0]]}
    shown = guard.publish(
        counts,
        # Everybody asked is a row of the table, of which the number is shown as well.
        [(names["asked"], (names["told"], not_told)), (rows, (names["asked"],))],
        differences=[*pairwise(chain[1:]), (names["valid"], families)],
    )
    fields: dict[str, Any] = {name: shown[cell] for name, cell in names.items() if name != "read"}
    rests = (("declined", "unanswered"), ("expired", "without_consent"), ("read_once", "unread"))
    fields |= {name: count for parts in rests for name, count in _rest(result, parts, guard).items()}
    unknown = _cell("stories:unknown codes", day)
    return replace(
        result,
        **fields,
        families=shown[families],
        unknown_codes=guard.publish({unknown: exact(result.unknown_codes)})[unknown],
    )


def _rest(result: StoryResponse, names: tuple[str, ...], guard: Guard) -> dict[str, Count]:
    """Publish why people or stories drop out when none of the reasons is small, else none of them.

    A few who declined may not take the number of those who told with them.
    """
    counts = {name: exact(getattr(result, name)) for name in names}
    if any(is_small(count, guard.rules) for count in counts.values()):
        return dict.fromkeys(names, SUPPRESSED)
    cells = {name: _cell(f"stories:{name}", result.reference_date) for name in names}
    shown = guard.publish({cells[name]: count for name, count in counts.items()})
    return {name: shown[cell] for name, cell in cells.items()}


@protect.register
def _(result: Agreement, guard: Guard) -> Agreement:
    n = exact(result.n)
    few = n < guard.rules.minimum_cell
    rows: list[dict[str, object]] = []
    for row in result.frame.to_dict("records"):
        found, rest = exact(row["both"]) + exact(row["one"]), exact(row["neither"])
        # Agreement, kappa and n together would give away in how few stories the theme is, or is not.
        hidden = few or min(found, rest) < guard.rules.minimum_cell
        values = {name: _estimate(row[name], hidden) for name in ("agreement", *COEFFICIENTS)}
        rows.append({"theme": row["theme"], "both": SUPPRESSED, "one": SUPPRESSED, "neither": SUPPRESSED} | values)
    frame = pd.DataFrame(rows, columns=list(result.frame.columns), dtype=object)
    twice, read = _cell("stories:read twice", result.reference_date), _cell("stories:read", result.reference_date)
    once = exact(result.n_missing)
    shown = guard.publish({twice: n, read: n + once}, differences=[(read, twice)])
    return replace(
        result,
        frame=frame,
        alpha=_coefficient(result.alpha, few),
        kappa=_coefficient(result.kappa, few),
        agreement=_estimate(result.agreement, few),
        n=shown[twice],
        # Read by one reader: not shown when it is small, and then known from the numbers read to within their rounding.
        n_missing=SUPPRESSED if is_small(once, guard.rules) else round_to_base(once, guard.rules.rounding_base),
    )


def _estimate(value: object, hidden: bool) -> Estimate:
    if value is None or isinstance(value, Mark) or pd.isna(value):  # type: ignore[call-overload]
        return None if not isinstance(value, Mark) else value
    return SUPPRESSED if hidden else rounded(float(value), DECIMALS)  # type: ignore[arg-type]


def _coefficient(value: Coefficient, hidden: bool) -> Coefficient:
    return Coefficient(*(_estimate(part, hidden) for part in (value.estimate, value.low, value.high)))


def _themes(found: Mapping[str, int], n: int, day: date, guard: Guard) -> tuple[dict[str, Count], Count]:
    """Publish how many stories were read, and in how many each theme was found that enough have and enough have not."""
    read = _cell("stories:read", day)
    counts, relations, cells = {read: n}, [], {}
    for theme, count in found.items():
        own, rest = _cell("stories:found", day, "theme", theme), _cell("stories:not found", day, "theme", theme)
        if min(count, n - count) >= guard.rules.minimum_cell:
            counts |= {own: count, rest: n - count}
            relations.append((read, (own, rest)))
            cells[theme] = own
    shown = guard.publish(counts, relations)
    return {theme: shown[cells[theme]] if theme in cells else SUPPRESSED for theme in found}, shown[read]


@protect.register
def _(result: ThemePrevalence, guard: Guard) -> ThemePrevalence:
    day, frame = result.reference_date, result.frame
    exactly = {str(theme): exact(count) for theme, count in zip(frame["theme"], frame["found"], strict=True)}
    found, n = _themes(exactly, exact(result.n), day, guard) if exact(result.n) else ({}, 0)
    families, asked = _cell("stories:families read", day), _cell("asked:known", day)
    seen = guard.publish(
        {families: exact(result.families), _cell("stories:read", day): exact(result.n)},
        differences=[(_cell("stories:read", day), families)],
    )
    asked_shown = guard.publish({asked: exact(result.asked)})[asked]
    misread = _misreading(result.misreading)
    # To one decimal, so that it does not tell how the stories are spread over families.
    worth = [None if pd.isna(value) else max(round(float(value), 1), 0.1) for value in frame["effective"]]
    kept = replaced(frame[["theme"]], {"found": list(found.values()) or [0] * len(frame), "effective": worth})
    shares = with_theme_shares(kept, n=n, asked=asked_shown, misread=misread, level=result.level)
    return replace(result, frame=shares, n=n, families=seen[families], asked=asked_shown, misreading=misread)


def _misreading(value: Misreading) -> Misreading:
    """Estimated from all themes of at least ten stories together; two decimals tell of no story."""
    return replace(
        value,
        sensitivity=round(value.sensitivity, DECIMALS),
        specificity=round(value.specificity, DECIMALS),
        variance=tuple(float(np.round(part, 5)) for part in value.variance),  # type: ignore[arg-type]
    )


@protect.register
def _(result: Saturation, guard: Guard) -> Saturation:
    exactly = {str(theme): exact(n) for theme, n in zip(result.found["theme"], result.found["found"], strict=True)}
    found, n = (
        _themes(exactly, exact(result.n), result.reference_date, guard) if exact(result.n) else (dict(exactly), 0)
    )
    # The curve of the counts as they are shown tells nothing that they do not; that of orders would.
    counts = [count for count in found.values() if not isinstance(count, Mark) and count]
    # A rounded count may exceed the rounded number of stories.
    mean = np.zeros(0) if isinstance(n, Mark) else expected_themes([min(count, n) for count in counts], n)
    until = stories_until(mean, result.threshold) if counts else SUPPRESSED if exact(result.n) else None
    frame = pd.DataFrame({"stories": np.arange(1, len(mean) + 1), "mean": mean, "low": np.nan, "high": np.nan})
    return replace(
        result,
        frame=frame if counts else frame.iloc[:0],
        found=replaced(result.found, {"found": list(found.values())}),
        n=n,
        themes=len(counts) if counts or not exact(result.n) else SUPPRESSED,
        until=until,
    )


@protect.register
def _(result: ThemePairs, guard: Guard) -> ThemePairs:
    n, day, frame = exact(result.n), result.reference_date, result.frame
    exactly = {str(row["theme"]): exact(row["found"]) for row in frame.to_dict("records")}
    exactly |= {str(row["other"]): exact(row["found_other"]) for row in frame.to_dict("records")}
    found, shown_n = _themes(exactly, n, day, guard) if n else (dict(exactly), 0)
    both = [_pair(row, found, day, guard) if n else 0 for row in frame.to_dict("records")]
    columns: dict[str, list[Count]] = {
        "found": [found[str(theme)] for theme in frame["theme"]],
        "found_other": [found[str(theme)] for theme in frame["other"]],
        "both": both,
    }
    kept = replaced(frame[["theme", "other"]], columns)
    shown = with_overlap(kept)
    return replace(
        result,
        frame=shown.assign(overlap=shown["overlap"].map(lambda value: _estimate(value, hidden=False))),
        n=shown_n,
    )


def _pair(row: Mapping[Any, Any], found: Mapping[str, Count], day: date, guard: Guard) -> Count:
    """Publish the stories with both themes when both themes are shown; none is not shown, as for a theme."""
    themes = str(row["theme"]), str(row["other"])
    if not row["both"] or any(is_suppressed(found[name]) for name in themes):
        return SUPPRESSED
    own = _cell("stories:both", day, "themes", "+".join(themes))
    cells = [_cell("stories:found", day, "theme", name) for name in themes]
    counts = {own: exact(row["both"]), cells[0]: exact(row["found"]), cells[1]: exact(row["found_other"])}
    # What is left of each theme follows by subtraction only.
    return guard.publish(counts, differences=[(cell, own) for cell in cells])[own]


@protect.register
def _(result: Quotes, guard: Guard) -> Quotes:
    rules, day, themes = guard.rules, result.reference_date, result.codebook.themes
    kept = [
        row for row in result.frame.to_dict("records") if row["theme"] in themes and _may_be_quoted(row, day, rules)
    ]
    columns = list(result.frame.columns)
    # What the conditions were judged by does not go out with the words.
    judged = ("families", "approved_by_1", "approved_by_2", "consent_until")
    frame = replaced(pd.DataFrame(kept, columns=columns), {name: [SUPPRESSED] * len(kept) for name in judged})
    whole = _cell("quotes:withheld", day)
    reasons = {str(row["reason"]): exact(row["quotes"]) for row in result.withheld.to_dict("records")}
    cells = {reason: _cell("quotes:withheld", day, "reason", reason) for reason in reasons}
    counts = {whole: sum(reasons.values()), **{cells[reason]: count for reason, count in reasons.items()}}
    shown = guard.publish(counts, [(whole, tuple(cells.values()))])
    written = _cell("quotes:written", day)
    return replace(
        result,
        frame=frame.astype(object),
        withheld=replaced(result.withheld, {"quotes": [shown[cells[reason]] for reason in reasons]}),
        n=guard.publish({written: exact(result.n)})[written],
    )


def _may_be_quoted(row: Mapping[Any, Any], day: date, rules: DisclosureRules) -> bool:
    """Whether words may leave: consent, two people, many families, nothing that may be a name."""
    families = exact(row["families"])
    return (
        families > 0
        and not is_small(families, rules)
        and consents(row["consent_until"], day)
        and approved(row["approved_by_1"], row["approved_by_2"])
        and harmless(row["quote"])
    )
