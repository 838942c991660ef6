"""What an attacker recovers from everything that was published: the last judgement before anything leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from evaluation.disclosure.audit import (
    ContradictionError,
    LinearClaim,
    audit,
    certainly_possible,
    feasible_intervals,
    tied_claims,
    without_corrections,
)
from evaluation.disclosure.publication import Publication, difference_name, differences_of, too_narrow
from evaluation.disclosure.rules import DisclosureRules


def given_away(
    own: Publication, earlier: Iterable[Publication], rules: DisclosureRules, known: Publication | None = None
) -> list[str]:
    """Return what follows from a publication, by itself and together with each earlier one.

    Parameters
    ----------
    own, earlier, rules
        What would be published, what was published before, and the rules in force.
    known
        The part of `own` of which nothing follows, as was found before; only what the rest adds is looked at.

    Raises
    ------
    ContradictionError
        When no register fits the publication by itself.
    """
    audited = [known] if known else []
    found = [*recoverable([own], rules, audited)]
    for other in earlier:
        if _fits(other, own):
            # Of a register that was corrected in between, what holds of one edition need not hold of the other: where
            # both cannot be true, also without what grew, they cannot be subtracted either.
            with suppress(ContradictionError):
                found += recoverable([own, other], rules, [*audited, other] if audited else [])
    return list(dict.fromkeys(found))


def _fits(earlier: Publication, own: Publication) -> bool:
    """Whether no cell differs between the two: where one does, the register was corrected, and nothing adds up."""
    return all(own.shown.get(cell, value) == value for cell, value in earlier.shown.items())


def recoverable(
    publications: Sequence[Publication], rules: DisclosureRules, known: Sequence[Publication] = ()
) -> Iterator[str]:
    """Yield the hidden cells and the differences that everything in these publications gives away.

    Parameters
    ----------
    publications, rules
        What is published, and the rules in force.
    known
        The part of it that gave nothing away: cells that nothing new is tied to are not looked at again.

    Raises
    ------
    ContradictionError
        When no register fits all of them.
    """
    claims, small = _claims(publications, rules), _small(publications)
    if known:
        new = set(claims) - set(_claims(known, rules))
        claims = tied_claims(claims, {name for claim in new for name, _ in claim.terms} | (small - _small(known)))
    told = {name for claim in claims for name, _ in claim.terms}
    small &= told
    pairs = [name for pair in differences_of(publications) if (name := difference_name(*pair)) in told]
    if not small and not pairs:
        return
    # Of most cells enough values are seen to be possible at once; only the others need their exact ends.
    possible = certainly_possible(claims, [*small, *pairs])
    small -= set(possible.index[(possible["lower"] <= 1) & (possible["upper"] >= rules.largest_hidden)])
    enough = (possible["lower"] <= 0) | (possible["upper"] - possible["lower"] + 1 >= rules.difference_values)
    pairs = [name for name in pairs if not enough[name]]
    if small:
        intervals = audit(claims, sorted(small), rules, enough=rules.hidden_values).intervals
        yield from intervals.loc[intervals["recoverable"], "cell"]
    for row in feasible_intervals(claims, pairs).to_dict("records") if pairs else ():
        if too_narrow(row["lower"], row["upper"], rules):
            yield str(row["cell"])


def _claims(publications: Sequence[Publication], rules: DisclosureRules) -> list[LinearClaim]:
    """All that an attacker reads in publications; of one cell that is shown twice, the last counts."""
    told = {claim.terms: claim for own in publications for claim in own.claims(rules)}
    between = Publication({}, frozenset(), (), differences_of(publications), publications[0].base)
    growth = {claim.terms: claim for claim in between.claims(rules) if claim.terms not in told}
    return without_corrections([*told.values(), *growth.values()], list(growth.values()))


def _small(publications: Sequence[Publication]) -> set[str]:
    return {cell.text for publication in publications for cell in publication.small}
