"""Names of the groups of a client survey."""

from __future__ import annotations

from evaluation.disclosure.protected.names import OTHER
from evaluation.measures.invitations import OTHERWISE
from evaluation.measures.raking import GATHERED
from evaluation.measures.shares import UNKNOWN
from evaluation.presentation.labels import REFERRERS
from evaluation.presentation.language import N_, Language

DIMENSIONS = {
    "wave": N_("wave"),
    "mode": N_("mode"),
    "age_group": N_("age"),
    "sex": N_("sex"),
    "referrer_code": N_("referrer"),
}
GROUPS = {
    OTHER: N_("other"),
    UNKNOWN: N_("unknown"),
    GATHERED: N_("all others together"),
    OTHERWISE: N_("in another way"),
    "online": N_("online"),
    "paper": N_("on paper"),
    "phone": N_("by phone"),
    "in_person": N_("in person"),
    "0-11": N_("up to 11 years"),
    "12-17": N_("12 to 17 years"),
    "18+": N_("18 years and over"),
    "V": N_("girls and women"),
    "M": N_("boys and men"),
    "O": N_("not registered"),
}


def dimension_label(dimension: str, language: Language) -> str:
    """Return the name of what groups are of."""
    return language.translate(DIMENSIONS[dimension])


def survey_group(dimension: str, group: str, language: Language) -> str:
    """Return the name of a group; a wave or an unknown code is called as it is."""
    names = {**GROUPS, **(REFERRERS if dimension == "referrer_code" else {})}
    return language.translate(names[group]) if group in names else group
