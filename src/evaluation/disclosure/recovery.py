"""What an attacker recovers from everything that was published: the last judgement before anything leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from evaluation.disclosure.audit import ContradictionError, audit, feasible_intervals
from evaluation.disclosure.publication import Publication, difference_name, differences_of, too_narrow
from evaluation.disclosure.rules import DisclosureRules


def given_away(own: Publication, earlier: Iterable[Publication], rules: DisclosureRules) -> list[str]:
    """Return what follows from a publication, by itself and together with each earlier one.

    Raises
    ------
    ContradictionError
        When no register fits the publication by itself.
    """
    found = [*recoverable([own], rules)]
    for other in earlier:
        if _fits(other, own):
            # Of a register that was corrected in between, what holds of one edition need not hold of the other: where
            # both cannot be true, they cannot be subtracted either.
            with suppress(ContradictionError):
                found += recoverable([own, other], rules)
    return list(dict.fromkeys(found))


def _fits(earlier: Publication, own: Publication) -> bool:
    """Whether no cell differs between the two: where one does, the register was corrected, and nothing adds up."""
    return all(own.shown.get(cell, value) == value for cell, value in earlier.shown.items())


def recoverable(publications: Sequence[Publication], rules: DisclosureRules) -> Iterator[str]:
    """Yield the hidden cells and the differences that everything in these publications gives away.

    Raises
    ------
    ContradictionError
        When no register fits all of them.
    """
    pairs = differences_of(publications)
    between = Publication({}, frozenset(), (), pairs, publications[0].base)
    claims = {claim.terms: claim for publication in [*publications, between] for claim in publication.claims(rules)}
    small = sorted({cell.text for publication in publications for cell in publication.small})
    if small:
        intervals = audit(list(claims.values()), small, rules, enough=rules.hidden_values).intervals
        yield from intervals.loc[intervals["recoverable"], "cell"]
    if pairs:
        names = [difference_name(whole, part) for whole, part in pairs]
        for row in feasible_intervals(list(claims.values()), names).to_dict("records"):
            if too_narrow(row["lower"], row["upper"], rules):
                yield str(row["cell"])
