"""Protected copy of the euros of Open House: rounded to thousands, withheld where they would tell on one provider.

An amount is withheld when few clients stand behind it, or when the rules on dominance find that a provider could
compute another's. Since the whole is shown, what is withheld together follows by subtraction; so its sum has to pass
the same rules, and the smallest amounts that are shown go with it until it does. If none is left, the whole goes too.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from evaluation.disclosure.dominance import sensitive_amounts
from evaluation.disclosure.guard import Guard
from evaluation.disclosure.protect import exact, protect
from evaluation.disclosure.protected.names import CODE, OTHER
from evaluation.disclosure.protected.open_house import cell_of, only_codes
from evaluation.disclosure.rules import DisclosureRules
from evaluation.evidence import SUPPRESSED
from evaluation.measures.open_house_products import OpenHouseAmounts

THOUSANDS = -3
SMALLEST = 500  # what would be rounded to nothing


@protect.register
def _(result: OpenHouseAmounts, guard: Guard) -> OpenHouseAmounts:
    missing = cell_of("open_house_lines_without_amount", result.first, result.reference_date, result.last)
    shown_missing = guard.publish({missing: exact(result.n_missing)})[missing]
    nothing = result.contributions.iloc[:0]
    if result.products.empty:
        return replace(result, contributions=nothing, n_missing=shown_missing)
    frame = only_codes(result.products)
    given = result.contributions.assign(
        product_code=[code if CODE.fullmatch(str(code)) else OTHER for code in result.contributions["product_code"]]
    )
    hidden = withheld_products(given, frame["product_code"].tolist()[:-1], guard.rules)
    euros = [
        SUPPRESSED if code in hidden or 0 < abs(eur) < SMALLEST else float(round(eur, THOUSANDS))
        for code, eur in zip(frame["product_code"], frame["eur"], strict=True)
    ]
    return replace(
        result,
        products=frame.assign(eur=pd.Series(euros, frame.index, dtype=object)),
        contributions=nothing,
        n_missing=shown_missing,
    )


def withheld_products(given: pd.DataFrame, products: list[str], rules: DisclosureRules) -> frozenset[str]:
    """Return the products of which the amount is not shown; an empty name among them is the whole.

    Parameters
    ----------
    given
        One row per product and provider: ``product_code``, ``provider``, ``eur``, ``clients`` (of the product).
    products
        All products that are shown.
    rules
        The rules in force.
    """
    if _tells(given, rules):
        return frozenset({*products, ""})
    # A product without money tells on nobody; its 0 is shown and protects nothing.
    sizes = given.groupby("product_code")["eur"].sum().abs().reindex(products, fill_value=0.0)
    paid = sizes[sizes > 0].sort_values(kind="stable")
    hidden = {code for code in paid.index if _tells(given[given["product_code"] == code], rules)}
    while hidden and _tells(given[given["product_code"].isin(hidden)], rules):
        rest = [code for code in paid.index if code not in hidden]
        if not rest:
            return frozenset({*hidden, ""})
        hidden.add(rest[0])
    return frozenset(hidden)


def _tells(rows: pd.DataFrame, rules: DisclosureRules) -> bool:
    """Whether a sum of amounts tells on a provider or on few clients.

    Corrections may make an amount negative; its size is then what could be told.
    """
    if rows.empty:
        return False
    clients = rows.drop_duplicates("product_code")["clients"].max()
    sizes = pd.DataFrame({"of": "sum", "provider": rows["provider"].fillna("unknown"), "eur": rows["eur"].abs()})
    return bool(
        clients < rules.minimum_cell or sensitive_amounts(sizes, "of", "provider", "eur", rules)["sensitive"].any()
    )
