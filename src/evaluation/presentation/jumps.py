"""How jumps in spending before BJH are shown, and the comparisons without the municipalities that made them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from evaluation.measures.counterfactual import Counterfactual
from evaluation.measures.differences import DifferenceInDifferences
from evaluation.measures.jumps import Jumps
from evaluation.presentation.labels import SCOPES
from evaluation.presentation.language import Language
from evaluation.presentation.table import Column, Table


def say_jumps(found: Sequence[Jumps], without: Sequence[str], language: Language) -> list[str]:
    """Who jumped and what that points to, what the result is without them, and whether the one in question did."""
    _ = language.translate
    first = found[0]
    names = list(dict.fromkeys(jump.municipality for one in found for jump in one.others))
    said = []
    if names:
        text = _(
            "In {names} spending changed by more than {largest} in one year before {year}; that points to another way "
            "of booking rather than to other care."
        )
        said += [text.format(names=language.listing(names), **_rule(first, language)), *without]
    own = next((one.own for one in found if one.own), None)
    if own:
        text = _(
            "{municipality} itself had such a change: more than {largest}, in {own_year}. What it spent before says "
            "little, then, of what it would have spent from {year} on."
        )
        said.append(text.format(municipality=own.municipality, own_year=own.year, **_rule(first, language)))
    return said


def say_effect_without(found: Counterfactual, language: Language) -> list[str]:
    """What the difference with the mix is without them."""
    _ = language.translate
    effects = found.by_jumps["effect"].tolist()
    if len(effects) == 1:
        return []
    low, high = min(effects[1:]), max(effects[1:])
    if len(effects) == 2:
        text = _("With that municipality left out the difference in {year} is {low} per inhabitant.")
    else:
        text = _(
            "With these municipalities left out, one by one and together, the difference in {year} lies between {low} "
            "and {high} per inhabitant."
        )
    said = [text.format(year=found.final_year, low=language.euro(low), high=language.euro(high))]
    return said + ([_("So whether it is more or less hangs on them.")] if _turns(effects) else [])


def say_change_without(found: Sequence[DifferenceInDifferences], language: Language) -> list[str]:
    """What the change beside that of the others is without them."""
    _ = language.translate
    known = [(one, one.by_jumps["estimate"].tolist()) for one in found if one.jumps.others]
    if not known:
        return []
    parts = [_range(one, changes[1:], language) for one, changes in known]
    text = (
        _("With these municipalities left out, one by one and together, the change lies {parts}.")
        if any(len(changes) > 2 for _one, changes in known)
        else _("With that municipality left out the change is {parts}.")
    )
    said = [text.format(parts=language.listing(parts))]
    turned = [_(SCOPES[one.scope]) for one, changes in known if _turns(changes)]
    if turned:
        text = _("So {scopes} it hangs on them whether spending rose more or less than elsewhere.")
        said.append(text.format(scopes=language.listing(turned)))
    return said


def _range(one: DifferenceInDifferences, changes: Sequence[float], language: Language) -> str:
    """Where the changes of one scope lie, in words."""
    _ = language.translate
    low, high = language.euro(min(changes)), language.euro(max(changes))
    text = _("{scope} at {low} per inhabitant") if low == high else _("{scope} between {low} and {high} per inhabitant")
    return text.format(scope=_(SCOPES[one.scope]), low=low, high=high)


def _turns(values: Sequence[float]) -> bool:
    """Whether some results, in whole euros, are above zero and others below."""
    return round(min(values)) < 0 < round(max(values))


def _rule(jumps: Jumps, language: Language) -> dict[str, str]:
    return {"largest": language.percent(jumps.largest_change, 0), "year": str(jumps.change_year)}


def table_jumps(
    found: Sequence[Counterfactual], changes: Sequence[DifferenceInDifferences], language: Language
) -> Table:
    """Both comparisons without each municipality that jumped, and without all of them."""
    _ = language.translate
    first = found[0]
    frame = pd.concat(
        one.by_jumps.assign(
            scope=_(SCOPES[one.scope]),
            who=[language.listing(list(names)) if names else _("nobody") for names in one.by_jumps["left_out"]],
            **{name: change.by_jumps[name] for name in ("estimate", "ci_low", "ci_high")},
        )
        for one, change in zip(found, changes, strict=True)
    )
    return Table(
        id="counterfactual_jumps",
        title=_("Both comparisons without municipalities whose spending jumped before BJH, euros per inhabitant"),
        columns=(
            Column("scope", _("Scope")),
            Column("who", _("Left out")),
            Column("effect", _("Difference with the mix in {year}").format(year=first.final_year), "euro", 0),
            Column("mean_error_before", _("Mean error of the mix before"), "euro", 0),
            Column("estimate", _("Change beside that of the others (interval)"), "euro", 0, ("ci_low", "ci_high")),
        ),
        frame=frame,
        note=_(
            "A jump is a change of more than {largest} from one year to the next before {year}, which is more than use "
            "or tariffs of a large municipality move; the bound is an assumption. {parts}. Source: CBS Iv3 accounts."
        ).format(parts="; ".join(_jumped(one, language) for one in found), **_rule(first.jumps, language)),
        evidence=first.evidence,
        language=language,
    )


def _jumped(one: Counterfactual, language: Language) -> str:
    """Who jumped in one scope, when and how far, and how far the others went at most."""
    _ = language.translate
    jumped = [
        _("{municipality} {change} ({year})").format(
            municipality=jump.municipality, change=language.points(jump.change, 0), year=jump.year
        )
        for jump in one.jumps.others
    ]
    text = _("{scope}: {jumped}; elsewhere at most {passed}")
    scope = _(SCOPES[one.scope])
    return text.format(
        scope=scope[:1].upper() + scope[1:],
        jumped=language.listing(jumped) if jumped else _("none"),
        passed=language.percent(one.jumps.largest_passed, 0),
    )
