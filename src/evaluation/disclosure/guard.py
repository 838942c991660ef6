"""The guard of one chapter: decides which counts are shown, and remembers what was.

Counts are protected in the order in which they are asked for. What was shown stays shown and what was suppressed stays
suppressed, so that a count shown twice looks the same twice, and every later pattern reckons with the earlier ones, in
this chapter and in earlier editions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager

from evaluation.disclosure.cells import Shown, is_small, round_to_base
from evaluation.disclosure.publication import (
    CountCell,
    Publication,
    growth_between,
    possible_differences,
    too_narrow,
)
from evaluation.disclosure.rules import DisclosureRules
from evaluation.disclosure.suppression import suppress
from evaluation.disclosure.tabulation import Cell, Relation
from evaluation.evidence import SUPPRESSED, Count, Evidence, is_suppressed

Pair = tuple[CountCell, CountCell]


class Guard:
    """Protects the counts of one chapter.

    Parameters
    ----------
    rules
        The rules in force.
    earlier
        What other editions have published.
    before
        What other chapters of this edition have published.
    kinds
        Kinds of evidence that are protected.
    """

    def __init__(
        self,
        rules: DisclosureRules,
        earlier: Sequence[Publication] = (),
        before: Sequence[Publication] = (),
        kinds: Set[Evidence] = frozenset({Evidence.REGISTER}),
    ) -> None:
        self.rules = rules
        self._kinds = kinds
        self._earlier = tuple(earlier)
        self._before = {cell: value for publication in before for cell, value in publication.shown.items()}
        self._shown: dict[CountCell, Shown] = {}
        self._small: set[CountCell] = set()
        self._relations: dict[Relation, None] = {}
        self._differences: dict[Pair, None] = {}

    @property
    def publication(self) -> Publication:
        """Everything shown so far."""
        return Publication(
            dict(self._shown),
            frozenset(self._small),
            tuple(self._relations),
            tuple(self._differences),
            self.rules.rounding_base,
        )

    @contextmanager
    def tentatively(self) -> Iterator[None]:
        """Forget what was published within the block when it fails: it was not shown."""
        shown, small = dict(self._shown), set(self._small)
        relations, differences = dict(self._relations), dict(self._differences)
        try:
            yield
        except BaseException:
            self._shown, self._small, self._relations, self._differences = shown, small, relations, differences
            raise

    def applies_to(self, evidence: Evidence) -> bool:
        """Return whether results of this kind of evidence are protected."""
        return evidence in self._kinds

    def publish(
        self,
        counts: Mapping[CountCell, int],
        relations: Iterable[Relation] = (),
        *,
        unpublished: Set[CountCell] = frozenset(),
        public: Set[CountCell] = frozenset(),
        differences: Iterable[Pair] = (),
    ) -> dict[CountCell, Count]:
        """Return what each published count shows: rounded to the base, or SUPPRESSED.

        Parameters
        ----------
        counts
            Every cell that a relation or a difference mentions.
        relations
            Totals and the parts that add up to them.
        unpublished
            Cells that are shown nowhere and only tie others together.
        public
            Cells that are to be taken as known, such as totals that other results show; small ones are not known
            and stay protected. They are not published here.
        differences
            Pairs (whole, part) of which the rest is shown nowhere.

        Raises
        ------
        SuppressionError
            When no pattern keeps the small counts hidden, given what is known already.
        """
        relations, differences = tuple(relations), tuple(differences)
        asked = [cell for cell in counts if cell not in unpublished and cell not in public]
        known = {cell for cell in public if not is_small(counts[cell], self.rules)}
        known |= {cell for cell in asked if self._is_known(cell, counts[cell])}
        withheld = {cell for cell in counts if is_suppressed(self._here(cell))}
        exact = dict[Cell, int](counts.items())
        while True:
            hidden, _ = suppress(
                exact, relations, self.rules, unpublished=unpublished, withheld=withheld, public=known - withheld
            )
            shown: dict[CountCell, Count] = {
                cell: SUPPRESSED if cell in hidden else self._rounded(counts[cell]) for cell in asked
            }
            pinned = self._pinned(shown, differences) - known - withheld
            if not pinned:
                break
            withheld |= pinned
        self._shown.update(shown)
        self._small.update(cell for cell in asked if cell in hidden and is_small(counts[cell], self.rules))
        self._relations.update(dict.fromkeys(relations))
        self._differences.update(dict.fromkeys(pair for pair in differences if None not in map(self._here, pair)))
        return shown

    def _here(self, cell: CountCell) -> Shown | None:
        """What this edition shows in a cell so far."""
        return self._shown.get(cell, self._before.get(cell))

    def _rounded(self, count: int) -> int:
        return round_to_base(count, self.rules.rounding_base)

    def _is_known(self, cell: CountCell, count: int) -> bool:
        """Whether this very value was shown before, in this chapter or in an earlier edition."""
        here = self._here(cell)
        if here is not None:
            return not is_suppressed(here)
        return any(publication.shown.get(cell) == self._rounded(count) for publication in self._earlier)

    def _pinned(self, shown: Mapping[CountCell, Shown], differences: Iterable[Pair]) -> set[CountCell]:
        """Cells to give up because a difference with another shown count would be known too well."""
        now = Publication(shown, frozenset(), (), (), self.rules.rounding_base)
        within = [(pair[1], self._value(pair[0], shown), self._value(pair[1], shown)) for pair in differences]
        between = []
        for publication in self._earlier:
            seen = publication.shown
            between += [(new, shown[new], seen[old]) for new, old in growth_between(publication, now)]
            # An edition that looks further back may be published later.
            between += [(old, seen[new], shown[old]) for new, old in growth_between(now, publication)]
        return {
            cell
            for cell, whole, part in [*within, *between]
            if whole is not None
            and part is not None
            and too_narrow(*possible_differences(whole, part, self.rules.rounding_base, self.rules), self.rules)
        }

    def _value(self, cell: CountCell, shown: Mapping[CountCell, Shown]) -> Shown | None:
        return shown[cell] if cell in shown else self._here(cell)
