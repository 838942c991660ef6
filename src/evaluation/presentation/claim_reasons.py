"""The sentence that belongs to each finding of the rules that judge statements."""

from evaluation.presentation.language import N_

REASONS = {
    "later": N_("This was said with figures of after the reference date of this edition. A later edition judges it."),
    "plan": N_("An announcement or an open question: nothing is stated yet that could be true or false."),
    "term_runs": N_("A plan whose term of {printed} has not passed, as far as is known."),
    "term_undated": N_(
        "Counted from the first day of phase 1 ({others}) the term of {printed} has passed. The slide does not say "
        "when it began, so whether it was kept cannot be told."
    ),
    "no_content": N_("The slide has a title and no content: there is nothing to assess."),
    "no_number": N_("No number, no norm and no measurement was given."),
    "experience_only": N_(
        "No number, no norm and no measurement was given. What there is, is an experience or an indirect sign."
    ),
    "undefined.time_unit": N_(
        "According to the slide: {printed}, without saying per week, per month or in all. So it cannot be read."
    ),
    "undefined.status": N_(
        "According to the slide: {printed}, without saying whether this is a target or a count. So it cannot be tested."
    ),
    "undefined.definition": N_(
        "According to the slide: {printed}, without saying exactly what is counted. One published figure, and not "
        "enough to judge it."
    ),
    "undefined.date": N_(
        "According to the slide: {printed}, without saying on which day, or exactly what is counted. One published "
        "figure, and not enough to judge it."
    ),
    "undefined.scope": N_(
        "According to the slide: {printed}, without saying whether it is part of the other amounts. One published "
        "figure, and not enough to judge it."
    ),
    "legal": N_("A legal position. Figures cannot settle it; a legal opinion or a judgment can."),
    "arrangement_supported": N_("The sender describes its own arrangement, and another statement fits it: {others}."),
    "arrangement_alone": N_("The sender describes its own arrangement. Nothing published speaks against it."),
    "self_description": N_("The presentation describes its own figures here, and they bear it out."),
    "stated": N_(
        "According to the slide: {printed}. One published figure that nobody else counted; nothing published excludes "
        "it."
    ),
    "stated_consistent": N_(
        "According to the slide: {printed}. One published figure that nobody else counted. It can be true together "
        "with all other published figures on numbers, length, hours and staff."
    ),
    "stated_infeasible": N_("According to the slide: {printed}. The published figures cannot all be true at once."),
    "stated_checked": N_(
        "According to the slide: {printed}. One published figure that nobody else counted. It fits the figures beside "
        "it: {calculation}."
    ),
    "stated_contradicted": N_("According to the slide: {printed}. The figures beside it exclude that: {calculation}."),
    "untested": N_("The figures that can test this are not in this edition."),
    "reproduced": N_("Other printed figures give the same: {calculation}."),
    "not_reproduced": N_("Other printed figures give something else: {calculation}."),
    "not_shown": N_("The rounding of the figures leaves it open: {calculation}."),
    "implied_outside": N_(
        "According to the slide: {printed}. An estimate that counts the running trajectories too lies outside that: "
        "{implied}. The printed mean counts only those that are over."
    ),
    "implied_otherwise": N_(
        "According to the slide: {printed}. A calculation with other figures on the slides comes to something else: "
        "{calculation}."
    ),
    "implied_open": N_(
        "According to the slide: {printed}. What follows from other figures does not exclude that: {implied}."
    ),
    "other_unit": N_(
        "The number is that of trajectories: {calculation}. The words beside it, “{unit}”, are about something else."
    ),
    "limited": N_("The same sender also says what takes part of this away: {others}."),
    "direction_same": N_("What is known points the same way: {calculation}."),
    "direction_opposite": N_("What is known points the other way: {calculation}."),
    "direction_mixed": N_("What is known points both ways: {calculation}."),
    "direction_open": N_("What is known leaves it open: {calculation}."),
    "equivalence_in_line": N_(
        "Beside other large municipalities the growth is demonstrably within the margin in every scope: {implied}. The "
        "series that the slide names is not public."
    ),
    "equivalence_outside": N_(
        "Beside other large municipalities the growth is demonstrably outside the margin in every scope: {implied}."
    ),
    "equivalence_by_scope": N_(
        "Beside other large municipalities the answer depends on what is counted: {implied}. The slide does not say "
        "which scope it means."
    ),
    "equivalence_undecided": N_(
        "Beside other large municipalities being in line is neither shown nor excluded: {implied}. Below 0.05 would "
        "show it, above 0.95 would exclude it."
    ),
    "register_inside": N_("The register gives {value}, which rounds to what was printed: {printed}."),
    "register_across": N_("The register gives {value}. That may round to what was printed, {printed}, and may not."),
    "register_outside": N_("The register gives {value}, which does not round to what was printed: {printed}."),
}
