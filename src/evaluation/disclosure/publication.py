"""What an edition has shown of the register: cells with names that hold across chapters and editions.

A cell is named by what it counts, the period it covers and the day on which the register was looked at. Two results
that show the same count thus speak of the same cell, and an audit can subtract editions from each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from evaluation.disclosure.audit import Kind, LinearClaim, change, dot, shown_value
from evaluation.disclosure.cells import Shown, behind_rounding
from evaluation.disclosure.rules import DisclosureRules
from evaluation.disclosure.tabulation import Relation
from evaluation.evidence import SUPPRESSED, is_suppressed


class CountCell(NamedTuple):
    """Name of a count.

    Attributes
    ----------
    kind
        What is counted: ``started``, ``ended``, ``running``, ``clients`` ...
    begin, end
        First and last day of the period, ISO dates; `begin` is empty for a count on one day.
    known_on
        Reference date of the snapshot: the same period may count differently when it is looked at later.
    dimension, group
        Column and value of a part; empty for the whole.
    """

    kind: str
    begin: str
    end: str
    known_on: str
    dimension: str = ""
    group: str = ""

    @property
    def text(self) -> str:
        """The name as one text."""
        return "|".join(self)

    def grows_into(self, later: CountCell) -> bool:
        """Return whether `later` counts the same, of a period that begins on the same day and runs on.

        The same period seen later is no growth but a revision: what was registered late tells how the administration
        works and not what happened to whom, and its rounding is held to be enough.
        """
        same = (self.kind, self.begin, self.dimension, self.group)
        return (
            self.begin != ""
            and same == (later.kind, later.begin, later.dimension, later.group)
            and self.end < later.end
            and self.known_on < later.known_on
        )


@dataclass(frozen=True)
class Publication:
    """Everything that one run of a chapter or an edition shows of a register.

    Attributes
    ----------
    shown
        Every published count: rounded, or SUPPRESSED.
    small
        The suppressed cells below the minimum. Not for publication.
    relations
        Totals and parts, unpublished cells among them.
    differences
        Pairs (whole, part) of which the rest is nowhere shown and follows by subtraction alone.
    base
        Rounding base of the shown counts.
    """

    shown: Mapping[CountCell, Shown]
    small: frozenset[CountCell]
    relations: tuple[Relation, ...]
    differences: tuple[tuple[CountCell, CountCell], ...]
    base: int

    def claims(self, rules: DisclosureRules) -> Iterator[LinearClaim]:
        """Yield what an attacker reads in it."""
        for cell, value in self.shown.items():
            if is_suppressed(value):
                recognised = rules.attacker_knows_small and cell in self.small
                yield dot(cell.text, rules.largest_hidden if recognised else math.inf)
            else:
                yield shown_value(cell.text, int(value), self.base, rules)  # type: ignore[arg-type]
        for total, parts in self.relations:
            terms = ((CountCell(*part).text, 1.0) for part in parts)
            yield LinearClaim(((CountCell(*total).text, -1.0), *terms), 0, 0, Kind.IDENTITY)
        for whole, part in self.differences:
            yield change(difference_name(whole, part), whole.text, part.text)

    def is_part_of(self, other: Publication) -> bool:
        """Return whether another publication tells all that this one does."""
        return (
            self.base == other.base
            and self.shown.items() <= other.shown.items()
            and self.small <= other.small
            and set(self.relations) <= set(other.relations)
            and set(self.differences) <= set(other.differences)
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values; the inverse is `from_json`."""
        return {
            "base": self.base,
            "shown": [[*cell, None if is_suppressed(value) else int(value)] for cell, value in self.shown.items()],  # type: ignore[arg-type]
            "small": sorted(list(cell) for cell in self.small),
            "relations": [[list(total), [list(part) for part in parts]] for total, parts in self.relations],
            "differences": [[list(whole), list(part)] for whole, part in self.differences],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Publication:
        """Read what `as_json` wrote."""
        return cls(
            shown={CountCell(*cell): SUPPRESSED if value is None else int(value) for *cell, value in content["shown"]},
            small=frozenset(CountCell(*cell) for cell in content["small"]),
            relations=tuple(
                (tuple(total), tuple(tuple(part) for part in parts)) for total, parts in content["relations"]
            ),
            differences=tuple((CountCell(*whole), CountCell(*part)) for whole, part in content["differences"]),
            base=int(content["base"]),
        )


def difference_name(whole: CountCell, part: CountCell) -> str:
    """Name of the cell that is left when `part` is taken from `whole`."""
    return f"{whole.text} less {part.text}"


def union(publications: Iterable[Publication]) -> Publication:
    """Return several publications as one.

    Raises
    ------
    ValueError
        When they round differently, or show different values for one cell.
    """
    publications = list(publications)
    shown: dict[CountCell, Shown] = {}
    for publication in publications:
        for cell, value in publication.shown.items():
            if shown.setdefault(cell, value) != value:
                raise ValueError(f"{cell.text} is shown in two ways: as {shown[cell]} and as {value}")
    bases = {publication.base for publication in publications}
    if len(bases) > 1:
        raise ValueError(f"publications round to different bases: {sorted(bases)}")
    return Publication(
        shown,
        frozenset().union(*(publication.small for publication in publications)),
        tuple(dict.fromkeys(relation for publication in publications for relation in publication.relations)),
        tuple(dict.fromkeys(pair for publication in publications for pair in publication.differences)),
        bases.pop() if bases else 1,
    )


def growth_between(earlier: Publication, later: Publication) -> tuple[tuple[CountCell, CountCell], ...]:
    """Return the pairs (later cell, earlier cell) of counts that can be subtracted between two editions.

    Only counts that grow: of a pair whose later value is certainly the smaller one, the register was corrected in
    between, and nothing is known about the difference.
    """
    before: dict[tuple[str, ...], list[CountCell]] = {}
    for cell in earlier.shown:
        before.setdefault((cell.kind, cell.begin, cell.dimension, cell.group), []).append(cell)
    return tuple(
        (cell, old)
        for cell in later.shown
        for old in before.get((cell.kind, cell.begin, cell.dimension, cell.group), [])
        if old.grows_into(cell) and _may_grow(earlier.shown[old], later.shown[cell], later.base)
    )


def _may_grow(old: Shown, new: Shown, base: int) -> bool:
    if is_suppressed(new):
        return True
    if is_suppressed(old):  # at least one
        return int(new) > 0  # type: ignore[arg-type]
    return behind_rounding(int(new), base)[1] >= behind_rounding(int(old), base)[0]  # type: ignore[arg-type]


def possible_differences(whole: Shown, part: Shown, base: int, rules: DisclosureRules) -> tuple[float, float]:
    """Return the least and the largest rest that two shown counts leave, when nothing else is known."""
    (low, high), (part_low, part_high) = (_range(value, base, rules) for value in (whole, part))
    return max(0.0, low - part_high), high - part_low


def _range(value: Shown, base: int, rules: DisclosureRules) -> tuple[float, float]:
    if is_suppressed(value):
        return 1.0, math.inf
    claim = shown_value("", int(value), base, rules)  # type: ignore[arg-type]
    return claim.low, claim.high


def too_narrow(lower: float, upper: float, rules: DisclosureRules) -> bool:
    """Return whether a difference that is certainly somebody, and perhaps few, is known too well.

    A difference is shown nowhere; it is protected when enough whole values remain possible, when it may be nobody, or
    when it is certainly not small.
    """
    return 0 < lower < rules.minimum_cell and upper - lower + 1 < rules.difference_values


def differences_of(publications: Sequence[Publication]) -> tuple[tuple[CountCell, CountCell], ...]:
    """Return the pairs that can be subtracted within and between publications, the older ones first."""
    within = [pair for publication in publications for pair in publication.differences]
    between = [
        pair
        for earlier in publications
        for later in publications
        if earlier is not later
        for pair in growth_between(earlier, later)
    ]
    return tuple(dict.fromkeys([*within, *between]))
