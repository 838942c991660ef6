"""Names of sources, licences and parameters, as the page on data shows them.

The data package says them in English; what is marked here is how they get into the catalogue.
"""

from __future__ import annotations

from evaluation.presentation.labels import SOURCES
from evaluation.presentation.language import N_

# Files of the data package that no chapter lists among its sources under a name of their own.
FILES = {
    **SOURCES,
    "claim_rules": N_("What judges each statement"),
    "claim_texts": N_("What would settle each statement"),
    "claim_overrides": N_("Verdicts that two people signed"),
    "youth_care_national": N_("Use of youth care in the Netherlands (CBS)"),
    "improven_quoted": N_("What is publicly quoted of Improven and Groeipijn"),
    "code_lists": N_("Code lists of the register"),
    "codebook": N_("Codebook for reading stories, a proposal"),
    "narrative_thresholds": N_("Thresholds for reading stories"),
}
PUBLISHERS = (
    N_("Gemeente Groningen and WIJ Groningen, presentation to the council on Basis jeugdhulp, 24 April 2024"),
    N_("Gemeente Groningen, presentation to the council on Basis jeugdhulp 2023-2024, early 2025"),
    N_("This project: bindings of the statements in claims.csv to its own rules and measures"),
    N_("CBS, Iv3 municipal annual accounts"),
    N_("CBS StatLine 85075NED and 85335NED"),
    N_("CBS, youth care statistics, and press quoting them; see column source"),
    N_("CBS consumer prices"),
    N_("VNG, price rises in contracts for youth care and Wmo support, 2024 and 2025"),
    N_("Improven, Uitgavenonderzoek jeugdzorg 2023 & 2024"),
    N_("Press and secondary sources; see columns source_title and url"),
    N_("CBS, Gemeente Groningen and press; see columns source_title and url"),
    N_("Informatieprotocol Beleidsinformatie Jeugd version 7 (July 2021)"),
    N_("Zorginstituut Nederland, code lists iJw 3.2"),
    N_("Own assumptions, published figures and the discount rate of the cabinet; see the column source"),
    N_("Proposal of this project, after statements in both presentations to the council; see the column claims"),
    N_("Krippendorff (2004), Guest et al. (2020) and decisions of this project; see the column source"),
    N_("Algemene wet bestuursrecht; press and providers, see the columns source and url"),
    N_("Manuals and articles on the instruments; see the column source"),
    N_("Own reading of public maps"),
)
LICENCES = (
    N_("No licence stated; facts and short quotations, with source"),
    N_("Creative Commons Attribution 4.0"),
    N_("CC0 1.0 Universal"),
)
PARAMETERS = {
    "municipality": N_("Municipality that is held against the others"),
    "since": N_("First day of the period"),
    "gap_days": N_("Days without support after which a new start is a return"),
    "break_date": N_("Day from which registration is said to be better"),
    "closed_product": N_("Product that takes no new clients in the first what-if"),
    "certified_institution_factor": N_("Factor on starts through certified institutions in the second what-if"),
    "hours_per_month": N_("Hours per trajectory and month in the third what-if"),
    "path": N_("Assumption on numbers between two reference dates"),
    "counts": N_("How round numbers are read"),
    "confidence_level": N_("Level of the intervals"),
    "base_year": N_("First year"),
    "final_year": N_("Last year"),
    "price_index": N_("Index that takes out the rise of prices"),
    "horizon_years": N_("Years within which earning back counts"),
    "seed": N_("Seed of the draws"),
    "margin": N_("Largest gap that still counts as in line"),
    "start_year": N_("First year of the accounts that are used"),
    "fake_year": N_("Year in which a start is pretended, as a check"),
    "largest_change": N_("Largest change of spending in one year that passes for a change of care"),
    "significance_level": N_("Level of the tests"),
    "power": N_("Chance that an effect of the smallest detectable size is seen"),
    "primary_instrument": N_("Instrument of the one main outcome"),
    "primary_domain": N_("Domain of the one main outcome"),
    "follow_up": N_("Moment that is held against the start"),
    "score_from": N_("Score from which a client counts as satisfied"),
    "assumed_difference": N_("Largest difference assumed between those who answered and those who did not"),
    "change_date": N_("Day from which products are closed, changed or kept"),
    "months_after": N_("Months after that day for the smallest shift to be seen"),
    "least_per_month": N_("Requests in a usual month from which months are shown one by one"),
    "match_days": N_("Days within which complaints of one client are taken for one"),
}
# Values that are words; anything else is a number, a date or a code.
VALUES = {
    "path": {
        "free": N_("none"),
        "between": N_("between both numbers"),
        "even": N_("an even pace"),
    },
    "counts": {"as_printed": N_("as printed"), "rounded": N_("as rounded")},
}
